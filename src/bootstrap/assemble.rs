//! From flags and the agent's answers to the bootstrap's input.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{
    AccessLogs, Admin, AgentEndpoint, AgentGrpc, BootstrapForm, BootstrapInput, Error, GrpcAddress,
    GrpcEndpoint, Node, PrometheusOptions, ProxyConfig, ReadyBind, TagRules, XdsSource,
};
use crate::secret::Secret;
use crate::snapshot::AgentService;

/// The Envoy version that Consul 1.8 writes into a bootstrap by default.
const DEFAULT_ENVOY_VERSION: &str = "1.14.5";

/// What flags and environment say about the bootstrap, host names resolved.
#[derive(Debug, Clone)]
pub struct BootstrapOptions {
    /// Service id of the gateway.
    pub proxy_id: String,
    /// Service name of the gateway as far as it is known without the agent's answer about it; else its id.
    pub cluster: String,
    /// `-node-name`, else empty.
    pub node_name: String,
    /// Namespace asked for, else empty.
    pub namespace: String,
    /// Partition asked for, else empty.
    pub partition: String,
    pub envoy_version: Option<String>,
    /// The loopback address that suits the agent.
    pub loopback: IpAddr,
    /// Admin server's IP address.
    pub admin_address: String,
    /// Admin server's port.
    pub admin_port: u16,
    /// `-admin-access-log-path`, else empty.
    pub admin_log_path: String,
    /// The `-prometheus-*` flags.
    pub prometheus: PrometheusOptions,
    /// The `-envoy-ready-bind-*` flags, if both are given.
    pub ready: Option<ReadyBind>,
    pub omit_deprecated_tags: bool,
    pub no_central_config: bool,
    /// ACL token for Envoy.
    pub token: Secret,
}

/// PEM texts of the CAs that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorities {
    /// From `-grpc-ca-file` / `-grpc-ca-path` and their variables.
    pub grpc: Option<String>,
    /// From `-ca-file` / `-ca-path` and their variables.
    pub http: Option<String>,
}

/// The agent's gRPC listener, with TLS as the agent's release has it.
///
/// Consul before 1.10 speaks TLS where the address says so or the HTTP address is https, and trusts the HTTP CA.
/// Later ones go by the gRPC address alone; on a Unix socket a gRPC CA means TLS; without a gRPC CA, TLS trusts the
/// HTTP CA.
///
/// `resolved_host` is the IP address of the address's host, unused for a socket.
pub fn agent_grpc(
    form: BootstrapForm,
    address: &GrpcAddress,
    resolved_host: &str,
    http_is_tls: bool,
    authorities: &Authorities,
) -> AgentGrpc {
    let endpoint = match &address.endpoint {
        GrpcEndpoint::Tcp(host_port) => {
            AgentEndpoint::Tcp { address: resolved_host.to_owned(), port: host_port.port }
        }
        GrpcEndpoint::Unix { path } => AgentEndpoint::Unix { path: path.clone() },
    };
    let (tls, authorities) = match form {
        BootstrapForm::V2 => (address.tls || http_is_tls, authorities.http.clone()),
        BootstrapForm::V3 => {
            let on_socket = matches!(address.endpoint, GrpcEndpoint::Unix { .. });
            let tls = address.tls || (on_socket && authorities.grpc.is_some());
            let http = || authorities.http.clone().filter(|_| tls);
            (tls, authorities.grpc.clone().or_else(http))
        }
    };
    AgentGrpc { endpoint, tls, authorities: authorities.unwrap_or_default() }
}

/// Puts options and answers together.
///
/// `service` is the gateway as the agent has it, its Proxy.Config merged with proxy-defaults where the agent does
/// that; `access_logs` those of the proxy-defaults entry, which count even with `-no-central-config`; `variable`
/// looks up an environment variable.
pub fn assemble(
    options: &BootstrapOptions,
    form: BootstrapForm,
    xds: XdsSource,
    service: &AgentService,
    access_logs: Option<AccessLogs>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<BootstrapInput, Error> {
    let proxy_config = if options.no_central_config {
        ProxyConfig::default()
    } else {
        ProxyConfig::decode(&service.proxy.config, form)?
    };
    let variables: BTreeMap<String, String> = proxy_config
        .variables()
        .into_iter()
        .filter_map(|name| variable(&name).map(|value| (name, value)))
        .collect();
    let answered = |answer: &String, asked: &String| {
        if answer.is_empty() || form == BootstrapForm::V2 { asked.clone() } else { answer.clone() }
    };
    Ok(BootstrapInput {
        form,
        xds,
        token: options.token.clone(),
        node: Node {
            id: options.proxy_id.clone(),
            cluster: options.cluster.clone(),
            source_service: service.service.clone(),
            node_name: options.node_name.clone(),
            namespace: answered(&service.namespace, &options.namespace),
            partition: answered(&service.partition, &options.partition),
            datacenter: service.datacenter.clone(),
            envoy_version: options.envoy_version.clone().unwrap_or_else(|| DEFAULT_ENVOY_VERSION.to_owned()),
        },
        admin: Admin {
            address: options.admin_address.clone(),
            port: options.admin_port,
            log_path: options.admin_log_path.clone(),
            access_logs: access_logs.filter(|_| form == BootstrapForm::V3),
        },
        loopback: options.loopback,
        proxy_config,
        prometheus: options.prometheus.clone(),
        ready: options.ready.clone(),
        tag_rules: TagRules::consul(options.omit_deprecated_tags),
        heap: None,
        variables,
    })
}
