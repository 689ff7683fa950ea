//! `termgate graph`: who reaches what through a gateway, as a picture.
//!
//! Pure. What is wrong is judged by `explain`, who may reach a service by the evaluator of intentions; here it is put
//! together ([`Graph`]), reduced to what fits into a picture, and drawn as Mermaid, DOT or SVG.

mod dot;
mod mermaid;
mod svg;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::consul::api::internal::{MeshNode, MeshService};
use crate::doctor::Evidence;
use crate::explain::{Asking, Guide, Hop, Status, Stop, Way};
use crate::finding::Finding;
use crate::gateway::registration::KIND;
use crate::intentions::{Reason, Source as Identity, Verdict};
use crate::render::{Access, Attempt, RenderOptions, address_of};
use crate::snapshot::assemble::Answer;
use crate::snapshot::{
    CheckStatus, DefaultIntentionSource, GatewayLink, Instance as Registered, Snapshot, folded,
};
use crate::upstream::Resolved;
use crate::visible::visible;

/// How a part of the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Connections pass.
    Allowed,
    /// Intentions refuse them.
    Denied,
    /// Something is wrong, and they end here.
    Broken,
    /// That is not known.
    Unknown,
}

impl State {
    /// All states, in the order of the legend.
    pub const ALL: [Self; 4] = [Self::Allowed, Self::Denied, Self::Broken, Self::Unknown];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
        }
    }

    /// Its colours: fill and stroke. With dark text they can be read on a light page and on a dark one.
    const fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::Allowed => ("#e6f4ea", "#1a7f37"),
            Self::Denied => ("#fff3d6", "#9a6700"),
            Self::Broken => ("#ffe3e3", "#cf222e"),
            Self::Unknown => ("#eceff2", "#6e7781"),
        }
    }
}

impl From<Status> for State {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::Allowed,
            Status::Broken => Self::Broken,
            Status::Unknown => Self::Unknown,
        }
    }
}

/// A gateway's topology. Its JSON form is stable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// Service name of the gateway.
    pub gateway: String,
    /// Its instances.
    pub instances: Vec<Place>,
    /// The linked services.
    pub services: Vec<Service>,
    /// Who may reach them, is refused, or has them as upstreams.
    pub sources: Vec<Source>,
}

/// An instance of the gateway or of a linked service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Address or host name.
    pub address: String,
    /// Port.
    pub port: i64,
    /// How it is.
    pub state: State,
    /// Why, if it is not well.
    pub reason: String,
}

/// A linked service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// `tcp`, `http`, `http2` or `grpc`.
    pub protocol: &'static str,
    /// How the gateway speaks with it: `none`, `one-way`, `mutual` or `system`.
    pub tls: &'static str,
    /// How it is. Denied: to everybody.
    pub state: State,
    /// Why, if it is not well.
    pub reason: String,
    /// Its instances.
    pub endpoints: Vec<Place>,
}

/// A service that connects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its name, with its partition, namespace or cluster peer where it has one; `*` for every service that no other
    /// source names.
    pub name: String,
    /// What becomes of its connections, by linked service.
    pub services: Vec<Reach>,
}

/// What becomes of a source's connections to a linked service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// The linked service.
    pub service: String,
    /// How they end.
    pub state: State,
    /// What decides.
    pub reason: String,
    /// Its place in [`Graph::services`].
    #[serde(skip)]
    pub at: usize,
}

impl Graph {
    /// What the evidence shows; `judge` decides what becomes of each finding.
    pub fn of(
        evidence: &Evidence<'_>,
        options: &RenderOptions,
        judge: impl Fn(Finding) -> Option<Finding>,
    ) -> Self {
        let guide = Guide::new(evidence, options);
        let to = |service: &str| guide.way(Asking { service, source: None, request: None }, &judge);
        let mut graph = Self { gateway: evidence.facts.name.clone(), ..Self::default() };
        graph.instances = instances(evidence, &to(""));
        let Some(snapshot) = &evidence.facts.snapshot else { return graph };
        let mut links: Vec<&GatewayLink> = snapshot.links.iter().collect();
        links.sort_by_key(|link| &link.service.name);
        graph.services =
            links.iter().map(|link| service(evidence, snapshot, link, &to(&link.service.name))).collect();
        graph.sources = Sources { evidence, guide: &guide, snapshot, links: &links }.all();
        graph
    }

    /// As Mermaid, which Markdown shows.
    pub fn mermaid(&self) -> String {
        mermaid::draw(&view::View::of(self))
    }

    /// As DOT, which Graphviz draws.
    pub fn dot(&self) -> String {
        dot::draw(&view::View::of(self))
    }

    /// As an SVG document of its own; it can also stand in an HTML page.
    pub fn svg(&self) -> String {
        svg::draw(&view::View::of(self))
    }
}

/// The first thing that ends a request at one of these hops, in words.
fn end(way: &Way, hops: &[Hop]) -> Option<String> {
    let stop = way.hops.iter().find(|stop| stop.status == Status::Broken && hops.contains(&stop.hop))?;
    Some(words(stop))
}

