//! The gateway's registration while it runs: restored if the agent lost it, renewed with a new token, removed at the end.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use super::login::TokenId;
use super::source::Source;
use super::troubles::Troubles;
use super::{SETTLING, deregister, register};
use crate::collect::live::Cause;
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::snapshot::CheckStatus;

/// Pause after the first registration that fails with a new token, and the longest one.
const RENEWAL_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long the agent's answer to a connection of its check may take here.
const CONNECTION: Duration = Duration::from_secs(1);

/// By when the agent has carried out a new check, and how often its status is looked at until then.
const FIRST_CHECK: Duration = Duration::from_secs(11);
const CHECK_PERIOD: Duration = Duration::from_millis(500);

/// Why the gateway is registered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The agent lost it; with what it is about.
    Lost(String),
    /// There is another token: that of a log-in, or of a file.
    NewToken(Option<TokenId>),
}

/// Registers again, beside everything else: an agent that does not answer holds up nothing.
#[derive(Debug, Default)]
pub struct Registrar {
    /// At most one: a registration with an older token must not come after one with a newer.
    running: JoinSet<(Purpose, Result<(), CommandError>)>,
    /// The next one: a newer token came while one was running.
    wanted: Option<Purpose>,
    /// The one that says that the gateway serves.
    announcing: Arc<Mutex<JoinSet<()>>>,
}

impl Registrar {
    /// The agent lost the gateway, such as by a restart without its data; `serves` is whether it serves.
    pub fn register_again(&mut self, source: &Source, about: &str, serves: bool) {
        if !self.running.is_empty() {
            return;
        }
        let purpose = Purpose::Lost(about.to_owned());
        let Some((consul, registration)) = own(source) else {
            let error = CommandError::message(
                Kind::Failed,
                "the agent no longer knows the gateway; the last good configuration stays active",
            );
            self.running.spawn(std::future::ready((purpose, Err(error))));
            return;
        };
        self.running.spawn(async move {
            let sent = if serves && takes_connections(&registration).await {
                register::put_serving(&consul, &registration).await
            } else {
                register::put(&consul, &registration).await
            };
            (purpose, sent.map(drop).map_err(|error| register::failed(error, &registration.name)))
        });
    }

    /// There is another token, and the agent works with the one that it was given with the registration. It is tried
    /// until the agent takes it.
    pub fn renew(&mut self, source: &Source, token: Option<TokenId>) {
        if !self.running.is_empty() {
            self.wanted = Some(Purpose::NewToken(token));
            return;
        }
        let purpose = Purpose::NewToken(token);
        let Some((consul, registration)) = own(source) else {
            // Whoever registered it did so with a token of their own.
            self.running.spawn(std::future::ready((purpose, Ok(()))));
            return;
        };
        self.running.spawn(async move {
            let mut pause = RENEWAL_PAUSE;
            loop {
                match register::put(&consul, &registration).await {
                    Ok(_) => return (purpose, Ok(())),
                    Err(error) if error.is_passing() || error.is_unknown_token() => {}
                    Err(error) => {
                        return (purpose, Err(register::failed(error, &registration.name)));
                    }
                }
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        });
    }

    /// Waits for the end of a registration. To wait may be given up, and begun again.
    pub async fn ended(&mut self, source: &Source) -> (Purpose, Result<(), CommandError>) {
        match self.running.join_next().await {
            Some(Ok(ended)) => {
                if let Some(Purpose::NewToken(token)) = self.wanted.take() {
                    self.renew(source, token);
                }
                ended
            }
            _ => std::future::pending().await,
        }
    }

    /// Lets the check of the registration pass at once, for a gateway that serves, when what is returned is awaited. The agent
    /// would first carry it out at any moment of the next ten seconds, and callers pass over a gateway until then: one that
    /// replaces others while it is not in use yet leaves callers without any. An agent that knows the check keeps its status,
    /// so it has to forget it before.
    ///
    /// Where that fails, or nothing answers at the address of the check, the agent decides: its first check is waited for.
    pub fn announcement(&self, source: &Source) -> impl Future<Output = ()> + use<> {
        let (own, announcing) = (own(source), Arc::clone(&self.announcing));
        async move {
            let Some((consul, registration)) = own else { return };
            let Some(check) = registration.own_check() else { return };
            let (done, ended) = oneshot::channel();
            let (announcer, own_check) = (Arc::clone(&consul), check.clone());
            // A task, so that it comes to its end even if nobody waits for that any more.
            announcing.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
                let _ = done.send(announce(&announcer, &registration, &own_check).await);
            });
            if ended.await == Ok(false) {
                let first_check = async {
                    while is_critical(&consul, &check).await {
                        sleep(CHECK_PERIOD).await;
                    }
                };
                let _ = timeout(FIRST_CHECK, first_check).await;
            }
        }
    }

    /// Takes the gateway out of the catalog, before draining: clients in the mesh stop coming.
    pub async fn leave_catalog(&mut self, source: &Source) {
        let Source::Consul { consul, gateway, registration, .. } = source else { return };
        // One on its way would come after what takes it back.
        let mut announcing =
            std::mem::take(&mut *self.announcing.lock().unwrap_or_else(PoisonError::into_inner));
        let _ =
            timeout(SETTLING, async { tokio::join!(self.running.join_next(), announcing.join_next()) }).await;
        self.running.abort_all();
        let own = registration.as_ref().map(|registration| &registration.lan);
        deregister(consul, &gateway.id, own).await;
    }
}

