//! A resource that Envoy refuses closes only its own service.
//!
//! Envoy refuses a listener as a whole, and seldom says which of its chains is at fault. So chains that it has not taken yet
//! are tried out in a listener of their own that no connection reaches, in ever smaller groups, while the listeners that
//! people use stay as they are. Resources of other kinds are refused one by one (see `subscription`). A service with anything
//! refused is closed until that changes: what Envoy once refused, it may acknowledge the second time without a look.

#[cfg(test)]
mod simulation;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use super::encoder::{Encoder, Failure};
use super::server::Event;
use super::subscription::{EncodedResource, ResourceSet, Sent, digest};
use crate::envoy_api::{Address, FilterChain, Listener, ResourceKind, TransportSocket};
use crate::finding::{Code, Finding};
use crate::render::{Rendered, Resources, ServiceResources};

/// What the names of the listeners start with that chains are tried out in.
const TRIAL: &str = "termgate trial ";

/// Whether the listener of this name is one that chains are tried out in.
pub fn tries_chains(name: &str) -> bool {
    name.starts_with(TRIAL)
}

/// Encodes what is rendered, without what Envoy refused.
#[derive(Debug, Default)]
pub struct Quarantine {
    encoder: Encoder,
    /// By kind and name; a chain by its name under the kind of listeners.
    refused: BTreeMap<(ResourceKind, String), Refused>,
    /// The listeners that Envoy refused last, with its words.
    listeners: BTreeMap<String, String>,
    /// The chains of the listener that Envoy took last.
    taken: Option<Arc<Listener>>,
    /// Chains that it took in a trial since.
    tried: BTreeMap<String, Arc<FilterChain>>,
    /// As they were published last, without trials.
    published: BTreeMap<String, Arc<Listener>>,
    search: Option<Search>,
    trials: u64,
}

/// Something that Envoy refused.
#[derive(Debug)]
struct Refused {
    content: Content,
    reason: String,
}

#[derive(Debug)]
enum Content {
    Chain(Arc<FilterChain>),
    /// The version of a resource.
    Version(String),
}

/// The search for the chains that Envoy refuses.
#[derive(Debug)]
struct Search {
    /// The groups to try, last first.
    groups: Vec<Vec<Arc<FilterChain>>>,
    /// The listener in which a group is tried now, and the group; an empty one tries the rest of the listener.
    trial: Arc<Listener>,
    group: Vec<Arc<FilterChain>>,
}

/// What is to be served from now on.
#[derive(Debug)]
pub struct Update {
    /// The resources.
    pub set: Arc<ResourceSet>,
    /// What could not be encoded.
    pub failures: Vec<Failure>,
}

impl Quarantine {
    /// Encodes what is rendered, without the services that have something refused; these get a finding.
    pub fn update(&mut self, rendered: &mut Rendered, kinds: &[ResourceKind]) -> Update {
        let mut resources = mem::take(&mut rendered.resources);
        self.refused.retain(|(kind, name), refused| !refused.has_changed(*kind, name, &resources));
        self.close(&mut resources, rendered);
        if kinds.contains(&ResourceKind::Listener) {
            match &self.search {
                None => self.published.clone_from(&resources.listeners),
                Some(search) => {
                    resources.listeners.clone_from(&self.published);
                    resources.listeners.insert(search.trial.name.clone(), Arc::clone(&search.trial));
                }
            }
        }
        let (set, failures) = self.encoder.update(resources, kinds);
        Update { set, failures }
    }

