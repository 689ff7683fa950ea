//! A graph reduced to what fits into a picture: many services become groups by state, as do many endpoints, and sources that
//! are treated alike become one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Place, Source, State};

/// Linked services that are shown one by one.
const MOST_SERVICES: usize = 50;

/// Beyond that, services of one state that are still shown one by one.
const FEW_SERVICES: usize = 10;

/// Sources, or groups of them, that are shown.
const MOST_SOURCES: usize = 50;

/// Lines from sources that are shown. Mermaid refuses more than 500 lines altogether.
const MOST_EDGES: usize = 250;

/// Endpoints of a service that are shown one by one.
const MOST_ENDPOINTS: usize = 3;

/// Instances of the gateway that are shown one by one.
const MOST_INSTANCES: usize = 6;

/// Names in the long text of a group, and in its label.
const MOST_NAMES: usize = 20;
const LABEL_NAMES: usize = 3;

/// Something with a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub label: String,
    /// What else is known in a few words; may be empty.
    pub note: String,
    /// How it is.
    pub state: State,
    /// Why, or what a group holds; may be empty.
    pub more: String,
}

/// A linked service, or a group of them, with its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The service.
    pub node: Node,
    /// What it speaks; empty for a group that speaks several.
    pub protocol: &'static str,
    /// Its endpoints.
    pub endpoints: Vec<Node>,
}

/// A source, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// The source. It has no state of its own: it is what its edges are, if they are alike.
    pub node: Node,
    /// What it reaches.
    pub edges: Vec<Edge>,
}

/// What a source reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The place of the service in [`View::rows`].
    pub row: usize,
    /// How it is.
    pub state: State,
    /// So many connections it stands for.
    pub count: usize,
    /// What decides, where it stands for one.
    pub more: String,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Service name of the gateway.
    pub gateway: String,
    /// What is there, in numbers.
    pub summary: String,
    /// Instances of the gateway.
    pub instances: Vec<Node>,
    /// Linked services.
    pub rows: Vec<Row>,
    /// Sources.
    pub sources: Vec<From>,
}

impl View {
    /// What of this graph is drawn.
    pub fn of(graph: &Graph) -> Self {
        let (rows, places) = rows(graph);
        Self {
            gateway: graph.gateway.clone(),
            summary: summary(graph),
            instances: nodes(&graph.instances, MOST_INSTANCES, "instance"),
            rows,
            sources: sources(&graph.sources, &places),
        }
    }
}

/// `1 thing`, `2 things`.
fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

fn summary(graph: &Graph) -> String {
    let count = |state| graph.services.iter().filter(|service| service.state == state).count();
    let states =
        State::ALL.into_iter().map(|state| (count(state), state.name())).filter(|(count, _)| *count > 0);
    let states: Vec<String> = states.map(|(count, name)| format!("{count} {name}")).collect();
    let states = if states.is_empty() { String::new() } else { format!(" ({})", states.join(", ")) };
    let endpoints = graph.services.iter().map(|service| service.endpoints.len()).sum();
    format!(
        "{}, {}, {}{states}, {}",
        counted(graph.sources.len(), "source"),
        counted(graph.instances.len(), "gateway instance"),
        counted(graph.services.len(), "linked service"),
        counted(endpoints, "endpoint")
    )
}

