//! `envoy.config.listener.v3` and the network filters.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{
    AccessLog, Address, Duration, HttpConnectionManager, HttpFilterConfig, NetworkRbac, TransportSocket,
};

/// `envoy.config.listener.v3.Listener`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listener {
    /// `<bind name>:<address>:<port>`.
    pub name: String,
    /// Where it listens.
    pub address: Address,
    /// Whether it listens at all; absent: it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_to_port: Option<bool>,
    /// Limit on what is held for one side of a connection, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_connection_buffer_limit_bytes: Option<u32>,
    /// Limit on the time that this is used up; Envoy 1.38 and later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_connection_buffer_high_watermark_timeout: Option<Duration>,
    /// One a name, and a last one for all other names; listeners share them.
    #[serde(serialize_with = "shared_chains")]
    pub filter_chains: Vec<Arc<FilterChain>>,
    /// Look at a connection before its chain is chosen.
    pub listener_filters: Vec<ListenerFilter>,
    /// For statistics.
    pub traffic_direction: TrafficDirection,
    /// Logs of connections that found no chain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_log: Vec<AccessLog>,
}

fn shared_chains<S: Serializer>(chains: &[Arc<FilterChain>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(chains.iter().map(AsRef::as_ref))
}

/// `envoy.config.core.v3.TrafficDirection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrafficDirection {
    /// Towards the services behind this Envoy.
    Inbound,
}

/// `envoy.config.listener.v3.ListenerFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListenerFilter {
    /// A label.
    pub name: &'static str,
    /// Its settings.
    pub typed_config: ListenerFilterConfig,
}

/// The listener filters in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum ListenerFilterConfig {
    /// Reads the SNI of the TLS hello.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector")]
    TlsInspector {},
}

/// `envoy.config.listener.v3.FilterChain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterChain {
    /// Which connections; absent on the last chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_chain_match: Option<FilterChainMatch>,
    /// What happens to them.
    pub filters: Vec<Filter>,
    /// TLS with the mesh client; absent on the last chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_socket: Option<TransportSocket>,
}

impl FilterChain {
    /// The first name that it matches; nothing for the last chain.
    pub fn name(&self) -> Option<&str> {
        self.filter_chain_match.as_ref()?.server_names.first().map(String::as_str)
    }

    /// Whether it holds a request until its body is complete.
    pub fn holds_bodies(&self) -> bool {
        self.filters.iter().any(|filter| match &filter.typed_config {
            FilterConfig::HttpConnectionManager(manager) => {
                let mut filters = manager.http_filters.iter();
                filters.any(|filter| matches!(filter.typed_config, HttpFilterConfig::AwsLambda(_)))
            }
            _ => false,
        })
    }
}

/// `envoy.config.listener.v3.FilterChainMatch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterChainMatch {
    /// SNIs.
    pub server_names: Vec<String>,
}

/// `envoy.config.listener.v3.Filter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// A label.
    pub name: &'static str,
    /// Its settings.
    pub typed_config: FilterConfig,
}

/// The network filters in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum FilterConfig {
    /// Intentions on connections.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC")]
    Rbac(NetworkRbac),
    /// Passes bytes to a cluster.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy")]
    TcpProxy(TcpProxy),
    /// Passes requests to a cluster.
    #[serde(
        rename = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    )]
    HttpConnectionManager(Box<HttpConnectionManager>),
}

/// `envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TcpProxy {
    /// Prefix of its statistics.
    pub stat_prefix: String,
    /// Where the bytes go; no such cluster: the connection is reset.
    pub cluster: String,
    /// Limit on the time without a byte in either direction; Envoy's default is an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<Duration>,
    /// One line a connection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_log: Vec<AccessLog>,
    /// When it connects to the cluster; absent: at once.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub upstream_connect: Option<UpstreamConnect>,
}

/// When a `TcpProxy` connects to its cluster: two of its fields. Current Envoys refuse the first without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UpstreamConnect {
    /// What it waits for.
    pub upstream_connect_mode: UpstreamConnectMode,
    /// The client's bytes that it reads before.
    pub max_early_data_bytes: u32,
}

/// `envoy.extensions.filters.network.tcp_proxy.v3.UpstreamConnectMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UpstreamConnectMode {
    /// The client's TLS handshake.
    OnDownstreamTlsHandshake,
}
