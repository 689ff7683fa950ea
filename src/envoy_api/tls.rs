//! `envoy.extensions.transport_sockets.tls.v3`.

use serde::Serialize;

use super::{ConfigSource, DataSource, StringMatcher};

/// `envoy.config.core.v3.TransportSocket`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransportSocket {
    /// A label.
    pub name: &'static str,
    /// Its settings.
    pub typed_config: TransportSocketConfig,
}

/// The transport sockets in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum TransportSocketConfig {
    /// TLS with mesh clients.
    #[serde(rename = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext")]
    Downstream(DownstreamTlsContext),
    /// TLS with external services.
    #[serde(rename = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext")]
    Upstream(UpstreamTlsContext),
}

/// `DownstreamTlsContext`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DownstreamTlsContext {
    /// Certificates and parameters.
    pub common_tls_context: CommonTlsContext,
    /// Whether clients without a certificate are refused.
    pub require_client_certificate: bool,
}

/// `UpstreamTlsContext`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpstreamTlsContext {
    /// Certificates and parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_tls_context: Option<CommonTlsContext>,
    /// The name sent to the server.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sni: String,
}

/// `CommonTlsContext`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CommonTlsContext {
    /// Versions and ciphers.
    pub tls_params: TlsParameters,
    /// Own certificates, by file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tls_certificates: Vec<TlsCertificate>,
    /// Own certificates, as resources of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tls_certificate_sds_secret_configs: Vec<SdsSecretConfig>,
    /// How the peer is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_context: Option<ValidationContext>,
    /// The same, as a resource of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_context_sds_secret_config: Option<SdsSecretConfig>,
    /// Partly here and partly a resource of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combined_validation_context: Option<CombinedValidationContext>,
}

/// `CommonTlsContext.CombinedCertificateValidationContext`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CombinedValidationContext {
    /// What is the same for every content of the resource.
    pub default_validation_context: ValidationContext,
    /// The resource.
    pub validation_context_sds_secret_config: SdsSecretConfig,
}

impl TransportSocket {
    /// The names of the secrets that it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let context = match &self.typed_config {
            TransportSocketConfig::Downstream(downstream) => Some(&downstream.common_tls_context),
            TransportSocketConfig::Upstream(upstream) => upstream.common_tls_context.as_ref(),
        };
        let secrets = context.into_iter().flat_map(|context| {
            let combined = context.combined_validation_context.as_ref();
            let validation = context.validation_context_sds_secret_config.as_ref();
            let combined = combined.map(|combined| &combined.validation_context_sds_secret_config);
            context.tls_certificate_sds_secret_configs.iter().chain(validation).chain(combined)
        });
        secrets.map(|secret| secret.name.as_str())
    }
}

/// `TlsParameters`; what is absent is Envoy's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TlsParameters {
    /// `TLSv1_2`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_minimum_protocol_version: Option<String>,
    /// `TLSv1_3`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_maximum_protocol_version: Option<String>,
    /// Ciphers of TLS 1.2 and older, by OpenSSL's names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cipher_suites: Vec<String>,
    /// Groups of the key exchange, best first. In TLS 1.2 they also limit the keys of ECDSA certificates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ecdh_curves: Vec<&'static str>,
    /// What the peer may sign with, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signature_algorithms: Vec<&'static str>,
}

/// `SdsSecretConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SdsSecretConfig {
    /// Name of the secret.
    pub name: String,
    /// Where it comes from; absent: from the static configuration itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sds_config: Option<ConfigSource>,
}

/// `TlsCertificate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TlsCertificate {
    /// Leaf first.
    pub certificate_chain: DataSource,
    /// Key of the leaf.
    pub private_key: DataSource,
}

/// `CertificateValidationContext`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValidationContext {
    /// The CAs that count; absent where a resource of its own has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_ca: Option<DataSource>,
    /// Names of which the peer's certificate must have one; empty: any name does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_typed_subject_alt_names: Vec<SanMatcher>,
}

/// `SubjectAltNameMatcher`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SanMatcher {
    /// Kind of name.
    pub san_type: SanType,
    /// The name.
    pub matcher: StringMatcher,
}

/// `SubjectAltNameMatcher.SanType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SanType {
    Uri,
    /// A DNS name.
    Dns,
    /// A mail address.
    Email,
    IpAddress,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Secret {
    pub name: String,
    /// A certificate with its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<TlsCertificate>,
    /// Trusted CAs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_context: Option<ValidationContext>,
}
