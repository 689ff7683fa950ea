//! A user's own bootstrap template (`envoy_bootstrap_json_tpl`): Go's `text/template` over Consul's fields.

use super::parts::Parts;
use super::{Admin, AgentEndpoint, BootstrapForm, BootstrapInput, Error, LOCAL_AGENT_CLUSTER, XdsSource};
use crate::gotemplate::{self, Value, record};

/// Executes the template of Proxy.Config.
///
/// The fields differ between the forms, and a field that the form lacks is an error, as in Consul: a template
/// written for one of them must not pass in silence with the other.
pub(super) fn execute(input: &BootstrapInput, parts: &Parts) -> Result<String, Error> {
    gotemplate::render(&input.proxy_config.bootstrap_template, &fields(input, parts), &[])
        .map_err(Error::Template)
}

/// The data of the template.
fn fields(input: &BootstrapInput, parts: &Parts) -> Value {
    let text = |text: &str| Value::String(text.into());
    let (address, port, socket, tls, authorities) = match &input.xds {
        XdsSource::Socket { path, .. } => ("", String::new(), path.as_str(), false, ""),
        XdsSource::Agent(agent) => {
            let authorities = agent.authorities.as_str();
            match &agent.endpoint {
                AgentEndpoint::Tcp { address, port } => {
                    (address.as_str(), port.to_string(), "", agent.tls, authorities)
                }
                AgentEndpoint::Unix { path } => ("", String::new(), path.as_str(), agent.tls, authorities),
            }
        }
    };
    let agent = [
        ("AgentAddress", text(address)),
        ("AgentPort", text(&port)),
        ("AgentTLS", Value::Bool(tls)),
        ("AgentSocket", text(socket)),
    ];
    // As Go prints such a struct.
    let grpc = record("GRPC", &format!("{{{address} {port} {tls} {socket}}}"), agent.clone());

    let node = &input.node;
    let log_path =
        if input.admin.log_path.is_empty() { Admin::DEFAULT_LOG } else { input.admin.log_path.as_str() };
    let sinks = parts.sinks.template_text();
    let mut fields: Vec<(&'static str, Value)> = agent.into();
    fields.extend([
        ("GRPC", grpc),
        ("ProxyID", text(&node.id)),
        ("ProxyCluster", text(&node.cluster)),
        ("AgentCAPEM", text(&authorities.replace('\n', "\\n"))),
        ("AdminAccessLogPath", text(log_path)),
        ("AdminBindAddress", text(&input.admin.address)),
        ("AdminBindPort", text(&input.admin.port.to_string())),
        ("LocalAgentClusterName", text(LOCAL_AGENT_CLUSTER)),
        ("Token", text(input.token.expose())),
        ("StaticClustersJSON", text(&parts.resources.clusters.template_text())),
        ("StaticListenersJSON", text(&parts.resources.listeners.template_text())),
        ("StatsConfigJSON", text(&parts.stats_config.compact())),
        ("StatsFlushInterval", text(&parts.flush_interval)),
        ("TracingConfigJSON", text(&input.proxy_config.tracing)),
        ("Namespace", text(&node.namespace)),
    ]);
    match input.form {
        BootstrapForm::V2 => {
            let sinks = if sinks.is_empty() { sinks } else { format!("[{sinks}]") };
            fields.extend([("StatsSinksJSON", text(&sinks)), ("EnvoyVersion", text(&node.envoy_version))]);
        }
        BootstrapForm::V3 => {
            let logs = parts.access_logs.iter().map(|log| Value::String(log.compact().into()));
            let prometheus = &input.prometheus;
            fields.extend([
                ("StatsSinksJSON", text(&sinks)),
                ("StaticSecretsJSON", text(&parts.resources.secrets.template_text())),
                ("AdminAccessLogConfig", Value::List(logs.collect())),
                ("ProxySourceService", text(&node.source_service)),
                ("NodeName", text(&node.node_name)),
                ("Partition", text(&node.partition)),
                ("Datacenter", text(&node.datacenter)),
                ("PrometheusBackendPort", text(&prometheus.backend_port)),
                ("PrometheusScrapePath", text(&prometheus.scrape_path)),
                ("PrometheusCAFile", text(&prometheus.ca_file)),
                ("PrometheusCAPath", text(&prometheus.ca_path)),
                ("PrometheusCertFile", text(&prometheus.cert_file)),
                ("PrometheusKeyFile", text(&prometheus.key_file)),
            ]);
        }
    }
    record("BootstrapTplArgs", "the fields of the bootstrap template", fields)
}
