//! How `termgate run` starts, lives through its agent's troubles, and ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::process::{Process, is_alive};
use crate::support::{tools::Tool, wait};
use crate::world::{World, answered_by, refused};

/// An agent of its own, for tests that harm it; one service behind the gateway.
fn lonely_agent(origin: &Origin) -> Result<Consul> {
    let consul = Consul::start()?;
    link_steady(&consul, origin)?;
    Ok(consul)
}

fn link_steady(consul: &Consul, origin: &Origin) -> Result<()> {
    consul.register_external("steady", origin.address())?;
    consul.allow("frontend", "steady")?;
    consul.write_config_entry(
        &json!({"Kind": "terminating-gateway", "Name": "gateway", "Services": [{"Name": "steady"}]}),
    )
}

#[test]
fn a_gateway_keeps_serving_while_the_agent_is_away() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let mut consul = lonely_agent(&origin)?;
    let mut gateway = Gateway::start(&consul, "gateway")?;
    let frontend = consul.mesh_client("frontend")?;
    answered_by(&mut gateway, &frontend, "steady", "one")?;

    consul.kill()?;
    for _ in 0..3 {
        assert_eq!(frontend.get(gateway.address, "steady", "/")?.answer()?["instance"], "one");
    }
    gateway.process.check_running()?;
    // It cannot deregister now; it ends all the same, and says so.
    gateway.stop().map(drop)
}

#[test]
fn sigterm_leaves_no_process_no_registration_and_no_file() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("one", &origin)?;
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
    let envoy = crate::support::process::children_of(gateway.process.id())?;
    let [envoy] = envoy[..] else { return Err(anyhow!("expected one child, got {envoy:?}")) };
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(envoy)?),
        nix::sys::signal::Signal::SIGKILL,
    )?;
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
        Ok(Termgate::new(["run", "--service", name, "--config-source", "direct", "--deregister-on-exit"])?
            .arg("--address")
            .arg(free_address()?.to_string())
            .arg("--admin-bind")
            .arg(free_address()?.to_string())
            .limit(Duration::from_secs(30)))
    };
    let envoy = Tool::Envoy.path()?;

    let missing = run(&name)?.consul(consul).arg("--envoy-binary").arg("/nowhere/envoy").exits(6)?;
    missing.says(&["/nowhere/envoy"])?;
    assert_eq!(consul.agent_service(&name)?, None);

    let away = run(&name)?.env("CONSUL_HTTP_ADDR", free_address()?.to_string()).arg("--wait").arg("300ms");
    away.arg("--envoy-binary").arg(&envoy).exits(4)?;

    let token = consul.token("node_prefix \"\" { policy = \"read\" }")?;
    let denied =
        run(&name)?.env("CONSUL_HTTP_ADDR", consul.http().to_string()).env("CONSUL_HTTP_TOKEN", &token);
    let output = denied.arg("--envoy-binary").arg(&envoy).exits(5)?;
    ensure!(!output.stderr.contains(&token), "the token is in the message: {output}");
    assert_eq!(consul.agent_service(&name)?, None);
    Ok(())
}

#[test]
fn an_agent_that_comes_back_without_its_data_gets_the_gateway_again() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let mut consul = lonely_agent(&origin)?;
    let mut gateway = Gateway::start(&consul, "gateway")?;
    answered_by(&mut gateway, &consul.mesh_client("frontend")?, "steady", "one")?;

    consul.restart()?;
    gateway.eventually("the registration", || consul.agent_service("gateway")?.context("not registered"))?;
    link_steady(&consul, &origin)?;
    // The new agent is another mesh: another CA, another trust domain.
    answered_by(&mut gateway, &consul.mesh_client("frontend")?, "steady", "one")?;
    Ok(())
}

