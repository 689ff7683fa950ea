//! What direct mode asks the agent for: only what a change concerns, and of many services the nodes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use termgate::collect::live;
use termgate::settings::consul::{ConsulFlags, ConsulSettings};

use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::pki::Authority;
use crate::support::process::Process;
use crate::support::tools::Tool;

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";
const SUMMARY: &str = "/v1/internal/ui/gateway-services-nodes/gateway";
const SERVICES: [&str; 3] = ["a", "b", "c"];

fn instance(service: &str, port: u16, index: u64) -> Value {
    json!([{
        "Node": {"Node": "ext", "Address": "127.0.0.1", "Datacenter": "dc1", "ModifyIndex": 5},
        "Service": {"ID": service, "Service": service, "Address": "127.0.0.1", "Port": port, "ModifyIndex": index},
        "Checks": []}])
}

fn on_node(index_of_b: u64) -> Value {
    let service = |name: &str, index: u64| json!({"ID": name, "Service": name, "ModifyIndex": index});
    json!({
        "Node": {"Node": "ext", "ModifyIndex": 5},
        "Services": [service("a", 10), service("b", index_of_b), service("c", 10)]})
}

fn leaf(authority: &Authority, service: &str) -> Result<Answer> {
    let spiffe_id = format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{service}");
    let leaf = authority.leaf(&spiffe_id)?;
    let leaf = json!({"CertPEM": leaf.certificate, "PrivateKeyPEM": leaf.key, "ServiceURI": spiffe_id});
    Ok(Answer::json(200, &leaf))
}

/// An agent with linked services on one node.
fn agent(services: &[&str]) -> Result<FakeConsul> {
    agent_of(&Authority::of_mesh(TRUST_DOMAIN)?, services)
}

fn agent_of(authority: &Authority, services: &[&str]) -> Result<FakeConsul> {
    let agent = FakeConsul::start()?;
    let root = json!({"ID": "root", "RootCert": authority.certificate, "Active": true});
    let links: Vec<Value> = services.iter().map(|name| json!({"Service": {"Name": name}})).collect();
    let steady = [
        ("/v1/agent/self", json!({"Config": {"Version": "1.8.7", "Datacenter": "dc1"}, "DebugConfig": {}})),
        (
            "/v1/agent/connect/ca/roots",
            json!({"TrustDomain": TRUST_DOMAIN, "ActiveRootID": "root", "Roots": [root]}),
        ),
        ("/v1/config/terminating-gateway/gateway", json!({"Name": "gateway", "Services": []})),
        ("/v1/catalog/gateway-services/gateway", json!(links)),
        ("/v1/config/service-defaults", json!([])),
        ("/v1/config/service-resolver", json!([])),
        ("/v1/connect/intentions", json!([])),
    ];
    for (path, body) in steady {
        agent.on("GET", path, Answer::json(200, &body).header("X-Consul-Index", "10"));
        agent.on("GET", &format!("{path}?index=10&wait=60s"), Answer::hang());
    }
    for service in services {
        agent.on("GET", &format!("/v1/agent/connect/ca/leaf/{service}"), leaf(authority, service)?);
        agent.on(
            "GET",
            &format!("/v1/health/service/{service}"),
            Answer::json(200, &instance(service, 8000, 10)),
        );
    }
    for path in ["/v1/config/proxy-defaults/global", "/v1/config/mesh/mesh"] {
        agent.on("GET", path, Answer::text(404, "not found"));
    }
    agent.on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    let registered =
        json!({"Kind": "terminating-gateway", "ID": "gateway", "Service": "gateway", "Address": "127.0.0.1"});
    agent.on("GET", "/v1/agent/service/gateway", Answer::json(200, &registered));
    Ok(agent)
}

fn count(agent: &FakeConsul, path: &str) -> usize {
    agent.received().iter().filter(|received| received.request.target == path).count()
}

/// A running gateway, and its folders.
fn run(agent: &FakeConsul) -> Result<(Process, Termgate)> {
    let run = Termgate::new(["run", "--service", "gateway", "--config-source", "direct"])?
        .fake_consul(agent)
        .arg("--address")
        .arg(free_address()?.to_string())
        .arg("--admin-bind")
        .arg(free_address()?.to_string());
    let run = run.arg("--envoy-binary").arg(Tool::Envoy.path()?);
    Ok((Process::spawn("termgate run", &mut run.to_command()?)?, run))
}

fn ready(process: &mut Process) -> Result<()> {
    let output = process.shared_output();
    process.wait_until("Envoy to be ready", || {
        ensure!(output.text().contains("ready: Envoy serves"), "it is not yet");
        Ok(())
    })
}

