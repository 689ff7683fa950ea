//! The keys of a gateway's `Proxy.Config` that shape its bootstrap, decoded as weakly as Consul does.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fragments::Fragments;
use super::{BootstrapForm, Error};
use crate::consul_version::Release;
use crate::proxy_config::{Key, keys, weak};
use crate::snapshot::Snapshot;

/// The part of `Proxy.Config` that the bootstrap reads. Every field is as written; empty means unset, as in Consul.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyConfig {
    /// `envoy_bootstrap_json_tpl`: a Go template that replaces the whole bootstrap.
    pub bootstrap_template: String,
    /// `envoy_extra_static_clusters_json`: comma-separated JSON objects.
    pub static_clusters: String,
    /// `envoy_extra_static_listeners_json`: comma-separated JSON objects.
    pub static_listeners: String,
    /// `envoy_extra_stats_sinks_json`: comma-separated JSON objects.
    pub stats_sinks: String,
    /// `envoy_stats_config_json`: replaces the generated `stats_config`.
    pub stats_config: String,
    /// `envoy_stats_tags`: `name=value` texts.
    pub stats_tags: Vec<String>,
    /// `envoy_stats_flush_interval`, such as `10s`.
    pub stats_flush_interval: String,
    /// `envoy_statsd_url`.
    pub statsd_url: String,
    /// `envoy_dogstatsd_url`.
    pub dogstatsd_url: String,
    /// `envoy_prometheus_bind_addr`.
    pub prometheus_bind: String,
    /// `envoy_stats_bind_addr`.
    pub stats_bind: String,
    /// `envoy_tracing_json`.
    pub tracing: String,
    /// `envoy_telemetry_collector_bind_socket_dir`; unknown to Consul before 1.10.
    pub telemetry_collector_socket_dir: String,
}

impl ProxyConfig {
    /// The settings of `snapshot`'s gateway, with `Config` of `proxy-defaults` under them.
    pub fn of(snapshot: &Snapshot) -> Result<Self, Error> {
        Self::decode(&snapshot.proxy_config(), BootstrapForm::V3)
    }

    /// The clusters of `envoy_extra_static_clusters_json`.
    pub fn extra_clusters(&self) -> Result<Vec<Value>, Error> {
        Fragments::of_user(keys::STATIC_CLUSTERS.name, &self.static_clusters)
    }

    /// The listeners of `envoy_extra_static_listeners_json`.
    pub fn extra_listeners(&self) -> Result<Vec<Value>, Error> {
        Fragments::of_user(keys::STATIC_LISTENERS.name, &self.static_listeners)
    }

    /// Decodes the opaque map.
    ///
    /// Consul: unknown keys are ignored, numbers become text, true `1` and false `0`, a single value becomes a list of
    /// one; an object or list where text is wanted is an error. All errors are reported together.
    pub fn decode(config: &Map<String, Value>, form: BootstrapForm) -> Result<Self, Error> {
        let mut reader = Reader { config, form, problems: Vec::new() };
        let decoded = Self {
            bootstrap_template: reader.text(keys::BOOTSTRAP_TEMPLATE),
            static_clusters: reader.text(keys::STATIC_CLUSTERS),
            static_listeners: reader.text(keys::STATIC_LISTENERS),
            stats_sinks: reader.text(keys::STATS_SINKS),
            stats_config: reader.text(keys::STATS_CONFIG),
            stats_tags: reader.texts(keys::STATS_TAGS),
            stats_flush_interval: reader.text(keys::STATS_FLUSH_INTERVAL),
            statsd_url: reader.text(keys::STATSD_URL),
            dogstatsd_url: reader.text(keys::DOGSTATSD_URL),
            prometheus_bind: reader.text(keys::PROMETHEUS_BIND),
            stats_bind: reader.text(keys::STATS_BIND),
            tracing: reader.text(keys::TRACING),
            telemetry_collector_socket_dir: reader.text(keys::TELEMETRY_SOCKET_DIR),
        };
        if reader.problems.is_empty() {
            Ok(decoded)
        } else {
            Err(Error::ConfigTypes { problems: reader.problems })
        }
    }

