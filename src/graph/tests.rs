//! What the graph says of each part, and that no name breaks a picture.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::view::View;
use super::{Graph, Place, Reach, Service, Source, State};
use crate::doctor::facts::{Asked, Facts, Origin, Trouble};
use crate::doctor::{Evidence, facts};
use crate::render::RenderOptions;
use crate::snapshot::assemble::Answer;

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn instance(service: &str, status: &str) -> Value {
    json!({
        "Node": {"Node": "outside", "Address": "10.0.0.9", "Datacenter": "dc1"},
        "Service": {"ID": service, "Service": service, "Port": 8080},
        "Checks": [{"CheckID": "up", "Status": status}],
    })
}

/// `web` and `mail` are well, `db` has a critical check, and nobody may reach `cold`.
fn facts() -> Facts {
    let names = ["web", "mail", "db", "cold"];
    let links: Vec<Value> = names.iter().map(|name| json!({"Service": {"Name": name}})).collect();
    let instances: BTreeMap<&str, Value> = names
        .iter()
        .map(|name| (*name, json!([instance(name, if *name == "db" { "critical" } else { "passing" })])))
        .collect();
    let intention = |source: &str, destination: &str, action: &str| json!({"SourceName": source, "DestinationName": destination, "Action": action});
    let snapshot = json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "DefaultIntention": "deny", "DefaultIntentionSource": "acl-policy",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": links.iter().map(|link| link["Service"].clone()).collect::<Vec<_>>()},
        "Links": links,
        "Instances": instances,
        "ServiceDefaults": {"mail": {"Name": "mail", "Protocol": "http"}},
        "Intentions": [
            intention("app", "web", "allow"), intention("bad", "web", "deny"), intention("app", "db", "allow"),
            intention("lost", "web", "allow"),
            {"SourceName": "app", "DestinationName": "mail", "Permissions": [
                {"Action": "allow", "HTTP": {"PathPrefix": "/in"}},
            ]},
            {"SourceName": "far", "SourcePeer": "east", "DestinationName": "web", "Action": "allow"},
        ],
    });
    let proxy = |name: &str, upstreams: &[&str]| {
        let upstreams: Vec<Value> = upstreams.iter().map(|name| json!({"DestinationName": name})).collect();
        json!({"Kind": "connect-proxy", "ID": format!("{name}-proxy"), "Service": format!("{name}-proxy"),
               "Proxy": {"DestinationServiceName": name, "Upstreams": upstreams}})
    };
    let nodes = json!([
        {"Node": "one", "Address": "10.0.0.5", "Services": [
            {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        ]},
        {"Node": "two", "Address": "10.0.0.6", "Services": [
            {"Kind": "terminating-gateway", "ID": "gw-2", "Service": "gw", "Port": 8443},
            proxy("app", &["web", "mail", "db"]), proxy("hopeful", &["web"]), proxy("lost", &["other"]),
        ], "Checks": [{"CheckID": "gw-up", "ServiceID": "gw-2", "Status": "critical"}]},
    ]);
    let origin = Origin::Agent { address: "http://127.0.0.1:8500".to_owned(), is_local: true };
    Facts {
        snapshot: Some(parsed(snapshot)),
        services: Asked::Is(
            [("gw".to_owned(), parsed(json!({"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"})))]
                .into(),
        ),
        nodes: Asked::Is(parsed(nodes)),
        ..Facts::nothing(origin, "gw", "gw")
    }
}

fn graph(facts: &Facts) -> Graph {
    Graph::of(&Evidence::of(facts, false, &[]), &RenderOptions::default(), Some)
}

/// `source → service: state`.
fn reached(graph: &Graph) -> Vec<String> {
    let of = |source: &Source| {
        let one = |reach: &Reach| format!("{} → {}: {}", source.name, reach.service, reach.state.name());
        source.services.iter().map(one).collect::<Vec<_>>()
    };
    graph.sources.iter().flat_map(of).collect()
}

#[test]
fn each_source_has_what_becomes_of_its_connections() {
    let expected = [
        // Cluster peers come after those of this cluster.
        "app → db: allowed",
        "app → mail: unknown",
        "app → web: allowed",
        "bad → web: denied",
        "hopeful → web: denied",
        "lost → web: broken",
        "far in peer east → web: denied",
        "* → cold: denied",
    ];
    assert_eq!(reached(&graph(&facts())), expected);
}

