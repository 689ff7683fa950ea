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
use crate::consul_version::ConsulVersion;

/// The kind this project is about.
pub const TERMINATING_GATEWAY: &str = "terminating-gateway";

/// All kinds.
pub static KINDS: &[Kind] = &[
    Kind { name: TERMINATING_GATEWAY, since: 8, fields: Some(&gateways::TERMINATING), fixed_name: None },
    Kind { name: "ingress-gateway", since: 8, fields: Some(&gateways::INGRESS), fixed_name: None },
    Kind { name: "service-defaults", since: 5, fields: Some(&defaults::SERVICE), fixed_name: None },
    Kind { name: "proxy-defaults", since: 5, fields: Some(&defaults::PROXY), fixed_name: Some("global") },
    Kind { name: "service-router", since: 6, fields: Some(&chain::ROUTER), fixed_name: None },
    Kind { name: "service-splitter", since: 6, fields: Some(&chain::SPLITTER), fixed_name: None },
    Kind { name: "service-resolver", since: 6, fields: Some(&chain::RESOLVER), fixed_name: None },
    Kind { name: "service-intentions", since: 9, fields: Some(&mesh::INTENTIONS), fixed_name: None },
    Kind { name: "mesh", since: 10, fields: Some(&mesh::MESH), fixed_name: Some("mesh") },
    Kind { name: "exported-services", since: 11, fields: Some(&mesh::EXPORTED_SERVICES), fixed_name: None },
    Kind { name: "sameness-group", since: 16, fields: Some(&mesh::SAMENESS_GROUP), fixed_name: None },
    Kind { name: "api-gateway", since: 15, fields: None, fixed_name: None },
    Kind { name: "http-route", since: 15, fields: None, fixed_name: None },
    Kind { name: "tcp-route", since: 15, fields: None, fixed_name: None },
    Kind { name: "inline-certificate", since: 15, fields: None, fixed_name: None },
    Kind { name: "file-system-certificate", since: 19, fields: None, fixed_name: None },
    Kind { name: "jwt-provider", since: 16, fields: None, fixed_name: None },
    Kind { name: "control-plane-request-limit", since: 15, fields: None, fixed_name: None },
];

/// The kind of this name, if the version knows it.
pub fn find(name: &str, version: &ConsulVersion) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name && version.at_least(1, kind.since))
}

/// The fields of a terminating gateway.
pub(super) fn terminating_gateway() -> &'static Struct {
    &gateways::TERMINATING
}

/// The fields of a service linked to a terminating gateway.
pub(super) fn linked_service() -> &'static Struct {
    &gateways::LINKED_SERVICE
}
