//! Finds address flags that are wrong, or work but are probably not intended.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use crate::finding::{Code, Finding, Severity};
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
    pub value: String,
    pub address: Ipv4Addr,
}

impl AddressError {
    /// The same for scripts.
    pub fn finding(&self) -> Finding {
        use AddressError as E;

        let (code, flag) = match self {
            E::Template { flag, .. } => (Code::TemplateFails, *flag),
            E::RendersToNothing { flag, .. } => (Code::EmptyTemplate, *flag),
            E::SeveralAddresses { flag, .. } => (Code::SeveralAddresses, *flag),
            E::Ipv6WithoutBrackets { flag, .. } => (Code::Ipv6WithoutBrackets, *flag),
            E::Split { flag, .. } | E::NotAnAddress { flag, .. } => (Code::BadAddress, *flag),
            E::Port { flag, .. } => (Code::BadPort, *flag),
            E::NotBindable { .. } => (Code::AddressOfAnotherHost, AddressFlag::Lan),
            E::MissingName(_) => (Code::UnnamedListener, AddressFlag::Bind),
            E::ListenTwice { .. } => (Code::ListenersClash, AddressFlag::Bind),
        };
        about(code, flag, self.to_string()).help(self.hints().join("; "))
    }

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

/// A port alone, as in `:8443`.
pub(super) fn no_address(flag: AddressFlag) -> Finding {
    let message = match flag {
        AddressFlag::Wan => "--wan-address has no address and is ignored".to_owned(),
        _ => format!("{flag} has no address: the gateway is registered with the node's address"),
    };
    about(Code::NoAddress, flag, message)
}

/// Envoy cannot listen on the address of a service definition, unless it runs elsewhere.
pub(super) fn defined_elsewhere(address: &str) -> Finding {
    let message = format!(
        "the service definition's address `{address}` is not an address of this host: Envoy cannot listen on it unless it \
         runs elsewhere"
    );
    about(Code::AddressOfAnotherHost, AddressFlag::Lan, message).severity(Severity::Warning)
}

/// Only this host reaches a loopback address.
pub(super) fn loopback(flag: AddressFlag, ip: IpAddr) -> Finding {
    let message = format!("{flag}: only processes on this host can reach the gateway at {ip}");
    about(Code::LoopbackAddress, flag, message)
}

/// The interface of an address is down.
pub(super) fn interface_down(flag: AddressFlag, ip: IpAddr) -> Finding {
    about(Code::InterfaceDown, flag, format!("{flag}: the interface of {ip} is down"))
}

/// The WAN address stands for all addresses.
pub(super) fn wildcard_wan(address: &str) -> Finding {
    let flag = AddressFlag::Wan;
    let message = format!("{flag}: other datacenters cannot connect to the wildcard address {address}");
    about(Code::WildcardWanAddress, flag, message)
}

/// The WAN address can be reached from the internet.
pub(super) fn public_wan(address: &str) -> Finding {
    let flag = AddressFlag::Wan;
    let message = format!(
        "{flag}: {address} is a public address; Consul advises against exposing a terminating gateway"
    );
    about(Code::PublicWanAddress, flag, message)
}

/// Envoy cannot listen there unless the address appears later.
pub(super) fn foreign_bind_address(name: &str, ip: IpAddr) -> Finding {
    let flag = AddressFlag::Bind;
    let message = format!(
        "{flag}: {ip} (listener `{name}`) is not an address of this host; Envoy cannot listen on it unless it runs \
         elsewhere or the address appears later"
    );
    about(Code::ForeignBindAddress, flag, message)
}

/// An earlier value is ignored.
pub(super) fn bind_name_twice(name: &str) -> Finding {
    let flag = AddressFlag::Bind;
    let message = format!("{flag}: `{name}` is given more than once; the last one counts");
    about(Code::BindNameTwice, flag, message)
}

fn about(code: Code, flag: AddressFlag, message: String) -> Finding {
    Finding::new(code, flag.to_string(), message)
}
