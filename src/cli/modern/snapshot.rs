//! `termgate snapshot`.

use std::sync::Arc;

use clap::Args;

use super::{AgentArgs, OUTPUT_FILE, OutputFileGroup, agent, options, reporter, write_or_print};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::doctor::gather;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy;
use crate::settings::consul::ConsulSettings;
use crate::settings::doctor::{self, AdminGroup};
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
    /// Add what Envoy's admin server answers, and versions, without secrets
    ///
    /// The file then is a bundle for support: Envoy's configuration, clusters, statistics and certificates. Every command that
    /// reads a snapshot reads it.
    #[arg(long, conflicts_with = "with_secrets")]
    with_envoy: bool,
    #[command(flatten)]
    admin: Flags<AdminGroup>,
    #[command(flatten)]
    output: Flags<OutputFileGroup>,
}

/// Runs the command.
pub fn run(args: SnapshotArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let typed = args.source.typed().with(args.admin.typed()).with(args.output.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?;
    let snapshot = collect(&options, &report)?;
    let snapshot = if args.with_envoy {
        let usage = |error: connect_envoy::Error| CommandError::new(Kind::Usage, error);
        let given = doctor::admin(&options).map_err(usage)?;
        let token = ConsulSettings::resolve(&options)?.token;
        let run_dir = doctor::run_dir(&options);
        block_on(async {
            let admin = gather::find_admin(&run_dir, &snapshot.gateway.id, &given).await;
            Ok(commands::snapshot::with_envoy(snapshot, admin, token.as_ref(), printer).await)
        })?
    } else if args.with_secrets {
        snapshot
    } else {
        snapshot.redacted()
    };
    write_or_print(options.path(&OUTPUT_FILE).as_deref(), &snapshot.to_json(), printer)
}

/// The state of the agent that the gateway depends on.
pub fn collect(options: &Options<'_>, report: &Reporter) -> Result<Snapshot, CommandError> {
    let id = gateway::id(options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let settings = agent(options, report)?;
    report.stop_if_strict("the agent was not asked")?;
    let consul = Arc::new(Consul::new(&settings)?);
    block_on(commands::snapshot::collect(&consul, &id))
}
