//! `termgate address`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::Outcome;
use crate::commands::address_eval;
use crate::output::Printer;

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
    },
}

/// Runs a parsed command line.
pub fn run(command: AddressCommand, printer: Printer) -> Outcome {
    let AddressCommand::Eval { template, interfaces } = command;
    address_eval::run(&address_eval::Settings { template, interfaces }, printer)
}
