//! The running Envoy, and how another takes its place.

use std::process::ExitStatus;

use tracing::{error, info, warn};

use super::berth::{Berth, Started};
use super::launch::{Launch, Program, QUICK_RECONNECT};
use super::pulse::Pulse;
use super::serving::Serving;
use super::shutdown::{self, Draining, Signals};
use super::takeover::{Before, Passed};
use crate::bootstrap::Bootstrap;
use crate::envoy::admin::Admin;
use crate::envoy::process::{self, Envoy};
use crate::envoy::version::EnvoyVersion;
use crate::error::CommandError;
use crate::snapshot::Snapshot;
use crate::system::process::reap_orphans;

/// The Envoy of a running gateway, with what it takes to start another.
pub struct Envoys<'a> {
    /// The one that serves, or is about to.
    pub current: Envoy,
    /// The one that it takes the place of.
    pub before: &'a mut Before,
    pub berth: &'a mut Berth,
    pub program: &'a mut Program,
    pub launch: Launch<'a>,
    pub serving: Serving,
    /// Whether another was to take its place while it took the place of one.
    is_outdated: bool,
}

impl<'a> Envoys<'a> {
    /// The Envoy of this bootstrap, started or found; `None` if a signal asked for the end meanwhile.
    pub async fn start(
        launch: Launch<'a>,
        (bootstrap, is_current): (&Bootstrap, bool),
        (berth, program, before): (&'a mut Berth, &'a mut Program, &'a mut Before),
        serving: Serving,
        pulse: &Pulse,
        signals: &mut Signals,
    ) -> Result<Option<Self>, CommandError> {
        let Some(Started { envoy: current, before: former }) =
            launch.start(berth, bootstrap, is_current, signals).await?
        else {
            return Ok(None);
        };
        pulse.watch(&current, bootstrap.heap());
        let mut envoys = Self { current, before, berth, program, launch, serving, is_outdated: false };
        if let Some(former) = former {
            envoys.make_room(former, pulse);
        }
        // Those that ended before the signal was listened to.
        envoys.reap();
        Ok(Some(envoys))
    }

    /// Takes the zombies of others.
    pub fn reap(&self) {
        reap_orphans(&[self.current.id(), self.before.pid()]);
    }

    /// Ends Envoy because of `error`.
    pub async fn fail(&mut self, error: CommandError) -> Result<u8, CommandError> {
        self.berth.terminate(&mut self.current).await?;
        Err(error)
    }

    /// Starts another in the place of the running one, if its executable, its bootstrap or its arguments would be others by
    /// now; gives its bootstrap. `version` is the release of the running one.
    pub async fn replace(
        &mut self,
        snapshot: &Snapshot,
        version: Option<EnvoyVersion>,
        pulse: &Pulse,
    ) -> Option<Bootstrap> {
        // One after the other: the one before the running one must have ended.
        self.is_outdated = self.before.is_there();
        if self.is_outdated {
            return None;
        }
        match self.next(snapshot, version).await {
            Ok(None) => None,
            Ok(Some(Ok((next, bootstrap)))) => {
                self.program.forget_version();
                let former = std::mem::replace(&mut self.current, next);
                self.make_room(former, pulse);
                pulse.watch(&self.current, bootstrap.heap());
                Some(bootstrap)
            }
            Ok(Some(Err(reason))) => {
                warn!("{reason}: restart the gateway when it may be interrupted");
                None
            }
            Err(error) => {
                error!("{}", error.context("cannot start another Envoy in the place of the running one"));
                None
            }
        }
    }

    async fn next(
        &mut self,
        snapshot: &Snapshot,
        version: Option<EnvoyVersion>,
    ) -> Result<Option<Result<(Envoy, Bootstrap), String>>, CommandError> {
        let is_current = version.is_none_or(|version| version >= QUICK_RECONNECT);
        let bootstrap = self.launch.bootstrap_of(snapshot, is_current)?;
        let planned = self.launch.planned(&bootstrap, is_current);
        let next = self.berth.next_envoy(self.launch.context.settings, planned).await?;
        Ok(next.map(|next| next.map(|next| (next, bootstrap))))
    }

    /// Another was started to take the place of `former`.
    fn make_room(&mut self, former: Envoy, pulse: &Pulse) {
        self.serving.silence(former.id());
        pulse.share(true);
        self.before.begin(former, self.launch.admin, self.launch.context.settings.drain_time);
    }

    /// A step of that; gives whether to look once more whether another is to take its place.
    pub fn take_step(&mut self, passed: Passed, pulse: &Pulse) -> bool {
        if passed == Passed::Sockets {
            let most = self.launch.context.settings.drain_time;
            info!("the new Envoy serves; the one before keeps its open connections for at most {most:?}");
            return false;
        }
        self.end_takeover(pulse);
        self.is_outdated
    }

    fn end_takeover(&self, pulse: &Pulse) {
        self.serving.silence(None);
        pulse.share(false);
    }

    /// The running one ended: gives whether the one before is the gateway's again, which it is until the new one has its
    /// sockets.
    pub fn keep_former(&mut self, status: Option<ExitStatus>, pulse: &Pulse) -> bool {
        let Some(former) = self.before.take_back() else { return false };
        self.end_takeover(pulse);
        let code = status
            .map_or_else(|| "an unknown status".to_owned(), |status| process::exit_code(status).to_string());
        let message = format!(
            "the Envoy that was to take the place of the running one ended with {code} before it served; the running one serves \
             on, but without its admin server"
        );
        error!("{message}");
        pulse.watch(&former, None);
        pulse.lose_admin(message);
        self.berth.take_back(&former);
        self.current = former;
        true
    }

    /// Drains and ends all.
    pub async fn end(
        &mut self,
        admin: &Admin,
        draining: Draining,
        signals: &mut Signals,
    ) -> Result<(), CommandError> {
        self.berth.mark_ending();
        let at_once = shutdown::end(&mut self.current, admin, draining, signals).await?;
        self.before.end(at_once).await;
        self.berth.forget();
        Ok(())
    }
}
