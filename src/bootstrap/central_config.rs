//! How proxy-defaults and a gateway's own Proxy.Config become one, with the origin of every value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Where a value of the merged configuration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The config entry `proxy-defaults` / `global`.
    ProxyDefaults,
    /// Proxy.Config of the gateway's registration.
    Service,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::ProxyDefaults => "proxy-defaults",
            Self::Service => "the service's Proxy.Config",
        })
    }
}

/// The merged configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MergedConfig {
    /// The values.
    pub config: Map<String, Value>,
    /// The origin of each value, by its path (keys joined with dots; objects that both sides have are merged key
    /// by key).
    pub origins: BTreeMap<String, Origin>,
}

/// Merges the opaque configurations as an agent with central configuration does: the service's value wins, objects
/// merge key by key, keys are compared as written.
pub fn merge_central_config(
    proxy_defaults: &Map<String, Value>,
    service: &Map<String, Value>,
) -> MergedConfig {
    let mut merged = MergedConfig::default();
    merged.config = merge("", proxy_defaults, service, &mut merged.origins);
    merged
}

fn merge(
    prefix: &str,
    defaults: &Map<String, Value>,
    service: &Map<String, Value>,
    origins: &mut BTreeMap<String, Origin>,
) -> Map<String, Value> {
    let mut merged = Map::new();
    for (key, value) in service {
        let path = format!("{prefix}{key}");
        let value = if let (Some(Value::Object(default)), Value::Object(own)) = (defaults.get(key), value) {
            Value::Object(merge(&format!("{path}."), default, own, origins))
        } else {
            origins.insert(path, Origin::Service);
            value.clone()
        };
        merged.insert(key.clone(), value);
    }
    for (key, value) in defaults.iter().filter(|(key, _)| !service.contains_key(*key)) {
        origins.insert(format!("{prefix}{key}"), Origin::ProxyDefaults);
        merged.insert(key.clone(), value.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Origin, merge_central_config};

    fn map(value: Value) -> Map<String, Value> {
        if let Value::Object(map) = value { map } else { Map::new() }
    }

    #[test]
    fn the_services_value_wins_and_every_value_has_an_origin() {
        let defaults = map(json!({"a": 1, "b": {"x": 1, "y": 1}, "c": 1}));
        let service = map(json!({"b": {"y": 2}, "c": {"z": 3}, "d": 4}));
        let merged = merge_central_config(&defaults, &service);
        assert_eq!(
            Value::Object(merged.config),
            json!({"a": 1, "b": {"x": 1, "y": 2}, "c": {"z": 3}, "d": 4})
        );
        let origins: Vec<_> = merged.origins.iter().map(|(path, origin)| (path.as_str(), *origin)).collect();
        assert_eq!(
            origins,
            [
                ("a", Origin::ProxyDefaults),
                ("b.x", Origin::ProxyDefaults),
                ("b.y", Origin::Service),
                ("c", Origin::Service),
                ("d", Origin::Service)
            ]
        );
    }
}
