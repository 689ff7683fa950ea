//! Finds what Envoy would refuse in a finished bootstrap.
//!
//! Every rule is a refusal of a real Envoy; what depends on the host (files, sockets in use) or on how
//! an Envoy was built is not looked at.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::{Bootstrap, BootstrapForm};
use crate::finding::{Code, Finding, Severity};

/// Envoy would refuse a bootstrap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Envoy would refuse this bootstrap: {0}")]
pub struct Refused(pub Box<Finding>);

/// Fails for what Envoy is sure to refuse.
pub fn usable(bootstrap: &Bootstrap) -> Result<(), Refused> {
    let mut findings = check(bootstrap).into_iter();
    match findings.find(Finding::is_failure) {
        None => Ok(()),
        Some(finding) => Err(Refused(Box::new(in_bootstrap(finding)))),
    }
}

/// The same finding, whose message says where in the bootstrap it is.
pub fn in_bootstrap(finding: Finding) -> Finding {
    let message = format!("{} (in the bootstrap at {})", finding.message, finding.subject);
    Finding { message, ..finding }
}

/// Looks a finished bootstrap through.
///
/// Each finding is about a place in it, as a JSON pointer. They are failures in the built-in v3 form. In the v2 form,
/// whose Envoys checked less, and in a user's own template they are warnings.
pub fn check(bootstrap: &Bootstrap) -> Vec<Finding> {
    let document = bootstrap.value();
    let strict = bootstrap.form() == BootstrapForm::V3 && !bootstrap.is_custom();
    let mut check = Check {
        severity: if strict { Severity::Failure } else { Severity::Warning },
        form: bootstrap.form(),
        findings: Vec::new(),
    };
    check.document(&document);
    check.findings
}

struct Check {
    severity: Severity,
    form: BootstrapForm,
    findings: Vec<Finding>,
}

/// A member by its proto name or the name that protobuf's JSON gives it.
fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let object = object.as_object()?;
    object.get(name).or_else(|| {
        let mut upper = false;
        let camel: String = name
            .chars()
            .filter_map(|character| match (character, std::mem::replace(&mut upper, character == '_')) {
                ('_', _) => None,
                (other, true) => Some(other.to_ascii_uppercase()),
                (other, false) => Some(other),
            })
            .collect();
        object.get(&camel)
    })
}

/// The items of a list; Envoy reads a list within a list as if it were not there.
fn items<'a>(list: Option<&'a Value>, place: &str) -> Vec<(String, &'a Value)> {
    let mut found = Vec::new();
    for (index, item) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
        let place = format!("{place}/{index}");
        if item.is_array() {
            found.extend(items(Some(item), &place));
        } else {
            found.push((place, item));
        }
    }
    found
}

impl Check {
    fn find(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.findings.push(Finding::new(Code::RefusedByEnvoy, place, problem).severity(self.severity));
    }

    fn document(&mut self, document: &Value) {
        if let Some(address) = document.pointer("/admin/address/socket_address") {
            let place = "/admin/address/socket_address";
            self.socket_address(address, place, "--admin-bind");
            let host = field(address, "address").and_then(Value::as_str).unwrap_or_default();
            if host.parse().is_ok_and(|ip: IpAddr| !ip.is_loopback()) {
                let problem = format!("--admin-bind: whoever reaches {host} has full control of this Envoy");
                self.findings.push(Finding::new(Code::AdminExposed, place, problem));
            }
        }
        let resources = document.get("static_resources").unwrap_or(&Value::Null);
        self.clusters(&items(field(resources, "clusters"), "/static_resources/clusters"));
        self.listeners(&items(field(resources, "listeners"), "/static_resources/listeners"));
        self.unique_names(
            &items(field(resources, "secrets"), "/static_resources/secrets"),
            "static secrets",
            "--prometheus-cert-file",
        );
        self.observability(document);
    }

    fn observability(&mut self, document: &Value) {
        for (name, key) in [("stats_config", "envoy_stats_config_json"), ("tracing", "envoy_tracing_json")] {
            if field(document, name).is_some_and(|value| !value.is_object()) {
                self.find(format!("/{name}"), format!("Proxy.Config key `{key}` must hold a JSON object"));
            }
        }
        if let Some(interval) = field(document, "stats_flush_interval")
            && !interval.as_str().is_some_and(is_proto_duration)
        {
            self.find(
                "/stats_flush_interval",
                format!("Proxy.Config key `envoy_stats_flush_interval` must be a number of seconds such as \"10s\", not {interval}"),
            );
        }
        for (place, sink) in items(field(document, "stats_sinks"), "/stats_sinks") {
            self.extension(sink, &place, "envoy_extra_stats_sinks_json");
            for config in ["typed_config", "config"] {
                let address = field(sink, config).and_then(|config| field(config, "address"));
                if let Some(address) = address.and_then(|address| field(address, "socket_address")) {
                    let place = format!("{place}/{config}/address/socket_address");
                    self.socket_address(address, &place, "the statsd address in Proxy.Config");
                }
            }
        }
        if let Some(http) = field(document, "tracing").and_then(|tracing| field(tracing, "http")) {
            self.extension(http, "/tracing/http", "envoy_tracing_json");
        }
    }

