//! Checks the escape hatch for tracing: if Envoy refuses it, it refuses every listener.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use super::log_format;

/// Checks the message `HttpConnectionManager.Tracing`, in the form of Envoy's config dump; `clusters` are those that
/// Envoy has whatever is linked.
pub fn check(tracing: &Value, clusters: &BTreeSet<String>) -> Result<(), String> {
    for key in ["client_sampling", "random_sampling", "overall_sampling"] {
        let share = tracing.get(key).and_then(|percent| percent.get("value"));
        if share.is_some_and(|share| share.as_f64().is_none_or(|share| !(0.0..=100.0).contains(&share))) {
            return Err(format!("{key} is not from 0 to 100"));
        }
    }
    for key in ["operation", "upstream_operation"] {
        log_format::check(text(tracing, key)).map_err(|reason| format!("{key}: {reason}"))?;
    }
    for tag in list(tracing, "custom_tags") {
        check_tag(tag).map_err(|reason| format!("custom tag `{}`: {reason}", text(tag, "tag")))?;
    }
    let Some(provider) = tracing.get("provider") else { return Ok(()) };
    filled(provider, &["name"])?;
    check_tracer(provider.get("typed_config").unwrap_or(&Value::Null), clusters)
}

fn check_tag(tag: &Value) -> Result<(), String> {
    filled(tag, &["tag"])?;
    if let Some(header) = tag.get("request_header") {
        filled(header, &["name"])?;
        if text(header, "name").contains(['\0', '\r', '\n']) {
            return Err("a line end in a header's name".to_owned());
        }
    } else if let Some(variable) = tag.get("environment") {
        filled(variable, &["name"])?;
    } else if let Some(literal) = tag.get("literal") {
        filled(literal, &["value"])?;
    } else if let Some(metadata) = tag.get("metadata") {
        if metadata.get("kind").is_some_and(|kind| kind.as_object().is_none_or(serde_json::Map::is_empty)) {
            return Err("metadata without a kind".to_owned());
        }
        if let Some(key) = metadata.get("metadata_key") {
            filled(key, &["key"])?;
            let path = list(key, "path");
            if path.is_empty() || path.iter().any(|segment| text(segment, "key").is_empty()) {
                return Err("a path without keys".to_owned());
            }
        }
    } else if let Some(value) = tag.get("value") {
        log_format::check(value.as_str().unwrap_or_default())?;
    } else {
        return Err("it has no value".to_owned());
    }
    Ok(())
}

/// Envoy goes by the message, whatever name stands beside it.
fn check_tracer(config: &Value, clusters: &BTreeSet<String>) -> Result<(), String> {
    let cluster = |owner: &Value, key: &str| {
        let name = text(owner, key);
        let is_there = clusters.contains(name);
        is_there.then_some(()).ok_or_else(|| {
            format!("`{key}` names `{name}`, which is not a cluster of `envoy_extra_static_clusters_json`")
        })
    };
    let message = text(config, "@type").rsplit('/').next().unwrap_or_default();
    match message {
        "envoy.config.trace.v3.ZipkinConfig" => {
            if !matches!(text(config, "collector_endpoint_version"), "HTTP_JSON" | "HTTP_PROTO") {
                return Err("`collector_endpoint_version` is neither HTTP_JSON nor HTTP_PROTO".to_owned());
            }
            if let Some(service) = config.get("collector_service") {
                return cluster(check_http(service)?, "cluster");
            }
            filled(config, &["collector_endpoint"])?;
            cluster(config, "collector_cluster")
        }
        "envoy.config.trace.v3.DatadogConfig" => {
            filled(config, &["service_name"])?;
            cluster(config, "collector_cluster")
        }
        "envoy.config.trace.v3.OpenTelemetryConfig" => check_open_telemetry(config),
        "envoy.config.trace.v3.SkyWalkingConfig" => check_grpc(config.get("grpc_service")),
        "envoy.config.trace.v3.XRayConfig" => {
            filled(config, &["segment_name"])?;
            let daemon = config.get("daemon_endpoint").unwrap_or(&Value::Null);
            let is_address = text(daemon, "address").parse::<IpAddr>().is_ok();
            if text(daemon, "protocol") == "UDP" && is_address && daemon.get("port_value").is_some() {
                return Ok(());
            }
            Err("`daemon_endpoint` is not an IP address with a UDP port".to_owned())
        }
        "envoy.extensions.tracers.fluentd.v3.FluentdConfig" => {
            filled(config, &["cluster", "tag", "stat_prefix"])
        }
        _ => Err("`provider` has no `typed_config` of a tracer".to_owned()),
    }
}

