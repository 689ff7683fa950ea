//! Flags that say which gateway, how it is registered and how its Envoy is set up.

use std::path::PathBuf;

use clap::Args;

use super::agent::AgentArgs;
use crate::cli::dropin::connect_envoy::ConnectEnvoyArgs;
use crate::gateway::definition::ServiceDefinition;
use crate::settings::connect_envoy::DEFAULT_SERVICE;
use crate::settings::env::{self, Env};

/// Which gateway.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gateway")]
pub struct GatewayArgs {
    /// Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Service id, where replicas of one gateway share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]
    #[arg(long, visible_alias = "proxy-id", value_name = "ID")]
    pub service_id: Option<String>,
}

/// How the gateway is registered.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Registration")]
pub struct RegistrationArgs {
    /// Address inside the datacenter, IP:port; templates such as '{{ GetInterfaceIP "eth0" }}:8443' are evaluated [env: TERMGATE_ADDRESS]
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// Address from other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]
    #[arg(long, value_name = "ADDRESS")]
    pub wan_address: Option<String>,
    /// Address for Envoy to listen on instead, NAME=IP:port; may be repeated
    #[arg(long, value_name = "NAME=ADDRESS")]
    pub bind_address: Vec<String>,
    /// How long the health check may fail before the agent drops the service
    #[arg(long, value_name = "DURATION", default_value = "6h")]
    pub deregister_after_critical: String,
    /// Service definition file (HCL or JSON), as an agent reads them: tags, meta and Proxy.Config come from it, and the name, id and addresses that no flag gives
    #[arg(long, visible_alias = "config", value_name = "FILE")]
    pub service_config: Option<PathBuf>,
    /// What that file says, once it is read.
    #[arg(skip)]
    pub definition: ServiceDefinition,
}

/// How Envoy is set up.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Envoy")]
pub struct EnvoyArgs {
    /// Address of Envoy's admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub admin_bind: Option<String>,
    /// The agent's gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: what the agent says]
    #[arg(long, value_name = "ADDRESS")]
    pub grpc_addr: Option<String>,
    /// CA file for TLS to the agent's gRPC port [env: CONSUL_GRPC_CACERT]
    #[arg(long, value_name = "FILE")]
    pub grpc_ca_file: Option<String>,
    /// Directory of such CA files [env: CONSUL_GRPC_CAPATH]
    #[arg(long, value_name = "DIR")]
    pub grpc_ca_path: Option<String>,
    /// IP address of Envoy's readiness endpoint; needs --envoy-ready-bind-port
    #[arg(long, value_name = "IP", requires = "envoy_ready_bind_port")]
    pub envoy_ready_bind_address: Option<String>,
    /// Port of Envoy's readiness endpoint
    #[arg(long, value_name = "PORT", requires = "envoy_ready_bind_address")]
    pub envoy_ready_bind_port: Option<u16>,
    /// Leave out the metric tags of Consul before 1.9
    #[arg(long)]
    pub omit_deprecated_tags: bool,
    /// Leave Proxy.Config out of the bootstrap: that of proxy-defaults and that of the registration
    #[arg(long)]
    pub no_central_config: bool,
}

/// How the Envoy executable is found.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Envoy")]
pub struct EnvoyBinaryArgs {
    /// Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]
    #[arg(long, value_name = "PATH")]
    pub envoy_binary: Option<String>,
    /// Start Envoy even if this Consul is not known to support its version
    #[arg(long)]
    pub ignore_envoy_compatibility: bool,
}

impl GatewayArgs {
    /// With the environment where a flag is not given.
    #[must_use]
    pub fn with_environment(mut self, env: &dyn Env) -> Self {
        self.service = self.service.or_else(|| env.get(env::TERMGATE_SERVICE));
        self.service_id = self.service_id.or_else(|| env.get(env::TERMGATE_SERVICE_ID));
        self
    }

    /// The service id: as given, else the service name, else Consul's default name.
    pub fn id(&self) -> String {
        let name = || self.service.clone().unwrap_or_else(|| DEFAULT_SERVICE.to_owned());
        self.service_id.clone().unwrap_or_else(name)
    }
}

/// The modern flags as the drop-in command's arguments: both grammars lead to the same settings.
pub fn into_dropin(
    agent: AgentArgs,
    gateway: GatewayArgs,
    registration: Option<RegistrationArgs>,
    envoy: EnvoyArgs,
    binary: EnvoyBinaryArgs,
    env: &dyn Env,
) -> ConnectEnvoyArgs {
    let GatewayArgs { service, service_id } = gateway.with_environment(env);
    let register = registration.is_some();
    let RegistrationArgs {
        address,
        wan_address,
        bind_address,
        deregister_after_critical,
        service_config: _,
        definition,
    } = registration.unwrap_or_default();
    let service = service.or_else(|| definition.name.clone());
    let service_id = service_id.or_else(|| definition.id.clone());
    ConnectEnvoyArgs {
        gateway: Some("terminating".to_owned()),
        register,
        // Unlike `connect envoy`, the modern commands never take another gateway than the one they name.
        proxy_id: service_id.or_else(|| service.clone()),
        service,
        address: address
            .or_else(|| env.get(env::TERMGATE_ADDRESS))
            .or_else(|| definition.address.clone())
            .filter(|_| register),
        wan_address: wan_address
            .or_else(|| env.get(env::TERMGATE_WAN_ADDRESS))
            .or_else(|| definition.wan_address.clone())
            .filter(|_| register),
        bind_addresses: bind_address,
        deregister_after_critical: register.then_some(deregister_after_critical),
        envoy_binary: binary.envoy_binary.or_else(|| env.get(env::TERMGATE_ENVOY_BINARY)),
        ignore_envoy_compatibility: binary.ignore_envoy_compatibility,
        admin_bind: envoy.admin_bind.or_else(|| env.get(env::TERMGATE_ADMIN_BIND)),
        ready_bind_address: envoy.envoy_ready_bind_address,
        ready_bind_port: envoy.envoy_ready_bind_port.map(i64::from),
        grpc_addr: envoy.grpc_addr,
        grpc_ca_file: envoy.grpc_ca_file,
        grpc_ca_path: envoy.grpc_ca_path,
        omit_deprecated_tags: envoy.omit_deprecated_tags,
        no_central_config: envoy.no_central_config,
        agent: agent.into_dropin(),
        definition,
        ..ConnectEnvoyArgs::default()
    }
}
