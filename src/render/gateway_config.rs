//! The gateway's `Proxy.Config`: the opaque settings that reach xDS resources.
//!
//! Consul reads them loosely: a number may be text. Where a value makes no sense it logs and takes the
//! default; here that is a finding.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value};

use super::{RenderOptions, tracing};
use crate::bootstrap::{ProxyConfig, names_of};
use crate::envoy_api;
use crate::envoy_api::{ConfigSource, TcpKeepalive, Tracing, UpstreamConnectionOptions, encode};
use crate::finding::{Code, Finding};
use crate::proxy_config::{Key, keys, unknown, weak};
use crate::snapshot::{ServiceAddress, Snapshot};

/// Consul's limit on setting up a connection to an external service.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The message of `envoy_listener_tracing_json`.
const TRACING: &str =
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing";

/// All numbers are milliseconds, seconds or counts, for which this is beyond reason.
const MAX_NUMBER: u64 = 0xffff_ffff;

/// The largest limit on request headers that every Envoy takes, in KiB.
pub const MAX_REQUEST_HEADERS_KB: u32 = 96;

/// The settings, with `Config` of `proxy-defaults` under those of the registration.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Limit on setting up a connection.
    pub connect_timeout: Duration,
    /// How long Envoy waits for a resource that another one names.
    pub initial_fetch_timeout: Option<envoy_api::Duration>,
    /// TCP keepalive towards external services.
    pub connection_options: Option<UpstreamConnectionOptions>,
    /// Whether all host names of a service are used.
    pub strict_dns: bool,
    /// Tracing of HTTP services.
    pub tracing: Tracing,
    /// Whether the service address has no listener.
    pub no_default_bind: bool,
    /// Whether the tagged addresses have listeners.
    pub bind_tagged_addresses: bool,
    /// More listeners.
    pub bind_addresses: BTreeMap<String, ServiceAddress>,
    /// Limit on the headers of a request to services that have none of their own, in KiB.
    pub max_request_headers_kb: Option<u32>,
}

impl GatewayConfig {
    /// Reads the settings of `snapshot`'s gateway.
    pub fn of(snapshot: &Snapshot, options: &RenderOptions, findings: &mut Vec<Finding>) -> Self {
        find_unknown_keys(&snapshot.gateway.proxy.config, "the gateway's Proxy.Config", true, findings);
        if let Some(shared) = snapshot.shared_config() {
            find_unknown_keys(shared, "Config of proxy-defaults", false, findings);
        }
        let mut settings = Settings { config: snapshot.proxy_config(), findings };
        Self {
            connect_timeout: match settings.number(keys::CONNECT_TIMEOUT) {
                None | Some(0) => DEFAULT_CONNECT_TIMEOUT,
                Some(milliseconds) => Duration::from_millis(milliseconds),
            },
            initial_fetch_timeout: settings.number(keys::FETCH_TIMEOUT).map(envoy_api::Duration::from_millis),
            connection_options: settings.keepalive(),
            strict_dns: settings.strict_dns(),
            tracing: settings.tracing(snapshot, options),
            no_default_bind: settings.flag(keys::NO_DEFAULT_BIND),
            bind_tagged_addresses: settings.flag(keys::BIND_TAGGED_ADDRESSES),
            bind_addresses: settings.bind_addresses(),
            max_request_headers_kb: settings.max_request_headers(),
        }
    }

    /// Where Envoy gets resources by name.
    pub fn ads(&self) -> ConfigSource {
        ConfigSource::ads(self.initial_fetch_timeout)
    }
}

struct Settings<'a> {
    /// `Config` of the registration, with that of `proxy-defaults` under it.
    config: Map<String, Value>,
    findings: &'a mut Vec<Finding>,
}

