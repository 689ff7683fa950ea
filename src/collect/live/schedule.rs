//! The queue of plain requests: which are waiting, pending, repeated or paused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::collect::question::{COMMON, Question};

/// Pause between two rounds of plain questions.
const POLL_PERIOD: Duration = Duration::from_secs(5);
/// The agent's settings, which are long and change with a restart only, are asked for every so many rounds.
const AGENT_POLLS: u32 = 12;
/// Plain requests under way at once, one less beside the watch on a node. One of them is kept from leaves: a CA that is
/// slow must not hold up the rest.
const WORKERS: usize = 3;
/// With more questions in line than this, the watch on a node gives way to them.
const LONG_LINE: usize = 64;
/// With a question under way for longer than this, the watch on a node gives way to those in line.
const SLOW: Duration = Duration::from_secs(1);
/// Pause of all plain questions after the first failure.
const PAUSE: Duration = Duration::from_millis(400);
/// So many refused questions in a row may be the trouble of single ones; more are that of the agent.
pub(super) const FREE_FAILURES: u32 = 3;

/// The plain questions.
#[derive(Debug)]
pub(super) struct Schedule {
    queue: VecDeque<Question>,
    /// What is in `queue`, to be found quickly.
    queued: BTreeSet<Question>,
    /// Since when each is under way.
    running: BTreeMap<Question, Instant>,
    /// Questions that have to be asked again because the answer under way may be too old.
    stale: BTreeSet<Question>,
    /// Questions that wait for another try.
    retries: BTreeMap<Question, Instant>,
    next_poll: Instant,
    polls: u32,
    /// Consecutive plain requests that the agent did not answer or refused, and until when none is sent.
    failures: u32,
    paused_until: Option<Instant>,
}

impl Schedule {
    pub fn new(now: Instant) -> Self {
        Self {
            queue: VecDeque::new(),
            queued: BTreeSet::new(),
            running: BTreeMap::new(),
            stale: BTreeSet::new(),
            retries: BTreeMap::new(),
            next_poll: now,
            polls: 0,
            failures: 0,
            paused_until: None,
        }
    }

