//! `termgate intentions …`: who may reach a linked service.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{AgentArgs, agent, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::collect::Gateway;
use crate::commands::intentions::{self, Attempt};
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, ReportFormat, Reporter};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::{self, EntryFlags};
use crate::settings::intentions::{AskedRequest, AskedRequestGroup};
use crate::settings::options::{Options, Typed};
use crate::settings::requests;
use crate::snapshot::Snapshot;

/// Who may reach what.
#[derive(Debug, Subcommand)]
pub enum IntentionsCommand {
    /// Say whether a source may reach a linked service, and why
    ///
    /// It decides as direct mode does, from Consul's intentions or those of a snapshot. Exit code 0: allowed, 10: denied.
    /// Where intentions decide each request and none is given, it is 1.
    Check(Box<CheckArgs>),
    /// List the intentions on a gateway's linked services
    List(Box<ListArgs>),
}

/// Where the intentions come from.
#[derive(Debug, Args)]
struct SourceArgs {
    #[command(flatten)]
    gateway: Flags<EntryFlags>,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: ReportFormat,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Say whether a source may reach a linked service, and why
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The service that connects
    #[arg(value_name = "SOURCE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    from: String,
    /// The linked service
    #[arg(value_name = "DESTINATION", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    to: String,
    #[command(flatten)]
    request: Flags<AskedRequestGroup>,
    #[command(flatten)]
    source: SourceArgs,
}

/// List the intentions on a gateway's linked services
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    source: SourceArgs,
}

/// Runs a parsed command line.
pub fn run(command: IntentionsCommand, env: &dyn Env, printer: Printer) -> Outcome {
    match command {
        IntentionsCommand::Check(args) => {
            let CheckArgs { from, to, request, source } = *args;
            let SourceArgs { gateway, snapshot, output, findings, agent } = source;
            let typed = gateway.typed().with(request.typed()).with(findings.typed()).with(agent.typed());
            let options = options(&typed, env);
            let report = reporter(&options, printer)?;
            let attempt = Attempt {
                source: from,
                service: to,
                request: AskedRequest::of(&options).map_err(|error| CommandError::new(Kind::Usage, error))?,
                insecure_disable_path_normalization: requests::disables_normalisation(&options)?,
            };
            let (name, snapshot) = read(&options, snapshot, &report)?;
            intentions::check(&snapshot, &name, &attempt, output, &report)
        }
        IntentionsCommand::List(args) => {
            let SourceArgs { gateway, snapshot, output, findings, agent } = args.source;
            let typed: Typed = gateway.typed().with(findings.typed()).with(agent.typed());
            let options = options(&typed, env);
            let report = reporter(&options, printer)?;
            let (name, snapshot) = read(&options, snapshot, &report)?;
            intentions::list(&snapshot, &name, output, &report)
        }
    }
}

/// The gateway's name, and Consul's state as far as intentions need it.
fn read(
    options: &Options<'_>,
    file: Option<PathBuf>,
    report: &Reporter,
) -> Result<(String, Snapshot), CommandError> {
    if let Some(path) = file {
        let snapshot = commands::snapshot::read(&path)?;
        return Ok((snapshot.gateway.service.clone(), snapshot));
    }
    let name = gateway::name(options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let settings = agent(options, report)?;
    report.stop_if_strict("the agent was not asked")?;
    let consul = Arc::new(Consul::new(&settings)?);
    let gateway = Gateway::new(name.as_str(), name.as_str());
    let (snapshot, hidden) = block_on(async {
        let snapshot = crate::collect::intentions(&consul, &gateway).await?;
        let hidden = intentions::hidden(&consul, &name, &snapshot).await;
        Ok((snapshot, hidden))
    })?;
    report.report_all(hidden);
    Ok((name, snapshot))
}
