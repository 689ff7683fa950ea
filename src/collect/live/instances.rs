//! How the instances of linked services are kept up to date: what is asked when some of them change, and what the
//! answers change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::collector::Collector;
use crate::collect::by_node::{Change, Node, Nodes};
use crate::collect::narrow::{Summaries, Together, busiest, count_by_node, is_too_large, questions_on};
use crate::collect::question::{Question, Reply};
use crate::snapshot::{Instance, Part, folded};

/// How long a change that the summary tells of may be on its way from the watch on its node.
const NODE_LAG: Duration = Duration::from_millis(200);
/// How long after the last narrow look all instances are asked for, should the narrow look have missed something.
const SWEEP_AFTER: Duration = Duration::from_secs(60);
/// Least time between two rounds through all instances, for each service: the agent works a third of a millisecond on
/// one.
const SWEEP_PER_SERVICE: Duration = Duration::from_millis(5);
const SHORTEST_SWEEP_PERIOD: Duration = Duration::from_millis(100);
const LONGEST_SWEEP_PERIOD: Duration = Duration::from_secs(5);
/// A node with more than this beside the linked services, and more than so many times as much as they have there, is
/// not worth a watch: its changes are those of others.
const MOST_OTHERS: usize = 64;
const MOST_TIMES: usize = 8;

/// What is known of instances beside the snapshot, and what is under way.
#[derive(Default)]
pub(super) struct Instances {
    /// Services whose instances are in the snapshot.
    pub known: BTreeSet<String>,
    /// The linked services by their names in small letters, in which the catalog finds them.
    spellings: BTreeMap<String, BTreeSet<String>>,
    summaries: Summaries,
    nodes: Nodes,
    /// Size of the last answer on all nodes.
    size_of_all: Option<usize>,
    /// A round through the nodes that is under way, and what has to be asked after it once more.
    round: Option<Round>,
    after_round: BTreeSet<String>,
    watch: Option<NodeWatch>,
    /// Nodes that are not worth a watch, or may not be read.
    unwatched: BTreeSet<String>,
    /// Questions whose answers may still show a change that nothing has shown yet.
    unexplained: Option<BTreeSet<Question>>,
    /// Services answered since a question on nodes is under way, whose answer may be older.
    fresh: BTreeSet<String>,
    last_sweep: Option<Instant>,
    pub next_sweep: Option<Instant>,
}

/// A round through the nodes for the instances of many services.
struct Round {
    together: Together,
    open: BTreeSet<Question>,
}

/// The blocking query on a node; it ends when this is dropped.
struct NodeWatch {
    node: String,
    /// Up to which index its changes are known.
    index: u64,
    _task: JoinSet<()>,
}

impl Instances {
    /// Whether a blocking query follows a node.
    pub fn watches_node(&self) -> bool {
        self.watch.is_some()
    }

    fn watches(&self, node: &str) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.node == node)
    }

    fn is_in_round(&self, service: &str) -> bool {
        self.round.as_ref().is_some_and(|round| round.together.services.contains(service))
    }

    /// Keeps to these linked services.
    pub fn retain(&mut self, linked: &BTreeSet<String>) {
        self.known.retain(|service| linked.contains(service));
        self.unwatched.clear();
        self.spellings.clear();
        for service in linked {
            self.spellings.entry(folded(service).into_owned()).or_default().insert(service.clone());
        }
    }
}

impl Collector {
    /// Some instances changed: asks about the services that the summary shows to have changed, and has a look at the
    /// nodes for what it doesn't show.
    pub(super) fn find_changed(&mut self, summary: &[u8], index: u64) {
        let mut changed = self.instances.summaries.take(summary);
        changed.retain(|service| self.leaves.contains_key(service));
        let is_explained = !changed.is_empty();
        // What the watch on a node has told already.
        let told = self.instances.watch.as_ref().filter(|watch| watch.index >= index);
        let told = told.map(|watch| watch.node.clone());
        if let Some(node) = &told {
            changed.retain(|service| !self.is_on(service, node));
        }
        self.ask_for_instances(changed);
        self.instances.next_sweep.get_or_insert(Instant::now() + SWEEP_AFTER);
        if !self.has_all_instances() {
            // The first round is under way, and comes to what has changed.
            if !is_explained {
                self.sweep_soon();
            }
            return;
        }
        let nodes = count_by_node(&self.snapshot.instances).into_keys().map(str::to_owned);
        let nodes = nodes.filter(|node| told.as_ref() != Some(node)).collect();
        let Some(questions) = questions_on(&nodes, self.catalog_is_too_large()) else {
            return self.sweep_soon();
        };
        self.instances.unexplained = (!is_explained && !questions.is_empty()).then(|| questions.clone());
        for question in questions {
            if matches!(&question, Question::Node(node) if self.instances.watches(node)) {
                // Its own answer is on its way, mostly.
                self.retries.entry(question).or_insert_with(|| Instant::now() + NODE_LAG);
            } else {
                self.ask_anew(question);
            }
        }
    }

