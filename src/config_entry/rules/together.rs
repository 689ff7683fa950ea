//! What Consul's servers refuse of an entry for what other entries say: protocols, subsets, loops.
//!
//! Only what the given entries say counts: what they leave open may be in Consul. The rules and words are those of the real
//! 1.8.7; intentions: recorded answers of 1.21.4; permissive mode: HashiCorp's documentation.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{flag, is_one_of, items, member, members, present, span, text};
use crate::config_entry::request::{Field, Json};
use crate::config_entry::stored::Scope;
use crate::config_entry::{ConfigEntry, Located};
use crate::finding::Code;
use crate::go::strconv::quote;

/// The given entries by kind and name; one that is given twice with different values says nothing.
struct World<'a>(BTreeMap<(&'a str, String), Option<&'a ConfigEntry>>);

/// Where requests go.
struct Target<'a> {
    service: Cow<'a, str>,
    subset: Cow<'a, str>,
    place: Option<crate::hcl::Span>,
}

/// Finds what servers refuse of entries for what the others of them say; with the number of each entry.
pub fn together(entries: &[&ConfigEntry]) -> Vec<(usize, Located)> {
    let mut world = World(BTreeMap::new());
    // Enterprise scopes are worlds of their own.
    let own = |entry: &ConfigEntry| entry.scope() == Scope::default();
    for entry in entries.iter().filter(|entry| own(entry)) {
        let id = (entry.kind(), entry.stored_name().to_lowercase());
        world.0.entry(id).and_modify(|known| *known = None).or_insert(Some(entry));
    }
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| own(entry)) {
        let mut says = |code, place, words: String| {
            let located = Located::new(code, words.clone()).at(place).consul(words).about(entry.name());
            found.push((index, located));
        };
        match entry.kind() {
            "service-router" | "service-splitter" | "service-resolver" => world.chain(entry, &mut says),
            "service-intentions" => world.intentions(entry, &mut says),
            "ingress-gateway" => world.ingress(entry, &mut says),
            "service-defaults" | "proxy-defaults" => world.permissive(entry, &mut says),
            _ => {}
        }
    }
    found
}

/// Takes a finding: code, place, words.
type Says<'says> = dyn FnMut(Code, Option<crate::hcl::Span>, String) + 'says;

