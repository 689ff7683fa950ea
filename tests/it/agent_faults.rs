//! `termgate run` beside an agent that fails, or that counts what it is asked.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::faulty_agent::{Fault, FaultyAgent};
use crate::support::gateway::Gateway;
use crate::support::monitor::{count, ready};
use crate::support::origin::Origin;
use crate::support::steady::Steady;
use crate::world::{Busy, World, answered_by};

/// A gateway with many services starts, follows changes, reads everything again and ends.
fn eight_connections_are_enough(agent: &FaultyAgent, world: &mut World, run: Termgate) -> Result<()> {
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let mut services = Vec::new();
    for number in 0..45 {
        services.push(world.allowed(&format!("s{number}"), &first)?);
    }
    let mut gateway = world.launch(run)?;
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
    // They are kept: a question that a busy machine leaves without an answer costs a few at most.
    let (all, most) = agent.connections();
    ensure!(all <= 16 && (6..=8).contains(&most), "{all} connections, {most} at once");
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
    let run = world.run()?.faulty_agent(&agent)?;
    eight_connections_are_enough(&agent, &mut world, run)
}

#[test]
fn no_more_than_eight_are_open_when_each_takes_a_while_to_open() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let tls = world.authority.server(&["127.0.0.1"])?.server_config(None)?;
    let agent = FaultyAgent::with_tls_before(world.consul, Some(tls))?;
    let run = world
        .run()?
        .env("CONSUL_HTTP_ADDR", format!("https://{}", agent.address()?))
        .env("CONSUL_CACERT", world.file("agent-ca.pem", &world.authority.certificate)?);
    eight_connections_are_enough(&agent, &mut world, run)
}

/// A gateway with one service, `first` behind it, beside an agent that does well so far.
struct Beside {
    monitor: SocketAddr,
    world: World,
    agent: FaultyAgent,
    service: String,
    gateway: Gateway,
}

impl Beside {
    fn new(first: &Origin) -> Result<Self> {
        let (mut world, monitor) = (World::new()?, free_address()?);
        let agent = FaultyAgent::before(world.consul)?;
        let service = world.allowed("one", first)?;
        let flags = ["--ready-bind", &monitor.to_string(), "--metrics-bind", &monitor.to_string()];
        let mut gateway = world.launch(world.run()?.faulty_agent(&agent)?.args(flags))?;
        answered_by(&mut gateway, &world.frontend()?, &service, "first")?;
        Ok(Self { monitor, world, agent, service, gateway })
    }

    /// Waits until more requests were made whose path starts like this, so many.
    fn asks(&mut self, more: usize, path: &str) -> Result<()> {
        let (agent, before) = (&self.agent, self.agent.count(path));
        self.gateway.eventually(&format!("{more} more requests for {path}"), || {
            let now = agent.count(path);
            ensure!(now >= before + more, "{} so far", now - before);
            Ok(())
        })
    }

    /// Waits until `/ready` says so, with the status of a gateway that serves.
    fn is_ready(&mut self, says: impl Fn(&str) -> bool) -> Result<()> {
        is_ready(&mut self.gateway, self.monitor, says)
    }

    /// Waits until termgate has said something so many times.
    fn says(&mut self, times: usize, text: &str) -> Result<()> {
        says(&mut self.gateway, times, text)
    }
}

fn is_ready(gateway: &mut Gateway, monitor: SocketAddr, says: impl Fn(&str) -> bool) -> Result<()> {
    gateway.eventually("readiness", || {
        let text = ready(monitor)?;
        ensure!(says(text.trim()), "{text}");
        Ok(())
    })
}

fn says(gateway: &mut Gateway, times: usize, text: &str) -> Result<()> {
    let said = gateway.process.shared_output();
    gateway.eventually(&format!("`{text}`, {times} times"), || {
        let found = said.text().matches(text).count();
        ensure!(found == times, "{found} times");
        Ok(())
    })
}

