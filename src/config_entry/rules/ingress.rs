//! ingress-gateway. All rules are those of the real 1.8.7, but for these of Consul's MPL-licensed sources up to 1.16: newer
//! releases allow several services for every HTTP protocol, and check TLS versions (1.12), certificates from SDS, changed
//! headers (1.11) and services given twice.

use std::borrow::Cow;
use std::collections::HashSet;

use super::mesh::versions;
use super::{Rules, flag, given, is_domain_name, is_one_of, items, member, number, span, text};
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;
use crate::hcl::Span;

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    if let Some(tls) = member(body, "TLS") {
        versions(rules, &tls.json, "", ["TLSMinVersion", "TLSMaxVersion"], Code::TlsSettings);
    }
    let mut ports = Vec::new();
    for listener in items(body, "Listeners") {
        let port = number(&listener.json, "Port");
        if ports.contains(&port) {
            rules.says(
                Code::GatewayListener,
                span(&listener.json, "Port").or(listener.span),
                format!("port {port} declared on two listeners"),
            );
        }
        ports.push(port);
        self::listener(rules, listener, port);
    }
}

fn listener(rules: &mut Rules<'_>, listener: &Field, port: f64) {
    let (json, code) = (&listener.json, Code::GatewayListener);
    let end = format!("(listener on port {port})");
    // Servers read it without case; none is tcp.
    let protocol = text(json, "Protocol").to_lowercase();
    if !is_one_of(&protocol, &["", "tcp", "http", "http2", "grpc"]) {
        rules.says(
            code,
            span(json, "Protocol"),
            format!(
                "protocol must be 'tcp', 'http', 'http2', or 'grpc'. '{protocol}' is an unsupported protocol"
            ),
        );
    }
    let is_tcp = is_one_of(&protocol, &["", "tcp"]);
    let services = items(json, "Services");
    if services.is_empty() {
        rules.says(code, listener.span, format!("No service declared for listener with port {port}"));
    }
    let only_http = !rules.since(Release(1, 9, 0)) && protocol != "http";
    if let Some(second) = services.get(1).filter(|_| is_tcp || only_http) {
        let start = "Multiple services per listener are only supported for";
        let message = if rules.since(Release(1, 9, 0)) {
            format!("{start} L7 protocols, 'http', 'grpc' and 'http2' {end}")
        } else {
            format!("{start} protocol = 'http' {end}")
        };
        rules.says(code, second.span, message);
        if let Some(last) = rules.findings.last_mut() {
            last.consul = Some(start.to_owned());
        }
    }
    if let Some(tls) = member(json, "TLS") {
        versions(rules, &tls.json, "", ["TLSMinVersion", "TLSMaxVersion"], Code::TlsSettings);
    }
    let mut hosts = HashSet::new();
    let mut names = HashSet::new();
    for service in services {
        self::service(rules, service, is_tcp, &end, &mut hosts);
        headers(rules, &service.json, is_tcp, port);
        certificates(rules, json, &service.json, port);
        let name = text(&service.json, "Name");
        // Two of one name are two hosts of one service to 1.8.7.
        if rules.since(Release(1, 9, 0)) && !name.is_empty() && !names.insert(name.to_lowercase()) {
            let words = format!("Service {name} cannot be added multiple times {end}");
            rules.says(code, span(&service.json, "Name").or(service.span), words);
        }
    }
}

/// Headers can be changed only where they are understood.
fn headers(rules: &mut Rules<'_>, service: &Json, is_tcp: bool, port: f64) {
    for (key, what) in [("RequestHeaders", "request headers"), ("ResponseHeaders", "response headers")] {
        if let Some(field) = given(service, key).filter(|_| is_tcp) {
            let name = quote(&text(service, "Name"));
            let words = format!(
                "{what} only valid for http, http2 and grpc protocols (service {name} on listener on port {port})"
            );
            rules.says(Code::GatewayListener, field.span, words);
        }
    }
}

