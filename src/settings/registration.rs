//! How the gateway is registered.

use std::collections::BTreeMap;

use super::env;
use super::flag::{Flag, Group};
use crate::gateway::definition::ServiceDefinition;
use crate::snapshot::ServiceAddress;

pub const ADDRESS: Flag =
    Flag::text("address", "IP:PORT", "Address inside the datacenter; may be a template")
        .details("Templates such as '{{ GetInterfaceIP \"eth0\" }}:8443' are evaluated.")
        .variable(env::TERMGATE_ADDRESS);

pub const WAN_ADDRESS: Flag =
    Flag::text("wan-address", "IP:PORT", "Address for other datacenters, in the same form")
        .variable(env::TERMGATE_WAN_ADDRESS);

pub const BIND_ADDRESS: Flag = Flag::repeated(
    "bind-address",
    "NAME=IP:PORT",
    "Address that Envoy listens on instead of --address; repeatable",
);

/// `--deregister-after-critical`
///
/// Consul hands the text to the agent as it is, an empty one too.
pub const DEREGISTER_AFTER_CRITICAL: Flag = Flag::text(
    "deregister-after-critical",
    "DURATION",
    "How long the health check may fail before the agent deregisters the service",
)
.default("6h");

pub const SERVICE_CONFIG: Flag =
    Flag::text("service-config", "FILE", "Service definition file (HCL or JSON), as an agent reads it")
        .details(
            "It provides all keys, and the name, ID, addresses and token that no flag or variable sets. Its checks replace \
             the TCP check. If the file defines several gateways, --service or --service-id chooses one.",
        )
        .alias("config");

/// The registration of the gateway.
#[derive(Debug, Clone, Copy)]
pub struct RegistrationGroup;

impl Group for RegistrationGroup {
    const HEADING: &'static str = "Registration";
    const FLAGS: &'static [Flag] =
        &[ADDRESS, WAN_ADDRESS, BIND_ADDRESS, DEREGISTER_AFTER_CRITICAL, SERVICE_CONFIG];
}

/// What to register, as typed: templates are not evaluated yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationFlags {
    /// Service id.
    pub id: String,
    /// Service name.
    pub name: String,
    pub address: Option<String>,
    /// Whether the address is the definition's.
    pub is_address_defined: bool,
    pub wan_address: Option<String>,
    /// Whether the WAN address is the definition's.
    pub is_wan_address_defined: bool,
    /// Tagged addresses of the definition that no flag gives.
    pub tagged: BTreeMap<String, ServiceAddress>,
    /// Every `-bind-address`.
    pub bind_addresses: Vec<String>,
    pub deregister_after_critical: String,
    /// What else is in a service definition file.
    pub definition: ServiceDefinition,
}
