//! Checks that Envoy responds, still has its sockets and does not run out of memory. That its process exists is not enough.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::bootstrap::SHEDDING;
use crate::envoy::admin::Admin;
use crate::envoy::process::Envoy;
use crate::finding::{Code, Finding};
use crate::gateway::registration::listens;
use crate::monitor::{Heap, Status};
use crate::settings::run::RunSettings;
use crate::snapshot::AgentService;
use crate::snapshot::ServiceAddress;
use crate::system::listening::{self, Socket};
use crate::system::process::{Activity, activity};

/// How often Envoy is looked at, and how long it may take to answer.
const PERIOD: Duration = Duration::from_secs(1);
/// How long an Envoy may leave all questions unanswered that does nothing.
const IDLE: Duration = Duration::from_secs(3);
/// How long one may that works: with thousands of filter chains it is seconds on one thread.
const BUSY: Duration = Duration::from_secs(15);
/// How often its sockets are looked at, while nothing is wrong with them: the kernel goes through its table of all
/// connections for that.
const SOCKETS: Duration = Duration::from_secs(5);
/// Below this percentage of its heap Envoy does not shed load, if that lasts.
const ROOM: u64 = 85;
/// How many looks in a row must find room before that counts.
const CALM: u32 = 5;
/// How many looks in a row must find that a socket is lost: a listener that changes has none for a moment.
const LOOKS: u32 = 2;

/// The Envoy to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    pid: Option<u32>,
    /// Where it should listen.
    addresses: Vec<SocketAddr>,
    /// The gateway's service name.
    gateway: String,
    /// Whether another Envoy may share its sockets: Envoy's hot restart.
    is_shared: bool,
    /// Whether that is so all the time: the hot restart is the user's.
    is_always_shared: bool,
    /// Why it has no admin server, although it serves.
    lost_admin: Option<String>,
    /// What its heap may grow to before it sheds load, in bytes.
    heap: Option<u64>,
}

/// Says which Envoy is looked at.
#[derive(Debug)]
pub struct Pulse(watch::Sender<Watched>);

impl Pulse {
    /// No Envoy yet.
    pub fn new(settings: &RunSettings) -> Self {
        let mut arguments = settings.gateway.envoy.arguments.iter();
        let is_shared = arguments.any(|argument| argument.starts_with("--restart-epoch"));
        Self(watch::Sender::new(Watched { is_shared, is_always_shared: is_shared, ..Watched::default() }))
    }

    /// From now on this is the one; with `heap` it sheds load before its heap takes so many bytes.
    pub fn watch(&self, envoy: &Envoy, heap: Option<u64>) {
        self.0.send_modify(|watched| {
            (watched.pid, watched.heap, watched.lost_admin) = (envoy.id(), heap, None);
        });
    }

    /// Whether another Envoy of this gateway has its sockets, too, for a while.
    pub fn share(&self, is_shared: bool) {
        let is_shared = is_shared || self.0.borrow().is_always_shared;
        self.0.send_modify(|watched| watched.is_shared = is_shared);
    }

    /// It may not answer any more although it serves, for this reason.
    pub fn lose_admin(&self, why: String) {
        self.0.send_modify(|watched| watched.lost_admin = Some(why));
    }

    /// From now on it listens where this registration says.
    pub fn expect(&self, gateway: &AgentService) {
        self.0.send_modify(|watched| watched.set_addresses(gateway));
    }

    /// What [`follow`] needs.
    pub fn subscribe(&self) -> watch::Receiver<Watched> {
        self.0.subscribe()
    }
}

impl Watched {
    /// Takes over where the gateway's Envoy listens; host names are left out.
    fn set_addresses(&mut self, gateway: &AgentService) {
        let own = ServiceAddress { address: gateway.address.clone(), port: gateway.port };
        let listens = listens(&own, &gateway.tagged_addresses, &gateway.proxy.config);
        let parse = |place: &ServiceAddress| {
            Some(SocketAddr::new(place.address.parse().ok()?, u16::try_from(place.port).ok()?))
        };
        self.addresses = listens.iter().filter_map(parse).collect();
        self.gateway.clone_from(&gateway.service);
    }
}

