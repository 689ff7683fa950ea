//! The run directory of one gateway, and the Envoy that an earlier termgate may have left running there.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tracing::{info, warn};

use super::arguments::envoy_arguments;
use super::resolve_admin;
use super::shutdown::{self, Draining, Signals};
use crate::envoy::admin::Admin;
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::process::Envoy;
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
}

/// An Envoy that an earlier termgate started.
#[derive(Debug)]
pub struct Running {
    /// The process.
    pub envoy: Envoy,
    /// What is known of it.
    pub record: Record,
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
            running = Envoy::take_over(&record.process)?.map(|envoy| Running { envoy, record });
        }
        let berth = Self { run_dir, running };
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
    fn remember(&self, envoy: &Envoy, start: Start) {
        let Some(pid) = envoy.id() else { return };
        let written = envoy
            .identity()
            .and_then(|process| Record { process, start, ending: false }.write(&self.run_dir.envoy_record()));
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

    /// The Envoy for this bootstrap: the running one if it was started with the same, else a new one, after
    /// the running one has drained and ended. `None` if a signal asked for the end meanwhile.
    pub async fn envoy(
        &mut self,
        settings: &RunSettings,
        program: &Path,
        bootstrap: &str,
        admin: SocketAddr,
        signals: &mut Signals,
    ) -> Result<Option<Envoy>, CommandError> {
        let arguments = envoy_arguments(settings);
        let start = Start::new(bootstrap, &arguments, admin);
        if let Some(Running { envoy, record }) = self.still_running()? {
            let pid = record.process.pid;
            let difference =
                if record.ending { Some("already shutting down") } else { record.start.difference(&start) };
            match difference {
                None => {
                    info!("adopted the running Envoy (pid {pid})");
                    return Ok(Some(envoy));
                }
                Some(difference) => {
                    warn!(
                        "the running Envoy (pid {pid}) was {difference}: it is drained, ended and replaced"
                    );
                    self.running = Some(Running { envoy, record });
                    if self.end_running(settings, signals).await? {
                        return Ok(None);
                    }
                }
            }
        }
        let file = BootstrapFile::new(bootstrap)?;
        let envoy = Envoy::start(program, &file, &arguments)?;
        self.remember(&envoy, start);
        Ok(Some(envoy))
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
        Ok(Envoy::take_over(&record.process)?.map(|envoy| Running { envoy, record }))
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
