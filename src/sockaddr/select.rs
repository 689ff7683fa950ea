//! `include` and `exclude`: which elements of a list match.

use std::net::IpAddr;

use super::interfaces::{Element, InterfaceFlag, Interfaces};
use super::network::Network;
use super::rfc;
use crate::go::{regexp, strconv};

/// The elements that match a selector, and those that don't: `include` takes the first list, `exclude` the second.
pub(super) type Split = (Vec<Element>, Vec<Element>);

/// Applies a selector; `None` when there is no such selector.
///
/// `network` and `rfc` apply their words one after the other and append what each gives, so an element can appear
/// twice; so does `type`, element by element.
pub(super) fn select(
    interfaces: &Interfaces,
    selector: &str,
    parameter: &str,
    elements: &[Element],
) -> Result<Option<Split>, String> {
    let by_text = |kind: &str, text: &dyn Fn(&Element) -> String| {
        let pattern = regexp::compile(parameter)
            .map_err(|why| format!("unable to compile {kind} regexp {parameter:?}: {why}"))?;
        Ok::<_, String>(split(elements, |element| pattern.is_match(&text(element))))
    };
    Ok(Some(match selector.to_lowercase().as_str() {
        "name" => by_text("name", &|element| name(interfaces, element).to_owned())?,
        "address" => by_text("address", &|element| element.network.to_string())?,
        "port" => by_text("port", &|_| "0".to_owned())?,
        "network" => by_network(parameter, elements)?,
        "rfc" | "rfcs" => by_rfc(parameter, elements)?,
        "size" => by_size(parameter, elements)?,
        "type" => by_type(parameter, elements)?,
        "flag" | "flags" => by_flags(interfaces, parameter, elements)?,
        _ => return Ok(None),
    }))
}

/// The elements that can be reached from elsewhere: not loopback, link-local, documentation and the like.
pub(super) fn is_forwardable(element: &Element) -> bool {
    !rfc::covers(rfc::NOT_FORWARDABLE, &element.network)
}

/// Whether the element's interface is up.
pub(super) fn is_up(interfaces: &Interfaces, element: &Element) -> bool {
    has(interfaces, element, InterfaceFlag::Up)
}

/// The name of an element's interface.
pub(super) fn name<'a>(interfaces: &'a Interfaces, element: &Element) -> &'a str {
    interfaces.interfaces.get(element.interface).map_or("", |interface| interface.name.as_str())
}

fn has(interfaces: &Interfaces, element: &Element, flag: InterfaceFlag) -> bool {
    interfaces.interfaces.get(element.interface).is_some_and(|interface| interface.has(flag))
}

fn split(elements: &[Element], matches: impl Fn(&Element) -> bool) -> Split {
    elements.iter().partition(|element| matches(element))
}

fn append(mut words: impl Iterator<Item = Result<Split, String>>) -> Result<Split, String> {
    words.try_fold(Split::default(), |(mut included, mut excluded), word| {
        let (matching, other) = word?;
        included.extend(matching);
        excluded.extend(other);
        Ok((included, excluded))
    })
}

fn by_network(parameter: &str, elements: &[Element]) -> Result<Split, String> {
    append(parameter.split('|').map(|word| {
        let network: Network =
            word.parse().map_err(|why| format!("unable to create an IP address from {word:?}: {why}"))?;
        Ok(split(elements, |element| network.contains(&element.network)))
    }))
}

fn by_rfc(parameter: &str, elements: &[Element]) -> Result<Split, String> {
    append(parameter.split('|').map(|word| {
        let number =
            strconv::parse_decimal(word).ok_or_else(|| format!("unable to parse RFC number {word:?}"))?;
        let networks = rfc::networks(number)
            .ok_or_else(|| format!("unsupported RFC {number}: its networks are not known"))?;
        Ok(split(elements, |element| networks.iter().any(|network| network.contains(&element.network))))
    }))
}

