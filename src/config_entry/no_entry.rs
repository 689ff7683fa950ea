//! Files that lie beside entries and are something else: settings of an agent, definitions of services.
//!
//! A file counts as such only if all its keys are ones that agents read, and one of them is found nowhere in entries. What
//! is misspelled, broken or in doubt is not passed over.

use std::fmt;

use super::bundle::{bootstrap, is_array};
use super::dialect;
use crate::agent_keys::{CHECK, Field, SERVICE, SETTINGS};
use crate::consul_version::ConsulVersion;
use crate::hcl::{self, Node, Object, Source, Value};

/// What a file is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEntry {
    /// Settings of an agent.
    AgentSettings,
    /// Definitions of services or checks.
    Services,
}

impl NoEntry {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AgentSettings, Self::Services];

    /// What several such files hold.
    pub fn plural(self) -> &'static str {
        match self {
            Self::AgentSettings => "agent settings",
            Self::Services => "service definitions",
        }
    }
}

impl fmt::Display for NoEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AgentSettings => "the configuration of an agent",
            Self::Services => "a service definition",
        })
    }
}

/// What a text is, if it is certainly not an entry.
pub fn no_entry(source: &Source<'_>, version: &ConsulVersion) -> Option<NoEntry> {
    if is_array(source.bytes()) {
        return None;
    }
    of_root(&hcl::read(source, dialect(version)).ok()?.root)
}

/// The same of what a text holds.
pub(super) fn of_root(root: &Object) -> Option<NoEntry> {
    if root.entries.is_empty() || bootstrap(root).is_some() {
        return None;
    }
    let mut found = None;
    for entry in &root.entries {
        let key = entry.key.to_lowercase();
        let is = match &*key {
            // A policy has a block of this name, too, with the name of the service as its label.
            "service" => {
                let keys = keys(&entry.node);
                Some(NoEntry::Services).filter(|_| !keys.is_empty() && are_of(&keys, SERVICE))
            }
            "check" | "checks" => Some(NoEntry::Services).filter(|_| are_of(&keys(&entry.node), CHECK)),
            // A gateway's entry has a list of this name, too.
            "services" => Some(NoEntry::Services).filter(|_| are_definitions(&entry.node)),
            // Entries have keys of these names, too.
            "tls" | "partition" => None,
            "protocol" => return None,
            "config_entries" | "data_dir" => Some(NoEntry::AgentSettings),
            _ if SETTINGS.contains(&&*key) => Some(NoEntry::AgentSettings),
            _ => return None,
        };
        if matches!(&*key, "service" | "services" | "check" | "checks") && is.is_none() {
            return None;
        }
        found = match (found, is) {
            (Some(NoEntry::AgentSettings), _) | (_, None) => found,
            (_, is) => is,
        };
    }
    found
}

/// Whether all objects are definitions of services, and one of them says what no link of a gateway says.
fn are_definitions(node: &Node) -> bool {
    let keys = keys(node);
    let is_own = |key: &String| !matches!(&**key, "name" | "namespace" | "partition");
    are_of(&keys, SERVICE) && keys.iter().any(is_own)
}

fn are_of(keys: &[String], known: &[Field]) -> bool {
    keys.iter().all(|key| known.iter().any(|field| field.is_bare(key)))
}

/// The keys of all objects that a value holds, without case and underscores.
fn keys(node: &Node) -> Vec<String> {
    let entries = objects(node).into_iter().flat_map(|object| &object.entries);
    entries.map(|entry| entry.key.to_lowercase().replace('_', "")).collect()
}

/// The objects that a value holds.
fn objects(node: &Node) -> Vec<&Object> {
    match &node.value {
        Value::Object(object) => vec![object],
        Value::List(list) => list.items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Option<NoEntry> {
        no_entry(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN)
    }

    #[test]
    fn settings_and_service_definitions_are_recognised() {
        for text in [
            "data_dir = \"data\"\nretry_join = [\"127.0.0.1\"]",
            "server = true\nbootstrap_expect = 3\ntls { defaults { ca_file = \"ca.pem\" } }\nports { https = 8501 }",
            r#"{"datacenter": "dc1", "encrypt": "x", "service": {"name": "web", "port": 80}}"#,
            "Connect { enabled = true }",
        ] {
            assert_eq!(is(text), Some(NoEntry::AgentSettings), "{text}");
        }
        for text in [
            r#"{"service":{"name":"web","port":9090,"connect":{"sidecar_service":{}}}}"#,
            "service { name = \"web\" }",
            "services = [{ id = \"a\" name = \"web\" }, { name = \"b\" TaggedAddresses {} }]",
            "services { name = \"web\" port = 80 }",
            "check { id = \"c\" tcp = \"a:1\" interval = \"10s\" }",
        ] {
            assert_eq!(is(text), Some(NoEntry::Services), "{text}");
        }
    }

    #[test]
    fn what_may_be_meant_as_an_entry_is_not_passed_over() {
        for text in [
            "Kind = \"terminating-gateway\"\nName = \"gw\"",
            "Knid = \"terminating-gateway\"\nName = \"gw\"",
            "Knid = \"mesh\"\nTLS {}",
            "Name = \"gw\"\nServices = [{ Name = \"web\" }]",
            "Services = [{ Name = \"web\" }]",
            "Services = [{ Name = \"web\" SNI = \"web\" }]",
            "TLS { Incoming { TLSMinVersion = \"TLSv1_2\" } }",
            "Knid = \"proxy-defaults\"\ndatacenter = \"dc1\"",
            "data_dir = \"data\"\nKind = \"mesh\"",
            "data_dir = ",
            "data_dir = \"a\" }",
            "{",
            "",
            "[]",
            "[{\"data_dir\": \"x\"}]",
            "service \"web\" { policy = \"write\" }",
            "service_prefix \"\" { policy = \"read\" }",
            "service {}",
            "check { what = \"x\" }",
            "server = true\nconfig_entries { bootstrap = [ { Kind = \"mesh\" } ] }",
        ] {
            assert_eq!(is(text), None, "{text}");
        }
    }
}