/// A certificate from SDS needs the name of a cluster, and the other way round, at the levels above it at the latest.
fn certificates(rules: &mut Rules<'_>, listener: &Json, service: &Json, port: f64) {
    let code = Code::TlsSettings;
    let sds = |json: &Json| {
        let sds = member(json, "TLS").and_then(|tls| member(&tls.json, "SDS"));
        let has = |key| sds.is_some_and(|sds| given(&sds.json, key).is_some());
        (has("ClusterName"), has("CertResource"), sds.and_then(|sds| sds.span))
    };
    let end = format!("(listener on port {port})");
    let (all_cluster, all_resource, place) = sds(rules.body());
    if all_resource && !all_cluster {
        return rules.says(code, place, "TLS.SDS.ClusterName is required if CertResource is set");
    }
    let (cluster, resource, own) = sds(listener);
    let missing = "TLS.SDS.CertResource is required if ClusterName is set for";
    if all_cluster && !all_resource && !resource {
        rules.says(code, own.or(place), format!("{missing} gateway {end}"));
    }
    if cluster && !resource {
        rules.says(code, own, format!("{missing} listener {end}"));
    }
    if resource && !cluster && !all_cluster {
        rules.says(code, own, format!("TLS.SDS.ClusterName is required if CertResource is set {end}"));
    }
    let (has_cluster, has_resource, place) = sds(service);
    let name = quote(&text(service, "Name"));
    let end = format!("(service {name} on listener on port {port})");
    if has_resource && items(service, "Hosts").is_empty() {
        let words = "A service specifying TLS.SDS.CertResource must have at least one item in Hosts";
        rules.says(code, place, format!("{words} {end}"));
    }
    if has_resource && !has_cluster && !cluster && !all_cluster {
        rules.says(code, place, format!("TLS.SDS.ClusterName is required if CertResource is set {end}"));
    }
}

fn service<'a>(
    rules: &mut Rules<'_>,
    service: &'a Field,
    is_tcp: bool,
    end: &str,
    hosts: &mut HashSet<Cow<'a, str>>,
) {
    let (json, code) = (&service.json, Code::GatewayListener);
    let name = text(json, "Name");
    let place = span(json, "Name").or(service.span);
    if name.is_empty() {
        rules.says(code, place, format!("Service name cannot be blank {end}"));
    }
    if name == "*" && is_tcp {
        let message = format!("Wildcard service name is only valid for protocol = 'http' {end}");
        rules.says(code, place, message);
    }
    let given = items(json, "Hosts");
    if let Some(first) = given.first() {
        if name == "*" {
            let message = format!("Associating hosts to a wildcard service is not supported {end}");
            rules.says(code, first.span, message);
        }
        if is_tcp {
            let message =
                format!("Associating hosts to a service is not supported for the tcp protocol {end}");
            rules.says(code, first.span, message);
        }
    }
    let has_tls = member(rules.body(), "TLS").is_some_and(|tls| flag(&tls.json, "Enabled"));
    for field in given {
        let host = field.json.as_text().unwrap_or_default();
        self::host(rules, &host, field.span, has_tls);
        if !hosts.insert(host) {
            rules.says(code, field.span, format!("Hosts must be unique within a specific listener {end}"));
        }
    }
}

