//! Errors in a bootstrap's inputs.

use crate::gateway::host_port::SplitError;
use crate::gotemplate::TemplateError;

/// Why no bootstrap can be rendered; each variant names the flag or key to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Keys of Proxy.Config hold values of the wrong type.
    #[error("Proxy.Config of the gateway cannot be used: {}", problems.join("; "))]
    ConfigTypes {
        /// One sentence a key.
        problems: Vec<String>,
    },
    /// A key whose value is JSON text holds something else.
    #[error("Proxy.Config key `{key}` is not {expected}: {source}")]
    ConfigJson {
        /// The key.
        key: &'static str,
        /// What it should hold.
        expected: &'static str,
        /// Why it is not JSON, with line and column within the value.
        source: serde_json::Error,
    },
    /// A statsd or dogstatsd address that cannot be used.
    #[error("Proxy.Config key `{key}`: {reason} (`{url}`)")]
    SinkAddress {
        /// The key.
        key: &'static str,
        /// The address after `$NAME` was replaced.
        url: String,
        /// What is wrong with it, and the form it should have.
        reason: String,
    },
    /// A bind address that is not `host:port`.
    #[error("{origin}: {source}")]
    BindAddress {
        /// The flag or key that gave it.
        origin: &'static str,
        /// What is wrong with it.
        source: AddressError,
    },
    /// Some Prometheus TLS flags, but not a full set.
    #[error(
        "TLS for the Prometheus endpoint needs a CA (--prometheus-ca-file or --prometheus-ca-path) as well as \
         --prometheus-cert-file and --prometheus-key-file"
    )]
    PrometheusTlsIncomplete,
    /// `-prometheus-backend-port` is not a port.
    #[error("--prometheus-backend-port: `{0}` is not a port number from 1 to 65535")]
    PrometheusBackendPort(String),
    /// `-envoy-ready-bind-port` is not a port.
    #[error("--envoy-ready-bind-port: {0} is not a port number from 1 to 65535")]
    ReadyPort(i64),
    /// A value that Consul could not write into a bootstrap, and that nothing else has a use for.
    #[error(
        "{what} holds a quote, a backslash or a control character{}, which a bootstrap cannot carry",
        value.as_ref().map(|value| format!(" ({value:?})")).unwrap_or_default()
    )]
    Characters {
        /// The flag, field or key.
        what: &'static str,
        /// The value, unless it is a secret.
        value: Option<String>,
    },
    /// `-envoy-ready-bind-address` is not an IP address.
    #[error("--envoy-ready-bind-address: `{0}` is not an IP address (no name, no port, no brackets)")]
    ReadyAddress(String),
    /// The access log format of proxy-defaults is not JSON.
    #[error("proxy-defaults `AccessLogs.JSONFormat` is not a JSON object: {0}")]
    AccessLogFormat(serde_json::Error),
    /// The access log type of proxy-defaults is unknown.
    #[error("proxy-defaults `AccessLogs.Type` is `{0}`; Consul knows stdout, stderr and file")]
    AccessLogType(String),
    /// The custom template cannot be parsed or executed.
    #[error("Proxy.Config key `envoy_bootstrap_json_tpl`, line:column {0}")]
    Template(TemplateError),
    /// The custom template renders to something that is not JSON.
    #[error(
        "Proxy.Config key `envoy_bootstrap_json_tpl` renders to something that is not one JSON document: {0}"
    )]
    TemplateJson(serde_json::Error),
}

/// Why a text is not an address of the form `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It cannot be split; the reason is in Go's words.
    #[error("`{address}` is not host:port: {source}")]
    Split {
        /// The whole text.
        address: String,
        /// What is wrong with it.
        source: SplitError,
    },
    /// The port is not a number, or too large.
    #[error("address `{address}`: `{port}` is not a port number from 0 to 65535 without zeros before it")]
    Port {
        /// The whole text.
        address: String,
        /// The port part.
        port: String,
    },
    /// There is no host part.
    #[error("address `{0}` has no host, which Envoy refuses; write 127.0.0.1 or 0.0.0.0 before the port")]
    EmptyHost(String),
    /// `HTTPS://`, which Consul takes for a host.
    #[error("address `{0}`: the scheme must be lowercase")]
    SchemeInCapitals(String),
    /// A user and password, which gRPC has no use for.
    #[error("address `{0}`: gRPC takes no user and password; leave out what stands before the `@`")]
    Credentials(String),
    /// `unix://` without a path.
    #[error("address `{0}` has no socket path after unix://")]
    EmptySocketPath(String),
}
