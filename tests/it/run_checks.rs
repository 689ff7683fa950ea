//! What `termgate run` looks at before it registers a gateway, and what it says where Envoy does not start.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::Consul;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::process::Process;
use crate::world::World;

/// A mesh of its own: proxy-defaults is for every gateway of an agent.
fn with_defaults(config: &Value) -> Result<World<Consul>> {
    let world = World::alone()?;
    set_defaults(&world.consul, config)?;
    world.write_entry()?;
    Ok(world)
}

fn set_defaults(consul: &Consul, config: &Value) -> Result<()> {
    consul.write_config_entry(&json!({"Kind": "proxy-defaults", "Name": "global", "Config": config}))
}

fn run(world: &World<Consul>) -> Result<Termgate> {
    Ok(world.run()?.at_free_addresses()?.real_envoy()?.limit(Duration::from_secs(30)))
}

fn says(output: &Output, texts: &[&str]) -> Result<()> {
    for text in texts {
        ensure!(output.stderr.contains(text), "no {text:?} in {output}");
    }
    Ok(())
}

#[test]
fn a_bootstrap_that_envoy_would_refuse_ends_the_run_before_anything_is_registered() -> Result<()> {
    needs!(Consul, Envoy);
    let world = with_defaults(&json!({"envoy_stats_flush_interval": 10}))?;
    let bad = [
        (
            json!({"envoy_stats_flush_interval": 10}),
            "`envoy_stats_flush_interval` must be a number of seconds",
        ),
        (json!({"envoy_extra_static_clusters_json": "{"}), "`envoy_extra_static_clusters_json` is not"),
        (json!({"envoy_statsd_url": "udp://statsd.example:8125"}), "`statsd.example` is not an IP address"),
        (json!({"envoy_statsd_url": "$STATSD_URL_OF_NOBODY"}), "`STATSD_URL_OF_NOBODY` is not set"),
    ];
    for (config, text) in bad {
        set_defaults(&world.consul, &config)?;
        says(&run(&world)?.exits(3)?, &[text])?;
        ensure!(world.consul.agent_service(&world.gateway)?.is_none(), "{config} left a registration");
    }
    Ok(())
}

#[test]
fn an_envoy_that_refuses_its_bootstrap_is_explained_in_one_line_with_the_key() -> Result<()> {
    needs!(Consul, Envoy);
    let unknown = "{\"name\": \"a\", \"typ\": \"STATIC\"}";
    let world = with_defaults(&json!({
        "envoy_extra_static_clusters_json": unknown,
        "envoy_stats_tags": ["a=b"],
    }))?;
    says(
        &run(&world)?.exits(1)?,
        &[
            "error: Envoy refused its bootstrap: Proxy.Config key `envoy_extra_static_clusters_json`: ",
            "'typ'",
        ],
    )?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    set_defaults(
        &world.consul,
        &json!({"envoy_prometheus_bind_addr": address, "envoy_statsd_url": "$STATSD"}),
    )?;
    let output = run(&world)?.env("STATSD", "udp://127.0.0.1:8125").exits(1)?;
    let reason = format!(
        "Envoy could not listen on {address} (Proxy.Config key `envoy_prometheus_bind_addr`): Address already in use"
    );
    says(&output, &[&reason])?;
    ensure!(world.consul.agent_service(&world.gateway)?.is_none(), "the gateway is still registered");
    Ok(())
}

#[test]
fn a_pending_registration_is_awaited_before_it_is_undone() -> Result<()> {
    needs!(Envoy);
    let late = Duration::from_millis(800);
    let agent = FakeConsul::start()?;
    let registered = json!({"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"});
    agent
        .on(
            "GET",
            "/v1/agent/self",
            Answer::json(200, &json!({"Config": {"Version": "1.8.7", "Datacenter": "dc1"}})),
        )
        .on("GET", "/v1/config/proxy-defaults", Answer::json(200, &json!([])))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("GET", "/v1/agent/service/gw", Answer::json(200, &registered))
        .on("PUT", "/v1/agent/service/register", Answer::text(200, "").after(late))
        .on("PUT", "/v1/agent/service/deregister/gw", Answer::text(200, ""));
    let run = Termgate::new(["run", "--service", "gw", "--config-source", "direct", "--deregister-on-exit"])?
        .at_free_addresses()?
        .real_envoy()?
        .fake_consul(&agent);
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process
        .wait_until("the registration", || agent.request("PUT", "/v1/agent/service/register").map(drop))?;
    let sent = Instant::now();
    ensure!(process.terminate()?.success(), "{}", process.output());
    // An answer that is not waited for is one that comes after the gateway was taken back.
    ensure!(sent.elapsed() + Duration::from_millis(200) >= late, "it ended after {:?}", sent.elapsed());
    agent.request("PUT", "/v1/agent/service/deregister/gw").map(drop)
}
