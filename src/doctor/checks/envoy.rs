//! Envoy: there, this gateway's, with the configuration that it should have.

use super::{Check, Need, Outcome, at, found};
use crate::bootstrap::SHEDDING;
use crate::consul::facts::Fact;
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, XdsToken};
use crate::doctor::{registering, word};
use crate::envoy::admin::Live;
use crate::finding::{Code, Finding};

pub(super) const CHECKS: &[Check] = &[
    at(Code::EnvoyNotFound, "Envoy is installed", is_installed),
    at(Code::EnvoyVersionUnknown, "its version can be read", has_version),
    at(Code::EnvoyUnsupported, "this Consul supports it, or direct mode configures it", is_supported),
    at(Code::EnvoyAdminUnreachable, "its admin server answers", answers),
    at(Code::EnvoyOfAnother, "the admin server is that of this gateway", is_own),
    at(Code::AdminExposed, "the admin server is for this host alone", is_hidden),
    at(Code::EnvoyDisconnected, "its control plane is connected", is_connected),
    at(Code::EnvoyTokenMissing, "it asks Consul with a token where ACLs are on", has_token),
    at(Code::EnvoyUpdateRejected, "it has accepted every update", has_accepted),
    found(Need::Links, Code::EnvoyRefused, "it takes the configuration of every service", &[]),
    at(Code::MemoryPressure, "its memory is far from its limit", has_memory),
    at(Code::ListenerLost, "it listens where the gateway is registered", listens),
    at(Code::EnvoyCertificateExpires, "its certificates are renewed", is_renewed),
    at(Code::NoLeaf, "it serves every linked service", serves_all),
    at(Code::EnvoyNoHost, "each of its clusters has a healthy host", has_hosts),
    at(Code::UpstreamFailing, "its connections to services succeed", connects),
];

/// Consul renews a certificate before nine tenths of its time are over. Less than this part of it left is too little.
const LATEST: i64 = 20;

fn is_installed(evidence: &Evidence<'_>) -> Outcome {
    let envoy = &evidence.facts.envoy;
    match (&envoy.binary, &envoy.live) {
        (Asked::Is(path), _) => Outcome::ok(path.display().to_string()),
        (_, Asked::Is(live)) if live.node == evidence.facts.id => Outcome::ok("it runs"),
        (Asked::Failed(trouble), _) => {
            Outcome::found(Finding::new(Code::EnvoyNotFound, "--envoy-binary", &trouble.message))
        }
        (Asked::No(why), _) => Outcome::skipped(*why),
    }
}

fn has_version(evidence: &Evidence<'_>) -> Outcome {
    match &evidence.facts.envoy.version {
        Asked::Is(version) => Outcome::ok(version.to_string()),
        Asked::No(why) => Outcome::skipped(*why),
        Asked::Failed(trouble) => {
            Outcome::found(Finding::new(Code::EnvoyVersionUnknown, "--envoy-binary", &trouble.message))
        }
    }
}

fn is_supported(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    if !live.is_of_consul {
        return Outcome::ok("termgate configures it");
    }
    let supported = evidence.facts.agent.is().map(|agent| &agent.envoys);
    let version = crate::envoy::version::EnvoyVersion::parse(&live.version);
    match (supported, version) {
        (Some(Fact::Known(supported)), Some(version)) if !supported.supports(version) => {
            let message =
                format!("Consul configures an Envoy {version}, and supports {}", supported.display());
            Outcome::found(Finding::new(Code::EnvoyUnsupported, "Envoy", message))
        }
        (Some(Fact::Known(supported)), Some(_)) => {
            Outcome::ok(format!("Consul supports {}", supported.display()))
        }
        _ => Outcome::skipped("the agent does not list the releases that it supports"),
    }
}

/// Whether something listens where the gateway is registered; `None` if that is not known.
fn runs(evidence: &Evidence<'_>) -> Option<bool> {
    let host = evidence.facts.host.is()?;
    let listens = evidence.listens();
    let mut known = listens.iter().filter_map(|address| {
        host.listens_at(address.address.parse().ok()?, u16::try_from(address.port).ok()?)
    });
    known.next().map(|first| first || known.any(|listens| listens))
}

fn answers(evidence: &Evidence<'_>) -> Outcome {
    let envoy = &evidence.facts.envoy;
    match &envoy.live {
        Asked::Is(live) => Outcome::ok(format!("Envoy {} is {}", live.version, live.state)),
        Asked::No(why) => Outcome::skipped(*why),
        Asked::Failed(_) if runs(evidence) != Some(true) => Outcome::skipped("Envoy does not run here"),
        Asked::Failed(trouble) => {
            Outcome::found(Finding::new(Code::EnvoyAdminUnreachable, "--admin-bind", &trouble.message))
        }
    }
}

