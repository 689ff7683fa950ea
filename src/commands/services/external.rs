//! `services register` and `services deregister`: services outside the mesh, on a node of the catalog that no agent uses.
//!
//! An agent keeps its own node as it knows it (anti-entropy): whatever else is registered there is gone after a while.
//! So the name of a real agent's node is refused.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::consul::api::catalog::{CatalogNode, NodeService};
use crate::consul::api::{agent::Member, health::Check};
use crate::consul::{self, Consul};
use crate::egress::address;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::gateway::host_port::NotAHost;
use crate::names;
use crate::output::{Format, Printer, Reporter};
use crate::settings::consul::ConsulSettings;

/// The node for services outside the mesh, unless another one is named.
pub const DEFAULT_NODE: &str = "termgate-external";

/// Node metadata by which a node is known as made here.
const SOURCE: (&str, &str) = ("external-source", "termgate");

/// The check that every node with an agent has.
const SERF_HEALTH: &str = "serfHealth";

/// The longest label of a DNS name.
const LABEL: usize = 63;

/// A service outside the mesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    pub name: String,
    /// Id of this instance; `None` for its name.
    pub id: Option<String>,
    /// The node it is registered on.
    pub node: String,
}

/// Where an instance is, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Host name or IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
    pub tags: Vec<String>,
    /// Free-form pairs.
    pub meta: BTreeMap<String, String>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub service: External,
    /// Where it is; `None` to take it out of the catalog.
    pub instance: Option<Instance>,
    /// Whether to send nothing.
    pub dry_run: bool,
    /// How it is shown.
    pub format: Format,
    /// The agent.
    pub consul: ConsulSettings,
}

/// Registers the service, or takes it out of the catalog.
pub async fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    if let Some(reason) = names::flaw(&settings.service.node) {
        let text = format_args!("--node {:?} {reason}", settings.service.node);
        return Err(CommandError::message(Kind::Usage, text).hint(format!("the default is {DEFAULT_NODE}")));
    }
    if let Some(instance) = &settings.instance {
        check(&settings.service.name, &instance.address, report)?;
    }
    report.finish();
    if let Err(error) = report.stop_if_strict("nothing was sent") {
        settings.refuse(report)?;
        return Err(error);
    }
    let consul = Consul::new(&settings.consul)?;
    refuse_agents_node(&consul, &settings.service.node).await?;
    let node = consul.catalog_node(&settings.service.node).await?;
    match &settings.instance {
        Some(instance) => settings.register(instance, node.as_ref(), &consul, report).await,
        None => settings.deregister(node.as_ref(), &consul, printer).await,
    }
}

/// Refuses what cannot work, and warns of what likely does not.
///
/// Consul: the catalog takes any text as address and name.
fn check(name: &str, address: &str, report: &Reporter) -> Result<(), CommandError> {
    let refuse = |text: fmt::Arguments<'_>| CommandError::message(Kind::Usage, text);
    let too_long = || (name.len() > names::LONGEST).then_some("is longer than 255 bytes");
    if let Some(reason) = names::flaw(name).or_else(too_long) {
        return Err(refuse(format_args!("cannot register {name:?}: a name that {reason} cannot be served"))
            .hint("use letters, digits and hyphens"));
    }
    let taken = match name {
        "*" => Some("stands for all services in entries and intentions"),
        _ => names::is_servers(name).then_some("is the service of Consul's own servers"),
    };
    if let Some(reason) = taken {
        return Err(
            refuse(format_args!("cannot register `{name}`: that name {reason}")).hint("choose another name")
        );
    }
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.len() > LABEL || !name.bytes().all(is_label) {
        let message = format!(
            "the service name `{name}` is longer than {LABEL} bytes or has characters other than letters, digits and hyphens"
        );
        report.report(Finding::new(Code::NotADnsName, name, message + ": Consul's DNS does not find it"));
    }
    let judged = address::finding(name, "it", address, &[], &[]);
    if let Some(NotAHost { shown, what, host }) = NotAHost::of(address) {
        let is_reserved = judged.as_ref().is_some_and(|finding| finding.code == Code::ForbiddenAddress);
        let right = if host.is_empty() || is_reserved {
            "such as ext.example or 10.0.0.1".to_owned()
        } else {
            format!("`--address {host}`")
        };
        return Err(refuse(format_args!(
            "--address `{shown}`: an address is a host name or an IP address, {what}",
            what = what.replacen("which", "and this", 1)
        ))
        .hint(format!("write {right}; the port goes into `--port`")));
    }
    if let Some(finding) = judged {
        // The catalog takes it: it is the gateway that does not.
        let severity = finding.severity.max(Severity::Warning);
        report.report(finding.severity(severity));
    }
    Ok(())
}

/// Fails if an agent runs on the node.
async fn refuse_agents_node(consul: &Consul, node: &str) -> Result<(), CommandError> {
    let members = consul.members().await?;
    // Consul compares node names without case.
    let is_member = |member: &Member| member.name.eq_ignore_ascii_case(node);
    let is_serfs = |check: &Check| check.id == SERF_HEALTH;
    let has_agent = members.iter().any(is_member) || consul.node_checks(node).await?.iter().any(is_serfs);
    if has_agent {
        return Err(CommandError::message(
            Kind::Failed,
            format_args!("the node `{node}` belongs to a Consul agent, which soon deletes every service it does not know"),
        )
        .hint(format!("name a node that no agent uses, such as `--node {DEFAULT_NODE}`"))
        .hint("for services of the agent itself, use `consul services register` and `consul services deregister`"));
    }
    Ok(())
}

