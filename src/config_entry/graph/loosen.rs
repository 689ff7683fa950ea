//! What an entry is written as for a moment, where its final form can only come later.
//!
//! Each form asks for less of other entries than the final one does, and stays as close to it as it can.

use crate::config_entry::request::{Field, Json, Name};
use crate::config_entry::stored::Stored;
use crate::config_entry::{ConfigEntry, kinds};

/// The forms of an entry that ask for less, gentlest first; the last one asks for nothing but what it is for.
pub(super) fn forms(entry: &ConfigEntry, stored: Option<&Stored>) -> Vec<ConfigEntry> {
    let nothing = Json::Object(Vec::new());
    let stored = stored.map_or(&nothing, |stored| &stored.body);
    match entry.kind() {
        "service-resolver" => {
            let both = with(entry, "Subsets", Some(united(stored, entry.body(), "Subsets")));
            // As it is, with the new subsets beside the old ones.
            let widened =
                ["DefaultSubset", "Redirect", "Failover"].into_iter().fold(both.clone(), |form, name| {
                    with(&form, name, stored.get(name).map(|field| field.json.clone()))
                });
            let alone =
                ["Redirect", "Failover"].into_iter().fold(both.clone(), |form, name| with(&form, name, None));
            vec![both, widened, alone]
        }
        "service-splitter" => {
            let whole = Json::Object(vec![("Weight".into(), Json::Float32(100.0).into())]);
            vec![with(entry, "Splits", Some(Json::List(vec![whole.into()])))]
        }
        "service-router" => {
            vec![
                with(entry, "Routes", Some(common(stored, entry.body(), "Routes"))),
                with(entry, "Routes", None),
            ]
        }
        "ingress-gateway" => {
            let none = Json::List(Vec::new());
            let common = common(stored, entry.body(), "Listeners");
            vec![with(entry, "Listeners", Some(common)), with(entry, "Listeners", Some(none))]
        }
        _ => Vec::new(),
    }
}

/// The members of both maps; where both have one, that of the second.
fn united(stored: &Json, wanted: &Json, name: &str) -> Json {
    let members = |json: &Json| match json.get(name).map(|field| &field.json) {
        Some(Json::Object(members)) => members.clone(),
        _ => Vec::new(),
    };
    let mut all = members(wanted);
    let missing = members(stored).into_iter().filter(|(name, _)| !all.iter().any(|(known, _)| known == name));
    let missing: Vec<(Name, Field)> = missing.collect();
    all.extend(missing);
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    Json::Object(all)
}

/// The items of the wanted list that the stored one has as well.
fn common(stored: &Json, wanted: &Json, name: &str) -> Json {
    let items = |json: &Json| json.get(name).map(|field| field.json.items().to_vec()).unwrap_or_default();
    let plain = |item: &Field| without_places(&item.json.pruned());
    let there: Vec<Json> = items(stored).iter().map(plain).collect();
    Json::List(items(wanted).into_iter().filter(|item| there.contains(&plain(item))).collect())
}

fn without_places(json: &Json) -> Json {
    match json {
        Json::List(items) => {
            Json::List(items.iter().map(|item| Field::from(without_places(&item.json))).collect())
        }
        Json::Object(members) => {
            let mut members: Vec<(Name, Field)> = members
                .iter()
                .map(|(name, field)| (name.clone(), Field::from(without_places(&field.json))))
                .collect();
            members.sort_by(|(left, _), (right, _)| left.cmp(right));
            Json::Object(members)
        }
        other => other.clone(),
    }
}

/// The entry with another value for a member, or without it.
fn with(entry: &ConfigEntry, name: &'static str, value: Option<Json>) -> ConfigEntry {
    let mut members = match entry.body() {
        Json::Object(members) => members.clone(),
        _ => Vec::new(),
    };
    let value = value.filter(|json| !matches!(json, Json::Null));
    let at = members.iter().position(|(member, _)| member == name);
    match (at, value) {
        (Some(at), Some(json)) => {
            if let Some((_, field)) = members.get_mut(at) {
                *field = json.into();
            }
        }
        (Some(at), None) => {
            members.remove(at);
        }
        (None, Some(json)) => {
            // Members are sent in the order of the fields.
            let order: Vec<&str> = kinds::find(entry.kind(), entry.version())
                .map(|kind| kind.fields.fields(entry.version()).map(|field| field.name).collect())
                .unwrap_or_default();
            let place = |name: &str| order.iter().position(|known| *known == name);
            let own = place(name);
            let at = members.iter().position(|(member, _)| place(member) > own).unwrap_or(members.len());
            members.insert(at, (name.into(), json.into()));
        }
        (None, None) => {}
    }
    ConfigEntry { body: Json::Object(members), ..entry.clone() }
}