fn is_own(evidence: &Evidence<'_>) -> Outcome {
    let live = match &evidence.facts.envoy.live {
        Asked::Is(live) => live,
        Asked::No(why) => return Outcome::skipped(*why),
        Asked::Failed(_) => return Outcome::skipped("its admin server does not answer"),
    };
    let (id, other) = (&evidence.facts.id, &live.node);
    if other == id {
        return Outcome::ok(format!("node `{id}`"));
    }
    let address = evidence.facts.envoy.admin.map(|address| address.to_string()).unwrap_or_default();
    let other = if other.is_empty() { "an Envoy without a node ID".to_owned() } else { format!("`{other}`") };
    if runs(evidence) != Some(true) {
        return Outcome::skipped(format!("Envoy does not run here; {address} is that of {other}"));
    }
    Outcome::found(Finding::new(
        Code::EnvoyOfAnother,
        "--admin-bind",
        format!("the admin server at {address} is that of {other}, not of `{id}`"),
    ))
}

/// The Envoy of this gateway; why there is none.
fn live<'a>(evidence: &Evidence<'a>) -> Result<&'a Live, String> {
    match &evidence.facts.envoy.live {
        Asked::Is(live) if live.node == evidence.facts.id => Ok(live),
        Asked::Is(_) => Err("the admin server is that of another Envoy".to_owned()),
        Asked::No(why) => Err((*why).to_owned()),
        Asked::Failed(_) => Err("its admin server does not answer".to_owned()),
    }
}

fn is_hidden(evidence: &Evidence<'_>) -> Outcome {
    let (Some(address), Ok(_)) = (evidence.facts.envoy.admin, live(evidence)) else {
        return Outcome::skipped("its admin server does not answer");
    };
    let at = |ip: std::net::IpAddr| {
        let listening = evidence.facts.host.is().and_then(|host| host.listening.as_ref());
        listening.is_some_and(|all| all.iter().any(|one| one.port() == address.port() && one.ip() == ip))
    };
    let is_wide = [std::net::Ipv4Addr::UNSPECIFIED.into(), std::net::Ipv6Addr::UNSPECIFIED.into()]
        .into_iter()
        .any(|ip| address.ip() == ip || at(ip));
    if !is_wide && address.ip().is_loopback() {
        return Outcome::ok(address.to_string());
    }
    let place = if is_wide { "every address of this host".to_owned() } else { address.ip().to_string() };
    Outcome::found(Finding::new(
        Code::AdminExposed,
        "--admin-bind",
        format!("the admin server listens on {place}, port {}, where others can reach it", address.port()),
    ))
}

fn is_connected(evidence: &Evidence<'_>) -> Outcome {
    match live(evidence).map(|live| live.is_connected) {
        Ok(Some(false)) => Outcome::found(Finding::new(
            Code::EnvoyDisconnected,
            &evidence.facts.name,
            "Envoy is not connected to its control plane",
        )),
        Ok(Some(true)) => Outcome::ok(""),
        Ok(None) => Outcome::skipped("it does not say whether it has one"),
        Err(why) => Outcome::Skipped(why),
    }
}

fn has_memory(evidence: &Evidence<'_>) -> Outcome {
    match live(evidence).map(|live| live.heap) {
        Ok(Some(percent)) if percent >= SHEDDING => Outcome::found(Finding::new(
            Code::MemoryPressure,
            &evidence.facts.name,
            format!("Envoy sheds load: its heap takes {percent} % of what the memory limit allows"),
        )),
        Ok(Some(percent)) => Outcome::ok(format!("{percent} %")),
        Ok(None) => Outcome::ok("it has none"),
        Err(why) => Outcome::Skipped(why),
    }
}

fn has_token(evidence: &Evidence<'_>) -> Outcome {
    let token = match (live(evidence), &evidence.facts.envoy.token) {
        (Err(why), _) => return Outcome::Skipped(why),
        (Ok(_), Asked::Is(token)) => token,
        (Ok(_), Asked::No(why)) => return Outcome::skipped(*why),
        (Ok(_), Asked::Failed(trouble)) => return Outcome::skipped(&*trouble.message),
    };
    let has_acls = evidence.agent().is_ok_and(|agent| agent.acls == Fact::Known(true));
    match token {
        XdsToken::Same => Outcome::ok("the token of this command"),
        XdsToken::Other => Outcome::ok("another token than this command's, whose rights are judged here"),
        XdsToken::Missing if has_acls => Outcome::found(Finding::new(
            Code::EnvoyTokenMissing,
            &evidence.facts.name,
            "Envoy asks Consul without a token, which is the anonymous one",
        )),
        XdsToken::Missing => Outcome::ok("none"),
    }
}

