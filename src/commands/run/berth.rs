//! The run directory of one gateway, and the Envoy that runs there: this termgate's, or one that an earlier termgate left.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use super::arguments::{envoy_arguments, restarts_itself};
use super::resolve_admin;
use super::shutdown::{self, Draining, Signals};
use super::takeover::Before;
use crate::envoy::admin::Admin;
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::hot_restart::{self, HotRestart};
use crate::envoy::process::{self, Envoy};
use crate::envoy::record::{self, Record, Start};
use crate::error::{CommandError, Kind};
use crate::settings::envoy::ADMIN_BIND;
use crate::settings::run::{RunDir, RunSettings};
use crate::system::ports;
use crate::system::run_dir::{self, Candidate, Locked, folder_name};

/// A locked run directory.
#[derive(Debug)]
pub struct Berth {
    /// The directory.
    pub run_dir: Locked,
    /// The Envoy that runs there already.
    pub running: Option<Running>,
    /// What is written down of the Envoy of this termgate.
    current: Option<Record>,
    /// The same of the one that this takes the place of.
    former: Option<Record>,
}

/// An Envoy that an earlier termgate started.
#[derive(Debug)]
pub struct Running {
    /// The process.
    pub envoy: Envoy,
    /// What is known of it.
    pub record: Record,
}

/// What an Envoy is to be started with.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// The executable.
    pub program: &'a Path,
    pub bootstrap: &'a str,
    pub admin: SocketAddr,
    /// Whether it is a release that takes the arguments of hot restart.
    pub can_be_followed: bool,
}

impl Planned<'_> {
    fn start(&self, settings: &RunSettings) -> Start {
        Start::new(self.program, self.bootstrap, &envoy_arguments(settings), self.admin)
    }
}

/// An Envoy of this termgate.
#[derive(Debug)]
pub struct Started {
    pub envoy: Envoy,
    /// The one that it takes the place of, or took it of before an earlier termgate was killed.
    pub before: Option<Envoy>,
}

impl Berth {
    /// Locks the run directory of the gateway `id` and looks for an Envoy that it records. Where there is none, nobody
    /// else may listen at the address of Envoy's admin server: what answers there would be taken for Envoy.
    pub fn new(settings: &RunSettings, id: &str) -> Result<Self, CommandError> {
        let run_dir = Self::find(settings, id)?;
        let path = run_dir.envoy_record();
        let record = Record::read(&path).map_err(|error| {
            CommandError::new(Kind::Failed, error).context(format!("cannot read {}", path.display()))
        })?;
        let mut running = None;
        if let Some(record) = record {
            running = record.envoy()?.map(|envoy| Running { envoy, record });
        }
        let berth = Self { run_dir, running, current: None, former: None };
        match &berth.running {
            None => {
                berth.forget();
                let origin = settings.gateway.origins.name(&ADMIN_BIND);
                ports::check_one(resolve_admin(settings)?)
                    .map_err(|error| CommandError::from(error).context(origin))?;
            }
            Some(Running { record, .. }) => {
                info!("an Envoy of this gateway is already running (pid {})", record.process.pid);
            }
        }
        Ok(berth)
    }

    /// The run directory that records a running Envoy of the gateway, else the first that can be used.
    fn find(settings: &RunSettings, id: &str) -> Result<Locked, CommandError> {
        let candidates = Candidate::all(&settings.run_dir, id);
        let runs = |candidate: &Candidate| {
            candidate.is_there() && record::running(&candidate.envoy_record()).is_some()
        };
        if let Some(candidate) = candidates.iter().find(|candidate| runs(candidate)) {
            return Ok(Locked::new(candidate, id)?);
        }
        // A default place that another environment chose. The same admin server: it is this gateway, not one of the same
        // id on another agent.
        if let RunDir::Default(_) = settings.run_dir {
            let admin = resolve_admin(settings)?;
            for folder in record::folders_of_running(&folder_name(id)) {
                let candidate = Candidate::existing(folder);
                if candidate.is_there()
                    && record::running(&candidate.envoy_record())
                        .is_some_and(|record| record.start.admin == admin)
                {
                    info!("the running Envoy keeps its run directory {}", candidate.path().display());
                    return Ok(Locked::new(&candidate, id)?);
                }
            }
        }
        let (run_dir, unusable) = Locked::first(&candidates, id)?;
        for error in unusable.iter().filter(|error| matches!(error, run_dir::Error::NotPrivate { .. })) {
            warn!("{error}; using {}", run_dir.path().display());
        }
        Ok(run_dir)
    }

