//! What an entry says that other entries depend on.

use std::collections::{BTreeMap, BTreeSet};

use super::Key;
use crate::config_entry::request::{Field, Json};
use crate::config_entry::rules::{flag, items, member, members, present, span, text};
use crate::hcl::Span;

/// What counts of an entry; of kinds that no other entry depends on there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// proxy-defaults
    Shared { protocol: String, permissive: Option<Span>, is_permissive: bool },
    /// service-defaults
    Defaults { protocol: String, is_external: bool, permissive: Option<Span>, is_permissive: bool },
    /// service-resolver
    Resolver(Resolver),
    /// service-splitter
    Splitter { splits: Vec<Target>, place: Option<Span> },
    /// service-router
    Router { routes: Vec<Target>, place: Option<Span> },
    /// ingress-gateway
    Ingress { listeners: Vec<Listener>, place: Option<Span> },
    /// terminating-gateway
    Terminating { place: Option<Span> },
    /// service-intentions
    Intentions { permissions: Option<Permissions>, providers: Vec<(String, Option<Span>)> },
    /// jwt-provider
    Provider,
    /// mesh
    Mesh { allows_permissive: bool },
}

/// A resolver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolver {
    /// Names of subsets.
    pub subsets: BTreeSet<String>,
    /// The subset of requests that name none.
    pub default_subset: String,
    /// Where all requests go.
    pub redirect: Option<Target>,
    /// By subset or `*`, where requests go that find no instance.
    pub failover: BTreeMap<String, Vec<Target>>,
    /// Where the redirect, failover and subsets are written, first of them.
    pub place: Option<Span>,
}

/// Where an entry leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The service; empty for that of the entry.
    pub service: String,
    /// The subset; empty if not given.
    pub subset: String,
    /// The datacenter; empty if not given.
    pub datacenter: String,
    /// Whether a peer or an Enterprise scope decides what is there.
    pub is_foreign: bool,
    /// Where it is written.
    pub place: Option<Span>,
}

/// A listener of an ingress gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Its protocol; `tcp` if not given.
    pub protocol: String,
    /// The services behind it, `*` left out.
    pub services: Vec<(String, Option<Span>)>,
}

/// That intentions name requests, not only connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Where the first is written.
    pub place: Option<Span>,
}

impl Facts {
    /// What counts of an entry of this kind.
    pub fn of(kind: &str, body: &Json) -> Option<Self> {
        let place = span(body, "Name");
        let listed = |key: &str| items(body, key).iter();
        Some(match kind {
            "proxy-defaults" => Self::Shared {
                protocol: member(body, "Config")
                    .map(|config| text(&config.json, "protocol").to_lowercase())
                    .unwrap_or_default(),
                permissive: span(body, "MutualTLSMode"),
                is_permissive: text(body, "MutualTLSMode") == "permissive",
            },
            "service-defaults" => Self::Defaults {
                protocol: text(body, "Protocol").to_lowercase(),
                is_external: !text(body, "ExternalSNI").is_empty(),
                permissive: span(body, "MutualTLSMode"),
                is_permissive: text(body, "MutualTLSMode") == "permissive",
            },
            "service-resolver" => Self::Resolver(Resolver::of(body)),
            "service-splitter" => {
                Self::Splitter { splits: listed("Splits").map(Target::of).collect(), place }
            }
            "service-router" => {
                // Without a destination a route leads to the router's own service.
                let destination =
                    |route: &Field| present(&route.json, "Destination").map(Target::of).unwrap_or_default();
                Self::Router { routes: listed("Routes").map(destination).collect(), place }
            }
            "ingress-gateway" => {
                Self::Ingress { listeners: listed("Listeners").map(Listener::of).collect(), place }
            }
            "terminating-gateway" => Self::Terminating { place },
            "service-intentions" => {
                Self::Intentions { permissions: permissions(body), providers: providers(body) }
            }
            "jwt-provider" => Self::Provider,
            "mesh" => Self::Mesh { allows_permissive: flag(body, "AllowEnablingPermissiveMutualTLS") },
            _ => return None,
        })
    }

