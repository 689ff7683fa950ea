//! Linked services: in the catalog, healthy, with addresses that Envoy can use, outside the mesh.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Need, Outcome, at, found};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::Asked;
use crate::doctor::{without_look, word};
use crate::finding::{Code, Finding};
use crate::render::address_of;
use crate::snapshot::Instance;
use crate::upstream::{self, Cause, Resolved};

pub(super) const CHECKS: &[Check] = &[
    found(Need::Links, Code::Unanswered, "the agent answers for every linked service", &[Code::Unreadable]),
    found(Need::Links, Code::NoInstance, "every linked service has an instance", &[]),
    at(Code::ServiceOnAgentNode, "no agent removes a linked service", stays),
    found(Need::Links, Code::BadInstance, "every instance has a usable address and port", &[]),
    found(Need::Links, Code::NoHealthyInstance, "every linked service has a healthy instance", &[]),
    found(Need::Links, Code::BadName, "Envoy can use the names of linked services", &[Code::DuplicateName]),
    found(Need::Links, Code::OtherNamespace, "linked services are of the gateway's namespace", &[]),
    found(Need::Links, Code::ForbiddenAddress, "no linked service is at a reserved address", &[]),
    found(Need::Links, Code::LinkLocalAddress, "no linked service is at a link-local address", &[]),
    at(Code::LoopbackUpstream, "addresses of linked services are the same from every gateway", is_everywhere),
    found(Need::Links, Code::AddressesIgnored, "no instance is ignored beside host names", &[]),
    found(Need::Links, Code::HostnamesIgnored, "no host name is ignored beside another", &[]),
    at(Code::AlsoInMesh, "linked services are outside the mesh", is_outside),
    at(Code::WildcardLinksMesh, "the wildcard links no service of the mesh", wildcard_is_outside),
    found(Need::Links, Code::UnknownProtocol, "protocols of linked services are known", &[]),
    found(Need::Links, Code::ResolverIgnored, "resolvers of linked services are applied", &[]),
    found(Need::Links, Code::BadFilter, "subsets of linked services can be read", &[]),
    found(
        Need::Links,
        Code::ExtensionUnknown,
        "extensions of linked services are known",
        &[Code::ExtensionIgnored],
    ),
    at(Code::UpstreamUnresolved, "host names of linked services resolve", resolves),
];

fn stays(evidence: &Evidence<'_>) -> Outcome {
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return Outcome::skipped(why),
    };
    let own = evidence.facts.agent.is().and_then(|agent| agent.node.known());
    let (Some(own), Asked::Is(services)) = (own, &evidence.facts.services) else {
        return Outcome::skipped("what the agent has registered is not known");
    };
    let is_foreign =
        |instance: &&Instance| instance.node.node == *own && !services.contains_key(&instance.service.id);
    let mut found = Vec::new();
    for (name, instances) in &snapshot.instances {
        let place = |instance: &Instance| (address_of(instance).to_owned(), instance.service.reached_port());
        // Where another node has the same, nothing is lost.
        let is_kept = |instance: &Instance| {
            instances.iter().any(|other| other.node.node != *own && place(other) == place(instance))
        };
        let mut foreign = instances.iter().filter(is_foreign);
        let Some(instance) = foreign.find(|instance| !is_kept(instance)) else { continue };
        let id = &instance.service.id;
        let message = format!(
            "service `{name}`: its instance `{id}` is on the agent's own node `{own}`, but not registered with the agent, \
             which removes it soon"
        );
        let command = format!(
            "termgate services register {} --instance-id {} --address {} --port {}",
            word(name),
            word(id),
            word(address_of(instance)),
            instance.service.reached_port()
        );
        found.push(Finding::new(Code::ServiceOnAgentNode, name, message).command(command));
    }
    Outcome::of(found, "")
}

/// The linked services that have instances in the mesh, each with one of their proxies; why that is not known.
fn in_mesh(evidence: &Evidence<'_>) -> Result<BTreeMap<String, (bool, String)>, String> {
    let snapshot = evidence.snapshot()?;
    let nodes = evidence.facts.nodes.known()?;
    let mut proxied: BTreeMap<&str, &str> = BTreeMap::new();
    for service in nodes.iter().flat_map(|node| &node.services) {
        if service.kind == "connect-proxy" {
            proxied.insert(&service.proxy.destination_service_name, &service.id);
        } else if service.connect.native {
            proxied.insert(&service.service, &service.id);
        }
    }
    let links = snapshot.links.iter();
    Ok(links
        .filter_map(|link| {
            let proxy = proxied.get(link.service.name.as_str())?;
            Some((link.service.name.clone(), (link.from_wildcard, (*proxy).to_owned())))
        })
        .collect())
}

fn is_outside(evidence: &Evidence<'_>) -> Outcome {
    let found = match in_mesh(evidence) {
        Ok(found) => found,
        Err(why) => return Outcome::skipped(why),
    };
    let named = found.into_iter().filter(|(_, (from_wildcard, _))| !from_wildcard);
    let gateway = word(&evidence.facts.name);
    let found = named.map(|(name, (_, proxy))| {
        let message = format!("service `{name}` is linked, and `{proxy}` serves it in the mesh as well");
        let command = format!("termgate services unlink {} --service {gateway}", word(&name));
        Finding::new(Code::AlsoInMesh, name, message).command(command)
    });
    Outcome::of(found.collect(), "")
}

fn wildcard_is_outside(evidence: &Evidence<'_>) -> Outcome {
    let found = match in_mesh(evidence) {
        Ok(found) => found,
        Err(why) => return Outcome::skipped(why),
    };
    let names: Vec<String> = found
        .into_iter()
        .filter(|(_, (from_wildcard, _))| *from_wildcard)
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if names.is_empty() {
        return Outcome::ok("");
    }
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("`*` links services of the mesh: {shown}{more}");
    Outcome::found(Finding::new(Code::WildcardLinksMesh, "*", message))
}

fn is_everywhere(evidence: &Evidence<'_>) -> Outcome {
    if let Some(why) = Need::Links.lacking(evidence) {
        return Outcome::skipped(why);
    }
    // What direct mode has judged is with another check.
    let is_meant = |finding: &Finding| finding.code == Code::LoopbackUpstream;
    let found = evidence.upstreams.iter().flat_map(|upstream| evidence.of_addresses(upstream)).flatten();
    Outcome::of(found.filter(is_meant).collect(), "")
}

fn resolves(evidence: &Evidence<'_>) -> Outcome {
    let names = match &evidence.facts.names {
        Asked::Is(names) => names,
        Asked::No(why) => return Outcome::skipped(*why),
        Asked::Failed(trouble) => return Outcome::skipped(&*trouble.message),
    };
    let mut found = Vec::new();
    for service in evidence.upstreams.iter() {
        let hosts: BTreeSet<&String> = service.addresses.iter().map(|(host, _)| host).collect();
        for host in hosts {
            let resolved = names.get(host);
            let is_lost = match resolved {
                Some(Resolved::Nothing(_)) => true,
                Some(Resolved::Addresses { v4, .. }) => service.ipv4_only && !v4,
                None => false,
            };
            if is_lost {
                // Of several names the finding is to name this one.
                let one = service.addresses.iter().filter(|(other, _)| other == host).cloned().collect();
                let one = crate::render::Upstream { addresses: one, ..service.clone() };
                found.push(without_look(upstream::finding(&one, None, &Cause::Unresolved, None, resolved)));
            }
        }
    }
    let count = names.len();
    Outcome::of(found, if count == 1 { "1 name".to_owned() } else { format!("{count} names") })
}
