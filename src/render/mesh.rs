//! The `mesh` entry: what of it concerns a terminating gateway.

use serde::Deserialize;

use super::{Notice, NoticeCode};
use crate::envoy_api::TlsParameters;
use crate::snapshot::Snapshot;

/// Envoy's TLS versions, which Consul calls the same.
const ENVOY_TLS_VERSIONS: [&str; 4] = ["TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3"];

/// Leaves the version to Envoy, as no setting does.
const ENVOY_DEFAULT_TLS_VERSION: &str = "TLS_AUTO";

/// The settings of the `mesh` entry (Consul 1.10+) that apply to linked services.
///
/// Consul applies neither `TLS.Outgoing` nor request normalisation to terminating gateways.
#[derive(Debug, Clone, Default)]
pub struct MeshConfig {
    /// TLS versions and ciphers for mesh clients.
    pub tls_params: TlsParameters,
    /// Whether what clients send as `x-forwarded-client-cert` is removed and nothing added.
    pub sanitize_client_cert: bool,
    /// Whether Envoy refuses routes to clusters it doesn't know.
    pub validate_clusters: Option<bool>,
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
    pub fn of(snapshot: &Snapshot, notices: &mut Vec<Notice>) -> Self {
        let Some(entry) = &snapshot.mesh else { return Self::default() };
        let entry = match MeshEntry::deserialize(entry) {
            Ok(entry) => entry,
            Err(error) => {
                refuse(
                    notices,
                    format!("the `mesh` entry is not what Consul sends ({error}); it is ignored"),
                );
                return Self::default();
            }
        };
        let incoming = entry.tls.and_then(|tls| tls.incoming).unwrap_or_default();
        let mut cipher_suites = Vec::new();
        for name in incoming.cipher_suites.unwrap_or_default() {
            match envoy_cipher(&name) {
                Some(cipher) => cipher_suites.push(cipher.to_owned()),
                None => refuse(
                    notices,
                    format!("cipher suite `{name}` of the `mesh` entry is unknown; it is left out"),
                ),
            }
        }
        let mut version = |key: &str, text: String| {
            let is_known = ENVOY_TLS_VERSIONS.contains(&text.as_str());
            if !is_known && !matches!(text.as_str(), "" | ENVOY_DEFAULT_TLS_VERSION) {
                refuse(notices, format!("{key} `{text}` of the `mesh` entry is unknown; it is left out"));
            }
            Some(text).filter(|_| is_known)
        };
        Self {
            tls_params: TlsParameters {
                tls_minimum_protocol_version: version("TLSMinVersion", incoming.min_version),
                tls_maximum_protocol_version: version("TLSMaxVersion", incoming.max_version),
                cipher_suites,
            },
            sanitize_client_cert: entry.http.is_some_and(|http| http.sanitize_x_forwarded_client_cert),
            validate_clusters: entry.validate_clusters.filter(|validate| *validate),
        }
    }
}

fn refuse(notices: &mut Vec<Notice>, message: String) {
    let help = "correct the `mesh` entry with `termgate config write`";
    notices.push(Notice::gateway(NoticeCode::BadEntrySetting, message, help));
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

    use super::MeshConfig;
    use crate::snapshot::Snapshot;

    fn of(mesh: &serde_json::Value) -> (serde_json::Value, usize) {
        let snapshot = Snapshot { mesh: Some(mesh.clone()), ..Snapshot::default() };
        let mut notices = Vec::new();
        (json!(MeshConfig::of(&snapshot, &mut notices).tls_params), notices.len())
    }

    #[test]
    fn tls_auto_is_envoys_default_and_no_setting() {
        let incoming =
            |min: &str, max: &str| json!({"TLS": {"Incoming": {"TLSMinVersion": min, "TLSMaxVersion": max}}});
        assert_eq!(of(&incoming("TLS_AUTO", "TLS_AUTO")), (json!({}), 0));
        let max = json!({"tls_maximum_protocol_version": "TLSv1_2"});
        assert_eq!(of(&incoming("TLS_AUTO", "TLSv1_2")), (max, 0));
        assert_eq!(of(&incoming("TLSv1_9", "")), (json!({}), 1));
    }
}
