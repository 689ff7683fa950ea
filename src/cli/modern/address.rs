//! `termgate address`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::address_eval;
use crate::output::Printer;
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;

/// What to do with address templates.
#[derive(Debug, Subcommand)]
pub enum AddressCommand {
    /// Print what an address template renders to on this host
    Eval {
        /// The template, such as '{{ GetInterfaceIP "eth0" }}:8443'
        template: String,
        /// Use the interfaces of this JSON file instead of this host's
        #[arg(long, value_name = "FILE")]
        interfaces: Option<PathBuf>,
        #[command(flatten)]
        findings: Flags<FindingGroup>,
    },
}

/// Runs a parsed command line.
pub fn run(command: AddressCommand, env: &dyn Env, printer: Printer) -> Outcome {
    let AddressCommand::Eval { template, interfaces, findings } = command;
    let typed = findings.typed();
    let report = reporter(&options(&typed, env), printer)?;
    address_eval::run(&address_eval::Settings { template, interfaces }, &report)
}
