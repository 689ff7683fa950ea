//! proxy-defaults and service-defaults. Sources: recorded answers of 1.21.4 and 2.1.0-dev (protocol, destination),
//! consul#21593 (protocols are checked since 1.20), consul#10069 (the name `*`, 1.10), and Consul's MPL-licensed sources up
//! to 1.16 (upstreams, 1.10; access logs, 1.15; mutual TLS modes, 1.16). Keys that stand in the wrong place of
//! proxy-defaults: HashiCorp's documentation.

use super::extensions::extensions;
use super::{
    Rules, given, is_one_of, items, locality, member, members, not_negative, number, present, span, text,
};
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;

pub(super) fn proxy(rules: &mut Rules<'_>) {
    if let Some(logs) = member(rules.body(), "AccessLogs") {
        access_logs(rules, &logs.json);
    }
    mutual_tls_mode(rules);
    extensions(rules);
    let body = rules.body();
    locality(rules, member(body, "FailoverPolicy"), member(body, "PrioritizeByLocality"));
    crashing(rules);
    misplaced(rules);
    values(rules);
}

/// Keys of `Config` from which servers make listeners and clusters: each a JSON object.
const JSON_KEYS: [&str; 5] = [
    "envoy_public_listener_json",
    "envoy_listener_json",
    "envoy_local_cluster_json",
    "envoy_cluster_json",
    "envoy_listener_tracing_json",
];

/// Keys of `Config` that are numbers from 0.
const NUMBER_KEYS: [&str; 7] = [
    "connect_timeout_ms",
    "local_connect_timeout_ms",
    "local_request_timeout_ms",
    "local_idle_timeout_ms",
    "max_inbound_connections",
    "max_request_headers_kb",
    "xds_fetch_timeout_ms",
];

/// Values of `Config` that servers read for the proxies; [`crate::bootstrap`] knows those of the bootstrap.
fn values(rules: &mut Rules<'_>) {
    for (key, field) in members(rules.body(), "Config") {
        let plain = key.to_lowercase();
        let value = field.json.as_text();
        if JSON_KEYS.contains(&&*plain) {
            let text = value.unwrap_or_default();
            let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&text);
            if let Some(error) = read.err().filter(|_| !text.is_empty()) {
                let message = format!("Config key `{key}` is not a JSON object: {error}");
                rules.refuse(Code::RefusedByEnvoy, field.span, message);
            }
        } else if NUMBER_KEYS.contains(&&*plain) {
            let number = match (&field.json, &value) {
                (Json::Int(number), _) => Some(*number),
                #[expect(clippy::cast_possible_truncation, reason = "saturates")]
                (Json::Float(number), _) => Some(*number as i64),
                (_, Some(text)) => text.parse().ok(),
                (Json::Null | Json::Bool(_), _) => Some(0),
                _ => None,
            };
            if number.is_none_or(|number| number < 0) {
                let message = format!("Config key `{key}` is not a number from 0: Consul ignores it");
                rules.warn(Code::IgnoredValue, field.span, message);
            }
        } else if plain == "protocol" {
            let name = value.unwrap_or_default().to_lowercase();
            if !is_one_of(&name, &["", "tcp", "http", "http2", "grpc"]) {
                let message = format!("Config key `{key}`: Consul takes {} for tcp", quote(&name));
                rules.warn(Code::IgnoredValue, field.span, message);
            }
        }
    }
}

/// Keys of the entry, in the spellings that a file may have them in.
const BESIDE_CONFIG: [(&str, &str); 10] = [
    ("accesslogs", "AccessLogs"),
    ("config", "Config"),
    ("envoyextensions", "EnvoyExtensions"),
    ("expose", "Expose"),
    ("failoverpolicy", "FailoverPolicy"),
    ("meshgateway", "MeshGateway"),
    ("meta", "Meta"),
    ("mode", "Mode"),
    ("mutualtlsmode", "MutualTLSMode"),
    ("transparentproxy", "TransparentProxy"),
];

/// Keys of the entry that stand in `Config`.
fn misplaced(rules: &mut Rules<'_>) {
    for (key, field) in members(rules.body(), "Config") {
        let plain = key.replace('_', "").to_lowercase();
        if let Some((_, name)) = BESIDE_CONFIG.iter().find(|(known, _)| *known == plain) {
            let message = format!("`{key}` has no effect in `Config`: `{name}` is a key of the entry itself");
            rules.warn(Code::MisplacedKey, field.span, message);
        }
    }
}

