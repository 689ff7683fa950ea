//! Command lines as Go's `flag` package reads them: `-name=v`, `-name v`, `--name`, `-bool`, `-bool=false`; flags end
//! at the first word that is none, or at `--`.

use std::fmt;

use crate::cli::examples::examples;
use crate::go::duration;
use crate::go::strconv::{self, NumberError, parse_bool};
use crate::nearest::nearest;
use crate::settings::flag::{Flag, Grammar, Kind};
use crate::settings::options::Typed;

/// What Go's `flag` package says of a value that it cannot read.
const PARSE_ERROR: &str = "parse error";

/// Why a command line cannot be read; the words are Go's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlagError {
    /// `-h` or `-help`, which is not a failure.
    #[error("flag: help requested")]
    Help,
    /// Three dashes, or no name.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
    /// The command has no such flag.
    #[error("flag provided but not defined: -{0}{near}", near = Near(.1.as_deref()))]
    NotDefined(String, Option<String>),
    /// The command line ends where a value should be.
    #[error("flag needs an argument: -{0}")]
    NeedsArgument(&'static str),
    /// Neither true nor false.
    #[error("invalid boolean value {1:?} for -{0}: parse error")]
    Bool(&'static str, String),
    /// No number, or no duration.
    #[error("invalid value {value:?} for flag -{name}: {reason}")]
    Value {
        /// The flag.
        name: &'static str,
        /// What was given.
        value: String,
        /// Why it does not pass.
        reason: &'static str,
    },
    /// A word that is not UTF-8.
    #[error("the argument {0:?} is not UTF-8")]
    NotUtf8(std::ffi::OsString),
}

/// The "did you mean" part of an error.
struct Near<'a>(Option<&'a str>);

impl fmt::Display for Near<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |name| write!(formatter, " (did you mean -{name}?)"))
    }
}

/// A command line, split into flags and the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The flags.
    pub typed: Typed,
    /// The words after the flags.
    pub rest: Vec<String>,
    /// Whether `--` ended the flags, rather than a stray word.
    pub terminated: bool,
}

/// Reads `arguments` (without the command's own name) by the table `flags`.
pub fn parse(flags: &[&[Flag]], arguments: impl IntoIterator<Item = String>) -> Result<Parsed, FlagError> {
    let mut arguments = arguments.into_iter();
    let mut parsed = Parsed::default();
    while let Some(word) = arguments.next() {
        let Some(body) = word.strip_prefix('-').filter(|body| !body.is_empty()) else {
            parsed.rest.push(word);
            break;
        };
        if word == "--" {
            parsed.terminated = true;
            break;
        }
        let body = body.strip_prefix('-').unwrap_or(body);
        if body.starts_with(['-', '=']) {
            return Err(FlagError::Syntax(word));
        }
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        let Some(flag) = flags.iter().copied().flatten().find(|flag| flag.name == name) else {
            if name == "h" || name == "help" {
                return Err(FlagError::Help);
            }
            let defined = flags.iter().copied().flatten().map(|flag| flag.name);
            return Err(FlagError::NotDefined(name.to_owned(), nearest(name, defined).map(str::to_owned)));
        };
        let value = match (value, flag.kind) {
            (Some(value), _) => value,
            (None, Kind::Switch) => "true".to_owned(),
            (None, _) => arguments.next().ok_or(FlagError::NeedsArgument(flag.name))?,
        };
        check(flag, &value)?;
        parsed.typed.insert(flag.name, [value]);
    }
    parsed.rest.extend(arguments);
    Ok(parsed)
}

/// As [`parse`], for words as the operating system gives them.
pub fn parse_os(
    flags: &[&[Flag]],
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
) -> Result<Parsed, FlagError> {
    let words: Result<Vec<String>, _> = arguments.into_iter().map(std::ffi::OsString::into_string).collect();
    parse(flags, words.map_err(FlagError::NotUtf8)?)
}

/// What the help of a command says.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it does, on a line among other commands.
    pub about: &'static str,
    /// The command line.
    pub usage: &'static str,
    /// What it does.
    pub summary: &'static str,
    pub flags: Vec<&'static [Flag]>,
    /// Command lines to paste.
    pub examples: &'static [&'static str],
}

/// The help text of a command: a usage line, a summary, its flags and examples, at most 80 columns wide.
pub fn help(page: &Page) -> String {
    let mut text = format!("Usage: {}\n\n", page.usage);
    for line in page.summary.lines().flat_map(|line| wrap(line, WIDTH)) {
        text.extend([&line, "\n"]);
    }
    text.push_str("\nFlags:\n");
    for flag in page.flags.iter().copied().flatten() {
        text.extend(["  -", flag.name]);
        if !flag.value.is_empty() {
            text.extend(["=<", &flag.value.to_lowercase(), ">"]);
        }
        text.push('\n');
        let paragraphs = [flag.help_in(Grammar::Consul), flag.details_in(Grammar::Consul)];
        for line in paragraphs.iter().filter(|text| !text.is_empty()).flat_map(|text| wrap(text, WIDTH - 6)) {
            text.extend(["      ", &line, "\n"]);
        }
    }
    text + "\n" + &examples(page.examples, ("", "")) + "\n"
}

