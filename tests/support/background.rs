//! Asynchronous servers beside a test that blocks.

use std::net::TcpListener as Bound;
use std::thread::{self, JoinHandle};

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// A thread with a runtime of its own in which a server runs. Ends when dropped.
pub struct Background {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Lets `server` serve what is bound.
    pub fn serve<F>(bound: Bound, server: impl FnOnce(TcpListener) -> F + Send + 'static) -> Result<Self>
    where
        F: Future,
    {
        bound.set_nonblocking(true)?;
        Self::run(move || async {
            if let Ok(listener) = TcpListener::from_std(bound) {
                server(listener).await;
            }
        })
    }

    /// Lets something work until it ends by itself or this is dropped.
    pub fn run<F: Future>(work: impl FnOnce() -> F + Send + 'static) -> Result<Self> {
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! { _ = work() => {}, _ = stopped => {} }
            });
        });
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// One thread is enough for a test.
pub fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