/// A `null` in `Config`, at which servers of 1.8 end with a panic.
fn crashing(rules: &mut Rules<'_>) {
    if rules.since(Release(1, 9, 0)) {
        return;
    }
    for (key, field) in members(rules.body(), "Config") {
        if has_null(&field.json) {
            let message = format!("`Config.{key}` is or holds `null`, on which Consul's servers crash");
            rules.refuse(Code::CrashesConsul, field.span, message);
        }
    }
}

fn has_null(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::List(items) => items.iter().any(|item| has_null(&item.json)),
        Json::Object(members) => members.iter().any(|(_, field)| has_null(&field.json)),
        _ => false,
    }
}

pub(super) fn service(rules: &mut Rules<'_>) {
    let body = rules.body();
    if rules.entry.name() == "*" && rules.since(Release(1, 10, 0)) {
        let words = "service-defaults name must be the name of a service, and not a wildcard";
        rules.says(Code::WildcardName, span(body, "Name"), words);
    }
    mutual_tls_mode(rules);
    extensions(rules);
    balance(rules, body, "BalanceInboundConnections", "", Code::UnknownMode);
    let destination = present(body, "Destination");
    let upstreams = present(body, "UpstreamConfig");
    if let (Some(destination), Some(_)) = (destination, upstreams) {
        let words = "UpstreamConfig and Destination are mutually exclusive for service defaults";
        return rules.says(Code::UpstreamConfig, destination.span, words);
    }
    if let Some(destination) = destination {
        let mut seen = Vec::new();
        for address in items(&destination.json, "Addresses") {
            let name = address.json.as_text().unwrap_or_default();
            if seen.contains(&name) {
                let words = format!("Duplicate address '{name}' is not allowed");
                rules.says(Code::DestinationAddress, address.span, words);
            }
            seen.push(name);
        }
    }
    let Some(upstreams) = upstreams else { return };
    if let Some(defaults) = present(&upstreams.json, "Defaults") {
        let place = "error in upstream defaults: ";
        if let Some(name) = given(&defaults.json, "Name") {
            rules.says(Code::UpstreamConfig, name.span, format!("{place}Name must be empty"));
        }
        upstream(rules, &defaults.json, place);
    }
    for upstream in items(&upstreams.json, "Overrides") {
        let name = text(&upstream.json, "Name");
        let place = format!("error in upstream override for {name}: ");
        let at = span(&upstream.json, "Name").or(upstream.span);
        if name.is_empty() {
            rules.says(Code::UpstreamConfig, at, format!("{place}Name is required"));
        } else if name == "*" {
            rules.says(Code::UpstreamConfig, at, format!("{place}Wildcard name is not supported"));
        }
        self::upstream(rules, &upstream.json, &place);
    }
}

/// The only way to balance connections that Consul knows, or none.
fn balance(rules: &mut Rules<'_>, json: &Json, key: &str, place: &str, code: Code) {
    let value = text(json, key);
    if !is_one_of(&value, &["", "exact_balance"]) {
        let name = if key.contains("Inbound") { "inbound" } else { "outbound" };
        let words = format!("invalid value for balance_{name}_connections: {value}");
        rules.refuse_as(code, span(json, key), &format!("{place}{words}"), words);
    }
}

/// What holds for the upstreams of a service and for those of a gateway. `place` begins the messages.
fn upstream(rules: &mut Rules<'_>, json: &Json, place: &str) {
    balance(rules, json, "BalanceOutboundConnections", place, Code::UpstreamConfig);
    if let Some(limits) = member(json, "Limits") {
        for (key, what) in [
            ("MaxConnections", "max connections"),
            ("MaxPendingRequests", "max pending requests"),
            ("MaxConcurrentRequests", "max concurrent requests"),
        ] {
            let words = format!("{what} cannot be negative");
            not_negative(rules, Code::UpstreamConfig, &limits.json, key, words);
        }
    }
    let Some(check) = member(json, "PassiveHealthCheck") else { return };
    for (key, what) in [("Interval", "interval"), ("BaseEjectionTime", "base_ejection_time")] {
        let words = format!("passive health check {what} cannot be negative");
        not_negative(rules, Code::UpstreamConfig, &check.json, key, words);
    }
    for (key, what) in [
        ("EnforcingConsecutive5xx", "enforcing_consecutive_5xx"),
        ("MaxEjectionPercent", "max_ejection_percent"),
        ("EnforcingConsecutiveGatewayFailure", "enforcing_consecutive_gateway_failure"),
    ] {
        if number(&check.json, key) > 100.0 && rules.since(Release(1, 16, 0)) {
            let words = format!("passive health check {what} must be a percentage between 0 and 100");
            rules.says(Code::UpstreamConfig, span(&check.json, key), words);
        }
    }
}

