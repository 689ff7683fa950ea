//! proxy-defaults and service-defaults. Sources: HashiCorp's documentation of access logs (1.15), extensions (1.15), mutual
//! TLS modes (1.16) and upstreams (1.10); consul#10069 for the name `*` (1.10). The words are Consul's as far as they are
//! known.

use super::{Rules, flag, given, is_one_of, items, member, span, text};
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
}

pub(super) fn service(rules: &mut Rules<'_>) {
    let body = rules.body();
    if rules.entry.name() == "*" && rules.since(Release(1, 10, 0)) {
        let words = "Name must be the name of a service, and not a wildcard";
        rules.says(Code::WildcardName, span(body, "Name"), words);
    }
    mutual_tls_mode(rules);
    extensions(rules);
    let balance = text(body, "BalanceInboundConnections");
    if !is_one_of(&balance, &["", "exact_balance"]) {
        let words = format!("invalid value for balance_inbound_connections: {balance}");
        rules.says(Code::UnknownMode, span(body, "BalanceInboundConnections"), words);
    }
    if let Some(destination) = member(body, "Destination") {
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
    let Some(upstreams) = member(body, "UpstreamConfig") else { return };
    if let Some(defaults) = member(&upstreams.json, "Defaults") {
        if let Some(name) = given(&defaults.json, "Name") {
            let words = "UpstreamConfig.Defaults: Name must be empty";
            rules.refuse(Code::UpstreamConfig, name.span, words);
        }
        upstream_protocol(rules, &defaults.json);
    }
    for (index, upstream) in items(&upstreams.json, "Overrides").iter().enumerate() {
        let name = text(&upstream.json, "Name");
        let place = span(&upstream.json, "Name").or(upstream.span);
        if name.is_empty() {
            let words = format!("UpstreamConfig.Overrides[{index}]: Name is required");
            rules.refuse(Code::UpstreamConfig, place, words);
        } else if name == "*" {
            let words = format!("UpstreamConfig.Overrides[{index}]: Wildcard name (*) is not supported");
            rules.refuse(Code::UpstreamConfig, place, words);
        }
        upstream_protocol(rules, &upstream.json);
    }
}

fn upstream_protocol(rules: &mut Rules<'_>, upstream: &Json) {
    let protocol = text(upstream, "Protocol").to_lowercase();
    if !is_one_of(&protocol, &["", "tcp", "http", "http2", "grpc"]) {
        let words = format!("invalid value for protocol: {protocol}");
        rules.says(Code::UpstreamConfig, span(upstream, "Protocol"), words);
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
    let (json, plain) = (given(logs, "JSONFormat"), given(logs, "TextFormat"));
    if let (Some(_), Some(plain)) = (json, plain) {
        found.push((Some(plain), "cannot specify both access log JSONFormat and TextFormat".to_owned()));
    }
    let format = json.and_then(|json| json.json.as_text()).unwrap_or_default();
    if let (Some(json), Err(error)) = (json, serde_json::from_str::<serde_json::Value>(&format)) {
        found.push((Some(json), format!("invalid access log json for JSON format: {error}")));
    }
    // Logs that are off are not looked at in the documentation's words; they are once they are on.
    for (field, words) in found {
        let place = field.and_then(|field| field.span);
        if flag(logs, "Enabled") {
            rules.says(Code::AccessLogs, place, words);
        } else {
            rules.warn(Code::AccessLogs, place, words);
        }
    }
}

fn mutual_tls_mode(rules: &mut Rules<'_>) {
    let mode = text(rules.body(), "MutualTLSMode");
    if !is_one_of(&mode, &["", "strict", "permissive"]) {
        let words = format!(
            "invalid mutual TLS mode {}, must be one of \"\", \"strict\", \"permissive\"",
            quote(&mode)
        );
        rules.refuse(Code::UnknownMode, span(rules.body(), "MutualTLSMode"), words);
    }
}

/// The extensions that are built into Consul, by its documentation.
const EXTENSIONS: [&str; 9] = [
    "builtin/lua",
    "builtin/aws/lambda",
    "builtin/http/localratelimit",
    "builtin/proxy/wasm",
    "builtin/wasm",
    "builtin/property-override",
    "builtin/ext-authz",
    "builtin/otel-access-logging",
    "builtin/ext-proc",
];

fn extensions(rules: &mut Rules<'_>) {
    for extension in items(rules.body(), "EnvoyExtensions") {
        let code = Code::EnvoyExtension;
        let name = text(&extension.json, "Name");
        let place = span(&extension.json, "Name").or(extension.span);
        if name.is_empty() {
            rules.refuse(code, place, "an extension has no Name");
        } else if !is_one_of(&name, &EXTENSIONS) {
            // Newer servers may have more of them.
            let words = format!("name {} is not a built-in extension", quote(&name));
            if name.starts_with("builtin/") && rules.since(Release(2, 0, 0)) {
                rules.warn(code, place, words);
            } else {
                rules.says(code, place, words);
            }
        }
        let Some(arguments) = member(&extension.json, "Arguments") else { continue };
        match &*name {
            "builtin/lua" => lua(rules, arguments),
            "builtin/aws/lambda" if text(&arguments.json, "ARN").is_empty() => {
                rules.refuse(code, arguments.span, "builtin/aws/lambda needs the argument ARN");
            }
            _ => {}
        }
    }
}

fn lua(rules: &mut Rules<'_>, arguments: &Field) {
    let (json, code) = (&arguments.json, Code::EnvoyExtension);
    for (key, words) in
        [("ProxyType", &["connect-proxy", "api-gateway"][..]), ("Listener", &["inbound", "outbound"])]
    {
        let value = text(json, key);
        // A proxy type that is not given is that of a sidecar.
        let is_default = key == "ProxyType" && value.is_empty();
        if !is_default && !is_one_of(&value, words) {
            let message = format!("unexpected {key} {}", quote(&value));
            rules.says(code, span(json, key).or(arguments.span), message);
        }
    }
    if text(json, "Script").is_empty() {
        rules.says(code, arguments.span, "missing Script value");
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
            ("AccessLogs { Enabled = true Type = \"file\" }".to_owned(), "path must be specified"),
            ("AccessLogs { Enabled = true Type = \"file\" Path = \"/log\" }".to_owned(), ""),
            (
                "AccessLogs { Enabled = true JSONFormat = \"{}\" TextFormat = \"x\" }".to_owned(),
                "cannot specify both",
            ),
            ("AccessLogs { Enabled = true JSONFormat = \"{\" }".to_owned(), "invalid access log json"),
            ("AccessLogs { Type = \"file\" }".to_owned(), ""),
            ("MutualTLSMode = \"lax\"".to_owned(), "invalid mutual TLS mode \"lax\""),
            ("MutualTLSMode = \"strict\"".to_owned(), ""),
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
            ("MutualTLSMode = \"lax\"", "invalid mutual TLS mode"),
            ("BalanceInboundConnections = \"exact\"", "invalid value for balance_inbound_connections: exact"),
            ("BalanceInboundConnections = \"exact_balance\"", ""),
            (
                "Destination { Addresses = [\"a.b\", \"a.b\"] Port = 1 }",
                "Duplicate address 'a.b' is not allowed",
            ),
            ("UpstreamConfig { Defaults { Name = \"a\" } }", "Name must be empty"),
            ("UpstreamConfig { Overrides = [{ Protocol = \"http\" }] }", "Name is required"),
            (
                "UpstreamConfig { Overrides = [{ Name = \"a\" Protocol = \"x\" }] }",
                "invalid value for protocol: x",
            ),
            ("UpstreamConfig { Overrides = [{ Name = \"a\" Protocol = \"HTTP\" }] }", ""),
        ];
        cases::check(head, "1.21.4", &table);
        let all = "Kind = \"service-defaults\"\nName = \"*\"";
        cases::check(all, "1.21.4", &[("", "not a wildcard")]);
        cases::check(all, "1.8.7", &[("", "")]);
    }
}