fn words(stop: &Stop) -> String {
    stop.findings.first().map_or_else(|| stop.what.clone(), |finding| finding.message.clone())
}

/// The instances of the gateway, the one that was looked at first.
fn instances(evidence: &Evidence<'_>, way: &Way) -> Vec<Place> {
    const HOPS: [Hop; 2] = [Hop::Gateway, Hop::Listener];
    let facts = evidence.facts;
    let known = way.hops.iter().find(|stop| stop.hop == Hop::Gateway);
    let (state, reason) = match (end(way, &HOPS), known) {
        (Some(reason), _) => (State::Broken, reason),
        (None, Some(stop)) if stop.status == Status::Unknown => (State::Unknown, stop.what.clone()),
        (None, _) => (State::Allowed, String::new()),
    };
    let own = facts.registration().map(|own| (own.address.clone(), i64::from(own.port)));
    let (address, port) = own.unwrap_or_default();
    let mut places = vec![Place { address, port, state, reason }];
    let nodes = facts.nodes.is().map(Vec::as_slice).unwrap_or_default();
    let others = nodes.iter().flat_map(|node| node.services.iter().map(move |service| (node, service)));
    let others = others.filter(|(_, service)| {
        service.kind == KIND && service.service == facts.name && service.id != facts.id
    });
    places.extend(others.map(|(node, service)| replica(node, service)));
    places
}

/// Another instance of the gateway, as the catalog has it.
fn replica(node: &MeshNode, service: &MeshService) -> Place {
    let address = if service.address.is_empty() { &node.address } else { &service.address };
    let mut checks =
        node.checks.iter().filter(|check| check.service_id.is_empty() || check.service_id == service.id);
    let critical = checks.find(|check| check.status == CheckStatus::Critical);
    Place {
        address: address.clone(),
        port: service.port,
        state: if critical.is_some() { State::Broken } else { State::Allowed },
        reason: critical
            .map(|check| format!("its check `{}` is critical", check.check_id))
            .unwrap_or_default(),
    }
}

fn service(evidence: &Evidence<'_>, snapshot: &Snapshot, link: &GatewayLink, way: &Way) -> Service {
    const OWN: [Hop; 6] = [Hop::Chain, Hop::Route, Hop::Cluster, Hop::Dns, Hop::Endpoint, Hop::Tls];
    let name = &link.service.name;
    let is_unknown =
        |stop: &&Stop| matches!(stop.hop, Hop::Chain | Hop::Endpoint) && stop.status == Status::Unknown;
    let (state, reason) = if let Some(reason) = end(way, &OWN) {
        (State::Broken, reason)
    } else if let Some(reason) = end(way, &[Hop::Intention]) {
        (State::Denied, reason)
    } else if let Some(stop) = way.hops.iter().find(is_unknown) {
        (State::Unknown, stop.what.clone())
    } else {
        (State::Allowed, String::new())
    };
    let upstream = evidence.upstreams.iter().find(|upstream| upstream.service == *name);
    let tls = match upstream.and_then(|upstream| upstream.tls.as_ref()) {
        None => "none",
        Some(tls) if !tls.certificate.is_empty() => "mutual",
        Some(tls) if tls.authorities == crate::tls_files::SYSTEM_CA => "system",
        Some(_) => "one-way",
    };
    let registered = snapshot.instances.get(name).map(|found| found.as_slice()).unwrap_or_default();
    let mut endpoints: Vec<Place> = registered.iter().map(|one| endpoint(evidence, one)).collect();
    if endpoints.is_empty() {
        // Those of a `Destination` are not registered.
        let places = upstream.into_iter().flat_map(|upstream| &upstream.addresses);
        endpoints.extend(places.map(|(address, port)| place(evidence, address, i64::from(*port))));
    }
    Service { name: name.clone(), protocol: snapshot.protocol(name).name(), tls, state, reason, endpoints }
}

fn endpoint(evidence: &Evidence<'_>, one: &Registered) -> Place {
    let found = place(evidence, address_of(one), one.service.reached_port());
    match one.checks.iter().find(|check| check.status == CheckStatus::Critical) {
        Some(check) => Place {
            state: State::Broken,
            reason: format!("its check `{}` is critical", check.check_id),
            ..found
        },
        None => found,
    }
}

fn place(evidence: &Evidence<'_>, address: &str, port: i64) -> Place {
    let resolved = evidence.facts.names.is().and_then(|names| names.get(address));
    let (state, reason) = match resolved {
        Some(Resolved::Nothing(reason)) => (State::Broken, format!("the name does not resolve: {reason}")),
        _ => (State::Allowed, String::new()),
    };
    Place { address: address.to_owned(), port, state, reason }
}

/// Who a source is: partition, namespace, cluster peer and name.
type Who<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Who reaches what.
struct Sources<'a, 'facts> {
    evidence: &'a Evidence<'facts>,
    guide: &'a Guide<'a, 'facts>,
    snapshot: &'facts Snapshot,
    links: &'a [&'facts GatewayLink],
}