/// Registers the check of a gateway that serves as passing, if the agent would find that, too; whether it did.
async fn announce(consul: &Consul, registration: &Registration, check: &str) -> bool {
    if !takes_connections(registration).await {
        debug!("nothing answers at {}, the address of the agent's check", registration.check_address());
        return false;
    }
    let announced = async {
        consul.deregister_check(check).await?;
        register::put_serving(consul, registration).await.map(drop)
    };
    match timeout(SETTLING, announced).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => debug!("the agent carries out its check later: {error}"),
        Err(_) => debug!("the agent carries out its check later: no answer within {SETTLING:?}"),
    }
    false
}

/// Whether the agent's check would pass, as far as can be seen from here.
async fn takes_connections(registration: &Registration) -> bool {
    matches!(timeout(CONNECTION, TcpStream::connect(registration.check_address())).await, Ok(Ok(_)))
}

/// Whether the agent says that this check fails. Of an agent that does not answer, nothing is known.
async fn is_critical(consul: &Consul, check: &str) -> bool {
    let checks = consul.agent_checks().await.unwrap_or_default();
    checks.iter().any(|one| one.check_id == check && one.status == CheckStatus::Critical)
}

/// The agent and the registration that was made here, if it was.
fn own(source: &Source) -> Option<(Arc<Consul>, Box<Registration>)> {
    match source {
        Source::Consul { consul, registration: Some(registration), .. } => {
            Some((Arc::clone(consul), registration.clone()))
        }
        _ => None,
    }
}

/// Logs how a registration ended. One that was lost is tried every few seconds.
pub fn report((purpose, ended): &(Purpose, Result<(), CommandError>), troubles: &mut Troubles) {
    let (about, error) = match (purpose, ended) {
        (Purpose::Lost(_), Ok(())) => {
            return info!("the agent had lost the gateway, which is now registered again");
        }
        (Purpose::NewToken(_), Ok(())) => return info!("registered the gateway with the new token"),
        (Purpose::Lost(about), Err(error)) => (about.as_str(), error),
        (Purpose::NewToken(_), Err(error)) => ("the registration with the new token", error),
    };
    let reason = error.to_string();
    if troubles.begin(about, &Cause { text: reason.clone(), is_shared: false }, &reason) {
        warn!("{error}");
    }
}
