//! A service definition file, as a Consul agent reads them: the gateway's registration kept in HCL or JSON.
//!
//! ```hcl
//! service {
//!   name = "us-west-gateway"
//!   kind = "terminating-gateway"
//!   port = 8443
//!   meta { team = "edge" }
//!   proxy { config { envoy_statsd_url = "udp://127.0.0.1:9125" } }
//! }
//! ```
//!
//! `service` and `services` may hold one service or a list, beside the other settings of an agent.

mod keys;

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value as Json, json};

use self::keys::{Key, Kind, SERVICE, bare};
use super::registration::KIND;
use crate::config_entry::Unknown;
use crate::consul_version::{ConsulVersion, Release};
use crate::hcl::{self, Dialect, Entry, List, Node, Object, Source, Span, Value};
use crate::nearest::nearest;
use crate::secret::Secret;
use crate::snapshot::ServiceAddress;

/// What a definition says of the gateway; `None` and empty are left to flags and defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceDefinition {
    /// `id`.
    pub id: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `address` and `port`, or the tagged address `lan`, in the form of `-address`.
    pub address: Option<String>,
    /// The tagged address `wan`, in the form of `-wan-address`.
    pub wan_address: Option<String>,
    /// The other tagged addresses.
    pub tagged: BTreeMap<String, ServiceAddress>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `meta`.
    pub meta: BTreeMap<String, String>,
    /// `proxy { config { … } }`.
    pub proxy_config: Map<String, Json>,
    /// The other keys of `proxy`, as the agent's API has them.
    pub proxy: Map<String, Json>,
    /// `checks` and then `check`, as the agent's API has them; `None` if neither is given.
    pub checks: Option<Vec<Json>>,
    /// `token`.
    pub token: Secret,
    /// `namespace`, of Consul Enterprise.
    pub namespace: Option<String>,
    /// `partition`, of Consul Enterprise.
    pub partition: Option<String>,
    /// All other keys, as the agent's API has them.
    pub more: Map<String, Json>,
    /// Keys that not every agent knows.
    pub uncertain: Vec<UncertainKey>,
}

/// A key that not every agent knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncertainKey {
    /// Its path, such as `check.udp`.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The release that introduced it, if it is known here.
    pub since: Option<Release>,
    /// The known key that is nearest to one that is not.
    pub suggestion: Option<&'static str>,
}

/// What becomes of a key that not every agent knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The agent knows it.
    Known,
    /// It is sent as it is, and the agent decides.
    Sent,
    /// The agent cannot know it.
    Refused,
}

impl UncertainKey {
    /// For an agent of this version; `None` if the version is not known.
    pub fn fate(&self, version: Option<&ConsulVersion>) -> Fate {
        match (self.since, version) {
            (Some(since), Some(version)) if !version.at_least(since) => Fate::Refused,
            (Some(_), _) => Fate::Known,
            (None, version) => match Unknown::of(version) {
                Unknown::Sent => Fate::Sent,
                Unknown::Refused => Fate::Refused,
            },
        }
    }
}

/// Which service of a file with several is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its ID.
    pub id: Option<&'a str>,
}

/// What is wrong with a definition, and where.
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

/// A finding before its place becomes line and column.
type Finding = (Span, String);

impl ServiceDefinition {
    /// Reads the gateway's definition in HCL or JSON.
    ///
    /// Keys are matched as the agent does: without regard to case, and `TaggedAddresses` for `tagged_addresses`. Of several
    /// services, the only terminating gateway is read, else the one of `choice`.
    pub fn read(text: &[u8], choice: Choice<'_>) -> Result<Self, Error> {
        let source = Source::new(text);
        let located = |(span, message): Finding| {
            let position = source.position(span.start);
            Error { line: position.line, column: position.column, message }
        };
        let document = hcl::read(&source, Dialect::default())
            .map_err(|error| located((error.span, error.message.clone())))?;
        let services = services(&document.root).map_err(located)?;
        let object = pick(&services, choice).map_err(located)?;
        let mut reader = Reader { source: &source, uncertain: Vec::new() };
        let definition = reader.service(object).map_err(located)?;
        Ok(Self { uncertain: reader.uncertain, ..definition })
    }
}

