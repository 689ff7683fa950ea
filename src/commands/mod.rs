//! One file a command: settings in, effects at the edges, errors out. No grammar here.

pub mod access;
pub mod acl;
pub mod address_eval;
pub mod audit;
pub mod cluster;
pub mod companion;
pub mod config;
pub mod connect_envoy;
pub mod doctor;
pub mod explain;
pub mod graph;
pub mod intention;
pub mod intentions;
pub mod kv;
pub mod register;
pub mod reload;
pub mod render;
pub mod run;
pub mod services;
pub mod snapshot;
pub mod status;
pub mod validate;

use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::error::{CommandError, Kind};

/// Runs the asynchronous part of a command on this thread.
pub fn block_on<T>(future: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = event_loop()
        .map_err(|error| CommandError::new(Kind::Failed, error).context("cannot start the event loop"))?;
    let outcome = runtime.block_on(future);
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    outcome
}

/// What runs asynchronous calls on this thread, and keeps connections open between them.
fn event_loop() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}
