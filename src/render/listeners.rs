//! Listeners, and the whole put together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chains::refusing_chain;
use super::resources::Resources;
use super::service::ServiceResources;
use super::{Notice, NoticeCode, Rendered, Renderer, tls};
use crate::envoy_api::{
    Address, FilterChain, Listener, ListenerFilter, ListenerFilterConfig, TrafficDirection,
};

/// Addresses that Consul gives services for transparent proxies; they are on no interface.
const VIRTUAL_ADDRESS_PREFIX: &str = "consul-virtual";

impl Renderer<'_> {
    /// Puts rendered services together, with the listeners and the secret of the mesh's roots.
    pub fn assemble(&self, services: impl IntoIterator<Item = ServiceResources>) -> Rendered {
        let mut notices = self.notices.clone();
        // Collected first and sorted at once: that is faster than one by one.
        let mut chains = Vec::new();
        let (mut clusters, mut endpoints, mut routes, mut secrets) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for service in services {
            notices.extend(service.notices);
            for chain in service.chains {
                let names = chain.filter_chain_match.as_ref().map(|found| found.server_names.as_slice());
                if let Some([name]) = names {
                    chains.push((name.clone(), chain));
                }
            }
            clusters.extend(service.clusters.into_iter().map(|cluster| (cluster.name.clone(), cluster)));
            endpoints.extend(service.endpoints.into_iter().map(|found| (found.cluster_name.clone(), found)));
            routes.extend(service.routes.into_iter().map(|route| (route.name.clone(), route)));
            secrets.extend(service.secret.into_iter().map(|secret| (secret.name.clone(), secret)));
        }
        let chains: BTreeMap<String, Arc<FilterChain>> = chains.into_iter().collect();
        let mut resources = Resources {
            listeners: BTreeMap::new(),
            clusters: clusters.into_iter().collect(),
            endpoints: endpoints.into_iter().collect(),
            routes: routes.into_iter().collect(),
            secrets: secrets.into_iter().collect(),
        };
        if !resources.secrets.is_empty() {
            let roots = tls::roots_secret(&self.snapshot.roots);
            resources.secrets.insert(roots.name.clone(), roots);
        }
        let binds = self.binds();
        if binds.is_empty() {
            notices.push(Notice::gateway(
                NoticeCode::NoListener,
                "the gateway has no address to listen on",
                "set `envoy_gateway_bind_addresses`, or take `envoy_gateway_no_default_bind` out",
            ));
        }
        for (name, address) in binds {
            let listener = self.listener(&name, address, chains.values().cloned());
            resources.listeners.insert(listener.name.clone(), listener);
        }
        Rendered { resources, notices }
    }

    /// Where the gateway listens.
    ///
    /// Consul: the service address as `default` (without one, all addresses), the tagged addresses if asked
    /// for, and the bind addresses; of the same address and port the first by name.
    fn binds(&self) -> Vec<(String, Address)> {
        let gateway = &self.snapshot.gateway;
        let mut named: BTreeMap<&str, (&str, u32)> = BTreeMap::new();
        if !self.config.no_default_bind {
            named.insert("default", (&gateway.address, gateway.port));
        }
        if self.config.bind_tagged_addresses {
            let tagged =
                gateway.tagged_addresses.iter().filter(|(name, _)| !name.starts_with(VIRTUAL_ADDRESS_PREFIX));
            named
                .extend(tagged.map(|(name, tagged)| (name.as_str(), (tagged.address.as_str(), tagged.port))));
        }
        let own = self.config.bind_addresses.iter();
        named.extend(own.map(|(name, bind)| (name.as_str(), (bind.address.as_str(), bind.port))));
        let mut taken = BTreeSet::new();
        let mut binds = Vec::new();
        for (name, (address, port)) in named {
            let address = if address.is_empty() { "0.0.0.0" } else { address };
            let Ok(port) = u16::try_from(port) else { continue };
            if taken.insert((address, port)) {
                binds.push((name.to_owned(), Address::tcp(address, port)));
            }
        }
        binds
    }

    fn listener(
        &self,
        bind_name: &str,
        address: Address,
        chains: impl Iterator<Item = Arc<FilterChain>>,
    ) -> Listener {
        let last = refusing_chain(bind_name, &self.access_logs.filter);
        let socket = &address.socket_address;
        Listener {
            name: format!("{bind_name}:{}:{}", socket.address, socket.port_value),
            filter_chains: chains.chain(std::iter::once(Arc::new(last))).collect(),
            address,
            listener_filters: vec![ListenerFilter {
                name: "envoy.filters.listener.tls_inspector",
                typed_config: ListenerFilterConfig::TlsInspector {},
            }],
            traffic_direction: TrafficDirection::Inbound,
            access_log: self.access_logs.listener.clone(),
        }
    }
}