#[test]
fn each_service_has_its_state_and_its_endpoints() {
    use State::{Allowed, Broken, Denied};
    let graph = graph(&facts());
    let found: Vec<(&str, &str, State, State)> = graph
        .services
        .iter()
        .map(|service| (service.name.as_str(), service.protocol, service.state, service.endpoints[0].state))
        .collect();
    let expected = [
        ("cold", "tcp", Denied, Allowed),
        ("db", "tcp", Broken, Broken),
        ("mail", "http", Allowed, Allowed),
        ("web", "tcp", Allowed, Allowed),
    ];
    assert_eq!(found, expected, "{graph:?}");
    assert!(graph.services[1].reason.contains("unhealthy"), "{graph:?}");
}

#[test]
fn every_instance_of_the_gateway_is_there() {
    let graph = graph(&facts());
    let found: Vec<(&str, State)> =
        graph.instances.iter().map(|place| (place.address.as_str(), place.state)).collect();
    assert_eq!(found[1], ("10.0.0.6", State::Broken));
    assert_eq!(found[0].0, "10.0.0.5");
    assert_eq!(found.len(), 2);
}

#[test]
fn without_the_intentions_nothing_is_known_of_sources() {
    let mut facts = facts();
    facts.lacking = vec![(Answer::Intentions, Trouble::default())];
    let found = reached(&graph(&facts));
    assert!(
        found.iter().all(|line| line.ends_with("unknown")
            || line.contains("far in peer")
            || line.starts_with("lost")),
        "{found:?}"
    );
    facts.lacking.clear();
    facts.snapshot.as_mut().unwrap().default_intention_source =
        crate::snapshot::DefaultIntentionSource::Assumed;
    assert!(reached(&graph(&facts)).contains(&"hopeful → web: unknown".to_owned()));
}

#[test]
fn a_source_without_a_proxy_that_may_reach_everything_is_drawn_to_everything() {
    let mut facts = facts();
    let all: crate::snapshot::Intention =
        parsed(json!({"SourceName": "cron", "DestinationName": "*", "Action": "allow"}));
    std::sync::Arc::make_mut(&mut facts.snapshot.as_mut().unwrap().intentions).push(all.clone());
    let found = |facts: &Facts, name: &str| {
        reached(&graph(facts)).iter().filter(|line| line.starts_with(name)).count()
    };
    assert_eq!(found(&facts, "cron →"), 4);
    // Of one with proxies its upstreams say more.
    let of_app = crate::snapshot::Intention { source_name: "app".to_owned(), ..all };
    std::sync::Arc::make_mut(&mut facts.snapshot.as_mut().unwrap().intentions).push(of_app);
    assert_eq!(found(&facts, "app →"), 3);
}

/// A graph of so many services that nothing is wrong with, and one that is broken.
fn large(count: usize) -> Graph {
    let place = |at: usize| Place {
        address: format!("10.0.{}.{}", at / 250, at % 250),
        port: 443,
        state: State::Allowed,
        reason: String::new(),
    };
    let service = |at: usize| Service {
        name: format!("service-{at}"),
        protocol: "tcp",
        tls: "one-way",
        state: if at == 1 { State::Broken } else { State::Allowed },
        reason: String::new(),
        endpoints: vec![place(at), place(at + 1)],
    };
    let source = |at: usize| Source {
        name: format!("source-{at}"),
        services: vec![Reach {
            service: format!("service-{at}"),
            state: if at == 2 { State::Denied } else { State::Allowed },
            reason: String::new(),
            at,
        }],
    };
    Graph {
        gateway: "gw".to_owned(),
        instances: vec![place(0)],
        services: (0..count).map(service).collect(),
        sources: (0..count).map(source).collect(),
    }
}

