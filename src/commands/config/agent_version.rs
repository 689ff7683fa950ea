//! The agent's Consul version, if it answers at once.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::commands::event_loop;
use crate::consul::Consul;
use crate::consul_version::ConsulVersion;
use crate::settings::consul::{ConsulSettings, HttpAddress};

/// How long an agent may take: long for one that is there, short for a person where there is none.
const LIMIT: Duration = Duration::from_millis(300);

/// A question to the agent that does not keep its asker waiting.
#[derive(Debug)]
pub struct Question {
    answer: Receiver<ConsulVersion>,
    until: Instant,
}

impl Question {
    /// Asks the agent, beside what the caller does meanwhile. Whatever goes wrong, there is merely no answer.
    pub fn ask(settings: ConsulSettings) -> Self {
        let (sender, answer) = channel();
        std::thread::spawn(move || {
            if let Some(version) = version_of(&settings) {
                // Nobody may be waiting any more.
                let _ = sender.send(version);
            }
        });
        Self { answer, until: Instant::now() + LIMIT }
    }

    /// The answer, if it comes in time; at once if nobody listens at the agent's address.
    pub fn answer(&self) -> Option<ConsulVersion> {
        self.answer.recv_timeout(self.until.saturating_duration_since(Instant::now())).ok()
    }
}

fn version_of(settings: &ConsulSettings) -> Option<ConsulVersion> {
    if settings.forward_proxy.is_none() && !is_listening(&settings.address) {
        return None;
    }
    let settings = ConsulSettings { time_limit: Some(LIMIT), timeout: LIMIT, ..settings.clone() };
    let consul = Consul::new(&settings).ok()?;
    event_loop().ok()?.block_on(consul.agent()).ok()?.consul_version()
}

/// Whether it is worth setting a client up, which may mean reading all authorities of the host.
fn is_listening(address: &HttpAddress) -> bool {
    match address {
        HttpAddress::Unix(path) => std::path::Path::new(path).exists(),
        HttpAddress::Tcp { host, port, .. } => {
            let found = (host.trim_matches(['[', ']']), *port).to_socket_addrs();
            found.is_ok_and(|mut found| {
                found.any(|address| TcpStream::connect_timeout(&address, LIMIT).is_ok())
            })
        }
    }
}