fn access_logs(rules: &mut Rules<'_>, logs: &Json) {
    let mut found: Vec<(Option<&Field>, String)> = Vec::new();
    let kind = text(logs, "Type");
    if !is_one_of(&kind, &["", "stdout", "stderr", "file"]) {
        found.push((member(logs, "Type"), format!("invalid access log type: {kind}")));
    }
    let path = given(logs, "Path");
    if kind == "file" && path.is_none() {
        let words = "path must be specified when using file type access logs";
        found.push((member(logs, "Type"), words.to_owned()));
    }
    if let Some(path) = path.filter(|_| kind != "file") {
        found.push((Some(path), "path is only valid for file type access logs".to_owned()));
    }
    let (json, plain) = (given(logs, "JSONFormat"), given(logs, "TextFormat"));
    if let (Some(_), Some(plain)) = (json, plain) {
        found.push((Some(plain), "cannot specify both access log JSONFormat and TextFormat".to_owned()));
    }
    let format = json.and_then(|json| json.json.as_text()).unwrap_or_default();
    if let (Some(json), Err(error)) = (json, serde_json::from_str::<serde_json::Value>(&format)) {
        found.push((Some(json), format!("invalid access log json for JSON format: {error}")));
    }
    for (field, words) in found {
        rules.says(Code::AccessLogs, field.and_then(|field| field.span), words);
    }
}

