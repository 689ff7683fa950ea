//! An entry as Consul's servers have it, and the mark by which termgate knows its own.

use std::borrow::Cow;

use super::request::{Field, Json, Name};
use super::schema::Kind;
use super::{ConfigEntry, decode, kinds};
use crate::consul_version::ConsulVersion;
use crate::hcl::{self, Value};

/// The key of `Meta` that says who applied an entry.
pub const OWNER_KEY: &str = "termgate-owner";

/// An entry as the HTTP API gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its kind.
    pub kind: &'static str,
    /// Its name; of kinds with only one entry, the fixed name.
    pub name: String,
    /// Its Enterprise namespace and partition, empty where there are none.
    pub scope: Scope,
    /// What check-and-set compares.
    pub modify_index: u64,
    /// Its members, those included that this version's fields do not name.
    pub(super) body: Json,
}

/// Enterprise namespace and partition of an entry; empty where not given.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// Namespace.
    pub namespace: String,
    /// Admin partition.
    pub partition: String,
}

impl Stored {
    /// One entry out of the answer to `GET /v1/config/<kind>/<name>`. Fails with what is wrong with the answer.
    pub fn parse(answer: &[u8], kind: &str, version: &ConsulVersion) -> Result<Self, String> {
        let value = hcl::read_json(answer).map_err(|error| error.message)?;
        Self::of_value(&value, kind, version)
    }

    /// All entries out of the answer to `GET /v1/config/<kind>`. Fails with what is wrong with the answer.
    pub fn parse_list(answer: &[u8], kind: &str, version: &ConsulVersion) -> Result<Vec<Self>, String> {
        match hcl::read_json(answer).map_err(|error| error.message)? {
            Value::Null => Ok(Vec::new()),
            Value::List(list) => {
                list.items.iter().map(|item| Self::of_value(&item.value, kind, version)).collect()
            }
            _ => Err("the answer is not a list of entries".to_owned()),
        }
    }

    fn of_value(value: &Value, kind: &str, version: &ConsulVersion) -> Result<Self, String> {
        let kind = kinds::find(kind, version).ok_or_else(|| format!("invalid config entry kind: {kind}"))?;
        let Value::Object(root) = value else { return Err("the answer is not an entry".to_owned()) };
        let body = Json::Object(decode::stored(root, kind, version)?);
        let modify_index = match root.get("ModifyIndex").map(|entry| &entry.node.value) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            Some(Value::Float(number)) => *number as u64,
            _ => return Err("the entry has no ModifyIndex".to_owned()),
        };
        Ok(Self { kind: kind.name, name: stored_name(kind, &body), scope: scope(&body), modify_index, body })
    }

    /// An entry as the servers have it once it is written.
    pub fn of_written(entry: &ConfigEntry) -> Self {
        Self {
            kind: entry.kind,
            name: entry.stored_name(),
            scope: entry.scope(),
            modify_index: 0,
            body: entry.body().clone(),
        }
    }

    /// Who applied it, if it says so.
    pub fn owner(&self) -> Option<Cow<'_, str>> {
        owner(&self.body)
    }
}

/// An entry out of the text that the servers have, or shall have: members that this version's fields do not name are no
/// errors. Fails with what is wrong with the text.
pub fn of_answer(answer: &[u8], kind: &str, version: &ConsulVersion) -> Result<ConfigEntry, String> {
    let kind = kinds::find(kind, version).ok_or_else(|| format!("invalid config entry kind: {kind}"))?;
    let Value::Object(root) = hcl::read_json(answer).map_err(|error| error.message)? else {
        return Err("the answer is not an entry".to_owned());
    };
    let body = Json::Object(decode::stored(&root, kind, version)?);
    let name = stored_name(kind, &body);
    Ok(ConfigEntry::new(kind.name, &name, body, version, Vec::new()))
}

impl ConfigEntry {
    /// The name it is stored under.
    pub fn stored_name(&self) -> String {
        match kinds::find(self.kind(), self.version()) {
            Some(kind) => stored_name(kind, self.body()),
            None => self.name().to_owned(),
        }
    }

    /// Its Enterprise namespace and partition.
    pub fn scope(&self) -> Scope {
        scope(self.body())
    }

