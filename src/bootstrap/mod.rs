//! Envoy's bootstrap: what `consul connect envoy -bootstrap` prints, as a pure function of its inputs.
//!
//! Two forms exist, after the Consul that Envoy will talk to: [`BootstrapForm::V2`] (before 1.10) and
//! [`BootstrapForm::V3`]. Direct mode uses the second with [`XdsSource::Socket`]. A user's template
//! (`envoy_bootstrap_json_tpl`) replaces either. [`check::check`] tells what Envoy would refuse in the result.

mod access_log;
mod address;
mod central_config;
pub mod check;
mod config;
mod error;
mod fragments;
mod grpc_address;
mod json;
mod listeners;
mod parts;
mod sinks;
mod stats_tags;
mod template;
mod v2;
mod v3;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

pub use self::access_log::AccessLogs;
pub use self::address::HostPort;
pub use self::central_config::{MergedConfig, Origin, merge_central_config};
pub use self::config::ProxyConfig;
pub use self::error::{AddressError, Error};
pub use self::grpc_address::{
    AgentGrpcPorts, GrpcAddress, GrpcEndpoint, GrpcSource, UnknownPorts, discover_grpc_address,
    parse_grpc_address,
};
use self::json::{Json, list, object};
use self::parts::Parts;
use crate::secret::Secret;

/// Name of the cluster through which Envoy reaches its xDS server.
pub const LOCAL_AGENT_CLUSTER: &str = "local_agent";

/// Which of the two bootstraps Consul's version asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootstrapForm {
    /// Consul before 1.10: Envoy's v2 API.
    V2,
    /// Consul from 1.10 on, and direct mode: Envoy's v3 API.
    V3,
}

impl BootstrapForm {
    /// The form for a Consul release such as `1.8.7` or `1.21.4+ent`; `None` where the text is no version.
    pub fn for_consul(version: &str) -> Option<Self> {
        let mut numbers = version.trim_start_matches('v').split(['.', '-', '+']).map(str::parse::<u64>);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(if (major, minor) < (1, 10) { Self::V2 } else { Self::V3 })
    }
}

/// All that a bootstrap depends on.
#[derive(Debug, Clone)]
pub struct BootstrapInput {
    /// Which form to write.
    pub form: BootstrapForm,
    /// Where Envoy gets its configuration from.
    pub xds: XdsSource,
    /// ACL token sent with every xDS request; may be empty.
    pub token: Secret,
    /// Who this Envoy is.
    pub node: Node,
    /// Envoy's admin server.
    pub admin: Admin,
    /// The decoded Proxy.Config (default where `-no-central-config` is given).
    pub proxy_config: ProxyConfig,
    /// The `-prometheus-*` flags.
    pub prometheus: PrometheusOptions,
    /// The `-envoy-ready-bind-*` flags, if both are given.
    pub ready: Option<ReadyBind>,
    /// `-omit-deprecated-tags`.
    pub omit_deprecated_tags: bool,
    /// Values of the environment variables that [`ProxyConfig::variables`] names.
    pub variables: BTreeMap<String, String>,
}

/// Where Envoy gets its configuration from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum XdsSource {
    /// A Consul agent's gRPC port.
    Agent(AgentGrpc),
    /// The delta ADS server of direct mode, on a Unix socket.
    Socket {
        /// Path of the socket.
        path: String,
    },
}

/// A Consul agent's gRPC listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentGrpc {
    /// Where it listens.
    pub endpoint: AgentEndpoint,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// PEM text of the CAs that were given, TLS or not (templates see them either way). Empty with `tls` is what
    /// Consul writes for TLS without a CA.
    pub authorities: String,
}

/// A resolved gRPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentEndpoint {
    /// IP address and port.
    Tcp {
        /// IP address without brackets: Envoy does not resolve names here.
        address: String,
        /// Port.
        port: u16,
    },
    /// Unix socket.
    Unix {
        /// Its path.
        path: String,
    },
}

/// Who this Envoy is towards its xDS server and in its metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Service id of the gateway.
    pub id: String,
    /// Service name of the gateway.
    pub cluster: String,
    /// Service name in the gateway's registration, for the metric tags.
    pub source_service: String,
    /// `-node-name`, else empty.
    pub node_name: String,
    /// Enterprise namespace, else empty (written as `default`).
    pub namespace: String,
    /// Enterprise partition, else empty (written as `default`).
    pub partition: String,
    /// The agent's datacenter.
    pub datacenter: String,
    /// `-envoy-version`, only part of the v2 form.
    pub envoy_version: String,
}

