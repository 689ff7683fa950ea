//! `termgate audit …`: judgements of what a gateway lets through.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::doctor::width;
use super::{AgentArgs, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::audit as command;
use crate::commands::block_on;
use crate::commands::doctor::DoctorFormat;
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::settings::connect_envoy;
use crate::settings::doctor::DoctorSettings;
use crate::settings::egress::{ALLOW, EgressGroup};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::GatewayFlags;
use crate::settings::tls_files::TlsFileGroup;

/// What is judged.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Judge every way out of the mesh through the gateway
    ///
    /// Reserved, link-local and loopback addresses in any spelling, plain text to port 443, TLS without a name check,
    /// ways outside an allow list, services reachable around the gateway, and links that nobody uses. The exit code is
    /// 10 if a finding is a failure.
    Egress(Box<EgressArgs>),
}

/// Judge every way out of the mesh through the gateway
#[derive(Debug, Args)]
pub struct EgressArgs {
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: DoctorFormat,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    judgement: Flags<EgressGroup>,
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    tls_files: Flags<TlsFileGroup>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Runs a parsed command line.
pub fn run(command: AuditCommand, env: &dyn Env, printer: Printer) -> Outcome {
    let AuditCommand::Egress(args) = command;
    let EgressArgs { output, snapshot, judgement, gateway, tls_files, findings, agent } = *args;
    let typed = judgement
        .typed()
        .with(gateway.typed())
        .with(tls_files.typed())
        .with(findings.typed())
        .with(agent.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?.named(connect_envoy::names(&options));
    let settings =
        DoctorSettings::resolve(&options, snapshot).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let allow = options.path(&ALLOW);
    block_on(command::egress(&settings, allow.as_deref(), (output, width(env)), &report))
}
