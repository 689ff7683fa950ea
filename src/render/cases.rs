//! Cases of Consul 1.21 that no recording covers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Incremental, RenderOptions, Rendered, render};
use crate::envoy::version::EnvoyVersion;
use crate::snapshot::Snapshot;

/// A gateway with one service, `db`, that everybody may reach; `parts` are put in the place of its own.
fn gateway(parts: &Value) -> Rendered {
    render(&snapshot(parts), &RenderOptions::default())
}

fn snapshot(parts: &Value) -> Snapshot {
    let mut snapshot = json!({
        "Format": Snapshot::FORMAT,
        "Datacenter": "dc1",
        "DefaultIntention": "allow",
        "Gateway": {"Service": "gw", "Address": "127.0.0.1", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "Roots": [{"RootCert": "R"}]},
        "Links": [{"Service": {"Name": "db"}}],
        "Instances": {"db": [instance("10.0.0.1", "v1", "passing")]},
        "Leaves": {"db": {"CertPEM": "C", "PrivateKeyPEM": "K"}},
    });
    for (key, part) in parts.as_object().unwrap() {
        snapshot[key] = part.clone();
    }
    serde_json::from_value(snapshot).unwrap()
}

fn instance(address: &str, version: &str, status: &str) -> Value {
    json!({"Checks": [{"Status": status}],
        "Service": {"ID": address, "Address": address, "Port": 80, "Meta": {"version": version}}})
}

/// The resources of one kind by the start of their names.
fn named(rendered: &Rendered, kind: &str) -> Vec<(String, Value)> {
    let resources = json!(rendered.resources);
    let short = |resource: &Value| {
        let name = resource.get("name").or(resource.get("cluster_name")).unwrap().as_str().unwrap();
        name.trim_end_matches(".default.dc1.internal.td.consul").to_owned()
    };
    resources[kind].as_array().unwrap().iter().map(|resource| (short(resource), resource.clone())).collect()
}

/// The addresses in a load assignment, if there is one.
fn addresses(assignment: &Value) -> Vec<String> {
    let endpoints = assignment["endpoints"][0]["lb_endpoints"].as_array();
    let address = |found: &Value| found["endpoint"]["address"]["socket_address"]["address"].clone();
    endpoints.into_iter().flatten().map(|found| address(found).as_str().unwrap().to_owned()).collect()
}

#[test]
fn host_names_belong_to_the_service_not_to_its_subsets() {
    let rendered = gateway(&json!({
        "Instances": {"db": [
            instance("10.0.0.1", "v1", "passing"),
            instance("a.example", "v2", "warning"),
            instance("b.example", "v3", "passing"),
        ]},
        "ServiceResolvers": {"db": {"DefaultSubset": "v3", "Subsets": {
            "v1": {"Filter": "Service.Meta.version == v1"},
            "v2": {"Filter": "Service.Meta.version == v2", "OnlyPassing": true},
            "v3": {"Filter": "Service.Meta.version == v3"},
        }}},
    }));
    let clusters = named(&rendered, "clusters");
    let clusters: Vec<_> = clusters
        .iter()
        .map(|(name, cluster)| {
            let used = addresses(&cluster["load_assignment"]).join(",");
            (name.as_str(), cluster["type"].as_str().unwrap(), used)
        })
        .collect();
    assert_eq!(
        clusters,
        [
            ("db", "LOGICAL_DNS", "a.example".to_owned()),
            ("v1.db", "EDS", String::new()),
            ("v2.db", "LOGICAL_DNS", "a.example".to_owned()),
            ("v3.db", "LOGICAL_DNS", "b.example".to_owned()),
        ]
    );
    let endpoints = named(&rendered, "endpoints");
    assert_eq!(endpoints.len(), 1);
    assert_eq!((endpoints[0].0.as_str(), addresses(&endpoints[0].1).len()), ("v1.db", 0));
}

#[test]
fn settings_for_instances_are_not_for_destinations() {
    let rendered = gateway(&json!({
        "Links": [{"Service": {"Name": "db"}, "ServiceKind": "destination"}],
        "Instances": {},
        "ServiceDefaults": {"db": {"Protocol": "http", "Destination": {"Addresses": ["a.example"], "Port": 443}}},
        "ServiceResolvers": {"db": {"ConnectTimeout": "1s", "RequestTimeout": "1s", "Subsets": {"v1": {}}}},
        "Gateway": {"Service": "gw", "Address": "127.0.0.1", "Port": 8443, "Proxy": {"Config": {
            "envoy_dns_discovery_type": "STRICT_DNS",
            "envoy_gateway_remote_tcp_enable_keepalive": true,
            "connect_timeout_ms": 2000,
        }}},
    }));
    let clusters = named(&rendered, "clusters");
    let [(name, cluster)] = clusters.as_slice() else { panic!("{clusters:#?}") };
    assert_eq!(name, "destination.a-example.db");
    assert_eq!(cluster["type"], "LOGICAL_DNS");
    assert_eq!(cluster["connect_timeout"], "2s");
    assert_eq!(cluster["upstream_connection_options"], Value::Null);
    let routes = named(&rendered, "routes");
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0].1["virtual_hosts"][0]["routes"][0]["route"]["timeout"], Value::Null);
}

