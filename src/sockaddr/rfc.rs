//! The networks of the RFCs that go-sockaddr knows by number.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::network::Network;

/// The RFC of special-purpose addresses: what go-sockaddr calls private lies in its networks.
pub(super) const PRIVATE: u32 = 6890;

/// go-sockaddr's number for what is not forwardable; no RFC has it.
pub(super) const NOT_FORWARDABLE: u32 = u32::MAX;

/// The special-purpose networks of RFC 6890, as go-sockaddr lists them: without 224.0.0.0/4.
const SPECIAL_PURPOSE: [Network; 23] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(240, 0, 0, 0, 4),
    v4(255, 255, 255, 255, 32),
    v6(0, 0, 0, 1, 128),
    v6(0, 0, 0, 0, 128),
    v6(0x64, 0xff9b, 0, 0, 96),
    v6(0x100, 0, 0, 0, 64),
    v6(0x2001, 0, 0, 0, 16),
    v6(0x2002, 0, 0, 0, 16),
    v6(0xfc00, 0, 0, 0, 7),
    v6(0xfe80, 0, 0, 0, 10),
];

/// The networks of [`NOT_FORWARDABLE`].
const NEVER_FORWARDED: [Network; 14] = [
    v4(0, 0, 0, 0, 8),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(240, 0, 0, 0, 4),
    v4(255, 255, 255, 255, 32),
    v6(0, 0, 0, 1, 128),
    v6(0, 0, 0, 0, 128),
    v6(0x2001, 0xdb8, 0, 0, 32),
    v6(0x2001, 0x10, 0, 0, 28),
    v6(0xfe80, 0, 0, 0, 10),
];

/// The special-use networks of RFC 3330.
const SPECIAL_USE: [Network; 11] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// Returns the networks of an RFC, or `None` for one that go-sockaddr does not know.
pub(super) fn networks(number: u64) -> Option<&'static [Network]> {
    Some(match number {
        919 => const { &[v4(255, 255, 255, 255, 32)] },
        1112 | 3171 => const { &[v4(224, 0, 0, 0, 4)] },
        1122 => const { &[v4(0, 0, 0, 0, 8), v4(127, 0, 0, 0, 8)] },
        1918 => const { &[v4(10, 0, 0, 0, 8), v4(172, 16, 0, 0, 12), v4(192, 168, 0, 0, 16)] },
        2544 => const { &[v4(198, 18, 0, 0, 15)] },
        // IPv4-mapped addresses: an element of that kind is an IPv4 address, so nothing is ever inside.
        2765 | 4038 => &[],
        2928 => const { &[v6(0x2001, 0, 0, 0, 16)] },
        3056 => const { &[v6(0x2002, 0, 0, 0, 16)] },
        3068 => const { &[v4(192, 88, 99, 0, 24), v6(0x2002, 0xc058, 0x6301, 0, 120)] },
        3330 => &SPECIAL_USE,
        3849 => const { &[v6(0x2001, 0xdb8, 0, 0, 32)] },
        3927 => const { &[v4(169, 254, 0, 0, 16)] },
        4193 => const { &[v6(0xfc00, 0, 0, 0, 7)] },
        4291 => {
            const {
                &[
                    v6(0, 0, 0, 0, 128),
                    v6(0, 0, 0, 1, 128),
                    v6(0, 0, 0, 0, 96),
                    v6(0xfe80, 0, 0, 0, 10),
                    v6(0xfec0, 0, 0, 0, 10),
                    v6(0xff00, 0, 0, 0, 8),
                ]
            }
        }
        4380 => const { &[v6(0x2001, 0, 0, 0, 32)] },
        4773 => const { &[v6(0x2001, 0, 0, 0, 23)] },
        4843 => const { &[v6(0x2001, 0x10, 0, 0, 28)] },
        5180 => const { &[v6(0x2001, 0x200, 0, 0, 48)] },
        5735 => {
            const {
                &[
                    v4(192, 0, 2, 0, 24),
                    v4(198, 51, 100, 0, 24),
                    v4(203, 0, 113, 0, 24),
                    v4(198, 18, 0, 0, 15),
                ]
            }
        }
        5737 => const { &[v4(192, 0, 2, 0, 24), v4(198, 51, 100, 0, 24), v4(203, 0, 113, 0, 24)] },
        6052 => const { &[v6(0x64, 0xff9b, 0, 0, 96)] },
        6333 | 7335 => const { &[v4(192, 0, 0, 0, 29)] },
        6598 => const { &[v4(100, 64, 0, 0, 10)] },
        6666 => const { &[v6(0x100, 0, 0, 0, 64)] },
        6890 => &SPECIAL_PURPOSE,
        4_294_967_295 => &NEVER_FORWARDED,
        _ => return None,
    })
}

/// Whether the whole network lies in one of the RFC's.
pub(super) fn covers(number: u32, network: &Network) -> bool {
    networks(number.into()).is_some_and(|known| known.iter().any(|known| known.contains(network)))
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Network {
    Network::constant(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix)
}

/// An IPv6 network by its first three words and its last.
const fn v6(first: u16, second: u16, third: u16, last: u16, prefix: u8) -> Network {
    Network::constant(IpAddr::V6(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, last)), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_of_the_table_starts_at_its_first_address() {
        for number in (0..10_000).chain([u64::from(NOT_FORWARDABLE)]) {
            for network in networks(number).unwrap_or_default() {
                assert_eq!(network.bits(), network.first(), "{number}: {network}");
            }
        }
    }

    #[test]
    fn private_and_public_are_distinguished() {
        let private = |text: &str| covers(PRIVATE, &text.parse().unwrap());
        assert!(private("10.9.0.2/24") && private("2001:4860::7/64") && private("fd00::1/64"));
        assert!(!private("8.8.8.8/24") && !private("172.20.0.5/8") && !private("2a00::1/64"));
    }
}
