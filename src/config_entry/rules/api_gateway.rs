//! api-gateway, http-route, tcp-route and their certificates (since 1.15; files 1.19). Source: HashiCorp's documentation of
//! the kinds; the words are Consul's as far as they are known.

use super::mesh::versions;
use super::{Rules, given, is_domain_name, is_one_of, items, member, number, span, text};
use crate::config_entry::request::{Field, Json};
use crate::finding::Code;
use crate::go::strconv::quote;

pub(super) fn gateway(rules: &mut Rules<'_>) {
    let code = Code::GatewayListener;
    let mut names = Vec::new();
    let mut protocols: Vec<(f64, String)> = Vec::new();
    for listener in items(rules.body(), "Listeners") {
        let json = &listener.json;
        let name = text(json, "Name");
        if names.contains(&name) {
            let words = format!("multiple listeners with the name {}", quote(&name));
            rules.refuse(code, span(json, "Name").or(listener.span), words);
        }
        names.push(name);
        let port = number(json, "Port");
        if !(1.0..=65535.0).contains(&port) {
            let words = format!("listener port {port} not in the range 1-65535");
            rules.refuse(code, span(json, "Port").or(listener.span), words);
        }
        let protocol = text(json, "Protocol").to_lowercase();
        if !is_one_of(&protocol, &["", "http", "tcp"]) {
            let words = format!("unsupported listener protocol: {}", quote(&protocol));
            rules.refuse(code, span(json, "Protocol"), words);
        }
        let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol };
        if protocols.iter().any(|(other, spoken)| (other - port).abs() < 0.5 && *spoken != protocol) {
            let words = format!("listeners with the port {port} speak different protocols");
            rules.refuse(code, span(json, "Protocol").or(listener.span), words);
        }
        protocols.push((port, protocol));
        host(rules, given(json, "Hostname"));
        let Some(tls) = given(json, "TLS") else { continue };
        versions(rules, &tls.json, "TLS", ["MinVersion", "MaxVersion"], Code::TlsSettings);
        for certificate in items(&tls.json, "Certificates") {
            let kind = text(&certificate.json, "Kind");
            if !is_one_of(&kind, &["", "inline-certificate", "file-system-certificate"]) {
                let words = format!("unsupported certificate kind: {}", quote(&kind));
                rules.refuse(code, span(&certificate.json, "Kind"), words);
            }
            if text(&certificate.json, "Name").is_empty() {
                rules.refuse(code, certificate.span, "certificate reference must have a name");
            }
        }
    }
}

/// A DNS name whose first label may be a star.
fn host(rules: &mut Rules<'_>, field: Option<&Field>) {
    let Some(field) = field else { return };
    let name = field.json.as_text().unwrap_or_default();
    let rest = name.strip_prefix("*.").unwrap_or(&name);
    if name != "*" && (rest.contains('*') || !is_domain_name(rest)) {
        let words =
            format!("host {} must be a valid DNS name, of which only the first label may be *", quote(&name));
        rules.refuse(Code::GatewayHost, field.span, words);
    }
}

fn parents(rules: &mut Rules<'_>) {
    let mut seen = Vec::new();
    for parent in items(rules.body(), "Parents") {
        let kind = text(&parent.json, "Kind");
        if !is_one_of(&kind, &["", "api-gateway"]) {
            let words = format!("unsupported parent kind: {}, must be 'api-gateway'", quote(&kind));
            rules.refuse(Code::GatewayRoute, span(&parent.json, "Kind"), words);
        }
        let id = ["Name", "SectionName", "Namespace", "Partition"].map(|key| text(&parent.json, key));
        if seen.contains(&id) {
            rules.refuse(Code::GatewayRoute, parent.span, "route parents must be unique");
        }
        seen.push(id);
    }
}

pub(super) fn tcp_route(rules: &mut Rules<'_>) {
    parents(rules);
    if let Some(second) = items(rules.body(), "Services").get(1) {
        rules.says(Code::GatewayRoute, second.span, "tcp-route currently only supports one service");
    }
}

pub(super) fn http_route(rules: &mut Rules<'_>) {
    parents(rules);
    for name in items(rules.body(), "Hostnames") {
        host(rules, Some(name));
    }
    for rule in items(rules.body(), "Rules") {
        for matched in items(&rule.json, "Matches") {
            http_match(rules, &matched.json);
        }
        if let Some(filters) = member(&rule.json, "Filters") {
            rewrite(rules, &filters.json);
        }
    }
}

