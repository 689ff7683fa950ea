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
    if is_numeric(host) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is neither an IP address nor a host name",
        ));
    }
    // RFC 6761: this name needs no question to a resolver.
    if host == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    let mut found = look_up(host)?;
    found.sort_by_key(IpAddr::is_ipv6);
    found.first().copied().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))
}

/// All addresses of a name, as this host's resolver knows them. Blocks, within a time limit.
pub fn look_up(name: &str) -> io::Result<Vec<IpAddr>> {
    let (sender, receiver) = mpsc::channel();
    let name = name.to_owned();
    std::thread::Builder::new().spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs();
        // Nobody waits any more: nothing to be done.
        let _ = sender.send(found.map(|found| found.map(|address| address.ip()).collect::<Vec<IpAddr>>()));
    })?;
    receiver.recv_timeout(TIME_LIMIT).map_err(|_| {
        io::Error::new(
            io::ErrorKind::TimedOut,
            format!("the name servers do not answer within {TIME_LIMIT:?}"),
        )
    })?
}

/// Whether the last label is a number, as in no host name: C libraries would read `127.1` as 127.0.0.1, `2130706433`
/// too, and `010.9.0.2` as 8.9.0.2. Consul's resolver knows none of these forms.
fn is_numeric(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let digits = last.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    digits || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn numbers_that_only_a_c_library_reads_are_not_addresses() {
        for host in ["127.1", "2130706433", "0x7f.1", "0127.0.0.1", "010.9.0.2", "0x7f000001", "127.0.0.0x1"]
        {
            assert!(resolve(host).is_err(), "{host}");
        }
    }

    #[test]
    fn addresses_and_localhost_need_no_resolver() {
        assert_eq!(resolve("::1").unwrap().to_string(), "::1");
        assert_eq!(resolve("localhost").unwrap().to_string(), "127.0.0.1");
        assert!(resolve("no such host").is_err());
    }
}
