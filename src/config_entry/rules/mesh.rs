//! mesh and exported-services. Sources: Consul's MPL-licensed sources up to 1.16 (TLS, since 1.12; exports), the checks of
//! consul-k8s and HashiCorp's documentation (request normalisation, since 1.20.1; curves, since 2.1).

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
                let place = format!("error in {} TLS configuration: ", side.to_lowercase());
                versions(rules, &side_of.json, &place, keys, Code::TlsSettings);
                curves(rules, &side_of.json);
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

/// Curves of the key exchange, which only TLS 1.3 has in this form.
fn curves(rules: &mut Rules<'_>, tls: &Json) {
    let Some(curves) = given(tls, "ECDHCurves") else { return };
    let code = Code::TlsSettings;
    if text(tls, "TLSMinVersion") != "TLSv1_3" {
        rules.warn(code, curves.span, "ECDHCurves may need the lowest version to be TLSv1_3");
    }
    for curve in curves.json.items() {
        let name = curve.json.as_text().unwrap_or_default();
        if !is_one_of(&name, &["X25519MLKEM768", "X25519", "P-256", "P-384", "P-521"]) {
            rules.refuse(code, curve.span, format!("{} is not a curve that Consul knows", quote(&name)));
        }
    }
}

/// Known versions, the lower one first, and cipher suites where they count. `place` begins Consul's messages.
pub(super) fn versions(rules: &mut Rules<'_>, tls: &Json, place: &str, keys: [&str; 2], code: Code) {
    let mut ranks = Vec::new();
    for key in keys {
        let value = text(tls, key);
        let rank = VERSIONS.iter().position(|version| **version == *value);
        if rank.is_none() && !is_one_of(&value, &["", "TLS_AUTO"]) {
            let known = VERSIONS.join(", ");
            let message =
                format!("{} is not a version for {key}; known are TLS_AUTO, {known}", quote(&value));
            rules.refuse(code, span(tls, key), message);
        }
        ranks.push(rank);
    }
    if let [Some(lowest), Some(highest)] = ranks[..]
        && lowest > highest
    {
        let [low, high] = keys.map(|key| text(tls, key));
        let words = format!(
            "{place}configuring max version {high} less than the configured min version {low} is invalid"
        );
        rules.says(code, keys.last().and_then(|key| span(tls, key)), words);
    }
    let Some(suites) = given(tls, "CipherSuites") else { return };
    if ranks.first().copied().flatten() == Some(3) {
        let words =
            "configuring CipherSuites is only applicable to connections negotiated with TLS 1.2 or earlier";
        rules.says(code, suites.span, format!("{place}{words}, TLSMinVersion is set to TLSv1_3"));
    }
    for suite in suites.json.items() {
        let name = suite.json.as_text().unwrap_or_default();
        if !is_one_of(&name, &SUITES) {
            let message = format!("{} is not a cipher suite that Consul knows", quote(&name));
            rules.refuse(code, suite.span, message);
        }
    }
}

pub(super) fn exported(rules: &mut Rules<'_>) {
    let (body, code) = (rules.body(), Code::ExportedServices);
    let name = text(body, "Name");
    // Enterprise names the partition.
    if name != "default" && !rules.entry.version().is_enterprise() {
        let place = span(body, "Name").or_else(|| span(body, "Kind"));
        rules.says(code, place, "exported-services Name must be \"default\"");
    } else if is_one_of(&name, &["", "*"]) {
        rules.refuse(code, span(body, "Name"), "the name must be that of the partition that exports");
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
                0 => {
                    let message =
                        format!("{place} names neither a peer nor a partition nor a sameness group");
                    rules.refuse(code, consumer.span, message);
                }
                1 => {}
                _ => {
                    let words = "must define at most one of Peer";
                    rules.says(code, consumer.span, format!("{place}: {words}, Partition, or SamenessGroup"));
                    if let Some(last) = rules.findings.last_mut() {
                        last.consul = Some(format!("{place}: {words}"));
                    }
                }
            }
            for (key, all) in [("Peer", "peers"), ("Partition", "partitions")] {
                if text(&consumer.json, key) == "*" {
                    let words = format!("{place}: exporting to all {all} (wildcard) is not supported");
                    rules.says(code, span(&consumer.json, key), words);
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
            (r#"TLS { Incoming { TLSMinVersion = "1.2" } }"#, "is not a version for TLSMinVersion"),
            (
                r#"TLS { Outgoing { TLSMinVersion = "TLSv1_3" TLSMaxVersion = "TLSv1_2" } }"#,
                "configuring max version TLSv1_2 less than the configured min version TLSv1_3",
            ),
            (r#"TLS { Incoming { TLSMinVersion = "TLSv1_2" TLSMaxVersion = "TLS_AUTO" } }"#, ""),
            (r#"TLS { Incoming { CipherSuites = ["RC4"] } }"#, "\"RC4\" is not a cipher suite"),
            (
                r#"TLS { Incoming { TLSMinVersion = "TLSv1_3" CipherSuites = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] } }"#,
                "TLSMinVersion is set to TLSv1_3",
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
            (services("{}"), "names neither a peer nor"),
            (services("{ Peer = \"*\" }"), "Services[0].Consumers[0]: exporting to all peers"),
            (services(""), "must have at least one consumer"),
            (services("{ Peer = \"p\" }").replace("\"a\"", "\"\""), "service name cannot be empty"),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"exported-services\"\nName = \"default\"", "1.21.4", &[(text, words)]);
        }
        cases::check(
            "Kind = \"exported-services\"\nName = \"dc1\"",
            "1.21.4",
            &[(&services("{ Peer = \"p\" }"), "exported-services Name must be \"default\"")],
        );
    }
}