fn check_open_telemetry(config: &Value) -> Result<(), String> {
    match (config.get("grpc_service"), config.get("http_service")) {
        (Some(service), None) => check_grpc(Some(service))?,
        (None, Some(service)) if service.get("http_uri").is_none() => {}
        (None, Some(service)) => {
            check_http(service)?;
        }
        _ => return Err("it takes either `grpc_service` or `http_service`".to_owned()),
    }
    for extension in config.get("sampler").into_iter().chain(list(config, "resource_detectors")) {
        filled(extension, &["name"])?;
        let message = extension.get("typed_config").map(|config| text(config, "@type")).unwrap_or_default();
        if !message.contains("/envoy.extensions.tracers.opentelemetry.") {
            return Err(format!("`{}` is not an extension of OpenTelemetry", text(extension, "name")));
        }
    }
    Ok(())
}

/// The `http_uri` of an `HttpService`.
fn check_http(service: &Value) -> Result<&Value, String> {
    let uri = service.get("http_uri").unwrap_or(&Value::Null);
    filled(uri, &["uri", "cluster", "timeout"])?;
    Ok(uri)
}

fn check_grpc(service: Option<&Value>) -> Result<(), String> {
    let targets = service.map(|service| (service.get("envoy_grpc"), service.get("google_grpc")));
    match targets {
        Some((Some(envoy), _)) => filled(envoy, &["cluster_name"]),
        Some((_, Some(google))) => filled(google, &["target_uri", "stat_prefix"]),
        _ => Err("`grpc_service` names no service".to_owned()),
    }
}

