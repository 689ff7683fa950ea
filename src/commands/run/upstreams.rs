//! Failures of external services while a gateway runs: Envoy's log of failures becomes findings.

use std::cell::OnceCell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::pace;
use crate::address_guard::{Allowed, Meaning, meaning_unless_allowed};
use crate::envoy::admin::Admin;
use crate::finding::Finding;
use crate::render::{RenderOptions, Upstream, Upstreams};
use crate::serve::WAITING;
use crate::settings::run::RunSettings;
use crate::snapshot::Snapshot;
use crate::system::{resolve, tls_shown};
use crate::upstream::{Failure, Question, Resolved, Shown, Tracker};

/// Shortest and longest time between two looks at Envoy's counters; only while something is in trouble.
const PERIODS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Servers and names that are looked at at once.
const AT_ONCE: usize = 4;

/// Limit on a look at a server or a name; each has shorter limits of its own.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// Begins to follow what fails: where failures go, and where all findings come from each time that they change. It ends
/// with the session.
pub fn follow(
    admin: &Admin,
    settings: &RunSettings,
    snapshots: watch::Receiver<Arc<Snapshot>>,
) -> (Sender<Failure>, UnboundedReceiver<Vec<Finding>>) {
    let (failures, failed) = mpsc::channel(WAITING);
    let (found, findings) = mpsc::unbounded_channel();
    tokio::spawn(run(admin.clone(), Settings::of(settings), failed, snapshots, found));
    (failures, findings)
}

/// What of the settings counts here.
struct Settings {
    asks: bool,
    system_ca: bool,
    allowed: Vec<Allowed>,
}

impl Settings {
    fn of(settings: &RunSettings) -> Self {
        Self {
            asks: settings.probe,
            system_ca: settings.tls_files.system_ca,
            allowed: settings.allowed_addresses.clone(),
        }
    }
}

async fn run(
    admin: Admin,
    settings: Settings,
    mut failures: Receiver<Failure>,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    found: UnboundedSender<Vec<Finding>>,
) {
    let started = Instant::now();
    let (answers, mut answered) = mpsc::unbounded_channel();
    let asker = Asker { slots: Arc::new(Semaphore::new(AT_ONCE)), answers, allowed: settings.allowed };
    let mut known = Known::new(settings.system_ca, &mut snapshots);
    let mut tracker = Tracker::new(settings.asks);
    let mut reported = Vec::new();
    let (mut next_look, mut last_look, mut counted) = (started, started, 0);
    loop {
        let now = |instant: Instant| instant.saturating_duration_since(started);
        let questions = tokio::select! {
            failure = failures.recv() => {
                let Some(failure) = failure else { return };
                let upstream = known.find(&failure.cluster);
                upstream.and_then(|upstream| tracker.failure(now(Instant::now()), upstream, &failure))
                    .into_iter().collect()
            }
            Some(answer) = answered.recv() => {
                answer_to(&mut tracker, now(Instant::now()), &answer);
                Vec::new()
            }
            changed = snapshots.changed() => {
                if changed.is_err() {
                    return;
                }
                known = Known::new(settings.system_ca, &mut snapshots);
                tracker.follow(|cluster| known.find(cluster));
                Vec::new()
            }
            () = sleep_until(next_look), if !tracker.clusters().is_empty() => {
                last_look = Instant::now();
                let counts = admin.counters(&tracker.clusters()).await.unwrap_or_default();
                next_look = Instant::now() + pace::pause(last_look, PERIODS);
                let now = now(Instant::now());
                let questions = tracker.counted(now, &counts);
                tracker.tick(now);
                questions
            }
        };
        for question in questions {
            asker.ask(question);
        }
        // What the counters say at the beginning of a trouble is what its end is measured by.
        let watched = tracker.clusters().len();
        if watched > counted {
            next_look = next_look.min(last_look + PERIODS.0);
        }
        counted = watched;
        let findings = tracker.findings();
        if findings != reported {
            reported.clone_from(&findings);
            if found.send(findings).is_err() {
                return;
            }
        }
    }
}

/// What is behind Envoy's clusters, on request.
struct Known {
    snapshot: Arc<Snapshot>,
    options: RenderOptions,
    found: OnceCell<Upstreams>,
}

impl Known {
    fn new(system_ca: bool, snapshots: &mut watch::Receiver<Arc<Snapshot>>) -> Self {
        let options = RenderOptions { system_ca, ..RenderOptions::default() };
        Self { snapshot: Arc::clone(&snapshots.borrow_and_update()), options, found: OnceCell::new() }
    }

    fn find(&self, cluster: &str) -> Option<&Upstream> {
        self.found.get_or_init(|| Upstreams::of(&self.snapshot, &self.options)).find(cluster)
    }
}

/// What a question came to; `None`: it was not asked, or not answered in time.
enum Answer {
    Shown(String, Option<Shown>),
    Resolved(String, Option<Resolved>),
}

fn answer_to(tracker: &mut Tracker, now: Duration, answer: &Answer) {
    match answer {
        Answer::Shown(service, shown) => tracker.shown(now, service, shown.as_ref()),
        Answer::Resolved(service, resolved) => tracker.resolved(now, service, resolved.as_ref()),
    }
}

/// Asks servers and resolvers, a few at once.
struct Asker {
    slots: Arc<Semaphore>,
    answers: UnboundedSender<Answer>,
    allowed: Vec<Allowed>,
}

impl Asker {
    fn ask(&self, question: Question) {
        match question {
            Question::Handshake { service, address, name } => {
                let may = self.may_ask(address);
                self.beside(
                    move || may.then(|| tls_shown::look(address, &name)),
                    |shown| Answer::Shown(service, shown.flatten()),
                );
            }
            Question::Name { service, host } => {
                self.beside(move || look_up(&host), |resolved| Answer::Resolved(service, resolved));
            }
        }
    }

    /// Never an address that no service is meant to have.
    fn may_ask(&self, address: SocketAddr) -> bool {
        !meaning_unless_allowed(address.ip(), &self.allowed).is_some_and(Meaning::is_never_meant)
    }

    /// Looks in a thread of its own, which nothing waits for when termgate ends.
    fn beside<T: Send + 'static>(
        &self,
        look: impl FnOnce() -> T + Send + 'static,
        answer: impl FnOnce(Option<T>) -> Answer + Send + 'static,
    ) {
        let answers = self.answers.clone();
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            drop(answers.send(answer(None)));
            return;
        };
        let (sender, looked) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("upstream".to_owned());
        let spawned = thread.spawn(move || {
            drop(sender.send(look()));
            drop(slot);
        });
        tokio::spawn(async move {
            let looked = match spawned {
                Ok(_) => timeout(TIME_LIMIT, looked).await.ok().and_then(Result::ok),
                Err(_) => None,
            };
            drop(answers.send(answer(looked)));
        });
    }
}

fn look_up(host: &str) -> Resolved {
    match resolve::look_up(host) {
        Ok(found) if found.is_empty() => Resolved::Nothing("it has no address".to_owned()),
        Ok(found) => Resolved::Addresses {
            v4: found.iter().any(IpAddr::is_ipv4),
            v6: found.iter().any(IpAddr::is_ipv6),
        },
        Err(error) => Resolved::Nothing(error.to_string()),
    }
}
