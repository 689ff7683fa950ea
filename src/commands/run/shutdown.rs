//! Ends a gateway gracefully: open connections get time to finish.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{info, warn};

use crate::envoy::admin::Admin;
use crate::envoy::process::Envoy;
use crate::error::CommandError;
use crate::system::process::activity;

/// How long Envoy may take to end after SIGTERM before it is killed.
const TERMINATION: Duration = Duration::from_secs(5);

/// How often open connections are counted.
const PERIOD: Duration = Duration::from_millis(100);

/// The signals that a gateway answers to.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    child: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGTERM or SIGINT: end.
    End,
    /// SIGHUP: read everything again.
    Reload,
    /// SIGCHLD: a child ended, or an orphan that this process inherited.
    Reap,
}

impl Signals {
    /// Takes the signals over from their defaults.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            child: signal(SignalKind::child())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End,
            _ = self.interrupt.recv() => Asked::End,
            _ = self.hangup.recv() => Asked::Reload,
            _ = self.child.recv() => Asked::Reap,
        }
    }

    /// Waits until the gateway is asked to end.
    pub async fn end(&mut self) {
        while self.next().await != Asked::End {}
    }
}

/// How long a gateway that is to end still serves.
#[derive(Debug, Clone, Copy)]
pub struct Draining {
    /// Not shorter than until then: callers that have not heard yet of the deregistration still come.
    earliest: Instant,
    /// Not longer than until then, whatever is open.
    latest: Instant,
    /// The whole time, for the log.
    most: Duration,
}

impl Draining {
    /// From now on, at least `least` and at most `most`.
    pub fn new(least: Duration, most: Duration) -> Self {
        let now = Instant::now();
        Self { earliest: now + least.min(most), latest: now + most, most }
    }
}

/// Drains and ends Envoy. A signal cuts the draining short; gives whether one did.
pub async fn end(
    envoy: &mut Envoy,
    admin: &Admin,
    draining: Draining,
    signals: &mut Signals,
) -> Result<bool, CommandError> {
    let mut asked = false;
    // A process that is stopped (SIGSTOP) serves nobody.
    if !draining.most.is_zero() && !is_stopped(envoy) {
        tokio::select! {
            () = drain(admin, draining) => {}
            () = signals.end() => {
                asked = true;
                info!("ending at once, without waiting for open connections");
            }
            ended = envoy.wait() => return ended.map(|_| false).map_err(CommandError::from),
        }
    }
    terminate(envoy).await?;
    Ok(asked)
}

fn is_stopped(envoy: &Envoy) -> bool {
    envoy.id().and_then(activity).is_some_and(|activity| activity.is_stopped)
}

/// Ends Envoy now, by force if need be.
pub async fn terminate(envoy: &mut Envoy) -> Result<(), CommandError> {
    envoy.terminate();
    if let Ok(ended) = timeout(TERMINATION, envoy.wait()).await {
        ended?;
    } else {
        warn!("Envoy did not end within {TERMINATION:?}: killing it");
        envoy.kill();
        envoy.wait().await?;
    }
    Ok(())
}

/// Lets open connections end, as long as there are any and there is time. What the admin server does not answer counts as an
/// open connection: its main thread may be stuck while the others serve.
async fn drain(admin: &Admin, draining: Draining) {
    let Draining { earliest, latest, most } = draining;
    let mut open = None;
    let closing = async {
        let mut has_begun = false;
        loop {
            if !has_begun {
                has_begun = admin.drain().await.is_ok();
            }
            let before = open;
            open = admin.open_connections().await.ok();
            if before.is_none() {
                report_start(open, draining);
            }
            if open == Some(0) && Instant::now() >= earliest {
                return;
            }
            sleep(PERIOD).await;
        }
    };
    if timeout_at(latest, closing).await.is_err() {
        match open {
            Some(0) => {}
            Some(count) => warn!("{count} connections are still open after {most:?}: closing them"),
            None => warn!("Envoy does not say after {most:?} which connections are open: ending it"),
        }
    }
}

fn report_start(open: Option<u64>, Draining { earliest, most, .. }: Draining) {
    let least = earliest.saturating_duration_since(Instant::now());
    match open {
        Some(0) if !least.is_zero() => {
            info!("draining: no open connections; callers may still come for {:.1} s", least.as_secs_f64());
        }
        Some(1..) => info!("draining: {} open connections, at most {most:?}", open.unwrap_or_default()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// An admin server whose counts of open connections are these, one after the other, `None` for an error; then how often
    /// it was asked for them.
    async fn drained(counts: &[Option<u64>], draining: Draining) -> usize {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let admin = Admin::new(listener.local_addr().unwrap()).unwrap();
        let asked = AtomicUsize::new(0);
        let serve = async {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let (status, body) = if request.contains("/stats") {
                    let at = asked.fetch_add(1, Ordering::Relaxed).min(counts.len() - 1);
                    match counts[at] {
                        Some(count) => (200, format!("listener.1.2.3.4_5.downstream_cx_active: {count}")),
                        None => (503, String::new()),
                    }
                } else {
                    (200, "{}".to_owned())
                };
                let head =
                    format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close", body.len());
                stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
            }
        };
        tokio::select! {
            () = drain(&admin, draining) => {}
            () = serve => {}
        }
        asked.load(Ordering::Relaxed)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn draining_ends_with_the_last_connection_whatever_the_admin_server_fails_to_answer() {
        let counts = [None, Some(2), None, None, Some(1), None, Some(0)];
        assert_eq!(drained(&counts, Draining::new(Duration::ZERO, LONG)).await, counts.len());
    }

    #[tokio::test]
    async fn draining_goes_on_for_its_shortest_time_and_never_beyond_its_longest() {
        let least = Duration::from_millis(700);
        let begun = Instant::now();
        assert!(drained(&[Some(0)], Draining::new(least, LONG)).await > 1);
        assert!(begun.elapsed() >= least);
        assert!(drained(&[Some(1)], Draining::new(Duration::ZERO, least)).await > 1);
        assert!(drained(&[None], Draining::new(LONG, least)).await > 1);
    }
}