#[test]
fn binds_of_the_same_name_are_listeners_of_their_own() {
    let rendered = gateway(&json!({
        "Gateway": {"Service": "gw", "Address": "", "Port": 8443,
            "TaggedAddresses": {"lan": {"Address": "127.0.0.2", "Port": 8443}},
            "Proxy": {"Config": {"envoy_gateway_bind_tagged_addresses": true, "envoy_gateway_bind_addresses": {
                "default": {"address": "127.0.0.3", "port": 8443},
                "lan": {"address": "127.0.0.4", "port": 8443},
                "local": {"port": 8444},
            }}}},
    }));
    let listeners: Vec<String> = named(&rendered, "listeners").into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        listeners,
        [
            "default:0.0.0.0:8443",
            "default:127.0.0.3:8443",
            "lan:127.0.0.2:8443",
            "lan:127.0.0.4:8443",
            "local:127.0.0.1:8444",
        ]
    );
}

#[test]
fn permissions_equal_to_the_default_make_no_policy_and_take_no_number() {
    let permission = |action: &str| json!({"Action": action, "HTTP": {"PathPrefix": "/a"}});
    let rendered = gateway(&json!({
        "ServiceDefaults": {"db": {"Protocol": "http"}},
        "Intentions": [
            {"SourceName": "a", "DestinationName": "db", "Permissions": [permission("allow")]},
            {"SourceName": "b", "DestinationName": "db", "Permissions": [permission("deny")]},
            {"SourceName": "*", "DestinationName": "db", "Action": "deny"},
        ],
    }));
    let listeners = named(&rendered, "listeners");
    let manager = &listeners[0].1["filter_chains"][0]["filters"][0]["typed_config"];
    let policies = manager["http_filters"][0]["typed_config"]["rules"]["policies"].as_object().unwrap();
    let names: Vec<&str> = policies.keys().map(String::as_str).collect();
    assert_eq!(names, ["consul-intentions-layer4", "consul-intentions-layer7-0"]);
    let principal = &policies["consul-intentions-layer4"]["principals"][0]["and_ids"]["ids"];
    assert_eq!(principal.as_array().unwrap().len(), 3, "`*` without `b` and without `a`");
}

#[test]
fn a_lambda_function_replaces_the_service_that_it_is_for() {
    let lambda = |extension: Value, entry: Value, kind: &str| {
        let mut defaults = json!({"Protocol": "http", "EnvoyExtensions": [extension]});
        defaults.as_object_mut().unwrap().extend(entry.as_object().unwrap().clone());
        let rendered = gateway(&json!({
            "ConsulVersion": "1.21.4+ent",
            "Links": [{"Service": {"Name": "db"}, "ServiceKind": kind}],
            "ServiceDefaults": {"db": defaults},
        }));
        let is_filtered = json!(rendered.resources)["listeners"].to_string().contains("aws_lambda");
        let cluster = named(&rendered, "clusters").remove(0).1;
        let is_replaced = cluster["metadata"]["filter_metadata"]["com.amazonaws.lambda"].is_object();
        (is_filtered, is_replaced, rendered.findings.len())
    };
    let extension = |rest: Value| {
        let arn = "arn:aws:lambda:us-east-1:1111:function:demo";
        let mut extension =
            json!({"Name": "builtin/aws/lambda", "Arguments": {"arn": arn, "payloadPassthrough": true}});
        extension.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        extension
    };
    let applied = |rest: Value| lambda(extension(rest), json!({}), "service");
    assert_eq!(applied(json!({})), (true, true, 0));
    assert_eq!(
        applied(json!({"ConsulVersion": ">= 1.16, < 2", "EnvoyVersion": "~> 1.20.0"})),
        (true, true, 0)
    );
    assert_eq!(applied(json!({"ConsulVersion": ">= 1.22"})), (false, false, 1));
    assert_eq!(applied(json!({"ConsulVersion": "new"})), (false, false, 1));
    let destination = json!({"Destination": {"Addresses": ["a.example"], "Port": 80}});
    assert_eq!(lambda(extension(json!({})), destination, "destination"), (false, false, 1));
}

