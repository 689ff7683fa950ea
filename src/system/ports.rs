//! Whether Envoy can listen at the gateway's addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd as _;

use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrStorage, bind, setsockopt, socket, sockopt,
};

use crate::snapshot::ServiceAddress;

/// An address that Envoy could not listen on.
#[derive(Debug, thiserror::Error)]
#[error("Envoy could not listen on {ip} port {port}")]
pub struct Unusable {
    /// The IP address.
    pub ip: IpAddr,
    pub port: u16,
    /// Why.
    pub source: io::Error,
}

/// Looks at every address that Envoy will listen on; host names are left to Envoy.
///
/// Consul's command registers first and lets Envoy find out. Ports in `own` are those of an adopted Envoy.
pub fn check(listens: &[ServiceAddress], own: &[u16]) -> Result<(), Unusable> {
    for address in listens {
        if let (Ok(ip), Ok(port)) = (address.address.parse(), u16::try_from(address.port)) {
            if own.contains(&port) {
                continue;
            }
            check_one(SocketAddr::new(ip, port))?;
        }
    }
    Ok(())
}

/// Looks at one address.
pub fn check_one(address: SocketAddr) -> Result<(), Unusable> {
    try_bind(address).map_err(|errno| Unusable {
        ip: address.ip(),
        port: address.port(),
        source: errno.into(),
    })
}

/// Binds as Envoy does, but does not listen: nobody can connect meanwhile, and two such looks don't meet.
fn try_bind(address: SocketAddr) -> nix::Result<()> {
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let socket = socket(family, SockType::Stream, SockFlag::empty(), None)?;
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    bind(socket.as_raw_fd(), &SockaddrStorage::from(address))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_port_in_use_is_reported() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let lan = ServiceAddress { address: "127.0.0.1".into(), port: port.into() };
        let listens = [lan];
        let error = check(&listens, &[]).unwrap_err();
        assert_eq!((error.port, error.source.kind()), (port, io::ErrorKind::AddrInUse));
        assert!(check(&listens, &[port]).is_ok());
        drop(taken);
        assert!(check(&listens, &[]).is_ok());
    }

    #[test]
    fn an_address_of_another_host_is_reported_and_a_host_name_is_left_to_envoy() {
        let with = |address: &str| check(&[ServiceAddress { address: address.into(), port: 8443 }], &[]);
        assert_eq!(with("203.0.113.7").unwrap_err().source.kind(), io::ErrorKind::AddrNotAvailable);
        assert!(with("gateway.internal").is_ok());
    }
}
