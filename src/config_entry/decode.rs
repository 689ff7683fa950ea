//! Tree → entry of a known kind, by the rules of Consul's client.
//!
//! Keys match without regard to case, the exact spelling first. Values are converted where they can be (weak typing), a
//! list of one stands for its item, a single value for a list of one. What no field takes is an unknown key.

use std::collections::BTreeMap;

use super::convert::{self, go_kind, go_type, go_value};
use super::kinds;
use super::located::Located;
use super::no_entry;
use super::path::Path;
use super::refusal::{Refusal, TypeError, UnknownKey, refuse, type_refusal, unknown_refusal};
use super::request::{Field as Decoded, Json, Name};
use super::schema::{Field, Kind, Struct, Type};
use super::suggest;
use super::unknown::Unknown;
use super::untyped::{as_any, as_given};
use crate::consul_version::{ConsulVersion, Release};
use crate::finding::{Code, Severity};
use crate::go::strconv::quote;
use crate::go::text::{equal_fold, lower};
use crate::hcl::{Entry, List, Node, Object, Span, Value};
use crate::nearest::nearest;

/// What became of a tree.
#[derive(Debug)]
pub(super) struct Outcome {
    pub kind: &'static Kind,
    pub body: Json,
    pub warnings: Vec<Located>,
}

/// Unknown keys that are compared with the known ones; a file with more is something else altogether.
const SUGGESTIONS: usize = 100;

/// Decodes the tree of a file for a Consul version.
pub(super) fn decode(root: &Object, version: &ConsulVersion, unknown: Unknown) -> Result<Outcome, Refusal> {
    let kind = find_kind(root, version)?;
    let keeps = match unknown {
        Unknown::Refused => Keeps::Nothing,
        Unknown::Sent => Keeps::WithWarning,
    };
    let mut decoder = Decoder { keeps, ..Decoder::new(version) };
    let body = decoder.object(&Path::Root, root, kind.fields);
    if let Some(finding) = decoder.crash {
        return Err(Refusal { findings: vec![finding], consul: None });
    }
    if !decoder.type_errors.is_empty() {
        return Err(type_refusal(decoder.type_errors, version));
    }
    let ignores_kind = version.at_least(Release(1, 10, 0));
    decoder.unknown.retain(|unknown| !(ignores_kind && matches!(unknown.path.as_str(), "Kind" | "kind")));
    if !decoder.unknown.is_empty() {
        return Err(unknown_refusal(decoder.unknown));
    }
    let mut members = body;
    if !members.iter().any(|(name, _)| name == "Kind") {
        let json = Json::String(kind.name.to_owned());
        let written = root.get("Kind").or_else(|| root.get("kind"));
        members.insert(0, ("Kind".into(), Decoded { json, span: written.map(|entry| entry.node.span) }));
    }
    Ok(Outcome { kind, body: Json::Object(members), warnings: decoder.warnings })
}

/// The body of an entry as the HTTP API gives it, which may have members that no client knows.
///
/// `name` is what was asked for; it stands in for a name that is missing. Fails with Consul's words.
pub(super) fn answer(
    root: &Object,
    kind: &'static Kind,
    name: &str,
    version: &ConsulVersion,
) -> Result<Json, String> {
    let mut decoder = Decoder { keeps: Keeps::Members, ..Decoder::new(version) };
    let mut members = decoder.object(&Path::Root, root, kind.fields);
    if let Some(error) = decoder.type_errors.first() {
        return Err(error.consul.clone());
    }
    if !members.iter().any(|(member, _)| member == "Kind") {
        members.insert(0, ("Kind".into(), Json::String(String::new()).into()));
    }
    for (member, field) in &mut members {
        match &**member {
            "Kind" if field.json.is_empty() => field.json = Json::String(kind.name.to_owned()),
            "Name" if field.json.is_empty() => field.json = Json::String(name.to_owned()),
            _ => {}
        }
    }
    Ok(Json::Object(members))
}

