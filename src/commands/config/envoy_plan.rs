//! `--plan`: what changes in the Envoys of the local agent's gateways.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::compare::Compared;
use super::step::{Action, Step};
use crate::collect::{self, Gateway};
use crate::config_entry::TERMINATING_GATEWAY;
use crate::egress;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::gateway::registration::KIND;
use crate::output::{Format, Reporter};
use crate::render::{self, RenderOptions, ResourceChange};
use crate::snapshot::{Leaf, Snapshot};
use crate::visible::visible;

/// Stands for the certificate of a service that is not linked yet.
const NO_LEAF_YET: &str = "(not issued yet)";

/// The changes of one gateway, for scripts.
#[derive(Serialize)]
struct Line<'a> {
    gateway: &'a str,
    envoy: &'a [ResourceChange],
    /// What is to be said about the ways out of the mesh that the changes open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

/// Shows, for every terminating gateway of the agent, what the steps change in its Envoy.
pub(super) async fn show(compared: &Compared, format: Format, report: &Reporter) -> Result<(), CommandError> {
    let printer = report.printer();
    let steps: Vec<&Step> = compared.steps.iter().filter(|step| step.action != Action::Unchanged).collect();
    if steps.is_empty() {
        return Ok(());
    }
    let services = compared.consul.agent_services().await?;
    // Replicas of one gateway have the same configuration.
    let gateways: BTreeMap<String, String> = services
        .into_values()
        .filter(|service| service.kind == KIND)
        .map(|service| (service.service, service.id))
        .collect();
    for step in steps.iter().filter(|step| step.kind == TERMINATING_GATEWAY) {
        if !gateways.keys().any(|name| name.eq_ignore_ascii_case(&step.name)) {
            let address = compared.consul.address();
            let message = format!("no gateway `{}` is registered with the agent at {address}", step.name);
            report.report(Finding::new(Code::GatewayElsewhere, &step.name, message));
        }
    }
    for (name, id) in gateways {
        let (changes, found) = changes_of(compared, &steps, Gateway::new(id, name.clone())).await?;
        let findings: Vec<Finding> = found.into_iter().filter_map(|finding| report.judge(finding)).collect();
        // In JSON, what is only worth knowing stands with the changes alone.
        let is_shown = |finding: &&Finding| format == Format::Human || finding.severity != Severity::Info;
        findings.iter().filter(is_shown).cloned().for_each(|finding| report.show(finding));
        match format {
            Format::Json => printer.json_line(&Line { gateway: &name, envoy: &changes, findings })?,
            Format::Human => printer.styled(&view(&name, &changes))?,
        }
    }
    Ok(())
}

/// The changes, and what is to be said about the ways out of the mesh that they open.
async fn changes_of(
    compared: &Compared,
    steps: &[&Step],
    gateway: Gateway,
) -> Result<(Vec<ResourceChange>, Vec<Finding>), CommandError> {
    let newly_linked =
        steps.iter().filter(|step| step.kind == TERMINATING_GATEWAY).flat_map(|step| linked(step));
    let others: BTreeSet<String> = newly_linked.collect();
    let snapshot = collect::with_services(&compared.consul, &gateway, others).await?;
    let mut after = snapshot.clone();
    for step in steps {
        let entry = step.entry.as_ref().map(|entry| serde_json::to_value(entry.to_json()));
        let replaced = entry.transpose().and_then(|entry| after.replace_entry(&step.kind, &step.name, entry));
        replaced.map_err(|error| {
            CommandError::new(Kind::Failed, error)
                .context(format!("cannot render {} for the plan", step.id()))
        })?;
    }
    for link in after.links.iter() {
        let leaf = Leaf { cert_pem: NO_LEAF_YET.to_owned(), ..Leaf::default() };
        Arc::make_mut(&mut after.leaves).entry(link.service.name.clone()).or_insert(leaf.into());
    }
    let options = RenderOptions::default();
    let judged = |mut snapshot: Snapshot| {
        snapshot.prune();
        let rendered = render::render(&snapshot, &options);
        let found = egress::findings(&snapshot, &rendered, &options);
        (rendered.resources, found)
    };
    let ((before, known), (after, mut found)) = (judged(snapshot), judged(after));
    found.retain(|finding| !known.contains(finding));
    Ok((render::changes(&before, &after), found))
}

/// The services that a gateway's entry names.
fn linked(step: &Step) -> Vec<String> {
    let gateway = step.entry.as_ref().and_then(crate::config_entry::ConfigEntry::terminating_gateway);
    let names = gateway.into_iter().flat_map(|gateway| gateway.services).map(|service| service.name.value);
    names.filter(|name| name != "*").collect()
}

fn view(gateway: &str, changes: &[ResourceChange]) -> String {
    let gateway = visible(gateway);
    if changes.is_empty() {
        return format!("Envoy of {gateway}: no change\n");
    }
    let mut text = format!("Envoy of {gateway}:\n");
    for change in changes {
        let sign = match change.op {
            "add" => '+',
            "remove" => '-',
            _ => '~',
        };
        let fields: Vec<&str> = change
            .fields
            .iter()
            .map(|field| if field == "transport_socket" { "TLS" } else { field.as_str() })
            .collect();
        let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        // Writing to a String never fails.
        let _ =
            writeln!(text, "    {sign} {} {}{}", change.resource, visible(&change.name), visible(&fields));
    }
    text
}