/// A service of a file, as far as is needed to choose one.
struct Candidate<'a> {
    span: Span,
    object: &'a Object,
    kind: String,
    name: String,
    id: String,
}

impl Candidate<'_> {
    fn is(&self, choice: Choice<'_>) -> bool {
        let id = if self.id.is_empty() { &self.name } else { &self.id };
        choice.name.is_none_or(|name| name == self.name) && choice.id.is_none_or(|wanted| wanted == id)
    }

    /// How a message names it.
    fn shown(&self) -> String {
        match (self.name.as_str(), self.id.as_str()) {
            ("", "") => "one without a name".to_owned(),
            ("", id) => format!("one without a name, with the ID `{id}`"),
            (name, id) if id.is_empty() || id == name => format!("`{name}`"),
            (name, id) => format!("`{name}` with the ID `{id}`"),
        }
    }
}

/// The services of a file.
fn services(root: &Object) -> Result<Vec<Candidate<'_>>, Finding> {
    let mut found = Vec::new();
    for entry in &root.entries {
        let key = key(entry);
        if !["service", "services"].contains(&key.as_str()) {
            // All other keys are settings of the agent, but one that is nearly `service` is not.
            if strsim::damerau_levenshtein(&key, "service").min(strsim::damerau_levenshtein(&key, "services"))
                == 1
            {
                return refuse(entry, format!("unknown key `{}`: did you mean `service`?", entry.key));
            }
            continue;
        }
        let items = match &entry.node.value {
            Value::List(List { items, .. }) => items.iter().collect(),
            Value::Null => Vec::new(),
            _ => vec![&entry.node],
        };
        for item in items {
            let Value::Object(object) = &item.value else {
                return Err((item.span, format!("`{}` must hold blocks", entry.key)));
            };
            found.push(candidate(item.span, object));
        }
    }
    Ok(found)
}

fn candidate(span: Span, object: &Object) -> Candidate<'_> {
    let value = |wanted: &str| {
        let entry = object.entries.iter().find(|entry| key(entry) == wanted);
        entry.and_then(|entry| text(entry).ok()).unwrap_or_default()
    };
    Candidate { span, object, kind: value("kind"), name: value("name"), id: value("id") }
}

/// The gateway among the services of a file.
fn pick<'a>(services: &[Candidate<'a>], choice: Choice<'_>) -> Result<&'a Object, Finding> {
    let names = |services: &[&Candidate<'_>]| -> String {
        services.iter().map(|service| service.shown()).collect::<Vec<_>>().join(", ")
    };
    match services {
        [] => {
            let message = "there is no service definition: it is a block `service`, or a list `services`";
            return Err((Span::default(), message.to_owned()));
        }
        [only] if only.kind.is_empty() => return Ok(only.object),
        [only] if only.kind != KIND => {
            let message = format!("a service of kind `{}`: only `{KIND}` is registered here", only.kind);
            return Err((kind_span(only), message));
        }
        _ => {}
    }
    let of_kind = |kind: &str| services.iter().filter(|service| service.kind == kind).collect::<Vec<_>>();
    let gateways = of_kind(KIND);
    if let [only] = gateways.as_slice() {
        return Ok(only.object);
    }
    // A definition for `register` may leave its kind out.
    let candidates = if gateways.is_empty() { of_kind("") } else { gateways };
    let is_asked = choice != Choice::default();
    let chosen: Vec<_> =
        candidates.iter().copied().filter(|service| is_asked && service.is(choice)).collect();
    let span = services.first().map(|service| service.span).unwrap_or_default();
    let wanted = [("name", choice.name), ("ID", choice.id)];
    let wanted: Vec<String> =
        wanted.iter().filter_map(|(what, value)| Some(format!("{what} `{}`", (*value)?))).collect();
    let wanted = wanted.join(" and ");
    match (chosen.as_slice(), candidates.as_slice()) {
        ([only], _) => Ok(only.object),
        ([], []) => {
            let all = names(&services.iter().collect::<Vec<_>>());
            Err((span, format!("no service of the file is of kind `{KIND}`; it defines {all}")))
        }
        ([], all) if is_asked => {
            Err((span, format!("no gateway of the file has the {wanted}; it defines {}", names(all))))
        }
        ([], all) => {
            let message = format!(
                "the file defines several gateways: choose one of {} with --service or --service-id",
                names(all)
            );
            Err((span, message))
        }
        (several, _) => {
            let message = format!(
                "several gateways of the file have the {wanted}: {}; choose one with --service-id",
                names(several)
            );
            Err((span, message))
        }
    }
}