fn has_accepted(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    let found = live.rejected.iter().map(|(name, reason)| {
        let subject = evidence.upstreams.find(name).map_or(name, |upstream| &upstream.service);
        let message = format!("Envoy rejected the last update of `{name}`: {reason}");
        Finding::new(Code::EnvoyUpdateRejected, subject, message)
    });
    Outcome::of(found.collect(), "")
}

fn listens(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    let has_links = evidence.facts.snapshot.as_ref().is_some_and(|snapshot| !snapshot.links.is_empty());
    if !has_links {
        return Outcome::skipped("no service is linked");
    }
    let wanted = evidence.listens();
    let lost = wanted.iter().filter(|address| {
        let (Ok(ip), Ok(port)) = (address.address.parse::<std::net::IpAddr>(), u16::try_from(address.port))
        else {
            return false;
        };
        !live.listeners.iter().any(|one| one.port() == port && (one.ip() == ip || one.ip().is_unspecified()))
    });
    let name = &evidence.facts.name;
    let here = live.listeners.iter().find(|one| !one.ip().is_unspecified()).map(ToString::to_string);
    let found = lost.map(|address| {
        let message = format!(
            "the gateway is registered at {} port {}, where its Envoy does not listen",
            address.address, address.port
        );
        Finding::new(Code::ListenerLost, name, message)
            .help("start the gateway again with the address that is registered, or register where it listens")
            .command(registering(evidence.facts, here.clone()))
    });
    let seen: Vec<String> = live.listeners.iter().map(ToString::to_string).collect();
    Outcome::of(found.collect(), seen.join(", "))
}

fn is_renewed(evidence: &Evidence<'_>) -> Outcome {
    let expiry = match live(evidence).map(|live| live.expires.as_ref()) {
        Ok(Some(expiry)) => expiry,
        Ok(None) => return Outcome::ok("it has none"),
        Err(why) => return Outcome::Skipped(why),
    };
    let left = expiry.end - evidence.facts.now;
    if left > (expiry.end - expiry.start) / LATEST {
        return Outcome::ok(format!("the first one expires in {}h", left / 3600));
    }
    let when = if left < 0 { "has expired" } else { "expires soon, and is not renewed" };
    let message = format!("the certificate of {} in Envoy {when}", expiry.name);
    Outcome::found(Finding::new(Code::EnvoyCertificateExpires, &evidence.facts.name, message))
}

fn serves_all(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    // What closes a service is another check's.
    let is_open =
        |name: &str| !evidence.found.iter().any(|found| found.subject == name && found.code.closes());
    let mut names: Vec<&str> = evidence.upstreams.iter().map(|upstream| &*upstream.service).collect();
    names.dedup();
    let open = names.into_iter().filter(|name| is_open(name));
    let found = open.filter_map(|name| {
        if let Some(closed) = evidence.facts.envoy.closed.iter().find(|closed| closed.service == name) {
            let code = closed.code.parse().unwrap_or(Code::NoLeaf);
            return Some(Finding::new(code, name, &closed.message));
        }
        let message = format!("service `{name}`: Envoy does not have its certificate, so it is not served");
        let finding = Finding::new(Code::NoLeaf, name, message)
            .help("look into the gateway's log; its token may lack `service:write` on the service");
        let lacks = live.certified.as_ref().is_some_and(|certified| !certified.contains(name));
        lacks.then_some(finding)
    });
    Outcome::of(found.collect(), "")
}

fn has_hosts(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    let mut clusters = 0;
    let mut found = Vec::new();
    for cluster in &live.clusters {
        let Some(upstream) = evidence.upstreams.find(&cluster.name) else { continue };
        clusters += 1;
        // One without instances is another check's.
        if cluster.healthy == 0 && !upstream.addresses.is_empty() {
            let name = &upstream.service;
            let message = match cluster.hosts {
                0 => format!("service `{name}`: Envoy has no host for it"),
                count => format!("service `{name}`: none of its {count} hosts in Envoy is healthy"),
            };
            found.push(Finding::new(Code::EnvoyNoHost, name, message));
        }
    }
    Outcome::of(found, format!("{clusters} clusters"))
}

fn connects(evidence: &Evidence<'_>) -> Outcome {
    let live = match live(evidence) {
        Ok(live) => live,
        Err(why) => return Outcome::Skipped(why),
    };
    let failing = live
        .clusters
        .iter()
        .filter(|cluster| cluster.failed > 0 && cluster.active == 0 && cluster.failed * 2 >= cluster.tried);
    let found = failing.filter_map(|cluster| {
        let name = &evidence.upstreams.find(&cluster.name)?.service;
        let message = format!("service `{name}`: most of Envoy's connections to it fail");
        let command = format!("termgate doctor --service-id {} --probe", word(&evidence.facts.id));
        Some(Finding::new(Code::UpstreamFailing, name, message).command(command))
    });
    Outcome::of(found.collect(), "")
}
