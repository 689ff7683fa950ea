//! A file of an agent's configuration, as Consul's own commands read it: its services as the agent's API takes them, its
//! configuration entries, and the names of the settings that are neither.
//!
//! Types and keys are as strict as the agent's: what it refuses is refused here.

use serde_json::{Map, Value as Json, json};

use super::definition::opaque;
use crate::agent_keys::{Field, SERVICE, SETTINGS, Type, WEIGHTS};
use crate::go::duration;
use crate::hcl::{self, Dialect, Entry, Language, List, Node, Object, Source, Value};

/// What a file of an agent's configuration holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentFile {
    /// Its services, as the agent's API takes them.
    pub services: Vec<Map<String, Json>>,
    /// Its configuration entries, as JSON.
    pub entries: Vec<Json>,
    /// Whether it names the agent's data folder.
    pub has_data_dir: bool,
    /// Its other settings, by their names.
    pub others: Vec<String>,
}

/// Reads a file in HCL or JSON; fails in the agent's words, with the line where that helps.
pub fn read(text: &[u8], is_json: bool) -> Result<AgentFile, String> {
    if is_json && text.trim_ascii().is_empty() {
        return Err("unexpected end of JSON input".to_owned());
    }
    let source = Source::new(text);
    if is_json && Language::of(text) != Language::Json {
        return Err("it is not JSON, as its name says".to_owned());
    }
    let document = hcl::read(&source, Dialect::default()).map_err(|error| {
        let position = source.position(error.span.start);
        format!("line {}, column {}: {}", position.line, position.column, error.message)
    })?;
    let mut reader = Reader { source: &source, unknown: Vec::new() };
    let file = reader.file(&document.root)?;
    match reader.unknown.as_slice() {
        [] => Ok(file),
        [only] => Err(format!("invalid config key {only}")),
        several => Err(format!("invalid config keys {}", several.join(", "))),
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    /// Keys that no agent knows, with their place.
    unknown: Vec<String>,
}

impl Reader<'_> {
    fn file(&mut self, root: &Object) -> Result<AgentFile, String> {
        let mut file = AgentFile::default();
        let mut last = None;
        for entry in root.entries.iter().filter(|entry| entry.node.value != Value::Null) {
            match entry.key.to_lowercase().as_str() {
                "service" => last = Some(self.object(SERVICE, "service", entry)?),
                "services" => {
                    for service in self.list(SERVICE, "services", entry)? {
                        file.services.extend(service.as_object().cloned());
                    }
                }
                "config_entries" => self.entries(entry, &mut file.entries)?,
                "data_dir" => file.has_data_dir = !self.string("data_dir", entry)?.is_empty(),
                name if SETTINGS.contains(&name) => file.others.push(name.to_owned()),
                _ => self.note_unknown("", entry),
            }
        }
        file.services.extend(last);
        file.services.iter().try_for_each(check)?;
        Ok(file)
    }

    fn entries(&mut self, entry: &Entry, entries: &mut Vec<Json>) -> Result<(), String> {
        for held in &self.block("config_entries", entry)?.entries {
            if held.key.eq_ignore_ascii_case("bootstrap") {
                entries.extend(items(&held.node).iter().map(opaque));
            } else {
                self.note_unknown("config_entries", held);
            }
        }
        Ok(())
    }

    fn note_unknown(&mut self, path: &str, entry: &Entry) {
        let position = self.source.position(entry.key_span().start);
        let separator = if path.is_empty() { "" } else { "." };
        self.unknown.push(format!("{path}{separator}{} (line {})", entry.key, position.line));
    }

    /// The one block of a key.
    fn block<'b>(&self, path: &str, entry: &'b Entry) -> Result<&'b Object, String> {
        match &entry.node.value {
            Value::Object(object) => Ok(object),
            Value::List(List { items, .. }) => match items.as_slice() {
                [Node { value: Value::Object(object), .. }] => Ok(object),
                _ => Err(self.wrong(path, "a map", entry)),
            },
            _ => Err(self.wrong(path, "a map", entry)),
        }
    }

    fn object(
        &mut self,
        fields: &'static [Field],
        path: &str,
        entry: &Entry,
    ) -> Result<Map<String, Json>, String> {
        let object = self.block(path, entry)?;
        self.members(fields, path, object)
    }

    fn list(&mut self, fields: &'static [Field], path: &str, entry: &Entry) -> Result<Vec<Json>, String> {
        let mut list = Vec::new();
        for item in items(&entry.node) {
            match &item.value {
                Value::Object(object) => list.push(Json::Object(self.members(fields, path, object)?)),
                _ => return Err(self.wrong(path, "a map", entry)),
            }
        }
        Ok(list)
    }

    fn members(
        &mut self,
        fields: &'static [Field],
        path: &str,
        object: &Object,
    ) -> Result<Map<String, Json>, String> {
        let mut members = Map::new();
        for entry in object.entries.iter().filter(|entry| entry.node.value != Value::Null) {
            match fields.iter().find(|field| field.is(&entry.key)) {
                None => self.note_unknown(path, entry),
                Some(field) => {
                    let value = self.value(field, &format!("{path}.{}", entry.key), entry)?;
                    if let Some(name) = field.api {
                        members.insert(name.to_owned(), value);
                    }
                }
            }
        }
        Ok(members)
    }

    fn value(&mut self, field: &Field, path: &str, entry: &Entry) -> Result<Json, String> {
        Ok(match field.kind {
            Type::Text => Json::String(self.string(path, entry)?),
            Type::Duration => {
                let text = self.string(path, entry)?;
                if !text.is_empty() && duration::parse(&text).is_err() {
                    return Err(format!(
                        "{path}: invalid duration: {text:?}: time: invalid duration {text:?}"
                    ));
                }
                Json::String(text)
            }
            Type::Integer => match opaque(&entry.node) {
                number @ Json::Number(_) if number.is_i64() || number.is_u64() => number,
                _ => return Err(self.wrong(path, "type 'int'", entry)),
            },
            Type::Bool => match entry.node.value {
                Value::Bool(value) => Json::Bool(value),
                _ => return Err(self.wrong(path, "type 'bool'", entry)),
            },
            Type::Texts => {
                let Value::List(List { items, of_blocks: false }) = &entry.node.value else {
                    return Err(self.wrong(path, "a list", entry));
                };
                let text = |node: &Node| match &node.value {
                    Value::String(text) => Ok(Json::String(text.text.clone())),
                    _ => Err(self.wrong(path, "a list of texts", entry)),
                };
                items.iter().map(text).collect::<Result<_, _>>()?
            }
            Type::Pairs => {
                let mut pairs = Map::new();
                for held in &self.block(path, entry)?.entries {
                    let text = self.string(&format!("{path}[{}]", held.key), held)?;
                    pairs.insert(held.key.clone(), Json::String(text));
                }
                Json::Object(pairs)
            }
            Type::Free => {
                self.block(path, entry)?;
                opaque(&entry.node)
            }
            Type::Anything => opaque(&entry.node),
            Type::Object(fields) => Json::Object(self.object(fields, path, entry)?),
            Type::Weights => {
                // Consul: a weight that is not given is 1.
                let mut weights = json!({"Passing": 1, "Warning": 1});
                if let Some(all) = weights.as_object_mut() {
                    all.extend(self.object(WEIGHTS, path, entry)?);
                }
                weights
            }
            Type::Map(fields) => {
                let mut members = Map::new();
                for held in &self.block(path, entry)?.entries {
                    let path = format!("{path}.{}", held.key);
                    members.insert(held.key.clone(), Json::Object(self.object(fields, &path, held)?));
                }
                Json::Object(members)
            }
            Type::List(fields) => Json::Array(self.list(fields, path, entry)?),
            Type::Service => Json::Object(self.object(SERVICE, path, entry)?),
        })
    }

    fn string(&self, path: &str, entry: &Entry) -> Result<String, String> {
        match &entry.node.value {
            Value::String(text) => Ok(text.text.clone()),
            _ => Err(self.wrong(path, "type 'string'", entry)),
        }
    }

    fn wrong(&self, path: &str, expected: &str, entry: &Entry) -> String {
        let position = self.source.position(entry.key_span().start);
        format!("line {}: '{path}' expected {expected}", position.line)
    }
}

