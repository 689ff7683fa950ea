//! What is asked when, and what becomes of the answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::instances::Instances;
use super::trouble::{Asked, Cause, Failures, Trouble, is_refusal};
use super::watching::Asker;
use super::{Collected, Event, FIRST_LEAVES, Message, Stage};
use crate::collect::digest;
use crate::collect::question::{COMMON, Question, Reply};
use crate::collect::refused::{Blame, Refused};
use crate::snapshot::{Part, Snapshot};

/// Pause between two rounds of plain questions.
const POLL_PERIOD: Duration = Duration::from_secs(5);
/// The agent's settings, which are long and change with a restart only, are asked for every so many rounds.
const AGENT_POLLS: u32 = 12;
/// How often a leaf is looked at when nothing hints at a change; the agent itself renews it long before it ends.
const LEAF_PERIOD: Duration = Duration::from_secs(300);
/// How soon a leaf is looked at again that was refused.
const LEAF_RETRY: Duration = Duration::from_secs(10);
/// How often leaves are looked at after the mesh CA changed, and for how long.
const ROTATION_PERIOD: Duration = Duration::from_secs(1);
const ROTATION_WINDOW: Duration = Duration::from_secs(120);
/// Plain requests under way at once, one less beside the watch on a node. One of them is kept from leaves: a CA that is
/// slow must not hold up the rest.
const WORKERS: usize = 3;
/// With more questions in line than this, the watch on a node gives way to them.
const LONG_LINE: usize = 64;
/// Pause of all plain questions after the first failure.
const PAUSE: Duration = Duration::from_millis(400);
/// So many refused questions in a row may be the trouble of single ones; more are that of the agent.
const FREE_FAILURES: u32 = 3;
/// More than a leaf takes that the agent has already; its CA needs 20 ms for a new one.
const WARM_LEAF: Duration = Duration::from_millis(4);

/// When a leaf is due to be looked at, and what is known of it.
#[derive(Debug)]
pub(super) struct LeafState {
    due: Instant,
    /// Until when it is looked at often, and the certificate it had when the CA changed.
    rotation: Option<(Instant, String)>,
}

pub(super) struct Collector {
    pub(super) asker: Asker,
    events: UnboundedSender<Event>,
    pub(super) snapshot: Snapshot,
    published: watch::Sender<Option<Collected>>,
    /// Common parts that have not been answered yet.
    missing: BTreeSet<Question>,
    pub(super) queue: VecDeque<Question>,
    /// What is in `queue`, to be found quickly.
    queued: BTreeSet<Question>,
    pub(super) running: BTreeSet<Question>,
    /// Questions that have to be asked again because the answer under way may be too old.
    pub(super) stale: BTreeSet<Question>,
    /// Questions that wait for another try.
    pub(super) retries: BTreeMap<Question, Instant>,
    /// Digest of the last answer.
    pub(super) answers: BTreeMap<Question, u64>,
    pub(super) instances: Instances,
    next_poll: Instant,
    polls: u32,
    /// Consecutive plain requests that the agent did not answer or refused, and until when none is sent.
    failures: u32,
    paused_until: Option<Instant>,
    pub(super) leaves: BTreeMap<String, LeafState>,
    /// No leaf is due before this.
    next_leaf: Instant,
    /// Services whose leaf has not been answered at all.
    untried: BTreeSet<String>,
    started: Instant,
    first_leaves: Duration,
    /// Until when changes of leaves wait for more of their kind.
    publish_at: Option<Instant>,
    /// Whether there is something to publish.
    pub(super) dirty: bool,
    /// Whether some of it must not wait.
    pub(super) urgent: bool,
    failing: Failures,
    /// Questions about single services that fail.
    pub(super) refused: Refused,
}

impl Collector {
    pub fn new(
        asker: Asker,
        events: UnboundedSender<Event>,
        published: watch::Sender<Option<Collected>>,
        first_leaves: Duration,
    ) -> Self {
        Self {
            asker,
            events,
            snapshot: Snapshot::collecting(),
            published,
            missing: COMMON.into_iter().collect(),
            queue: VecDeque::new(),
            queued: BTreeSet::new(),
            running: BTreeSet::new(),
            stale: BTreeSet::new(),
            retries: BTreeMap::new(),
            answers: BTreeMap::new(),
            instances: Instances::default(),
            next_poll: Instant::now(),
            polls: 0,
            failures: 0,
            paused_until: None,
            leaves: BTreeMap::new(),
            next_leaf: Instant::now() + LEAF_PERIOD,
            untried: BTreeSet::new(),
            started: Instant::now(),
            first_leaves,
            publish_at: None,
            dirty: false,
            urgent: false,
            failing: Failures::default(),
            refused: Refused::default(),
        }
    }

