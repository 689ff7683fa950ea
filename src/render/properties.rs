//! Properties of rendering, on snapshots nobody would write: no panic, the same bytes, and never a chain whose
//! RBAC says something else than [`Rules::decide`].

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Incremental, RenderOptions, Renderer, StaticOptions, render, static_config};
use crate::go::url;
use crate::intentions::{Request, Rules, Source, Verdict};
use crate::snapshot::{ServiceName, Snapshot};
use crate::tls_files::{FileProblem, FileState, FileUse};

const SOURCES: [&str; 5] = ["web", "api", "batch", "w.b", "a+b"];
const NAMESPACES: [&str; 3] = ["", "default", "team"];
const PATHS: [&str; 5] = ["/", "/admin", "/admin/x?y=/v1", "/v1/items", "/v12"];

/// What Envoy's RBAC does, written after Envoy's documentation and not after the code it checks.
mod envoy {
    use regex_lite::Regex;
    use serde_json::Value;

    pub struct Client<'a> {
        pub uri: String,
        pub method: &'a str,
        pub path: &'a str,
        pub headers: &'a [(&'a str, &'a str)],
    }

    pub fn allows(rules: &Value, client: &Client<'_>) -> bool {
        let any = |list: &Value, matches: fn(&Value, &Client<'_>) -> bool| {
            list.as_array().unwrap().iter().any(|item| matches(item, client))
        };
        let policies = rules["policies"].as_object();
        let matched = policies
            .into_iter()
            .flat_map(|policies| policies.values())
            .any(|policy| any(&policy["permissions"], permission) && any(&policy["principals"], principal));
        match rules.get("action").map_or("ALLOW", |action| action.as_str().unwrap()) {
            "ALLOW" => matched,
            "DENY" => !matched,
            other => panic!("action {other}"),
        }
    }

    fn only(value: &Value) -> (&str, &Value) {
        let object = value.as_object().unwrap();
        assert_eq!(object.len(), 1, "{value}");
        object.iter().map(|(key, value)| (key.as_str(), value)).next().unwrap()
    }

    fn principal(value: &Value, client: &Client<'_>) -> bool {
        match only(value) {
            ("and_ids", ids) => ids["ids"].as_array().unwrap().iter().all(|id| principal(id, client)),
            ("not_id", id) => !principal(id, client),
            ("authenticated", by) => string(&by["principal_name"], &client.uri),
            (other, _) => panic!("principal {other}"),
        }
    }

    fn permission(value: &Value, client: &Client<'_>) -> bool {
        match only(value) {
            ("any", any) => any.as_bool().unwrap(),
            ("and_rules", rules) => {
                rules["rules"].as_array().unwrap().iter().all(|rule| permission(rule, client))
            }
            ("not_rule", rule) => !permission(rule, client),
            ("url_path", path) => string(&path["path"], client.path.split('?').next().unwrap()),
            ("header", matcher) => header(matcher, client),
            (other, _) => panic!("permission {other}"),
        }
    }

    fn header(matcher: &Value, client: &Client<'_>) -> bool {
        let name = matcher["name"].as_str().unwrap();
        let invert = matcher["invert_match"].as_bool().unwrap_or(false);
        let values: Vec<&str> = if name == ":method" {
            vec![client.method]
        } else {
            client.headers.iter().filter(|(key, _)| *key == name).map(|(_, value)| *value).collect()
        };
        if matcher.get("present_match").is_some() {
            return values.is_empty() == invert;
        }
        let holds = values.iter().any(|value| string(&matcher["string_match"], value));
        !values.is_empty() && holds != invert
    }

    pub fn string(matcher: &Value, text: &str) -> bool {
        let ignore_case = matcher["ignore_case"].as_bool().unwrap_or(false);
        let fold = |text: &str| if ignore_case { text.to_ascii_lowercase() } else { text.to_owned() };
        let text = fold(text);
        let wanted = |key: &str| matcher.get(key).map(|wanted| fold(wanted.as_str().unwrap()));
        if let Some(exact) = wanted("exact") {
            text == exact
        } else if let Some(prefix) = wanted("prefix") {
            text.starts_with(&prefix)
        } else if let Some(suffix) = wanted("suffix") {
            text.ends_with(&suffix)
        } else if let Some(part) = wanted("contains") {
            text.contains(&part)
        } else {
            let regex = matcher["safe_regex"]["regex"].as_str().unwrap();
            assert!(!ignore_case, "Envoy refuses ignore_case with safe_regex");
            Regex::new(&format!("^(?:{regex})$")).unwrap().is_match(&text)
        }
    }
}

