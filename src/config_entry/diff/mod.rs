//! What differs between an entry as the servers have it and as it is wanted, path by path.
//!
//! What Consul gives back after a write is not a difference: order of keys, empty fields, indexes and hashes, defaults that
//! the servers fill in, other spellings of one value. Linked services, sources of intentions and the like are distinguished
//! by name, not by place.

mod rules;
mod values;

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::request::{Field, Json, Name};
use super::schema::{Struct, Type};
use super::stored::Stored;
use super::{ConfigEntry, kinds};
use rules::{KEYED, RULES, Rule};
use values::{
    counterpart, entries, is_blank, is_no_duration, keys, known_fields, member, same, says_nothing, unlisted,
};

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where: `Services[billing].SNI`, `Meta[team]`.
    pub path: String,
    /// What the servers have; `None` if it is new.
    pub from: Option<Json>,
    /// What is wanted; `None` if it goes.
    pub to: Option<Json>,
}

impl Change {
    /// `add`, `remove` or `change`.
    pub fn operation(&self) -> &'static str {
        match (&self.from, &self.to) {
            (None, _) => "add",
            (_, None) => "remove",
            _ => "change",
        }
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Change", 4)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("op", self.operation())?;
        fields.serialize_field("from", &self.from)?;
        fields.serialize_field("to", &self.to)?;
        fields.end()
    }
}

/// All differences between what the servers have, if anything, and the entry that is wanted, in the order of its fields.
///
/// An entry that is new differs in everything it says.
pub fn diff(stored: Option<&Stored>, wanted: &ConfigEntry) -> Vec<Change> {
    let fields = kinds::find(wanted.kind(), wanted.version()).map(|kind| kind.fields);
    let mut comparison = Comparison { kind: wanted.kind(), changes: Vec::new() };
    let nothing = Json::Object(Vec::new());
    let from = stored.map_or(&nothing, |stored| &stored.body);
    let root = Place { shown: "", schema: "" };
    match fields {
        Some(fields) => comparison.members(root, from, wanted.body(), fields),
        None => comparison.loosely(root, Some(from), Some(wanted.body())),
    }
    comparison.changes
}

/// Where a value stands: as people read it, and without keys.
#[derive(Clone, Copy)]
struct Place<'a> {
    shown: &'a str,
    schema: &'a str,
}

