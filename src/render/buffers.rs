//! How much Envoy holds for a peer that is slow, and for how long, where its memory is limited.

use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::{Duration, Http2ProtocolOptions};

/// So many connections must fit into the heap, full on one side.
const CONNECTIONS: u64 = 1024;
/// Below this, a connection to a far place would get slow.
const LEAST: u64 = 64 << 10;
/// Envoy's default, for each side of a connection.
const DEFAULT: u64 = 1 << 20;
/// The first release that closes connections whose buffers stay full.
const CLOSES_FULL: EnvoyVersion = EnvoyVersion { major: 1, minor: 38, patch: 0 };
/// How long buffers may stay full. Without it, peers that never read would hold the memory, and all others be refused.
const PATIENCE: Duration = Duration::from_secs(120);

/// Limits on what Envoy holds for one connection; what is absent is Envoy's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Buffers {
    /// For each side, in bytes.
    pub limit: Option<u32>,
    /// Limit on the time that they stay full.
    pub patience: Option<Duration>,
}

impl Buffers {
    /// Those of an Envoy of this release whose heap may grow to so many bytes; Envoy's own if there is no limit.
    pub fn new(heap: Option<u64>, version: Option<EnvoyVersion>) -> Self {
        let Some(heap) = heap else { return Self::default() };
        // A power of two.
        let limit = 1 << (heap / CONNECTIONS).max(LEAST).ilog2();
        Self {
            limit: u32::try_from(limit).ok().filter(|_| limit < DEFAULT),
            patience: version.filter(|version| *version >= CLOSES_FULL).map(|_| PATIENCE),
        }
    }

    /// How far an HTTP/2 peer may be ahead. Envoy's own 16 MiB for a stream (256 before 1.36) are held whatever the buffers
    /// are.
    pub fn http2(self) -> Option<Http2ProtocolOptions> {
        self.limit.map(|limit| Http2ProtocolOptions {
            initial_stream_window_size: Some(limit * 2),
            initial_connection_window_size: Some(limit * 8),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow_with_the_heap_up_to_envoys_own() {
        let limit = |mebibytes: u64| Buffers::new(Some(mebibytes << 20), None).limit.map(|limit| limit >> 10);
        assert_eq!([32, 134, 365, 825].map(limit), [64, 128, 256, 512].map(Some));
        assert_eq!([1024, 7276].map(limit), [None, None]);
    }

    #[test]
    fn full_buffers_are_given_up_by_releases_that_can_and_where_memory_is_limited() {
        let patience =
            |heap, minor| Buffers::new(heap, Some(EnvoyVersion { major: 1, minor, patch: 0 })).patience;
        assert_eq!(patience(Some(1 << 32), 38), Some(PATIENCE));
        assert_eq!(patience(Some(1 << 32), 37), None);
        assert_eq!(patience(None, 40), None);
    }
}