    /// Names of the environment variables that rendering will look up, so that the caller need not hand over more.
    pub fn variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for url in [&self.statsd_url, &self.dogstatsd_url] {
            names.extend(url.strip_prefix('$').map(str::to_owned));
            if url.contains("HOST_IP") {
                names.insert(super::sinks::HOST_IP.to_owned());
            }
        }
        names
    }
}

/// The names of static resources.
pub fn names_of(resources: &[Value]) -> BTreeSet<String> {
    let names = resources.iter().filter_map(|resource| resource.get("name")?.as_str());
    names.map(str::to_owned).collect()
}

struct Reader<'a> {
    config: &'a Map<String, Value>,
    form: BootstrapForm,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// The value of a key, if a Consul that wants this form knows it.
    fn value(&self, key: Key) -> Option<&Value> {
        let is_known =
            self.form == BootstrapForm::V3 || key.since.is_none_or(|since| since < Release(1, 10, 0));
        key.value(self.config).filter(|_| is_known)
    }

    fn text(&mut self, key: Key) -> String {
        let text = self.value(key).map_or(Ok(String::new()), weak::text);
        text.unwrap_or_else(|found| {
            self.problems.push(format!("`{}` must be text, not {found}", key.name));
            String::new()
        })
    }

    fn texts(&mut self, key: Key) -> Vec<String> {
        let items = self.value(key).map_or(&[][..], weak::items);
        let (mut texts, mut problems) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            match weak::text(item) {
                Ok(text) => texts.push(text),
                Err(found) => problems.push(format!("`{}[{index}]` must be text, not {found}", key.name)),
            }
        }
        self.problems.extend(problems);
        texts
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BootstrapForm, ProxyConfig};
    use crate::proxy_config::{ReadBy, keys};
    use crate::snapshot::Snapshot;

    fn decode(value: Value) -> Result<ProxyConfig, String> {
        let Value::Object(map) = value else { unreachable!("an object") };
        ProxyConfig::decode(&map, BootstrapForm::V3).map_err(|error| error.to_string())
    }

    #[test]
    fn every_key_of_the_bootstrap_is_read() {
        let read: Vec<_> = keys::all().filter(|key| key.read_by == ReadBy::Bootstrap).collect();
        assert!(read.len() > 10);
        for key in read {
            let text = decode(json!({ key.name.to_uppercase(): "x" })).unwrap();
            assert_ne!(text, ProxyConfig::default(), "{}", key.name);
            let error = decode(json!({ key.name: {"a": 1} })).unwrap_err();
            assert!(error.contains(&format!("`{}", key.name)), "{error}");
        }
    }

    #[test]
    fn a_key_that_is_newer_than_the_form_is_not_read() {
        let config = json!({"envoy_telemetry_collector_bind_socket_dir": "/run", "envoy_statsd_url": "a"});
        let old = ProxyConfig::decode(config.as_object().unwrap(), BootstrapForm::V2).unwrap();
        assert_eq!((old.telemetry_collector_socket_dir.as_str(), old.statsd_url.as_str()), ("", "a"));
    }

    #[test]
    fn empty_keys_of_the_registration_come_from_proxy_defaults() {
        let shared =
            json!({"Config": {"envoy_extra_static_clusters_json": "{}", "envoy_stats_tags": ["a=b"]}});
        let mut snapshot = Snapshot { proxy_defaults: Some(shared), ..Snapshot::default() };
        let own =
            json!({"envoy_extra_static_clusters_json": "", "envoy_stats_tags": [], "envoy_statsd_url": "x"});
        snapshot.gateway.proxy.config = own.as_object().cloned().unwrap();
        let config = ProxyConfig::of(&snapshot).unwrap();
        assert_eq!((config.static_clusters.as_str(), config.statsd_url.as_str()), ("{}", "x"));
        assert_eq!(config.stats_tags, ["a=b"]);
    }

    #[test]
    fn all_wrong_types_are_reported_together() {
        let error = decode(
            json!({"envoy_statsd_url": {"a": 1}, "envoy_tracing_json": [1], "envoy_stats_tags": [[1]]}),
        );
        let error = error.unwrap_err();
        assert!(error.contains("`envoy_statsd_url` must be text, not an object"), "{error}");
        assert!(error.contains("`envoy_tracing_json` must be text, not a list"), "{error}");
        assert!(error.contains("`envoy_stats_tags[0]`"), "{error}");
    }
}
