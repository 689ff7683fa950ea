//! Objects as Consul's command line prints them: fields in the order of its own types, and only those.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::go::json::{Writer, indent};

/// What is printed of a field that is not in the answer, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nothing, even if it is in the answer but empty.
    Omitted,
    /// Nothing; but what is in the answer is printed.
    Kept,
    /// This.
    Json(&'static str),
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    name: &'static str,
    absent: Absent,
    /// The fields of the objects in it.
    inner: &'static [Field],
}

/// A field of this name.
pub const fn field(name: &'static str, absent: Absent) -> Field {
    Field { name, absent, inner: &[] }
}

/// A list of objects with these fields; an empty one is left out.
pub const fn list(name: &'static str, inner: &'static [Field]) -> Field {
    Field { name, absent: Absent::Omitted, inner }
}

/// The fields of a link to a policy or role.
pub const LINK: &[Field] = &[field("ID", Absent::Json("\"\"")), field("Name", Absent::Json("\"\""))];
/// The fields of a service identity.
pub const SERVICE: &[Field] = &[field("ServiceName", Absent::Omitted), field("Datacenters", Absent::Omitted)];
/// The fields of a node identity.
pub const NODE: &[Field] =
    &[field("NodeName", Absent::Json("\"\"")), field("Datacenter", Absent::Json("\"\""))];

/// JSON of an object, or of a list of them, with a line end.
pub fn json(value: &Value, fields: &[Field]) -> String {
    let mut text = String::new();
    write(value, fields, &mut text);
    indent(&text, "    ") + "\n"
}

fn write(value: &Value, fields: &[Field], out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(is) => out.push_str(if *is { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => Writer::NEWEST.text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                write(item, fields, out);
            }
            out.push(']');
        }
        Value::Object(map) if fields.is_empty() => {
            out.push('{');
            for (number, (key, item)) in map.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                Writer::NEWEST.text(key, out);
                out.push(':');
                write(item, &[], out);
            }
            out.push('}');
        }
        Value::Object(map) => {
            out.push('{');
            let mut is_first = true;
            for Field { name, absent, inner } in fields {
                let found = map.get(*name).filter(|item| !item.is_null());
                let mut written = String::new();
                match (found, absent) {
                    (Some(item), Absent::Omitted) if is_empty(item) => continue,
                    (Some(item), _) => write(item, inner, &mut written),
                    (None, Absent::Json(text)) => written.push_str(text),
                    (None, _) => continue,
                }
                if !std::mem::take(&mut is_first) {
                    out.push(',');
                }
                Writer::NEWEST.text(name, out);
                out.push(':');
                out.push_str(&written);
            }
            out.push('}');
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(number) => number.as_u64() == Some(0),
        Value::Bool(is) => !is,
        Value::Null => true,
    }
}

/// A moment in RFC 3339 as Go prints times: `2026-11-30 18:17:04.5 +0000 UTC`.
pub fn moment(text: &str) -> String {
    let Some((day, rest)) = text.split_once('T') else { return "0001-01-01 00:00:00 +0000 UTC".to_owned() };
    if let Some(time) = rest.strip_suffix('Z') {
        return format!("{day} {time} +0000 UTC");
    }
    match rest.rfind(['+', '-']) {
        Some(at) => {
            let (time, zone) = rest.split_at(at);
            let zone = zone.replace(':', "");
            format!("{day} {time} {zone} {zone}")
        }
        None => format!("{day} {rest}"),
    }
}

/// A hash in base64, as hexadecimal digits.
pub fn hash(text: &str) -> String {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
    bytes.iter().flat_map(digits).flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_in_the_order_of_the_type_and_others_are_left_out() {
        const FIELDS: &[Field] = &[
            field("Name", Absent::Json("\"\"")),
            list("Roles", LINK),
            field("Datacenters", Absent::Json("null")),
            field("Legacy", Absent::Kept),
        ];
        let value = json!({"Other": 1, "Legacy": false, "Roles": [{"Name": "<a>", "ID": "1"}]});
        let text = super::json(&value, FIELDS);
        let expected = "{\n    \"Name\": \"\",\n    \"Roles\": [\n        {\n            \"ID\": \"1\",\n            \
                        \"Name\": \"\\u003ca\\u003e\"\n        }\n    ],\n    \"Datacenters\": null,\n    \"Legacy\": false\n}\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn times_and_hashes_are_printed_as_go_does() {
        assert_eq!(moment("2026-11-30T18:17:04.568677283Z"), "2026-11-30 18:17:04.568677283 +0000 UTC");
        assert_eq!(moment("2026-11-30T18:17:04+01:00"), "2026-11-30 18:17:04 +0100 +0100");
        assert_eq!(hash("swIQ"), "b30210");
    }
}
