//! The Envoy v3 JSON that termgate writes: exactly the messages and fields it uses, by their proto names.
//!
//! Optional fields that are left out of the JSON mean Envoy's default. Messages that Envoy packs into
//! `google.protobuf.Any` are enums here whose serialised form carries the `@type`.

mod access_log;
mod cluster;
mod core;
pub mod encode;
mod http;
mod listener;
mod rbac;
mod route;
mod tls;

pub use access_log::{
    AccessLog, AccessLogConfig, AccessLogFilter, Comparison, EnvoyGrpc, FilterExpression, GrpcAccessLog,
    GrpcService, LogFormat, Operator, RuntimeUInt32,
};
pub use cluster::{
    Cluster, ClusterLoadAssignment, ClusterType, DnsLookupFamily, EdsClusterConfig, Endpoint,
    ExplicitHttpConfig, HealthStatus, HttpProtocolOptions, LbEndpoint, LbPolicy, LeastRequestLbConfig,
    LocalityLbEndpoints, Metadata, RingHashLbConfig, TcpKeepalive, UpstreamConnectionOptions,
    UpstreamProtocolOptions,
};
pub use core::{
    Address, ApiVersion, ConfigSource, DataSource, Duration, Empty, StringMatcher, StringPattern,
};
pub use http::{
    CommonHttpProtocolOptions, EscapedSlashes, ForwardClientCertDetails, GrpcStats, Http2ProtocolOptions,
    HttpConnectionManager, HttpFilter, HttpFilterConfig, LambdaConfig, LambdaInvocationMode, Rds,
    SetCurrentClientCertDetails, Tracing, Underscores, UpgradeConfig,
};
pub use listener::{
    Filter, FilterChain, FilterChainMatch, FilterConfig, Listener, ListenerFilter, ListenerFilterConfig,
    TcpProxy, TrafficDirection, UpstreamConnect, UpstreamConnectMode,
};
pub use rbac::{
    Action, Authenticated, HeaderMatcher, NetworkRbac, Permission, PermissionSet, Policy, Principal,
    PrincipalSet, Rbac, Rules, UrlPath,
};
pub use route::{
    ConnectionHash, CookieHash, HashPolicy, HeaderHash, QueryParameterHash, Route, RouteAction,
    RouteConfiguration, RouteMatch, VirtualHost,
};
pub use tls::{
    CombinedValidationContext, CommonTlsContext, DownstreamTlsContext, SanMatcher, SanType, SdsSecretConfig,
    Secret, TlsCertificate, TlsParameters, TransportSocket, TransportSocketConfig, UpstreamTlsContext,
    ValidationContext,
};

/// The five kinds of resources that a gateway's Envoy gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// Clusters (CDS).
    Cluster,
    /// Endpoints of the EDS clusters.
    Endpoint,
    /// Listeners (LDS).
    Listener,
    /// Routes of the HTTP filter chains (RDS).
    Route,
    /// Certificates and trusted CAs (SDS).
    Secret,
}

impl ResourceKind {
    /// All kinds, in the order in which Envoy wants to hear of them (what is referred to comes first).
    pub const ALL: [Self; 5] = [Self::Secret, Self::Cluster, Self::Endpoint, Self::Listener, Self::Route];

    /// The type URL of this kind in xDS requests and in `@type`.
    pub const fn type_url(self) -> &'static str {
        match self {
            Self::Cluster => "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            Self::Endpoint => "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
            Self::Listener => "type.googleapis.com/envoy.config.listener.v3.Listener",
            Self::Route => "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            Self::Secret => "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
        }
    }

    /// The kind that a type URL names, if it is one of the five.
    pub fn from_type_url(type_url: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.type_url() == type_url)
    }
}
