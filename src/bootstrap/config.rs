//! The keys of a gateway's `Proxy.Config` that shape its bootstrap, decoded as weakly as Consul does.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fragments::Fragments;
use super::{BootstrapForm, Error, merge_central_config};
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
        let central = snapshot.proxy_defaults.as_ref().and_then(|entry| entry.get("Config")?.as_object());
        let own = &snapshot.gateway.proxy.config;
        let merged = merge_central_config(central.unwrap_or(&Map::new()), own);
        Self::decode(&merged.config, BootstrapForm::V3)
    }

    /// The clusters of `envoy_extra_static_clusters_json`.
    pub fn extra_clusters(&self) -> Result<Vec<Value>, Error> {
        Fragments::of_user("envoy_extra_static_clusters_json", &self.static_clusters)
    }

    /// The listeners of `envoy_extra_static_listeners_json`.
    pub fn extra_listeners(&self) -> Result<Vec<Value>, Error> {
        Fragments::of_user("envoy_extra_static_listeners_json", &self.static_listeners)
    }

    /// Decodes the opaque map.
    ///
    /// Consul: keys are matched without regard to case (an exact match first), unknown keys are ignored, numbers
    /// become text, true `1` and false `0`, a single value becomes a list of one; an object or list where text is
    /// wanted is an error. All errors are reported together.
    pub fn decode(config: &Map<String, Value>, form: BootstrapForm) -> Result<Self, Error> {
        let mut reader = Decoder { config, problems: Vec::new() };
        let decoded = Self {
            bootstrap_template: reader.text("envoy_bootstrap_json_tpl"),
            static_clusters: reader.text("envoy_extra_static_clusters_json"),
            static_listeners: reader.text("envoy_extra_static_listeners_json"),
            stats_sinks: reader.text("envoy_extra_stats_sinks_json"),
            stats_config: reader.text("envoy_stats_config_json"),
            stats_tags: reader.texts("envoy_stats_tags"),
            stats_flush_interval: reader.text("envoy_stats_flush_interval"),
            statsd_url: reader.text("envoy_statsd_url"),
            dogstatsd_url: reader.text("envoy_dogstatsd_url"),
            prometheus_bind: reader.text("envoy_prometheus_bind_addr"),
            stats_bind: reader.text("envoy_stats_bind_addr"),
            tracing: reader.text("envoy_tracing_json"),
            telemetry_collector_socket_dir: match form {
                BootstrapForm::V2 => String::new(),
                BootstrapForm::V3 => reader.text("envoy_telemetry_collector_bind_socket_dir"),
            },
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

struct Decoder<'a> {
    config: &'a Map<String, Value>,
    problems: Vec<String>,
}

impl Decoder<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.config.get(key).or_else(|| {
            let mut others = self.config.iter().filter(|(name, _)| name.to_lowercase() == key);
            others.next().map(|(_, value)| value)
        })
    }

    fn text(&mut self, key: &'static str) -> String {
        match self.value(key).map(weak_text) {
            None => String::new(),
            Some(Ok(text)) => text,
            Some(Err(found)) => {
                self.problems.push(format!("`{key}` must be text, not {found}"));
                String::new()
            }
        }
    }

    fn texts(&mut self, key: &'static str) -> Vec<String> {
        let (texts, problems): (Vec<_>, Vec<_>) = match self.value(key) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Object(members)) if members.is_empty() => return Vec::new(),
            Some(Value::Array(items)) => items.iter().map(weak_text).enumerate().collect::<Vec<_>>(),
            Some(single) => vec![(0, weak_text(single))],
        }
        .into_iter()
        .partition(|(_, result)| result.is_ok());
        for (index, problem) in problems {
            if let Err(found) = problem {
                self.problems.push(format!("`{key}[{index}]` must be text, not {found}"));
            }
        }
        texts.into_iter().filter_map(|(_, text)| text.ok()).collect()
    }
}

/// Text from anything but a list or an object; `Err` says what was found.
fn weak_text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(true) => Ok("1".to_owned()),
        Value::Bool(false) => Ok("0".to_owned()),
        Value::String(text) => Ok(text.clone()),
        // Consul reads every JSON number as a float64 and prints it without an exponent.
        Value::Number(number) => {
            Ok(number.as_f64().map_or_else(|| number.to_string(), |float| float.to_string()))
        }
        Value::Array(_) => Err("a list"),
        Value::Object(_) => Err("an object"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BootstrapForm, ProxyConfig};

    fn decode(value: Value) -> Result<ProxyConfig, String> {
        let Value::Object(map) = value else { unreachable!("an object") };
        ProxyConfig::decode(&map, BootstrapForm::V3).map_err(|error| error.to_string())
    }

    #[test]
    fn keys_match_without_regard_to_case_and_exact_ones_win() {
        let config = decode(json!({"Envoy_Statsd_URL": "a", "ENVOY_STATS_TAGS": "x=1"})).unwrap();
        assert_eq!((config.statsd_url.as_str(), config.stats_tags), ("a", vec!["x=1".to_owned()]));
        let config = decode(json!({"ENVOY_STATSD_URL": "a", "envoy_statsd_url": "b"})).unwrap();
        assert_eq!(config.statsd_url, "b");
    }

    #[test]
    fn numbers_and_booleans_become_text() {
        let config =
            decode(json!({"envoy_stats_flush_interval": 10, "envoy_stats_tags": [1, 2.5, true, 1e21]}))
                .unwrap();
        assert_eq!(config.stats_flush_interval, "10");
        assert_eq!(config.stats_tags, ["1", "2.5", "1", "1000000000000000000000"]);
    }

    #[test]
    fn all_wrong_types_are_told_at_once() {
        let error = decode(
            json!({"envoy_statsd_url": {"a": 1}, "envoy_tracing_json": [1], "envoy_stats_tags": [[1]]}),
        );
        let error = error.unwrap_err();
        assert!(error.contains("`envoy_statsd_url` must be text, not an object"), "{error}");
        assert!(error.contains("`envoy_tracing_json` must be text, not a list"), "{error}");
        assert!(error.contains("`envoy_stats_tags[0]`"), "{error}");
    }
}
