//! How often Envoy's admin server gets expensive requests.

use std::time::Duration;

use tokio::time::Instant;

/// How much longer the pause is than the answer takes. Envoy works on it on the thread that applies configuration: it
/// looks through all its statistics for one, 0.3 s with a thousand services.
const PAUSE: u32 = 200;

/// The pause after a question that was `asked` then and is answered now: between the `shortest` and the `longest`.
pub fn pause(asked: Instant, (shortest, longest): (Duration, Duration)) -> Duration {
    (asked.elapsed() * PAUSE).clamp(shortest, longest)
}