    /// Takes note of what Envoy said; whether there is something else to serve now.
    pub fn take(&mut self, event: &Event) -> bool {
        match event {
            Event::Connected { is_configured, .. } => {
                if !is_configured {
                    self.taken = None;
                    self.tried.clear();
                }
                // Whatever it does not have is sent again.
                self.listeners.clear();
                // A trial that is under way has no answer any more; the next refusal starts another.
                self.search.take().is_some()
            }
            Event::Acknowledged { kind: ResourceKind::Listener, resources, .. } => {
                self.acknowledged(resources)
            }
            Event::Refused { kind: ResourceKind::Listener, resources, reason, .. } => {
                self.refused_listeners(resources, reason)
            }
            Event::Refused { kind, resources, reason, .. } => {
                for Sent { name, resource } in resources {
                    if let Some(resource) = resource {
                        let content = Content::Version(resource.version.clone());
                        let refused = Refused { content, reason: reason.clone() };
                        self.refused.insert((*kind, name.clone()), refused);
                    }
                }
                true
            }
            Event::Sent { .. } | Event::Acknowledged { .. } | Event::Disconnected => false,
        }
    }

    /// Gives what was refused another try; whether there was anything. Envoy does not look at the same secret again.
    pub fn retry(&mut self) -> bool {
        let before = self.refused.len();
        self.refused.retain(|(kind, _), _| *kind == ResourceKind::Secret);
        self.refused.len() != before
    }

    /// What Envoy refused and has no other version of yet, by kind and name, with its words.
    pub fn refused(&self) -> BTreeMap<(ResourceKind, String), String> {
        let own = self.refused.iter().map(|(key, refused)| (key.clone(), refused.reason.clone()));
        let listeners = self.listeners.iter();
        own.chain(listeners.map(|(name, reason)| ((ResourceKind::Listener, name.clone()), reason.clone())))
            .collect()
    }

    /// Whether Envoy has refused a listener and taken none in its place yet.
    pub fn lacks_listener(&self) -> bool {
        self.search.is_some() || !self.listeners.is_empty()
    }

    /// Takes the services out that have something refused.
    fn close(&self, resources: &mut Resources, rendered: &mut Rendered) {
        if self.refused.is_empty() {
            return;
        }
        let mut chains: BTreeSet<&str> = BTreeSet::new();
        for service in &rendered.services {
            let Some(((kind, name), refused)) = self.first_of(service) else { continue };
            let what = match kind {
                ResourceKind::Listener => "filter chain",
                ResourceKind::Cluster => "cluster",
                ResourceKind::Endpoint => "endpoints",
                ResourceKind::Route => "routes",
                ResourceKind::Secret => "secret",
            };
            rendered.findings.push(Finding::of_service(
                &service.name,
                Code::EnvoyRefused,
                format!("Envoy refuses its {what} `{name}`, so it is closed: {}", refused.reason),
                "correct the entry, intention or file that the reason points to; the service is retried when it changes",
            ));
            chains.extend(service.chains.iter().filter_map(|chain| chain.name()));
            remove_own(resources, service);
        }
        let is_closed = |chain: &FilterChain| chain.name().is_some_and(|name| chains.contains(name));
        for listener in resources.listeners.values_mut() {
            if listener.filter_chains.iter().any(|chain| is_closed(chain)) {
                Arc::make_mut(listener).filter_chains.retain(|chain| !is_closed(chain));
            }
        }
        for (kind, name) in self.refused.keys() {
            // The roots are everybody's; Envoy goes on with those that it has.
            if *kind == ResourceKind::Secret && name.starts_with("file:") {
                resources.secrets.remove(name);
            }
        }
    }

    /// The first refusal that concerns a service.
    fn first_of(&self, service: &ServiceResources) -> Option<(&(ResourceKind, String), &Refused)> {
        let chains = service.chains.iter().filter_map(|chain| Some((ResourceKind::Listener, chain.name()?)));
        let clusters = service.clusters.iter().map(|cluster| (ResourceKind::Cluster, cluster.name.as_str()));
        let endpoints =
            service.endpoints.iter().map(|found| (ResourceKind::Endpoint, found.cluster_name.as_str()));
        let routes = service.routes.iter().map(|route| (ResourceKind::Route, route.name.as_str()));
        let leaf = service.secret.iter().map(|secret| (ResourceKind::Secret, secret.name.as_str()));
        let sockets = service.clusters.iter().filter_map(|cluster| cluster.transport_socket.as_ref());
        let files = sockets.flat_map(TransportSocket::secrets).map(|name| (ResourceKind::Secret, name));
        let mut units = chains.chain(clusters).chain(endpoints).chain(routes).chain(leaf).chain(files);
        units.find_map(|(kind, name)| self.refused.get_key_value(&(kind, name.to_owned())))
    }

