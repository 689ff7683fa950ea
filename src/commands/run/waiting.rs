//! The wait for what the gateway needs before it starts, each thing named once.

use std::fmt::Display;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::info;

use super::RETRY;
use crate::consul;
use crate::envoy::locate;
use crate::error::CommandError;
use crate::output::{self, Printer};
use crate::settings::run::RunSettings;

/// How long things are waited for, all together.
#[derive(Clone)]
pub struct Waiting {
    /// All of it.
    pub wait: Duration,
    /// When it ends.
    pub deadline: Instant,
    pub printer: Printer,
    /// What is being waited for, with the sign on a terminal that says so.
    now: Option<(String, Rc<output::Waiting>)>,
}

impl Waiting {
    /// From now on.
    pub fn new(wait: Duration, printer: Printer) -> Self {
        Self { wait, deadline: Instant::now() + wait, printer, now: None }
    }

    /// Whether there is no time for another try.
    pub fn is_over(&self) -> bool {
        Instant::now() + RETRY >= self.deadline
    }

    /// Says what is being waited for, and why it is not there, unless that was said before.
    pub fn note(&mut self, what: &str, reason: impl Display) {
        if self.now.as_ref().is_some_and(|(before, _)| before == what) {
            return;
        }
        let text = format!("waiting up to {:?} for {what}", self.wait);
        info!("{text}: {reason}");
        let sign = self.printer.waiting(text);
        self.now = Some((what.to_owned(), Rc::new(sign)));
    }
}

/// What a request that fails for a while lacks.
pub fn what_lacks(error: &consul::Error) -> &'static str {
    match &error.failure {
        consul::Failure::Status { body, .. } if body.contains("leader") => "a leader of Consul's servers",
        consul::Failure::Status { .. } => "the agent to answer well",
        _ => "the agent to answer",
    }
}

/// The Envoy executable; it is waited for if that was asked for.
pub async fn for_envoy(settings: &RunSettings, mut waiting: Waiting) -> Result<PathBuf, CommandError> {
    loop {
        let found = locate::find(settings.gateway.envoy.binary.as_deref(), settings.search_path.as_deref());
        match found {
            Err(error) if settings.waits_for_all && !waiting.is_over() => {
                waiting.note("Envoy's executable", error);
                sleep(RETRY).await;
            }
            found => return Ok(found?),
        }
    }
}
