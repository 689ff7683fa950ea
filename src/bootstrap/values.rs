//! Checks the values of one Proxy.Config, key by key: would Envoy refuse a bootstrap with them?
//!
//! Each key is put into a bootstrap that has nothing else in it, which then goes through the same code as the bootstrap
//! of a gateway: rendering and [`check`].

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::check;
use super::sinks::HOST_IP;
use super::{
    Admin, BootstrapForm, BootstrapInput, Error, Node, PrometheusOptions, ProxyConfig, TagRules, XdsSource,
    render,
};
use crate::envoy_api::{ResourceKind, encode};
use crate::finding::Severity;
use crate::proxy_config::{Key, keys};
use crate::secret::Secret;

/// A value that no bootstrap can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    /// The key as it is written; `None` where several together are wrong.
    pub key: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub problem: String,
}

/// Looks at every value of `config` that a bootstrap depends on, and at all of them together where each alone is right.
///
/// Variables of the environment are taken to be set: which ones are is known only where Envoy is started.
pub fn bad_values(config: &Map<String, Value>, form: BootstrapForm) -> Vec<BadValue> {
    let of = |key: Option<&String>, config: &Map<String, Value>| {
        let found = problems(config, form).into_iter();
        found
            .map(|(severity, problem)| BadValue { key: key.cloned(), severity, problem })
            .collect::<Vec<BadValue>>()
    };
    let alone: Vec<BadValue> = config
        .iter()
        .flat_map(|(key, value)| of(Some(key), &Map::from_iter([(key.clone(), value.clone())])))
        .collect();
    if alone.is_empty() { of(None, config) } else { alone }
}

fn problems(config: &Map<String, Value>, form: BootstrapForm) -> Vec<(Severity, String)> {
    let proxy_config = match ProxyConfig::decode(config, form) {
        Ok(decoded) => decoded,
        Err(Error::ConfigTypes { problems }) => {
            return problems.into_iter().map(|problem| (Severity::Failure, problem)).collect();
        }
        Err(error) => return vec![(Severity::Failure, error.to_string())],
    };
    let value = |name: String| {
        let value = if name == HOST_IP { "127.0.0.1" } else { "udp://127.0.0.1:8125" };
        (name, value.to_owned())
    };
    let unknown = unknown_fields(&proxy_config);
    let variables: BTreeMap<String, String> = proxy_config.variables().into_iter().map(value).collect();
    match render(&sample(form, proxy_config, variables)) {
        Ok(bootstrap) => {
            let findings = check::check(&bootstrap).into_iter();
            let mut found: Vec<_> = findings.map(|finding| (finding.severity, finding.message)).collect();
            if found.is_empty() && form == BootstrapForm::V3 {
                found.extend(unknown.into_iter().map(|problem| (Severity::Warning, problem)));
            }
            found
        }
        Err(error) => vec![(Severity::Failure, error.to_string())],
    }
}

/// Fields of static resources that Envoy's API does not have, as far as it is known here: a newer Envoy may know more. Of
/// other things Envoy is more lenient than a reader of its messages (an object stands for a list of one).
fn unknown_fields(config: &ProxyConfig) -> Vec<String> {
    let of = |resources: Result<Vec<Value>, Error>, kind: ResourceKind, key: Key| -> Vec<String> {
        let reason = |resource: &Value| match encode::message(kind.type_url(), resource) {
            Err(encode::Error::Message { reason, .. }) if reason.contains("unrecognized field") => {
                Some(reason)
            }
            _ => None,
        };
        let found = resources.unwrap_or_default();
        let found = found.iter().filter_map(reason);
        found
            .map(|reason| format!("Proxy.Config key `{}`: Envoy may refuse this: {reason}", key.name))
            .collect()
    };
    let clusters = of(config.extra_clusters(), ResourceKind::Cluster, keys::STATIC_CLUSTERS);
    let listeners = of(config.extra_listeners(), ResourceKind::Listener, keys::STATIC_LISTENERS);
    [clusters, listeners].concat()
}