/// Whether none of the texts under `keys` is empty.
fn filled(value: &Value, keys: &[&str]) -> Result<(), String> {
    match keys.iter().find(|key| text(value, key).is_empty()) {
        Some(key) => Err(format!("`{key}` is empty")),
        None => Ok(()),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::check;

    fn holds(tracing: &Value) -> bool {
        check(tracing, &BTreeSet::from(["c".to_owned()])).is_ok()
    }

    fn tracer(message: &str, fields: Value) -> Value {
        let mut config = fields;
        config["@type"] = format!("type.googleapis.com/envoy.{message}").into();
        json!({"provider": {"name": "n", "typed_config": config}})
    }

    /// What Envoy 1.40 says of each was tried.
    #[test]
    fn only_tracers_that_envoy_accepts_are_accepted() {
        let percent = |value: Value| json!({"random_sampling": {"value": value}});
        for (tracing, taken) in [
            (json!({}), true),
            (percent(json!(100)), true),
            (percent(json!(200)), false),
            (percent(json!(-1)), false),
            (percent(json!("NaN")), false),
            (json!({"operation": "%PROTOCOL%"}), true),
            (json!({"operation": "%FOO%"}), false),
            (json!({"provider": {"name": "nope"}}), false),
            (tracer("extensions.filters.http.router.v3.Router", json!({})), false),
        ] {
            assert_eq!(holds(&tracing), taken, "{tracing}");
        }
    }

    #[test]
    fn a_custom_tag_has_a_name_and_a_value() {
        let metadata =
            |key: Value| json!({"tag": "a", "metadata": {"kind": {"host": {}}, "metadata_key": key}});
        for (tag, taken) in [
            (json!({"tag": "a", "literal": {"value": "b"}}), true),
            (json!({"tag": "a", "value": "%PROTOCOL%"}), true),
            (json!({"tag": "a", "request_header": {"name": "x"}}), true),
            (json!({"tag": "a", "environment": {"name": "X"}}), true),
            (metadata(json!({"key": "x", "path": [{"key": "y"}]})), true),
            (json!({"tag": ""}), false),
            (json!({"tag": "a"}), false),
            (json!({"tag": "a", "literal": {}}), false),
            (json!({"tag": "a", "value": "%FOO%"}), false),
            (json!({"tag": "a", "request_header": {"name": "x\n"}}), false),
            (json!({"tag": "a", "environment": {}}), false),
            (json!({"tag": "a", "metadata": {"kind": {}}}), false),
            (metadata(json!({"key": "x"})), false),
            (metadata(json!({"key": "x", "path": [{}]})), false),
        ] {
            assert_eq!(holds(&json!({"custom_tags": [tag]})), taken, "{tag}");
        }
    }

    #[test]
    fn a_tracer_with_missing_settings_is_refused() {
        let zipkin = |cluster: &str, endpoint: &str, version: &str| {
            let fields = json!({"collector_cluster": cluster, "collector_endpoint": endpoint,
                "collector_endpoint_version": version});
            tracer("config.trace.v3.ZipkinConfig", fields)
        };
        let http =
            |cluster: &str| json!({"http_uri": {"uri": "http://a/b", "cluster": cluster, "timeout": "1s"}});
        let service = |cluster: &str| {
            let fields =
                json!({"collector_service": http(cluster), "collector_endpoint_version": "HTTP_JSON"});
            tracer("config.trace.v3.ZipkinConfig", fields)
        };
        let open = |fields: Value| tracer("config.trace.v3.OpenTelemetryConfig", fields);
        let grpc = json!({"envoy_grpc": {"cluster_name": "elsewhere"}});
        let sky = |fields: Value| tracer("config.trace.v3.SkyWalkingConfig", fields);
        let xray = |address: &str| {
            let daemon = json!({"address": address, "port_value": 2000, "protocol": "UDP"});
            tracer("config.trace.v3.XRayConfig", json!({"segment_name": "s", "daemon_endpoint": daemon}))
        };
        let datadog = |cluster: &str| {
            tracer(
                "config.trace.v3.DatadogConfig",
                json!({"collector_cluster": cluster, "service_name": "s"}),
            )
        };
        for (tracing, taken) in [
            (zipkin("c", "/a", "HTTP_JSON"), true),
            (zipkin("absent", "/a", "HTTP_JSON"), false),
            (zipkin("", "/a", "HTTP_JSON"), false),
            (zipkin("c", "", "HTTP_JSON"), false),
            (zipkin("c", "/a", "GRPC"), false),
            (zipkin("c", "/a", ""), false),
            (service("c"), true),
            (service("absent"), false),
            (datadog("c"), true),
            (datadog("absent"), false),
            (open(json!({"grpc_service": grpc})), true),
            (open(json!({"http_service": http("elsewhere")})), true),
            (open(json!({"http_service": http("")})), false),
            (open(json!({"grpc_service": grpc, "http_service": http("c")})), false),
            (open(json!({})), false),
            (open(json!({"grpc_service": grpc, "sampler": {"name": "x"}})), false),
            (sky(json!({"grpc_service": grpc})), true),
            (sky(json!({"grpc_service": {"google_grpc": {"target_uri": "a", "stat_prefix": "b"}}})), true),
            (sky(json!({"grpc_service": {}})), false),
            (xray("127.0.0.1"), true),
            (xray("xray.local"), false),
        ] {
            assert_eq!(holds(&tracing), taken, "{tracing}");
        }
    }
}
