//! Configuration entries: text → entry, offline checks, and the request that writes it.

mod bootstrap_values;
mod bundle;
mod convert;
mod decode;
mod diff;
mod graph;
mod hcl2;
mod kinds;
pub mod linking;
mod located;
pub mod model;
mod no_entry;
mod order;
mod path;
mod refusal;
mod request;
mod rules;
mod schema;
mod stored;
mod suggest;
pub mod tls_files;
mod translate;
mod traps;
mod unknown;
mod untyped;
mod validate;

pub use bundle::read_all;
pub use diff::{Change, diff};
pub use graph::Change as Proposal;
pub use graph::{Key, Objection, Refused, World, Write, objections, plan, related, together};
pub use kinds::TERMINATING_GATEWAY;
pub use located::{Located, judged, locate, render};
pub use no_entry::{NoEntry, no_entry};
pub use order::Phase;
pub use refusal::Refusal;
pub use request::Json;
pub use stored::{OWNER_KEY, Scope, Stored, of_answer};
pub use translate::{format, translate};
pub use unknown::Unknown;
pub use validate::validate;

use crate::consul_version::{ConsulVersion, Release};
use crate::go::json::Writer;
use crate::hcl::{self, Dialect, Document, Source, Value};

/// An entry that Consul's client would send.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigEntry {
    kind: &'static str,
    name: String,
    body: Json,
    version: ConsulVersion,
    warnings: Vec<Located>,
}

/// Reads an entry as the client of a Consul version does.
///
/// What the servers would refuse is found by [`validate()`].
pub fn read(source: &Source<'_>, version: &ConsulVersion) -> Result<ConfigEntry, Refusal> {
    read_with(source, version, Unknown::Refused)
}

/// The same, where keys that no table has may be kept.
pub fn read_with(
    source: &Source<'_>,
    version: &ConsulVersion,
    unknown: Unknown,
) -> Result<ConfigEntry, Refusal> {
    let document = hcl::read(source, dialect(version))
        .map_err(|error| refusal::syntax_refusal(error, hcl2::hint(source.bytes())))?;
    of_document(&document, version, unknown)
}

/// The entry that a whole text is.
fn of_document(
    document: &Document,
    version: &ConsulVersion,
    unknown: Unknown,
) -> Result<ConfigEntry, Refusal> {
    of_object(&document.root, traps::of_document(document), version, unknown)
}

/// The entry that an object is, with what reading it brought up so far.
fn of_object(
    root: &hcl::Object,
    mut warnings: Vec<Located>,
    version: &ConsulVersion,
    unknown: Unknown,
) -> Result<ConfigEntry, Refusal> {
    let outcome = decode::decode(root, version, unknown)?;
    let name = match outcome.kind.fixed_name {
        Some(name) if version.at_least(Release(1, 10, 0)) => name.to_owned(),
        _ => outcome.body.get("Name").and_then(|field| field.json.as_text()).unwrap_or_default().into_owned(),
    };
    warnings.extend(outcome.warnings);
    Ok(ConfigEntry::new(outcome.kind.name, &name, outcome.body, version, warnings))
}

/// What `config read` prints for the agent's answer to `GET /v1/config/<kind>/<name>`: the fields in their order, then
/// the members that no table has, indented.
///
/// Fails with Consul's words. The kind must be a known one, see [`is_kind`].
pub fn shown(answer: &[u8], kind: &str, name: &str, version: &ConsulVersion) -> Result<String, String> {
    let kind = kinds::find(kind, version).ok_or_else(|| format!("invalid config entry kind: {kind}"))?;
    let root = match hcl::read_json(answer) {
        Ok(Value::Object(root)) => root,
        Ok(Value::Null) => hcl::Object::default(),
        Ok(_) => return Err("the answer is not a JSON object".to_owned()),
        Err(error) => return Err(error.consul.unwrap_or(error.message)),
    };
    Ok(decode::answer(&root, kind, name, version)?.indented_go(Writer::of(version)))
}

