//! `envoy.extensions.filters.network.http_connection_manager.v3` and the HTTP filters.

use serde::Serialize;
use serde_json::Value;

use super::{AccessLog, ConfigSource, Empty, Rbac, RouteConfiguration};

/// `HttpConnectionManager`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpConnectionManager {
    /// Prefix of its statistics.
    pub stat_prefix: String,
    /// The routes, as a resource of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rds: Option<Rds>,
    /// The routes themselves, in a static configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_config: Option<RouteConfiguration>,
    /// The last is the router.
    pub http_filters: Vec<HttpFilter>,
    pub tracing: Tracing,
    /// HTTP/2 options towards the mesh client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http2_protocol_options: Option<Http2ProtocolOptions>,
    /// What becomes of the header `x-forwarded-client-cert`; absent: it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_client_cert_details: Option<ForwardClientCertDetails>,
    /// Which parts of the client's certificate are passed to the external service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_current_client_cert_details: Option<SetCurrentClientCertDetails>,
    /// Upgrades that may pass.
    pub upgrade_configs: Vec<UpgradeConfig>,
    /// One line a request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_log: Vec<AccessLog>,
    /// Takes any port off the host before routing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strip_any_host_port: bool,
    /// Limit on the headers of a request, in KiB; Envoy's default is 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_request_headers_kb: Option<u32>,
    /// Resolves dot segments, decodes unreserved characters and turns `\` into `/` before any filter sees the path.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub normalize_path: bool,
    /// Makes one slash of several.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub merge_slashes: bool,
    /// What becomes of a path with `%2F` or `%5C`; absent: it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_with_escaped_slashes_action: Option<EscapedSlashes>,
    /// Options of every version of HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_http_protocol_options: Option<CommonHttpProtocolOptions>,
}

/// `envoy.config.core.v3.Http2ProtocolOptions`; what is absent is Envoy's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Http2ProtocolOptions {
    /// What a peer may send on one stream before it is read, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_stream_window_size: Option<u32>,
    /// The same on all streams of a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_connection_window_size: Option<u32>,
}

/// `HttpConnectionManager.PathWithEscapedSlashesAction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EscapedSlashes {
    /// They stay as they are.
    KeepUnchanged,
    /// The request gets status 400.
    RejectRequest,
    /// The client is sent to the path with slashes in their place.
    UnescapeAndRedirect,
    /// The request goes on with slashes in their place.
    UnescapeAndForward,
}

/// `envoy.config.core.v3.HttpProtocolOptions`, of a downstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommonHttpProtocolOptions {
    /// What becomes of headers with `_` in their name.
    pub headers_with_underscores_action: Underscores,
}

/// `envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction`, but for its default, to allow them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Underscores {
    /// The request gets status 400.
    RejectRequest,
    /// The header is left out.
    DropHeader,
}

/// `HttpConnectionManager.Tracing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Tracing {
    /// No request is sampled by this Envoy.
    Unsampled {
        /// A percentage of zero.
        random_sampling: Empty,
    },
    /// The gateway's `envoy_listener_tracing_json`.
    Custom(Value),
}

impl Default for Tracing {
    fn default() -> Self {
        Self::Unsampled { random_sampling: Empty {} }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rds {
    /// Where the routes come from.
    pub config_source: ConfigSource,
    /// Their name.
    pub route_config_name: String,
}

/// `HttpConnectionManager.ForwardClientCertDetails`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ForwardClientCertDetails {
    /// Adds the client's certificate to what the client sent.
    AppendForward,
}

/// `HttpConnectionManager.SetCurrentClientCertDetails`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the message is Envoy's")]
pub struct SetCurrentClientCertDetails {
    pub subject: bool,
    /// The certificate.
    pub cert: bool,
    pub chain: bool,
    /// Its DNS names.
    pub dns: bool,
    /// Its URI, the SPIFFE id.
    pub uri: bool,
}

/// `HttpConnectionManager.UpgradeConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpgradeConfig {
    /// `websocket`.
    pub upgrade_type: &'static str,
}

/// `HttpFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpFilter {
    /// A label.
    pub name: &'static str,
    /// Its settings.
    pub typed_config: HttpFilterConfig,
}

/// The HTTP filters in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum HttpFilterConfig {
    /// Intentions on requests.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC")]
    Rbac(Rbac),
    /// Statistics by gRPC method.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig")]
    GrpcStats(GrpcStats),
    /// gRPC for HTTP/1.1 clients.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.http.grpc_http1_bridge.v3.Config")]
    GrpcHttp1Bridge {},
    /// AWS Lambda in place of an external service.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.http.aws_lambda.v3.Config")]
    AwsLambda(LambdaConfig),
    /// Sends the request.
    #[serde(rename = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router")]
    Router {},
}

/// `envoy.extensions.filters.http.grpc_stats.v3.FilterConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrpcStats {
    /// Every method has its own statistics.
    pub stats_for_all_methods: bool,
}

/// `envoy.extensions.filters.http.aws_lambda.v3.Config`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LambdaConfig {
    /// The function.
    pub arn: String,
    /// Whether the body is the payload as it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub payload_passthrough: bool,
    /// Whether the answer is waited for; Envoy's default is yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invocation_mode: Option<LambdaInvocationMode>,
}

/// `envoy.extensions.filters.http.aws_lambda.v3.Config.InvocationMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LambdaInvocationMode {
    /// The answer is not waited for.
    Asynchronous,
}