/// The members of an entry as the servers have it, those included that this version's fields do not name.
///
/// Fails with Consul's words.
pub(super) fn stored(
    root: &Object,
    kind: &'static Kind,
    version: &ConsulVersion,
) -> Result<Vec<(Name, Decoded)>, String> {
    let mut decoder = Decoder { keeps: Keeps::Everything, ..Decoder::new(version) };
    let members = decoder.object(&Path::Root, root, kind.fields);
    match decoder.type_errors.first() {
        Some(error) => Err(error.consul.clone()),
        None => Ok(members),
    }
}

fn find_kind(root: &Object, version: &ConsulVersion) -> Result<&'static Kind, Refusal> {
    let Some(entry) = root.get("Kind").or_else(|| root.get("kind")) else {
        let consul = "Payload does not contain a kind/Kind key at the top level";
        let near = root.entries.iter().find(|entry| equal_fold(&entry.key, "Kind"));
        let finding =
            Located::new(Code::MissingKind, "the entry has no `Kind`").at(near.map(Entry::key_span));
        let finding = finding.help(match near {
            Some(entry) => {
                format!("spell `{}` as `Kind` or `kind`: for this key no other spelling counts", entry.key)
            }
            None if root.entries.iter().any(|entry| equal_fold(&entry.key, "config_entries")) => {
                "this is the form of an agent's configuration: `config diff` and `config apply` read it"
                    .to_owned()
            }
            None => match (no_entry::of_root(root), misspelled_kind(root)) {
                (Some(is), _) => format!("this is {is}: `config diff` and `config apply` skip it"),
                (None, Some(key)) => format!("did you mean `Kind` by `{key}`?"),
                (None, None) => "add `Kind = \"terminating-gateway\"` at the top level".to_owned(),
            },
        });
        return Err(refuse(consul, finding));
    };
    let Value::String(text) = &entry.node.value else {
        let finding = Located::new(Code::KindNotAText, "`Kind` is not a text").at(entry.node.span);
        let finding = finding.help("write `Kind = \"terminating-gateway\"`");
        return Err(refuse("Kind value in payload is not a string", finding));
    };
    kinds::find(&text.text, version).ok_or_else(|| {
        let consul = format!("invalid config entry kind: {}", text.text);
        let message = format!("Consul {version} has no kind {}", quote(&text.text));
        let known = kinds::KINDS.iter().filter(|kind| version.at_least(kind.since)).map(|kind| kind.name);
        let later = kinds::KINDS.iter().find(|kind| kind.name == text.text);
        let help = match later {
            Some(kind) => format!("this kind came with Consul {}", kind.since),
            None => match nearest(&text.text, known) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "a terminating gateway's kind is `terminating-gateway`".to_owned(),
            },
        };
        refuse(&consul, Located::new(Code::UnknownKind, message).at(entry.node.span).help(help))
    })
}

/// A key that is nearly `Kind`.
fn misspelled_kind(root: &Object) -> Option<&str> {
    let keys = root.entries.iter().map(|entry| &*entry.key);
    keys.into_iter().find(|key| nearest(key, ["Kind", "kind"].into_iter()).is_some())
}

struct Decoder<'version> {
    version: &'version ConsulVersion,
    type_errors: Vec<TypeError>,
    unknown: Vec<UnknownKey>,
    warnings: Vec<Located>,
    /// The first value on which Consul ends with a panic.
    crash: Option<Located>,
    keeps: Keeps,
}

/// Which keys that no field takes are members all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// None: they are refused.
    Nothing,
    /// Those that say something, each with a warning.
    WithWarning,
    /// Those that say something.
    Members,
    /// All, what only the servers write included.
    Everything,
}

impl<'version> Decoder<'version> {
    fn new(version: &'version ConsulVersion) -> Self {
        Self {
            version,
            type_errors: Vec::new(),
            unknown: Vec::new(),
            warnings: Vec::new(),
            crash: None,
            keeps: Keeps::Nothing,
        }
    }

