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

/// The intention with a source and a destination (Consul 1.9+). An older agent takes the last word for an ID.
pub const fn exact() -> Path {
    Path::fixed("/v1/connect/intentions/exact")
}

/// An intention, by its ID.
pub fn intention(id: &str) -> Path {
    Path::named("/v1/connect/intentions/", id)
}

/// Whether a connection is allowed.
pub const fn check() -> Path {
    Path::fixed("/v1/connect/intentions/check")
}

/// The intentions that match a source or a destination.
pub const fn matching() -> Path {
    Path::fixed("/v1/connect/intentions/match")
}
