//! `termgate run` after a `kill -9` of termgate: its Envoy serves on, and the next run takes it over.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::consul::free_address;
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::process::{Process, children_of, is_alive, send};
use crate::support::wait;
use crate::world::{Busy, World, answered_by};

/// Where termgate writes down which Envoy runs.
fn record(gateway: &Gateway) -> Result<PathBuf> {
    let mut folders = vec![gateway.temporary_folder()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.ends_with("envoy.json") {
                return Ok(path);
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Err(anyhow!("no envoy.json below {}", gateway.temporary_folder().display()))
}

/// How many resources Envoy took or refused since it started, by kind.
fn updates(gateway: &Gateway) -> Result<Vec<u64>> {
    let stats = [
        "listener_manager.lds.update_success",
        "cluster_manager.cds.update_success",
        "listener_manager.listener_modified",
        "cluster_manager.cluster_modified",
    ];
    stats.into_iter().map(|stat| gateway.admin.stat(stat)).collect()
}

#[test]
fn a_killed_termgate_leaves_a_serving_envoy_that_the_next_one_adopts_without_a_lost_request() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(world.run()?, &first)?;

    let envoy = gateway.kill_termgate()?;
    client.goes_on()?;
    let modified = updates(&gateway)?;
    gateway.run_again()?;
    gateway.says(&format!("adopted the running Envoy (pid {envoy})"))?;
    gateway.says("ready: Envoy serves")?;
    ensure!(children_of(gateway.process.id())?.is_empty(), "a second Envoy was started");
    // What Envoy had already is not sent again.
    assert_eq!(updates(&gateway)?[2..], modified[2..]);

    // The new termgate is in charge: what changes now reaches Envoy, and so does what changes later.
    world.consul.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;
    client.goes_on()?;
    // And once more, with an Envoy that is no longer a child.
    assert_eq!(gateway.kill_termgate()?, envoy);
    gateway.run_again()?;
    gateway.says("ready: Envoy serves")?;
    world.consul.register_external(&moving, first.address())?;
    answered_by(&mut gateway, &frontend, &moving, "first")?;
    let asked = client.end()?;
    ensure!(asked > 20, "only {asked} requests were made");

    let status = gateway.process.terminate()?;
    ensure!(status.success(), "{}", gateway.process.explain(&anyhow!("it ended with {status}")));
    ensure!(!is_alive(envoy), "Envoy is still there");
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    let left: Vec<_> = fs::read_dir(gateway.temporary_folder())?.collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    Ok(())
}

#[test]
fn an_adopted_envoy_that_dies_ends_termgate_with_a_failure() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::new()?;
    let mut gateway = world.start()?;
    let envoy = gateway.kill_termgate()?;
    gateway.run_again()?;
    gateway.says("ready: Envoy serves")?;
    send(envoy, Signal::SIGKILL)?;
    let status = gateway.process.wait(wait::PATIENCE)?;
    assert_eq!(status.code(), Some(1));
    ensure!(gateway.process.output().contains("its exit status is unknown"), "{}", gateway.process.output());
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    Ok(())
}

#[test]
fn an_envoy_with_another_bootstrap_is_drained_and_replaced() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "one")?;
    let envoy = gateway.kill_termgate()?;
    let ready = free_address()?;
    gateway.run_again_with(|command| {
        command.args(["--envoy-ready-bind-address", &ready.ip().to_string()]);
        command.args(["--envoy-ready-bind-port", &ready.port().to_string()]);
    })?;
    gateway.says("started with another bootstrap")?;
    gateway.says("ready: Envoy serves")?;
    ensure!(!is_alive(envoy), "the first Envoy is still there");
    assert_ne!(gateway.envoy()?, envoy);
    answered_by(&mut gateway, &frontend, &service, "one")?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_record_that_matches_another_process_does_no_harm() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::new()?;
    let mut gateway = world.start()?;
    let path = record(&gateway)?;
    let kept: Value = serde_json::from_slice(&fs::read(&path)?)?;
    // Envoy ends, and its id belongs to another process now.
    let envoy = gateway.kill_termgate()?;
    send(envoy, Signal::SIGKILL)?;
    wait::eventually("the end of Envoy", || {
        ensure!(!is_alive(envoy), "it is still there");
        Ok(())
    })?;
    let mut bystander = Process::spawn("bystander", Command::new("sleep").arg("600"))?;
    let mut record = kept;
    record["process"]["pid"] = json!(bystander.id());
    fs::write(&path, record.to_string())?;
    gateway.run_again()?;
    gateway.says("ready: Envoy serves")?;
    ensure!(!gateway.process.output().contains("adopted"), "{}", gateway.process.output());
    ensure!(gateway.stop()?.success(), "it did not end well");
    bystander.check_running().context("the process with the recorded id was signalled")
}

#[test]
fn as_the_first_process_of_a_container_it_reaps_orphaned_processes() -> Result<()> {
    needs!(Consul, Envoy);
    let unshare = |arguments: &[&str]| Command::new("unshare").args(arguments).output();
    let isolated = ["--pid", "--fork", "--kill-child"];
    if !unshare(&[&isolated[..], &["true"]].concat()).is_ok_and(|output| output.status.success()) {
        eprintln!("NOT TESTED: this machine allows no process namespace");
        return Ok(());
    }
    let world = World::new()?;
    world.write_entry()?;
    let termgate = world.run()?.at_free_addresses()?.real_envoy()?;
    let inner = termgate.to_command()?;
    // What the container's shell starts goes to the first process when the shell becomes termgate.
    let script = "(sleep 0.2 & exec sleep 0.1) & exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(isolated).args(["sh", "-c", script, "sh"]).arg(inner.get_program()).args(inner.get_args());
    command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(termgate.directory());
    let mut process = Process::spawn("termgate run in a container", &mut command)?;
    let outer = process.id();
    process.says("ready: Envoy serves")?;
    let [first] = children_of(outer)?[..] else { return Err(anyhow!("not one child of unshare")) };
    process.wait_until("only Envoy to be left", || {
        let names = fs::read_dir("/proc")?.filter_map(|entry| {
            let stat = fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            let parent = rest.split_ascii_whitespace().nth(1)?.parse::<u32>().ok()?;
            (parent == first).then(|| name.to_owned())
        });
        let names: Vec<String> = names.collect();
        ensure!(names == ["envoy"], "its children, zombies included, are {names:?}");
        Ok(())
    })?;
    send(first, Signal::SIGTERM)?;
    ensure!(process.wait(wait::PATIENCE)?.success(), "{}", process.output());
    Ok(())
}
