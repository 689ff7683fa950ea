//! This host: ports, limits, the run directory, IPv6.

use std::net::IpAddr;

use super::{Check, Outcome, at};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, Host};
use crate::finding::{Code, Finding};

pub(super) const CHECKS: &[Check] = &[
    at(Code::AddressInUse, "nothing else listens where Envoy is to listen", is_free),
    at(Code::FewOpenFiles, "enough files may be open", has_files),
    at(Code::RunDirUnusable, "a run directory can be made", has_run_dir),
    at(Code::NoIpv6, "IPv6 works where it is needed", has_ipv6),
];

/// Files that Envoy needs without any connection, and for each linked service.
const OWN_FILES: u64 = 256;
const FILES_PER_SERVICE: u64 = 2;

fn host<'a>(evidence: &Evidence<'a>) -> Result<&'a Host, String> {
    evidence.facts.host.known()
}

fn is_free(evidence: &Evidence<'_>) -> Outcome {
    let (host, live) = match (host(evidence), &evidence.facts.envoy.live) {
        (Ok(host), Asked::Is(live)) if live.node == evidence.facts.id => (host, live),
        (Err(why), _) => return Outcome::Skipped(why),
        _ => return Outcome::skipped("whether Envoy itself listens there is not known"),
    };
    let mut found = Vec::new();
    for address in evidence.listens() {
        let (Ok(ip), Ok(port)) = (address.address.parse::<IpAddr>(), u16::try_from(address.port)) else {
            continue;
        };
        let has_it = live.listeners.iter().any(|own| own.port() == port);
        if !has_it && host.listens_at(ip, port) == Some(true) {
            let message = format!("another process listens on {ip} port {port}, where Envoy is to listen");
            found.push(Finding::new(Code::AddressInUse, &evidence.facts.name, message));
        }
    }
    Outcome::of(found, "")
}

fn has_files(evidence: &Evidence<'_>) -> Outcome {
    let limit = match host(evidence).map(|host| host.open_files) {
        Ok(Some(limit)) => limit,
        Ok(None) => return Outcome::skipped("this system does not say its limit"),
        Err(why) => return Outcome::Skipped(why),
    };
    let services = evidence.facts.snapshot.as_ref().map_or(0, |snapshot| snapshot.links.len());
    let needed = OWN_FILES + FILES_PER_SERVICE * u64::try_from(services).unwrap_or(0);
    if limit >= needed {
        return Outcome::ok(if limit == u64::MAX { "no limit".to_owned() } else { format!("{limit} files") });
    }
    Outcome::found(Finding::new(
        Code::FewOpenFiles,
        "limits",
        format!("a process may open {limit} files, and the gateway needs {needed} or more"),
    ))
}

fn has_run_dir(evidence: &Evidence<'_>) -> Outcome {
    match host(evidence).map(|host| host.run_dir.clone()) {
        Ok(None) => Outcome::ok(""),
        Ok(Some(tried)) => Outcome::found(Finding::new(
            Code::RunDirUnusable,
            "--run-dir",
            format!("none of the run directories can be made: {tried}"),
        )),
        Err(why) => Outcome::Skipped(why),
    }
}

fn has_ipv6(evidence: &Evidence<'_>) -> Outcome {
    let host = match host(evidence) {
        Ok(host) => host,
        Err(why) => return Outcome::Skipped(why),
    };
    let all = host.interfaces.interfaces.iter().flat_map(|interface| &interface.addresses);
    let has = |is_meant: fn(IpAddr) -> bool| {
        all.clone().any(|network| network.ip().is_ipv6() && is_meant(network.ip()))
    };
    if has(|ip| !ip.is_loopback()) {
        return Outcome::ok("this host has IPv6");
    }
    let mut found = Vec::new();
    let is_v6 = |text: &str| {
        text.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6() && (!ip.is_loopback() || !has(|_| true)))
    };
    for address in evidence.listens().iter().filter(|address| is_v6(&address.address)) {
        let message = format!("the gateway is to listen on {}, and this host has no IPv6", address.address);
        found.push(Finding::new(Code::NoIpv6, &evidence.facts.name, message));
    }
    for service in evidence.upstreams.iter() {
        if let Some((ip, _)) = service.addresses.iter().find(|(host, _)| is_v6(host)) {
            let name = &service.service;
            let message = format!("service `{name}`: it is at {ip}, and this host has no IPv6");
            found.push(Finding::new(Code::NoIpv6, name, message));
        }
    }
    Outcome::of(found, "nothing needs it")
}
