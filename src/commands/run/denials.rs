//! Clients that Envoy refuses in the TLS handshake: no filter sees them, so nothing else reports them.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::info;

use super::pace;
use crate::envoy::admin::{Admin, RefusedHandshakes};
use crate::monitor::Status;

/// Shortest time between two log lines.
const LOG_PERIOD: Duration = Duration::from_secs(60);

/// Shortest and longest time between two questions.
const PERIODS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Keeps the metrics up to date, and logs once a minute how many were refused since the last line, if any were.
pub async fn follow(admin: &Admin, status: &Status) -> Infallible {
    let mut logged = RefusedHandshakes::default();
    let mut next_line = Instant::now() + LOG_PERIOD;
    loop {
        let asked = Instant::now();
        let now = admin.refused_handshakes().await.ok();
        status.set_refused_handshakes(now);
        if let Some(now) = now
            && Instant::now() >= next_line
        {
            log(now, logged);
            logged = now;
            next_line = Instant::now() + LOG_PERIOD;
        }
        sleep(pace::pause(asked, PERIODS)).await;
    }
}

fn log(now: RefusedHandshakes, before: RefusedHandshakes) {
    // Lower than before: it is another Envoy.
    let since = |now: u64, before: u64| now.checked_sub(before).unwrap_or(now);
    let (identity, certificate) =
        (since(now.identity, before.identity), since(now.no_certificate, before.no_certificate));
    if identity + certificate > 0 {
        info!(
            identity,
            no_certificate = certificate,
            "refused in the TLS handshake since the last such line: {identity} clients denied by intentions, {certificate} without a certificate"
        );
    }
}
