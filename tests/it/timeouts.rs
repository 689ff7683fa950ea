//! Timeouts of linked services in the `Meta` of their service-defaults, on the oldest Consul there is.

use std::io::{ErrorKind, Read as _};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::support::server::Server;
use crate::world::World;

#[test]
fn a_service_has_the_timeouts_of_its_service_defaults() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    // Takes everything and answers nothing, until the other side ends.
    let silent = Server::tcp(None, |connection| {
        std::io::copy(&mut connection.stream.get_mut().by_ref(), &mut std::io::sink())?;
        Ok(())
    })?;
    let address = silent.address().context("it listens on TCP")?;
    let mut services = Vec::new();
    for (stem, protocol, meta) in [
        ("requests", "http", json!({"termgate-request-timeout": "300ms"})),
        ("stream", "http", json!({"termgate-request-timeout": "0s", "termgate-idle-timeout": "300ms"})),
        ("bytes", "tcp", json!({"termgate-idle-timeout": "300ms"})),
    ] {
        let service = world.allowed_with(stem, address, json!({}))?;
        world.consul.write_config_entry(
            &json!({"Kind": "service-defaults", "Name": service, "Protocol": protocol, "Meta": meta}),
        )?;
        services.push(service);
    }
    let mut gateway = world.start()?;
    let (at, frontend) = (gateway.address, world.frontend()?);
    let [requests, stream, bytes] = &services[..] else { panic!("three services") };
    // Without them, Envoy would answer 504 after 15 s and 5 min.
    for (service, status) in [(requests, 504), (stream, 504)] {
        gateway.eventually(&format!("the time limit of {service}"), || {
            let outcome = frontend.get(at, service, "/")?;
            ensure!(outcome.to_string().contains(&status.to_string()), "{outcome}");
            Ok(())
        })?;
    }
    gateway.eventually("the end of an idle connection", || {
        let Ok(mut connection) = frontend.connect(at, bytes) else { bail!("refused") };
        let Err(error) = connection.talk(b"hello\n") else { bail!("an answer") };
        let timed_out = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
        let is_open = error.downcast_ref::<std::io::Error>().is_some_and(|error| timed_out(error.kind()));
        ensure!(!is_open, "still open: {error}");
        Ok(())
    })
}
