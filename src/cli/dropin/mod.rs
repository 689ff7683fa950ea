//! Consul's own command line grammar, for the commands that stand in for Consul's.

pub mod config;
pub mod connect_envoy;
pub mod go_flags;

use std::ffi::OsString;

use super::{Outcome, color};
use crate::commands;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy::{ConnectEnvoySettings, names};
use crate::settings::env::{self, Env};
use crate::settings::findings;
use crate::settings::flag::Grammar;
use crate::settings::options::Options;

/// A command of Consul's, with the words after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    ConnectEnvoy(Vec<OsString>),
    /// `config write`, `read`, `list` or `delete`
    Config(config::Subcommand, Vec<OsString>),
}

/// The drop-in command that a command line asks for, if it is one.
pub fn command(arguments: &[OsString]) -> Option<Command> {
    let (group, words) = color::next_word(arguments.get(1..)?)?;
    let (name, rest) = color::next_word(words)?;
    let help = || [OsString::from("-h")];
    match (group, name) {
        // `help config write` and `config help write` are `config write -h`.
        ("help", group) | (group, "help") => named(group, color::next_word(rest)?.0, &help()),
        (group, name) => named(group, name, rest),
    }
}

fn named(group: &str, name: &str, rest: &[OsString]) -> Option<Command> {
    match (group, name) {
        ("connect", "envoy") => Some(Command::ConnectEnvoy(rest.to_vec())),
        ("config", name) => {
            config::Subcommand::named(name).map(|subcommand| Command::Config(subcommand, rest.to_vec()))
        }
        _ => None,
    }
}

/// The names of the drop-in commands.
pub const PATHS: &[&[&str]] = &[
    &["connect", "envoy"],
    &["config", "write"],
    &["config", "read"],
    &["config", "list"],
    &["config", "delete"],
];

/// What the help of a drop-in command says.
pub fn page(path: &[&str]) -> Option<go_flags::Page> {
    match path {
        ["connect", "envoy"] => Some(connect_envoy::page()),
        ["config", name] => config::Subcommand::named(name).map(config::Subcommand::page),
        _ => None,
    }
}

/// Whether the flags of a command can be read.
#[cfg(test)]
pub fn parses(command: &Command) -> bool {
    let error = match command {
        Command::ConnectEnvoy(words) => connect_envoy::parse(words.clone()).err(),
        Command::Config(subcommand, words) => go_flags::parse_os(&subcommand.flags(), words.clone()).err(),
    };
    error.is_none_or(|error| error == go_flags::FlagError::Help)
}

/// Runs a drop-in command.
pub fn run(command: Command, env: &dyn Env, printer: Printer) -> Outcome {
    match command {
        Command::ConnectEnvoy(arguments) => connect_envoy(arguments, env, printer),
        Command::Config(subcommand, arguments) => config::run(subcommand, arguments, env, printer),
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
