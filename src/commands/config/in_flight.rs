//! Several requests at once, but not too many.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::output::Progress;

/// Requests under way at once, and so connections to the agent.
pub const CONCURRENCY: usize = 8;

/// How often progress is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Runs jobs, [`CONCURRENCY`] at once, and hands over each result as it comes. Once `took` says no, no further job is
/// started; those under way end.
pub async fn in_flight<J, T>(
    jobs: impl IntoIterator<Item = J>,
    progress: Option<&Progress>,
    mut took: impl FnMut(T) -> bool,
) where
    J: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut jobs = jobs.into_iter();
    let mut running = JoinSet::new();
    let mut goes_on = true;
    loop {
        while goes_on
            && running.len() < CONCURRENCY
            && let Some(job) = jobs.next()
        {
            running.spawn(job);
        }
        match tokio::time::timeout(TICK, running.join_next()).await {
            Ok(None) => return,
            // Nothing is there yet. (A task only ends by finishing: nothing cancels it, and a panic ends the process.)
            Err(_) | Ok(Some(Err(_))) => {}
            Ok(Some(Ok(result))) => {
                if let Some(progress) = progress {
                    progress.step();
                }
                goes_on &= took(result);
            }
        }
        if let Some(progress) = progress {
            progress.tick();
        }
    }
}
