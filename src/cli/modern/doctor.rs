//! `termgate doctor`.

use clap::Args;

use super::look::{self, LookArgs};
use super::options;
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::doctor::{self as command, DoctorFormat, Explanation};
use crate::finding::Code;
use crate::output::Printer;
use crate::settings::doctor::DoctorGroup;
use crate::settings::env::{self, Env};
use crate::system::stdout;

/// Columns of a report, where nothing says how many there are, and the fewest and most that are used.
const WIDTH: usize = 80;
const WIDTHS: (usize, usize) = (40, 120);

/// Check everything that the gateway needs
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: DoctorFormat,
    /// Print what the code of a finding means, why it matters and what to do, and nothing else
    #[arg(long, value_name = "CODE")]
    explain: Option<Code>,
    #[command(flatten)]
    checks: Flags<DoctorGroup>,
    #[command(flatten)]
    look: LookArgs,
}

/// Runs the command.
pub fn run(args: DoctorArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let DoctorArgs { output, explain, checks, mut look } = args;
    if let Some(code) = explain {
        return command::explain(Explanation { code, is_json: output == DoctorFormat::Json }, printer);
    }
    let snapshot = look.snapshot.take();
    let typed = look.typed().with(checks.typed());
    let options = options(&typed, env);
    let (settings, report) = look::settings(&options, snapshot, printer)?;
    block_on(command::run(&settings, (output, width(env)), &report))
}

/// Columns of the report.
pub(super) fn width(env: &dyn Env) -> usize {
    let given = env.get(env::COLUMNS).and_then(|columns| columns.parse().ok());
    let (fewest, most) = WIDTHS;
    stdout::columns().or(given).unwrap_or(WIDTH).clamp(fewest, most)
}
