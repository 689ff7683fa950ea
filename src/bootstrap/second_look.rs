//! Settings of Proxy.Config and flags that have no effect or an unexpected one: Consul accepts them silently.

use serde_json::{Map, Value};

use super::{BootstrapForm, PrometheusOptions, ProxyConfig};
use crate::finding::{Code, Finding};
use crate::proxy_config::{keys, unknown};

/// What looks unintended.
///
/// `is_ignored` is `-no-central-config`; `envoy_version` whether `-envoy-version` is given.
pub fn second_look(
    config: &Map<String, Value>,
    form: BootstrapForm,
    prometheus: &PrometheusOptions,
    is_ignored: bool,
    envoy_version: bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if envoy_version && form == BootstrapForm::V3 {
        let message = "--envoy-version has no effect with this Consul: Envoy itself says its version";
        found.push(Finding::new(Code::FlagWithoutEffect, "--envoy-version", message).help("remove the flag"));
    }
    if is_ignored {
        if !config.is_empty() {
            let message = "--no-central-config leaves out the gateway's own Proxy.Config, too";
            found.push(Finding::new(Code::ProxyConfigLeftOut, "--no-central-config", message));
        }
        return found;
    }
    for (key, near) in unknown(config) {
        if let Some(near) = near.filter(|_| key.to_lowercase().starts_with("envoy_")) {
            let message =
                format!("Proxy.Config key `{key}` is unknown to Consul and ignored: did you mean `{near}`?");
            found.push(Finding::new(Code::UnknownProxyConfig, key, message).help(format!("write `{near}`")));
        }
    }
    // What cannot be decoded is an error elsewhere.
    let Ok(known) = ProxyConfig::decode(config, form) else { return found };
    if !known.stats_config.is_empty() && !known.stats_tags.is_empty() {
        let message = "envoy_stats_config_json replaces what envoy_stats_tags adds: those tags are lost";
        found.push(Finding::new(Code::StatsTagsLost, "envoy_stats_tags", message));
    }
    for (key, url) in
        [(keys::STATSD_URL.name, &known.statsd_url), (keys::DOGSTATSD_URL.name, &known.dogstatsd_url)]
    {
        if let Some(path) = url.strip_prefix("unix://").filter(|path| !path.starts_with('/')) {
            let kept = path.split_once('/').map(|(_, rest)| rest).unwrap_or_default();
            let message =
                format!("{key}: `{url}` means the socket /{kept}; write unix:///{path} for /{path}");
            found.push(Finding::new(Code::SocketUrl, key, message).help(format!("write unix:///{path}")));
        }
    }
    found.extend(prometheus_tls(&known, prometheus));
    found
}

fn prometheus_tls(known: &ProxyConfig, prometheus: &PrometheusOptions) -> Option<Finding> {
    let files = [
        ("--prometheus-ca-file", &prometheus.ca_file),
        ("--prometheus-ca-path", &prometheus.ca_path),
        ("--prometheus-cert-file", &prometheus.cert_file),
        ("--prometheus-key-file", &prometheus.key_file),
    ];
    let (flag, _) = files.into_iter().find(|(_, file)| !file.is_empty())?;
    let (code, message) = match (known.prometheus_bind.is_empty(), known.stats_bind.is_empty()) {
        (true, true) => (
            Code::FlagWithoutEffect,
            "TLS for the Prometheus endpoint has no effect: Proxy.Config has no envoy_prometheus_bind_addr",
        ),
        (true, false) => (
            Code::PrometheusTls,
            "TLS for the Prometheus endpoint applies to envoy_stats_bind_addr, because envoy_prometheus_bind_addr is not set",
        ),
        (false, _) => (
            Code::PrometheusTls,
            "TLS on the Prometheus endpoint asks no client for a certificate: who can connect can read",
        ),
    };
    Some(Finding::new(code, flag, message))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn look(config: Value) -> Vec<String> {
        let Value::Object(config) = config else { return Vec::new() };
        let found = second_look(&config, BootstrapForm::V3, &PrometheusOptions::default(), false, false);
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn misspelt_keys_are_reported_and_others_are_not() {
        assert!(
            look(json!({"envoy_stats_bind_adr": "x"}))[0].contains("did you mean `envoy_stats_bind_addr`?")
        );
        assert_eq!(
            look(json!({"Envoy_Statsd_URL": "udp://127.0.0.1:1", "protocol": "tcp", "envoy_of_my_own": 1})),
            Vec::<String>::new()
        );
    }

    #[test]
    fn settings_without_effect_are_reported() {
        assert!(
            look(json!({"envoy_stats_config_json": "{}", "envoy_stats_tags": ["a=b"]}))[0].contains("lost")
        );
        assert!(look(json!({"envoy_statsd_url": "unix://var/run/x"}))[0].contains("means the socket /run/x"));
        let tls = PrometheusOptions { cert_file: "c".into(), ..PrometheusOptions::default() };
        let found = second_look(&Map::new(), BootstrapForm::V3, &tls, false, true);
        assert!(
            found[0].subject == "--envoy-version" && found[1].code == Code::FlagWithoutEffect,
            "{found:?}"
        );
    }
}
