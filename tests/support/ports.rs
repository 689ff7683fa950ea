//! Ports for programs that take a port by number: each is locked by this process, so that no other test has it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::geteuid;

/// Below the range from which the kernel takes ports of its own accord.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// Free ports of 127.0.0.1, for TCP and UDP alike. They are this process's until it ends.
///
/// What is free now can be given away before a program binds to it, by another test or by the kernel to a connection.
/// A lock on a file per port keeps other tests away, whichever process runs them.
pub fn free_ports<const PORTS: usize>() -> Result<[u16; PORTS]> {
    static NEXT: OnceLock<AtomicU32> = OnceLock::new();
    static LOCKS: Mutex<Vec<Flock<File>>> = Mutex::new(Vec::new());
    let next = NEXT.get_or_init(|| AtomicU32::new(std::process::id().wrapping_mul(97)));
    let folder = folder()?;
    let mut ports = [0; PORTS];
    for place in &mut ports {
        let port = (0..COUNT)
            .map(|_| FIRST + next.fetch_add(1, Ordering::Relaxed) % COUNT)
            .filter_map(|port| u16::try_from(port).ok())
            .find_map(|port| take(&folder, port).transpose().map(|lock| lock.map(|lock| (port, lock))));
        let (port, lock) = port.context("no port is free between 20000 and 32000")??;
        LOCKS.lock().unwrap_or_else(PoisonError::into_inner).push(lock);
        *place = port;
    }
    Ok(ports)
}

/// A free TCP port of 127.0.0.1.
pub fn free_address() -> Result<SocketAddr> {
    let [port] = free_ports()?;
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// The lock on a port, unless another process has it or the port is in use.
pub fn take(folder: &Path, port: u16) -> Result<Option<Flock<File>>> {
    let file = File::options().create(true).append(true).open(folder.join(port.to_string()))?;
    let lock = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => lock,
        Err((_, Errno::EWOULDBLOCK)) => return Ok(None),
        Err((_, error)) => return Err(error.into()),
    };
    let is_free =
        TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok();
    Ok(is_free.then_some(lock))
}

/// Where the locks are: the same place for all tests of a user, whatever their TMPDIR.
pub fn folder() -> Result<PathBuf> {
    let folder = PathBuf::from(format!("/tmp/termgate-test-ports-{}", geteuid()));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    Ok(folder)
}
