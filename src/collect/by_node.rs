//! The instances of linked services from what is registered on their nodes.
//!
//! Consul: an instance in an answer of `/v1/health/service` is its node, its registration, the node's own checks and
//! those of the registration. `/v1/internal/ui/node/<node>` has all of that of one node, `/v1/internal/ui/nodes` of
//! every node.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::digest;
use crate::snapshot::{HealthCheck, Instance, InstanceNode, InstanceService, folded};

/// One node as the agent returns it; what is registered there is not parsed yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Node<'a> {
    #[serde(rename = "ID", default)]
    id: Option<String>,
    #[serde(rename = "Node")]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    tagged_addresses: Option<BTreeMap<String, String>>,
    #[serde(default)]
    meta: Option<BTreeMap<String, String>>,
    /// Consul 1.13+: the cluster peer that it belongs to, whose nodes may have the names of nodes here.
    #[serde(default)]
    peer_name: String,
    #[serde(borrow, default)]
    services: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    checks: Option<Vec<&'a RawValue>>,
}

impl Node<'_> {
    /// Whether it is a node of this cluster.
    pub fn is_local(&self) -> bool {
        self.peer_name.is_empty()
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Identifies the instance of a registration or a check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    #[serde(rename = "ID", default)]
    id: String,
    /// Of a registration.
    #[serde(default)]
    service: String,
    /// Of a check; empty for one of the node itself.
    #[serde(rename = "ServiceID", default)]
    service_id: String,
}

/// What was last read of each node. What is still the same is not read again.
#[derive(Debug, Default)]
pub(super) struct Nodes(BTreeMap<String, Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// The index of that answer.
    index: u64,
    node: InstanceNode,
    /// Digests of registrations and checks, with the id of the instance.
    parts: BTreeMap<u64, String>,
    /// Ids of instances about which something else was said since.
    uncertain: BTreeSet<String>,
}

/// How a node differs from what was last read of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// The node.
    pub node: String,
    /// Whether the node was not known before: what is not among `instances` is not there.
    pub is_whole: bool,
    /// Whether the node differs from what was last read of it.
    pub is_news: bool,
    /// Ids of the instances that came, went or changed, or that are uncertain.
    pub ids: BTreeSet<String>,
    /// Those of them that are there.
    pub instances: Vec<Instance>,
    /// Names (in lower case) of services of which something cannot be read.
    pub unreadable: BTreeSet<String>,
}

impl Nodes {
    /// Takes in a node, which is in `datacenter`, as it was at `index`.
    pub fn take(&mut self, node: Node<'_>, datacenter: &str, index: u64) -> Change {
        let Node { id, name, address, tagged_addresses, meta, services, checks, .. } = node;
        let before = self.0.remove(&name);
        let is_whole = before.is_none();
        let mut before = before.unwrap_or_default();
        let node = InstanceNode {
            id: id.unwrap_or_default(),
            node: name.clone(),
            address,
            datacenter: datacenter.to_owned(),
            tagged_addresses: tagged_addresses.unwrap_or_default(),
            meta: meta.unwrap_or_default(),
        };
        let (services, checks) = (services.unwrap_or_default(), checks.unwrap_or_default());
        let (services, checks) = (digests(&services), digests(&checks));
        let mut ids = BTreeSet::new();
        let mut parts = BTreeMap::new();
        let mut sort = |found: &[(u64, &str)], id: fn(Head) -> String| {
            for (digest, text) in found {
                let id = before.parts.remove(digest).unwrap_or_else(|| {
                    let id = serde_json::from_str(text).map(id).unwrap_or_default();
                    ids.insert(id.clone());
                    id
                });
                parts.insert(*digest, id);
            }
        };
        sort(&services, |head| head.id);
        sort(&checks, |head| head.service_id);
        ids.extend(before.parts.into_values());
        let is_news = is_whole || !ids.is_empty() || node != before.node;
        ids.extend(before.uncertain);
        // A check without a service is one of the node, which counts for all that is there.
        if node != before.node || ids.contains("") {
            ids.extend(parts.values().cloned());
        }
        let change = Change { is_whole, is_news, ..read(&node, ids, &parts, &services, &checks) };
        self.0.insert(name, Seen { index, node, parts, uncertain: BTreeSet::new() });
        change
    }

