//! Addresses that no external service should have: cloud metadata endpoints, wildcards, multicast.
//!
//! A guard against mistakes, not a boundary: whoever may write the catalog has other ways.

mod reading;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

pub use reading::{Form, Reading, read, readings};

/// What an address means that is not an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Where a cloud hands out credentials to its machines.
    Metadata,
    /// The wildcard, by which a connection reaches the gateway's own host.
    Unspecified,
    /// A group of hosts.
    Multicast,
    /// All hosts of a network.
    Broadcast,
    /// On the gateway's own link, whatever link that is. Some services of clouds are.
    LinkLocal,
    /// On the gateway's own host, whatever host that is. Servers beside the gateway are.
    Loopback,
}

impl Meaning {
    /// Whether no service is ever meant to have it.
    pub fn is_never_meant(self) -> bool {
        !matches!(self, Self::LinkLocal | Self::Loopback)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Metadata => "the metadata endpoint of a cloud",
            Self::Unspecified => "an unspecified address, which is the gateway's own host",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::LinkLocal => "a link-local address",
            Self::Loopback => "a loopback address, which is the gateway's own host",
        })
    }
}

/// Metadata endpoints: AWS (and most others), ECS, EKS, Alibaba, Azure.
const METADATA_V4: [Ipv4Addr; 5] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// Metadata endpoints: AWS, EKS, Google, Oracle.
const METADATA_V6: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
];

/// What `ip` means, looked at as itself and as every IPv4 address that it may carry; `None` for an ordinary one.
pub fn meaning(ip: IpAddr) -> Option<Meaning> {
    match ip {
        IpAddr::V4(ip) => meaning_v4(ip),
        IpAddr::V6(ip) => embedded(ip).into_iter().filter_map(meaning_v4).chain(meaning_v6(ip)).min(),
    }
}

fn meaning_v4(ip: Ipv4Addr) -> Option<Meaning> {
    if METADATA_V4.contains(&ip) {
        Some(Meaning::Metadata)
    } else if ip.octets()[0] == 0 {
        Some(Meaning::Unspecified)
    } else if ip.is_multicast() {
        Some(Meaning::Multicast)
    } else if ip.is_broadcast() {
        Some(Meaning::Broadcast)
    } else if ip.is_loopback() {
        Some(Meaning::Loopback)
    } else {
        ip.is_link_local().then_some(Meaning::LinkLocal)
    }
}

fn meaning_v6(ip: Ipv6Addr) -> Option<Meaning> {
    if METADATA_V6.contains(&ip) {
        Some(Meaning::Metadata)
    } else if ip.is_unspecified() {
        Some(Meaning::Unspecified)
    } else if ip.is_multicast() {
        Some(Meaning::Multicast)
    } else if ip.is_loopback() {
        Some(Meaning::Loopback)
    } else {
        ip.is_unicast_link_local().then_some(Meaning::LinkLocal)
    }
}

/// The IPv4 addresses that an IPv6 address leads to, if something translates it.
fn embedded(ip: Ipv6Addr) -> Vec<Ipv4Addr> {
    let octets = ip.octets();
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| octets.get(place).copied().unwrap_or(0)));
    let last = at([12, 13, 14, 15]);
    let segments = ip.segments();
    match segments {
        // Loopback is one of these to the eye alone.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        // Compatible, mapped (RFC 4291); translated (RFC 2765); NAT64 (RFC 6052), and its local prefix (RFC 8215) where
        // nothing stands in the other place for an address.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, ..]
        | [0x64, 0xff9b, 1, 0, 0, ..] => vec![last],
        [0x64, 0xff9b, 1, ..] => vec![last, at([6, 7, 9, 10])],
        // 6to4 (RFC 3056).
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        // Teredo (RFC 4380): the server, and the client with all bits turned.
        [0x2001, 0, ..] => vec![at([4, 5, 6, 7]), Ipv4Addr::from(!u32::from(last))],
        // ISATAP (RFC 5214).
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => vec![last],
        _ => Vec::new(),
    }
}

/// An address, or all of a network, that the operator means all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    network: IpAddr,
    prefix: u32,
}

