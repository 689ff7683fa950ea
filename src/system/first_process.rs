//! Signals to the first process of a container: the kernel drops those that the process does not handle itself.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// Whether a command handles signals itself.
static LEFT: AtomicBool = AtomicBool::new(false);

/// If this is the first process of a container, SIGTERM and SIGINT end it as they end any other, from here on.
///
/// Without a thread for that they are dropped, as ever.
pub fn end_by_signals() {
    if process::id() != 1 {
        return;
    }
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    let context = runtime.enter();
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    drop(context);
    let watch = async move {
        loop {
            let code = tokio::select! {
                Some(()) = terminate.recv() => 128 + 15,
                Some(()) = interrupt.recv() => 128 + 2,
                else => return,
            };
            if !LEFT.load(Ordering::Relaxed) {
                #[expect(
                    clippy::exit,
                    clippy::disallowed_methods,
                    reason = "the other threads may wait for anything"
                )]
                process::exit(code);
            }
        }
    };
    // What cannot be started is done without.
    let _ = thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(watch));
}

/// The command handles signals itself, from now on.
pub fn leave_signals() {
    LEFT.store(true, Ordering::Relaxed);
}