    /// Where the running Envoy listens; these ports are in use by the gateway itself.
    pub async fn own_listeners(&self) -> Vec<SocketAddr> {
        let Some(Running { record: Record { start: Start { admin, .. }, .. }, .. }) = &self.running else {
            return Vec::new();
        };
        let listening = match Admin::new(*admin) {
            Ok(admin) => admin.listeners().await,
            Err(error) => Err(error),
        };
        // One that does not answer is replaced later; the new one then reports its ports.
        listening.unwrap_or_default()
    }

    /// Writes down which Envoy runs, for the next termgate.
    fn remember(&mut self, envoy: &Envoy, start: Start, hot_restart: Option<HotRestart>) {
        let Some(pid) = envoy.id() else { return };
        let written = envoy.identity().and_then(|process| {
            let before = self.former.as_ref().map(|former| former.process.clone());
            let record = Record { process, start, ending: false, hot_restart, before };
            self.current.insert(record).write(&self.run_dir.envoy_record())
        });
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::Unsupported => {}
            Err(error) => warn!(
                "cannot write {} ({error}): if termgate is killed, the next one will not find this Envoy (pid {pid})",
                self.run_dir.envoy_record().display()
            ),
            Ok(()) => {}
        }
    }

    /// Records that Envoy is being ended, before it is.
    pub fn mark_ending(&self) {
        let path = self.run_dir.envoy_record();
        let marked = match Record::read(&path) {
            Ok(Some(record)) => Record { ending: true, ..record }.write(&path),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = marked {
            warn!("cannot write {}: {error}", path.display());
        }
    }

    /// The Envoy for this bootstrap: the running one if it was started with the same, else a new one that takes its place.
    /// `None` if a signal asked for the end meanwhile.
    ///
    /// Where none can take its place, the running one has drained and ended before.
    pub async fn envoy(
        &mut self,
        settings: &RunSettings,
        planned: Planned<'_>,
        signals: &mut Signals,
    ) -> Result<Option<Started>, CommandError> {
        let start = planned.start(settings);
        if let Some(Running { envoy, record }) = self.still_running()? {
            let pid = record.process.pid;
            let difference =
                if record.ending { Some("already shutting down") } else { record.start.difference(&start) };
            let Some(difference) = difference else {
                info!("adopted the running Envoy (pid {pid})");
                let before = record.envoy_before();
                self.current = Some(record);
                return Ok(Some(Started { envoy, before }));
            };
            // One after the other, if a termgate was killed in the middle of it.
            let mut first = Before::default();
            if let Some(before) = record.envoy_before() {
                info!("waiting for the end of the Envoy before the running one");
                first.begin(before, planned.admin, settings.drain_time);
            }
            let is_over = tokio::select! {
                () = first.over() => true,
                () = signals.end() => false,
            };
            if !is_over {
                self.running = Some(Running { envoy, record });
                self.end_running(settings, signals).await?;
                first.end(true).await;
                return Ok(None);
            }
            match self.successor(settings, &record, &planned).await? {
                Ok(next) => {
                    info!("the running Envoy (pid {pid}) was {difference}: a new one takes its place");
                    self.former = Some(record);
                    let new = self.start(settings, planned, start, Some(next))?;
                    return Ok(Some(Started { envoy: new, before: Some(envoy) }));
                }
                Err(reason) => {
                    warn!(
                        "the running Envoy (pid {pid}) was {difference}: it is drained, ended and replaced, because {reason}"
                    );
                    self.running = Some(Running { envoy, record });
                    if self.end_running(settings, signals).await? {
                        return Ok(None);
                    }
                }
            }
        }
        let hot_restart = Some(self.run_dir.path()).filter(|_| planned.can_be_followed);
        let hot_restart = hot_restart.and_then(HotRestart::first);
        let envoy = self.start(settings, planned, start, hot_restart)?;
        Ok(Some(Started { envoy, before: None }))
    }

    /// The Envoy that takes the place of this termgate's, if that was started with something else by now. The inner error
    /// says why none can.
    pub async fn next_envoy(
        &mut self,
        settings: &RunSettings,
        planned: Planned<'_>,
    ) -> Result<Option<Result<Envoy, String>>, CommandError> {
        let Some(record) = self.current.clone() else { return Ok(None) };
        let start = planned.start(settings);
        let Some(difference) = record.start.difference(&start) else { return Ok(None) };
        let pid = record.process.pid;
        match self.successor(settings, &record, &planned).await? {
            Ok(next) => {
                self.former = Some(record);
                info!("the running Envoy (pid {pid}) was {difference}: a new one takes its place");
                self.start(settings, planned, start, Some(next)).map(|envoy| Some(Ok(envoy)))
            }
            Err(reason) => Ok(Some(Err(format!(
                "the running Envoy (pid {pid}) was {difference} and stays, because {reason}"
            )))),
        }
    }

    /// How an Envoy takes the place of the recorded one, or why none can. Fails for a bootstrap that Envoy refuses.
    async fn successor(
        &self,
        settings: &RunSettings,
        record: &Record,
        planned: &Planned<'_>,
    ) -> Result<Result<HotRestart, String>, CommandError> {
        if record.ending {
            return Ok(Err("it accepts no connections any more".to_owned()));
        }
        let Some(running) =
            record.hot_restart.filter(|_| planned.can_be_followed && !restarts_itself(settings))
        else {
            return Ok(Err(
                "it was started without hot restart, or another failed to take its place".to_owned()
            ));
        };
        if !running.has_memory() {
            return Ok(Err("its shared memory is gone".to_owned()));
        }
        let (old, new) = (format!("/proc/{}/exe", record.process.pid), planned.program.to_owned());
        let compatible = spawn_blocking(move || hot_restart::are_compatible(Path::new(&old), &new)).await;
        match compatible {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => {
                return Ok(Err("the two releases of Envoy have different hot-restart versions".to_owned()));
            }
            Ok(Err(error)) => return Ok(Err(format!("its hot-restart version cannot be read: {error}"))),
            Err(error) => return Ok(Err(error.to_string())),
        }
        let refused = process::validate(planned.program, &BootstrapFile::new(planned.bootstrap)?).await;
        match refused {
            Ok(Some(reason)) => Err(CommandError::message(Kind::InvalidInput, reason)
                .context("Envoy would refuse its new bootstrap; the running one goes on with its own")),
            Err(error) => Err(CommandError::new(Kind::Failed, error)
                .context(format!("cannot start {}; the running Envoy goes on", planned.program.display()))),
            Ok(None) => Ok(Ok(running.next())),
        }
    }

    fn start(
        &mut self,
        settings: &RunSettings,
        planned: Planned<'_>,
        start: Start,
        hot_restart: Option<HotRestart>,
    ) -> Result<Envoy, CommandError> {
        let hot_restart = hot_restart.filter(|_| !restarts_itself(settings));
        let mut arguments = match hot_restart {
            Some(hot_restart) => hot_restart.arguments(self.run_dir.path(), settings.drain_time),
            None if restarts_itself(settings) => Vec::new(),
            None => vec!["--disable-hot-restart".into()],
        };
        arguments.extend(envoy_arguments(settings));
        let envoy = Envoy::start(
            planned.program,
            &BootstrapFile::new(planned.bootstrap)?,
            &arguments,
            hot_restart.is_some(),
        )?;
        self.remember(&envoy, start, hot_restart);
        Ok(envoy)
    }

    /// The Envoy that was to take the place of this one did not. No other can: for this one, it is still starting.
    pub fn take_back(&mut self, envoy: &Envoy) {
        if let Some(record) = self.former.take() {
            self.current = None;
            self.remember(envoy, record.start, None);
        }
    }

    /// Drains and ends the Envoy that was found running; gives whether a signal cut that short.
    pub async fn end_running(
        &mut self,
        settings: &RunSettings,
        signals: &mut Signals,
    ) -> Result<bool, CommandError> {
        let Some(Running { mut envoy, record }) = self.running.take() else { return Ok(false) };
        let admin = Admin::new(record.start.admin)?;
        self.mark_ending();
        let draining = Draining::new(Duration::ZERO, settings.drain_time);
        let asked = shutdown::end(&mut envoy, &admin, draining, signals).await?;
        self.forget();
        Ok(asked)
    }

    /// The Envoy that was found, if it has not ended meanwhile.
    fn still_running(&mut self) -> Result<Option<Running>, CommandError> {
        let Some(Running { record, .. }) = self.running.take() else { return Ok(None) };
        Ok(record.envoy()?.map(|envoy| Running { envoy, record }))
    }

    /// Ends Envoy at once.
    pub async fn terminate(&self, envoy: &mut Envoy) -> Result<(), CommandError> {
        shutdown::terminate(envoy).await?;
        self.forget();
        Ok(())
    }

    /// The Envoy has ended: there is nothing to find any more.
    pub fn forget(&self) {
        let path = self.run_dir.envoy_record();
        let record = self.current.clone().or_else(|| Record::read(&path).ok().flatten());
        if let Some(hot_restart) = record.and_then(|record| record.hot_restart) {
            hot_restart.clean_up();
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                warn!("cannot remove {}: {error}", path.display());
            }
            _ => {}
        }
    }

    /// Whether an Envoy goes on running without this termgate.
    pub fn is_taken(&self) -> bool {
        self.run_dir.envoy_record().exists()
    }
}