#[test]
fn an_extension_for_newer_releases_is_applied_once_consul_is_new_enough() {
    let arguments = json!({"ARN": "arn:aws:lambda:us-east-1:1111:function:demo"});
    let extension = json!({"Name": "builtin/aws/lambda", "ConsulVersion": ">= 1.22", "Arguments": arguments});
    let of = |version: &str| {
        Arc::new(snapshot(&json!({
            "ConsulVersion": version,
            "ServiceDefaults": {"db": {"Protocol": "http", "EnvoyExtensions": [extension]}},
        })))
    };
    let (options, mut incremental) = (RenderOptions::default(), Incremental::default());
    for version in ["1.21.4", "1.22.0"] {
        let snapshot = of(version);
        assert_eq!(incremental.render(&snapshot, &options), render(&snapshot, &options), "{version}");
    }
    let limited = RenderOptions { envoy_version: EnvoyVersion::parse("1.34.1"), ..options };
    let mut before = of("1.22.0").as_ref().clone();
    let defaults = Arc::make_mut(&mut before.service_defaults);
    defaults.get_mut("db").unwrap().envoy_extensions[0]["EnvoyVersion"] = json!(">= 1.35");
    assert_eq!(render(&before, &limited).findings.len(), 1);
}

#[test]
fn entries_except_service_defaults_are_found_in_any_case() {
    let rendered = gateway(&json!({
        "Links": [{"Service": {"Name": "Db"}}],
        "Instances": {"Db": [instance("10.0.0.1", "v1", "passing")]},
        "Leaves": {"Db": {"CertPEM": "C", "PrivateKeyPEM": "K"}},
        "ServiceDefaults": {"db": {"Protocol": "http"}},
        "ServiceResolvers": {"dB": {"Subsets": {"v1": {}}}},
        "Intentions": [{"SourceName": "Web", "DestinationName": "DB", "Action": "deny"}],
    }));
    let clusters: Vec<String> = named(&rendered, "clusters").into_iter().map(|(name, _)| name).collect();
    assert_eq!(clusters, ["Db", "v1.Db"]);
    let listener = json!(rendered.resources)["listeners"].to_string();
    assert!(listener.contains("/svc/Web$") && !listener.contains("http_connection_manager"), "{listener}");
    let codes: Vec<&str> = rendered.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["entry-ignored"]);
}

#[test]
fn links_of_other_namespaces_never_get_settings_of_the_gateways_own() {
    let link = |namespace: &str, ca: &str| json!({"Service": {"Name": "db", "Namespace": namespace, "Partition": "default"}, "CAFile": ca});
    let of = |leaf_path: &str| {
        let uri = format!("spiffe://td.consul/{leaf_path}/dc/dc1/svc/db");
        gateway(&json!({
            "Links": [link("default", "/default.pem"), link("team", "/team.pem")],
            "Entry": {"Services": [
                {"Name": "db", "Namespace": "default", "CAFile": "/default.pem"},
                {"Name": "db", "Namespace": "team", "CAFile": "/team.pem"},
            ]},
            "Leaves": {"db": {"CertPEM": "C", "PrivateKeyPEM": "K", "ServiceURI": uri}},
        }))
    };
    for (leaf, name, ca) in
        [("ns/default", "db", "/default.pem"), ("ns/team", "db.team.dc1.internal.td.consul", "/team.pem")]
    {
        let rendered = of(leaf);
        let clusters = named(&rendered, "clusters");
        let names: Vec<&str> = clusters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [name]);
        assert!(clusters[0].1.to_string().contains(ca), "{leaf}");
        let codes: Vec<&str> = rendered.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["other-namespace", "tls-without-sni"]);
    }
    assert!(named(&of("ap/east/ns/default"), "clusters").is_empty());
}

#[test]
fn a_service_with_missing_data_is_closed_and_others_are_not() {
    let of = |part: &str, service: &str| {
        let link = |name: &str| json!({"Service": {"Name": name}});
        let leaf = json!({"CertPEM": "C", "PrivateKeyPEM": "K"});
        let rendered = gateway(&json!({
            "Links": [link("db"), link("web")],
            "Instances": {"db": [instance("10.0.0.1", "v1", "passing")], "web": [instance("10.0.0.1", "v1", "passing")]},
            "Leaves": {"db": leaf, "web": leaf},
            "Unreadable": [{"Part": part, "Service": service, "Reason": "x"}],
        }));
        let clusters: Vec<String> = named(&rendered, "clusters").into_iter().map(|(name, _)| name).collect();
        let codes: Vec<&str> = rendered.findings.iter().map(|finding| finding.code.as_str()).collect();
        (clusters.join(","), codes.join(","))
    };
    let closed = ("web".to_owned(), "unreadable".to_owned());
    assert_eq!(of("service-defaults", "db"), closed);
    assert_eq!(of("service-resolver", "DB"), closed);
    assert_eq!(of("intention", "Db"), closed);
    assert_eq!(of("leaf", "db"), closed);
    assert_eq!(of("intention", "*"), (String::new(), "unreadable,unreadable".to_owned()));
    assert_eq!(of("instance", "db"), ("db,web".to_owned(), "bad-instance".to_owned()));
    assert_eq!(of("link", "gone"), ("db,web".to_owned(), "unreadable".to_owned()));
}