fn http_match(rules: &mut Rules<'_>, json: &Json) {
    let code = Code::GatewayRoute;
    let method = text(json, "Method").to_uppercase();
    let methods = ["", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    if !is_one_of(&method, &methods) {
        rules.refuse(code, span(json, "Method"), format!("{} is not an HTTP method", quote(&method)));
    }
    if let Some(path) = member(json, "Path") {
        let kind = compared(rules, path, &["", "exact", "prefix", "regex"]);
        let value = text(&path.json, "Value");
        if is_one_of(&kind, &["", "exact", "prefix"]) && !value.is_empty() && !value.starts_with('/') {
            let words = format!("a path match of the type {kind} must start with '/': {}", quote(&value));
            rules.refuse(code, span(&path.json, "Value"), words);
        }
    }
    for header in items(json, "Headers") {
        compared(rules, header, &["", "exact", "prefix", "suffix", "present", "regex"]);
        named(rules, header);
    }
    for query in items(json, "Query") {
        compared(rules, query, &["", "exact", "present", "regex"]);
        named(rules, query);
    }
}

fn named(rules: &mut Rules<'_>, field: &Field) {
    if text(&field.json, "Name").is_empty() {
        rules.refuse(Code::GatewayRoute, field.span, "a header or query match has no Name");
    }
}

/// How a value is compared, which must be one of these words.
fn compared(rules: &mut Rules<'_>, field: &Field, words: &[&str]) -> String {
    let kind = text(&field.json, "Match").into_owned();
    if !is_one_of(&kind, words) {
        let known = words.get(1..).unwrap_or_default().join(", ");
        let message = format!("match type should be one of {known}, not {}", quote(&kind));
        rules.refuse(Code::GatewayRoute, span(&field.json, "Match"), message);
    }
    kind
}

fn rewrite(rules: &mut Rules<'_>, filters: &Json) {
    let path = member(filters, "URLRewrite").and_then(|rewrite| given(&rewrite.json, "Path"));
    if let Some(path) = path.filter(|path| !path.json.as_text().is_some_and(|text| text.starts_with('/'))) {
        rules.refuse(Code::GatewayRoute, path.span, "the path of a rewrite must start with '/'");
    }
}

/// The text of both halves is in the entry.
pub(super) fn inline_certificate(rules: &mut Rules<'_>) {
    halves(rules, "PEM text", |text| text.contains("-----BEGIN "));
}

/// Both halves are paths on the gateway's host.
pub(super) fn file_certificate(rules: &mut Rules<'_>) {
    halves(rules, "path", |text| !text.is_empty());
}

fn halves(rules: &mut Rules<'_>, what: &str, is_good: impl Fn(&str) -> bool) {
    for key in ["Certificate", "PrivateKey"] {
        if !is_good(&text(rules.body(), key)) {
            let place = span(rules.body(), key).or_else(|| span(rules.body(), "Kind"));
            rules.refuse(Code::GatewayCertificate, place, format!("{key} must be a {what}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn gateways_have_listeners_that_servers_take() {
        let listeners = |inside: &str| format!("Listeners = [{inside}]");
        let good = r#"{ Name = "a" Port = 80 Protocol = "http" Hostname = "*.a.com" }"#;
        let table = [
            (listeners(good), ""),
            (listeners(&format!("{good}, {good}")), "multiple listeners with the name"),
            (listeners(&good.replace("80", "0")), "not in the range 1-65535"),
            (listeners(&good.replace("http", "udp")), "unsupported listener protocol: \"udp\""),
            (listeners(&good.replace("*.a.com", "a.*")), "must be a valid DNS name"),
            (
                listeners(&format!("{good}, {}", good.replace("\"a\"", "\"b\"").replace("http", "tcp"))),
                "different protocols",
            ),
            (
                listeners(&good.replace("Port", "TLS { MinVersion = \"1\" } Port")),
                "is not a version for TLS.MinVersion",
            ),
            (
                listeners(
                    &good.replace("Port", "TLS { Certificates = [{ Kind = \"x\" Name = \"c\" }] } Port"),
                ),
                "unsupported certificate kind",
            ),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"api-gateway\"\nName = \"gw\"", "1.21.4", &[(text, words)]);
        }
    }

    #[test]
    fn routes_match_and_lead_as_servers_take_it() {
        let matches = |inside: &str| format!("Rules = [{{ Matches = [{{ {inside} }}] }}]");
        let table = [
            (matches(r#"Path { Match = "prefix" Value = "/a" } Method = "GET""#), ""),
            (matches(r#"Path { Match = "prefix" Value = "a" }"#), "must start with '/'"),
            (
                matches(r#"Path { Match = "glob" Value = "/a" }"#),
                "match type should be one of exact, prefix, regex",
            ),
            (matches(r#"Method = "FETCH""#), "is not an HTTP method"),
            (matches(r#"Headers = [{ Match = "exact" }]"#), "has no Name"),
            (r#"Hostnames = ["a.*"]"#.to_owned(), "must be a valid DNS name"),
            (r#"Parents = [{ Kind = "mesh" Name = "a" }]"#.to_owned(), "unsupported parent kind"),
            (r#"Parents = [{ Name = "a" }, { Name = "a" }]"#.to_owned(), "must be unique"),
            (r#"Rules = [{ Filters { URLRewrite { Path = "a" } } }]"#.to_owned(), "rewrite must start with"),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"http-route\"\nName = \"r\"", "1.21.4", &[(text, words)]);
        }
        let head = "Kind = \"tcp-route\"\nName = \"r\"";
        cases::check(
            head,
            "1.21.4",
            &[
                (r#"Services = [{ Name = "a" }, { Name = "b" }]"#, "only supports one service"),
                (r#"Services = [{ Name = "a" }]"#, ""),
            ],
        );
    }

    #[test]
    fn certificates_have_both_halves() {
        let head = "Kind = \"inline-certificate\"\nName = \"c\"";
        let pem = "-----BEGIN X-----";
        cases::check(
            head,
            "1.21.4",
            &[
                ("Certificate = \"C\" PrivateKey = \"K\"", "Certificate must be a PEM text"),
                (&format!("Certificate = \"{pem}\" PrivateKey = \"{pem}\""), ""),
            ],
        );
        let head = "Kind = \"file-system-certificate\"\nName = \"c\"";
        cases::check(
            head,
            "1.21.4",
            &[
                ("Certificate = \"/c\"", "PrivateKey must be a path"),
                ("Certificate = \"/c\" PrivateKey = \"/k\"", ""),
            ],
        );
    }
}
