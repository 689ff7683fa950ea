//! The flags for findings: whether warnings are failures, and which findings are hidden.

use super::env::{self, NotABoolean};
use super::flag::{Flag, Group};
use super::given::{Given, Invalid, Origin};
use super::options::Options;
use crate::finding::{Policy, Suppression};

pub const STRICT: Flag = Flag::switch("strict", "Treat warnings as failures")
    .details(
        "After a warning nothing is sent, written or started. TERMGATE_STRICT=true does the same for every command.",
    )
    .variable(env::TERMGATE_STRICT);

pub const SUPPRESS: Flag =
    Flag::repeated("suppress", "CODE[=SUBJECT]", "Hide the findings of a code, or only those about one subject")
        .details(
            "The subject is the service, file or flag that a finding is about. Repeatable, or separated by commas; \
             TERMGATE_SUPPRESS does the same for every command. It hides warnings, notes, and failures that are \
             termgate's own judgement. A failure that Consul or Envoy would refuse is always reported, and a closed \
             service stays closed. docs/codes.md lists the codes.",
        )
        .variable(env::TERMGATE_SUPPRESS);

/// What is done about findings.
#[derive(Debug, Clone, Copy)]
pub struct FindingGroup;

impl Group for FindingGroup {
    const HEADING: &'static str = "Findings";
    const FLAGS: &'static [Flag] = &[STRICT, SUPPRESS];
}

/// Why the flags or variables cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The variable for strictness is neither true nor false.
    #[error(transparent)]
    Boolean(#[from] NotABoolean),
    /// A code does not exist.
    #[error(transparent)]
    Code(#[from] Invalid),
}

/// What a command line, or the environment behind it, asks for. The variables count in both grammars.
pub fn policy(options: &Options<'_>) -> Result<Policy, Error> {
    let strict = if options.is_typed(&STRICT) {
        options.is_on(&STRICT)?
    } else {
        env::is_on(options.env(), env::TERMGATE_STRICT)?
    };
    let suppressions = if options.is_typed(&SUPPRESS) {
        options.list(&SUPPRESS, str::parse)?
    } else {
        let value = options.env().get(env::TERMGATE_SUPPRESS).unwrap_or_default();
        let given = Given { value, origin: Origin::Variable(env::TERMGATE_SUPPRESS) };
        given.parse(listed)?.value
    };
    Ok(Policy { strict, suppressions })
}

fn listed(text: &str) -> Result<Vec<Suppression>, crate::finding::UnknownCode> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::flag::Grammar;
    use crate::settings::options::Typed;

    fn resolve(grammar: Grammar, typed: &[(&Flag, &str)], env: &[(&str, &str)]) -> Result<Policy, String> {
        let typed = typed.iter().fold(Typed::default(), |typed, (flag, value)| typed.given(flag, *value));
        let env: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        policy(&Options::new(grammar, &typed, &env)).map_err(|error| error.to_string())
    }

    fn shown(policy: &Policy) -> String {
        policy.suppressions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn flags_win_over_variables_in_both_grammars() {
        let variables = [("TERMGATE_STRICT", "yes"), ("TERMGATE_SUPPRESS", "no-services=gw, no-instance")];
        for grammar in [Grammar::Modern, Grammar::Consul] {
            let policy = resolve(grammar, &[], &variables).unwrap();
            assert_eq!((policy.strict, shown(&policy).as_str()), (true, "no-services=gw no-instance"));
            let flags = [(&STRICT, "false"), (&SUPPRESS, "no-entry"), (&SUPPRESS, "no-roots=a,no-leaf")];
            let policy = resolve(grammar, &flags, &variables).unwrap();
            assert_eq!((policy.strict, shown(&policy).as_str()), (false, "no-entry no-roots=a no-leaf"));
            assert_eq!(resolve(grammar, &[], &[]), Ok(Policy::default()));
        }
    }

    #[test]
    fn errors_name_the_flag_or_the_variable() {
        let error = resolve(Grammar::Modern, &[], &[("TERMGATE_SUPPRESS", "no-instanc")]).unwrap_err();
        assert_eq!(
            error,
            "TERMGATE_SUPPRESS: `no-instanc` is not a code of a finding: did you mean `no-instance`?"
        );
        let error = resolve(Grammar::Consul, &[(&SUPPRESS, "x")], &[]).unwrap_err();
        assert!(error.starts_with("-suppress: `x`"), "{error}");
        let error = resolve(Grammar::Consul, &[], &[("TERMGATE_STRICT", "maybe")]).unwrap_err();
        assert!(error.contains("TERMGATE_STRICT"), "{error}");
    }
}
