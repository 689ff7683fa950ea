//! Rights of the gateway's token: which it needs, the rules that give them, and what a token's policies allow.

mod granted;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value, json};

use crate::hcl::writer::write_text;
use crate::snapshot::{GatewayLink, TerminatingGatewayEntry};

pub use granted::Granted;

/// A right, and the rule that gives it.
#[derive(Debug, PartialEq, Eq)]
pub struct Right {
    /// Its name, such as `agent:read`.
    pub name: &'static str,
    /// What to do where a token lacks it.
    pub help: &'static str,
}

/// Reading what the agent says about itself.
pub static AGENT_READ: Right = Right {
    name: "agent:read",
    help: "add `agent \"NODE\" { policy = \"read\" }` to the token's policy (NODE: the agent's node name), or \
           `agent_prefix \"\" { policy = \"read\" }`",
};

/// What a right is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// A service.
    Service,
    /// A node of the catalog.
    Node,
    /// An agent, by its node name.
    Agent,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Service, Self::Node, Self::Agent];

    /// Consul's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Node => "node",
            Self::Agent => "agent",
        }
    }
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// To read it.
    Read,
    /// To read and write it.
    Write,
}

impl Access {
    /// Consul's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Which resources of a kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The one of this name.
    Named(String),
    /// All of them.
    All,
}

/// The name that stands for one that no rule names: who may not do it to this one may not do it to all.
const ANY: &str = "termgate-any-name";

/// A right that a gateway needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What it is about.
    pub resource: Resource,
    /// Which of them.
    pub scope: Scope,
    /// What has to be allowed.
    pub access: Access,
    /// What the gateway does with it.
    pub why: String,
}

impl Need {
    fn new(resource: Resource, scope: Scope, access: Access, why: impl Into<String>) -> Self {
        Self { resource, scope, access, why: why.into() }
    }

    fn on(resource: Resource, name: &str, access: Access, why: impl Into<String>) -> Self {
        Self::new(resource, Scope::Named(name.to_owned()), access, why)
    }

    /// The name that an agent is asked about.
    pub fn segment(&self) -> &str {
        match &self.scope {
            Scope::Named(name) => name,
            Scope::All => ANY,
        }
    }

    /// The rule that gives it: `service "billing" { policy = "write" }`.
    pub fn rule(&self) -> String {
        let (word, name) = self.rule_of();
        let mut quoted = String::new();
        write_text(name.as_bytes(), &mut quoted);
        format!("{word} {quoted} {{ policy = \"{}\" }}", self.access.name())
    }

    /// The word of the rule, and its name.
    fn rule_of(&self) -> (String, &str) {
        match &self.scope {
            Scope::Named(name) => (self.resource.name().to_owned(), name),
            Scope::All => (format!("{}_prefix", self.resource.name()), ""),
        }
    }
}

impl fmt::Display for Need {
    /// `service:write on billing`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{} on ", self.resource.name(), self.access.name())?;
        match &self.scope {
            Scope::Named(name) => write!(formatter, "`{name}`"),
            Scope::All => write!(formatter, "every {}", self.resource.name()),
        }
    }
}

/// The gateway whose token it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Its service name.
    pub gateway: String,
    /// The node name of its agent, if it is known.
    pub node: Option<String>,
    /// The services that its entry names.
    pub services: BTreeSet<String>,
    /// The services that a wildcard of the entry stands for now; `None` if it has none.
    pub wildcard: Option<BTreeSet<String>>,
}

impl Subject {
    /// The gateway of this name by its entry and what it is linked to.
    pub fn of(
        gateway: &str,
        node: Option<String>,
        entry: Option<&TerminatingGatewayEntry>,
        links: &[GatewayLink],
    ) -> Self {
        let named = || entry.into_iter().flat_map(|entry| &entry.services).map(|service| &service.name);
        let by = |from_wildcard: bool| -> BTreeSet<String> {
            let links = links.iter().filter(|link| link.from_wildcard == from_wildcard);
            links.map(|link| link.service.name.clone()).collect()
        };
        let mut services: BTreeSet<String> = named().filter(|name| *name != "*").cloned().collect();
        services.extend(by(false).into_iter().filter(|name| name != "*"));
        let expanded = by(true);
        let has_wildcard = named().any(|name| name == "*") || !expanded.is_empty();
        let wildcard = has_wildcard.then_some(expanded);
        Self { gateway: gateway.to_owned(), node, services, wildcard }
    }
}

const CERTIFICATE: &str =
    "get its certificate from the agent, and read its instances, settings and intentions";

