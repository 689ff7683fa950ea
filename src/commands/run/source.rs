//! Where the snapshots of a running gateway come from, and the first of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::collect::Gateway;
use crate::collect::live::{self, Event, Follower};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::monitor::Status;
use crate::output::{Level, Printer};
use crate::snapshot::Snapshot;
use crate::system::{development_ca, private_file};

/// Where snapshots come from.
pub enum Source {
    /// Consul, for the gateway as it is registered.
    Consul { consul: Arc<Consul>, gateway: Gateway, registration: Option<Box<Registration>> },
    /// A snapshot file.
    File(Box<Snapshot>),
}

impl Source {
    /// Follows it from now on; `first_leaves` as in [`live::follow`].
    pub fn follow(&self, first_leaves: Duration) -> Follower {
        match self {
            Self::Consul { consul, gateway, .. } => live::follow(consul, gateway, first_leaves),
            Self::File(_) => Follower::idle(),
        }
    }

    /// The gateway's service id.
    pub fn id(&self) -> &str {
        match self {
            Self::Consul { gateway, .. } => &gateway.id,
            Self::File(snapshot) => &snapshot.gateway.id,
        }
    }
}

/// Waits for the first state of Consul that makes a configuration.
pub async fn first_snapshot(
    source: &Source,
    follower: &mut Follower,
    wait: Duration,
    run_dir: &Path,
    status: &Status,
    printer: Printer,
) -> Result<Arc<Snapshot>, CommandError> {
    if let Source::File(snapshot) = source {
        let mut snapshot = snapshot.clone();
        if snapshot.roots.roots.is_empty() || snapshot.is_redacted() || snapshot.leaves.is_empty() {
            equip(&mut snapshot, run_dir, printer)?;
        }
        return Ok(Arc::new(*snapshot));
    }
    let deadline = Instant::now() + wait;
    let mut last = ("the agent did not answer everything in time".to_owned(), false);
    loop {
        tokio::select! {
            Ok(()) = follower.snapshots.changed() => {
                if let Some(snapshot) = follower.snapshots.borrow_and_update().clone() {
                    return Ok(snapshot);
                }
            }
            Some(event) = follower.events.recv() => match event {
                Event::Trouble { about, reason, denied } => {
                    printer.event(Level::Warning, format_args!("{about}: {reason}"), [("about", about.as_str().into())]);
                    status.set_trouble(&format!("{about}: {reason}"));
                    last = (reason, denied);
                }
                Event::Recovered { .. } => {}
                Event::Unregistered => {
                    return Err(CommandError::message(Kind::Failed, "the agent does not know the gateway")
                        .hint("register it first: termgate register"));
                }
            },
            () = sleep_until(deadline) => {
                let (reason, denied) = last;
                return Err(CommandError::message(
                    if denied { Kind::PermissionDenied } else { Kind::Agent },
                    format_args!("the state of Consul could not be read within {wait:?}: {reason}"),
                ));
            }
        }
    }
}

/// Gives a snapshot without certificates those of a development CA.
fn equip(snapshot: &mut Snapshot, run_dir: &Path, printer: Printer) -> Result<(), CommandError> {
    let made = development_ca::equip(snapshot)
        .map_err(|error| CommandError::new(Kind::InvalidInput, error).context("making a development CA"))?;
    let write = |name: &str, text: &str| {
        let path = run_dir.join(name);
        private_file::write(&path, text.as_bytes()).map_err(|error| {
            CommandError::new(Kind::Failed, error).context(format!("writing {}", path.display()))
        })
    };
    write("development-ca.pem", &made.authority)?;
    for (client, pem) in &made.clients {
        if client.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            write(&format!("client-{client}.pem"), pem.expose())?;
        }
    }
    printer.warning(format_args!(
        "the snapshot has no certificates: a throw-away development CA is used; it and client certificates are in {}",
        run_dir.display()
    ));
    Ok(())
}
