//! Where the snapshots of a running gateway come from, and the first of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::berth::Berth;
use super::troubles::Troubles;
use crate::collect::Gateway;
use crate::collect::live::{self, Collected, Event, Follower, Stage};
use crate::consul::Consul;
use crate::consul::facts::{Agent, Edition, Fact};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::monitor::Status;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Answer;
use crate::system::development_ca;
use crate::system::write_file::{self, Access};

/// Where snapshots come from.
pub enum Source {
    /// Consul, for the gateway as it is registered; `early` is what was known before it was.
    ///
    /// `watch` follows it. It is another client than `consul` where termgate logs in: its token stays the same.
    Consul {
        consul: Arc<Consul>,
        watch: Arc<Consul>,
        gateway: Gateway,
        registration: Option<Box<Registration>>,
        early: Option<Arc<Snapshot>>,
    },
    /// A snapshot file.
    File(Box<Snapshot>),
}

impl Source {
    /// Follows it from now on; `first_leaves` as in [`live::follow`].
    pub fn follow(&self, first_leaves: Duration) -> Follower {
        match self {
            Self::Consul { watch, gateway, .. } => live::follow(watch, gateway, first_leaves),
            Self::File(_) => Follower::idle(),
        }
    }

    /// Follows it with this client from now on.
    pub fn set_watch(&mut self, client: Arc<Consul>) {
        if let Self::Consul { watch, .. } = self {
            *watch = client;
        }
    }

    /// What Envoy can be started with at once.
    pub fn early(&self) -> Option<&Arc<Snapshot>> {
        match self {
            Self::Consul { early, .. } => early.as_ref(),
            Self::File(_) => None,
        }
    }

    /// What was registered, if that was done here.
    pub fn registration(&self) -> Option<&Registration> {
        match self {
            Self::Consul { registration, .. } => registration.as_deref(),
            Self::File(_) => None,
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

/// The wait for the first configuration.
#[derive(Debug)]
pub struct Patience {
    wait: Duration,
    /// When it ends.
    pub deadline: Instant,
    last: (String, bool),
    /// What fails, during that wait and later.
    pub troubles: Troubles,
}

impl Patience {
    /// From now on.
    pub fn new(wait: Duration) -> Self {
        let last = ("the agent did not answer every request in time".to_owned(), false);
        Self { wait, deadline: Instant::now() + wait, last, troubles: Troubles::default() }
    }

    /// Takes note of what holds it up.
    pub fn note(&mut self, about: &str, reason: &str, denied: bool, status: &Status) {
        status.set_trouble(&format!("{about}: {reason}"));
        self.last = (reason.to_owned(), denied);
    }

    /// What is said when it ends for nothing.
    pub fn exhausted(&self) -> CommandError {
        let (reason, denied) = &self.last;
        CommandError::message(
            if *denied { Kind::PermissionDenied } else { Kind::Agent },
            format_args!("cannot read the state of Consul within {:?}: {reason}", self.wait),
        )
    }
}

/// What Envoy can be started with before the gateway is registered: with that, an agent begins to follow every linked
/// service for itself, and answers late for a while. `None` where not all is known yet.
///
/// `defaults` is the proxy-defaults entry, if there is one.
pub fn before_registration(
    agent: &Agent,
    registration: &Registration,
    defaults: Option<&[u8]>,
) -> Option<Snapshot> {
    // Enterprise: the agent's answer about the service has a namespace that it was not given.
    let datacenter = agent.datacenter.known().filter(|_| agent.edition == Fact::Known(Edition::Community))?;
    let mut snapshot =
        Snapshot { datacenter: datacenter.clone(), gateway: registration.into(), ..Snapshot::collecting() };
    if let Some(defaults) = defaults {
        snapshot.apply(Answer::ProxyDefaults, 200, defaults).ok()?;
    }
    Some(snapshot)
}

/// Waits for the first part of Consul's state, which Envoy can be started with.
pub async fn first_part(
    source: &Source,
    berth: &Berth,
    follower: &mut Follower,
    patience: &mut Patience,
    status: &Status,
) -> Result<Collected, CommandError> {
    if let Source::File(snapshot) = source {
        let mut snapshot = snapshot.clone();
        if snapshot.roots.roots.is_empty() || snapshot.is_redacted() || snapshot.leaves.is_empty() {
            equip(&mut snapshot, berth.run_dir.path())?;
        }
        return Ok(Collected {
            snapshot: Arc::new(*snapshot),
            stage: Stage::Complete,
            waiting: BTreeSet::new(),
        });
    }
    // An Envoy that runs already has no use for so little.
    if let Some(early) = source.early()
        && berth.running.is_none()
    {
        return Ok(Collected::common(early));
    }
    loop {
        tokio::select! {
            Ok(()) = follower.snapshots.changed() => {
                if let Some(collected) = follower.snapshots.borrow_and_update().clone() {
                    return Ok(collected);
                }
            }
            Some(event) = follower.events.recv() => match event {
                Event::Trouble { about, reason, cause, denied } => {
                    patience.troubles.report(&about, &cause, &reason, false);
                    patience.note(&about, &reason, denied, status);
                }
                Event::Recovered { about } => drop(patience.troubles.end(&about)),
                Event::Unregistered { .. } => {
                    return Err(CommandError::message(Kind::Failed, "the agent does not know the gateway")
                        .hint("register it first: termgate register"));
                }
            },
            () = sleep_until(patience.deadline) => return Err(patience.exhausted()),
        }
    }
}

/// Gives a snapshot without certificates those of a development CA.
fn equip(snapshot: &mut Snapshot, run_dir: &Path) -> Result<(), CommandError> {
    let made = development_ca::equip(snapshot).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context("cannot make a development CA")
    })?;
    let write = |name: &str, text: &str| {
        let path = run_dir.join(name);
        write_file::write(&path, text.as_bytes(), Access::Private)
            .map_err(|error| CommandError::writing(&path, error))
    };
    write("development-ca.pem", &made.authority)?;
    for (client, pem) in &made.clients {
        if client.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            write(&format!("client-{client}.pem"), pem.expose())?;
        }
    }
    warn!(
        "the snapshot has no certificates: a throw-away development CA is used; it and client certificates are in {}",
        run_dir.display()
    );
    Ok(())
}
