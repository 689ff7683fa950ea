//! A service definition file, as a Consul agent reads them: the gateway's registration kept in HCL or JSON.
//!
//! ```hcl
//! service {
//!   name = "us-west-gateway"
//!   port = 8443
//!   meta { team = "edge" }
//!   proxy { config { envoy_statsd_url = "udp://127.0.0.1:9125" } }
//! }
//! ```

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value as Json};

use super::registration::KIND;
use crate::hcl::{self, Dialect, Entry, List, Node, Object, Source, Span, Value};

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
    /// `tags`.
    pub tags: Vec<String>,
    /// `meta`.
    pub meta: BTreeMap<String, String>,
    /// `proxy { config { … } }`.
    pub proxy_config: Map<String, Json>,
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

/// Keys of the block `service` that are read.
const KEYS: &str = "kind, id, name, address, port, tagged_addresses, tags, meta, proxy";

impl ServiceDefinition {
    /// Reads a definition in HCL or JSON.
    ///
    /// Keys are matched as the agent does: without regard to case, and `TaggedAddresses` for `tagged_addresses`. What a
    /// registration of a gateway cannot carry is refused, not dropped.
    pub fn read(text: &[u8]) -> Result<Self, Error> {
        let source = Source::new(text);
        let located = |(span, message): Finding| {
            let position = source.position(span.start);
            Error { line: position.line, column: position.column, message }
        };
        let document = hcl::read(&source, Dialect::default())
            .map_err(|error| located((error.span, error.message.clone())))?;
        file(&document.root).map_err(located)
    }
}

fn file(root: &Object) -> Result<ServiceDefinition, Finding> {
    let mut definition = None;
    for entry in &root.entries {
        if key(entry) != "service" {
            return refuse(
                entry,
                format!("`{}` is not read here: a service definition is one block `service`", entry.key),
            );
        }
        definition = Some(service(block(entry)?)?);
    }
    definition.ok_or_else(|| (Span::default(), "there is no block `service`".to_owned()))
}

fn service(object: &Object) -> Result<ServiceDefinition, Finding> {
    let mut definition = ServiceDefinition::default();
    let (mut host, mut port) = (None, None);
    let (mut lan, mut wan) = (None, None);
    for entry in &object.entries {
        match key(entry).as_str() {
            "kind" => {
                let kind = text(entry)?;
                if kind != KIND {
                    return refuse(
                        entry,
                        format!("a service of kind `{kind}`: only `{KIND}` is registered here"),
                    );
                }
            }
            "id" => definition.id = Some(text(entry)?).filter(|id| !id.is_empty()),
            "name" => definition.name = Some(text(entry)?).filter(|name| !name.is_empty()),
            "address" => host = Some(text(entry)?),
            "port" => port = Some(port_of(entry)?),
            "taggedaddresses" => (lan, wan) = tagged_addresses(block(entry)?)?,
            "tags" => definition.tags = texts(entry)?,
            "meta" => definition.meta = meta(block(entry)?)?,
            "proxy" => {
                for entry in &block(entry)?.entries {
                    if key(entry) != "config" {
                        let message =
                            format!("`{}` of `proxy`: gateways have only `config` there", entry.key);
                        return refuse(entry, message);
                    }
                    definition.proxy_config = members(block(entry)?);
                }
            }
            _ => {
                return refuse(
                    entry,
                    format!("`{}` is not part of a gateway's registration; these are: {KEYS}", entry.key),
                );
            }
        }
    }
    // The registration's own address is also its tagged address `lan`.
    definition.address = join(host, port).or(lan);
    definition.wan_address = wan;
    Ok(definition)
}

/// The tagged addresses `lan` and `wan`.
fn tagged_addresses(object: &Object) -> Result<(Option<String>, Option<String>), Finding> {
    let (mut lan, mut wan) = (None, None);
    for entry in &object.entries {
        let (mut host, mut port) = (None, None);
        for part in &block(entry)?.entries {
            match key(part).as_str() {
                "address" => host = Some(text(part)?),
                "port" => port = Some(port_of(part)?),
                _ => return refuse(part, format!("`{}`: an address has `address` and `port`", part.key)),
            }
        }
        match entry.key.as_str() {
            "lan" => lan = join(host, port),
            "wan" => wan = join(host, port),
            other => {
                return refuse(entry, format!("`{other}`: a gateway's tagged addresses are `lan` and `wan`"));
            }
        }
    }
    Ok((lan, wan))
}

fn meta(object: &Object) -> Result<BTreeMap<String, String>, Finding> {
    object.entries.iter().map(|entry| Ok((entry.key.clone(), text(entry)?))).collect()
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
    entry.key.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
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
            [_, second, ..] => Err((
                second.span,
                format!("`{}` is given a second time; one gateway is registered", entry.key),
            )),
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

fn port_of(entry: &Entry) -> Result<u16, Finding> {
    let text = text(entry)?;
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => refuse(entry, format!("`{text}` is not a valid port (1–65535)")),
    }
}

/// An opaque value as the agent keeps it: a block is an object there, several of one key are a list.
fn opaque(node: &Node) -> Json {
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

    use super::ServiceDefinition;

    fn refusal(text: &str) -> String {
        ServiceDefinition::read(text.as_bytes()).unwrap_err().to_string()
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
        let read = ServiceDefinition::read(hcl.as_bytes()).unwrap();
        assert_eq!(read, ServiceDefinition::read(json.to_string().as_bytes()).unwrap());
        assert_eq!(read.address.as_deref(), Some("10.9.0.2:8443"));
        assert_eq!(read.wan_address.as_deref(), Some("[2001:db8::1]:443"));
        assert_eq!((read.meta["release"].as_str(), read.tags.len()), ("7", 2));
        assert_eq!(serde_json::Value::Object(read.proxy_config), json["service"]["proxy"]["config"]);
    }

    #[test]
    fn an_invalid_definition_is_refused_with_its_line() {
        for (text, message) in [
            (
                "service {\n  name = \"x\"\n  check { tcp = \"x\" }\n}",
                "line 3, column 3: `check` is not part",
            ),
            ("service { kind = \"mesh-gateway\" }", "line 1, column 11: a service of kind `mesh-gateway`"),
            ("service { port = 65536 }", "line 1, column 11: `65536` is not a valid port"),
            ("service { tagged_addresses { virtual { port = 1 } } }", "`virtual`: a gateway's tagged"),
            ("service { proxy { upstreams = [] } }", "`upstreams` of `proxy`"),
            ("service { meta { a = true } }", "`a` must be a text in quotes"),
            ("service { name = \"a\" }\nservice { name = \"b\" }", "line 2, column"),
            ("services { name = \"a\" }", "`services` is not read here"),
            ("", "there is no block `service`"),
            ("service {", "line 1, column"),
        ] {
            let refusal = refusal(text);
            assert!(refusal.contains(message), "{text}: {refusal}");
        }
    }

    #[test]
    fn a_port_alone_is_an_address_without_host() {
        let read = ServiceDefinition::read(b"service { port = \"9443\" }").unwrap();
        assert_eq!(read.address.as_deref(), Some(":9443"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ \\n{}=\"\\[\\],a-z0-9.:]{0,60}") {
            let _ = ServiceDefinition::read(text.as_bytes());
            let _ = ServiceDefinition::read(format!("service {{ {text} }}").as_bytes());
        }
    }
}
