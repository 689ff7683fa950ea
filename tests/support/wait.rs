//! Waiting for a condition instead of for a time.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// How long anything may take before a test gives up on it. Generous: only a failing test ever waits that long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Tries again until `attempt` succeeds, for at most [`PATIENCE`]. `what` is what was waited for, in the failure's words.
pub fn eventually<T>(what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
    within(PATIENCE, what, attempt)
}

/// Tries again until `attempt` succeeds or `limit` has passed; then fails with the reason of the last attempt.
pub fn within<T>(limit: Duration, what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(error) if start.elapsed() >= limit => {
                return Err(anyhow!("waited {limit:?} for {what}; at the end: {error:#}"));
            }
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
}