impl Settings<'_> {
    fn get(&self, key: Key) -> Option<Value> {
        key.value(&self.config).map(weak::single).filter(|value| !value.is_null()).cloned()
    }

    fn refuse(&mut self, key: &str, value: &Value, wanted: &str) {
        self.findings.push(Finding::of_whole(
            Code::BadProxyConfig,
            format!("`{key}` in the gateway's Proxy.Config is {value}, not {wanted}; it is ignored"),
            "correct it in the registration of the gateway, or in `proxy-defaults`",
        ));
    }

    fn flag(&mut self, key: Key) -> bool {
        let Some(value) = self.get(key) else { return false };
        weak::flag(&value).unwrap_or_else(|| {
            self.refuse(key.name, &value, "true or false");
            false
        })
    }

    fn number(&mut self, key: Key) -> Option<u64> {
        let value = self.get(key)?;
        let number = weak::integer(&value).and_then(|number| u64::try_from(number).ok());
        let number = number.filter(|number| *number <= MAX_NUMBER);
        if number.is_none() {
            self.refuse(key.name, &value, "a number from 0 to 4294967295");
        }
        number
    }

    fn keepalive(&mut self) -> Option<UpstreamConnectionOptions> {
        if !self.flag(keys::KEEPALIVE) {
            return None;
        }
        let mut seconds = |key: Key| {
            let number = self.number(key).filter(|number| *number > 0)?;
            Some(u32::try_from(number).unwrap_or(u32::MAX))
        };
        let tcp_keepalive = TcpKeepalive {
            keepalive_probes: seconds(keys::KEEPALIVE_PROBES),
            keepalive_time: seconds(keys::KEEPALIVE_TIME),
            keepalive_interval: seconds(keys::KEEPALIVE_INTERVAL),
        };
        Some(UpstreamConnectionOptions { tcp_keepalive })
    }

    /// Consul (2.0+): 0 means that nothing is set. Envoy refuses a listener with more than it allows.
    fn max_request_headers(&mut self) -> Option<u32> {
        const KEY: Key = keys::MAX_REQUEST_HEADERS;
        let limit = self.number(KEY).filter(|limit| *limit > 0)?;
        let allowed = u32::try_from(limit).ok().filter(|limit| *limit <= MAX_REQUEST_HEADERS_KB);
        if allowed.is_none() {
            self.refuse(KEY.name, &limit.into(), &format!("at most {MAX_REQUEST_HEADERS_KB}"));
        }
        allowed
    }

    fn strict_dns(&mut self) -> bool {
        let Some(value) = self.get(keys::DNS_DISCOVERY) else { return false };
        match value.as_str() {
            Some(text) if text.eq_ignore_ascii_case("STRICT_DNS") => true,
            Some(text) if text.is_empty() || text.eq_ignore_ascii_case("LOGICAL_DNS") => false,
            _ => {
                self.refuse(keys::DNS_DISCOVERY.name, &value, "LOGICAL_DNS or STRICT_DNS");
                false
            }
        }
    }

    /// Consul: it names its message by `@type`; what is not that message is ignored.
    fn tracing(&mut self, snapshot: &Snapshot, options: &RenderOptions) -> Tracing {
        const KEY: Key = keys::LISTENER_TRACING;
        let value = match self.get(KEY) {
            None => return Tracing::default(),
            Some(value) if value.as_str() == Some("") => return Tracing::default(),
            Some(value) => value,
        };
        let parsed: Option<Value> = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        let typed = parsed.filter(|json| {
            let type_url = json.get("@type").and_then(Value::as_str).unwrap_or_default();
            type_url.rsplit('/').next() == Some(TRACING)
        });
        let Some(json) = typed else {
            self.refuse(
                KEY.name,
                &value,
                &format!("text with a JSON object of `@type` type.googleapis.com/{TRACING}"),
            );
            return Tracing::default();
        };
        let message = encode::canonical(TRACING, &json).map_err(|error| error.to_string());
        let clusters = static_clusters(snapshot, options);
        match message.and_then(|message| tracing::check(&message, &clusters).map(|()| message)) {
            Ok(message) => Tracing::Custom(message),
            Err(error) => {
                self.refuse(KEY.name, &value, &format!("valid for Envoy ({error})"));
                Tracing::default()
            }
        }
    }

    fn bind_addresses(&mut self) -> BTreeMap<String, ServiceAddress> {
        const KEY: Key = keys::BIND_ADDRESSES;
        let Some(value) = self.get(KEY) else { return BTreeMap::new() };
        let Some(addresses) = value.as_object() else {
            self.refuse(KEY.name, &value, "a map of names to addresses");
            return BTreeMap::new();
        };
        let mut binds = BTreeMap::new();
        for (name, bind) in addresses {
            match weak::address(bind) {
                Some((address, port)) => {
                    binds.insert(name.clone(), ServiceAddress { address, port: u32::from(port) });
                }
                None => self.refuse(&format!("{}.{name}", KEY.name), bind, "an address with a port"),
            }
        }
        binds
    }
}

/// Consul passes over a key that it does not know. In `proxy-defaults`, one that is not close to any may be meant for
/// something else.
fn find_unknown_keys(config: &Map<String, Value>, place: &str, is_own: bool, findings: &mut Vec<Finding>) {
    for (key, meant) in unknown(config) {
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if is_own => {
                "remove it; Consul's Envoy proxy configuration reference lists the keys".to_owned()
            }
            None => continue,
        };
        let message = format!("`{key}` in {place} is not a key that Consul or termgate knows; it is ignored");
        findings.push(Finding::of_whole(Code::UnknownProxyConfig, message, help));
    }
}

