//! Which linked services a change among their instances concerns, so that only those are asked about.
//!
//! The blocking query that wakes on every change says how many instances and checks each service has, which
//! shows instances that come and go and checks that turn. What it doesn't show (another address, port, weight)
//! shows in the catalog of the nodes: every registration there has the index of its last change.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::digest;

/// On more nodes than this, asking for the services is as good as asking for the nodes.
const MOST_NODES: usize = 16;

/// As many services on a node take as long to ask for one by one as the node takes.
const WORTH_A_NODE: usize = 16;

/// What was last seen of the instances of linked services.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Of each service, a digest and its nodes.
    summaries: BTreeMap<String, (u64, BTreeSet<String>)>,
    services: BTreeMap<String, BTreeMap<InstanceKey, u64>>,
    nodes: BTreeMap<String, u64>,
}

/// Node and service id.
type InstanceKey = (String, String);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    name: String,
    #[serde(default)]
    nodes: Option<BTreeSet<String>>,
    #[serde(default)]
    instance_count: u64,
    #[serde(default)]
    checks_passing: u64,
    #[serde(default)]
    checks_warning: u64,
    #[serde(default)]
    checks_critical: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    node: Node,
    service: Service,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    #[serde(default)]
    node: String,
    #[serde(default)]
    modify_index: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    #[serde(default, rename = "ID")]
    id: String,
    #[serde(default, rename = "Service")]
    name: String,
    #[serde(default)]
    modify_index: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NodeServices {
    /// Absent where there is no such node.
    node: Option<Node>,
    #[serde(default)]
    services: Option<Vec<Service>>,
}

#[derive(Debug, Deserialize)]
struct Document {
    catalog: NodeServices,
}

impl Marks {
    /// Takes in a summary: the services that it shows to have changed since the last one.
    pub fn summary(&mut self, body: &[u8]) -> BTreeSet<String> {
        let Ok(list) = serde_json::from_slice::<Option<Vec<Summary>>>(body) else { return BTreeSet::new() };
        let now: BTreeMap<String, (u64, BTreeSet<String>)> = list
            .unwrap_or_default()
            .into_iter()
            .map(|summary| {
                let checks = (summary.checks_passing, summary.checks_warning, summary.checks_critical);
                let nodes = summary.nodes.unwrap_or_default();
                (summary.name, (digest(&(summary.instance_count, checks)), nodes))
            })
            .collect();
        let gone = self.summaries.keys().filter(|name| !now.contains_key(*name)).cloned();
        let other = now.iter().filter(|(name, found)| self.summaries.get(*name) != Some(found));
        let changed = other.map(|(name, _)| name.clone()).chain(gone).collect();
        self.summaries = now;
        changed
    }