fn kind_span(candidate: &Candidate<'_>) -> Span {
    let entry = candidate.object.entries.iter().find(|entry| key(entry) == "kind");
    entry.map_or(candidate.span, Entry::key_span)
}

/// Reads one definition.
struct Reader<'a> {
    source: &'a Source<'a>,
    uncertain: Vec<UncertainKey>,
}

impl Reader<'_> {
    fn service(&mut self, object: &Object) -> Result<ServiceDefinition, Finding> {
        let mut definition = ServiceDefinition::default();
        let (mut host, mut port) = (None, None);
        let (mut lan, mut check, mut checks) = (None, None, None);
        for entry in object.entries.iter().filter(|entry| entry.node.value != Value::Null) {
            let Some(key) = self.known(SERVICE, "", entry) else {
                definition.more.insert(entry.key.clone(), opaque(&entry.node));
                continue;
            };
            let filled = |entry| text(entry).map(|text| Some(text).filter(|text| !text.is_empty()));
            match key.name {
                // It was looked at to choose the service.
                "Kind" => {}
                "ID" => definition.id = filled(entry)?,
                "Name" => definition.name = filled(entry)?,
                "Address" => host = filled(entry)?,
                "Port" => port = port_of(entry)?,
                "TaggedAddresses" => {
                    (lan, definition.wan_address) = tagged_addresses(block(entry)?, &mut definition.tagged)?;
                }
                "Tags" => definition.tags = texts(entry)?,
                "Meta" => definition.meta = meta(block(entry)?)?,
                "Token" => definition.token = Secret::new(text(entry)?),
                "Namespace" => definition.namespace = filled(entry)?,
                "Partition" => definition.partition = filled(entry)?,
                "Check" => check = Some(self.value(key, "check", entry)?),
                "Checks" => checks = Some(self.value(key, "checks", entry)?),
                "Proxy" => {
                    let Json::Object(mut proxy) = self.value(key, "proxy", entry)? else { continue };
                    if let Some(Json::Object(config)) = proxy.remove("Config") {
                        definition.proxy_config = config;
                    }
                    definition.proxy = proxy;
                }
                "Weights" => {
                    // Consul: a weight that is not given is 1.
                    let mut weights = json!({ "Passing": 1, "Warning": 1 });
                    if let (Json::Object(all), Json::Object(given)) =
                        (&mut weights, self.value(key, "weights", entry)?)
                    {
                        all.extend(given);
                    }
                    definition.more.insert(key.name.to_owned(), weights);
                }
                name => {
                    let value = self.value(key, &entry.key, entry)?;
                    definition.more.insert(name.to_owned(), value);
                }
            }
        }
        // The registration's own address is also its tagged address `lan`.
        definition.address = join(host, port).or(lan);
        // Consul: in this order.
        let lists = checks.into_iter().chain(check).filter_map(|list| match list {
            Json::Array(items) => Some(items),
            _ => None,
        });
        definition.checks = lists.reduce(|first, second| [first, second].concat());
        Ok(definition)
    }

    /// The key that an entry is; notes it where not every agent knows it.
    fn known(&mut self, keys: &'static [Key], parent: &str, entry: &Entry) -> Option<&'static Key> {
        let found = keys.iter().find(|key| key.is(&entry.key));
        let since = found.map(|key| key.since);
        if since != Some(Release(0, 0, 0)) {
            let position = self.source.position(entry.key_span().start);
            let path = if parent.is_empty() { entry.key.clone() } else { format!("{parent}.{}", entry.key) };
            let suggestion = match found {
                Some(_) => None,
                None => nearest(&entry.key, keys.iter().map(|key| key.name)),
            };
            let (line, column) = (position.line, position.column);
            self.uncertain.push(UncertainKey { path, line, column, since, suggestion });
        }
        found
    }

    /// The value of a key as the agent's API has it.
    fn value(&mut self, key: &Key, path: &str, entry: &Entry) -> Result<Json, Finding> {
        match key.kind {
            Kind::Any => Ok(opaque(&entry.node)),
            Kind::Object(keys) => Ok(Json::Object(self.object(keys, path, block(entry)?)?)),
            Kind::List(keys) => {
                let item = |node: &Node| match &node.value {
                    Value::Object(object) => self.object(keys, path, object).map(Json::Object),
                    _ => Err((node.span, format!("`{}` must hold blocks", entry.key))),
                };
                items(&entry.node).iter().map(item).collect()
            }
            Kind::Map => Ok(Json::Object(members(block(entry)?))),
            Kind::Items => Ok(items(&entry.node).iter().map(opaque).collect()),
            Kind::LeftOut => Ok(Json::Null),
            Kind::Refused(why) => refuse(entry, format!("`{path}`: {why}")),
        }
    }

    fn object(
        &mut self,
        keys: &'static [Key],
        path: &str,
        object: &Object,
    ) -> Result<Map<String, Json>, Finding> {
        let mut members = Map::new();
        for entry in object.entries.iter().filter(|entry| entry.node.value != Value::Null) {
            match self.known(keys, path, entry) {
                None => {
                    members.insert(entry.key.clone(), opaque(&entry.node));
                }
                Some(Key { kind: Kind::LeftOut, .. }) => {}
                Some(key) => {
                    let value = self.value(key, &format!("{path}.{}", entry.key), entry)?;
                    members.insert(key.name.to_owned(), value);
                }
            }
        }
        Ok(members)
    }
}

