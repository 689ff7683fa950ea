//! Recorded gateways: the agent's answers, rendered, must be the resources that Consul sent.
//!
//! Where termgate means to differ, a rule in [`normalise`] takes the difference out of the recording; every rule is a
//! row of `docs/differences-xds.md`.
//!
//! Every scenario's static configuration is also loaded by the real Envoy.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value, json};
use termgate::testing::consul::api::of_answer;
use termgate::testing::envoy_api::ResourceKind;
use termgate::testing::intentions::{Request, Rules, Source, Verdict};
use termgate::testing::render::{RenderOptions, Rendered, Resources, StaticOptions, render, static_config};
use termgate::testing::secret::Secret;
use termgate::testing::serve::Encoder;
use termgate::testing::snapshot::assemble::Answer;
use termgate::testing::snapshot::{ServiceName, Snapshot};

use crate::support::tools::Tool;

/// One trial a recorded scenario and release, and one a scenario with recorded traffic.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("xds::every_rule_is_documented", every_rule_is_documented)];
    for release in ["1.8.7", "1.21.4", "2.1.0-dev"] {
        for file in files(release) {
            let scenario = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let recording = Recording::read(release, &file);
            let compared = recording.clone();
            trials.push(Trial::test(format!("xds::{release}::{scenario}"), move || compared.check()));
            let encoded = recording.clone();
            let name = format!("xds::protobuf::{release}::{scenario}");
            trials.push(Trial::test(name, move || encoded.check_protobuf()));
            let loaded = recording.clone();
            let loads = Trial::test(format!("xds::envoy::{release}::{scenario}"), move || {
                loaded.check_envoy_loads_it()
            });
            trials.push(loads.with_ignored_flag(Tool::Envoy.unavailable().is_some()));
            if recording.file.get("probes").is_some() {
                let name = format!("xds::traffic::{release}::{scenario}");
                trials.push(Trial::test(name, move || recording.check_probes()));
            }
        }
    }
    trials
}

