//! Comparison of values: members, emptiness, equality.

use std::collections::BTreeSet;

use crate::config_entry::request::{Field, Json, Name};
use crate::config_entry::schema::{Struct, Type};
use crate::go::duration;

/// The fields of an object, if it has known ones.
pub(super) fn known_fields(kind: Type) -> Option<&'static Struct> {
    match kind {
        Type::Struct(fields) | Type::Optional(&Type::Struct(fields)) => Some(fields),
        _ => None,
    }
}

/// The members of an object.
pub(super) fn entries(json: &Json) -> &[(Name, Field)] {
    match json {
        Json::Object(members) => members,
        _ => &[],
    }
}

/// The value of a member.
pub(super) fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.get(name).map(|field| &field.json)
}

/// The keys of both objects, each once, sorted.
pub(super) fn keys<'a>(
    from: Option<&'a Json>,
    to: Option<&'a Json>,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let both = [from, to].into_iter().flatten().flat_map(entries).map(|(name, _)| &**name);
    both.collect::<BTreeSet<&str>>().into_iter()
}

/// Whether nothing is said by an object with known fields; an optional value that is given counts even if it is empty.
pub(super) fn says_nothing(json: &Json, fields: &Struct) -> bool {
    entries(json).iter().all(|(name, member)| {
        let field = fields.fields.iter().find(|field| field.name == name);
        match field.map(|field| (field.kind, known_fields(field.kind))) {
            Some((_, Some(fields))) => says_nothing(&member.json, fields),
            Some((Type::Optional(_), None)) => member.json == Json::Null,
            _ => is_blank(&member.json),
        }
    })
}

/// Whether nothing is said: empty at every level.
pub(super) fn is_blank(json: &Json) -> bool {
    match json {
        Json::Object(members) => members.iter().all(|(_, field)| is_blank(&field.json)),
        other => other.is_empty(),
    }
}

/// Whether it is absent or a duration of zero.
pub(super) fn is_no_duration(json: &Json) -> bool {
    json.is_empty() || json.as_text().is_some_and(|text| duration::parse(&text) == Ok(0))
}

/// A list of one object as that object.
pub(super) fn unlisted(json: &Json) -> &Json {
    match json {
        Json::List(items) => match items.as_slice() {
            [Field { json: object @ Json::Object(_), .. }] => object,
            _ => json,
        },
        _ => json,
    }
}

/// The member of this key, or else the first of another spelling of it.
pub(super) fn counterpart<'a>(
    members: &(impl Iterator<Item = &'a (Name, Field)> + Clone),
    key: &str,
) -> Option<&'a Json> {
    let exact = members.clone().find(|(name, _)| name == key);
    exact
        .or_else(|| members.clone().find(|(name, _)| folded(name) == folded(key)))
        .map(|(_, field)| &field.json)
}

/// A key without case and underscores.
fn folded(name: &str) -> String {
    name.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
}

/// A number of any type.
#[expect(clippy::cast_precision_loss, reason = "JSON numbers are 64-bit floats")]
pub(super) fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Int(number) => Some(*number as f64),
        Json::Uint(number) => Some(*number as f64),
        Json::Float(number) => Some(*number),
        Json::Float32(number) => Some(f64::from(*number)),
        _ => None,
    }
}

/// Whether two values are the same, however they are written.
#[expect(clippy::float_cmp, reason = "the same number, not nearly the same")]
pub(super) fn same(from: Option<&Json>, to: Option<&Json>) -> bool {
    let (from, to) = match (from, to) {
        (None, None) => return true,
        (Some(from), Some(to)) => (from, to),
        _ => return false,
    };
    match (from, to) {
        (Json::List(from), Json::List(to)) => {
            from.len() == to.len()
                && from.iter().zip(to).all(|(from, to)| same(Some(&from.json), Some(&to.json)))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, field)| same(Some(&field.json), member(to, name)))
        }
        _ => match (number(from), number(to), from.as_text(), to.as_text()) {
            (Some(from), Some(to), _, _) => from == to,
            (_, _, Some(from), Some(to)) => from == to,
            _ => from == to,
        },
    }
}
