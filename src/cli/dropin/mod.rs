//! Consul's own command line grammar, for the commands that stand in for Consul's.

mod acl;
mod cluster;
pub mod companion;
pub mod config;
pub mod connect_envoy;
pub mod go_flags;
mod intention;
mod kv;
mod outside;
mod services;
mod validate;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{Outcome, color};
use crate::commands;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy::{ConnectEnvoySettings, names};
use crate::settings::env::{self, Env};
use crate::settings::findings;
use crate::settings::flag::Grammar;
use crate::settings::options::Options;
use companion::Companion;
use outside::Outside;
use services::Meant;

/// The companions, a table a file.
const COMPANIONS: &[&[Companion]] = &[
    acl::COMMANDS,
    cluster::COMMANDS,
    intention::COMMANDS,
    kv::COMMANDS,
    services::COMMANDS,
    validate::COMMANDS,
];

/// What a command line of Consul's asks for, with the words after the command's name.
#[derive(Debug)]
pub enum Command {
    ConnectEnvoy(Vec<OsString>),
    /// `config write`, `read`, `list` or `delete`
    Config(config::Subcommand, Vec<OsString>),
    /// A command that stands beside these in scripts.
    Companion(&'static Companion, Vec<OsString>),
    /// A command of Consul's that is not part of termgate.
    Outside(&'static Outside),
    /// `services register` (`true`) or `deregister`, where it is unclear whose.
    Unclear(bool),
    /// The commands that begin with these words; only where the program is called `consul`.
    List(Vec<String>, Listed),
}

/// Why commands are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Somebody asked for it.
    Help,
    /// A word is missing or unknown.
    Unknown,
}

/// The name under which the program was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Its own; both grammars count.
    Termgate,
    /// `consul`, by a link of this name: only Consul's grammar counts.
    Consul,
}

impl Name {
    /// The name on the command line.
    pub fn of(arguments: &[OsString]) -> Self {
        let file = arguments.first().and_then(|path| Path::new(path).file_name());
        if file == Some(OsStr::new("consul")) { Self::Consul } else { Self::Termgate }
    }
}

/// The command of Consul's that a command line asks for, if it is one. Under the name `consul` each is one.
pub fn command(arguments: &[OsString], name: Name) -> Option<Command> {
    let words = arguments.get(1..).unwrap_or_default();
    match name {
        Name::Termgate => of_termgate(words),
        Name::Consul => Some(of_consul(words)),
    }
}

fn of_termgate(words: &[OsString]) -> Option<Command> {
    let (first, rest) = color::next_word(words)?;
    if first == "help" {
        return found(rest, Name::Termgate).and_then(|found| helped(found.0));
    }
    match found(words, Name::Termgate) {
        // `help config write` and `config help write` are `config write -h`.
        None => {
            let (_, rest) = color::next_word(rest).filter(|(second, _)| *second == "help")?;
            let words = [OsStr::new(first)].into_iter().chain(rest.iter().map(OsString::as_os_str));
            found(&words.map(OsStr::to_owned).collect::<Vec<_>>(), Name::Termgate)
                .and_then(|found| helped(found.0))
        }
        Some((Found::Companion(companion), rest)) if companion.path.first() == Some(&"services") => {
            let registers = companion.path.last() == Some(&"register");
            match services::meant(rest, registers) {
                Meant::Consuls => Some(Found::Companion(companion).with(rest)),
                Meant::Own => None,
                Meant::Unclear => Some(Command::Unclear(registers)),
            }
        }
        Some((found, rest)) => Some(found.with(rest)),
    }
}

/// The help of a command, if it is one with flags of its own.
fn helped(found: Found) -> Option<Command> {
    match found {
        Found::Outside(_) => None,
        // termgate's own command of this name says more.
        Found::Companion(companion) if companion.path.first() == Some(&"services") => None,
        found => Some(found.with(&[OsString::from("-h")])),
    }
}

fn of_consul(words: &[OsString]) -> Command {
    let flags: Vec<&str> =
        words.iter().map_while(|word| word.to_str()).take_while(|word| *word != "--").collect();
    let asks_for_help = flags.iter().any(|word| is_help(word));
    let leading = flags.iter().take_while(|word| word.starts_with('-'));
    let is_help_first = leading.clone().any(|word| is_help(word));
    if let Some(version) = companion(&["version"])
        && leading.clone().any(|word| matches!(*word, "-v" | "-version" | "--version"))
    {
        return Command::Companion(version, Vec::new());
    }
    let words = words.get(leading.count()..).unwrap_or_default();
    let Some((found, rest)) = found(words, Name::Consul) else {
        let why = if asks_for_help { Listed::Help } else { Listed::Unknown };
        return Command::List(group(words), why);
    };
    if is_help_first { found.with(&[OsString::from("-h")]) } else { found.with(rest) }
}

fn is_help(word: &str) -> bool {
    matches!(word, "-h" | "-help" | "--help")
}

