//! The gateway's registration while it runs: restored if the agent lost it, removed at the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::source::Source;
use super::troubles::Troubles;
use super::{SETTLING, deregister, register};
use crate::collect::live::Cause;
use crate::error::{CommandError, Kind};

/// Registers again, beside everything else: an agent that does not answer holds up nothing.
#[derive(Debug, Default)]
pub struct Registrar {
    /// At most one, with what it is about.
    running: JoinSet<(String, Result<(), CommandError>)>,
}

impl Registrar {
    /// The agent lost the gateway, such as by a restart without its data.
    pub fn register_again(&mut self, source: &Source, about: &str) {
        if !self.running.is_empty() {
            return;
        }
        let about = about.to_owned();
        let Source::Consul { consul, registration: Some(registration), .. } = source else {
            let error = CommandError::message(
                Kind::Failed,
                "the agent no longer knows the gateway; the last good configuration stays active",
            );
            self.running.spawn(std::future::ready((about, Err(error))));
            return;
        };
        let (consul, registration) = (Arc::clone(consul), registration.clone());
        self.running.spawn(async move {
            let sent = register::put(&consul, &registration).await;
            (about, sent.map(drop).map_err(|error| register::failed(error, &registration.name)))
        });
    }

    /// Waits for the end of a registration, and logs it. To wait may be given up, and begun again.
    pub async fn ended(&mut self) -> (String, Result<(), CommandError>) {
        match self.running.join_next().await {
            Some(Ok(ended)) => ended,
            _ => std::future::pending().await,
        }
    }

    /// Takes the gateway out of the catalog, before draining: clients in the mesh stop coming.
    pub async fn leave_catalog(&mut self, source: &Source) {
        let Source::Consul { consul, gateway, registration, .. } = source else { return };
        // One on its way would come after what takes it back.
        let _ = timeout(SETTLING, self.running.join_next()).await;
        let own = registration.as_ref().map(|registration| &registration.lan);
        deregister(consul, &gateway.id, own).await;
        // The agent informs the servers within moments; watchers in the mesh need one more.
        sleep(Duration::from_millis(50)).await;
    }
}

/// Logs how a registration ended. It is tried every few seconds.
pub fn report((about, ended): (String, Result<(), CommandError>), troubles: &mut Troubles) {
    let Err(error) = ended else {
        return info!("the agent had lost the gateway, which is now registered again");
    };
    let reason = error.to_string();
    if troubles.begin(&about, &Cause { text: reason.clone(), is_shared: false }, &reason) {
        warn!("{error}");
    }
}