    /// Puts a question in line: what concerns all services first, then instances, leaves last.
    pub fn ask(&mut self, question: Question) {
        if self.running.contains_key(&question) || !self.queued.insert(question.clone()) {
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

    /// Asks, and once more if the answer under way may be from before.
    pub fn ask_anew(&mut self, question: Question) {
        if self.running.contains_key(&question) {
            self.stale.insert(question);
        } else {
            self.ask(question);
        }
    }

    /// Repeats requests whose answer may have been too old.
    pub fn ask_stale(&mut self, question: &Question) {
        if self.stale.remove(question) {
            self.ask(question.clone());
        }
    }

    /// Takes the answer under way to a question for one that may be too old.
    pub fn mark_stale(&mut self, question: &Question) {
        self.stale.insert(question.clone());
    }

    /// The same for all questions about single services' instances that are under way.
    pub fn mark_instances_stale(&mut self) {
        let running = self.running.keys().filter(|question| matches!(question, Question::Instances(_)));
        self.stale.extend(running.cloned());
    }

    pub fn is_stale(&self, question: &Question) -> bool {
        self.stale.contains(question)
    }

    /// Takes questions about the instances of such services out of the line.
    pub fn withdraw(&mut self, is_meant: impl Fn(&str) -> bool) {
        let stays =
            |question: &Question| !matches!(question, Question::Instances(service) if is_meant(service));
        self.queue.retain(stays);
        self.queued.retain(stays);
    }

    /// Forgets questions that are of no interest any more, but for those under way.
    pub fn retain(&mut self, is_of_interest: impl Fn(&Question) -> bool) {
        self.retries.retain(|question, _| is_of_interest(question));
        self.stale.retain(|question| is_of_interest(question));
        self.queue.retain(|question| is_of_interest(question));
        self.queued.retain(|question| is_of_interest(question));
    }

    /// A question is under way no more.
    pub fn finish(&mut self, question: &Question) {
        self.running.remove(question);
    }

    /// Whether any question about nodes is under way.
    pub fn asks_nodes(&self) -> bool {
        self.running.keys().any(Question::is_of_nodes)
    }

    /// Whether nothing is in line.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// Whether questions wait for so long that they need the connection of the watch on a node.
    pub fn needs_connection(&self, now: Instant) -> bool {
        self.queue.len() > LONG_LINE
            || (!self.queue.is_empty() && self.running.values().any(|since| *since + SLOW <= now))
    }

    /// Asks a question again at this time.
    pub fn retry_at(&mut self, question: Question, at: Instant) {
        self.stale.remove(&question);
        self.retries.insert(question, at);
    }

    /// The same, unless it has a time already.
    pub fn retry_by(&mut self, question: Question, at: Instant) {
        self.retries.entry(question).or_insert(at);
    }

    pub fn cancel_retry(&mut self, question: &Question) {
        self.retries.remove(question);
    }

    /// Asks again whatever waits for another try, each not before its time.
    pub fn hasten_retries(&mut self, not_before: impl Fn(&Question) -> Instant) {
        for (question, at) in &mut self.retries {
            *at = not_before(question).min(*at);
        }
    }

    /// Holds all questions back, twice as long after every failure; the first few, `free` many, may be those of a
    /// single question.
    pub fn pause(&mut self, free: u32, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if let Some(failures) = self.failures.checked_sub(free + 1) {
            self.paused_until = Some(now + PAUSE * 2_u32.pow(failures.min(5)));
        }
    }

    /// The agent answers: nothing is held back.
    pub fn resume(&mut self) {
        (self.failures, self.paused_until) = (0, None);
    }

    /// Whether a round of plain questions is due.
    pub fn is_round_due(&self, now: Instant) -> bool {
        self.next_poll <= now
    }

    /// Puts in line what is due by now.
    pub fn queue_due(&mut self, now: Instant) {
        if self.is_round_due(now) {
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
        let is_due = |(_, at): &(&Question, &Instant)| **at <= now;
        let again: Vec<Question> =
            self.retries.iter().filter(is_due).map(|(question, _)| question.clone()).collect();
        for question in again {
            self.retries.remove(&question);
            self.ask(question);
        }
    }

    /// The next question to ask, if one may be asked now.
    pub fn start_next(&mut self, watches_node: bool, now: Instant) -> Option<Question> {
        if self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        let workers = WORKERS - usize::from(watches_node);
        if self.running.len() >= workers {
            return None;
        }
        let question = self.next_question(workers)?;
        self.queued.remove(&question);
        self.running.insert(question.clone(), now);
        Some(question)
    }

    /// The next in line; leaves, which are at its end, only as long as they leave room for others.
    ///
    /// One leaf is always being asked for: a CA that signs 50 a second must not stand idle meanwhile.
    fn next_question(&mut self, workers: usize) -> Option<Question> {
        let leaves = self.running.keys().filter(|running| matches!(running, Question::Leaf(_))).count();
        if leaves == 0 && !self.running.is_empty() && matches!(self.queue.back(), Some(Question::Leaf(_))) {
            return self.queue.pop_back();
        }
        if leaves + 1 >= workers && matches!(self.queue.front(), Some(Question::Leaf(_))) {
            return None;
        }
        self.queue.pop_front()
    }

    /// When something is due next.
    pub fn next_wake(&self, now: Instant) -> Instant {
        let slow = self.running.values().min().map(|since| *since + SLOW);
        let others = [
            self.retries.values().min().copied(),
            self.paused_until.filter(|at| *at > now),
            slow.filter(|at| *at > now && !self.queue.is_empty()),
        ];
        others.into_iter().flatten().fold(self.next_poll, Instant::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(service: &str) -> Question {
        Question::Leaf(service.to_owned())
    }

    fn instances(service: &str) -> Question {
        Question::Instances(service.to_owned())
    }

    fn start(schedule: &mut Schedule, watches_node: bool, now: Instant) -> Vec<Question> {
        std::iter::from_fn(|| schedule.start_next(watches_node, now)).collect()
    }

    #[test]
    fn requests_for_all_services_come_first_and_one_leaf_request_is_always_pending() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now);
        for question in [leaf("a"), leaf("b"), leaf("c"), instances("a"), instances("b"), Question::Entry] {
            schedule.ask(question);
        }
        assert_eq!(start(&mut schedule, false, now), [Question::Entry, leaf("c"), instances("b")]);
        schedule.finish(&instances("b"));
        assert_eq!(start(&mut schedule, false, now), [instances("a")]);
        schedule.finish(&instances("a"));
        assert_eq!(start(&mut schedule, false, now), [leaf("a")]);
        schedule.finish(&Question::Entry);
        assert!(start(&mut schedule, false, now).is_empty(), "the last one is kept from leaves");
    }

    #[test]
    fn a_watch_on_a_node_takes_one_connection_until_questions_need_it() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now);
        for service in ["a", "b", "c"] {
            schedule.ask(instances(service));
        }
        assert_eq!(start(&mut schedule, true, now).len(), 2);
        assert!(!schedule.needs_connection(now));
        assert_eq!(schedule.next_wake(now), schedule.next_poll.min(now + SLOW));
        assert!(schedule.needs_connection(now + SLOW));
        assert_eq!(start(&mut schedule, false, now + SLOW), [instances("a")]);
        assert!(!schedule.needs_connection(now + SLOW), "nothing waits");
    }

    #[test]
    fn a_pending_request_is_repeated_only_if_its_answer_may_be_too_old() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now);
        schedule.ask(instances("a"));
        assert_eq!(start(&mut schedule, false, now), [instances("a")]);
        schedule.ask(instances("a"));
        assert!(schedule.is_idle());
        schedule.ask_anew(instances("a"));
        schedule.finish(&instances("a"));
        schedule.ask_stale(&instances("a"));
        assert_eq!(start(&mut schedule, false, now), [instances("a")]);
    }

    #[test]
    fn failures_of_the_agent_delay_all_requests_with_growing_pauses() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now);
        schedule.ask(instances("a"));
        for _ in 0..=FREE_FAILURES {
            assert_ne!(schedule.paused_until, Some(now + PAUSE));
            schedule.pause(FREE_FAILURES, now);
        }
        assert!(start(&mut schedule, false, now).is_empty());
        assert_eq!(schedule.paused_until, Some(now + PAUSE));
        schedule.pause(FREE_FAILURES, now);
        assert_eq!(schedule.paused_until, Some(now + 2 * PAUSE));
        schedule.resume();
        assert_eq!(start(&mut schedule, false, now).len(), 1);
    }

    #[test]
    fn a_failed_request_has_its_own_retry_time() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now);
        schedule.retry_at(Question::Mesh, now + Duration::from_secs(20));
        assert!(schedule.is_round_due(now));
        schedule.queue_due(now);
        assert!(!schedule.queued.contains(&Question::Mesh) && schedule.queued.contains(&Question::Entry));
        assert!(!schedule.is_round_due(now + Duration::from_secs(1)));
        schedule.queue_due(now + Duration::from_secs(20));
        assert!(schedule.queued.contains(&Question::Mesh));
    }
}
