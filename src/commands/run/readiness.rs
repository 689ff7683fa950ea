//! Whether Envoy serves yet.

use std::time::Duration;

use tokio::time::Instant;

use crate::envoy::admin::Admin;
use crate::monitor::Status;
use crate::output::Printer;
use crate::snapshot::Snapshot;

/// How often Envoy is asked whether it is live, until it is.
const READY_PERIOD: Duration = Duration::from_millis(50);

/// Whether Envoy serves yet.
#[derive(Debug)]
pub struct Readiness {
    live: bool,
    next: Instant,
}

impl Readiness {
    /// Not yet.
    pub fn new() -> Self {
        Self { live: false, next: Instant::now() + READY_PERIOD }
    }

    /// When to look again.
    pub fn next(&self) -> Instant {
        self.next
    }

    /// Asks Envoy, and tells when it is live.
    pub async fn check(&mut self, admin: &Admin, snapshot: &Snapshot, status: &Status, printer: Printer) {
        self.live = admin.is_ready().await;
        self.next = Instant::now() + READY_PERIOD;
        if self.live {
            status.set_live();
            let gateway = &snapshot.gateway;
            let host = if gateway.address.is_empty() { "0.0.0.0" } else { &gateway.address };
            printer.note(format_args!(
                "ready: Envoy serves `{}` on {host} port {}",
                gateway.service, gateway.port
            ));
            // A day is as good as never here, and no special case.
            self.next += Duration::from_secs(86_400);
        }
    }
}
