//! Recorded traffic through a gateway of Consul 1.21.4, seen again through termgate and Consul 1.8.7.
//!
//! `tests/fixtures/xds/traffic.jsonl`: a scenario a line, with the servers outside, the calls that set it up and
//! what each probe saw. Of the recorded scenarios these are not here:
//! - Consul 1.8.7 has no such entry or field: access-logs, aws-lambda, default-intention-policy, destination,
//!   escape-hatches, host-rewrite, intentions-jwt, intentions-jwt-live, intentions-l7-default-allow,
//!   intentions-l7-default-deny, mesh-entry, resolver-load-balancer, resolver-subsets, service-defaults-ignored,
//!   wildcard-and-specific, wildcard-overrides-specific;
//! - recorded defects of Consul that termgate does not copy: default-policy-without-acls, intentions-crossed,
//!   no-leaf-passthrough;
//! - a gateway, a token, names or addresses of the recording's own machine: acl-gateway-token, acl-weak-token,
//!   addresses, bind-addresses, hostname, hostname-strict-dns, names, no-default-bind, proxy-config, wildcard;
//! - seen elsewhere with certificates of the test's own (`direct_mode`, `certificates`, `tls_files`, `steady`):
//!   ca-rotation, tls-files-missing, tls-files-missing-live, tls-mutual, tls-one-way, tls-sni, tls-versions;
//! - statistical or of another protocol than this client speaks: instances, http2-grpc.
//!
//! Probes by HTTP/2, without a certificate or with odd TLS are left out as well.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::consul::Consul;
use crate::support::gateway::Gateway;
use crate::support::http::Request;
use crate::support::mesh::{MeshClient, Outcome};
use crate::support::origin::Origin;
use crate::support::pki::Authority;

/// Recorded defects of Consul that termgate does not copy, by scenario and probe.
///
/// `* -> both` (precedence 8) decides, not `batch -> *` (precedence 6): the agent's own API says so, too.
const OTHERWISE: &[(&str, &str)] = &[("intentions-default-allow", "batch -> both")];

#[derive(Deserialize)]
struct Scenario {
    #[serde(rename = "scenario")]
    name: String,
    default_policy: String,
    servers: Vec<Server>,
    calls: Vec<Call>,
    probes: Vec<Probe>,
}

#[derive(Deserialize)]
struct Server {
    name: String,
    port: u16,
    tls: bool,
}

#[derive(Deserialize)]
struct Call {
    method: String,
    path: String,
    body: Value,
}

#[derive(Deserialize)]
struct Probe {
    id: String,
    client: String,
    service: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// `null`: refused.
    seen: Option<Seen>,
}

#[derive(Deserialize)]
struct Seen {
    status: u16,
    #[serde(default)]
    instance: Option<String>,
    #[serde(default)]
    path: Option<String>,
}

impl Probe {
    /// Asks as recorded; fails unless what is seen is what was seen.
    fn check(&self, client: &MeshClient, gateway: &Gateway) -> Result<()> {
        let method = self.method.as_deref().unwrap_or("GET");
        let mut request = Request::new(method, self.path.as_deref().unwrap_or("/"), "mesh-side.example");
        for (name, value) in &self.headers {
            request = request.with_header(name, value);
        }
        let outcome = client.send(gateway.address, &self.service, &request)?;
        let Some(seen) = &self.seen else { return outcome.refused() };
        let response = match outcome {
            Outcome::Answered(response) => response,
            refused @ Outcome::Refused(_) => anyhow::bail!("{refused}"),
        };
        ensure!(response.status == seen.status, "status {} instead of {}", response.status, seen.status);
        if let Some(instance) = &seen.instance {
            let answer = response.json()?;
            ensure!(answer["instance"] == json!(instance), "answered by {}", answer["instance"]);
            if let Some(path) = &seen.path {
                ensure!(answer["path"] == json!(path), "the server saw the path {}", answer["path"]);
            }
        }
        Ok(())
    }
}

