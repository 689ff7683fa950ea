//! Listeners, and the whole put together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::buffers::Buffers;
use super::chains::refusing_chain;
use super::resources::Resources;
use super::service::ServiceResources;
use super::{Rendered, Renderer, failure_log, tls, tls_files};
use crate::envoy_api::{
    Address, FilterChain, Listener, ListenerFilter, ListenerFilterConfig, TrafficDirection,
};
use crate::finding::{Code, Finding};
use crate::gateway::registration::VIRTUAL_ADDRESS_PREFIX;
use crate::snapshot::folded;

impl Renderer<'_> {
    /// Puts rendered services together, with the listeners and the secret of the mesh's roots.
    ///
    /// Of two services that want the same name (`v1.web`, and subset `v1` of `web`) the first given gets it.
    pub fn assemble(&self, services: impl IntoIterator<Item = Arc<ServiceResources>>) -> Rendered {
        let mut findings = self.findings.clone();
        let services: Vec<Arc<ServiceResources>> = services.into_iter().collect();
        let (open, others): (Vec<&Arc<ServiceResources>>, Vec<_>) = services
            .iter()
            .inspect(|service| findings.extend_from_slice(&service.findings))
            .partition(|service| !service.chains.is_empty());
        // Collected first and sorted at once: that is faster than one by one.
        let likely = open.len() + others.len();
        let mut chains = Vec::with_capacity(likely);
        let mut clusters = Vec::with_capacity(likely);
        let mut endpoints = Vec::with_capacity(likely);
        let mut secrets = Vec::with_capacity(likely + 1);
        let mut routes = Vec::new();
        // A cluster without chain never takes the name from one that a chain leads to.
        for service in open.into_iter().chain(others) {
            for chain in &service.chains {
                let names = chain.filter_chain_match.as_ref().map(|found| found.server_names.as_slice());
                if let Some([name]) = names {
                    chains.push((name.clone(), Arc::clone(chain)));
                }
            }
            for cluster in &service.clusters {
                clusters.push((cluster.name.clone(), Arc::clone(cluster)));
            }
            for found in &service.endpoints {
                endpoints.push((found.cluster_name.clone(), Arc::clone(found)));
            }
            for route in &service.routes {
                routes.push((route.name.clone(), Arc::clone(route)));
            }
            secrets.extend(service.secret.iter().map(|secret| (secret.name.clone(), Arc::clone(secret))));
        }
        let (chains, shadowed) = distinct(chains);
        let mut resources = Resources {
            listeners: BTreeMap::new(),
            clusters: first_wins(clusters),
            endpoints: first_wins(endpoints),
            routes: first_wins(routes),
            secrets: first_wins(secrets),
        };
        for (name, first) in shadowed {
            findings.push(Finding::of_whole(
                Code::DuplicateName,
                format!("`{name}` and `{first}` are the same name to Envoy; only the first is served"),
                "rename one of the services or subsets",
            ));
            // Where the texts are equal, all that is left is the first's.
            if name != first {
                resources.clusters.remove(&name);
                resources.endpoints.remove(&name);
                resources.routes.remove(&name);
            }
        }
        if !resources.secrets.is_empty() || !resources.clusters.is_empty() {
            let shared = tls_files::secrets(&self.options.tls_files);
            let shared = shared.chain([tls::roots_secret(&self.snapshot.roots)]);
            resources.secrets.extend(shared.map(|secret| (secret.name.clone(), Arc::new(secret))));
        }
        let binds = self.binds(&mut findings);
        if binds.is_empty() {
            findings.push(Finding::of_whole(
                Code::NoListener,
                "the gateway has no address to listen on",
                "set `envoy_gateway_bind_addresses`, or remove `envoy_gateway_no_default_bind`",
            ));
        }
        for (name, address) in binds {
            let listener = self.listener(&name, address, chains.iter().cloned());
            resources.listeners.insert(listener.name.clone(), Arc::new(listener));
        }
        let gateway = &self.snapshot.gateway.service;
        let findings = findings.into_iter().map(|finding| finding.about(gateway)).collect();
        Rendered { resources, findings, services }
    }

    /// Where the gateway listens.
    ///
    /// Consul: the service address as `default` (without one, all addresses), the tagged addresses if asked
    /// for, and the bind addresses (without an address, the loopback's); of the same address and port the first
    /// by name. Where the agent binds to an IPv6 address (2.0+), these defaults are IPv6 addresses.
    fn binds(&self, findings: &mut Vec<Finding>) -> Vec<(String, Address)> {
        let gateway = &self.snapshot.gateway;
        let (any, loopback) = if self.snapshot.is_ipv6() { ("::", "::1") } else { ("0.0.0.0", "127.0.0.1") };
        let mut named: Vec<(&str, &str, u32)> = Vec::new();
        if !self.config.no_default_bind {
            named.push(("default", or(&gateway.address, any), gateway.port));
        }
        if self.config.bind_tagged_addresses {
            let tagged = gateway.tagged_addresses.iter();
            named.extend(
                tagged
                    .filter(|(name, _)| !name.starts_with(VIRTUAL_ADDRESS_PREFIX))
                    .map(|(name, tagged)| (name.as_str(), or(&tagged.address, loopback), tagged.port)),
            );
        }
        let own = self.config.bind_addresses.iter();
        named.extend(own.map(|(name, bind)| (name.as_str(), or(&bind.address, loopback), bind.port)));
        named.sort_by_key(|(name, ..)| *name);
        let mut taken = BTreeSet::new();
        let mut binds = Vec::new();
        for (name, address, port) in named {
            match (address.parse::<IpAddr>(), u16::try_from(port)) {
                (Ok(_), Ok(port)) if taken.insert((address, port)) => {
                    binds.push((name.to_owned(), Address::tcp(address, port)));
                }
                (Ok(_), Ok(_)) => {}
                _ => findings.push(Finding::of_whole(
                    Code::BadBind,
                    format!("bind address `{name}`: Envoy cannot listen on `{address}` port {port}"),
                    "use IP addresses: set `envoy_gateway_bind_addresses` beside a registered host name",
                )),
            }
        }
        binds
    }

    /// What Envoy holds for slow peers.
    pub(super) fn buffers(&self) -> Buffers {
        Buffers::new(self.options.heap, self.options.envoy_version)
    }

    fn listener(
        &self,
        bind_name: &str,
        address: Address,
        chains: impl Iterator<Item = Arc<FilterChain>>,
    ) -> Listener {
        let failures =
            self.options.failure_log.then(|| failure_log::of_connections(self.options.envoy_version));
        let chains: Vec<Arc<FilterChain>> = chains.collect();
        // Lambda gets a body as a whole, which must fit.
        let holds_bodies = chains.iter().any(|chain| chain.holds_bodies());
        let buffers = self.buffers();
        let last = refusing_chain(bind_name, &self.access_logs.filter);
        let socket = &address.socket_address;
        // Consul 2.0+: where the agent is of IPv6, an IPv6 address stands in brackets.
        let is_bracketed = self.snapshot.is_ipv6() && socket.address.contains(':');
        let host = if is_bracketed { format!("[{}]", socket.address) } else { socket.address.clone() };
        Listener {
            name: format!("{bind_name}:{host}:{}", socket.port_value),
            per_connection_buffer_limit_bytes: buffers.limit.filter(|_| !holds_bodies),
            per_connection_buffer_high_watermark_timeout: buffers.patience,
            filter_chains: chains.into_iter().chain(std::iter::once(Arc::new(last))).collect(),
            address,
            bind_to_port: None,
            listener_filters: vec![ListenerFilter {
                name: "envoy.filters.listener.tls_inspector",
                typed_config: ListenerFilterConfig::TlsInspector {},
            }],
            traffic_direction: TrafficDirection::Inbound,
            access_log: self.access_logs.listener.iter().cloned().chain(failures).collect(),
        }
    }
}

fn or<'a>(address: &'a str, default: &'a str) -> &'a str {
    if address.is_empty() { default } else { address }
}

fn first_wins<T>(resources: Vec<(String, T)>) -> BTreeMap<String, T> {
    resources.into_iter().rev().collect()
}

/// The chains by name, and names that are the same as another's to Envoy, which compares them without regard
/// to case and refuses a listener with two.
fn distinct(mut chains: Vec<(String, Arc<FilterChain>)>) -> (Vec<Arc<FilterChain>>, Vec<(String, String)>) {
    let is_mixed = chains.iter().any(|(name, _)| matches!(folded(name), Cow::Owned(_)));
    if is_mixed {
        chains.sort_by(|(a, _), (b, _)| folded(a).cmp(&folded(b)).then_with(|| a.cmp(b)));
    } else {
        chains.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    let mut shadowed = Vec::new();
    chains.dedup_by(|(name, _), (first, _)| {
        let same = name == first || (is_mixed && folded(name) == folded(first));
        if same {
            shadowed.push((name.clone(), first.clone()));
        }
        same
    });
    chains.sort_by(|(a, _), (b, _)| a.cmp(b));
    (chains.into_iter().map(|(_, chain)| chain).collect(), shadowed)
}
