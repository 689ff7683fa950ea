//! A file in the other language: HCL 1 as JSON, JSON as HCL 1, without loss.
//!
//! HCL cannot tell one block from a list of one, has no `null`, and Consul takes lists apart inside free-form blocks. So
//! the result is always read back and compared with what was read; what does not survive is refused, never written.

use serde_json::Value as Plain;

use super::located::Located;
use super::refusal::{Refusal, syntax_refusal};
use super::request::{Field, Json};
use super::schema::{Struct, Type};
use super::{Unknown, hcl2, kinds};
use crate::consul_version::ConsulVersion;
use crate::finding::Code;
use crate::go::text::{equal_fold, lower};
use crate::hcl::{self, Dialect, Entry, Language, List, Node, Object, Source, SyntaxError, Value, writer};

/// The rules by which both sides are read.
const VERSION: ConsulVersion = ConsulVersion::NEWEST_KNOWN;

/// Writes a file in this language, in its canonical form.
pub fn translate(source: &Source<'_>, to: Language) -> Result<Vec<u8>, Refusal> {
    let list = source.bytes().trim_ascii_start().starts_with(b"[");
    let from = if list { Language::Json } else { Language::of(source.bytes()) };
    if from == to {
        return format(source);
    }
    if list {
        let help = "write `config_entries { bootstrap = [ … ] }`, or a file for each entry";
        return Err(inexpressible("HCL has no list at the top level", None, help));
    }
    let document = hcl::read(source, Dialect::default())
        .map_err(|error| syntax_refusal(error, hcl2::hint(source.bytes())))?;
    if let Some(span) = document.unfinished {
        return Err(refused(SyntaxError::unfinished(span)));
    }
    let fields = fields_of(&document.root);
    let mut failure = None;
    for blocks in [Blocks::AsObjects, Blocks::AsLists] {
        let shaped = shape_object(&document.root, fields, Shape { to, blocks, unknown: false })?;
        let text = match to {
            Language::Json => json_text(&shaped),
            Language::Hcl => hcl_text(&shaped),
        };
        let text = hcl::format(&Source::new(text.as_bytes())).map_err(refused)?;
        match difference(source, &document.root, &text) {
            None => return Ok(text),
            Some(path) => failure = failure.or(Some(path)),
        }
    }
    let path = failure.unwrap_or_default();
    let (message, help) = match to {
        Language::Hcl => (
            format!("HCL cannot express `{path}`"),
            "in HCL a block and a list of one are the same, and Consul flattens lists inside blocks: keep the file in JSON",
        ),
        Language::Json => (
            format!("JSON cannot express `{path}`"),
            "Consul reads JSON's numbers as 64-bit floats: write a large one as a text in quotes",
        ),
    };
    Err(inexpressible(&message, place(&document.root, &path), help))
}

/// A file in its canonical form, see [`hcl::format`].
pub fn format(source: &Source<'_>) -> Result<Vec<u8>, Refusal> {
    hcl::format(source).map_err(|error| syntax_refusal(error, hcl2::hint(source.bytes())))
}

fn refused(error: SyntaxError) -> Refusal {
    syntax_refusal(error, None)
}

fn inexpressible(message: &str, span: Option<hcl::Span>, help: &str) -> Refusal {
    Refusal { findings: vec![Located::new(Code::Inexpressible, message).at(span).help(help)], consul: None }
}

/// The fields of the kind that a file says it is of.
fn fields_of(root: &Object) -> Option<&'static Struct> {
    let Value::String(kind) = &root.get("Kind").or_else(|| root.get("kind"))?.node.value else { return None };
    Some(kinds::find(&kind.text, &VERSION)?.fields)
}

/// From here on a 64-bit float blurs integers.
const FLOAT_DIGITS: u64 = 1 << 53;

/// What becomes of `key { … }`.
#[derive(Clone, Copy, PartialEq)]
enum Blocks {
    /// An object, as a person would write it.
    AsObjects,
    /// A list of one, which it is to HCL.
    AsLists,
}

