//! Which linked services a change among their instances concerns, so that only those are asked about.
//!
//! The blocking query that wakes on every change says how many instances and checks each service has, and on which
//! nodes: that shows instances that come and go and checks that turn. What it doesn't show (another address, port,
//! weight) the nodes show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::digest;
use super::question::Question;
use crate::snapshot::Instance;

/// On more nodes than this, asking for all nodes at once is less work than for one after the other.
const FEW_NODES: usize = 4;

/// On more nodes than this, asking for the services is as good as asking for the nodes.
const MOST_NODES: usize = 16;

/// As many services on a node take as long to ask for one by one as the node takes.
const WORTH_A_NODE: usize = 16;

/// So many services are worth asking for all nodes.
const WORTH_ALL_NODES: usize = 64;

/// How large the answer on all nodes may be, and for each linked service; a node and an instance take half a KiB. In a
/// larger catalog most of it is about others.
const SIZE_OF_ALL: usize = 64 << 10;
const SIZE_PER_SERVICE: usize = 4 << 10;

/// What the summaries last said of each service: a digest, and its nodes.
#[derive(Debug, Default)]
pub(super) struct Summaries(BTreeMap<String, (u64, BTreeSet<String>)>);

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

/// Services that are best asked about by their nodes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Together {
    pub services: BTreeSet<String>,
    /// All nodes that have any of their instances.
    pub nodes: BTreeSet<String>,
}

impl Summaries {
    /// Takes in a summary: the services that it shows to have changed since the last one.
    pub fn take(&mut self, body: &[u8]) -> BTreeSet<String> {
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
        let gone = self.0.keys().filter(|name| !now.contains_key(*name)).cloned();
        let other = now.iter().filter(|(name, found)| self.0.get(*name) != Some(found));
        let changed = other.map(|(name, _)| name.clone()).chain(gone).collect();
        self.0 = now;
        changed
    }

    /// Whether any service has instances.
    pub fn has_instances(&self) -> bool {
        self.0.values().any(|(_, nodes)| !nodes.is_empty())
    }

    /// Whether all instances of `service` are on `node`.
    pub fn is_on(&self, service: &str, node: &str) -> bool {
        self.0.get(service).is_some_and(|(_, nodes)| nodes.iter().all(|at| at == node))
    }

    /// Splits off those of `services` that are best asked about by their nodes: few nodes have them, or all nodes
    /// together are not `too_large`, and they are not a small part of what `linked` services have there.
    pub fn split_off_by_nodes(
        &self,
        services: &mut BTreeSet<String>,
        linked: usize,
        too_large: bool,
    ) -> Option<Together> {
        let known = |service: &String| self.0.get(service);
        let together: BTreeSet<String> =
            services.iter().filter(|service| known(service).is_some()).cloned().collect();
        let nodes: BTreeSet<String> =
            together.iter().filter_map(known).flat_map(|(_, nodes)| nodes).cloned().collect();
        let is_better = together.len() >= WORTH_A_NODE * nodes.len().max(1)
            || (together.len() >= WORTH_ALL_NODES && !too_large);
        (is_better && together.len() * WORTH_A_NODE >= linked).then(|| {
            services.retain(|service| !together.contains(service));
            Together { services: together, nodes }
        })
    }
}

/// What to ask for everything on `nodes`; `None` if asking for the services is as good.
pub(super) fn questions_on(nodes: &BTreeSet<String>, too_large: bool) -> Option<BTreeSet<Question>> {
    if nodes.len() > FEW_NODES && !too_large {
        return Some(BTreeSet::from([Question::Nodes]));
    }
    (nodes.len() <= MOST_NODES).then(|| nodes.iter().cloned().map(Question::Node).collect())
}

/// Whether an answer on all nodes of this size is too large to be asked for again for so many `linked` services.
pub(super) fn is_too_large(size: usize, linked: usize) -> bool {
    size > SIZE_OF_ALL + SIZE_PER_SERVICE * linked
}

/// How many instances of linked services each node has.
pub(super) fn count_by_node(instances: &BTreeMap<String, Arc<Vec<Instance>>>) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for instance in instances.values().flat_map(|instances| instances.iter()) {
        *counts.entry(instance.node.node.as_str()).or_default() += 1;
    }
    counts
}

