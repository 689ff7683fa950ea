//! Several entries in one text: a JSON array, or the form of an agent's own configuration,
//! `config_entries { bootstrap … }`. Consul's `config write` reads neither.

use super::located::Located;
use super::refusal::Refusal;
use super::{ConfigEntry, Unknown, dialect, hcl2, refusal, traps};
use crate::consul_version::ConsulVersion;
use crate::finding::{Code, Severity};
use crate::go::text::equal_fold;
use crate::hcl::{self, Document, Entry, Language, Node, Object, Source, Value};

/// Reads all entries of a text: one as [`super::read`] takes it, or several.
///
/// An entry that is refused does not keep the others from being read. Two bare entries in one HCL text, which Consul
/// merges into one, are refused.
pub fn read_all(
    source: &Source<'_>,
    version: &ConsulVersion,
    unknown: Unknown,
) -> Vec<Result<ConfigEntry, Refusal>> {
    if is_array(source.bytes()) {
        return match hcl::read_json_node(source) {
            Ok(node) => of_items(&node, version, unknown),
            Err(error) => vec![Err(refusal::syntax_refusal(error, None))],
        };
    }
    let document = match hcl::read(source, dialect(version)) {
        Ok(document) => document,
        Err(error) => return vec![Err(refusal::syntax_refusal(error, hcl2::hint(source.bytes())))],
    };
    if let Some(bootstrap) = bootstrap(&document.root) {
        return of_agent(&document, bootstrap, version, unknown);
    }
    let mut kinds = document.root.entries.iter().filter(|entry| equal_fold(&entry.key, "Kind"));
    if let Some(kind) = kinds.next_back()
        && document.language == Language::Hcl
        && kind.key_spans.len() > 1
    {
        let finding = Located::new(Code::MergedEntries, "this HCL file holds several entries")
            .severity(Severity::Failure)
            .at(kind.key_span())
            .help(
                "Consul would merge them into one: use one file for each, or `config_entries { bootstrap = [ {…}, {…} ] }`",
            );
        return vec![Err(Refusal { findings: vec![finding], consul: None })];
    }
    vec![super::of_document(&document, version, unknown)]
}

