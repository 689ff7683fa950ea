//! The list of what services of the mesh may reach outside, as a file in HCL or JSON.
//!
//! ```hcl
//! allow "billing" {
//!   services = ["billing"]
//!   names    = ["billing.example", "*.billing.example"]
//!   networks = ["203.0.113.0/24"]
//!   ports    = [443, "8000-8100"]
//! }
//! ```
//!
//! Every condition of a rule must hold, each by one of its values; a rule names hosts, networks or both, and either will
//! do. Without `ports` any port counts, without `services` any linked service.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use crate::address_guard::{self, Allowed};
use crate::gateway::host_port::Host;
use crate::hcl::{self, Dialect, Entry, List, Node, Object, Source, Span, Value};
use crate::nearest::nearest;
use crate::snapshot::folded;

/// What may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its label; without one its number, such as `#2`.
    pub name: String,
    /// Where it begins: line and column in characters, from 1.
    pub place: (usize, usize),
    services: Vec<String>,
    names: Vec<String>,
    networks: Vec<Allowed>,
    ports: Vec<RangeInclusive<u16>>,
}

/// What is wrong with a list, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Error {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// Characters of a message, which may quote the file.
const LONGEST: usize = 300;

type Wrong = (Span, String);

const KEYS: [&str; 4] = ["services", "names", "networks", "ports"];

impl AllowList {
    /// Reads a list.
    pub fn read(text: &[u8]) -> Result<Self, Error> {
        let source = Source::new(text);
        let located = |(span, message): Wrong| {
            let position = source.position(span.start);
            let message = match message.char_indices().nth(LONGEST) {
                Some((end, _)) => [message.get(..end).unwrap_or_default(), "…"].concat(),
                None => message,
            };
            Error { line: position.line, column: position.column, message }
        };
        let document = hcl::read(&source, Dialect::default())
            .map_err(|error| located((error.span, error.message.clone())))?;
        let mut list = Self::default();
        let place = |span: Span| {
            let position = source.position(span.start);
            (position.line, position.column)
        };
        for entry in &document.root.entries {
            if entry.key != "allow" {
                let message =
                    format!("unknown key `{}`: a rule is a block `allow \"NAME\" {{ … }}`", entry.key);
                return Err(located((entry.key_span(), message)));
            }
            for node in items(&entry.node) {
                list.take(node, &place).map_err(located)?;
            }
        }
        Ok(list)
    }

    /// Takes in the rules of one block: those below its labels, or the block itself.
    fn take(&mut self, node: &Node, place: &impl Fn(Span) -> (usize, usize)) -> Result<(), Wrong> {
        let Value::Object(object) = &node.value else {
            return Err((node.span, "a rule is a block `allow \"NAME\" { … }`".to_owned()));
        };
        let is_label =
            |entry: &&Entry| items(&entry.node).iter().all(|item| matches!(item.value, Value::Object(_)));
        let mut labels = object.entries.iter().filter(is_label).peekable();
        if object.entries.is_empty() || labels.peek().is_none() {
            let name = format!("#{}", self.rules.len() + 1);
            self.rules.push(Rule { place: place(node.span), ..Rule::read(name, node.span, object)? });
            return Ok(());
        }
        for label in labels {
            for item in items(&label.node) {
                let Value::Object(rule) = &item.value else { continue };
                let read = Rule::read(label.key.clone(), label.key_span(), rule)?;
                self.rules.push(Rule { place: place(label.key_span()), ..read });
            }
        }
        // Conditions beside a label would hold for nothing.
        match object.entries.iter().find(|entry| !is_label(entry)) {
            Some(stray) => Err((stray.key_span(), format!("`{}` stands outside of a rule", stray.key))),
            None => Ok(()),
        }
    }

    /// The rules, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Rule {
    /// Whether it allows connections of `service` to this host and port; `resolved` are the addresses that a host name is
    /// known to stand for.
    pub fn allows(&self, service: &str, host: &str, port: u16, resolved: &[IpAddr]) -> bool {
        let is_of_service =
            self.services.is_empty() || self.services.iter().any(|name| *name == folded(service));
        let has_port = self.ports.is_empty() || self.ports.iter().any(|range| range.contains(&port));
        is_of_service && has_port && self.reaches(host, resolved)
    }

