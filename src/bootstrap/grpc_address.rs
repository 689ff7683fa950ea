//! Where the agent's gRPC port is: flag, environment, or the agent's own answer.

use super::AddressError;
use super::address::HostPort;
use crate::secret::without_credentials;

/// Consul's customary gRPC port, taken where the agent does not say.
const DEFAULT_PORT: u16 = 8502;

/// A gRPC address as asked for; a host name is not resolved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrpcAddress {
    /// Host and port, or a socket.
    pub endpoint: GrpcEndpoint,
    /// Whether the address itself asks for TLS (`https://`, or the agent's TLS port).
    pub tls: bool,
}

/// Host and port, or a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrpcEndpoint {
    /// Host (IP address or name) and port.
    Tcp(HostPort),
    /// Path of a Unix socket.
    Unix {
        /// The path.
        path: String,
    },
}

/// Who said where the gRPC port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrpcSource {
    /// `-grpc-addr`.
    Flag,
    /// `CONSUL_GRPC_ADDR`.
    Environment,
    /// The agent's answer about itself.
    Agent,
    /// Nobody: localhost and the customary port.
    Default,
}

/// An agent's gRPC port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrpcPort {
    pub port: u16,
    /// Whether it speaks TLS, which Consul from 1.14 prefers.
    pub tls: bool,
}

/// The agent does not say where its gRPC port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the agent's answer about itself names no gRPC port")]
pub struct UnknownPorts;

/// Reads `-grpc-addr` or `CONSUL_GRPC_ADDR`: `host:port`, `http://…`, `https://…` or `unix:///path`.
///
/// Consul: schemes in lower case only.
pub fn parse_grpc_address(text: &str) -> Result<GrpcAddress, AddressError> {
    if let Some(path) = text.strip_prefix("unix://") {
        if path.is_empty() {
            return Err(AddressError::EmptySocketPath(text.to_owned()));
        }
        return Ok(GrpcAddress { endpoint: GrpcEndpoint::Unix { path: path.to_owned() }, tls: false });
    }
    if text.contains('@') {
        return Err(AddressError::Credentials(without_credentials(text).into_owned()));
    }
    if let Some((scheme, _)) = text.split_once("://")
        && matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "unix")
        && scheme != scheme.to_ascii_lowercase()
    {
        return Err(AddressError::SchemeInCapitals(text.to_owned()));
    }
    let (rest, tls) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => (text, false),
    };
    Ok(GrpcAddress { endpoint: GrpcEndpoint::Tcp(HostPort::parse(rest)?), tls })
}

/// Picks the gRPC address: the flag, else the environment, else the agent's port on localhost, else 8502.
///
/// `agent` is the agent's port, where it has one and says it.
pub fn discover_grpc_address(
    flag: Option<&str>,
    environment: Option<&str>,
    agent: Option<GrpcPort>,
) -> Result<(GrpcAddress, GrpcSource), AddressError> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(parse_grpc_address).transpose();
    if let Some(address) = given(flag)? {
        return Ok((address, GrpcSource::Flag));
    }
    if let Some(address) = given(environment)? {
        return Ok((address, GrpcSource::Environment));
    }
    let (port, tls, source) = match agent {
        Some(GrpcPort { port, tls }) => (port, tls, GrpcSource::Agent),
        None => (DEFAULT_PORT, false, GrpcSource::Default),
    };
    let endpoint = GrpcEndpoint::Tcp(HostPort { host: "localhost".to_owned(), port });
    Ok((GrpcAddress { endpoint, tls }, source))
}

#[cfg(test)]
mod tests {
    use super::{GrpcPort, GrpcSource, discover_grpc_address, parse_grpc_address};

    #[test]
    fn flag_beats_environment_beats_agent() {
        let agent = Some(GrpcPort { port: 8503, tls: true });
        let (address, source) =
            discover_grpc_address(Some("127.0.0.1:1"), Some("127.0.0.1:2"), agent).unwrap();
        assert_eq!((source, address.tls), (GrpcSource::Flag, false));
        let (_, source) = discover_grpc_address(Some(""), Some("127.0.0.1:2"), agent).unwrap();
        assert_eq!(source, GrpcSource::Environment);
        let (address, source) = discover_grpc_address(None, None, agent).unwrap();
        assert_eq!((source, address.tls), (GrpcSource::Agent, true));
    }

    #[test]
    fn uppercase_schemes_and_empty_parts_are_refused() {
        for text in
            ["HTTPS://127.0.0.1:1", "grpc://h:1", "unix://", ":8502", "127.0.0.1:grpc", "127.0.0.1", "::1"]
        {
            assert!(parse_grpc_address(text).is_err(), "{text}");
        }
        assert!(parse_grpc_address("http://[::1]:8502").is_ok());
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_shown() {
        for text in ["http://user:PW@host:8502", "user:PW@host:x", "PW@host:8502", "HTTP://user:PW@host:1"] {
            let error = parse_grpc_address(text).unwrap_err().to_string();
            assert!(error.contains("(redacted)@host") && !error.contains("PW"), "{error}");
        }
    }
}
