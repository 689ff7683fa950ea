//! Direct mode: termgate follows Consul, renders, serves Envoy by delta ADS and supervises it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};
use tracing::info;

use super::berth::Berth;
use super::launch::Program;
use super::login::Login;
use super::session;
use super::shutdown::Signals;
use super::source::Source;
use super::{Context, Registered, deregister};
use crate::commands;
use crate::consul::{Consul, api};
use crate::error::CommandError;
use crate::snapshot::ServiceAddress;

/// How long the servers may take to learn that the gateway is gone, before its token is logged out.
const LEAVING: Duration = Duration::from_secs(3);

/// Runs a registered gateway from Consul's HTTP API.
pub async fn from_consul(
    context: Context<'_>,
    consul: &Arc<Consul>,
    mut login: Option<Login>,
    Registered { gateway, registration, early, mut berth }: Registered,
    envoy: &mut Program,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let Context { settings, status, report, .. } = context;
    let own = registration.as_ref().map(|registration| registration.lan.clone());
    let (id, name) = (gateway.id.clone(), gateway.name.clone());
    let logs_in = login.is_some();
    let registration = registration.map(Box::new);
    let mut watch = Arc::clone(consul);
    if let Some(login) = &mut login {
        watch = login.first_client();
        login.keep(gateway.clone());
    }
    let source = Source::Consul { consul: Arc::clone(consul), watch, gateway, registration, early };
    let ended = session::run(context, source, login, &mut berth, envoy, signals).await;
    report.finish();
    if berth.is_taken() {
        info!("Envoy keeps its configuration; the next run adopts it");
    } else if settings.deregisters()
        || (own.is_some() && ended.as_ref().map_or(true, |code| *code != 0 && !status.has_served()))
    {
        // A gateway that never came up must not stay in the catalog as a target that is critical for hours.
        deregister(consul, &id, own.as_ref()).await;
        if logs_in && let Some(own) = &own {
            left_catalog(consul, &name, &id, own).await;
        }
    }
    ended
}

/// Waits until the servers do not have the gateway any more, but not for long: the agent tells them with the token of the
/// registration, which is about to be logged out. Without it, the catalog would have the gateway for ever.
async fn left_catalog(consul: &Consul, name: &str, id: &str, own: &ServiceAddress) {
    let deadline = Instant::now() + LEAVING;
    while Instant::now() < deadline {
        let Ok(instances) = consul.get::<Value>(&api::health::service(name), &[]).await else { return };
        let is_own = |instance: &Value| {
            let service = &instance["Service"];
            service["ID"] == id && service["Address"] == own.address && service["Port"] == own.port
        };
        if !instances.as_array().is_some_and(|instances| instances.iter().any(is_own)) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Runs from a snapshot file, without Consul.
pub async fn from_file(
    context: Context<'_>,
    path: &Path,
    envoy: &mut Program,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let source = Source::File(Box::new(commands::snapshot::read(path)?));
    let mut berth = Berth::new(context.settings, source.id())?;
    let ended = session::run(context, source, None, &mut berth, envoy, signals).await;
    context.report.finish();
    ended
}
