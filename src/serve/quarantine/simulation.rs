//! Random worlds of healthy and poisoned services in front of an Envoy that refuses what is poisoned.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use envoy_types::pb::envoy::config::cluster::v3 as clusters;
use envoy_types::pb::envoy::config::listener::v3 as listeners;
use envoy_types::pb::envoy::service::discovery::v3::{
    DeltaDiscoveryRequest, DeltaDiscoveryResponse, Resource,
};
use envoy_types::pb::google::rpc;
use prost::Message as _;

use super::{Quarantine, tries_chains};
use crate::envoy_api::{
    Address, Cluster, DataSource, Duration, Filter, FilterChain, FilterChainMatch, FilterConfig, Listener,
    ResourceKind, RouteConfiguration, Secret, TcpProxy, TrafficDirection, ValidationContext, VirtualHost,
};
use crate::finding::Code;
use crate::render::{Rendered, Resources, ServiceResources};
use crate::serve::server::Event;
use crate::serve::subscription::{EncodedResource, ResourceSet, Stream, Verdict};

/// How many worlds there are, unless the environment says so.
const WORLDS: u64 = 100;

/// More steps than any world needs to come to rest.
const STEPS: usize = 20_000;

const KINDS: [ResourceKind; 4] =
    [ResourceKind::Secret, ResourceKind::Cluster, ResourceKind::Listener, ResourceKind::Route];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A part of a service: which content it has, and whether Envoy refuses that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    content: u64,
    is_bad: bool,
}

impl Part {
    fn text(self) -> String {
        format!("{}{}", if self.is_bad { "bad" } else { "good" }, self.content)
    }
}

type Parts = BTreeMap<ResourceKind, Part>;

fn service(name: &str, parts: &Parts) -> Arc<ServiceResources> {
    let text = |kind| parts.get(&kind).map(|part: &Part| part.text());
    let proxy = TcpProxy {
        stat_prefix: text(ResourceKind::Listener).unwrap(),
        cluster: name.to_owned(),
        idle_timeout: None,
        access_log: Vec::new(),
        upstream_connect: None,
    };
    let chain = FilterChain {
        filter_chain_match: Some(FilterChainMatch { server_names: vec![name.to_owned()] }),
        filters: vec![Filter { name: "tcp", typed_config: FilterConfig::TcpProxy(proxy) }],
        transport_socket: None,
    };
    let part = parts[&ResourceKind::Cluster];
    let timeout = Duration::from_secs(2 * part.content + 1 + u64::from(part.is_bad));
    let cluster = Cluster { name: name.to_owned(), connect_timeout: Some(timeout), ..Cluster::default() };
    let route = text(ResourceKind::Route).map(|text| RouteConfiguration {
        name: name.to_owned(),
        virtual_hosts: vec![VirtualHost { name: text, domains: vec!["*"], routes: Vec::new() }],
        validate_clusters: None,
    });
    let secret = Secret {
        name: name.to_owned(),
        tls_certificate: None,
        validation_context: Some(ValidationContext {
            trusted_ca: Some(DataSource::InlineString(text(ResourceKind::Secret).unwrap())),
            match_typed_subject_alt_names: Vec::new(),
        }),
    };
    Arc::new(ServiceResources {
        name: name.to_owned(),
        chains: vec![Arc::new(chain)],
        clusters: vec![Arc::new(cluster)],
        routes: route.into_iter().map(Arc::new).collect(),
        secret: Some(Arc::new(secret)),
        ..ServiceResources::default()
    })
}

fn is_bad(kind: ResourceKind, body: &[u8]) -> bool {
    if kind == ResourceKind::Cluster {
        let timeout = clusters::Cluster::decode(body).unwrap().connect_timeout.unwrap();
        return timeout.seconds % 2 == 0;
    }
    body.windows(3).any(|text| text == b"bad")
}

/// An Envoy.
#[derive(Default)]
struct Client {
    /// What it took, by kind and name: version and content.
    taken: BTreeMap<(ResourceKind, String), (String, Vec<u8>)>,
    /// Secrets that it refused: of the same content it looks at the second time.
    known: BTreeSet<Vec<u8>>,
    /// Whether it cannot even decode what is bad, so that nothing of a response is taken.
    decodes_all: bool,
}