#[test]
fn another_port_of_one_service_makes_termgate_ask_for_that_service_alone() -> Result<()> {
    needs!(Envoy);
    let agent = agent(&SERVICES)?;
    // The summary never shows a port: that something changed is all it tells, when its index moves.
    let summary = SERVICES.map(|name| json!({"Name": name, "Nodes": ["ext"], "InstanceCount": 1}));
    let summary =
        |index: &str| Answer::json(200, &Value::from(summary.to_vec())).header("X-Consul-Index", index);
    let blocking = format!("{SUMMARY}?index=10&wait=60s");
    agent.on("GET", SUMMARY, summary("10"));
    agent.on("GET", &blocking, summary("10").after(Duration::from_millis(100)));
    agent.on("GET", &format!("{SUMMARY}?index=11&wait=60s"), Answer::hang());
    agent.on("GET", "/v1/catalog/node-services/ext", Answer::json(200, &on_node(11)));
    let (mut process, _folders) = run(&agent)?;
    ready(&mut process)?;
    let asked = || SERVICES.map(|service| count(&agent, &format!("/v1/health/service/{service}")));
    let before = asked();
    agent.replace("GET", "/v1/health/service/b", Answer::json(200, &instance("b", 9000, 11)));
    agent.replace("GET", &blocking, summary("11"));
    process.wait_until("`b` to be asked for again", || {
        ensure!(asked() == [before[0], before[1] + 1, before[2]], "asked {:?}, before {before:?}", asked());
        Ok(())
    })
}

#[test]
fn a_change_on_the_node_with_most_services_is_known_before_the_summary_tells_of_it() -> Result<()> {
    needs!(Envoy);
    let agent = agent(&SERVICES)?;
    let summary = SERVICES.map(|name| json!({"Name": name, "Nodes": ["ext"], "InstanceCount": 1}));
    agent.on(
        "GET",
        SUMMARY,
        Answer::json(200, &Value::from(summary.to_vec())).header("X-Consul-Index", "10"),
    );
    agent.on("GET", &format!("{SUMMARY}?index=10&wait=60s"), Answer::hang());
    let node = |index: u64| Answer::json(200, &on_node(index)).header("X-Consul-Index", &index.to_string());
    let watched = "/v1/catalog/node-services/ext?index=10&wait=60s";
    agent.on("GET", "/v1/catalog/node-services/ext", node(10));
    agent.on("GET", watched, node(10).after(Duration::from_millis(100)));
    agent.on("GET", "/v1/catalog/node-services/ext?index=11&wait=60s", Answer::hang());
    let (mut process, _folders) = run(&agent)?;
    process.wait_until("the node to be watched", || {
        ensure!(count(&agent, watched) > 0, "it is not");
        Ok(())
    })?;
    let asked = || SERVICES.map(|service| count(&agent, &format!("/v1/health/service/{service}")));
    let before = asked();
    agent.replace("GET", "/v1/health/service/b", Answer::json(200, &instance("b", 9000, 11)));
    agent.replace("GET", watched, node(11));
    process.wait_until("`b` to be asked for again", || {
        ensure!(asked() == [before[0], before[1] + 1, before[2]], "asked {:?}, before {before:?}", asked());
        Ok(())
    })
}

/// An agent with many services on one node, which the summary says.
fn agent_with_many(services: &[&str]) -> Result<FakeConsul> {
    let agent = agent(services)?;
    let summary: Vec<Value> =
        services.iter().map(|name| json!({"Name": name, "Nodes": ["ext"], "InstanceCount": 1})).collect();
    agent.on("GET", SUMMARY, Answer::json(200, &Value::from(summary)).header("X-Consul-Index", "10"));
    agent.on("GET", &format!("{SUMMARY}?index=10&wait=60s"), Answer::hang());
    Ok(agent)
}

#[test]
fn many_services_on_one_node_are_asked_about_by_the_node() -> Result<()> {
    needs!(Envoy);
    let names: Vec<String> = (0..200).map(|number| format!("s{number}")).collect();
    let services: Vec<&str> = names.iter().map(String::as_str).collect();
    let agent = agent_with_many(&services)?;
    let here: Vec<Value> = services
        .iter()
        .map(|name| json!({"ID": name, "Service": name, "Port": 8000, "ModifyIndex": 10}))
        .collect();
    let catalog =
        json!({"Node": {"Node": "ext", "Address": "127.0.0.1", "ModifyIndex": 5}, "Services": here});
    agent.on("GET", "/v1/catalog/node-services/ext", Answer::json(200, &catalog));
    agent.on("GET", "/v1/health/node/ext", Answer::json(200, &json!([])));
    let (mut process, _folders) = run(&agent)?;
    ready(&mut process)?;
    let asked =
        agent.received().iter().filter(|one| one.request.target.starts_with("/v1/health/service/")).count();
    ensure!(asked < services.len() / 2, "{asked} services were asked about one by one");
    assert!(count(&agent, "/v1/health/node/ext") >= 1);
    Ok(())
}

