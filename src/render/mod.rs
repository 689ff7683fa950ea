//! A [`Snapshot`] into what Envoy gets: pure, the same bytes for the same snapshot.
//!
//! [`Renderer`] holds what all services share; [`Renderer::service`] renders one linked service by itself
//! (chains, clusters, endpoints, routes, secret), and [`Renderer::assemble`] puts services together under
//! listeners. [`render`] does all of it; [`Incremental`] does so for one snapshot after another.

mod access;
mod access_logs;
mod addresses;
mod alphabet;
mod beyond;
mod buffers;
#[cfg(test)]
mod cases;
mod chains;
mod changes;
mod clusters;
mod collector;
mod endpoints;
mod extension;
mod failure_log;
pub mod filter;
mod gateway_config;
mod identities;
mod incremental;
mod lambda;
mod listeners;
mod load_balancer;
mod log_format;
mod mesh;
mod names;
mod path_rules;
mod paths;
#[cfg(test)]
mod properties;
mod rbac;
mod resources;
mod routes;
mod service;
mod static_config;
mod tls;
mod tls_files;
mod tracing;
mod upstream;
mod version_constraint;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

pub use access::{Access, Attempt, Evaluator, access};
pub use beyond::beyond_direct;
pub use changes::{ResourceChange, changes};
pub use endpoints::address_of;
pub use incremental::Incremental;
pub use resources::{ResourceRef, Resources};
pub use service::ServiceResources;
pub use static_config::{StaticOptions, static_config};
pub use tls_files::file_uses;
pub use upstream::{Upstream, UpstreamTls, Upstreams};

use crate::address_guard::Allowed;
use crate::consul_version::{ConsulVersion, Release};
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::TlsParameters;
use crate::finding::{Code, Finding};
use crate::intentions::{Index, or_default};
use crate::nearest::nearest;
use crate::rights::AGENT_READ;
use crate::snapshot::{DefaultIntentionSource, GatewayLink, LinkedTls, Part, Snapshot, folded};
use crate::tls_files::FileStates;
use gateway_config::GatewayConfig;
use mesh::MeshConfig;
use names::Names;

/// What the edges know and a snapshot doesn't say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct RenderOptions {
    /// The TLS files of the config entry as this host has them. Envoy refuses a cluster with a file that it
    /// cannot load, so the services that need one are closed and said to be.
    pub tls_files: FileStates,
    /// Whether services with an SNI but without a `CAFile` are reached by TLS, with the platform's CAs.
    pub system_ca: bool,
    /// Whether services without a leaf get clusters and endpoints already, to which no chain leads: the chain is
    /// what Envoy is quickest with once the leaf is there.
    pub prepare: bool,
    /// The Envoy that gets the configuration, which extensions may be limited to; absent: not known.
    pub envoy_version: Option<EnvoyVersion>,
    /// The clusters in the bootstrap of the Envoy that gets the configuration, which tracing may name; absent: those
    /// of `envoy_extra_static_clusters_json`.
    pub static_clusters: Option<BTreeSet<String>>,
    /// Whether Envoy sends failures of external services to termgate, over the socket of its configuration.
    pub failure_log: bool,
    /// Whether the operator has switched the normalisation of request paths off.
    pub insecure_disable_path_normalization: bool,
    /// Addresses that services may have although [`address_guard`](crate::address_guard) objects.
    pub allowed_addresses: Vec<Allowed>,
    /// What Envoy's heap may grow to before it sheds load, in bytes.
    pub heap: Option<u64>,
    /// Host names that were seen to stand for an address that no service is meant to have, with that address.
    pub forbidden_names: BTreeMap<String, IpAddr>,
}

/// Resources, and what a person should know about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// What Envoy gets.
    pub resources: Resources,
    /// What was left out, refused or is likely not meant.
    pub findings: Vec<Finding>,
    /// What each linked service contributed to it.
    pub services: Vec<Arc<ServiceResources>>,
}

/// Renders all of `snapshot`.
pub fn render(snapshot: &Snapshot, options: &RenderOptions) -> Rendered {
    let renderer = Renderer::new(snapshot, options);
    let services = renderer.links().map(|link| Arc::new(renderer.service(link)));
    renderer.assemble(services)
}

/// What the linked services of one snapshot share.
#[derive(Debug)]
pub struct Renderer<'a> {
    snapshot: &'a Snapshot,
    options: &'a RenderOptions,
    names: Names<'a>,
    config: GatewayConfig,
    mesh: MeshConfig,
    outgoing_tls: TlsParameters,
    access_logs: access_logs::AccessLogs,
    intentions: Index<'a>,
    /// What the entry says, by namespace and name.
    entry: BTreeMap<(&'a str, &'a str), &'a LinkedTls>,
    links: Vec<&'a GatewayLink>,
    /// Whether the Host header is rewritten for a link that does not say so.
    rewrites_silently: bool,
    findings: Vec<Finding>,
}

