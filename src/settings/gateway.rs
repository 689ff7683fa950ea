//! Which gateway a command is about.

use super::env;
use super::flag::{Flag, Group};
use super::given::Invalid;
use super::options::Options;
use crate::names;

/// Service name without a flag: Consul's default of `-service` with `-gateway=terminating`.
pub const DEFAULT_SERVICE: &str = "terminating-gateway";

pub const SERVICE: Flag = Flag::text("service", "NAME", "Service name of the gateway")
    .variable(env::TERMGATE_SERVICE)
    .default(DEFAULT_SERVICE);

pub const SERVICE_ID: Flag =
    Flag::text("service-id", "ID", "Service ID of the gateway, if several replicas share an agent")
        .variable(env::TERMGATE_SERVICE_ID)
        .default("the service name")
        .alias("proxy-id");

/// Which gateway of the agent.
#[derive(Debug, Clone, Copy)]
pub struct GatewayFlags;

impl Group for GatewayFlags {
    const HEADING: &'static str = "Gateway";
    const FLAGS: &'static [Flag] = &[SERVICE, SERVICE_ID];
}

/// Which gateway's config entry.
#[derive(Debug, Clone, Copy)]
pub struct EntryFlags;

impl Group for EntryFlags {
    const HEADING: &'static str = "Gateway";
    const FLAGS: &'static [Flag] = &[SERVICE.formerly("gateway", "former-gateway")];
}

/// The service name of the gateway, as its entry has it.
pub fn name(options: &Options<'_>) -> Result<String, Invalid> {
    let given = options.parsed(&SERVICE, checked_name)?;
    Ok(given.map_or_else(|| DEFAULT_SERVICE.to_owned(), |given| given.value))
}

/// The service ID of the gateway: as given, else its service name, else Consul's default name.
pub fn id(options: &Options<'_>) -> Result<String, Invalid> {
    match options.parsed(&SERVICE_ID, checked_name)? {
        Some(given) => Ok(given.value),
        None => name(options),
    }
}

/// A name or ID that requests and bootstraps can carry, before anything is registered under it.
pub fn checked_name(text: &str) -> Result<String, String> {
    names::flaw(text).map_or(Ok(()), |reason| Err(format!("{text:?} {reason}")))?;
    Ok(text.to_owned())
}

/// Which gateway a bootstrap is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayChoice {
    /// Service id; `None` looks the only gateway of the agent up.
    pub proxy_id: Option<String>,
    /// `-service`, if given.
    pub service: Option<String>,
    /// Whether `-gateway=terminating` was given.
    pub kind_given: bool,
}

impl GatewayChoice {
    /// Consul's `node.cluster`: the service name by flags, else the id.
    ///
    /// With `-gateway`, a look-up's answer gives the name; with an id as well, the flag or its default does, whatever
    /// the service is called.
    pub fn cluster(&self, id: &str, looked_up: Option<&str>) -> String {
        match (self.kind_given, looked_up) {
            (true, Some(name)) => name.to_owned(),
            (true, None) => self.service_name().to_owned(),
            (false, _) => id.to_owned(),
        }
    }

    /// The service name to register.
    pub fn service_name(&self) -> &str {
        self.service.as_deref().unwrap_or(DEFAULT_SERVICE)
    }
}
