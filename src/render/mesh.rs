//! The parts of the `mesh` entry that concern a terminating gateway.

use serde::Deserialize;
use serde_json::Value;

use super::RenderOptions;
use super::paths::PathHandling;
use crate::envoy_api::{EscapedSlashes, TlsParameters, Underscores};
use crate::finding::{Code, Finding};
use crate::snapshot::Snapshot;

/// Envoy's TLS versions, which Consul calls the same.
const ENVOY_TLS_VERSIONS: [&str; 4] = ["TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3"];

/// Leaves the version to Envoy, as no setting does.
const ENVOY_DEFAULT_TLS_VERSION: &str = "TLS_AUTO";

/// The settings of the `mesh` entry (Consul 1.10+) that apply to linked services.
///
/// Consul does not apply `TLS.Outgoing` to terminating gateways, and request normalisation only from 2.0.
#[derive(Debug, Clone, Default)]
pub struct MeshConfig {
    /// TLS versions and ciphers for mesh clients.
    pub tls_params: TlsParameters,
    /// Whether what clients send as `x-forwarded-client-cert` is removed and nothing added.
    pub sanitize_client_cert: bool,
    /// Whether Envoy refuses routes to clusters it doesn't know.
    pub validate_clusters: Option<bool>,
    /// What becomes of the path of a request before intentions see it.
    pub paths: PathHandling,
    /// What becomes of headers with `_` in their name; absent: they are kept.
    pub underscores: Option<Underscores>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MeshEntry {
    #[serde(rename = "TLS")]
    tls: Option<MeshTls>,
    #[serde(rename = "HTTP")]
    http: Option<MeshHttp>,
    #[serde(rename = "ValidateClusters")]
    validate_clusters: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct MeshTls {
    incoming: Option<MeshTlsIncoming>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MeshTlsIncoming {
    #[serde(rename = "TLSMinVersion")]
    min_version: String,
    #[serde(rename = "TLSMaxVersion")]
    max_version: String,
    #[serde(rename = "CipherSuites")]
    cipher_suites: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct MeshHttp {
    sanitize_x_forwarded_client_cert: bool,
}

impl MeshConfig {
    /// Reads the entry of `snapshot`; without one, all defaults.
    pub fn of(snapshot: &Snapshot, options: &RenderOptions, findings: &mut Vec<Finding>) -> Self {
        let mut config = Self::of_entry(snapshot, findings);
        // By itself: the safeguards must not be lost with something else that cannot be read.
        config.read_normalisation(snapshot.mesh.as_ref(), findings);
        config.paths.normalize &= !options.insecure_disable_path_normalization;
        config
    }

    fn of_entry(snapshot: &Snapshot, findings: &mut Vec<Finding>) -> Self {
        let Some(entry) = &snapshot.mesh else { return Self::default() };
        let entry = match MeshEntry::deserialize(entry) {
            Ok(entry) => entry,
            Err(error) => {
                refuse(findings, format!("the `mesh` entry has an unexpected form ({error}); it is ignored"));
                return Self::default();
            }
        };
        let incoming = entry.tls.and_then(|tls| tls.incoming).unwrap_or_default();
        let mut cipher_suites = Vec::new();
        for name in incoming.cipher_suites.unwrap_or_default() {
            match envoy_cipher(&name) {
                Some(cipher) => cipher_suites.push(cipher.to_owned()),
                None => refuse(
                    findings,
                    format!("cipher suite `{name}` of the `mesh` entry is unknown; it is left out"),
                ),
            }
        }
        let mut version = |key: &str, text: String| {
            let is_known = ENVOY_TLS_VERSIONS.contains(&text.as_str());
            if !is_known && !matches!(text.as_str(), "" | ENVOY_DEFAULT_TLS_VERSION) {
                refuse(findings, format!("{key} `{text}` of the `mesh` entry is unknown; it is left out"));
            }
            Some(text).filter(|_| is_known)
        };
        Self {
            tls_params: TlsParameters {
                tls_minimum_protocol_version: version("TLSMinVersion", incoming.min_version),
                tls_maximum_protocol_version: version("TLSMaxVersion", incoming.max_version),
                cipher_suites,
                ..TlsParameters::default()
            },
            sanitize_client_cert: entry.http.is_some_and(|http| http.sanitize_x_forwarded_client_cert),
            validate_clusters: entry.validate_clusters.filter(|validate| *validate),
            ..Self::default()
        }
    }

    /// Consul (the entry has it from 1.20.1, gateways apply it from 2.0): `HTTP.Incoming.RequestNormalization`.
    ///
    /// A meaningless value counts as the strictest one, because a safeguard was intended.
    fn read_normalisation(&mut self, entry: Option<&Value>, findings: &mut Vec<Finding>) {
        let mut found = entry.unwrap_or(&Value::Null);
        for key in ["HTTP", "Incoming", "RequestNormalization"] {
            if !found.is_object() {
                break;
            }
            found = found.get(key).unwrap_or(&Value::Null);
        }
        if !found.is_object() && !found.is_null() {
            refuse(
                findings,
                format!(
                    "RequestNormalization of the `mesh` entry is {found}, not an object; the strictest settings apply"
                ),
            );
            self.paths.merge_slashes = true;
            self.paths.escaped_slashes = Some(EscapedSlashes::RejectRequest);
            self.underscores = Some(Underscores::RejectRequest);
            return;
        }
        let mut flag = |key: &str, strictest: bool| match found.get(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                refuse(
                    findings,
                    format!(
                        "{key} of the `mesh` entry is {other}, neither true nor false; {strictest} applies"
                    ),
                );
                strictest
            }
        };
        self.paths.normalize = !flag("InsecureDisablePathNormalization", false);
        self.paths.merge_slashes = flag("MergeSlashes", true);
        self.paths.escaped_slashes = choice(
            found,
            "PathWithEscapedSlashesAction",
            &ESCAPED_SLASHES,
            EscapedSlashes::RejectRequest,
            findings,
        );
        self.underscores =
            choice(found, "HeadersWithUnderscoresAction", &UNDERSCORES, Underscores::RejectRequest, findings);
    }
}

/// The words of the entry for escaped slashes; Envoy's default keeps them.
const ESCAPED_SLASHES: [(&str, Option<EscapedSlashes>); 5] = [
    ("IMPLEMENTATION_SPECIFIC_DEFAULT", None),
    ("KEEP_UNCHANGED", Some(EscapedSlashes::KeepUnchanged)),
    ("REJECT_REQUEST", Some(EscapedSlashes::RejectRequest)),
    ("UNESCAPE_AND_REDIRECT", Some(EscapedSlashes::UnescapeAndRedirect)),
    ("UNESCAPE_AND_FORWARD", Some(EscapedSlashes::UnescapeAndForward)),
];

/// The words of the entry for headers with `_` in their name.
const UNDERSCORES: [(&str, Option<Underscores>); 3] = [
    ("ALLOW", None),
    ("REJECT_REQUEST", Some(Underscores::RejectRequest)),
    ("DROP_HEADER", Some(Underscores::DropHeader)),
];

/// The meaning of `key`'s word; one that is not known means the strictest.
fn choice<T: Copy>(
    settings: &Value,
    key: &str,
    words: &[(&str, Option<T>)],
    strictest: T,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let given = settings.get(key).unwrap_or(&Value::Null);
    if given.is_null() || *given == "" {
        return None;
    }
    let known = words.iter().find(|(word, _)| *given == *word);
    known.map_or_else(
        || {
            refuse(findings, format!("{key} {given} of the `mesh` entry is unknown; REJECT_REQUEST applies"));
            Some(strictest)
        },
        |(_, meaning)| *meaning,
    )
}

fn refuse(findings: &mut Vec<Finding>, message: String) {
    let help = "correct the `mesh` entry with `termgate config write`";
    findings.push(Finding::of_whole(Code::BadEntrySetting, message, help));
}

/// OpenSSL's name of a cipher suite that the mesh entry may name by IANA's.
fn envoy_cipher(name: &str) -> Option<&'static str> {
    Some(match name {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" => "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" => "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" => "ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" => "ECDHE-ECDSA-AES128-SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" => "ECDHE-ECDSA-AES256-SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" => "ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" => "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" => "ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" => "ECDHE-RSA-AES128-SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" => "ECDHE-RSA-AES256-SHA",
        "TLS_RSA_WITH_AES_128_GCM_SHA256" => "AES128-GCM-SHA256",
        "TLS_RSA_WITH_AES_256_GCM_SHA384" => "AES256-GCM-SHA384",
        "TLS_RSA_WITH_AES_128_CBC_SHA" => "AES128-SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA" => "AES256-SHA",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MeshConfig, PathHandling, RenderOptions};
    use crate::envoy_api::{EscapedSlashes, Underscores};
    use crate::snapshot::Snapshot;

    fn of(mesh: &serde_json::Value) -> (serde_json::Value, usize) {
        let snapshot = Snapshot { mesh: Some(mesh.clone()), ..Snapshot::default() };
        let mut findings = Vec::new();
        let config = MeshConfig::of(&snapshot, &RenderOptions::default(), &mut findings);
        (json!(config.tls_params), findings.len())
    }

    #[test]
    fn an_unreadable_normalisation_means_the_strictest() {
        let of = |mesh: serde_json::Value| {
            let snapshot = Snapshot { mesh: Some(mesh), ..Snapshot::default() };
            let mut findings = Vec::new();
            let config = MeshConfig::of(&snapshot, &RenderOptions::default(), &mut findings);
            (config.paths, config.underscores, findings.len())
        };
        let normalisation = |settings: serde_json::Value| {
            of(json!({"HTTP": {"Incoming": {"RequestNormalization": settings}}}))
        };
        let default = PathHandling::default();
        let reject = Some(EscapedSlashes::RejectRequest);
        let strict = PathHandling { normalize: true, merge_slashes: true, escaped_slashes: reject };
        for none in
            [json!({}), json!(null), json!({"MergeSlashes": null, "PathWithEscapedSlashesAction": ""})]
        {
            assert_eq!(normalisation(none), (default, None, 0));
        }
        let off = json!({"InsecureDisablePathNormalization": true});
        assert_eq!(normalisation(off), (PathHandling { normalize: false, ..default }, None, 0));
        let malformed = json!({"InsecureDisablePathNormalization": "yes", "MergeSlashes": 1,
            "PathWithEscapedSlashesAction": "reject", "HeadersWithUnderscoresAction": ["ALLOW"]});
        assert_eq!(normalisation(malformed), (strict, Some(Underscores::RejectRequest), 4));
        for malformed in [json!(5), json!("on")] {
            assert_eq!(normalisation(malformed), (strict, Some(Underscores::RejectRequest), 1));
        }
        assert_eq!(of(json!({"HTTP": {"Incoming": []}})).2, 1);
        // Something else that cannot be read takes nothing of it away.
        let lost = json!({"ValidateClusters": "x", "HTTP": {"Incoming": {"RequestNormalization": {"MergeSlashes": true}}}});
        assert_eq!(of(lost), (PathHandling { merge_slashes: true, ..default }, None, 1));
    }

    #[test]
    fn tls_auto_leaves_envoys_default() {
        let incoming =
            |min: &str, max: &str| json!({"TLS": {"Incoming": {"TLSMinVersion": min, "TLSMaxVersion": max}}});
        assert_eq!(of(&incoming("TLS_AUTO", "TLS_AUTO")), (json!({}), 0));
        let max = json!({"tls_maximum_protocol_version": "TLSv1_2"});
        assert_eq!(of(&incoming("TLS_AUTO", "TLSv1_2")), (max, 0));
        assert_eq!(of(&incoming("TLSv1_9", "")), (json!({}), 1));
    }
}