fn header_rule() -> impl Strategy<Value = Value> {
    let how = select(vec![
        json!({"Present": true}),
        json!({"Exact": "blue"}),
        json!({"Exact": "BLUE", "IgnoreCase": true}),
        json!({"Prefix": "bl"}),
        json!({"Suffix": "ue"}),
        json!({"Contains": "lu"}),
        json!({"Regex": "[a-z]+", "IgnoreCase": true}),
    ]);
    (select(vec!["x-a", "x-b"]), how, any::<bool>()).prop_map(|(name, how, invert)| {
        let mut rule = json!({"Name": name, "Invert": invert});
        rule.as_object_mut().unwrap().extend(how.as_object().unwrap().clone());
        rule
    })
}

fn permission() -> impl Strategy<Value = Value> {
    let path = select(vec![
        json!({}),
        json!({"PathExact": "/admin"}),
        json!({"PathPrefix": "/admin"}),
        json!({"PathRegex": "/v[0-9]+(/.*)?"}),
    ]);
    let methods = select(vec![json!(null), json!(["GET"]), json!(["GET", "PUT"])]);
    let headers = prop::collection::vec(header_rule(), 0..3);
    (select(vec!["allow", "deny"]), path, methods, headers).prop_map(
        |(action, mut http, methods, headers)| {
            http["Methods"] = methods;
            http["Header"] = headers.into();
            json!({"Action": action, "HTTP": http})
        },
    )
}

fn intention() -> impl Strategy<Value = Value> {
    let mut sources = vec!["*", "*", "*"];
    sources.extend(SOURCES);
    let decides = prop_oneof![
        3 => select(vec![json!({"Action": "allow"}), json!({"Action": "deny"})]),
        2 => prop::collection::vec(permission(), 0..4).prop_map(|permissions| json!({"Permissions": permissions})),
    ];
    let namespaces = || select(vec!["", "default", "default", "team", "*"]);
    let rest = (select(vec!["", "", "", "", "east"]), prop::bool::weighted(0.03));
    (select(sources), namespaces(), select(vec!["db", "db", "*", "other"]), namespaces(), decides, rest)
        .prop_map(|(source, source_ns, destination, destination_ns, mut intention, (peer, jwt))| {
            // As in Consul, a wildcard namespace has only the wildcard name.
            intention["SourceName"] = if source_ns == "*" { "*" } else { source }.into();
            intention["SourceNS"] = source_ns.into();
            intention["DestinationName"] = if destination_ns == "*" { "*" } else { destination }.into();
            intention["DestinationNS"] = destination_ns.into();
            intention["SourcePeer"] = peer.into();
            if jwt {
                intention["JWT"] = json!({"Providers": [{"Name": "okta"}]});
            }
            intention
        })
}

/// A gateway with one service, `db`, that has everything it needs.
fn one_service(intentions: &[Value], default: &str, protocol: &str) -> Snapshot {
    serde_json::from_value(json!({
        "Format": Snapshot::FORMAT,
        "Datacenter": "dc1",
        "DefaultIntention": default,
        "Gateway": {"Service": "gw", "Address": "127.0.0.1", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "Roots": [{"RootCert": "R"}]},
        "Links": [{"Service": {"Name": "db"}}],
        "Instances": {"db": [{"Service": {"ID": "db", "Address": "10.0.0.1", "Port": 80}}]},
        "Leaves": {"db": {"CertPEM": "C", "PrivateKeyPEM": "K"}},
        "ServiceDefaults": {"db": {"Name": "db", "Protocol": protocol}},
        "Intentions": intentions,
    }))
    .unwrap()
}

