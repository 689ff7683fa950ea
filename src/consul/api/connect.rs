//! `/v1/connect` and `/v1/agent/connect`: the mesh CA, leaf certificates and intentions.

use super::path::Path;

/// The mesh CA.
pub const fn roots() -> Path {
    Path::fixed("/v1/agent/connect/ca/roots")
}

/// The certificate of a service, which the agent has issued where it has none yet.
pub fn leaf(service: &str) -> Path {
    Path::named("/v1/agent/connect/ca/leaf/", service)
}

/// All intentions.
pub const fn intentions() -> Path {
    Path::fixed("/v1/connect/intentions")
}
