//! Keeps the instances of linked services up to date: which requests a change causes, and what the
//! answers change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::core::{Action, Core};
use crate::collect::by_node::{Change, Node, Nodes};
use crate::collect::narrow::{Summaries, Together, busiest, count_by_node, is_too_large, questions_on};
use crate::collect::question::{Question, Reply};
use crate::snapshot::{Instance, Part, Snapshot, folded};

/// How long a change that the summary shows may be on its way from the watch on its node.
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
#[derive(Debug, Default)]
pub(super) struct Instances {
    /// Services whose instances are in the snapshot.
    known: BTreeSet<String>,
    /// The linked services by their names in small letters, in which the catalog finds them.
    spellings: BTreeMap<String, BTreeSet<String>>,
    summaries: Summaries,
    /// The index of the last summary.
    summary_index: u64,
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
    next_sweep: Option<Instant>,
    /// Whether all instances are to be asked for at once.
    wants_sweep: bool,
}

/// A round through the nodes for the instances of many services.
#[derive(Debug)]
struct Round {
    together: Together,
    open: BTreeSet<Question>,
}

/// The blocking query on a node.
#[derive(Debug)]
struct NodeWatch {
    node: String,
    /// Up to which index its changes are known.
    index: u64,
}

impl Instances {
    /// Of how many services the instances are known.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// Whether the instances of a service are known.
    pub fn knows(&self, service: &str) -> bool {
        self.known.contains(service)
    }

    /// Whether a blocking query follows a node.
    pub fn watches_node(&self) -> bool {
        self.watch.is_some()
    }

    /// When all instances are asked for next.
    pub fn next_sweep(&self) -> Option<Instant> {
        self.next_sweep
    }

    /// Whether all instances are to be asked for now.
    pub fn wants_sweep(&self) -> bool {
        self.wants_sweep
    }

