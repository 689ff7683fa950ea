//! Two gateways with one service id on one agent.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::monitor::get;
use crate::support::origin::Origin;
use crate::support::process::Process;
use crate::world::{World, answered_by};

/// A second run of the same id at another address.
fn second(world: &World, flags: &[&str]) -> Result<(Termgate, SocketAddr)> {
    let address = free_address()?;
    let run = world
        .run()?
        .args(["--address", &address.to_string(), "--admin-bind", &free_address()?.to_string()])
        .args(flags)
        .real_envoy()?
        .limit(Duration::from_secs(40));
    Ok((run, address))
}

fn registered_port(consul: &Consul, id: &str) -> Result<u64> {
    let service = consul.agent_service(id)?.context("it is not registered")?;
    service["Port"].as_u64().context("it has no port")
}

#[test]
fn a_second_run_waits_for_the_first_and_is_refused_while_that_serves() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let mut first = world.start()?;
    let client = world.frontend()?;
    answered_by(&mut first, &client, &service, "one")?;

    let (refused, _) = second(&world, &["--wait", "1s"])?;
    let output = refused.exits(1)?;
    output.says(&[
        &format!("another gateway runs as `{}`", world.gateway),
        &format!("registered at {}", first.address),
        "--service-id",
        "--replace",
    ])?;
    assert_eq!(registered_port(world.consul, &world.gateway)?, u64::from(first.address.port()));
    answered_by(&mut first, &client, &service, "one")?;

    // One that waits long enough takes its place as soon as the first has ended.
    let (waiting, address) = second(&world, &["--wait", "40s"])?;
    let mut process = Process::spawn("the second termgate", &mut waiting.to_command()?)?;
    process.says("waiting up to 40s for the gateway")?;
    first.stop()?;
    process.says("ready: Envoy serves")?;
    assert_eq!(registered_port(world.consul, &world.gateway)?, u64::from(address.port()));
    ensure!(process.terminate()?.success(), "{}", process.output());
    Ok(())
}

#[test]
fn a_gateway_keeps_its_listener_when_its_id_is_registered_elsewhere() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let ready = free_address()?;
    let mut first = world.launch(world.run()?.args(["--ready-bind", &ready.to_string()]))?;
    let client = world.frontend()?;
    answered_by(&mut first, &client, &service, "one")?;

    let (replacing, address) = second(&world, &["--replace"])?;
    let mut process = Process::spawn("the second termgate", &mut replacing.to_command()?)?;
    process.says("ready: Envoy serves")?;
    ensure!(process.output().contains("which still accepts connections"), "{}", process.output());
    first.says(&format!("someone else registered `{}` with another address ({address})", world.gateway))?;
    let answer = get(ready, "/ready")?;
    ensure!(answer.status == 200 && answer.text().contains("someone else"), "{}", answer.text());
    let listeners = first.admin.listeners()?;
    ensure!(listeners.iter().any(|listener| listener.contains(&first.address.to_string())), "{listeners:?}");
    answered_by(&mut first, &client, &service, "one")?;

    // The second takes its own registration back; the first one's comes again.
    ensure!(process.terminate()?.success(), "{}", process.output());
    first.says("resolved: someone else registered")?;
    let (consul, id, port) = (world.consul, world.gateway.clone(), u64::from(first.address.port()));
    first.eventually("its registration", || {
        let found = registered_port(consul, &id)?;
        ensure!(found == port, "port {found}");
        Ok(())
    })?;
    first.stop()?;
    assert_eq!(world.consul.agent_service(&world.gateway)?, None::<Value>);
    Ok(())
}