/// What the agent refuses of a service beside keys and types.
fn check(service: &Map<String, Json>) -> Result<(), String> {
    let name = service.get("Name").and_then(Json::as_str).unwrap_or_default();
    if let Some(weights) = service.get("Weights") {
        let weight = |key: &str| weights.get(key).and_then(Json::as_i64).unwrap_or_default();
        let (passing, warning) = (weight("Passing"), weight("Warning"));
        let reason = match () {
            () if passing < 1 => "Passing must be greater than 0",
            () if warning < 0 => "Warning must be greater or equal than 0",
            () if passing > 65_535 || warning > 65_535 => "a weight must be at most 65535",
            () => return Ok(()),
        };
        return Err(format!("Invalid weight definition for service {name}: {reason}"));
    }
    Ok(())
}

/// The items of a list; a single value is a list of one.
fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(List { items, .. }) => items,
        _ => std::slice::from_ref(node),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AgentFile, read};

    fn services(text: &str) -> Value {
        json!(read(text.as_bytes(), text.starts_with('{')).unwrap().services)
    }

    fn refusal(text: &str) -> String {
        read(text.as_bytes(), text.starts_with('{')).unwrap_err()
    }

    #[test]
    fn services_are_as_the_agents_api_takes_them() {
        let hcl = r#"
            services { name = "api" port = 8080 checks = [{ id = "c1", name = "x", ttl = "30s" }] }
            services {
              id = "db1" name = "db" tags = ["a"] meta { k = "v" } token = "left out"
              tagged_addresses { wan { address = "1.2.3.4" port = 99 } }
              weights { passing = 3 } enable_tag_override = true
            }
            service {
              kind = "connect-proxy" name = "p" port = 1
              proxy { destination_service_name = "y" config { a = 1 } upstreams { destination_name = "z" local_bind_port = 9 } }
            }
        "#;
        let expected = json!([
            {"Name": "api", "Port": 8080, "Checks": [{"CheckID": "c1", "Name": "x", "TTL": "30s"}]},
            {"ID": "db1", "Name": "db", "Tags": ["a"], "Meta": {"k": "v"},
             "TaggedAddresses": {"wan": {"Address": "1.2.3.4", "Port": 99}},
             "Weights": {"Passing": 3, "Warning": 1}, "EnableTagOverride": true},
            {"Kind": "connect-proxy", "Name": "p", "Port": 1, "Proxy": {
                "DestinationServiceName": "y", "Config": {"a": 1},
                "Upstreams": [{"DestinationName": "z", "LocalBindPort": 9}]}},
        ]);
        assert_eq!(services(hcl), expected);
        let json =
            r#"{"Service": {"Name": "web", "Check": {"TTL": "10s"}, "connect": {"sidecar_service": {}}}}"#;
        let expected = json!([{"Name": "web", "Check": {"TTL": "10s"}, "Connect": {"SidecarService": {}}}]);
        assert_eq!(services(json), expected);
    }

    #[test]
    fn what_an_agent_refuses_is_refused() {
        for (text, part) in [
            ("foo = 1", "invalid config key foo (line 1)"),
            (r#"service { name = "x" bogus = 1 }"#, "invalid config key service.bogus"),
            ("service { TaggedAddresses { } }", "service.TaggedAddresses"),
            ("service { name = 5 }", "'service.name' expected type 'string'"),
            (r#"service { port = "80" }"#, "'service.port' expected type 'int'"),
            (r#"service { tags = "a" }"#, "'service.tags' expected a list"),
            ("service { meta { a = 1 } }", "'service.meta[a]' expected type 'string'"),
            (r#"service { enable_tag_override = "true" }"#, "expected type 'bool'"),
            (r#"service { name = "x" weights { passing = -1 } }"#, "Passing must be greater than 0"),
            (r#"service { check { interval = "bad" } }"#, "invalid duration"),
            ("service { } service { }", "'service' expected a map"),
            (r#"Kind = "mesh""#, "invalid config key Kind"),
            ("{", "line 1"),
        ] {
            assert!(refusal(text).contains(part), "{text}: {}", refusal(text));
        }
        assert_eq!(read(b"\n", true), Err("unexpected end of JSON input".to_owned()));
        assert_eq!(read(b"", false), Ok(AgentFile::default()));
    }

    #[test]
    fn entries_and_other_settings_are_kept_apart() {
        let file = read(
            br#"data_dir = "/x" server = true config_entries { bootstrap = [{ kind = "mesh" }, { kind = "b" name = "c" }] }"#,
            false,
        );
        let file = file.unwrap();
        assert_eq!(file.entries, [json!({"kind": "mesh"}), json!({"kind": "b", "name": "c"})]);
        assert!(file.has_data_dir && file.others == ["server"] && file.services.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-z_{}=\" \n\\[\\]0-9,]{0,80}", is_json in proptest::bool::ANY) {
            let _ = read(text.as_bytes(), is_json);
        }
    }
}
