//! A snapshot that follows Consul.
//!
//! However many services are linked, at most eight connections to the agent are open: five blocking
//! queries on what tells of a change anywhere, one on the node that has the most linked services once all is
//! collected, and the rest for plain questions: what a change makes necessary to ask about single services,
//! leaves, and what is asked again and again.

mod core;
mod driver;
mod instances;
mod leaves;
mod machine;
mod publish;
mod schedule;
#[cfg(test)]
mod simulation;
mod trouble;
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::driver::Driver;
use self::machine::{Input, Machine};
pub use self::trouble::Cause;
use self::watching::Asker;
use super::question::{COMMON, Gateway, Question};
use crate::consul::Consul;
use crate::snapshot::Snapshot;

/// How long the first snapshot waits for leaves that are slow to come (a CA signs 50 a second by default).
pub const FIRST_LEAVES: Duration = Duration::from_millis(500);
/// Longest pause after a failed request.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// What happens beside changes of the state.
#[derive(Debug)]
pub enum Event {
    /// A request fails; the last good state stays in use.
    Trouble {
        /// What is being asked, as a request path or name.
        about: String,
        /// Why it fails.
        reason: String,
        /// What it may have in common with other requests that fail.
        cause: Cause,
        /// Whether ACLs forbid it.
        denied: bool,
    },
    /// What failed works again.
    Recovered {
        /// As in [`Event::Trouble`].
        about: String,
    },
    /// The agent does not know the gateway any more (it restarted without its data, or it was deregistered).
    Unregistered {
        /// As in [`Event::Trouble`].
        about: String,
    },
}

/// When the agent last gave a good answer, by what it was asked; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<Mutex<BTreeMap<String, Instant>>>);

impl Answers {
    fn note(&self, about: &str) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match times.get_mut(about) {
            Some(time) => *time = Instant::now(),
            None => drop(times.insert(about.to_owned(), Instant::now())),
        }
    }

    /// How long ago that was, in the order of the questions.
    pub fn ages(&self) -> Vec<(String, Duration)> {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.iter().map(|(about, time)| (about.clone(), time.elapsed())).collect()
    }
}

/// How much of a first snapshot is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What does not depend on the linked services: enough to start Envoy.
    Common,
    /// Their instances, too: enough for clusters and endpoints.
    Instances,
    /// As many leaves as are worth waiting for.
    Complete,
}

/// A state of Consul.
#[derive(Debug, Clone)]
pub struct Collected {
    /// What is known.
    pub snapshot: Arc<Snapshot>,
    /// How much that is; it never becomes less.
    pub stage: Stage,
    /// Linked services about whose leaf the agent has given no good answer yet.
    pub waiting: BTreeSet<String>,
}

impl Collected {
    /// What does not depend on the linked services.
    pub fn common(snapshot: &Arc<Snapshot>) -> Self {
        Self { snapshot: Arc::clone(snapshot), stage: Stage::Common, waiting: BTreeSet::new() }
    }
}

/// A running collector; it ends when this is dropped.
#[derive(Debug)]
pub struct Follower {
    /// The newest state of Consul; `None` until there is enough to begin with.
    pub snapshots: watch::Receiver<Option<Collected>>,
    /// What else happens.
    pub events: UnboundedReceiver<Event>,
    /// When which question was answered last.
    pub answers: Answers,
    requests: Option<UnboundedSender<Input>>,
    _tasks: JoinSet<()>,
}

impl Follower {
    /// One that has nothing to follow.
    pub fn idle() -> Self {
        Self {
            snapshots: watch::channel(None).1,
            events: mpsc::unbounded_channel().1,
            answers: Answers::default(),
            requests: None,
            _tasks: JoinSet::new(),
        }
    }

    /// Asks everything once more. The blocking queries go on: the agent would hold those that are given up for a minute,
    /// each with its connection.
    pub fn reload(&self) {
        if let Some(requests) = &self.requests {
            // The driver outlives its follower.
            drop(requests.send(Input::Reload));
        }
    }
}

/// Follows Consul from now on.
///
/// `first_leaves` is how long the first snapshot waits for leaves that are slow to come: [`FIRST_LEAVES`], or
/// longer where an Envoy serves already and must not lose a service that only waits for its leaf.
pub fn follow(consul: &Arc<Consul>, gateway: &Gateway, first_leaves: Duration) -> Follower {
    start(consul, gateway, |address, now| Machine::new(gateway.clone(), address, first_leaves, now))
}

/// The same for one who only looks on: without the leaves of linked services.
pub fn look_on(consul: &Arc<Consul>, gateway: &Gateway) -> Follower {
    start(consul, gateway, |address, now| {
        Machine::new(gateway.clone(), address, Duration::ZERO, now).without_leaves()
    })
}

fn start(
    consul: &Arc<Consul>,
    gateway: &Gateway,
    machine: impl FnOnce(String, Instant) -> Machine,
) -> Follower {
    let answers = Answers::default();
    let (events, event_receiver) = mpsc::unbounded_channel();
    let (published, snapshots) = watch::channel(None);
    let (replies, inbox) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    let requests = Some(replies.clone());
    let asker = Asker {
        consul: Arc::clone(consul),
        gateway: gateway.clone(),
        replies,
        answers: answers.clone(),
        watches_node: Arc::default(),
        recovery: Arc::default(),
    };
    for question in COMMON.into_iter().filter(Question::is_watched) {
        tasks.spawn(asker.clone().watch(question));
    }
    tasks.spawn(asker.clone().watch_instances());
    let address = consul.address().to_owned();
    let machine = machine(address, Instant::now());
    tasks.spawn(Driver { asker, machine, events, published }.run(inbox));
    Follower { snapshots, events: event_receiver, answers, requests, _tasks: tasks }
}