/// Keeps `outage` up to date, what takes requests from the gateway, and the heap in `status`.
pub async fn follow(
    admin: &Admin,
    watched: watch::Receiver<Watched>,
    outage: &watch::Sender<Option<Finding>>,
    status: &Status,
) -> Infallible {
    let mut silence = Silence::default();
    let mut sockets = Sockets::default();
    let mut pressure = Pressure::default();
    loop {
        let asked = Instant::now();
        let answers = admin.answers(PERIOD).await;
        let watched = watched.borrow().clone();
        let activity = if answers { None } else { watched.pid.and_then(activity) };
        let is_frozen = silence.judge(answers, asked, Instant::now(), activity);
        let heap = match watched.heap.filter(|_| answers) {
            Some(limit) => admin.heap().await.ok().map(|used| Heap { used, limit }),
            None => None,
        };
        status.set_heap(heap);
        let finding = match (is_frozen, watched.pid) {
            _ if !answers && watched.lost_admin.is_some() => watched.lost_admin.as_ref().map(|why| {
                Finding::new(Code::EnvoyUnresponsive, &watched.gateway, why).help("restart the gateway")
            }),
            (Some(why), pid) => {
                let pid = pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
                Some(
                    Finding::new(
                        Code::EnvoyUnresponsive,
                        &watched.gateway,
                        format!("Envoy{pid} does not answer: {why}"),
                    )
                    .help("find out what stopped it or what it waits for, or restart the gateway"),
                )
            }
            (None, Some(pid)) if !watched.is_shared => sockets.look(&watched, pid).map(|message| {
                Finding::new(Code::ListenerLost, &watched.gateway, message)
                    .help("stop the other process, or give this gateway another address")
            }),
            _ => None,
        };
        let finding = finding.or_else(|| pressure.judge(heap, &watched.gateway));
        outage.send_if_modified(|current| {
            let differs = *current != finding;
            *current = finding;
            differs
        });
        sleep_until(asked + PERIOD).await;
    }
}

/// How long Envoy has not answered.
#[derive(Debug, Default)]
struct Silence {
    /// Since when, and what it had done until then.
    since: Option<(Instant, Option<Activity>)>,
}

impl Silence {
    /// Why Envoy counts as frozen, if it does. `activity` is what it does now, if that can be known.
    fn judge(
        &mut self,
        answers: bool,
        asked: Instant,
        now: Instant,
        activity: Option<Activity>,
    ) -> Option<&'static str> {
        if answers {
            self.since = None;
            return None;
        }
        let (since, before) = *self.since.get_or_insert((asked, activity));
        if activity.is_some_and(|activity| activity.is_stopped) {
            return Some("it is stopped (SIGSTOP, or a debugger)");
        }
        let silence = now - since;
        let works = match (before, activity) {
            (Some(before), Some(now)) => {
                now.busy.saturating_sub(before.busy) * 2 >= silence.saturating_sub(PERIOD)
            }
            _ => false,
        };
        match silence {
            silence if silence >= BUSY => Some("its main thread has been busy or stuck for too long"),
            silence if silence >= IDLE && !works => Some("its main thread is stuck"),
            _ => None,
        }
    }
}

/// Whether Envoy sheds load.
#[derive(Debug, Default)]
struct Pressure {
    is_high: bool,
    /// Looks in a row at which there was room again.
    low: u32,
}

impl Pressure {
    /// What is wrong, if Envoy sheds load. A heap that goes up and down around the mark is one event, and so is a look that
    /// fails.
    fn judge(&mut self, heap: Option<Heap>, gateway: &str) -> Option<Finding> {
        if let Some(heap) = heap {
            if heap.is_above(SHEDDING) {
                (self.is_high, self.low) = (true, 0);
            } else if !heap.is_above(ROOM) {
                self.low = self.low.saturating_add(1);
                self.is_high &= self.low < CALM;
            }
        }
        self.is_high.then(|| {
            let message = "Envoy sheds load: its heap is about as large as the memory limit allows";
            Finding::new(Code::MemoryPressure, gateway, message)
        })
    }
}

/// What is known of the sockets of one Envoy.
#[derive(Debug, Default)]
struct Sockets {
    /// What was looked at last.
    seen: Option<(Watched, Vec<Socket>)>,
    /// The addresses that Envoy was seen to have. A wrapper around it may have none at all.
    had: BTreeSet<SocketAddr>,
    verdict: Option<String>,
    /// Looks with this verdict.
    looks: u32,
    /// When to look next.
    next: Option<Instant>,
}

