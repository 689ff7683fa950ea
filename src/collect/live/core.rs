//! The state that all parts of the machine share, and the requests they make.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::publish::Publisher;
use super::schedule::Schedule;
use super::{Collected, Event};
use crate::collect::question::Question;
use crate::collect::refused::Refused;
use crate::snapshot::{Instance, Snapshot};

/// What is to be done.
#[derive(Debug)]
pub(super) enum Action {
    /// Ask the agent; an answer that does not begin within `patience` is a failure.
    Ask { question: Question, patience: Option<Duration> },
    /// Follow this node, and no other.
    WatchNode(Option<String>),
    /// Publish a state.
    Publish(Collected),
    /// Report what happened beside it.
    Report(Event),
    /// Note the time of a good answer about this.
    NoteAnswer(&'static str),
}

/// What all parts of the machine work on.
#[derive(Debug)]
pub(super) struct Core {
    pub snapshot: Snapshot,
    pub linked: BTreeSet<String>,
    pub schedule: Schedule,
    pub publisher: Publisher,
    /// Digests of the last answers.
    pub answers: BTreeMap<Question, u64>,
    /// Questions about single services that fail.
    pub refused: Refused,
    pub now: Instant,
    pub actions: Vec<Action>,
}

impl Core {
    /// Knows nothing yet.
    pub fn new(first_leaves: Duration, now: Instant) -> Self {
        Self {
            snapshot: Snapshot::collecting(),
            linked: BTreeSet::new(),
            schedule: Schedule::new(now),
            publisher: Publisher::new(first_leaves, now),
            answers: BTreeMap::new(),
            refused: Refused::default(),
            now,
            actions: Vec::new(),
        }
    }

    /// Puts instances that were not answered by name into the snapshot.
    pub fn set_instances(&mut self, service: &str, instances: Vec<Instance>) {
        // The next answer about it is news compared with this one.
        self.answers.remove(&Question::Instances(service.to_owned()));
        self.snapshot.set_instances(service, instances);
        self.publisher.note_urgent();
    }

    pub fn report(&mut self, events: impl IntoIterator<Item = Event>) {
        self.actions.extend(events.into_iter().map(Action::Report));
    }
}
