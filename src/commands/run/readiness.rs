//! Whether Envoy serves yet.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use tracing::info;

use super::denials;
use super::pulse::{self, Watched};
use crate::envoy::admin::Admin;
use crate::finding::Finding;
use crate::monitor::Status;
use crate::snapshot::AgentService;

/// How often Envoy is asked whether it is live, until it is.
const READY_PERIOD: Duration = Duration::from_millis(50);

/// Waits until Envoy is live, and logs it; from then on keeps up with whom it refuses, and with its `outage`. Envoy
/// answers late while it works on its configuration. The gateway is ready after its `announcement`, which is made once
/// Envoy serves.
pub async fn live(
    admin: &Admin,
    gateway: &AgentService,
    (watched, outage): (watch::Receiver<Watched>, watch::Sender<Option<Finding>>),
    status: &Status,
    announcement: impl Future<Output = ()>,
) -> Infallible {
    loop {
        sleep(READY_PERIOD).await;
        if admin.is_ready().await {
            break;
        }
    }
    let host = if gateway.address.is_empty() { "0.0.0.0" } else { &gateway.address };
    info!("ready: Envoy serves `{}` on {host} port {}", gateway.service, gateway.port);
    let announce = async {
        while !status.is_accepted() {
            sleep(READY_PERIOD).await;
        }
        announcement.await;
        status.set_live();
    };
    let following = (denials::follow(admin, status), pulse::follow(admin, watched, &outage, status));
    let (never, _, ()) = tokio::join!(following.0, following.1, announce);
    match never {}
}
