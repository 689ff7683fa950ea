//! The address of the agent's HTTP API.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::secret::without_credentials;

/// Where the agent's HTTP API listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpAddress {
    /// Over TCP, plain or TLS.
    Tcp {
        /// Whether to speak https.
        tls: bool,
        /// Host name, IPv4 address or bracketed IPv6 address.
        host: String,
        /// TCP port.
        port: u16,
        /// Path put before every request path, without a closing slash; mostly empty.
        path_prefix: String,
    },
    /// Over a Unix socket.
    Unix(PathBuf),
}

impl HttpAddress {
    /// The default address: the agent of this host.
    pub fn local(tls: bool) -> Self {
        Self::Tcp { tls, host: "127.0.0.1".to_owned(), port: 8500, path_prefix: String::new() }
    }

    /// The address as a person writes it.
    pub fn display(&self) -> String {
        match self {
            Self::Tcp { tls, host, port, path_prefix } => {
                format!("{}://{host}:{port}{path_prefix}", if *tls { "https" } else { "http" })
            }
            Self::Unix(path) => format!("unix://{}", path.display()),
        }
    }

    /// Whether requests go over https.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }

    /// Whether the agent runs on this host, judged by the address.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp { host, .. } => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// Reads an address in any form that Consul takes: `host:port`, `http://…`, `https://…`, `unix://…`.
    ///
    /// `tls_by_default` is `CONSUL_HTTP_SSL`: it decides where the text has no scheme.
    pub fn parse(text: &str, tls_by_default: bool) -> Result<Self, NotAnAddress> {
        let fail = |reason: &str| NotAnAddress {
            text: without_credentials(text).into_owned(),
            reason: reason.to_owned(),
        };
        if let Some(path) = text.strip_prefix("unix://") {
            if path.is_empty() {
                return Err(fail("the path of the Unix socket is missing"));
            }
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        if text.contains('@') {
            return Err(fail(
                "it takes no user and password, as in Consul; set CONSUL_HTTP_AUTH=USER:PASSWORD instead",
            ));
        }
        let (tls, rest) = match text.split_once("://") {
            Some(("http", rest)) => (tls_by_default, rest),
            Some(("https", rest)) => (true, rest),
            Some((scheme, _)) => {
                return Err(fail(&format!("scheme `{scheme}` is not http, https or unix")));
            }
            None => (tls_by_default, text),
        };
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path.trim_end_matches('/')),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            // A bare IPv6 address has colons but no port.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                let number = port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()));
                (host, number.ok_or_else(|| fail("the port is not a number from 0 to 65535"))?)
            }
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let host =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        if host.is_empty() {
            return Err(fail("the host is missing"));
        }
        let path_prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self::Tcp { tls, host, port, path_prefix })
    }
}

/// A text that is not an address of an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the HTTP address of an agent: {reason}")]
pub struct NotAnAddress {
    /// As given, without a password.
    text: String,
    /// What is wrong with it.
    reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(tls: bool, host: &str, port: u16, path_prefix: &str) -> HttpAddress {
        HttpAddress::Tcp { tls, host: host.into(), port, path_prefix: path_prefix.into() }
    }

    #[test]
    fn addresses_parse_in_every_form_that_consul_takes() {
        let parse = |text| HttpAddress::parse(text, false).unwrap();
        assert_eq!(parse("127.0.0.1:8500"), tcp(false, "127.0.0.1", 8500, ""));
        assert_eq!(parse("https://consul.internal:8501/"), tcp(true, "consul.internal", 8501, ""));
        assert_eq!(parse("http://proxy:80/consul/"), tcp(false, "proxy", 80, "/consul"));
        assert_eq!(parse("[::1]:8500"), tcp(false, "[::1]", 8500, ""));
        assert_eq!(parse("::1"), tcp(false, "[::1]", 80, ""));
        assert_eq!(parse("unix:///run/consul.sock"), HttpAddress::Unix("/run/consul.sock".into()));
        assert_eq!(HttpAddress::parse("host:1", true).unwrap(), tcp(true, "host", 1, ""));
        for bad in ["ftp://x:1", "host:port", "host:+1", "unix://", ":8500", "http://"] {
            assert!(HttpAddress::parse(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_shown() {
        for text in [
            "http://user:PW@host:8500/x",
            "user:PW@host",
            "http://user:PW@host:x",
            "ftp://user:PW@host",
            "http://user:8/PW@host",
            "user:PW@",
            "user:PW://x@host",
            "user:PW@:1",
        ] {
            let error = HttpAddress::parse(text, false).unwrap_err().to_string();
            assert!(error.contains("(redacted)@") && !error.contains("PW"), "{error}");
        }
    }
}