#[test]
fn up_to_50_services_are_drawn_one_by_one_and_more_in_groups_by_state() {
    let view = View::of(&large(50));
    assert_eq!((view.rows.len(), view.sources.len()), (50, 50));
    let view = View::of(&large(300));
    let rows: Vec<(&str, State)> =
        view.rows.iter().map(|row| (row.node.label.as_str(), row.node.state)).collect();
    assert_eq!(rows, [("service-1", State::Broken), ("299 services", State::Allowed)]);
    assert_eq!(view.rows[1].endpoints[0].label, "598 endpoints");
    let sources: Vec<(&str, usize)> =
        view.sources.iter().map(|from| (from.node.label.as_str(), from.edges.len())).collect();
    let expected = [("source-0, source-3, source-4 and 295 more", 1), ("source-1", 1), ("source-2", 1)];
    assert_eq!(sources, expected);
    assert_eq!(view.sources[0].edges[0].count, 298);
    assert!(
        view.summary.contains("300 linked services (299 allowed, 1 broken), 600 endpoints"),
        "{}",
        view.summary
    );
}

/// A graph in which every text that comes from elsewhere is one of these.
fn of_names(names: &[String]) -> Graph {
    let name = |at: usize| names[at % names.len()].clone();
    let place = |at: usize| Place {
        address: name(at),
        port: i64::try_from(at).unwrap() - 1,
        state: State::ALL[at % 4],
        reason: name(at + 1),
    };
    let service = |at: usize| Service {
        name: name(at),
        protocol: "http",
        tls: "mutual",
        state: State::ALL[at % 4],
        reason: name(at + 2),
        endpoints: (0..at).map(place).collect(),
    };
    let source = |at: usize| Source {
        name: name(at + 1),
        services: (0..5)
            .map(|to| Reach { service: name(to), state: State::ALL[(at + to) % 4], reason: name(at), at: to })
            .collect(),
    };
    Graph {
        gateway: name(0),
        instances: (0..3).map(place).collect(),
        services: (0..5).map(service).collect(),
        sources: (0..5).map(source).collect(),
    }
}

/// Whether each line is one that Mermaid's grammar for flowcharts has, its texts without anything that means something.
fn is_mermaid(text: &str) -> Result<(), String> {
    const LABEL: &str = r##""(?:[^\x00-\x1f"#;<>&`\\\[\]{}|:]|#[0-9]+;|<br/>)*""##;
    let node = format!(
        r"(?:[sgvel][0-9]+(?:\[{LABEL}\]|\{{\{{{LABEL}\}}\}}|\[\[{LABEL}\]\]|\(\[{LABEL}\]\)):::[a-z]+|c[0-9]+\(\({LABEL}\)\))"
    );
    let line = r#"[scv][0-9]+ (?:-->|--x|==x|-\.->)(?:\|"[0-9a-z ]+"\|)? [cve][0-9]+"#;
    let all = format!(
        "^(?:flowchart LR|  accTitle: Terminating gateway|  accDescr: [0-9a-z ,()]+|  subgraph [a-z]+\\[{LABEL}\\]|  end|    {node}|  {line}\
         |  linkStyle [0-9,]+ stroke:#[0-9a-f]+|  classDef [a-z]+ fill:#[0-9a-f]+,stroke:#[0-9a-f]+,color:#[0-9a-f]+(?:,stroke-[a-z]+:[0-9a-z ]+)?)$"
    );
    let grammar = regex_lite::Regex::new(&all).unwrap();
    text.lines().try_for_each(|line| if grammar.is_match(line) { Ok(()) } else { Err(line.to_owned()) })
}

/// Whether every statement is one of DOT's that are used, with its texts in quotes.
fn is_dot(text: &str) -> Result<(), String> {
    const TEXT: &str = r#""(?:[^\x00-\x1f"\\<\x{fffe}\x{ffff}]|\\["\\n])*""#;
    let attributes = format!(r"\[(?:[a-z]+=(?:{TEXT}|[a-z0-9.]+),? ?)+\]");
    let all = format!(
        "^(?:digraph termgate \\{{|  graph \\[.*,|    label={TEXT}\\];|  subgraph cluster_[a-z]+ \\{{|    label={TEXT}; color={TEXT}; style=rounded;\
         |  \\}}|\\}}|  (?:node|edge) {attributes};|    [a-z][0-9]+ {attributes};|  [a-z][0-9]+ -> [a-z][0-9]+ {attributes};)$"
    );
    let grammar = regex_lite::Regex::new(&all).unwrap();
    text.lines().try_for_each(|line| if grammar.is_match(line) { Ok(()) } else { Err(line.to_owned()) })
}

