//! What a gateway may use that direct mode cannot render, as far as it is known before the start.

use super::extension::{self, Versions};
use crate::envoy::version::EnvoyVersion;
use crate::intentions::or_default;
use crate::snapshot::Snapshot;

/// The first thing that `snapshot` uses and direct mode cannot render, in words.
///
/// `is_linked` says whether the gateway leads to a service, as far as that is known. Intentions with a JWT are not among
/// these things: with one, Consul's own gateways get no update any more.
pub fn beyond_direct(
    snapshot: &Snapshot,
    envoy: Option<EnvoyVersion>,
    is_linked: impl Fn(&str) -> bool,
) -> Option<String> {
    other_namespace(snapshot).or_else(|| peer(snapshot, &is_linked)).or_else(|| {
        let versions = Versions { consul: &snapshot.consul_version, envoy };
        unknown_extension(snapshot, versions, &is_linked)
    })
}

fn other_namespace(snapshot: &Snapshot) -> Option<String> {
    let gateway = &snapshot.gateway;
    let own = (or_default(&gateway.partition), or_default(&gateway.namespace));
    snapshot.links.iter().map(|link| &link.service).find_map(|service| {
        let (partition, namespace) = (or_default(&service.partition), or_default(&service.namespace));
        let name = &service.name;
        ((partition, namespace) != own)
            .then(|| format!("service `{name}` of namespace `{namespace}` in partition `{partition}`"))
    })
}

fn peer(snapshot: &Snapshot, is_linked: &impl Fn(&str) -> bool) -> Option<String> {
    let found = snapshot.intentions.iter().find(|intention| {
        let destination = intention.destination_name.as_str();
        !intention.source_peer.is_empty() && (destination == "*" || is_linked(destination))
    })?;
    Some(format!(
        "the intention for `{}` of cluster peer `{}` on `{}`",
        found.source_name, found.source_peer, found.destination_name
    ))
}

fn unknown_extension(
    snapshot: &Snapshot,
    versions: Versions<'_>,
    is_linked: &impl Fn(&str) -> bool,
) -> Option<String> {
    let unknown = |found| extension::unknown(found, versions);
    if let Some(name) = extension::of_all(snapshot).find_map(unknown) {
        return Some(format!("Envoy extension `{name}` of proxy-defaults"));
    }
    let own = snapshot.service_defaults.iter().filter(|(service, _)| is_linked(service));
    let mut own = own.filter_map(|(service, defaults)| {
        Some((service, defaults.envoy_extensions.iter().find_map(unknown)?))
    });
    own.next().map(|(service, name)| format!("Envoy extension `{name}` of service `{service}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn only_unsupported_features_are_named() {
        let extension = |name: &str, more: Value| {
            let mut extension = json!({"Name": name, "Arguments": {}});
            extension.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            extension
        };
        let of_service = |service: &str, extension: Value| json!({"ServiceDefaults": {service: {"Name": service, "EnvoyExtensions": [extension]}}});
        let intention = |fields: Value| {
            let mut intention = json!({"SourceName": "a", "DestinationName": "web", "Action": "allow"});
            intention.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            json!({"Intentions": [intention]})
        };
        let tgw = json!({"Arguments": {"ProxyType": "terminating-gateway"}});
        let table: &[(Value, Option<&str>)] = &[
            (json!({}), None),
            (json!({"Links": [{"Service": {"Name": "web"}}]}), None),
            (
                json!({"Links": [{"Service": {"Name": "web", "Namespace": "default", "Partition": "default"}}]}),
                None,
            ),
            (
                json!({"Links": [{"Service": {"Name": "web", "Namespace": "team"}}]}),
                Some("service `web` of namespace `team` in partition `default`"),
            ),
            (
                json!({"Gateway": {"Namespace": "team"}, "Links": [{"Service": {"Name": "web", "Namespace": "team"}}]}),
                None,
            ),
            (
                json!({"Gateway": {"Namespace": "team"}, "Links": [{"Service": {"Name": "web"}}]}),
                Some("service `web` of namespace `default` in partition `default`"),
            ),
            (
                json!({"Gateway": {"Partition": "east"}, "Links": [{"Service": {"Name": "web", "Partition": "west"}}]}),
                Some("service `web` of namespace `default` in partition `west`"),
            ),
            (intention(json!({})), None),
            (
                intention(json!({"SourcePeer": "east"})),
                Some("the intention for `a` of cluster peer `east` on `web`"),
            ),
            (intention(json!({"SourcePeer": "east", "DestinationName": "other"})), None),
            (
                intention(json!({"SourcePeer": "east", "DestinationName": "*"})),
                Some("the intention for `a` of cluster peer `east` on `*`"),
            ),
            (intention(json!({"JWT": {"Providers": [{"Name": "p"}]}})), None),
            (of_service("web", extension("builtin/aws/lambda", json!({}))), None),
            (of_service("web", extension("builtin/lua", json!({}))), None),
            (
                of_service("web", extension("builtin/lua", tgw)),
                Some("Envoy extension `builtin/lua` of service `web`"),
            ),
            (
                of_service("web", extension("builtin/new", json!({}))),
                Some("Envoy extension `builtin/new` of service `web`"),
            ),
            (of_service("web", extension("builtin/new", json!({"ConsulVersion": ">= 1.22"}))), None),
            (of_service("web", extension("builtin/new", json!({"EnvoyVersion": "< 1.30"}))), None),
            (of_service("other", extension("builtin/new", json!({}))), None),
            (
                json!({"ProxyDefaults": {"EnvoyExtensions": [extension("builtin/new", json!({}))]}}),
                Some("Envoy extension `builtin/new` of proxy-defaults"),
            ),
            (json!({"ProxyDefaults": {"EnvoyExtensions": [extension("builtin/wasm", json!({}))]}}), None),
        ];
        for (facts, expected) in table {
            let mut snapshot: Snapshot = serde_json::from_value(facts.clone()).unwrap();
            snapshot.consul_version = "1.21.4".to_owned();
            let found = beyond_direct(&snapshot, EnvoyVersion::parse("1.34.1"), |service| service == "web");
            assert_eq!(found.as_deref(), *expected, "{facts}");
        }
    }
}
