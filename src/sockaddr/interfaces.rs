//! The host's network interfaces, as address templates see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::network::{Network, NetworkError};

/// All interfaces of a host, in index order, and which one the default route uses.
///
/// The JSON form is `{"default_interface": "eth0", "interfaces": [{"name", "index", "mtu", "hwaddr", "flags",
/// "addrs"}]}`; `addrs` are in the kernel's order, IPv4 before IPv6, each with its prefix length.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interfaces {
    /// The interface of the IPv4 default route, if there is one.
    #[serde(default)]
    pub default_interface: Option<String>,
    pub interfaces: Vec<Interface>,
}

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// The kernel's name, without an address label such as `:1`.
    pub name: String,
    /// The kernel's number of the interface.
    pub index: u32,
    /// The largest packet in bytes; 0 where it is not known.
    #[serde(default)]
    pub mtu: u32,
    /// The hardware address, such as `02:42:ac:00:00:02`; empty when there is none.
    #[serde(default, rename = "hwaddr")]
    pub hardware_address: String,
    /// The flags that are set, in Go's order.
    #[serde(default)]
    pub flags: Vec<InterfaceFlag>,
    #[serde(default, rename = "addrs", with = "addresses_as_text")]
    pub addresses: Vec<Network>,
}

/// An interface flag, by Go's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InterfaceFlag {
    /// Administratively up.
    Up,
    /// Can send to all stations.
    Broadcast,
    /// Is the loopback interface.
    Loopback,
    /// A link between two hosts.
    PointToPoint,
    /// Can send to groups.
    Multicast,
    /// In a state to send and receive.
    Running,
}

impl InterfaceFlag {
    /// Go's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Broadcast => "broadcast",
            Self::Loopback => "loopback",
            Self::PointToPoint => "pointtopoint",
            Self::Multicast => "multicast",
            Self::Running => "running",
        }
    }
}

/// Why a file of interfaces cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InterfacesError {
    /// The text is not the JSON form of [`Interfaces`].
    #[error("not a list of interfaces: {0}")]
    Json(#[from] serde_json::Error),
    /// Two interfaces have one name; the kernel never says so.
    #[error("interface `{0}` is listed twice")]
    Duplicate(String),
    /// The default interface is none of those listed.
    #[error("the default interface `{default}` is not among the interfaces ({known})")]
    UnknownDefault {
        /// What `default_interface` says.
        default: String,
        /// The names that are listed.
        known: String,
    },
}

impl Interfaces {
    /// Reads the JSON form.
    pub fn from_json(text: &[u8]) -> Result<Self, InterfacesError> {
        let interfaces: Self = serde_json::from_slice(text)?;
        for (index, interface) in interfaces.interfaces.iter().enumerate() {
            if interfaces.interfaces.iter().take(index).any(|earlier| earlier.name == interface.name) {
                return Err(InterfacesError::Duplicate(interface.name.clone()));
            }
        }
        if let Some(default) = &interfaces.default_interface
            && !interfaces.interfaces.iter().any(|interface| interface.name == *default)
        {
            let known: Vec<&str> =
                interfaces.interfaces.iter().map(|interface| interface.name.as_str()).collect();
            return Err(InterfacesError::UnknownDefault {
                default: default.clone(),
                known: known.join(", "),
            });
        }
        Ok(interfaces)
    }

    /// Every address of every interface, in order: what `GetAllInterfaces` returns.
    pub(super) fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        for (position, interface) in self.interfaces.iter().enumerate() {
            elements.extend(
                interface.addresses.iter().map(|network| Element { interface: position, network: *network }),
            );
        }
        elements
    }

    /// Whether the address belongs to one of the interfaces, also to one that is down.
    pub fn owns(&self, ip: std::net::IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.interfaces.iter().flat_map(|interface| &interface.addresses).any(|network| network.ip() == ip)
    }
}

/// One line an interface: name, state and addresses, for messages.
impl fmt::Display for Interfaces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, interface) in self.interfaces.iter().enumerate() {
            if index > 0 {
                formatter.write_str("; ")?;
            }
            formatter.write_str(&interface.name)?;
            if !interface.has(InterfaceFlag::Up) {
                formatter.write_str(" (down)")?;
            }
            for (index, network) in interface.addresses.iter().enumerate() {
                write!(formatter, "{}{network}", if index == 0 { ": " } else { ", " })?;
            }
        }
        Ok(())
    }
}

impl Interface {
    /// Whether the flag is set.
    pub fn has(&self, flag: InterfaceFlag) -> bool {
        self.flags.contains(&flag)
    }

    /// The flags as Go prints them: `up|broadcast`, `0` for none.
    pub(super) fn flags_text(&self) -> String {
        if self.flags.is_empty() {
            return "0".to_owned();
        }
        let words: Vec<&str> = self.flags.iter().map(|flag| flag.word()).collect();
        words.join("|")
    }
}

/// One address of one interface: what the lists of a template hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// Position in [`Interfaces::interfaces`].
    pub interface: usize,
    /// The address; after `math`, not necessarily one of the interface's.
    pub network: Network,
}

mod addresses_as_text {
    //! Addresses as `10.9.0.2/24`, always with the prefix length.

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Network, NetworkError};

    pub(super) fn serialize<S: Serializer>(networks: &[Network], serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(networks.iter().map(|network| format!("{}/{}", network.ip(), network.prefix())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| text.parse().map_err(|error: NetworkError| D::Error::custom(error))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_is_read_and_written() {
        let text = r#"{"default_interface":"eth0","interfaces":[{"name":"eth0","index":2,"mtu":1500,"hwaddr":"","flags":["up","pointtopoint"],"addrs":["10.9.0.2/24","fd00::1/128"]}]}"#;
        let interfaces = Interfaces::from_json(text.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&interfaces).unwrap(), text);
    }

    #[test]
    fn mistakes_in_the_json_form_are_named() {
        let refused = |text: &str| Interfaces::from_json(text.as_bytes()).unwrap_err().to_string();
        assert!(
            refused(r#"{"interfaces":[{"name":"a","index":1,"addrs":["10.0.0.0/33"]}]}"#)
                .contains("10.0.0.0/33")
        );
        assert!(refused(r#"{"default_interface":"b","interfaces":[]}"#).contains("`b`"));
        assert!(
            refused(r#"{"interfaces":[{"name":"a","index":1},{"name":"a","index":2}]}"#).contains("twice")
        );
    }
}
