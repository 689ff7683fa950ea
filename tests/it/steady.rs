//! A steady client while everything around its service changes: not one of its requests may fail.

use std::fs;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::envoy::Admin;
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::world::{Busy, World, answered_by, refused};

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
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(world.run()?, &first)?;

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
    let mut world = World::alone()?;
    let rules = r#"service_prefix "" { policy = "write" intentions = "read" }
        node_prefix "" { policy = "read" }
        agent_prefix "" { policy = "read" }
        operator = "read""#;
    let run = world
        .run()?
        .env("CONSUL_HTTP_TOKEN", "")
        .args(["--token-file", "token"])
        .file("token", world.consul.token(rules)?)?;
    let token_file = run.directory().join("token");
    let Busy { mut gateway, client, steady, .. } = world.busy(run, &origin)?;
    let consul = &world.consul;

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
    gateway.says("ACL not found")?;
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
    answered_by(&mut gateway, &world.frontend()?, &steady, "one")?;
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
