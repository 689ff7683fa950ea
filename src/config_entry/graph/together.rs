//! What servers refuse of entries for what other entries say.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::plan::Change;
use super::servers::Checked;
use super::{Key, Refused, World, key_of};
use crate::config_entry::{ConfigEntry, Located};
use crate::consul_version::ConsulVersion;

/// Finds what servers refuse of the given entries for what the others of them say; with the number of each entry.
///
/// What they leave open may be in Consul. An entry that is given twice says nothing.
pub fn together(entries: &[&ConfigEntry]) -> Vec<(usize, Located)> {
    let keys: Vec<Option<Key>> = entries.iter().map(|entry| key_of(entry)).collect();
    let mut world = World::new(false);
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for (index, key) in keys.iter().enumerate() {
        let (Some(key), Some(entry)) = (key, entries.get(index)) else { continue };
        if places.insert(key.clone(), index).is_some() {
            twice.insert(key.clone());
        }
        world.put(key, Facts::of(entry.kind(), entry.body()));
    }
    for key in &twice {
        world.put(key, None::<Facts>);
    }
    let mut found: Vec<(usize, Located)> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let (Some(key), Some(entry)) = (key, entries.get(index)) else { continue };
        if twice.contains(key) {
            continue;
        }
        let checked = Checked { world: &world, key, before: None, version: entry.version() };
        if let Err(refused) = checked.run() {
            let place = places.get(&refused.at).copied();
            let name = place.and_then(|place| entries.get(place)).map_or("", |entry| entry.name());
            let finding = (place.unwrap_or(index), refused.located(name));
            if !found.contains(&finding) {
                found.push(finding);
            }
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found
}

/// What servers refuse of the changes, whatever their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Which change it is about.
    pub change: usize,
    /// The finding; its place is in the text of the wanted entry.
    pub located: Located,
    /// The services that were looked at.
    pub services: BTreeSet<String>,
}

/// Finds what servers refuse of the changes for what Consul has and the changes give.
pub fn objections(changes: &[Change<'_>], stored: &World, version: &ConsulVersion) -> Vec<Objection> {
    let keys: Vec<Option<Key>> = changes.iter().map(Change::key).collect();
    let mut world = stored.clone();
    let mut wanted: BTreeMap<&Key, usize> = BTreeMap::new();
    for (index, (change, key)) in changes.iter().zip(&keys).enumerate() {
        let Some(key) = key else { continue };
        world.put(key, change.facts());
        if change.wanted.is_some() {
            wanted.insert(key, index);
        }
    }
    let mut found: Vec<Objection> = Vec::new();
    for (index, (change, key)) in changes.iter().zip(&keys).enumerate() {
        let Some(key) = key else { continue };
        let before = stored.entries.get(key).map(|facts| &**facts);
        let Err(refused) = (Checked { world: &world, key, before, version }).run() else { continue };
        let was_so = || Checked { world: stored, key, before, version }.run().is_err();
        if !change.differs && was_so() {
            continue;
        }
        let name = change.wanted.map_or(&*key.name, ConfigEntry::name);
        let services = refused.services.clone();
        let (change, located) = if let Some(place) = wanted.get(&refused.at) {
            let entry = changes.get(*place).and_then(|change| change.wanted);
            (*place, refused.located(entry.map_or(name, ConfigEntry::name)))
        } else {
            let help = if refused.at == *key {
                String::new()
            } else {
                let at = &refused.at;
                format!(
                    "Consul has {at}, which needs this and which no file has: change it with these entries"
                )
            };
            (index, Refused { place: None, ..refused }.located(name).help(help))
        };
        if !found.iter().any(|known| known.change == change && known.located == located) {
            found.push(Objection { change, located, services });
        }
    }
    found
}

impl Refused {
    /// The finding about the entry of this name.
    fn located(&self, name: &str) -> Located {
        Located::new(self.code, self.words.clone()).at(self.place).consul(self.words.clone()).about(name)
    }
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
                "2 discovery chain \"b\" uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior"
            ]
        );
        assert_eq!(refused(&[HTTP, &split("b", "b")]), [""; 0]);
        assert_eq!(refused(&[&split("a", "b")]), [""; 0], "Consul may know the protocol");
        let bare = TCP.replace("Protocol = \"tcp\"", "");
        let shared = "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { protocol = \"http\" }";
        assert_eq!(
            refused(&[&bare, shared, &split("a", "a")]),
            [
                "2 discovery chain \"a\" uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior"
            ],
            "service-defaults without a protocol come before proxy-defaults"
        );
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
