//! What servers refuse of entries: `config validate` says the same as the real Consul, in its words.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::Consul;

/// Entries about services that speak HTTP, so that only the rules of the entry itself count.
fn entries() -> Vec<Value> {
    let route = |http: Value| json!({"Kind": "service-router", "Routes": [{"Match": {"HTTP": http}}]});
    let to = |to: Value| json!({"Kind": "service-router", "Routes": [{"Destination": to}]});
    let splits = |splits: Value| json!({"Kind": "service-splitter", "Splits": splits});
    let resolver = |mut fields: Value| {
        fields["Kind"] = json!("service-resolver");
        fields
    };
    let ingress = |protocol: &str, services: Value| json!({"Kind": "ingress-gateway", "Listeners": [{"Port": 9090, "Protocol": protocol, "Services": services}]});
    let hosts = |hosts: Value| ingress("http", json!([{"Name": "h", "Hosts": hosts}]));
    vec![
        route(json!({"PathPrefix": "a"})),
        route(json!({"PathPrefix": "/a"})),
        route(json!({"PathExact": "a"})),
        route(json!({"PathExact": "/a", "PathRegex": "/b"})),
        route(json!({"PathRegex": "("})),
        route(json!({"Header": [{"Present": true}]})),
        route(json!({"Header": [{"Name": "x"}]})),
        route(json!({"Header": [{"Name": "x", "Exact": "a", "Suffix": "b"}]})),
        route(json!({"Header": [{"Name": "x", "Exact": "a", "Invert": true}]})),
        route(json!({"QueryParam": [{"Exact": "a"}]})),
        route(json!({"QueryParam": [{"Name": "x", "Exact": "a", "Present": true}]})),
        route(json!({"Methods": ["get", "GET"]})),
        route(json!({"Methods": ["get", "FOO"]})),
        to(json!({"PrefixRewrite": "/x"})),
        to(json!({"NumRetries": 3})),
        splits(json!([])),
        splits(json!([{"Weight": 90}])),
        splits(json!([{"Weight": 99.994}])),
        splits(json!([{"Weight": 99.995}])),
        splits(json!([{"Weight": 100.004}])),
        splits(json!([{"Weight": 50.005, "Service": "h2"}, {"Weight": 50.005}])),
        splits(json!([{"Weight": 50, "Service": "h2"}, {"Weight": 50, "Service": "h2"}])),
        splits(json!([{"Weight": -10, "Service": "h2"}, {"Weight": 110}])),
        resolver(json!({"DefaultSubset": "x"})),
        resolver(json!({"Subsets": {"": {}}})),
        resolver(json!({"Subsets": {"-x": {}}})),
        resolver(json!({"Subsets": {"x".repeat(64): {}}})),
        resolver(json!({"Subsets": {"a-1": {"Filter": "Service.Meta.v = 1"}}})),
        resolver(json!({"Redirect": {}})),
        resolver(json!({"Redirect": {"ServiceSubset": "q"}})),
        resolver(json!({"Redirect": {"Datacenter": "dc9"}})),
        resolver(json!({"Redirect": {"Service": "h2"}, "Failover": {"*": {"Service": "h3"}}})),
        resolver(json!({"Failover": {"*": {}}})),
        resolver(json!({"Failover": {"x": {"Service": "h2"}}})),
        resolver(json!({"Failover": {"*": {"ServiceSubset": "x"}}})),
        resolver(json!({"Failover": {"*": {"Datacenters": [""]}}})),
        resolver(json!({"Failover": {"*": {"Service": "h2"}}})),
        resolver(json!({"ConnectTimeout": "-1s"})),
        ingress("tcp", json!([{"Name": "a"}, {"Name": "b"}])),
        ingress("http2", json!([{"Name": "a"}, {"Name": "b"}])),
        ingress("HTTP", json!([{"Name": "h"}, {"Name": "h2"}])),
        ingress("tcp", json!([])),
        ingress("foo", json!([{"Name": "h"}])),
        ingress("tcp", json!([{"Name": "*"}])),
        ingress("http", json!([{"Name": "*", "Hosts": ["a"]}])),
        ingress("tcp", json!([{"Name": "a", "Hosts": ["a"]}])),
        ingress("http", json!([{"Name": ""}])),
        hosts(json!(["*", "*.a.com", "a_b:80", "*."])),
        hosts(json!(["a", "a"])),
        hosts(json!(["a*b"])),
        hosts(json!(["a.*"])),
        hosts(json!(["*.*.a"])),
        hosts(json!(["a..b"])),
        hosts(json!([""])),
        hosts(json!(["x".repeat(64)])),
    ]
}