impl<'a> Renderer<'a> {
    /// Reads what is common to all services.
    pub fn new(snapshot: &'a Snapshot, options: &'a RenderOptions) -> Self {
        let mut findings = Vec::new();
        find_missing_entry(snapshot, &mut findings);
        find_intentions_on_gateway(snapshot, &mut findings);
        if snapshot.roots.roots.is_empty() {
            findings.push(Finding::of_whole(
                Code::NoRoots,
                "the mesh has no CA root, so no client can be verified and every service is closed",
                "enable Connect on the servers (`connect { enabled = true }`)",
            ));
        }
        if snapshot.default_intention_source == DefaultIntentionSource::Assumed {
            findings.push(Finding::of_whole(
                Code::DefaultIntentionAssumed,
                "the token lacks agent:read, so the default policy is not known: connections that no intention decides are \
                 denied",
                AGENT_READ.help,
            ));
        }
        findings.extend(tls_files::stale(&options.tls_files));
        findings.extend(tls_files::invalid(&options.tls_files));
        let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
        let links = unique_links(snapshot, &mut findings);
        report_misspelled_defaults(snapshot, &links, &mut findings);
        report_hidden_links(snapshot, &mut findings);
        // No linked service tells of these.
        for lost in snapshot.unreadable.iter().filter(|lost| lost.part == Part::Link) {
            findings.push(Finding::of_service(
                &lost.service,
                Code::Unreadable,
                format!("its link has an unexpected form ({}), so it is not served", lost.reason),
                "write the gateway's entry again, or report this agent's version",
            ));
        }
        Self {
            snapshot,
            options,
            names: Names::of(snapshot),
            config: GatewayConfig::of(snapshot, options, &mut findings),
            mesh: MeshConfig::of(snapshot, options, &mut findings),
            outgoing_tls: tls::outgoing(options.envoy_version),
            access_logs: access_logs::AccessLogs::of(snapshot, &mut findings),
            intentions: Index::new(&snapshot.intentions),
            entry: entry.map(|linked| (named(linked), linked)).collect(),
            links,
            rewrites_silently: rewrites_silently(&snapshot.consul_version),
            findings,
        }
    }

    /// The linked services to render, by name.
    pub fn links(&self) -> impl Iterator<Item = &'a GatewayLink> {
        self.links.iter().copied()
    }

    /// How `link`'s external service is reached: what the entry says for it by name, else for `*`.
    ///
    /// Consul: the order of writing decides between the two (a defect); here the name always wins.
    fn linked(&self, link: &'a GatewayLink) -> Linked<'a> {
        let namespace = or_default(&link.service.namespace);
        let named = |name| self.entry.get(&(namespace, name));
        let linked = match named(link.service.name.as_str()).or_else(|| named("*")) {
            Some(linked) => Linked {
                ca_file: &linked.ca_file,
                cert_file: &linked.cert_file,
                key_file: &linked.key_file,
                sni: &linked.sni,
                auto_host_rewrite: !linked.disable_auto_host_rewrite,
            },
            None => Linked {
                ca_file: &link.ca_file,
                cert_file: &link.cert_file,
                key_file: &link.key_file,
                sni: &link.sni,
                auto_host_rewrite: link.auto_host_rewrite.unwrap_or(self.rewrites_silently),
            },
        };
        linked.with_system_ca(self.options.system_ca)
    }
}

/// How the external service of a link is reached.
#[derive(Debug, Clone, Copy)]
struct Linked<'a> {
    ca_file: &'a str,
    cert_file: &'a str,
    key_file: &'a str,
    sni: &'a str,
    auto_host_rewrite: bool,
}

/// Consul: 1.18.2 and later leave `AutoHostRewrite` out of a link where it is false; earlier ones always rewrite.
fn rewrites_silently(consul_version: &str) -> bool {
    !consul_version.parse().is_ok_and(|version: ConsulVersion| version.at_least(Release(1, 18, 2)))
}

/// Namespace (Enterprise) and name by which a link finds its settings.
fn named(linked: &LinkedTls) -> (&str, &str) {
    (or_default(&linked.namespace), &linked.name)
}

/// The links by name, without those whose name Envoy could not tell from another's, and without those of other
/// namespaces than the gateway's.
///
/// Envoy compares SNIs without regard to case and refuses a listener in which two chains match the same.
fn unique_links<'a>(snapshot: &'a Snapshot, findings: &mut Vec<Finding>) -> Vec<&'a GatewayLink> {
    let is_service = |link: &&GatewayLink| !matches!(link.service.name.as_str(), "" | "*");
    let links = snapshot.links.iter().filter(is_service);
    let folded = links
        .filter(|link| is_collected(snapshot, link, findings))
        .map(|link| (folded(&link.service.name), link));
    let mut folded: Vec<(Cow<'_, str>, &GatewayLink)> = folded.collect();
    folded.sort_by(|(a, link_a), (b, link_b)| (a, &link_a.service.name).cmp(&(b, &link_b.service.name)));
    folded.dedup_by(|(name, link), (first_name, first)| {
        let same = name == first_name;
        if same && link.service.name != first.service.name {
            let (name, first) = (&link.service.name, &first.service.name);
            findings.push(Finding::of_service(
                name,
                Code::DuplicateName,
                format!("`{name}` and `{first}` are the same name to Envoy; only `{first}` is served"),
                "give one of them another name",
            ));
        }
        same
    });
    folded.into_iter().map(|(_, link)| link).collect()
}

