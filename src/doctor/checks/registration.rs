//! The gateway's registration: there, of the right kind, where the gateway really is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Check, Need, Outcome, at, found};
use crate::consul::api::agent::Check as AgentCheck;
use crate::consul::api::internal::{MeshNode, MeshService};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::Asked;
use crate::doctor::{self, word};
use crate::finding::{Code, Finding, Severity};
use crate::gateway::registration::{KIND, is_listening, shares_address};
use crate::nearest::nearest;
use crate::snapshot::CheckStatus;
use crate::sockaddr::{Network, is_private};

pub(super) const CHECKS: &[Check] = &[
    at(Code::GatewayNotRegistered, "the gateway is registered with the agent", is_registered),
    at(Code::GatewayOfAnotherKind, "it is registered as a terminating gateway", is_a_gateway),
    at(Code::GatewayInMaintenance, "it is not in maintenance mode", is_in_service),
    at(Code::AddressOfAnotherHost, "its address is one of this host", is_here),
    at(Code::BadAddress, "clients can connect to its address", is_connectable),
    at(Code::GatewayNotListening, "something listens at its address", is_listened_at),
    at(Code::HealthCheckMisses, "its health check connects to where it listens", is_checked_there),
    at(Code::GatewayCheckFailing, "its health checks pass", is_healthy),
    at(Code::AddressShared, "no other service has its address and port", is_alone),
    at(Code::GatewayTwice, "no other node has a gateway with its ID and address", is_unique),
    at(Code::LeftoverRegistration, "no replica on this agent is gone", has_no_leftovers),
    at(Code::ReplicasDiffer, "its replicas have the same settings", replicas_agree),
    at(Code::LoopbackAddress, "clients on other hosts can reach its address", is_reachable),
    at(Code::PublicWanAddress, "its WAN address is private", is_hidden),
    found(
        Need::Registration,
        Code::BadProxyConfig,
        "its Proxy.Config can be read",
        &[Code::StatsTagsLost, Code::SocketUrl, Code::PrometheusTls],
    ),
    found(Need::Registration, Code::UnknownProxyConfig, "every key of its Proxy.Config is known", &[]),
    found(Need::Registration, Code::BadBind, "Envoy can listen on its addresses", &[Code::NoListener]),
];

fn is_registered(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    if facts.snapshot.is_none() {
        return Outcome::skipped("the agent does not answer");
    }
    if let Some(gateway) = facts.registration() {
        let place = shown(&gateway.address, gateway.port);
        return Outcome::ok(format!("`{}` at {place}", gateway.id));
    }
    if let Some(trouble) = facts.lacks(crate::snapshot::assemble::Answer::AgentService)
        && (trouble.is_denied || trouble.is_unknown_token)
    {
        return Outcome::skipped("the token may not read it");
    }
    let gateways = facts.services.is().into_iter().flat_map(BTreeMap::values);
    let ids: Vec<&str> = gateways.filter(|found| found.kind == KIND).map(|found| found.id.as_str()).collect();
    let id = &facts.id;
    let finding = Finding::new(
        Code::GatewayNotRegistered,
        &facts.name,
        format!("the agent has no terminating gateway with the ID `{id}`"),
    );
    let finding = match (nearest(id, ids.iter().copied()), ids.is_empty()) {
        (Some(near), _) => finding.help(format!("is `{near}` meant? Name it with --service-id")),
        (None, false) => finding.help(format!("it has {}: name it with --service-id", ids.join(", "))),
        (None, true) => finding,
    };
    Outcome::found(finding.command(doctor::registering(facts, None)))
}

fn is_a_gateway(evidence: &Evidence<'_>) -> Outcome {
    let Some(gateway) = evidence.facts.registration() else {
        return Outcome::skipped("the gateway is not registered");
    };
    if gateway.kind == KIND {
        return Outcome::ok("");
    }
    let kind = if gateway.kind.is_empty() { "no kind" } else { &gateway.kind };
    Outcome::found(Finding::new(
        Code::GatewayOfAnotherKind,
        &gateway.id,
        format!("the service `{}` is registered with {kind}, not as a {KIND}", gateway.id),
    ))
}

/// The checks of the gateway and its node; why there are none.
fn checks<'a>(evidence: &Evidence<'a>) -> Result<&'a [AgentCheck], String> {
    evidence.registration()?;
    evidence.facts.checks.known().map(Vec::as_slice)
}

fn is_maintenance(check: &AgentCheck) -> bool {
    check.check_id.starts_with("_node_maintenance") || check.check_id.starts_with("_service_maintenance")
}