/// The least that the gateway needs, a rule each.
///
/// Consul: a service rule with `write` includes reading the service, its entries and the intentions on it.
pub fn needs(subject: &Subject) -> Vec<Need> {
    let Subject { gateway, node, services, wildcard } = subject;
    let mut needs = vec![Need::on(
        Resource::Service,
        gateway,
        Access::Write,
        "register the gateway, and read its entry and what it is linked to",
    )];
    if wildcard.is_some() {
        let why = format!("the entry links `*`: for each service that it stands for, {CERTIFICATE}");
        needs.push(Need::new(Resource::Service, Scope::All, Access::Write, why));
    } else {
        let linked = services.iter().filter(|name| *name != gateway);
        needs.extend(linked.map(|name| Need::on(Resource::Service, name, Access::Write, CERTIFICATE)));
    }
    let why = "see instances of linked services: the agent hides those on nodes that the token may not read; rules for \
               these nodes alone are enough";
    needs.push(Need::new(Resource::Node, Scope::All, Access::Read, why));
    let why = "read the agent's version, gRPC port and default policy; without it, connections that no intention decides \
               are denied";
    needs.push(match node {
        Some(node) => Need::on(Resource::Agent, node, Access::Read, why),
        None => Need::new(Resource::Agent, Scope::All, Access::Read, why),
    });
    needs
}

/// What a token is checked for: [`needs`], and each service that a wildcard stands for by its name.
pub fn checked_needs(subject: &Subject) -> Vec<Need> {
    let mut needs = needs(subject);
    if let Some(expanded) = &subject.wildcard {
        let known: BTreeSet<&String> = expanded.union(&subject.services).collect();
        let names = known.into_iter().filter(|name| **name != subject.gateway);
        let services = names.map(|name| Need::on(Resource::Service, name, Access::Write, CERTIFICATE));
        needs.splice(1..1, services.collect::<Vec<_>>());
    }
    needs
}

/// A policy of these rules in HCL, with the reason of each as a comment.
pub fn hcl(needs: &[Need]) -> String {
    let mut text = String::new();
    for need in needs {
        if !text.is_empty() {
            text.push('\n');
        }
        for line in wrapped(&need.why) {
            text.extend(["# ", &line, "\n"]);
        }
        text.push_str(&need.rule());
        text.push('\n');
    }
    text
}

/// A policy of these rules in JSON.
pub fn json(needs: &[Need]) -> Value {
    let mut policy = Map::new();
    for need in needs {
        let (word, name) = need.rule_of();
        let rules = policy.entry(word).or_insert_with(|| json!({}));
        if let Some(rules) = rules.as_object_mut() {
            rules.insert(name.to_owned(), json!({"policy": need.access.name()}));
        }
    }
    Value::Object(policy)
}

/// Longest line of a comment.
const WIDTH: usize = 78;

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() + 3 <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject {
            gateway: "gw".into(),
            node: Some("node-1".into()),
            services: ["billing", "gw", "a\"b"].map(str::to_owned).into(),
            wildcard: None,
        }
    }

    fn rules(needs: &[Need]) -> Vec<String> {
        needs.iter().map(Need::rule).collect()
    }

    #[test]
    fn a_gateway_needs_a_rule_for_itself_and_each_linked_service() {
        let needs = needs(&subject());
        assert_eq!(
            rules(&needs),
            [
                r#"service "gw" { policy = "write" }"#,
                r#"service "a\"b" { policy = "write" }"#,
                r#"service "billing" { policy = "write" }"#,
                r#"node_prefix "" { policy = "read" }"#,
                r#"agent "node-1" { policy = "read" }"#,
            ]
        );
        assert_eq!(needs[2].to_string(), "service:write on `billing`");
        assert_eq!(needs[3].to_string(), "node:read on every node");
        assert_eq!(rules(&checked_needs(&subject())), rules(&needs));
    }

    #[test]
    fn a_wildcard_needs_every_service_and_is_checked_for_those_that_are_known() {
        let subject = Subject { wildcard: Some(["new".to_owned()].into()), node: None, ..subject() };
        let all = r#"service_prefix "" { policy = "write" }"#.to_owned();
        let found = rules(&needs(&subject));
        assert_eq!((found.len(), &found[1]), (4, &all));
        assert_eq!(found[3], r#"agent_prefix "" { policy = "read" }"#);
        let checked = rules(&checked_needs(&subject));
        assert_eq!(checked[3], r#"service "new" { policy = "write" }"#);
        assert_eq!((checked.len(), &checked[4]), (7, &all));
    }

    #[test]
    fn a_policy_gives_what_it_was_made_for_in_both_languages() {
        for subject in [subject(), Subject { wildcard: Some(BTreeSet::new()), ..subject() }] {
            let needs = needs(&subject);
            for text in [hcl(&needs), json(&needs).to_string()] {
                let granted = Granted::read(&text).unwrap();
                for need in &needs {
                    assert!(granted.allows(need, false), "{need}: {text}");
                }
                let other = Need::on(Resource::Service, "other", Access::Write, "");
                assert_eq!(granted.allows(&other, false), subject.wildcard.is_some());
                assert!(
                    text.lines().all(|line| line.chars().count() <= WIDTH || !line.starts_with('#')),
                    "{text}"
                );
            }
        }
    }
}