fn mutual_tls_mode(rules: &mut Rules<'_>) {
    let mode = text(rules.body(), "MutualTLSMode");
    if !is_one_of(&mode, &["", "strict", "permissive"]) {
        let quoted = quote(&mode);
        let message = format!("{quoted} is not a mode of mutual TLS; known are strict and permissive");
        let words = format!("MutualTLSMode {quoted}");
        rules.refuse_as(Code::UnknownMode, span(rules.body(), "MutualTLSMode"), &message, words);
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn proxy_defaults_are_as_servers_allow() {
        let lua = |arguments: &str| {
            format!("EnvoyExtensions = [{{ Name = \"builtin/lua\" Arguments = {{ {arguments} }} }}]")
        };
        let good = "ProxyType = \"connect-proxy\" Listener = \"inbound\" Script = \"x\"";
        let table = [
            ("AccessLogs { Enabled = true Type = \"syslog\" }".to_owned(), "invalid access log type: syslog"),
            (
                "AccessLogs { Enabled = true Type = \"file\" }".to_owned(),
                "path must be specified when using file type access logs",
            ),
            ("AccessLogs { Enabled = true Type = \"file\" Path = \"/log\" }".to_owned(), ""),
            (
                "AccessLogs { Enabled = true JSONFormat = \"{}\" TextFormat = \"x\" }".to_owned(),
                "cannot specify both",
            ),
            ("AccessLogs { Enabled = true JSONFormat = \"{\" }".to_owned(), "invalid access log json"),
            ("AccessLogs { Type = \"file\" }".to_owned(), "path must be specified"),
            ("AccessLogs { Path = \"/log\" }".to_owned(), "path is only valid for file type"),
            ("MutualTLSMode = \"lax\"".to_owned(), "\"lax\" is not a mode of mutual TLS"),
            ("MutualTLSMode = \"strict\"".to_owned(), ""),
            ("FailoverPolicy { Mode = \"sequential\" }".to_owned(), ""),
            (
                "FailoverPolicy { Mode = \"random\" }".to_owned(),
                "\"random\" is not a mode; known are sequential",
            ),
            ("PrioritizeByLocality { Mode = \"always\" }".to_owned(), "known are none and failover"),
            (lua(good), ""),
            (lua(&good.replace("connect-proxy", "terminating-gateway")), "unexpected ProxyType"),
            (lua(&good.replace("inbound", "both")), "unexpected Listener \"both\""),
            (lua("Listener = \"inbound\""), "missing Script value"),
            (
                "EnvoyExtensions = [{ Name = \"mine\" }]".to_owned(),
                "name \"mine\" is not a built-in extension",
            ),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"proxy-defaults\"\nName = \"global\"", "1.21.4", &[(text, words)]);
        }
    }

    #[test]
    fn service_defaults_are_as_servers_allow() {
        let head = "Kind = \"service-defaults\"\nName = \"web\"";
        let table = [
            ("Protocol = \"HTTP\"", ""),
            ("MutualTLSMode = \"lax\"", "is not a mode of mutual TLS"),
            ("BalanceInboundConnections = \"exact\"", "invalid value for balance_inbound_connections: exact"),
            ("BalanceInboundConnections = \"exact_balance\"", ""),
            (
                "Destination { Addresses = [\"a.b\", \"a.b\"] Port = 1 }",
                "Duplicate address 'a.b' is not allowed",
            ),
            (
                "UpstreamConfig { Defaults { Name = \"a\" } }",
                "error in upstream defaults: Name must be empty",
            ),
            (
                "UpstreamConfig { Overrides = [{ Protocol = \"http\" }] }",
                "error in upstream override for : Name is required",
            ),
            ("UpstreamConfig { Overrides = [{ Name = \"*\" }] }", "Wildcard name is not supported"),
            ("UpstreamConfig { Overrides = [{ Name = \"a\" Protocol = \"HTTP\" }] }", ""),
            (
                "UpstreamConfig { Defaults { Limits { MaxConnections = -1 } } }",
                "max connections cannot be negative",
            ),
            (
                "UpstreamConfig { Defaults { PassiveHealthCheck { Interval = \"-1s\" } } }",
                "passive health check interval cannot be negative",
            ),
            (
                "UpstreamConfig { Defaults { PassiveHealthCheck { MaxEjectionPercent = 101 } } }",
                "max_ejection_percent must be a percentage",
            ),
            (
                "UpstreamConfig { Defaults { BalanceOutboundConnections = \"exact\" } }",
                "invalid value for balance_outbound_connections: exact",
            ),
            (
                "UpstreamConfig {}\nDestination { Addresses = [\"a.b\"] Port = 1 }",
                "UpstreamConfig and Destination are mutually exclusive",
            ),
        ];
        cases::check(head, "1.21.4", &table);
        let all = "Kind = \"service-defaults\"\nName = \"*\"";
        cases::check(all, "1.21.4", &[("", "not a wildcard")]);
        cases::check(all, "1.8.7", &[("", "")]);
        // Checked since 1.20.
        cases::check(head, "1.19.2", &[("Protocol = \"udp\"", "")]);
        cases::check(head, "1.20.0", &[("Protocol = \"udp\"", "\"udp\" is not a protocol")]);
    }

    #[test]
    fn keys_of_proxy_defaults_are_found_in_the_wrong_place() {
        let entry = |config: &str| {
            let text = format!("{{\"Kind\":\"proxy-defaults\",\"Name\":\"global\",\"Config\":{config}}}");
            let version = "1.8.7".parse().unwrap();
            let entry =
                crate::config_entry::read(&crate::hcl::Source::new(text.as_bytes()), &version).unwrap();
            let found = crate::config_entry::validate(&entry).into_iter();
            found.map(|located| located.finding.code.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(entry("{\"mesh_gateway\":{\"mode\":\"local\"},\"Protocol\":\"http\"}"), ["misplaced-key"]);
        assert_eq!(entry("{\"protocol\":\"http\",\"local_connect_timeout_ms\":5}"), [""; 0]);
        let values = "{\"envoy_local_cluster_json\":\"{\",\"envoy_listener_json\":\"{}\"}";
        assert_eq!(entry(values), ["refused-by-envoy"]);
        let values =
            "{\"local_connect_timeout_ms\":\"5s\",\"local_request_timeout_ms\":-1,\"protocol\":\"udp\"}";
        assert_eq!(entry(values), ["ignored-value"; 3]);
        assert_eq!(entry("{\"local_connect_timeout_ms\":\"5\",\"Max_Inbound_Connections\":7}"), [""; 0]);
        assert_eq!(entry("{\"a\":null,\"b\":[[null]]}"), ["crashes-consul"; 2]);
    }
}
