//! What direct mode asks the agent for: only what a change concerns.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
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
        "Services": {"a": service("a", 10), "b": service("b", index_of_b), "c": service("c", 10)}})
}

/// An agent with three linked services on one node.
fn agent() -> Result<FakeConsul> {
    let (agent, authority) = (FakeConsul::start()?, Authority::of_mesh(TRUST_DOMAIN)?);
    let root = json!({"ID": "root", "RootCert": authority.certificate, "Active": true});
    let links: Vec<Value> = SERVICES.iter().map(|name| json!({"Service": {"Name": name}})).collect();
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
    for service in SERVICES {
        let spiffe_id = format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{service}");
        let leaf = authority.leaf(&spiffe_id)?;
        let leaf = json!({"CertPEM": leaf.certificate, "PrivateKeyPEM": leaf.key, "ServiceURI": spiffe_id});
        agent.on("GET", &format!("/v1/agent/connect/ca/leaf/{service}"), Answer::json(200, &leaf));
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

#[test]
fn another_port_of_one_service_makes_termgate_ask_for_that_service_alone() -> Result<()> {
    needs!(Envoy);
    let agent = agent()?;
    // The summary never shows a port: that something changed is all it tells, when its index moves.
    let summary = SERVICES.map(|name| json!({"Name": name, "Nodes": ["ext"], "InstanceCount": 1}));
    let summary =
        |index: &str| Answer::json(200, &Value::from(summary.to_vec())).header("X-Consul-Index", index);
    agent.on("GET", SUMMARY, summary("10"));
    agent.on("GET", &format!("{SUMMARY}?index=10&wait=60s"), summary("11").after(Duration::from_millis(800)));
    agent.on("GET", &format!("{SUMMARY}?index=11&wait=60s"), Answer::hang());
    agent.on("GET", "/v1/catalog/node/ext", Answer::json(200, &on_node(11)));
    agent.on("GET", "/v1/health/service/b", Answer::json(200, &instance("b", 9000, 11)));
    let at = free_address()?;
    let run = Termgate::new(["run", "--service", "gateway", "--config-source", "direct"])?
        .fake_consul(&agent)
        .arg("--address")
        .arg(at.to_string());
    let run = run.arg("--envoy-binary").arg(Tool::Envoy.path()?);
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.wait_until("`b` to be asked for again", || {
        ensure!(count(&agent, "/v1/health/service/b") == 2, "asked for {:?}", agent.received().len());
        Ok(())
    })?;
    for service in ["a", "c"] {
        assert_eq!(count(&agent, &format!("/v1/health/service/{service}")), 1, "{service}");
    }
    Ok(())
}