struct Comparison<'a> {
    kind: &'a str,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn rule(&self, schema: &str) -> Option<Rule> {
        let found = RULES.iter().find(|(kind, path, _)| {
            (kind.is_empty() || *kind == self.kind) && path.eq_ignore_ascii_case(schema)
        });
        if let Some((_, _, rule)) = found {
            return Some(*rule);
        }
        let last = schema.rsplit('.').next().unwrap_or_default();
        matches!(last, "Namespace" | "Partition").then_some(Rule::Default("default"))
    }

    fn change(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>) {
        let shown = |json: Option<&Json>| {
            let pruned = json.map(Json::pruned);
            if pruned.as_ref().is_some_and(Json::is_empty) { json.cloned() } else { pruned }
        };
        self.changes.push(Change { path: place.shown.to_owned(), from: shown(from), to: shown(to) });
    }

    /// Compares objects with known fields; what else they have is compared as it is.
    fn members(&mut self, place: Place<'_>, from: &Json, to: &Json, fields: &Struct) {
        for field in fields.fields {
            let (from, to) = (member(from, field.name), member(to, field.name));
            place.member(field.name, |place| self.typed(place, from, to, field.kind));
        }
        let unknown = |(name, _): &&(Name, Field)| !fields.fields.iter().any(|field| field.name == *name);
        // The servers may spell a key that no table has in another way than the file.
        let same_key = |members: &'_ Json, key: &str| {
            counterpart(&entries(members).iter().filter(unknown), key).cloned()
        };
        for (name, field) in entries(to).iter().filter(unknown) {
            let from = same_key(from, name);
            place.member(name, |place| self.loosely(place, from.as_ref(), Some(&field.json)));
        }
        for (name, field) in entries(from).iter().filter(unknown) {
            if same_key(to, name).is_none() {
                place.member(name, |place| self.loosely(place, Some(&field.json), None));
            }
        }
    }

    fn typed(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>, kind: Type) {
        if self.rule(place.schema).is_some_and(|rule| rule.holds(from, to)) {
            return;
        }
        if let Some(fields) = known_fields(kind) {
            self.object(place, from, to, fields);
            return;
        }
        match kind {
            Type::List(item) => self.list(place, from, to, *item),
            Type::Map(item) => {
                for key in keys(from, to) {
                    let (from, to) =
                        (from.and_then(|json| member(json, key)), to.and_then(|json| member(json, key)));
                    place.item(key, |place| match (from, to, known_fields(*item)) {
                        (Some(from), Some(to), Some(fields)) => self.members(place, from, to, fields),
                        (from, to, Some(_)) => self.change(place, from, to),
                        (from, to, None) => self.exactly(place, from, to),
                    });
                }
            }
            Type::Any => self.exactly(place, from, to),
            Type::DurationText => {
                // Servers leave out a duration of zero.
                let given = |json: Option<&'_ Json>| json.filter(|json| !is_no_duration(json)).cloned();
                let (from, to) = (given(from), given(to));
                if !same(from.as_ref(), to.as_ref()) {
                    self.change(place, from.as_ref(), to.as_ref());
                }
            }
            Type::Optional(_) => {
                let given = |json: Option<&'_ Json>| json.filter(|json| **json != Json::Null).cloned();
                if !same(given(from).as_ref(), given(to).as_ref()) {
                    self.change(place, given(from).as_ref(), given(to).as_ref());
                }
            }
            _ => {
                let (from, to) = (from.filter(|json| !json.is_empty()), to.filter(|json| !json.is_empty()));
                if !same(from, to) {
                    self.change(place, from, to);
                }
            }
        }
    }

    /// Compares objects with known fields; either object may be absent. What the servers fill in for an absent one does
    /// not count as a difference.
    fn object(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>, fields: &Struct) {
        let nothing = Json::Object(Vec::new());
        let before = self.changes.len();
        self.members(place, from.unwrap_or(&nothing), to.unwrap_or(&nothing), fields);
        let given = |json: Option<&'_ Json>| json.filter(|json| !says_nothing(json, fields)).cloned();
        let (from, to) = (given(from), given(to));
        if self.changes.len() > before && (from.is_none() || to.is_none()) {
            // An object that comes or goes is one difference.
            self.changes.truncate(before);
            self.change(place, from.as_ref(), to.as_ref());
        }
    }

    fn list(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>, item: Type) {
        let (from_items, to_items) = (from.map_or(&[][..], Json::items), to.map_or(&[][..], Json::items));
        let Some(fields) = known_fields(item) else {
            let equal = from_items.len() == to_items.len()
                && from_items.iter().zip(to_items).all(|(from, to)| same(Some(&from.json), Some(&to.json)));
            if !equal {
                let (from, to) = (from.filter(|json| !json.is_empty()), to.filter(|json| !json.is_empty()));
                self.change(place, from, to);
            }
            return;
        };
        let keyed = KEYED.iter().find(|(kind, path, _)| *kind == self.kind && *path == place.schema);
        let keyed =
            keyed.and_then(|(_, _, names)| Some((by_key(from_items, names)?, by_key(to_items, names)?)));
        let Some((from_keys, to_keys)) = keyed else {
            for index in 0..from_items.len().max(to_items.len()) {
                let item = |items: &'_ [Field]| items.get(index).map(|field| field.json.clone());
                let (from, to) = (item(from_items), item(to_items));
                place.item(&index.to_string(), |place| self.item(place, from.as_ref(), to.as_ref(), fields));
            }
            return;
        };
        for (key, to) in &to_keys.items {
            let from = from_keys.get(key);
            place.item(key, |place| self.item(place, from, Some(to), fields));
        }
        for (key, from) in &from_keys.items {
            if to_keys.get(key).is_none() {
                place.item(key, |place| self.item(place, Some(from), None, fields));
            }
        }
        if self.kind == kinds::TERMINATING_GATEWAY && wildcard_moved(&from_keys, &to_keys) {
            // Consul: which of `*` and a name comes first decides whose TLS counts.
            let names = |keys: &Keys<'_>| {
                Json::List(keys.items.iter().map(|(key, _)| Json::String(key.clone()).into()).collect())
            };
            self.change(
                Place { shown: "Services (order)", ..place },
                Some(&names(&from_keys)),
                Some(&names(&to_keys)),
            );
        }
    }

    /// Items of a list; one that is blank counts, unlike a blank member.
    fn item(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>, fields: &Struct) {
        match (from, to) {
            (Some(from), Some(to)) => self.members(place, from, to, fields),
            (from, to) => self.change(place, from, to),
        }
    }

    /// Free-form values: empty ones count.
    fn exactly(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>) {
        match (from, to) {
            (Some(Json::Object(_)), Some(Json::Object(_))) => {
                for key in keys(from, to) {
                    let (from, to) =
                        (from.and_then(|json| member(json, key)), to.and_then(|json| member(json, key)));
                    place.member(key, |place| self.exactly(place, from, to));
                }
            }
            (from, to) if same(from, to) => {}
            (from, to) => self.changes.push(Change {
                path: place.shown.to_owned(),
                from: from.cloned(),
                to: to.cloned(),
            }),
        }
    }

    /// Values without a schema: empty ones don't count, keys match without case and underscores, and a list of one
    /// object is that object.
    fn loosely(&mut self, place: Place<'_>, from: Option<&Json>, to: Option<&Json>) {
        if self.rule(place.schema).is_some_and(|rule| rule.holds(from, to)) {
            return;
        }
        let (from, to) = (from.filter(|json| !is_blank(json)), to.filter(|json| !is_blank(json)));
        match (from.map(unlisted), to.map(unlisted)) {
            (Some(Json::Object(from)), Some(Json::Object(to))) => {
                let find =
                    |members: &'_ [(Name, Field)], key: &str| counterpart(&members.iter(), key).cloned();
                for (name, field) in to {
                    place.member(name, |place| {
                        self.loosely(place, find(from, name).as_ref(), Some(&field.json));
                    });
                }
                for (name, field) in from.iter().filter(|(name, _)| find(to, name).is_none()) {
                    place.member(name, |place| self.loosely(place, Some(&field.json), None));
                }
            }
            (Some(Json::List(from)), Some(Json::List(to))) => {
                for index in 0..from.len().max(to.len()) {
                    let (from, to) = (from.get(index), to.get(index));
                    place.item(&index.to_string(), |place| {
                        self.loosely(place, from.map(|field| &field.json), to.map(|field| &field.json));
                    });
                }
            }
            (from, to) if same(from, to) => {}
            (from, to) => self.change(place, from, to),
        }
    }
}