#[test]
fn larger_request_headers_are_let_in_as_far_as_envoy_goes() {
    let of = |limit: Value| {
        let defaults = json!({"db": {"Protocol": "http", "MaxRequestHeadersKB": limit}});
        let rendered = gateway(&json!({"ServiceDefaults": defaults}));
        let listener = named(&rendered, "listeners").remove(0).1;
        let manager = &listener["filter_chains"][0]["filters"][0]["typed_config"];
        (manager["max_request_headers_kb"].clone(), rendered.findings.len())
    };
    assert_eq!(of(json!(96)), (json!(96), 0));
    assert_eq!(of(json!(97)), (json!(null), 1));
    assert_eq!(of(json!(null)), (json!(null), 0));
    assert_eq!(of(json!(0)), (json!(null), 0));
}

#[test]
fn names_in_an_excluded_namespace_are_not_excluded_again() {
    let intention = |ns: &str, name: &str, action: &str| json!({"SourceNS": ns, "SourceName": name, "DestinationName": "db", "Action": action});
    let rendered = gateway(&json!({"DefaultIntention": "deny", "Intentions": [
        intention("team", "web", "deny"),
        intention("team", "*", "deny"),
        intention("shop", "web", "deny"),
        intention("*", "*", "allow"),
    ]}));
    let listener = named(&rendered, "listeners").remove(0).1;
    let rules = &listener["filter_chains"][0]["filters"][0]["typed_config"]["rules"];
    let ids = &rules["policies"]["consul-intentions-layer4"]["principals"][0]["and_ids"]["ids"];
    let regex = |id: &Value| {
        let found = &id["authenticated"]["principal_name"]["safe_regex"]["regex"];
        found.as_str().unwrap().trim_start_matches("^spiffe://td.consul/").to_owned()
    };
    let excluded: Vec<String> =
        ids.as_array().unwrap().iter().skip(1).map(|id| regex(&id["not_id"])).collect();
    assert_eq!(excluded, ["ns/shop/dc/[^/]+/svc/web$", "ns/team/dc/[^/]+/svc/[^/]+$"]);
}

#[test]
fn an_sni_that_envoy_refuses_closes_the_service() {
    let of = |sni: &str| {
        let link = json!({"Service": {"Name": "db"}, "CAFile": "/ca.pem", "SNI": sni});
        let rendered = gateway(&json!({"Links": [link]}));
        (named(&rendered, "clusters").len(), rendered.findings.len())
    };
    assert_eq!(of(&"a".repeat(255)), (1, 0));
    assert_eq!(of(&"a".repeat(256)), (0, 1));
    assert_eq!(of("a\0"), (0, 1));
}

#[test]
fn a_negative_request_timeout_switches_the_limit_off() {
    let timeouts = |timeout: &str| {
        let resolver = json!({"ConnectTimeout": timeout, "RequestTimeout": timeout, "Subsets": {"v1": {}}});
        let rendered = gateway(&json!({
            "ServiceDefaults": {"db": {"Protocol": "http"}},
            "ServiceResolvers": {"db": resolver},
        }));
        let connect = named(&rendered, "clusters").remove(0).1["connect_timeout"].clone();
        let routes = named(&rendered, "routes")
            .into_iter()
            .map(|(_, route)| route["virtual_hosts"][0]["routes"][0]["route"]["timeout"].clone());
        (connect, routes.collect::<Vec<_>>())
    };
    assert_eq!(timeouts("-1s"), (json!("5s"), vec![json!("0s"); 2]));
    assert_eq!(timeouts("0s"), (json!("5s"), vec![json!(null); 2]));
    assert_eq!(timeouts("30s"), (json!("30s"), vec![json!("30s"); 2]));
}

#[test]
fn a_link_outside_the_entry_states_whether_the_host_is_rewritten() {
    let rewrites = |version: &str, link: Value, entry: Value| {
        let mut link = link;
        link["Service"] = json!({"Name": "db"});
        let rendered = gateway(&json!({
            "ConsulVersion": version,
            "Links": [link],
            "Entry": {"Services": entry},
            "ServiceDefaults": {"db": {"Protocol": "http"}},
        }));
        named(&rendered, "routes").remove(0).1.to_string().contains("auto_host_rewrite")
    };
    let said = json!({"AutoHostRewrite": true});
    for (version, silent) in
        [("1.18.1", true), ("1.8.7", true), ("", true), ("1.18.2", false), ("1.21.4+ent", false)]
    {
        assert!(rewrites(version, said.clone(), json!([])), "{version}");
        assert_eq!(rewrites(version, json!({}), json!([{"Name": "other"}])), silent, "{version}");
        assert!(rewrites(version, json!({}), json!([{"Name": "*"}])), "{version}");
    }
}

