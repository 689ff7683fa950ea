//! Certificates of the mesh in direct mode: a new CA and a new leaf are live without a restart.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::gateway::Gateway;
use crate::support::mesh::MeshClient;
use crate::support::origin::Origin;
use crate::support::pki::{Authority, Identity};

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";

fn spiffe_id(service: &str) -> String {
    format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{service}")
}

fn roots(authorities: &[&Authority]) -> Value {
    let root = |(number, authority): (usize, &&Authority)| json!({"ID": format!("root-{number}"), "RootCert": authority.certificate, "Active": number == 0});
    let roots: Vec<Value> = authorities.iter().enumerate().map(root).collect();
    json!({"TrustDomain": TRUST_DOMAIN, "ActiveRootID": "root-0", "Roots": roots})
}

fn leaf(identity: &Identity) -> Value {
    json!({"CertPEM": identity.certificate, "PrivateKeyPEM": identity.key, "ServiceURI": spiffe_id("billing")})
}

/// An agent with one linked service; nothing blocks there, so everything is asked anew every second.
fn agent(origin: &Origin, gateway: &Value, authority: &Authority) -> Result<FakeConsul> {
    let agent = FakeConsul::start()?;
    let instance = json!({
        "Node": {"Node": "ext", "Address": "127.0.0.1", "Datacenter": "dc1"},
        "Service": {"ID": "billing", "Service": "billing", "Address": "127.0.0.1", "Port": origin.address().port()},
        "Checks": []});
    let intention = json!({
        "SourceName": "frontend", "SourceNS": "default", "DestinationName": "billing", "DestinationNS": "default",
        "Action": "allow", "Precedence": 9});
    let answers = [
        ("/v1/agent/self", json!({"Config": {"Version": "1.8.7", "Datacenter": "dc1"}, "DebugConfig": {}})),
        ("/v1/agent/service/gateway", gateway.clone()),
        ("/v1/agent/connect/ca/roots", roots(&[authority])),
        (
            "/v1/config/terminating-gateway/gateway",
            json!({"Name": "gateway", "Services": [{"Name": "billing"}]}),
        ),
        ("/v1/catalog/gateway-services/gateway", json!([{"Service": {"Name": "billing"}}])),
        ("/v1/internal/ui/gateway-services-nodes/gateway", json!([])),
        ("/v1/health/service/billing", json!([instance])),
        ("/v1/agent/connect/ca/leaf/billing", leaf(&authority.leaf(&spiffe_id("billing"))?)),
        ("/v1/config/service-defaults", json!([])),
        ("/v1/config/service-resolver", json!([])),
        ("/v1/connect/intentions", json!([intention])),
    ];
    for (path, body) in answers {
        agent.on("GET", path, Answer::json(200, &body));
    }
    for kind in ["proxy-defaults", "terminating-gateway"] {
        agent.on("GET", &format!("/v1/config/{kind}"), Answer::json(200, &json!([])));
    }
    agent.on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    Ok(agent)
}

#[test]
fn a_new_mesh_ca_and_the_leaves_it_signs_are_served_without_a_restart() -> Result<()> {
    needs!(Envoy);
    let (old, new) = (Authority::of_mesh(TRUST_DOMAIN)?, Authority::of_mesh(TRUST_DOMAIN)?);
    let origin = Origin::plain("billing")?;
    let at = free_address()?;
    let service = json!({
        "Kind": "terminating-gateway", "ID": "gateway", "Service": "gateway", "Address": "127.0.0.1", "Port": at.port()});
    let agent = agent(&origin, &service, &old)?;
    let run = Termgate::new(["run", "--service", "gateway", "--config-source", "direct"])?
        .fake_consul(&agent)
        .arg("--address")
        .arg(at.to_string());
    let mut gateway = Gateway::launch_at("gateway", at, run)?;
    let client = |authority: &Authority, trusted: &Authority| {
        MeshClient::new(
            "frontend",
            &authority.leaf(&spiffe_id("frontend"))?,
            &trusted.certificate,
            TRUST_DOMAIN,
            "dc1",
        )
    };
    let of_old = client(&old, &old)?;
    gateway.eventually("an answer with the old leaf", || of_old.get(at, "billing", "/")?.answer())?;
    ensure!(
        client(&new, &old)?.get(at, "billing", "/").is_err()
            || client(&new, &old)?.get(at, "billing", "/")?.refused().is_ok()
    );

    // The CA is rotated: both roots count, and the agent has the service's leaf signed by the new one.
    agent.replace("GET", "/v1/agent/connect/ca/roots", Answer::json(200, &roots(&[&new, &old])));
    let renewed = leaf(&new.leaf(&spiffe_id("billing"))?);
    agent.replace("GET", "/v1/agent/connect/ca/leaf/billing", Answer::json(200, &renewed));

    let of_new = client(&new, &new)?;
    gateway.eventually("an answer with the new leaf", || of_new.get(at, "billing", "/")?.answer())?;
    // A client whose own certificate is still of the old CA gets in as well.
    let not_renewed_yet = client(&old, &new)?;
    gateway.eventually("an answer to a client of the old CA", || {
        not_renewed_yet.get(at, "billing", "/")?.answer()
    })?;
    gateway.process.check_running()
}