/// The rules of the only chain with a name.
fn rbac_of(snapshot: &Snapshot) -> Value {
    let rendered = render(snapshot, &RenderOptions::default());
    let resources = json!(rendered.resources);
    let filter = &resources["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
    let filters = std::iter::once(filter)
        .chain(filter["http_filters"].as_array().into_iter().flatten().map(|filter| &filter["typed_config"]));
    let mut rules = filters.filter_map(|filter| filter.get("rules"));
    let found = rules.next().unwrap_or_else(|| panic!("no rules in {resources}")).clone();
    assert!(rules.next().is_none(), "rules twice in {resources}");
    found
}

/// As many cases as the build can run in a second or two; none is kept beside the sources.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn rbac_lets_through_exactly_the_requests_that_intentions_allow(
        intentions in prop::collection::vec(intention(), 0..7),
        default in select(vec!["allow", "deny"]),
        protocol in select(vec!["tcp", "http", "grpc"]),
        headers in prop::collection::vec((select(vec!["x-a", "x-b"]), select(vec!["blue", "BLUE", "red", "9"])), 0..3),
        method in select(vec!["GET", "PUT", "DELETE"]),
    ) {
        let snapshot = one_service(&intentions, default, protocol);
        let destination = ServiceName { name: "db".into(), ..ServiceName::default() };
        let rules = Rules::of(&snapshot, &destination);
        let rbac = rbac_of(&snapshot);
        for name in SOURCES.iter().chain(&["other", "wxb", "aab"]) {
            for namespace in NAMESPACES {
                for path in PATHS {
                    let namespace_in_id = if namespace.is_empty() { "default" } else { namespace };
                    let uri = format!("spiffe://td.consul/ns/{namespace_in_id}/dc/dc2/svc/{name}");
                    let allowed = envoy::allows(&rbac, &envoy::Client { uri, method, path, headers: &headers });
                    let source = Source { namespace, ..Source::named(name) };
                    let decision = rules.decide(source, Some(Request { method, path, headers: &headers }));
                    let expected = if allowed { Verdict::Allow } else { Verdict::Deny };
                    prop_assert_eq!(decision.verdict, expected, "{}/{} {} {} {}", namespace, name, method, path, rbac);
                }
            }
        }
    }
}

/// Names that look like expressions, like each other, or that a URI cannot hold as they are.
const ODD_SOURCES: [&str; 12] =
    ["web", "we", "webs", "api", "w.b", "a+b", "a(b", "[x]", "x^y", "bü", "50%", "a b"];

fn tcp_intention() -> impl Strategy<Value = Value> {
    let mut sources = vec!["*", "*", "*"];
    sources.extend(ODD_SOURCES);
    let source =
        (select(sources), select(vec!["", "default", "team", "*"]), select(vec!["", "default", "east"]));
    let destination = (select(vec!["db", "db", "*", "other"]), select(vec!["", "default", "*"]));
    let decides = select(vec![
        json!({"Action": "allow"}),
        json!({"Action": "allow"}),
        json!({"Action": "deny"}),
        json!({"Action": "deny"}),
        json!({"Permissions": [{"Action": "allow", "HTTP": {"PathPrefix": "/"}}]}),
        json!({}),
    ]);
    (source, destination, decides, select(vec!["", "", "", "east"])).prop_map(
        |((source, source_ns, partition), (destination, destination_ns), mut intention, peer)| {
            intention["SourceName"] = if source_ns == "*" { "*" } else { source }.into();
            intention["SourceNS"] = source_ns.into();
            intention["SourcePartition"] = partition.into();
            intention["DestinationName"] = if destination_ns == "*" { "*" } else { destination }.into();
            intention["DestinationNS"] = destination_ns.into();
            intention["SourcePeer"] = peer.into();
            intention
        },
    )
}