fn by_size(parameter: &str, elements: &[Element]) -> Result<Split, String> {
    let size =
        strconv::parse_decimal(parameter).ok_or_else(|| format!("invalid size argument {parameter:?}"))?;
    if let Some(element) = elements.iter().find(|element| size > u64::from(element.network.width())) {
        let family = if element.network.is_ipv4() { "IPv4" } else { "IPv6" };
        return Err(format!("mask size out of bounds for {family} address: {size}"));
    }
    Ok(split(elements, |element| u64::from(element.network.prefix()) == size))
}

fn by_type(parameter: &str, elements: &[Element]) -> Result<Split, String> {
    let lower = parameter.to_lowercase();
    let words: Vec<&str> = lower.split('|').collect();
    if let Some(word) = words.iter().find(|word| !["ip", "ipv4", "ipv6", "unix"].contains(word)) {
        return Err(format!("unsupported type {word:?} (known: ip, ipv4, ipv6, unix)"));
    }
    let mut result = Split::default();
    for element in elements {
        for word in &words {
            let matches = match *word {
                "ip" => true,
                "ipv4" => element.network.is_ipv4(),
                "ipv6" => !element.network.is_ipv4(),
                _ => false,
            };
            if matches { &mut result.0 } else { &mut result.1 }.push(*element);
        }
    }
    Ok(result)
}

/// An element matches when its interface has **all** the interface words or its address has **any** of the address
/// words. `down` only takes back an `up`, so alone it keeps everything.
fn by_flags(interfaces: &Interfaces, parameter: &str, elements: &[Element]) -> Result<Split, String> {
    type Kind = fn(&Element) -> bool;
    let lower = parameter.to_lowercase();
    let mut checks_interface = false;
    let mut wanted: Vec<InterfaceFlag> = Vec::new();
    let mut kinds: Vec<Kind> = Vec::new();
    for word in lower.split('|') {
        let (flag, kind): (Option<InterfaceFlag>, Option<Kind>) = match word {
            "up" => (Some(InterfaceFlag::Up), None),
            "broadcast" => (Some(InterfaceFlag::Broadcast), None),
            "point-to-point" => (Some(InterfaceFlag::PointToPoint), None),
            "loopback" => (Some(InterfaceFlag::Loopback), Some(|element| element.network.ip().is_loopback())),
            "multicast" => {
                (Some(InterfaceFlag::Multicast), Some(|element| element.network.ip().is_multicast()))
            }
            "forwardable" => (None, Some(is_forwardable)),
            "unspecified" => (None, Some(|element| element.network.ip().is_unspecified())),
            "global unicast" => (None, Some(is_global_unicast)),
            "link-local unicast" => (None, Some(|element| is_link_local_unicast(element.network.ip()))),
            "link-local multicast" => (None, Some(|element| is_scoped_multicast(element.network.ip(), 2))),
            "interface-local multicast" => {
                (None, Some(|element| is_scoped_multicast(element.network.ip(), 1)))
            }
            "down" => {
                checks_interface = true;
                wanted.retain(|flag| *flag != InterfaceFlag::Up);
                continue;
            }
            _ => return Err(format!("unknown interface flag {word:?}")),
        };
        checks_interface |= flag.is_some();
        wanted.extend(flag);
        kinds.extend(kind);
    }
    Ok(split(elements, |element| {
        (checks_interface && wanted.iter().all(|flag| has(interfaces, element, *flag)))
            || kinds.iter().any(|kind| kind(element))
    }))
}

fn is_global_unicast(element: &Element) -> bool {
    let ip = element.network.ip();
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    !(broadcast || ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || is_link_local_unicast(ip))
}

fn is_link_local_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

/// Multicast of IPv6 scope 1 (interface-local) or 2 (link-local); IPv4 has only the latter, 224.0.0.0/24.
fn is_scoped_multicast(ip: IpAddr, scope: u8) -> bool {
    match ip {
        IpAddr::V4(v4) => scope == 2 && v4.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(v6) => matches!(v6.octets(), [0xff, second, ..] if second & 0x0f == scope),
    }
}