/// The tagged addresses `lan` and `wan` as flags have them; all but `wan` go into `tagged` as they are.
fn tagged_addresses(
    object: &Object,
    tagged: &mut BTreeMap<String, ServiceAddress>,
) -> Result<(Option<String>, Option<String>), Finding> {
    let (mut lan, mut wan) = (None, None);
    for entry in &object.entries {
        let (mut host, mut port) = (None, None);
        for part in &block(entry)?.entries {
            match key(part).as_str() {
                "address" => host = Some(text(part)?),
                "port" => port = port_of(part)?,
                _ => return refuse(part, format!("`{}`: an address has `address` and `port`", part.key)),
            }
        }
        if entry.key == "wan" {
            wan = join(host, port);
            continue;
        }
        let address = ServiceAddress {
            address: host.clone().unwrap_or_default(),
            port: port.unwrap_or_default().into(),
        };
        tagged.insert(entry.key.clone(), address);
        if entry.key == "lan" {
            lan = join(host, port);
        }
    }
    Ok((lan, wan))
}

fn meta(object: &Object) -> Result<BTreeMap<String, String>, Finding> {
    let value = |entry: &Entry| match &entry.node.value {
        Value::Null => Ok(String::new()),
        _ => text(entry),
    };
    object.entries.iter().map(|entry| Ok((entry.key.clone(), value(entry)?))).collect()
}

/// `host:port` as the address flags take it; without a port they take the default.
fn join(host: Option<String>, port: Option<u16>) -> Option<String> {
    if host.is_none() && port.is_none() {
        return None;
    }
    let host = host.unwrap_or_default();
    let host = if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host };
    Some(format!("{host}:{}", port.map(|port| port.to_string()).unwrap_or_default()))
}

/// A key as the agent compares it.
fn key(entry: &Entry) -> String {
    bare(&entry.key)
}

fn refuse<T>(entry: &Entry, message: String) -> Result<T, Finding> {
    Err((entry.key_span(), message))
}

/// The one block of this key; HCL takes `key { … }` for a list of one.
fn block(entry: &Entry) -> Result<&Object, Finding> {
    match &entry.node.value {
        Value::Object(object) => Ok(object),
        Value::List(List { items, .. }) => match items.as_slice() {
            [Node { value: Value::Object(object), .. }] => Ok(object),
            [_, second, ..] => Err((second.span, format!("`{}` is given a second time", entry.key))),
            _ => refuse(entry, format!("`{}` must be a block", entry.key)),
        },
        _ => refuse(entry, format!("`{}` must be a block", entry.key)),
    }
}

