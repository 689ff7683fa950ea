//! `termgate run` after a `kill -9` of termgate: its Envoy serves on, and the next run takes it over.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::gateway::Gateway;
use crate::support::http::Request;
use crate::support::origin::Origin;
use crate::support::process::{Process, children_of, is_alive, send};
use crate::support::steady::Steady;
use crate::support::tools::Tool;
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
fn an_envoy_with_another_bootstrap_makes_room_for_a_new_one_without_a_lost_request() -> Result<()> {
    replaced_twice(false)
}

#[test]
fn an_envoy_is_replaced_again_only_after_the_one_before_has_ended() -> Result<()> {
    replaced_twice(true)
}

/// Replaces an Envoy by one with another bootstrap, and kills termgate in the middle of it; the next one is to have the first
/// bootstrap again if it `has_changed_back`.
fn replaced_twice(has_changed_back: bool) -> Result<()> {
    needs!(Consul, Envoy);
    let ready = free_address()?;
    let (ip, port) = (ready.ip().to_string(), ready.port().to_string());
    // Another listener in the bootstrap.
    let flags = ["--envoy-ready-bind-address", &ip, "--envoy-ready-bind-port", &port];
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let run = world.run()?.args(["--drain-time", "1s"]);
    let Busy { mut gateway, frontend, client, steady, .. } = world.busy(run, &origin)?;
    client.end()?;
    let client = Steady::start_anew(frontend.clone(), gateway.address, &steady);
    let envoy = gateway.kill_termgate()?;
    let mut open = frontend.connect(gateway.address, &steady).map_err(|_| anyhow!("not connected"))?;
    client.goes_on()?;
    gateway.run_again_with(|command| _ = command.args(flags))?;
    gateway.says("started with another bootstrap: a new one takes its place")?;
    gateway.says("the new Envoy serves")?;
    // What is open at the first one goes on there.
    ensure!(open.exchange(&Request::new("GET", "/", &steady))?.status == 200, "the open connection");
    ensure!(is_alive(envoy), "the first Envoy has ended already");
    client.goes_on()?;
    // In the middle of it termgate is killed: the next one ends both.
    let second = gateway.envoy()?;
    gateway.kill_termgate()?;
    if has_changed_back {
        gateway.run_again()?;
        gateway.says("waiting for the end of the Envoy before the running one")?;
        gateway
            .says(&format!("(pid {second}) was started with another bootstrap: a new one takes its place"))?;
        gateway.says(&format!("ended the Envoy before (pid {second})"))?;
    } else {
        gateway.run_again_with(|command| _ = command.args(flags))?;
        gateway.says(&format!("adopted the running Envoy (pid {second})"))?;
        gateway.says(&format!("ended the Envoy before (pid {envoy})"))?;
    }
    client.goes_on()?;
    ensure!(client.end()? > 20, "hardly a request was made");
    ensure!(gateway.process.terminate()?.success(), "it did not end well");
    ensure!(!is_alive(second) && !is_alive(envoy), "an Envoy is left behind");
    Ok(())
}

/// A program in Envoy's place that starts it, and the path of it.
fn wrapped(run: Termgate) -> Result<(Termgate, PathBuf)> {
    let run = run.script("envoy-wrapper", &wrapper("")?)?;
    let path = run.directory().join("envoy-wrapper");
    let flag = path.to_string_lossy().into_owned();
    Ok((run.args(["--envoy-binary", &flag]), path))
}

/// A script that starts Envoy after `first`.
fn wrapper(first: &str) -> Result<String> {
    Ok(format!("#!/bin/sh\n{first}\nexec '{}' \"$@\"\n", Tool::Envoy.path()?.display()))
}

/// Puts another program there, as an update does.
fn update(path: &Path, first: &str) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, wrapper(first)?)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
    Ok(fs::rename(new, path)?)
}

#[test]
fn after_an_update_of_envoy_a_reload_starts_the_new_one_without_a_lost_request() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let (run, path) = wrapped(world.run()?.args(["--drain-time", "2s"]))?;
    let Busy { mut gateway, frontend, client, steady, .. } = world.busy(run, &origin)?;
    let first = gateway.envoy()?;
    gateway.process.signal(Signal::SIGHUP)?;
    gateway.says("reloading everything")?;
    client.goes_on()?;
    assert_eq!(gateway.envoy()?, first, "nothing has changed");
    // What is open at the end of the time for draining would be cut: only new connections here.
    client.end()?;
    let client = Steady::start_anew(frontend.clone(), gateway.address, &steady);
    for update_number in 1..=2 {
        let running = gateway.envoy()?;
        update(&path, &format!("# {update_number}"))?;
        gateway.process.signal(Signal::SIGHUP)?;
        gateway.says(&format!("(pid {running}) was started from an executable that was replaced since"))?;
        // A second time in the middle of it.
        gateway.process.signal(Signal::SIGHUP)?;
        gateway.says(&format!("ended the Envoy before (pid {running})"))?;
        client.goes_on()?;
    }
    let last = gateway.envoy()?;
    assert_ne!(last, first);
    client.end()?;
    answered_by(&mut gateway, &frontend, &steady, "one")?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn an_envoy_stays_when_the_one_that_should_take_its_place_cannot() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let (run, path) = wrapped(world.run()?.args(["--drain-time", "1s"]))?;
    let Busy { mut gateway, client, .. } = world.busy(run, &origin)?;
    let first = gateway.envoy()?;
    let mut refused = |script: &str, says: &str| {
        update(&path, script)?;
        gateway.process.signal(Signal::SIGHUP)?;
        gateway.says(says)?;
        client.goes_on()
    };
    refused(
        "case \"$*\" in *validate*) echo 'no such field' >&2; exit 1;; esac",
        "refuse its new bootstrap",
    )?;
    refused(
        "case \"$*\" in *hot-restart-version*) echo 12.0; exit;; esac",
        "different hot-restart versions",
    )?;
    // One that ends before it serves.
    refused("case \"$*\" in *validate*|*version*) ;; *) exit 3;; esac", "ended with 3 before it served")?;
    assert_eq!(gateway.envoy()?, first);
    client.end()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn both_envoys_end_with_a_gateway_that_ends_during_a_takeover() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let (run, path) = wrapped(world.run()?.args(["--drain-time", "10m"]))?;
    let Busy { mut gateway, client, .. } = world.busy(run, &origin)?;
    let first = gateway.envoy()?;
    update(&path, "# another")?;
    gateway.process.signal(Signal::SIGHUP)?;
    gateway.says("the new Envoy serves")?;
    let both = children_of(gateway.process.id())?;
    ensure!(both.len() == 2 && both.contains(&first), "its children are {both:?}");
    gateway.process.signal(Signal::SIGTERM)?;
    gateway.says("draining")?;
    // The connection that is open at the first one holds up the end.
    client.end()?;
    ensure!(gateway.process.wait(wait::PATIENCE)?.success(), "{}", gateway.process.output());
    ensure!(!both.iter().any(|pid| is_alive(*pid)), "an Envoy is left behind");
    let left: Vec<_> = fs::read_dir(gateway.temporary_folder())?.collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
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
