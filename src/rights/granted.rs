//! What the rules of policies allow, as Consul reads them.

use std::collections::BTreeMap;

use super::{Access, Need, Resource};
use crate::hcl::{self, Dialect, List, Node, Object, Source, Value};

/// What a rule says. The later ones win where several policies have a rule of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Read,
    Write,
    Deny,
}

/// What the policies of a token allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted {
    exact: BTreeMap<(Resource, String), Level>,
    prefixes: BTreeMap<(Resource, String), Level>,
    /// The builtin policy that allows everything.
    everything: bool,
}

/// Why the rules of a policy cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rules of a policy cannot be read: {0}")]
pub struct NotRules(String);

impl Granted {
    /// Everything, as by the builtin policy `global-management`.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// What a service identity allows.
    ///
    /// Consul: to write the service and its sidecar proxy, and to read all services and nodes.
    pub fn service_identity(name: &str) -> Self {
        let mut granted = Self::default();
        granted.add(Resource::Service, name, false, Level::Write);
        granted.add(Resource::Service, &format!("{name}-sidecar-proxy"), false, Level::Write);
        granted.add(Resource::Service, "", true, Level::Read);
        granted.add(Resource::Node, "", true, Level::Read);
        granted
    }

    /// What a node identity allows.
    ///
    /// Consul: to write the node, and to read all services.
    pub fn node_identity(name: &str) -> Self {
        let mut granted = Self::default();
        granted.add(Resource::Node, name, false, Level::Write);
        granted.add(Resource::Service, "", true, Level::Read);
        granted
    }

    /// Reads the rules of a policy, HCL or JSON. What is about other resources is passed over.
    pub fn read(rules: &str) -> Result<Self, NotRules> {
        let source = Source::new(rules.as_bytes());
        let document =
            hcl::read(&source, Dialect::default()).map_err(|error| NotRules(error.message.clone()))?;
        let mut granted = Self::default();
        for entry in &document.root.entries {
            let (word, is_prefix) = match entry.key.strip_suffix("_prefix") {
                Some(word) => (word, true),
                None => (entry.key.as_str(), false),
            };
            let Some(resource) = Resource::ALL.into_iter().find(|resource| resource.name() == word) else {
                continue;
            };
            for rules in objects(&entry.node) {
                for rule in &rules.entries {
                    if let Some(level) = level(&rule.node) {
                        granted.add(resource, &rule.key, is_prefix, level);
                    }
                }
            }
        }
        Ok(granted)
    }

    /// The same with what another policy of the token allows.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.everything |= other.everything;
        for ((resource, name), level) in other.exact {
            self.add(resource, &name, false, level);
        }
        for ((resource, name), level) in other.prefixes {
            self.add(resource, &name, true, level);
        }
        self
    }

    fn add(&mut self, resource: Resource, name: &str, is_prefix: bool, level: Level) {
        let rules = if is_prefix { &mut self.prefixes } else { &mut self.exact };
        let rule = rules.entry((resource, name.to_owned())).or_insert(level);
        *rule = level.max(*rule);
    }

    /// Whether a need is met; `by_default` is whether the default policy allows what no rule is about.
    ///
    /// Consul: the rule of that very name counts, else that of the longest prefix.
    pub fn allows(&self, need: &Need, by_default: bool) -> bool {
        if self.everything {
            return true;
        }
        let name = need.segment();
        let exact = self.exact.get(&(need.resource, name.to_owned()));
        let prefixes = self.prefixes.iter().filter(|((resource, prefix), _)| {
            *resource == need.resource && name.starts_with(prefix.as_str())
        });
        let longest = || prefixes.max_by_key(|((_, prefix), _)| prefix.len()).map(|(_, level)| level);
        match exact.or_else(longest) {
            None => by_default,
            Some(Level::Deny) => false,
            Some(Level::Read) => need.access == Access::Read,
            Some(Level::Write) => true,
        }
    }
}

/// The objects of a value: HCL makes a list of blocks.
fn objects(node: &Node) -> Vec<&Object> {
    match &node.value {
        Value::Object(object) => vec![object],
        Value::List(List { items, .. }) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// What a rule says; nothing if it says nothing that is known here.
fn level(node: &Node) -> Option<Level> {
    let policy = objects(node).into_iter().rev().find_map(|object| object.get("policy"))?;
    match &policy.node.value {
        Value::String(text) => match text.text.as_str() {
            "read" | "list" => Some(Level::Read),
            "write" => Some(Level::Write),
            "deny" => Some(Level::Deny),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::Scope;

    fn allows(granted: &Granted, resource: Resource, name: &str, access: Access) -> bool {
        let need = Need { resource, scope: Scope::Named(name.into()), access, why: String::new() };
        granted.allows(&need, false)
    }

    #[test]
    fn the_exact_rule_counts_and_then_the_longest_prefix() {
        let rules = r#"
            service "db" { policy = "read" }
            service_prefix "" { policy = "write" }
            service_prefix "secret-" { policy = "deny" }
            service_prefix "secret-but-" { policy = "read" intentions = "deny" }
            operator = "write"
            key_prefix "" { policy = "write" }
        "#;
        let granted = Granted::read(rules).unwrap();
        let of = |name, access| allows(&granted, Resource::Service, name, access);
        assert!(of("db", Access::Read) && !of("db", Access::Write));
        assert!(of("web", Access::Write) && !of("secret-x", Access::Read));
        assert!(of("secret-but-open", Access::Read) && !of("secret-but-open", Access::Write));
        assert!(!allows(&granted, Resource::Node, "db", Access::Read), "no rule: the default policy");
    }

    #[test]
    fn several_policies_add_up_and_deny_wins() {
        let read = |rules: &str| Granted::read(rules).unwrap();
        let both = read(r#"service "a" { policy = "read" } service "b" { policy = "write" }"#)
            .and(read(r#"{"service": {"a": {"policy": "write"}, "b": {"policy": "deny"}}}"#));
        assert!(allows(&both, Resource::Service, "a", Access::Write));
        assert!(!allows(&both, Resource::Service, "b", Access::Read));
        assert!(allows(&both.and(Granted::everything()), Resource::Agent, "x", Access::Write));
    }

    #[test]
    fn identities_allow_what_consul_makes_of_them() {
        let service = Granted::service_identity("gw");
        assert!(allows(&service, Resource::Service, "gw", Access::Write));
        assert!(!allows(&service, Resource::Service, "db", Access::Write));
        assert!(allows(&service, Resource::Node, "n", Access::Read));
        let node = Granted::node_identity("n");
        assert!(allows(&node, Resource::Node, "n", Access::Write));
        assert!(!allows(&node, Resource::Node, "m", Access::Read));
    }
}
