//! The instances of many services at once, from what is registered on the few nodes that have them.
//!
//! Consul: an instance in an answer of `/v1/health/service` is its node, its registration as
//! `/v1/catalog/node-services` has it, the node's own checks and those of the registration, as `/v1/health/node` has
//! them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::snapshot::{HealthCheck, Instance, InstanceNode, InstanceService};

/// A round through the nodes.
#[derive(Debug)]
pub(super) struct Round {
    services: BTreeSet<String>,
    open: BTreeSet<String>,
    found: BTreeMap<String, Vec<Instance>>,
}

/// What is known of one node: the answers of `/v1/catalog/node-services` and `/v1/health/node`.
#[derive(Debug, Deserialize)]
struct Node {
    catalog: Catalog,
    #[serde(default)]
    checks: Option<Vec<NodeCheck>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Catalog {
    /// Absent where there is no such node.
    node: Option<InstanceNode>,
    #[serde(default)]
    services: Option<Vec<InstanceService>>,
}

#[derive(Debug, Deserialize)]
struct NodeCheck {
    /// Empty for a check of the node itself.
    #[serde(rename = "ServiceID", default)]
    service_id: String,
    #[serde(flatten)]
    check: HealthCheck,
}

/// Both answers as one document.
pub(super) fn document(catalog: &[u8], checks: &[u8]) -> Vec<u8> {
    [br#"{"catalog":"#, catalog, br#","checks":"#, checks, b"}"].concat()
}

impl Round {
    /// A round for `services`, which have instances on `nodes` only.
    pub fn new(services: BTreeSet<String>, nodes: BTreeSet<String>) -> Self {
        Self { services, open: nodes, found: BTreeMap::new() }
    }

    /// Takes in the [`document`] of a node; whether the round is complete.
    pub fn take(&mut self, node: &str, document: &[u8]) -> serde_json::Result<bool> {
        let Node { catalog, checks } = serde_json::from_slice(document)?;
        self.open.remove(node);
        let Some(node) = catalog.node else { return Ok(self.open.is_empty()) };
        let mut by_instance: BTreeMap<String, Vec<HealthCheck>> = BTreeMap::new();
        for NodeCheck { service_id, check } in checks.unwrap_or_default() {
            by_instance.entry(service_id).or_default().push(check);
        }
        let of_node = by_instance.remove("").unwrap_or_default();
        for service in catalog.services.unwrap_or_default() {
            if !self.services.contains(&service.service) {
                continue;
            }
            let mut checks = of_node.clone();
            checks.extend(by_instance.remove(&service.id).unwrap_or_default());
            let instances = self.found.entry(service.service.clone()).or_default();
            instances.push(Instance { node: node.clone(), service, checks });
        }
        Ok(self.open.is_empty())
    }

    /// Forgets a service about which something newer is known.
    pub fn forget(&mut self, service: &str) {
        self.services.remove(service);
    }

    /// The services that the round is for.
    pub fn services(&self) -> &BTreeSet<String> {
        &self.services
    }

    /// The services that the round was for, when it is given up.
    pub fn into_services(self) -> BTreeSet<String> {
        self.services
    }

    /// The instances of every service that the round is for, in the order of `/v1/health/service`.
    pub fn into_instances(mut self) -> impl Iterator<Item = (String, Vec<Instance>)> {
        self.services.into_iter().map(move |service| {
            let mut instances = self.found.remove(&service).unwrap_or_default();
            // Consul: its tables are in the order of the names in small letters.
            instances.sort_by_cached_key(|instance| {
                (instance.node.node.to_lowercase(), instance.service.id.to_lowercase())
            });
            (service, instances)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::CheckStatus;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn node(name: &str, services: &[(&str, &str)], checks: &Value) -> Vec<u8> {
        let services: Vec<Value> =
            services.iter().map(|(id, name)| json!({"ID": id, "Service": name, "Port": 80})).collect();
        let catalog = json!({"Node": {"Node": name, "Address": "10.0.0.1"}, "Services": services});
        document(catalog.to_string().as_bytes(), checks.to_string().as_bytes())
    }

    #[test]
    fn instances_have_the_checks_of_their_node_and_their_own() {
        let mut round = Round::new(names(&["a", "b", "gone"]), names(&["One", "two"]));
        let checks = json!([
            {"Node": "two", "CheckID": "own", "ServiceID": "a2", "Status": "warning"},
            {"Node": "two", "CheckID": "serf", "ServiceID": "", "Status": "critical"},
        ]);
        let services = [("a2", "a"), ("b1", "b"), ("other", "not-linked")];
        assert!(!round.take("two", &node("two", &services, &checks)).unwrap());
        assert!(round.take("One", &node("One", &[("B9", "a"), ("a10", "a")], &json!(null))).unwrap());
        let found: BTreeMap<String, Vec<Instance>> = round.into_instances().collect();
        let ids = |service: &str| -> Vec<&str> {
            found[service].iter().map(|instance| instance.service.id.as_str()).collect()
        };
        assert_eq!((ids("a"), ids("b"), ids("gone")), (vec!["a10", "B9", "a2"], vec!["b1"], vec![]));
        let checks = |service: &str| -> Vec<(&str, CheckStatus)> {
            let instance = found[service].last().unwrap();
            instance.checks.iter().map(|check| (check.check_id.as_str(), check.status)).collect()
        };
        assert_eq!(checks("a"), [("serf", CheckStatus::Critical), ("own", CheckStatus::Warning)]);
        assert_eq!(checks("b"), [("serf", CheckStatus::Critical)]);
        assert_eq!(found["a"][0].node.address, "10.0.0.1");
    }

    #[test]
    fn what_is_newer_than_a_round_is_left_alone_and_a_node_may_be_gone() {
        let mut round = Round::new(names(&["a", "b"]), names(&["one"]));
        round.forget("a");
        assert!(round.take("one", &document(br#"{"Node":null,"Services":null}"#, b"null")).unwrap());
        assert_eq!(round.into_instances().collect::<Vec<_>>(), [("b".to_owned(), vec![])]);
    }

    #[test]
    fn an_answer_of_another_shape_completes_nothing() {
        let mut round = Round::new(names(&["a"]), names(&["one"]));
        assert!(round.take("one", b"nonsense").is_err());
        assert!(round.take("one", &document(br#"{"Services": 7}"#, b"[]")).is_err());
    }
}