    /// The services that the entry names, its own left out.
    pub fn links(&self) -> Vec<&str> {
        match self {
            Self::Splitter { splits: targets, .. } | Self::Router { routes: targets, .. } => {
                targets.iter().map(|target| &*target.service).collect()
            }
            Self::Resolver(resolver) => {
                let targets = resolver.redirect.iter().chain(resolver.failover.values().flatten());
                targets.map(|target| &*target.service).collect()
            }
            Self::Ingress { listeners, .. } => {
                let services = listeners.iter().flat_map(|listener| &listener.services);
                services.map(|(name, _)| &**name).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where the entry says what a message about it as a whole is about.
    pub fn place(&self) -> Option<Span> {
        match self {
            Self::Splitter { place, .. }
            | Self::Router { place, .. }
            | Self::Ingress { place, .. }
            | Self::Terminating { place } => *place,
            Self::Resolver(resolver) => resolver.place,
            Self::Shared { permissive, .. } | Self::Defaults { permissive, .. } => *permissive,
            _ => None,
        }
    }
}

impl Resolver {
    fn of(body: &Json) -> Self {
        let targets = |failover: &Field| match items(&failover.json, "Targets") {
            [] => match items(&failover.json, "Datacenters") {
                [] => vec![Target::of(failover)],
                datacenters => {
                    let in_one = |datacenter: &Field| Target {
                        datacenter: datacenter.json.as_text().unwrap_or_default().into_owned(),
                        ..Target::of(failover)
                    };
                    datacenters.iter().map(in_one).collect()
                }
            },
            targets => targets.iter().map(Target::of).collect(),
        };
        let redirect = present(body, "Redirect");
        let place = redirect.and_then(|field| field.span);
        Self {
            subsets: members(body, "Subsets").iter().map(|(name, _)| name.to_string()).collect(),
            default_subset: text(body, "DefaultSubset").into_owned(),
            redirect: redirect.map(Target::of),
            failover: members(body, "Failover")
                .iter()
                .map(|(subset, failover)| (subset.to_string(), targets(failover)))
                .collect(),
            place: place.or_else(|| span(body, "Subsets")).or_else(|| span(body, "Failover")),
        }
    }
}

impl Target {
    fn of(field: &Field) -> Self {
        let json = &field.json;
        let foreign = ["Peer", "Namespace", "Partition", "SamenessGroup"];
        Self {
            service: text(json, "Service").into_owned(),
            subset: text(json, "ServiceSubset").into_owned(),
            datacenter: text(json, "Datacenter").into_owned(),
            is_foreign: foreign.iter().any(|key| !matches!(&*text(json, key), "" | "default")),
            place: span(json, "ServiceSubset").or_else(|| span(json, "Service")).or(field.span),
        }
    }
}

impl Listener {
    fn of(field: &Field) -> Self {
        let protocol = text(&field.json, "Protocol").to_lowercase();
        let service = |field: &Field| {
            let name = text(&field.json, "Name").into_owned();
            (name, span(&field.json, "Name").or(field.span))
        };
        Self {
            protocol: if protocol.is_empty() { "tcp".to_owned() } else { protocol },
            services: items(&field.json, "Services")
                .iter()
                .map(service)
                .filter(|(name, _)| name != "*")
                .collect(),
        }
    }
}

/// The permissions of the first source that has some; those of all services are the servers' own rule.
fn permissions(body: &Json) -> Option<Permissions> {
    if text(body, "Name") == "*" {
        return None;
    }
    let source =
        items(body, "Sources").iter().find(|source| !items(&source.json, "Permissions").is_empty())?;
    Some(Permissions { place: span(&source.json, "Permissions").or(source.span) })
}

/// The JWT providers that intentions name.
fn providers(body: &Json) -> Vec<(String, Option<Span>)> {
    let permissions = items(body, "Sources").iter().flat_map(|source| items(&source.json, "Permissions"));
    let wanted = std::iter::once(body).chain(permissions.map(|permission| &permission.json));
    let jwt = wanted.filter_map(|json| present(json, "JWT"));
    jwt.flat_map(|jwt| items(&jwt.json, "Providers"))
        .map(|provider| {
            (text(&provider.json, "Name").into_owned(), span(&provider.json, "Name").or(provider.span))
        })
        .collect()
}

/// Whether entries of a kind depend on others, or others on them.
pub fn has_facts(kind: &str) -> bool {
    Facts::of(kind, &Json::Null).is_some()
}

/// What two steps on entries must both have for their order to count.
pub fn subject(key: &Key) -> String {
    match key.kind {
        "ingress-gateway" | "terminating-gateway" => format!("gateway {}", key.name),
        "service-intentions" => format!("intentions {}", key.name),
        "jwt-provider" => "providers".to_owned(),
        "mesh" => "mesh".to_owned(),
        "proxy-defaults" => EVERYTHING.to_owned(),
        _ => key.name.clone(),
    }
}

/// The subject on which every service depends.
pub const EVERYTHING: &str = "*";