fn files(release: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xds").join(release);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[derive(Clone)]
struct Recording {
    release: &'static str,
    file: Value,
    snapshot: Snapshot,
}

impl Recording {
    fn read(release: &'static str, path: &Path) -> Self {
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut snapshot = snapshot(&file["answers"]);
        let scenario = path.file_stem().unwrap().to_str().unwrap();
        if UNFINISHED.iter().any(|(of, name, _)| (*of, *name) == (release, scenario)) {
            let chains = file["xds"]["listeners"].to_string();
            let has_chain = |service: &str| chains.contains(&format!("\"{service}.default."));
            Arc::make_mut(&mut snapshot.leaves).retain(|service, _| has_chain(service));
        }
        Self { release, file, snapshot }
    }

    fn rendered(&self) -> Rendered {
        render(&self.snapshot, &RenderOptions::default())
    }

    fn check(&self) -> Result<(), Failed> {
        let rendered = self.rendered();
        invariants(&self.snapshot, &rendered)?;
        if self.file.get("xds").is_none() || self.consul_is_stuck() {
            return Ok(());
        }
        let (ours, theirs) = normalise(self, &rendered.resources);
        let mut differences = Vec::new();
        compare("", &ours, &theirs, &mut differences);
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
    }

    /// Every resource is the message that it says it is.
    fn check_protobuf(&self) -> Result<(), Failed> {
        let (_, failures) = Encoder::default().update(self.rendered().resources, &ResourceKind::ALL);
        if failures.is_empty() { Ok(()) } else { Err(format!("{failures:#?}").into()) }
    }

    /// Envoy accepts the static configuration, certificates and files being there.
    fn check_envoy_loads_it(&self) -> Result<(), Failed> {
        let envoy = Tool::Envoy.path()?;
        let directory = tempfile::tempdir()?;
        let certificate = rcgen::generate_simple_self_signed(["test".to_owned()])?;
        let (cert, key) = (certificate.cert.pem(), certificate.signing_key.serialize_pem());
        let mut snapshot = self.snapshot.clone();
        for root in &mut snapshot.roots.roots {
            root.root_cert.clone_from(&cert);
        }
        for leaf in Arc::make_mut(&mut snapshot.leaves).values_mut() {
            let leaf = std::sync::Arc::make_mut(leaf);
            leaf.cert_pem.clone_from(&cert);
            leaf.private_key_pem = Secret::new(&key);
        }
        // With what only this Envoy takes.
        let envoy_version = Some(termgate::testing::envoy::version::read(&envoy)?);
        let resources =
            render(&snapshot, &RenderOptions { envoy_version, ..RenderOptions::default() }).resources;
        let mut config = static_config(&resources, &StaticOptions::default());
        for_each_object(&mut config, &mut |object| {
            for path in object.values_mut() {
                let Some(name) = path.as_str().and_then(|path| path.strip_prefix("/srv/")) else { continue };
                let file = directory.path().join(name.replace('/', "-"));
                std::fs::write(&file, if name.contains("key") { &key } else { &cert }).unwrap();
                *path = json!(file);
            }
        });
        let file = directory.path().join("envoy.json");
        std::fs::write(&file, config.to_string())?;
        let output =
            Command::new(envoy).args(["--mode", "validate", "-l", "error", "-c"]).arg(&file).output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(text.into()) }
    }

    /// What mesh clients saw is what [`Rules::decide`] says.
    fn check_probes(&self) -> Result<(), Failed> {
        if self.consul_is_stuck() {
            return Ok(());
        }
        for probe in self.file["probes"].as_array().unwrap() {
            let text = |key: &str| probe[key].as_str().unwrap_or_default();
            let sni = text("sni");
            let Some(link) = self.snapshot.links.iter().find(|link| {
                let chain = format!("{}.default.{}.internal.", link.service.name, self.snapshot.datacenter);
                sni.starts_with(&chain) && self.snapshot.leaves.contains_key(&link.service.name)
            }) else {
                continue;
            };
            let seen = match (text("outcome"), probe["status"].as_u64()) {
                (_, Some(403)) => Verdict::Deny,
                ("answered", _) => Verdict::Allow,
                (outcome, None) if outcome.contains("after the handshake") => Verdict::Deny,
                _ => continue,
            };
            let Some(client) = probe["client"].as_str() else { continue };
            let headers: Vec<(&str, &str)> = probe["headers"]
                .as_object()
                .map(|headers| {
                    headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
                })
                .unwrap_or_default();
            let path = if text("path").is_empty() { "/" } else { text("path") };
            let method = if text("method").is_empty() { "GET" } else { text("method") };
            let request = (text("kind") == "http").then_some(Request { method, path, headers: &headers });
            let rules = Rules::of(&self.snapshot, &link.service);
            let decision = rules.decide(Source::named(client), request);
            let meant = self.api_decides_otherwise(&link.service, client);
            if (decision.verdict != seen) != meant {
                return Err(format!("{}: seen {seen:?}, decided {decision:?}", text("id")).into());
            }
        }
        Ok(())
    }

    /// Rule `jwt`: Consul sends nothing any more, not even for other services; here only the service is closed.
    fn consul_is_stuck(&self) -> bool {
        self.file["xds"].get("error").is_some()
    }

    /// Whether this is one of the two defects by which Consul's Envoy does not do what its API says.
    fn api_decides_otherwise(&self, destination: &ServiceName, client: &str) -> bool {
        let rules = Rules::of(&self.snapshot, destination);
        let crossed = rules.decide(Source::named(client), None).reason.intention().is_some_and(|decides| {
            let weaker = |other: &&&termgate::testing::snapshot::Intention| {
                other.source_name == client && other.destination_name == "*" && other.action != decides.action
            };
            decides.source_name == "*" && rules.intentions().iter().any(|other| weaker(&other))
        });
        crossed || disabled_acls_deny(&self.file["answers"])
    }
}

