//! `termgate graph`.

use clap::Args;

use super::look::{self, LookArgs};
use super::{OUTPUT_FILE, OutputFileGroup, options};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::graph::{self as command, GraphFormat, Picture};
use crate::output::Printer;
use crate::settings::env::Env;

/// Draw who reaches what through the gateway
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// How to draw it [default: by the name of the output file, else mermaid]
    #[arg(long, value_enum)]
    format: Option<GraphFormat>,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    output: Flags<OutputFileGroup>,
}

/// Runs the command.
pub fn run(args: GraphArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let GraphArgs { format, mut look, output } = args;
    let snapshot = look.snapshot.take();
    let typed = look.typed().with(output.typed());
    let options = options(&typed, env);
    let (settings, report) = look::settings(&options, snapshot, printer)?;
    let picture = Picture { format, file: options.path(&OUTPUT_FILE) };
    block_on(command::run(&settings, &picture, &report))
}