/// A text; a number counts as one, as in the agent.
fn text(entry: &Entry) -> Result<String, Finding> {
    match &entry.node.value {
        Value::String(text) if text.raw.is_none() => Ok(text.text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        _ => refuse(entry, format!("`{}` must be a text in quotes", entry.key)),
    }
}

fn texts(entry: &Entry) -> Result<Vec<String>, Finding> {
    let Value::List(List { items, .. }) = &entry.node.value else {
        return Ok(vec![text(entry)?]);
    };
    let item = |node: &Node| match &node.value {
        Value::String(text) if text.raw.is_none() => Ok(text.text.clone()),
        _ => Err((node.span, format!("`{}` must be a list of texts in quotes", entry.key))),
    };
    items.iter().map(item).collect()
}

/// A port; Consul takes 0 for none.
fn port_of(entry: &Entry) -> Result<Option<u16>, Finding> {
    let text = text(entry)?;
    match text.parse() {
        Ok(port) => Ok(Some(port).filter(|port| *port > 0)),
        Err(_) => refuse(entry, format!("`{text}` is not a valid port (1–65535)")),
    }
}

/// The items of a list; a single value is a list of one.
fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(List { items, .. }) => items,
        _ => std::slice::from_ref(node),
    }
}

/// An opaque value as the agent keeps it: a block is an object there, several of one key are a list.
pub(super) fn opaque(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => float(*number),
        Value::String(text) => Json::String(text.text.clone()),
        Value::List(List { items, of_blocks: true }) if items.len() == 1 => {
            items.first().map_or(Json::Null, opaque)
        }
        Value::List(list) => list.items.iter().map(opaque).collect(),
        Value::Object(object) => Json::Object(members(object)),
    }
}

/// Whole numbers stay whole: JSON's numbers are all floats to the reader.
fn float(number: f64) -> Json {
    let whole =
        (number.fract() == 0.0 && number.abs() < 9e15).then(|| format!("{number:.0}").parse::<i64>().ok());
    match whole.flatten() {
        Some(whole) => Json::from(whole),
        None => Number::from_f64(number).map_or(Json::Null, Json::Number),
    }
}