fn is_in_service(evidence: &Evidence<'_>) -> Outcome {
    let checks = match checks(evidence) {
        Ok(checks) => checks,
        Err(why) => return Outcome::skipped(why),
    };
    let found = checks.iter().filter(|check| is_maintenance(check)).map(|check| {
        let (what, command) = if check.service_id.is_empty() {
            ("the node of the gateway", "consul maint -disable".to_owned())
        } else {
            ("the gateway", format!("consul maint -disable -service={}", word(&check.service_id)))
        };
        let message = format!("{what} is in maintenance mode: {}", check.output);
        Finding::new(Code::GatewayInMaintenance, &evidence.facts.name, message).command(command)
    });
    Outcome::of(found.collect(), "")
}

/// The IP addresses and ports where Envoy listens for the registration.
fn sockets(evidence: &Evidence<'_>) -> Vec<(IpAddr, u16)> {
    let listens = evidence.listens();
    let socket = |address: &crate::snapshot::ServiceAddress| {
        Some((address.address.parse().ok()?, u16::try_from(address.port).ok()?))
    };
    listens.iter().filter_map(socket).collect()
}

fn is_here(evidence: &Evidence<'_>) -> Outcome {
    if let Err(why) = evidence.registration() {
        return Outcome::skipped(why);
    }
    let host = match evidence.facts.host.known() {
        Ok(host) => host,
        Err(why) => return Outcome::Skipped(why),
    };
    let sockets = sockets(evidence);
    let foreign = sockets.iter().filter(|(ip, _)| !ip.is_unspecified() && !host.interfaces.owns(*ip));
    let found = foreign.map(|(ip, port)| {
        Finding::new(
            Code::AddressOfAnotherHost,
            &evidence.facts.name,
            format!("the gateway is to listen on {}, which is not an address of this host", shown(&ip.to_string(), (*port).into())),
        )
        .help("register it with an address of this host (--address), or set where it listens with --bind-address")
        .command(registering(evidence))
    });
    let seen: Vec<String> = sockets.iter().map(|(ip, port)| shown(&ip.to_string(), (*port).into())).collect();
    Outcome::of(found.collect(), seen.join(", "))
}

/// The command that registers the gateway at an address of its own host.
fn registering(evidence: &Evidence<'_>) -> String {
    let facts = evidence.facts;
    let port = facts.registration().map_or(0, |gateway| gateway.port);
    let own = facts.host.is().and_then(|host| {
        let all = host.interfaces.interfaces.iter().flat_map(|interface| &interface.addresses);
        let mut ips: Vec<IpAddr> = all.map(Network::ip).filter(IpAddr::is_ipv4).collect();
        ips.sort_by_key(|ip| (ip.is_loopback(), !is_private(*ip)));
        ips.first().map(|ip| format!("{ip}:{port}"))
    });
    doctor::registering(facts, own)
}

fn is_connectable(evidence: &Evidence<'_>) -> Outcome {
    let gateway = match evidence.registration() {
        Ok(gateway) => gateway,
        Err(why) => return Outcome::skipped(why),
    };
    let lan = &gateway.address;
    let is_wildcard = lan.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
    let problem = if is_wildcard {
        format!("the gateway is registered at the wildcard {lan}, to which no other host can connect")
    } else if !(1..=65_535).contains(&gateway.port) {
        format!("the gateway is registered with port {}", gateway.port)
    } else if lan.contains(char::is_whitespace) {
        format!("the gateway is registered at {lan:?}, which is not an address")
    } else {
        return Outcome::ok(shown(lan, gateway.port));
    };
    Outcome::found(
        Finding::new(Code::BadAddress, &evidence.facts.name, problem).command(registering(evidence)),
    )
}

fn is_listened_at(evidence: &Evidence<'_>) -> Outcome {
    if let Err(why) = evidence.registration() {
        return Outcome::skipped(why);
    }
    let host = match evidence.facts.host.known() {
        Ok(host) => host,
        Err(why) => return Outcome::Skipped(why),
    };
    let own: Vec<(IpAddr, u16)> = sockets(evidence)
        .into_iter()
        .filter(|(ip, _)| ip.is_unspecified() || host.interfaces.owns(*ip))
        .collect();
    if own.is_empty() {
        return Outcome::skipped("it has no address of this host");
    }
    let mut found = Vec::new();
    for (ip, port) in &own {
        match host.listens_at(*ip, *port) {
            None => return Outcome::skipped("this system does not list the sockets that listen"),
            Some(true) => {}
            Some(false) => {
                let place = shown(&ip.to_string(), (*port).into());
                let id = &evidence.facts.id;
                found.push(
                    Finding::new(
                        Code::GatewayNotListening,
                        &evidence.facts.name,
                        format!("nothing listens at {place}: the gateway `{id}` does not run, or listens elsewhere"),
                    )
                    .command(format!("termgate run --service {} --service-id {} --no-register", word(&evidence.facts.name), word(id))),
                );
            }
        }
    }
    Outcome::of(found, "")
}

