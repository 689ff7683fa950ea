//! Turns answers and time into decisions: the next request, and what to publish.
//!
//! Nothing here waits, sends or looks at a clock. The driver hands in what happened and when, and carries out what comes
//! of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::core::{Action, Core};
use super::instances::Instances;
use super::leaves::{LEAF_PERIOD, Leaves};
use super::publish::Progress;
use super::schedule::FREE_FAILURES;
use super::trouble::{Asked, Cause, Failures, Trouble, is_refusal};
use super::{Collected, Event};
use crate::collect::digest;
use crate::collect::question::{COMMON, Gateway, Question, Reply};
use crate::collect::refused::Blame;
use crate::snapshot::Part;

/// How soon a leaf is looked at again that was refused.
const LEAF_RETRY: Duration = Duration::from_secs(10);

/// What happened.
#[derive(Debug)]
pub(super) enum Input {
    /// An answer to a plain question, or news of the blocking query that follows it.
    Reply(Reply),
    /// Some instance of some linked service changed; with the summary of all and its index.
    InstancesChanged { summary: Vec<u8>, index: u64 },
    /// Something changed on the node that is watched.
    NodeChanged { node: String, reply: Reply },
    /// A plain question has no answer.
    Failed { question: Question, trouble: Trouble },
    /// A blocking query fails.
    WatchFailed { about: String, trouble: Trouble },
    /// It is answered again.
    WatchRecovered { about: String },
    /// The agent's state was restored: indexes count anew, and may say that nothing changed where something did.
    Restored,
    /// Everything is to be asked once more.
    Reload,
}

/// A snapshot that follows Consul.
#[derive(Debug)]
pub(super) struct Machine {
    core: Core,
    instances: Instances,
    leaves: Leaves,
    failures: Failures,
    /// Common parts that have not been answered yet.
    missing: BTreeSet<Question>,
    gateway: Gateway,
    /// Address of the agent, for errors.
    address: String,
}

impl Machine {
    /// For `gateway` and the agent at `address`; `first_leaves` as in [`follow`](super::follow).
    pub fn new(gateway: Gateway, address: String, first_leaves: Duration, now: Instant) -> Self {
        Self {
            core: Core::new(first_leaves, now),
            instances: Instances::default(),
            leaves: Leaves::new(now),
            failures: Failures::default(),
            missing: COMMON.into_iter().collect(),
            gateway,
            address,
        }
    }

    /// The same without the leaves of linked services.
    #[must_use]
    pub fn without_leaves(self) -> Self {
        Self { leaves: Leaves::unwanted(self.core.now), ..self }
    }

    /// Takes in what happened until `now`, if anything did; gives what is to be done.
    pub fn on(&mut self, inputs: impl IntoIterator<Item = Input>, now: Instant) -> Vec<Action> {
        self.core.now = now;
        for input in inputs {
            self.take(input);
        }
        self.queue_due();
        self.publish();
        self.start_questions();
        std::mem::take(&mut self.core.actions)
    }

