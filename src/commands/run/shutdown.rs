//! How a gateway begins and ends without harm: the port is free, and open connections get their time.

use std::net::{IpAddr, TcpListener};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};

use crate::envoy::admin::Admin;
use crate::envoy::process::Envoy;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::output::Printer;
use crate::snapshot::ServiceAddress;

/// How long Envoy may take to end after SIGTERM before it is killed.
const TERMINATION: Duration = Duration::from_secs(5);

/// Fails if another process listens where Envoy is to listen. Consul's command registers first and lets
/// Envoy find out.
pub fn check_port_is_free(registration: &Registration) -> Result<(), CommandError> {
    let bind: Vec<&ServiceAddress> = if registration.bind.is_empty() {
        vec![&registration.lan]
    } else {
        registration.bind.values().collect()
    };
    for address in bind {
        let host = if address.address.is_empty() { "0.0.0.0" } else { &address.address };
        let (Ok(ip), Ok(port)) = (host.parse::<IpAddr>(), u16::try_from(address.port)) else { continue };
        if let Err(error) = TcpListener::bind((ip, port)) {
            let hint = match error.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "is another gateway or Envoy running there? Choose another port, or end it first"
                }
                std::io::ErrorKind::PermissionDenied => {
                    "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher port, such as 8443"
                }
                _ => "`termgate address eval '{{ GetPrivateIP }}'` shows an address of this host",
            };
            return Err(CommandError::new(Kind::Failed, error)
                .context(format!("Envoy could not listen on {host} port {port}"))
                .hint(hint));
        }
    }
    Ok(())
}

/// The signals that a gateway answers to.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGTERM or SIGINT: end.
    End,
    /// SIGHUP: read everything again.
    Reload,
}

impl Signals {
    /// Takes the signals over from their defaults.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End,
            _ = self.interrupt.recv() => Asked::End,
            _ = self.hangup.recv() => Asked::Reload,
        }
    }

    /// Waits until the gateway is asked to end.
    pub async fn end(&mut self) {
        while self.next().await != Asked::End {}
    }
}

/// Drains and ends Envoy. A second signal cuts the draining short.
pub async fn end(
    envoy: &mut Envoy,
    admin: &Admin,
    drain_time: Duration,
    signals: &mut Signals,
    printer: Printer,
) -> Result<(), CommandError> {
    if !drain_time.is_zero() {
        tokio::select! {
            () = drain(admin, drain_time, printer) => {}
            () = signals.end() => printer.note("asked again to end: not waiting for open connections"),
            ended = envoy.wait() => return ended.map(drop).map_err(CommandError::from),
        }
    }
    envoy.terminate();
    if let Ok(ended) = timeout(TERMINATION, envoy.wait()).await {
        ended?;
    } else {
        printer.warning(format_args!("Envoy did not end within {TERMINATION:?} and is killed"));
        envoy.kill();
        envoy.wait().await?;
    }
    Ok(())
}

/// Lets open connections end, as long as there are any and there is time.
async fn drain(admin: &Admin, drain_time: Duration, printer: Printer) {
    let deadline = Instant::now() + drain_time;
    match admin.open_connections().await {
        // An Envoy that does not answer has nothing to drain either.
        Ok(0) | Err(_) => return,
        Ok(count) => printer.note(format_args!("draining: {count} open connections, at most {drain_time:?}")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_found_before_anything_is_registered() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = u32::from(taken.local_addr().unwrap().port());
        let lan = ServiceAddress { address: "127.0.0.1".into(), port };
        let registration = Registration { lan, ..Registration::default() };
        let error = check_port_is_free(&registration).unwrap_err();
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        drop(taken);
        assert!(check_port_is_free(&registration).is_ok());
    }
}
