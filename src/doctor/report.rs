//! What the checks came to, as scripts read it.

use serde::Serialize;

use super::checks::Group;
use super::facts::Facts;
use crate::finding::{Code, Finding, Severity};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing is wrong.
    Ok,
    /// It works, and is likely not meant, or will not work for long.
    Warning,
    /// Something does not work.
    Failure,
    /// It could not be looked at.
    Skipped,
}

/// A check, and what was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// What it looks for.
    pub code: Code,
    /// What it belongs to.
    pub group: Group,
    /// What is so where it is ok.
    pub title: String,
    /// How it ended.
    pub status: Status,
    /// What was seen, or why nothing could be.
    pub seen: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Its status by its findings, unless it is skipped.
    pub fn settle(&mut self) {
        if self.status != Status::Skipped {
            self.status = match self.findings.iter().map(|finding| finding.severity).min() {
                Some(Severity::Failure) => Status::Failure,
                Some(Severity::Warning) => Status::Warning,
                Some(Severity::Info) | None => Status::Ok,
            };
        }
    }
}

/// All of it. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of termgate.
    pub termgate: &'static str,
    /// Version of Consul.
    pub consul: Option<String>,
    /// Version of Envoy.
    pub envoy: Option<String>,
    /// Service name of the gateway.
    pub gateway: String,
    /// Whether no check failed.
    pub ok: bool,
    /// The checks, causes before what they lead to.
    pub checks: Vec<Checked>,
    /// Suppressions without effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of these checks; `judge` decides what becomes of each finding.
    pub fn new(
        facts: &Facts,
        mut checks: Vec<Checked>,
        judge: impl Fn(Finding) -> Option<Finding>,
        notes: impl FnOnce() -> Vec<Finding>,
    ) -> Self {
        for check in &mut checks {
            check.findings = std::mem::take(&mut check.findings).into_iter().filter_map(&judge).collect();
            check.settle();
        }
        Self {
            termgate: env!("CARGO_PKG_VERSION"),
            consul: facts.consul(),
            envoy: facts.envoy(),
            gateway: facts.name.clone(),
            ok: checks.iter().all(|check| check.status != Status::Failure),
            checks,
            findings: notes(),
        }
    }

    /// How many checks ended so.
    pub fn count(&self, status: Status) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }

    /// The findings of failed checks, then those of checks with warnings, each in the order of the checks.
    pub fn worst(&self) -> impl Iterator<Item = &Finding> {
        let of = |severity: Severity| {
            let all = self.checks.iter().flat_map(|check| &check.findings);
            all.filter(move |finding| finding.severity == severity)
        };
        of(Severity::Failure).chain(of(Severity::Warning))
    }

    /// Every finding.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| &check.findings).chain(&self.findings)
    }
}