#[test]
fn every_connection_manager_handles_requests_as_the_mesh_entry_says() {
    let arn = "arn:aws:lambda:us-east-1:1111:function:demo";
    let lambda = json!([{"Name": "builtin/aws/lambda", "Arguments": {"arn": arn}}]);
    let destination = json!({"Addresses": ["a.example", "10.0.0.9"], "Port": 443});
    let of = |normalisation: Value| {
        let names = ["db", "far", "fn", "rpc", "two"];
        let each =
            |part: Value| -> Value { names.iter().map(|name| ((*name).to_owned(), part.clone())).collect() };
        let links: Vec<Value> = names.iter().map(|name| json!({"Service": {"Name": name}})).collect();
        let rendered = gateway(&json!({
            "Mesh": {"HTTP": {"Incoming": {"RequestNormalization": normalisation}}},
            "Links": links,
            "Instances": each(json!([instance("10.0.0.1", "v1", "passing")])),
            "Leaves": each(json!({"CertPEM": "C", "PrivateKeyPEM": "K"})),
            "ServiceDefaults": {
                "db": {"Protocol": "http"},
                "far": {"Protocol": "http", "Destination": destination},
                "fn": {"Protocol": "http", "EnvoyExtensions": lambda},
                "rpc": {"Protocol": "grpc"},
                "two": {"Protocol": "http2"},
            },
            "ServiceResolvers": {"db": {"Subsets": {"v1": {}}}},
        }));
        let listener = named(&rendered, "listeners").remove(0).1;
        let chains = listener["filter_chains"].as_array().unwrap().clone();
        let managers = chains.iter().map(|chain| &chain["filters"][0]["typed_config"]);
        let managers: Vec<_> =
            managers.filter(|manager| manager["http_filters"].is_array()).cloned().collect();
        assert_eq!(managers.len(), 7, "subset, two addresses, function and three services");
        let keys = [
            "normalize_path",
            "merge_slashes",
            "path_with_escaped_slashes_action",
            "common_http_protocol_options",
        ];
        let mut seen: Vec<Value> =
            managers.iter().map(|manager| json!(keys.map(|key| manager[key].clone()))).collect();
        seen.dedup();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.remove(0)
    };
    assert_eq!(of(json!(null)), json!([true, null, null, null]));
    assert_eq!(of(json!({"InsecureDisablePathNormalization": true})), json!([null, null, null, null]));
    let all = json!({"MergeSlashes": true, "PathWithEscapedSlashesAction": "KEEP_UNCHANGED", "HeadersWithUnderscoresAction": "DROP_HEADER"});
    let underscores = json!({"headers_with_underscores_action": "DROP_HEADER"});
    assert_eq!(of(all), json!([true, true, "KEEP_UNCHANGED", underscores]));
    let defaults = json!({"PathWithEscapedSlashesAction": "IMPLEMENTATION_SPECIFIC_DEFAULT", "HeadersWithUnderscoresAction": "ALLOW"});
    assert_eq!(of(defaults), json!([true, null, null, null]));
}

#[test]
fn limits_on_request_headers_come_from_the_closest_place() {
    let of = |service: Value, own: Value, shared: Value| {
        let rendered = gateway(&json!({
            "ServiceDefaults": {"db": {"Protocol": "http", "MaxRequestHeadersKB": service}},
            "Gateway": {"Service": "gw", "Address": "127.0.0.1", "Port": 8443,
                "Proxy": {"Config": {"max_request_headers_kb": own}}},
            "ProxyDefaults": {"Config": {"max_request_headers_kb": shared}},
        }));
        let listener = named(&rendered, "listeners").remove(0).1;
        let manager = &listener["filter_chains"][0]["filters"][0]["typed_config"];
        (manager["max_request_headers_kb"].clone(), rendered.findings.len())
    };
    assert_eq!(of(json!(96), json!(55), json!(77)), (json!(96), 0));
    assert_eq!(of(json!(0), json!(55), json!(77)), (json!(55), 0));
    assert_eq!(of(json!(null), json!(null), json!("77")), (json!(77), 0));
    assert_eq!(of(json!(0), json!(0), json!(77)), (json!(77), 0));
    assert_eq!(of(json!(0), json!(97), json!(77)), (json!(null), 1));
    assert_eq!(of(json!(97), json!(55), json!(77)), (json!(55), 1));
    assert_eq!(of(json!(0), json!(null), json!("much")), (json!(null), 1));
}