    /// Decodes an object with known fields into its members, those left out that are empty.
    fn object(&mut self, path: &Path<'_>, object: &Object, fields: &Struct) -> Vec<(Name, Decoded)> {
        let mut keys = self.canonical_keys(object, fields);
        let mut members = Vec::new();
        for field in fields.fields(self.version) {
            let field_path = Path::Member(path, field.name);
            let chosen = choose(&keys, field);
            let decoded = match chosen.and_then(|index| keys.get_mut(index)).and_then(Option::take) {
                Some((_, entry)) => {
                    let json = self.value(&field_path, &entry.node, field.kind);
                    self.warn_of_conversion(&field_path, &entry.node, field.kind, &json);
                    Decoded { json, span: Some(entry.node.span) }
                }
                None => self.zero(field.kind).into(),
            };
            if field.always_sent
                || matches!(field.kind, Type::Struct(_))
                || !left_out(&decoded.json, field.kind)
            {
                members.push((field.name.into(), decoded));
            }
        }
        for (key, entry) in keys.into_iter().flatten() {
            // `Kind` is none of the fields of some kinds; `Hash` is the servers' own.
            let not_sent = matches!(path, Path::Root) && matches!(key.as_str(), "Kind" | "kind" | "Hash");
            let is_given_twice = || fields.fields(self.version).any(|field| equal_fold(field.name, &key));
            let keeps = match self.keeps {
                Keeps::Nothing => false,
                Keeps::WithWarning | Keeps::Members if not_sent => continue,
                Keeps::WithWarning => !is_given_twice(),
                Keeps::Members | Keeps::Everything => true,
            };
            if !keeps {
                self.unknown_key(path, &key, entry.key_span(), fields);
                continue;
            }
            if self.keeps == Keeps::WithWarning {
                self.warn_of_unknown(path, &key, entry.key_span(), fields);
            }
            members.push((key.into(), Decoded { json: as_given(&entry.node), span: Some(entry.node.span) }));
        }
        members
    }

