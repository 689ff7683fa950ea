//! `termgate status`.

use std::path::PathBuf;

use clap::Args;

use super::doctor::width;
use super::{AgentArgs, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{block_on, status as command};
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer};
use crate::settings::connect_envoy;
use crate::settings::doctor::SurroundingsGroup;
use crate::settings::env::Env;
use crate::settings::gateway::GatewayFlags;
use crate::settings::status::{StatusGroup, StatusSettings};
use crate::settings::tls_files::TlsFileGroup;

/// Show the live gateway and each linked service
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    view: Flags<StatusGroup>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    surroundings: Flags<SurroundingsGroup>,
    #[command(flatten)]
    tls_files: Flags<TlsFileGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Runs the command.
pub fn run(args: StatusArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let StatusArgs { view, output, snapshot, gateway, surroundings, tls_files, agent } = args;
    let typed = view
        .typed()
        .with(gateway.typed())
        .with(surroundings.typed())
        .with(tls_files.typed())
        .with(agent.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?.named(connect_envoy::names(&options));
    let settings =
        StatusSettings::resolve(&options, snapshot).map_err(|error| CommandError::new(Kind::Usage, error))?;
    if let Some(consul) = &settings.looks.consul {
        report.report_all(consul.warnings.iter().cloned());
    }
    block_on(command::run(&settings, (output, width(env)), &report))
}
