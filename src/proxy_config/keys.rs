//! The keys that Consul or termgate reads.
//!
//! Source: Consul's `bootstrap_config.go` and `agent/xds/config.go`, its reference of Envoy proxy configuration, and that
//! of the built-in proxy, up to 2.1.

use serde_json::{Map, Value};

use super::weak;
use crate::consul_version::Release;
use crate::go::text::equal_fold;
use crate::nearest::nearest;

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// The name it had when only mesh gateways had it; Consul still takes it.
    pub former: Option<&'static str>,
    /// What its value is.
    pub kind: Kind,
    /// The first release of Consul that reads it, where that is after 1.8.
    pub since: Option<Release>,
    /// Who reads it.
    pub read_by: ReadBy,
    /// What it says, for the documentation.
    pub about: &'static str,
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// Addresses with ports, by name.
    Addresses,
    /// Nothing that termgate looks at.
    Opaque,
}

/// Who reads a key of a terminating gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBy {
    /// Envoy's bootstrap.
    Bootstrap,
    /// Consul's xDS server, and so direct mode.
    Direct,
    /// Nobody: it is for proxies of other kinds, or for the protocol of services.
    Others,
}

impl Key {
    const fn new(name: &'static str, kind: Kind, read_by: ReadBy) -> Self {
        Self { name, former: None, kind, since: None, read_by, about: "" }
    }

    const fn bootstrap(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, ReadBy::Bootstrap)
    }

    const fn direct(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, ReadBy::Direct)
    }

    const fn or(mut self, former: &'static str) -> Self {
        self.former = Some(former);
        self
    }

    const fn since(mut self, first: Release) -> Self {
        self.since = Some(first);
        self
    }

    const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Its value in `config`; nothing where it is null.
    ///
    /// Consul: keys of any case count, the exact one first; the former name only where the present one is not there.
    pub fn value<'a>(&self, config: &'a Map<String, Value>) -> Option<&'a Value> {
        let former = || weak::member(config, self.former?);
        weak::member(config, self.name).or_else(former).filter(|value| !value.is_null())
    }

    /// Whether `written` is this key.
    pub fn is(&self, written: &str) -> bool {
        self.names().any(|name| equal_fold(name, written))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [Some(self.name), self.former].into_iter().flatten()
    }
}