/// A snapshot out of recorded answers, as the live collector makes it.
fn snapshot(answers: &Value) -> Snapshot {
    let mut snapshot = Snapshot::collecting();
    let mut apply = |answer: Answer<'_>| {
        let recorded = &answers[of_answer(answer, "gw", "gw").as_str()];
        let status = u16::try_from(recorded["status"].as_u64().unwrap_or(404)).unwrap();
        let result = snapshot.apply(answer, status, recorded["body"].to_string().as_bytes());
        result.unwrap_or_else(|error| panic!("{answer:?}: {error}"));
    };
    for answer in [
        Answer::AgentSelf,
        Answer::AgentService,
        Answer::Roots,
        Answer::Entry,
        Answer::Links,
        Answer::ServiceDefaults,
        Answer::ServiceResolvers,
        Answer::Intentions,
        Answer::ProxyDefaults,
        Answer::Mesh,
    ] {
        apply(answer);
    }
    for path in answers.as_object().unwrap().keys() {
        if let Some(service) = path.strip_prefix("/v1/health/service/") {
            apply(Answer::Instances(service));
        } else if let Some(service) = path.strip_prefix("/v1/agent/connect/ca/leaf/") {
            apply(Answer::Leaf(service));
        }
    }
    snapshot.prune();
    snapshot
}

/// What must hold for every gateway.
fn invariants(snapshot: &Snapshot, rendered: &Rendered) -> Result<(), Failed> {
    let resources = &rendered.resources;
    let again = render(snapshot, &RenderOptions::default());
    if again != *rendered || serde_json::to_string(&again.resources)? != serde_json::to_string(resources)? {
        return Err("the same snapshot rendered twice differs".into());
    }
    let text = snapshot.to_json();
    let read = Snapshot::from_json(text.as_bytes(), Path::new("s")).map_err(|error| error.to_string())?;
    if read != *snapshot {
        return Err("a written snapshot reads back differently".into());
    }
    let names: Vec<&str> = resources.listeners.values().flat_map(chain_names).collect();
    for name in resources.clusters.keys() {
        if !names.contains(&name.as_str()) {
            return Err(format!("cluster {name} has no chain: nothing would check who reaches it").into());
        }
    }
    for name in &names {
        if !resources.clusters.contains_key(*name) {
            return Err(format!("chain {name} has no cluster").into());
        }
    }
    static_config(resources, &StaticOptions::default());
    Ok(())
}

fn chain_names(listener: &Arc<termgate::testing::envoy_api::Listener>) -> impl Iterator<Item = &str> {
    let matches = listener.filter_chains.iter().filter_map(|chain| chain.filter_chain_match.as_ref());
    matches.flat_map(|found| found.server_names.iter().map(String::as_str))
}

/// Consul's API says allowed, its Envoy denies: `default_policy = "deny"` beside ACLs that are not enabled.
fn disabled_acls_deny(answers: &Value) -> bool {
    let debug = &answers["/v1/agent/self"]["body"]["DebugConfig"];
    let acls = if debug["ACLResolverSettings"].is_object() { &debug["ACLResolverSettings"] } else { debug };
    acls["ACLsEnabled"] == false
        && acls["ACLDefaultPolicy"] == "deny"
        && debug["DefaultIntentionPolicy"].as_str().unwrap_or_default().is_empty()
}

/// Both sides in one form, without the differences that are meant.
fn normalise(recording: &Recording, ours: &Resources) -> (Value, Value) {
    let (snapshot, recorded) = (&recording.snapshot, &recording.file["xds"]);
    let mut mine = Map::new();
    let mut theirs = recorded.clone();
    let lists = json!(ours);
    for kind in ["listeners", "clusters", "endpoints", "routes"] {
        let by_name: Map<String, Value> = lists[kind].as_array().unwrap().iter().map(named).collect();
        mine.insert(kind.to_owned(), by_name.into());
    }
    let mut mine = Value::Object(mine);
    without_identities(&mut mine, snapshot);
    inline_secrets(&mut mine, &lists["secrets"]);
    without_sni_cluster(&mut theirs);
    without_unguarded_clusters(&mut theirs);
    for link in snapshot.links.iter() {
        let name = &link.service.name;
        let chain =
            format!("{name}.default.{}.internal.{}", snapshot.datacenter, snapshot.roots.trust_domain);
        let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
        if link.from_wildcard && entry.clone().any(|linked| linked.name == *name) {
            without_linked_settings(&mut mine, &chain);
            without_linked_settings(&mut theirs, &chain);
        }
        without_crossed_sources(&mut theirs, &chain, &Rules::of(snapshot, &link.service));
    }
    if disabled_acls_deny(&recording.file["answers"]) {
        without_rules(&mut mine);
        without_rules(&mut theirs);
    }
    for rule in RULES.iter().filter(|rule| (rule.applies)(recording.release)) {
        (rule.apply)(&mut mine, &mut theirs);
    }
    (mine, theirs)
}

