//! Carries out the machine's decisions, and passes events to it.

use std::sync::atomic::Ordering;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::core::Action;
use super::machine::{Input, Machine};
use super::trouble::Trouble;
use super::watching::Asker;
use super::{Collected, Event};

pub(super) struct Driver {
    pub asker: Asker,
    pub machine: Machine,
    pub events: UnboundedSender<Event>,
    pub published: watch::Sender<Option<Collected>>,
}

impl Driver {
    pub async fn run(mut self, mut inbox: UnboundedReceiver<Input>) {
        let mut questions = JoinSet::new();
        // The blocking query on a node; it ends when this is dropped.
        let mut node_watch = JoinSet::new();
        let mut inputs = Vec::new();
        loop {
            for action in self.machine.on(inputs.drain(..), Instant::now()) {
                self.carry_out(action, &mut questions, &mut node_watch);
            }
            tokio::select! {
                input = inbox.recv() => {
                    let Some(input) = input else { return };
                    inputs.push(input);
                    while let Ok(input) = inbox.try_recv() {
                        inputs.push(input);
                    }
                }
                Some(_) = questions.join_next() => {}
                () = sleep_until(self.machine.next_wake()) => {}
            }
        }
    }

    fn carry_out(&self, action: Action, questions: &mut JoinSet<()>, node_watch: &mut JoinSet<()>) {
        match action {
            Action::Ask { question, patience } => {
                let asker = self.asker.clone();
                questions.spawn(async move {
                    let answer = question.clone().ask(&asker.consul, &asker.gateway, None, patience).await;
                    asker.tell(match answer {
                        Ok(reply) => Input::Reply(reply),
                        Err(error) => {
                            let trouble: Trouble = (&error).into();
                            debug!("retrying: {}", trouble.reason);
                            Input::Failed { question, trouble }
                        }
                    });
                });
            }
            Action::WatchNode(node) => {
                self.asker.watches_node.store(node.is_some(), Ordering::Relaxed);
                *node_watch = JoinSet::new();
                if let Some(node) = node {
                    node_watch.spawn(self.asker.clone().watch_node(node));
                }
            }
            Action::Publish(collected) => drop(self.published.send_replace(Some(collected))),
            // Whoever has no use for them any more is about to end.
            Action::Report(event) => drop(self.events.send(event)),
            Action::NoteAnswer(about) => self.asker.answers.note(about),
        }
    }
}