    /// When something is due that no input brings.
    pub fn next_wake(&self) -> Instant {
        let Core { schedule, publisher, now, .. } = &self.core;
        let others = [publisher.next_wake(self.leaves.len(), *now), self.instances.next_sweep()];
        let first = self.leaves.next().min(schedule.next_wake(*now));
        others.into_iter().flatten().fold(first, Instant::min)
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Reply(reply) => self.take_reply(&reply),
            Input::InstancesChanged { summary, index } => {
                let has_all = self.has_all_instances();
                self.instances.take_summary(&summary, index, has_all, &mut self.core);
            }
            Input::NodeChanged { node, reply } => {
                self.instances.take_node_change(&node, &reply, &mut self.core);
            }
            Input::Failed { question, trouble } => {
                // One that is refused alone says nothing about the agent, and one that gets no answer not much.
                if !self.is_refused_alone(&question) {
                    let free = if trouble.blame == Blame::Silence { FREE_FAILURES } else { 0 };
                    self.core.schedule.pause(free, self.core.now);
                }
                self.take_failure(&question, trouble);
            }
            Input::WatchFailed { about, trouble } => self.note_failure(Asked::Watch(about), trouble),
            Input::WatchRecovered { about } => {
                let event = self.failures.answered(&Asked::Watch(about));
                self.core.report(event);
                if !self.failures.has_watches() {
                    self.resume();
                }
            }
            Input::Restored => self.instances.distrust_indexes(&self.core),
            Input::Reload => self.reload(),
        }
    }

    /// Asks everything once more, whatever is known.
    fn reload(&mut self) {
        let core = &mut self.core;
        core.answers.clear();
        for question in COMMON {
            core.schedule.ask_anew(question);
        }
        self.leaves.hasten_all(core.now);
        core.schedule.hasten_retries(|_| core.now);
        self.sweep();
    }

    /// The agent answers again: what it could not answer is asked at once, and what it could not tell of is looked for.
    fn resume(&mut self) {
        self.instances.sweep_soon(&self.core);
        let Core { schedule, now, .. } = &mut self.core;
        schedule.resume();
        schedule.hasten_retries(|question| self.failures.not_before(question, *now));
        for (service, at) in self.failures.leaves() {
            self.leaves.hasten(service, at);
        }
    }

    fn note_failure(&mut self, asked: Asked, trouble: Trouble) {
        let grace = self.core.publisher.is_complete();
        let event = self.failures.failed(asked, trouble, grace, self.core.now);
        self.core.report(event);
    }

    fn note_answer(&mut self, question: &Question) {
        self.core.refused.note_answer(question);
        let event = self.failures.answered(&Asked::Question(question.clone()));
        self.core.report(event);
    }

    fn take_reply(&mut self, reply: &Reply) {
        let question = &reply.question;
        self.core.schedule.finish(question);
        if !is_refusal(reply) {
            self.core.schedule.resume();
        }
        if question.part().is_some() && !self.core.linked.contains(question.service()) {
            // It was unlinked meanwhile.
            return;
        }
        if let Question::Leaf(service) = question {
            self.leaves.note_reply(service);
        }
        if COMMON.contains(question) && !question.is_watched() {
            self.core.actions.push(Action::NoteAnswer("settings of the gateway"));
        }
        match question {
            Question::AgentService if reply.status == 404 => {
                self.failures.mark(Question::AgentService, Cause::unregistered(), self.core.now);
                self.core.report([Event::Unregistered { about: question.about() }]);
            }
            Question::Node(_) | Question::Nodes => {
                self.note_answer(question);
                self.instances.take_nodes(reply, false, &mut self.core);
            }
            // A node has shown something newer meanwhile.
            Question::Instances(service)
                if self.core.schedule.is_stale(question) && self.instances.knows(service) =>
            {
                self.core.schedule.ask_stale(question);
            }
            _ => self.take_part(reply),
        }
    }

    /// Takes in an answer that is a part of the snapshot.
    fn take_part(&mut self, reply: &Reply) {
        let question = &reply.question;
        let leaves_before = self.core.snapshot.leaves.len();
        let digest = digest(&(reply.status, &reply.body));
        let is_news = self.core.answers.get(question) != Some(&digest);
        if is_news && !self.apply(reply) {
            return;
        }
        self.core.answers.insert(question.clone(), digest);
        self.note_answer(question);
        self.missing.remove(question);
        let core = &mut self.core;
        match question {
            Question::Instances(service) => self.instances.note_answer(service, core),
            Question::Leaf(service) => {
                let leaf = core.snapshot.leaves.get(service);
                let period = if leaf.is_some() { LEAF_PERIOD } else { LEAF_RETRY };
                self.leaves.schedule(service, leaf, period, core.now);
                if is_news {
                    core.publisher.note_leaf(self.leaves.len(), core.now);
                }
                let leaves = core.snapshot.leaves.len();
                if leaves > leaves_before && leaves == self.leaves.len() {
                    // There is none to wait for any more.
                    core.publisher.note_urgent();
                }
            }
            _ => {}
        }
        if is_news && !matches!(question, Question::Leaf(_)) {
            core.publisher.note_urgent();
        }
        core.schedule.ask_stale(question);
    }

    /// Puts an answer into the snapshot; whether it can be used.
    fn apply(&mut self, reply: &Reply) -> bool {
        let question = &reply.question;
        if let Question::Instances(service) = question {
            self.instances.note_replaced(service, &self.core.snapshot);
        }
        let roots_before = (*question == Question::Roots).then(|| self.core.snapshot.roots.clone());
        if let Err(error) = reply.put_into(&mut self.core.snapshot) {
            // A CA that signs no more than it may in a second holds up leaves alone.
            let is_leaf = matches!(question, Question::Leaf(_));
            if is_refusal(reply) && !is_leaf && !self.is_refused_alone(question) {
                self.core.schedule.pause(FREE_FAILURES, self.core.now);
            }
            let request = format!("GET {} on the agent at {}", question.path(&self.gateway), self.address);
            self.take_failure(question, Trouble::unusable(&request, &error, reply.retry_after));
            return false;
        }
        let Core { snapshot, now, .. } = &self.core;
        match question {
            Question::Links => self.follow_links(),
            Question::Roots if roots_before.is_some_and(|before| before != snapshot.roots) => {
                self.leaves.follow_rotation(&snapshot.leaves, *now);
            }
            _ => {}
        }
        true
    }

    fn take_failure(&mut self, question: &Question, trouble: Trouble) {
        self.core.schedule.finish(question);
        // What this answer was asked for is still unknown.
        self.core.answers.remove(question);
        let is_of_unlinked = question.part().is_some() && !self.core.linked.contains(question.service());
        if is_of_unlinked || self.instances.give_round_up_for(question, &mut self.core) {
            return;
        }
        self.note_refusal(question, trouble);
        let Core { schedule, snapshot, now, .. } = &mut self.core;
        let pause = self.failures.pause(question, *now);
        if let Question::Leaf(service) = question {
            // Mostly a CA that signs no more than it may in a second.
            self.leaves.schedule(service, snapshot.leaves.get(service), pause, *now);
        } else {
            // A blocking query would be answered with the next change only.
            schedule.retry_at(question.clone(), *now + pause);
        }
    }

    fn note_refusal(&mut self, question: &Question, mut trouble: Trouble) {
        self.core.refused.note(question, trouble.blame, &trouble.fault);
        if self.is_left_out(question) {
            // It is reported with its service.
            let event = self.failures.failed_alone(question, &trouble, self.core.now);
            return self.core.report(event);
        }
        // In a moment others of its kind are answered, perhaps.
        trouble.is_passing |= question.part().is_some() && trouble.blame == Blame::Question;
        self.note_failure(Asked::Question(question.clone()), trouble);
    }

    /// Whether a question about a single service fails while others are answered.
    fn is_refused_alone(&self, question: &Question) -> bool {
        let others = match question {
            Question::Instances(_) => self.instances.known() > 0,
            _ => !self.core.snapshot.leaves.is_empty(),
        };
        self.core.refused.is_own(question, others)
    }

    /// Whether a service is left out because this question fails alone. What was known before stays in use.
    fn is_left_out(&self, question: &Question) -> bool {
        let service = question.service();
        let has_leaf = self.core.snapshot.leaves.contains_key(service);
        let is_known = match question {
            Question::Instances(_) => self.instances.knows(service) && has_leaf,
            _ => has_leaf,
        };
        self.is_refused_alone(question) && !is_known
    }

    /// Whether the instances of all services are known, but of those that are left out.
    fn has_all_instances(&self) -> bool {
        let missing = self.core.linked.len() - self.instances.known();
        missing == 0 || {
            let refused = self.core.refused.iter();
            let left_out = refused.filter(|(question, service, part, _)| {
                *part == Part::Instance && !self.instances.knows(service) && self.is_left_out(question)
            });
            left_out.count() == missing
        }
    }

    /// Keeps the snapshot's word on services that are left out up to date.
    fn note_unanswered(&mut self) {
        let mut unanswered: BTreeMap<String, BTreeMap<Part, String>> = BTreeMap::new();
        for (question, service, part, reason) in self.core.refused.iter() {
            let is_there = part == Part::Instance && self.instances.knows(service);
            if !is_there && self.is_left_out(question) {
                unanswered.entry(service.to_owned()).or_default().insert(part, reason.to_owned());
            }
        }
        if unanswered != self.core.snapshot.unanswered {
            self.core.snapshot.unanswered = unanswered;
            self.core.publisher.note_urgent();
        }
    }

    /// Services were linked or unlinked: ask about the new ones, forget the others.
    fn follow_links(&mut self) {
        let core = &mut self.core;
        core.linked = core.snapshot.links.iter().map(|link| link.service.name.clone()).collect();
        let linked = &core.linked;
        let is_about_linked =
            |question: &Question| question.part().is_none() || linked.contains(question.service());
        core.answers.retain(|question, _| is_about_linked(question));
        core.schedule.retain(is_about_linked);
        core.refused.retain(is_about_linked);
        let over = self.failures.retain(is_about_linked);
        core.snapshot.instances.retain(|service, _| linked.contains(service));
        Arc::make_mut(&mut core.snapshot.leaves).retain(|service, _| linked.contains(service));
        self.instances.link(linked);
        let new = self.leaves.link(linked, core.now);
        for service in new.iter().filter(|_| self.leaves.are_wanted()) {
            core.schedule.ask_anew(Question::Leaf(service.clone()));
        }
        core.report(over);
        self.instances.ask(new, core);
        // The entry decides between `*` and a name; it may say more than the links.
        core.schedule.ask(Question::Entry);
    }

    /// Puts in line what is due by now.
    fn queue_due(&mut self) {
        let now = self.core.now;
        if self.core.schedule.is_round_due(now) {
            self.instances.choose_watch(&mut self.core);
        }
        self.core.schedule.queue_due(now);
        if self.instances.next_sweep().is_some_and(|at| at <= now) {
            self.sweep();
        }
        for service in self.leaves.take_due(now) {
            self.core.schedule.ask(Question::Leaf(service));
        }
    }

    /// Asks for the instances of all services, but of those that are refused alone, which have times of their own.
    fn sweep(&mut self) {
        let is_asked = |service: &&String| !self.is_refused_alone(&Question::Instances((*service).clone()));
        let services = self.core.linked.iter().filter(is_asked).cloned().collect();
        self.instances.sweep(services, &mut self.core);
    }

    fn start_questions(&mut self) {
        if self.instances.wants_sweep() {
            self.sweep();
        }
        let core = &mut self.core;
        if core.schedule.needs_connection(core.now) {
            self.instances.watch(None, core);
        }
        let is_short = core.refused.has_silence();
        while let Some(question) = core.schedule.start_next(self.instances.watches_node(), core.now) {
            let patience = question.patience(is_short);
            core.actions.push(Action::Ask { question, patience });
        }
    }

    fn publish(&mut self) {
        self.note_unanswered();
        let progress = Progress {
            has_common: self.missing.is_empty(),
            has_instances: self.has_all_instances(),
            leaves: self.leaves.len(),
            untried: self.leaves.untried(),
        };
        let Some(stage) = self.core.publisher.take_due(progress, self.core.now) else { return };
        let (snapshot, waiting) = (Arc::new(self.core.snapshot.clone()), self.waiting());
        self.core.actions.push(Action::Publish(Collected { snapshot, stage, waiting }));
    }

    /// The services whose leaf is still to come: no leaf is there, nor the word that there is none to be had.
    fn waiting(&self) -> BTreeSet<String> {
        let Core { snapshot, linked, answers, .. } = &self.core;
        if snapshot.leaves.len() == linked.len() {
            return BTreeSet::new();
        }
        let is_refused = |parts: &BTreeMap<Part, String>| parts.contains_key(&Part::Leaf);
        let is_open = |service: &&String| {
            !snapshot.leaves.contains_key(*service)
                && !snapshot.unanswered.get(*service).is_some_and(is_refused)
                && !answers.contains_key(&Question::Leaf((*service).clone()))
        };
        linked.iter().filter(is_open).cloned().collect()
    }
}