    /// An extension: in the v3 form a name and a typed configuration, nothing else.
    fn extension(&mut self, extension: &Value, place: &str, key: &str) {
        let Some(members) = extension.as_object() else {
            self.find(place, format!("Proxy.Config key `{key}`: {extension} is not a JSON object"));
            return;
        };
        if self.form == BootstrapForm::V2 {
            return;
        }
        let known = ["name", "typed_config", "typedConfig"];
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            let advice = if unknown == "config" {
                "; Envoy's v3 API has `typed_config` with an `@type` instead"
            } else {
                ""
            };
            self.find(
                place,
                format!("Proxy.Config key `{key}`: Envoy knows no field `{unknown}` here{advice}"),
            );
        } else if !has_type(members) {
            self.find(
                place,
                format!(
                    "Proxy.Config key `{key}`: Envoy needs a `typed_config` with an `@type` beside the name"
                ),
            );
        }
    }

    fn clusters(&mut self, clusters: &[(String, &Value)]) {
        const KEY: &str = "Proxy.Config key `envoy_extra_static_clusters_json`";
        self.unique_names(clusters, "static clusters", KEY);
        for (place, cluster) in clusters {
            if field(cluster, "name").and_then(Value::as_str).is_none_or(str::is_empty) {
                self.find(place, format!("{KEY}: a cluster needs a name"));
            }
            self.trusted_authorities(cluster, place);
            let kind = field(cluster, "type").and_then(Value::as_str).unwrap_or("STATIC");
            if kind != "STATIC" {
                continue;
            }
            let hosts = items(field(cluster, "hosts"), &format!("{place}/hosts"));
            for (place, host) in hosts {
                if let Some(address) = field(host, "socket_address") {
                    self.socket_address(address, &place, "the address of a static cluster");
                }
            }
            let assignment = field(cluster, "load_assignment").unwrap_or(&Value::Null);
            for (place, locality) in
                items(field(assignment, "endpoints"), &format!("{place}/load_assignment/endpoints"))
            {
                for (place, endpoint) in
                    items(field(locality, "lb_endpoints"), &format!("{place}/lb_endpoints"))
                {
                    let address = endpoint.pointer("/endpoint/address").unwrap_or(&Value::Null);
                    if let Some(address) = field(address, "socket_address") {
                        self.socket_address(address, &place, "the address of a static cluster");
                    }
                }
            }
        }
    }

    /// TLS to the agent needs a CA: Envoy before 1.35 would not verify the agent without, later ones do not start.
    fn trusted_authorities(&mut self, cluster: &Value, place: &str) {
        let tls = field(cluster, "transport_socket")
            .and_then(|socket| field(socket, "typed_config"))
            .or_else(|| field(cluster, "tls_context"));
        let authorities = tls
            .and_then(|tls| field(tls, "common_tls_context"))
            .and_then(|common| field(common, "validation_context"))
            .and_then(|context| field(context, "trusted_ca"))
            .and_then(|trusted| field(trusted, "inline_string"))
            .and_then(Value::as_str);
        match authorities {
            Some("") => self.find(
                place,
                "the agent's gRPC port speaks TLS, and no CA is given to verify it: give one with --grpc-ca-file or \
                 --ca-file, or name a port without TLS with --grpc-addr",
            ),
            Some(text) if !text.contains("-----BEGIN CERTIFICATE-----") => {
                self.find(place, "the CA for the agent's gRPC port holds no PEM certificate");
            }
            _ => {}
        }
    }

    fn listeners(&mut self, listeners: &[(String, &Value)]) {
        let mut taken: BTreeSet<(String, u64)> = BTreeSet::new();
        for (place, listener) in listeners {
            let name = field(listener, "name").and_then(Value::as_str).unwrap_or_default();
            let origin = origin_of_listener(name);
            let Some(address) = field(listener, "address") else {
                self.find(place, format!("{origin}: listener `{name}` has no address"));
                continue;
            };
            if let Some(socket) = field(address, "socket_address") {
                self.socket_address(socket, &format!("{place}/address/socket_address"), origin);
                let host = field(socket, "address").and_then(Value::as_str).unwrap_or_default();
                let port = field(socket, "port_value").and_then(Value::as_u64).unwrap_or_default();
                if port != 0 && !taken.insert((host.to_owned(), port)) {
                    self.find(
                        place,
                        format!("{origin}: another static listener has the address {host}:{port} already"),
                    );
                }
            }
            let chains = items(field(listener, "filter_chains"), place).len();
            let otherwise = ["default_filter_chain", "api_listener", "udp_listener_config"];
            if chains == 0 && otherwise.iter().all(|name| field(listener, name).is_none()) {
                self.find(place, format!("{origin}: listener `{name}` has no filter chain"));
            }
        }
    }

    fn socket_address(&mut self, address: &Value, place: &str, origin: &str) {
        let host = field(address, "address").and_then(Value::as_str).unwrap_or_default();
        let resolver =
            field(address, "resolver_name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
        if host.is_empty() {
            self.find(place, format!("{origin}: the address has no host"));
        } else if !resolver && host.split('%').next().is_none_or(|host| host.parse::<IpAddr>().is_err()) {
            self.find(
                place,
                format!("{origin}: `{host}` is not an IP address, and Envoy does not resolve names here"),
            );
        }
        if let Some(port) = field(address, "port_value") {
            let number = port.as_u64().or_else(|| port.as_str().and_then(|text| text.parse().ok()));
            if number.is_none_or(|number| number > 65_535) {
                self.find(place, format!("{origin}: {port} is not a port number from 0 to 65535"));
            }
        }
    }

    fn unique_names(&mut self, named: &[(String, &Value)], what: &str, origin: &str) {
        let mut seen = BTreeSet::new();
        for (place, value) in named {
            if let Some(name) = field(value, "name").and_then(Value::as_str)
                && !seen.insert(name)
            {
                self.find(place, format!("{origin}: two {what} are called `{name}`"));
            }
        }
    }
}

