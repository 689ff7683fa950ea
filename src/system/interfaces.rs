//! Collects this host's network interfaces and the interface of its default route.

use std::net::IpAddr;

use nix::errno::Errno;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::{InterfaceFlags, if_nametoindex};
use nix::sys::socket::SockaddrStorage;

use crate::sockaddr::{Interface, InterfaceFlag, Interfaces, Network};

/// Why the interfaces are not known.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The operating system does not list them.
    #[error("cannot list this host's network interfaces: {0}")]
    List(#[from] Errno),
}

/// Lists the interfaces as they are now.
///
/// A default route that cannot be found out is none: templates that need one say so.
pub fn collect() -> Result<Interfaces, CollectError> {
    let mut interfaces = group(getifaddrs()?.map(Entry::from));
    for interface in &mut interfaces {
        interface.mtu = mtu(&interface.name);
    }
    Ok(Interfaces { default_interface: default_interface(), interfaces })
}

/// One line of `getifaddrs`: an interface's link or one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// The interface's name; on Linux, for addresses, the address label (`eth0:1`).
    name: String,
    /// The interface's number, where the entry knows it.
    index: Option<u32>,
    flags: Vec<InterfaceFlag>,
    address: Option<Network>,
    hardware_address: Option<[u8; 6]>,
}

impl From<InterfaceAddress> for Entry {
    fn from(listed: InterfaceAddress) -> Self {
        let link = listed.address.as_ref().and_then(SockaddrStorage::as_link_addr);
        let ip = listed.address.as_ref().and_then(ip);
        let netmask = listed.netmask.as_ref().and_then(ip_as_is);
        Self {
            index: link.and_then(|link| u32::try_from(link.ifindex()).ok()),
            hardware_address: link.and_then(hardware_address),
            flags: flags(listed.flags),
            // An address without a netmask stands alone.
            address: ip.and_then(|ip| match netmask {
                Some(netmask) => Network::new(ip, prefix(netmask)),
                None => Some(Network::host(ip)),
            }),
            name: listed.interface_name,
        }
    }
}

/// Joins the entries to interfaces, in index order, with the IPv4 addresses of each before its IPv6 ones.
fn group(entries: impl Iterator<Item = Entry>) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for entry in entries {
        let name = entry.name.split(':').next().unwrap_or_default();
        let position = interfaces.iter().position(|known| known.name == name).unwrap_or_else(|| {
            interfaces.push(Interface {
                name: name.to_owned(),
                index: 0,
                mtu: 0,
                hardware_address: String::new(),
                flags: entry.flags.clone(),
                addresses: Vec::new(),
            });
            interfaces.len() - 1
        });
        let Some(interface) = interfaces.get_mut(position) else { continue };
        if let Some(index) = entry.index {
            interface.index = index;
        }
        // Go shows none for the loopback interface, whose bytes are all zero.
        if let Some(bytes) = entry.hardware_address.filter(|bytes| bytes.iter().any(|byte| *byte != 0)) {
            interface.hardware_address = bytes.map(|byte| format!("{byte:02x}")).join(":");
        }
        interface.addresses.extend(entry.address);
    }
    for interface in &mut interfaces {
        if interface.index == 0 {
            interface.index = if_nametoindex(interface.name.as_str()).unwrap_or(0);
        }
        interface.addresses.sort_by_key(|network| !network.is_ipv4());
    }
    interfaces.sort_by_key(|interface| interface.index);
    interfaces
}

fn flags(set: InterfaceFlags) -> Vec<InterfaceFlag> {
    [
        (InterfaceFlags::IFF_UP, InterfaceFlag::Up),
        (InterfaceFlags::IFF_BROADCAST, InterfaceFlag::Broadcast),
        (InterfaceFlags::IFF_LOOPBACK, InterfaceFlag::Loopback),
        (InterfaceFlags::IFF_POINTOPOINT, InterfaceFlag::PointToPoint),
        (InterfaceFlags::IFF_MULTICAST, InterfaceFlag::Multicast),
        (InterfaceFlags::IFF_RUNNING, InterfaceFlag::Running),
    ]
    .into_iter()
    .filter_map(|(bit, flag)| set.contains(bit).then_some(flag))
    .collect()
}

fn ip_as_is(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let ip = ip_as_is(address)?;
    #[cfg(target_os = "macos")]
    if let IpAddr::V6(v6) = ip
        && v6.is_unicast_link_local()
    {
        // BSD kernels put the interface's number into the second word of a link-local address.
        let [first, _, rest @ ..] = v6.segments();
        let [c, d, e, f, g, h] = rest;
        return Some(IpAddr::V6(std::net::Ipv6Addr::new(first, 0, c, d, e, f, g, h)));
    }
    Some(ip)
}

fn prefix(netmask: IpAddr) -> u8 {
    let ones = match netmask {
        IpAddr::V4(v4) => v4.to_bits().leading_ones(),
        IpAddr::V6(v6) => v6.to_bits().leading_ones(),
    };
    u8::try_from(ones).unwrap_or(128)
}

