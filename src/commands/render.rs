//! `termgate render`: the Envoy configuration that direct mode serves.

use std::sync::Arc;

use crate::address_guard::Allowed;
use crate::bootstrap::ProxyConfig;
use crate::envoy::version::EnvoyVersion;
use crate::error::CommandError;
use crate::finding::{Code, Finding};
use crate::output::Reporter;
use crate::render::{self, RenderOptions, StaticOptions};
use crate::secret::Secret;
use crate::settings::tls_files::TlsFileSettings;
use crate::snapshot::Snapshot;
use crate::system::tls_files;

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RenderFormat {
    /// One static configuration that Envoy loads
    Envoy,
    /// The resources by kind, as Envoy's config dump prints them
    Resources,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The form of the output.
    pub format: RenderFormat,
    /// Whether private keys are printed.
    pub with_secrets: bool,
    /// Whether services are closed whose TLS files this host lacks.
    pub check_files: bool,
    /// The Envoy that is to load it; `None`: any.
    pub envoy_version: Option<EnvoyVersion>,
    /// The TLS files of linked services.
    pub tls_files: TlsFileSettings,
    /// Whether request paths are handed on as clients spell them.
    pub insecure_disable_path_normalization: bool,
    /// Addresses that services may have although no service is meant to.
    pub allowed_addresses: Vec<Allowed>,
}

/// Stands where a private key is not printed.
const REDACTED: &str = "(private key left out; --with-secrets prints it)";

/// Renders and prints; what was left out or looks unintended goes to stderr.
pub fn run(mut snapshot: Snapshot, settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    if !settings.with_secrets {
        for leaf in Arc::make_mut(&mut snapshot.leaves).values_mut() {
            Arc::make_mut(leaf).private_key_pem = Secret::new(REDACTED);
        }
    }
    let TlsFileSettings { system_ca, system_bundle } = &settings.tls_files;
    let mut tls_files = tls_files::by_name(render::file_uses(&snapshot, *system_ca), system_bundle);
    if !settings.check_files {
        // A file that this host lacks may well be on the gateway's.
        tls_files.retain(|_, state| state.problem.is_none());
    }
    let options = RenderOptions {
        tls_files,
        system_ca: *system_ca,
        envoy_version: settings.envoy_version,
        insecure_disable_path_normalization: settings.insecure_disable_path_normalization,
        allowed_addresses: settings.allowed_addresses.clone(),
        ..RenderOptions::default()
    };
    let rendered = render::render(&snapshot, &options);
    report.report_all(rendered.findings);
    match settings.format {
        RenderFormat::Resources => {
            close(report)?;
            printer.json(&rendered.resources)?;
        }
        RenderFormat::Envoy => {
            // What the bootstrap has; one that cannot be read ends `run`, and says so here.
            let own = ProxyConfig::of(&snapshot)
                .and_then(|config| Ok((config.extra_clusters()?, config.extra_listeners()?)));
            let (clusters, listeners) = own.unwrap_or_else(|error| {
                report.report(Finding::new(
                    Code::BadProxyConfig,
                    &snapshot.gateway.service,
                    error.to_string(),
                ));
                Default::default()
            });
            close(report)?;
            let options = StaticOptions {
                node_id: snapshot.gateway.id.clone(),
                node_cluster: snapshot.gateway.service.clone(),
                admin: None,
                clusters,
                listeners,
            };
            printer.json(&render::static_config(&rendered.resources, &options))?;
        }
    }
    Ok(0)
}

/// The end of what is found.
fn close(report: &Reporter) -> Result<(), CommandError> {
    report.finish();
    report.stop_if_strict("nothing was printed")
}
