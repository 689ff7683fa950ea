//! TLS with mesh clients and towards external services.

use super::Linked;
use super::names::{Names, ROOTS_SECRET};
use super::tls_files::{self, FileStates, FileUse};
use crate::envoy_api::{
    CombinedValidationContext, CommonTlsContext, ConfigSource, DataSource, DownstreamTlsContext, SanMatcher,
    SanType, SdsSecretConfig, Secret, StringMatcher, TlsCertificate, TlsParameters, TransportSocket,
    TransportSocketConfig, UpstreamTlsContext, ValidationContext,
};
use crate::snapshot::{CaRoots, Leaf};

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
pub fn upstream(linked: &Linked<'_>, files: &FileStates, source: &ConfigSource) -> Option<TransportSocket> {
    let authorities = linked.authorities()?;
    let mut context = CommonTlsContext::default();
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
