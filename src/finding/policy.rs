//! The user's policy for findings: which are hidden, and whether warnings are failures.

use std::cell::Cell;
use std::fmt;
use std::str::FromStr;

use super::{Code, Finding, Severity, UnknownCode};

/// A finding that a person does not want to see: `CODE`, or `CODE=SUBJECT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub code: Code,
    /// What the finding is about, or its file; `None` for all.
    pub subject: Option<String>,
}

impl FromStr for Suppression {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let (code, subject) = match text.split_once('=') {
            Some((code, subject)) => (code, Some(subject)),
            None => (text, None),
        };
        let subject = subject.map(str::trim).filter(|subject| !subject.is_empty());
        Ok(Self { code: code.trim().parse()?, subject: subject.map(str::to_owned) })
    }
}

impl fmt::Display for Suppression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => write!(formatter, "{}={subject}", self.code),
            None => write!(formatter, "{}", self.code),
        }
    }
}

impl Suppression {
    /// Whether it is about a finding that may be about `alias` as well. A flag may be written with one dash or two.
    fn matches(&self, finding: &Finding, alias: &str) -> bool {
        let bare = |subject: &str| subject.trim_start_matches('-').to_owned();
        let path = finding.place.as_ref().map(|place| place.path.as_str());
        let is_about = |subject: &String| {
            [&*finding.subject, alias].map(bare).contains(&bare(subject)) || path == Some(subject)
        };
        self.code == finding.code && self.subject.as_ref().is_none_or(is_about)
    }
}

/// What a person decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether warnings are failures.
    pub strict: bool,
    /// What is hidden.
    pub suppressions: Vec<Suppression>,
}

/// Applies a [`Policy`] to one finding after the other, and notes which suppressions were of use.
#[derive(Debug, Default)]
pub struct Judge {
    strict: bool,
    suppressions: Vec<(Suppression, Cell<Use>)>,
}

/// What became of a suppression.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Use {
    /// It matched nothing.
    #[default]
    None,
    /// It matched failures that cannot be hidden, and nothing else.
    Refused,
    /// It hid a finding.
    Hid,
}

impl From<Policy> for Judge {
    fn from(policy: Policy) -> Self {
        let suppressions =
            policy.suppressions.into_iter().map(|suppression| (suppression, Cell::default())).collect();
        Self { strict: policy.strict, suppressions }
    }
}

impl Judge {
    /// The finding as it is to be reported; `None` if it is hidden.
    ///
    /// A failure is hidden only where nothing but termgate's own judgement makes it one: what Consul or Envoy would
    /// refuse is always reported.
    ///
    /// `alias` is another name of what it is about: the flag as it was typed, or the variable behind it.
    pub fn judge(&self, finding: Finding, alias: &str) -> Option<Finding> {
        let can_hide = !finding.is_failure() || finding.code.is_judgement();
        let mut is_hidden = false;
        for (suppression, used) in &self.suppressions {
            if suppression.matches(&finding, alias) {
                is_hidden = can_hide;
                used.set(if can_hide { Use::Hid } else { used.get().or_refused() });
            }
        }
        match finding.severity {
            _ if is_hidden => None,
            Severity::Warning if self.strict => Some(finding.severity(Severity::Failure)),
            _ => Some(finding),
        }
    }

    /// Notes about the suppressions that hid nothing.
    pub fn notes(&self) -> Vec<Finding> {
        let note = |(suppression, used): &(Suppression, Cell<Use>)| match used.get() {
            Use::Hid => None,
            Use::None => Some(Finding::new(
                Code::UnusedSuppression,
                suppression.to_string(),
                format!("`--suppress {suppression}` matches no finding"),
            )),
            Use::Refused => Some(Finding::new(
                Code::NotSuppressible,
                suppression.to_string(),
                format!("`--suppress {suppression}` does not hide a failure"),
            )),
        };
        self.suppressions.iter().filter_map(note).collect()
    }
}