    pub async fn run(mut self, mut inbox: UnboundedReceiver<Message>) {
        let mut work = JoinSet::new();
        loop {
            self.start_work(&mut work);
            let wake = self.next_wake();
            tokio::select! {
                message = inbox.recv() => {
                    let Some(message) = message else { return };
                    self.take(message);
                    while let Ok(message) = inbox.try_recv() {
                        self.take(message);
                    }
                }
                Some(_) = work.join_next() => {}
                () = sleep_until(wake) => self.queue_due(),
            }
            self.publish();
        }
    }

    fn tell(&self, event: Event) {
        drop(self.events.send(event));
    }

    fn tell_of(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.tell(event);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Reply(reply) => self.take_reply(&reply),
            Message::InstancesChanged { summary, index } => self.find_changed(&summary, index),
            Message::NodeChanged { node, reply } => self.take_node_change(&node, &reply),
            Message::Failed { question, trouble } => {
                // One that is refused alone says nothing about the agent, and one that gets no answer not much.
                if !self.is_refused_alone(&question) {
                    self.pause(if trouble.blame == Blame::Silence { FREE_FAILURES } else { 0 });
                }
                self.take_failure(&question, trouble);
            }
            Message::Trouble { about, trouble } => self.note_failure(Asked::Watch(about), trouble),
            Message::Reload => self.reload(),
            Message::Recovered { about } => {
                let event = self.failing.answered(&Asked::Watch(about));
                self.tell_of(event);
                if !self.failing.has_watches() {
                    self.hurry();
                }
            }
        }
    }

    /// Asks everything once more, whatever has been told.
    fn reload(&mut self) {
        self.answers.clear();
        for question in COMMON {
            self.ask_anew(question);
        }
        let now = Instant::now();
        for state in self.leaves.values_mut() {
            state.due = now;
        }
        self.next_leaf = now;
        for at in self.retries.values_mut() {
            *at = now;
        }
        self.sweep();
    }

    /// The agent does well again: what it could not answer is asked at once.
    fn hurry(&mut self) {
        (self.failures, self.paused_until) = (0, None);
        for (question, at) in &mut self.retries {
            *at = self.failing.peace(question).min(*at);
        }
        for (service, peace) in self.failing.leaves() {
            if let Some(state) = self.leaves.get_mut(service) {
                state.due = peace.min(state.due);
                self.next_leaf = self.next_leaf.min(state.due);
            }
        }
    }

    /// Holds plain questions back, twice as long after every failure; the first few, `free` many, may be those of a
    /// single question.
    fn pause(&mut self, free: u32) {
        self.failures = self.failures.saturating_add(1);
        if let Some(failures) = self.failures.checked_sub(free + 1) {
            self.paused_until = Some(Instant::now() + PAUSE * 2_u32.pow(failures.min(5)));
        }
    }

    fn note_failure(&mut self, asked: Asked, trouble: Trouble) {
        let event = self.failing.failed(asked, trouble, self.is_complete());
        self.tell_of(event);
    }

    fn note_answer(&mut self, question: &Question) {
        self.refused.note_answer(question);
        let event = self.failing.answered(&Asked::Question(question.clone()));
        self.tell_of(event);
    }

    fn take_reply(&mut self, reply: &Reply) {
        self.running.remove(&reply.question);
        if !is_refusal(reply) {
            (self.failures, self.paused_until) = (0, None);
        }
        // Any answer is one; that the agent was out of reach says nothing about the leaf.
        if let Question::Leaf(service) = &reply.question {
            self.untried.remove(service);
        }
        if COMMON.contains(&reply.question) && !reply.question.is_watched() {
            self.asker.answers.note("settings of the gateway");
        }
        if reply.question == Question::AgentService && reply.status == 404 {
            self.failing.mark(Question::AgentService, Cause::unregistered());
            self.tell(Event::Unregistered { about: reply.question.about() });
            return;
        }
        match &reply.question {
            Question::Node(_) | Question::Nodes => {
                self.note_answer(&reply.question);
                return self.take_nodes(reply, false);
            }
            // A node has told something newer meanwhile.
            Question::Instances(service)
                if self.stale.contains(&reply.question) && self.instances.known.contains(service) =>
            {
                return self.ask_stale(&reply.question);
            }
            _ => {}
        }
        let leaves_before = self.snapshot.leaves.len();
        let digest = digest(&(reply.status, &reply.body));
        let is_news = self.answers.get(&reply.question) != Some(&digest);
        if is_news && !self.apply(reply) {
            return;
        }
        self.answers.insert(reply.question.clone(), digest);
        self.note_answer(&reply.question);
        self.dirty |= is_news;
        self.urgent |= is_news && !matches!(reply.question, Question::Leaf(_));
        self.missing.remove(&reply.question);
        match &reply.question {
            Question::Instances(service) => self.note_instances(service),
            Question::Leaf(service) => {
                let is_there = self.snapshot.leaves.contains_key(service);
                self.schedule_leaf(service, if is_there { LEAF_PERIOD } else { LEAF_RETRY });
                let leaves = self.snapshot.leaves.len();
                if leaves > leaves_before && leaves == self.leaves.len() {
                    // There is none to wait for any more.
                    self.urgent = true;
                } else if is_news {
                    self.delay_publishing();
                }
            }
            _ => {}
        }
        self.ask_stale(&reply.question);
    }

    /// Puts an answer into the snapshot; whether it can be used.
    fn apply(&mut self, reply: &Reply) -> bool {
        let roots_before = (reply.question == Question::Roots).then(|| self.snapshot.roots.clone());
        if let Err(error) = reply.put_into(&mut self.snapshot) {
            // A CA that signs no more than it may in a second holds up leaves alone.
            let is_leaf = matches!(reply.question, Question::Leaf(_));
            if is_refusal(reply) && !is_leaf && !self.is_refused_alone(&reply.question) {
                self.pause(FREE_FAILURES);
            }
            let request = self.asker.request(&reply.question.path(&self.asker.gateway));
            self.take_failure(&reply.question, Trouble::unusable(&request, &error, reply.retry_after));
            return false;
        }
        match &reply.question {
            Question::Links => self.follow_links(),
            Question::Roots if roots_before.is_some_and(|before| before != self.snapshot.roots) => {
                self.follow_rotation();
            }
            _ => {}
        }
        true
    }

    fn take_failure(&mut self, question: &Question, trouble: Trouble) {
        self.running.remove(question);
        // What this answer was asked for is still unknown.
        self.answers.remove(question);
        if self.is_round_given_up(question) {
            return;
        }
        debug!("to be asked again: {}", trouble.reason);
        self.note_refusal(question, trouble);
        let pause = self.failing.pause(question);
        match question {
            // Mostly a CA that signs no more than it may in a second.
            Question::Leaf(service) => self.schedule_leaf(service, pause),
            Question::Instances(_) | Question::Node(_) | Question::Nodes => {
                self.stale.remove(question);
                self.retries.insert(question.clone(), Instant::now() + pause);
            }
            // A blocking query would be told of the next change only.
            other => drop(self.retries.insert(other.clone(), Instant::now() + pause)),
        }
    }

    fn note_refusal(&mut self, question: &Question, mut trouble: Trouble) {
        self.refused.note(question, trouble.blame, &trouble.fault);
        if self.is_left_out(question) {
            // It is said with its service.
            let event = self.failing.failed_alone(question, &trouble);
            return self.tell_of(event);
        }
        // In a moment others of its kind are answered, perhaps.
        trouble.is_passing |= question.part().is_some() && trouble.blame == Blame::Question;
        self.note_failure(Asked::Question(question.clone()), trouble);
    }

    /// Whether a question about a single service fails while others are answered.
    pub(super) fn is_refused_alone(&self, question: &Question) -> bool {
        let others = match question {
            Question::Instances(_) => !self.instances.known.is_empty(),
            _ => !self.snapshot.leaves.is_empty(),
        };
        self.refused.is_own(question, others)
    }

    /// Whether a service is left out because this question fails alone. What was known before stays in force.
    fn is_left_out(&self, question: &Question) -> bool {
        let service = question.service();
        let is_known = match question {
            Question::Instances(_) => self.instances.known.contains(service),
            _ => self.snapshot.leaves.contains_key(service),
        };
        self.is_refused_alone(question) && !(is_known && self.snapshot.leaves.contains_key(service))
    }

    /// Whether the instances of all services are known, but of those that are left out.
    pub(super) fn has_all_instances(&self) -> bool {
        let missing = self.leaves.len() - self.instances.known.len();
        missing == 0 || {
            let left_out = self.refused.iter().filter(|(question, service, part, _)| {
                *part == Part::Instance
                    && !self.instances.known.contains(*service)
                    && self.is_left_out(question)
            });
            left_out.count() == missing
        }
    }

    /// Keeps the snapshot's word on services that are left out up to date.
    fn note_unanswered(&mut self) {
        let mut unanswered: BTreeMap<String, BTreeMap<Part, String>> = BTreeMap::new();
        for (question, service, part, reason) in self.refused.iter() {
            let is_there = part == Part::Instance && self.instances.known.contains(service);
            if !is_there && self.is_left_out(question) {
                unanswered.entry(service.to_owned()).or_default().insert(part, reason.to_owned());
            }
        }
        if unanswered != self.snapshot.unanswered {
            self.snapshot.unanswered = unanswered;
            (self.dirty, self.urgent) = (true, true);
        }
    }

    pub(super) fn ask_stale(&mut self, question: &Question) {
        if self.stale.remove(question) {
            self.ask(question.clone());
        }
    }

    /// Asks, and once more if the answer under way may be from before.
    pub(super) fn ask_anew(&mut self, question: Question) {
        if self.running.contains(&question) {
            self.stale.insert(question);
        } else {
            self.ask(question);
        }
    }

    /// Services were linked or unlinked: ask about the new ones, forget the others.
    fn follow_links(&mut self) {
        let linked: BTreeSet<String> =
            self.snapshot.links.iter().map(|link| link.service.name.clone()).collect();
        self.leaves.retain(|service, _| linked.contains(service));
        self.untried.retain(|service| linked.contains(service));
        self.instances.retain(&linked);
        let is_about_linked = |question: &Question| match question {
            Question::Instances(service) | Question::Leaf(service) => linked.contains(service),
            _ => true,
        };
        self.answers.retain(|question, _| is_about_linked(question));
        self.retries.retain(|question, _| is_about_linked(question));
        self.refused.retain(is_about_linked);
        let over = self.failing.retain(is_about_linked);
        self.tell_of(over);
        self.snapshot.instances.retain(|service, _| linked.contains(service));
        Arc::make_mut(&mut self.snapshot.leaves).retain(|service, _| linked.contains(service));
        let new: BTreeSet<String> =
            linked.into_iter().filter(|service| !self.leaves.contains_key(service)).collect();
        for service in &new {
            // It is asked for here and now.
            let state = LeafState { due: Instant::now() + LEAF_PERIOD, rotation: None };
            self.leaves.insert(service.clone(), state);
            self.untried.insert(service.clone());
            self.ask(Question::Leaf(service.clone()));
        }
        self.ask_for_instances(new);
        // The entry decides between `*` and a name; it may say more than the links.
        self.ask(Question::Entry);
    }

    /// The mesh CA changed: every leaf will be signed anew, at the CA's own pace.
    fn follow_rotation(&mut self) {
        let until = Instant::now() + ROTATION_WINDOW;
        for (service, state) in &mut self.leaves {
            let certificate = self.snapshot.leaves.get(service).map(|leaf| leaf.cert_pem.clone());
            state.rotation = certificate.map(|certificate| (until, certificate));
            state.due = Instant::now();
            self.next_leaf = state.due;
        }
    }

    /// Takes questions about the instances of such services out of the line.
    pub(super) fn withdraw(&mut self, is_meant: impl Fn(&str) -> bool) {
        let stays =
            |question: &Question| !matches!(question, Question::Instances(service) if is_meant(service));
        self.queue.retain(stays);
        self.queued.retain(stays);
    }

    /// Puts a question in line: what concerns all services first, then instances, leaves last.
    fn ask(&mut self, question: Question) {
        if self.running.contains(&question) || !self.queued.insert(question.clone()) {
            return;
        }
        match question {
            Question::Leaf(_) => self.queue.push_back(question),
            Question::Instances(_) | Question::Node(_) | Question::Nodes => {
                let before = self.queue.iter().take_while(|question| COMMON.contains(question)).count();
                self.queue.insert(before, question);
            }
            _ => self.queue.push_front(question),
        }
    }

    fn start_work(&mut self, work: &mut JoinSet<()>) {
        if self.queue.len() > LONG_LINE {
            self.watch_node(None);
        }
        if self.paused_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        while self.running.len() < self.workers()
            && let Some(question) = self.next_question()
        {
            self.queued.remove(&question);
            self.running.insert(question.clone());
            let asker = self.asker.clone();
            let patience = question.patience(self.refused.has_silence());
            work.spawn(async move {
                let answer = question.clone().ask(&asker.consul, &asker.gateway, None, patience).await;
                let message = match answer {
                    Ok(reply) => Message::Reply(reply),
                    Err(error) => Message::Failed { question, trouble: (&error).into() },
                };
                asker.tell(message);
            });
        }
    }

    fn workers(&self) -> usize {
        WORKERS - usize::from(self.instances.watches_node())
    }

    /// The next in line; leaves, which are at its end, only as long as they leave room for others.
    ///
    /// One leaf is always being asked for: a CA that signs 50 a second must not stand idle meanwhile.
    fn next_question(&mut self) -> Option<Question> {
        let leaves = self.running.iter().filter(|running| matches!(running, Question::Leaf(_))).count();
        if leaves == 0 && !self.running.is_empty() && matches!(self.queue.back(), Some(Question::Leaf(_))) {
            return self.queue.pop_back();
        }
        if leaves + 1 >= self.workers() && matches!(self.queue.front(), Some(Question::Leaf(_))) {
            return None;
        }
        self.queue.pop_front()
    }

    fn schedule_leaf(&mut self, service: &str, period: Duration) {
        let certificate = self.snapshot.leaves.get(service).map(|leaf| leaf.cert_pem.as_str());
        let Some(state) = self.leaves.get_mut(service) else { return };
        let now = Instant::now();
        let waits_for_rotation = state
            .rotation
            .as_ref()
            .is_some_and(|(until, before)| now < *until && certificate == Some(before.as_str()));
        if !waits_for_rotation {
            state.rotation = None;
        }
        let period = if waits_for_rotation { ROTATION_PERIOD } else { period };
        // Spread by name, so that a thousand leaves are not all asked for at once.
        let spread = f64::from(u32::try_from(digest(&service) % 1000).unwrap_or(0)) / 4000.0;
        state.due = now + period.mul_f64(1.0 + spread);
        self.next_leaf = self.next_leaf.min(state.due);
    }

    /// Puts in line what is due by now.
    fn queue_due(&mut self) {
        let now = Instant::now();
        if self.next_poll <= now {
            self.choose_node_watch();
            self.next_poll = now + POLL_PERIOD;
            let ask_agent = self.polls.is_multiple_of(AGENT_POLLS);
            self.polls = self.polls.wrapping_add(1);
            let polled = COMMON.into_iter().filter(|question| !question.is_watched());
            for question in polled.filter(|question| ask_agent || *question != Question::AgentSelf) {
                // One that failed has its own time.
                if !self.retries.contains_key(&question) {
                    self.ask(question);
                }
            }
        }
        if self.instances.next_sweep.is_some_and(|at| at <= now) {
            self.sweep();
        }
        let again: Vec<Question> =
            self.retries.iter().filter(|(_, at)| **at <= now).map(|(question, _)| question.clone()).collect();
        for question in again {
            self.retries.remove(&question);
            self.ask(question);
        }
        if self.next_leaf <= now {
            self.queue_due_leaves(now);
        }
    }

    fn queue_due_leaves(&mut self, now: Instant) {
        self.next_leaf = now + LEAF_PERIOD;
        let mut due = Vec::new();
        for (service, state) in &mut self.leaves {
            if state.due <= now {
                // Until the answer sets the next time.
                state.due = now + LEAF_PERIOD;
                due.push(service.clone());
            }
            self.next_leaf = self.next_leaf.min(state.due);
        }
        for service in due {
            self.ask(Question::Leaf(service));
        }
    }

    fn next_wake(&self) -> Instant {
        let far = Instant::now() + LEAF_PERIOD;
        let first = [self.first_leaves, self.longest_first_wait()].map(|wait| self.started + wait);
        let first = first.into_iter().find(|at| !self.is_complete() && *at > Instant::now()).unwrap_or(far);
        let retry = self.retries.values().min().copied();
        let others = [
            self.publish_at,
            retry,
            self.instances.next_sweep,
            self.paused_until.filter(|at| *at > Instant::now()),
        ];
        others.into_iter().flatten().fold(self.next_leaf.min(first).min(self.next_poll), Instant::min)
    }

    /// Leaves come one by one: publish them in lots, larger lots the more there are, because Envoy's work on
    /// a listener grows with its filter chains.
    fn delay_publishing(&mut self) {
        let lot = Duration::from_millis(20)
            + Duration::from_micros(500) * u32::try_from(self.leaves.len()).unwrap_or(u32::MAX).min(10_000);
        self.publish_at.get_or_insert_with(|| Instant::now() + lot);
    }

    /// How much is known.
    fn stage(&self) -> Option<Stage> {
        if !self.missing.is_empty() {
            return None;
        }
        if !self.has_all_instances() {
            return Some(Stage::Common);
        }
        let waits_for_leaves = !self.is_complete() && !self.untried.is_empty() && !self.leaves_are_slow();
        Some(if waits_for_leaves { Stage::Instances } else { Stage::Complete })
    }

    /// Whether the first configuration had better not wait for all leaves.
    ///
    /// Those that the agent has already come by the thousand in a second: to wait for them spares Envoy a second
    /// listener. A CA signs 50 a second, and a leaf that hangs must not hold up the others.
    fn leaves_are_slow(&self) -> bool {
        let waited = self.started.elapsed();
        let tried = self.leaves.len() - self.untried.len();
        let left = u32::try_from(self.leaves.len() - tried).unwrap_or(u32::MAX);
        let pace = waited / u32::try_from(tried).unwrap_or(u32::MAX).max(1);
        waited >= self.longest_first_wait()
            || (waited >= self.first_leaves && pace > WARM_LEAF && pace.saturating_mul(left) > FIRST_LEAVES)
    }

    /// After this time the first configuration waits for no more leaves.
    fn longest_first_wait(&self) -> Duration {
        self.first_leaves + WARM_LEAF / 2 * u32::try_from(self.leaves.len()).unwrap_or(u32::MAX)
    }

    fn publish(&mut self) {
        self.note_unanswered();
        let may_wait = self.publish_at.is_some_and(|at| Instant::now() < at);
        if !may_wait {
            self.publish_at = None;
        }
        let Some(stage) = self.stage() else { return };
        let before = self.published.borrow().as_ref().map(|before| before.stage);
        // After the first, news of services whose instances are not known yet waits for those.
        let is_due = match before {
            Some(Stage::Complete) => self.dirty && stage == Stage::Complete && (self.urgent || !may_wait),
            before => before < Some(stage),
        };
        if !is_due {
            return;
        }
        (self.dirty, self.urgent, self.publish_at) = (false, false, None);
        let (snapshot, waiting) = (Arc::new(self.snapshot.clone()), self.waiting());
        self.published.send_replace(Some(Collected { snapshot, stage, waiting }));
    }

    /// The services whose leaf is still to come: no leaf is there, nor the word that there is none to be had.
    fn waiting(&self) -> BTreeSet<String> {
        if self.snapshot.leaves.len() == self.leaves.len() {
            return BTreeSet::new();
        }
        let is_open = |service: &&String| {
            let is_refused = |parts: &BTreeMap<Part, String>| parts.contains_key(&Part::Leaf);
            !self.snapshot.leaves.contains_key(*service)
                && !self.snapshot.unanswered.get(*service).is_some_and(is_refused)
                && !self.answers.contains_key(&Question::Leaf((*service).clone()))
        };
        self.leaves.keys().filter(is_open).cloned().collect()
    }

    /// Whether the first configuration is out.
    pub(super) fn is_complete(&self) -> bool {
        self.published.borrow().as_ref().is_some_and(|published| published.stage == Stage::Complete)
    }
}
