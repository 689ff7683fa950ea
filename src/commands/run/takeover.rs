//! The Envoy before the running one: it serves until the new one has its sockets, then drains and ends.
//!
//! It ends when the new one has asked it to, after the time for draining, and not before: until then the new one asks it for
//! its statistics, and ends itself where nobody answers. So the new one ends first, if both are to end.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{info, warn};

use super::shutdown;
use crate::envoy::process::Envoy;
use crate::system::listening;
use crate::system::process::has_pending_sigterm;

/// How often it is looked at.
const PERIOD: Duration = Duration::from_millis(250);

/// How much longer than the time for draining the new one may take until it asks.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of a takeover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// The new Envoy has the sockets.
    Sockets,
    /// The one before has ended.
    Everything,
}

/// The Envoy before, if there is one.
#[derive(Debug, Default)]
pub struct Before {
    /// It still has the sockets.
    serving: Option<Former>,
    /// It drains.
    draining: JoinSet<()>,
    /// The process of either.
    pid: Option<u32>,
    haste: watch::Sender<Haste>,
    next_look: Option<Instant>,
}

/// When the one before ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Haste {
    /// When the new one asks it to.
    #[default]
    WhenAsked,
    /// When its last connection ends: the new one has ended.
    WhenIdle,
    /// Now.
    AtOnce,
}

/// An Envoy that another takes the place of.
#[derive(Debug)]
struct Former {
    envoy: Envoy,
    /// Where it serves.
    ports: BTreeSet<u16>,
    /// How long its open connections may last.
    drain_time: Duration,
    /// Whether it shows that it was asked to end: by a SIGTERM, which is blocked. One whose termgate was killed has one anyway.
    shows_request: bool,
}

impl Before {
    /// Another was started to take the place of `envoy`, whose admin server is at `admin`, and whose open connections may last
    /// for `drain_time`.
    pub fn begin(&mut self, envoy: Envoy, admin: SocketAddr, drain_time: Duration) {
        self.pid = envoy.id();
        self.haste.send_replace(Haste::WhenAsked);
        let ports = self.pid.and_then(|pid| listening::ports_of(pid).ok());
        let mut ports = ports.unwrap_or_default();
        ports.remove(&admin.port());
        let shows_request = self.pid.is_some_and(|pid| !has_pending_sigterm(pid));
        self.serving = Some(Former { envoy, ports, drain_time, shows_request });
    }

    /// Waits until it has ended.
    pub async fn over(&mut self) {
        while self.is_there() && self.next().await != Passed::Everything {}
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.pid.is_some()
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Waits for the next step of the takeover. To wait may be given up, and begun again.
    pub async fn next(&mut self) -> Passed {
        if self.serving.is_some() {
            loop {
                let look = *self.next_look.get_or_insert_with(|| Instant::now() + PERIOD);
                sleep_until(look).await;
                self.next_look = None;
                let listens = self.serving.as_ref().is_some_and(Former::listens);
                if listens {
                    continue;
                }
                self.drain();
                return Passed::Sockets;
            }
        }
        match self.draining.join_next().await {
            Some(_) => {
                self.pid = None;
                Passed::Everything
            }
            None => std::future::pending().await,
        }
    }

    /// The Envoy before, if the new one has not got its sockets.
    pub fn take_back(&mut self) -> Option<Envoy> {
        let former = self.serving.take()?;
        self.pid = None;
        Some(former.envoy)
    }

    fn drain(&mut self) {
        if let Some(former) = self.serving.take() {
            self.draining.spawn(former.drain(self.haste.subscribe()));
        }
    }

    /// Ends it, after the new one has ended; without draining if `at_once`.
    pub async fn end(&mut self, at_once: bool) {
        self.haste.send_replace(if at_once { Haste::AtOnce } else { Haste::WhenIdle });
        self.drain();
        while self.draining.join_next().await.is_some() {}
        self.pid = None;
    }
}

impl Former {
    /// Whether it still has a socket that listens where it serves. What cannot be known counts as no.
    fn listens(&self) -> bool {
        self.envoy.id().is_some_and(|pid| listening::listens(pid, &self.ports).unwrap_or(false))
    }

    /// Whether it has any socket there.
    fn serves(&self) -> io::Result<bool> {
        self.envoy.id().map_or(Ok(false), |pid| listening::serves(pid, &self.ports))
    }

    /// Ends it when that is due, or when the time is over.
    async fn drain(mut self, mut haste: watch::Receiver<Haste>) {
        let pid = self.envoy.id().unwrap_or_default();
        let deadline = Instant::now() + self.drain_time.max(Duration::from_secs(1)) + PATIENCE;
        loop {
            let is_due = match *haste.borrow_and_update() {
                Haste::AtOnce => true,
                // Where it cannot be known, it gets all the time.
                Haste::WhenIdle => self.serves().is_ok_and(|serves| !serves),
                Haste::WhenAsked => self.shows_request && has_pending_sigterm(pid),
            };
            if is_due || Instant::now() >= deadline {
                break;
            }
            tokio::select! {
                _ = self.envoy.wait() => return info!("the Envoy before (pid {pid}) has ended"),
                _ = haste.changed() => {}
                () = sleep(PERIOD) => {}
            }
        }
        if *haste.borrow() != Haste::AtOnce && self.serves().unwrap_or(false) {
            let most = self.drain_time;
            warn!("the Envoy before (pid {pid}) still has open connections after {most:?}: closing them");
        }
        match shutdown::terminate(&mut self.envoy).await {
            Ok(()) => info!("ended the Envoy before (pid {pid})"),
            Err(error) => warn!("the Envoy before: {error}"),
        }
    }
}
