//! How Envoy is set up and found.

use super::env;
use super::flag::{Flag, Group};

pub const ADMIN_BIND: Flag = Flag::text(
    "admin-bind",
    "ADDRESS:PORT",
    "Address of Envoy's admin server, which gives full control over it",
)
.variable(env::TERMGATE_ADMIN_BIND)
.default("localhost:19000");

pub const GRPC_ADDR: Flag =
    Flag::text("grpc-addr", "ADDRESS", "The agent's gRPC address, for the xds source")
        .details("Accepts host:port, http://, https:// or unix://.")
        .variable(env::CONSUL_GRPC_ADDR)
        .default("as the agent reports");

pub const GRPC_CA_FILE: Flag = Flag::text("grpc-ca-file", "FILE", "CA file for TLS to the agent's gRPC port")
    .variable(env::CONSUL_GRPC_CACERT);

pub const GRPC_CA_PATH: Flag =
    Flag::text("grpc-ca-path", "DIR", "Directory of CA files for TLS to the gRPC port")
        .variable(env::CONSUL_GRPC_CAPATH);

/// `--envoy-ready-bind-address`
pub const READY_ADDRESS: Flag =
    Flag::text("envoy-ready-bind-address", "IP", "IP address of Envoy's readiness endpoint")
        .details("Needs --envoy-ready-bind-port.")
        .needs("envoy-ready-bind-port");

/// `--envoy-ready-bind-port`
pub const READY_PORT: Flag =
    Flag::integer("envoy-ready-bind-port", "PORT", "Port of Envoy's readiness endpoint")
        .details("Needs --envoy-ready-bind-address.")
        .needs("envoy-ready-bind-address");

pub const OMIT_DEPRECATED_TAGS: Flag =
    Flag::switch("omit-deprecated-tags", "Leave out the metric tags of Consul before 1.9");

pub const NO_CENTRAL_CONFIG: Flag = Flag::switch(
    "no-central-config",
    "Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap",
);

/// How Envoy is set up.
#[derive(Debug, Clone, Copy)]
pub struct EnvoyGroup;

impl Group for EnvoyGroup {
    const HEADING: &'static str = "Envoy";
    const FLAGS: &'static [Flag] = &[
        ADMIN_BIND,
        GRPC_ADDR,
        GRPC_CA_FILE,
        GRPC_CA_PATH,
        READY_ADDRESS,
        READY_PORT,
        OMIT_DEPRECATED_TAGS,
        NO_CENTRAL_CONFIG,
    ];
}

pub const ENVOY_BINARY: Flag = Flag::text("envoy-binary", "PATH", "Envoy executable")
    .variable(env::TERMGATE_ENVOY_BINARY)
    .default("`envoy` on PATH");

/// `--ignore-envoy-compatibility`
pub const IGNORE_COMPATIBILITY: Flag = Flag::switch(
    "ignore-envoy-compatibility",
    "Start Envoy even if this Consul is not known to support its version",
);

/// How the Envoy executable is found.
#[derive(Debug, Clone, Copy)]
pub struct BinaryGroup;

impl Group for BinaryGroup {
    const HEADING: &'static str = "Envoy";
    const FLAGS: &'static [Flag] = &[ENVOY_BINARY, IGNORE_COMPATIBILITY];
}