/// The first names, and how many more there are.
fn list(names: &[&str], most: usize) -> String {
    let text = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(most);
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// Addresses one by one, or grouped by state if there are many.
fn nodes(places: &[Place], most: usize, thing: &str) -> Vec<Node> {
    let text = |place: &Place| {
        let is_v6 = place.address.contains(':');
        let open = if is_v6 { ("[", "]") } else { ("", "") };
        format!("{}{}{}:{}", open.0, place.address, open.1, place.port)
    };
    if places.len() <= most {
        let node = |place: &Place| Node {
            label: text(place),
            note: String::new(),
            state: place.state,
            more: place.reason.clone(),
        };
        return places.iter().map(node).collect();
    }
    let of = |state: State| {
        let names: Vec<String> = places.iter().filter(|place| place.state == state).map(text).collect();
        (!names.is_empty()).then(|| Node {
            label: counted(names.len(), thing),
            note: String::new(),
            state,
            more: list(&names.iter().map(String::as_str).collect::<Vec<_>>(), MOST_NAMES),
        })
    };
    State::ALL.into_iter().filter_map(of).collect()
}

/// The rows, and the row of each service.
fn rows(graph: &Graph) -> (Vec<Row>, Vec<usize>) {
    let services = &graph.services;
    let count = |state| services.iter().filter(|service| service.state == state).count();
    let is_grouped = |state| services.len() > MOST_SERVICES && count(state) > FEW_SERVICES;
    let grouped: BTreeSet<State> = State::ALL.into_iter().filter(|state| is_grouped(*state)).collect();
    let (mut rows, mut places) = (Vec::new(), vec![0; services.len()]);
    for (service, place) in services.iter().zip(&mut places).filter(|(one, _)| !grouped.contains(&one.state))
    {
        *place = rows.len();
        let tls = match service.tls {
            "none" => "",
            "mutual" => "mutual TLS",
            _ => "TLS",
        };
        let is_well = service.state == State::Allowed;
        rows.push(Row {
            node: Node {
                label: service.name.clone(),
                note: if is_well { tls } else { service.state.name() }.to_owned(),
                state: service.state,
                more: service.reason.clone(),
            },
            protocol: service.protocol,
            endpoints: nodes(&service.endpoints, MOST_ENDPOINTS, "endpoint"),
        });
    }
    for state in grouped {
        let members = || services.iter().filter(|service| service.state == state);
        let endpoints: Vec<Place> = members().flat_map(|service| service.endpoints.clone()).collect();
        let protocols: BTreeSet<&str> = members().map(|service| service.protocol).collect();
        let names: Vec<&str> = members().map(|service| service.name.as_str()).collect();
        for (service, place) in services.iter().zip(&mut places) {
            if service.state == state {
                *place = rows.len();
            }
        }
        rows.push(Row {
            node: Node {
                label: counted(names.len(), "service"),
                note: state.name().to_owned(),
                state,
                more: list(&names, MOST_NAMES),
            },
            protocol: protocols.first().filter(|_| protocols.len() == 1).copied().unwrap_or_default(),
            endpoints: nodes(&endpoints, MOST_ENDPOINTS, "endpoint"),
        });
    }
    (rows, places)
}

/// What a source reaches, by row and state.
fn edges(source: &Source, places: &[usize]) -> Vec<Edge> {
    let mut edges: BTreeMap<(usize, State), Edge> = BTreeMap::new();
    for reach in &source.services {
        let Some(row) = places.get(reach.at).copied() else { continue };
        let new = || Edge { row, state: reach.state, count: 0, more: reach.reason.clone() };
        let edge = edges.entry((row, reach.state)).or_insert_with(new);
        edge.count += 1;
        if edge.count > 1 {
            edge.more.clear();
        }
    }
    edges.into_values().collect()
}

fn sources(sources: &[Source], places: &[usize]) -> Vec<From> {
    let all: Vec<Reached<'_>> =
        sources.iter().map(|source| (source.name.as_str(), edges(source, places))).collect();
    let alike = |edge: &Edge| (edge.row, edge.state);
    let found = grouped(&all, |edges| edges.iter().map(alike).collect::<Vec<_>>());
    let lines: usize = found.iter().map(|from| from.edges.len()).sum();
    if found.len() <= MOST_SOURCES && lines <= MOST_EDGES {
        return found;
    }
    grouped(&all, |edges| edges.iter().map(|edge| edge.state).collect::<BTreeSet<_>>())
}

/// A source's name and edges.
type Reached<'a> = (&'a str, Vec<Edge>);

/// Sources with the same key as one. Those that no other is named by stand alone.
fn grouped<K: Ord>(all: &[Reached<'_>], key: impl Fn(&[Edge]) -> K) -> Vec<From> {
    let mut groups: BTreeMap<(bool, K), Vec<&Reached<'_>>> = BTreeMap::new();
    for source in all {
        groups.entry((source.0 == "*", key(&source.1))).or_default().push(source);
    }
    let mut found: Vec<From> = groups.into_values().map(|members| group(&members)).collect();
    found.sort_by(|a, b| a.node.label.cmp(&b.node.label));
    found
}

fn group(members: &[&Reached<'_>]) -> From {
    let mut edges: BTreeMap<(usize, State), Edge> = BTreeMap::new();
    for edge in members.iter().flat_map(|(_, edges)| edges) {
        match edges.entry((edge.row, edge.state)) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(edge.clone());
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                place.get_mut().count += edge.count;
                place.get_mut().more.clear();
            }
        }
    }
    let edges: Vec<Edge> = edges.into_values().collect();
    let states: BTreeSet<State> = edges.iter().map(|edge| edge.state).collect();
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let (label, note, more) = match names.as_slice() {
        ["*"] => ("any other source".to_owned(), String::new(), String::new()),
        [one] => ((*one).to_owned(), String::new(), String::new()),
        many => (list(many, LABEL_NAMES), counted(many.len(), "source"), list(many, MOST_NAMES)),
    };
    let state = states.first().filter(|_| states.len() == 1).copied().unwrap_or(State::Allowed);
    From { node: Node { label, note, state, more }, edges }
}