    fn watches(&self, node: &str) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.node == node)
    }

    fn is_in_round(&self, service: &str) -> bool {
        self.round.as_ref().is_some_and(|round| round.together.services.contains(service))
    }

    /// Keeps to these linked services.
    pub fn link(&mut self, linked: &BTreeSet<String>) {
        self.known.retain(|service| linked.contains(service));
        self.unwatched.clear();
        self.spellings.clear();
        for service in linked {
            self.spellings.entry(folded(service).into_owned()).or_default().insert(service.clone());
        }
    }

    /// Some instances changed: asks about the services that the summary shows to have changed, and has a look at the
    /// nodes for what it doesn't show. `has_all` says whether the instances of all services are known.
    pub fn take_summary(&mut self, summary: &[u8], index: u64, has_all: bool, core: &mut Core) {
        let mut changed = self.summaries.take(summary);
        changed.retain(|service| core.linked.contains(service));
        let is_explained = !changed.is_empty();
        if index < self.summary_index {
            self.distrust_indexes(core);
        }
        self.summary_index = index;
        // What the watch on a node has shown already.
        let shown = self.watch.as_ref().filter(|watch| watch.index >= index);
        let shown = shown.map(|watch| watch.node.clone());
        if let Some(node) = &shown {
            changed.retain(|service| !self.is_on(service, node, core));
        }
        self.ask(changed, core);
        self.next_sweep.get_or_insert(core.now + SWEEP_AFTER);
        if !has_all && !core.publisher.is_complete() {
            // The first round is under way, and comes to what has changed.
            if !is_explained {
                self.sweep_soon(core);
            }
            return;
        }
        let nodes = count_by_node(&core.snapshot.instances).into_keys().map(str::to_owned);
        let mut nodes = nodes.peekable();
        if !is_explained && nodes.peek().is_none() && self.summaries.has_instances() {
            // Instances that are back unchanged, after a removal that no answer showed.
            return self.sweep_soon(core);
        }
        let nodes = nodes.filter(|node| shown.as_ref() != Some(node)).collect();
        let Some(questions) = questions_on(&nodes, self.catalog_is_too_large(core)) else {
            return self.sweep_soon(core);
        };
        self.unexplained = (!is_explained && !questions.is_empty()).then(|| questions.clone());
        for question in questions {
            if matches!(&question, Question::Node(node) if self.watches(node)) {
                // Its own answer is on its way, mostly.
                core.schedule.retry_by(question, core.now + NODE_LAG);
            } else {
                core.schedule.ask_anew(question);
            }
        }
    }

    /// The agent's state was restored: the index of the watch is from before, and any instance may be another one.
    pub fn distrust_indexes(&mut self, core: &Core) {
        if let Some(watch) = &mut self.watch {
            watch.index = 0;
        }
        self.sweep_soon(core);
    }

    /// Whether `service` has, and had, instances on `node` alone.
    fn is_on(&self, service: &str, node: &str, core: &Core) -> bool {
        let had = core.snapshot.instances.get(service);
        self.summaries.is_on(service, node)
            && had.is_some_and(|had| had.iter().all(|instance| instance.node.node == node))
    }

    fn catalog_is_too_large(&self, core: &Core) -> bool {
        self.size_of_all.is_some_and(|size| is_too_large(size, core.linked.len()))
    }

    /// Asks for the instances of services: by their nodes where that is less work.
    pub fn ask(&mut self, mut services: BTreeSet<String>, core: &mut Core) {
        let (linked, too_large) = (core.linked.len(), self.catalog_is_too_large(core));
        let together = self.summaries.split_off_by_nodes(&mut services, linked, too_large);
        if let Some(together) = together {
            self.begin_round(together, core);
        }
        ask_one_by_one(services, core);
    }

    fn begin_round(&mut self, together: Together, core: &mut Core) {
        if self.round.is_some() {
            self.after_round.extend(together.services);
            return;
        }
        let open = questions_on(&together.nodes, self.catalog_is_too_large(core)).unwrap_or_default();
        if open.is_empty() {
            return ask_one_by_one(together.services, core);
        }
        core.schedule.withdraw(|service| together.services.contains(service));
        for node in &together.nodes {
            self.nodes.forget(node);
        }
        for question in &open {
            core.schedule.ask_anew(question.clone());
        }
        self.round = Some(Round { together, open });
    }

    /// Takes in an answer about a node, or all nodes; `watched` if it is news of the blocking query.
    pub fn take_nodes(&mut self, reply: &Reply, watched: bool, core: &mut Core) {
        let found: Option<Vec<Node<'_>>> = match (&reply.question, reply.status) {
            (Question::Nodes, 200) => {
                self.size_of_all = Some(reply.body.len());
                serde_json::from_slice::<Option<_>>(&reply.body).ok().map(Option::unwrap_or_default)
            }
            (_, 200) => serde_json::from_slice::<Option<Node>>(&reply.body)
                .ok()
                .map(|node| node.into_iter().collect()),
            (Question::Node(_), 404) => Some(Vec::new()),
            _ => None,
        };
        let in_round = self.round.as_ref().is_some_and(|round| round.open.contains(&reply.question));
        match found {
            // Without the right to read a node (or an answer at all), every service may have changed.
            Some(found) if !(found.is_empty() && in_round) => {
                let changed = self.take_found(reply, found, watched, core);
                // One that was too old is asked again.
                if !core.schedule.is_stale(&reply.question) {
                    self.explain(&reply.question, changed, core);
                    self.finish_round(&reply.question, core);
                }
            }
            _ if in_round => self.give_round_up(core),
            _ => {
                self.unexplained = None;
                self.sweep_soon(core);
            }
        }
        core.schedule.ask_stale(&reply.question);
        if !core.schedule.asks_nodes() {
            self.fresh.clear();
        }
    }

    /// Something changed on the node that is watched, or it cannot be watched any more.
    pub fn take_node_change(&mut self, node: &str, reply: &Reply, core: &mut Core) {
        let Some(watch) = self.watch.as_mut().filter(|watch| watch.node == node) else { return };
        watch.index = reply.index.unwrap_or(0);
        core.schedule.cancel_retry(&reply.question);
        if reply.status != 403 {
            self.take_nodes(reply, true, core);
        }
        let linked = core.snapshot.instances.values().flat_map(|instances| instances.iter());
        let linked = linked.filter(|instance| instance.node.node == node).count();
        if reply.status == 200 && self.nodes.size(node) <= MOST_OTHERS + MOST_TIMES * linked {
            return;
        }
        self.watch(None, core);
        // What it has not shown any more is found so.
        self.sweep_soon(core);
        // One that is gone may come back.
        if reply.status != 404 {
            self.unwatched.insert(node.to_owned());
        }
    }

    /// Takes in nodes; whether there is anything new.
    fn take_found(&mut self, reply: &Reply, found: Vec<Node<'_>>, watched: bool, core: &mut Core) -> bool {
        // Answers under way about single services may be older than this one, and say what it no longer says.
        core.schedule.mark_instances_stale();
        let found: Vec<Node<'_>> = found.into_iter().filter(Node::is_local).collect();
        let mut is_news = self.ask_about_missing(&reply.question, &found, core);
        for node in found {
            let name = node.name().to_owned();
            let index = reply.index.unwrap_or(0);
            if !watched && self.nodes.is_older(&name, index) {
                core.schedule.mark_stale(&reply.question);
                continue;
            }
            let change = self.nodes.take(node, &core.snapshot.datacenter, index);
            is_news |= change.is_news;
            self.take_change(&change, watched, core);
        }
        is_news
    }

    /// Asks about the services of nodes that are not there (any more), or that the token may not read; whether there
    /// are any.
    fn ask_about_missing(&mut self, question: &Question, found: &[Node<'_>], core: &mut Core) -> bool {
        let here: BTreeSet<&str> = found.iter().map(Node::name).collect();
        let is_missing = |instance: &Instance| {
            let node = instance.node.node.as_str();
            let is_asked = match question {
                Question::Node(asked) => asked == node,
                _ => true,
            };
            is_asked && !here.contains(node)
        };
        let services: BTreeSet<String> = services_with(&core.snapshot, is_missing);
        let any = !services.is_empty();
        if let Question::Node(node) = question
            && found.is_empty()
        {
            self.nodes.forget(node);
        }
        ask_one_by_one(services, core);
        any
    }

    /// Puts what changed on a node into the snapshot, as far as it is about linked services.
    fn take_change(&mut self, change: &Change, watched: bool, core: &mut Core) {
        if change.ids.is_empty() && !change.is_whole {
            return;
        }
        let mut new: BTreeMap<String, Vec<&Instance>> = BTreeMap::new();
        for instance in &change.instances {
            new.entry(folded(&instance.service.service).into_owned()).or_default().push(instance);
        }
        let mut concerned = services_with(&core.snapshot, |instance| change.concerns(instance));
        let spelled = new.keys().chain(&change.unreadable).filter_map(|name| self.spellings.get(name));
        concerned.extend(spelled.flatten().cloned());
        for service in concerned {
            let question = Question::Instances(service.clone());
            let name = folded(&service);
            let is_unreadable =
                change.unreadable.contains(name.as_ref()) || is_unreadable(&core.snapshot, &service);
            if is_unreadable || (!watched && self.fresh.contains(&service)) {
                core.schedule.ask_anew(question);
                continue;
            }
            if !self.known.contains(&service) && !self.is_in_round(&service) {
                continue;
            }
            let known = core.snapshot.instances.get(&service);
            let known = known.map(|known| known.as_slice()).unwrap_or_default();
            let here = new.get(name.as_ref()).into_iter().flatten().copied().cloned();
            let now = change.applied_to(known, here);
            if now != known {
                core.set_instances(&service, now);
            }
        }
    }

    /// An answer about one service takes the place of what is known of it: a node may show the same as before again.
    pub fn note_replaced(&mut self, service: &str, snapshot: &Snapshot) {
        for instance in snapshot.instances.get(service).into_iter().flat_map(|known| known.iter()) {
            self.nodes.mark_uncertain(instance);
        }
    }

    /// An answer about one service is in the snapshot.
    pub fn note_answer(&mut self, service: &str, core: &mut Core) {
        if let Some(round) = &mut self.round {
            round.together.services.remove(service);
        }
        if core.schedule.asks_nodes() {
            self.fresh.insert(service.to_owned());
        }
        self.note_replaced(service, &core.snapshot);
        self.known.insert(service.to_owned());
    }

    /// Strikes a question off those that may explain a change; if none did, everything is asked for.
    fn explain(&mut self, question: &Question, is_news: bool, core: &mut Core) {
        if is_news {
            self.unexplained = None;
        }
        if let Some(left) = &mut self.unexplained {
            left.remove(question);
            if left.is_empty() {
                self.unexplained = None;
                self.sweep_soon(core);
            }
        }
    }

    /// The last answer of a round makes the instances of its services known.
    fn finish_round(&mut self, question: &Question, core: &mut Core) {
        let Some(round) = &mut self.round else { return };
        if !round.open.remove(question) || !round.open.is_empty() {
            return;
        }
        let Some(Round { together: Together { services, nodes }, .. }) = self.round.take() else {
            return;
        };
        for service in services {
            if !core.linked.contains(&service) {
                continue;
            }
            match core.snapshot.instances.get(&service) {
                None => core.set_instances(&service, Vec::new()),
                Some(known) if known.iter().any(|one| !nodes.contains(&one.node.node)) => {
                    let here = known.iter().filter(|one| nodes.contains(&one.node.node)).cloned();
                    let here = here.collect();
                    core.set_instances(&service, here);
                }
                Some(_) => {}
            }
            let question = Question::Instances(service.clone());
            core.schedule.cancel_retry(&question);
            core.refused.note_answer(&question);
            self.known.insert(service);
        }
        let again = std::mem::take(&mut self.after_round);
        self.ask(again, core);
    }

    /// A question about nodes has no answer; whether its services are asked about one by one, which reports it.
    pub fn give_round_up_for(&mut self, question: &Question, core: &mut Core) -> bool {
        let is_part = self.round.as_ref().is_some_and(|round| round.open.contains(question));
        if is_part {
            self.give_round_up(core);
        }
        is_part
    }

    /// Without the right to read a node, or an answer at all, the services are asked for one by one.
    fn give_round_up(&mut self, core: &mut Core) {
        let services = self.round.take().map(|round| round.together.services).unwrap_or_default();
        ask_one_by_one(services, core);
        let waiting = std::mem::take(&mut self.after_round);
        ask_one_by_one(waiting, core);
    }

    /// Watches the node with the most linked services once there is nothing else to do.
    pub fn choose_watch(&mut self, core: &mut Core) {
        if !core.publisher.is_complete() || !core.schedule.is_idle() {
            return;
        }
        let mut counts = count_by_node(&core.snapshot.instances);
        counts.retain(|node, _| !self.unwatched.contains(*node));
        let node = busiest(&counts);
        if node.as_deref() != self.watch.as_ref().map(|watch| watch.node.as_str()) {
            self.watch(node, core);
        }
    }

    /// Watches this node, and no other.
    pub fn watch(&mut self, node: Option<String>, core: &mut Core) {
        if node.is_none() && self.watch.is_none() {
            return;
        }
        self.watch = node.clone().map(|node| NodeWatch { node, index: 0 });
        core.actions.push(Action::WatchNode(node));
    }

    /// Asks for the instances of all services, as soon as the last round is long enough ago.
    pub fn sweep_soon(&mut self, core: &Core) {
        let services = u32::try_from(core.linked.len()).unwrap_or(u32::MAX);
        let period =
            SWEEP_PER_SERVICE.saturating_mul(services).clamp(SHORTEST_SWEEP_PERIOD, LONGEST_SWEEP_PERIOD);
        let due = self.last_sweep.map_or(core.now, |last| last + period);
        if due <= core.now {
            self.wants_sweep = true;
        } else {
            let next = &mut self.next_sweep;
            *next = Some(next.map_or(due, |next| next.min(due)));
        }
    }

    /// Asks for the instances of `services`, which are all that there are.
    pub fn sweep(&mut self, services: BTreeSet<String>, core: &mut Core) {
        (self.last_sweep, self.next_sweep, self.wants_sweep) = (Some(core.now), None, false);
        self.ask(services, core);
    }
}

fn ask_one_by_one(services: impl IntoIterator<Item = String>, core: &mut Core) {
    for service in services {
        core.schedule.ask_anew(Question::Instances(service));
    }
}

/// Services that have such an instance, as far as is known.
fn services_with(snapshot: &Snapshot, is_meant: impl Fn(&Instance) -> bool) -> BTreeSet<String> {
    let all = snapshot.instances.iter();
    all.filter(|(_, instances)| instances.iter().any(&is_meant)).map(|(name, _)| name.clone()).collect()
}

fn is_unreadable(snapshot: &Snapshot, service: &str) -> bool {
    let mut unreadable = snapshot.unreadable.iter();
    unreadable.any(|found| found.part == Part::Instance && found.service == service)
}