#[test]
fn an_ipv6_agent_gives_its_gateways_ipv6_defaults() {
    let of = |bind_addr: &str| {
        let rendered = gateway(&json!({
            "BindAddr": bind_addr,
            "Instances": {"db": [instance("a.example", "v1", "passing")]},
            "Gateway": {"Service": "gw", "Address": "", "Port": 8443, "Proxy": {"Config": {
                "envoy_gateway_bind_addresses": {"local": {"port": 8444}, "own": {"address": "::2", "port": 8445}}}}},
        }));
        let listeners: Vec<String> =
            named(&rendered, "listeners").into_iter().map(|(name, _)| name).collect();
        (listeners, named(&rendered, "clusters").remove(0).1["dns_lookup_family"].clone())
    };
    for v4 in ["", "0.0.0.0", "127.0.0.1", "::ffff:10.0.0.1", "x"] {
        let (listeners, family) = of(v4);
        assert_eq!(listeners, ["default:0.0.0.0:8443", "local:127.0.0.1:8444", "own:::2:8445"], "{v4}");
        assert_eq!(family, "V4_ONLY");
    }
    for v6 in ["::", "::1", "fd00::1"] {
        let (listeners, family) = of(v6);
        assert_eq!(listeners, ["default:[::]:8443", "local:[::1]:8444", "own:[::2]:8445"], "{v6}");
        assert_eq!(family, "ALL");
    }
}

#[test]
fn a_service_with_an_unknown_extension_is_closed_until_the_extension_is_removed() {
    let of = |extensions: Value| {
        Arc::new(snapshot(&json!({
            "ConsulVersion": "1.21.4",
            "ServiceDefaults": {"db": {"Protocol": "http", "EnvoyExtensions": extensions}},
        })))
    };
    let (options, mut incremental) = (RenderOptions::default(), Incremental::default());
    let tgw = json!({"ProxyType": "terminating-gateway"});
    for (extensions, is_open) in [
        (json!([]), true),
        (json!([{"Name": "builtin/new", "Required": false}]), false),
        (json!([{"Name": "builtin/lua", "Arguments": {"ProxyType": "connect-proxy"}}]), true),
        (json!([{"Name": "builtin/ext-authz", "Arguments": tgw}]), false),
        (json!([{"Name": "builtin/wasm"}]), true),
    ] {
        let snapshot = of(extensions.clone());
        let rendered = incremental.render(&snapshot, &options);
        assert_eq!(rendered, render(&snapshot, &options), "{extensions}");
        let kinds = ["clusters", "endpoints", "secrets"]
            .map(|kind| named(&rendered, kind).iter().filter(|(name, _)| name.contains("db")).count());
        assert!(kinds.iter().all(|count| (*count > 0) == is_open), "{extensions}: {kinds:?}");
        let reported = rendered.findings.iter().find(|finding| finding.code.as_str() == "extension-unknown");
        assert_eq!(reported.is_none(), is_open, "{extensions}");
        let name = extensions[0]["Name"].as_str().unwrap_or_default();
        assert!(
            reported.is_none_or(|reported| reported.message.contains(name) && reported.code.closes()),
            "{reported:?}"
        );
    }
}

#[test]
fn a_link_that_the_token_may_not_see_is_reported() {
    let reported = |source: &str| {
        let rendered = gateway(&json!({
            "DefaultIntentionSource": source,
            "Entry": {"Name": "gw", "Services": [{"Name": "DB"}, {"Name": "web"}, {"Name": "*"}, {"Name": "x", "Namespace": "team"}]},
        }));
        let hidden = rendered.findings.into_iter().filter(|finding| finding.code.as_str() == "link-hidden");
        hidden.map(|finding| (finding.subject, finding.help)).collect::<Vec<_>>()
    };
    let rule = "give the gateway's token `service \"web\" { policy = \"write\" }`".to_owned();
    assert_eq!(reported("acl-policy"), [("web".to_owned(), rule)]);
    assert_eq!(reported("no-acls"), []);
}

/// Code and help of each finding.
fn found(rendered: &Rendered) -> Vec<(&'static str, &str)> {
    rendered.findings.iter().map(|finding| (finding.code.as_str(), finding.help.as_str())).collect()
}

#[test]
fn a_missing_entry_suggests_one_with_a_similar_name() {
    let none = |others: &[&str]| {
        let rendered = gateway(&json!({"Links": [], "OtherEntries": others}));
        found(&rendered).into_iter().find(|(code, _)| *code == "no-entry").unwrap().1.to_owned()
    };
    assert!(none(&["edge", "GW-"]).contains("there is an entry `GW-`"));
    assert!(none(&["edge"]).contains("write one"));
}