    /// Something newer was said of an instance, perhaps: it may have come and gone between two answers about its node.
    pub fn mark_uncertain(&mut self, instance: &Instance) {
        if let Some(seen) = self.0.get_mut(&instance.node.node) {
            seen.uncertain.insert(instance.service.id.clone());
        }
    }

    /// Forgets a node: whatever is on it next time is a change.
    pub fn forget(&mut self, node: &str) {
        self.0.remove(node);
    }

    /// Whether an answer from `index` is older than what is known. It is so only once: an agent that was restored from
    /// a snapshot counts anew.
    pub fn is_older(&mut self, node: &str, index: u64) -> bool {
        let Some(seen) = self.0.get_mut(node).filter(|seen| index < seen.index) else { return false };
        seen.index = 0;
        true
    }

    /// How many registrations and checks a node had when it was last read.
    pub fn size(&self, node: &str) -> usize {
        self.0.get(node).map_or(0, |seen| seen.parts.len())
    }
}

fn digests<'a>(raw: &[&'a RawValue]) -> Vec<(u64, &'a str)> {
    raw.iter().map(|raw| (digest(&raw.get()), raw.get())).collect()
}

/// Reads what is about the instances `ids`.
fn read(
    node: &InstanceNode,
    ids: BTreeSet<String>,
    parts: &BTreeMap<u64, String>,
    services: &[(u64, &str)],
    checks: &[(u64, &str)],
) -> Change {
    let mut change = Change { node: node.node.clone(), ..Change::default() };
    if ids.is_empty() {
        return change;
    }
    let mut checks_of: BTreeMap<&str, Vec<HealthCheck>> = BTreeMap::new();
    let mut unreadable_ids = BTreeSet::new();
    for (digest, text) in checks {
        let Some(id) = parts.get(digest).filter(|id| id.is_empty() || ids.contains(*id)) else { continue };
        match serde_json::from_str(text) {
            Ok(check) => checks_of.entry(id).or_default().push(check),
            Err(_) => drop(unreadable_ids.insert(id.as_str())),
        }
    }
    let of_node = checks_of.remove("").unwrap_or_default();
    for (digest, text) in services {
        let Some(id) = parts.get(digest).filter(|id| ids.contains(*id)) else { continue };
        match serde_json::from_str::<InstanceService>(text) {
            Ok(service) if !unreadable_ids.contains(id.as_str()) && !unreadable_ids.contains("") => {
                let mut checks = of_node.clone();
                checks.extend(checks_of.remove(id.as_str()).unwrap_or_default());
                change.instances.push(Instance { node: node.clone(), service, checks });
            }
            Ok(service) => drop(change.unreadable.insert(folded(&service.service).into_owned())),
            Err(_) => {
                let name = serde_json::from_str::<Head>(text).map(|head| head.service).unwrap_or_default();
                change.unreadable.insert(folded(&name).into_owned());
            }
        }
    }
    change.ids = ids;
    change
}

impl Change {
    /// Whether an instance as it was is not so any more.
    pub fn concerns(&self, instance: &Instance) -> bool {
        instance.node.node == self.node && (self.is_whole || self.ids.contains(&instance.service.id))
    }

