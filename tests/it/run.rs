//! How `termgate run` starts, lives through its agent's troubles, and ends.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::monitor;
use crate::support::origin::Origin;
use crate::support::process::{Process, is_alive, send};
use crate::support::{tools::Tool, wait};
use crate::world::{World, answered_by, refused};

/// A mesh of its own with one service behind the gateway.
fn alone(origin: &Origin) -> Result<(World<Consul>, String)> {
    let mut world = World::alone()?;
    let service = world.allowed("steady", origin)?;
    world.write_entry()?;
    Ok((world, service))
}

/// Writes everything again into an agent that has lost it.
fn restore(world: &World<Consul>, service: &str, origin: &Origin) -> Result<()> {
    world.consul.register_external(service, origin.address())?;
    world.consul.allow(&world.frontend, service)?;
    world.write_entry()
}

#[test]
fn a_gateway_keeps_serving_while_the_agent_is_away() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (mut world, service) = alone(&origin)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "one")?;

    world.consul.kill()?;
    for _ in 0..3 {
        assert_eq!(frontend.get(gateway.address, &service, "/")?.answer()?["instance"], "one");
    }
    gateway.process.check_running()?;
    // It cannot deregister now; it ends all the same, and says so.
    gateway.stop().map(drop)
}

#[test]
fn sigterm_leaves_no_process_no_registration_and_no_file() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "one")?;
    let registered = wait::eventually("the registration", || {
        world.consul.agent_service(&world.gateway)?.context("not registered")
    })?;
    assert_eq!(registered["Kind"], "terminating-gateway");
    assert_eq!(registered["Port"], gateway.address.port());
    gateway.says("termgate: ready: ")?;

    let status = gateway.stop()?;
    ensure!(status.success(), "{}", gateway.process.explain(&anyhow!("it ended with {status}")));
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    let left: Vec<_> =
        fs::read_dir(gateway.temporary_folder())?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    ensure!(left.is_empty(), "left behind: {left:?}");

    let log = gateway.process.shared_output().text();
    let ready = log.lines().filter_map(behind_time_stamp).any(|line| line.starts_with("termgate: ready: "));
    ensure!(ready, "{log}");
    Ok(())
}

/// What follows the time stamp of a line, if it begins with one.
fn behind_time_stamp(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once(' ')?;
    termgate::testing::system::clock::parse(time).filter(|_| time.len() == 24 && time.ends_with('Z'))?;
    Some(rest)
}

#[test]
fn every_line_of_a_run_that_fails_begins_with_the_time() -> Result<()> {
    let words = ["run", "--snapshot", "none.json", "--envoy-binary", "./none"];
    let output = Termgate::new(words)?.exits(6)?;
    ensure!(output.stderr.lines().count() > 1, "{output}");
    ensure!(output.stderr.lines().all(|line| behind_time_stamp(line).is_some()), "{output}");
    // In JSON the time is a field, and other commands write no log.
    let json = Termgate::new(words)?.args(["--log-format", "json"]).exits(6)?;
    ensure!(json.stderr.starts_with('{'), "{json}");
    let render = Termgate::new(["render", "--snapshot", "none.json"])?.exits(3)?;
    ensure!(render.stderr.starts_with("error: "), "{render}");
    Ok(())
}

#[test]
fn an_envoy_that_dies_ends_termgate_with_its_status() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::new()?;
    let mut gateway = world.start()?;
    let envoy = gateway.envoy()?;
    send(envoy, Signal::SIGKILL)?;
    let status = gateway.process.wait(wait::PATIENCE)?;
    assert_eq!(status.code(), Some(128 + 9));
    assert!(!is_alive(envoy));
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    Ok(())
}