impl Client {
    fn subscriptions(&self) -> Vec<DeltaDiscoveryRequest> {
        let subscription = |kind: &ResourceKind| DeltaDiscoveryRequest {
            type_url: kind.type_url().to_owned(),
            resource_names_subscribe: vec!["*".to_owned()],
            initial_resource_versions: self
                .taken
                .iter()
                .filter(|((of, _), _)| of == kind)
                .map(|((_, name), (version, _))| (name.clone(), version.clone()))
                .collect(),
            ..DeltaDiscoveryRequest::default()
        };
        KINDS.iter().map(subscription).collect()
    }

    fn answer(&mut self, response: DeltaDiscoveryResponse, forgets: bool) -> DeltaDiscoveryRequest {
        let kind = ResourceKind::from_type_url(&response.type_url).unwrap();
        let body = |resource: &Resource| resource.resource.clone().unwrap().value;
        let is_refused = |resource: &Resource| is_bad(kind, &body(resource));
        let mut refused = Vec::new();
        let stops = matches!(kind, ResourceKind::Secret | ResourceKind::Route);
        let any_is_bad = response.resources.iter().any(is_refused);
        if any_is_bad && self.decodes_all {
            refused.push("cannot be decoded".to_owned());
        } else {
            for resource in &response.resources {
                let body = body(resource);
                if is_bad(kind, &body) {
                    if kind == ResourceKind::Secret && forgets && !self.known.insert(body) {
                        continue;
                    }
                    refused.push(if stops { "oops".into() } else { format!("{}: oops", resource.name) });
                    if stops {
                        break;
                    }
                } else {
                    self.taken.insert((kind, resource.name.clone()), (resource.version.clone(), body));
                }
            }
            if !stops || refused.is_empty() {
                for name in &response.removed_resources {
                    self.taken.remove(&(kind, name.clone()));
                }
            }
        }
        let message = refused.join("\n");
        DeltaDiscoveryRequest {
            type_url: response.type_url,
            response_nonce: response.nonce,
            error_detail: (!refused.is_empty()).then(|| rpc::Status { message, ..rpc::Status::default() }),
            ..DeltaDiscoveryRequest::default()
        }
    }

    /// What the chain of a service in the listener that people use says.
    fn chain(&self, name: &str) -> Option<String> {
        let (_, body) = self.taken.get(&(ResourceKind::Listener, "people".to_owned()))?;
        let listener = listeners::Listener::decode(body.as_slice()).unwrap();
        let chain = listener
            .filter_chains
            .into_iter()
            .find(|chain| chain.filter_chain_match.as_ref().unwrap().server_names == [name])?;
        Some(String::from_utf8_lossy(&chain.encode_to_vec()).into_owned())
    }
}