    fn acknowledged(&mut self, resources: &[Sent]) -> bool {
        let mut has_changed = false;
        for Sent { name, resource } in resources {
            let Some(listener) = resource.as_ref().and_then(|resource| resource.listener.as_ref()) else {
                continue;
            };
            if !tries_chains(name) {
                self.taken = Some(Arc::clone(listener));
                has_changed |= self.listeners.remove(name).is_some();
                if self.search.is_none() {
                    self.tried.clear();
                }
            } else if let Some(search) = self.search.as_mut().filter(|search| search.trial.name == *name) {
                let group = mem::take(&mut search.group);
                self.tried
                    .extend(group.into_iter().filter_map(|chain| Some((chain.name()?.to_owned(), chain))));
                self.next_trial();
                has_changed = true;
            }
        }
        has_changed
    }

    fn refused_listeners(&mut self, resources: &[Sent], reason: &str) -> bool {
        // Envoy: each listener stands by itself, and the reason names those at fault; but what cannot even be decoded
        // takes all others with it.
        let names_some = resources.iter().any(|sent| reason.contains(&format!("{}: ", sent.name)));
        let is_named = |sent: &&Sent| !names_some || reason.contains(&format!("{}: ", sent.name));
        let is_alone = resources.iter().filter(|sent| sent.resource.is_some()).count() == 1;
        let (at_fault, fine): (Vec<&Sent>, Vec<&Sent>) = resources.iter().partition(is_named);
        let fine: Vec<Sent> = fine.into_iter().cloned().collect();
        let mut has_changed = self.acknowledged(&fine);
        let mut suspects = Vec::new();
        for Sent { name, resource } in at_fault {
            let Some(listener) = resource.as_ref().and_then(|resource| resource.listener.as_ref()) else {
                continue;
            };
            if !tries_chains(name) {
                self.listeners.insert(name.clone(), reason.to_owned());
                suspects = self.suspects(listener);
                has_changed = true;
            } else if self.search.as_ref().is_some_and(|search| search.trial.name == *name) {
                self.refused_trial(reason, is_alone || names_some);
                has_changed = true;
            }
        }
        if !suspects.is_empty() {
            self.suspect(suspects);
        }
        has_changed
    }

    /// The chains of a refused listener that Envoy has never taken.
    fn suspects(&self, listener: &Listener) -> Vec<Arc<FilterChain>> {
        let taken: BTreeMap<&str, &Arc<FilterChain>> = self
            .taken
            .iter()
            .flat_map(|listener| &listener.filter_chains)
            .filter_map(|chain| Some((chain.name()?, chain)))
            .collect();
        let is_known = |name: &str, chain: &Arc<FilterChain>| {
            taken.get(name).is_some_and(|taken| **taken == *chain) || self.is_judged(name, chain)
        };
        let chains = listener.filter_chains.iter();
        chains.filter(|chain| chain.name().is_some_and(|name| !is_known(name, chain))).cloned().collect()
    }

    /// Whether a trial has shown already what Envoy makes of a chain.
    fn is_judged(&self, name: &str, chain: &Arc<FilterChain>) -> bool {
        let refused = self.refused.get(&(ResourceKind::Listener, name.to_owned()));
        self.tried.get(name) == Some(chain)
            || refused
                .is_some_and(|refused| matches!(&refused.content, Content::Chain(known) if known == chain))
    }

    /// Has these chains tried out.
    fn suspect(&mut self, suspects: Vec<Arc<FilterChain>>) {
        if let Some(search) = &mut self.search {
            search.groups.insert(0, suspects);
            return;
        }
        let Some(listener) = self.published.values().next().cloned() else { return };
        // First the listener without any of them.
        let trial = self.trial(&listener, &[]);
        self.search = Some(Search { groups: vec![suspects], trial, group: Vec::new() });
    }