#[test]
fn run_fails_for_a_stated_reason_and_leaves_nothing_registered() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let run = |name: &str| -> Result<Termgate> {
        let words = ["run", "--service", name, "--config-source", "direct", "--deregister-on-exit"];
        Ok(Termgate::new(words)?.at_free_addresses()?.limit(Duration::from_secs(30)))
    };

    let missing = run(&name)?.consul(consul).arg("--envoy-binary").arg("/nowhere/envoy").exits(6)?;
    missing.says(&["/nowhere/envoy"])?;
    assert_eq!(consul.agent_service(&name)?, None);

    let away = run(&name)?.env("CONSUL_HTTP_ADDR", free_address()?.to_string()).arg("--wait").arg("300ms");
    away.real_envoy()?.exits(4)?;

    let token = consul.token("node_prefix \"\" { policy = \"read\" }")?;
    let denied =
        run(&name)?.env("CONSUL_HTTP_ADDR", consul.http().to_string()).env("CONSUL_HTTP_TOKEN", &token);
    let output = denied.real_envoy()?.exits(5)?;
    ensure!(!output.stderr.contains(&token), "the token is in the message: {output}");
    assert_eq!(consul.agent_service(&name)?, None);
    Ok(())
}

#[test]
fn an_agent_that_comes_back_without_its_data_gets_the_gateway_again() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (mut world, service) = alone(&origin)?;
    let mut gateway = world.start()?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;

    world.consul.restart()?;
    gateway.eventually("the registration", || {
        world.consul.agent_service(&world.gateway)?.context("not registered")
    })?;
    restore(&world, &service, &origin)?;
    // The new agent is another mesh: another CA, another trust domain.
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    Ok(())
}

/// How the agent judges the gateway's own check now.
fn judged(consul: &Consul, id: &str) -> Result<String> {
    let checks = consul.get("/v1/agent/checks")?;
    let status = checks[format!("service:{id}")]["Status"].as_str();
    status.map(str::to_owned).context("the agent does not know the check")
}

#[test]
fn callers_may_use_a_gateway_as_soon_as_it_is_ready() -> Result<()> {
    needs!(Consul, Envoy);
    let (world, ready) = (World::new()?, free_address()?);
    let mut gateway = world.launch(world.run()?.args(["--ready-bind", &ready.to_string()]))?;
    gateway.eventually("readiness", || monitor::ready(ready))?;
    assert_eq!(judged(world.consul, &world.gateway)?, "passing");
    world.consul.put(&format!("/v1/agent/service/deregister/{}", world.gateway), &json!({}))?;
    let status = gateway.eventually("the registration", || judged(world.consul, &world.gateway))?;
    assert_eq!(status, "passing", "a gateway that serves is out of use after it was registered again");
    Ok(())
}

#[test]
fn callers_are_not_sent_to_a_gateway_where_the_agents_check_fails() -> Result<()> {
    needs!(Consul, Envoy);
    let (world, ready, bind) = (World::new()?, free_address()?, free_address()?);
    let flags = ["--bind-address", &format!("elsewhere={bind}"), "--ready-bind", &ready.to_string()];
    let mut gateway = world.launch(world.run()?.args(flags))?;
    gateway.eventually("readiness", || monitor::ready(ready))?;
    assert_eq!(judged(world.consul, &world.gateway)?, "critical");
    Ok(())
}

