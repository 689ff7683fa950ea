//! Standard output, where a result that cannot be written is a failure.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Columns of the terminal that it is; `None` where it is none, or does not say.
pub fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Whether the descriptor was closed when the program was started.
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Notes whether the descriptor is closed. To be called before `main`.
///
/// The standard library opens `/dev/null` in the place of a closed descriptor before `main`: what is written there is
/// lost without an error, and it cannot be distinguished from an intended `/dev/null`.
pub fn note_whether_closed() {
    WAS_CLOSED.store(rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err(), Ordering::Relaxed);
}

/// Writes everything, at once.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    if WAS_CLOSED.load(Ordering::Relaxed) {
        return Err(io::Error::other("it is closed"));
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// Whether its reader, a program behind a pipe or a terminal, is gone.
pub fn is_abandoned() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdout = rustix::stdio::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut watched, Some(&at_once)).is_ok()
        && watched.iter().any(|one| one.revents().intersects(PollFlags::ERR | PollFlags::HUP))
}

/// Whether a person reads it.
pub fn is_terminal() -> bool {
    !WAS_CLOSED.load(Ordering::Relaxed) && io::stdout().is_terminal()
}
