//! How an entry is refused: our findings, and the one message of Consul's client.

use super::convert::says_it_anew;
use super::located::Located;
use crate::consul_version::ConsulVersion;
use crate::finding::{Code, Severity};
use crate::hcl::{Span, SyntaxError};

/// An entry that was refused: the findings, and what Consul's client prints (without the line end).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// At least one error.
    pub findings: Vec<Located>,
    /// Consul's own message; none where it crashes or has no such limit.
    pub consul: Option<String>,
}

/// Prefix of all messages of Consul's client on the content of a file.
const PREFIX: &str = "Failed to decode config entry input: ";

/// A refusal with a single finding.
pub(super) fn refuse(consul: &str, finding: Located) -> Refusal {
    Refusal { findings: vec![finding.consul(consul)], consul: Some(format!("{PREFIX}{consul}")) }
}

/// A refusal of the syntax, which Consul's client reports with its prefix twice; `hint` is better help than the
/// reader's own, if there is one.
pub(super) fn syntax_refusal(error: SyntaxError, hint: Option<String>) -> Refusal {
    let SyntaxError { code, message, help, span, consul } = error;
    let text = consul.as_ref().map(|consul| format!("{PREFIX}{PREFIX}{consul}"));
    let help = hint.or(help);
    let finding = Located::new(code, message).severity(Severity::Failure).at(span);
    let finding = finding.help(help.unwrap_or_default());
    Refusal { findings: vec![Located { consul, ..finding }], consul: text }
}

/// All type errors in one message, as Consul reports them: sorted, or in the order of the fields from 1.22 on.
pub(super) fn type_refusal(mut errors: Vec<TypeError>, version: &ConsulVersion) -> Refusal {
    let consul = if says_it_anew(version) {
        let lines: Vec<&str> = errors.iter().map(|error| error.consul.as_str()).collect();
        format!("{PREFIX}decoding failed due to the following error(s):\n\n{}", lines.join("\n"))
    } else {
        errors.sort_by(|left, right| left.consul.cmp(&right.consul));
        let lines: Vec<String> = errors.iter().map(|error| format!("* {}", error.consul)).collect();
        format!("{PREFIX}{} error(s) decoding:\n\n{}", errors.len(), lines.join("\n"))
    };
    let findings = errors
        .into_iter()
        .map(|error| {
            Located::new(Code::WrongType, error.message).at(error.span).help(error.help).consul(error.consul)
        })
        .collect();
    Refusal { findings, consul: Some(consul) }
}

/// All unknown keys in one message; their order is chance in the original, that of the file here.
pub(super) fn unknown_refusal(unknown: Vec<UnknownKey>) -> Refusal {
    let consul: Vec<String> = unknown.iter().map(|unknown| unknown.consul.clone()).collect();
    let findings = unknown
        .into_iter()
        .map(|unknown| {
            Located::new(Code::UnknownKey, format!("unknown key `{}`", unknown.path))
                .at(unknown.span)
                .help(unknown.help)
                .consul(unknown.consul)
        })
        .collect();
    Refusal { findings, consul: Some(format!("{PREFIX}{}", multierror(&consul))) }
}

/// Several messages as Consul's servers and client join them.
fn multierror(messages: &[String]) -> String {
    let points: Vec<String> = messages.iter().map(|message| format!("* {message}")).collect();
    let count = if messages.len() == 1 { "1 error".to_owned() } else { format!("{} errors", messages.len()) };
    format!("{count} occurred:\n\t{}\n\n", points.join("\n\t"))
}

/// A value that no field can take.
pub(super) struct TypeError {
    pub consul: String,
    pub message: String,
    pub help: String,
    pub span: Span,
}

/// A key that no field takes.
pub(super) struct UnknownKey {
    pub path: String,
    pub consul: String,
    pub help: String,
    pub span: Span,
}
