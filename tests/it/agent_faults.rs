//! `termgate run` beside an agent that fails, or that counts what it is asked.

use std::sync::Arc;

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;

use crate::support::command::Termgate;
use crate::support::consul::MANAGEMENT_TOKEN;
use crate::support::faulty_agent::{Fault, FaultyAgent};
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::process::ProcessOutput;
use crate::world::{World, answered_by};

/// A gateway with many services starts, follows changes, reads everything again and ends.
fn eight_connections_are_enough(agent: &FaultyAgent, world: &mut World, run: Termgate) -> Result<()> {
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let mut services = Vec::new();
    for number in 0..45 {
        services.push(world.allowed(&format!("s{number}"), &first)?);
    }
    world.write_entry()?;
    let run = run.args(["--service", &world.gateway, "--config-source", "direct", "--deregister-on-exit"]);
    let mut gateway = Gateway::launch(&world.gateway, run.env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &services[44], "first")?;
    for moved in services[..30].chunks(10) {
        for service in moved {
            world.consul.register_external(service, second.address())?;
        }
        answered_by(&mut gateway, &frontend, &moved[9], "second")?;
    }
    let added = world.allowed("added", &second)?;
    world.write_entry()?;
    answered_by(&mut gateway, &frontend, &added, "second")?;
    // None was closed and opened anew, either.
    let (all, most) = agent.connections();
    ensure!(all <= 8 && most >= 6, "{all} connections, {most} at once");
    for (round, service) in services[30..35].iter().enumerate() {
        gateway.process.signal(Signal::SIGHUP)?;
        world.consul.register_external(service, second.address())?;
        if round % 2 == 0 {
            answered_by(&mut gateway, &frontend, service, "second")?;
        }
    }
    answered_by(&mut gateway, &frontend, &services[34], "second")?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    let (all, most) = agent.connections();
    ensure!(most <= 8, "{all} connections, {most} at once");
    Ok(())
}

#[test]
fn no_more_than_eight_connections_to_the_agent_are_open_at_any_time() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let agent = FaultyAgent::before(world.consul)?;
    let run = Termgate::new(["run"])?.env("CONSUL_HTTP_ADDR", agent.address()?.to_string());
    eight_connections_are_enough(&agent, &mut world, run)
}

#[test]
fn no_more_are_open_where_each_takes_a_while_to_be_made() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.authority.server(&["127.0.0.1"])?.server_config(None)?;
    let agent = FaultyAgent::with_tls_before(world.consul, Some(tls))?;
    let run = Termgate::new(["run"])?
        .env("CONSUL_HTTP_ADDR", format!("https://{}", agent.address()?))
        .env("CONSUL_CACERT", world.file("agent-ca.pem", &world.authority.certificate)?);
    eight_connections_are_enough(&agent, &mut world, run)
}

/// A gateway with one service, `first` behind it, beside an agent that does well so far.
struct Beside {
    world: World,
    agent: FaultyAgent,
    service: String,
    gateway: Gateway,
    said: Arc<ProcessOutput>,
}

impl Beside {
    fn new(first: &Origin) -> Result<Self> {
        let mut world = World::new()?;
        let agent = FaultyAgent::before(world.consul)?;
        let service = world.allowed("one", first)?;
        world.write_entry()?;
        let run = Termgate::new(["run", "--service", &world.gateway, "--config-source", "direct"])?
            .env("CONSUL_HTTP_ADDR", agent.address()?.to_string())
            .env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN);
        let mut gateway = Gateway::launch(&world.gateway, run)?;
        answered_by(&mut gateway, &world.frontend()?, &service, "first")?;
        let said = gateway.process.shared_output();
        Ok(Self { world, agent, service, gateway, said })
    }

    /// Waits until termgate has said something so many times.
    fn says(&mut self, times: usize, text: &str) -> Result<()> {
        let said = Arc::clone(&self.said);
        self.gateway.eventually(&format!("`{text}`, {times} times"), || {
            let found = said.text().matches(text).count();
            ensure!(found == times, "{found} times");
            Ok(())
        })
    }
}

#[test]
fn a_right_that_is_taken_and_given_back_is_told_each_time() -> Result<()> {
    needs!(Consul, Envoy);
    let first = Origin::plain("first")?;
    let mut beside = Beside::new(&first)?;
    let watched = [("/v1/connect/intentions", "intentions"), ("/v1/agent/connect/ca/roots", "the mesh CA")];
    for (path, about) in watched {
        for times in 1..=2 {
            beside.agent.fail(path, Fault::Status(403, "Permission denied", &[]));
            beside.says(times, &format!("{about}: GET"))?;
            beside.agent.mend(path);
            beside.says(times, &format!("{about}: works again"))?;
        }
    }
    answered_by(&mut beside.gateway, &beside.world.frontend()?, &beside.service, "first").map(drop)
}