/// A bootstrap that would be accepted but for `proxy_config`.
fn sample(
    form: BootstrapForm,
    proxy_config: ProxyConfig,
    variables: BTreeMap<String, String>,
) -> BootstrapInput {
    let name = || "gateway".to_owned();
    BootstrapInput {
        form,
        xds: XdsSource::Socket { path: "/run/gateway.sock".to_owned(), quick_reconnect: false },
        token: Secret::default(),
        node: Node { id: name(), cluster: name(), source_service: name(), ..Node::default() },
        admin: Admin {
            address: Ipv4Addr::LOCALHOST.to_string(),
            port: 0,
            log_path: String::new(),
            access_logs: None,
        },
        loopback: Ipv4Addr::LOCALHOST.into(),
        proxy_config,
        prometheus: PrometheusOptions { scrape_path: "/metrics".to_owned(), ..PrometheusOptions::default() },
        ready: None,
        tag_rules: TagRules::None,
        heap: None,
        variables,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(config: &Value) -> Vec<(String, String)> {
        let bad = bad_values(config.as_object().unwrap(), BootstrapForm::V3);
        bad.into_iter().map(|bad| (bad.key.unwrap_or_default(), bad.problem)).collect()
    }

    #[test]
    fn every_bad_value_is_found_with_its_key() {
        let found = found(&json!({
            "envoy_extra_static_clusters_json": "{ \"name\": \"a\", }",
            "envoy_extra_static_listeners_json": "{\"name\": \"l\"}",
            "envoy_stats_flush_interval": 10,
            "envoy_prometheus_bind_addr": "9102",
            "envoy_stats_bind_addr": ":9103",
            "envoy_statsd_url": "udp://statsd.example:8125",
            "Envoy_DogStatsd_URL": "tcp://127.0.0.1:1",
            "envoy_tracing_json": "[]",
            "envoy_stats_tags": [["a"]],
            "envoy_bootstrap_json_tpl": "{{ .Nothing }}",
            "protocol": 7,
        }));
        let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "Envoy_DogStatsd_URL",
                "envoy_bootstrap_json_tpl",
                "envoy_extra_static_clusters_json",
                "envoy_extra_static_listeners_json",
                "envoy_prometheus_bind_addr",
                "envoy_stats_bind_addr",
                "envoy_stats_flush_interval",
                "envoy_stats_tags",
                "envoy_statsd_url",
                "envoy_tracing_json",
            ],
            "{found:?}"
        );
    }

    #[test]
    fn good_values_and_variables_of_the_environment_are_not_findings() {
        let config = json!({
            "envoy_extra_static_clusters_json": "{\"name\": \"a\", \"type\": \"STATIC\"}",
            "envoy_stats_flush_interval": "10s",
            "envoy_prometheus_bind_addr": "0.0.0.0:9102",
            "envoy_statsd_url": "$STATSD_URL",
            "envoy_dogstatsd_url": "udp://${HOST_IP}:8125",
            "envoy_stats_tags": "a=b",
            "protocol": "http",
        });
        assert_eq!(found(&config), []);
    }

    #[test]
    fn a_field_that_envoy_does_not_know_is_a_warning_and_an_extension_is_not() {
        let of = |cluster: &str| {
            let config = json!({"envoy_extra_static_clusters_json": cluster});
            bad_values(config.as_object().unwrap(), BootstrapForm::V3)
        };
        let bad = of("{\"name\": \"a\", \"typ\": \"STATIC\"}");
        assert!(bad.len() == 1 && bad[0].problem.contains("typ"), "{bad:?}");
        assert_eq!(bad[0].severity, Severity::Warning);
        let extension = "{\"name\": \"a\", \"transport_socket\": {\"name\": \"x\", \"typed_config\": {\"@type\": \"type.googleapis.com/own.Socket\"}}}";
        assert_eq!(of(extension), []);
    }

    #[test]
    fn values_that_only_clash_with_each_other_are_one_finding_without_a_key() {
        let config =
            json!({"envoy_prometheus_bind_addr": "0.0.0.0:9102", "envoy_stats_bind_addr": "0.0.0.0:9102"});
        let found = found(&config);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "");
    }
}