/// Whether what a snapshot holds under the name of `link` is of its namespace and partition (Enterprise).
///
/// Everything is asked for in the gateway's own, and the leaf tells which that is. Consul serves links of other
/// namespaces, too; here a service of the same name would take their place.
fn is_collected(snapshot: &Snapshot, link: &GatewayLink, findings: &mut Vec<Finding>) -> bool {
    let service = &link.service;
    // The community edition has neither.
    if service.namespace.is_empty() && service.partition.is_empty() {
        return true;
    }
    let Some((partition, namespace)) = snapshot.leaves.get(&service.name).and_then(|leaf| leaf.scope())
    else {
        return true;
    };
    let wanted = (or_default(&service.partition), or_default(&service.namespace));
    if wanted == (partition, namespace) {
        return true;
    }
    findings.push(Finding::of_service(
        &service.name,
        Code::OtherNamespace,
        format!(
            "it is of namespace `{}` in partition `{}`, but this gateway is of `{namespace}` in `{partition}`; it is not served",
            wanted.1, wanted.0
        ),
        "link it to a gateway of its own namespace (--namespace, --partition)",
    ));
    false
}

fn find_missing_entry(snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    if snapshot.entry.is_some() || !snapshot.links.is_empty() {
        return;
    }
    let name = &snapshot.gateway.service;
    let message = format!("`{name}` has no terminating-gateway entry, so it serves nothing");
    let others = snapshot.other_entries.iter().map(String::as_str);
    let help = match nearest(name, others) {
        Some(near) => format!(
            "there is an entry `{near}`: write it under the name `{name}`, or run the gateway with `--service {near}`"
        ),
        None => "write one: `termgate config write FILE`".to_owned(),
    };
    findings.push(Finding::of_whole(Code::NoEntry, message, help));
}

/// Consul: the destination of an intention is the service that is reached.
fn find_intentions_on_gateway(snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    let name = &snapshot.gateway.service;
    let is_gateway = |service: &str| folded(service) == folded(name);
    let is_linked = snapshot.links.iter().any(|link| is_gateway(&link.service.name));
    if !name.is_empty()
        && !is_linked
        && snapshot.intentions.iter().any(|found| is_gateway(&found.destination_name))
    {
        findings.push(Finding::of_whole(
            Code::IntentionOnGateway,
            format!("an intention has the gateway `{name}` as its destination; it decides nothing"),
            "write it for the linked services instead, and delete this one",
        ));
    }
}

/// Consul: every service that the entry names is linked, registered or not, but a link to a service that the token may
/// not read is left out of the answer.
fn report_hidden_links(snapshot: &Snapshot, findings: &mut Vec<Finding>) {
    if snapshot.default_intention_source == DefaultIntentionSource::NoAcls {
        return;
    }
    let linked: BTreeSet<Cow<'_, str>> =
        snapshot.links.iter().map(|link| folded(&link.service.name)).collect();
    let mut lost = snapshot.unreadable.iter().filter(|lost| lost.part == Part::Link);
    if lost.next().is_some() {
        return;
    }
    let own = or_default(&snapshot.gateway.namespace);
    let named = snapshot.entry.iter().flat_map(|entry| &entry.services);
    for service in named.filter(|service| service.name != "*" && or_default(&service.namespace) == own) {
        let name = &service.name;
        if !linked.contains(&folded(name)) {
            findings.push(Finding::of_service(
                name,
                Code::LinkHidden,
                "the gateway's entry names it, but the token may not read it, so it is not served",
                format!("give the gateway's token `service \"{name}\" {{ policy = \"write\" }}`"),
            ));
        }
    }
}

/// Consul: a service-defaults entry has to be spelled like its service, though its state store takes any case.
fn report_misspelled_defaults(snapshot: &Snapshot, links: &[&GatewayLink], findings: &mut Vec<Finding>) {
    let is_mixed = |name: &str| matches!(folded(name), Cow::Owned(_));
    let any_mixed = links.iter().any(|link| is_mixed(&link.service.name));
    for name in snapshot.service_defaults.keys().filter(|name| any_mixed || is_mixed(name)) {
        // They are sorted so.
        let found = links.binary_search_by_key(&folded(name), |link| folded(&link.service.name));
        let Some(link) = found.ok().and_then(|index| links.get(index)) else { continue };
        let service = &link.service.name;
        if name != service && !snapshot.service_defaults.contains_key(service) {
            findings.push(Finding::of_service(
                service,
                Code::EntryIgnored,
                format!(
                    "the service-defaults entry `{name}` is not applied: its name is spelled differently"
                ),
                format!("write it under the name `{service}`"),
            ));
        }
    }
}