    /// Whether `service` has, and had, instances on `node` alone.
    fn is_on(&self, service: &str, node: &str) -> bool {
        let had = self.snapshot.instances.get(service);
        self.instances.summaries.is_on(service, node)
            && had.is_some_and(|had| had.iter().all(|instance| instance.node.node == node))
    }

    fn catalog_is_too_large(&self) -> bool {
        self.instances.size_of_all.is_some_and(|size| is_too_large(size, self.leaves.len()))
    }

    /// Asks for the instances of services: by their nodes where that is less work.
    pub(super) fn ask_for_instances(&mut self, mut services: BTreeSet<String>) {
        let (linked, too_large) = (self.leaves.len(), self.catalog_is_too_large());
        let together = self.instances.summaries.split_off_by_nodes(&mut services, linked, too_large);
        if let Some(together) = together {
            self.begin_round(together);
        }
        self.ask_one_by_one(services);
    }

    fn ask_one_by_one(&mut self, services: impl IntoIterator<Item = String>) {
        for service in services {
            self.ask_anew(Question::Instances(service));
        }
    }

    fn begin_round(&mut self, together: Together) {
        if self.instances.round.is_some() {
            self.instances.after_round.extend(together.services);
            return;
        }
        let open = questions_on(&together.nodes, self.catalog_is_too_large()).unwrap_or_default();
        if open.is_empty() {
            return self.ask_one_by_one(together.services);
        }
        self.withdraw(|service| together.services.contains(service));
        for node in &together.nodes {
            self.instances.nodes.forget(node);
        }
        for question in &open {
            self.ask_anew(question.clone());
        }
        self.instances.round = Some(Round { together, open });
    }

