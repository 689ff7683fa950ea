//! `termgate doctor`.

use std::path::PathBuf;

use clap::Args;

use super::{AgentArgs, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::doctor::{self as command, DoctorFormat, Explanation};
use crate::error::{CommandError, Kind};
use crate::finding::Code;
use crate::output::Printer;
use crate::settings::connect_envoy;
use crate::settings::doctor::{DoctorGroup, DoctorSettings, ReachGroup, SurroundingsGroup};
use crate::settings::env::{self, Env};
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::GatewayFlags;
use crate::settings::tls_files::TlsFileGroup;
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
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    checks: Flags<DoctorGroup>,
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
pub fn run(args: DoctorArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let DoctorArgs {
        output,
        explain,
        snapshot,
        checks,
        reach,
        gateway,
        surroundings,
        tls_files,
        findings,
        agent,
    } = args;
    if let Some(code) = explain {
        return command::explain(Explanation { code, is_json: output == DoctorFormat::Json }, printer);
    }
    let typed = checks
        .typed()
        .with(reach.typed())
        .with(gateway.typed())
        .with(surroundings.typed())
        .with(tls_files.typed())
        .with(findings.typed())
        .with(agent.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?.named(connect_envoy::names(&options));
    let settings =
        DoctorSettings::resolve(&options, snapshot).map_err(|error| CommandError::new(Kind::Usage, error))?;
    if let Some(consul) = &settings.consul {
        report.report_all(consul.warnings.iter().cloned());
    }
    block_on(command::run(&settings, (output, width(env)), &report))
}

/// Columns of the report.
pub(super) fn width(env: &dyn Env) -> usize {
    let given = env.get(env::COLUMNS).and_then(|columns| columns.parse().ok());
    let (fewest, most) = WIDTHS;
    stdout::columns().or(given).unwrap_or(WIDTH).clamp(fewest, most)
}
