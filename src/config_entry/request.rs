//! The decoded entry as JSON with its members in order, and the exact bytes Consul's client sends.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::go::json::{self, Writer};
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

    /// The object with zero for `CreateIndex` and `ModifyIndex`, if it has them.
    pub(super) fn without_indexes(&self) -> Cow<'_, Self> {
        let is_index = |name: &str| matches!(name, "CreateIndex" | "ModifyIndex");
        match self {
            Self::Object(members)
                if members.iter().any(|(name, field)| is_index(name) && !field.json.is_empty()) =>
            {
                let zero = |(name, field): &(Name, Field)| {
                    let json = if is_index(name) { Self::Uint(0) } else { field.json.clone() };
                    (name.clone(), Field { json, span: field.span })
                };
                Cow::Owned(Self::Object(members.iter().map(zero).collect()))
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// Appends the value as the Go of that time writes it, without spaces.
    pub fn write_go(&self, writer: Writer, output: &mut String) {
        match self {
            Self::Null => output.push_str("null"),
            Self::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
            Self::Int(number) => output.push_str(&number.to_string()),
            Self::Uint(number) => output.push_str(&number.to_string()),
            Self::Float(number) => output.push_str(&json::float(*number)),
            Self::Float32(number) => output.push_str(&json::float32(*number)),
            Self::String(text) => writer.text(text, output),
            Self::Bytes(bytes) => writer.bytes(bytes, output),
            Self::List(items) => {
                write_members(['[', ']'], items, output, |item, output| item.json.write_go(writer, output));
            }
            Self::Object(members) => {
                write_members(['{', '}'], members, output, |(name, field), output| {
                    writer.text(name, output);
                    output.push(':');
                    field.json.write_go(writer, output);
                });
            }
        }
    }

    /// As [`Json::write_go`], with four blanks of indent a level, as `config read` prints it.
    pub fn indented_go(&self, writer: Writer) -> String {
        let mut compact = String::new();
        self.write_go(writer, &mut compact);
        json::indent(&compact, "    ")
    }
}

fn write_members<T>(
    [open, close]: [char; 2],
    members: &[T],
    output: &mut String,
    mut write: impl FnMut(&T, &mut String),
) {
    output.push(open);
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            output.push(',');
        }
        write(member, output);
    }
    output.push(close);
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
