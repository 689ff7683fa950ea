//! `termgate snapshot`.

use std::sync::Arc;

use clap::Args;

use super::{AgentArgs, OUTPUT_FILE, OutputFileGroup, agent, options, reporter, write_or_print};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, Reporter};
use crate::settings::env::Env;
use crate::settings::gateway::{self, GatewayFlags};
use crate::settings::options::{Options, Typed};
use crate::snapshot::Snapshot;

/// Which gateway's snapshot, and from which agent.
#[derive(Debug, Args)]
pub struct SnapshotSourceArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    agent: AgentArgs,
}

impl SnapshotSourceArgs {
    /// What was typed.
    pub fn typed(self) -> Typed {
        self.gateway.typed().with(self.agent.typed())
    }
}

/// Save the Consul state that the gateway depends on as one JSON file
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    #[command(flatten)]
    source: SnapshotSourceArgs,
    /// Include private keys
    #[arg(long)]
    with_secrets: bool,
    #[command(flatten)]
    output: Flags<OutputFileGroup>,
}

/// Runs the command.
pub fn run(args: SnapshotArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let typed = args.source.typed().with(args.output.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?;
    let snapshot = collect(&options, &report)?;
    let text = if args.with_secrets { snapshot.to_json() } else { snapshot.redacted().to_json() };
    write_or_print(options.path(&OUTPUT_FILE).as_deref(), &text, printer)
}

/// The state of the agent that the gateway depends on.
pub fn collect(options: &Options<'_>, report: &Reporter) -> Result<Snapshot, CommandError> {
    let id = gateway::id(options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let settings = agent(options, report)?;
    report.stop_if_strict("the agent was not asked")?;
    let consul = Arc::new(Consul::new(&settings)?);
    block_on(commands::snapshot::collect(&consul, &id))
}