#[derive(Clone, Copy)]
struct Shape {
    to: Language,
    blocks: Blocks,
    /// Whether it is below a key that no table has, where a block is an object whatever it holds.
    unknown: bool,
}

fn shape_object(object: &Object, fields: Option<&Struct>, shape: Shape) -> Result<Json, Refusal> {
    let mut members = Vec::with_capacity(object.entries.len());
    for entry in &object.entries {
        let known = fields.and_then(|fields| type_of(fields, &entry.key));
        let shape = Shape { unknown: shape.unknown || (fields.is_some() && known.is_none()), ..shape };
        let kind = known.unwrap_or(Type::Any);
        // An absent field is what `null` means.
        let absent = matches!(kind, Type::Optional(_) | Type::Struct(_) | Type::Map(_));
        if shape.to == Language::Hcl && absent && entry.node.value == Value::Null {
            continue;
        }
        members.push((entry.key.clone().into(), shape_value(&entry.node, kind, shape)?));
    }
    Ok(Json::Object(members))
}

fn type_of(fields: &Struct, key: &str) -> Option<Type> {
    let lower = lower(key);
    let found = fields
        .fields(&VERSION)
        .find(|field| equal_fold(field.name, key) || field.alias == Some(lower.as_str()));
    found.map(|field| field.kind)
}

fn shape_value(node: &Node, kind: Type, shape: Shape) -> Result<Field, Refusal> {
    let kind = match kind {
        Type::Optional(inner) => *inner,
        kind => kind,
    };
    let json = match &node.value {
        Value::Null if shape.to == Language::Hcl => null(node, kind)?,
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        // A JSON number would lose digits; a known field takes a text as well.
        Value::Integer(number)
            if shape.to == Language::Json
                && number.unsigned_abs() >= FLOAT_DIGITS
                && !matches!(kind, Type::Any) =>
        {
            Json::String(number.to_string())
        }
        Value::Integer(number) => Json::Int(*number),
        Value::Float(number) => Json::Float(*number),
        Value::String(text) => text.raw.clone().map_or_else(|| Json::String(text.text.clone()), Json::Bytes),
        // `{}` where a list belongs means none in JSON, and one empty item in HCL.
        Value::Object(object)
            if shape.to == Language::Hcl && object.entries.is_empty() && matches!(kind, Type::List(_)) =>
        {
            Json::List(Vec::new())
        }
        Value::Object(object) => shape_members(object, kind, shape)?,
        Value::List(list) => shape_list(list, kind, shape)?,
    };
    Ok(Field { json, span: Some(node.span) })
}

/// What `null` means where a known field is.
fn null(node: &Node, kind: Type) -> Result<Json, Refusal> {
    match kind {
        Type::String | Type::DurationText => Ok(Json::String(String::new())),
        Type::Bool => Ok(Json::Bool(false)),
        Type::Int | Type::Uint(_) | Type::Float | Type::Float32 | Type::Duration => Ok(Json::Int(0)),
        Type::List(_) => Ok(Json::List(Vec::new())),
        Type::Any | Type::Map(_) | Type::Struct(_) | Type::Optional(_) => {
            Err(inexpressible("HCL has no `null`", Some(node.span), "leave the key out"))
        }
    }
}

fn shape_list(list: &List, kind: Type, shape: Shape) -> Result<Json, Refusal> {
    if list.of_blocks
        && (shape.blocks == Blocks::AsObjects || shape.unknown)
        && !matches!(kind, Type::List(_))
        && let [Node { value: Value::Object(object), .. }] = list.items.as_slice()
        && (shape.unknown || !(object.entries.is_empty() && matches!(kind, Type::Any)))
    {
        return shape_members(object, kind, shape);
    }
    let item = match kind {
        Type::List(item) => *item,
        kind => kind,
    };
    let items = list.items.iter().map(|node| shape_value(node, item, shape));
    Ok(Json::List(items.collect::<Result<_, _>>()?))
}

