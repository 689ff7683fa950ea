//! The connections to the agent: never more of them than are allowed, however requests come and go.
//!
//! A pool alone keeps to no number. A request that finds no idle connection opens one, and the pool keeps it although
//! another became free meanwhile; and a connection is back in its pool a moment after the answer is. Here a request
//! has a lane of its own, a client with one connection, from its start until that connection is idle or closed.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Client;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// One client for each connection; clones share them.
#[derive(Debug, Clone)]
pub(super) struct Lanes(Arc<Free>);

#[derive(Debug)]
struct Free {
    /// As many permits as there may be clients in use.
    permits: Semaphore,
    /// Those that are not in use. What asks one thing after the other never needs a second.
    clients: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    client: Client,
    is_connected: bool,
}

impl Free {
    fn put_back(&self, idle: Idle) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        self.permits.add_permits(1);
    }
}

impl Lanes {
    /// So many, the first of them with this client.
    pub fn new(count: usize, first: Client) -> Self {
        let first = Idle { client: first, is_connected: false };
        Self(Arc::new(Free { permits: Semaphore::new(count), clients: Mutex::new(vec![first]) }))
    }

    /// Waits for a lane: the one used last, whose connection is open, or one with a new client.
    ///
    /// Each client keeps one idle connection at most.
    pub async fn take<E>(&self, new_client: impl FnOnce() -> Result<Client, E>) -> Result<Lane, E> {
        let permit = self.0.permits.acquire().await;
        let idle = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Idle { client, is_connected } = match idle {
            Some(idle) => idle,
            None => Idle { client: new_client()?, is_connected: false },
        };
        // The semaphore is never closed.
        if let Ok(permit) = permit {
            permit.forget();
        }
        Ok(Lane { client, free: Arc::clone(&self.0), is_connected, is_settled: true })
    }
}

/// A client in use. It is free for the next request once its connection is idle or closed.
#[derive(Debug)]
pub(super) struct Lane {
    client: Client,
    free: Arc<Free>,
    /// Whether its connection was left open by the last exchange.
    is_connected: bool,
    /// Whether no exchange is under way.
    is_settled: bool,
}

impl Lane {
    /// The one to send a request with, and whether that goes over a connection left open by an earlier one.
    pub fn start(&mut self) -> (&Client, bool) {
        self.is_settled = false;
        let is_reused = std::mem::take(&mut self.is_connected);
        (&self.client, is_reused)
    }

    /// Waits until the connection is idle; the whole answer has been read.
    pub async fn settle(&mut self) {
        let_connections_run().await;
        (self.is_connected, self.is_settled) = (true, true);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let free = Arc::clone(&self.free);
        let idle = Idle { client: self.client.clone(), is_connected: self.is_connected };
        match Handle::try_current() {
            // A request that was given up: its connection closes once its task runs.
            Ok(runtime) if !self.is_settled => drop(runtime.spawn(async move {
                let_connections_run().await;
                free.put_back(idle);
            })),
            _ => free.put_back(idle),
        }
    }
}

/// Lets the tasks of connections run that the last step has woken.
///
/// The event loop has one thread and takes its tasks in the order in which they are woken. The task of a connection
/// wakes, in one go, the reader of an answer's end and then the task that puts the connection into the pool; and
/// hyper closes the connection of a request that was dropped as soon as it is woken by that. One turn of all tasks is
/// enough for either, a second one for what they wake in turn.
async fn let_connections_run() {
    for _ in 0..2 {
        yield_now().await;
    }
}