impl Place<'_> {
    fn member(self, name: &str, compare: impl FnOnce(Place<'_>)) {
        let join = |path: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let (shown, schema) = (join(self.shown), join(self.schema));
        compare(Place { shown: &shown, schema: &schema });
    }

    fn item(self, key: &str, compare: impl FnOnce(Place<'_>)) {
        let shown = format!("{}[{key}]", self.shown);
        compare(Place { shown: &shown, schema: self.schema });
    }
}

/// Items by key, in their order.
struct Keys<'a> {
    items: Vec<(String, &'a Json)>,
    places: BTreeMap<String, usize>,
}

impl<'a> Keys<'a> {
    fn get(&self, key: &str) -> Option<&'a Json> {
        self.places.get(key).and_then(|place| self.items.get(*place)).map(|(_, item)| *item)
    }
}

/// The items by the values of these fields; `None` if two have the same.
fn by_key<'a>(items: &'a [Field], names: &[&str]) -> Option<Keys<'a>> {
    let mut keys = Keys { items: Vec::with_capacity(items.len()), places: BTreeMap::new() };
    for (place, item) in items.iter().enumerate() {
        let parts = names.iter().map(|name| match item.json.get(name).map(|field| &field.json) {
            Some(json) => {
                json.as_text().map_or_else(|| serde_json::to_string(json).unwrap_or_default(), Into::into)
            }
            None => String::new(),
        });
        // Consul: what is not given is the default one.
        let parts: Vec<String> = parts.filter(|part| !part.is_empty() && part != "default").collect();
        let key = parts.join("/");
        if keys.places.insert(key.clone(), place).is_some() {
            return None;
        }
        keys.items.push((key, &item.json));
    }
    Some(keys)
}