#[cfg(target_os = "linux")]
fn hardware_address(link: &nix::sys::socket::LinkAddr) -> Option<[u8; 6]> {
    // Tunnels have an IP address there, InfiniBand twenty bytes.
    link.addr().filter(|_| link.halen() == 6)
}

#[cfg(not(target_os = "linux"))]
fn hardware_address(link: &nix::sys::socket::LinkAddr) -> Option<[u8; 6]> {
    link.addr()
}

#[cfg(target_os = "linux")]
fn mtu(name: &str) -> u32 {
    std::fs::read_to_string(format!("/sys/class/net/{name}/mtu"))
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn mtu(_name: &str) -> u32 {
    0
}

#[cfg(target_os = "linux")]
fn default_interface() -> Option<String> {
    default_in_routing_table(&std::fs::read_to_string("/proc/net/route").ok()?)
}

#[cfg(target_os = "macos")]
fn default_interface() -> Option<String> {
    let output = std::process::Command::new("/sbin/route").args(["-n", "get", "default"]).output().ok()?;
    default_in_route_answer(&String::from_utf8_lossy(&output.stdout))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn default_interface() -> Option<String> {
    None
}

/// Finds the default interface in `/proc/net/route`: the first IPv4 default route that goes via a gateway.
///
/// Like go-sockaddr, this does not see `default dev tun0`, halves such as `0.0.0.0/1`, or IPv6.
#[cfg(any(target_os = "linux", test))]
fn default_in_routing_table(table: &str) -> Option<String> {
    const GATEWAY: u32 = 0x2;
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let name = columns.next()?;
        let destination = columns.next()?;
        let _gateway = columns.next()?;
        let flags = u32::from_str_radix(columns.next()?, 16).ok()?;
        // RefCnt, Use and Metric stand before the mask.
        let mask = columns.nth(3)?;
        let everything = [destination, mask].iter().all(|word| u32::from_str_radix(word, 16) == Ok(0));
        (everything && flags & GATEWAY != 0).then(|| name.to_owned())
    })
}

/// Finds the default interface in what `route -n get default` prints on macOS.
#[cfg(any(target_os = "macos", test))]
fn default_in_route_answer(answer: &str) -> Option<String> {
    answer.lines().find_map(|line| {
        let name = line.trim().strip_prefix("interface:")?.trim();
        (!name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, index: Option<u32>, address: Option<&str>) -> Entry {
        Entry {
            name: name.to_owned(),
            index,
            flags: vec![InterfaceFlag::Up],
            address: address.map(|address| address.parse().unwrap()),
            hardware_address: index.map(|index| [0, 0, 0, 0, 0, u8::try_from(index).unwrap() - 1]),
        }
    }

    #[test]
    fn entries_become_interfaces_in_index_order() {
        let interfaces = group(
            [
                entry("eth0", Some(2), None),
                entry("lo", Some(1), None),
                entry("lo", None, Some("127.0.0.1/8")),
                entry("eth0", None, Some("10.1.0.10/24")),
                entry("lo", None, Some("::1/128")),
                entry("eth0", None, Some("fd00::1/64")),
                entry("eth0:1", None, Some("10.1.0.12/32")),
            ]
            .into_iter(),
        );
        let names: Vec<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
        assert_eq!(names, ["lo", "eth0"]);
        assert_eq!(interfaces[0].hardware_address, "");
        assert_eq!(interfaces[1].hardware_address, "00:00:00:00:00:01");
        let addresses: Vec<String> = interfaces[1].addresses.iter().map(Network::to_string).collect();
        assert_eq!(addresses, ["10.1.0.10/24", "10.1.0.12", "fd00::1/64"]);
    }

    #[test]
    fn the_default_route_goes_via_a_gateway() {
        let table = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
                     tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n\
                     tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n\
                     eth0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
                     eth1\t00000000\t0102A8C0\t0003\t0\t0\t700\t00000000\t0\t0\t0\n";
        assert_eq!(default_in_routing_table(table).as_deref(), Some("eth0"));
        assert_eq!(default_in_routing_table("Iface\tDestination\n"), None);
        assert_eq!(default_in_routing_table(""), None);
    }

    #[test]
    fn macos_names_the_interface() {
        let answer =
            "   route to: default\n    gateway: 192.168.1.1\n  interface: en0\n      flags: <UP,GATEWAY>\n";
        assert_eq!(default_in_route_answer(answer).as_deref(), Some("en0"));
        assert_eq!(default_in_route_answer("route: writing to routing socket: not in table\n"), None);
    }

    #[test]
    fn interfaces_of_this_host_are_read() {
        let interfaces = collect().unwrap();
        for interface in &interfaces.interfaces {
            assert!(interface.index > 0 && !interface.name.contains(':'), "{interface:?}");
        }
        let loopback = interfaces.interfaces.iter().find(|interface| interface.has(InterfaceFlag::Loopback));
        if let Some(address) = loopback.and_then(|interface| interface.addresses.first()) {
            assert!(interfaces.owns(address.ip()));
        }
    }
}
