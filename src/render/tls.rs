//! TLS with mesh clients and to external services.

use super::Linked;
use super::names::{Names, ROOTS_SECRET};
use super::tls_files;
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::{
    CombinedValidationContext, CommonTlsContext, ConfigSource, DataSource, DownstreamTlsContext, SanMatcher,
    SanType, SdsSecretConfig, Secret, StringMatcher, TlsCertificate, TlsParameters, TransportSocket,
    TransportSocketConfig, UpstreamTlsContext, ValidationContext,
};
use crate::snapshot::{CaRoots, Leaf};
use crate::tls_files::{FileStates, FileUse};

/// The first release that offers X25519MLKEM768 by itself.
const POST_QUANTUM: EnvoyVersion = EnvoyVersion { major: 1, minor: 40, patch: 0 };

/// The first release that certainly has `signature_algorithms`; in a static configuration older ones refuse it.
const SIGNATURE_ALGORITHMS: EnvoyVersion = EnvoyVersion { major: 1, minor: 27, patch: 0 };

/// BoringSSL's own list, and P-521 with it.
const SIGNATURES: [&str; 10] = [
    "ecdsa_secp256r1_sha256",
    "rsa_pss_rsae_sha256",
    "rsa_pkcs1_sha256",
    "ecdsa_secp384r1_sha384",
    "rsa_pss_rsae_sha384",
    "rsa_pkcs1_sha384",
    "ecdsa_secp521r1_sha512",
    "rsa_pss_rsae_sha512",
    "rsa_pkcs1_sha512",
    "rsa_pkcs1_sha1",
];

/// Versions, groups and signatures towards external services: what Envoy offers by itself, TLS 1.3, P-384 and P-521.
///
/// By itself Envoy ends at TLS 1.2 as a client, and has neither of the two curves. The `mesh` entry has no say: its
/// `TLS.Outgoing` is about proxies of the mesh.
pub fn outgoing(envoy: Option<EnvoyVersion>) -> TlsParameters {
    let since = |first: EnvoyVersion| envoy.is_some_and(|version| version >= first);
    let post_quantum = since(POST_QUANTUM).then_some("X25519MLKEM768");
    TlsParameters {
        tls_minimum_protocol_version: Some("TLSv1_2".to_owned()),
        tls_maximum_protocol_version: Some("TLSv1_3".to_owned()),
        ecdh_curves: post_quantum.into_iter().chain(["X25519", "P-256", "P-384", "P-521"]).collect(),
        signature_algorithms: if since(SIGNATURE_ALGORITHMS) { SIGNATURES.to_vec() } else { Vec::new() },
        ..TlsParameters::default()
    }
}

fn socket(typed_config: TransportSocketConfig) -> TransportSocket {
    TransportSocket { name: "tls", typed_config }
}

/// TLS with mesh clients: the linked service's leaf, and only clients with a certificate of the mesh.
///
/// Leaf and roots come as secrets of their own, so that a renewed leaf doesn't replace the listener. `identities` stand
/// in the chain itself, so that they change together with its RBAC; none: any certificate of the mesh.
pub fn downstream(
    service_sni: &str,
    tls_params: &TlsParameters,
    identities: &[SanMatcher],
    source: &ConfigSource,
) -> TransportSocket {
    let secret = |name: String| SdsSecretConfig { name, sds_config: Some(source.clone()) };
    let mut context = CommonTlsContext {
        tls_params: tls_params.clone(),
        tls_certificate_sds_secret_configs: vec![secret(Names::leaf_secret(service_sni))],
        ..CommonTlsContext::default()
    };
    let roots = secret(ROOTS_SECRET.to_owned());
    if identities.is_empty() {
        context.validation_context_sds_secret_config = Some(roots);
    } else {
        context.combined_validation_context = Some(CombinedValidationContext {
            default_validation_context: ValidationContext {
                trusted_ca: None,
                match_typed_subject_alt_names: identities.to_vec(),
            },
            validation_context_sds_secret_config: roots,
        });
    }
    socket(TransportSocketConfig::Downstream(DownstreamTlsContext {
        common_tls_context: context,
        require_client_certificate: true,
    }))
}

