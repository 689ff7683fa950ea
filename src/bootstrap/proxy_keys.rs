//! The keys of a proxy's opaque configuration (`Proxy.Config`, `Config` of proxy-defaults).

use serde_json::{Map, Value};

use crate::nearest::nearest;

/// What Consul reads of any proxy's configuration, for the bootstrap, by its xDS server or in its built-in proxy.
///
/// Source: Consul's reference of Envoy proxy configuration and of the built-in proxy, up to 2.1.
const KEYS: &[&str] = &[
    "balance_inbound_connections",
    "balance_outbound_connections",
    "bind_address",
    "bind_port",
    "connect_timeout_ms",
    "envoy_bootstrap_json_tpl",
    "envoy_cluster_json",
    "envoy_dns_discovery_type",
    "envoy_dogstatsd_url",
    "envoy_extra_static_clusters_json",
    "envoy_extra_static_listeners_json",
    "envoy_extra_stats_sinks_json",
    "envoy_gateway_bind_addresses",
    "envoy_gateway_bind_tagged_addresses",
    "envoy_gateway_no_default_bind",
    "envoy_gateway_remote_tcp_enable_keepalive",
    "envoy_gateway_remote_tcp_keepalive_interval",
    "envoy_gateway_remote_tcp_keepalive_probes",
    "envoy_gateway_remote_tcp_keepalive_time",
    "envoy_hcp_metrics_bind_socket_dir",
    "envoy_listener_json",
    "envoy_listener_tracing_json",
    "envoy_local_cluster_json",
    "envoy_mesh_gateway_bind_addresses",
    "envoy_mesh_gateway_bind_tagged_addresses",
    "envoy_mesh_gateway_no_default_bind",
    "envoy_prometheus_bind_addr",
    "envoy_public_listener_json",
    "envoy_stats_bind_addr",
    "envoy_stats_config_json",
    "envoy_stats_flush_interval",
    "envoy_stats_tags",
    "envoy_statsd_url",
    "envoy_telemetry_collector_bind_socket_dir",
    "envoy_tracing_json",
    "handshake_timeout_ms",
    "limits",
    "local_connect_timeout_ms",
    "local_idle_timeout_ms",
    "local_request_timeout_ms",
    "local_service_address",
    "max_inbound_connections",
    "max_request_headers_kb",
    "passive_health_check",
    "protocol",
    "tcp_check_address",
    "tcp_check_interval_seconds",
    "xds_fetch_timeout_ms",
];

/// The keys that nothing reads, each with the one that may be meant. Consul: keys of any case count.
pub fn unknown(config: &Map<String, Value>) -> Vec<(&str, Option<&'static str>)> {
    let keys = config.keys().map(|key| (key.as_str(), key.to_lowercase()));
    let unknown = keys.filter(|(_, lower)| !KEYS.contains(&lower.as_str()));
    unknown.map(|(key, lower)| (key, meant(&lower))).collect()
}

/// The prefix counts as little as it is worth: `prometheus_bind_addr` means the key that has it.
fn meant(lower: &str) -> Option<&'static str> {
    let prefixed = format!("envoy_{lower}");
    let with_prefix = KEYS.iter().find(|key| **key == prefixed).copied();
    with_prefix
        .or_else(|| {
            let is_close = |key: &&&str| strsim::osa_distance(key, lower) <= 2;
            KEYS.iter().find(is_close).copied()
        })
        .or_else(|| {
            nearest(lower, KEYS.iter().copied())
                .filter(|key| key.starts_with("envoy_") == lower.starts_with("envoy_"))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_keys_come_with_the_one_that_may_be_meant() {
        let config = json!({
            "envoy_stats_bind_adr": 1, "prometheus_bind_addr": 1, "connect_timeout": 1, "Connect_Timeout_MS": 1,
            "my_own": 1, "envoy_of_my_own": 1, "protocol": "tcp", "protocl": "tcp",
        });
        let Value::Object(config) = config else { panic!("an object") };
        let found: Vec<_> = unknown(&config);
        assert_eq!(
            found,
            [
                ("connect_timeout", Some("connect_timeout_ms")),
                ("envoy_of_my_own", None),
                ("envoy_stats_bind_adr", Some("envoy_stats_bind_addr")),
                ("my_own", None),
                ("prometheus_bind_addr", Some("envoy_prometheus_bind_addr")),
                ("protocl", Some("protocol")),
            ]
        );
    }
}