#[test]
fn an_intention_on_the_gateway_is_reported() {
    let about = |destination: &str| {
        let rendered = gateway(&json!({"Intentions": [
            {"SourceName": "web", "DestinationName": destination, "Action": "allow"},
        ]}));
        found(&rendered).iter().any(|(code, _)| *code == "intention-on-gateway")
    };
    assert!(about("gw"));
    assert!(!about("db") && !about("*"));
}

#[test]
fn unused_keys_of_proxy_config_are_reported() {
    let rendered = gateway(&json!({
        "Gateway": {"Service": "gw", "Address": "127.0.0.1", "Port": 8443,
            "Proxy": {"Config": {"connect_timout_ms": 1, "of_my_own": 1, "protocol": "tcp"}}},
        "ProxyDefaults": {"Config": {"prometheus_bind_addr": "127.0.0.1:1", "of_somebody": 1}},
    }));
    let keys: Vec<&str> =
        rendered.findings.iter().filter_map(|finding| finding.message.split('`').nth(1)).collect();
    assert_eq!(keys, ["connect_timout_ms", "of_my_own", "prometheus_bind_addr"]);
    assert_eq!(rendered.findings[0].help, "did you mean `connect_timeout_ms`?");
    assert_eq!(rendered.findings[2].help, "did you mean `envoy_prometheus_bind_addr`?");
}

#[test]
fn timeouts_in_the_meta_of_service_defaults_hold_for_requests_and_connections() {
    let with = |protocol: &str, meta: Value| {
        gateway(&json!({
            "ServiceDefaults": {"db": {"Name": "db", "Protocol": protocol, "Meta": meta}},
            "ServiceResolvers": {"db": {"RequestTimeout": "30s"}},
        }))
    };
    let route = |rendered: &Rendered| {
        let routes = named(rendered, "routes");
        let action = &routes[0].1["virtual_hosts"][0]["routes"][0]["route"];
        (action["timeout"].clone(), action["idle_timeout"].clone())
    };
    let both = json!({"termgate-request-timeout": "2m30s", "termgate-idle-timeout": "0s"});
    assert_eq!(route(&with("http", both.clone())), (json!("150s"), json!("0s")));
    assert_eq!(route(&with("http", json!({}))), (json!("30s"), Value::Null));
    let idle = |rendered: &Rendered| {
        let listeners = named(rendered, "listeners");
        listeners[0].1["filter_chains"][0]["filters"][1]["typed_config"]["idle_timeout"].clone()
    };
    assert_eq!(idle(&with("tcp", json!({"termgate-idle-timeout": "8h"}))), json!("28800s"));
    let tcp = with("tcp", both);
    assert_eq!((idle(&tcp), found(&tcp)[0].0), (json!("0s"), "bad-entry-setting"));
    let bad = with("http", json!({"termgate-request-timeout": "soon"}));
    assert_eq!((route(&bad).0, found(&bad)[0].0), (json!("30s"), "bad-entry-setting"));
}

/// The codes of all findings, with their messages without the service that they are about.
fn findings(rendered: &Rendered) -> Vec<(&'static str, &str)> {
    let parts = rendered.findings.iter().map(|finding| (finding.code.as_str(), finding.message.as_str()));
    parts.map(|(code, message)| (code, message.split_once("`: ").map_or(message, |(_, rest)| rest))).collect()
}

#[test]
fn a_service_without_healthy_instances_is_reported_with_envoys_behaviour() {
    let one = gateway(&json!({"Instances": {"db": [instance("10.0.0.1", "v1", "critical")]}}));
    let text = "its only instance is unhealthy; Envoy still sends requests to it";
    assert_eq!(findings(&one), [("no-healthy-instance", text)]);
    let unhealthy = |addresses: [&str; 2]| {
        gateway(&json!({"Instances": {"db": addresses.map(|address| instance(address, "v1", "critical"))}}))
    };
    let text = "all 2 instances are unhealthy; Envoy still sends requests to them";
    assert_eq!(findings(&unhealthy(["10.0.0.1", "10.0.0.2"])), [("no-healthy-instance", text)]);
    let text = "all 2 instances are unhealthy; Envoy still sends requests to `b.example`";
    assert_eq!(findings(&unhealthy(["a.example", "b.example"])), [("no-healthy-instance", text)]);
    let one_is = [instance("10.0.0.1", "v1", "critical"), instance("10.0.0.2", "v1", "passing")];
    assert_eq!(findings(&gateway(&json!({"Instances": {"db": one_is}}))), []);
}

