//! `/ready` while Envoy's process is there and does not serve.

use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, OwnedFd};

use anyhow::{Result, ensure};
use nix::sys::signal::Signal;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, bind, listen, setsockopt, socket, sockopt,
};

use crate::support::consul::free_address;
use crate::support::gateway::Gateway;
use crate::support::monitor::get;
use crate::support::origin::Origin;
use crate::support::process::send;
use crate::world::World;

/// A gateway that serves one service, and where it says whether it is ready.
fn ready_gateway() -> Result<(Gateway, SocketAddr, Origin)> {
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let ready = free_address()?;
    let mut gateway = world.launch(world.run()?.args(["--ready-bind", &ready.to_string()]))?;
    answers(&mut gateway, ready, 200, "ready")?;
    Ok((gateway, ready, origin))
}

/// Waits for an answer of `/ready`; how long that took.
fn answers(gateway: &mut Gateway, ready: SocketAddr, status: u16, text: &str) -> Result<()> {
    gateway.eventually(&format!("/ready to answer {status} {text:?}"), || {
        let answer = get(ready, "/ready")?;
        ensure!(
            answer.status == status && answer.text().contains(text),
            "{} {}",
            answer.status,
            answer.text()
        );
        Ok(())
    })
}

#[test]
fn a_frozen_envoy_is_noticed_and_so_is_its_recovery() -> Result<()> {
    needs!(Consul, Envoy);
    let (mut gateway, ready, _origin) = ready_gateway()?;
    let envoy = gateway.envoy()?;
    send(envoy, Signal::SIGSTOP)?;
    let noticed = answers(&mut gateway, ready, 503, "does not answer: it is stopped");
    send(envoy, Signal::SIGCONT)?;
    noticed?;
    answers(&mut gateway, ready, 200, "ready")?;
    gateway.says("resolved: Envoy")?;

    // The end does not wait for what a frozen Envoy will not do.
    send(envoy, Signal::SIGSTOP)?;
    answers(&mut gateway, ready, 503, "does not answer: it is stopped")?;
    ensure!(gateway.stop()?.success(), "it failed");
    Ok(())
}

/// A socket that shares an address as Envoy's own sockets do.
fn share(address: SocketAddr) -> Result<OwnedFd> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    setsockopt(&socket, sockopt::ReusePort, &true)?;
    bind(socket.as_raw_fd(), &SockaddrStorage::from(address))?;
    listen(&socket, Backlog::new(16)?)?;
    Ok(socket)
}

#[test]
fn a_listener_that_another_process_shares_is_noticed() -> Result<()> {
    needs!(Consul, Envoy);
    let (mut gateway, ready, _origin) = ready_gateway()?;
    let stranger = share(gateway.address)?;
    answers(&mut gateway, ready, 503, "another process listens on")?;
    drop(stranger);
    answers(&mut gateway, ready, 200, "ready")?;
    Ok(())
}