/// Recordings made too early, with the reason: services without a chain there have no leaf yet.
const UNFINISHED: &[(&str, &str, &str)] = &[(
    "2.1.0-dev",
    "fifty-services",
    "Consul's CA had not signed all certificates when its resources were read",
)];

/// A difference between termgate and some releases that is meant.
struct Rule {
    /// The row of `docs/differences-xds.md`; `every_rule_is_documented` holds them together.
    name: &'static str,
    applies: fn(&str) -> bool,
    /// Takes it out of what termgate renders and of what was recorded.
    apply: fn(&mut Value, &mut Value),
}

const RULES: &[Rule] = &[
    Rule { name: "request-paths", applies: is_before_2, apply: |mine, _| without_normalisation(mine) },
    Rule { name: "outgoing-tls", applies: |_| true, apply: |mine, _| without_outgoing_tls(mine) },
    Rule { name: "tls-file-secrets", applies: is_2, apply: with_files_by_name },
    Rule { name: "several-ports", applies: is_2, apply: |mine, theirs| without_ports_of_none(mine, theirs) },
];

fn is_2(release: &str) -> bool {
    release.starts_with("2.")
}

fn is_before_2(release: &str) -> bool {
    !is_2(release)
}

fn every_rule_is_documented() -> Result<(), Failed> {
    let rows = include_str!("../../docs/differences-xds.md");
    let missing: Vec<&str> =
        RULES.iter().map(|rule| rule.name).filter(|name| !rows.contains(&format!("| {name} |"))).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no row for {missing:?}").into()) }
}

/// Rule `request-paths`: gateways of Consul before 2.0 hand on what clients send.
fn without_normalisation(mine: &mut Value) {
    for_each_object(mine, &mut |object| {
        if object.get("normalize_path").is_some() {
            for key in [
                "normalize_path",
                "merge_slashes",
                "path_with_escaped_slashes_action",
                "common_http_protocol_options",
            ] {
                object.remove(key);
            }
        }
    });
}

/// Rule `tls-file-secrets`: Consul 2.0 sends the files' names as secrets of their own, and names some that it never sends:
/// where there is no client certificate, and all of a `Destination`.
fn with_files_by_name(mine: &mut Value, theirs: &mut Value) {
    for_each_object(&mut mine["clusters"], &mut |object| {
        if object.get("tls_params") == Some(&json!({})) {
            object.remove("tls_params");
        }
    });
    for (name, cluster) in mine["clusters"].as_object_mut().unwrap() {
        if name.starts_with("destination.") {
            for_each_object(cluster, &mut |object| drop(object.remove("trusted_ca")));
        }
    }
    let secrets = theirs.as_object_mut().unwrap().remove("secrets").unwrap_or_default();
    for_each_object(&mut theirs["clusters"], &mut |object| {
        if let Some(configs) = object.remove("tls_certificate_sds_secret_configs") {
            let names = configs.as_array().unwrap().iter().map(|config| config["name"].as_str().unwrap());
            let sent: Vec<Value> = names
                .filter_map(|name| secrets.get(name))
                .map(|secret| secret["tls_certificate"].clone())
                .collect();
            if !sent.is_empty() {
                object.insert("tls_certificates".to_owned(), sent.into());
            }
        }
        let combined = object.remove("combined_validation_context").unwrap_or_default();
        let config = object
            .remove("validation_context_sds_secret_config")
            .unwrap_or_else(|| combined["validation_context_sds_secret_config"].clone());
        let Some(name) = config["name"].as_str() else { return };
        let mut context = secrets[name]["validation_context"].as_object().cloned().unwrap_or_default();
        context.extend(combined["default_validation_context"].as_object().cloned().unwrap_or_default());
        object.insert("validation_context".to_owned(), context.into());
    });
}

/// Rule `outgoing-tls`: Consul leaves versions and curves towards external services to Envoy's defaults.
fn without_outgoing_tls(mine: &mut Value) {
    for_each_object(&mut mine["clusters"], &mut |object| {
        let Some(Value::Object(context)) = object.get_mut("common_tls_context") else { return };
        let params = context.insert("tls_params".to_owned(), json!({}));
        assert_eq!(params.unwrap()["tls_maximum_protocol_version"], "TLSv1_3");
        // Consul has no context where nothing is to be said.
        if context.len() == 1 {
            object.remove("common_tls_context");
        }
    });
}