impl Settings {
    async fn register(
        &self,
        instance: &Instance,
        node: Option<&CatalogNode>,
        consul: &Consul,
        report: &Reporter,
    ) -> Result<u8, CommandError> {
        let printer = report.printer();
        let body = self.registration(instance, node);
        if self.dry_run {
            printer.json(&body)?;
            return Ok(0);
        }
        let External { name, node: node_name, .. } = &self.service;
        let sent = consul.register_in_catalog(&body).await;
        sent.map_err(|error| denied(error, &format!("cannot register {name} on {node_name}")))?;
        let Instance { address, port, .. } = instance;
        match self.format {
            Format::Json => printer.json(&report.with_findings(json!({
                "service": name, "id": self.id(), "node": node_name, "action": "registered",
                "address": address, "port": port,
            })))?,
            Format::Human => {
                printer
                    .line(format_args!("registered {name} at {address}:{port} on the node {node_name}"))?;
            }
        }
        Ok(0)
    }

    /// What a registration prints that findings forbid.
    fn refuse(&self, report: &Reporter) -> Result<(), CommandError> {
        if self.format == Format::Json && !self.dry_run {
            report.printer().json(&report.with_findings(json!({
                "service": self.service.name, "id": self.id(), "node": self.service.node, "action": "refused",
            })))?;
        }
        Ok(())
    }

    fn registration(&self, instance: &Instance, node: Option<&CatalogNode>) -> Value {
        let Instance { address, port, tags, meta } = instance;
        let mut service = json!({
            "ID": self.id(), "Service": self.service.name, "Address": address, "Port": port,
            "Tags": tags, "Meta": meta,
        });
        if let Some(namespace) = &self.consul.namespace
            && let Some(members) = service.as_object_mut()
        {
            members.insert("Namespace".to_owned(), json!(namespace));
        }
        match node {
            // The node stays as it is: other services may count on its address.
            Some(node) => json!({
                "Node": self.service.node, "Address": node.node.address, "SkipNodeUpdate": true, "Service": service,
            }),
            None => json!({
                "Node": self.service.node, "Address": address,
                "NodeMeta": {"external-node": "true", SOURCE.0: SOURCE.1}, "Service": service,
            }),
        }
    }

    fn id(&self) -> &str {
        self.service.id.as_deref().unwrap_or(&self.service.name)
    }

    async fn deregister(
        &self,
        node: Option<&CatalogNode>,
        consul: &Consul,
        printer: Printer,
    ) -> Result<u8, CommandError> {
        let External { name, id, node: node_name } = &self.service;
        let is_meant = |found: &str, service: &NodeService| {
            service.service == *name && id.as_deref().is_none_or(|id| id == found)
        };
        let services = node.map(|node| &node.services);
        let ids: Vec<&String> = services
            .into_iter()
            .flatten()
            .filter(|(found, service)| is_meant(found, service))
            .map(|(found, _)| found)
            .collect();
        let is_own = |node: &CatalogNode| {
            node.node
                .meta
                .as_ref()
                .and_then(|meta| meta.get(SOURCE.0))
                .is_some_and(|source| source == SOURCE.1)
        };
        // A node made here goes with its last service.
        let with_node =
            !ids.is_empty() && node.is_some_and(|node| node.services.len() == ids.len() && is_own(node));
        let mut requests: Vec<Value> =
            ids.iter().map(|id| json!({"Node": node_name, "ServiceID": id})).collect();
        if with_node {
            requests.push(json!({"Node": node_name}));
        }
        if self.dry_run {
            printer.json(&requests)?;
            return Ok(0);
        }
        for request in requests {
            let sent = consul.deregister_from_catalog(&request).await;
            sent.map_err(|error| denied(error, &format!("cannot deregister {name} from {node_name}")))?;
        }
        match self.format {
            Format::Json => printer.json(&json!({
                "service": name, "ids": ids, "node": node_name,
                "action": if ids.is_empty() { "unchanged" } else { "deregistered" },
            }))?,
            Format::Human if ids.is_empty() => {
                printer.line(format_args!("{name} is not registered on the node {node_name}"))?;
            }
            Format::Human => printer.line(format_args!("deregistered {name} from the node {node_name}"))?,
        }
        Ok(0)
    }
}

fn denied(error: consul::Error, cannot: &str) -> CommandError {
    let cannot = cannot.to_owned();
    if error.is_permission_denied() {
        return CommandError::new(Kind::PermissionDenied, error).context(cannot).hint(
            "give a token with the right (--token-file, CONSUL_HTTP_TOKEN): node:write on the node and service:write on \
             the service",
        );
    }
    match error.status() {
        Some(_) => CommandError::new(Kind::Failed, error).context(cannot),
        None => CommandError::from(error).context(cannot),
    }
}
