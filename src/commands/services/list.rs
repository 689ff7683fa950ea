//! `services list`: the linked services of a gateway, wildcards expanded.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::collect::{self, Gateway};
use crate::commands::config::apply::refused;
use crate::config_entry::TERMINATING_GATEWAY;
use crate::consul::api::config;
use crate::consul::{Consul, EntryPath};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::output::table::table;
use crate::output::{Format, Reporter};
use crate::settings::consul::ConsulSettings;
use crate::snapshot::{ServiceHealth, Snapshot, TerminatingGatewayEntry};
use crate::tls_files::SYSTEM_CA;
use crate::visible::visible;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the gateway, and of its entry.
    pub gateway: String,
    /// How it is shown.
    pub format: Format,
    /// The agent.
    pub consul: ConsulSettings,
}

/// All links of a gateway.
#[derive(Debug, Serialize)]
struct Report {
    gateway: String,
    services: Vec<Row>,
}

/// One link, in Consul's words.
#[derive(Debug, Default, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct Row {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(rename = "CAFile")]
    ca_file: String,
    cert_file: String,
    key_file: String,
    #[serde(rename = "SNI")]
    sni: String,
    disable_auto_host_rewrite: bool,
    from_wildcard: bool,
    #[serde(rename = "TLS")]
    tls: &'static str,
    /// Instances in the catalog; absent where they are not known, and for a wildcard.
    instances: Option<usize>,
    /// Those without a critical check.
    healthy: Option<usize>,
    status: &'static str,
}

/// The status of what has no instances of its own: a wildcard.
const NO_STATUS: &str = "-";
/// The status of a service whose instances the agent does not give.
const UNKNOWN: &str = "unknown";
/// The status of a service whose addresses are in its service-defaults entry (Consul 1.13+).
const DESTINATION: &str = "destination";

/// Lists the links of the entry, and the services that its wildcard stands for.
pub async fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    let consul = Arc::new(Consul::new(&settings.consul)?);
    let path = EntryPath { kind: TERMINATING_GATEWAY, name: &settings.gateway, namespace: "", partition: "" };
    let cannot = format!("cannot read {TERMINATING_GATEWAY}/{}", settings.gateway);
    let stored =
        consul.config_entry(path).await.map_err(|error| refused(error, &cannot, TERMINATING_GATEWAY))?;
    let Some(stored) = stored else {
        return Err(CommandError::message(
            Kind::Failed,
            format_args!("there is no {TERMINATING_GATEWAY} entry `{}`", settings.gateway),
        )
        .hint(
            "`termgate services link` creates one; `termgate config list -kind terminating-gateway` lists all",
        ));
    };
    let entry: TerminatingGatewayEntry =
        consul.decode("GET", &config::entry(TERMINATING_GATEWAY, &settings.gateway), &stored)?;
    let links = consul.gateway_services(&settings.gateway).await?;
    let mut services: Vec<Row> = entry
        .services
        .into_iter()
        .map(|linked| Row {
            name: linked.name,
            namespace: linked.namespace,
            ca_file: linked.ca_file,
            cert_file: linked.cert_file,
            key_file: linked.key_file,
            sni: linked.sni,
            disable_auto_host_rewrite: linked.disable_auto_host_rewrite,
            ..Row::default()
        })
        .collect();
    let expanded = links.into_iter().filter(|link| link.from_wildcard);
    // Consul: its answer leaves the setting out where it is off.
    let keep_host: BTreeSet<String> = services
        .iter()
        .filter(|row| row.name == "*" && row.disable_auto_host_rewrite)
        .map(|row| row.namespace.clone())
        .collect();
    services.extend(expanded.map(|link| Row {
        disable_auto_host_rewrite: keep_host.contains(&link.service.namespace),
        name: link.service.name,
        namespace: link.service.namespace,
        ca_file: link.ca_file,
        cert_file: link.cert_file,
        key_file: link.key_file,
        sni: link.sni,
        from_wildcard: true,
        ..Row::default()
    }));
    add_health(&consul, &settings.gateway, &mut services, report).await;
    for row in &mut services {
        row.tls = tls(row);
    }
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    match settings.format {
        Format::Json => printer.json(&Report { gateway: settings.gateway.clone(), services })?,
        Format::Human => printer.styled(&shown(&services))?,
    }
    Ok(0)
}

/// How the gateway speaks to the service.
fn tls(row: &Row) -> &'static str {
    match (row.ca_file.as_str(), row.cert_file.is_empty()) {
        ("", _) => "none",
        (_, false) => "mutual",
        (SYSTEM_CA, true) => "system",
        (_, true) => "one-way",
    }
}

/// Fills in how the linked services are. What the agent does not answer is unknown.
async fn add_health(consul: &Arc<Consul>, gateway: &str, rows: &mut [Row], report: &Reporter) {
    let names = rows.iter().map(|row| row.name.clone()).filter(|name| name != "*").collect();
    let found = collect::instances(consul, &Gateway::new(gateway, gateway), names).await;
    let snapshot = found.unwrap_or_else(|error| {
        let message = format!("cannot read the instances of linked services: {error}");
        report.report(Finding::new(Code::Unanswered, gateway, message).severity(Severity::Warning));
        Snapshot::collecting()
    });
    for row in rows {
        let defaults = snapshot.service_defaults.get(&row.name);
        if row.name == "*" {
            row.status = NO_STATUS;
        } else if defaults.is_some_and(|defaults| defaults.destination.is_some()) {
            row.status = DESTINATION;
        } else if let Some(instances) = snapshot.instances.get(&row.name) {
            let health = ServiceHealth::of(instances);
            row.instances = Some(health.total);
            row.healthy = Some(health.healthy);
            row.status = health.status.name();
        } else {
            row.status = UNKNOWN;
        }
    }
}

/// The table, in which everything is visible.
fn shown(rows: &[Row]) -> String {
    let head = ["SERVICE", "INSTANCES", "STATUS", "TLS", "SNI", "CA FILE", "LINKED BY"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { visible(text).into_owned() };
        let by = if row.from_wildcard { "*" } else { "name" };
        let instances = match (row.healthy, row.instances) {
            (Some(healthy), Some(total)) if healthy != total => format!("{healthy}/{total}"),
            (_, Some(total)) => total.to_string(),
            _ => "-".to_owned(),
        };
        [
            visible(&row.name).into_owned(),
            instances,
            row.status.to_owned(),
            row.tls.to_owned(),
            shown(&row.sni),
            shown(&row.ca_file),
            by.to_owned(),
        ]
    });
    table(&std::iter::once(head).chain(cells).collect::<Vec<_>>())
}