/// Rule `several-ports`: Consul 2.1 sends port 0 for an instance that has several.
fn without_ports_of_none(mine: &mut Value, theirs: &mut Value) {
    let Some(endpoints) = theirs["endpoints"].as_object_mut() else { return };
    for (name, theirs) in endpoints {
        let port = |side: &Value| {
            side.pointer("/endpoints/0/lb_endpoints/0/endpoint/address/socket_address/port_value").cloned()
        };
        let ours = port(&mine["endpoints"][name]);
        if port(theirs) == Some(json!(0)) && ours.is_some_and(|port| port == 9150) {
            for side in [&mut mine["endpoints"][name], theirs] {
                for_each_object(side, &mut |object| drop(object.remove("port_value")));
            }
        }
    }
}

/// Rule `default-policy-without-acls`: Consul's rules are for the other default action.
fn without_rules(side: &mut Value) {
    for_each_object(side, &mut |object| drop(object.remove("rules")));
}

fn named(resource: &Value) -> (String, Value) {
    let name = resource.get("name").or_else(|| resource.get("cluster_name")).and_then(Value::as_str).unwrap();
    (name.to_owned(), resource.clone())
}

/// Rule `denied-sources`: a tcp chain names the identities that its RBAC lets in, so that the handshake refuses others.
fn without_identities(mine: &mut Value, snapshot: &Snapshot) {
    for_each_object(&mut mine["listeners"], &mut |chain| {
        let Some(chain_name) = chain.get("filter_chain_match").map(|found| found["server_names"][0].clone())
        else {
            return;
        };
        let is_tcp = chain["filters"][0]["name"] == "envoy.filters.network.rbac";
        let context = &mut chain["transport_socket"]["typed_config"]["common_tls_context"];
        let combined = context.as_object_mut().unwrap().remove("combined_validation_context");
        assert_eq!(combined.is_some(), is_tcp, "{chain_name}");
        let Some(mut combined) = combined else { return };
        let matchers = combined["default_validation_context"]["match_typed_subject_alt_names"].take();
        context["validation_context_sds_secret_config"] =
            combined["validation_context_sds_secret_config"].take();
        let of_chain = |link: &&termgate::testing::snapshot::GatewayLink| {
            let name = format!("{}.default.{}.internal.", link.service.name, snapshot.datacenter);
            chain_name.as_str().unwrap().contains(&name)
        };
        let link = snapshot.links.iter().filter(of_chain).max_by_key(|link| link.service.name.len()).unwrap();
        let rules = Rules::of(snapshot, &link.service);
        let named = rules.intentions().iter().filter(|intention| intention.source_peer.is_empty());
        for source in named.map(|intention| intention.source_name.as_str()).chain(["anybody-else"]) {
            if source == "*"
                || !source.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            {
                continue;
            }
            let id = format!("spiffe://{}/ns/default/dc/dc1/svc/{source}", snapshot.roots.trust_domain);
            let passes = matchers.as_array().unwrap().iter().any(|matcher| {
                assert_eq!(matcher["san_type"], "URI");
                if let Some(prefix) = matcher["matcher"]["prefix"].as_str() {
                    return id.starts_with(prefix);
                }
                let regex = matcher["matcher"]["safe_regex"]["regex"].as_str().unwrap();
                regex_lite::Regex::new(&format!("^(?:{regex})$")).unwrap().is_match(&id)
            });
            let verdict = rules.decide(Source::named(source), None).verdict;
            assert_eq!(passes, verdict == Verdict::Allow, "{id} on {chain_name}: {matchers}");
        }
    });
}

