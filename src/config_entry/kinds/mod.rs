//! The kinds of configuration entries that Consul's client knows, field by field.
//!
//! Field names, order and aliases are part of Consul's HTTP API. Kinds that have nothing to do with terminating gateways
//! and came late (API gateways, routes, certificates, JWT providers) are sent as they were written: the agent decodes
//! them by the same rules.

mod chain;
mod defaults;
mod gateways;
mod mesh;

use super::schema::{Kind, Struct};
use crate::consul_version::{ConsulVersion, Release};

/// The kind this project is about.
pub const TERMINATING_GATEWAY: &str = "terminating-gateway";

/// All kinds.
pub static KINDS: &[Kind] = &[
    Kind {
        name: TERMINATING_GATEWAY,
        since: Release(1, 8, 0),
        fields: Some(&gateways::TERMINATING),
        fixed_name: None,
    },
    Kind {
        name: "ingress-gateway",
        since: Release(1, 8, 0),
        fields: Some(&gateways::INGRESS),
        fixed_name: None,
    },
    Kind {
        name: "service-defaults",
        since: Release(1, 5, 0),
        fields: Some(&defaults::SERVICE),
        fixed_name: None,
    },
    Kind {
        name: "proxy-defaults",
        since: Release(1, 5, 0),
        fields: Some(&defaults::PROXY),
        fixed_name: Some("global"),
    },
    Kind { name: "service-router", since: Release(1, 6, 0), fields: Some(&chain::ROUTER), fixed_name: None },
    Kind {
        name: "service-splitter",
        since: Release(1, 6, 0),
        fields: Some(&chain::SPLITTER),
        fixed_name: None,
    },
    Kind {
        name: "service-resolver",
        since: Release(1, 6, 0),
        fields: Some(&chain::RESOLVER),
        fixed_name: None,
    },
    Kind {
        name: "service-intentions",
        since: Release(1, 9, 0),
        fields: Some(&mesh::INTENTIONS),
        fixed_name: None,
    },
    Kind { name: "mesh", since: Release(1, 10, 0), fields: Some(&mesh::MESH), fixed_name: Some("mesh") },
    Kind {
        name: "exported-services",
        since: Release(1, 11, 0),
        fields: Some(&mesh::EXPORTED_SERVICES),
        fixed_name: None,
    },
    Kind {
        name: "sameness-group",
        since: Release(1, 16, 0),
        fields: Some(&mesh::SAMENESS_GROUP),
        fixed_name: None,
    },
    Kind { name: "api-gateway", since: Release(1, 15, 0), fields: None, fixed_name: None },
    Kind { name: "http-route", since: Release(1, 15, 0), fields: None, fixed_name: None },
    Kind { name: "tcp-route", since: Release(1, 15, 0), fields: None, fixed_name: None },
    Kind { name: "inline-certificate", since: Release(1, 15, 0), fields: None, fixed_name: None },
    Kind { name: "file-system-certificate", since: Release(1, 19, 0), fields: None, fixed_name: None },
    Kind { name: "jwt-provider", since: Release(1, 16, 0), fields: None, fixed_name: None },
    Kind { name: "control-plane-request-limit", since: Release(1, 15, 0), fields: None, fixed_name: None },
];

/// The kind of this name, if the version knows it.
pub fn find(name: &str, version: &ConsulVersion) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name && version.at_least(kind.since))
}

/// The fields of a terminating gateway.
pub(super) fn terminating_gateway() -> &'static Struct {
    &gateways::TERMINATING
}

/// The fields of a service linked to a terminating gateway.
pub(super) fn linked_service() -> &'static Struct {
    &gateways::LINKED_SERVICE
}
