//! What a running gateway writes into its run directory, and `termgate status` reads: what of its state neither Consul nor
//! Envoy has.

use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tracing::debug;

use super::status::{State, Status};
use crate::system::clock;
use crate::system::write_file::{self, Access};

/// The file's name.
pub const FILE: &str = "status.json";

/// How often a change is looked for.
const PERIOD: Duration = Duration::from_secs(1);

/// The state of a running gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// What Envoy refused and has no other version of yet.
    pub refused: Vec<Refused>,
    /// What closes linked services.
    pub closed: Vec<Closed>,
    /// When the configuration changed last, in RFC 3339.
    pub changed: Option<String>,
}

/// A resource that Envoy refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refused {
    /// Its kind: `Cluster`, `Listener`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why, in Envoy's words.
    pub reason: String,
}

/// What closes a linked service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closed {
    /// The service.
    pub service: String,
    /// The code of the finding.
    pub code: String,
    /// Its message.
    pub message: String,
}

impl Note {
    /// Reads the note in a run directory, if there is one that this release understands.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE)).ok()?).ok()
    }

    fn of(state: &State) -> Self {
        let refused = state.refused.iter().map(|((kind, name), reason)| Refused {
            kind: format!("{kind:?}"),
            name: name.clone(),
            reason: reason.clone(),
        });
        let closed = state.findings.iter().filter(|finding| finding.code.closes());
        let closed = closed.map(|finding| Closed {
            service: finding.subject.clone(),
            code: finding.code.as_str().to_owned(),
            message: finding.message.clone(),
        });
        Self {
            refused: refused.collect(),
            closed: closed.collect(),
            changed: state.changed.map(clock::rfc3339),
        }
    }
}

/// Keeps the note in this run directory up to date.
pub async fn follow(status: &Status, folder: &Path) -> Infallible {
    let mut written = Note::default();
    loop {
        let note = Note::of(&status.lock());
        if note != written {
            let text = serde_json::to_vec(&note).unwrap_or_default();
            match write_file::write(&folder.join(FILE), &text, Access::Private) {
                Ok(()) => written = note,
                // Only `termgate status` shows less then.
                Err(error) => debug!("cannot write {FILE}: {error}"),
            }
        }
        sleep(PERIOD).await;
    }
}
