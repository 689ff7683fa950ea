//! api-gateway, http-route, tcp-route and their certificates (since 1.15; files 1.19). Sources: Consul's MPL-licensed sources
//! up to 1.16, consul#23784 (listeners for http2 and grpc, since 2.1), and for certificates HashiCorp's documentation.

use std::borrow::Cow;
use std::collections::HashSet;

use super::mesh::versions;
use super::{METHODS, Rules, is_domain_name, is_one_of, items, member, number, span, text};
use crate::boringssl;
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;

pub(super) fn gateway(rules: &mut Rules<'_>) {
    let (body, code) = (rules.body(), Code::GatewayListener);
    let listeners = items(body, "Listeners");
    if listeners.is_empty() {
        let place = span(body, "Listeners").or_else(|| span(body, "Kind"));
        rules.says(code, place, "api gateway must have at least one listener");
    }
    let mut names = HashSet::new();
    let mut merged: Vec<(&Json, f64)> = Vec::new();
    for listener in listeners {
        let json = &listener.json;
        let name = text(json, "Name");
        let place = span(json, "Name").or(listener.span);
        let quoted = quote(&name);
        if !is_listener_name(&name) {
            let words =
                "is invalid, must be at least 1 character and contain only letters, numbers, or dashes";
            rules.says(code, place, format!("listener name {quoted} {words}"));
        } else if !names.insert(name) {
            rules.says(code, place, format!("found multiple listeners with the name {quoted}"));
        }
        let port = number(json, "Port");
        let same_port = |(_, other): &&(&Json, f64)| (other - port).abs() < 0.5;
        if let Some((other, _)) = merged.iter().rev().find(same_port)
            && (text(other, "Hostname") != text(json, "Hostname") || protocol(other) != protocol(json))
        {
            let other = quote(&text(other, "Name"));
            let words = format!("listeners {other} and {quoted} cannot be merged");
            rules.says(code, span(json, "Port").or(listener.span), words);
        }
        merged.push((json, port));
        self::listener(rules, listener, port);
    }
}

/// Servers read it without case.
fn protocol(listener: &Json) -> String {
    text(listener, "Protocol").to_lowercase()
}

/// Labels of small letters, digits and dashes, joined by dots.
fn is_listener_name(name: &str) -> bool {
    name.split('.').all(|label| {
        let is_end =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let bytes = label.as_bytes();
        is_end(bytes.first())
            && is_end(bytes.last())
            && bytes.iter().all(|byte| *byte == b'-' || is_end(Some(byte)))
    })
}

fn listener(rules: &mut Rules<'_>, listener: &Field, port: f64) {
    let (json, code) = (&listener.json, Code::GatewayListener);
    let protocol = protocol(json);
    let known: &[&str] =
        if rules.since(Release(2, 1, 0)) { &["http", "tcp", "http2", "grpc"] } else { &["http", "tcp"] };
    if !is_one_of(&protocol, known) {
        let words = format!("unsupported listener protocol {}", quote(&protocol));
        let message = format!("{words}; known are {}", known.join(", "));
        rules.refuse_as(code, span(json, "Protocol").or(listener.span), &message, words);
    }
    let host = text(json, "Hostname");
    if protocol == "tcp" && !host.is_empty() {
        let words = "hostname specification is not supported when using TCP";
        rules.says(code, span(json, "Hostname"), words);
    }
    if !(1.0..=65535.0).contains(&port) {
        let words = format!("listener port {port} not in the range 1-65535");
        rules.says(code, span(json, "Port").or(listener.span), words);
    }
    if host.strip_prefix("*.").unwrap_or(&host).contains('*') {
        let words = "is not valid, a wildcard specifier is only allowed as the left-most label";
        rules.says(Code::GatewayHost, span(json, "Hostname"), format!("host {} {words}", quote(&host)));
    }
    let Some(tls) = member(json, "TLS") else { return };
    versions(rules, &tls.json, "", ["MinVersion", "MaxVersion"], Code::TlsSettings);
    for certificate in items(&tls.json, "Certificates") {
        let kind = text(&certificate.json, "Kind");
        let is_file = kind == "file-system-certificate" && rules.since(Release(1, 19, 0));
        if !is_file && !is_one_of(&kind, &["", "inline-certificate"]) {
            let words = format!("unsupported certificate kind: {}", quote(&kind));
            rules.says(code, span(&certificate.json, "Kind"), words);
        }
        if text(&certificate.json, "Name").is_empty() {
            rules.says(code, certificate.span, "certificate reference must have a name");
        }
    }
}

fn parents(rules: &mut Rules<'_>) {
    let mut seen = HashSet::new();
    for parent in items(rules.body(), "Parents") {
        let kind = text(&parent.json, "Kind");
        if !is_one_of(&kind, &["", "api-gateway"]) {
            let words = format!("unsupported parent kind: {}, must be 'api-gateway'", quote(&kind));
            rules.says(Code::GatewayRoute, span(&parent.json, "Kind"), words);
        }
        let id = ["Name", "SectionName", "Namespace", "Partition"].map(|key| text(&parent.json, key));
        if !seen.insert(id) {
            rules.says(Code::GatewayRoute, parent.span, "route parents must be unique");
        }
    }
}