#[test]
fn the_rules_of_chains_and_ingress_gateways_are_those_of_the_real_servers() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for name in ["h", "h2", "h3"] {
        consul.write_config_entry(&json!({"Kind": "service-defaults", "Name": name, "Protocol": "http"}))?;
    }
    let folder = tempfile::tempdir()?;
    let mut entries = entries();
    for (index, entry) in entries.iter_mut().enumerate() {
        entry["Name"] = json!("h");
        fs::write(folder.path().join(format!("{index:03}.json")), entry.to_string())?;
    }
    let validate = ["config", "validate", "--output", "json", "--consul-version", "1.8.7"];
    let report = Termgate::new(validate)?.arg(folder.path()).exits(3)?.json()?;
    let files = report["files"].as_array().context("no files")?;
    ensure!(files.len() == entries.len(), "{report}");
    let mut differences = Vec::new();
    for (entry, file) in entries.iter().zip(files) {
        let answer = consul.request("PUT", "/v1/config", Some(entry))?;
        let said = answer.text();
        let mut ours = file["findings"].as_array().into_iter().flatten();
        let agree = if answer.status == 200 {
            let kind = entry["Kind"].as_str().context("no kind")?;
            consul.request("DELETE", &format!("/v1/config/{kind}/h"), None)?;
            file["valid"] == true
        } else {
            ours.any(|found| found["message"].as_str().is_some_and(|message| said.contains(message)))
        };
        if !agree {
            differences.push(format!("{entry}: {} {said}: {}", answer.status, file["findings"]));
        }
    }
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

/// Entries that the real 1.8.7 takes, with most of the keys that it knows.
fn accepted() -> Vec<Value> {
    let expose = json!({"Checks": true, "Paths": [
        {"ListenerPort": 8080, "Path": "/a", "LocalPathPort": 80, "Protocol": "http2"},
        {"ListenerPort": 8081, "Path": "/b", "LocalPathPort": 80}]});
    vec![
        json!({"Kind": "service-defaults", "Name": "swept", "Protocol": "http", "ExternalSNI": "a.b",
            "MeshGateway": {"Mode": "local"}, "Expose": expose, "Meta": {"a": "b"}}),
        json!({"Kind": "proxy-defaults", "Name": "global", "Config": {"local_connect_timeout_ms": 1000},
            "MeshGateway": {"Mode": "remote"}, "Expose": expose}),
        json!({"Kind": "service-router", "Name": "h", "Routes": [
            {"Match": {"HTTP": {"PathPrefix": "/a", "Methods": ["GET", "PUT"],
                "Header": [{"Name": "x", "Exact": "1"}, {"Name": "y", "Present": true, "Invert": true}],
                "QueryParam": [{"Name": "q", "Regex": "a+"}]}},
             "Destination": {"Service": "h2", "PrefixRewrite": "/", "RequestTimeout": "5s", "NumRetries": 2,
                "RetryOnConnectFailure": true, "RetryOnStatusCodes": [503, 504]}},
            {"Match": {"HTTP": {"PathExact": "/b"}}},
            {"Match": {"HTTP": {"PathRegex": "/c.*"}}, "Destination": {"Service": "h3"}}]}),
        json!({"Kind": "service-splitter", "Name": "h", "Splits": [
            {"Weight": 50, "Service": "h2"}, {"Weight": 25.5, "Service": "h3"}, {"Weight": 24.5}]}),
        json!({"Kind": "service-resolver", "Name": "h", "DefaultSubset": "v1", "ConnectTimeout": "15s",
            "Subsets": {"v1": {"Filter": "Service.Meta.version == v1", "OnlyPassing": true}, "v2": {}},
            "Failover": {"*": {"Service": "h2", "Datacenters": ["dc2", "dc3"]}, "v2": {"ServiceSubset": "v1"}}}),
        json!({"Kind": "service-resolver", "Name": "h", "Redirect": {"Service": "h2", "Datacenter": "dc2"}}),
        json!({"Kind": "ingress-gateway", "Name": "swept", "TLS": {"Enabled": true}, "Listeners": [
            {"Port": 8080, "Protocol": "http", "Services": [
                {"Name": "h", "Hosts": ["a.b", "*.c.d"]}, {"Name": "h2"}, {"Name": "*"}]},
            {"Port": 8443, "Protocol": "tcp", "Services": [{"Name": "db"}]}]}),
        json!({"Kind": "terminating-gateway", "Name": "swept", "Services": [
            {"Name": "a", "CAFile": "/ca", "CertFile": "/c", "KeyFile": "/k", "SNI": "s"},
            {"Name": "b", "CAFile": "/ca"}, {"Name": "*"}]}),
    ]
}