    /// What becomes of the instances of a service; `new` are those of its name here. In the order of
    /// `/v1/health/service`.
    pub fn applied_to(&self, known: &[Instance], new: impl IntoIterator<Item = Instance>) -> Vec<Instance> {
        let stays = known.iter().filter(|instance| !self.concerns(instance)).cloned();
        let mut instances: Vec<Instance> = stays.chain(new).collect();
        // Consul: its tables are in the order of the names in small letters.
        instances.sort_by_cached_key(|instance| {
            (instance.node.node.to_lowercase(), instance.service.id.to_lowercase())
        });
        instances
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::CheckStatus;

    fn service(id: &str, name: &str, port: u16) -> Value {
        json!({"ID": id, "Service": name, "Tags": null, "Address": "", "Port": port, "ModifyIndex": 5})
    }

    fn check(id: &str, service_id: &str, status: &str) -> Value {
        json!({"Node": "one", "CheckID": id, "ServiceID": service_id, "Status": status})
    }

    fn node(name: &str, address: &str, services: &[Value], checks: &[Value]) -> String {
        json!({"ID": "", "Node": name, "Address": address, "TaggedAddresses": null, "Meta": null,
            "Services": services, "Checks": checks})
        .to_string()
    }

    fn take(nodes: &mut Nodes, text: &str) -> Change {
        nodes.take(serde_json::from_str(text).unwrap(), "dc1", 7)
    }

    fn ids(change: &Change) -> Vec<&str> {
        change.ids.iter().map(String::as_str).collect()
    }

    fn found(change: &Change) -> Vec<(&str, i64, usize)> {
        let tell = |one: &'_ Instance| (one.service.port, one.checks.len());
        change.instances.iter().map(|one| (one.service.id.as_str(), tell(one).0, tell(one).1)).collect()
    }

    #[test]
    fn instances_have_the_checks_of_their_node_and_their_own() {
        let checks = [check("own", "a1", "warning"), check("serf", "", "critical")];
        let change = take(
            &mut Nodes::default(),
            &node("one", "10.0.0.1", &[service("a1", "a", 80), service("b1", "b", 81)], &checks),
        );
        assert_eq!(ids(&change), ["", "a1", "b1"]);
        let of = |place: usize| -> Vec<(&str, CheckStatus)> {
            let checks = change.instances[place].checks.iter();
            checks.map(|check| (check.check_id.as_str(), check.status.clone())).collect()
        };
        assert_eq!(of(0), [("serf", CheckStatus::Critical), ("own", CheckStatus::Warning)]);
        assert_eq!(of(1), [("serf", CheckStatus::Critical)]);
        let first = &change.instances[0].node;
        assert_eq!((first.address.as_str(), first.datacenter.as_str()), ("10.0.0.1", "dc1"));
    }

    #[test]
    fn only_nodes_that_differ_are_read() {
        let mut nodes = Nodes::default();
        let (a, b) = (service("a1", "a", 80), service("b1", "b", 81));
        let own = check("own", "b1", "passing");
        let before = node("one", "x", &[a.clone(), b.clone()], std::slice::from_ref(&own));
        assert_eq!(found(&take(&mut nodes, &before)), [("a1", 80, 0), ("b1", 81, 1)]);
        assert_eq!(ids(&take(&mut nodes, &before)), [""; 0]);
        // A check alone, an address alone, one that goes, one that comes, one that changes hands.
        let change = take(&mut nodes, &node("one", "x", &[a.clone(), b], &[check("own", "b1", "critical")]));
        assert_eq!(found(&change), [("b1", 81, 1)]);
        let change = take(&mut nodes, &node("one", "x", &[a.clone(), service("c1", "c", 82)], &[]));
        assert_eq!((ids(&change), found(&change)), (vec!["b1", "c1"], vec![("c1", 82, 0)]));
        let change = take(&mut nodes, &node("one", "x", &[a.clone(), service("c1", "a", 82)], &[]));
        assert_eq!(change.instances[0].service.service, "a");
        // What is said of the node concerns all of its instances.
        let all = [a, service("c1", "a", 82)];
        assert_eq!(found(&take(&mut nodes, &node("one", "y", &all, &[]))), [("a1", 80, 0), ("c1", 82, 0)]);
        let down = [check("serf", "", "critical")];
        assert_eq!(found(&take(&mut nodes, &node("one", "y", &all, &down))), [("a1", 80, 1), ("c1", 82, 1)]);
        assert_eq!(found(&take(&mut nodes, &node("one", "y", &all, &[]))), [("a1", 80, 0), ("c1", 82, 0)]);
        nodes.forget("one");
        assert_eq!(found(&take(&mut nodes, &node("one", "y", &all, &[]))), [("a1", 80, 0), ("c1", 82, 0)]);
    }

    #[test]
    fn an_earlier_answer_counts_as_older_once() {
        let mut nodes = Nodes::default();
        assert!(!nodes.is_older("one", 1));
        take(&mut nodes, &node("one", "x", &[], &[]));
        assert!(!nodes.is_older("one", 7));
        assert!(nodes.is_older("one", 6));
        assert!(!nodes.is_older("one", 6));
    }

    #[test]
    fn an_unreadable_instance_is_reported_with_its_service() {
        let mut nodes = Nodes::default();
        let unreadable = json!({"ID": "b1", "Service": "B", "Port": "eighty"});
        let change = take(&mut nodes, &node("one", "x", &[service("a1", "a", 80), unreadable], &[]));
        assert_eq!(
            (found(&change), change.unreadable.clone()),
            (vec![("a1", 80, 0)], BTreeSet::from(["b".to_owned()]))
        );
        let unreadable = json!({"CheckID": "own", "ServiceID": "a1", "Status": 7});
        let change = take(&mut nodes, &node("one", "x", &[service("a1", "a", 80)], &[unreadable]));
        assert_eq!((found(&change), change.unreadable.clone()), (vec![], BTreeSet::from(["a".to_owned()])));
    }

    #[test]
    fn a_forgotten_node_is_read_completely() {
        let mut nodes = Nodes::default();
        let text = node("one", "x", &[service("a1", "a", 80)], &[]);
        assert!(take(&mut nodes, &text).is_whole);
        assert!(!take(&mut nodes, &text).is_news);
        nodes.forget("one");
        let change = take(&mut nodes, &node("one", "x", &[], &[]));
        assert!(change.is_whole && change.is_news && change.ids.is_empty());
    }

    #[test]
    fn a_contradicted_node_is_read_again_once() {
        let mut nodes = Nodes::default();
        let text = node("one", "x", &[service("a1", "a", 80)], &[]);
        let first = take(&mut nodes, &text);
        // One that is there, and one that came and went.
        let gone = Instance {
            service: InstanceService { id: "a2".to_owned(), ..InstanceService::default() },
            ..first.instances[0].clone()
        };
        nodes.mark_uncertain(&first.instances[0]);
        nodes.mark_uncertain(&gone);
        let change = take(&mut nodes, &text);
        assert_eq!((ids(&change), found(&change)), (vec!["a1", "a2"], vec![("a1", 80, 0)]));
        assert!(!change.is_news);
        assert_eq!(ids(&take(&mut nodes, &text)), [""; 0]);
    }

    #[test]
    fn nodes_of_peers_and_shapes_of_other_releases_are_distinguished() {
        let peer = json!({"Node": "one", "PeerName": "east", "ID": null}).to_string();
        let node: Node = serde_json::from_str(&peer).unwrap();
        assert!(!node.is_local());
        assert_eq!(ids(&Nodes::default().take(node, "dc1", 7)), [""; 0]);
        assert!(serde_json::from_str::<Option<Node>>("null").unwrap().is_none());
        assert!(serde_json::from_str::<Node>("{}").is_err());
    }

    #[test]
    fn instances_are_in_the_order_of_the_catalog() {
        let on = |node: &str, id: &str| Instance {
            node: InstanceNode { node: node.to_owned(), ..InstanceNode::default() },
            service: InstanceService { id: id.to_owned(), ..InstanceService::default() },
            checks: Vec::new(),
        };
        let known = [on("One", "b"), on("two", "a"), on("two", "b")];
        let order = |change: &Change, new: Vec<Instance>| -> Vec<(String, String)> {
            let instances = change.applied_to(&known, new).into_iter();
            instances.map(|one| (one.node.node, one.service.id)).collect()
        };
        let text = |expected: &[(&str, &str)]| -> Vec<(String, String)> {
            expected.iter().map(|(node, id)| ((*node).to_owned(), (*id).to_owned())).collect()
        };
        let mut change = Change { node: "two".to_owned(), ids: ["a".to_owned()].into(), ..Change::default() };
        let new = vec![on("two", "B"), on("two", "a10")];
        let part = [("One", "b"), ("two", "a10"), ("two", "b"), ("two", "B")];
        assert_eq!(order(&change, new.clone()), text(&part));
        // All that is known of a node that is read anew counts no more.
        change.is_whole = true;
        assert_eq!(order(&change, new), text(&[("One", "b"), ("two", "a10"), ("two", "B")]));
    }
}
