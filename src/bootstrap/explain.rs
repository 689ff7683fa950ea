//! Where each value of a gateway's effective Proxy.Config comes from, in words.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::central_config::{Origin, merge_central_config};

/// Describes the effective Proxy.Config, a line a value: its origin, its path, the value.
///
/// `effective` is what the agent answers for the service, merged with `defaults` already (proxy-defaults; empty where
/// the agent does not merge). The agent does not tell the two apart: a value that proxy-defaults has too counts as
/// its own.
pub fn explain(defaults: &Map<String, Value>, effective: &Map<String, Value>) -> String {
    let merged = merge_central_config(defaults, &without(effective, defaults));
    if merged.origins.is_empty() {
        return "Proxy.Config is empty: neither proxy-defaults nor the service sets anything\n".to_owned();
    }
    let width = merged.origins.values().map(|origin| origin.to_string().len()).max().unwrap_or_default();
    let mut text = String::new();
    for (path, origin) in &merged.origins {
        let value = at(&merged.config, path).map(Value::to_string).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(text, "{:width$}  {path} = {value}", origin.to_string());
        if let (Origin::Service, Some(other)) = (origin, at(defaults, path)) {
            let _ = write!(text, "  (in place of {other} from proxy-defaults)");
        }
        text.push('\n');
    }
    text
}

/// `config` without the values that `defaults` has too.
fn without(config: &Map<String, Value>, defaults: &Map<String, Value>) -> Map<String, Value> {
    let own = |(key, value): (&String, &Value)| {
        let value = match (value, defaults.get(key)) {
            (value, Some(default)) if value == default => return None,
            (Value::Object(value), Some(Value::Object(default))) => Value::Object(without(value, default)),
            (value, _) => value.clone(),
        };
        Some((key.clone(), value))
    };
    config.iter().filter_map(own).collect()
}

/// The value at a path of keys joined with dots; keys may hold dots themselves.
fn at<'a>(config: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    config.get(path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let (key, rest) = (path.get(..dot)?, path.get(dot + 1..)?);
            at(config.get(key)?.as_object()?, rest)
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::explain;

    fn map(value: Value) -> Map<String, Value> {
        if let Value::Object(map) = value { map } else { Map::new() }
    }

    #[test]
    fn every_value_is_told_with_its_origin() {
        let defaults = map(json!({"protocol": "http", "limits": {"a": 1, "b.c": 2}, "timeout": 5}));
        let effective =
            map(json!({"protocol": "tcp", "limits": {"a": 1, "b.c": 3}, "timeout": 5, "own": true}));
        assert_eq!(
            explain(&defaults, &effective),
            "proxy-defaults              limits.a = 1\n\
             the service's Proxy.Config  limits.b.c = 3  (in place of 2 from proxy-defaults)\n\
             the service's Proxy.Config  own = true\n\
             the service's Proxy.Config  protocol = \"tcp\"  (in place of \"http\" from proxy-defaults)\n\
             proxy-defaults              timeout = 5\n"
        );
        assert!(explain(&Map::new(), &Map::new()).contains("empty"));
    }
}
