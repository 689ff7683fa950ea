//! One running gateway: what Consul says goes to Envoy, until one of them or a signal ends it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::launch::{bootstrap_input, envoy_arguments};
use super::readiness::Readiness;
use super::services::Services;
use super::shutdown::{self, Asked, Signals};
use super::source::{Source, first_snapshot};
use super::{register, resolve_admin};
use crate::bootstrap;
use crate::collect::live::{Event, Follower};
use crate::envoy::admin::Admin;
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::process::{self, Envoy};
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::render::{self, RenderOptions};
use crate::serve::{self, Encoder, ResourceSet, Server};
use crate::settings::run::RunSettings;
use crate::snapshot::Snapshot;
use crate::system::{run_dir, tls_files};

/// How often the TLS files of linked services are looked at.
const FILE_PERIOD: Duration = Duration::from_secs(2);

/// Collector, renderer and server of one running gateway.
struct Session<'a> {
    settings: &'a RunSettings,
    printer: Printer,
    source: Source,
    follower: Follower,
    snapshot: Arc<Snapshot>,
    options: RenderOptions,
    encoder: Encoder,
    services: Services,
    resources: watch::Sender<Arc<ResourceSet>>,
}

/// Runs until Envoy ends or a signal asks for the end; gives the exit status.
pub async fn run(
    settings: &RunSettings,
    source: Source,
    envoy: &Path,
    printer: Printer,
) -> Result<u8, CommandError> {
    let mut signals = Signals::new()
        .map_err(|error| CommandError::new(Kind::Failed, error).context("taking over signals"))?;
    let run_dir = run_dir::Locked::new(&settings.run_dir, source.id())?;
    let (admin_address, admin_port) = resolve_admin(&settings.gateway.admin_bind)?;
    let admin =
        Admin::new(&admin_address, admin_port).map_err(|error| CommandError::new(Kind::Failed, error))?;

    let mut follower = source.follow();
    let first = tokio::select! {
        first = first_snapshot(&source, &mut follower, settings.wait, run_dir.path(), printer) => first?,
        () = signals.end() => return Ok(0),
    };
    let (resources, served) = watch::channel(Arc::default());
    let input = bootstrap_input(&settings.gateway, &first, &admin_address, admin_port, &run_dir.socket())?;
    let mut session = Session {
        settings,
        printer,
        source,
        follower,
        snapshot: first,
        options: RenderOptions::default(),
        encoder: Encoder::default(),
        services: Services::default(),
        resources,
    };
    session.options.unusable_files = tls_files::unusable(&session.snapshot);
    session.render();

    let ads = Server::bind(&run_dir.socket()).map_err(|error| {
        CommandError::new(Kind::Failed, error)
            .context(format!("the socket for Envoy at {} cannot be made", run_dir.socket().display()))
    })?;
    let (events, mut served_events) = mpsc::unbounded_channel();
    let mut serving = JoinSet::new();
    serving.spawn(ads.serve(served, events));

    let file = BootstrapFile::new(bootstrap::render(&input)?.text()).map_err(|error| {
        CommandError::new(Kind::Failed, error).context("the memory file for Envoy's bootstrap cannot be made")
    })?;
    let arguments = envoy_arguments(settings);
    let mut envoy = Envoy::start(envoy, &file, &arguments)?;
    let mut ready = Readiness::new();
    let mut next_files = Instant::now() + FILE_PERIOD;
    loop {
        tokio::select! {
            ended = envoy.wait() => {
                let code = process::exit_code(ended?);
                session.printer.note(format_args!("Envoy ended with status {code}"));
                return Ok(code);
            }
            Ok(()) = session.follower.snapshots.changed() => session.take_snapshot(),
            Some(event) = session.follower.events.recv() => session.take(event).await,
            Some(event) = served_events.recv() => session.take_served(event),
            Some(ended) = serving.join_next() => {
                // The server only ends by failing.
                let reason = match ended { Ok(Err(error)) => error.to_string(), _ => "it stopped".to_owned() };
                envoy.terminate();
                return Err(CommandError::message(Kind::Failed, format_args!("the ADS server for Envoy failed: {reason}")));
            }
            () = sleep_until(ready.next()) => ready.check(&admin, &session.snapshot, session.printer).await,
            () = sleep_until(next_files) => {
                next_files = Instant::now() + FILE_PERIOD;
                session.look_at_files();
            }
            asked = signals.next() => match asked {
                Asked::Reload => session.reload(),
                Asked::End => {
                    session.leave_catalog().await;
                    shutdown::end(&mut envoy, &admin, settings.drain_time, &mut signals, session.printer).await?;
                    session.printer.note("ended");
                    return Ok(0);
                }
            },
        }
    }
}

