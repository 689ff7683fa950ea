//! Instances at addresses that no service is meant to have, and at texts that are no address.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, ensure};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::dns::{NameServer, Names};
use crate::support::gateway::Gateway;
use crate::support::monitor::{count, get};
use crate::support::origin::Origin;
use crate::world::{World, answered_by};

const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

fn ready(gateway: &mut Gateway, at: SocketAddr, is: impl Fn(&str) -> bool) -> Result<String> {
    gateway.eventually("the right answer of /ready", || {
        let text = crate::support::monitor::ready(at)?;
        ensure!(is(&text), "{text}");
        Ok(text)
    })
}

#[test]
fn a_service_at_a_forbidden_address_is_closed_and_the_others_serve() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("open")?;
    let open = world.allowed("open", &origin)?;
    let text = world.allowed_at("octal", "0251.0376.0251.0376", 80)?;
    let carried = world.allowed_at("nat64", "64:ff9b::a9fe:a9fe", 80)?;
    let link = world.allowed_at("lattice", "169.254.171.9", 80)?;
    let url = world.allowed_at("url", "http://me:secret@ext.example:80", 80)?;
    let monitor = free_address()?;
    let flags = ["--ready-bind", &monitor.to_string(), "--metrics-bind", &monitor.to_string()];
    let mut gateway = world.launch(world.run()?.args(flags))?;
    let remarks = ready(&mut gateway, monitor, |text| text.contains(&link))?;
    for service in [&text, &carried] {
        assert!(remarks.contains(&format!("service `{service}`: ")), "{remarks}");
        assert_eq!(count(monitor, &finding("forbidden-address", service))?, 1);
    }
    assert_eq!(count(monitor, &finding("link-local-address", &link))?, 1);
    assert_eq!(count(monitor, &finding("bad-instance", &url))?, 1);
    assert_eq!(count(monitor, "termgate_served_services")?, 3);
    assert!(remarks.contains("the address `http://ext.example:80`, which is a URL"), "{remarks}");
    assert!(!remarks.contains("secret"), "{remarks}");
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &open, "open")?;

    // Corrected, it serves, and the finding is over.
    world.consul.register_instance(&text, &text, origin.address())?;
    answered_by(&mut gateway, &frontend, &text, "open")?;
    ready(&mut gateway, monitor, |remarks| !remarks.contains(&format!("service `{text}`: ")))?;
    gateway.says(&format!("resolved: service `{text}`"))?;
    let metrics = get(monitor, "/metrics")?.text();
    ensure!(!metrics.contains(&finding("forbidden-address", &text)), "{metrics}");
    Ok(())
}

fn finding(code: &str, subject: &str) -> String {
    format!("termgate_findings{{code=\"{code}\",subject=\"{subject}\"}}")
}

#[test]
fn a_name_that_envoy_resolves_to_a_forbidden_address_closes_its_service_unless_it_is_allowed() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let name = "md.example";
    let service = world.allowed_at("named", name, 80)?;
    world.write_entry()?;
    let names = NameServer::start(Names::from([(name.to_owned(), vec![METADATA])]))?;
    let arguments = ["--config-yaml".to_owned(), names.envoy_settings().to_string()];
    for (allowed, served) in [("", 0), ("10.0.0.0/8,169.254.169.254", 1)] {
        let (address, monitor) = (free_address()?, free_address()?);
        let run = world
            .run()?
            .args(["--address", &address.to_string()])
            .args(["--ready-bind", &monitor.to_string(), "--metrics-bind", &monitor.to_string()])
            .env("TERMGATE_ALLOW_ADDRESS", allowed);
        let mut gateway = Gateway::launch_with(&world.gateway, address, run, &arguments)?;
        let admin = gateway.admin;
        if served == 0 {
            ready(&mut gateway, monitor, |remarks| {
                remarks.contains(&format!("service `{service}`: "))
                    && remarks.contains("stands for 169.254.169.254")
            })?;
        } else {
            gateway.eventually("Envoy to resolve the name", || {
                ensure!(admin.get("/clusters")?.text().contains("169.254.169.254:80::hostname"), "not yet");
                Ok(())
            })?;
        }
        assert_eq!(count(monitor, "termgate_served_services")?, served);
        gateway.stop()?;
    }
    Ok(())
}

#[test]
fn an_external_service_is_not_registered_at_a_url() -> Result<()> {
    for (address, right) in [
        ("http://ext.example", "--address ext.example"),
        ("ext.example:80", "--address ext.example"),
        ("a b", "ext.example"),
    ] {
        let command = Termgate::new(["services", "register", "u1", "--address", address, "--port", "80"])?;
        let text = command.exits(2)?.stderr;
        ensure!(text.contains(right), "{text}");
    }
    Ok(())
}
