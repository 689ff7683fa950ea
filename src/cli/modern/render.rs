//! `termgate render`.

use std::path::PathBuf;

use clap::Args;

use super::snapshot::{SnapshotSourceArgs, collect};
use super::{options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands;
use crate::envoy::version::EnvoyVersion;
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::requests::{self, RequestGroup};
use crate::settings::tls_files::{TlsFileGroup, TlsFileSettings};

/// Print the complete Envoy configuration that direct mode serves
#[derive(Debug, Args)]
pub struct RenderArgs {
    #[command(flatten)]
    source: SnapshotSourceArgs,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Print one static configuration that Envoy loads, or the resources by kind
    #[arg(long, value_enum, default_value = "envoy")]
    format: commands::render::RenderFormat,
    /// Include private keys
    #[arg(long)]
    with_secrets: bool,
    /// Check the TLS files of linked services on this host, as `run` does
    ///
    /// Services whose files are missing or invalid are closed.
    #[arg(long)]
    check_files: bool,
    /// The Envoy that loads the configuration, such as 1.40.0 [default: any]
    ///
    /// From 1.37, Envoy can wait for a client's TLS handshake before it connects to a tcp service: a client that is
    /// refused then causes no connection at all. `run` detects the version itself.
    #[arg(long, value_name = "VERSION", value_parser = envoy_version)]
    envoy_version: Option<EnvoyVersion>,
    #[command(flatten)]
    tls_files: Flags<TlsFileGroup>,
    #[command(flatten)]
    requests: Flags<RequestGroup>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
}

/// An Envoy release; its patch may be left out.
fn envoy_version(text: &str) -> Result<EnvoyVersion, String> {
    EnvoyVersion::parse(text)
        .or_else(|| EnvoyVersion::parse(&format!("{text}.0")))
        .ok_or_else(|| "not an Envoy version such as 1.40.0".to_owned())
}

/// Runs the command.
pub fn run(args: RenderArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RenderArgs {
        source,
        snapshot,
        format,
        with_secrets,
        check_files,
        envoy_version,
        tls_files,
        requests,
        findings,
    } = args;
    let typed = source.typed().with(tls_files.typed()).with(requests.typed()).with(findings.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?;
    let settings = commands::render::Settings {
        format,
        with_secrets,
        check_files,
        envoy_version,
        tls_files: TlsFileSettings::resolve(&options)?,
        insecure_disable_path_normalization: requests::disables_normalisation(&options)?,
        allowed_addresses: requests::allowed_addresses(&options)
            .map_err(|error| CommandError::new(Kind::Usage, error))?,
    };
    let snapshot = match snapshot {
        Some(path) => commands::snapshot::read(&path)?,
        None => collect(&options, &report)?,
    };
    commands::render::run(snapshot, &settings, &report)
}