fn shape_members(object: &Object, kind: Type, shape: Shape) -> Result<Json, Refusal> {
    match kind {
        Type::Struct(fields) => shape_object(object, Some(fields), shape),
        Type::List(item) => shape_members(object, *item, shape),
        Type::Map(item) => {
            let member =
                |entry: &Entry| Ok((entry.key.clone().into(), shape_value(&entry.node, *item, shape)?));
            Ok(Json::Object(object.entries.iter().map(member).collect::<Result<_, Refusal>>()?))
        }
        _ => shape_object(object, None, shape),
    }
}

fn json_text(value: &Json) -> String {
    // A tree of texts, numbers, lists and objects with texts for keys always has a JSON form.
    serde_json::to_string(value).unwrap_or_default()
}

fn hcl_text(value: &Json) -> String {
    let mut output = String::new();
    if let Json::Object(members) = value {
        write_members(members, &mut output);
    }
    output
}

fn write_members(members: &[(super::request::Name, Field)], output: &mut String) {
    for (key, field) in members {
        writer::write_key(key, output);
        output.push_str(if matches!(field.json, Json::Object(_)) { " " } else { " = " });
        write_hcl(&field.json, output);
        output.push('\n');
    }
}

fn write_hcl(value: &Json, output: &mut String) {
    match value {
        // Refused before, and not made of HCL.
        Json::Null => {}
        Json::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
        Json::Int(number) => output.push_str(&number.to_string()),
        Json::Uint(number) => output.push_str(&number.to_string()),
        Json::Float(number) => writer::write_float(*number, output),
        Json::Float32(number) => writer::write_float(f64::from(*number), output),
        Json::String(text) => writer::write_text(text.as_bytes(), output),
        Json::Bytes(bytes) => writer::write_text(bytes, output),
        Json::List(items) => {
            output.push('[');
            for item in items {
                write_hcl(&item.json, output);
                output.push(',');
            }
            output.push(']');
        }
        Json::Object(members) => {
            output.push_str("{\n");
            write_members(members, output);
            output.push('}');
        }
    }
}

/// Where the written text does not say what the file says: of the entry if the file is one, else of its bare value.
fn difference(source: &Source<'_>, root: &Object, text: &[u8]) -> Option<String> {
    let written = Source::new(text);
    let (before, after) = if let Ok(entry) = super::read_with(source, &VERSION, Unknown::Sent) {
        let after = super::read_with(&written, &VERSION, Unknown::Sent).ok();
        (plain(entry.body()), after.map(|entry| plain(entry.body())))
    } else {
        let after = hcl::read(&written, Dialect::default()).ok();
        (bare(&Value::Object(root.clone())), after.map(|document| bare(&Value::Object(document.root))))
    };
    match after {
        Some(after) => first_difference(&before, &after, String::new()),
        None => Some(String::new()),
    }
}

fn plain(body: &Json) -> Plain {
    serde_json::to_value(body).unwrap_or_default()
}

/// A value without what the languages cannot tell apart: a list of one object is that object.
fn bare(value: &Value) -> Plain {
    match value {
        Value::Null => Plain::Null,
        Value::Bool(value) => Plain::from(*value),
        Value::Integer(number) => Plain::from(*number),
        Value::Float(number) => Plain::from(*number),
        Value::String(text) => Plain::from(text.text.clone()),
        Value::List(list) => match list.items.as_slice() {
            [Node { value: only @ Value::Object(_), .. }] => bare(only),
            items => items.iter().map(|item| bare(&item.value)).collect(),
        },
        Value::Object(object) => {
            object.entries.iter().map(|entry| (entry.key.clone(), bare(&entry.node.value))).collect()
        }
    }
}

/// The path of the first value that differs.
fn first_difference(left: &Plain, right: &Plain, path: String) -> Option<String> {
    match (left, right) {
        (Plain::Object(left), Plain::Object(right)) => {
            let below = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let lost = left.iter().find_map(|(key, value)| match right.get(key) {
                Some(other) => first_difference(value, other, below(key)),
                None => Some(below(key)),
            });
            lost.or_else(|| right.keys().find(|key| !left.contains_key(*key)).map(below))
        }
        (Plain::Array(left), Plain::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(index, (left, right))| first_difference(left, right, format!("{path}[{index}]")))
        }
        (Plain::Number(left), Plain::Number(right)) if left != right => {
            let same =
                exact(left).zip(exact(right)).is_some_and(|(left, right)| left.total_cmp(&right).is_eq());
            (!same).then_some(path)
        }
        _ => (left != right).then_some(path),
    }
}

