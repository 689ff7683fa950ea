//! `termgate run` while something is broken: what serves goes on, and it recovers by itself.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::Signal;
use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

use crate::support::consul::free_address;
use crate::support::gateway::Gateway;
use crate::support::mesh::{MeshConnection, Outcome};
use crate::support::origin::Origin;
use crate::support::process::send;
use crate::support::wait;
use crate::world::{Busy, World, answered_by};

#[test]
fn a_frozen_agent_costs_no_request_and_is_followed_again_when_it_resumes() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::alone()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(world.run()?, &first)?;
    send(world.consul.id(), Signal::SIGSTOP)?;
    // A reload in the middle of it asks everything anew, and waits.
    gateway.process.signal(Signal::SIGHUP)?;
    for _ in 0..10 {
        client.goes_on()?;
    }
    send(world.consul.id(), Signal::SIGCONT)?;
    world.consul.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;
    client.end()?;
    gateway.process.check_running()
}

#[test]
fn a_reload_reads_everything_again_and_loses_nothing() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(world.run()?, &first)?;
    for _ in 0..5 {
        gateway.process.signal(Signal::SIGHUP)?;
        client.goes_on()?;
    }
    world.consul.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;
    client.end().map(drop)
}

/// A gateway that got SIGTERM, has ten minutes to end, and drains the returned connection.
fn draining() -> Result<(Gateway, MeshConnection)> {
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let mut gateway = world.launch(world.run()?.args(["--drain-time", "10m"]))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &service, "one")?;
    let open = frontend.connect(gateway.address, &service).map_err(|_| anyhow!("not connected"))?;
    gateway.process.signal(Signal::SIGTERM)?;
    gateway.says("draining: 1 open")?;
    Ok((gateway, open))
}

#[test]
fn a_second_signal_does_not_wait_for_open_connections() -> Result<()> {
    needs!(Consul, Envoy);
    let (mut gateway, open) = draining()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    ensure!(gateway.process.output().contains("at once"), "{}", gateway.process.output());
    drop(open);
    Ok(())
}

#[test]
fn draining_ends_with_the_last_connection() -> Result<()> {
    needs!(Consul, Envoy);
    let (mut gateway, open) = draining()?;
    drop(open);
    ensure!(gateway.process.wait(Duration::from_secs(30))?.success(), "it did not end well");
    Ok(())
}

/// What is sure of three seconds on a busy machine.
const ALMOST: Duration = Duration::from_secs(2);

#[test]
fn a_gateway_serves_callers_that_come_after_its_deregistration() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let mut gateway = world.launch(world.run()?.args(["--drain-time", "10m", "--drain-min", "3s"]))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &service, "one")?;
    gateway.process.signal(Signal::SIGTERM)?;
    gateway.says("deregistered gateway")?;
    let deregistered = Instant::now();
    gateway.says("draining: ")?;
    let mut late = 0;
    while deregistered.elapsed() < ALMOST {
        let answer = frontend.get(gateway.address, &service, "/").and_then(Outcome::answer);
        ensure!(answer.is_ok(), "a caller after {:?}: {answer:?}", deregistered.elapsed());
        late += 1;
    }
    ensure!(late > 0, "nobody came");
    ensure!(gateway.process.wait(wait::PATIENCE)?.success(), "it did not end well");
    // The log line was seen a moment after the deregistration.
    ensure!(deregistered.elapsed() > ALMOST, "it ended too early");
    Ok(())
}

#[test]
fn only_connections_to_the_gateways_listener_hold_up_its_end() -> Result<()> {
    needs!(Consul, Envoy);
    let (ready, world) = (free_address()?, World::new()?);
    world.write_entry()?;
    let run =
        world.run()?.args(["--drain-time", "10m", "--envoy-ready-bind-address", &ready.ip().to_string()]);
    let mut gateway = world.launch(run.args(["--envoy-ready-bind-port", &ready.port().to_string()]))?;
    let mut prober = gateway.eventually("the listener for probes", || Ok(TcpStream::connect(ready)?))?;
    // Envoy counts it from here on.
    prober.write_all(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")?;
    ensure!(prober.read(&mut [0; 512])? > 0, "no answer");
    ensure!(gateway.stop()?.success(), "it did not end well");
    drop(prober);
    Ok(())
}

/// A file system with a few kilobytes, mounted for a test.
struct Tiny<'a>(&'a Path);

impl<'a> Tiny<'a> {
    /// `None` where mounting is not allowed.
    fn mount(at: &'a Path) -> Result<Option<Self>> {
        let options = ["-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(at).output().context("mount")?;
        Ok(mounted.status.success().then_some(Self(at)))
    }
}

impl Drop for Tiny<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0).status());
    }
}

#[test]
fn a_full_disk_is_reported_and_prevents_only_the_takeover() -> Result<()> {
    needs!(Consul, Envoy);
    let directory = tempfile::tempdir()?;
    let Some(tiny) = Tiny::mount(directory.path())? else {
        eprintln!("not run: this machine allows no mount");
        return Ok(());
    };
    let filler = tiny.0.join("filler");
    ensure!(fs::write(&filler, vec![0; 1 << 20]).is_err(), "the disk is not full");
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let (world, service) = World::with_one(&first)?;
    let mut gateway = world.launch(world.run()?.arg("--run-dir").arg(tiny.0))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &service, "first")?;
    world.consul.register_external(&service, second.address())?;
    answered_by(&mut gateway, &frontend, &service, "second")?;
    for words in ["cannot write", "envoy.json (", "No space left"] {
        gateway.says(words)?;
    }
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn without_file_descriptors_envoy_keeps_serving_and_termgate_recovers_once_there_are_some() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(world.run()?, &first)?;

    let termgate = rustix::process::Pid::from_raw(i32::try_from(gateway.process.id())?).context("pid")?;
    let all = getrlimit(Resource::Nofile);
    prlimit(Some(termgate), Resource::Nofile, Rlimit { current: Some(3), maximum: all.maximum })?;
    // It drops its connections and cannot open new ones.
    gateway.process.signal(Signal::SIGHUP)?;
    for _ in 0..10 {
        client.goes_on()?;
    }
    gateway.process.check_running()?;
    prlimit(Some(termgate), Resource::Nofile, all)?;
    world.consul.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;
    client.end()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}
