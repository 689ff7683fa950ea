//! What is wrong with the address flags, or deserves a second look.

use std::fmt;
use std::net::Ipv4Addr;

use crate::gateway::host_port::SplitError;
use crate::sockaddr::{self, TemplateError};

/// The flag that a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFlag {
    /// `-address`.
    Lan,
    /// `-wan-address`.
    Wan,
    /// `-bind-address`.
    Bind,
    /// No flag: the template of `address eval`.
    Template,
}

impl fmt::Display for AddressFlag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Lan => "--address",
            Self::Wan => "--wan-address",
            Self::Bind => "--bind-address",
            Self::Template => "not an address",
        })
    }
}

/// Why the flags give no usable addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The template itself is wrong.
    #[error("{flag}: the template `{template}` fails at {source}")]
    Template {
        /// Which flag.
        flag: AddressFlag,
        /// Its value.
        template: String,
        /// Where and why.
        source: TemplateError,
    },
    /// No address matched. Consul registers the gateway without an address then.
    #[error("{flag}: the template `{template}` renders to `{rendered}`, without an address")]
    RendersToNothing {
        /// Which flag.
        flag: AddressFlag,
        /// Its value.
        template: String,
        /// What came out.
        rendered: String,
        /// The host's interfaces and addresses.
        interfaces: String,
        /// Templates that give an address on this host.
        candidates: String,
    },
    /// More than one address matched.
    #[error("{flag}: `{value}` gives several addresses: {found}")]
    SeveralAddresses {
        /// Which flag.
        flag: AddressFlag,
        /// Its value.
        value: String,
        /// The addresses.
        found: String,
        /// The value that gives the first IPv4 address, if there is one.
        ipv4: Option<Ipv4Form>,
        /// Templates that give one address on this host.
        candidates: String,
    },
    /// An IPv6 address without brackets or without port.
    #[error("{flag}: `{rendered}` is an IPv6 address and needs brackets and a port: write `{remedy}`")]
    Ipv6WithoutBrackets {
        /// Which flag.
        flag: AddressFlag,
        /// The value, rendered.
        rendered: String,
        /// The value with brackets.
        remedy: String,
        /// The value that gives an IPv4 address, if there is one.
        ipv4: Option<Ipv4Form>,
    },
    /// Not `host:port`.
    #[error("{flag}: `{rendered}` is not host:port: {why}")]
    Split {
        /// Which flag.
        flag: AddressFlag,
        /// The value, rendered.
        rendered: String,
        /// What Go says about it.
        why: SplitError,
    },
    /// The host part cannot be used.
    #[error("{flag}: `{address}` {why}")]
    NotAnAddress {
        /// Which flag.
        flag: AddressFlag,
        /// The host part.
        address: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The port is not a number from 1 to 65535.
    #[error("{flag}: `{port}` is not a valid port (1–65535)")]
    Port {
        /// Which flag.
        flag: AddressFlag,
        /// The text.
        port: String,
    },
    /// Envoy could not listen there.
    #[error(
        "--address: `{address}` is not an address of this host, so Envoy cannot listen on it; use one of this host's, or \
         say where to listen with --bind-address"
    )]
    NotBindable {
        /// The host part.
        address: String,
        /// The host's interfaces and addresses.
        interfaces: String,
    },
    /// A `-bind-address` without a name.
    #[error("--bind-address: `{0}` has no name: write `name={0}`")]
    MissingName(String),
    /// Two listeners on one address and port.
    #[error("--bind-address: `{first}` and `{second}` both listen on {address}")]
    ListenTwice {
        /// One name.
        first: String,
        /// The other.
        second: String,
        /// Their address and port.
        address: String,
    },
}

/// A value that gives an IPv4 address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ipv4Form {
    /// The value.
    pub value: String,
    /// The address.
    pub address: Ipv4Addr,
}

impl AddressError {
    /// What to write instead, and what this host has.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::RendersToNothing { interfaces, candidates, .. } => {
                vec![sockaddr::instead(candidates), sockaddr::has(interfaces)]
            }
            Self::SeveralAddresses { ipv4: Some(ipv4), .. }
            | Self::Ipv6WithoutBrackets { ipv4: Some(ipv4), .. } => {
                vec![format!("for the IPv4 address {}, write `{}`", ipv4.address, ipv4.value)]
            }
            Self::SeveralAddresses { candidates, .. } => vec![sockaddr::instead(candidates)],
            Self::NotBindable { interfaces, .. } => vec![sockaddr::has(interfaces)],
            _ => Vec::new(),
        }
    }
}

/// What works but is probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressWarning {
    /// A port alone, as in `:8443`.
    NoAddress(AddressFlag),
    /// Only this host reaches a loopback address.
    Loopback(AddressFlag, String),
    /// Listens or is announced everywhere.
    WildcardWan(String),
    /// Reachable from the internet.
    PublicWan(String),
    /// The interface is down.
    InterfaceDown(AddressFlag, String),
    /// Envoy fails to listen there unless the address appears later.
    ForeignBindAddress {
        /// The listener.
        name: String,
        /// Its address.
        address: String,
    },
    /// An earlier value is ignored.
    BindNameTwice(String),
}

impl fmt::Display for AddressWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress(AddressFlag::Wan) => {
                write!(formatter, "--wan-address has no address and is ignored")
            }
            Self::NoAddress(flag) => {
                write!(formatter, "{flag} has no address: the gateway is registered with the node's address")
            }
            Self::Loopback(flag, address) => {
                write!(formatter, "{flag}: only processes on this host can reach the gateway at {address}")
            }
            Self::WildcardWan(address) => write!(
                formatter,
                "--wan-address: other datacenters cannot connect to the wildcard address {address}"
            ),
            Self::PublicWan(address) => write!(
                formatter,
                "--wan-address: {address} is a public address; Consul advises against exposing a terminating gateway"
            ),
            Self::InterfaceDown(flag, address) => {
                write!(formatter, "{flag}: the interface of {address} is down")
            }
            Self::ForeignBindAddress { name, address } => write!(
                formatter,
                "--bind-address: {address} (listener `{name}`) is not an address of this host; Envoy cannot listen on it \
                 unless it runs elsewhere or the address appears later"
            ),
            Self::BindNameTwice(name) => {
                write!(formatter, "--bind-address: `{name}` is given more than once; the last one counts")
            }
        }
    }
}