/// What the first chain wants of a client's certificate.
struct Handshake(Vec<Value>);

impl Handshake {
    /// Whether Envoy lets in a certificate with these URIs.
    fn allows(&self, names: &[&str]) -> bool {
        self.0.iter().any(|matcher| names.iter().any(|name| envoy::string(matcher, name)))
    }
}

fn handshake_of(snapshot: &Snapshot) -> Handshake {
    let resources = json!(render(snapshot, &RenderOptions::default()).resources);
    let socket = &resources["listeners"][0]["filter_chains"][0]["transport_socket"]["typed_config"];
    assert_eq!(socket["require_client_certificate"], true);
    let context = &socket["common_tls_context"]["combined_validation_context"];
    assert_eq!(context["validation_context_sds_secret_config"]["name"], "roots");
    let matchers = context["default_validation_context"]["match_typed_subject_alt_names"].as_array().unwrap();
    assert!(matchers.iter().all(|matcher| matcher["san_type"] == "URI"));
    Handshake(matchers.iter().map(|matcher| matcher["matcher"].clone()).collect())
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn handshakes_rbac_and_intentions_let_the_same_sources_through(
        intentions in prop::collection::vec(tcp_intention(), 0..7),
        default in select(vec!["allow", "deny"]),
    ) {
        let snapshot = one_service(&intentions, default, "tcp");
        let destination = ServiceName { name: "db".into(), ..ServiceName::default() };
        let rules = Rules::of(&snapshot, &destination);
        let (rbac, handshake) = (rbac_of(&snapshot), handshake_of(&snapshot));
        for name in ODD_SOURCES.iter().chain(&["other", "w", "x", "wxb", "aab", "5", "b"]) {
            for (namespace, partition) in [("default", ""), ("team", ""), ("else", ""), ("default", "east"), ("team", "east"), ("team", "west")] {
                let scope = if partition.is_empty() { String::new() } else { format!("ap/{partition}/") };
                let path = format!("{scope}ns/{namespace}/dc/dc-2/svc/{}", url::segment(name));
                let uri = format!("spiffe://td.consul/{path}");
                let decision = rules.decide(Source { namespace, partition, ..Source::named(name) }, None);
                let expected = decision.verdict == Verdict::Allow;
                let client = envoy::Client { uri: uri.clone(), method: "", path: "", headers: &[] };
                prop_assert_eq!(envoy::allows(&rbac, &client), expected, "RBAC on {}: {:?} {}", uri, decision, rbac);
                prop_assert_eq!(handshake.allows(&[&uri]), expected, "handshake of {}: {:?}", uri, decision);
            }
        }
    }

    #[test]
    fn handshakes_refuse_identities_of_other_meshes(
        intentions in prop::collection::vec(tcp_intention(), 0..7),
        default in select(vec!["allow", "deny"]),
    ) {
        let handshake = handshake_of(&one_service(&intentions, default, "tcp"));
        for name in ["web", "other"] {
            for uri in [
                format!("spiffe://other.consul/ns/default/dc/dc1/svc/{name}"),
                format!("spiffe://tdXconsul/ns/default/dc/dc1/svc/{name}"),
                format!("spiffe://td.consul.evil/ns/default/dc/dc1/svc/{name}"),
                format!("xspiffe://td.consul/ns/default/dc/dc1/svc/{name}"),
                "spiffe://td.consul".to_owned(),
                String::new(),
            ] {
                prop_assert!(!handshake.allows(&[&uri]), "{}", uri);
            }
        }
        prop_assert!(!handshake.allows(&[]));
    }
}

