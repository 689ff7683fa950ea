//! mesh and exported-services. Source: HashiCorp's documentation of TLS (1.12), request normalisation (1.20.1) and exports
//! (1.11).

use super::{Rules, given, is_one_of, items, member, span, text};
use crate::config_entry::request::Json;
use crate::finding::Code;
use crate::go::strconv::quote;

/// TLS versions by rank.
const VERSIONS: [&str; 4] = ["TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3"];

/// Cipher suites that Envoy has and Consul takes.
const SUITES: [&str; 10] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    if let Some(tls) = member(body, "TLS") {
        for side in ["Incoming", "Outgoing"] {
            if let Some(side_of) = member(&tls.json, side) {
                let keys = ["TLSMinVersion", "TLSMaxVersion"];
                versions(rules, &side_of.json, &format!("TLS.{side}"), keys, Code::TlsSettings);
            }
        }
    }
    let incoming = member(body, "HTTP").and_then(|http| member(&http.json, "Incoming"));
    let normal = incoming.and_then(|incoming| member(&incoming.json, "RequestNormalization"));
    let Some(normal) = normal else { return };
    let slashes = [
        "",
        "IMPLEMENTATION_SPECIFIC_DEFAULT",
        "KEEP_UNCHANGED",
        "REJECT_REQUEST",
        "UNESCAPE_AND_REDIRECT",
        "UNESCAPE_AND_FORWARD",
    ];
    let underscores = ["", "ALLOW", "REJECT_REQUEST", "DROP_HEADER"];
    for (key, words) in
        [("PathWithEscapedSlashesAction", &slashes[..]), ("HeadersWithUnderscoresAction", &underscores)]
    {
        let value = text(&normal.json, key);
        if !is_one_of(&value, words) {
            let known = words.get(1..).unwrap_or_default().join(", ");
            let message = format!("{} is not a value of {key}; known are {known}", quote(&value));
            rules.refuse(Code::UnknownMode, span(&normal.json, key), message);
        }
    }
}

/// Known versions, the lower one first, and cipher suites where they count.
pub(super) fn versions(rules: &mut Rules<'_>, tls: &Json, place: &str, keys: [&str; 2], code: Code) {
    let mut ranks = Vec::new();
    for key in keys {
        let value = text(tls, key);
        let rank = VERSIONS.iter().position(|version| **version == *value);
        if rank.is_none() && !is_one_of(&value, &["", "TLS_AUTO"]) {
            let message = format!(
                "{} is not a version for {place}.{key}; known are TLS_AUTO, {}",
                quote(&value),
                VERSIONS.join(", ")
            );
            rules.refuse(code, span(tls, key), message);
        }
        ranks.push(rank);
    }
    if let [Some(lowest), Some(highest)] = ranks[..]
        && lowest > highest
    {
        let [low, high] = keys;
        let message = format!("configuring conflicting TLS versions: {place}.{low} is above {high}");
        rules.refuse(code, span(tls, high), message);
    }
    let Some(suites) = given(tls, "CipherSuites") else { return };
    if ranks.first().copied().flatten() == Some(3) {
        let message = format!("{place}.CipherSuites has no effect on TLS 1.3, which is the lowest version");
        rules.refuse(code, suites.span, message);
    }
    for suite in suites.json.items() {
        let name = suite.json.as_text().unwrap_or_default();
        if !is_one_of(&name, &SUITES) {
            let message = format!("{} is not a cipher suite for {place}", quote(&name));
            rules.refuse(code, suite.span, message);
        }
    }
}

pub(super) fn exported(rules: &mut Rules<'_>) {
    let (body, code) = (rules.body(), Code::ExportedServices);
    let name = text(body, "Name");
    if !is_one_of(&name, &["", "default"]) {
        let message =
            format!("the name must be \"default\", the partition that exports, not {}", quote(&name));
        rules.refuse(code, span(body, "Name"), message);
    }
    for (index, service) in items(body, "Services").iter().enumerate() {
        let place = format!("Services[{index}]");
        if text(&service.json, "Name").is_empty() {
            rules.says(code, service.span, format!("{place}: service name cannot be empty"));
        }
        let consumers = items(&service.json, "Consumers");
        if consumers.is_empty() {
            rules.says(code, service.span, format!("{place}: must have at least one consumer"));
        }
        for (number, consumer) in consumers.iter().enumerate() {
            let place = format!("{place}.Consumers[{number}]");
            let keys = ["Peer", "Partition", "SamenessGroup"];
            match keys.iter().filter(|key| given(&consumer.json, key).is_some()).count() {
                0 => rules.refuse(
                    code,
                    consumer.span,
                    format!("{place}: must provide a value for either Peer, Partition or SamenessGroup"),
                ),
                1 => {}
                _ => rules.refuse(
                    code,
                    consumer.span,
                    format!("{place}: must define at most one of Peer, Partition, or SamenessGroup"),
                ),
            }
            for key in ["Peer", "Partition"] {
                if text(&consumer.json, key) == "*" {
                    let message = format!("{place}: {key} cannot be a wildcard");
                    rules.refuse(code, span(&consumer.json, key), message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn a_mesh_has_tls_versions_that_servers_know() {
        let table = [
            (
                r#"TLS { Incoming { TLSMinVersion = "1.2" } }"#,
                "is not a version for TLS.Incoming.TLSMinVersion",
            ),
            (
                r#"TLS { Outgoing { TLSMinVersion = "TLSv1_3" TLSMaxVersion = "TLSv1_2" } }"#,
                "conflicting TLS versions",
            ),
            (r#"TLS { Incoming { TLSMinVersion = "TLSv1_2" TLSMaxVersion = "TLS_AUTO" } }"#, ""),
            (r#"TLS { Incoming { CipherSuites = ["RC4"] } }"#, "\"RC4\" is not a cipher suite"),
            (
                r#"TLS { Incoming { TLSMinVersion = "TLSv1_3" CipherSuites = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] } }"#,
                "has no effect on TLS 1.3",
            ),
            (
                r#"HTTP { Incoming { RequestNormalization { HeadersWithUnderscoresAction = "DROP" } } }"#,
                "known are ALLOW, REJECT_REQUEST, DROP_HEADER",
            ),
        ];
        cases::check("Kind = \"mesh\"", "1.21.4", &table);
    }

    #[test]
    fn exports_go_from_default_to_one_consumer_each() {
        let services = |consumer: &str| format!("Services = [{{ Name = \"a\" Consumers = [{consumer}] }}]");
        let table = [
            (services("{ Peer = \"p\" }"), ""),
            (services("{}"), "must provide a value for either"),
            (services("{ Peer = \"*\" }"), "Peer cannot be a wildcard"),
            (services(""), "must have at least one consumer"),
            (services("{ Peer = \"p\" }").replace("\"a\"", "\"\""), "service name cannot be empty"),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"exported-services\"\nName = \"default\"", "1.21.4", &[(text, words)]);
        }
        cases::check(
            "Kind = \"exported-services\"\nName = \"dc1\"",
            "1.21.4",
            &[(&services("{ Peer = \"p\" }"), "the name must be \"default\"")],
        );
    }
}