#[test]
fn a_right_that_is_revoked_and_restored_is_reported_each_time() -> Result<()> {
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

#[test]
fn a_failing_agent_is_reported_once_with_its_recovery_and_the_last_good_configuration_stays() -> Result<()> {
    needs!(Consul, Envoy);
    let origins = [Origin::plain("first")?, Origin::plain("second")?];
    let mut beside = Beside::new(&origins[0])?;
    beside.is_ready(|text| text == "ready")?;
    let (monitor, frontend) = (beside.monitor, beside.world.frontend()?);
    let client = Steady::start(beside.world.frontend()?, beside.gateway.address, &beside.service);
    let faults = [
        (Fault::NO_LEADER, "No cluster leader"),
        (Fault::RATE_LIMIT, "Rate limit reached"),
        (Fault::Close, "connection closed before message completed"),
    ];
    for (round, (fault, words)) in faults.into_iter().enumerate() {
        beside.agent.fail("/v1/", fault);
        let all = ["the linked services", "the mesh CA", "instances of linked services", "intentions"];
        beside.is_ready(|text| text.contains(words) && all.iter().all(|about| text.contains(about)))?;
        ensure!(count(monitor, "termgate_failing_watches")? >= 4 && count(monitor, "termgate_ready")? == 1);
        // A change that the agent could not tell of.
        let (origin, name) = [(&origins[1], "second"), (&origins[0], "first")][round % 2];
        beside.world.consul.register_external(&beside.service, origin.address())?;
        client.goes_on()?;
        beside.agent.mend("/v1/");
        answered_by(&mut beside.gateway, &frontend, &beside.service, name)?;
        beside.is_ready(|text| text == "ready")?;
        assert_eq!(count(monitor, "termgate_failing_watches")?, 0);
        beside.says(round + 1, "all work again")?;
        beside.says(round + 1, "the last good configuration stays active")?;
    }
    client.end()?;
    ensure!(beside.gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_single_failing_request_is_reported_and_delays_no_other() -> Result<()> {
    needs!(Consul, Envoy);
    let origins = [Origin::plain("first")?, Origin::plain("second")?];
    let mut beside = Beside::new(&origins[0])?;
    let frontend = beside.world.frontend()?;
    for path in ["/v1/config/proxy-defaults", "/v1/agent/connect/ca/roots"] {
        beside.agent.fail(path, Fault::Close);
    }
    beside.is_ready(|text| text.contains("(proxy-defaults, the mesh CA)"))?;
    beside.world.consul.register_external(&beside.service, origins[1].address())?;
    answered_by(&mut beside.gateway, &frontend, &beside.service, "second")?;

    // A service without a certificate is closed until it is unlinked.
    let signing = beside.world.allowed("unsigned", &origins[0])?;
    beside.agent.fail(&format!("/v1/agent/connect/ca/leaf/{signing}"), Fault::Status(500, "no such CA", &[]));
    beside.world.write_entry()?;
    let closed =
        format!("service `{signing}`: cannot read its certificate from the agent (status 500: no such CA)");
    beside.says(1, &format!("error: {closed}"))?;
    beside.world.links.remove(&signing);
    beside.world.write_entry()?;
    beside.says(1, &format!("resolved: {closed}"))?;
    beside.gateway.process.check_running()
}

#[test]
fn no_request_is_sent_before_retry_after() -> Result<()> {
    needs!(Consul, Envoy);
    let first = Origin::plain("first")?;
    let mut beside = Beside::new(&first)?;
    let (busy, other) = ("/v1/config/service-resolver", "/v1/config/proxy-defaults");
    beside.agent.fail(busy, Fault::Status(429, "too many requests", &[("Retry-After", "60")]));
    beside.asks(1, busy)?;
    let before = beside.agent.count(busy);
    beside.asks(2, other)?;
    assert_eq!(beside.agent.count(busy), before);
    beside.gateway.process.check_running()
}

#[test]
fn a_registration_that_keeps_failing_is_reported_once() -> Result<()> {
    needs!(Consul, Envoy);
    let first = Origin::plain("first")?;
    let mut beside = Beside::new(&first)?;
    let (registering, gateway) = ("/v1/agent/service/register", beside.world.gateway.clone());
    beside.agent.fail(registering, Fault::Status(500, "the disk is full", &[]));
    beside.world.consul.put(&format!("/v1/agent/service/deregister/{gateway}"), &json!({}))?;
    beside.asks(3, registering)?;
    beside.is_ready(|text| text.contains("the disk is full (the gateway's registration)"))?;
    beside.says(1, "the disk is full")?;
    beside.agent.mend(registering);
    beside.says(1, "the gateway's registration: works again")?;
    ensure!(beside.world.consul.agent_service(&gateway)?.is_some(), "it is not registered");
    beside.is_ready(|text| text == "ready")
}

#[test]
fn servers_that_lose_their_leader_cost_no_request_and_are_followed_again_when_they_have_one() -> Result<()> {
    needs!(Consul, Envoy);
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let (mut server, agent) = Consul::start_server_and_client()?;
    let mut world = World::of(agent)?;
    let monitor = free_address()?;
    let run = world.run()?.args(["--ready-bind", &monitor.to_string()]);
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(run, &first)?;
    is_ready(&mut gateway, monitor, |text| text == "ready")?;

    server.kill()?;
    let about = ["the linked services", "intentions", "service-defaults", "instances of linked services"];
    is_ready(&mut gateway, monitor, |text| {
        text.contains("status 500") && about.iter().all(|about| text.contains(about))
    })?;
    client.goes_on()?;
    server.restart()?;
    is_ready(&mut gateway, monitor, |text| text == "ready")?;
    server.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;
    says(&mut gateway, 1, "the last good configuration stays active")?;
    says(&mut gateway, 1, "all work again")?;
    client.end()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}