/// The port that a TCP check connects to, as its output says.
fn dialled(check: &AgentCheck) -> Option<u16> {
    let place = check.output.split("dial tcp ").nth(1)?.split(": ").next()?;
    place.trim().rsplit_once(':')?.1.parse().ok()
}

fn is_checked_there(evidence: &Evidence<'_>) -> Outcome {
    let checks = match checks(evidence) {
        Ok(checks) => checks,
        Err(why) => return Outcome::skipped(why),
    };
    let ports: Vec<u16> = sockets(evidence).iter().map(|(_, port)| *port).collect();
    if ports.is_empty() {
        return Outcome::skipped("where it listens is not known");
    }
    let failing =
        checks.iter().filter(|check| check.status == CheckStatus::Critical && !check.service_id.is_empty());
    let found = failing.filter_map(|check| {
        let port = dialled(check).filter(|port| !ports.contains(port))?;
        let listens: Vec<String> = ports.iter().map(ToString::to_string).collect();
        let message = format!(
            "the check `{}` connects to port {port}, and the gateway listens on port {}",
            check.name,
            listens.join(", ")
        );
        Some(
            Finding::new(Code::HealthCheckMisses, &evidence.facts.name, message)
                .severity(Severity::Failure)
                .command(registering(evidence)),
        )
    });
    Outcome::of(found.collect(), "")
}

fn is_healthy(evidence: &Evidence<'_>) -> Outcome {
    let checks = match checks(evidence) {
        Ok(checks) => checks,
        Err(why) => return Outcome::skipped(why),
    };
    let checks: Vec<_> = checks.iter().filter(|check| !is_maintenance(check)).collect();
    let found = checks.iter().filter(|check| check.status == CheckStatus::Critical).map(|check| {
        let output = if check.output.is_empty() { "no result yet" } else { check.output.trim() };
        let message = format!("the check `{}` is critical: {output}", check.name);
        Finding::new(Code::GatewayCheckFailing, &evidence.facts.name, message)
    });
    let seen = match checks.len() {
        0 => "it has none".to_owned(),
        count => format!("{count} of {count}"),
    };
    Outcome::of(found.collect(), seen)
}

fn is_alone(evidence: &Evidence<'_>) -> Outcome {
    let (gateway, services) = match (evidence.registration(), &evidence.facts.services) {
        (Ok(gateway), Asked::Is(services)) => (gateway, services),
        (Err(why), _) => return Outcome::skipped(why),
        (_, Asked::No(why)) => return Outcome::skipped(*why),
        (_, Asked::Failed(trouble)) => return Outcome::skipped(&*trouble.message),
    };
    let found = services.values().filter(|other| shares_address(gateway, other)).map(|other| {
        let message = format!(
            "the service `{}` is registered at {} as well: only one can listen there",
            other.id,
            shown(&gateway.address, gateway.port)
        );
        Finding::new(Code::AddressShared, &other.id, message)
            .help("give the gateway another address or port, or deregister the service if it is gone")
            .command(format!("consul services deregister -id={}", word(&other.id)))
    });
    Outcome::of(found.collect(), "")
}

/// The registrations of the gateway in the catalog; why they are not known.
fn replicas<'a>(evidence: &Evidence<'a>) -> Result<Vec<(&'a MeshNode, &'a MeshService)>, String> {
    evidence.registration()?;
    let nodes = evidence.facts.nodes.known()?;
    let all = nodes.iter().flat_map(|node| node.services.iter().map(move |service| (node, service)));
    let name = &evidence.facts.name;
    Ok(all.filter(|(_, service)| service.kind == KIND && service.service == *name).collect())
}

fn is_unique(evidence: &Evidence<'_>) -> Outcome {
    let replicas = match replicas(evidence) {
        Ok(replicas) => replicas,
        Err(why) => return Outcome::skipped(why),
    };
    let place = |(node, service): &(&MeshNode, &MeshService)| {
        let host = if service.address.is_empty() { &node.address } else { &service.address };
        (host.clone(), service.port)
    };
    let own = &evidence.facts.id;
    let same: Vec<_> = replicas.iter().filter(|(_, service)| service.id == *own).collect();
    let mut found = Vec::new();
    for (at, one) in same.iter().enumerate() {
        if let Some(other) = same.iter().skip(at + 1).find(|other| place(other) == place(one)) {
            let (host, port) = place(one);
            let message = format!(
                "the nodes `{}` and `{}` both have `{own}` at {}",
                one.0.name,
                other.0.name,
                shown(&host, u32::try_from(port).unwrap_or(0))
            );
            let agents = evidence.facts.agent.is().and_then(|agent| agent.node.known());
            let leftover = if agents == Some(&one.0.name) { other } else { one };
            let command = format!(
                "termgate services deregister {} --id {} --node {}",
                word(&evidence.facts.name),
                word(own),
                word(&leftover.0.name)
            );
            found.push(Finding::new(Code::GatewayTwice, own, message).command(command));
        }
    }
    let count = replicas.len();
    Outcome::of(found, if count == 1 { "one replica".to_owned() } else { format!("{count} replicas") })
}

