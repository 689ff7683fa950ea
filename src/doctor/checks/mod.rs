//! Every check, in the order in which causes come before what they lead to.

mod agent;
mod entry;
mod envoy;
mod host;
mod intentions;
mod registration;
mod services;
mod sources;
#[cfg(test)]
mod tests;
mod tls;
mod token;

use super::evidence::Evidence;
use super::facts::Asked;
use super::group::Group;
use super::report::{Checked, Status};
use crate::finding::{Code, Finding};

/// The checks of a group.
fn checks_of(group: Group) -> &'static [Check] {
    match group {
        Group::Agent => agent::CHECKS,
        Group::Token => token::CHECKS,
        Group::Registration => registration::CHECKS,
        Group::Entry => entry::CHECKS,
        Group::Services => services::CHECKS,
        Group::Tls => tls::CHECKS,
        Group::Intentions => intentions::CHECKS,
        Group::Sources => sources::CHECKS,
        Group::Envoy => envoy::CHECKS,
        Group::Host => host::CHECKS,
    }
}

/// A check.
struct Check {
    /// What it looks for; unique among the checks.
    code: Code,
    /// What is so where it is ok.
    title: &'static str,
    look: Look,
}

/// How a check looks.
enum Look {
    /// It judges for itself.
    At(fn(&Evidence<'_>) -> Outcome),
    /// Direct mode, or the reader of the entry or its files, has judged: findings of the check's code and of these.
    Found(Need, &'static [Code]),
    /// The same, and it says what was seen.
    FoundAs(Need, &'static [Code], fn(&Evidence<'_>) -> String),
}

impl Look {
    /// What has to be there, the further codes and what was seen, where others judge.
    fn of_others(&self, evidence: &Evidence<'_>) -> Option<(Need, &'static [Code], String)> {
        match self {
            Self::At(_) => None,
            Self::Found(need, also) => Some((*need, also, String::new())),
            Self::FoundAs(need, also, seen) => Some((*need, also, seen(evidence))),
        }
    }
}

/// What has to be there for others to judge.
#[derive(Clone, Copy)]
enum Need {
    /// The state of Consul.
    State,
    /// The gateway's registration.
    Registration,
    /// The gateway's entry.
    Entry,
    /// A linked service.
    Links,
    /// The TLS files of the entry.
    Files,
}

impl Need {
    /// Why it is not there.
    fn lacking(self, evidence: &Evidence<'_>) -> Option<String> {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return Some(why),
        };
        let says = |is_missing: bool, text: &str| is_missing.then(|| text.to_owned());
        match self {
            Self::State => None,
            Self::Registration => evidence.registration().err(),
            Self::Entry => says(snapshot.entry.is_none(), "the gateway has no entry"),
            Self::Links => says(snapshot.links.is_empty(), "no service is linked"),
            Self::Files => match &evidence.facts.files {
                Asked::Is(_) => None,
                Asked::No(why) => Some((*why).to_owned()),
                Asked::Failed(trouble) => Some(trouble.message.clone()),
            },
        }
    }
}

/// What a check came to.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// What was seen, and what is wrong with it.
    Seen(String, Vec<Finding>),
    /// Why nothing could be seen.
    Skipped(String),
}

impl Outcome {
    fn ok(seen: impl Into<String>) -> Self {
        Self::Seen(seen.into(), Vec::new())
    }

    fn found(finding: Finding) -> Self {
        Self::Seen(finding.message.clone(), vec![finding])
    }

    fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped(why.into())
    }

    /// What was found, else what was seen.
    fn of(findings: Vec<Finding>, seen: impl Into<String>) -> Self {
        let seen = findings.first().map_or_else(|| seen.into(), |first| first.message.clone());
        Self::Seen(seen, findings)
    }
}

const fn at(code: Code, title: &'static str, look: fn(&Evidence<'_>) -> Outcome) -> Check {
    Check { code, title, look: Look::At(look) }
}

const fn found(need: Need, code: Code, title: &'static str, also: &'static [Code]) -> Check {
    Check { code, title, look: Look::Found(need, also) }
}

/// Carries out all checks.
pub fn examine(evidence: &Evidence<'_>) -> Vec<Checked> {
    let mut checked = Vec::new();
    for group in Group::ALL {
        for check in checks_of(group) {
            let (status, seen, findings) = match look(check, evidence) {
                Outcome::Seen(seen, findings) => (Status::Ok, seen, findings),
                Outcome::Skipped(why) => (Status::Skipped, why, Vec::new()),
            };
            let mut one =
                Checked { code: check.code, group, title: check.title.to_owned(), status, seen, findings };
            one.settle();
            checked.push(one);
        }
    }
    checked.extend(unclaimed(evidence));
    checked
}

fn look(check: &Check, evidence: &Evidence<'_>) -> Outcome {
    match (&check.look, check.look.of_others(evidence)) {
        (Look::At(look), _) => look(evidence),
        (_, None) => Outcome::ok(""),
        (_, Some((need, also, seen))) => {
            let is_meant = |code: Code| code == check.code || also.contains(&code);
            let found: Vec<Finding> =
                evidence.found.iter().filter(|finding| is_meant(finding.code)).cloned().collect();
            match need.lacking(evidence).filter(|_| found.is_empty()) {
                Some(why) => Outcome::Skipped(why),
                None => Outcome::of(found, seen),
            }
        }
    }
}

/// What was found and belongs to no check: a check of its own for each code.
fn unclaimed(evidence: &Evidence<'_>) -> Vec<Checked> {
    let is_claimed = |code: Code| {
        Group::ALL.into_iter().flat_map(checks_of).any(|check| match check.look {
            Look::At(_) => false,
            Look::Found(_, also) | Look::FoundAs(_, also, _) => check.code == code || also.contains(&code),
        })
    };
    let mut checked: Vec<Checked> = Vec::new();
    for finding in evidence.found.iter().filter(|finding| !is_claimed(finding.code)) {
        match checked.iter_mut().find(|one| one.code == finding.code) {
            Some(one) => one.findings.push(finding.clone()),
            None => checked.push(Checked {
                code: finding.code,
                group: Group::Entry,
                title: finding.code.meaning().trim_end_matches('.').to_owned(),
                status: Status::Ok,
                seen: finding.message.clone(),
                findings: vec![finding.clone()],
            }),
        }
    }
    checked.iter_mut().for_each(Checked::settle);
    checked
}