    fn read(name: String, span: Span, object: &Object) -> Result<Self, Wrong> {
        let mut rule = Self { name, ..Self::default() };
        for entry in &object.entries {
            let items = items(&entry.node);
            // No value would be any value.
            if items.is_empty() {
                return Err((
                    entry.node.span,
                    format!("`{}` is empty: leave it out, or list what it is for", entry.key),
                ));
            }
            for node in items {
                rule.take(entry, node)?;
            }
        }
        if rule.names.is_empty() && rule.networks.is_empty() {
            let message = format!(
                "rule `{}` has neither `names` nor `networks`; `networks = [\"0.0.0.0/0\", \"::/0\"]` allows all addresses",
                rule.name
            );
            return Err((span, message));
        }
        Ok(rule)
    }

    fn take(&mut self, entry: &Entry, node: &Node) -> Result<(), Wrong> {
        let wrong = |what: &str| Err((node.span, format!("`{}`: {what}", entry.key)));
        match entry.key.as_str() {
            "services" | "names" => {
                let Some(text) = text(node).filter(|text| !text.is_empty()) else {
                    return wrong("a text is needed");
                };
                if entry.key == "services" {
                    self.services.push(folded(text).into_owned());
                    return Ok(());
                }
                let bare = text.strip_prefix("*.").unwrap_or(text);
                if bare.contains('*') {
                    return wrong("a `*` stands for the first labels of a name, as in `*.example.com`");
                }
                if address_guard::read(bare).is_some() {
                    return wrong("this is an address: it belongs into `networks`");
                }
                if Host::of(bare) != Host::Name {
                    return wrong("a host name is needed, without scheme, port and path");
                }
                self.names.push(canonical(text));
            }
            "networks" => match text(node).map(str::parse) {
                Some(Ok(network)) => self.networks.push(network),
                Some(Err(error)) => return wrong(&format!("{error}")),
                None => return wrong("a text is needed, such as \"203.0.113.0/24\""),
            },
            "ports" => match ports(node) {
                Some(range) => self.ports.push(range),
                None => return wrong("a port is a number from 1 to 65535, or a range such as \"8000-8100\""),
            },
            other => {
                let meant = nearest(other, KEYS.into_iter())
                    .map(|key| format!(": did you mean `{key}`?"))
                    .unwrap_or_default();
                return Err((entry.key_span(), format!("unknown key `{other}`{meant}")));
            }
        }
        Ok(())
    }

    fn reaches(&self, host: &str, resolved: &[IpAddr]) -> bool {
        // A mapped address is the IPv4 address that it maps.
        let is_inside = |ip: IpAddr| self.networks.iter().any(|network| network.names(ip.to_canonical()));
        if let Some(ip) = address_guard::read(host) {
            return is_inside(ip);
        }
        let host = canonical(host);
        let is_named = self.names.iter().any(|name| match name.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => *name == host,
        });
        is_named || (!resolved.is_empty() && resolved.iter().copied().all(is_inside))
    }
}

/// A host name as names are compared.
fn canonical(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The items of a list, or the value itself.
fn items(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(List { items, .. }) => items.iter().collect(),
        _ => vec![node],
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text.text.as_str()),
        _ => None,
    }
}

