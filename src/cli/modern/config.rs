//! `termgate config …`: the modern commands on configuration entries.

use std::path::PathBuf;

use clap::Subcommand;

use super::entries::{ApplyArgs, DiffArgs};
use super::{OUTPUT_FILE, OutputFileGroup, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::config as commands;
use crate::commands::config::validate::Rules;
use crate::consul_version::ConsulVersion;
use crate::hcl::Language;
use crate::output::{FindingsFormat, Printer};
use crate::settings::consul::ConsulSettings;
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::flag::Grammar;
use crate::settings::options::{Options, Typed};

/// What to do with configuration entries.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check entries without an agent
    ///
    /// It reports entries that Consul refuses, and settings that Consul accepts although they cannot work.
    Validate(ValidateArgs),
    /// Rewrite entry files in canonical form
    ///
    /// It keeps comments, and prints the paths of the files that changed.
    Fmt(FmtArgs),
    /// Convert an entry between HCL and JSON
    ///
    /// A value that the other language cannot express is an error.
    Convert(ConvertArgs),
    /// Compare entry files with Consul
    ///
    /// The exit code is 10 if anything differs.
    Diff(Box<DiffArgs>),
    /// Apply entry files to Consul
    ///
    /// An entry is written only if it has not changed since it was read.
    Apply(Box<ApplyArgs>),
}

/// Check entries without an agent
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// Files, directories (all .hcl and .json files below), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: FindingsFormat,
    /// Check the TLS files of linked services on this host, as `run` does
    #[arg(long)]
    check_files: bool,
    /// Consul release whose rules apply [default: the agent's]
    ///
    /// Without this flag, the agent at CONSUL_HTTP_ADDR decides. If it does not answer at once, the rules are those of the
    /// newest known release.
    #[arg(long, value_name = "VERSION")]
    consul_version: Option<ConsulVersion>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
}

/// Rewrite files in canonical form
#[derive(Debug, clap::Args)]
pub struct FmtArgs {
    /// Files, directories (all .hcl and .json files below), or - for standard input to standard output
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing, and exit with 1 if a file would change
    ///
    /// The paths of these files are printed.
    #[arg(long)]
    check: bool,
}

/// Print an entry in the other language
#[derive(Debug, clap::Args)]
pub struct ConvertArgs {
    /// The language to write
    #[arg(long, value_enum)]
    to: LanguageArg,
    /// The file to read, or - for standard input
    #[arg(default_value = "-", value_name = "PATH")]
    path: String,
    #[command(flatten)]
    output: Flags<OutputFileGroup>,
}

/// A language on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum LanguageArg {
    /// HCL version 1
    Hcl,
    /// JSON
    Json,
}

/// Runs a parsed command line.
pub fn run(command: ConfigCommand, env: &dyn Env, printer: Printer) -> Outcome {
    match command {
        ConfigCommand::Validate(args) => validate(args, env, printer),
        ConfigCommand::Fmt(FmtArgs { paths, check }) => {
            commands::format::run(&commands::format::Settings { paths, check }, printer)
        }
        ConfigCommand::Convert(args) => convert(args, env, printer),
        ConfigCommand::Diff(args) => {
            let (settings, report) = args.into_settings(env, printer)?;
            block_on(commands::diff::run(&settings, &report))
        }
        ConfigCommand::Apply(args) => {
            let (settings, report, dry_run) = args.into_settings(env, printer)?;
            block_on(commands::apply::run(&settings, dry_run, &report))
        }
    }
}

fn validate(args: ValidateArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let ValidateArgs { paths, output, check_files, consul_version, findings } = args;
    let typed = findings.typed();
    let report = reporter(&options(&typed, env), printer)?;
    let version = match consul_version {
        Some(version) => Rules::Of(version),
        // A check that needs no agent does not care about a wrong setting.
        None => ConsulSettings::resolve(&Options::new(Grammar::Modern, &Typed::default(), env))
            .map_or(Rules::Newest, |settings| Rules::OfAgent(Box::new(settings))),
    };
    let settings = commands::validate::Settings { paths, format: output, check_files, version };
    commands::validate::run(&settings, &report)
}

fn convert(args: ConvertArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let ConvertArgs { to, path, output } = args;
    let typed = output.typed();
    let options = options(&typed, env);
    reporter(&options, printer)?.stop_if_strict("nothing was written")?;
    let output = options.path(&OUTPUT_FILE);
    let to = match to {
        LanguageArg::Hcl => Language::Hcl,
        LanguageArg::Json => Language::Json,
    };
    let source = if path == "-" { commands::Source::Stdin } else { commands::Source::File(path) };
    commands::convert::run(&commands::convert::Settings { to, source, output }, printer)
}