/// Envoy's admin server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// IP address without brackets.
    pub address: String,
    /// Port; 0 lets the kernel choose.
    pub port: u16,
    /// `-admin-access-log-path`; empty means [`Admin::DEFAULT_LOG`].
    pub log_path: String,
    /// `AccessLogs` of proxy-defaults; they win over the path.
    pub access_logs: Option<AccessLogs>,
}

impl Admin {
    /// Where the admin server logs to unless told otherwise: nowhere.
    pub const DEFAULT_LOG: &'static str = "/dev/null";

    fn access_log_path(&self) -> Json {
        if self.log_path.is_empty() { Self::DEFAULT_LOG.into() } else { (&self.log_path).into() }
    }
}

/// The `-prometheus-*` flags as given; empty means not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrometheusOptions {
    /// `-prometheus-backend-port`.
    pub backend_port: String,
    /// `-prometheus-scrape-path`; the flag's default is `/metrics`.
    pub scrape_path: String,
    /// `-prometheus-ca-file`.
    pub ca_file: String,
    /// `-prometheus-ca-path`; wins over the file.
    pub ca_path: String,
    /// `-prometheus-cert-file`.
    pub cert_file: String,
    /// `-prometheus-key-file`.
    pub key_file: String,
}

impl PrometheusOptions {
    /// Certificate and key file, where TLS is asked for.
    fn tls(&self) -> Option<(&str, &str)> {
        (!self.cert_file.is_empty()).then_some((self.cert_file.as_str(), self.key_file.as_str()))
    }

    /// Whether some TLS flags are given, but not all that TLS needs.
    fn tls_is_partial(&self) -> bool {
        let authority = !self.ca_file.is_empty() || !self.ca_path.is_empty();
        let given = [authority, !self.cert_file.is_empty(), !self.key_file.is_empty()];
        given.contains(&true) && given.contains(&false)
    }
}

/// Where Envoy's readiness probe listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyBind {
    /// `-envoy-ready-bind-address`.
    pub address: String,
    /// `-envoy-ready-bind-port`, as given.
    pub port: i64,
}

/// A finished bootstrap: one JSON document.
#[derive(Clone, PartialEq, Eq)]
pub struct Bootstrap {
    form: BootstrapForm,
    custom: bool,
    text: String,
}

impl Bootstrap {
    /// The document, laid out with two spaces and without a line end after it (a template may bring its own).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document as a value; of duplicate keys the last counts.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Which form it has.
    pub fn form(&self) -> BootstrapForm {
        self.form
    }

    /// Whether it comes from the user's own template.
    pub fn is_custom(&self) -> bool {
        self.custom
    }
}

impl std::fmt::Debug for Bootstrap {
    /// Without the text: it holds the ACL token.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Bootstrap")
            .field("form", &self.form)
            .field("custom", &self.custom)
            .finish_non_exhaustive()
    }
}

/// Renders the bootstrap.
///
/// Consul: a non-empty `envoy_bootstrap_json_tpl` replaces the built-in text.
pub fn render(input: &BootstrapInput) -> Result<Bootstrap, Error> {
    let parts = Parts::new(input)?;
    let custom = !input.proxy_config.bootstrap_template.is_empty();
    let text = if custom {
        let text = template::execute(input, &parts)?;
        json::check_document(&text).map_err(Error::TemplateJson)?;
        text
    } else {
        let document = match input.form {
            BootstrapForm::V2 => v2::document(input, parts),
            BootstrapForm::V3 => v3::document(input, parts),
        };
        document.compact()
    };
    Ok(Bootstrap { form: input.form, custom, text: json::indent(&text) })
}

/// The gRPC services of `ads_config`: the agent's cluster, and the token as a header for agents.
fn grpc_services(input: &BootstrapInput) -> Json {
    let mut services = Vec::new();
    if let XdsSource::Agent(_) = input.xds {
        let header = object! { "key": "x-consul-token", "value": input.token.expose().to_owned() };
        services.push(("initial_metadata", list![header]));
    }
    services.push(("envoy_grpc", object! { "cluster_name": LOCAL_AGENT_CLUSTER }));
    Json::Object(services)
}

fn socket_address(address: Cow<'static, str>, port: u16) -> Json {
    object! { "socket_address": object! { "address": Json::Text(address), "port_value": port } }
}

fn pipe(path: Cow<'static, str>) -> Json {
    object! { "pipe": object! { "path": Json::Text(path) } }
}

fn or_default(name: &str) -> &str {
    if name.is_empty() { "default" } else { name }
}
