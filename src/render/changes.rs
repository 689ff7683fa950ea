//! What changes in Envoy from one set of resources to another, for people: filter chains, clusters, endpoints, routes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Resources;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceChange {
    /// `chain`, `cluster`, `endpoints` or `route`.
    pub resource: &'static str,
    /// Name; of a chain, its SNIs.
    pub name: String,
    /// `add`, `remove` or `change`.
    pub op: &'static str,
    /// The fields that differ; `transport_socket` is TLS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// All changes, by kind and name. Secrets are left out: they are renewed all the time.
pub fn changes(before: &Resources, after: &Resources) -> Vec<ResourceChange> {
    let mut changes = Vec::new();
    for (resource, of) in KINDS {
        let (before, after) = (of(before), of(after));
        let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (op, fields) = match (before.get(name), after.get(name)) {
                (None, _) => ("add", Vec::new()),
                (_, None) => ("remove", Vec::new()),
                (Some(before), Some(after)) if before == after => continue,
                (Some(before), Some(after)) => ("change", differing(before, after)),
            };
            changes.push(ResourceChange { resource, name: name.clone(), op, fields });
        }
    }
    changes
}

type ByName = BTreeMap<String, Value>;

/// A kind, and how its resources are got at.
type Kind = (&'static str, fn(&Resources) -> ByName);

const KINDS: [Kind; 4] =
    [("chain", chains), ("cluster", clusters), ("endpoints", endpoints), ("route", routes)];

fn value(resource: &impl Serialize) -> Value {
    // All keys are text and no field fails to serialise.
    serde_json::to_value(resource).unwrap_or_default()
}

/// Listeners share their chains; each counts once.
fn chains(resources: &Resources) -> ByName {
    let all = resources.listeners.values().flat_map(|listener| &listener.filter_chains);
    let name = |names: &[String]| names.join(", ");
    let named = all.map(|chain| {
        let matched = chain.filter_chain_match.as_ref();
        (
            matched.map_or_else(|| "(any other name)".to_owned(), |found| name(&found.server_names)),
            value(chain.as_ref()),
        )
    });
    named.collect()
}

fn clusters(resources: &Resources) -> ByName {
    resources.clusters.iter().map(|(name, cluster)| (name.clone(), value(cluster))).collect()
}

fn endpoints(resources: &Resources) -> ByName {
    resources.endpoints.iter().map(|(name, endpoints)| (name.clone(), value(endpoints))).collect()
}

fn routes(resources: &Resources) -> ByName {
    resources.routes.iter().map(|(name, route)| (name.clone(), value(route))).collect()
}

/// The members of two objects that are not the same.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let empty = Map::new();
    let members = |value: &'_ Value| value.as_object().cloned();
    let (before, after) =
        (members(before).unwrap_or_else(|| empty.clone()), members(after).unwrap_or_else(|| empty.clone()));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envoy_api::ClusterLoadAssignment;

    #[test]
    fn equal_values_are_not_changes() {
        let endpoints = |names: &[&str]| {
            let mut resources = Resources::default();
            for name in names {
                let assignment =
                    ClusterLoadAssignment { cluster_name: (*name).to_owned(), endpoints: Vec::new() };
                resources.endpoints.insert((*name).to_owned(), assignment.into());
            }
            resources
        };
        let (before, after) = (endpoints(&["a", "b"]), endpoints(&["b", "c"]));
        let reported = changes(&before, &after);
        let reported: Vec<_> =
            reported.iter().map(|change| (change.resource, change.name.as_str(), change.op)).collect();
        assert_eq!(reported, [("endpoints", "a", "remove"), ("endpoints", "c", "add")]);
        assert!(changes(&before, &before.clone()).is_empty());
    }

    #[test]
    fn the_members_that_differ_are_named() {
        let before = serde_json::json!({"a": 1, "b": 2, "c": 3});
        let after = serde_json::json!({"a": 1, "b": 3, "d": 4});
        assert_eq!(differing(&before, &after), ["b", "c", "d"]);
    }
}