#[test]
fn a_denied_name_in_another_spelling_is_denied_too() {
    let deny = json!({"SourceName": "a(b", "DestinationName": "db", "Action": "deny"});
    let api = json!({"SourceName": "api", "DestinationName": "db", "Action": "deny"});
    let handshake = handshake_of(&one_service(&[deny, api], "allow", "tcp"));
    let passes =
        |name: &str| handshake.allows(&[&format!("spiffe://td.consul/ns/default/dc/dc1/svc/{name}")]);
    for denied in ["a(b", "a%28b", "api", "%61pi", "ap%69", "a%2fb", "api%", "api%2", "", "api/x", "a%c3%bc"]
    {
        assert!(!passes(denied), "{denied}");
    }
    for allowed in ["a(", "a%28", "a%28c", "a%29b", "apis", "ap", "b%C3%BC", "API"] {
        assert!(passes(allowed), "{allowed}");
    }
    // Several names: one of them is enough. RBAC refuses a certificate with any denied name.
    let names = ["api", "web"].map(|name| format!("spiffe://td.consul/ns/default/dc/dc1/svc/{name}"));
    assert!(handshake.allows(&[&names[0], &names[1]]));
}

#[test]
fn only_tcp_chains_decide_in_the_handshake_and_wait_for_it_where_envoy_can() {
    let options = |version: Option<&str>| RenderOptions {
        envoy_version: version.map(|version| crate::envoy::version::EnvoyVersion::parse(version).unwrap()),
        ..RenderOptions::default()
    };
    let chain = |protocol: &str, version: Option<&str>| {
        let snapshot = one_service(&[], "allow", protocol);
        json!(render(&snapshot, &options(version)).resources)["listeners"][0]["filter_chains"].clone()
    };
    let context = |chain: &Value| chain["transport_socket"]["typed_config"]["common_tls_context"].clone();
    for protocol in ["http", "http2", "grpc"] {
        let chain = chain(protocol, Some("1.40.0"));
        assert!(context(&chain[0]).get("combined_validation_context").is_none());
        assert!(!chain.to_string().contains("upstream_connect_mode"));
    }
    for (version, waits) in
        [(None, false), (Some("1.36.9"), false), (Some("1.37.0"), true), (Some("1.40.0"), true)]
    {
        let chain = chain("tcp", version);
        assert!(context(&chain[0]).get("combined_validation_context").is_some());
        let proxy = &chain[0]["filters"][1]["typed_config"];
        assert_eq!(proxy.get("upstream_connect_mode").is_some(), waits, "{version:?}");
        if waits {
            assert_eq!(proxy["upstream_connect_mode"], "ON_DOWNSTREAM_TLS_HANDSHAKE");
            assert_eq!(proxy["max_early_data_bytes"], 0);
        }
        // A chain without TLS has no handshake.
        assert!(chain[1]["filters"][0]["typed_config"].get("upstream_connect_mode").is_none());
    }
}