/// The words with which a group of commands begins.
fn group(words: &[OsString]) -> Vec<String> {
    let words: Vec<&str> = words.iter().map_while(|word| word.to_str()).collect();
    let all = || paths().chain(outside::paths());
    let is_group = |length: &usize| {
        words
            .get(..*length)
            .is_some_and(|group| all().any(|path| path.len() > *length && path.starts_with(group)))
    };
    let length = (1..=words.len()).take_while(is_group).count();
    words.iter().take(length).map(|word| (*word).to_owned()).collect()
}

/// A command's name that was found.
#[derive(Debug, Clone, Copy)]
enum Found {
    ConnectEnvoy,
    Config(config::Subcommand),
    Companion(&'static Companion),
    Outside(&'static Outside),
}

impl Found {
    fn with(self, rest: &[OsString]) -> Command {
        match self {
            Self::ConnectEnvoy => Command::ConnectEnvoy(rest.to_vec()),
            Self::Config(subcommand) => Command::Config(subcommand, rest.to_vec()),
            Self::Outside(outside) => Command::Outside(outside),
            Self::Companion(companion) => {
                // Consul: a request for help counts wherever it is before `--`, also as the value of a flag.
                let before = rest.iter().take_while(|word| *word != "--");
                let asks = before.filter_map(|word| word.to_str()).any(is_help);
                let rest = if asks { vec![OsString::from("-h")] } else { rest.to_vec() };
                Command::Companion(companion, rest)
            }
        }
    }
}

/// The command whose name begins a command line, and the words behind it; the longest name counts.
fn found(words: &[OsString], name: Name) -> Option<(Found, &[OsString])> {
    let mut rests = vec![(Vec::new(), words)];
    while let Some((path, rest)) = rests.last()
        && path.len() < LONGEST_NAME
        && let Some((word, rest)) = color::next_word(rest)
    {
        rests.push(([path.as_slice(), &[word]].concat(), rest));
    }
    rests.into_iter().skip(1).rev().find_map(|(path, rest)| Some((named(&path, name)?, rest)))
}

/// Words in the longest name of a command.
const LONGEST_NAME: usize = 3;

fn named(path: &[&str], name: Name) -> Option<Found> {
    match path {
        ["connect", "envoy"] => Some(Found::ConnectEnvoy),
        ["config", subcommand] => config::Subcommand::named(subcommand).map(Found::Config),
        path => match companion(path) {
            Some(companion) => Some(Found::Companion(companion)),
            None => outside::named(path, name).map(Found::Outside),
        },
    }
}

fn companion(path: &[&str]) -> Option<&'static Companion> {
    COMPANIONS.iter().copied().flatten().find(|companion| companion.path == path)
}

/// The drop-in commands that are not companions.
const FIRST: &[&[&str]] = &[
    &["connect", "envoy"],
    &["config", "write"],
    &["config", "read"],
    &["config", "list"],
    &["config", "delete"],
];

/// The names of the drop-in commands.
pub fn paths() -> impl Iterator<Item = &'static [&'static str]> {
    FIRST.iter().copied().chain(COMPANIONS.iter().copied().flatten().map(|companion| companion.path))
}

/// What the help of a drop-in command says.
pub fn page(path: &[&str]) -> Option<go_flags::Page> {
    match path {
        ["connect", "envoy"] => Some(connect_envoy::page()),
        ["config", name] => config::Subcommand::named(name).map(config::Subcommand::page),
        path => companion(path).map(Companion::page),
    }
}

/// Whether the flags of a command can be read.
#[cfg(test)]
pub fn parses(command: &Command) -> bool {
    let error = match command {
        Command::ConnectEnvoy(words) => connect_envoy::parse(words.clone()).err(),
        Command::Config(subcommand, words) => go_flags::parse_os(&subcommand.flags(), words.clone()).err(),
        Command::Companion(companion, words) => go_flags::parse_os(&companion.flags(), words.clone()).err(),
        Command::Outside(_) | Command::Unclear(_) | Command::List(..) => return false,
    };
    error.is_none_or(|error| error == go_flags::FlagError::Help)
}

/// Runs a drop-in command.
pub fn run(command: Command, env: &dyn Env, printer: Printer) -> Outcome {
    match command {
        Command::ConnectEnvoy(arguments) => connect_envoy(arguments, env, printer),
        Command::Config(subcommand, arguments) => config::run(subcommand, arguments, env, printer),
        Command::Companion(companion, arguments) => companion::run(companion, arguments, env, printer),
        Command::Outside(outside) => Ok(companion::show(&outside.refusal(), printer)),
        Command::Unclear(registers) => Ok(companion::show(&services::unclear(registers), printer)),
        Command::List(group, why) => list(&group, why, printer),
    }
}

