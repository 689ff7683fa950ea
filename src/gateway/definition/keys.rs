//! The keys of a service definition: their names in the agent's API, their other spellings, and the releases that know
//! them.

use crate::consul_version::Release;

/// What the value of a key is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Sent as it is; a block of one key is an object.
    Any,
    /// An object with these keys.
    Object(&'static [Key]),
    /// A list of such objects; a single one is a list of one.
    List(&'static [Key]),
    /// An object with free keys.
    Map,
    /// A list; a single value is a list of one.
    Items,
    /// Not sent: Consul's own command leaves it out, too.
    LeftOut,
    /// Consul refuses it for a gateway, with these words.
    Refused(&'static str),
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// Its name in the agent's API.
    pub(super) name: &'static str,
    /// Another name, without regard to case and underscores.
    pub(super) alias: &'static str,
    pub(super) kind: Kind,
    /// The release of Consul that introduced it.
    pub(super) since: Release,
}

const fn key(name: &'static str) -> Key {
    Key { name, alias: "", kind: Kind::Any, since: Release(0, 0, 0) }
}

impl Key {
    const fn alias(self, alias: &'static str) -> Self {
        Self { alias, ..self }
    }

    const fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    const fn since(self, major: u32, minor: u32) -> Self {
        Self { since: Release(major, minor, 0), ..self }
    }

    /// Whether `written` is this key. The agent compares without regard to case; its API has no underscores.
    pub(super) fn is(&self, written: &str) -> bool {
        let written = bare(written);
        written == bare(self.name) || (!self.alias.is_empty() && written == self.alias)
    }
}

/// A key as keys are compared.
pub(super) fn bare(key: &str) -> String {
    key.chars().filter(|character| *character != '_').flat_map(char::to_lowercase).collect()
}

/// A service.
pub(super) const SERVICE: &[Key] = &[
    key("Kind"),
    key("ID"),
    key("Name"),
    key("Tags").kind(Kind::Items),
    key("Address"),
    key("SocketPath").since(1, 10),
    key("Port"),
    key("Ports").kind(Kind::Items).since(2, 0),
    key("TaggedAddresses"),
    key("Meta"),
    key("Check").kind(Kind::List(CHECK)),
    key("Checks").kind(Kind::List(CHECK)),
    key("Token"),
    key("Weights").kind(Kind::Object(WEIGHTS)),
    key("EnableTagOverride"),
    key("Proxy").kind(Kind::Object(PROXY)),
    key("Connect").kind(Kind::Object(CONNECT)),
    key("Namespace"),
    key("Partition"),
    key("Locality").kind(Kind::Object(LOCALITY)).since(1, 17),
];

const WEIGHTS: &[Key] = &[key("Passing"), key("Warning")];

const CONNECT: &[Key] = &[
    key("Native"),
    key("SidecarService").kind(Kind::Refused("a terminating-gateway cannot have a sidecar service")),
];

const LOCALITY: &[Key] = &[key("Region"), key("Zone")];

const NOT_A_SIDECAR: Kind = Kind::Refused("only sidecar proxies have it, not a terminating-gateway");

const PROXY: &[Key] = &[
    key("Config").kind(Kind::Map),
    key("MeshGateway").kind(Kind::Object(MODE)),
    key("Expose").kind(Kind::Object(EXPOSE)),
    key("Mode").since(1, 10),
    key("TransparentProxy").kind(Kind::Object(TRANSPARENT_PROXY)).since(1, 10),
    key("MutualTLSMode").since(1, 16),
    key("EnvoyExtensions").kind(Kind::List(ENVOY_EXTENSION)).since(1, 15),
    key("AccessLogs").kind(Kind::Object(ACCESS_LOGS)).since(1, 15),
    key("DestinationServiceName").kind(NOT_A_SIDECAR),
    key("DestinationServiceID").kind(NOT_A_SIDECAR),
    key("LocalServiceAddress").kind(NOT_A_SIDECAR),
    key("LocalServicePort").kind(NOT_A_SIDECAR),
    key("LocalServiceSocketPath").kind(NOT_A_SIDECAR),
    key("Upstreams").kind(NOT_A_SIDECAR),
];

const MODE: &[Key] = &[key("Mode")];

const EXPOSE: &[Key] = &[key("Checks"), key("Paths").kind(Kind::List(EXPOSE_PATH))];

const EXPOSE_PATH: &[Key] = &[key("ListenerPort"), key("Path"), key("LocalPathPort"), key("Protocol")];

const TRANSPARENT_PROXY: &[Key] = &[key("OutboundListenerPort"), key("DialedDirectly")];

const ENVOY_EXTENSION: &[Key] =
    &[key("Name"), key("Required"), key("Arguments"), key("ConsulVersion"), key("EnvoyVersion")];

const ACCESS_LOGS: &[Key] = &[
    key("Enabled"),
    key("DisableListenerLogs"),
    key("Type"),
    key("Path"),
    key("JSONFormat"),
    key("TextFormat"),
];

/// A health check. Its token and service are those of the registration.
const CHECK: &[Key] = &[
    key("CheckID").alias("id"),
    key("Name"),
    key("Notes"),
    key("ServiceID").kind(Kind::LeftOut),
    key("Token").kind(Kind::LeftOut),
    key("Status"),
    key("ScriptArgs").alias("args").kind(Kind::Items),
    key("HTTP"),
    key("Header").kind(Kind::Map),
    key("Method"),
    key("Body"),
    key("DisableRedirects").since(1, 11),
    key("OutputMaxSize"),
    key("TCP"),
    key("TCPUseTLS").since(1, 15),
    key("UDP").since(1, 12),
    key("Interval"),
    key("DockerContainerID"),
    key("Shell"),
    key("GRPC"),
    key("GRPCUseTLS"),
    key("H2PING").since(1, 10),
    key("H2PingUseTLS").since(1, 11),
    key("OSService").since(1, 14),
    key("TLSServerName").since(1, 9),
    key("TLSSkipVerify"),
    key("AliasNode"),
    key("AliasService"),
    key("Timeout"),
    key("TTL"),
    key("SuccessBeforePassing"),
    key("FailuresBeforeWarning").since(1, 11),
    key("FailuresBeforeCritical"),
    key("DeregisterCriticalServiceAfter"),
];
