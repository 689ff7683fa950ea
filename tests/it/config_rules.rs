//! What servers refuse of routers, splitters, resolvers and ingress gateways: `config validate` says the same as the real
//! Consul, in its words.

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
