//! `termgate explain`.

use std::path::PathBuf;

use clap::Args;

use super::doctor::width;
use super::{AgentArgs, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::explain::{self as command, Question};
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer};
use crate::settings::connect_envoy;
use crate::settings::doctor::{DoctorSettings, ReachGroup, SurroundingsGroup};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::GatewayFlags;
use crate::settings::intentions::{AskedRequest, AskedRequestGroup};
use crate::settings::requests;
use crate::settings::tls_files::TlsFileGroup;

/// Show the way of a request through the gateway, and where it ends
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The linked service
    #[arg(value_name = "SERVICE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    linked: String,
    /// The service that connects [default: any]
    #[arg(long, value_name = "SOURCE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    from: Option<String>,
    #[command(flatten)]
    request: Flags<AskedRequestGroup>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    reach: Flags<ReachGroup>,
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    surroundings: Flags<SurroundingsGroup>,
    #[command(flatten)]
    tls_files: Flags<TlsFileGroup>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Runs the command.
pub fn run(args: ExplainArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let ExplainArgs {
        linked,
        from,
        request,
        output,
        snapshot,
        reach,
        gateway,
        surroundings,
        tls_files,
        findings,
        agent,
    } = args;
    let typed = reach
        .typed()
        .with(request.typed())
        .with(gateway.typed())
        .with(surroundings.typed())
        .with(tls_files.typed())
        .with(findings.typed())
        .with(agent.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?.named(connect_envoy::names(&options));
    let settings =
        DoctorSettings::resolve(&options, snapshot).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let question = Question {
        service: linked,
        source: from,
        request: AskedRequest::of(&options).map_err(|error| CommandError::new(Kind::Usage, error))?,
        insecure_disable_path_normalization: requests::disables_normalisation(&options)?,
    };
    block_on(command::run(&settings, &question, (output, width(env)), &report))
}