    /// Who applies it, if it says so.
    pub fn owner(&self) -> Option<Cow<'_, str>> {
        owner(self.body())
    }

    /// The same with an owner's mark; `None` if entries of this kind have no `Meta`.
    pub fn with_owner(&self, owner: &str) -> Option<Self> {
        let Json::Object(members) = self.body() else { return None };
        let fields = kinds::find(self.kind(), self.version())?.fields;
        let order: Vec<&str> = fields.fields(self.version()).map(|field| field.name).collect();
        let place = |name: &str| order.iter().position(|known| *known == name);
        let meta = place("Meta")?;
        let mut members = members.clone();
        let mark = (Name::from(OWNER_KEY), Field::from(Json::String(owner.to_owned())));
        match members.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("Meta")) {
            Some((_, Field { json: Json::Object(pairs), .. })) => {
                pairs.retain(|(key, _)| key != OWNER_KEY);
                let at = pairs.iter().position(|(key, _)| &**key > OWNER_KEY).unwrap_or(pairs.len());
                pairs.insert(at, mark);
            }
            Some((_, field)) => field.json = Json::Object(vec![mark]),
            None => {
                // Members are sent in the order of the fields.
                let at = members.iter().position(|(name, _)| place(name) > Some(meta));
                let field = Field::from(Json::Object(vec![mark]));
                members.insert(at.unwrap_or(members.len()), ("Meta".into(), field));
            }
        }
        Some(Self { body: Json::Object(members), ..self.clone() })
    }
}

fn stored_name(kind: &Kind, body: &Json) -> String {
    let name = || body.get("Name").and_then(|field| field.json.as_text()).unwrap_or_default().into_owned();
    kind.fixed_name.map_or_else(name, str::to_owned)
}

fn scope(body: &Json) -> Scope {
    let text = |name: &str| {
        let text = body.get(name).and_then(|field| field.json.as_text());
        text.unwrap_or_default().into_owned()
    };
    Scope { namespace: text("Namespace"), partition: text("Partition") }
}

fn owner(body: &Json) -> Option<Cow<'_, str>> {
    let text = body.get("Meta")?.json.get(OWNER_KEY)?.json.as_text()?;
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_entry::read;
    use crate::hcl::Source;

    fn entry(text: &str) -> ConfigEntry {
        read(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN).unwrap()
    }

    #[test]
    fn the_owners_mark_takes_its_place_among_the_members() {
        for (text, expected) in [
            (
                r#"{"Kind":"service-defaults","Name":"a","Protocol":"http"}"#,
                r#"{"Kind":"service-defaults","Name":"a","Protocol":"http","Meta":{"termgate-owner":"me"}}"#,
            ),
            (
                r#"{"Kind":"service-defaults","Name":"a","Meta":{"z":"1","a":"2"}}"#,
                r#"{"Kind":"service-defaults","Name":"a","Meta":{"a":"2","termgate-owner":"me","z":"1"}}"#,
            ),
            (
                r#"{"Kind":"tcp-route","Name":"a"}"#,
                r#"{"Kind":"tcp-route","Name":"a","Meta":{"termgate-owner":"me"}}"#,
            ),
        ] {
            let marked = entry(text).with_owner("me").unwrap();
            assert_eq!(marked.owner().as_deref(), Some("me"));
            assert_eq!(serde_json::to_string(&marked.to_json()).unwrap(), expected);
        }
    }

    #[test]
    fn unknown_members_of_answers_are_kept() {
        let answer = br#"[{"Kind":"mesh","Future":{"X":1},"ModifyIndex":7,"CreateIndex":3}, {"Kind":"mesh","ModifyIndex":8}]"#;
        let stored = Stored::parse_list(answer, "mesh", &ConsulVersion::NEWEST_KNOWN).unwrap();
        assert_eq!((stored[0].name.as_str(), stored[0].modify_index), ("mesh", 7));
        assert!(stored[0].body.get("Future").is_some());
        for wrong in ["{}", "[1]", "[{\"Kind\":\"mesh\"}]", "x"] {
            assert!(Stored::parse_list(wrong.as_bytes(), "mesh", &ConsulVersion::NEWEST_KNOWN).is_err());
        }
    }
}