/// Prints the commands that begin with `group`; as Consul does, to stdout only where somebody asked for it.
fn list(group: &[String], why: Listed, printer: Printer) -> Outcome {
    let words: Vec<&str> = group.iter().map(String::as_str).collect();
    let mut text = ["Usage: consul"].into_iter().chain(words.iter().copied()).collect::<Vec<_>>().join(" ");
    text.push_str(" <command> [flags] [arguments]\n\nCommands of Consul that termgate has:\n");
    for path in paths().filter(|path| path.starts_with(&words)) {
        let about = page(path).map(|page| page.about).unwrap_or_default();
        // Each says that it stands in for Consul's: here, all do.
        let about = about.split(", as `consul").next().unwrap_or_default();
        text.extend([&format!("    {:24} ", path.join(" ")), about, "\n"]);
    }
    text.push_str("\nThis is termgate under the name consul; `termgate --help` lists its other commands.\n");
    match (why, words.as_slice()) {
        (Listed::Help, _) => {
            printer.data(text)?;
            Ok(0)
        }
        (Listed::Unknown, []) => {
            printer.styled_stderr(text.trim_end());
            Ok(127)
        }
        (Listed::Unknown, _) => {
            printer.styled_stderr(text.trim_end());
            Ok(1)
        }
    }
}

fn connect_envoy(arguments: Vec<OsString>, env: &dyn Env, printer: Printer) -> Outcome {
    let (typed, words) = match connect_envoy::parse(arguments) {
        Ok(parsed) => parsed,
        Err(go_flags::FlagError::Help) => {
            printer.data(go_flags::help(&connect_envoy::page()))?;
            return Ok(0);
        }
        Err(error) => return Err(wrong_usage(error)),
    };
    let options = Options::new(Grammar::Consul, &typed, env);
    let names = names(&options);
    let report = Reporter::new(printer, findings::policy(&options)?).named(names.clone());
    let (settings, warnings) = ConnectEnvoySettings::of_consul(&options, words)?;
    report.report_all(warnings);
    let search_path = env.get(env::PATH);
    let command = commands::connect_envoy::run(settings, search_path.as_deref(), env, &report);
    commands::block_on(command).map_err(|error| error.named(&names))
}

fn wrong_usage(error: go_flags::FlagError) -> CommandError {
    CommandError::new(Kind::Usage, error).hint("`termgate connect envoy -h` lists the flags")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        match command(&words, Name::of(&words)) {
            None => "modern".to_owned(),
            Some(Command::ConnectEnvoy(words)) => format!("connect envoy {}", words.len()),
            Some(Command::Config(subcommand, words)) => format!("{subcommand:?} {}", words.len()),
            Some(Command::Companion(companion, words)) => format!("{} {words:?}", companion.path.join(" ")),
            Some(Command::Outside(outside)) => format!("outside {}", outside.path.join(" ")),
            Some(Command::Unclear(registers)) => format!("unclear {registers}"),
            Some(Command::List(group, why)) => format!("{why:?} {group:?}"),
        }
    }

    #[test]
    fn a_command_is_found_by_its_longest_name() {
        for (line, expected) in [
            ("termgate kv get a", r#"kv get ["a"]"#),
            ("termgate --color never kv --color=never get a", r#"kv get ["a"]"#),
            ("termgate kv get a -h", r#"kv get ["-h"]"#),
            ("termgate kv get -- a -h", r#"kv get ["--", "a", "-h"]"#),
            ("termgate help kv get", r#"kv get ["-h"]"#),
            ("termgate kv help get", r#"kv get ["-h"]"#),
            ("termgate config help write", "Write 1"),
            ("termgate kv", "modern"),
            ("termgate run", "modern"),
            ("termgate acl policy --service gw", "modern"),
            ("termgate agent -dev", "outside agent"),
            ("termgate snapshot -o x", "modern"),
            ("/usr/bin/consul snapshot save x", "outside snapshot"),
            ("termgate services register -name x", r#"services register ["-name", "x"]"#),
            ("termgate services register x --address h", "modern"),
            ("termgate services register x", "unclear true"),
            ("consul services register x --address h", r#"services register ["x", "--address", "h"]"#),
            ("termgate help services register", "modern"),
            ("consul --version", "version []"),
            ("consul connect envoy -bootstrap", "connect envoy 1"),
            ("consul run", "Unknown []"),
            ("consul kv", r#"Unknown ["kv"]"#),
            ("consul kv nosuch", r#"Unknown ["kv"]"#),
            ("consul kv -h", r#"Help ["kv"]"#),
            ("consul --help", "Help []"),
            ("consul config validate", r#"Unknown ["config"]"#),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn no_name_is_taken_twice() {
        let mut names: Vec<_> = paths().collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(paths().all(|path| path.len() <= LONGEST_NAME));
        for companion in COMPANIONS.iter().copied().flatten() {
            let mut flags: Vec<_> =
                companion.flags().iter().copied().flatten().map(|flag| flag.name).collect();
            flags.sort_unstable();
            assert!(flags.windows(2).all(|two| two.first() != two.last()), "{:?}", companion.path);
        }
    }
}
