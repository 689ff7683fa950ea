//! A name server on a free UDP port: knows the names it is given, and no others.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::Result;
use serde_json::{Value, json};

/// Names with their IPv4 addresses.
pub type Names = BTreeMap<String, Vec<Ipv4Addr>>;

/// A running name server. Ends when dropped.
pub struct NameServer {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    answering: Option<JoinHandle<()>>,
}

impl NameServer {
    /// Starts answering for these names.
    pub fn start(names: Names) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stopping);
        let answering = thread::spawn(move || {
            let mut query = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut query) {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                if let Some(answer) = answer(&query[..length], &names) {
                    // A client that is gone asks no more.
                    drop(socket.send_to(&answer, client));
                }
            }
        });
        Ok(Self { address, stopping, answering: Some(answering) })
    }

    /// The part of an Envoy bootstrap that makes it ask this server alone.
    pub fn envoy_settings(&self) -> Value {
        json!({"typed_dns_resolver_config": {
            "name": "envoy.network.dns_resolver.cares",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
                "resolvers": [{"socket_address": {
                    "protocol": "UDP", "address": self.address.ip().to_string(), "port_value": self.address.port(),
                }}],
                "dns_resolver_options": {"no_default_search_domain": true},
            },
        }})
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // An empty question wakes the thread.
        drop(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.send_to(&[], self.address)));
        if let Some(answering) = self.answering.take() {
            drop(answering.join());
        }
    }
}

/// The answer to a query of one question (RFC 1035, section 4.1): addresses, or that there is no such name.
fn answer(query: &[u8], names: &Names) -> Option<Vec<u8>> {
    let (mut at, mut name) = (12, String::new());
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        let label = query.get(at..at + length)?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
    let kind = query.get(at..at + 2)?;
    let question = query.get(12..at + 4)?;
    let known = names.get(&name);
    // Type A; a known name has no records of any other type.
    let addresses = known.filter(|_| kind == [0, 1]).map_or(&[][..], Vec::as_slice);
    let mut answer = query.get(..2)?.to_vec();
    // A response, authoritative, recursion as desired; 3: no such name.
    answer.extend([0x85, if known.is_some() { 0x80 } else { 0x83 }, 0, 1]);
    answer.extend([0, u8::try_from(addresses.len()).ok()?, 0, 0, 0, 0]);
    answer.extend(question);
    for address in addresses {
        // The name of the question, type A, class IN, an hour, four bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}
