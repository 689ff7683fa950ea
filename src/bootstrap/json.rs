//! Ordered JSON: built as values, so that no text can break out of its place, and printed in the order it was built.
//!
//! `serde_json::Value` would sort the keys and re-spell a user's numbers; a bootstrap that a person compares with
//! Consul's should keep both.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// A JSON value whose objects keep their order and which may hold a user's fragment as written.
#[derive(Debug, Clone)]
pub(super) enum Json {
    Text(Cow<'static, str>),
    Number(i64),
    Bool(bool),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
    /// One JSON document exactly as its author wrote it.
    Raw(Box<RawValue>),
}

impl Json {
    /// The compact text of this value.
    pub(super) fn compact(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Raw(raw) => raw.serialize(serializer),
        }
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self::Text(Cow::Owned(text.clone()))
    }
}

impl From<u16> for Json {
    fn from(number: u16) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::List(items)
    }
}

/// An object with these members, in this order.
macro_rules! object {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::bootstrap::json::Json::Object(vec![$(($name, $crate::bootstrap::json::Json::from($value))),*])
    };
}

/// A list of these items.
macro_rules! list {
    ($($value:expr),* $(,)?) => {
        $crate::bootstrap::json::Json::List(vec![$($crate::bootstrap::json::Json::from($value)),*])
    };
}

pub(super) use {list, object};

/// Checks that `text` is one JSON document.
pub(super) fn check_document(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::check_document;

    #[test]
    fn two_documents_or_bad_escapes_are_not_a_document() {
        assert!(check_document("{} {}").is_err());
        assert!(check_document("\"\\1\"").is_err());
        assert!(check_document("5").is_ok());
    }
}
