//! The service manager that started this process, and what it is sent: systemd's protocol, datagrams on a socket that it
//! names (`sd_notify(3)`).

use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use tracing::debug;

use crate::settings::env::{self, Env};

/// A service manager, if there is one that listens.
#[derive(Debug, Default)]
pub struct ServiceManager {
    socket: Option<UnixDatagram>,
    /// How long it waits for a sign of life before it ends this process.
    pub patience: Option<Duration>,
}

impl ServiceManager {
    /// The one that the environment names.
    pub fn from_env(env: &dyn Env) -> Self {
        let Some(address) = env.get(env::NOTIFY_SOCKET) else { return Self::default() };
        let socket =
            connect(&address).inspect_err(|error| debug!("cannot use NOTIFY_SOCKET {address}: {error}")).ok();
        let is_for_us = env.get(env::WATCHDOG_PID).is_none_or(|id| id == std::process::id().to_string());
        let patience = env.get(env::WATCHDOG_USEC).filter(|_| is_for_us).and_then(|text| text.parse().ok());
        Self { socket, patience: patience.filter(|time| *time > 0).map(Duration::from_micros) }
    }

    /// Whether anybody listens.
    pub fn listens(&self) -> bool {
        self.socket.is_some()
    }

    /// Sends assignments, a line each.
    pub fn send(&self, lines: &str) {
        if let Some(socket) = &self.socket {
            // It may be away or slow; the service works without it.
            let _ = socket
                .send(lines.as_bytes())
                .inspect_err(|error| debug!("cannot notify the service manager: {error}"));
        }
    }

    /// The settings are being read again; `READY=1` ends it.
    pub fn send_reloading(&self) {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from).unwrap_or_default();
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={}", now.as_micros()));
    }
}

/// A socket connected to a path, or to an abstract name behind an `@`.
fn connect(address: &str) -> io::Result<UnixDatagram> {
    let address = match address.strip_prefix('@') {
        Some(name) => abstract_address(name)?,
        None if address.starts_with('/') => SocketAddr::from_pathname(address)?,
        None => return Err(io::ErrorKind::Unsupported.into()),
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(target_os = "linux")]
fn abstract_address(name: &str) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt as _;
    SocketAddr::from_abstract_name(name)
}

#[cfg(not(target_os = "linux"))]
fn abstract_address(_name: &str) -> io::Result<SocketAddr> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn manager(variables: &[(&str, &str)]) -> ServiceManager {
        let env: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ServiceManager::from_env(&env)
    }

    fn received(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 200];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[test]
    fn a_socket_with_a_path_gets_what_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).unwrap();
        let manager = manager(&[("NOTIFY_SOCKET", path.to_str().unwrap())]);
        assert!(manager.listens());
        manager.send("READY=1");
        assert_eq!(received(&listening), "READY=1");
        manager.send_reloading();
        let text = received(&listening);
        let time = text.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        assert!(time.parse::<u64>().unwrap() > 0, "{text}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_socket_gets_what_is_sent() {
        let name = format!("termgate-test-{}", std::process::id());
        let listening = UnixDatagram::bind_addr(&abstract_address(&name).unwrap()).unwrap();
        manager(&[("NOTIFY_SOCKET", &format!("@{name}"))]).send("STATUS=x");
        assert_eq!(received(&listening), "STATUS=x");
    }

    #[test]
    fn nothing_is_sent_where_nobody_listens() {
        for address in ["", "/no/such/socket", "vsock:2:1234"] {
            let manager = manager(&[("NOTIFY_SOCKET", address)]);
            assert!(!manager.listens());
            manager.send("READY=1");
        }
    }

    #[test]
    fn the_watchdog_of_another_process_is_ignored() {
        let own = std::process::id().to_string();
        let patience = |variables: &[(&str, &str)]| {
            let mut all = vec![("NOTIFY_SOCKET", "/no/such/socket")];
            all.extend(variables);
            manager(&all).patience
        };
        assert_eq!(patience(&[("WATCHDOG_USEC", "30000000")]), Some(Duration::from_secs(30)));
        assert_eq!(
            patience(&[("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", &own)]),
            Some(Duration::from_millis(1))
        );
        assert_eq!(patience(&[("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")]), None);
        assert_eq!(patience(&[("WATCHDOG_USEC", "0")]), None);
        assert_eq!(patience(&[("WATCHDOG_USEC", "soon")]), None);
    }
}
