//! `/v1/internal/ui`: what Consul's own user interface is made of.

use super::path::Path;

/// Every instance on a node with its checks.
pub fn node(name: &str) -> Path {
    Path::named("/v1/internal/ui/node/", name).growing()
}

/// Every instance on every node.
pub fn nodes() -> Path {
    Path::fixed("/v1/internal/ui/nodes").growing()
}

/// A summary of the services that a gateway is linked to.
pub fn instances_behind(gateway: &str) -> Path {
    Path::named("/v1/internal/ui/gateway-services-nodes/", gateway).growing()
}