    /// Splits off those of `services` that are best asked about by their nodes, and gives these nodes: few nodes have
    /// them, and they are not a small part of what `linked` services have there.
    pub fn split_off_by_nodes(
        &self,
        services: &mut BTreeSet<String>,
        linked: usize,
    ) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
        let known = |service: &String| self.summaries.get(service);
        let together: BTreeSet<String> =
            services.iter().filter(|service| known(service).is_some()).cloned().collect();
        let nodes: BTreeSet<String> =
            together.iter().filter_map(known).flat_map(|(_, nodes)| nodes).cloned().collect();
        let is_better =
            together.len() >= WORTH_A_NODE * nodes.len().max(1) && together.len() * WORTH_A_NODE >= linked;
        is_better.then(|| {
            services.retain(|service| !together.contains(service));
            (together, nodes)
        })
    }

    /// Takes in the instances of a service (an answer of `/v1/health/service`).
    pub fn instances(&mut self, service: &str, body: &[u8]) {
        let list = serde_json::from_slice::<Option<Vec<Instance>>>(body).unwrap_or_default();
        let mut marks = BTreeMap::new();
        for Instance { node, service } in list.unwrap_or_default() {
            self.nodes.insert(node.node.clone(), node.modify_index);
            marks.insert((node.node, service.id), service.modify_index);
        }
        self.services.insert(service.to_owned(), marks);
    }

    /// Takes in what is registered on a node (a [`document`](super::by_node::document)), as far as it is about `services`.
    pub fn node(&mut self, node: &str, services: &BTreeSet<String>, document: &[u8]) {
        let Ok(now) = serde_json::from_slice::<Document>(document) else { return };
        for service in services {
            self.services.entry(service.clone()).or_default().retain(|(at, _), _| at != node);
        }
        let Some(Node { node, modify_index }) = now.catalog.node else { return };
        for Service { id, name, modify_index } in now.catalog.services.unwrap_or_default() {
            if services.contains(&name)
                && let Some(marks) = self.services.get_mut(&name)
            {
                marks.insert((node.clone(), id), modify_index);
            }
        }
        self.nodes.insert(node, modify_index);
    }

    /// Forgets what is about services that are not among `linked`.
    pub fn retain(&mut self, linked: &BTreeSet<String>) {
        self.services.retain(|service, _| linked.contains(service));
    }

    /// The nodes that have instances of linked services; `None` if there are too many to ask.
    pub fn nodes(&mut self) -> Option<BTreeSet<String>> {
        let marks = self.services.values().flat_map(BTreeMap::keys);
        let in_use: BTreeSet<&str> = marks.map(|(node, _)| node.as_str()).collect();
        self.nodes.retain(|node, _| in_use.contains(node.as_str()));
        (in_use.len() <= MOST_NODES).then(|| in_use.into_iter().map(str::to_owned).collect())
    }

    /// The node that has the most instances of linked services, unless it has but one.
    pub fn busiest_node(&self) -> Option<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (node, _) in self.services.values().flat_map(BTreeMap::keys) {
            *counts.entry(node).or_default() += 1;
        }
        // Of several, the first by name: it stays the same one.
        let (node, count) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
        (count > 1).then(|| node.to_owned())
    }

    /// The services of which `node` has other instances than were last seen, by an answer of
    /// `/v1/catalog/node-services`; `None` if the answer cannot be read.
    pub fn changed_on(&self, node: &str, body: &[u8]) -> Option<BTreeSet<String>> {
        let now = serde_json::from_slice::<NodeServices>(body).ok()?;
        let mut known: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
        for (service, marks) in &self.services {
            let here = marks.iter().filter(|((at, _), _)| at == node);
            known.extend(here.map(|((_, id), index)| (id.as_str(), (service.as_str(), *index))));
        }
        let mut changed = BTreeSet::new();
        let Some(at) = now.node else {
            // The node is gone, and so are its instances.
            return Some(known.into_values().map(|(service, _)| service.to_owned()).collect());
        };
        let is_moved = self.nodes.get(node) != Some(&at.modify_index);
        for Service { id, name: service, modify_index } in now.services.unwrap_or_default() {
            if !self.services.contains_key(&service) {
                continue;
            }
            let before = known.remove(id.as_str());
            if is_moved || before != Some((service.as_str(), modify_index)) {
                changed.extend(before.map(|(service, _)| service.to_owned()));
                changed.insert(service);
            }
        }
        changed.extend(known.into_values().map(|(service, _)| service.to_owned()));
        Some(changed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    fn summary(services: &[(&str, u64, u64)]) -> Vec<u8> {
        let entry = |(name, count, critical): &(&str, u64, u64)| json!({"Name": name, "Nodes": ["ext", "ext"], "InstanceCount": count, "ChecksCritical": critical});
        Value::Array(services.iter().map(entry).collect()).to_string().into_bytes()
    }

    #[test]
    fn a_summary_shows_services_with_other_numbers_and_those_that_come_and_go() {
        let mut marks = Marks::default();
        marks.summary(&summary(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)]));
        assert!(marks.summary(&summary(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)])).is_empty());
        let changed = marks.summary(&summary(&[("a", 2, 0), ("b", 1, 1), ("d", 1, 0)]));
        assert_eq!(names(&changed), ["a", "b", "c", "d"]);
        assert!(marks.summary(b"nonsense").is_empty());
        assert_eq!(names(&marks.summary(b"null")), ["a", "b", "d"]);
    }

    fn fetched(marks: &mut Marks, service: &str, id: &str, node_index: u64, index: u64) {
        let body = json!([{
            "Node": {"Node": "ext", "ModifyIndex": node_index},
            "Service": {"ID": id, "Service": service, "ModifyIndex": index}, "Checks": []}]);
        marks.instances(service, body.to_string().as_bytes());
    }

    fn on_node(node_index: u64, services: &[(&str, &str, u64)]) -> Vec<u8> {
        let services: Vec<Value> = services
            .iter()
            .map(|(service, id, index)| json!({"ID": id, "Service": service, "ModifyIndex": index}))
            .collect();
        json!({"Node": {"Node": "ext", "ModifyIndex": node_index}, "Services": services})
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_node_shows_instances_with_another_index_and_those_that_come_go_or_change_hands() {
        let mut marks = Marks::default();
        for service in ["a", "b", "c"] {
            fetched(&mut marks, service, &format!("{service}1"), 5, 10);
        }
        assert_eq!(names(&marks.nodes().unwrap()), ["ext"]);
        let same = [("a", "a1", 10), ("b", "b1", 10), ("c", "c1", 10), ("not-linked", "x", 99)];
        let changed = |body: Vec<u8>| marks.changed_on("ext", &body).unwrap();
        assert!(changed(on_node(5, &same)).is_empty());
        let moved = [("a", "a1", 11), ("b", "b1", 10), ("b", "b2", 12)];
        assert_eq!(names(&changed(on_node(5, &moved))), ["a", "b", "c"]);
        let handed_on = [("a", "a1", 10), ("a", "b1", 12), ("c", "c1", 10)];
        assert_eq!(names(&changed(on_node(5, &handed_on))), ["a", "b"]);
        // The node's own address concerns all of its instances.
        assert_eq!(names(&changed(on_node(6, &same))), ["a", "b", "c"]);
        assert_eq!(names(&changed(br#"{"Node":null,"Services":[]}"#.to_vec())), ["a", "b", "c"]);
        assert_eq!(marks.changed_on("ext", b"nonsense"), None);
    }

    #[test]
    fn many_services_of_few_nodes_are_asked_about_by_their_nodes() {
        let mut marks = Marks::default();
        let named = |count: usize| (0..count).map(|number| format!("s{number}")).collect::<BTreeSet<_>>();
        let mut services = named(WORTH_A_NODE);
        assert_eq!(marks.split_off_by_nodes(&mut services, WORTH_A_NODE), None, "nodes are not known yet");
        let entries: Vec<Value> =
            services.iter().map(|name| json!({"Name": name, "Nodes": ["ext"]})).collect();
        marks.summary(Value::Array(entries).to_string().as_bytes());
        services.insert("new".to_owned());
        let linked = services.len();
        let split = marks.split_off_by_nodes(&mut services, linked);
        assert_eq!(split, Some((named(WORTH_A_NODE), ["ext".to_owned()].into())));
        assert_eq!(names(&services), ["new"]);
        let mut few = named(WORTH_A_NODE - 1);
        assert_eq!(marks.split_off_by_nodes(&mut few, linked), None);
        let mut small_part = named(WORTH_A_NODE);
        assert_eq!(marks.split_off_by_nodes(&mut small_part, 1000), None);
        assert_eq!(small_part.len(), WORTH_A_NODE);
    }

    #[test]
    fn a_nodes_document_sets_the_marks_of_its_services() {
        let mut marks = Marks::default();
        fetched(&mut marks, "a", "old", 4, 9);
        let here = on_node(5, &[("a", "a1", 10), ("b", "b1", 10), ("c", "c1", 10)]);
        let document = crate::collect::by_node::document(&here, b"[]");
        marks.node("ext", &["a".to_owned(), "b".to_owned()].into(), &document);
        assert_eq!(names(&marks.changed_on("ext", &here).unwrap()), [""; 0]);
        let other = on_node(5, &[("a", "a1", 10), ("b", "b1", 11)]);
        assert_eq!(names(&marks.changed_on("ext", &other).unwrap()), ["b"]);
    }

    #[test]
    fn the_busiest_node_has_more_than_one_instance() {
        let mut marks = Marks::default();
        fetched(&mut marks, "a", "a1", 5, 10);
        assert_eq!(marks.busiest_node(), None);
        fetched(&mut marks, "b", "b1", 5, 10);
        assert_eq!(marks.busiest_node().unwrap(), "ext");
        let elsewhere = |id: &str| {
            json!({
                "Node": {"Node": "aaa", "ModifyIndex": 1},
                "Service": {"ID": id, "Service": "c", "ModifyIndex": 1}})
        };
        marks.instances("c", json!([elsewhere("c1"), elsewhere("c2")]).to_string().as_bytes());
        assert_eq!(marks.busiest_node().unwrap(), "aaa");
    }

    #[test]
    fn too_many_nodes_are_not_asked_one_by_one() {
        let mut marks = Marks::default();
        for number in 0..=MOST_NODES {
            let body = json!([{
                "Node": {"Node": format!("n{number}"), "ModifyIndex": 1},
                "Service": {"ID": "a", "Service": "a", "ModifyIndex": 1}}]);
            marks.instances(&format!("s{number}"), body.to_string().as_bytes());
        }
        assert_eq!(marks.nodes(), None);
        marks.retain(&["s0".to_owned()].into());
        assert_eq!(names(&marks.nodes().unwrap()), ["n0"]);
    }
}
