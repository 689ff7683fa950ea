//! `envoy.config.accesslog.v3` and the loggers Consul knows.

use serde::Serialize;
use serde_json::{Map, Value};

use super::DataSource;

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
pub struct AccessLogFilter {
    /// By response flags.
    pub response_flag_filter: ResponseFlagFilter,
}

/// `envoy.config.accesslog.v3.ResponseFlagFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResponseFlagFilter {
    /// `NR`: no route, or no filter chain.
    pub flags: Vec<&'static str>,
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