#[test]
fn a_gateway_started_before_its_agent_waits_for_it() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let mut consul = lonely_agent(&origin)?;
    consul.kill()?;
    let (address, admin) = (free_address()?, free_address()?);
    let command =
        Termgate::new(["run", "--service", "gateway", "--config-source", "direct", "--wait", "1m"])?
            .consul(&consul)
            .arg("--address")
            .arg(address.to_string())
            .arg("--admin-bind")
            .arg(admin.to_string())
            .arg("--envoy-binary")
            .arg(Tool::Envoy.path()?);
    let mut process = Process::spawn("termgate run", &mut command.to_command()?)?;
    let agent = consul.http().to_string();
    let output = process.shared_output();
    process.wait_until("termgate to say what it waits for", || {
        ensure!(output.text().contains(&agent), "it does not name {agent}");
        Ok(())
    })?;
    consul.restart()?;
    link_steady(&consul, &origin)?;
    let frontend = consul.mesh_client("frontend")?;
    let answer = process.wait_until("an answer", || frontend.get(address, "steady", "/")?.answer())?;
    assert_eq!(answer["instance"], "one");
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_token_with_only_what_a_gateway_needs_is_enough() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (mine, closed) = (Origin::plain("mine")?, Origin::plain("closed")?);
    let mine_name = world.allowed("mine", &mine)?;
    let closed_name = world.allowed("closed", &closed)?;
    world.write_entry()?;
    // The second linked service is missing: it stays closed, and does not keep the first from being served.
    let token = world.consul.token(&format!(
        r#"service "{}" {{ policy = "write" }}
        service "{mine_name}" {{ policy = "write" intentions = "read" }}
        service_prefix "" {{ policy = "read" }}
        node_prefix "" {{ policy = "read" }}
        agent_prefix "" {{ policy = "read" }}"#,
        world.gateway
    ))?;
    let run = Termgate::new(["run", "--service", &world.gateway, "--config-source", "direct"])?
        .arg("--deregister-on-exit")
        .consul(world.consul)
        .env("CONSUL_HTTP_TOKEN", &token);
    let mut gateway = Gateway::launch(&world.gateway, run)?;
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
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("one", &origin)?;
    world.write_entry()?;
    let mut gateway = Gateway::start_with(world.consul, &world.gateway, ["--deregister-on-exit"])?;
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
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    world.allowed("one", &origin)?;
    world.write_entry()?;
    let (consul, gateway) = (world.consul, world.gateway.clone());
    let run =
        Termgate::new(["run", "--service", &gateway, "--config-source", "direct", "--deregister-on-exit"])?
            .args(["--envoy-binary", "./envoy", "--address", &free_address()?.to_string()])
            .args(["--admin-bind", &free_address()?.to_string()])
            .env("REAL_ENVOY", Tool::Envoy.path()?)
            .file("envoy", OLD_ENVOY)?
            .consul(consul);
    fs::set_permissions(run.directory().join("envoy"), fs::Permissions::from_mode(0o755))?;
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    let output = process.shared_output();
    process.wait_until("Envoy to be ready", || {
        ensure!(output.text().contains("ready: Envoy serves"), "it is not yet");
        Ok(())
    })?;
    ensure!(output.text().contains("Envoy is older than 1.28.0"), "{}", output.text());
    ensure!(process.terminate()?.success(), "{}", output.text());
    Ok(())
}

#[test]
fn a_program_that_is_not_envoy_ends_the_run_and_leaves_no_registration() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    for script in ["#!/bin/sh\nexit 3\n", "#!/bin/sh\n[ \"$1\" = --version ] && exit\nexec sleep 1000\n"] {
        let run = Termgate::new(["run", "--service", &gateway, "--config-source", "direct"])?
            .args(["--envoy-binary", "./envoy", "--address", &free_address()?.to_string()])
            .args(["--admin-bind", &free_address()?.to_string()])
            .file("envoy", script)?
            .consul(consul);
        fs::set_permissions(run.directory().join("envoy"), fs::Permissions::from_mode(0o755))?;
        run.exits(6)?.says(&["envoy --version` does not print an Envoy version"])?;
        assert_eq!(consul.agent_service(&gateway)?, None);
    }
    Ok(())
}

#[test]
fn an_admin_address_in_use_is_reported_before_anything_is_registered() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let admin = taken.local_addr()?;
    Termgate::new(["run", "--service", &gateway, "--config-source", "direct"])?
        .args(["--address", &free_address()?.to_string(), "--admin-bind", &admin.to_string()])
        .arg("--envoy-binary")
        .arg(Tool::Envoy.path()?)
        .consul(consul)
        .exits(1)?
        .says(&[&format!("Envoy could not listen on 127.0.0.1 port {}", admin.port()), "--admin-bind"])?;
    assert_eq!(consul.agent_service(&gateway)?, None);
    Ok(())
}