impl<'facts> Sources<'_, 'facts> {
    /// Every source that an intention or a proxy names, with the services that it is about; then all others together.
    fn all(&self) -> Vec<Source> {
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut found = Vec::new();
        for (who, places) in self.named() {
            reached.extend(&places);
            let services = places.into_iter().map(|at| self.reach(who, at)).collect();
            found.push(Source { name: shown(who), services });
        }
        let any: Vec<Reach> = (0..self.links.len())
            .map(|at| self.reach_of_others(at))
            // That others are denied goes without saying, where somebody is named.
            .filter(|reach| reach.state != State::Denied || !reached.contains(&reach.at))
            .collect();
        if !any.is_empty() {
            found.push(Source { name: "*".to_owned(), services: any });
        }
        found
    }

    fn named(&self) -> BTreeMap<Who<'facts>, BTreeSet<usize>> {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, link) in self.links.iter().enumerate() {
            places.entry(folded(&link.service.name).into_owned()).or_default().push(at);
        }
        let mut named: BTreeMap<Who<'facts>, BTreeSet<usize>> = BTreeMap::new();
        let nodes = self.evidence.facts.nodes.is().map(Vec::as_slice).unwrap_or_default();
        for proxy in nodes.iter().flat_map(|node| &node.services).filter(|one| one.kind == "connect-proxy") {
            let who = ("", "", "", proxy.proxy.destination_service_name.as_str());
            for name in proxy.proxy.reached() {
                if let Some(found) = places.get(&*folded(name)) {
                    named.entry(who).or_default().extend(found);
                }
            }
        }
        let own = |name: &'facts str| if name == "default" || name == "*" { "" } else { name };
        for intention in self.snapshot.intentions.iter().filter(|one| one.source_name != "*") {
            let who = (
                own(&intention.source_partition),
                own(&intention.source_ns),
                intention.source_peer.as_str(),
                intention.source_name.as_str(),
            );
            if let Some(found) = places.get(&*folded(&intention.destination_name)) {
                named.entry(who).or_default().extend(found);
            } else if intention.destination_name == "*" && !self.is_proxied(who) {
                named.entry(who).or_default().extend(0..self.links.len());
            }
        }
        named
    }

    /// Whether proxies of the source say what it reaches.
    fn is_proxied(&self, who: Who<'_>) -> bool {
        let ("", "", "", name) = who else { return false };
        self.guide.leads(name, "").0 == Status::Broken
    }

    fn reach(&self, who: Who<'_>, at: usize) -> Reach {
        let (partition, namespace, peer, name) = who;
        let service = self.links.get(at).map_or("", |link| &link.service.name);
        let identity = Identity { name, namespace, partition, peer };
        let (state, reason) = match self.decided(identity, at) {
            _ if !peer.is_empty() => (State::Denied, "a source in a cluster peer cannot connect".to_owned()),
            (State::Denied, reason) => (State::Denied, reason),
            decided => match self.guide.leads(name, service) {
                (Status::Broken, what) if who == ("", "", "", name) => (State::Broken, what),
                _ => decided,
            },
        };
        Reach { service: service.to_owned(), state, reason, at }
    }

    fn reach_of_others(&self, at: usize) -> Reach {
        let service = self.links.get(at).map_or("", |link| &link.service.name);
        let (state, reason) = self.decided(Identity::named(""), at);
        Reach { service: service.to_owned(), state, reason, at }
    }

    fn decided(&self, source: Identity<'_>, at: usize) -> (State, String) {
        if self.evidence.facts.lacks(Answer::Intentions).is_some() {
            return (State::Unknown, "the agent does not give the intentions".to_owned());
        }
        let attempt = |link: &&'facts GatewayLink| Attempt { source, service: &link.service, request: None };
        let access = self.links.get(at).map(attempt).and_then(|attempt| self.guide.access(attempt));
        let Some(access) = access else { return (State::Unknown, String::new()) };
        let is_default = access.decision.reason == Reason::Default && access.obstacle.is_none();
        if is_default && self.snapshot.default_intention_source == DefaultIntentionSource::Assumed {
            return (State::Unknown, "what happens without an intention is not known".to_owned());
        }
        let state = match access.verdict {
            Verdict::Allow => State::Allowed,
            Verdict::Deny => State::Denied,
            Verdict::DependsOnRequest => State::Unknown,
        };
        (state, sentence(&access))
    }
}

fn sentence(access: &Access<'_>) -> String {
    let text = match &access.obstacle {
        Some(obstacle) => obstacle.sentence(),
        None => access.decision.sentence(),
    };
    if access.verdict == Verdict::DependsOnRequest { format!("depends on the request: {text}") } else { text }
}

/// `text` in which everything is visible, and that XML has a way to write: Graphviz makes XML of it, too.
fn printable(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// The name of a source as a person reads it.
fn shown((partition, namespace, peer, name): Who<'_>) -> String {
    let path: Vec<&str> = [partition, namespace, name].into_iter().filter(|part| !part.is_empty()).collect();
    let path = path.join("/");
    if peer.is_empty() { path } else { format!("{path} in peer {peer}") }
}

#[cfg(test)]
mod tests;
