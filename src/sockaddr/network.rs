//! An IP address with its prefix length, as go-sockaddr understands one.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An IP address together with the network it belongs to, such as `10.9.0.2/24`.
///
/// An IPv4-mapped IPv6 address is taken as IPv4, as Go does. It prints without the prefix length when that is the
/// whole address (/32, /128).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    ip: IpAddr,
    prefix: u8,
}

/// Why a text is not a [`Network`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an IP address or network such as 10.9.0.2/24")]
pub struct NetworkError(String);

impl Network {
    /// Joins an address and a prefix length; `None` when the prefix is longer than the address.
    pub fn new(ip: IpAddr, prefix: u8) -> Option<Self> {
        match ip {
            IpAddr::V4(_) => (prefix <= 32).then_some(Self { ip, prefix }),
            IpAddr::V6(v6) if prefix <= 128 => Some(match v6.to_ipv4_mapped() {
                // Go keeps the first four bytes of a mask that ends before the IPv4 part: all ones from /32 on.
                Some(v4) => {
                    Self { ip: v4.into(), prefix: prefix.checked_sub(96).unwrap_or_else(|| prefix.min(32)) }
                }
                None => Self { ip, prefix },
            }),
            IpAddr::V6(_) => None,
        }
    }

    /// `0.0.0.0/0`.
    pub(super) const UNSPECIFIED_V4: Self = Self::constant(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

    /// `::/0`.
    pub(super) const UNSPECIFIED_V6: Self = Self::constant(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);

    /// For tables: nothing is checked or converted.
    pub(super) const fn constant(ip: IpAddr, prefix: u8) -> Self {
        Self { ip, prefix }
    }

    /// A single address: /32 or /128.
    pub fn host(ip: IpAddr) -> Self {
        let ip = ip.to_canonical();
        Self { ip, prefix: if ip.is_ipv4() { 32 } else { 128 } }
    }

    /// Builds a network of the same family from a number; upper bits that do not fit are dropped.
    pub(super) fn with_bits(self, bits: u128, prefix: u8) -> Self {
        let bytes = bits.to_be_bytes();
        let ip = match self.ip {
            IpAddr::V4(_) => {
                let [.., a, b, c, d] = bytes;
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(bytes)),
        };
        Self { ip, prefix: prefix.min(self.width()) }
    }

    /// The address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// The prefix length in bits.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// The address's length in bits: 32 or 128.
    pub fn width(&self) -> u8 {
        if self.is_ipv4() { 32 } else { 128 }
    }

    /// Whether this is an IPv4 address.
    pub fn is_ipv4(&self) -> bool {
        self.ip.is_ipv4()
    }

    /// The address as a number.
    pub fn bits(&self) -> u128 {
        match self.ip {
            IpAddr::V4(v4) => u128::from(v4.to_bits()),
            IpAddr::V6(v6) => v6.to_bits(),
        }
    }

    /// The bits below the network: zero for a /32 or /128.
    pub fn host_mask(&self) -> u128 {
        let free = u32::from(self.width() - self.prefix);
        1_u128.checked_shl(free).map_or(u128::MAX, |bit| bit - 1)
    }

    /// The netmask as a number.
    pub fn netmask(&self) -> u128 {
        let all = if self.is_ipv4() { u128::from(u32::MAX) } else { u128::MAX };
        all & !self.host_mask()
    }

    /// The network's first address.
    pub fn first(&self) -> u128 {
        self.bits() & !self.host_mask()
    }

    /// The network's last address: for IPv4, the broadcast address.
    pub fn last(&self) -> u128 {
        self.bits() | self.host_mask()
    }

    /// Whether the **whole network** of `other` lies inside this one. So 172.20.0.5/8 is not inside 172.16.0.0/12.
    pub fn contains(&self, other: &Self) -> bool {
        self.is_ipv4() == other.is_ipv4() && self.first() <= other.first() && other.last() <= self.last()
    }

    /// The address without prefix length, as Go prints it.
    pub fn address(&self) -> String {
        // Sums can make an IPv6 address that looks IPv4-mapped; Go prints it as IPv4.
        self.ip.to_canonical().to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == self.width() {
            formatter.write_str(&self.address())
        } else {
            write!(formatter, "{}/{}", self.address(), self.prefix)
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    /// Reads `address`, `address/prefix` or, as go-sockaddr allows, `address:port`, whose port is ignored.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        parse(text).ok_or_else(|| NetworkError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Network> {
    // Some VPN clients write the mask in hexadecimal (`192.168.3.51/00ffffff`); go-sockaddr drops it.
    let text = match text.rsplit_once('/') {
        Some((address, mask)) if mask.len() == 8 && mask.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            address
        }
        _ => text,
    };
    if let Some((address, prefix)) = text.split_once('/') {
        let canonical = !prefix.is_empty()
            && prefix.len() <= 3
            && prefix.bytes().all(|digit| digit.is_ascii_digit())
            && (prefix == "0" || !prefix.starts_with('0'));
        return Network::new(address.parse().ok()?, prefix.parse().ok().filter(|_| canonical)?);
    }
    let bare =
        text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inner| inner.contains(':'));
    if let Ok(ip) = bare.unwrap_or(text).parse::<IpAddr>() {
        return Some(Network::host(ip));
    }
    text.parse::<std::net::SocketAddr>().ok().map(|socket| Network::host(socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn networks_print_without_a_full_prefix() {
        assert_eq!(network("10.9.0.2/24").to_string(), "10.9.0.2/24");
        assert_eq!(network("10.9.0.2/32").to_string(), "10.9.0.2");
        assert_eq!(network("::1/128").to_string(), "::1");
        assert_eq!(network("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
    }

    #[test]
    fn a_network_contains_whole_networks_only() {
        assert!(network("172.16.0.0/12").contains(&network("172.20.0.5/16")));
        assert!(!network("172.16.0.0/12").contains(&network("172.20.0.5/8")));
        assert!(network("0.0.0.0/0").contains(&network("255.255.255.255")));
        assert!(!network("0.0.0.0/0").contains(&network("::1")));
        assert!(network("::/0").contains(&network("::1")));
    }

    #[test]
    fn invalid_networks_are_refused() {
        for text in [
            "",
            "localnet",
            "10.0.0.0/33",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/08",
            "10.0.0.0/",
            "1.2.3",
            "::/129",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
