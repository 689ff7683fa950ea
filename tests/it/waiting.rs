//! `termgate run --wait`: what scripts loop for otherwise, each named in the log.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::origin::Origin;
use crate::support::process::Process;
use crate::support::tools::Tool;
use crate::world::World;

#[test]
fn an_envoy_that_is_not_there_yet_is_waited_for() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let run = || -> Result<_> {
        let admin = free_address()?.to_string();
        Ok(world
            .run()?
            .args(["--envoy-binary", "./envoy", "--admin-bind", &admin])
            .args(["--address", &free_address()?.to_string()]))
    };
    let output = run()?.exits(6)?;
    ensure!(!output.stderr.contains("waiting up to"), "{output}");
    let output = run()?.args(["--wait", "1s"]).exits(6)?;
    ensure!(output.stderr.contains("waiting up to 1s for Envoy's executable"), "{output}");
    let run = run()?.args(["--wait", "40s"]);
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.says("waiting up to 40s for Envoy's executable")?;
    std::os::unix::fs::symlink(Tool::Envoy.path()?, run.directory().join("envoy"))?;
    process.says("ready: Envoy serves")?;
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_token_that_consul_does_not_know_yet_is_waited_for() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let secret = "5eed5eed-0001-4000-8000-000000000001";
    let run = || -> Result<_> {
        let run = world.run()?.env("CONSUL_HTTP_TOKEN", secret).at_free_addresses()?;
        run.real_envoy()
    };
    run()?.exits(5)?;
    let output = run()?.args(["--wait", "1s"]).exits(5)?;
    ensure!(output.stderr.contains("waiting up to 1s for the token to be known to Consul"), "{output}");
    let waiting = run()?.args(["--wait", "40s"]);
    let mut process = Process::spawn("termgate run", &mut waiting.to_command()?)?;
    process.says("waiting up to 40s for the token to be known to Consul")?;
    let token = json!({"SecretID": secret, "Policies": [{"Name": "global-management"}]});
    world.consul.put("/v1/acl/token", &token)?;
    process.says("ready: Envoy serves")?;
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn an_entry_and_a_linked_service_that_are_not_there_yet_are_named() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let mut world = World::of(Consul::shared()?)?;
    let service = world.allowed("one", &origin)?;
    let address = free_address()?;
    let flags = ["--wait", "40s", "--address", &address.to_string()];
    let run = world.run()?.args(flags).args(["--admin-bind", &free_address()?.to_string()]).real_envoy()?;
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.says("waiting up to 40s for the gateway's config entry")?;
    world.consul.link(&world.gateway, [])?;
    process.says("waiting up to 40s for a service that the gateway's config entry links")?;
    world.write_entry()?;
    let frontend = world.frontend()?;
    process.wait_until("an answer", || frontend.get(address, &service, "/")?.answer())?;
    ensure!(process.terminate()?.success(), "it did not end well");

    let name = world.consul.unique("without-an-entry");
    let words =
        ["run", "--service", &name, "--config-source", "direct", "--deregister-on-exit", "--wait", "2s"];
    let run = Termgate::new(words)?.consul(world.consul).at_free_addresses()?.real_envoy()?;
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.says("the gateway's config entry did not come within 2s")?;
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}