/// A host is a DNS name whose first label may be a star.
fn host(rules: &mut Rules<'_>, host: &str, place: Option<Span>, has_tls: bool) {
    let code = Code::GatewayHost;
    if host == "*" {
        if has_tls {
            rules.says(
                code,
                place,
                "Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to add as a DNSSAN",
            );
        }
        return;
    }
    let quoted = quote(host);
    if host.strip_prefix("*.").unwrap_or(host).contains('*') {
        let reason = "is not valid, a wildcard specifier is only allowed as the leftmost label";
        rules.says(code, place, format!("Host {quoted} {reason}"));
    } else if host != "*." && !is_domain_name(host) {
        rules.says(code, place, format!("Host {quoted} must be a valid DNS hostname"));
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    const HEAD: &str = "Kind = \"ingress-gateway\"\nName = \"in\"";

    #[test]
    fn listeners_services_and_hosts_are_as_servers_allow() {
        let one = |protocol: &str, services: &str| {
            format!("Listeners = [{{ Port = 9090 Protocol = \"{protocol}\" Services = [{services}] }}]")
        };
        let hosts = |hosts: &str| one("http", &format!("{{ Name = \"a\" Hosts = [{hosts}] }}"));
        let table = [
            (one("tcp", r#"{ Name = "a" }, { Name = "b" }"#), "Multiple services per listener are only supported for"),
            (one("http", r#"{ Name = "a" }, { Name = "b" }"#), ""),
            (one("HTTP", r#"{ Name = "a" }, { Name = "b" }"#), ""),
            (one("tcp", ""), "No service declared for listener with port 9090"),
            (one("foo", r#"{ Name = "a" }"#), "'foo' is an unsupported protocol"),
            (one("tcp", r#"{ Name = "*" }"#), "Wildcard service name is only valid for protocol = 'http'"),
            (one("http", r#"{ Name = "*" }"#), ""),
            (one("http", r#"{ Name = "*" Hosts = ["a"] }"#), "Associating hosts to a wildcard service"),
            (one("tcp", r#"{ Name = "a" Hosts = ["a"] }"#), "is not supported for the tcp protocol"),
            (one("http", r#"{ Hosts = ["a"] }"#), "Service name cannot be blank (listener on port 9090)"),
            (one("http", r#"{ Name = "a" Hosts = ["h"] }, { Name = "b" Hosts = ["h"] }"#), "Hosts must be unique"),
            (hosts(r#""*", "*.a.com", "A.com:80", "a_b.c""#), ""),
            (hosts(r#""a*b.com""#), r#"Host "a*b.com" is not valid"#),
            (hosts(r#""*.*.com""#), "a wildcard specifier is only allowed as the leftmost label"),
            (hosts(r#""a..b""#), r#"Host "a..b" must be a valid DNS hostname"#),
            (hosts(r#""*""#) + "\nTLS { Enabled = true }", "Host '*' is not allowed when TLS is enabled"),
            ("Listeners = [{ Port = 1 Services = [{ Name = \"a\" }] }, { Port = 1 Services = [{ Name = \"b\" }] }]".to_owned(), "port 1 declared on two listeners"),
            ("Listeners = []".to_owned(), ""),
        ];
        for (text, words) in &table {
            for version in ["1.8.7", "1.21.4"] {
                cases::check(HEAD, version, &[(text, words)]);
            }
        }
        let both = one("grpc", r#"{ Name = "a" }, { Name = "b" }"#);
        cases::check(HEAD, "1.8.7", &[(&both, "Multiple services")]);
        cases::check(HEAD, "1.21.4", &[(&both, "")]);
        let twice = one("http", r#"{ Name = "a" }, { Name = "a" Hosts = ["b.c"] }"#);
        cases::check(HEAD, "1.8.7", &[(&twice, "")]);
        cases::check(
            HEAD,
            "1.21.4",
            &[(&twice, "Service a cannot be added multiple times (listener on port 9090)")],
        );
    }

    #[test]
    fn headers_and_certificates_are_given_where_they_apply() {
        let one = |protocol: &str, service: &str| {
            format!(
                "Listeners = [{{ Port = 9090 Protocol = \"{protocol}\" Services = [{{ Name = \"a\" {service} }}] }}]"
            )
        };
        let resource = "TLS { SDS { CertResource = \"c\" } }";
        let cluster = "TLS { SDS { ClusterName = \"c\" } }";
        let hosts = "Hosts = [\"a.b\"]";
        let table = [
            (one("http", "RequestHeaders { Set { x = \"y\" } }"), ""),
            (
                one("tcp", "RequestHeaders { Set { x = \"y\" } }"),
                "request headers only valid for http, http2 and grpc protocols (service \"a\" on listener on port 9090)",
            ),
            (one("http", "") + "\nTLS { TLSMinVersion = \"1.2\" }", "is not a version"),
            (one("http", "") + "\n" + resource, "TLS.SDS.ClusterName is required if CertResource is set"),
            (one("http", "") + "\n" + cluster, "is required if ClusterName is set for gateway"),
            (one("http", &format!("{hosts} {resource}")), "TLS.SDS.ClusterName is required"),
            (one("http", resource), "must have at least one item in Hosts"),
            (
                one("http", &format!("{hosts} {resource}"))
                    + "\nTLS { SDS { ClusterName = \"c\" CertResource = \"d\" } }",
                "",
            ),
        ];
        for (text, words) in &table {
            cases::check(HEAD, "1.21.4", &[(text, words)]);
        }
    }
}
