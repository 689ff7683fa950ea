//! Blocking queries: each follows one part of the state.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep, sleep_until};

use super::machine::Input;
use super::trouble::Trouble;
use super::{Answers, MAX_BACKOFF};
use crate::collect::digest;
use crate::collect::question::{Gateway, Question, Reply};
use crate::consul::api::{self, Path};
use crate::consul::{Answer, Consul, Wait};
use crate::snapshot::assemble::is_unknown_token;

/// How long the agent may hold a blocking query.
const BLOCKING_WAIT: Duration = Duration::from_secs(60);
/// Least pause after a failure where another query is answered again meanwhile.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// Pause between two summaries beside the watch on a node, and what the size of the last one adds: the agent works
/// 25 ms on one of 300 KiB, and everything else waits for it.
const SUMMARY_PAUSE: Duration = Duration::from_millis(100);
const PAUSE_PER_KIB: Duration = Duration::from_micros(1500);
const LONGEST_SUMMARY_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub consul: Arc<Consul>,
    pub gateway: Gateway,
    pub replies: UnboundedSender<Input>,
    pub answers: Answers,
    /// Whether a watch on a node reports most changes before the summary of all services does.
    pub watches_node: Arc<AtomicBool>,
    /// Wakes the queries that wait to ask again, when one is answered again.
    pub recovery: Arc<Notify>,
}

impl Asker {
    /// The driver outlives every other task; what cannot be sent is of the very end.
    pub fn tell(&self, input: Input) {
        drop(self.replies.send(input));
    }

    /// Follows one question by blocking queries.
    pub async fn watch(self, question: Question) {
        let mut position = Position::new(question.to_string());
        loop {
            let wait = position.wait();
            match question.clone().ask(&self.consul, &self.gateway, wait, None).await {
                Ok(reply) if reply.status < 300 => {
                    self.recovered(&mut position);
                    position.refusals = 0;
                    self.note_restored(&position, reply.index);
                    if position.moved(reply.index, &reply.body) {
                        self.tell(Input::Reply(reply));
                    }
                    position.pace().await;
                }
                // Older agents and tokens with few rights: the answer itself says so.
                Ok(reply)
                    if matches!(reply.status, 403 | 404) && !is_unknown_token(reply.status, &reply.body) =>
                {
                    self.recovered(&mut position);
                    self.tell(Input::Reply(reply));
                    position.forget();
                    sleep(position.backoff()).await;
                }
                Ok(Reply { status, body, retry_after, .. }) => {
                    let request = self.request(&question.path(&self.gateway));
                    let trouble = Trouble::answered(&request, status, body, retry_after);
                    self.failed(&mut position, trouble).await;
                }
                Err(error) => self.failed(&mut position, (&error).into()).await,
            }
        }
    }

    /// Follows the summary of all linked services, which wakes on every change of an instance.
    ///
    /// Seen on Consul 1.8.7 and 1.21.4: it wakes on address, port, check and node changes, on instances that
    /// come and go, and on nothing else; its body says only how many there are.
    pub async fn watch_instances(self) {
        let path = api::internal::instances_behind(&self.gateway.name);
        let mut position = Position::new("instances of linked services".to_owned());
        let (mut kibibytes, mut last) = (0, None);
        loop {
            let answer = match position.wait() {
                None => self.consul.ask(&path, None).await,
                wait => self.consul.exchange(Method::GET, &path, &[], None, wait).await,
            };
            match answer {
                Ok(answer) if answer.status < 300 => {
                    self.recovered(&mut position);
                    self.note_restored(&position, answer.index);
                    // The index moves although the body may stay the same, and after a restore the other way round.
                    let digest = digest(&answer.body);
                    let is_other = last.replace(digest) != Some(digest);
                    if position.moved(answer.index, b"") || is_other {
                        let index = answer.index.unwrap_or(0);
                        kibibytes = u32::try_from(answer.body.len() >> 10).unwrap_or(u32::MAX);
                        self.tell(Input::InstancesChanged { summary: answer.body, index });
                    }
                    position.pace().await;
                    // The watch on the node must not wait for the agent's work on one summary after another.
                    if self.watches_node.load(Ordering::Relaxed) {
                        let pause = SUMMARY_PAUSE + PAUSE_PER_KIB.saturating_mul(kibibytes);
                        sleep(pause.min(LONGEST_SUMMARY_PAUSE)).await;
                    }
                }
                Ok(Answer { status, body, retry_after, .. }) => {
                    let trouble = Trouble::answered(&self.request(&path), status, body, retry_after);
                    self.failed(&mut position, trouble).await;
                }
                Err(error) => self.failed(&mut position, (&error).into()).await,
            }
        }
    }

    /// Follows what is registered on a node, until it is gone or may not be read. Without an answer the other watches
    /// have to do.
    pub async fn watch_node(self, node: String) {
        let mut position = Position::new(node.clone());
        loop {
            let question = Question::Node(node.clone());
            match question.ask(&self.consul, &self.gateway, position.wait(), None).await {
                Ok(reply) if reply.status == 200 => {
                    position.failures = 0;
                    if position.moved(reply.index, &reply.body) {
                        self.tell(Input::NodeChanged { node: node.clone(), reply });
                    }
                    position.pace().await;
                }
                Ok(reply) if matches!(reply.status, 403 | 404) => {
                    return self.tell(Input::NodeChanged { node: node.clone(), reply });
                }
                _ => {
                    position.failed();
                    // What was seen of the node may have been overtaken by other answers meanwhile.
                    position.digest = None;
                    sleep(position.backoff()).await;
                }
            }
        }
    }