/// Rule `secrets`: termgate sends certificates as secrets of their own, Consul inside the chain.
fn inline_secrets(mine: &mut Value, secrets: &Value) {
    let find = |config: &Value| {
        let found = secrets.as_array().unwrap().iter().find(|secret| secret["name"] == config["name"]);
        found.unwrap_or_else(|| panic!("no secret {}", config["name"])).clone()
    };
    for_each_object(mine, &mut |object| {
        if let Some(configs) = object.remove("tls_certificate_sds_secret_configs") {
            let certificates =
                configs.as_array().unwrap().iter().map(|config| find(config)["tls_certificate"].clone());
            object.insert("tls_certificates".to_owned(), certificates.collect());
        }
        if let Some(config) = object.remove("validation_context_sds_secret_config") {
            object.insert("validation_context".to_owned(), find(&config)["validation_context"].clone());
        }
    });
}

/// Rule `last-chain`: Consul's last chain passes bytes to the cluster that the client names.
fn without_sni_cluster(theirs: &mut Value) {
    for_each_object(theirs, &mut |object| {
        if let Some(Value::Array(filters)) = object.get_mut("filters") {
            filters.retain(|filter| filter["name"] != "envoy.filters.network.sni_cluster");
        }
    });
}

/// Rule `no-leaf`: Consul keeps the cluster of a service without chain.
fn without_unguarded_clusters(theirs: &mut Value) {
    let mut names = Vec::new();
    for_each_object(theirs, &mut |object| {
        if let Some(Value::Array(server_names)) = object.get("server_names") {
            names.extend(server_names.clone());
        }
    });
    for kind in ["clusters", "endpoints", "routes"] {
        theirs[kind].as_object_mut().unwrap().retain(|name, _| names.contains(&json!(name)));
    }
}

/// Rule `wildcard-overrides-specific`: what an entry says for a name wins over what it says for `*`.
fn without_linked_settings(side: &mut Value, chain: &str) {
    if let Some(cluster) = side["clusters"][chain].as_object_mut() {
        cluster.remove("transport_socket");
    }
    let mut route = side["routes"][chain].take();
    for_each_object(&mut route, &mut |object| drop(object.remove("auto_host_rewrite")));
    if !route.is_null() {
        side["routes"][chain] = route;
    }
}

/// Rule `intentions-crossed`: Consul keeps the rule for a source that a stronger intention on all sources decides.
fn without_crossed_sources(theirs: &mut Value, chain: &str, rules: &Rules<'_>) {
    let default = Verdict::from(rules.default_action());
    let crossed: Vec<Value> = rules
        .intentions()
        .iter()
        .filter(|intention| intention.source_name != "*")
        .filter(|intention| {
            let decision = rules.decide(Source::named(&intention.source_name), None);
            decision.verdict == default && decision.reason.intention() != Some(**intention)
        })
        .map(|intention| json!(format!("/svc/{}$", intention.source_name)))
        .collect();
    for_each_object(&mut theirs["listeners"], &mut |object| {
        if object.get("filter_chain_match").is_none_or(|found| found["server_names"] != json!([chain])) {
            return;
        }
        for_each_object(&mut object["filters"], &mut |object| {
            let Some(Value::Array(principals)) = object.get_mut("principals") else { return };
            principals.retain(|principal| {
                let regex = principal["authenticated"]["principal_name"]["safe_regex"]["regex"].as_str();
                !crossed.iter().any(|end| regex.is_some_and(|regex| regex.ends_with(end.as_str().unwrap())))
            });
        });
        for_each_object(&mut object["filters"], &mut |object| {
            if let Some(Value::Object(policies)) = object.get_mut("policies") {
                policies.retain(|_, policy| policy["principals"] != json!([]));
                if policies.is_empty() {
                    object.remove("policies");
                }
            }
        });
    });
}

fn for_each_object(value: &mut Value, act: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            act(object);
            object.values_mut().for_each(|value| for_each_object(value, act));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| for_each_object(value, act)),
        _ => {}
    }
}

fn compare(path: &str, ours: &Value, theirs: &Value, differences: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, value) in ours {
                compare(
                    &format!("{path}/{key}"),
                    value,
                    theirs.get(key).unwrap_or(&Value::Null),
                    differences,
                );
            }
            for (key, value) in theirs.iter().filter(|(key, _)| !ours.contains_key(*key)) {
                compare(&format!("{path}/{key}"), &Value::Null, value, differences);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(&format!("{path}/{index}"), ours, theirs, differences);
            }
        }
        _ if ours != theirs => differences.push(format!("{path}: rendered {ours}, recorded {theirs}")),
        _ => {}
    }
}