#[test]
fn without_the_right_to_read_a_node_services_are_asked_about_one_by_one() -> Result<()> {
    needs!(Envoy);
    let names: Vec<String> = (0..40).map(|number| format!("s{number}")).collect();
    let services: Vec<&str> = names.iter().map(String::as_str).collect();
    let agent = agent_with_many(&services)?;
    agent.on("GET", "/v1/catalog/node-services/ext", Answer::text(403, "Permission denied"));
    let (mut process, _folders) = run(&agent)?;
    process.wait_until("every service to be asked about", || {
        for service in &services {
            ensure!(
                count(&agent, &format!("/v1/health/service/{service}")) >= 1,
                "{service} was not asked about"
            );
        }
        Ok(())
    })
}

#[test]
fn a_service_whose_certificate_is_late_is_said_to_wait_and_one_that_gets_none_to_be_closed() -> Result<()> {
    needs!(Envoy);
    let authority = Authority::of_mesh(TRUST_DOMAIN)?;
    let agent = agent_of(&authority, &SERVICES)?;
    let path = |service: &str| format!("/v1/agent/connect/ca/leaf/{service}");
    agent.replace("GET", &path("b"), Answer::text(429, "Rate limit reached, try again later"));
    agent.replace("GET", &path("c"), Answer::text(403, "Permission denied"));
    let (mut process, _folders) = run(&agent)?;
    let output = process.shared_output();
    let said = |what: &str| output.text().contains(what);
    process.wait_until("both to be told", || {
        ensure!(said("waiting for certificates of 1 service; each is served as soon as its own is there: b"));
        ensure!(said("service `c`: the agent gives no certificate for it"));
        Ok(())
    })?;
    assert!(!said("service `b`: the agent gives no certificate"), "{}", output.text());
    agent.replace("GET", &path("b"), leaf(&authority, "b")?);
    process.wait_until("`b` to be served", || {
        ensure!(said("2 services; new: b"), "not yet");
        Ok(())
    })
}

/// Registers an instance with its checks on a node.
fn register(consul: &Consul, node: &str, service: &str, id: &str, checks: &Value) -> Result<()> {
    consul
        .put(
            "/v1/catalog/register",
            &json!({
                "Node": node, "Address": "10.1.2.3", "NodeMeta": {"external-node": "true"},
                "Service": {
                    "ID": id, "Service": service, "Port": 8000, "Tags": ["v1"], "Meta": {"a": "b"},
                    "Weights": {"Passing": 3, "Warning": 1},
                },
                "Checks": checks,
            }),
        )
        .map(drop)
}

#[test]
fn instances_by_node_are_the_same_as_by_service() -> Result<()> {
    needs!(Consul);
    // So many certificates at once are more than the shared agent's CA signs beside other tests.
    let consul = &Consul::start()?;
    let gateway = consul.unique("gateway");
    let services: Vec<String> = (0..40).map(|number| consul.unique(&format!("s{number}"))).collect();
    for (number, service) in services.iter().enumerate() {
        let status = ["passing", "warning", "critical"][number % 3];
        let own = json!([{"Name": "own", "CheckID": format!("{service}:own"), "ServiceID": format!("{service}-1"), "Status": status}]);
        register(consul, "Zone-B", service, &format!("{service}-1"), &own)?;
        let of_node = json!([{"Name": "node", "CheckID": "node-alive", "Status": "passing"}]);
        register(consul, "zone-a", service, &format!("{service}-B"), &of_node)?;
        register(consul, "zone-a", service, &format!("{service}-a"), &json!([]))?;
    }
    let links: Vec<Value> = services.iter().map(|name| json!({"Name": name})).collect();
    consul.write_config_entry(&json!({"Kind": "terminating-gateway", "Name": gateway, "Services": links}))?;
    consul.put(
        "/v1/agent/service/register",
        &json!({"Kind": "terminating-gateway", "Name": gateway, "Port": 8443}),
    )?;

    let flags = ConsulFlags {
        http_addr: Some(consul.http().to_string()),
        token: Some(MANAGEMENT_TOKEN.into()),
        ..ConsulFlags::default()
    };
    let settings = ConsulSettings::resolve(flags, &BTreeMap::new())?;
    let client = Arc::new(termgate::consul::Consul::new(&settings)?);
    let gateway = termgate::collect::Gateway { id: gateway.clone(), name: gateway };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (expected, followed) = runtime.block_on(async {
        let expected = termgate::collect::once(&client, &gateway).await?;
        let mut follower = live::follow(&client, &gateway, live::FIRST_LEAVES);
        let complete = |state: &Option<live::Collected>| {
            state.as_ref().is_some_and(|state| state.stage >= live::Stage::Instances)
        };
        let collected = follower.snapshots.wait_for(complete).await?.clone();
        anyhow::Ok((expected, collected.context("nothing was collected")?))
    })?;
    assert_eq!(expected.instances.len(), services.len());
    assert_eq!(followed.snapshot.instances, expected.instances);
    Ok(())
}
