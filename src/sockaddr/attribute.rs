//! `attr` and `join`: what can be read from an address.

use super::interfaces::{Element, Interfaces};
use super::network::Network;
use super::select::name;

/// Returns an attribute by its (case-insensitive) name.
pub(super) fn attribute(interfaces: &Interfaces, wanted: &str, element: &Element) -> Result<String, String> {
    let network = &element.network;
    let address = |bits: u128| network.with_bits(bits, network.width()).address();
    let usable = u128::from(network.is_ipv4() && network.prefix() < 31);
    let lower = wanted.to_lowercase();
    Ok(match lower.as_str() {
        "name" => name(interfaces, element).to_owned(),
        "flags" => interfaces
            .interfaces
            .get(element.interface)
            .map(super::interfaces::Interface::flags_text)
            .unwrap_or_default(),
        "string" => network.to_string(),
        "type" => type_word(network).to_owned(),
        "address" | "host" => network.address(),
        "network" => address(network.first()),
        "netmask" => address(network.netmask()),
        "mask_bits" => network.prefix().to_string(),
        "first_usable" => address(network.first() + usable),
        "last_usable" => address(network.last() - usable),
        "binary" => digits(network, |byte| format!("{byte:08b}"), ""),
        "hex" => digits(network, |byte| format!("{byte:02x}"), ""),
        "octets" => digits(network, u8::to_string, " "),
        "port" => "0".to_owned(),
        "size" => match network.host_mask().checked_add(1) {
            Some(size) => size.to_string(),
            // 2^128 does not fit.
            None => "340282366920938463463374607431768211456".to_owned(),
        },
        "broadcast" if network.is_ipv4() => address(network.last()),
        "uint32" if network.is_ipv4() => network.bits().to_string(),
        "uint128" if !network.is_ipv4() => network.bits().to_string(),
        "broadcast" | "uint32" => {
            return Err(format!("attribute {wanted:?} is for IPv4 addresses only, not {network}"));
        }
        "uint128" => return Err(format!("attribute {wanted:?} is for IPv6 addresses only, not {network}")),
        _ => return Err(format!("unsupported attribute name {wanted:?}")),
    })
}

/// `IPv4` or `IPv6`.
pub(super) fn type_word(network: &Network) -> &'static str {
    if network.is_ipv4() { "IPv4" } else { "IPv6" }
}

/// The address's bytes.
pub(super) fn octets(network: &Network) -> Vec<u8> {
    match network.ip() {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

fn digits(network: &Network, byte: impl Fn(&u8) -> String, separator: &str) -> String {
    let bytes: Vec<String> = octets(network).iter().map(byte).collect();
    bytes.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wanted: &str, network: &str) -> String {
        let element = Element { interface: 0, network: network.parse().unwrap() };
        attribute(&Interfaces::default(), wanted, &element).unwrap_or_else(|why| why)
    }

    #[test]
    fn usable_addresses_leave_out_network_and_broadcast() {
        assert_eq!(read("first_usable", "10.0.0.5/24"), "10.0.0.1");
        assert_eq!(read("last_usable", "10.0.0.5/24"), "10.0.0.254");
        assert_eq!(read("first_usable", "10.0.0.5/31"), "10.0.0.4");
        assert_eq!(read("last_usable", "fd00::5/64"), "fd00::ffff:ffff:ffff:ffff");
    }

    #[test]
    fn sizes_reach_the_whole_address_space() {
        assert_eq!(read("size", "0.0.0.0/0"), "4294967296");
        assert_eq!(read("size", "::/0"), "340282366920938463463374607431768211456");
        assert_eq!(read("netmask", "fd00::/64"), "ffff:ffff:ffff:ffff::");
    }
}