    /// A listener that no connection reaches, with these chains. Each has a name of its own, so that an answer to one
    /// before is not taken for its answer.
    fn trial(&mut self, like: &Listener, chains: &[Arc<FilterChain>]) -> Arc<Listener> {
        self.trials += 1;
        let last = like.filter_chains.iter().filter(|chain| chain.name().is_none());
        Arc::new(Listener {
            name: format!("{TRIAL}{}", self.trials),
            // Envoy refuses the address of another listener, even where it does not listen.
            address: Address::tcp("127.0.0.1", 0),
            bind_to_port: Some(false),
            per_connection_buffer_limit_bytes: None,
            per_connection_buffer_high_watermark_timeout: None,
            filter_chains: chains.iter().chain(last).cloned().collect(),
            ..like.clone()
        })
    }

    /// Envoy refused the trial that is under way, `alone` or together with something else.
    fn refused_trial(&mut self, reason: &str, alone: bool) {
        let Some(search) = &mut self.search else { return };
        let mut group = mem::take(&mut search.group);
        if !alone {
            search.groups.push(group);
        } else if group.is_empty() {
            // Not the chains are at fault.
            self.search = None;
            return;
        } else if group.len() == 1 {
            for chain in group {
                let Some(name) = chain.name().map(str::to_owned) else { continue };
                let refused = Refused { content: Content::Chain(chain), reason: words(reason) };
                self.refused.insert((ResourceKind::Listener, name), refused);
            }
        } else {
            let second = group.split_off(group.len() / 2);
            search.groups.extend([second, group]);
        }
        self.next_trial();
    }

    /// Tries the next group, if there is one left.
    fn next_trial(&mut self) {
        let Some(mut search) = self.search.take() else { return };
        while let Some(mut group) = search.groups.pop() {
            group.retain(|chain| chain.name().is_some_and(|name| !self.is_judged(name, chain)));
            if !group.is_empty() {
                search.trial = self.trial(&Arc::clone(&search.trial), &group);
                search.group = group;
                self.search = Some(search);
                return;
            }
        }
    }
}

/// What Envoy says of a trial, without the trial.
fn words(reason: &str) -> String {
    let own = reason.split_once(TRIAL).and_then(|(_, rest)| rest.split_once(": "));
    own.map_or(reason, |(_, words)| words).trim().to_owned()
}

impl Refused {
    /// Whether there is another content in the place of the refused one.
    fn has_changed(&self, kind: ResourceKind, name: &str, resources: &Resources) -> bool {
        match &self.content {
            Content::Chain(refused) => {
                let mut chains = resources
                    .listeners
                    .values()
                    .next()
                    .into_iter()
                    .flat_map(|listener| &listener.filter_chains);
                let now = chains.find(|chain| chain.name() == Some(name));
                now.is_some_and(|chain| chain != refused)
            }
            Content::Version(refused) => resources.get(kind, name).is_some_and(|resource| {
                EncodedResource::version_of(digest(&resource.to_value())) != *refused
            }),
        }
    }
}

/// Takes a service's resources out, but for its chains.
fn remove_own(resources: &mut Resources, service: &ServiceResources) {
    for cluster in &service.clusters {
        if resources.clusters.get(&cluster.name) == Some(cluster) {
            resources.clusters.remove(&cluster.name);
        }
    }
    for endpoints in &service.endpoints {
        if resources.endpoints.get(&endpoints.cluster_name) == Some(endpoints) {
            resources.endpoints.remove(&endpoints.cluster_name);
        }
    }
    for route in &service.routes {
        if resources.routes.get(&route.name) == Some(route) {
            resources.routes.remove(&route.name);
        }
    }
    if let Some(secret) = &service.secret {
        resources.secrets.remove(&secret.name);
    }
}