/// The flag or key that a static listener comes from.
pub fn origin_of_listener(name: &str) -> &'static str {
    match name {
        "envoy_prometheus_metrics_listener" => "Proxy.Config key `envoy_prometheus_bind_addr`",
        "envoy_metrics_listener" => "Proxy.Config key `envoy_stats_bind_addr`",
        "envoy_ready_listener" => "--envoy-ready-bind-address",
        _ => "Proxy.Config key `envoy_extra_static_listeners_json`",
    }
}

fn has_type(extension: &Map<String, Value>) -> bool {
    let config = extension.get("typed_config").or_else(|| extension.get("typedConfig"));
    config.and_then(|config| config.get("@type")).and_then(Value::as_str).is_some_and(|name| !name.is_empty())
}

/// Whether `text` is a duration as protobuf's JSON has it: seconds, up to nine digits after the point, an `s`.
fn is_proto_duration(text: &str) -> bool {
    let Some(number) = text.strip_suffix('s') else { return false };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && fraction.len() <= 9
}

#[cfg(test)]
mod tests {
    use super::{Bootstrap, BootstrapForm, Severity, check, in_bootstrap, is_proto_duration};

    fn findings(form: BootstrapForm, text: &str) -> Vec<String> {
        let bootstrap = Bootstrap { form, custom: false, text: text.to_owned() };
        check(&bootstrap).into_iter().map(|finding| in_bootstrap(finding).message).collect()
    }

    #[test]
    fn durations_are_seconds_with_an_s() {
        for text in ["10s", "0.5s", "1.000000001s"] {
            assert!(is_proto_duration(text), "{text}");
        }
        for text in ["10", "ten seconds", "1m", "1.s", ".5s", "1.0000000001s", "s"] {
            assert!(!is_proto_duration(text), "{text}");
        }
    }

    #[test]
    fn the_old_form_and_custom_templates_only_get_warnings() {
        let text = r#"{"stats_flush_interval": "ten"}"#;
        let mut bootstrap = Bootstrap { form: BootstrapForm::V3, custom: false, text: text.to_owned() };
        assert_eq!(check(&bootstrap)[0].severity, Severity::Failure);
        bootstrap.custom = true;
        assert_eq!(check(&bootstrap)[0].severity, Severity::Warning);
        bootstrap = Bootstrap { form: BootstrapForm::V2, custom: false, text: text.to_owned() };
        assert_eq!(check(&bootstrap)[0].severity, Severity::Warning);
    }

    #[test]
    fn each_finding_names_the_key_and_the_place() {
        let v3 = |text: &str| findings(BootstrapForm::V3, text);
        let clusters = v3(r#"{"static_resources": {"clusters": [{"name": "a"}, {"name": "a"}]}}"#);
        assert!(
            clusters[0].contains("`a`") && clusters[0].contains("/static_resources/clusters/1"),
            "{clusters:?}"
        );
        let sinks = v3(r#"{"stats_sinks": [{"name": "x", "config": {}}, {"name": "y"}]}"#);
        assert!(sinks[0].contains("`config`") && sinks[1].contains("typed_config"), "{sinks:?}");
        let listener = v3(r#"{"static_resources": {"listeners": [{"name": "y"}]}}"#);
        assert!(listener[0].contains("envoy_extra_static_listeners_json"), "{listener:?}");
        let tracing = v3(r#"{"tracing": 5}"#);
        assert!(tracing[0].contains("envoy_tracing_json"), "{tracing:?}");
        assert_eq!(v3(r#"{"static_resources": {"clusters": [[{"name": "a"}]]}}"#), Vec::<String>::new());
    }
}
