//! Where the agent's gRPC port is: flag, environment, or the agent's own answer.

use serde_json::Value;

use super::AddressError;
use super::address::HostPort;
use super::facts::member;
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

/// What an agent says about its gRPC ports (`GET /v1/agent/self`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentGrpcPorts {
    /// The port for TLS, which Consul from 1.14 prefers.
    Tls(u16),
    /// The port for plain text.
    Plaintext(u16),
    /// gRPC is switched off.
    Off,
}

/// The answer says nothing about gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the agent's answer about itself names no gRPC port")]
pub struct UnknownPorts;

impl AgentGrpcPorts {
    /// Reads the answer of `/v1/agent/self`.
    ///
    /// Consul from 1.14 has `xDS.Ports` (TLS first, then plain text); releases before have `xDS.Port` or only
    /// `DebugConfig.GRPCPort`. A port below 1 means off.
    pub fn from_agent_self(answer: &Value) -> Result<Self, UnknownPorts> {
        let port = |object: Option<&Value>, name: &str| {
            object.and_then(|object| member(object, name)).and_then(whole)
        };
        let xds = member(answer, "xDS");
        let ports = xds.and_then(|xds| member(xds, "Ports"));
        let usable =
            |number: Option<i64>| number.and_then(|n| u16::try_from(n).ok()).filter(|port| *port > 0);
        let (tls, plain) = (port(ports, "TLS"), port(ports, "Plaintext"));
        if tls.is_some() || plain.is_some() {
            return Ok(match (usable(tls), usable(plain)) {
                (Some(tls), _) => Self::Tls(tls),
                (None, Some(plain)) => Self::Plaintext(plain),
                (None, None) => Self::Off,
            });
        }
        match port(xds, "Port").or_else(|| port(answer.get("DebugConfig"), "GRPCPort")) {
            None => Err(UnknownPorts),
            number => Ok(usable(number).map_or(Self::Off, Self::Plaintext)),
        }
    }
}

/// A number without its fraction, as Consul reads ports.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let whole = value.as_f64()?.trunc();
        // In range, so nothing is cut off.
        #[expect(clippy::cast_possible_truncation, reason = "checked to be within a port's range")]
        (-1.0..=65_535.0).contains(&whole).then_some(whole as i64)
    })
}

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
/// `agent` is what the agent said, if it was asked and could answer. An agent whose gRPC is off counts as one that
/// said nothing: the caller decides whether that is an error (Consul from 1.15) or 8502 (before).
pub fn discover_grpc_address(
    flag: Option<&str>,
    environment: Option<&str>,
    agent: Option<AgentGrpcPorts>,
) -> Result<(GrpcAddress, GrpcSource), AddressError> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(parse_grpc_address).transpose();
    if let Some(address) = given(flag)? {
        return Ok((address, GrpcSource::Flag));
    }
    if let Some(address) = given(environment)? {
        return Ok((address, GrpcSource::Environment));
    }
    let (port, tls, source) = match agent {
        Some(AgentGrpcPorts::Tls(port)) => (port, true, GrpcSource::Agent),
        Some(AgentGrpcPorts::Plaintext(port)) => (port, false, GrpcSource::Agent),
        Some(AgentGrpcPorts::Off) | None => (DEFAULT_PORT, false, GrpcSource::Default),
    };
    let endpoint = GrpcEndpoint::Tcp(HostPort { host: "localhost".to_owned(), port });
    Ok((GrpcAddress { endpoint, tls }, source))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AgentGrpcPorts, GrpcSource, UnknownPorts, discover_grpc_address, parse_grpc_address};

    #[test]
    fn the_tls_port_wins_and_old_agents_have_one_port() {
        let ports = |answer| AgentGrpcPorts::from_agent_self(&answer);
        assert_eq!(
            ports(json!({"xDS": {"Ports": {"TLS": 8503, "Plaintext": 8502}}})),
            Ok(AgentGrpcPorts::Tls(8503))
        );
        assert_eq!(
            ports(json!({"xDS": {"Ports": {"TLS": -1, "Plaintext": 9502}, "Port": 1}})),
            Ok(AgentGrpcPorts::Plaintext(9502))
        );
        assert_eq!(ports(json!({"xDS": {"Ports": {"TLS": -1, "Plaintext": -1}}})), Ok(AgentGrpcPorts::Off));
        assert_eq!(ports(json!({"DebugConfig": {"GRPCPort": 9502}})), Ok(AgentGrpcPorts::Plaintext(9502)));
        assert_eq!(ports(json!({"DebugConfig": {"GRPCPort": -1}})), Ok(AgentGrpcPorts::Off));
        assert_eq!(ports(json!({})), Err(UnknownPorts));
    }

    #[test]
    fn flag_beats_environment_beats_agent() {
        let agent = Some(AgentGrpcPorts::Tls(8503));
        let (address, source) =
            discover_grpc_address(Some("127.0.0.1:1"), Some("127.0.0.1:2"), agent).unwrap();
        assert_eq!((source, address.tls), (GrpcSource::Flag, false));
        let (_, source) = discover_grpc_address(Some(""), Some("127.0.0.1:2"), agent).unwrap();
        assert_eq!(source, GrpcSource::Environment);
        let (address, source) = discover_grpc_address(None, None, agent).unwrap();
        assert_eq!((source, address.tls), (GrpcSource::Agent, true));
    }

    #[test]
    fn schemes_in_capitals_and_empty_parts_do_not_pass() {
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
