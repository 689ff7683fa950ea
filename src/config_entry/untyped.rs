//! Values without a schema: free-form maps such as `Config`, and keys that no field takes.

use std::collections::BTreeMap;

use super::request::{Field, Json, Name};
use crate::hcl::{Entry, List, Node, Value};

/// A value without a schema, with blocks of one taken for objects.
pub(super) fn as_any(node: &Node) -> Json {
    match &node.value {
        Value::List(List { items, .. }) if items.len() == 1 => {
            items.first().map_or(Json::Null, |item| unsliced(item, true))
        }
        // Without the list around it nothing inside is touched.
        _ => unsliced(node, false),
    }
}

/// A value as it stands, for keys that no field takes: a block is an object, a list stays one.
pub(super) fn as_given(node: &Node) -> Json {
    let member = |node: &Node| Field { json: as_given(node), span: Some(node.span) };
    match &node.value {
        Value::List(List { items, of_blocks: true, .. }) if items.len() == 1 => {
            items.first().map_or(Json::Null, as_given)
        }
        Value::List(list) => Json::List(list.items.iter().map(member).collect()),
        Value::Object(object) => Json::Object(
            object.entries.iter().map(|entry| (entry.key.clone().into(), member(&entry.node))).collect(),
        ),
        _ => unsliced(node, false),
    }
}

/// Turns a value into JSON; if `taking_apart`, members that are lists of one become that one.
fn unsliced(node: &Node, taking_apart: bool) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(number) => Json::Int(*number),
        Value::Float(number) => Json::Float(*number),
        Value::String(text) => text.raw.clone().map_or_else(|| Json::String(text.text.clone()), Json::Bytes),
        Value::List(list) => Json::List(
            list.items
                .iter()
                .map(|item| Field { json: unsliced(item, taking_apart), span: Some(item.span) })
                .collect(),
        ),
        Value::Object(object) => {
            let member = |entry: &Entry| {
                let json = match &entry.node.value {
                    Value::List(List { items, .. }) if taking_apart && items.len() == 1 => {
                        items.first().map_or(Json::Null, |item| unsliced(item, true))
                    }
                    _ => unsliced(&entry.node, taking_apart),
                };
                (Name::from(entry.key.clone()), Field { json, span: Some(entry.node.span) })
            };
            Json::Object(object.entries.iter().map(member).collect::<BTreeMap<_, _>>().into_iter().collect())
        }
    }
}