    /// The keys of an object with aliases replaced by the field's name in lower case, which loses against a key that
    /// already has that spelling.
    fn canonical_keys<'object>(
        &mut self,
        object: &'object Object,
        fields: &Struct,
    ) -> Vec<Option<(String, &'object Entry)>> {
        let mut keys: Vec<Option<(String, &Entry)>> = Vec::with_capacity(object.entries.len());
        let mut from_alias: BTreeMap<String, usize> = BTreeMap::new();
        for entry in &object.entries {
            let alias = lower(&entry.key);
            let field = fields.fields(self.version).find(|field| field.alias == Some(alias.as_str()));
            let Some(field) = field else {
                keys.push(Some((entry.key.clone(), entry)));
                continue;
            };
            let canonical = lower(field.name);
            let exact = object.get(&canonical).is_some();
            let earlier = from_alias.get(&canonical).copied();
            if exact {
                self.warnings.push(
                    ambiguous(field, entry.key_span())
                        .help(format!("`{}` is ignored beside `{canonical}`: write the key once", entry.key)),
                );
            } else if earlier.is_some() {
                self.warnings.push(
                    ambiguous(field, entry.key_span())
                        .help("in Consul it is chance which one counts: write the key once"),
                );
            } else {
                from_alias.insert(canonical.clone(), keys.len());
                keys.push(Some((canonical, entry)));
            }
        }
        keys
    }

    fn value(&mut self, path: &Path<'_>, node: &Node, kind: Type) -> Json {
        let wants_list = matches!(kind, Type::List(_));
        let node = match &node.value {
            Value::Null => return self.zero(kind),
            Value::List(List { items, .. }) if !wants_list && items.len() == 1 => match items.first() {
                Some(item) if matches!(item.value, Value::Null) => {
                    self.crash(path, item.span);
                    return self.zero(kind);
                }
                Some(item) if !matches!(kind, Type::Any) => item,
                _ => node,
            },
            _ => node,
        };
        match kind {
            Type::Any => as_any(node),
            Type::Optional(inner) => self.value(path, node, *inner),
            Type::List(item) => self.list(path, node, *item),
            Type::Map(item) => self.map(path, node, item),
            Type::Struct(fields) => match &node.value {
                Value::Object(object) => Json::Object(self.object(path, object, fields)),
                _ => self.mismatch(path, node, kind),
            },
            _ => match convert::scalar(node, kind, path, self.version) {
                Ok(json) => json,
                Err(convert::Mismatch::Type) => self.mismatch(path, node, kind),
                Err(convert::Mismatch::Text { consul, message, help }) => {
                    self.type_errors.push(TypeError { consul, message, help, span: node.span });
                    self.zero(kind)
                }
            },
        }
    }

    fn list(&mut self, path: &Path<'_>, node: &Node, item: Type) -> Json {
        let single = std::slice::from_ref(node);
        let items = match &node.value {
            Value::List(list) => list.items.as_slice(),
            Value::Object(object) if object.entries.is_empty() => &[],
            _ => single,
        };
        let mut decoded = Vec::with_capacity(items.len());
        for (index, value) in items.iter().enumerate() {
            let json = self.value(&Path::Item(path, index), value, item);
            decoded.push(Decoded { json, span: Some(value.span) });
        }
        Json::List(decoded)
    }

    fn map(&mut self, path: &Path<'_>, node: &Node, item_type: &'static Type) -> Json {
        let item = *item_type;
        let mut members = BTreeMap::new();
        match &node.value {
            Value::Object(object) => self.add_to_map(path, object, item, &mut members),
            Value::List(list) => {
                for (index, value) in list.items.iter().enumerate() {
                    let item_path = Path::Item(path, index);
                    // Lists of lists are taken apart once more.
                    let value = match &value.value {
                        Value::List(List { items, .. }) if items.len() == 1 => items.first().unwrap_or(value),
                        _ => value,
                    };
                    match &value.value {
                        Value::Object(object) => self.add_to_map(&item_path, object, item, &mut members),
                        Value::Null => {}
                        Value::List(List { items, .. }) if items.is_empty() => {}
                        _ => {
                            self.mismatch(&item_path, value, Type::Map(item_type));
                        }
                    }
                }
            }
            _ => return self.mismatch(path, node, Type::Map(item_type)),
        }
        Json::Object(members.into_iter().map(|(key, field)| (key.into(), field)).collect())
    }

    fn add_to_map(
        &mut self,
        path: &Path<'_>,
        object: &Object,
        item: Type,
        members: &mut BTreeMap<String, Decoded>,
    ) {
        for entry in &object.entries {
            let item_path = Path::Pair(path, &entry.key);
            let json = self.value(&item_path, &entry.node, item);
            self.warn_of_conversion(&item_path, &entry.node, item, &json);
            members.insert(entry.key.clone(), Decoded { json, span: Some(entry.node.span) });
        }
    }

    fn zero(&self, kind: Type) -> Json {
        match kind {
            Type::String | Type::DurationText => Json::String(String::new()),
            Type::Bool => Json::Bool(false),
            Type::Int | Type::Duration => Json::Int(0),
            Type::Uint(_) => Json::Uint(0),
            Type::Float => Json::Float(0.0),
            Type::Float32 => Json::Float32(0.0),
            Type::Any | Type::Optional(_) | Type::Map(_) | Type::List(_) => Json::Null,
            Type::Struct(fields) => Json::Object(
                fields
                    .fields(self.version)
                    .map(|field| (field, self.zero(field.kind)))
                    .filter(|(field, _)| field.always_sent || matches!(field.kind, Type::Struct(_)))
                    .map(|(field, json)| (field.name.into(), json.into()))
                    .collect(),
            ),
        }
    }

    fn mismatch(&mut self, path: &Path<'_>, node: &Node, kind: Type) -> Json {
        let found = go_kind(&node.value);
        let anew = convert::says_it_anew(self.version);
        let consul = match kind {
            Type::Struct(_) if anew => format!("'{path}' expected a map or struct, got \"{found}\""),
            Type::Struct(_) | Type::Map(_) if !anew => format!("'{path}' expected a map, got '{found}'"),
            _ => {
                let mut consul = format!(
                    "'{path}' expected type '{}', got unconvertible type '{}'",
                    convert::type_name(kind),
                    go_type(&node.value)
                );
                if self.version.at_least(Release(1, 10, 0)) && !anew {
                    consul = format!("{consul}, value: '{}'", go_value(&node.value));
                }
                consul
            }
        };
        let (wanted, help) = convert::describe(kind);
        let found = convert::describe_value(&node.value);
        self.type_errors.push(TypeError {
            consul,
            message: format!("`{path}` must be {wanted}, not {found}"),
            help: help.to_owned(),
            span: node.span,
        });
        self.zero(kind)
    }

    fn crash(&mut self, path: &Path<'_>, span: Span) {
        self.crash.get_or_insert_with(|| {
            Located::new(Code::CrashesConsul, format!("`{path}` is a list holding only null"))
                .at(span)
                .help("leave the key out; Consul crashes on this value")
        });
    }

    fn unknown_key(&mut self, path: &Path<'_>, key: &str, span: Span, fields: &Struct) {
        let full = Path::Member(path, key).to_string();
        let lower = lower(&full);
        let suffix = if lower.ends_with("namespace") && self.version.at_least(Release(1, 9, 0)) {
            ", namespaces are a consul enterprise feature"
        } else if lower.contains("jwt") && self.version.at_least(Release(1, 17, 0)) {
            ", api-gateway jwt validation is a consul enterprise feature"
        } else {
            ""
        };
        let consul = format!("invalid config key {}{suffix}", quote(&full));
        let help = if self.unknown.len() < SUGGESTIONS {
            suggest::key(key, fields, self.version)
        } else {
            "see the first ones".to_owned()
        };
        self.unknown.push(UnknownKey { path: full, consul, help, span });
    }

    fn warn_of_unknown(&mut self, path: &Path<'_>, key: &str, span: Span, fields: &Struct) {
        self.unknown_key(path, key, span, fields);
        let Some(unknown) = self.unknown.pop() else { return };
        let message = format!("unknown key `{}`: it is sent unchanged, and the agent decides", unknown.path);
        self.warnings.push(
            Located::new(Code::UnknownKey, message)
                .severity(Severity::Warning)
                .at(span)
                .help(unknown.help)
                .consul(unknown.consul),
        );
    }

    /// A boolean or a number where a text is wanted is hardly meant as one.
    fn warn_of_conversion(&mut self, path: &Path<'_>, node: &Node, kind: Type, json: &Json) {
        let (Type::String, Json::String(text)) = (kind, json) else { return };
        let node = match &node.value {
            Value::List(List { items, .. }) => match items.as_slice() {
                [only] => only,
                _ => return,
            },
            _ => node,
        };
        let what = match node.value {
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            _ => return,
        };
        self.warnings.push(
            Located::new(
                Code::ConvertedValue,
                format!("`{path}` is {what}; Consul stores the text {}", quote(text)),
            )
            .at(node.span)
            .help("write the text you mean in double quotes"),
        );
    }
}

/// The key a field takes: the exact one, else the first that is the same but for case.
fn choose(keys: &[Option<(String, &Entry)>], field: &Field) -> Option<usize> {
    let position = |matches: &dyn Fn(&str) -> bool| {
        keys.iter().position(|slot| slot.as_ref().is_some_and(|(key, _)| matches(key)))
    };
    position(&|key| key == field.name).or_else(|| position(&|key| equal_fold(key, field.name)))
}

fn ambiguous(field: &Field, span: Span) -> Located {
    Located::new(Code::AmbiguousSpelling, format!("`{}` is given in two spellings", field.name)).at(span)
}

/// Whether `omitempty` leaves a value out. An optional value that was given is sent even if it is empty.
fn left_out(json: &Json, kind: Type) -> bool {
    match kind {
        Type::Optional(_) => *json == Json::Null,
        _ => json.is_empty(),
    }
}