/// Text that breaks naive code.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["", "web", "db", "*", "Web", "a.b", "10.0.0.1", "::1", "x.example", "tcp", "http2", "gw"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// Any JSON, for the parts of a snapshot that are kept as Consul prints them.
fn any_json() -> impl Strategy<Value = Value> {
    let keys = vec![
        "Config",
        "protocol",
        "connect_timeout_ms",
        "envoy_gateway_bind_addresses",
        "envoy_dns_discovery_type",
        "envoy_gateway_bind_tagged_addresses",
        "envoy_gateway_no_default_bind",
        "envoy_listener_tracing_json",
        "address",
        "port",
        "AccessLogs",
        "Enabled",
        "Type",
        "JSONFormat",
        "TLS",
        "Incoming",
        "CipherSuites",
        "HTTP",
        "TTL",
        "EnvoyExtensions",
        "Name",
        "Arguments",
        "ARN",
        "ChoiceCount",
        "MinimumRingSize",
        "CookieConfig",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        select(vec![0.5, -1.0, 1e300]).prop_map(Value::from),
        text().prop_map(Value::from),
        select(vec!["builtin/aws/lambda", "a:b:c:d", "STRICT_DNS", "{}", "9"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let keys = keys.clone();
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(select(keys).prop_map(str::to_owned), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn instance() -> impl Strategy<Value = Value> {
    let checks = prop::collection::vec(select(vec!["passing", "warning", "critical", "odd"]), 0..3);
    (text(), text(), any::<u32>(), any::<i64>(), checks).prop_map(|(address, node, port, weight, checks)| {
        let checks: Vec<Value> = checks.into_iter().map(|status| json!({"Status": status})).collect();
        json!({"Node": {"Address": node}, "Checks": checks,
            "Service": {"Address": address, "Port": port, "Weights": {"Passing": weight, "Warning": 0}}})
    })
}

fn resolver() -> impl Strategy<Value = Value> {
    let filters =
        vec!["", "Service.Port == 80", "(", "Node.Meta[", "not not Checks.Status == passing", "x in y"];
    let subset = (select(filters), any::<bool>())
        .prop_map(|(filter, only_passing)| json!({"Filter": filter, "OnlyPassing": only_passing}));
    let subsets = prop::collection::btree_map(text(), subset, 0..3);
    let durations = || select(vec!["", "3s", "1h0.5ms", "-1s", "99999999999999h", "x"]);
    let policies = select(vec!["", "ring_hash", "maglev", "least_request", "odd"]);
    (subsets, text(), durations(), durations(), policies, any_json()).prop_map(
        |(subsets, default, connect, request, policy, any)| {
            json!({"Subsets": subsets, "DefaultSubset": default, "ConnectTimeout": connect, "RequestTimeout": request,
                "Redirect": any, "Failover": any, "LoadBalancer": {"Policy": policy, "LeastRequestConfig": any,
                "RingHashConfig": any, "HashPolicies": [{"Field": "cookie", "CookieConfig": any}, {"Field": policy}]}})
        },
    )
}

prop_compose! {
    fn snapshot()(
        links in prop::collection::vec((text(), text(), text(), select(vec!["", "service", "destination"])), 0..6),
        instances in prop::collection::btree_map(text(), prop::collection::vec(instance(), 0..3), 0..5),
        leaves in prop::collection::btree_map(text(), text(), 0..6),
        resolvers in prop::collection::btree_map(text(), resolver(), 0..3),
        destinations in prop::collection::btree_map(text(), (text(), prop::collection::vec(text(), 0..3), any::<u32>()), 0..3),
        intentions in prop::collection::vec(intention(), 0..4),
        proxy in prop::option::of(any_json()),
        shared in any_json(),
        mesh in any_json(),
        roots in 0_usize..3,
        gateway in (text(), any::<u32>(), any_json()),
    ) -> Snapshot {
        let links: Vec<Value> = links.into_iter().map(|(name, ca, sni, kind)| {
            json!({"Service": {"Name": name}, "CAFile": ca, "SNI": sni, "ServiceKind": kind})
        }).collect();
        let leaves: Value = leaves.into_iter().map(|(name, cert)| (name, json!({"CertPEM": cert}))).collect();
        let defaults: Value = destinations.into_iter().map(|(name, (protocol, addresses, port))| {
            (name, json!({"Protocol": protocol, "Destination": {"Addresses": addresses, "Port": port}, "EnvoyExtensions": [shared]}))
        }).collect();
        let config = gateway.2.as_object().cloned();
        serde_json::from_value(json!({
            "Format": Snapshot::FORMAT, "Datacenter": "dc1", "Links": links, "Instances": instances, "Leaves": leaves,
            "ServiceResolvers": resolvers, "ServiceDefaults": defaults, "Intentions": intentions,
            "ProxyDefaults": proxy, "Mesh": mesh,
            "Roots": {"TrustDomain": "td", "Roots": vec![json!({"RootCert": "R"}); roots]},
            "Gateway": {"Address": gateway.0, "Port": gateway.1, "Proxy": {"Config": config}},
        })).unwrap()
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_snapshot_renders_the_same_bytes_each_time(snapshot in snapshot()) {
        let options = RenderOptions::default();
        let rendered = render(&snapshot, &options);
        let text = json!(rendered.resources).to_string();
        prop_assert_eq!(&text, &json!(render(&snapshot, &options).resources).to_string());
        let mut shuffled = snapshot.clone();
        Arc::make_mut(&mut shuffled.intentions).reverse();
        prop_assert_eq!(&text, &json!(render(&shuffled, &options).resources).to_string());
        static_config(&rendered.resources, &StaticOptions::default());
        prop_assert_eq!(Snapshot::from_json(snapshot.to_json().as_bytes(), "s".as_ref()).unwrap(), snapshot);
    }

    #[test]
    fn services_rendered_one_by_one_make_the_whole(snapshot in snapshot()) {
        let options = RenderOptions::default();
        let renderer = Renderer::new(&snapshot, &options);
        let mut services: Vec<_> = renderer.links().map(|link| Arc::new(renderer.service(link))).collect();
        services.reverse();
        let assembled = renderer.assemble(services);
        prop_assert_eq!(assembled.resources, render(&snapshot, &options).resources);
    }

    #[test]
    fn rendering_after_a_change_equals_rendering_from_scratch(
        before in snapshot(),
        other in snapshot(),
        parts in prop::collection::vec(any::<bool>(), 11),
    ) {
        let (before, other) = (Arc::new(before), other);
        let mut after = (*before).clone();
        // A few parts of another snapshot in the place of its own.
        let mut parts = parts.into_iter();
        let mut is_changed = || parts.next() == Some(true);
        if is_changed() { after.links = other.links }
        if is_changed() { after.entry = other.entry }
        if is_changed() { after.leaves = other.leaves }
        if is_changed() { after.instances.extend(other.instances.into_iter().take(1)) }
        if is_changed() { after.service_defaults = other.service_defaults }
        if is_changed() { after.service_resolvers = other.service_resolvers }
        if is_changed() { after.intentions = other.intentions }
        if is_changed() { after.gateway = other.gateway }
        if is_changed() { after.roots = other.roots }
        if is_changed() { after.proxy_defaults = other.proxy_defaults }
        if is_changed() { after.default_intention = other.default_intention }
        let after = Arc::new(after);
        let (options, mut incremental) = (RenderOptions::default(), Incremental::default());
        for snapshot in [&before, &after, &after, &before] {
            prop_assert_eq!(incremental.render(snapshot, &options), render(snapshot, &options));
        }
        let with_system_ca = RenderOptions { system_ca: true, ..RenderOptions::default() };
        prop_assert_eq!(incremental.render(&before, &with_system_ca), render(&before, &with_system_ca));
    }

    #[test]
    fn prepared_resources_do_not_change_served_ones(snapshot in snapshot()) {
        let served = render(&snapshot, &RenderOptions::default()).resources;
        let prepared = render(&snapshot, &RenderOptions { prepare: true, ..RenderOptions::default() }).resources;
        prop_assert_eq!(&prepared.listeners, &served.listeners);
        prop_assert_eq!(&prepared.routes, &served.routes);
        for (name, cluster) in &served.clusters {
            prop_assert_eq!(&prepared.clusters[name], cluster);
            prop_assert_eq!(prepared.endpoints.get(name), served.endpoints.get(name));
        }
    }

    #[test]
    fn every_cluster_has_a_chain_that_guards_it(snapshot in snapshot()) {
        let resources = render(&snapshot, &RenderOptions::default()).resources;
        for listener in resources.listeners.values() {
            let names: Vec<&String> = listener.filter_chains.iter()
                .filter_map(|chain| chain.filter_chain_match.as_ref())
                .flat_map(|found| &found.server_names)
                .collect();
            prop_assert_eq!(names, resources.clusters.keys().collect::<Vec<_>>());
        }
    }
}

/// What must be reported, by code.
fn codes(snapshot: &Snapshot) -> Vec<&'static str> {
    render(snapshot, &RenderOptions::default()).findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn names_that_envoy_cannot_distinguish_never_share_chain_and_cluster() {
    let mut snapshot = one_service(&[], "allow", "tcp");
    for (name, port) in [("v1.db", 81), ("Db2", 82), ("db2", 83)] {
        let link = json!({"Service": {"Name": name}});
        Arc::make_mut(&mut snapshot.links).push(serde_json::from_value(link).unwrap());
        let instance = json!({"Service": {"Address": "10.0.0.2", "Port": port}});
        snapshot.instances.insert(name.into(), Arc::new(vec![serde_json::from_value(instance).unwrap()]));
        let leaf = Arc::clone(&snapshot.leaves["db"]);
        Arc::make_mut(&mut snapshot.leaves).insert(name.into(), leaf);
    }
    let resolver = json!({"Name": "db", "Subsets": {"v1": {}, "V1": {}}});
    Arc::make_mut(&mut snapshot.service_resolvers)
        .insert("db".into(), serde_json::from_value(resolver).unwrap());
    assert_eq!(codes(&snapshot), ["duplicate-name", "duplicate-name", "duplicate-name"]);
    let resources = render(&snapshot, &RenderOptions::default()).resources;
    let names: Vec<&str> = resources.clusters.keys().map(String::as_str).collect();
    let short: Vec<&str> =
        names.iter().map(|name| name.trim_end_matches(".default.dc1.internal.td.consul")).collect();
    assert_eq!(short, ["Db2", "V1.db", "db"]);
    assert_eq!(resources.listeners.values().next().unwrap().filter_chains.len(), 4);
}

#[test]
fn a_service_that_cannot_be_served_is_closed_and_reported() {
    let open = one_service(&[], "allow", "tcp");
    assert_eq!(codes(&open), [""; 0]);
    let closes = |change: &dyn Fn(&mut Snapshot), code: &str| {
        let mut snapshot = open.clone();
        change(&mut snapshot);
        assert!(codes(&snapshot).contains(&code), "{code}: {:?}", codes(&snapshot));
        let resources = render(&snapshot, &RenderOptions::default()).resources;
        assert!(resources.clusters.is_empty(), "{code}");
        let listener = resources.listeners.values().next().unwrap();
        assert_eq!(listener.filter_chains.len(), 1, "{code}");
    };
    closes(&|snapshot| Arc::make_mut(&mut snapshot.leaves).clear(), "no-leaf");
    closes(
        &|snapshot| {
            let long = json!({"SourceName": "x".repeat(1000), "DestinationName": "db", "Action": "deny"});
            snapshot.intentions = vec![serde_json::from_value(long).unwrap()].into();
        },
        "too-many-sources",
    );
    closes(&|snapshot| snapshot.instances.clear(), "no-instance");
    closes(&|snapshot| snapshot.roots.roots.clear(), "no-roots");
    let problem = FileProblem { path: "/ca.pem".into(), reason: "no such file".into(), help: "" };
    let file_use = FileUse::Authorities("/ca.pem".into());
    let state = FileState { content: None, problem: Some(problem), invalid: None };
    let options = RenderOptions { tls_files: [(file_use, state)].into(), ..RenderOptions::default() };
    let mut snapshot = open.clone();
    Arc::make_mut(&mut snapshot.links)[0].ca_file = "/ca.pem".into();
    let rendered = render(&snapshot, &options);
    assert!(rendered.resources.clusters.is_empty());
    assert_eq!(
        rendered.findings[0].to_string(),
        "service `db`: CAFile `/ca.pem`: no such file; it is not served"
    );
}