    /// A request, in the words of an error.
    pub fn request(&self, path: &Path) -> String {
        format!("GET {path} on the agent at {}", self.consul.address())
    }

    fn note_restored(&self, position: &Position, index: Option<u64>) {
        if position.is_restored(index) {
            self.tell(Input::Restored);
        }
    }

    fn recovered(&self, position: &mut Position) {
        self.answers.note(&position.about);
        if position.failures > 0 {
            self.recovery.notify_waiters();
            self.tell(Input::WatchRecovered { about: position.about.clone() });
        }
        position.failures = 0;
    }

    async fn failed(&self, position: &mut Position, trouble: Trouble) {
        position.failed();
        let (pause, wanted) = (position.backoff(), trouble.requested_pause());
        self.tell(Input::WatchFailed { about: position.about.clone(), trouble });
        let recovery = self.recovery.notified();
        sleep(pause.min(LEAST_PAUSE).max(wanted)).await;
        if let Some(rest) = pause.checked_sub(LEAST_PAUSE.max(wanted)) {
            // Where another query is answered again, this one is, too, most likely.
            drop(tokio::time::timeout(rest, recovery).await);
        }
    }
}

/// Where a blocking query stands.
#[derive(Debug)]
pub(super) struct Position {
    about: String,
    index: Option<u64>,
    digest: Option<u64>,
    /// How often in a row there was no answer, and how often the answer was a refusal.
    pub failures: u32,
    refusals: u32,
    last: Option<Instant>,
}

impl Position {
    pub fn new(about: String) -> Self {
        Self { about, index: None, digest: None, failures: 0, refusals: 0, last: None }
    }

    pub fn wait(&self) -> Option<Wait> {
        self.index.map(|index| Wait { index, at_most: BLOCKING_WAIT })
    }

    /// Whether an answer with this index shows that the agent's state was restored.
    pub fn is_restored(&self, index: Option<u64>) -> bool {
        matches!((self.index, index), (Some(old), Some(new)) if new < old)
    }

    /// Takes in an answer; whether it is news.
    ///
    /// Consul: an index that goes backwards means the state was restored, which is news whatever the body says: other
    /// answers were of another state. The next query starts anew. An index of 0 would not block.
    pub fn moved(&mut self, index: Option<u64>, body: &[u8]) -> bool {
        let digest = digest(&body);
        let before = (self.index, self.digest);
        let is_restored = self.is_restored(index);
        self.index = index.filter(|_| !is_restored).map(|index| index.max(1));
        self.digest = Some(digest);
        // With a body, the body decides (an index moves for neighbours, too); without, the index does.
        let is_other = if body.is_empty() {
            before.0 != self.index || self.index.is_none()
        } else {
            before.1 != self.digest
        };
        is_other || is_restored
    }

    /// After a failure: the agent may come back with another state, and would hold a query for an index of the old one.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.index = None;
    }

    /// After a refusal: whatever is answered next is news, and is not waited for.
    pub fn forget(&mut self) {
        (self.index, self.digest) = (None, None);
        self.refusals = self.refusals.saturating_add(1);
    }

    /// Keeps a query that never blocks (a proxy that drops the index, a very busy cluster) from spinning.
    async fn pace(&mut self) {
        let least = Duration::from_millis(if self.index.is_some() { 5 } else { 1000 });
        if let Some(last) = self.last {
            sleep_until(last + least).await;
        } else if self.index.is_none() {
            sleep(least).await;
        }
        self.last = Some(Instant::now());
    }

    /// 0.25 s, doubled with every failure, spread by what the query is about so that not all come at once.
    pub fn backoff(&self) -> Duration {
        let tries = self.failures.max(self.refusals);
        let base = Duration::from_millis(250) * 2_u32.saturating_pow(tries.min(8).saturating_sub(1));
        let spread = digest(&(&self.about, tries)) % 250;
        base.min(MAX_BACKOFF) + Duration::from_millis(spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocking_query_starts_anew_when_the_index_goes_backwards() {
        let mut position = Position::new("x".into());
        assert!(position.moved(Some(10), b"a"));
        assert_eq!(position.wait().map(|wait| wait.index), Some(10));
        assert!(!position.moved(Some(12), b"a"));
        assert!(position.moved(Some(3), b"a"));
        assert_eq!(position.wait(), None);
    }

    #[test]
    fn an_index_of_zero_would_not_block() {
        let mut position = Position::new("x".into());
        position.moved(Some(0), b"a");
        assert_eq!(position.wait().map(|wait| wait.index), Some(1));
    }

    #[test]
    fn a_query_without_body_goes_by_its_index() {
        let mut position = Position::new("x".into());
        assert!(position.moved(Some(10), b""));
        assert!(!position.moved(Some(10), b""));
        assert!(position.moved(Some(11), b""));
    }

    #[test]
    fn an_answer_after_a_refusal_counts_as_new_even_if_unchanged() {
        let mut position = Position::new("x".into());
        position.moved(Some(10), b"a");
        position.forget();
        assert_eq!(position.wait(), None);
        assert!(position.moved(Some(10), b"a"));
    }

    #[test]
    fn pauses_after_failures_grow_up_to_a_limit() {
        let mut position = Position::new("x".into());
        position.failures = 1;
        let first = position.backoff();
        position.failures = 4;
        assert!(position.backoff() > first);
        position.failures = 1000;
        assert!(position.backoff() <= MAX_BACKOFF + Duration::from_millis(250));
    }
}
