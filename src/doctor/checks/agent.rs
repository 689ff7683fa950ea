//! The agent: there, new enough, of this host, with a mesh.

use super::{Check, Outcome, at};
use crate::consul::facts::{Fact, Reason};
use crate::consul_version::Release;
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, GrpcOutcome, Origin, Trouble};
use crate::finding::{Code, Finding};

pub(super) const CHECKS: &[Check] = &[
    at(Code::AgentUnreachable, "the agent answers", answers),
    at(Code::NoLeader, "the agent has a server to ask", has_servers),
    at(Code::AgentTooOld, "the agent knows terminating gateways", is_new_enough),
    at(Code::AgentRemote, "the agent runs on this host", is_local),
    at(Code::DatacenterDiffers, "everything is of the agent's datacenter", is_of_one_datacenter),
    at(Code::ConnectDisabled, "the service mesh is on", has_mesh),
    at(Code::ClockSkew, "the clocks agree", clocks_agree),
    at(Code::GrpcUnreachable, "the agent's gRPC port answers", grpc_answers),
];

/// Most seconds between two clocks. Consul: leaf certificates are valid from a minute before they are made.
const MOST_SKEW: i64 = 30;

fn answers(evidence: &Evidence<'_>) -> Outcome {
    let Origin::Agent { address, .. } = &evidence.facts.origin else {
        return Outcome::skipped("there is a snapshot file instead");
    };
    match &evidence.facts.agent {
        Asked::No(why) => Outcome::skipped(*why),
        Asked::Is(agent) => Outcome::ok(format!("{} at {address}", agent.shown())),
        Asked::Failed(trouble) if trouble.is_unknown_token => Outcome::ok(address.clone()),
        Asked::Failed(trouble) => Outcome::found(
            Finding::new(Code::AgentUnreachable, address, &trouble.message).help(&trouble.help),
        ),
    }
}

fn has_servers(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    if let Err(why) = evidence.agent() {
        return Outcome::Skipped(why);
    }
    let of = |trouble: &Trouble| trouble.lacks_servers.then(|| trouble.message.clone());
    let of_nodes = match &facts.nodes {
        Asked::Failed(trouble) => of(trouble),
        _ => None,
    };
    match of_nodes.or_else(|| facts.lacking.iter().find_map(|(_, trouble)| of(trouble))) {
        Some(message) => Outcome::found(Finding::new(Code::NoLeader, "servers", message)),
        None => Outcome::ok("it does"),
    }
}

fn is_new_enough(evidence: &Evidence<'_>) -> Outcome {
    let Some(text) = evidence.facts.consul() else {
        return Outcome::skipped("its version is not known");
    };
    match text.parse::<crate::consul_version::ConsulVersion>() {
        Ok(version) if !version.at_least(Release(1, 8, 0)) => Outcome::found(Finding::new(
            Code::AgentTooOld,
            "agent",
            format!("the agent runs Consul {text}, which has no terminating gateways"),
        )),
        Ok(_) => Outcome::ok(format!("Consul {text}")),
        Err(_) => Outcome::skipped(format!("`{text}` is not a version")),
    }
}

fn is_local(evidence: &Evidence<'_>) -> Outcome {
    match &evidence.facts.origin {
        Origin::File(_) => Outcome::skipped("there is a snapshot file instead"),
        Origin::Agent { address, is_local: true } => Outcome::ok(address.clone()),
        Origin::Agent { address, .. } => Outcome::found(Finding::new(
            Code::AgentRemote,
            address,
            format!("{address} is not an address of this host"),
        )),
    }
}

fn is_of_one_datacenter(evidence: &Evidence<'_>) -> Outcome {
    let Some(snapshot) = evidence.facts.snapshot.as_ref().filter(|found| !found.datacenter.is_empty()) else {
        return Outcome::skipped("the agent does not say its datacenter");
    };
    let own = &snapshot.datacenter;
    let differs = |other: &str| !other.is_empty() && !other.eq_ignore_ascii_case(own);
    let mut found = Vec::new();
    let gateway = &snapshot.gateway;
    if differs(&gateway.datacenter) {
        let message =
            format!("the gateway is registered in `{}`, the agent is of `{own}`", gateway.datacenter);
        found.push(Finding::new(Code::DatacenterDiffers, &evidence.facts.name, message));
    }
    for (service, instances) in &snapshot.instances {
        if let Some(instance) = instances.iter().find(|instance| differs(&instance.node.datacenter)) {
            let other = &instance.node.datacenter;
            let message = format!("service `{service}`: an instance is of `{other}`, the agent of `{own}`");
            found.push(Finding::new(Code::DatacenterDiffers, service, message));
        }
    }
    Outcome::of(found, own.clone())
}

