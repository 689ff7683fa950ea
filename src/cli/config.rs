//! `termgate config …`: the modern commands on configuration entries.

use std::path::PathBuf;

use clap::Subcommand;

use super::Outcome;
use crate::commands::config as commands;
use crate::consul_version::ConsulVersion;
use crate::output::{Format, Printer};

/// What to do with configuration entries.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check entries without an agent, as Consul's client and servers do, and for what Consul takes in silence
    Validate(ValidateArgs),
    /// Drop-in for `consul config write`; `-h` lists its flags
    #[command(disable_help_flag = true)]
    Write(DropinArguments),
    /// Drop-in for `consul config read`; `-h` lists its flags
    #[command(disable_help_flag = true)]
    Read(DropinArguments),
    /// Drop-in for `consul config list`; `-h` lists its flags
    #[command(disable_help_flag = true)]
    List(DropinArguments),
    /// Drop-in for `consul config delete`; `-h` lists its flags
    #[command(disable_help_flag = true)]
    Delete(DropinArguments),
}

/// Check entries without an agent
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// Files, directories (all .hcl and .json files below), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the findings
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// The Consul release whose rules count
    #[arg(long, value_name = "VERSION", default_value_t = ConsulVersion::NEWEST_KNOWN)]
    consul_version: ConsulVersion,
}

/// The arguments of a drop-in command, for its help
#[derive(Debug, clap::Args)]
pub struct DropinArguments {
    /// Consul's own flags
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CONSUL FLAGS")]
    _arguments: Vec<String>,
}

/// Runs a parsed command line.
pub fn run(command: ConfigCommand, printer: Printer) -> Outcome {
    match command {
        ConfigCommand::Validate(args) => validate(args, printer),
        // Command lines of these forms are taken before clap sees them.
        ConfigCommand::Write(_)
        | ConfigCommand::Read(_)
        | ConfigCommand::List(_)
        | ConfigCommand::Delete(_) => Ok(0),
    }
}

fn validate(args: ValidateArgs, printer: Printer) -> Outcome {
    let ValidateArgs { paths, output, strict, consul_version } = args;
    let settings = commands::validate::Settings { paths, format: output, strict, version: consul_version };
    commands::validate::run(&settings, printer)
}
