//! Whether Envoy serves yet.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use super::denials;
use crate::envoy::admin::Admin;
use crate::monitor::Status;
use crate::output::Printer;
use crate::snapshot::AgentService;

/// How often Envoy is asked whether it is live, until it is.
const READY_PERIOD: Duration = Duration::from_millis(50);

/// Waits until Envoy is live, and tells it; from then on tells whom it refuses. Envoy answers late while it works on its
/// configuration.
pub async fn live(admin: &Admin, gateway: &AgentService, status: &Status, printer: Printer) -> Infallible {
    loop {
        sleep(READY_PERIOD).await;
        if admin.is_ready().await {
            break;
        }
    }
    status.set_live();
    let host = if gateway.address.is_empty() { "0.0.0.0" } else { &gateway.address };
    printer.note(format_args!("ready: Envoy serves `{}` on {host} port {}", gateway.service, gateway.port));
    denials::follow(admin, status, printer).await
}
