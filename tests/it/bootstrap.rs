//! `termgate connect envoy -bootstrap` and `termgate bootstrap` against a real agent.

use anyhow::{Context, Result};
use serde_json::json;
use termgate::testing::proxy_config::fill;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, free_address};

#[test]
fn the_drop_in_registers_and_prints_a_bootstrap_for_this_agent() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let flags = ["connect", "envoy", "-gateway=terminating", "-register", "-service", &name];
    let command =
        Termgate::new(flags)?.arg("-address").arg("127.0.0.1:8443").arg("-bootstrap").consul(consul);
    let bootstrap = command.succeeds()?.json()?;

    assert_eq!(bootstrap["node"]["cluster"], json!(name));
    assert_eq!(bootstrap["node"]["id"], json!(name));
    let cluster = &bootstrap["static_resources"]["clusters"][0];
    assert_eq!(cluster["name"], "local_agent");
    let text = cluster.to_string();
    assert!(text.contains(&consul.grpc().port().to_string()), "the agent's gRPC port is not in {text}");
    let sent = bootstrap["dynamic_resources"]["ads_config"].to_string();
    assert!(sent.contains(MANAGEMENT_TOKEN), "no token in {sent}");
    let service = consul.agent_service(&name)?.context("not registered")?;
    assert_eq!(service["Port"], 8443);
    Ok(())
}

#[test]
fn the_one_registered_gateway_is_found_without_its_name() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    consul.put(
        "/v1/agent/service/register",
        &json!({"Kind": "terminating-gateway", "Name": "the-one", "Address": "127.0.0.1", "Port": 8443}),
    )?;
    let command = Termgate::new(["connect", "envoy", "-gateway=terminating", "-bootstrap"])?.consul(&consul);
    assert_eq!(command.succeeds()?.json()?["node"]["id"], "the-one");
    Ok(())
}

#[test]
fn the_modern_command_writes_the_same_to_a_private_file() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let address = free_address()?.to_string();
    Termgate::new(["register", "--service", &name, "--address", &address])?.consul(consul).succeeds()?;
    let printed = Termgate::new(["bootstrap", "--service", &name])?.consul(consul).succeeds()?.json()?;
    let command = Termgate::new(["bootstrap", "--service", &name, "-o", "bootstrap.json"])?.consul(consul);
    assert_eq!(command.succeeds()?.stdout, "");
    let file = command.directory().join("bootstrap.json");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    assert_eq!(written, printed);
    Ok(())
}

#[test]
fn a_registration_is_filled_from_proxy_defaults_as_the_agent_fills_it() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start_with(&json!({"enable_central_service_config": true}))?;
    let shared = json!({
        "connect_timeout_ms": 9000, "envoy_extra_static_clusters_json": "{\"name\": \"shared\"}",
        "envoy_gateway_no_default_bind": true, "envoy_stats_tags": ["a=1", "b=2"], "envoy_stats_flush_interval": "9s",
        "limits": {"a": 1, "b": 2, "deep": {"a": 1}}, "own_map": "text", "own_text": {"a": 1}, "zero": 0,
    });
    let own = json!({
        "connect_timeout_ms": 0, "envoy_extra_static_clusters_json": "", "envoy_gateway_no_default_bind": false,
        "envoy_stats_tags": [], "envoy_stats_flush_interval": "5s",
        "limits": {"a": 0, "deep": {"a": 0, "b": 2}}, "own_map": {}, "own_text": "x", "zero": 7,
    });
    consul.put("/v1/config", &json!({"Kind": "proxy-defaults", "Name": "global", "Config": shared}))?;
    consul.put(
        "/v1/agent/service/register",
        &json!({"Kind": "terminating-gateway", "Name": "filled", "Port": 8443, "Proxy": {"Config": own}}),
    )?;
    let (mut merged, shared) = (own, shared);
    fill(merged.as_object_mut().context("a map")?, shared.as_object().context("a map")?);
    let service = consul.agent_service("filled")?.context("not registered")?;
    assert_eq!(service["Proxy"]["Config"], merged);

    let flags = ["connect", "envoy", "-gateway=terminating", "-proxy-id=filled", "-bootstrap"];
    let bootstrap = Termgate::new(flags)?.consul(&consul).succeeds()?.json()?;
    assert_eq!(bootstrap["static_resources"]["clusters"][1]["name"], "shared");
    assert_eq!(bootstrap["stats_flush_interval"], "5s");
    Ok(())
}

#[test]
fn another_kind_of_gateway_is_left_to_consul() -> Result<()> {
    for flags in [&["-gateway=mesh"][..], &["-sidecar-for", "web"], &["-mesh-gateway"]] {
        let output = Termgate::new([&["connect", "envoy"], flags].concat())?.run()?;
        assert_ne!(output.code, Some(0), "{output}");
        output.says(&["consul connect envoy"])?;
    }
    Ok(())
}
