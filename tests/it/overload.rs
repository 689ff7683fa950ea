//! `--memory-limit`: Envoy sheds load before its memory ends, and takes up work again.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::flood::{Does, Flood, Slow};
use crate::support::gateway::Gateway;
use crate::support::monitor::{count, get};
use crate::support::origin::Origin;
use crate::support::wait;
use crate::world::{World, answered_by};

#[test]
fn a_flood_is_shed_and_requests_are_answered_again_after_it() -> Result<()> {
    needs!(Consul, Envoy);
    let (origin, reader, writer) = (Origin::plain("quick")?, Slow::reader()?, Slow::writer()?);
    let mut world = World::new()?;
    let quick = world.allowed("quick", &origin)?;
    let sent = world.allowed_with("sent", reader.address(), json!({}))?;
    let ignored = world.allowed_with("ignored", writer.address(), json!({}))?;
    let posted = world.allowed_with("posted", reader.address(), json!({}))?;
    world.consul.set_protocol(&posted, "http")?;
    let (metrics, ready) = (free_address()?, free_address()?);
    let run = world.run()?.args(["--memory-limit", "64MiB"]);
    let run = run.args(["--metrics-bind", &metrics.to_string(), "--ready-bind", &ready.to_string()]);
    let mut gateway = world.launch(run)?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &quick, "quick")?;
    gateway.says("memory limit 64 MiB, as given: Envoy sheds load before its heap takes 32 MiB")?;
    gateway.says("the memory limit of 64 MiB leaves Envoy's heap no more than 32 MiB")?;
    let limit =
        gateway.eventually("the heap's limit", || count(metrics, "termgate_envoy_heap_limit_bytes"))?;
    ensure!(limit == 32 << 20, "the heap may grow to {limit}");

    // Each of them fills buffers of 64 KiB, on one side at least.
    let clients = [
        (sent.as_str(), Does::Send, 120),
        (ignored.as_str(), Does::Ignore, 120),
        (posted.as_str(), Does::Post, 80),
        (posted.as_str(), Does::PostStreams, 20),
    ];
    let flood = Flood::start(&frontend, gateway.address, &clients)?;
    gateway.says("Envoy sheds load: its heap")?;
    let answer = get(ready, "/ready")?;
    ensure!(
        answer.status == 200 && answer.text().contains("Envoy sheds load: its heap"),
        "{}",
        answer.text()
    );
    let name = format!("termgate_findings{{code=\"memory-pressure\",subject=\"{}\"}}", gateway.name);
    ensure!(count(metrics, &name)? == 1, "{name} is not 1");
    gateway.eventually("connections to be refused or closed", || {
        let shed = flood.counts.shed();
        ensure!(shed > 10, "{shed} so far");
        let used = count(metrics, "termgate_envoy_heap_bytes")?;
        ensure!(used < limit * 5 / 4, "the heap takes {used} of {limit}");
        Ok(())
    })?;

    drop(flood);
    // Envoy gives memory back every ten seconds, and some of it late.
    wait::within(Duration::from_secs(120), "the end of the shedding", || {
        gateway.process.check_running()?;
        let used = count(metrics, "termgate_envoy_heap_bytes")?;
        let is_over = gateway.process.output().contains("resolved: Envoy sheds load: its heap");
        ensure!(is_over, "the heap takes {used} of {limit}");
        Ok(())
    })?;
    answered_by(&mut gateway, &frontend, &quick, "quick")?;
    ensure!(gateway.stop()?.success(), "it failed");
    Ok(())
}

#[test]
fn a_limit_that_cannot_be_used_is_refused_by_the_name_it_was_given_by() -> Result<()> {
    let run = || Termgate::new(["run", "--service", "gw"]);
    let output = run()?.args(["--memory-limit", "10MiB"]).run()?;
    ensure!(output.code == Some(2), "{output}");
    let reason = "--memory-limit: `10MiB` is less than 64 MiB, which Envoy and termgate need to start";
    ensure!(output.stderr.contains(reason), "{output}");
    let output = run()?.env("TERMGATE_MEMORY_LIMIT", "plenty").run()?;
    let reason = "TERMGATE_MEMORY_LIMIT: `plenty` is not auto, off or a size such as 256MiB";
    ensure!(output.stderr.contains(reason), "{output}");
    Ok(())
}

#[test]
fn an_overload_manager_of_the_user_takes_the_place_of_the_limit() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let own = json!({"overload_manager": {
        "resource_monitors": [{
            "name": "envoy.resource_monitors.fixed_heap",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                "max_heap_size_bytes": 1_u64 << 30,
            },
        }],
        "actions": [{
            "name": "envoy.overload_actions.shrink_heap",
            "triggers": [{"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": 0.9}}],
        }],
    }});
    let address = free_address()?;
    let run = world.run()?.args(["--memory-limit", "256MiB", "--address", &address.to_string()]);
    let arguments = ["--config-yaml".to_owned(), own.to_string()];
    let mut gateway = Gateway::launch_with(&world.gateway, address, run, &arguments)?;
    gateway.says("the memory limit has no effect")?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    let dump = gateway.admin.config_dump()?;
    let manager = dump["configs"][0].pointer("/bootstrap/overload_manager").context("no overload manager")?;
    ensure!(manager["actions"].as_array().is_some_and(|actions| actions.len() == 1), "{manager}");
    Ok(())
}
