//! Where each value of a gateway's effective Proxy.Config comes from, in words.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::proxy_config::fill;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The config entry `proxy-defaults` / `global`.
    ProxyDefaults,
    /// Proxy.Config of the gateway's registration.
    Service,
}

impl Origin {
    const fn text(self) -> &'static str {
        match self {
            Self::ProxyDefaults => "proxy-defaults",
            Self::Service => "the service's Proxy.Config",
        }
    }
}

/// Describes the effective Proxy.Config, a line a value: its origin, its path, the value.
///
/// `effective` is what the agent answers for the service, merged with `defaults` already (proxy-defaults; empty where
/// the agent does not merge). The agent does not tell the two apart: a value that proxy-defaults has too counts as
/// its own.
pub fn explain(defaults: &Map<String, Value>, effective: &Map<String, Value>) -> String {
    let mut merged = effective.clone();
    fill(&mut merged, defaults);
    let mut lines = Vec::new();
    collect("", &merged, defaults, &mut lines);
    if lines.is_empty() {
        return "Proxy.Config is empty: neither proxy-defaults nor the service sets anything\n".to_owned();
    }
    let width = lines.iter().map(|line| line.origin.text().len()).max().unwrap_or_default();
    let mut text = String::new();
    for Line { origin, path, value, default } in &lines {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:width$}  {path} = {value}", origin.text());
        if let (Origin::Service, Some(other)) = (origin, default) {
            let _ = write!(text, "  (in place of {other} from proxy-defaults)");
        }
        text.push('\n');
    }
    text
}

/// One value.
struct Line<'a> {
    origin: Origin,
    /// Its keys, joined with dots.
    path: String,
    value: &'a Value,
    /// What proxy-defaults has in its place.
    default: Option<&'a Value>,
}

fn collect<'a>(
    prefix: &str,
    config: &'a Map<String, Value>,
    defaults: &'a Map<String, Value>,
    lines: &mut Vec<Line<'a>>,
) {
    for (key, value) in config {
        let path = format!("{prefix}{key}");
        let default = defaults.get(key);
        if let (Value::Object(value), Some(Value::Object(default))) = (value, default) {
            collect(&format!("{path}."), value, default, lines);
        } else {
            let origin = if default == Some(value) { Origin::ProxyDefaults } else { Origin::Service };
            lines.push(Line { origin, path, value, default });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::explain;

    fn map(value: Value) -> Map<String, Value> {
        if let Value::Object(map) = value { map } else { Map::new() }
    }

    #[test]
    fn every_value_is_shown_with_its_origin() {
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
