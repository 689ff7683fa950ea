//! Ports for programs that take a port by number: each is locked by this process, so that no other test has it.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::unistd::geteuid;

/// Below the range from which the kernel takes ports of its own accord.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// Free ports of 127.0.0.1, for TCP and UDP alike. They are this process's until it ends.
///
/// What is free now can be given away before a program binds to it, by another test or by the kernel to a connection. A
/// lock on a byte of one file for each port keeps other tests away, whichever process runs them.
pub fn free_ports<const PORTS: usize>() -> Result<[u16; PORTS]> {
    static LOCKS: Mutex<Option<File>> = Mutex::new(None);
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    let file = match &mut *locks {
        Some(file) => file,
        none => none.insert(open()?),
    };
    // Processes that begin at once look for ports in different places.
    let start = std::process::id().wrapping_mul(97);
    let mut ports = [0; PORTS];
    for place in &mut ports {
        *place = (0..COUNT)
            .map(|_| FIRST + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT)
            .filter_map(|port| u16::try_from(port).ok())
            .find_map(|port| take(file, port).map(|taken| taken.then_some(port)).transpose())
            .context("no port is free between 20000 and 32000")??;
    }
    Ok(ports)
}

/// A free TCP port of 127.0.0.1.
pub fn free_address() -> Result<SocketAddr> {
    let [port] = free_ports()?;
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// Locks a port, unless another process has it or it is in use. The lock ends with the file.
pub fn take(file: &File, port: u16) -> Result<bool> {
    let lock = libc::flock {
        l_type: libc::F_WRLCK.try_into()?,
        l_whence: libc::SEEK_SET.try_into()?,
        l_start: port.into(),
        l_len: 1,
        l_pid: 0,
    };
    match fcntl(file, FcntlArg::F_OFD_SETLK(&lock)) {
        Ok(_) => {}
        Err(Errno::EAGAIN | Errno::EACCES) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    Ok(TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok())
}

/// The file that all tests of a user lock, whatever their TMPDIR.
pub fn open() -> Result<File> {
    let path = format!("/tmp/termgate-test-ports-{}.lock", geteuid());
    File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(&path)
        .with_context(|| path.clone())
}
