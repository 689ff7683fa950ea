//! `services list`: the linked services of a gateway, wildcards expanded.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::commands::config::apply::refused;
use crate::config_entry::TERMINATING_GATEWAY;
use crate::consul::api::config;
use crate::consul::{Consul, EntryPath};
use crate::error::{CommandError, Kind};
use crate::output::table::table;
use crate::output::{Format, Printer};
use crate::settings::consul::ConsulSettings;
use crate::snapshot::TerminatingGatewayEntry;
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
#[derive(Debug, Default, Serialize, Deserialize)]
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
}

/// Lists the links of the entry, and the services that its wildcard stands for.
pub async fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let consul = Consul::new(&settings.consul)?;
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
            from_wildcard: false,
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
    }));
    match settings.format {
        Format::Json => printer.json(&Report { gateway: settings.gateway.clone(), services })?,
        Format::Human => printer.styled(&shown(&services))?,
    }
    Ok(0)
}

/// Rows of cells in which everything is visible.
fn shown(rows: &[Row]) -> String {
    let tls = |row: &Row| match (row.ca_file.is_empty(), row.cert_file.is_empty()) {
        (true, _) => "none",
        (false, true) => "one-way",
        (false, false) => "mutual",
    };
    let head = ["SERVICE", "TLS", "SNI", "CA FILE", "LINKED BY"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { visible(text).into_owned() };
        let by = if row.from_wildcard { "*" } else { "name" };
        [
            visible(&row.name).into_owned(),
            tls(row).to_owned(),
            shown(&row.sni),
            shown(&row.ca_file),
            by.to_owned(),
        ]
    });
    table(&std::iter::once(head).chain(cells).collect::<Vec<[String; 5]>>())
}