fn has_no_leftovers(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let (services, host) = match (facts.services.known(), facts.host.known()) {
        (Ok(services), Ok(host)) => (services, host),
        (Err(why), _) | (_, Err(why)) => return Outcome::Skipped(why),
    };
    let others = services
        .values()
        .filter(|other| other.kind == KIND && other.service == facts.name && other.id != facts.id);
    let is_gone = |address: &str, port: u32| {
        let (Ok(ip), Ok(port)) = (address.parse::<IpAddr>(), u16::try_from(port)) else { return false };
        host.interfaces.owns(ip) && host.listens_at(ip, port) == Some(false)
    };
    let found = others.filter(|other| is_gone(&other.address, other.port)).map(|other| {
        let message = format!(
            "the replica `{}` is registered at {}, where nothing listens",
            other.id,
            shown(&other.address, other.port)
        );
        Finding::new(Code::LeftoverRegistration, &other.id, message)
            .command(format!("termgate deregister --service-id {}", word(&other.id)))
    });
    Outcome::of(found.collect(), "")
}

fn replicas_agree(evidence: &Evidence<'_>) -> Outcome {
    let replicas = match replicas(evidence) {
        Ok(replicas) => replicas,
        Err(why) => return Outcome::skipped(why),
    };
    let config = |service: &MeshService| {
        let mut config = service.proxy.config.clone();
        // Each listens on addresses of its own host.
        config.retain(|key, _| !is_listening(key));
        config
    };
    let Some((first_node, first)) = replicas.first() else { return Outcome::ok("") };
    let found =
        replicas.iter().skip(1).filter(|(_, other)| config(other) != config(first)).map(|(node, other)| {
            let message = format!(
                "`{}` on node `{}` and `{}` on node `{}` have different Proxy.Config",
                first.id, first_node.name, other.id, node.name
            );
            Finding::new(Code::ReplicasDiffer, &other.id, message)
        });
    Outcome::of(found.collect(), "")
}

fn is_reachable(evidence: &Evidence<'_>) -> Outcome {
    let gateway = match evidence.registration() {
        Ok(gateway) => gateway,
        Err(why) => return Outcome::skipped(why),
    };
    let nodes = match evidence.facts.nodes.known() {
        Ok(nodes) => nodes,
        Err(why) => return Outcome::Skipped(why),
    };
    let own = evidence.facts.agent.is().and_then(|agent| agent.node.known());
    let is_proxy = |service: &MeshService| service.kind == "connect-proxy" || service.connect.native;
    let elsewhere = nodes.iter().find(|node| Some(&node.name) != own && node.services.iter().any(is_proxy));
    match (gateway.address.parse::<IpAddr>(), elsewhere) {
        (Ok(ip), Some(node)) if ip.is_loopback() => Outcome::found(
            Finding::new(
                Code::LoopbackAddress,
                &evidence.facts.name,
                format!(
                    "the gateway is registered at {ip}, which proxies on node `{}` cannot reach",
                    node.name
                ),
            )
            .command(registering(evidence)),
        ),
        _ => Outcome::ok(""),
    }
}

fn is_hidden(evidence: &Evidence<'_>) -> Outcome {
    let gateway = match evidence.registration() {
        Ok(gateway) => gateway,
        Err(why) => return Outcome::skipped(why),
    };
    let Some(wan) = gateway.tagged_addresses.get("wan") else { return Outcome::ok("it has none") };
    match wan.address.parse::<IpAddr>() {
        Ok(ip) if ip.is_unspecified() => Outcome::found(Finding::new(
            Code::WildcardWanAddress,
            &evidence.facts.name,
            format!("other datacenters cannot connect to the wildcard address {ip}"),
        )),
        Ok(ip) if !ip.is_loopback() && !is_private(ip) => Outcome::found(Finding::new(
            Code::PublicWanAddress,
            &evidence.facts.name,
            format!("{ip} is a public address; Consul advises against exposing a terminating gateway"),
        )),
        _ => Outcome::ok(shown(&wan.address, wan.port)),
    }
}

fn shown(host: &str, port: u32) -> String {
    match host {
        "" => format!("the node's address, port {port}"),
        host if host.contains(':') => format!("[{host}]:{port}"),
        host => format!("{host}:{port}"),
    }
}