/// Whether the first character that is not white space opens a list, which no HCL text can begin with.
pub(super) fn is_array(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

/// The value of `config_entries { bootstrap … }`, if this is not an entry itself.
pub(super) fn bootstrap(root: &Object) -> Option<Vec<&Entry>> {
    if root.get("Kind").or_else(|| root.get("kind")).is_some() {
        return None;
    }
    let held = root.entries.iter().find(|entry| is_config_entries(&entry.key))?;
    let members = objects(&held.node).into_iter().flat_map(|object| &object.entries);
    Some(members.filter(|entry| equal_fold(&entry.key, "bootstrap")).collect())
}

fn is_config_entries(key: &str) -> bool {
    equal_fold(key, "config_entries") || equal_fold(key, "ConfigEntries")
}

/// The objects a value holds: itself, or the items of a list.
fn objects(node: &Node) -> Vec<&Object> {
    match &node.value {
        Value::Object(object) => vec![object],
        Value::List(list) => list.items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

fn of_agent(
    document: &Document,
    bootstrap: Vec<&Entry>,
    version: &ConsulVersion,
    unknown: Unknown,
) -> Vec<Result<ConfigEntry, Refusal>> {
    let mut read: Vec<_> =
        bootstrap.into_iter().flat_map(|entry| of_items(&entry.node, version, unknown)).collect();
    let others: Vec<&Entry> =
        document.root.entries.iter().filter(|entry| !is_config_entries(&entry.key)).collect();
    if read.is_empty() {
        let finding = Located::new(Code::NoEntries, "`config_entries` holds no entry")
            .at(document.root.entries.first().map(Entry::key_span))
            .help("write `config_entries { bootstrap = [ { Kind = … } ] }`");
        read.push(Err(Refusal { findings: vec![finding], consul: None }));
    }
    let mut warnings = traps::of_document(document);
    warnings.extend(others.into_iter().map(|entry| {
        Located::new(Code::AgentSetting, format!("`{}` is a setting of an agent, not an entry", entry.key))
            .at(entry.key_span())
            .help("only `config_entries` is read here; remove it")
    }));
    match read.iter_mut().find_map(|entry| entry.as_mut().ok()) {
        Some(first) => first.warnings.extend(warnings),
        None => {
            if let Some(Err(refusal)) = read.first_mut() {
                refusal.findings.extend(warnings);
            }
        }
    }
    read
}

/// An entry for each item of a list; of a lone object, itself.
fn of_items(node: &Node, version: &ConsulVersion, unknown: Unknown) -> Vec<Result<ConfigEntry, Refusal>> {
    match &node.value {
        Value::List(list) => list.items.iter().flat_map(|item| of_items(item, version, unknown)).collect(),
        Value::Object(object) => vec![super::of_object(object, Vec::new(), version, unknown)],
        _ => {
            let finding = Located::new(Code::NotAnEntry, "this is not an entry")
                .at(node.span)
                .help("an entry is an object with `Kind` and `Name`");
            vec![Err(Refusal { findings: vec![finding], consul: None })]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, String> {
        let source = Source::new(text.as_bytes());
        let read = read_all(&source, &ConsulVersion::NEWEST_KNOWN, Unknown::Refused);
        let id = |entry: ConfigEntry| format!("{}/{}", entry.kind(), entry.name());
        let code = |refusal: Refusal| refusal.findings[0].finding.code.to_string();
        read.into_iter().map(|entry| entry.map(id).map_err(code)).collect()
    }

    const BOTH: [&str; 2] = ["terminating-gateway/gw", "service-defaults/web"];

    #[test]
    fn several_entries_are_read_in_every_form() {
        for text in [
            r#"[{"Kind": "terminating-gateway", "Name": "gw"}, {"kind": "service-defaults", "name": "web"}]"#,
            r#"{"config_entries": {"bootstrap": [{"kind": "terminating-gateway", "name": "gw"}, {"kind": "service-defaults", "name": "web"}]}}"#,
            "config_entries { bootstrap = [{ kind = \"terminating-gateway\" name = \"gw\" }, { Kind = \"service-defaults\", Name = \"web\" }] }",
            "config_entries {\n bootstrap {\n kind = \"terminating-gateway\"\n name = \"gw\"\n services { name = \"x\" }\n }\n bootstrap { kind = \"service-defaults\" name = \"web\" } }",
            "config_entries { bootstrap { kind = \"terminating-gateway\" name = \"gw\" } }\nconfig_entries { bootstrap = { kind = \"service-defaults\" name = \"web\" } }",
        ] {
            assert_eq!(names(text).unwrap(), BOTH, "{text}");
        }
        assert_eq!(names("Kind = \"mesh\"").unwrap(), ["mesh/mesh"]);
    }

    #[test]
    fn documents_that_are_not_entries_are_refused() {
        for (text, code) in [
            ("Kind = \"mesh\"\nKind = \"service-defaults\"\nName = \"a\"\nName = \"b\"", "merged-entries"),
            ("config_entries { }", "no-entries"),
            ("[1]", "not-an-entry"),
            ("[{}]", "missing-kind"),
            ("[", "json-syntax"),
            ("config_entries { bootstrap = [ \"x\" ] }", "not-an-entry"),
        ] {
            assert_eq!(names(text), Err(code.to_owned()), "{text}");
        }
        assert_eq!(names("[]"), Ok(Vec::new()));
    }

    #[test]
    fn agent_settings_beside_the_entries_are_reported() {
        let text = "datacenter = \"dc1\"\nconfig_entries { bootstrap { kind = \"mesh\" } }";
        let read = read_all(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN, Unknown::Refused);
        assert_eq!(read[0].as_ref().unwrap().warnings()[0].finding.code, Code::AgentSetting);
    }
}
