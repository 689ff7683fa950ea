//! The ADS server that a running gateway serves its Envoy with.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::{CommandError, Kind};
use crate::serve::{Event, ResourceSet, Server};
use crate::upstream::Failure;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Serving(JoinSet<String>);

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
        let mut server = JoinSet::new();
        server.spawn(async move {
            match ads.serve(resources, sender, failures).await {
                Ok(()) => "it stopped".to_owned(),
                Err(error) => error.to_string(),
            }
        });
        Ok((Self(server), events))
    }

    /// Waits for its end, which is a failure.
    pub async fn failed(&mut self) -> CommandError {
        let reason = match self.0.join_next().await {
            Some(Ok(reason)) => reason,
            _ => "it stopped".to_owned(),
        };
        CommandError::message(Kind::Failed, format_args!("the ADS server for Envoy failed: {reason}"))
    }
}
