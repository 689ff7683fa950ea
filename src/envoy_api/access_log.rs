//! `envoy.config.accesslog.v3` and the loggers Consul knows.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{ApiVersion, DataSource, Duration};

/// `envoy.config.accesslog.v3.AccessLog`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessLog {
    /// A label; Envoy goes by the type of the configuration.
    pub name: &'static str,
    /// Which connections are logged; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<AccessLogFilter>,
    /// Where the lines go.
    pub typed_config: AccessLogConfig,
}

/// `envoy.config.accesslog.v3.AccessLogFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLogFilter {
    /// By response flags.
    ResponseFlagFilter {
        /// `NR`: no route, or no filter chain.
        flags: Vec<&'static str>,
    },
    /// By the status of the response.
    StatusCodeFilter {
        /// What is compared.
        comparison: Comparison,
    },
    /// What one of several lets through.
    OrFilter {
        /// At least two.
        filters: Vec<AccessLogFilter>,
    },
    /// By an expression.
    ExtensionFilter {
        /// A label.
        name: &'static str,
        /// The expression.
        typed_config: FilterExpression,
    },
}

/// `envoy.config.accesslog.v3.ComparisonFilter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// How it is compared.
    pub op: Operator,
    /// With what.
    pub value: RuntimeUInt32,
}

/// `envoy.config.accesslog.v3.ComparisonFilter.Op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operator {
    /// The same.
    Eq,
}

/// `envoy.config.core.v3.RuntimeUInt32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RuntimeUInt32 {
    pub default_value: u32,
    /// What may override it; Envoy wants one.
    pub runtime_key: &'static str,
}

/// `envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum FilterExpression {
    /// An expression in CEL.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter")]
    Cel {
        /// What is true of what is logged.
        expression: &'static str,
    },
}

/// The logger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum AccessLogConfig {
    /// A file that Envoy appends to.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog")]
    File {
        /// Its path.
        path: String,
        /// How a line looks.
        log_format: LogFormat,
    },
    /// Envoy's standard output.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog")]
    Stdout {
        /// How a line looks.
        log_format: LogFormat,
    },
    /// Envoy's standard error.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog")]
    Stderr {
        /// How a line looks.
        log_format: LogFormat,
    },
    /// A server of access logs, for requests.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig")]
    HttpGrpc {
        /// Which server, and how often.
        common_config: GrpcAccessLog,
    },
    /// A server of access logs, for connections.
    #[serde(rename = "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig")]
    TcpGrpc {
        /// Which server, and how often.
        common_config: GrpcAccessLog,
    },
}

/// `envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrpcAccessLog {
    /// A label that the server sees.
    pub log_name: &'static str,
    /// The server.
    pub grpc_service: GrpcService,
    /// Which messages are spoken.
    pub transport_api_version: ApiVersion,
    /// How long entries may wait for others.
    pub buffer_flush_interval: Duration,
}

/// `envoy.config.core.v3.GrpcService`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrpcService {
    /// By Envoy's own client.
    pub envoy_grpc: EnvoyGrpc,
}

/// `envoy.config.core.v3.GrpcService.EnvoyGrpc`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvoyGrpc {
    /// A cluster of the bootstrap.
    pub cluster_name: &'static str,
}

/// `envoy.config.core.v3.SubstitutionFormatString`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// A JSON object a line.
    JsonFormat(Map<String, Value>),
    /// Free text.
    TextFormatSource(DataSource),
}