/// The clusters that Envoy has whatever is linked.
fn static_clusters<'a>(snapshot: &Snapshot, options: &'a RenderOptions) -> Cow<'a, BTreeSet<String>> {
    if let Some(clusters) = &options.static_clusters {
        return Cow::Borrowed(clusters);
    }
    let own = ProxyConfig::of(snapshot).and_then(|config| config.extra_clusters());
    Cow::Owned(names_of(&own.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{GatewayConfig, RenderOptions, TRACING};
    use crate::proxy_config::{ReadBy, keys};
    use crate::snapshot::Snapshot;

    fn config(own: serde_json::Value, shared: &serde_json::Value) -> (GatewayConfig, Vec<String>) {
        let mut snapshot =
            Snapshot { proxy_defaults: Some(json!({ "Config": shared })), ..Snapshot::default() };
        snapshot.gateway.proxy.config = serde_json::from_value(own).unwrap();
        let mut findings = Vec::new();
        let config = GatewayConfig::of(&snapshot, &RenderOptions::default(), &mut findings);
        (config, findings.into_iter().map(|finding| finding.message).collect())
    }

    #[test]
    fn proxy_defaults_are_under_the_registration() {
        let shared = json!({"connect_timeout_ms": 9000, "xds_fetch_timeout_ms": 4000});
        let (config, findings) = config(json!({"connect_timeout_ms": "777"}), &shared);
        assert_eq!(config.connect_timeout.as_millis(), 777);
        assert_eq!(config.initial_fetch_timeout.unwrap().0.as_secs(), 4);
        assert!(findings.is_empty());
    }

    #[test]
    fn empty_keys_of_the_registration_come_from_proxy_defaults() {
        let own = json!({
            "connect_timeout_ms": 0,
            "envoy_gateway_no_default_bind": false,
            "envoy_gateway_bind_addresses": {"a": {"address": "", "port": 1}, "b": {"port": 2}},
        });
        let shared = json!({
            "connect_timeout_ms": 9000,
            "envoy_gateway_no_default_bind": true,
            "envoy_gateway_bind_addresses": {"a": {"address": "127.0.0.9", "port": 9}, "c": {"port": 3}},
        });
        let (config, findings) = config(own, &shared);
        assert_eq!(findings, [""; 0]);
        assert_eq!(config.connect_timeout.as_secs(), 9);
        assert!(config.no_default_bind);
        let binds: Vec<_> = config
            .bind_addresses
            .iter()
            .map(|(name, bind)| (name.as_str(), bind.address.as_str(), bind.port))
            .collect();
        assert_eq!(binds, [("a", "127.0.0.9", 1), ("b", "", 2), ("c", "", 3)]);
    }

    #[test]
    fn keys_of_any_case_and_the_names_for_mesh_gateways_count() {
        let own = json!({"Connect_Timeout_MS": 7, "envoy_mesh_gateway_no_default_bind": true,
            "envoy_mesh_gateway_bind_addresses": {"a": {"address": "127.0.0.9", "port": "1"}}});
        let config = config(own, &json!({})).0;
        assert_eq!(config.connect_timeout.as_millis(), 7);
        assert!(config.no_default_bind && !config.bind_tagged_addresses);
        assert_eq!(config.bind_addresses["a"].port, 1);
    }

    #[test]
    fn a_list_of_one_counts_as_its_element() {
        let own = json!({"connect_timeout_ms": [7], "envoy_gateway_bind_addresses": [{
            "a": [{"address": "127.0.0.9", "port": 1}], "b": {"address": "127.0.0.8", "port": 2}}]});
        let (config, findings) = config(own, &json!({}));
        assert_eq!(findings, [""; 0]);
        assert_eq!((config.connect_timeout.as_millis(), config.bind_addresses.len()), (7, 2));
        assert_eq!(config.bind_addresses["a"].address, "127.0.0.9");
    }

    #[test]
    fn numbers_are_accepted_as_go_accepts_them() {
        for (given, milliseconds, found) in [
            (json!("0x1F4"), 500, 0),
            (json!("1_000"), 1000, 0),
            (json!("010"), 8, 0),
            (json!(true), 1, 0),
            (json!(""), 5000, 0),
            (json!(500.9), 500, 0),
            (json!(" 500 "), 5000, 1),
            (json!("5e2"), 5000, 1),
        ] {
            let (config, findings) = config(json!({"connect_timeout_ms": given}), &json!({}));
            assert_eq!(
                (config.connect_timeout.as_millis(), findings.len()),
                (milliseconds, found),
                "{given}"
            );
        }
    }

    #[test]
    fn every_key_of_direct_mode_is_read() {
        let read: Vec<_> = keys::all().filter(|key| key.read_by == ReadBy::Direct).collect();
        assert!(read.len() > 10);
        for key in read {
            let mut own = json!({ key.name.to_uppercase(): "no value of this key" });
            // Without their switch, the settings of TCP keepalive count for nothing.
            if *key != keys::KEEPALIVE {
                own[keys::KEEPALIVE.name] = json!(true);
            }
            let (_, findings) = config(own, &json!({}));
            assert_eq!(findings.len(), 1, "{}: {findings:?}", key.name);
            assert!(findings[0].contains(key.name), "{findings:?}");
        }
    }

    #[test]
    fn meaningless_values_are_reported_and_ignored() {
        let own = json!({"connect_timeout_ms": -5, "envoy_dns_discovery_type": "random",
            "envoy_listener_tracing_json": "{", "envoy_gateway_bind_addresses": {"a": {"address": "x", "port": 70000}}});
        let (config, findings) = config(own, &json!({}));
        assert_eq!(config.connect_timeout.as_secs(), 5);
        assert!(config.bind_addresses.is_empty());
        assert_eq!(findings.len(), 4, "{findings:#?}");
    }

    #[test]
    fn tracing_is_accepted_as_envoy_prints_it_or_ignored() {
        let tracing = |fields: serde_json::Value| {
            let (config, findings) =
                config(json!({"envoy_listener_tracing_json": fields.to_string()}), &json!({}));
            (json!(config.tracing), findings.len())
        };
        let none = (json!({"random_sampling": {}}), 1);
        let url = format!("type.googleapis.com/{TRACING}");
        assert_eq!(tracing(json!({"random_sampling": {"value": 5}})), none, "no type");
        assert_eq!(tracing(json!({"@type": url, "sampling": 5})), none, "no such field");
        assert_eq!(tracing(json!({"@type": "type.googleapis.com/x.Y"})), none, "another type");
        let zipkin = "type.googleapis.com/envoy.config.trace.v3.ZipkinConfig";
        let given = json!({"@type": url, "verbose": false, "randomSampling": {"value": 12.5},
            "provider": {"name": "z", "typedConfig": {"@type": zipkin, "collectorCluster": "zipkin",
                "collectorEndpoint": "/a", "collectorEndpointVersion": "HTTP_JSON", "sharedSpanContext": false}}});
        assert_eq!(tracing(given.clone()), none, "no such cluster");
        let printed = json!({"random_sampling": {"value": 12.5},
            "provider": {"name": "z", "typed_config": {"@type": zipkin, "collector_cluster": "zipkin",
                "collector_endpoint": "/a", "collector_endpoint_version": "HTTP_JSON", "shared_span_context": false}}});
        let own = json!({"envoy_listener_tracing_json": given.to_string(),
            "envoy_extra_static_clusters_json": r#"{"name": "other"}, {"name": "zipkin"}"#});
        assert_eq!(json!(config(own, &json!({})).0.tracing), printed);
    }

    #[test]
    fn tracers_may_have_their_own_samplers_and_detectors() {
        let typed = |name: &str, message: &str| {
            let url = format!("type.googleapis.com/envoy.extensions.tracers.opentelemetry.{message}");
            json!({"name": name, "typed_config": {"@type": url}})
        };
        let tracer = json!({
            "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
            "grpc_service": {"envoy_grpc": {"cluster_name": "otel"}},
            "sampler": typed("s", "samplers.v3.AlwaysOnSamplerConfig"),
            "resource_detectors": [typed("d", "resource_detectors.v3.EnvironmentResourceDetectorConfig")],
        });
        let given = json!({"@type": format!("type.googleapis.com/{TRACING}"), "spawn_upstream_span": true,
            "provider": {"name": "envoy.tracers.opentelemetry", "typed_config": tracer}});
        let (config, findings) =
            config(json!({"envoy_listener_tracing_json": given.to_string()}), &json!({}));
        assert_eq!(findings, [""; 0]);
        assert_eq!(json!(config.tracing)["provider"]["typed_config"], tracer);
    }

    #[test]
    fn keepalive_needs_its_switch() {
        let times = json!({"envoy_gateway_remote_tcp_keepalive_time": 60});
        assert_eq!(config(times, &json!({})).0.connection_options, None);
        let on = json!({"envoy_gateway_remote_tcp_enable_keepalive": true, "envoy_gateway_remote_tcp_keepalive_time": 60});
        let keepalive = config(on, &json!({})).0.connection_options.unwrap().tcp_keepalive;
        assert_eq!((keepalive.keepalive_time, keepalive.keepalive_probes), (Some(60), None));
    }
}