pub(super) fn tcp_route(rules: &mut Rules<'_>) {
    parents(rules);
    if let Some(second) = items(rules.body(), "Services").get(1) {
        rules.says(Code::GatewayRoute, second.span, "tcp-route currently only supports one service");
    }
}

pub(super) fn http_route(rules: &mut Rules<'_>) {
    for host in items(rules.body(), "Hostnames") {
        let name = host.json.as_text().unwrap_or_default();
        let quoted = quote(&name);
        if !is_domain_name(&name) {
            rules.says(Code::GatewayHost, host.span, format!("host {quoted} must be a valid DNS hostname"));
        }
        if name.contains('*') {
            rules.says(Code::GatewayHost, host.span, format!("host {quoted} must not be a wildcard"));
        }
    }
    parents(rules);
    for (index, rule) in items(rules.body(), "Rules").iter().enumerate() {
        for (number, matched) in items(&rule.json, "Matches").iter().enumerate() {
            http_match(rules, matched, &format!("Rule[{index}], Match[{number}], "));
        }
    }
}

fn http_match(rules: &mut Rules<'_>, matched: &Field, place: &str) {
    let (json, code) = (&matched.json, Code::GatewayRoute);
    let method = text(json, "Method").to_uppercase();
    if !method.is_empty() && !is_one_of(&method, &METHODS) {
        let words = format!("{place}Method contains an invalid method {}", quote(&method));
        rules.says(code, span(json, "Method"), words);
    }
    let (queries, headers) = (&["present", "exact", "regex"][..], ["present", "exact", "prefix", "suffix"]);
    for (key, known, last) in [("Query", queries, ""), ("Headers", &headers, "regex")] {
        for (index, field) in items(json, key).iter().enumerate() {
            compared(rules, field, known, last, &format!("{place}{key}[{index}], "));
        }
    }
    let Some(path) = member(json, "Path") else { return };
    let (kind, value) = (text(&path.json, "Match"), text(&path.json, "Value"));
    match &*kind {
        // Without a match it is the prefix `/`, whatever the value.
        "" | "regex" => {}
        "exact" | "prefix" if value.starts_with('/') => {}
        "exact" | "prefix" => {
            let words = format!("{place}Path, {kind} type match doesn't start with '/': {}", quote(&value));
            rules.says(code, span(&path.json, "Value").or(path.span), words);
        }
        _ => {
            let words = format!("{place}Path, match type should be one of exact, prefix, or regex");
            rules.says(code, span(&path.json, "Match"), words);
        }
    }
}

/// A named value, and how it is compared, which must be one of these words.
fn compared(rules: &mut Rules<'_>, field: &Field, known: &[&str], last: &str, place: &str) {
    let code = Code::GatewayRoute;
    if text(&field.json, "Name").is_empty() {
        rules.says(code, field.span, format!("{place}missing required Name field"));
    }
    let kind = text(&field.json, "Match");
    if !is_one_of(&kind, known) && (last.is_empty() || kind != last) {
        let mut words = known.to_vec();
        if !last.is_empty() {
            words.push(last);
        }
        let (end, start) = words.split_last().unwrap_or((&"", &[]));
        let words = format!("{place}match type should be one of {}, or {end}", start.join(", "));
        rules.says(code, span(&field.json, "Match").or(field.span), words);
    }
}

/// The text of both halves is in the entry.
pub(super) fn inline_certificate(rules: &mut Rules<'_>) {
    let halves = ["Certificate", "PrivateKey"].map(|key| text(rules.body(), key));
    let [chain, key] =
        halves.each_ref().map(|text| Some(&**text).filter(|text| text.contains("-----BEGIN ")));
    let place = |key: &str| span(rules.body(), key).or_else(|| span(rules.body(), "Kind"));
    let places = ["Certificate", "PrivateKey"].map(place);
    let (Some(chain), Some(key)) = (chain, key) else {
        for (name, half, place) in
            [("Certificate", chain, places.first()), ("PrivateKey", key, places.last())]
        {
            if half.is_none() {
                let place = place.copied().flatten();
                rules.refuse(Code::GatewayCertificate, place, format!("{name} must be PEM text"));
            }
        }
        return;
    };
    let (chain, key) = (boringssl::chain(chain), boringssl::private_key(key));
    let pair = match (&chain, &key) {
        (Ok(chain), Ok(key)) => boringssl::check_pair(chain, key).err(),
        _ => None,
    };
    for (what, fault, place) in [
        ("Certificate cannot be read", chain.err(), places.first()),
        ("PrivateKey cannot be read", key.err(), places.last()),
        ("PrivateKey does not go with Certificate", pair, places.last()),
    ] {
        let Some(fault) = fault else { continue };
        let (place, message) = (place.copied().flatten(), format!("{what}: {fault}"));
        // Consul takes what only Envoy's library refuses.
        if fault.code == Code::UnusableCertificate {
            rules.warn(Code::GatewayCertificate, place, message);
        } else {
            rules.refuse(Code::GatewayCertificate, place, message);
        }
    }
}