#[test]
fn plain_text_requests_to_port_443_are_reported_and_a_clients_own_tls_is_not() {
    let codes = |parts: &Value| {
        let mut parts = parts.clone();
        let mut instance = instance("10.0.0.1", "v1", "passing");
        instance["Service"]["Port"] = json!(443);
        parts["Instances"] = json!({"db": [instance]});
        findings(&gateway(&parts)).iter().map(|(code, _)| *code).collect::<Vec<_>>()
    };
    let protocol = |name: &str| json!({"ServiceDefaults": {"db": {"Protocol": name}}});
    for name in ["http", "http2", "grpc"] {
        assert_eq!(codes(&protocol(name)), ["plaintext-to-https"], "{name}");
    }
    assert_eq!(codes(&json!({})), ["client-tls-expected"]);
    let entry = json!({"Services": [{"Name": "db", "CAFile": "/ca.pem", "SNI": "db.example"}]});
    assert_eq!(codes(&json!({"Entry": entry, "ServiceDefaults": {"db": {"Protocol": "http"}}})), [""; 0]);
    // Another port says nothing.
    assert_eq!(findings(&gateway(&protocol("http"))), []);
}

#[test]
fn the_failure_log_is_added_to_a_users_own_only_on_request() {
    let snapshot = snapshot(&json!({
        "ServiceDefaults": {"db": {"Protocol": "http"}},
        "ProxyDefaults": {"AccessLogs": {"Enabled": true}},
    }));
    let logs = |options: &RenderOptions| {
        let listener = named(&render(&snapshot, options), "listeners").remove(0).1;
        let manager = &listener["filter_chains"][0]["filters"][0]["typed_config"];
        [listener["access_log"].clone(), manager["access_log"].clone()]
            .map(|logs| logs.as_array().unwrap().clone())
    };
    let own = logs(&RenderOptions::default());
    for version in [None, EnvoyVersion::parse("1.39.0"), EnvoyVersion::parse("1.40.0")] {
        let options = RenderOptions { failure_log: true, envoy_version: version, ..RenderOptions::default() };
        for (mut with, own) in logs(&options).into_iter().zip(&own) {
            let added = with.pop().unwrap();
            assert_eq!((&with, &added["name"]), (own, &json!("termgate-failures")));
            // An expression in a filter costs the listener where Envoy does not know it.
            let has_expression = added["filter"].to_string().contains("expression");
            assert!(!has_expression || version == EnvoyVersion::parse("1.40.0"), "{added}");
        }
    }
}

#[test]
fn outgoing_tls_of_the_mesh_entry_does_not_apply_to_external_services() {
    let outgoing = json!({"TLS": {"Outgoing": {"TLSMinVersion": "TLSv1_1", "TLSMaxVersion": "TLSv1_2"}}});
    let rendered = gateway(&json!({
        "Entry": {"Services": [{"Name": "db", "CAFile": "/ca.pem", "SNI": "db.example"}]},
        "Mesh": outgoing,
    }));
    let cluster = named(&rendered, "clusters").remove(0).1;
    let params = &cluster["transport_socket"]["typed_config"]["common_tls_context"]["tls_params"];
    assert_eq!(params["tls_minimum_protocol_version"], "TLSv1_2");
    assert_eq!(params["tls_maximum_protocol_version"], "TLSv1_3");
}

#[test]
fn envoy_holds_less_for_slow_peers_where_its_memory_is_limited() {
    let of = |extensions: Value, heap: Option<u64>| {
        let snapshot = snapshot(&json!({
            "ConsulVersion": "1.21.4+ent",
            "ServiceDefaults": {"db": {"Protocol": "http", "EnvoyExtensions": extensions}},
        }));
        let envoy_version = EnvoyVersion::parse("1.40.0");
        let rendered = render(&snapshot, &RenderOptions { envoy_version, heap, ..RenderOptions::default() });
        let first = |kind: &str| named(&rendered, kind).remove(0).1;
        (first("listeners"), first("clusters"))
    };
    let (size, time) = ("per_connection_buffer_limit_bytes", "per_connection_buffer_high_watermark_timeout");
    let (listener, cluster) = of(json!([]), Some(134 << 20));
    for resource in [&listener, &cluster] {
        assert_eq!((&resource[size], &resource[time]), (&json!(128 << 10), &json!("120s")), "{resource}");
    }
    assert!(listener.to_string().contains("\"initial_stream_window_size\":262144"), "{listener}");
    let (listener, cluster) = of(json!([]), None);
    assert!(!(listener.to_string() + &cluster.to_string()).contains("per_connection"));
    // A function gets a body as a whole.
    let arguments = json!({"arn": "arn:aws:lambda:us-east-1:1111:function:demo", "payloadPassthrough": true});
    let function = json!([{"Name": "builtin/aws/lambda", "Arguments": arguments}]);
    let (listener, _) = of(function, Some(134 << 20));
    assert!(listener.to_string().contains("aws_lambda"), "{listener}");
    assert_eq!(listener.get(size), None);
}