/// Whether a service that both have stands before `*` in one and behind it in the other.
fn wildcard_moved(from: &Keys<'_>, to: &Keys<'_>) -> bool {
    let (Some(from_star), Some(to_star)) = (from.places.get("*"), to.places.get("*")) else { return false };
    from.places
        .iter()
        .any(|(key, place)| to.places.get(key).is_some_and(|other| (place < from_star) != (other < to_star)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_entry::read;
    use crate::consul_version::ConsulVersion;
    use crate::hcl::Source;

    /// Differences as `op path`.
    fn changes(kind: &str, stored: &str, wanted: &str) -> Vec<String> {
        let version = ConsulVersion::NEWEST_KNOWN;
        let wanted = format!("{{\"Kind\":\"{kind}\",{wanted}}}");
        let wanted = read(&Source::new(wanted.as_bytes()), &version).unwrap();
        let stored = format!("{{\"Kind\":\"{kind}\",\"ModifyIndex\":5,\"Hash\":17,{stored}}}");
        let stored = Stored::parse(stored.as_bytes(), kind, &version).unwrap();
        diff(Some(&stored), &wanted)
            .iter()
            .map(|change| format!("{} {}", change.operation(), change.path))
            .collect()
    }

    #[test]
    fn an_entry_read_back_after_a_write_does_not_differ() {
        let text = include_str!("../../../tests/fixtures/config-entries/stored.jsonl");
        let mut count = 0;
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let version: ConsulVersion = case["version"].as_str().unwrap().parse().unwrap();
            let sent = case["sent"].to_string();
            let wanted = read(&Source::new(sent.as_bytes()), &version).unwrap();
            let stored =
                Stored::parse(case["stored"].to_string().as_bytes(), wanted.kind(), &version).unwrap();
            assert_eq!(diff(Some(&stored), &wanted), [], "{line}");
            assert_ne!(diff(None, &wanted), [], "{line}");
            count += 1;
        }
        assert!(count > 100, "{count}");
    }

    #[test]
    fn linked_services_are_compared_by_name() {
        let stored =
            r#""Name":"gw","Services":[{"Name":"b","SNI":"x"},{"Name":"a","CAFile":"/ca"},{"Name":"c"}]"#;
        let wanted = r#""Name":"gw","Services":[{"Name":"a","CAFile":"/ca2"},{"Name":"b"},{"Name":"d"}]"#;
        assert_eq!(
            changes("terminating-gateway", stored, wanted),
            ["change Services[a].CAFile", "remove Services[b].SNI", "add Services[d]", "remove Services[c]"]
        );
        let same =
            r#""Name":"gw","Services":[{"Name":"c"},{"SNI":"x","Name":"b"},{"Name":"a","CAFile":"/ca"}]"#;
        assert!(changes("terminating-gateway", stored, same).is_empty());
    }

    #[test]
    fn the_place_of_the_wildcard_counts() {
        let stored = r#""Name":"gw","Services":[{"Name":"*"},{"Name":"a"},{"Name":"b"}]"#;
        let other = r#""Name":"gw","Services":[{"Name":"*"},{"Name":"b"},{"Name":"a"}]"#;
        assert!(changes("terminating-gateway", stored, other).is_empty());
        let moved = r#""Name":"gw","Services":[{"Name":"a"},{"Name":"*"},{"Name":"b"}]"#;
        assert_eq!(changes("terminating-gateway", stored, moved), ["change Services (order)"]);
    }

    /// An object of these fields: some of them say something; of the others servers give zeros where `zeros` is true.
    fn sample(fields: &Struct, chance: &mut u64, zeros: bool) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        for field in fields.fields {
            let is_given = below(chance, 2) == 0;
            let json = if is_given { value(field.kind, chance, zeros) } else { zero(field.kind) };
            if is_given || zeros {
                members.insert(field.name.to_owned(), json);
            }
        }
        serde_json::Value::Object(members)
    }

    fn value(kind: Type, chance: &mut u64, zeros: bool) -> serde_json::Value {
        match kind {
            Type::String | Type::Any => "x".into(),
            Type::Bool => true.into(),
            Type::Int | Type::Uint(_) => 3.into(),
            Type::Float | Type::Float32 => 1.5.into(),
            // Servers give nanoseconds.
            Type::Duration if zeros => 90_000_000_000_i64.into(),
            Type::Duration => "90s".into(),
            Type::DurationText => if zeros { "1m30s" } else { "90s" }.into(),
            Type::Map(item) => serde_json::json!({"k": value(*item, chance, zeros)}),
            Type::List(item) => serde_json::json!([value(*item, chance, zeros)]),
            Type::Struct(fields) => sample(fields, chance, zeros),
            Type::Optional(inner) => value(*inner, chance, zeros),
        }
    }

    fn zero(kind: Type) -> serde_json::Value {
        match kind {
            Type::String => "".into(),
            Type::DurationText => "0s".into(),
            Type::Bool => false.into(),
            Type::Int | Type::Uint(_) | Type::Float | Type::Float32 | Type::Duration => 0.into(),
            Type::Struct(fields) => {
                fields.fields.iter().map(|field| (field.name.to_owned(), zero(field.kind))).collect()
            }
            Type::Any | Type::Map(_) | Type::List(_) | Type::Optional(_) => serde_json::Value::Null,
        }
    }

    fn below(chance: &mut u64, limit: u64) -> u64 {
        *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*chance >> 33) % limit
    }

    proptest::proptest! {
        #[test]
        fn zeros_that_servers_add_are_not_a_difference_for_any_kind(seed: u64) {
            let version = ConsulVersion::NEWEST_KNOWN;
            for kind in kinds::KINDS {
                let text = |zeros: bool| {
                    let mut chance = seed;
                    let mut entry = sample(kind.fields, &mut chance, zeros);
                    entry["Kind"] = kind.name.into();
                    entry["Name"] = "global".into();
                    entry["ModifyIndex"] = 7.into();
                    if kind.name == "mesh" {
                        entry.as_object_mut().unwrap().remove("Name");
                    }
                    entry.to_string()
                };
                let wanted = read(&Source::new(text(false).as_bytes()), &version).unwrap();
                let stored = Stored::parse(text(true).as_bytes(), kind.name, &version).unwrap();
                let changes = diff(Some(&stored), &wanted);
                proptest::prop_assert!(changes.is_empty(), "{}: {changes:?}\n{}", kind.name, text(false));
            }
        }
    }

    #[test]
    fn server_defaults_and_spellings_do_not_count_as_differences() {
        for (kind, stored, wanted) in [
            (
                "service-intentions",
                r#""Name":"a","Sources":[{"Name":"x","Action":"allow","Precedence":9,"Type":"consul"},{"Name":"*","Action":"deny","Precedence":8,"Type":"consul"}]"#,
                r#""Name":"a","Sources":[{"Name":"*","Action":"deny"},{"Name":"x","Action":"allow"}]"#,
            ),
            ("service-defaults", r#""Name":"a","Protocol":"http""#, r#""Name":"a","Protocol":"HTTP""#),
            (
                "service-splitter",
                r#""Name":"a","Splits":[{"Weight":33.33},{"Weight":66.67}]"#,
                r#""Name":"a","Splits":[{"Weight":33.333},{"Weight":66.667}]"#,
            ),
            (
                "service-resolver",
                r#""Name":"a","ConnectTimeout":"1m0s","Namespace":"default""#,
                r#""Name":"a","ConnectTimeout":"60s""#,
            ),
            (
                "http-route",
                r#""Name":"a","Status":{"Conditions":[{"Type":"x"}]},"Parents":[{"Kind":"api-gateway","Name":"g"}],"Hostnames":null"#,
                r#""Name":"a","parents":[{"name":"g"}]"#,
            ),
            (
                "http-route",
                r#""Name":"a","Rules":[{"Filters":{"Headers":null,"URLRewrite":null,"RetryFilter":{"NumRetries":2,"RetryOn":null,"RetryOnStatusCodes":null,"RetryOnConnectFailure":null},"TimeoutFilter":{"RequestTimeout":1500000000,"IdleTimeout":0},"JWT":null},"ResponseFilters":{"Headers":null},"Matches":[{"Headers":[{"Match":"exact","Name":"x","Value":"y"}],"Method":"GET","Path":{"Match":"prefix","Value":"/"},"Query":null},{"Headers":null,"Method":"","Path":{"Match":"prefix","Value":"/"},"Query":null}],"Services":[{"Name":"web","Weight":1,"Filters":{"Headers":null,"URLRewrite":null},"ResponseFilters":{"Headers":null}}]}],"Parents":[{"Kind":"api-gateway","Name":"g","SectionName":""}],"Status":{"Conditions":null},"Hostnames":null"#,
                r#""Name":"a","Rules":[{"Filters":{"RetryFilter":{"NumRetries":2},"TimeoutFilter":{"RequestTimeout":"1500ms"}},"Matches":[{"Headers":[{"Match":"exact","Name":"x","Value":"y"}],"Method":"get"},{"Path":{"Value":"/lost"}}],"Services":[{"Name":"web","Weight":-1}]}],"Parents":[{"Name":"g"}],"Hostnames":[]"#,
            ),
            (
                "tcp-route",
                r#""Name":"a","Parents":[{"Kind":"api-gateway","Name":"g","SectionName":""}],"Services":[{"Name":"db"}],"Status":{"Conditions":[]}"#,
                r#""Name":"a","Parents":[{"Name":"g"}],"Services":[{"Name":"db"}]"#,
            ),
            (
                "api-gateway",
                r#""Name":"g","Listeners":[{"Name":"l","Hostname":"","Port":80,"Protocol":"http","TLS":{"Certificates":null,"MaxVersion":"","MinVersion":"","CipherSuites":null}},{"Name":"s","Hostname":"","Port":443,"Protocol":"http","TLS":{"Certificates":[{"Kind":"inline-certificate","Name":"c","SectionName":""}],"MaxVersion":"","MinVersion":"","CipherSuites":null}}],"Status":{"Conditions":[{"Type":"Accepted"}]}"#,
                r#""Name":"g","Listeners":[{"Name":"l","Port":80,"Protocol":"HTTP"},{"Name":"s","Port":443,"Protocol":"http","TLS":{"Certificates":[{"Name":"c"}]}}]"#,
            ),
            (
                "ingress-gateway",
                r#""Name":"i","TLS":{"Enabled":false},"Listeners":[{"Port":80,"Protocol":"http","Services":[{"Name":"a","Hosts":null}]}],"Defaults":{"MaxConnections":4096,"MaxPendingRequests":0,"MaxConcurrentRequests":0}"#,
                r#""Name":"i","Listeners":[{"Port":80,"Protocol":"HTTP","Services":[{"Name":"a","MaxConnections":0}]}],"Defaults":{"MaxConnections":4096}"#,
            ),
            (
                "ingress-gateway",
                r#""Name":"i","TLS":{"Enabled":false},"Listeners":[],"Defaults":{"MaxConnections":0,"MaxPendingRequests":0,"MaxConcurrentRequests":0}"#,
                r#""Name":"i","Defaults":{}"#,
            ),
            (
                "jwt-provider",
                r#""Name":"i","JSONWebKeySet":{"Remote":{"URI":"https://i/jwks","RequestTimeoutMs":1500,"CacheDuration":1800000000000,"FetchAsynchronously":true,"RetryPolicy":{"NumRetries":2,"RetryPolicyBackOff":{"BaseInterval":1000000000,"MaxInterval":10000000000}},"JWKSCluster":{"DiscoveryType":"STRICT_DNS","TLSCertificates":{"TrustedCA":{"Filename":"/ca","EnvironmentVariable":"","InlineString":"","InlineBytes":null}},"ConnectTimeout":5000000000},"UseSNI":true}},"Issuer":"x","Audiences":["a"],"Locations":[{"Header":{"Name":"Authorization","ValuePrefix":"Bearer ","Forward":true}},{"QueryParam":{"Name":"t"}}],"Forwarding":{"HeaderName":"x-jwt","PadForwardPayloadHeader":true},"ClockSkewSeconds":30,"CacheConfig":{"Size":10}"#,
                r#""Name":"i","json_web_key_set":{"remote":{"uri":"https://i/jwks","request_timeout_ms":1500,"cache_duration":"30m","fetch_asynchronously":true,"use_sni":true,"retry_policy":{"num_retries":2,"retry_policy_back_off":{"base_interval":"1s","max_interval":"10s"}},"jwks_cluster":{"discovery_type":"STRICT_DNS","connect_timeout":"5s","tls_certificates":{"trusted_ca":{"filename":"/ca"}}}}},"issuer":"x","audiences":["a"],"locations":[{"header":{"name":"Authorization","value_prefix":"Bearer ","forward":true}},{"query_param":{"name":"t"}}],"forwarding":{"header_name":"x-jwt","pad_forward_payload_header":true},"clock_skew_seconds":30,"cache_config":{"size":10}"#,
            ),
            (
                "service-defaults",
                r#""Name":"a","UpstreamConfig":{"Overrides":[{"Name":"b","Protocol":"http","MeshGateway":{}}],"Defaults":{"Protocol":"grpc","ConnectTimeoutMs":0,"PassiveHealthCheck":{"Interval":"10s"},"MeshGateway":{}}}"#,
                r#""Name":"a","UpstreamConfig":{"Overrides":[{"Name":"b","Protocol":"HTTP"}],"Defaults":{"Protocol":"GRPC","ConnectTimeoutMs":-5,"PassiveHealthCheck":{"Interval":"10s"}}}"#,
            ),
            (
                "service-resolver",
                r#""Name":"a""#,
                r#""Name":"a","ConnectTimeout":"0s","Subsets":{},"Failover":{}"#,
            ),
            (
                "service-router",
                r#""Name":"a","Routes":[{"Match":{"HTTP":{"PathPrefix":"/","Methods":["GET"]}},"Destination":{"Service":"b"}}]"#,
                r#""Name":"a","Routes":[{"Match":{"HTTP":{"PathPrefix":"/","Methods":["get"]}},"Destination":{"Service":"b","RequestTimeout":"0s"}}]"#,
            ),
            (
                "mesh",
                r#""TLS":{"Incoming":{"TLSMinVersion":"TLSv1_2"}}"#,
                r#""tls":{"incoming":{"tls_min_version":"TLSv1_2"}}"#,
            ),
        ] {
            assert!(changes(kind, stored, wanted).is_empty(), "{kind}: {:?}", changes(kind, stored, wanted));
        }
    }

    #[test]
    fn a_value_that_is_not_a_server_default_differs() {
        for (kind, stored, wanted, expected) in [
            ("proxy-defaults", r#""Config":{"a":1,"b":0}"#, r#""Config":{"a":1.0}"#, "remove Config[b]"),
            ("proxy-defaults", r#""Config":null"#, r#""Config":{"a":0}"#, "add Config[a]"),
            ("service-defaults", r#""Name":"a","Future":{"X":1}"#, r#""Name":"a""#, "remove Future"),
            (
                "service-defaults",
                r#""Name":"a","UpstreamConfig":{"Defaults":{"Limits":{"MaxConnections":null}}}"#,
                r#""Name":"a","UpstreamConfig":{"Defaults":{"Limits":{"MaxConnections":0}}}"#,
                "add UpstreamConfig",
            ),
            (
                "service-defaults",
                r#""Name":"a","Meta":{"x":"1"}"#,
                r#""Name":"a","Meta":{"x":""}"#,
                "change Meta[x]",
            ),
            (
                "ingress-gateway",
                r#""Name":"a","Listeners":[{"Port":1,"Protocol":"http"}]"#,
                r#""Name":"a","Listeners":[{"Port":1}]"#,
                "remove Listeners[1].Protocol",
            ),
            (
                "service-router",
                r#""Name":"a","Routes":[{"Destination":{"Service":"x"}}]"#,
                r#""Name":"a""#,
                "remove Routes[0]",
            ),
            (
                "http-route",
                r#""Name":"a","Rules":[{"Matches":[{"Path":{"Match":"exact","Value":"/x"}}]}]"#,
                r#""Name":"a","Rules":[{"Matches":[{}]}]"#,
                "remove Rules[0].Matches[0].Path",
            ),
            (
                "ingress-gateway",
                r#""Name":"a","Defaults":{"MaxConnections":7,"MaxPendingRequests":0,"MaxConcurrentRequests":0}"#,
                r#""Name":"a","Defaults":{}"#,
                "remove Defaults",
            ),
            ("terminating-gateway", r#""Name":"GW""#, r#""Name":"gw""#, "change Name"),
        ] {
            assert_eq!(changes(kind, stored, wanted), [expected], "{kind}");
        }
    }
}