/// The number as a float, if a float holds it exactly.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a lost digit is what is looked for"
)]
fn exact(number: &serde_json::Number) -> Option<f64> {
    match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => Some(integer as f64).filter(|float| *float as i128 == i128::from(integer)),
        (_, Some(integer)) => Some(integer as f64).filter(|float| *float as i128 == i128::from(integer)),
        _ => number.as_f64(),
    }
}

/// The place of the top-level key a path begins with.
fn place(root: &Object, path: &str) -> Option<hcl::Span> {
    let key = path.split(['.', '[']).next().unwrap_or_default();
    root.entries.iter().find(|entry| equal_fold(&entry.key, key)).map(Entry::key_span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str, to: Language) -> String {
        let output =
            translate(&Source::new(text.as_bytes()), to).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn an_entry_goes_to_json_and_back() {
        let hcl = r#"Kind = "terminating-gateway"
Name = "gw"
Meta {
  "a b" = "${x} \x24{y"
  empty = ""
}
Services = [
  {
    Name   = "billing"
    CAFile = "/etc/ca.pem"
  },
]
"#;
        let json = r#"{
  "Kind": "terminating-gateway",
  "Name": "gw",
  "Meta": {
    "a b": "${x} ${y",
    "empty": ""
  },
  "Services": [
    {
      "Name": "billing",
      "CAFile": "/etc/ca.pem"
    }
  ]
}
"#;
        assert_eq!(translated(hcl, Language::Json), json);
        assert_eq!(translated(json, Language::Hcl), hcl);
    }

    #[test]
    fn blocks_lists_and_null_keep_their_meaning() {
        let json = r#"{"Kind":"terminating-gateway","Name":"gw","Services":{},"Meta":null}"#;
        let hcl = "Kind     = \"terminating-gateway\"\nName     = \"gw\"\nServices = []\n";
        assert_eq!(translated(json, Language::Hcl), hcl);
        let nameless = "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices {}\n";
        assert!(translated(nameless, Language::Json).contains("\"Services\": [\n    {}\n  ]"));
        let bundle = "config_entries { bootstrap = [ { kind = \"mesh\" }, { kind = \"mesh\" } ] }";
        let json = translated(bundle, Language::Json);
        assert!(json.starts_with("{\n  \"config_entries\": {\n    \"bootstrap\": ["), "{json}");
        assert!(translated(&json, Language::Hcl).starts_with("config_entries {\n  bootstrap = ["));
    }

    #[test]
    fn line_ends_survive_in_the_same_language_too() {
        let text = "a = <<E\nx\r\r\nE\n";
        let read = |text: &str| hcl::read(&Source::new(text.as_bytes()), Dialect::default()).unwrap().root;
        assert_eq!(
            bare(&Value::Object(read(&translated(text, Language::Hcl)))),
            serde_json::json!({"a": "x\r\n"})
        );
    }

    #[test]
    fn a_translation_that_loses_something_is_refused() {
        for (text, to, message) in [
            ("[{}]", Language::Hcl, "no list at the top level"),
            (r#"{"Kind":"proxy-defaults","Name":"global","Config":{"a":null}}"#, Language::Hcl, "no `null`"),
            (
                r#"{"Kind":"proxy-defaults","Name":"global","Config":{"a":{"b":["x"]}}}"#,
                Language::Hcl,
                "HCL cannot express `Config.a.b`",
            ),
            (
                "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { a = 9007199254740993 }",
                Language::Json,
                "JSON cannot express `Config.a`",
            ),
            ("Name =", Language::Json, "ends after this"),
            ("Name = [", Language::Json, "never closed"),
        ] {
            let refusal = translate(&Source::new(text.as_bytes()), to).unwrap_err();
            assert!(refusal.findings[0].finding.message.contains(message), "{text}: {refusal:?}");
        }
    }
}
