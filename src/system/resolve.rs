//! Host names of flags to IP addresses, as Envoy wants them in a bootstrap.

use std::io;
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::time::Duration;

/// How long a look-up may take; the resolver's own patience can be minutes.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// The IP address of a host: itself if it is one, else the first IPv4 address of its name, else the first address.
///
/// Consul resolves names on its own side in the same order.
pub fn resolve(host: &str) -> io::Result<IpAddr> {
    if let Ok(address) = host.parse() {
        return Ok(address);
    }
    // RFC 6761: this name needs no question to a resolver.
    if host == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    let (sender, receiver) = mpsc::channel();
    let name = host.to_owned();
    std::thread::Builder::new().spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        // Nobody waits any more: nothing to be done.
        let _ = sender.send(found.map(|found| found.map(|address| address.ip()).collect::<Vec<IpAddr>>()));
    })?;
    let mut found = receiver.recv_timeout(TIME_LIMIT).map_err(|_| {
        io::Error::new(
            io::ErrorKind::TimedOut,
            format!("the name servers do not answer within {TIME_LIMIT:?}"),
        )
    })??;
    found.sort_by_key(IpAddr::is_ipv6);
    found.first().copied().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn addresses_and_localhost_need_no_resolver() {
        assert_eq!(resolve("::1").unwrap().to_string(), "::1");
        assert_eq!(resolve("localhost").unwrap().to_string(), "127.0.0.1");
        assert!(resolve("no such host").is_err());
    }
}