struct World {
    random: Random,
    services: BTreeMap<String, Parts>,
    contents: u64,
    quarantine: Quarantine,
    set: Arc<ResourceSet>,
    /// Whether the stream has seen the set.
    is_seen: bool,
    stream: Stream,
    client: Client,
    requests: VecDeque<DeltaDiscoveryRequest>,
    responses: VecDeque<DeltaDiscoveryResponse>,
    events: VecDeque<Event>,
    /// The services with a finding that Envoy refused something of them.
    refused: BTreeSet<String>,
    /// Services whose chain was served, and with which content.
    served: BTreeMap<String, Part>,
    forgets: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            random.below(2);
        }
        let decodes_all = random.chance(30);
        let forgets = random.chance(50);
        let count = 1 + random.below(9);
        let mut world = Self {
            random,
            services: BTreeMap::new(),
            contents: 0,
            quarantine: Quarantine::default(),
            set: Arc::default(),
            is_seen: true,
            stream: Stream::default(),
            client: Client { decodes_all, ..Client::default() },
            requests: VecDeque::new(),
            responses: VecDeque::new(),
            events: VecDeque::new(),
            refused: BTreeSet::new(),
            served: BTreeMap::new(),
            forgets,
        };
        let poison = [0, 10, 30, 100][world.random.below(4)];
        for index in 0..count {
            world.write(&format!("s{index}"), poison);
        }
        world.publish();
        world.connect();
        world
    }

    /// Writes a service anew, each part poisoned by that chance in a hundred.
    fn write(&mut self, name: &str, poison: usize) {
        let with_route = self.random.chance(50);
        let mut parts = Parts::new();
        for kind in KINDS.into_iter().filter(|kind| with_route || *kind != ResourceKind::Route) {
            self.contents += 1;
            let is_bad = self.random.chance(poison);
            parts.insert(kind, Part { content: self.contents, is_bad });
        }
        self.served.remove(name);
        self.services.insert(name.to_owned(), parts);
    }

    fn publish(&mut self) {
        let services: Vec<_> = self.services.iter().map(|(name, parts)| service(name, parts)).collect();
        let mut resources = Resources::default();
        let mut chains = Vec::new();
        for service in &services {
            let name = service.name.clone();
            chains.extend(service.chains.iter().cloned());
            resources.clusters.insert(name.clone(), Arc::clone(&service.clusters[0]));
            if let Some(route) = service.routes.first() {
                resources.routes.insert(name.clone(), Arc::clone(route));
            }
            resources.secrets.insert(name, Arc::clone(service.secret.as_ref().unwrap()));
        }
        let listener = Listener {
            name: "people".to_owned(),
            address: Address::tcp("127.0.0.1", 8443),
            bind_to_port: None,
            per_connection_buffer_limit_bytes: None,
            per_connection_buffer_high_watermark_timeout: None,
            filter_chains: chains,
            listener_filters: Vec::new(),
            traffic_direction: TrafficDirection::Inbound,
            access_log: Vec::new(),
        };
        resources.listeners.insert("people".to_owned(), Arc::new(listener));
        let mut rendered = Rendered { resources, findings: Vec::new(), services };
        let update = self.quarantine.update(&mut rendered, &ResourceKind::ALL);
        assert!(update.failures.is_empty());
        let refused = rendered.findings.into_iter().filter(|finding| finding.code == Code::EnvoyRefused);
        self.refused = refused.map(|finding| finding.subject).collect();
        if self.set != update.set {
            self.set = update.set;
            self.is_seen = false;
        }
    }

    /// A new stream of the same Envoy.
    fn connect(&mut self) {
        self.contents += 1;
        let is_configured = !self.client.taken.is_empty();
        self.stream =
            if is_configured { Stream::of_configured(self.contents << 32) } else { Stream::default() };
        self.requests = self.client.subscriptions().into();
        self.responses.clear();
        self.events.push_back(Event::Connected { release: None, is_configured });
    }

    /// One step of something that has work to do; whether there was anything.
    fn step(&mut self) -> bool {
        let ready: Vec<usize> =
            [!self.requests.is_empty(), !self.responses.is_empty(), !self.events.is_empty(), !self.is_seen]
                .into_iter()
                .enumerate()
                .filter_map(|(index, is_ready)| is_ready.then_some(index))
                .collect();
        if ready.is_empty() {
            return false;
        }
        match ready[self.random.below(ready.len())] {
            0 => self.serve(),
            1 => {
                let response = self.responses.pop_front().unwrap();
                let request = self.client.answer(response, self.forgets);
                self.requests.push_back(request);
                self.check_served();
            }
            2 => {
                let event = self.events.pop_front().unwrap();
                if self.quarantine.take(&event) {
                    self.publish();
                }
            }
            _ => {
                self.is_seen = true;
                let changes = self.stream.change(&self.set);
                self.responses.extend(changes);
            }
        }
        true
    }

    /// What the server does with a request.
    fn serve(&mut self) {
        let request = self.requests.pop_front().unwrap();
        let (responses, verdict) = self.stream.request(request, &self.set);
        self.responses.extend(responses);
        let settled = self.stream.is_settled();
        match verdict {
            Some((kind, Verdict::Acknowledged { resources })) => {
                self.events.push_back(Event::Acknowledged { kind, resources, settled });
            }
            Some((kind, Verdict::Refused { resources, reason })) => {
                self.events.push_back(Event::Refused { kind, resources, reason, settled });
            }
            None => return,
        }
        let changes = self.stream.change(&self.set);
        self.responses.extend(changes);
    }

    /// A service that serves and does not change is never taken away.
    fn check_served(&mut self) {
        for (name, parts) in &self.services {
            let part = parts[&ResourceKind::Listener];
            let is_healthy = parts.values().all(|part| !part.is_bad);
            let serves = self.client.chain(name).is_some_and(|chain| chain.contains(&part.text()));
            if is_healthy && self.served.get(name) == Some(&part) {
                assert!(serves, "{name} was served, and its chain is gone");
            }
            if serves {
                self.served.insert(name.clone(), part);
            }
        }
    }

    fn disturb(&mut self) {
        let names: Vec<String> = self.services.keys().cloned().collect();
        match self.random.below(10) {
            0 => self.connect(),
            1 => {
                // Another Envoy.
                self.client = Client { decodes_all: self.client.decodes_all, ..Client::default() };
                self.served.clear();
                self.connect();
            }
            // Another termgate.
            2 => {
                self.quarantine = Quarantine::default();
                self.events.clear();
                self.publish();
                self.connect();
            }
            3 if names.len() > 1 => {
                let name = &names[self.random.below(names.len())];
                self.services.remove(name);
                self.served.remove(name);
                self.publish();
            }
            _ => {
                for _ in 0..=self.random.below(3) {
                    let name = format!("s{}", self.random.below(12));
                    let poison = [0, 0, 30, 100][self.random.below(4)];
                    self.write(&name, poison);
                }
                self.publish();
            }
        }
    }

    fn check_end(&self) {
        let poisoned: BTreeSet<String> = self
            .services
            .iter()
            .filter(|(_, parts)| parts.values().any(|part| part.is_bad))
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(self.refused, poisoned, "the services that are reported");
        for (name, parts) in &self.services {
            let chain = self.client.chain(name);
            if poisoned.contains(name) {
                assert_eq!(chain, None, "{name} is poisoned and open");
                continue;
            }
            let wanted = parts[&ResourceKind::Listener].text();
            assert!(chain.is_some_and(|chain| chain.contains(&wanted)), "{name} has no chain of now");
            for kind in KINDS.into_iter().filter(|kind| *kind != ResourceKind::Listener) {
                let wanted: Option<&Arc<EncodedResource>> = self.set.get(kind, name);
                let taken = self.client.taken.get(&(kind, name.clone()));
                assert_eq!(
                    taken.map(|(version, _)| version),
                    wanted.map(|wanted| &wanted.version),
                    "{kind:?} {name}"
                );
                assert_eq!(wanted.is_some(), parts.contains_key(&kind), "{kind:?} {name}");
            }
        }
        let is_trial =
            |(kind, name): &&(ResourceKind, String)| *kind == ResourceKind::Listener && tries_chains(name);
        assert_eq!(self.client.taken.keys().find(is_trial), None);
        assert!(!self.quarantine.lacks_listener() && self.stream.is_settled());
        let is_reported = self.quarantine.refused().len() >= poisoned.len();
        assert!(is_reported, "what is refused stays so");
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    for _ in 0..world.random.below(8) {
        for _ in 0..world.random.below(60) {
            world.step();
        }
        world.disturb();
    }
    let steps = (0..STEPS).take_while(|_| world.step()).count();
    assert!(steps < STEPS, "the search does not end");
    world.check_end();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "which worlds a test runs")]
fn healthy_services_serve_and_follow_beside_any_poisoned_ones() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("TERMGATE_TEST_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("TERMGATE_TEST_WORLDS").unwrap_or(WORLDS) + 1,
    };
    let failed: Vec<u64> = seeds.filter(|seed| std::panic::catch_unwind(|| run(*seed)).is_err()).collect();
    assert!(failed.is_empty(), "worlds that fail (TERMGATE_TEST_SEED=N runs one): {failed:?}");
}
