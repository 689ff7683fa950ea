//! A steady client while everything around its service changes: not one of its requests may fail.

use std::fs;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::Consul;
use crate::support::envoy::Admin;
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::support::steady::Steady;
use crate::world::{World, answered_by, refused};

/// The leaves that Envoy holds: the serial numbers of its certificates.
fn serials(admin: Admin) -> Result<Vec<String>> {
    let certificates = admin.get("/certs")?.json()?;
    let mut serials = Vec::new();
    for certificate in certificates["certificates"].as_array().context("no certificates")? {
        for chain in certificate["cert_chain"].as_array().into_iter().flatten() {
            serials.push(chain["serial_number"].as_str().context("no serial number")?.to_owned());
        }
    }
    serials.sort();
    Ok(serials)
}

#[test]
fn a_hundred_endpoint_changes_and_twenty_services_coming_and_going_cost_no_request() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let steady = world.allowed("steady", &first)?;
    let moving = world.allowed("moving", &first)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &steady, "first")?;
    answered_by(&mut gateway, &frontend, &moving, "first")?;
    let client = Steady::start(world.frontend()?, gateway.address, &steady);

    for round in 1..=100 {
        let (origin, name) = if round % 2 == 0 { (&first, "first") } else { (&second, "second") };
        world.consul.register_external(&moving, origin.address())?;
        // Most come faster than anybody looks; every tenth is waited for.
        if round % 10 == 0 {
            answered_by(&mut gateway, &frontend, &moving, name)?;
        }
    }
    client.goes_on()?;

    let mut added = Vec::new();
    for number in 0..20 {
        added.push(world.allowed(&format!("added-{number}"), &second)?);
        world.write_entry()?;
        if number % 5 == 4 {
            answered_by(&mut gateway, &frontend, &added[number], "second")?;
        }
    }
    for (number, service) in added.iter().enumerate() {
        world.links.remove(service);
        world.write_entry()?;
        if number % 5 == 4 {
            refused(&mut gateway, &frontend, service)?;
        }
    }
    client.end().map(drop)
}

#[test]
fn new_certificates_of_services_and_of_the_mesh_cost_no_request() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let consul = Consul::start()?;
    consul.register_external("steady", origin.address())?;
    consul.allow("frontend", "steady")?;
    consul.write_config_entry(
        &json!({"Kind": "terminating-gateway", "Name": "gateway", "Services": [{"Name": "steady"}]}),
    )?;
    let rules = r#"service_prefix "" { policy = "write" intentions = "read" }
        node_prefix "" { policy = "read" }
        agent_prefix "" { policy = "read" }
        operator = "read""#;
    let run = Termgate::new(["run", "--service", "gateway", "--config-source", "direct"])?
        .args(["--deregister-on-exit", "--token-file", "token"])
        .file("token", consul.token(rules)?)?
        .env("CONSUL_HTTP_ADDR", consul.http().to_string());
    let token_file = run.directory().join("token");
    let mut gateway = Gateway::launch("gateway", run)?;
    let frontend = consul.mesh_client("frontend")?;
    answered_by(&mut gateway, &frontend, "steady", "one")?;
    let client = Steady::start(consul.mesh_client("frontend")?, gateway.address, "steady");

    // The agent has a leaf made for each token: another token is another leaf, at once.
    for round in 0..5 {
        let before = serials(gateway.admin)?;
        fs::write(&token_file, consul.token(rules)?)?;
        if round % 2 == 0 {
            gateway.process.signal(Signal::SIGHUP)?;
        }
        wait_for_other_serials(&mut gateway, &before)?;
        client.goes_on()?;
    }

    // A token that the agent does not know takes nothing away, and counts no longer than it stands in the file.
    let before = serials(gateway.admin)?;
    fs::write(&token_file, "5eed5eed-0000-0000-0000-000000000000")?;
    let output = gateway.process.shared_output();
    gateway.eventually("the token to be refused", || {
        ensure!(output.text().contains("ACL not found"), "it says nothing");
        Ok(())
    })?;
    client.goes_on()?;
    fs::write(&token_file, consul.token(rules)?)?;
    wait_for_other_serials(&mut gateway, &before)?;
    client.goes_on()?;

    // A new mesh CA: the old root stays trusted beside the new one.
    let roots: Value = consul.get("/v1/agent/connect/ca/roots")?;
    let root = Authority::of_mesh(roots["TrustDomain"].as_str().context("no trust domain")?)?;
    let config = json!({"PrivateKey": root.key(), "RootCert": root.certificate, "LeafCertTTL": "72h"});
    consul.put("/v1/connect/ca/configuration", &json!({"Provider": "consul", "Config": config}))?;
    gateway.eventually("two roots", || {
        let roots: Value = consul.get("/v1/agent/connect/ca/roots")?;
        ensure!(roots["Roots"].as_array().is_some_and(|roots| roots.len() == 2), "{roots}");
        Ok(())
    })?;
    client.goes_on()?;
    // A client that only knows the new root's leaves gets through as well.
    let newcomer = consul.mesh_client("frontend")?;
    answered_by(&mut gateway, &newcomer, "steady", "one")?;
    client.goes_on()?;
    let asked = client.end()?;
    ensure!(asked > 100, "only {asked} requests were made");
    Ok(())
}

fn wait_for_other_serials(gateway: &mut Gateway, before: &[String]) -> Result<()> {
    let admin = gateway.admin;
    gateway.eventually("another leaf in Envoy", || {
        let now = serials(admin)?;
        ensure!(now != before, "still {now:?}");
        Ok(())
    })
}
