//! `envoy.config.cluster.v3` and `envoy.config.endpoint.v3`.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Address, ConfigSource, Duration, Empty, Http2ProtocolOptions, TransportSocket};

/// `envoy.config.cluster.v3.Cluster`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// The SNI of the linked service (or subset, or destination address).
    pub name: String,
    /// How Envoy finds the endpoints.
    pub r#type: ClusterType,
    /// For [`ClusterType::Eds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eds_cluster_config: Option<EdsClusterConfig>,
    /// Limit on setting up a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_timeout: Option<Duration>,
    /// Limit on what is held for one side of a connection, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_connection_buffer_limit_bytes: Option<u32>,
    /// Limit on the time that this is used up; Envoy 1.38 and later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_connection_buffer_high_watermark_timeout: Option<Duration>,
    /// How often names are resolved again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_refresh_rate: Option<Duration>,
    /// Which address families are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_lookup_family: Option<DnsLookupFamily>,
    /// Ejects endpoints after five failures in a row (Envoy's defaults).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlier_detection: Option<Empty>,
    /// TCP options of connections to endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_connection_options: Option<UpstreamConnectionOptions>,
    /// Load balancing; Envoy's default is round robin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lb_policy: Option<LbPolicy>,
    /// Options of [`LbPolicy::LeastRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_request_lb_config: Option<LeastRequestLbConfig>,
    /// Options of [`LbPolicy::RingHash`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_hash_lb_config: Option<RingHashLbConfig>,
    /// TLS towards the external service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_socket: Option<TransportSocket>,
    /// HTTP/2 towards the external service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed_extension_protocol_options: Option<UpstreamProtocolOptions>,
    /// Marks for filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The endpoints of all types but EDS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_assignment: Option<ClusterLoadAssignment>,
}

/// `envoy.config.cluster.v3.Cluster.DiscoveryType`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClusterType {
    /// IP addresses in the cluster itself.
    #[default]
    Static,
    /// All addresses of all names are endpoints.
    StrictDns,
    /// One name; a new connection goes to its first address.
    LogicalDns,
    /// Endpoints are a resource of their own.
    Eds,
}

/// `envoy.config.cluster.v3.Cluster.DnsLookupFamily`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DnsLookupFamily {
    /// Only A records.
    V4Only,
    /// A and AAAA records.
    All,
}

/// `envoy.config.cluster.v3.Cluster.EdsClusterConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdsClusterConfig {
    /// Where the endpoints come from.
    pub eds_config: ConfigSource,
}

/// `envoy.config.cluster.v3.Cluster.LbPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LbPolicy {
    /// The one of several random endpoints with the fewest requests.
    LeastRequest,
    /// Consistent hashing on a ring.
    RingHash,
    /// Any endpoint.
    Random,
    /// Consistent hashing by table.
    Maglev,
}

/// `envoy.config.cluster.v3.Cluster.LeastRequestLbConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LeastRequestLbConfig {
    /// How many endpoints are compared; Envoy wants at least 2.
    pub choice_count: u32,
}

/// `envoy.config.cluster.v3.Cluster.RingHashLbConfig`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RingHashLbConfig {
    /// Envoy's default is 1024.
    #[serde(serialize_with = "u64_as_text", skip_serializing_if = "Option::is_none")]
    pub minimum_ring_size: Option<u64>,
    /// Envoy's default is 8 M.
    #[serde(serialize_with = "u64_as_text", skip_serializing_if = "Option::is_none")]
    pub maximum_ring_size: Option<u64>,
}

/// 64-bit numbers are text in protobuf's JSON form.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn u64_as_text<S: Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => serializer.collect_str(number),
        None => serializer.serialize_none(),
    }
}

/// `envoy.config.cluster.v3.UpstreamConnectionOptions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UpstreamConnectionOptions {
    /// Keeps idle connections alive.
    pub tcp_keepalive: TcpKeepalive,
}

/// `envoy.config.core.v3.TcpKeepalive`; what is absent is the operating system's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TcpKeepalive {
    /// Probes without answer before the connection counts as dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive_probes: Option<u32>,
    /// Seconds of silence before the first probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive_time: Option<u32>,
    /// Seconds between probes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keepalive_interval: Option<u32>,
}

/// `Cluster.typed_extension_protocol_options`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpstreamProtocolOptions {
    /// HTTP options.
    #[serde(rename = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")]
    pub http: HttpProtocolOptions,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum HttpProtocolOptions {
    /// `envoy.extensions.upstreams.http.v3.HttpProtocolOptions`.
    #[serde(rename = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions")]
    Http {
        /// The protocol is given, not negotiated.
        explicit_http_config: ExplicitHttpConfig,
    },
}

/// `HttpProtocolOptions.ExplicitHttpConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplicitHttpConfig {
    /// HTTP/2.
    pub http2_protocol_options: Http2ProtocolOptions,
}

/// `envoy.config.core.v3.Metadata`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// By filter name.
    pub filter_metadata: Map<String, Value>,
}

/// `envoy.config.endpoint.v3.ClusterLoadAssignment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterLoadAssignment {
    /// The cluster these endpoints belong to.
    pub cluster_name: String,
    /// One group; termgate knows no localities.
    pub endpoints: Vec<LocalityLbEndpoints>,
}

/// `envoy.config.endpoint.v3.LocalityLbEndpoints`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LocalityLbEndpoints {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lb_endpoints: Vec<LbEndpoint>,
}

/// `envoy.config.endpoint.v3.LbEndpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LbEndpoint {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Whether it gets traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_status: Option<HealthStatus>,
    /// Its share, 1 to 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancing_weight: Option<u32>,
}

/// `envoy.config.endpoint.v3.Endpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// Address and port.
    pub address: Address,
}

/// `envoy.config.core.v3.HealthStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HealthStatus {
    /// Gets traffic.
    Healthy,
    /// Gets none, unless too few are healthy (Envoy's panic threshold).
    Unhealthy,
}