impl Sockets {
    /// What is wrong, if anything is for the second time.
    fn look(&mut self, watched: &Watched, pid: u32) -> Option<String> {
        let is_same = self.seen.as_ref().is_some_and(|(seen, _)| seen == watched);
        let now = Instant::now();
        if is_same && self.verdict.is_none() && self.next.is_some_and(|next| now < next) {
            return None;
        }
        self.next = Some(now + SOCKETS);
        let ports: BTreeSet<u16> = watched.addresses.iter().map(SocketAddr::port).collect();
        let sockets = listening::listening(&ports).ok()?;
        let seen = (watched.clone(), sockets);
        if self.seen.as_ref() == Some(&seen) {
            self.looks = self.looks.saturating_add(1);
        } else {
            let own = listening::sockets_of(pid).ok()?;
            let verdict = self.judge(&watched.addresses, &seen.1, &own);
            if verdict != self.verdict {
                self.looks = 0;
            }
            self.verdict = verdict;
            self.looks = self.looks.saturating_add(1);
            self.seen = Some(seen);
        }
        self.verdict.clone().filter(|_| self.looks >= LOOKS)
    }

    fn judge(&mut self, addresses: &[SocketAddr], sockets: &[Socket], own: &BTreeSet<u64>) -> Option<String> {
        self.had.retain(|address| addresses.contains(address));
        let mut verdict = None;
        for address in addresses {
            let at = || sockets.iter().filter(|socket| socket.address == *address);
            let is_taken = at().any(|socket| !own.contains(&socket.inode));
            if at().any(|socket| own.contains(&socket.inode)) {
                self.had.insert(*address);
                if is_taken {
                    verdict.get_or_insert(format!(
                        "another process listens on {address}, too, and receives part of the connections"
                    ));
                }
            } else if self.had.contains(address) {
                let whose = if is_taken { ": another process does" } else { "" };
                verdict.get_or_insert(format!("Envoy no longer listens on {address}{whose}"));
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(milliseconds: u64) -> Activity {
        Activity { is_stopped: false, busy: Duration::from_millis(milliseconds) }
    }

    #[tokio::test]
    async fn an_idle_envoy_that_does_not_answer_is_frozen_after_three_seconds() {
        let mut silence = Silence::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        assert_eq!(silence.judge(false, at(0), at(1), Some(busy(50))), None);
        assert_eq!(silence.judge(false, at(1), at(2), Some(busy(50))), None);
        assert!(silence.judge(false, at(2), at(3), Some(busy(50))).unwrap().contains("stuck"));
        assert_eq!(silence.judge(true, at(3), at(3), None), None);
        assert_eq!(silence.judge(false, at(4), at(5), None), None);
    }

    #[tokio::test]
    async fn a_busy_envoy_gets_more_time_and_a_stopped_one_gets_none() {
        let mut silence = Silence::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for second in 0..14 {
            assert_eq!(silence.judge(false, at(second), at(second + 1), Some(busy(second * 1000))), None);
        }
        assert!(silence.judge(false, at(14), at(15), Some(busy(14_000))).is_some());
        let mut silence = Silence::default();
        let stopped = Some(Activity { is_stopped: true, busy: Duration::ZERO });
        assert!(silence.judge(false, at(0), at(1), stopped).unwrap().contains("stopped"));
    }

    #[test]
    fn a_full_heap_is_one_event_until_there_is_room_for_a_while() {
        let mut pressure = Pressure::default();
        let mut sheds =
            |used| pressure.judge(Some(Heap { used, limit: 1000 }), "gw").map(|finding| finding.code);
        assert_eq!(sheds(880), None);
        assert_eq!(sheds(890), Some(Code::MemoryPressure));
        // Around the mark, and for a moment below it.
        for used in [870, 840, 840, 890, 840, 840, 840, 860, 840] {
            assert_eq!(sheds(used), Some(Code::MemoryPressure), "{used}");
        }
        assert_eq!(sheds(840), None);
        assert_eq!(sheds(870), None);
        assert_eq!(pressure.judge(None, "gw"), None);
    }

    #[test]
    fn an_address_is_lost_only_if_envoy_had_it() {
        let mut sockets = Sockets::default();
        let address: SocketAddr = "127.0.0.1:8443".parse().unwrap();
        let socket = |inode| Socket { address, inode };
        let own = BTreeSet::from([1, 2]);
        let mut judge = |found: &[Socket]| sockets.judge(&[address], found, &own);
        assert_eq!(judge(&[]), None);
        assert_eq!(judge(&[socket(7)]), None);
        assert_eq!(judge(&[socket(1), socket(2)]), None);
        assert!(
            judge(&[socket(1), socket(7)])
                .unwrap()
                .contains("another process listens on 127.0.0.1:8443, too")
        );
        assert!(
            judge(&[socket(7)])
                .unwrap()
                .ends_with("no longer listens on 127.0.0.1:8443: another process does")
        );
        assert!(judge(&[]).unwrap().ends_with("no longer listens on 127.0.0.1:8443"));
    }
}