/// The node that has the most instances, unless it has but one.
pub(super) fn busiest(counts: &BTreeMap<&str, usize>) -> Option<String> {
    // Of several, the first by name: it stays the same one.
    let (node, count) = counts.iter().rev().max_by_key(|(_, count)| **count)?;
    (*count > 1).then(|| (*node).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::InstanceNode;

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    fn summary(services: &[(&str, u64, u64)]) -> Vec<u8> {
        let entry = |(name, count, critical): &(&str, u64, u64)| json!({"Name": name, "Nodes": ["ext", "ext"], "InstanceCount": count, "ChecksCritical": critical});
        Value::Array(services.iter().map(entry).collect()).to_string().into_bytes()
    }

    #[test]
    fn a_summary_shows_services_with_other_numbers_and_those_that_come_and_go() {
        let mut summaries = Summaries::default();
        summaries.take(&summary(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)]));
        assert!(summaries.take(&summary(&[("a", 1, 0), ("b", 1, 0), ("c", 1, 0)])).is_empty());
        let changed = summaries.take(&summary(&[("a", 2, 0), ("b", 1, 1), ("d", 1, 0)]));
        assert_eq!(names(&changed), ["a", "b", "c", "d"]);
        assert!(summaries.take(b"nonsense").is_empty());
        assert!(summaries.is_on("a", "ext") && !summaries.is_on("a", "two") && !summaries.is_on("e", "ext"));
        assert_eq!(names(&summaries.take(b"null")), ["a", "b", "d"]);
    }

    fn named(count: usize) -> BTreeSet<String> {
        (0..count).map(|number| format!("s{number}")).collect()
    }

    fn on_nodes(services: &BTreeSet<String>, node: impl Fn(usize) -> String) -> Summaries {
        let mut summaries = Summaries::default();
        let entries = services.iter().enumerate();
        let entries: Vec<Value> =
            entries.map(|(place, name)| json!({"Name": name, "Nodes": [node(place)]})).collect();
        summaries.take(Value::Array(entries).to_string().as_bytes());
        summaries
    }

    #[test]
    fn many_services_of_few_nodes_are_asked_about_by_their_nodes() {
        let mut services = named(WORTH_A_NODE);
        let unknown = Summaries::default().split_off_by_nodes(&mut services, WORTH_A_NODE, true);
        assert_eq!(unknown, None, "nodes are not known yet");
        let summaries = on_nodes(&services, |_| "ext".to_owned());
        services.insert("new".to_owned());
        let linked = services.len();
        let split = summaries.split_off_by_nodes(&mut services, linked, true);
        let nodes = BTreeSet::from(["ext".to_owned()]);
        assert_eq!(split, Some(Together { services: named(WORTH_A_NODE), nodes }));
        assert_eq!(names(&services), ["new"]);
        let mut few = named(WORTH_A_NODE - 1);
        assert_eq!(summaries.split_off_by_nodes(&mut few, linked, true), None);
        let mut small_part = named(WORTH_A_NODE);
        assert_eq!(summaries.split_off_by_nodes(&mut small_part, 1000, true), None);
        assert_eq!(small_part.len(), WORTH_A_NODE);
    }

    #[test]
    fn many_services_of_many_nodes_are_asked_about_by_all_nodes_unless_the_catalog_is_large() {
        let services = named(WORTH_ALL_NODES);
        let summaries = on_nodes(&services, |place| format!("n{place}"));
        let split =
            |too_large| summaries.split_off_by_nodes(&mut services.clone(), services.len(), too_large);
        assert_eq!(split(true), None);
        let nodes = split(false).unwrap().nodes;
        assert_eq!(nodes.len(), WORTH_ALL_NODES);
        assert_eq!(questions_on(&nodes, false), Some([Question::Nodes].into()));
        assert_eq!(questions_on(&nodes, true), None);
        let few: BTreeSet<String> = named(FEW_NODES);
        let each: BTreeSet<Question> = few.iter().cloned().map(Question::Node).collect();
        assert_eq!(questions_on(&few, false), Some(each));
        assert_eq!(questions_on(&named(MOST_NODES), true).map(|all| all.len()), Some(MOST_NODES));
        assert!(is_too_large(1 << 20, 64) && !is_too_large(1 << 20, 1000));
    }

    #[test]
    fn the_busiest_node_has_more_than_one_instance() {
        let on = |node: &str| Instance {
            node: InstanceNode { node: node.to_owned(), ..InstanceNode::default() },
            ..Instance::default()
        };
        let mut instances = BTreeMap::from([("a".to_owned(), Arc::new(vec![on("ext")]))]);
        assert_eq!(busiest(&count_by_node(&instances)), None);
        instances.insert("b".to_owned(), Arc::new(vec![on("ext")]));
        assert_eq!(busiest(&count_by_node(&instances)).unwrap(), "ext");
        instances.insert("c".to_owned(), Arc::new(vec![on("aaa"), on("aaa")]));
        assert_eq!(busiest(&count_by_node(&instances)).unwrap(), "aaa");
    }
}