/// Whether a Consul version's client knows a kind.
pub fn is_kind(kind: &str, version: &ConsulVersion) -> bool {
    kinds::find(kind, version).is_some()
}

/// The kinds a Consul version's client knows.
pub fn kinds(version: &ConsulVersion) -> impl Iterator<Item = &'static str> + use<> {
    let version = version.clone();
    let known = kinds::KINDS.iter().filter(move |kind| version.at_least(kind.since));
    known.map(|kind| kind.name)
}

/// The first release that knows a kind; `None` for a kind that is not known here.
pub fn since(kind: &str) -> Option<Release> {
    kinds::KINDS.iter().find(|known| known.name == kind).map(|known| known.since)
}

/// Whether a name changes on its way through a URL, or is refused there: the entry can then neither be read nor deleted.
pub fn is_addressable(name: &str) -> bool {
    !traps::unaddressable(name)
}

/// The HCL parser of a Consul version: 1.8.7 lets pass what 1.21.4 refuses. The parser was replaced in between.
fn dialect(version: &ConsulVersion) -> Dialect {
    Dialect { drops_faulty_last_item: !version.at_least(Release(1, 14, 0)) }
}

impl ConfigEntry {
    fn new(
        kind: &'static str,
        name: &str,
        body: Json,
        version: &ConsulVersion,
        warnings: Vec<Located>,
    ) -> Self {
        Self { kind, name: name.to_owned(), body, version: version.clone(), warnings }
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// Its name; `mesh` and `global` for the mesh and proxy-defaults entries, of which there is only one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Consul version it was made for.
    pub fn version(&self) -> &ConsulVersion {
        &self.version
    }

    /// The members of the request, in order.
    pub fn body(&self) -> &Json {
        &self.body
    }

    /// What reading it brought up.
    pub fn warnings(&self) -> &[Located] {
        &self.warnings
    }

    /// The body of `PUT /v1/config`, line end included: byte for byte what Consul's client sends, but for the indexes.
    ///
    /// Those of a file that was read back say nothing to the servers: they are sent as zero, as those of a new entry are.
    pub fn request_body(&self) -> Vec<u8> {
        let mut body = String::new();
        self.body.without_indexes().write_go(Writer::of(&self.version), &mut body);
        body.push('\n');
        body.into_bytes()
    }

    /// What a write would send, empty fields and indexes left out.
    pub fn to_json(&self) -> Json {
        self.body.pruned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::finding::Code;

    const VERSIONS: [ConsulVersion; 2] = [ConsulVersion::new(1, 8, 7), ConsulVersion::NEWEST_KNOWN];

    /// Reads, checks, writes and shows; whatever comes in, this ends.
    fn exercise(bytes: &[u8]) {
        let source = Source::new(bytes);
        for version in &VERSIONS {
            let mut findings = match read(&source, version) {
                Ok(entry) => {
                    assert!(entry.request_body().ends_with(b"\n"));
                    assert!(serde_json::to_string(&entry.to_json()).is_ok());
                    validate(&entry)
                }
                Err(refusal) => {
                    assert!(!refusal.findings.is_empty());
                    refusal.findings
                }
            };
            locate("entry.hcl", &source, &mut findings);
            assert_eq!(render("entry.hcl", &source, &findings, false).is_empty(), findings.is_empty());
        }
    }

    /// Pieces of which entries, and near misses, are made.
    fn soup() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just("Kind = \"terminating-gateway\"\n".to_owned()),
            Just("{\"Kind\":\"terminating-gateway\",".to_owned()),
            Just("Name = ".to_owned()),
            Just("\"Name\":".to_owned()),
            Just("Services ".to_owned()),
            Just("\"label\" ".to_owned()),
            Just("<<EOF\n".to_owned()),
            Just("<<-E\n  x\n  E\n".to_owned()),
            Just("EOF\n".to_owned()),
            Just("${\"".to_owned()),
            Just("\\U00110000".to_owned()),
            Just("null".to_owned()),
            "[-{}\\[\\]=,:\"\\\\#/*.$<\n\r 0-9eExX+~a-c]{1,4}",
            "\\PC{1,3}",
        ];
        proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_in_order(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            exercise(&bytes);
        }

        #[test]
        fn anything_like_an_entry_is_read_in_order(bytes in soup()) {
            exercise(&bytes);
        }

        #[test]
        fn a_sent_entry_reads_back_unchanged(
            name in "\\PC{0,8}",
            services in proptest::collection::vec(proptest::collection::btree_map(service_key(), "\\PC{0,8}", 0..5), 0..5),
            meta in proptest::collection::btree_map("\\PC{0,4}", "[\\x00-\\x7f]{0,4}", 0..4),
        ) {
            let text = serde_json::json!({"kind": TERMINATING_GATEWAY, "NAME": name, "services": services, "Meta": meta});
            for version in &VERSIONS {
                let entry = read(&Source::new(text.to_string().as_bytes()), version).unwrap();
                let body = entry.request_body();
                let again = read(&Source::new(&body), version).unwrap();
                prop_assert_eq!(again.request_body(), body);
                let gateway = entry.terminating_gateway().unwrap();
                prop_assert_eq!(gateway.to_entry(version).request_body(), entry.request_body());
                prop_assert_eq!(gateway.services.len(), services.len());
            }
        }
    }