/// Both halves are paths on the gateway's host.
pub(super) fn file_certificate(rules: &mut Rules<'_>) {
    for key in ["Certificate", "PrivateKey"] {
        let path: Cow<'_, str> = text(rules.body(), key);
        if path.is_empty() {
            let place = span(rules.body(), key).or_else(|| span(rules.body(), "Kind"));
            rules.refuse(Code::GatewayCertificate, place, format!("{key} must be a path"));
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
            (listeners(&good.replace("http", "udp")), "unsupported listener protocol \"udp\""),
            (listeners(&good.replace("*.a.com", "a.*")), "only allowed as the left-most label"),
            (
                listeners(&format!("{good}, {}", good.replace("\"a\"", "\"b\"").replace("http", "tcp"))),
                "listeners \"a\" and \"b\" cannot be merged",
            ),
            (
                listeners(&good.replace("Port", "TLS { MinVersion = \"1\" } Port")),
                "is not a version for MinVersion",
            ),
            ("Listeners = []".to_owned(), "at least one listener"),
            (listeners(&good.replace("\"a\"", "\"A b\"")), "listener name \"A b\" is invalid"),
            (
                listeners(&good.replace("\"http\"", "\"tcp\"")),
                "hostname specification is not supported when using TCP",
            ),
            (listeners("{ Name = \"a\" Port = 80 }"), "unsupported listener protocol \"\""),
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
        let grpc = listeners("{ Name = \"a\" Port = 80 Protocol = \"grpc\" }");
        cases::check("Kind = \"api-gateway\"\nName = \"gw\"", "2.1.0", &[(&grpc, "")]);
        cases::check("Kind = \"api-gateway\"\nName = \"gw\"", "2.0.1", &[(&grpc, "unsupported")]);
    }

    #[test]
    fn routes_match_and_lead_as_servers_take_it() {
        let matches = |inside: &str| format!("Rules = [{{ Matches = [{{ {inside} }}] }}]");
        let table = [
            (matches(r#"Path { Match = "prefix" Value = "/a" } Method = "GET""#), ""),
            (
                matches(r#"Path { Match = "prefix" Value = "a" }"#),
                "Rule[0], Match[0], Path, prefix type match doesn't start with '/': \"a\"",
            ),
            (matches(r#"Path { Value = "a" }"#), ""),
            (
                matches(r#"Path { Match = "glob" Value = "/a" }"#),
                "Path, match type should be one of exact, prefix, or regex",
            ),
            (matches(r#"Method = "FETCH""#), "Method contains an invalid method \"FETCH\""),
            (matches(r#"Headers = [{ Match = "exact" }]"#), "Headers[0], missing required Name field"),
            (
                matches(r#"Headers = [{ Name = "a" }]"#),
                "Headers[0], match type should be one of present, exact, prefix, suffix, or regex",
            ),
            (
                matches(r#"Query = [{ Name = "a" Match = "suffix" }]"#),
                "Query[0], match type should be one of present, exact, or regex",
            ),
            (r#"Hostnames = ["*.a"]"#.to_owned(), "host \"*.a\" must not be a wildcard"),
            (r#"Hostnames = ["a..b"]"#.to_owned(), "must be a valid DNS hostname"),
            (r#"Parents = [{ Kind = "mesh" Name = "a" }]"#.to_owned(), "unsupported parent kind"),
            (r#"Parents = [{ Name = "a" }, { Name = "a" }]"#.to_owned(), "must be unique"),
            (r#"Rules = [{ Filters { URLRewrite { Path = "a" } } }]"#.to_owned(), ""),
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
    fn the_halves_of_a_certificate_go_together() {
        let pair = || rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        let (one, other) = (pair(), pair());
        let text = |key: &rcgen::KeyPair| {
            let quoted = |text: String| text.replace("\r\n", "\n").replace('\n', "\\n");
            let (chain, key) = (quoted(one.cert.pem()), quoted(key.serialize_pem()));
            format!("Certificate = \"{chain}\"\nPrivateKey = \"{key}\"")
        };
        let head = "Kind = \"inline-certificate\"\nName = \"c\"";
        cases::check(head, "1.21.4", &[(&text(&one.signing_key), "")]);
        cases::check(head, "1.21.4", &[(&text(&other.signing_key), "does not go with Certificate")]);
    }

    #[test]
    fn certificates_have_both_halves() {
        let head = "Kind = \"inline-certificate\"\nName = \"c\"";
        let pem = "-----BEGIN X-----";
        cases::check(
            head,
            "1.21.4",
            &[
                ("Certificate = \"C\" PrivateKey = \"K\"", "Certificate must be PEM text"),
                (&format!("Certificate = \"{pem}\" PrivateKey = \"{pem}\""), "PrivateKey cannot be read"),
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
