//! `termgate reload`.

use clap::Args;

use super::options;
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands;
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::settings::env::Env;
use crate::settings::gateway::{self, GatewayFlags};
use crate::settings::run::{RunDir, RunDirGroup};

/// Which gateway reads everything again.
#[derive(Debug, Args)]
pub struct ReloadArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    run_dir: Flags<RunDirGroup>,
}

/// Runs the command.
pub fn run(args: ReloadArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let typed = args.gateway.typed().with(args.run_dir.typed());
    let options = options(&typed, env);
    let id = gateway::id(&options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let process = commands::reload::run(&RunDir::resolve(&options), &id)?;
    printer.note(format_args!("reloading `{id}` (process {process})"));
    Ok(0)
}