/// TLS towards the external service, if its entry names a CA.
///
/// Consul: the SNI is sent, and the certificate must have it as a name of any kind; without SNI no name is
/// checked. Files come as secrets where their content is known, so that a rotated file is live at once, and
/// else by name.
pub fn upstream(
    linked: &Linked<'_>,
    tls_params: &TlsParameters,
    files: &FileStates,
    source: &ConfigSource,
) -> Option<TransportSocket> {
    let authorities = linked.authorities()?;
    let mut context = CommonTlsContext { tls_params: tls_params.clone(), ..CommonTlsContext::default() };
    let names = [SanType::Uri, SanType::Dns, SanType::Email, SanType::IpAddress]
        .map(|san_type| SanMatcher { san_type, matcher: StringMatcher::exact(linked.sni) });
    let names = if linked.sni.is_empty() { Vec::new() } else { names.into() };
    let secret = |file_use: &FileUse| SdsSecretConfig {
        name: file_use.secret_name(),
        sds_config: Some(source.clone()),
    };
    let mut validation_context = ValidationContext { trusted_ca: None, match_typed_subject_alt_names: names };
    if tls_files::is_secret(files, &authorities) {
        context.combined_validation_context = Some(CombinedValidationContext {
            default_validation_context: validation_context,
            validation_context_sds_secret_config: secret(&authorities),
        });
    } else {
        let path = tls_files::located(files, &authorities, linked.ca_file);
        validation_context.trusted_ca = Some(DataSource::Filename(path.to_owned()));
        context.validation_context = Some(validation_context);
    }
    if let Some(pair) = linked.pair() {
        if tls_files::is_secret(files, &pair) {
            context.tls_certificate_sds_secret_configs = vec![secret(&pair)];
        } else {
            context.tls_certificates = vec![TlsCertificate {
                certificate_chain: DataSource::Filename(linked.cert_file.to_owned()),
                private_key: DataSource::Filename(linked.key_file.to_owned()),
            }];
        }
    }
    Some(socket(TransportSocketConfig::Upstream(UpstreamTlsContext {
        common_tls_context: Some(context),
        sni: linked.sni.to_owned(),
    })))
}

/// The secret with `leaf`.
pub fn leaf_secret(service_sni: &str, leaf: &Leaf) -> Secret {
    Secret {
        name: Names::leaf_secret(service_sni),
        tls_certificate: Some(TlsCertificate {
            certificate_chain: DataSource::InlineString(leaf.cert_pem.clone()),
            private_key: DataSource::InlineString(leaf.private_key_pem.expose().to_owned()),
        }),
        validation_context: None,
    }
}

/// The secret with all roots of the mesh; several count during a rotation.
pub fn roots_secret(roots: &CaRoots) -> Secret {
    let mut pem = String::new();
    for root in &roots.roots {
        pem.push_str(root.root_cert.trim());
        pem.push('\n');
    }
    Secret {
        name: ROOTS_SECRET.to_owned(),
        tls_certificate: None,
        validation_context: Some(ValidationContext {
            trusted_ca: Some(DataSource::InlineString(pem)),
            match_typed_subject_alt_names: Vec::new(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<EnvoyVersion> {
        EnvoyVersion::parse(text)
    }

    #[test]
    fn outgoing_tls_offers_up_to_1_3_with_every_curve_of_the_release() {
        for envoy in [None, version("1.18.6"), version("1.39.4"), version("1.40.0")] {
            let params = outgoing(envoy);
            assert_eq!(params.tls_minimum_protocol_version.as_deref(), Some("TLSv1_2"));
            assert_eq!(params.tls_maximum_protocol_version.as_deref(), Some("TLSv1_3"));
            assert!(params.ecdh_curves.ends_with(&["X25519", "P-256", "P-384", "P-521"]), "{envoy:?}");
        }
    }

    #[test]
    fn post_quantum_key_exchange_comes_first_where_it_is_envoys_default() {
        let first = |text: &str| outgoing(version(text)).ecdh_curves[0];
        assert_eq!(
            (first("1.39.4"), first("1.40.0"), first("1.41.2")),
            ("X25519", "X25519MLKEM768", "X25519MLKEM768")
        );
        assert_eq!(outgoing(None).ecdh_curves[0], "X25519");
    }

    #[test]
    fn an_envoy_that_may_not_know_signature_algorithms_is_sent_none() {
        let signatures = |envoy| outgoing(envoy).signature_algorithms;
        assert!(signatures(None).is_empty() && signatures(version("1.26.8")).is_empty());
        assert!(signatures(version("1.27.0")).contains(&"ecdsa_secp521r1_sha512"));
    }
}