/// A constant for each key that is read, and the table of all of them.
macro_rules! keys {
    ($(#[doc = $about:literal] $constant:ident = $key:expr;)* ; $($other:literal,)*) => {
        $(#[doc = $about] pub const $constant: Key = $key.about($about);)*

        const KEYS: &[Key] = &[$($constant,)* $(Key::new($other, Kind::Opaque, ReadBy::Others),)*];
    };
}

keys! {
    /// A Go template that replaces the whole bootstrap.
    BOOTSTRAP_TEMPLATE = Key::bootstrap("envoy_bootstrap_json_tpl", Kind::Text);
    /// More static clusters: comma-separated JSON objects.
    STATIC_CLUSTERS = Key::bootstrap("envoy_extra_static_clusters_json", Kind::Text);
    /// More static listeners: comma-separated JSON objects.
    STATIC_LISTENERS = Key::bootstrap("envoy_extra_static_listeners_json", Kind::Text);
    /// More sinks of statistics: comma-separated JSON objects.
    STATS_SINKS = Key::bootstrap("envoy_extra_stats_sinks_json", Kind::Text);
    /// A JSON object that replaces the generated `stats_config`.
    STATS_CONFIG = Key::bootstrap("envoy_stats_config_json", Kind::Text);
    /// More tags of statistics: `name=value` texts.
    STATS_TAGS = Key::bootstrap("envoy_stats_tags", Kind::Texts);
    /// How often statistics are flushed, such as `10s`.
    STATS_FLUSH_INTERVAL = Key::bootstrap("envoy_stats_flush_interval", Kind::Text);
    /// Address of statsd.
    STATSD_URL = Key::bootstrap("envoy_statsd_url", Kind::Text);
    /// Address of Datadog's statsd.
    DOGSTATSD_URL = Key::bootstrap("envoy_dogstatsd_url", Kind::Text);
    /// Address at which Envoy serves its metrics for Prometheus.
    PROMETHEUS_BIND = Key::bootstrap("envoy_prometheus_bind_addr", Kind::Text);
    /// Address at which Envoy serves its statistics.
    STATS_BIND = Key::bootstrap("envoy_stats_bind_addr", Kind::Text);
    /// The `tracing` of the bootstrap, a JSON object.
    TRACING = Key::bootstrap("envoy_tracing_json", Kind::Text);
    /// Directory of the sockets of Consul's telemetry collector.
    TELEMETRY_SOCKET_DIR = Key::bootstrap("envoy_telemetry_collector_bind_socket_dir", Kind::Text).since(Release(1, 16, 0));

    /// Limit on setting up a connection to an external service, in milliseconds.
    CONNECT_TIMEOUT = Key::direct("connect_timeout_ms", Kind::Number);
    /// How long Envoy waits for a resource that another one names, in milliseconds.
    FETCH_TIMEOUT = Key::direct("xds_fetch_timeout_ms", Kind::Number).since(Release(1, 15, 8));
    /// `LOGICAL_DNS` or `STRICT_DNS`.
    DNS_DISCOVERY = Key::direct("envoy_dns_discovery_type", Kind::Text);
    /// Tracing of HTTP services, a JSON object: the only escape hatch that reaches a terminating gateway's resources.
    LISTENER_TRACING = Key::direct("envoy_listener_tracing_json", Kind::Text).since(Release(1, 13, 2));
    /// Whether the service address has no listener.
    NO_DEFAULT_BIND =
        Key::direct("envoy_gateway_no_default_bind", Kind::Flag).or("envoy_mesh_gateway_no_default_bind");
    /// More listeners.
    BIND_ADDRESSES =
        Key::direct("envoy_gateway_bind_addresses", Kind::Addresses).or("envoy_mesh_gateway_bind_addresses");
    /// Whether the tagged addresses have listeners.
    BIND_TAGGED_ADDRESSES = Key::direct("envoy_gateway_bind_tagged_addresses", Kind::Flag)
        .or("envoy_mesh_gateway_bind_tagged_addresses");
    /// Whether connections to external services are kept alive by TCP.
    KEEPALIVE = Key::direct("envoy_gateway_remote_tcp_enable_keepalive", Kind::Flag).since(Release(1, 11, 11));
    /// Seconds before the first probe.
    KEEPALIVE_TIME = Key::direct("envoy_gateway_remote_tcp_keepalive_time", Kind::Number).since(Release(1, 11, 11));
    /// Seconds between probes.
    KEEPALIVE_INTERVAL = Key::direct("envoy_gateway_remote_tcp_keepalive_interval", Kind::Number).since(Release(1, 11, 11));
    /// How many probes may go unanswered.
    KEEPALIVE_PROBES = Key::direct("envoy_gateway_remote_tcp_keepalive_probes", Kind::Number).since(Release(1, 11, 11));
    /// Limit on the headers of a request to services that have none of their own, in KiB.
    MAX_REQUEST_HEADERS = Key::direct("max_request_headers_kb", Kind::Number).since(Release(2, 0, 0));

    /// In `proxy-defaults` only: the protocol of linked services whose service-defaults set none.
    PROTOCOL = Key::new("protocol", Kind::Text, ReadBy::Others);

    // For proxies of other kinds.
    ;
    "balance_inbound_connections",
    "balance_outbound_connections",
    "bind_address",
    "bind_port",
    "envoy_cluster_json",
    "envoy_hcp_metrics_bind_socket_dir",
    "envoy_listener_json",
    "envoy_local_cluster_json",
    "envoy_public_listener_json",
    "handshake_timeout_ms",
    "limits",
    "local_connect_timeout_ms",
    "local_idle_timeout_ms",
    "local_request_timeout_ms",
    "local_service_address",
    "max_inbound_connections",
    "passive_health_check",
    "tcp_check_address",
    "tcp_check_interval_seconds",
}

/// All keys.
pub fn all() -> impl Iterator<Item = &'static Key> + Clone {
    KEYS.iter()
}

/// The keys of `config` that nothing reads, each with the one that may be meant.
pub fn unknown(config: &Map<String, Value>) -> Vec<(&str, Option<&'static str>)> {
    let keys = config.keys().map(String::as_str);
    let unknown = keys.filter(|written| !all().any(|key| key.is(written)));
    unknown.map(|written| (written, meant(&written.to_lowercase()))).collect()
}

/// The prefix counts as little as it is worth: `prometheus_bind_addr` means the key that has it.
fn meant(lower: &str) -> Option<&'static str> {
    let names = || all().flat_map(Key::names);
    let prefixed = format!("envoy_{lower}");
    names()
        .find(|name| *name == prefixed)
        .or_else(|| names().find(|name| strsim::osa_distance(name, lower) <= 2))
        .or_else(|| {
            nearest(lower, names()).filter(|name| name.starts_with("envoy_") == lower.starts_with("envoy_"))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `docs/proxy-config.md`, as it has to be.
    fn page() -> String {
        let row = |key: &Key| {
            let kind = match key.kind {
                Kind::Text => "text",
                Kind::Texts => "list of texts",
                Kind::Flag => "true or false",
                Kind::Number => "number",
                Kind::Addresses => "`{name: {address, port}}`",
                Kind::Opaque => "",
            };
            let since = key
                .since
                .map_or("1.8".to_owned(), |Release(major, minor, patch)| format!("{major}.{minor}.{patch}"));
            let former = key.former.map(|former| format!(", formerly `{former}`")).unwrap_or_default();
            format!("| `{}`{former} | {kind} | {} | {since} |\n", key.name, key.about.trim())
        };
        let rows = |read_by: ReadBy| -> String {
            let read = all().filter(|key| key.read_by == read_by && key.kind != Kind::Opaque);
            format!(
                "| key | value | meaning | Consul |\n|---|---|---|---|\n{}",
                read.map(row).collect::<String>()
            )
        };
        format!(
            "# Set a gateway's Proxy.Config: the keys that a terminating gateway reads\n\n\
             For people who set timeouts, bind addresses, statistics or tracing of a gateway: in `Proxy.Config` of its service\n\
             definition, or in `Config` of the proxy-defaults entry for all gateways.\n\n\
             ```sh no-run=gateway.hcl-is-yours\n\
             termgate register --service gateway --config gateway.hcl   # Proxy.Config comes from this service definition\n\
             termgate bootstrap --service gateway --explain-config      # shows where each value comes from\n\
             ```\n\n\
             The registration takes precedence. Keys that it leaves empty (`0`, `false`, `\"\"`, `[]`, `{{}}`) come from\n\
             proxy-defaults; maps are merged key by key. Letter case does not matter in keys. A number or a boolean may be given\n\
             as text, and text as a number. Unknown keys are ignored, with a warning.\n\n\
             ## Envoy's bootstrap\n\n\
             `connect envoy`, `bootstrap` and `run` read these keys. A change takes effect when Envoy starts the next time. The\n\
             last column is the first Consul release that knows the key.\n\n{}\n\
             ## Listeners and clusters\n\n\
             Consul's xDS server reads these keys, and so does `run` in direct mode with any Consul release. A change takes effect\n\
             at once. The last column is the first Consul release whose xDS server reads the key.\n\n{}\n\
             ## Linked services\n\n{}",
            rows(ReadBy::Bootstrap),
            rows(ReadBy::Direct),
            rows(ReadBy::Others),
        )
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    fn the_page_of_keys_lists_every_key_that_is_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/proxy-config.md");
        if std::env::var_os("TERMGATE_WRITE_DOCS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            page(),
            "TERMGATE_WRITE_DOCS=1 cargo test page_of_keys writes it"
        );
    }

    fn map(value: Value) -> Map<String, Value> {
        if let Value::Object(map) = value { map } else { Map::new() }
    }

    #[test]
    fn unknown_keys_come_with_a_suggestion() {
        let config = map(json!({
            "envoy_stats_bind_adr": 1, "prometheus_bind_addr": 1, "connect_timeout": 1, "Connect_Timeout_MS": 1,
            "my_own": 1, "envoy_of_my_own": 1, "protocol": "tcp", "protocl": "tcp",
            "envoy_mesh_gateway_no_default_bind": true,
        }));
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

    #[test]
    fn keys_match_without_regard_to_case_and_exact_ones_win() {
        let value = |key: Key, config: Value| key.value(&map(config)).cloned();
        assert_eq!(value(STATSD_URL, json!({"Envoy_Statsd_URL": "a"})), Some(json!("a")));
        assert_eq!(
            value(STATSD_URL, json!({"ENVOY_STATSD_URL": "a", "envoy_statsd_url": "b"})),
            Some(json!("b"))
        );
        assert_eq!(value(STATSD_URL, json!({"ENVOY_STATSD_URL": "a", "envoy_statsd_url": null})), None);
    }

    #[test]
    fn the_former_name_counts_where_the_present_one_is_not_there() {
        let value = |config: Value| NO_DEFAULT_BIND.value(&map(config)).cloned();
        assert_eq!(value(json!({"Envoy_Mesh_Gateway_No_Default_Bind": true})), Some(json!(true)));
        let both =
            json!({"envoy_mesh_gateway_no_default_bind": true, "envoy_gateway_no_default_bind": false});
        assert_eq!(value(both), Some(json!(false)));
    }

    #[test]
    fn every_name_is_there_once() {
        let mut names: Vec<_> = all().flat_map(Key::names).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
