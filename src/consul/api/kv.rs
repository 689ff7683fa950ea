//! `/v1/kv`: the key-value store.

use super::path::Path;

/// One key, or the keys that begin with it.
pub fn key(key: &str) -> Path {
    Path::tree("/v1/kv/", key).growing()
}