    fn service_key() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["Name", "ca_file", "CERT_FILE", "keyFile", "sni", "Namespace"])
    }

    /// Any JSON value; `null` only if asked for, as HCL has none.
    fn value(with_null: bool) -> impl Strategy<Value = serde_json::Value> {
        let null = u32::from(with_null);
        let leaf = prop_oneof![
            null => Just(serde_json::Value::Null),
            2 => any::<bool>().prop_map(serde_json::Value::from),
            2 => (-1_000_000_i64..1_000_000).prop_map(serde_json::Value::from),
            2 => "\\PC{0,6}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                proptest::collection::btree_map("[A-Za-z_]{1,6}", inner, 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    /// A number is the same with and without a fraction of zero.
    fn plain(value: &serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Number(number) => serde_json::Value::from(number.as_f64()),
            serde_json::Value::Array(items) => items.iter().map(plain).collect(),
            serde_json::Value::Object(members) => {
                members.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// An entry of a kind with these keys, which no table has.
    fn with_keys(kind: &str, keys: &BTreeMap<String, serde_json::Value>) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        members.insert("Kind".to_owned(), kind.into());
        if !matches!(kind, "mesh") {
            members.insert("Name".to_owned(), "global".into());
        }
        members.extend(keys.clone());
        serde_json::Value::Object(members)
    }

    /// An entry of a kind in which every object with known fields is there once, each with this key; and their number.
    fn everywhere(kind: &schema::Kind, key: &str, value: &serde_json::Value) -> (serde_json::Value, usize) {
        fn object(
            fields: &schema::Struct,
            key: &str,
            value: &serde_json::Value,
            count: &mut usize,
        ) -> serde_json::Value {
            *count += 1;
            let mut members = serde_json::Map::from_iter([(key.to_owned(), value.clone())]);
            for field in fields.fields {
                if let Some(inner) = inside(field.kind, key, value, count) {
                    members.insert(field.name.to_owned(), inner);
                }
            }
            members.into()
        }
        fn inside(
            kind: schema::Type,
            key: &str,
            value: &serde_json::Value,
            count: &mut usize,
        ) -> Option<serde_json::Value> {
            match kind {
                schema::Type::Struct(fields) => Some(object(fields, key, value, count)),
                schema::Type::Optional(inner) => inside(*inner, key, value, count),
                schema::Type::List(inner) => Some(vec![inside(*inner, key, value, count)?].into()),
                schema::Type::Map(inner) => {
                    Some(serde_json::json!({"a": inside(*inner, key, value, count)?}))
                }
                _ => None,
            }
        }
        let mut count = 0;
        let mut entry = object(kind.fields, key, value, &mut count);
        entry["Kind"] = kind.name.into();
        if kind.name != "mesh" {
            entry["Name"] = "global".into();
        }
        (entry, count)
    }

    fn occurrences(json: &serde_json::Value, key: &str, value: &serde_json::Value) -> usize {
        match json {
            serde_json::Value::Array(items) => items.iter().map(|item| occurrences(item, key, value)).sum(),
            serde_json::Value::Object(members) => {
                let inner = |(name, member): (&String, &serde_json::Value)| {
                    if name == key {
                        usize::from(plain(member) == plain(value))
                    } else {
                        occurrences(member, key, value)
                    }
                };
                members.iter().map(inner).sum()
            }
            _ => 0,
        }
    }

    fn has_keys(text: &[u8], keys: &BTreeMap<String, serde_json::Value>) -> bool {
        let parsed: serde_json::Value = serde_json::from_slice(text).unwrap();
        keys.iter().all(|(key, value)| parsed.get(key).map(plain) == Some(plain(value)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn keys_that_no_table_has_survive_in_entries_of_every_kind(
            keys in proptest::collection::btree_map("Zq[A-Za-z_]{0,6}", value(true), 1..4),
        ) {
            let version = ConsulVersion::NEWEST_KNOWN;
            for kind in kinds(&version) {
                let text = with_keys(kind, &keys).to_string();
                let source = Source::new(text.as_bytes());
                prop_assert!(read(&source, &version).is_err());
                let sent = read_with(&source, &version, Unknown::Sent).unwrap();
                let warned = sent.warnings().iter().filter(|found| found.finding.code == Code::UnknownKey);
                prop_assert_eq!(warned.count(), keys.len());
                prop_assert!(has_keys(&sent.request_body(), &keys));
                let stored = with_keys(kind, &keys).to_string().replacen('{', "{\"Hash\":7,", 1);
                let shown = shown(stored.as_bytes(), kind, sent.name(), &version).unwrap();
                prop_assert!(has_keys(shown.as_bytes(), &keys) && !shown.contains("\"Hash\""));
                let again = read_with(&Source::new(shown.as_bytes()), &version, Unknown::Sent).unwrap();
                prop_assert!(has_keys(&again.request_body(), &keys));
                let there = Stored::parse(
                    stored.replacen('{', "{\"ModifyIndex\":7,", 1).as_bytes(), kind, &version
                ).unwrap();
                prop_assert_eq!(diff(Some(&there), &sent), Vec::new());
            }
        }

        #[test]
        fn a_key_that_no_table_has_survives_in_every_object_of_every_kind(
            key in "Zq[A-Za-z_]{0,6}",
            value in value(false),
        ) {
            let version = ConsulVersion::NEWEST_KNOWN;
            for kind in kinds::KINDS {
                let (text, count) = everywhere(kind, &key, &value);
                let text = text.to_string();
                let found = |bytes: &[u8]| occurrences(&serde_json::from_slice(bytes).unwrap(), &key, &value);
                let source = Source::new(text.as_bytes());
                let sent = read_with(&source, &version, Unknown::Sent).unwrap();
                prop_assert_eq!(found(&sent.request_body()), count, "{}", kind.name);
                let shown = shown(text.as_bytes(), kind.name, sent.name(), &version).unwrap();
                prop_assert_eq!(found(shown.as_bytes()), count, "{}", kind.name);
                prop_assert_eq!(found(&format(&source).unwrap()), count);
                let in_hcl = translate(&source, hcl::Language::Hcl).unwrap();
                let back = translate(&Source::new(&in_hcl), hcl::Language::Json).unwrap();
                prop_assert_eq!(found(&back), count, "{}", String::from_utf8_lossy(&in_hcl));
                let sent = read_with(&Source::new(&in_hcl), &version, Unknown::Sent).unwrap();
                prop_assert_eq!(found(&sent.request_body()), count, "{}", kind.name);
                let stored = text.replacen('{', "{\"ModifyIndex\":7,", 1);
                let there = Stored::parse(stored.as_bytes(), kind.name, &version).unwrap();
                prop_assert_eq!(diff(Some(&there), &sent), Vec::new(), "{}", kind.name);
            }
        }

        #[test]
        fn keys_that_no_table_has_survive_a_new_layout_and_the_other_language(
            keys in proptest::collection::btree_map("Zq[A-Za-z_]{0,6}", value(false), 1..4),
        ) {
            for kind in kinds(&ConsulVersion::NEWEST_KNOWN) {
                let text = with_keys(kind, &keys).to_string();
                prop_assert!(has_keys(&format(&Source::new(text.as_bytes())).unwrap(), &keys));
                let in_hcl = translate(&Source::new(text.as_bytes()), hcl::Language::Hcl).unwrap();
                let laid_out = format(&Source::new(&in_hcl)).unwrap();
                let back = translate(&Source::new(&laid_out), hcl::Language::Json).unwrap();
                prop_assert!(has_keys(&back, &keys), "{}", String::from_utf8_lossy(&in_hcl));
                let sent =
                    read_with(&Source::new(&in_hcl), &ConsulVersion::NEWEST_KNOWN, Unknown::Sent).unwrap();
                prop_assert!(has_keys(&sent.request_body(), &keys));
            }
        }
    }

    #[test]
    fn a_key_that_no_table_has_is_shown_as_new_changed_or_removed() {
        let version = ConsulVersion::NEWEST_KNOWN;
        let wanted = |keys: &str| {
            let text = format!("{{\"Kind\":\"mesh\",{keys}\"Meta\":{{}}}}");
            read_with(&Source::new(text.as_bytes()), &version, Unknown::Sent).unwrap()
        };
        let stored =
            Stored::parse(br#"{"Kind":"mesh","ModifyIndex":3,"Future":{"Limit":1}}"#, "mesh", &version)
                .unwrap();
        for (keys, expected) in [
            ("", vec!["remove Future"]),
            ("\"Future\":{\"Limit\":2},", vec!["change Future.Limit"]),
            ("\"future\":{\"limit\":1},", vec![]),
            ("\"Future\":{\"Limit\":1},\"Later\":true,", vec!["add Later"]),
        ] {
            let changes = diff(Some(&stored), &wanted(keys));
            let changes: Vec<String> =
                changes.iter().map(|change| format!("{} {}", change.operation(), change.path)).collect();
            assert_eq!(changes, expected, "{keys}");
        }
    }

    #[test]
    fn depth_and_spellings_are_bounded() {
        let repeated = |text: &str| text.repeat(200_000);
        let spellings: Vec<String> = (0..1 << 14)
            .map(|bits| {
                let key: String = "abcdefghijklmn"
                    .chars()
                    .enumerate()
                    .map(
                        |(at, letter)| if bits >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter },
                    )
                    .collect();
                format!("{key} \"x\" {{}}\n")
            })
            .collect();
        for text in [
            format!("a = {}", repeated("[")),
            format!("a {}", repeated("{ a ")),
            format!("a {} {{}}", repeated("\"b\" ")),
            format!("{{\"a\":{}", repeated("[")),
            format!("{{\"a\":{}", repeated("{\"a\":")),
            spellings.concat(),
        ] {
            exercise(text.as_bytes());
        }
    }

    #[test]
    fn an_entry_built_from_its_typed_form_is_the_same() {
        let text = b"Kind = \"terminating-gateway\"\nName = \"gw\"\nMeta { a = 1 }\n\
            Services { Name = \"*\" CAFile = \"/ca\" DisableAutoHostRewrite = true }\n";
        let version = ConsulVersion::NEWEST_KNOWN;
        let entry = read(&Source::new(text), &version).unwrap();
        let gateway = entry.terminating_gateway().unwrap();
        assert_eq!(gateway.to_entry(&version).request_body(), entry.request_body());
        let old = ConsulVersion::new(1, 8, 7);
        assert!(!String::from_utf8(gateway.to_entry(&old).request_body()).unwrap().contains("HostRewrite"));
    }
}