/// Columns of the help.
const WIDTH: usize = 80;

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().is_some_and(|line| !line.is_empty() && line.len() + 1 + word.len() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

fn check(flag: &Flag, value: &str) -> Result<(), FlagError> {
    let reason = match flag.kind {
        Kind::Text | Kind::Secret | Kind::Repeated | Kind::Choice(_) => return Ok(()),
        Kind::Switch => {
            return match parse_bool(value) {
                Some(_) => Ok(()),
                None => Err(FlagError::Bool(flag.name, value.to_owned())),
            };
        }
        Kind::Integer => strconv::parse_int(value, 64).err().map(number_error),
        Kind::Unsigned => strconv::parse_uint(value, 64).err().map(number_error),
        Kind::Duration => duration::parse(value).err().map(|_| PARSE_ERROR),
    };
    reason.map_or(Ok(()), |reason| Err(FlagError::Value { name: flag.name, value: value.to_owned(), reason }))
}

/// A wrong number in the words of Go's `flag` package.
fn number_error(error: NumberError) -> &'static str {
    match error {
        NumberError::Syntax => PARSE_ERROR,
        NumberError::Range => "value out of range",
    }
}

#[cfg(test)]
mod tests {
    use super::{FlagError, Page, help, parse};
    use std::collections::BTreeMap;

    use crate::settings::flag::{Flag, Grammar};
    use crate::settings::options::Options;

    const REGISTER: Flag = Flag::switch("register", "Register");
    const SERVICE: Flag = Flag::text("service", "NAME", "Name");
    const BIND: Flag = Flag::repeated("bind", "ADDRESS", "Bind");
    const PORT: Flag = Flag::integer("port", "PORT", "Port");
    const WAIT: Flag = Flag::duration("wait", "Wait");
    const FLAGS: &[&[Flag]] = &[&[REGISTER, SERVICE, BIND], &[PORT, WAIT]];

    fn options(parsed: &super::Parsed) -> Options<'_> {
        const NO_VARIABLES: &BTreeMap<String, String> = &BTreeMap::new();
        Options::new(Grammar::Consul, &parsed.typed, NO_VARIABLES)
    }

    fn words(line: &str) -> Vec<String> {
        line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn all_forms_of_a_flag_are_read() {
        let parsed =
            parse(FLAGS, words("-register --service web -bind=a --bind b -port 0x1130 -wait=1h -- -x y"))
                .unwrap();
        let options = options(&parsed);
        assert!(options.is_on(&REGISTER).unwrap() && parsed.terminated);
        assert_eq!(options.typed(&SERVICE), Some("web"));
        assert_eq!(options.all(&BIND), ["a", "b"]);
        assert_eq!(options.integer(&PORT), Ok(Some(4400)));
        assert_eq!(options.duration(&WAIT), Ok(Some(std::time::Duration::from_secs(3600))));
        assert_eq!(parsed.rest, ["-x", "y"]);
    }

    #[test]
    fn the_first_word_that_is_not_a_flag_ends_the_flags() {
        let parsed = parse(FLAGS, words("-register false -service web")).unwrap();
        assert!(options(&parsed).is_on(&REGISTER).unwrap() && !parsed.terminated);
        assert_eq!(parsed.rest, ["false", "-service", "web"]);
        assert_eq!(parse(FLAGS, words("- -register")).unwrap().rest, ["-", "-register"]);
    }

    #[test]
    fn a_value_may_look_like_a_flag_and_the_last_one_counts() {
        let parsed = parse(FLAGS, words("-service -register -service=b -register=false")).unwrap();
        let options = options(&parsed);
        assert_eq!(options.typed(&SERVICE), Some("b"));
        assert!(!options.is_on(&REGISTER).unwrap() && options.is_typed(&REGISTER));
    }

    #[test]
    fn errors_are_in_gos_words() {
        let error = |line: &str| parse(FLAGS, words(line)).unwrap_err().to_string();
        assert_eq!(error("-register=maybe"), r#"invalid boolean value "maybe" for -register: parse error"#);
        assert_eq!(error("-service"), "flag needs an argument: -service");
        assert_eq!(error("-servicee=1"), "flag provided but not defined: -servicee (did you mean -service?)");
        assert_eq!(error("-xyz=1"), "flag provided but not defined: -xyz");
        assert_eq!(error("---service"), "bad flag syntax: ---service");
        assert_eq!(error("-=x"), "bad flag syntax: -=x");
        assert_eq!(error("-port=x"), r#"invalid value "x" for flag -port: parse error"#);
        assert_eq!(error("-wait=1"), r#"invalid value "1" for flag -wait: parse error"#);
        assert_eq!(
            error("-port=99999999999999999999"),
            r#"invalid value "99999999999999999999" for flag -port: value out of range"#
        );
        assert_eq!(parse(FLAGS, words("-h")), Err(FlagError::Help));
    }

    #[test]
    fn the_help_names_every_flag() {
        let page = Page {
            about: "",
            usage: "x [flags]",
            summary: "Does x.",
            flags: FLAGS.to_vec(),
            examples: &["x -h"],
        };
        let text = help(&page);
        assert!(text.ends_with("\nExamples:\n  x -h\n"), "{text}");
        assert!(FLAGS.iter().copied().flatten().all(|flag| text.contains(&format!("  -{}", flag.name))));
    }

    proptest::proptest! {
        #[test]
        fn no_command_line_panics(line in proptest::collection::vec(".{0,12}", 0..6)) {
            let _ = parse(FLAGS, line);
        }
    }
}
