//! Ends a gateway gracefully: open connections get time to finish.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use crate::envoy::admin::Admin;
use crate::envoy::process::Envoy;
use crate::error::CommandError;

/// How long Envoy may take to end after SIGTERM before it is killed.
const TERMINATION: Duration = Duration::from_secs(5);

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

/// Drains and ends Envoy. A signal cuts the draining short; gives whether one did.
pub async fn end(
    envoy: &mut Envoy,
    admin: &Admin,
    drain_time: Duration,
    signals: &mut Signals,
) -> Result<bool, CommandError> {
    let mut asked = false;
    if !drain_time.is_zero() {
        tokio::select! {
            () = drain(admin, drain_time) => {}
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

/// Lets open connections end, as long as there are any and there is time.
async fn drain(admin: &Admin, drain_time: Duration) {
    let deadline = Instant::now() + drain_time;
    match admin.open_connections().await {
        // An Envoy that does not answer has nothing to drain either.
        Ok(0) | Err(_) => return,
        Ok(count) => info!("draining: {count} open connections, at most {drain_time:?}"),
    }
    if admin.drain().await.is_err() {
        return;
    }
    while Instant::now() < deadline {
        sleep(Duration::from_millis(100)).await;
        if !matches!(admin.open_connections().await, Ok(1..)) {
            return;
        }
    }
}