impl Session<'_> {
    /// Renders the snapshot at hand and hands the result to the server.
    fn render(&mut self) {
        let rendered = render::render(&self.snapshot, &self.options);
        self.services.tell(&self.snapshot, &rendered, self.printer);
        let (set, failures) = self.encoder.update(rendered.resources);
        for failure in failures {
            self.printer.trouble(format_args!(
                "{:?} `{}` is not what Envoy understands and keeps its last good form: {}",
                failure.kind, failure.name, failure.error
            ));
        }
        self.resources.send_if_modified(|current| {
            let differs = *current != set;
            *current = set;
            differs
        });
    }

    fn take_snapshot(&mut self) {
        if let Some(snapshot) = self.follower.snapshots.borrow_and_update().clone() {
            self.snapshot = snapshot;
        }
        self.options.unusable_files = tls_files::unusable(&self.snapshot);
        self.render();
    }

    async fn take(&self, event: Event) {
        match event {
            Event::Trouble { about, reason, .. } => {
                self.printer
                    .warning(format_args!("{about}: {reason}; the last good configuration stays in force"));
            }
            Event::Recovered { about } => self.printer.note(format_args!("{about}: works again")),
            Event::Unregistered => self.register_again().await,
        }
    }

    fn take_served(&self, event: serve::Event) {
        match event {
            serve::Event::Refused { kind, resources, reason } => {
                self.printer.trouble(format_args!(
                    "Envoy refused {kind:?} {} and keeps what it had: {reason}",
                    resources.join(", ")
                ));
            }
            serve::Event::Disconnected => self.printer.note("Envoy's configuration stream ended"),
            serve::Event::Connected { .. } | serve::Event::Acknowledged { .. } => {}
        }
    }

    /// A TLS file that comes or goes opens or closes its services.
    fn look_at_files(&mut self) {
        let unusable = tls_files::unusable(&self.snapshot);
        if unusable != self.options.unusable_files {
            self.options.unusable_files = unusable;
            self.render();
        }
    }

    /// The agent lost the gateway, such as by a restart without its data: put it back.
    async fn register_again(&self) {
        let Source::Consul { consul, registration: Some(registration), .. } = &self.source else {
            self.printer.warning(
                "the agent does not know the gateway any more; the last good configuration stays in force",
            );
            return;
        };
        match register::send(consul, registration).await {
            Ok(()) => self.printer.note("the agent had lost the gateway; it is registered again"),
            Err(error) => self.printer.warning(error),
        }
    }

    /// SIGHUP: asks everything anew.
    fn reload(&mut self) {
        self.printer.note("reading everything again");
        self.follower = self.source.follow();
    }

    /// Before draining, so that clients in the mesh stop coming.
    async fn leave_catalog(&mut self) {
        let Source::Consul { consul, gateway, .. } = &self.source else { return };
        if !self.settings.deregister_on_exit {
            return;
        }
        match register::deregister(consul, &gateway.id).await {
            Ok(true) => self.printer.note(format_args!("deregistered gateway `{}`", gateway.id)),
            Ok(false) => {}
            Err(error) => self.printer.trouble(error),
        }
        // Nothing that Consul says from here on matters, least of all that the gateway is gone.
        self.follower = Follower::idle();
        // The agent tells the servers within moments; watchers in the mesh need one more.
        sleep(Duration::from_millis(50)).await;
    }
}
