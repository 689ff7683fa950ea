//! The decoded entry as JSON with its members in order, and the exact bytes Consul's client sends.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::consul_version::ConsulVersion;
use crate::hcl::Span;
use crate::hcl::source::to_text;

/// The name of a member: that of a known field, or one from the file.
pub type Name = Cow<'static, str>;

/// A JSON value whose members keep their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer without sign.
    Uint(u64),
    /// A 64-bit float.
    Float(f64),
    /// A 32-bit float.
    Float32(f32),
    /// A text.
    String(String),
    /// A text that is not UTF-8, which Go sends with `\ufffd` for every stray byte.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Field>),
    /// An object.
    Object(Vec<(Name, Field)>),
}

/// A value and where in the file it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The value.
    pub json: Json,
    /// Its place; none if it was not read from a file.
    pub span: Option<Span>,
}

impl From<Json> for Field {
    fn from(json: Json) -> Self {
        Self { json, span: None }
    }
}

impl Json {
    /// The member of this name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Field> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, field)| field),
            _ => None,
        }
    }

    /// The text, if this is one; stray bytes are U+FFFD.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::String(text) => Some(Cow::Borrowed(text)),
            Self::Bytes(bytes) => Some(Cow::Owned(to_text(bytes))),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn items(&self) -> &[Field] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Whether Go's `omitempty` leaves it out; objects with known fields never are, maps are.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) | Self::Int(0) | Self::Uint(0) => true,
            Self::Float(number) => *number == 0.0,
            Self::Float32(number) => *number == 0.0,
            Self::String(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(members) => members.is_empty(),
            _ => false,
        }
    }

    /// Without empty members at any level, and without `CreateIndex` and `ModifyIndex`, which the server ignores.
    #[must_use]
    pub fn pruned(&self) -> Self {
        match self {
            Self::List(items) => Self::List(
                items.iter().map(|item| Field { json: item.json.pruned(), span: item.span }).collect(),
            ),
            Self::Object(members) => Self::Object(
                members
                    .iter()
                    .filter(|(name, _)| !matches!(&**name, "CreateIndex" | "ModifyIndex"))
                    .map(|(name, field)| {
                        (name.clone(), Field { json: field.json.pruned(), span: field.span })
                    })
                    .filter(|(_, field)| !field.json.is_empty())
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// Appends the value as the Go of that time writes it: no spaces, `<`, `>`, `&`, U+2028 and U+2029 escaped.
    pub fn write_go(&self, go: GoJson, output: &mut String) {
        self.write(go, Layout::Compact, output);
    }

    /// As [`Json::write_go`], with four blanks of indent a level, as `config read` prints it.
    pub fn write_go_indented(&self, go: GoJson, output: &mut String) {
        self.write(go, Layout::Indented(0), output);
    }

    fn write(&self, go: GoJson, layout: Layout, output: &mut String) {
        match self {
            Self::Null => output.push_str("null"),
            Self::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
            Self::Int(number) => output.push_str(&number.to_string()),
            Self::Uint(number) => output.push_str(&number.to_string()),
            Self::Float(number) => {
                output.push_str(&go_number(format!("{number:e}"), number.abs(), &number.to_string()));
            }
            Self::Float32(number) => {
                output.push_str(&go_number(
                    format!("{number:e}"),
                    f64::from(number.abs()),
                    &number.to_string(),
                ));
            }
            Self::String(text) => write_go_string(text, go, output),
            Self::Bytes(bytes) => {
                output.push('"');
                for chunk in bytes.utf8_chunks() {
                    write_go_characters(chunk.valid(), go, output);
                    chunk.invalid().iter().for_each(|_| output.push_str("\\ufffd"));
                }
                output.push('"');
            }
            Self::List(items) => layout.write('[', ']', items, output, |item, layout, output| {
                item.json.write(go, layout, output);
            }),
            Self::Object(members) => {
                layout.write('{', '}', members, output, |(name, field), layout, output| {
                    write_go_string(name, go, output);
                    output.push_str(layout.colon());
                    field.json.write(go, layout, output);
                });
            }
        }
    }
}

/// Where line ends and blanks go.
#[derive(Clone, Copy)]
enum Layout {
    /// Nowhere.
    Compact,
    /// Every item on a line of its own, so deep.
    Indented(usize),
}

impl Layout {
    fn colon(self) -> &'static str {
        match self {
            Self::Compact => ":",
            Self::Indented(_) => ": ",
        }
    }

    fn write<T>(
        self,
        open: char,
        close: char,
        items: &[T],
        output: &mut String,
        mut write_item: impl FnMut(&T, Self, &mut String),
    ) {
        let inner = match self {
            Self::Compact => Self::Compact,
            Self::Indented(depth) => Self::Indented(depth + 1),
        };
        output.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                output.push(',');
            }
            inner.new_line(output);
            write_item(item, inner, output);
        }
        if !items.is_empty() {
            self.new_line(output);
        }
        output.push(close);
    }

    fn new_line(self, output: &mut String) {
        if let Self::Indented(depth) = self {
            output.push('\n');
            output.extend(std::iter::repeat_n("    ", depth));
        }
    }
}

/// A finite float: plain, but with an exponent below 1e-6 and from 1e21 on. `scientific` and `plain` are Rust's shortest
/// forms, which round-trip as Go's do.
fn go_number(scientific: String, magnitude: f64, plain: &str) -> String {
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        return match scientific.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => scientific,
        };
    }
    plain.to_owned()
}

fn write_go_string(text: &str, go: GoJson, output: &mut String) {
    output.push('"');
    write_go_characters(text, go, output);
    output.push('"');
}

fn write_go_characters(text: &str, go: GoJson, output: &mut String) {
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            '\u{8}' if go.short_escapes => output.push_str("\\b"),
            '\u{c}' if go.short_escapes => output.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String never fails.
                let _ = write!(output, "\\u{:04x}", u32::from(character));
            }
            _ => output.push(character),
        }
    }
}

/// How the JSON writer of Go changed over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoJson {
    /// From Go 1.22 on, backspace and form feed are `\b` and `\f`, no longer `\u0008` and `\u000c`.
    short_escapes: bool,
}

impl GoJson {
    /// The writer in a Consul release; 1.19 was the first one built with Go 1.22.
    pub const fn of(version: &ConsulVersion) -> Self {
        Self { short_escapes: version.at_least(1, 19) }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Uint(number) => serializer.serialize_u64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Float32(number) => serializer.serialize_f32(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&to_text(bytes)),
            Self::List(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&item.json)?;
                }
                sequence.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, field) in members {
                    map.serialize_entry(name, &field.json)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &Json) -> String {
        let mut output = String::new();
        json.write_go(GoJson { short_escapes: false }, &mut output);
        output
    }

    #[test]
    fn texts_are_escaped_as_go_escapes_them() {
        assert_eq!(
            written(&Json::String("<a>&\u{2028}\u{8}\u{7f}\"\n".into())),
            r#""\u003ca\u003e\u0026\u2028\u0008"#.to_owned() + "\u{7f}\\\"\\n\""
        );
    }

    #[test]
    fn floats_have_an_exponent_only_when_very_small_or_large() {
        for (number, text) in [
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (3.0, "3"),
            (0.0, "0"),
        ] {
            assert_eq!(written(&Json::Float(number)), text);
        }
        assert_eq!(written(&Json::Float32(0.1)), "0.1");
    }
}