fn ports(node: &Node) -> Option<RangeInclusive<u16>> {
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    match &node.value {
        Value::Integer(number) => {
            let port = port(&number.to_string())?;
            Some(port..=port)
        }
        // JSON has no other numbers.
        Value::Float(number) => {
            let port = port(&number.to_string())?;
            Some(port..=port)
        }
        Value::String(text) => {
            let (first, last) = text.text.split_once('-').unwrap_or((&text.text, &text.text));
            let (first, last) = (port(first)?, port(last)?);
            (first <= last).then_some(first..=last)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
        allow "billing" {
          services = ["billing"]
          names    = ["billing.example", "*.Billing.example."]
          ports    = [443, "8000-8100"]
        }
        allow "inside" { networks = "10.0.0.0/8" }
        allow "any" { names = ["any.example"] networks = ["2001:db8::/32"] }
    "#;

    fn rule(text: &str, service: &str, host: &str, port: u16, resolved: &[&str]) -> Option<String> {
        let list = AllowList::read(text.as_bytes()).unwrap();
        let resolved: Vec<IpAddr> = resolved.iter().map(|ip| ip.parse().unwrap()).collect();
        let mut rules = list.rules().iter();
        rules.find(|rule| rule.allows(service, host, port, &resolved)).map(|rule| rule.name.clone())
    }

    #[test]
    fn a_way_is_allowed_by_the_first_rule_whose_conditions_all_hold() {
        for (service, host, port, expected) in [
            ("billing", "billing.example", 443, Some("billing")),
            ("Billing", "BILLING.example.", 8050, Some("billing")),
            ("billing", "eu.billing.example", 8000, Some("billing")),
            ("billing", "billing.example", 80, None),
            ("other", "billing.example", 443, None),
            ("billing", "xbilling.example", 443, None),
            ("billing", ".billing.example", 443, None),
            ("other", "10.1.2.3", 1, Some("inside")),
            ("other", "0x0a010203", 1, Some("inside")),
            ("other", "::ffff:10.1.2.3", 1, Some("inside")),
            ("other", "11.1.2.3", 1, None),
            ("other", "2001:db8::1", 1, Some("any")),
            ("other", "any.example", 1, Some("any")),
        ] {
            assert_eq!(rule(LIST, service, host, port, &[]).as_deref(), expected, "{service} {host} {port}");
        }
    }

    #[test]
    fn a_name_is_in_a_network_only_if_all_of_its_addresses_are() {
        let by = |resolved: &[&str]| rule(LIST, "x", "name.example", 80, resolved);
        assert_eq!(by(&[]), None);
        assert_eq!(by(&["10.0.0.1", "10.0.0.2"]).as_deref(), Some("inside"));
        assert_eq!(by(&["10.0.0.1", "11.0.0.1"]), None);
    }

    #[test]
    fn json_says_the_same() {
        let json = r#"{"allow": {"billing": {"names": ["billing.example"], "ports": [443]}}}"#;
        assert_eq!(rule(json, "x", "billing.example", 443, &[]).as_deref(), Some("billing"));
        let json = r#"{"allow": [{"names": "billing.example"}, {"networks": ["0.0.0.0/0"]}]}"#;
        assert_eq!(rule(json, "x", "10.0.0.1", 443, &[]).as_deref(), Some("#2"));
        assert_eq!(AllowList::read(b"").unwrap(), AllowList::default());
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, place, message) in [
            ("allow \"a\" { nmaes = [\"x\"] }", (1, 13), "unknown key `nmaes`: did you mean `names`?"),
            ("allow \"a\" { ports = [443] }", (1, 7), "neither `names` nor `networks`"),
            ("allow \"a\" { networks = [\"10.0.0.0/33\"] }", (1, 25), "is not an IP address or network"),
            ("allow \"a\" {\n  names = [\"10.0.0.1\"] }", (2, 12), "it belongs into `networks`"),
            ("allow \"a\" { names = [\"a.*.b\"] }", (1, 22), "first labels"),
            ("allow \"a\" { names = [\"a\"] ports = [70000] }", (1, 36), "from 1 to 65535"),
            ("allow \"a\" { names = [\"a\"] ports = [\"9-1\"] }", (1, 36), "from 1 to 65535"),
            ("deny \"a\" {}", (1, 1), "unknown key `deny`"),
            ("allow \"a\" { names = [\"a\"] services = [] }", (1, 38), "`services` is empty"),
            ("allow \"a\" { names = [\"a\"] ports = [] }", (1, 35), "`ports` is empty"),
            ("allow \"a\" { names = [] }", (1, 21), "`names` is empty"),
            ("allow \"a\" { names = [\"*.\"] }", (1, 22), "a host name is needed"),
            ("allow \"a\" { names = [\"*\"] }", (1, 22), "first labels"),
            ("allow \"a\" { names = [\"https://a.example\"] }", (1, 22), "without scheme"),
            ("allow \"a\" { names = [\"a.example:443\"] }", (1, 22), "without scheme"),
            ("allow \"a\" { names = [\".example\"] }", (1, 22), "a host name is needed"),
            ("allow \"a\" { names = [443] }", (1, 22), "a text is needed"),
            ("allow \"a\" { networks = [\"0x7f000001\"] }", (1, 25), "is not an IP address or network"),
            ("allow = 3", (1, 9), "a rule is a block"),
            ("allow \"a\" {", (1, 11), "never closed"),
        ] {
            let error = AllowList::read(text.as_bytes()).unwrap_err();
            assert!(error.message.contains(message), "{text}: {error}");
            assert_eq!((error.line, error.column), place, "{text}: {error}");
        }
    }
}
