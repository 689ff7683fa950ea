//! Which sockets are on this host, and which process has them: as the kernel reports, without a connection.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A TCP socket, by its own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Socket {
    /// Where.
    pub address: SocketAddr,
    /// What distinguishes it from all others.
    pub inode: u64,
}

/// The socket in a line of `/proc/net/tcp`, and whether it listens.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is no such file"))]
fn parse(line: &str) -> Option<(Socket, bool)> {
    const LISTENING: &str = "0A";
    let mut fields = line.split_ascii_whitespace();
    let local = fields.nth(1)?;
    let listens = fields.nth(1)? == LISTENING;
    let inode = fields.nth(5)?.parse().ok()?;
    let (ip, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    // Words as the processor has them.
    let word = |at: usize| u32::from_str_radix(ip.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    let ip: IpAddr = if ip.len() == 8 {
        Ipv4Addr::from(word(0)?).into()
    } else {
        let bytes: Vec<u8> = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
        Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into()
    };
    Some((Socket { address: SocketAddr::new(ip, port), inode }, listens))
}

#[cfg(target_os = "linux")]
mod platform {
    use std::collections::BTreeSet;
    use std::fs::{self, File};
    use std::io::{self, BufRead as _, BufReader};

    use super::{Socket, parse};

    /// The listening sockets of this network namespace whose port is one of `ports`, sorted.
    ///
    /// The kernel lists them before all others, of which there may be thousands and which are not read.
    pub fn listening(ports: &BTreeSet<u16>) -> io::Result<Vec<Socket>> {
        find(|port| ports.contains(&port), true)
    }

    /// All sockets whose own port is one of `ports`, sorted: those that listen, and those of connections.
    fn all(ports: &BTreeSet<u16>) -> io::Result<Vec<Socket>> {
        find(|port| ports.contains(&port), false)
    }

    fn find(is_wanted: impl Fn(u16) -> bool, must_listen: bool) -> io::Result<Vec<Socket>> {
        let mut found = Vec::new();
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let file = match File::open(path) {
                Ok(file) => file,
                // A kernel without IPv6.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for line in BufReader::new(file).lines().skip(1) {
                let Some((socket, listens)) = parse(&line?) else { break };
                if must_listen && !listens {
                    break;
                }
                if is_wanted(socket.address.port()) {
                    found.push(socket);
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The ports that a process listens on.
    pub fn ports_of(pid: u32) -> io::Result<BTreeSet<u16>> {
        let own = sockets_of(pid)?;
        let sockets = find(|_| true, true)?;
        Ok(sockets
            .iter()
            .filter(|socket| own.contains(&socket.inode))
            .map(|socket| socket.address.port())
            .collect())
    }

    /// Whether a process has a socket that listens on one of `ports`.
    pub fn listens(pid: u32, ports: &BTreeSet<u16>) -> io::Result<bool> {
        let own = sockets_of(pid)?;
        Ok(listening(ports)?.iter().any(|socket| own.contains(&socket.inode)))
    }

    /// Whether a process has any socket on one of `ports`: one that listens, or a connection to it.
    pub fn serves(pid: u32, ports: &BTreeSet<u16>) -> io::Result<bool> {
        let own = sockets_of(pid)?;
        Ok(all(ports)?.iter().any(|socket| own.contains(&socket.inode)))
    }

    /// The sockets that a process has open, by their inodes.
    pub fn sockets_of(pid: u32) -> io::Result<BTreeSet<u64>> {
        let mut inodes = BTreeSet::new();
        for descriptor in fs::read_dir(format!("/proc/{pid}/fd"))? {
            // One that was closed meanwhile is none.
            let Ok(target) = fs::read_link(descriptor?.path()) else { continue };
            let inode = target.to_str().and_then(|target| target.strip_prefix("socket:[")?.strip_suffix(']'));
            inodes.extend(inode.and_then(|inode| inode.parse::<u64>().ok()));
        }
        Ok(inodes)
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::collections::BTreeSet;
    use std::io;

    use super::Socket;

    /// Not possible on this system.
    pub fn listening(_ports: &BTreeSet<u16>) -> io::Result<Vec<Socket>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Not possible on this system.
    pub fn ports_of(_pid: u32) -> io::Result<BTreeSet<u16>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Not possible on this system.
    pub fn listens(_pid: u32, _ports: &BTreeSet<u16>) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Not possible on this system.
    pub fn serves(_pid: u32, _ports: &BTreeSet<u16>) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Not possible on this system.
    pub fn sockets_of(_pid: u32) -> io::Result<BTreeSet<u64>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub use platform::{listening, listens, ports_of, serves, sockets_of};

/// The process that listens on a port, as far as this user may see.
pub fn process_at(port: u16) -> Option<u32> {
    let wanted: BTreeSet<u64> =
        listening(&[port].into()).ok()?.into_iter().map(|socket| socket.inode).collect();
    if wanted.is_empty() {
        return None;
    }
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    pids.find(|pid| sockets_of(*pid).is_ok_and(|sockets| !sockets.is_disjoint(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn lines_of_the_kernel_are_read() {
        let line = "   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0";
        let (socket, listens) = parse(line).unwrap();
        assert!(listens);
        assert_eq!((socket.address.to_string().as_str(), socket.inode), ("127.0.0.1:8443", 12345));
        let line = "   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1";
        assert_eq!(parse(line).unwrap().0.address.to_string(), "[::1]:8080");
        assert!(!parse("   0: 0100007F:20FB 0100007F:20FC 01 0:0 00:0 0 1000 0 12345").unwrap().1);
        assert_eq!(parse(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_socket_of_this_process_is_found_with_its_owner() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ports = [address.port()].into();
        let found = listening(&ports).unwrap();
        let socket = found.iter().find(|socket| socket.address == address).unwrap();
        assert!(sockets_of(std::process::id()).unwrap().contains(&socket.inode));
        let own = std::process::id();
        assert!(listens(own, &ports).unwrap() && ports_of(own).unwrap().is_superset(&ports));
        let _client = std::net::TcpStream::connect(address).unwrap();
        let (connection, _) = listener.accept().unwrap();
        drop(listener);
        assert!(!listens(own, &ports).unwrap() && serves(own, &ports).unwrap());
        drop(connection);
        assert!(!serves(own, &ports).unwrap());
        assert!(listening(&ports).unwrap().iter().all(|socket| socket.address != address));
    }
}
