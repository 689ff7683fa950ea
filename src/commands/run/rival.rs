//! Another gateway that runs under the same service id on the same agent: only one of them can be registered.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::{Context, RETRY};
use crate::consul::Consul;
use crate::consul::facts::Agent;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::registration::{KIND, Registration};
use crate::snapshot::{AgentService, Snapshot};

/// How long a connection to the other gateway may take.
const CONNECTION: Duration = Duration::from_secs(1);

/// Waits until the gateway that the agent has under this id elsewhere takes no more connections, until `deadline`. `own`
/// is where an Envoy listens that this run takes over.
///
/// A gateway that restarts on another address, or that a scheduler starts beside the one it replaces, gets the place as
/// soon as the other has ended. An address with several gateways behind it is the same for all of them, which is not a
/// conflict.
pub async fn wait_for_end(
    context: Context<'_>,
    (consul, agent): (&Consul, &Agent),
    existing: &Value,
    registration: &Registration,
    own: &[SocketAddr],
    deadline: Instant,
) -> Result<(), CommandError> {
    let Context { settings, status, printer, .. } = context;
    let found: AgentService = serde_json::from_value(existing.clone()).unwrap_or_default();
    let (id, lan) = (&registration.id, &registration.lan);
    if found.kind != KIND || (found.address == lan.address && found.port == lan.port) {
        return Ok(());
    }
    let Ok(port) = u16::try_from(found.port) else { return Ok(()) };
    let node = agent.advertise.known().map_or("127.0.0.1", String::as_str);
    let host = if found.address.is_empty() { node } else { &found.address };
    let place = shown(host, port);
    let mut sign = None;
    while accepts(host, port, own).await {
        if settings.replace {
            warn!("replacing the registration of `{id}` at {place}, which still accepts connections");
            return Ok(());
        }
        if Instant::now() + RETRY >= deadline {
            return Err(CommandError::message(
                Kind::Failed,
                format_args!(
                    "another gateway runs as `{id}` on the agent at {}: it is registered at {place} and accepts connections there",
                    consul.address()
                ),
            )
            .hint("choose another ID for this one with --service-id")
            .hint("stop the other one first, or replace it with --replace"));
        }
        if sign.is_none() {
            let text = format!(
                "waiting up to {:?} for the gateway that is registered as `{id}` at {place} to end",
                settings.wait
            );
            info!("{text}");
            status.set_trouble(&text);
            sign = Some(printer.waiting(text));
        }
        sleep(RETRY).await;
    }
    Ok(())
}

/// Whether anything accepts connections there other than an Envoy that this run adopts.
async fn accepts(host: &str, port: u16, own: &[SocketAddr]) -> bool {
    let Ok(Ok(stream)) = timeout(CONNECTION, TcpStream::connect((host, port))).await else { return false };
    !stream.peer_addr().is_ok_and(|peer| own.iter().any(|own| is_at(*own, peer)))
}

/// Whether a socket that listens at `listening` answers at `peer`.
fn is_at(listening: SocketAddr, peer: SocketAddr) -> bool {
    listening.port() == peer.port() && (listening.ip().is_unspecified() || listening.ip() == peer.ip())
}

fn shown(host: &str, port: u16) -> String {
    match host.parse() {
        Ok(ip) => SocketAddr::new(ip, port).to_string(),
        Err(_) => format!("{host}:{port}"),
    }
}

/// What the gateway registered itself as; a foreign registration under its id moves none of its listeners.
#[derive(Debug, Default)]
pub struct Identity {
    /// `None` if it is registered elsewhere.
    registration: Option<Registration>,
    /// As the agent showed it last.
    own: Option<AgentService>,
}

impl Identity {
    /// Of a gateway that was registered so.
    pub fn new(registration: Option<&Registration>) -> Self {
        Self { registration: registration.cloned(), own: None }
    }

    /// Puts the gateway's own registration into `snapshot` where that holds one with another address; then gives the
    /// finding about it.
    pub fn keep(&mut self, snapshot: &mut Arc<Snapshot>) -> Option<Finding> {
        let registration = self.registration.as_ref()?;
        let found = &snapshot.gateway;
        if found.id.is_empty() {
            return None;
        }
        if (&found.address, found.port) == (&registration.lan.address, registration.lan.port) {
            self.own = Some(found.clone());
            return None;
        }
        let message = format!(
            "someone else registered `{}` with another address ({}): this gateway keeps listening at {}",
            registration.id,
            place(&found.address, found.port),
            place(&registration.lan.address, registration.lan.port),
        );
        let finding = Finding::new(Code::ForeignRegistration, &registration.name, message)
            .help("give one of the two gateways its own ID with --service-id, or stop it");
        let own = self
            .own
            .clone()
            .unwrap_or_else(|| AgentService { datacenter: found.datacenter.clone(), ..registration.into() });
        Arc::make_mut(snapshot).gateway = own;
        Some(finding)
    }
}

fn place(address: &str, port: u32) -> String {
    match address.parse::<IpAddr>() {
        _ if address.is_empty() => format!("port {port} of the node's address"),
        Ok(IpAddr::V6(_)) => format!("[{address}]:{port}"),
        _ => format!("{address}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::ServiceAddress;

    fn registered(address: &str, port: u32) -> Registration {
        let lan = ServiceAddress { address: address.into(), port };
        Registration { id: "gw".into(), name: "gw".into(), lan, ..Registration::default() }
    }

    fn seen(registration: &Registration) -> Arc<Snapshot> {
        Arc::new(Snapshot { gateway: registration.into(), ..Snapshot::collecting() })
    }

    #[test]
    fn a_registration_with_another_address_is_reported_and_moves_nothing() {
        let own = registered("10.0.0.1", 8443);
        let mut identity = Identity::new(Some(&own));
        let mut snapshot = seen(&own);
        assert_eq!(identity.keep(&mut snapshot), None);
        let mut snapshot = seen(&registered("10.0.0.2", 9443));
        let finding = identity.keep(&mut snapshot).unwrap();
        assert!(finding.message.contains("(10.0.0.2:9443)"), "{finding}");
        assert_eq!((snapshot.gateway.address.as_str(), snapshot.gateway.port), ("10.0.0.1", 8443));
        assert_eq!(identity.keep(&mut seen(&own)), None);
    }

    #[test]
    fn a_registration_that_is_foreign_from_the_start_is_followed() {
        let mut identity = Identity::new(None);
        let mut snapshot = seen(&registered("10.0.0.2", 9443));
        assert_eq!(identity.keep(&mut snapshot), None);
        assert_eq!(snapshot.gateway.port, 9443);
    }

    #[test]
    fn an_envoy_that_listens_everywhere_is_at_every_address() {
        let at = |listening: &str, peer: &str| is_at(listening.parse().unwrap(), peer.parse().unwrap());
        assert!(at("0.0.0.0:8443", "10.0.0.1:8443") && at("10.0.0.1:8443", "10.0.0.1:8443"));
        assert!(!at("10.0.0.2:8443", "10.0.0.1:8443") && !at("0.0.0.0:8443", "10.0.0.1:9443"));
    }

    #[tokio::test]
    async fn only_a_stranger_that_accepts_connections_counts() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(accepts("127.0.0.1", address.port(), &[]).await);
        assert!(!accepts("127.0.0.1", address.port(), &[address]).await);
        drop(listener);
        assert!(!accepts("127.0.0.1", address.port(), &[]).await);
    }
}