#[test]
fn a_gateway_started_before_its_agent_waits_for_it() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (mut world, service) = alone(&origin)?;
    world.consul.kill()?;
    let (address, admin) = (free_address()?, free_address()?);
    let command = world
        .run()?
        .args(["--wait", "1m", "--address", &address.to_string(), "--admin-bind", &admin.to_string()])
        .real_envoy()?;
    let mut process = Process::spawn("termgate run", &mut command.to_command()?)?;
    process.says(&world.consul.http().to_string())?;
    world.consul.restart()?;
    restore(&world, &service, &origin)?;
    let frontend = world.frontend()?;
    let answer = process.wait_until("an answer", || frontend.get(address, &service, "/")?.answer())?;
    assert_eq!(answer["instance"], "one");
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_token_with_only_the_rights_of_a_gateway_is_enough() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (mine, closed) = (Origin::plain("mine")?, Origin::plain("closed")?);
    let mine_name = world.allowed("mine", &mine)?;
    let closed_name = world.allowed("closed", &closed)?;
    // The second linked service is missing: it stays closed, and does not keep the first from being served.
    let token = world.consul.token(&format!(
        r#"service "{}" {{ policy = "write" }}
        service "{mine_name}" {{ policy = "write" intentions = "read" }}
        service_prefix "" {{ policy = "read" }}
        node_prefix "" {{ policy = "read" }}
        agent_prefix "" {{ policy = "read" }}"#,
        world.gateway
    ))?;
    let mut gateway = world.launch(world.run()?.env("CONSUL_HTTP_TOKEN", &token))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &mine_name, "mine")?;
    refused(&mut gateway, &frontend, &closed_name)?;
    assert!(closed.seen().is_empty());
    gateway.says(&closed_name)?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    ensure!(!gateway.process.output().contains(&token), "the token is in the output");
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    Ok(())
}

#[test]
fn auto_takes_direct_mode_where_it_renders_everything() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let run = Termgate::new(["run", "--service", &world.gateway, "--deregister-on-exit"])?;
    let mut gateway = world.launch(run.consul(world.consul))?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    gateway.says("configuration by direct mode: it renders everything that this gateway uses")
}

#[test]
fn xds_with_programs_that_cannot_understand_each_other_is_refused_before_anything_is_registered() -> Result<()>
{
    needs!(Consul, Envoy);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let flags = ["connect", "envoy", "-gateway=terminating", "-register", "-service", &name];
    let output = Termgate::new(flags)?
        .consul(consul)
        .arg("-address=127.0.0.1:8443")
        .arg("-envoy-binary")
        .arg(Tool::Envoy.path()?)
        .run()?;
    assert_ne!(output.code, Some(0), "{output}");
    output.says(&["1.40", "direct"])?;
    assert_eq!(consul.agent_service(&name)?, None);
    Ok(())
}

/// An executable that says it is an old Envoy, and refuses what old ones do not know.
const OLD_ENVOY: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then
  echo "envoy  version: 0/1.27.9/Clean/RELEASE/BoringSSL"
  exit
fi
case "$(cat "$2")" in *retry_back_off*) echo "no such field: retry_policy" >&2; exit 1 ;; esac
exec "$REAL_ENVOY" "$@"
"#;

#[test]
fn an_old_envoy_gets_a_bootstrap_that_it_accepts() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let run = world
        .run()?
        .at_free_addresses()?
        .args(["--envoy-binary", "./envoy"])
        .script("envoy", OLD_ENVOY)?
        .env("REAL_ENVOY", Tool::Envoy.path()?);
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.says("ready: Envoy serves")?;
    process.says("Envoy is older than 1.28.0")?;
    ensure!(process.terminate()?.success(), "{}", process.output());
    Ok(())
}

#[test]
fn a_program_that_is_not_envoy_ends_the_run_and_leaves_no_registration() -> Result<()> {
    needs!(Consul);
    let world = World::new()?;
    for script in ["#!/bin/sh\nexit 3\n", "#!/bin/sh\n[ \"$1\" = --version ] && exit\nexec sleep 1000\n"] {
        let run = world.run()?.at_free_addresses()?.args(["--envoy-binary", "./envoy"]);
        let output = run.script("envoy", script)?.exits(6)?;
        output.says(&["envoy --version` does not print an Envoy version"])?;
        assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    }
    Ok(())
}

#[test]
fn an_admin_address_in_use_is_reported_before_anything_is_registered() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::new()?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let admin = taken.local_addr()?;
    world
        .run()?
        .args(["--address", &free_address()?.to_string(), "--admin-bind", &admin.to_string()])
        .real_envoy()?
        .exits(1)?
        .says(&[&format!("Envoy could not listen on 127.0.0.1 port {}", admin.port()), "--admin-bind"])?;
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    Ok(())
}