fn members(object: &Object) -> Map<String, Json> {
    object.entries.iter().map(|entry| (entry.key.clone(), opaque(&entry.node))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Choice, Fate, ServiceDefinition};
    use crate::consul_version::ConsulVersion;

    fn read(text: &str) -> Result<ServiceDefinition, super::Error> {
        ServiceDefinition::read(text.as_bytes(), Choice::default())
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn hcl_and_json_mean_the_same() {
        let hcl = r#"
            service {
              kind = "terminating-gateway"
              id = "gw-1"
              name = "us-west-gateway"
              address = "10.9.0.2"
              port = 8443
              TaggedAddresses { wan { address = "2001:db8::1" port = 443 } }
              tags = ["a", "b"]
              meta { team = "edge" release = 7 }
              proxy { config {
                envoy_statsd_url = "udp://127.0.0.1:9125"
                connect_timeout_ms = 700
                ratio = 0.5
                envoy_gateway_bind_addresses { default { address = "0.0.0.0" port = 9443 } }
                several { a = 1 }
                several { a = 2 }
              } }
            }"#;
        let json = json!({"service": {
            "kind": "terminating-gateway", "ID": "gw-1", "Name": "us-west-gateway", "address": "10.9.0.2", "port": 8443,
            "tagged_addresses": {"wan": {"address": "2001:db8::1", "port": 443}}, "tags": ["a", "b"],
            "meta": {"team": "edge", "release": 7},
            "proxy": {"config": {
                "envoy_statsd_url": "udp://127.0.0.1:9125", "connect_timeout_ms": 700, "ratio": 0.5,
                "envoy_gateway_bind_addresses": {"default": {"address": "0.0.0.0", "port": 9443}},
                "several": [{"a": 1}, {"a": 2}],
            }},
        }});
        let read = self::read(hcl).unwrap();
        assert_eq!(read, self::read(&json.to_string()).unwrap());
        assert_eq!(read.address.as_deref(), Some("10.9.0.2:8443"));
        assert_eq!(read.wan_address.as_deref(), Some("[2001:db8::1]:443"));
        assert_eq!((read.meta["release"].as_str(), read.tags.len()), ("7", 2));
        assert_eq!(serde_json::Value::Object(read.proxy_config), json["service"]["proxy"]["config"]);
    }

    #[test]
    fn an_invalid_definition_is_refused_with_its_line() {
        for (text, message) in [
            ("service { kind = \"mesh-gateway\" }", "line 1, column 11: a service of kind `mesh-gateway`"),
            ("service { port = 65536 }", "line 1, column 11: `65536` is not a valid port"),
            ("service { tagged_addresses { lan { host = \"x\" } } }", "`host`: an address has `address` and"),
            ("service {\n  proxy { upstreams = [] } }", "line 2, column 11: `proxy.upstreams`: only sidecar"),
            (
                "service { connect { sidecar_service {} } }",
                "`connect.sidecar_service`: a terminating-gateway",
            ),
            ("service { meta { a = true } }", "`a` must be a text in quotes"),
            ("service { check = 3 }", "`check` must hold blocks"),
            ("services = [3]", "`services` must hold blocks"),
            ("servce { name = \"a\" }", "unknown key `servce`: did you mean `service`?"),
            ("", "there is no service definition"),
            ("data_dir = \"/x\"", "there is no service definition"),
            ("service {", "line 1, column"),
        ] {
            let refusal = refusal(text);
            assert!(refusal.contains(message), "{text}: {refusal}");
        }
    }

    #[test]
    fn every_form_of_an_agent_is_read() {
        let gateway = r#"name = "gw" kind = "terminating-gateway" port = 8443"#;
        let object = r#"{"name": "gw", "kind": "terminating-gateway", "port": 8443}"#;
        let other = r#"{"name": "web", "port": 80}"#;
        for text in [
            format!("service {{ {gateway} }}"),
            format!("services {{ {gateway} }}"),
            format!("services = [{{ {gateway} }}]"),
            format!("Service = {{ {gateway} }}"),
            format!("service {{ name = \"web\" }}\nservice {{ {gateway} }}"),
            format!("service {{ name = \"web\" }}\nservices {{ {gateway} }}\nservices {{ name = \"api\" }}"),
            format!(
                "node_name = \"n\" acl {{ enabled = true }} check {{ ttl = \"3s\" }}\nservice {{ {gateway} }}"
            ),
            format!("{{\"service\": {object}}}"),
            format!("{{\"service\": [{object}]}}"),
            format!("{{\"services\": [{other}, {object}]}}"),
            format!("{{\"services\": {object}, \"service\": {other}, \"server\": true}}"),
        ] {
            let read = self::read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (read.name.as_deref(), read.address.as_deref()),
                (Some("gw"), Some(":8443")),
                "{text}"
            );
        }
    }

    #[test]
    fn one_of_several_gateways_is_chosen_by_name_or_id() {
        let text = r#"
            services { name = "web" }
            services { name = "a" kind = "terminating-gateway" id = "a-1" }
            services { name = "a" kind = "terminating-gateway" id = "a-2" }
            services { name = "b" kind = "terminating-gateway" }
        "#;
        let choose = |name: Option<&str>, id: Option<&str>| {
            let read = ServiceDefinition::read(text.as_bytes(), Choice { name, id });
            read.map(|read| read.id.or(read.name).unwrap()).map_err(|error| error.message)
        };
        assert_eq!(choose(Some("b"), None).as_deref(), Ok("b"));
        assert_eq!(choose(None, Some("b")).as_deref(), Ok("b"));
        assert_eq!(choose(None, Some("a-2")).as_deref(), Ok("a-2"));
        assert_eq!(choose(Some("a"), Some("a-1")).as_deref(), Ok("a-1"));
        let all = "`a` with the ID `a-1`, `a` with the ID `a-2`, `b`";
        for ((name, id), message) in [
            ((None, None), format!("the file defines several gateways: choose one of {all} with --service")),
            ((Some("web"), None), format!("no gateway of the file has the name `web`; it defines {all}")),
            ((Some("b"), Some("x")), "no gateway of the file has the name `b` and ID `x`".to_owned()),
            ((Some("a"), None), "several gateways of the file have the name `a`: `a` with the ID".to_owned()),
        ] {
            let refusal = choose(name, id).unwrap_err();
            assert!(refusal.starts_with(&message), "{refusal}");
        }
        let none = r#"{"services": [{"name": "web", "kind": "connect-proxy"}, {"id": "x", "kind": "mesh-gateway"}]}"#;
        let refusal = refusal(none);
        assert!(refusal.contains("defines `web`, one without a name, with the ID `x`"), "{refusal}");
    }

    #[test]
    fn keys_have_the_names_of_the_api() {
        let text = r#"service {
            weights { passing = 3 }
            enable_tag_override = true
            token = "s3cret"
            check { tcp = "x:1" interval = "1s" service_id = "gw" token = "t" deregister_critical_service_after = "1h" }
            checks { id = "http" http = "http://x" header { a = ["b"] } tls_skip_verify = true }
            checks { args = "/bin/true" DockerContainerID = "d" }
            proxy { mesh_gateway { mode = "local" } config = [{ a = 1 }] }
            Connect { native = false }
            locality { region = "r" }
        }"#;
        let read = self::read(text).unwrap();
        assert_eq!(read.more["Weights"], json!({"Passing": 3, "Warning": 1}));
        assert_eq!(
            (&read.more["EnableTagOverride"], &read.more["Connect"]),
            (&json!(true), &json!({"Native": false}))
        );
        assert_eq!(
            serde_json::Value::Array(read.checks.unwrap()),
            json!([
                {"CheckID": "http", "HTTP": "http://x", "Header": {"a": ["b"]}, "TLSSkipVerify": true},
                {"ScriptArgs": ["/bin/true"], "DockerContainerID": "d"},
                {"TCP": "x:1", "Interval": "1s", "DeregisterCriticalServiceAfter": "1h"},
            ])
        );
        assert_eq!((read.token.expose(), read.proxy_config["a"].as_i64()), ("s3cret", Some(1)));
        assert_eq!(read.proxy["MeshGateway"], json!({"Mode": "local"}));
        assert_eq!(read.uncertain.len(), 1, "{:?}", read.uncertain);
    }

    #[test]
    fn a_key_that_the_agent_may_know_is_kept_with_its_place() {
        let read =
            self::read("service {\n  wieghts { x = 1 }\n  check { udp = \"x\" new_key = [1] }\n}").unwrap();
        assert_eq!(read.more["wieghts"], json!({"x": 1}));
        assert_eq!(read.checks.as_deref(), Some(&[json!({"UDP": "x", "new_key": [1]})][..]));
        let fates = |version: Option<ConsulVersion>| -> Vec<_> {
            read.uncertain
                .iter()
                .map(|key| (key.path.as_str(), key.line, key.fate(version.as_ref())))
                .collect()
        };
        let of = |unknown, udp| {
            vec![("wieghts", 2, unknown), ("check.udp", 3, udp), ("check.new_key", 3, unknown)]
        };
        assert_eq!(fates(None), of(Fate::Sent, Fate::Known));
        assert_eq!(fates(Some(ConsulVersion::new(2, 2, 0))), of(Fate::Sent, Fate::Known));
        assert_eq!(fates(Some(ConsulVersion::new(1, 21, 4))), of(Fate::Refused, Fate::Known));
        assert_eq!(fates(Some(ConsulVersion::new(1, 8, 7))), of(Fate::Refused, Fate::Refused));
        assert_eq!(read.uncertain[0].suggestion, Some("Weights"));
    }

    #[test]
    fn a_port_alone_is_an_address_without_host() {
        let read = self::read("service { port = \"9443\" }").unwrap();
        assert_eq!(read.address.as_deref(), Some(":9443"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ \\n{}=\"\\[\\],a-z0-9.:]{0,60}") {
            let _ = read(&text);
            let _ = read(&format!("service {{ {text} }}"));
        }
    }
}