impl Use {
    fn or_refused(self) -> Self {
        if self == Self::Hid { Self::Hid } else { Self::Refused }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(strict: bool, suppressions: &[&str]) -> Judge {
        let suppressions = suppressions.iter().map(|text| text.parse().unwrap()).collect();
        Policy { strict, suppressions }.into()
    }

    fn notes(judge: &Judge) -> Vec<(Code, String)> {
        judge.notes().into_iter().map(|note| (note.code, note.subject)).collect()
    }

    #[test]
    fn strict_turns_warnings_into_failures_and_leaves_notes_alone() {
        let judge = judge(true, &[]);
        for code in Code::ALL {
            let judged = judge.judge(Finding::new(*code, "a", ""), "").unwrap().severity;
            let expected = if code.severity() == Severity::Info { Severity::Info } else { Severity::Failure };
            assert_eq!(judged, expected, "{code}");
        }
    }

    #[test]
    fn each_code_is_hidden_unless_consul_or_envoy_would_refuse_it() {
        for code in Code::ALL {
            for strict in [false, true] {
                let judge = judge(strict, &[code.as_str()]);
                let shown = judge.judge(Finding::new(*code, "a", ""), "");
                let stays = code.severity() == Severity::Failure && !code.is_judgement();
                assert_eq!(shown.is_some(), stays, "{code}");
                let expected =
                    if stays { vec![(Code::NotSuppressible, code.to_string())] } else { Vec::new() };
                assert_eq!(notes(&judge), expected);
            }
        }
    }

    #[test]
    fn a_subject_narrows_a_suppression_and_may_be_the_file() {
        let judge = judge(false, &["tls-without-sni=billing", "tls-without-sni=gw.hcl", "no-services"]);
        let finding = |subject: &str| Finding::new(Code::TlsWithoutSni, subject, "");
        assert_eq!(judge.judge(finding("billing"), ""), None);
        assert!(judge.judge(finding("ledger"), "").is_some());
        let unused = |subject: &str| (Code::UnusedSuppression, subject.to_owned());
        assert_eq!(notes(&judge), [unused("tls-without-sni=gw.hcl"), unused("no-services")]);
        let place = super::super::Place { path: "gw.hcl".to_owned(), line: 1, column: 1 };
        assert_eq!(judge.judge(Finding { place: Some(place), ..finding("ledger") }, ""), None);
        assert_eq!(notes(&judge), [unused("no-services")]);
    }

    #[test]
    fn a_warning_raised_to_a_failure_by_its_finder_is_not_hidden() {
        let judge = judge(false, &["duplicate-entry"]);
        let finding = Finding::new(Code::DuplicateEntry, "gw", "").severity(Severity::Failure);
        assert!(judge.judge(finding, "").is_some());
        assert!(judge.judge(Finding::new(Code::DuplicateEntry, "gw", ""), "").is_none());
        assert_eq!(notes(&judge), []);
    }

    #[test]
    fn a_flag_is_the_same_with_one_dash_or_two_and_by_the_name_of_its_variable() {
        let finding = || Finding::new(Code::LoopbackAddress, "--address", "");
        for subject in ["-address", "--address", "address", "TERMGATE_ADDRESS"] {
            let judge = judge(false, &[&format!("loopback-address={subject}")]);
            assert_eq!(judge.judge(finding(), "TERMGATE_ADDRESS"), None, "{subject}");
        }
        let judge = judge(false, &["loopback-address=--wan-address"]);
        assert!(judge.judge(finding(), "TERMGATE_ADDRESS").is_some());
    }

    #[test]
    fn an_unknown_code_is_refused() {
        assert!("no-sni=x".parse::<Suppression>().is_err());
        let parsed: Suppression = "no-instance=a=b".parse().unwrap();
        assert_eq!((parsed.code, parsed.subject.as_deref()), (Code::NoInstance, Some("a=b")));
    }
}