impl Allowed {
    /// Whether it names `ip`.
    pub fn names(self, ip: IpAddr) -> bool {
        match (self.network, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                same_network(u32::from(network).into(), u32::from(ip).into(), 32, self.prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                same_network(network.into(), ip.into(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_network(network: u128, ip: u128, bits: u32, prefix: u32) -> bool {
    (network ^ ip).checked_shr(bits - prefix).unwrap_or(0) == 0
}

/// The text is not an address or network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an IP address or network (such as 169.254.169.254 or fd00:ec2::/32)")]
pub struct NotANetwork(String);

impl FromStr for Allowed {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let refuse = || NotANetwork(text.to_owned());
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let network: IpAddr = address.trim().parse().map_err(|_| refuse())?;
        let bits = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => prefix.trim().parse().ok().filter(|prefix| *prefix <= bits).ok_or_else(refuse)?,
        };
        Ok(Self { network, prefix })
    }
}

/// What `ip` means, unless the operator allows it: by itself, or by the IPv4 address that it carries.
pub fn meaning_unless_allowed(ip: IpAddr, allowed: &[Allowed]) -> Option<Meaning> {
    let is_allowed = |ip: IpAddr| allowed.iter().any(|allowed| allowed.names(ip));
    let carried = match ip {
        IpAddr::V6(ip) => embedded(ip),
        IpAddr::V4(_) => Vec::new(),
    };
    if is_allowed(ip) || carried.into_iter().any(|carried| is_allowed(carried.into())) {
        return None;
    }
    meaning(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> Option<Meaning> {
        meaning(read(text).unwrap_or_else(|| panic!("{text} is a name")))
    }

    #[test]
    fn metadata_endpoints_are_found_in_every_spelling() {
        let spellings = [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
            "FD00:0EC2::0254",
            "[fd00:ec2::23]",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "::ffff:a9fe:a9fe",
            "::169.254.169.254",
            "::ffff:0:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "64:ff9b:1:a9fe:a9:fe00::",
            "2002:a9fe:a9fe::1",
            "2001:0:a9fe:a9fe::1",
            "2001:0:102:304:0:0:5601:5601",
            "fe80::5efe:a9fe:a9fe",
            "2001:db8::200:5efe:a9fe:a9fe",
            "2852039166",
            "0xa9fea9fe",
            "0XA9.0xfe.0xa9.0xfe",
            "0251.0376.0251.0376",
            "025177524776",
            "169.254.43518",
            "169.16689662",
            "169.254.169.254.",
            "169.0376.0xa9.254",
            " 169.254.169.254 ",
        ];
        let missed: Vec<&str> =
            spellings.into_iter().filter(|text| meant(text) != Some(Meaning::Metadata)).collect();
        assert_eq!(missed, [""; 0]);
    }

    #[test]
    fn other_addresses_mean_what_they_are() {
        for (text, meaning) in [
            ("0.0.0.0", Some(Meaning::Unspecified)),
            ("0", Some(Meaning::Unspecified)),
            ("::", Some(Meaning::Unspecified)),
            ("::ffff:0.0.0.0", Some(Meaning::Unspecified)),
            ("224.0.0.1", Some(Meaning::Multicast)),
            ("239.255.255.250", Some(Meaning::Multicast)),
            ("ff02::1", Some(Meaning::Multicast)),
            ("255.255.255.255", Some(Meaning::Broadcast)),
            ("169.254.171.1", Some(Meaning::LinkLocal)),
            ("fe80::1%eth0", Some(Meaning::LinkLocal)),
            ("127.0.0.1", Some(Meaning::Loopback)),
            ("127.1", Some(Meaning::Loopback)),
            ("::1", Some(Meaning::Loopback)),
            ("::ffff:127.0.0.1", Some(Meaning::Loopback)),
            ("10.0.0.1", None),
            ("100.100.100.201", None),
            ("2001:db8::a9fe:a9fe", None),
            ("64:ff9b::808:808", None),
            ("64:ff9b:1::808:808", None),
        ] {
            assert_eq!(meant(text), meaning, "{text}");
        }
    }

    #[test]
    fn addresses_the_operator_allows_pass_in_every_form() {
        let allowed = |text: &str| vec![text.parse::<Allowed>().unwrap()];
        let metadata: IpAddr = [169, 254, 169, 254].into();
        for text in ["169.254.169.254", "169.254.0.0/16", "0.0.0.0/0"] {
            assert_eq!(meaning_unless_allowed(metadata, &allowed(text)), None, "{text}");
            assert_eq!(
                meaning_unless_allowed("::ffff:169.254.169.254".parse().unwrap(), &allowed(text)),
                None
            );
        }
        for text in ["169.254.169.253", "169.254.170.0/24", "::/0"] {
            assert_eq!(meaning_unless_allowed(metadata, &allowed(text)), Some(Meaning::Metadata), "{text}");
        }
        for text in ["", "x", "1.2.3.4/33", "::/129", "1.2.3.4/"] {
            assert!(text.parse::<Allowed>().is_err(), "{text}");
        }
    }
}
