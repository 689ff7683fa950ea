//! Who uses the linked services, and whether traffic can leave the mesh around the gateway.

use serde_json::Value;

use super::intentions::users;
use super::{Check, Outcome, at};
use crate::consul::api::internal::MeshService;
use crate::doctor::evidence::Evidence;

use crate::doctor::word;
use crate::finding::{Code, Finding};

pub(super) const CHECKS: &[Check] = &[
    at(Code::NoUpstream, "every linked service is an upstream of somebody", are_used),
    at(Code::WayAround, "traffic leaves the mesh only through the gateway", is_only_way),
];

/// The proxies of the mesh; why they are not known.
fn proxies<'a>(evidence: &Evidence<'a>) -> Result<Vec<&'a MeshService>, String> {
    let nodes = evidence.facts.nodes.known()?;
    let services = nodes.iter().flat_map(|node| &node.services);
    Ok(services.filter(|service| service.kind == "connect-proxy").collect())
}

fn is_transparent(proxy: &MeshService) -> bool {
    proxy.proxy.mode == "transparent"
}

fn are_used(evidence: &Evidence<'_>) -> Outcome {
    let (snapshot, proxies) = match (evidence.snapshot(), proxies(evidence)) {
        (Ok(snapshot), Ok(proxies)) => (snapshot, proxies),
        (Err(why), _) | (_, Err(why)) => return Outcome::skipped(why),
    };
    let transparent = proxies.iter().filter(|proxy| is_transparent(proxy)).count();
    if transparent > 0 {
        return Outcome::ok(format!("{transparent} transparent proxies need no upstream"));
    }
    let names = snapshot.links.iter().map(|link| &link.service.name);
    let found = names.filter(|name| users(evidence, name).is_empty()).map(|name| {
        let message = format!("service `{name}` is not an upstream of any proxy");
        Finding::new(Code::NoUpstream, name, message)
    });
    Outcome::of(found.collect(), "")
}

fn is_only_way(evidence: &Evidence<'_>) -> Outcome {
    let (snapshot, proxies) = match (evidence.snapshot(), proxies(evidence)) {
        (Ok(snapshot), Ok(proxies)) => (snapshot, proxies),
        (Err(why), _) | (_, Err(why)) => return Outcome::skipped(why),
    };
    let Some(proxy) = proxies.into_iter().find(|proxy| is_transparent(proxy)) else {
        return Outcome::ok("no proxy is transparent");
    };
    let mesh = snapshot.mesh.as_ref();
    let only = mesh.and_then(|mesh| mesh.pointer("/TransparentProxy/MeshDestinationsOnly"));
    if only.and_then(Value::as_bool) == Some(true) {
        return Outcome::ok("MeshDestinationsOnly is on");
    }
    let message = format!(
        "the transparent proxy `{}` forwards to any destination: MeshDestinationsOnly is off",
        proxy.id
    );
    let finding = Finding::new(Code::WayAround, "mesh", message);
    if mesh.is_some() {
        return Outcome::found(finding);
    }
    let entry = word("Kind = \"mesh\" TransparentProxy { MeshDestinationsOnly = true }");
    Outcome::found(finding.command(format!("echo {entry} | termgate config write -")))
}