/// Whether the elements are closed in order, and nothing in a text or an attribute begins one.
fn is_xml(text: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, after) = rest.split_at(start);
        let entities = before.split('&').skip(1);
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        if let Some(entity) =
            entities.into_iter().find(|one| !known.iter().any(|known| one.starts_with(known)))
        {
            return Err(format!("entity {entity}"));
        }
        if before.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            return Err(format!("characters {before:?}"));
        }
        let end = after.find('>').ok_or_else(|| after.to_owned())?;
        let tag = &after[1..end];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}>"));
            }
        } else if !tag.ends_with('/') {
            let grammar = regex_lite::Regex::new(r#"^[a-z]+(?: [a-zA-Z:-]+="[^"<&]*")*$"#).unwrap();
            if !grammar.is_match(tag) {
                return Err(format!("<{tag}>"));
            }
            open.push(tag.split(' ').next().unwrap_or_default());
        }
        rest = &after[end + 1..];
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let hostile = proptest::sample::select(vec![
        "\"".to_owned(),
        "end".to_owned(),
        "a\nb".to_owned(),
        "</text><script>alert(1)</script>".to_owned(),
        "]]>-->\\".to_owned(),
        "\\N\\G\\\"".to_owned(),
        "`md` **b**".to_owned(),
        "&amp;#quot;#35;%%{init}%%".to_owned(),
        "style a:b#35;".to_owned(),
        "\u{202e}\u{0}\u{1b}[31m\u{fffe}\u{ffff}".to_owned(),
        "世界 🦀 עברית".to_owned(),
        "x".repeat(200),
        "\"]}|>".repeat(40),
        String::new(),
    ]);
    prop::collection::vec(prop_oneof![hostile, any::<String>(), "[ -~]{0,40}"], 1..6)
}

proptest! {
    #[test]
    fn no_name_breaks_a_picture(names in names()) {
        let graph = of_names(&names);
        prop_assert_eq!(is_mermaid(&graph.mermaid()), Ok(()));
        prop_assert_eq!(is_dot(&graph.dot()), Ok(()));
        prop_assert_eq!(is_xml(&graph.svg()), Ok(()));
    }
}

#[test]
fn every_state_has_a_form_of_its_own_in_every_picture() {
    let graph = of_names(&["a".to_owned()]);
    let mermaid = graph.mermaid();
    for form in ["l0[\"", "l1{{\"", "l2[[\"", "l3([\"", "-->", "--x", "==x", "-.->"] {
        assert!(mermaid.contains(form), "{form}\n{mermaid}");
    }
    let dot = graph.dot();
    for form in ["hexagon", "peripheries=2", "dotted", "arrowhead=tee", "arrowhead=box", "arrowhead=odot"] {
        assert!(dot.contains(form), "{form}\n{dot}");
    }
    let svg = graph.svg();
    for state in State::ALL.map(State::name) {
        assert!(
            svg.contains(&format!("tg-line tg-{state}")) && svg.contains(&format!("#tg-end-{state}")),
            "{state}"
        );
    }
}

#[test]
fn nothing_in_an_svg_lies_on_another_node() {
    let svg = large(50).svg();
    let grammar = regex_lite::Regex::new(
        r#"<rect class="tg-node[^>]* x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)" rx"#,
    )
    .unwrap();
    let mut boxes: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for found in grammar.captures_iter(&svg) {
        let number = |at: usize| found[at].parse::<f64>().unwrap();
        boxes.entry(found[1].to_owned()).or_default().push((number(2), number(4)));
    }
    assert!(boxes.values().map(Vec::len).sum::<usize>() > 150, "{boxes:?}");
    for (column, mut places) in boxes {
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in places.windows(2) {
            // The samples of the legend stand beside each other.
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{column}: {pair:?}");
        }
    }
}

#[test]
fn an_agent_that_does_not_answer_gives_an_empty_graph() {
    let origin = Origin::Agent { address: "http://127.0.0.1:8500".to_owned(), is_local: true };
    let mut facts = Facts::nothing(origin, "gw", "gw");
    facts.agent = facts::Asked::Failed(Trouble::default());
    let graph = graph(&facts);
    assert_eq!((graph.services.len(), graph.instances[0].state), (0, State::Broken));
    assert_eq!(is_xml(&graph.svg()), Ok(()));
}
