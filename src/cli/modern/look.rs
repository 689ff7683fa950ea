//! What commands that look at a gateway have in common: where they look, from an agent or a snapshot file.

use std::path::PathBuf;

use clap::Args;

use super::{AgentArgs, reporter};
use crate::cli::flags::Flags;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy;
use crate::settings::doctor::{DoctorSettings, ReachGroup, SurroundingsGroup};
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::GatewayFlags;
use crate::settings::options::{Options, Typed};
use crate::settings::tls_files::TlsFileGroup;

/// Where to look.
#[derive(Debug, Args)]
pub struct LookArgs {
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
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

impl LookArgs {
    /// What was typed.
    pub fn typed(self) -> Typed {
        self.reach
            .typed()
            .with(self.gateway.typed())
            .with(self.surroundings.typed())
            .with(self.tls_files.typed())
            .with(self.findings.typed())
            .with(self.agent.typed())
    }
}

/// The settings, and where findings are reported.
pub fn settings(
    options: &Options<'_>,
    snapshot: Option<PathBuf>,
    printer: Printer,
) -> Result<(DoctorSettings, Reporter), CommandError> {
    let report = reporter(options, printer)?.named(connect_envoy::names(options));
    let settings =
        DoctorSettings::resolve(options, snapshot).map_err(|error| CommandError::new(Kind::Usage, error))?;
    if let Some(consul) = &settings.consul {
        report.report_all(consul.warnings.iter().cloned());
    }
    Ok((settings, report))
}
