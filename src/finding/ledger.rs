//! The active findings of something that runs: each is reported once when it begins and once when it is over.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Finding};

/// The active findings, by where they come from.
#[derive(Debug)]
pub struct Ledger<Origin> {
    found: BTreeMap<Origin, BTreeSet<Finding>>,
}

/// What a report changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Findings that were not active before.
    pub begun: Vec<Finding>,
    /// Findings that are no longer active, unless another finding of the same code and subject replaces them.
    pub over: Vec<Finding>,
}

impl News {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.over.is_empty()
    }
}

impl<Origin> Default for Ledger<Origin> {
    fn default() -> Self {
        Self { found: BTreeMap::new() }
    }
}

impl<Origin: Ord> Ledger<Origin> {
    /// All that `origin` finds now, in place of what it found before.
    pub fn report(&mut self, origin: Origin, findings: impl IntoIterator<Item = Finding>) -> News {
        let now: BTreeSet<Finding> = findings.into_iter().collect();
        let before = self.found.entry(origin).or_default();
        let kinds: BTreeSet<(Code, &str)> =
            now.iter().map(|finding| (finding.code, finding.subject.as_str())).collect();
        let is_over = |finding: &&Finding| !kinds.contains(&(finding.code, finding.subject.as_str()));
        let news = News {
            begun: now.difference(before).cloned().collect(),
            over: before.difference(&now).filter(is_over).cloned().collect(),
        };
        *before = now;
        news
    }

    /// The active findings.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.found.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(subject: &str, message: &str) -> Finding {
        Finding::new(Code::NoInstance, subject, message)
    }

    #[test]
    fn a_finding_is_reported_when_it_begins_and_when_it_ends() {
        let mut ledger = Ledger::default();
        let (a, b) = (finding("a", "none"), finding("b", "none"));
        assert_eq!(ledger.report(1, [a.clone()]).begun.len(), 1);
        assert_eq!(ledger.report(1, [a.clone()]), News::default());
        assert_eq!(ledger.report(1, [b.clone()]), News { begun: vec![b.clone()], over: vec![a] });
        assert_eq!(ledger.report(1, []), News { begun: Vec::new(), over: vec![b] });
        assert_eq!(ledger.all().next(), None);
    }

    #[test]
    fn a_changed_message_is_reported_without_ending_the_finding() {
        let mut ledger = Ledger::default();
        ledger.report(1, [finding("a", "none")]);
        let news = ledger.report(1, [finding("a", "one")]);
        assert_eq!((news.begun.len(), news.over.len()), (1, 0));
    }

    #[test]
    fn several_findings_of_a_code_about_a_subject_are_all_kept() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.report(1, [finding("a", "one"), finding("a", "two")]).begun.len(), 2);
        assert_eq!(ledger.all().count(), 2);
    }

    #[test]
    fn origins_do_not_touch_each_others_findings() {
        let mut ledger = Ledger::default();
        ledger.report(1, [finding("a", "none")]);
        assert_eq!(ledger.report(2, []), News::default());
        assert_eq!(ledger.all().count(), 1);
    }
}