/// Puts this machine's ports and files where the recording has its own.
fn adapt(value: &mut Value, ports: &BTreeMap<u64, u16>, authority: &str) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_u64().and_then(|port| ports.get(&port)) {
                    Some(port) if name == "Port" => *value = json!(port),
                    _ if name == "CAFile" => *value = json!(authority),
                    _ => adapt(value, ports, authority),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| adapt(value, ports, authority)),
        _ => {}
    }
}

fn replay(name: &str) -> Result<()> {
    needs!(Consul, Envoy);
    let line = include_str!("../fixtures/xds/traffic.jsonl")
        .lines()
        .find(|line| line.contains(&format!("\"scenario\":\"{name}\"")))
        .context("no such scenario")?;
    let scenario: Scenario = serde_json::from_str(line)?;
    assert_eq!(scenario.name, name);
    ensure!(!scenario.probes.is_empty(), "nothing would be looked at");

    let authority = Authority::new("External CA")?;
    let files = tempfile::tempdir()?;
    let authority_file = files.path().join("ca.pem");
    std::fs::write(&authority_file, &authority.certificate)?;
    let identity = authority.server(&["api.ext.example"])?;
    let origins = scenario.servers.iter().map(|server| {
        let origin =
            if server.tls { Origin::tls(&server.name, &identity) } else { Origin::plain(&server.name) };
        Ok((u64::from(server.port), origin?))
    });
    let origins: BTreeMap<u64, Origin> = origins.collect::<Result<_>>()?;
    let ports = origins.iter().map(|(recorded, origin)| (*recorded, origin.address().port())).collect();

    let consul = Consul::start_with(&json!({"acl": {"default_policy": scenario.default_policy}}))?;
    for call in &scenario.calls {
        let mut body = call.body.clone();
        adapt(&mut body, &ports, &authority_file.display().to_string());
        let answer = consul.request(&call.method, &call.path, Some(&body))?;
        ensure!(answer.status == 200, "{} {}: {}", call.method, call.path, answer.text());
    }
    let mut gateway = Gateway::start(&consul, "gw")?;
    let mut clients: BTreeMap<&str, MeshClient> = BTreeMap::new();
    for probe in &scenario.probes {
        if !clients.contains_key(probe.client.as_str()) {
            clients.insert(&probe.client, consul.mesh_client(&probe.client)?);
        }
    }
    // What is answered may take a moment to be; then nothing changes any more.
    let (otherwise, same): (Vec<&Probe>, Vec<&Probe>) =
        scenario.probes.iter().partition(|probe| OTHERWISE.contains(&(name, &probe.id)));
    let (answered, refused): (Vec<&Probe>, Vec<&Probe>) =
        same.into_iter().partition(|probe| probe.seen.is_some());
    for probe in answered {
        let client = &clients[probe.client.as_str()];
        crate::support::wait::eventually(&probe.id, || probe.check(client, &gateway))
            .map_err(|error| gateway.process.explain(&error))?;
    }
    for probe in refused {
        probe.check(&clients[probe.client.as_str()], &gateway).with_context(|| probe.id.clone())?;
    }
    for probe in otherwise {
        let seen = probe.check(&clients[probe.client.as_str()], &gateway);
        ensure!(seen.is_err(), "{} is as recorded now: no difference any more", probe.id);
    }
    gateway.process.check_running()
}

macro_rules! scenarios {
    ($($test:ident: $name:literal,)+) => {
        $(#[test]
        fn $test() -> Result<()> {
            replay($name)
        })+
    };
}

scenarios! {
    one_linked_service_plain_tcp: "tcp-plain",
    one_linked_service_with_protocol_http: "http-plain",
    fifty_linked_services_half_http_some_with_tls: "fifty-services",
    intentions_where_the_default_is_to_allow: "intentions-default-allow",
    intentions_where_the_default_is_to_deny: "intentions-default-deny",
    a_gateway_without_an_entry: "no-config-entry",
    linked_services_that_are_in_no_catalog: "not-registered",
    redirect_and_failover: "resolver-redirect-failover",
    protocols_from_proxy_defaults: "proxy-defaults-protocol",
}
