//! `host:port` as Go's `net.SplitHostPort` reads it, which is how Consul reads its flags.

use super::AddressError;

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
    /// Unlike Consul, which pastes both parts into the bootstrap, an empty host or a port that is not a number is an
    /// error here: Envoy would refuse either.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (host, port) = split(text)?;
        if host.is_empty() {
            return Err(AddressError::EmptyHost(text.to_owned()));
        }
        let number = if port.bytes().all(|byte| byte.is_ascii_digit()) { port.parse().ok() } else { None };
        match number {
            Some(port) => Ok(Self { host: host.to_owned(), port }),
            None => Err(AddressError::Port { address: text.to_owned(), port: port.to_owned() }),
        }
    }
}

/// Go's `net.SplitHostPort`: the two parts, either of which may be empty.
pub(super) fn split(text: &str) -> Result<(&str, &str), AddressError> {
    let Some((before, port)) = text.rsplit_once(':') else {
        return Err(AddressError::MissingPort(text.to_owned()));
    };
    let host = if let Some(inner) = text.strip_prefix('[') {
        let Some((host, rest)) = inner.split_once(']') else {
            return Err(AddressError::Brackets(text.to_owned()));
        };
        match rest.strip_prefix(':') {
            None => return Err(AddressError::MissingPort(text.to_owned())),
            Some(rest) if rest.contains(':') => {
                return Err(AddressError::TooManyColons(text.to_owned()));
            }
            Some(_) => host,
        }
    } else if before.contains(':') {
        return Err(AddressError::TooManyColons(text.to_owned()));
    } else {
        before
    };
    if host.contains(['[', ']']) || port.contains(['[', ']']) {
        return Err(AddressError::Brackets(text.to_owned()));
    }
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::{AddressError, HostPort, split};

    #[test]
    fn splits_as_go_does() {
        assert_eq!(split("127.0.0.1:19000"), Ok(("127.0.0.1", "19000")));
        assert_eq!(split("[::1]:1"), Ok(("::1", "1")));
        assert_eq!(split(":9102"), Ok(("", "9102")));
        assert!(matches!(split("::1"), Err(AddressError::TooManyColons(_))));
        assert!(matches!(split("127.0.0.1"), Err(AddressError::MissingPort(_))));
        assert!(matches!(split(""), Err(AddressError::MissingPort(_))));
        assert!(matches!(split("[::1]"), Err(AddressError::MissingPort(_))));
        assert!(matches!(split("[[::1]]:4400"), Err(AddressError::MissingPort(_))));
        assert!(matches!(split("HTTP://h:1"), Err(AddressError::TooManyColons(_))));
    }

    #[test]
    fn a_port_that_is_no_number_does_not_pass() {
        for text in ["h:", "h:http", "h:99999", "h:19000.5", "h:+1", "h:-1"] {
            assert!(matches!(HostPort::parse(text), Err(AddressError::Port { .. })), "{text}");
        }
        assert!(matches!(HostPort::parse(":1"), Err(AddressError::EmptyHost(_))));
    }
}