impl<'a> World<'a> {
    fn get(&self, kind: &'a str, name: &str) -> Option<&'a ConfigEntry> {
        self.0.get(&(kind, name.to_lowercase())).copied().flatten()
    }

    /// The protocol of a service, if the entries say it.
    fn protocol(&self, service: &str) -> Option<String> {
        let own = text(self.get("service-defaults", service)?.body(), "Protocol").to_lowercase();
        if !own.is_empty() {
            return Some(own);
        }
        let shared = self.get("proxy-defaults", "global")?;
        let config = member(shared.body(), "Config")?;
        let protocol = text(&config.json, "protocol").to_lowercase();
        Some(if protocol.is_empty() { "tcp".to_owned() } else { protocol })
    }

    fn chain(&self, entry: &ConfigEntry, says: &mut Says<'_>) {
        let (name, body) = (entry.name(), entry.body());
        let place = span(body, "Name");
        let own = self.protocol(name);
        let is_l7 = entry.kind() != "service-resolver";
        if let Some(own) = own.as_ref().filter(|own| is_l7 && !is_http(own)) {
            let words = format!(
                "discovery chain {} uses a protocol {} that does not permit advanced routing or splitting behavior",
                quote(name),
                quote(own)
            );
            return says(Code::ChainProtocol, place, words);
        }
        for target in targets(entry) {
            let service = if target.service.is_empty() { name } else { &*target.service };
            let theirs = self.protocol(service);
            if let (Some(own), Some(theirs)) = (&own, &theirs)
                && own != theirs
            {
                let words = format!(
                    "discovery chain {} uses inconsistent protocols; service {} has {} which is not {}",
                    quote(name),
                    quote(service),
                    quote(theirs),
                    quote(own)
                );
                says(Code::ChainProtocol, target.place, words);
            }
            let resolver = self.get("service-resolver", service).map(ConfigEntry::body);
            // A resolver that leads on is not asked for its subsets.
            let Some(resolver) = resolver.filter(|body| present(body, "Redirect").is_none()) else {
                continue;
            };
            let has_it = members(resolver, "Subsets").iter().any(|(subset, _)| **subset == *target.subset);
            if !target.subset.is_empty() && !has_it {
                let (service, subset) = (quote(service), quote(&target.subset));
                let words = format!("service {service} does not have a subset named {subset}");
                says(Code::ChainSubset, target.place, words);
            }
        }
        if !is_l7 {
            self.closed(entry, says);
        }
    }

    /// Redirects that lead back to where they began.
    fn closed(&self, entry: &ConfigEntry, says: &mut Says<'_>) {
        let mut way = vec![entry.name().to_lowercase()];
        let mut here = Some(entry);
        while let Some(resolver) = here {
            let Some(redirect) = present(resolver.body(), "Redirect") else { return };
            let elsewhere = ["Datacenter", "Peer", "Namespace", "Partition", "SamenessGroup"];
            if elsewhere.iter().any(|key| !text(&redirect.json, key).is_empty()) {
                return;
            }
            let next = text(&redirect.json, "Service").to_lowercase();
            if next.is_empty() || Some(&next) == way.last() {
                return;
            }
            if way.first() == Some(&next) {
                let way = way.join(" -> ");
                let words = format!("detected circular resolver redirect: {way} -> {next}");
                return says(Code::ChainLoop, span(entry.body(), "Redirect"), words);
            }
            if way.contains(&next) {
                return;
            }
            here = self.get("service-resolver", &next);
            way.push(next);
        }
    }

    fn intentions(&self, entry: &ConfigEntry, says: &mut Says<'_>) {
        let Some(protocol) = self.protocol(entry.name()).filter(|protocol| !is_http(protocol)) else {
            return;
        };
        let mut sources = items(entry.body(), "Sources").iter();
        if let Some(source) = sources.find(|source| !items(&source.json, "Permissions").is_empty()) {
            let (name, protocol) = (quote(entry.name()), quote(&protocol));
            let words = format!(
                "service {name} has protocol {protocol}, which is incompatible with L7 intentions permissions"
            );
            says(Code::ChainProtocol, span(&source.json, "Permissions").or(source.span), words);
        }
    }

    fn ingress(&self, entry: &ConfigEntry, says: &mut Says<'_>) {
        for listener in items(entry.body(), "Listeners") {
            let wanted = text(&listener.json, "Protocol").to_lowercase();
            // Without a protocol the real 1.8.7 takes a service of any.
            if wanted.is_empty() {
                continue;
            }
            for service in items(&listener.json, "Services") {
                let name = text(&service.json, "Name");
                let Some(protocol) = self.protocol(&name).filter(|protocol| *protocol != wanted) else {
                    continue;
                };
                let words = format!(
                    "service {} has protocol {}, which does not match defined listener protocol {}",
                    quote(&name),
                    quote(&protocol),
                    quote(&wanted)
                );
                says(Code::ChainProtocol, span(&service.json, "Name").or(service.span), words);
            }
        }
    }

    fn permissive(&self, entry: &ConfigEntry, says: &mut Says<'_>) {
        let Some(mesh) = self.get("mesh", "mesh") else { return };
        let is_permissive = text(entry.body(), "MutualTLSMode") == "permissive";
        if is_permissive && !flag(mesh.body(), "AllowEnablingPermissiveMutualTLS") {
            let words = "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in the \
                         mesh config entry";
            says(Code::PermissiveNotAllowed, span(entry.body(), "MutualTLSMode"), words.to_owned());
        }
    }
}

fn is_http(protocol: &str) -> bool {
    is_one_of(protocol, &["http", "http2", "grpc"])
}

/// Where an entry of a chain leads; not what a peer or another scope decides.
fn targets(entry: &ConfigEntry) -> Vec<Target<'_>> {
    let body = entry.body();
    let mut found: Vec<&Field> = Vec::new();
    match entry.kind() {
        "service-splitter" => found.extend(items(body, "Splits")),
        "service-router" => {
            let routes = items(body, "Routes").iter();
            found.extend(routes.filter_map(|route| member(&route.json, "Destination")));
        }
        _ => {
            found.extend(present(body, "Redirect"));
            for (_, failover) in members(body, "Failover") {
                match items(&failover.json, "Targets") {
                    [] => found.push(failover),
                    targets => found.extend(targets),
                }
            }
        }
    }
    let foreign = ["Peer", "Namespace", "Partition", "SamenessGroup"];
    let here = |json: &Json| foreign.iter().all(|key| text(json, key).is_empty());
    let target = |field: &'_ &Field| here(&field.json);
    let named = |field: &Field| !text(&field.json, "Service").is_empty();
    // A resolver's own subsets are a rule of the entry itself.
    let is_resolver = entry.kind() == "service-resolver";
    let found = found.into_iter().filter(target).filter(|field| !is_resolver || named(field));
    found
        .map(|field| Target {
            service: text(&field.json, "Service"),
            subset: text(&field.json, "ServiceSubset"),
            place: span(&field.json, "ServiceSubset").or_else(|| span(&field.json, "Service")).or(field.span),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::together;
    use crate::config_entry::read;
    use crate::consul_version::ConsulVersion;
    use crate::hcl::Source;

    fn refused(texts: &[&str]) -> Vec<String> {
        let version = ConsulVersion::NEWEST_KNOWN;
        let entries: Vec<_> =
            texts.iter().map(|text| read(&Source::new(text.as_bytes()), &version).unwrap()).collect();
        let found = together(&entries.iter().collect::<Vec<_>>());
        found.into_iter().map(|(index, located)| format!("{index} {}", located.finding.message)).collect()
    }

    const TCP: &str = "Kind = \"service-defaults\"\nName = \"a\"\nProtocol = \"tcp\"";
    const HTTP: &str = "Kind = \"service-defaults\"\nName = \"b\"\nProtocol = \"HTTP\"";

    #[test]
    fn a_chain_has_one_protocol_that_allows_it() {
        let split = |name: &str, to: &str| {
            format!(
                "Kind = \"service-splitter\"\nName = \"{name}\"\nSplits = [{{ Weight = 100 Service = \"{to}\" }}]"
            )
        };
        assert_eq!(
            refused(&[TCP, &split("a", "a")]),
            [
                "1 discovery chain \"a\" uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior"
            ]
        );
        assert_eq!(
            refused(&[TCP, HTTP, &split("b", "a")]),
            [
                "2 discovery chain \"b\" uses inconsistent protocols; service \"a\" has \"tcp\" which is not \"http\""
            ]
        );
        assert_eq!(refused(&[HTTP, &split("b", "b")]), [""; 0]);
        assert_eq!(refused(&[&split("a", "b")]), [""; 0], "Consul may know the protocol");
        let bare = TCP.replace("Protocol = \"tcp\"", "");
        let shared = "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { protocol = \"http\" }";
        assert_eq!(refused(&[&bare, shared, &split("a", "a")]), [""; 0]);
        let other = TCP.replace("tcp", "http");
        assert_eq!(
            refused(&[TCP, &other, &split("a", "a")]),
            [""; 0],
            "two of one name contradict each other"
        );
    }

    #[test]
    fn a_subset_exists_and_a_redirect_does_not_lead_back() {
        let resolver =
            |name: &str, inside: &str| format!("Kind = \"service-resolver\"\nName = \"{name}\"\n{inside}");
        let to_subset = resolver("x", "Redirect { Service = \"y\" ServiceSubset = \"v9\" }");
        let subsets = resolver("y", "Subsets { v1 {} }");
        assert_eq!(refused(&[&to_subset, &subsets]), ["0 service \"y\" does not have a subset named \"v9\""]);
        assert_eq!(refused(&[&to_subset.replace("v9", "v1"), &subsets]), [""; 0]);
        let there = resolver("x", "Redirect { Service = \"y\" }");
        let back = resolver("y", "Redirect { Service = \"x\" }");
        let found = refused(&[&there, &back]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|message| message.contains("detected circular resolver redirect")));
        assert_eq!(refused(&[&there, &subsets]), [""; 0]);
    }

    #[test]
    fn intentions_listeners_and_permissive_modes_fit_what_they_are_for() {
        let intentions = "Kind = \"service-intentions\"\nName = \"a\"\n\
            Sources = [{ Name = \"w\" Permissions = [{ Action = \"allow\" HTTP { PathPrefix = \"/\" } }] }]";
        assert_eq!(
            refused(&[TCP, intentions]),
            ["1 service \"a\" has protocol \"tcp\", which is incompatible with L7 intentions permissions"]
        );
        assert_eq!(refused(&[&TCP.replace("tcp", "grpc"), intentions]), [""; 0]);
        let ingress = "Kind = \"ingress-gateway\"\nName = \"in\"\n\
            Listeners = [{ Port = 1 Protocol = \"http\" Services = [{ Name = \"a\" }] }]";
        assert_eq!(
            refused(&[TCP, ingress]),
            ["1 service \"a\" has protocol \"tcp\", which does not match defined listener protocol \"http\""]
        );
        let permissive = format!("{TCP}\nMutualTLSMode = \"permissive\"");
        assert!(
            refused(&["Kind = \"mesh\"", &permissive])[0].contains("cannot set MutualTLSMode=permissive")
        );
        let allows = "Kind = \"mesh\"\nAllowEnablingPermissiveMutualTLS = true";
        assert_eq!(refused(&[allows, &permissive]), [""; 0]);
    }
}
