//! `host:port` as Go's `net.SplitHostPort` reads it, which is how Consul reads its flags.

use super::AddressError;
use crate::gateway::host_port;

/// A host (not resolved, never empty) and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// IP address or name, without brackets.
    pub host: String,
    /// Port; 0 means that the kernel picks one.
    pub port: u16,
}

impl HostPort {
    /// Reads `host:port`, `[v6]:port`.
    ///
    /// Consul pastes both parts into the bootstrap's JSON, which is why a port may have blanks around it but no zero
    /// before it. An empty host or a port that is not a number is an error here: Envoy would refuse either.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (host, port) = host_port::split(text)
            .map_err(|source| AddressError::Split { address: text.to_owned(), source })?;
        if host.is_empty() {
            return Err(AddressError::EmptyHost(text.to_owned()));
        }
        match json_port(port) {
            Some(port) => Ok(Self { host: host.to_owned(), port }),
            None => Err(AddressError::Port { address: text.to_owned(), port: port.to_owned() }),
        }
    }
}

/// A port as JSON would have it.
pub(super) fn json_port(text: &str) -> Option<u16> {
    let digits = text.trim_matches([' ', '\t', '\n', '\r']);
    let is_number =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::{AddressError, HostPort};

    #[test]
    fn ipv6_addresses_need_brackets() {
        let parsed = HostPort::parse("[::1]:0").unwrap();
        assert_eq!((parsed.host.as_str(), parsed.port), ("::1", 0));
        for text in ["::1", "127.0.0.1", "", "[::1]", "[[::1]]:4400", "HTTP://h:1"] {
            assert!(matches!(HostPort::parse(text), Err(AddressError::Split { .. })), "{text}");
        }
    }

    #[test]
    fn a_port_that_is_not_a_number_is_refused() {
        for text in [
            "h:",
            "h:http",
            "h:99999",
            "h:19000.5",
            "h:+1",
            "h:-1",
            "h:080",
            "h:00",
            "h:0x50",
            "h:8_0",
            "h:8 0",
        ] {
            assert!(matches!(HostPort::parse(text), Err(AddressError::Port { .. })), "{text}");
        }
        assert!(matches!(HostPort::parse(":1"), Err(AddressError::EmptyHost(_))));
        assert_eq!(HostPort::parse("h: 80\n").unwrap().port, 80);
    }
}
