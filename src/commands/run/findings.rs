//! Findings of a running gateway: logged when they begin and when they end, and shown in its status in between.

use std::collections::BTreeSet;
use std::rc::Rc;

use tracing::info;

use crate::finding::{Code, Finding, Ledger};
use crate::monitor::Status;
use crate::output::{Reporter, log_finding};

/// Where findings come from; each reports all of its own at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The rendered configuration.
    Rendered,
    /// The gateway's registration.
    Registration,
    /// The process of Envoy and its sockets.
    Envoy,
    /// The memory limit.
    Memory,
    /// Failures of external services.
    Upstream,
}

/// The active findings.
#[derive(Debug)]
pub struct Findings {
    ledger: Ledger<Origin>,
    /// Those of the last rendered configuration.
    rendered: Vec<Finding>,
    /// The gateway's service name, which a finding about the gateway as a whole has as its subject.
    gateway: String,
    status: Status,
    /// What decides which are reported, and how bad they are.
    reporter: Rc<Reporter>,
}

impl Findings {
    /// No finding of `gateway` yet.
    pub fn new(gateway: &str, status: &Status, reporter: &Rc<Reporter>) -> Self {
        Self {
            ledger: Ledger::default(),
            rendered: Vec::new(),
            gateway: gateway.to_owned(),
            status: status.clone(),
            reporter: Rc::clone(reporter),
        }
    }

    /// All that `origin` finds now.
    pub fn report(&mut self, origin: Origin, findings: impl IntoIterator<Item = Finding>) {
        let judged = findings.into_iter().filter_map(|finding| self.reporter.judge(finding));
        let news = self.ledger.report(origin, judged);
        for finding in &news.begun {
            log_finding(finding, self.service(finding));
        }
        for finding in &news.over {
            let (service, code) = (self.service(finding), finding.code.as_str());
            info!(service, code, "resolved: {finding}");
        }
        if !news.is_empty() {
            self.status.set_findings(self.ledger.all().cloned().collect());
        }
    }

    /// What the rendered configuration left out or refused; the services that are `waiting` for their leaf only have to
    /// wait.
    pub fn report_rendered(&mut self, findings: &[Finding], waiting: &BTreeSet<String>) {
        let waits = |finding: &&Finding| finding.code == Code::NoLeaf && waiting.contains(&finding.subject);
        let findings = findings.iter().filter(|finding| !waits(finding));
        if !findings.clone().eq(&self.rendered) {
            self.rendered = findings.cloned().collect();
            self.report(Origin::Rendered, self.rendered.clone());
        }
    }

    /// Logs again what must not be forgotten: a TLS file that cannot be used any more ends its services in time.
    pub fn remind(&self) {
        for finding in self.ledger.all().filter(|finding| finding.code == Code::TlsFileStale) {
            log_finding(finding, self.service(finding));
        }
    }

    /// The service that it is about, unless it is about the gateway as a whole.
    fn service<'a>(&self, finding: &'a Finding) -> Option<&'a str> {
        (finding.subject != self.gateway).then_some(finding.subject.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::finding::Policy;
    use crate::monitor::Phase;
    use crate::output::Printer;
    use crate::output::colour::ColourChoice;

    /// What `/ready` names, of two findings.
    fn named(strict: bool, suppressions: &[&str]) -> Vec<String> {
        let suppressions = suppressions.iter().map(|text| text.parse().unwrap()).collect();
        let none = BTreeMap::new();
        let reporter =
            Reporter::new(Printer::new(ColourChoice::Never, &none), Policy { strict, suppressions });
        let status = Status::default();
        status.set_phase(Phase::Serving);
        let mut findings = Findings::new("gw", &status, &Rc::new(reporter));
        let rendered = [
            Finding::of_service("a", Code::NoHealthyInstance, "its only instance is unhealthy", ""),
            Finding::of_service("b", Code::NoInstance, "it has no instance", ""),
        ];
        findings.report_rendered(&rendered, &BTreeSet::new());
        status.readiness().unwrap()
    }

    #[test]
    fn a_suppressed_finding_appears_in_neither_log_nor_status() {
        assert_eq!(named(false, &[]).len(), 2);
        assert_eq!(named(false, &["no-instance=b"]).len(), 1);
        assert_eq!(named(true, &["no-instance", "no-healthy-instance=a"]), [""; 0]);
        assert_eq!(named(false, &["no-healthy-instance=b"]).len(), 2);
    }

    #[test]
    fn a_service_that_waits_for_its_leaf_is_not_a_finding() {
        let none = BTreeMap::new();
        let reporter = Reporter::new(Printer::new(ColourChoice::Never, &none), Policy::default());
        let status = Status::default();
        status.set_phase(Phase::Serving);
        let mut findings = Findings::new("gw", &status, &Rc::new(reporter));
        let rendered = [Finding::of_service("a", Code::NoLeaf, "it has no leaf certificate", "")];
        findings.report_rendered(&rendered, &BTreeSet::from(["a".to_owned()]));
        assert_eq!(status.readiness(), Ok(Vec::new()));
        findings.report_rendered(&rendered, &BTreeSet::new());
        assert_eq!(status.readiness().unwrap().len(), 1);
    }
}