/// Where the values of an entry stand, but for its kind and name.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut inside = |key: String, inner: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        if at != "/Kind" && at != "/Name" {
            found.push(at.clone());
            places(inner, &at, found);
        }
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, inner)| inside(key.clone(), inner)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, inner)| inside(index.to_string(), inner));
        }
        _ => {}
    }
}

/// What may stand in the place of a value.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![json!(null), json!([]), json!({}), json!(true), json!(["a", "a"]), json!([{}])];
    match value {
        Value::String(_) => others.extend(
            ["", "*", "a*", "HTTP", "tcp", "a b", "/", "-a", "a..b", "x*.y", "-5s", "5x", "v2", "h", "("]
                .map(Value::from),
        ),
        Value::Number(_) => {
            others.extend([json!(0), json!(-1), json!(65536), json!(1.5), json!(101), json!("x")]);
        }
        Value::Array(items) => {
            others.push(items.iter().chain(items.first()).cloned().collect());
            others.extend(items.first().cloned());
        }
        Value::Object(members) => {
            for (key, value) in [
                ("Bogus", json!(1)),
                ("Namespace", json!("n")),
                ("ServiceSubset", json!("v9")),
                ("PathExact", json!("x")),
                ("PathRegex", json!("x")),
                ("Exact", json!("x")),
                ("Methods", json!(["get", "GET"])),
                ("*", json!({})),
                ("v2", json!({"Service": "h2"})),
            ] {
                let mut more = members.clone();
                more.insert(key.to_owned(), value);
                others.push(more.into());
            }
        }
        _ => others.push(json!("x")),
    }
    others
}

/// The entry and all that differ from it in one place.
fn changed(entry: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    places(entry, "", &mut found);
    let mut all = vec![entry.clone()];
    for place in found {
        let old = entry.pointer(&place).cloned().unwrap_or_default();
        for other in others(&old) {
            // The real server would end with a panic.
            let crashes = entry["Kind"] == "proxy-defaults"
                && place.starts_with("/Config")
                && other.to_string().contains("null");
            let mut changed = entry.clone();
            if let (Some(value), false) = (changed.pointer_mut(&place), crashes) {
                *value = other;
                all.push(changed);
            }
        }
    }
    all
}

#[test]
fn an_entry_that_differs_in_one_place_is_judged_as_by_the_real_servers() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for name in ["h", "h2", "h3"] {
        consul.write_config_entry(&json!({"Kind": "service-defaults", "Name": name, "Protocol": "http"}))?;
    }
    let entries: Vec<Value> = accepted().iter().flat_map(changed).collect();
    ensure!(entries.len() > 1000, "only {} entries", entries.len());
    let folder = tempfile::tempdir()?;
    for (index, entry) in entries.iter().enumerate() {
        fs::write(folder.path().join(format!("{index:05}.json")), entry.to_string())?;
    }
    let validate = ["config", "validate", "--output", "json", "--consul-version", "1.8.7"];
    let report = Termgate::new(validate)?.arg(folder.path()).exits(3)?.json()?;
    let files = report["files"].as_array().context("no files")?;
    let mut differences = Vec::new();
    for (entry, file) in entries.iter().zip(files) {
        let answer = consul.request("PUT", "/v1/config", Some(entry))?;
        let said = answer.text();
        let (kind, name) =
            (entry["Kind"].as_str().unwrap_or_default(), entry["Name"].as_str().unwrap_or_default());
        if answer.status == 200 {
            consul.request("DELETE", &format!("/v1/config/{kind}/{name}"), None)?;
        }
        // Other entries are a matter of the whole, and values that only Envoy refuses are none of the servers'.
        let of_others = ["discovery chain", "does not have a subset", "does not match defined"];
        let findings = file["findings"].as_array().context("no findings")?;
        let only_envoy =
            |found: &Value| found["code"] == "refused-by-envoy" || found["severity"] != "failure";
        let is_valid = findings.iter().all(only_envoy);
        if is_valid != (answer.status == 200) && !of_others.iter().any(|words| said.contains(words)) {
            differences.push(format!("{entry}: {} {said}: {}", answer.status, file["findings"]));
        }
    }
    ensure!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    Ok(())
}
