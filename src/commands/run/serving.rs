//! The ADS server that a running gateway serves its Envoy with.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::{CommandError, Kind};
use crate::serve::{Event, ResourceSet, Server, Silent};
use crate::upstream::Failure;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Serving {
    server: JoinSet<String>,
    silent: Silent,
}

impl Serving {
    /// Serves `resources` at `socket`; with what happens there. What Envoy logs of external services goes to `failures`.
    pub fn start(
        socket: &Path,
        resources: watch::Receiver<Arc<ResourceSet>>,
        failures: mpsc::Sender<Failure>,
    ) -> Result<(Self, UnboundedReceiver<Event>), CommandError> {
        let ads = Server::bind(socket).map_err(|error| {
            CommandError::new(Kind::Failed, error)
                .context(format!("cannot create the socket for Envoy at {}", socket.display()))
        })?;
        let (sender, events) = mpsc::unbounded_channel();
        let (mut server, silent) = (JoinSet::new(), Silent::default());
        let without_events = silent.clone();
        server.spawn(async move {
            match ads.serve(resources, sender, failures, without_events).await {
                Ok(()) => "it stopped".to_owned(),
                Err(error) => error.to_string(),
            }
        });
        Ok((Self { server, silent }, events))
    }

    /// Nothing that happens with this Envoy is of interest from now on: another takes its place.
    pub fn silence(&self, pid: Option<u32>) {
        self.silent.set(pid);
    }

    /// Waits for its end, which is a failure.
    pub async fn failed(&mut self) -> CommandError {
        let reason = match self.server.join_next().await {
            Some(Ok(reason)) => reason,
            _ => "it stopped".to_owned(),
        };
        CommandError::message(Kind::Failed, format_args!("the ADS server for Envoy failed: {reason}"))
    }
}