fn has_mesh(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let roots = facts.snapshot.as_ref().map(|snapshot| snapshot.roots.roots.len());
    let said = facts.agent.is().and_then(|agent| agent.mesh.known().copied());
    match (said, roots) {
        (Some(false), _) => Outcome::found(Finding::new(
            Code::ConnectDisabled,
            "agent",
            "Consul's service mesh is switched off on the agent",
        )),
        (_, Some(0)) => {
            let lacking = facts.lacks(crate::snapshot::assemble::Answer::Roots);
            if lacking.is_some_and(|trouble| trouble.lacks_servers || trouble.is_unknown_token) {
                return Outcome::skipped("the agent does not give the mesh's CA");
            }
            let reason = lacking.map(|trouble| format!(": {}", trouble.message)).unwrap_or_default();
            Outcome::found(Finding::new(
                Code::ConnectDisabled,
                "agent",
                format!("the mesh has no CA, so no client can be verified{reason}"),
            ))
        }
        (_, Some(1)) => Outcome::ok("one CA root"),
        (_, Some(count)) => Outcome::ok(format!("{count} CA roots")),
        (_, None) => Outcome::skipped("the agent does not answer"),
    }
}

fn clocks_agree(evidence: &Evidence<'_>) -> Outcome {
    match evidence.facts.skew {
        Asked::Is(skew) if skew.abs() > MOST_SKEW => {
            let way = if skew > 0 { "ahead of" } else { "behind" };
            let seconds = skew.abs();
            let message = format!("the agent's clock is {seconds}s {way} this host's");
            Outcome::found(Finding::new(Code::ClockSkew, "clock", message))
        }
        Asked::Is(_) => Outcome::ok(format!("within {MOST_SKEW}s")),
        Asked::No(why) => Outcome::skipped(why),
        Asked::Failed(_) => Outcome::skipped("the agent does not say the time"),
    }
}

fn grpc_answers(evidence: &Evidence<'_>) -> Outcome {
    let grpc = match &evidence.facts.grpc {
        Asked::Is(grpc) => grpc,
        Asked::No(why) => return Outcome::skipped(*why),
        Asked::Failed(trouble) => return Outcome::skipped(&*trouble.message),
    };
    let place = format!("{} port {}", grpc.address.ip(), grpc.address.port());
    let found = |code, message: String| Outcome::found(Finding::new(code, "--grpc-addr", message));
    match &grpc.outcome {
        GrpcOutcome::Http2 => Outcome::ok(format!("HTTP/2 at {place}")),
        GrpcOutcome::Tls if grpc.tls => Outcome::ok(format!("TLS at {place}")),
        GrpcOutcome::Tls => found(
            Code::GrpcSpeaksTls,
            format!("the agent's gRPC port at {place} speaks TLS, although the agent reports a port without"),
        ),
        GrpcOutcome::Other => {
            found(Code::GrpcUnreachable, format!("what answers at {place} does not speak gRPC"))
        }
        GrpcOutcome::Unreachable(reason) => found(
            Code::GrpcUnreachable,
            format!("the agent's gRPC port at {place} cannot be reached: {reason}"),
        ),
    }
}

/// Why the agent does not say something.
pub(super) fn unsaid<T>(fact: &Fact<T>) -> &'static str {
    match fact {
        Fact::Unknown(Reason::Lacks(_)) => "the token may not read it",
        Fact::Unknown(Reason::Unanswered) => "the agent does not answer",
        Fact::Unknown(Reason::NotSaid) | Fact::Known(_) => "the agent does not say it",
        Fact::Absent => "the agent does not have it",
    }
}