    /// Takes in an answer about a node, or all nodes; `watched` if it is news of the blocking query.
    pub(super) fn take_nodes(&mut self, reply: &Reply, watched: bool) {
        let found: Option<Vec<Node<'_>>> = match (&reply.question, reply.status) {
            (Question::Nodes, 200) => {
                self.instances.size_of_all = Some(reply.body.len());
                serde_json::from_slice::<Option<_>>(&reply.body).ok().map(Option::unwrap_or_default)
            }
            (_, 200) => serde_json::from_slice::<Option<Node>>(&reply.body)
                .ok()
                .map(|node| node.into_iter().collect()),
            (Question::Node(_), 404) => Some(Vec::new()),
            _ => None,
        };
        let in_round =
            self.instances.round.as_ref().is_some_and(|round| round.open.contains(&reply.question));
        match found {
            // Without the right to read a node (or an answer at all), every service may have changed.
            Some(found) if !(found.is_empty() && in_round) => {
                let changed = self.take_found(reply, found, watched);
                // One that was too old is asked again.
                if !self.stale.contains(&reply.question) {
                    self.explain(&reply.question, changed);
                    self.finish_round(&reply.question);
                }
            }
            _ if in_round => self.give_round_up(),
            _ => {
                self.instances.unexplained = None;
                self.sweep_soon();
            }
        }
        self.ask_stale(&reply.question);
        if !self.running.iter().any(Question::is_of_nodes) {
            self.instances.fresh.clear();
        }
    }

    /// Something changed on the node that is watched, or it cannot be watched any more.
    pub(super) fn take_node_change(&mut self, node: &str, reply: &Reply) {
        let Some(watch) = self.instances.watch.as_mut().filter(|watch| watch.node == node) else { return };
        watch.index = reply.index.unwrap_or(0);
        self.retries.remove(&reply.question);
        if reply.status != 403 {
            self.take_nodes(reply, true);
        }
        let linked = self.snapshot.instances.values().flat_map(|instances| instances.iter());
        let linked = linked.filter(|instance| instance.node.node == node).count();
        if reply.status == 200 && self.instances.nodes.size(node) <= MOST_OTHERS + MOST_TIMES * linked {
            return;
        }
        self.watch_node(None);
        // What it has not told any more is found so.
        self.sweep_soon();
        // One that is gone may come back.
        if reply.status != 404 {
            self.instances.unwatched.insert(node.to_owned());
        }
    }

    /// Takes in nodes; whether there is anything new.
    fn take_found(&mut self, reply: &Reply, found: Vec<Node<'_>>, watched: bool) -> bool {
        // Answers under way about single services may be older than this one, and say what it no longer says.
        let services = self.running.iter().filter(|question| matches!(question, Question::Instances(_)));
        self.stale.extend(services.cloned());
        let found: Vec<Node<'_>> = found.into_iter().filter(Node::is_local).collect();
        let mut is_news = self.ask_about_missing(&reply.question, &found);
        for node in found {
            let name = node.name().to_owned();
            let index = reply.index.unwrap_or(0);
            if !watched && self.instances.nodes.is_older(&name, index) {
                self.stale.insert(reply.question.clone());
                continue;
            }
            let change = self.instances.nodes.take(node, &self.snapshot.datacenter, index);
            is_news |= change.is_news;
            self.take_change(&change, watched);
        }
        is_news
    }

    /// Asks about the services of nodes that are not there (any more), or that the token may not read; whether there
    /// are any.
    fn ask_about_missing(&mut self, question: &Question, found: &[Node<'_>]) -> bool {
        let here: BTreeSet<&str> = found.iter().map(Node::name).collect();
        let is_missing = |instance: &Instance| {
            let node = instance.node.node.as_str();
            let is_asked = match question {
                Question::Node(asked) => asked == node,
                _ => true,
            };
            is_asked && !here.contains(node)
        };
        let services: BTreeSet<String> = self.services_with(is_missing);
        let any = !services.is_empty();
        if let Question::Node(node) = question
            && found.is_empty()
        {
            self.instances.nodes.forget(node);
        }
        self.ask_one_by_one(services);
        any
    }

    /// Services that have such an instance, as far as is known.
    fn services_with(&self, is_meant: impl Fn(&Instance) -> bool) -> BTreeSet<String> {
        let all = self.snapshot.instances.iter();
        all.filter(|(_, instances)| instances.iter().any(&is_meant)).map(|(name, _)| name.clone()).collect()
    }

    /// Puts what changed on a node into the snapshot, as far as it is about linked services.
    fn take_change(&mut self, change: &Change, watched: bool) {
        if change.ids.is_empty() && !change.is_whole {
            return;
        }
        let mut new: BTreeMap<String, Vec<&Instance>> = BTreeMap::new();
        for instance in &change.instances {
            new.entry(folded(&instance.service.service).into_owned()).or_default().push(instance);
        }
        let mut concerned = self.services_with(|instance| change.concerns(instance));
        let spelled = new.keys().chain(&change.odd).filter_map(|name| self.instances.spellings.get(name));
        concerned.extend(spelled.flatten().cloned());
        for service in concerned {
            let question = Question::Instances(service.clone());
            let name = folded(&service);
            let is_odd = change.odd.contains(name.as_ref()) || self.is_unreadable(&service);
            if is_odd || (!watched && self.instances.fresh.contains(&service)) {
                self.ask_anew(question);
                continue;
            }
            if !self.instances.known.contains(&service) && !self.instances.is_in_round(&service) {
                continue;
            }
            let known = self.snapshot.instances.get(&service);
            let known = known.map(|known| known.as_slice()).unwrap_or_default();
            let here = new.get(name.as_ref()).into_iter().flatten().copied().cloned();
            let now = change.applied_to(known, here);
            if now != known {
                self.set_instances(&service, now);
            }
        }
    }

    fn is_unreadable(&self, service: &str) -> bool {
        let mut unreadable = self.snapshot.unreadable.iter();
        unreadable.any(|found| found.part == Part::Instance && found.service == service)
    }

    fn set_instances(&mut self, service: &str, instances: Vec<Instance>) {
        // The next answer about it is news compared with this one.
        self.answers.remove(&Question::Instances(service.to_owned()));
        self.snapshot.set_instances(service, instances);
        (self.dirty, self.urgent) = (true, true);
    }

    /// An answer about one service is in the snapshot.
    pub(super) fn note_instances(&mut self, service: &str) {
        if let Some(round) = &mut self.instances.round {
            round.together.services.remove(service);
        }
        if self.running.iter().any(Question::is_of_nodes) {
            self.instances.fresh.insert(service.to_owned());
        }
        for instance in self.snapshot.instances.get(service).into_iter().flat_map(|known| known.iter()) {
            self.instances.nodes.doubt(instance);
        }
        if self.leaves.contains_key(service) {
            self.instances.known.insert(service.to_owned());
        }
    }

    /// Strikes a question off those that may explain a change; if none did, everything is asked for.
    fn explain(&mut self, question: &Question, is_news: bool) {
        if is_news {
            self.instances.unexplained = None;
        }
        if let Some(left) = &mut self.instances.unexplained {
            left.remove(question);
            if left.is_empty() {
                self.instances.unexplained = None;
                self.sweep_soon();
            }
        }
    }

    /// The last answer of a round makes the instances of its services known.
    fn finish_round(&mut self, question: &Question) {
        let Some(round) = &mut self.instances.round else { return };
        if !round.open.remove(question) || !round.open.is_empty() {
            return;
        }
        let Some(Round { together: Together { services, nodes }, .. }) = self.instances.round.take() else {
            return;
        };
        for service in services {
            if !self.leaves.contains_key(&service) {
                continue;
            }
            match self.snapshot.instances.get(&service) {
                None => self.set_instances(&service, Vec::new()),
                Some(known) if known.iter().any(|one| !nodes.contains(&one.node.node)) => {
                    let here = known.iter().filter(|one| nodes.contains(&one.node.node)).cloned();
                    let here = here.collect();
                    self.set_instances(&service, here);
                }
                Some(_) => {}
            }
            let question = Question::Instances(service.clone());
            self.retries.remove(&question);
            self.refused.note_answer(&question);
            self.instances.known.insert(service);
        }
        let again = std::mem::take(&mut self.instances.after_round);
        self.ask_for_instances(again);
    }

    /// A question about nodes has no answer; whether its services are asked about one by one, and it is told there.
    pub(super) fn is_round_given_up(&mut self, question: &Question) -> bool {
        let is_part = self.instances.round.as_ref().is_some_and(|round| round.open.contains(question));
        if is_part {
            self.give_round_up();
        }
        is_part
    }

    /// Without the right to read a node, or an answer at all, the services are asked for one by one.
    fn give_round_up(&mut self) {
        let services = self.instances.round.take().map(|round| round.together.services).unwrap_or_default();
        self.ask_one_by_one(services);
        let waiting = std::mem::take(&mut self.instances.after_round);
        self.ask_one_by_one(waiting);
    }

    /// Watches the node with the most linked services once there is nothing else to do.
    pub(super) fn choose_node_watch(&mut self) {
        if !self.is_complete() || !self.queue.is_empty() {
            return;
        }
        let mut counts = count_by_node(&self.snapshot.instances);
        counts.retain(|node, _| !self.instances.unwatched.contains(*node));
        let node = busiest(&counts);
        if node.as_deref() == self.instances.watch.as_ref().map(|watch| watch.node.as_str()) {
            return;
        }
        self.watch_node(node);
    }

    pub(super) fn watch_node(&mut self, node: Option<String>) {
        self.asker.watches_node.store(node.is_some(), Ordering::Relaxed);
        self.instances.watch = node.map(|node| {
            let mut task = JoinSet::new();
            task.spawn(self.asker.clone().watch_node(node.clone()));
            NodeWatch { node, index: 0, _task: task }
        });
    }

    /// Asks for the instances of all services, as soon as the last round is long enough ago.
    fn sweep_soon(&mut self) {
        let services = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let period =
            SWEEP_PER_SERVICE.saturating_mul(services).clamp(SHORTEST_SWEEP_PERIOD, LONGEST_SWEEP_PERIOD);
        let due = self.instances.last_sweep.map_or_else(Instant::now, |last| last + period);
        if due <= Instant::now() {
            self.sweep();
        } else {
            let next = &mut self.instances.next_sweep;
            *next = Some(next.map_or(due, |next| next.min(due)));
        }
    }

    pub(super) fn sweep(&mut self) {
        (self.instances.last_sweep, self.instances.next_sweep) = (Some(Instant::now()), None);
        // One that is refused alone has its own time.
        let asked = self
            .leaves
            .keys()
            .filter(|service| !self.is_refused_alone(&Question::Instances((*service).clone())));
        self.ask_for_instances(asked.cloned().collect());
    }
}
