//! What a finding can be about: the form of a code. The codes themselves are listed in [`super::codes`].

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::{Code, Severity};
use crate::nearest::nearest;

/// What a finding of a code does, unless the finding itself says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// A failure: the service (or, without one, the gateway) gets no traffic.
    Closes,
    /// A failure: Consul or Envoy would refuse it, or it cannot be carried out.
    Refused,
    /// A failure by termgate's own judgement: nothing else refuses it.
    Judged,
    /// It works, and is likely not meant, or will not work for long.
    Warns,
    /// Worth knowing.
    Informs,
}

/// Declares the codes from a table, group by group: the comment above a code is its meaning; then come its text, its
/// effect, why it matters, what to do and, where there is one, an example.
macro_rules! codes {
    ($($group:literal { $(
        $(#[doc = $meaning:literal])+
        $variant:ident = $code:literal, $effect:ident, $why:literal, $fix:literal $(, example $example:literal)?;
    )* })*) => {
        /// What a finding is about; its text form is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($($(#[doc = $meaning])+ $variant,)*)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The names of the groups, in the order of the documentation.
            pub const GROUPS: &'static [&'static str] = &[$($group,)*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $code,)*)* }
            }

            /// The group that it is documented in.
            pub const fn group(self) -> &'static str {
                match self { $($(Self::$variant => $group,)*)* }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$variant => concat!($($meaning),+).trim_ascii(),)*)* }
            }

            /// Why it matters.
            pub const fn why(self) -> &'static str {
                match self { $($(Self::$variant => $why,)*)* }
            }

            /// What to do, unless a finding knows better.
            pub const fn fix(self) -> &'static str {
                match self { $($(Self::$variant => $fix,)*)* }
            }

            /// What it looks like.
            pub const fn example(self) -> Option<&'static str> {
                match self {
                    $($($(Self::$variant => Some($example),)?)*)*
                    _ => None,
                }
            }

            pub(super) const fn effect(self) -> Effect {
                match self { $($(Self::$variant => Effect::$effect,)*)* }
            }
        }
    };
}
pub(super) use codes;

impl Code {
    /// Whether the service (or, without one, the gateway) gets no traffic because of it.
    pub const fn closes(self) -> bool {
        matches!(self.effect(), Effect::Closes)
    }

    /// How bad it is, unless a finding says otherwise.
    pub const fn severity(self) -> Severity {
        match self.effect() {
            Effect::Closes | Effect::Refused | Effect::Judged => Severity::Failure,
            Effect::Warns => Severity::Warning,
            Effect::Informs => Severity::Info,
        }
    }

    /// Whether a failure of this code may be suppressed: nothing but termgate refuses or closes what it is about.
    pub const fn is_judgement(self) -> bool {
        matches!(self.effect(), Effect::Closes | Effect::Judged)
    }
}

/// A text that is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a code of a finding{}", meant.map(|code| format!(": did you mean `{code}`?")).unwrap_or_default())]
pub struct UnknownCode {
    /// As it was given.
    pub text: String,
    /// The code that may be meant.
    pub meant: Option<Code>,
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let named = |name: &str| Self::ALL.iter().copied().find(|code| code.as_str() == name);
        named(text).ok_or_else(|| UnknownCode {
            text: text.to_owned(),
            meant: nearest(text, Self::ALL.iter().map(|code| code.as_str())).and_then(named),
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    /// `docs/codes.md`, as it has to be.
    fn page() -> String {
        let mut page = String::from(
            "# Look up the code of a finding\n\n\
             For scripts and alerts, and for people who read a warning and want to know more.\n\n\
             ```sh run setup=entry\n\
             termgate config validate --strict entries/                              # warnings are failures\n\
             termgate config validate --suppress tls-without-sni=billing entries/    # hides one finding about one service\n\
             ```\n\n\
             Every finding has one of these codes: in the JSON of every command (`findings`), in the JSON log of `termgate run`\n\
             (`code`, `finding`) and in the metric `termgate_findings{code,subject}`. Messages may change; codes do not.\n\n\
             `--strict` (`TERMGATE_STRICT`) turns warnings into failures. `--suppress CODE` or `--suppress CODE=SUBJECT`\n\
             (`TERMGATE_SUPPRESS`, separated by commas) hides a finding; the subject is the service, gateway, file or flag that\n\
             the finding is about. A *failure* that Consul or Envoy would refuse is never hidden. A failure marked *judged* is\n\
             termgate's own judgement and can be hidden. So can *closed*: the service (or the gateway) gets no traffic until the\n\
             finding is over, even if the finding is hidden.\n",
        );
        for group in Code::GROUPS {
            let mut codes: Vec<&Code> = Code::ALL.iter().filter(|code| code.group() == *group).collect();
            codes.sort_by_key(|code| code.as_str());
            let _ = write!(
                page,
                "\n## {group}\n\n| code | is a | what it means | why it matters | what to do |\n|---|---|---|---|---|\n"
            );
            for code in codes {
                let effect = match code.effect() {
                    Effect::Closes => "failure, closed",
                    Effect::Refused => "failure",
                    Effect::Judged => "failure, judged",
                    Effect::Warns => "warning",
                    Effect::Informs => "note",
                };
                let example =
                    code.example().map(|text| format!("; for example `{text}`")).unwrap_or_default();
                let cells = [code.meaning().trim_end_matches('.'), code.why(), code.fix()]
                    .map(|text| text.replace('|', "\\|"));
                let [meaning, why, fix] = cells;
                let example = example.replace('|', "\\|");
                let _ = writeln!(page, "| `{code}` | {effect} | {meaning}{example} | {why} | {fix} |");
            }
        }
        page
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    fn the_page_of_codes_lists_every_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md");
        if std::env::var_os("TERMGATE_WRITE_DOCS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page(),
            "TERMGATE_WRITE_DOCS=1 cargo test page_of_codes writes it"
        );
    }

    #[test]
    fn each_code_has_a_text_of_its_own_in_kebab_case() {
        let texts: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        let is_kebab = |text: &&str| {
            text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert_eq!(texts.iter().find(|text| !is_kebab(text)), None);
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
    }

    #[test]
    fn each_code_says_what_it_means_why_it_matters_and_what_to_do() {
        for code in Code::ALL {
            assert!(
                !code.meaning().starts_with(char::is_lowercase) && code.meaning().ends_with('.'),
                "{code}"
            );
            for text in [code.why(), code.fix()] {
                assert!(!text.is_empty() && !text.ends_with('.') && text.trim() == text, "{code}: {text}");
                assert!(text.split_whitespace().count() <= 30, "{code}: {text}");
            }
        }
    }

    #[test]
    fn a_misspelt_code_is_refused_with_a_suggestion() {
        let error = "tls-without-snl".parse::<Code>().unwrap_err();
        assert_eq!(error.meant, Some(Code::TlsWithoutSni));
        assert_eq!(
            error.to_string(),
            "`tls-without-snl` is not a code of a finding: did you mean `tls-without-sni`?"
        );
        assert_eq!("xyzzy-plugh".parse::<Code>().unwrap_err().meant, None);
    }

    #[test]
    fn the_codes_of_the_troubleshooting_page_exist() {
        let page = include_str!("../../docs/troubleshooting.md");
        let cells = page.lines().filter_map(|line| line.split('|').nth(3));
        let named: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        assert!(named.len() >= 8, "{named:?}");
        for code in named {
            assert!(Code::ALL.iter().any(|known| known.as_str() == code), "{code}");
        }
    }
}
