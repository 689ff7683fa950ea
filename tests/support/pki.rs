//! Certificate authorities and certificates for the servers outside the mesh and for development meshes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, SignatureAlgorithm,
};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};
use x509_parser::extensions::GeneralName;

use super::server::lock;

/// The one cryptography provider of the tests.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A certificate with its private key, both PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Identity {
    /// The chain and the key as rustls takes them.
    pub fn parts(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).context("private key")?;
        Ok((certificates(&self.certificate)?, key))
    }

    /// A server that shows this certificate; with `clients`, it demands a certificate of that authority.
    pub fn server_config(&self, clients: Option<&Authority>) -> Result<Arc<ServerConfig>> {
        self.server_config_with(clients.map(|authority| authority.certificate.as_str()))
    }

    /// The same, for an authority of which only the certificate is known.
    pub fn server_config_with(&self, clients: Option<&str>) -> Result<Arc<ServerConfig>> {
        Ok(Arc::new(self.server_config_of(clients, rustls::ALL_VERSIONS)?))
    }

    /// The same, speaking these versions of TLS only.
    pub fn server_config_of(
        &self,
        clients: Option<&str>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ServerConfig> {
        self.server_config_by(provider(), clients, versions)
    }

    /// The same with another choice of cryptography.
    pub fn server_config_by(
        &self,
        provider: Arc<CryptoProvider>,
        clients: Option<&str>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ServerConfig> {
        let (chain, key) = self.parts()?;
        let builder =
            ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let roots = Arc::new(trust(authority)?);
                builder.with_client_cert_verifier(
                    WebPkiClientVerifier::builder_with_provider(roots, provider).build()?,
                )
            }
        };
        Ok(builder.with_single_cert(chain, key)?)
    }
}

/// A server's certificate that can be replaced while the server runs.
#[derive(Debug)]
pub struct Rotating(Mutex<Arc<CertifiedKey>>);

impl Rotating {
    pub fn new(identity: &Identity) -> Result<Arc<Self>> {
        Ok(Arc::new(Self(Mutex::new(certified(identity)?))))
    }

    /// Shows this certificate from the next handshake on.
    pub fn replace(&self, identity: &Identity) -> Result<()> {
        *lock(&self.0) = certified(identity)?;
        Ok(())
    }

    /// A server that shows it, to clients with a certificate of one of `clients` (PEM).
    pub fn server_config(self: &Arc<Self>, clients: &str) -> Result<Arc<ServerConfig>> {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(trust(clients)?), provider()).build()?;
        let builder =
            ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let shared: Arc<Self> = Arc::clone(self);
        let mut config = builder.with_client_cert_verifier(verifier).with_cert_resolver(shared);
        // Every handshake shows the certificate of the moment.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Rotating {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&lock(&self.0)))
    }
}

fn certified(identity: &Identity) -> Result<Arc<CertifiedKey>> {
    let (chain, key) = identity.parts()?;
    Ok(Arc::new(CertifiedKey::new(chain, provider().key_provider.load_private_key(key)?)))
}

/// A certificate authority.
pub struct Authority {
    /// Its own certificate, PEM.
    pub certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new authority with this common name.
    pub fn new(name: &str) -> Result<Self> {
        Self::with_uri(name, None)
    }

    /// A new authority of a mesh: its certificate names the trust domain.
    ///
    /// As with Consul's, no two have the same subject: during a rotation clients tell them apart by it.
    pub fn of_mesh(trust_domain: &str) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("Development mesh CA {}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Self::with_uri(&name, Some(format!("spiffe://{trust_domain}")))
    }

    fn with_uri(name: &str, uri: Option<String>) -> Result<Self> {
        let mut params = params(name, 24)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        if let Some(uri) = uri {
            params.subject_alt_names.push(SanType::URI(uri.try_into()?));
        }
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// An earlier certificate of this authority (of that name), with the same key, that has expired. PEM.
    pub fn expired(&self, name: &str) -> Result<String> {
        let mut params = params(name, 24)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        Ok(params.self_signed(self.issuer.key())?.pem())
    }

    /// Its key, PEM, for an agent that is to sign with it.
    pub fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A server certificate for DNS names or IP addresses; the first is its common name.
    pub fn server(&self, names: &[&str]) -> Result<Identity> {
        let mut params = params(names.first().copied().unwrap_or("server"), 12)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        for name in names {
            params.subject_alt_names.push(match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*name).try_into()?),
            });
        }
        self.issue(&params)
    }

    /// A server certificate of old: its name is the common name alone.
    pub fn server_by_common_name(&self, name: &str) -> Result<Identity> {
        let mut params = params(name, 12)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(&params)
    }

    /// A client certificate.
    pub fn client(&self, name: &str) -> Result<Identity> {
        let mut params = params(name, 12)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(&params)
    }

    /// A server certificate that expired an hour ago.
    pub fn expired_server(&self, name: &str) -> Result<Identity> {
        let mut params = params(name, 12)?;
        params.subject_alt_names.push(SanType::DnsName(name.try_into()?));
        params.not_after = (now() - Duration::from_secs(3600)).into();
        self.issue(&params)
    }

    /// A mesh identity, as Consul's CA gives to a service: its name is the SPIFFE URI.
    pub fn leaf(&self, spiffe_id: &str) -> Result<Identity> {
        self.leaf_of(&[spiffe_id])
    }

    /// The same with any number of names.
    pub fn leaf_of(&self, spiffe_ids: &[&str]) -> Result<Identity> {
        let service = spiffe_ids.first().and_then(|name| name.rsplit('/').next()).unwrap_or("nobody");
        let mut params = params(service, 12)?;
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        for name in spiffe_ids {
            params.subject_alt_names.push(SanType::URI((*name).try_into()?));
        }
        self.issue(&params)
    }

    /// A server certificate with a key of this kind.
    pub fn server_with_key(&self, name: &str, kind: &'static SignatureAlgorithm) -> Result<Identity> {
        let mut params = params(name, 12)?;
        params.subject_alt_names.push(SanType::DnsName(name.try_into()?));
        self.issue_for(&params, &KeyPair::generate_for(kind)?)
    }

    fn issue(&self, params: &CertificateParams) -> Result<Identity> {
        self.issue_for(params, &KeyPair::generate()?)
    }

    fn issue_for(&self, params: &CertificateParams, key: &KeyPair) -> Result<Identity> {
        let certificate = params.signed_by(key, &self.issuer)?.pem();
        Ok(Identity { certificate, key: key.serialize_pem() })
    }
}

#[expect(clippy::disallowed_methods, reason = "certificates for this very moment")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn params(name: &str, hours: u64) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    let now = now();
    // Two hours back, so that a certificate can also have ended an hour ago.
    params.not_before = (now - Duration::from_secs(2 * 3600)).into();
    params.not_after = (now + Duration::from_secs(hours * 3600)).into();
    Ok(params)
}

/// Every certificate of a PEM text.
pub fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    Ok(CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>()?)
}

/// The certificates of a PEM text as trust anchors.
pub fn trust(pem: &str) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots.add(certificate)?;
    }
    Ok(roots)
}

/// A plain TLS client that trusts this authority, for servers outside the mesh.
pub fn client_config(authority: &Authority) -> Result<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(trust(&authority.certificate)?).with_no_client_auth()))
}

/// The subject of a certificate, as `CN=…`.
pub fn subject(certificate: &CertificateDer<'_>) -> Result<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)?;
    Ok(parsed.subject().to_string())
}

/// The URI names of a certificate: for mesh certificates, the SPIFFE id.
pub fn uris(certificate: &CertificateDer<'_>) -> Result<Vec<String>> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)?;
    let names = parsed.subject_alternative_name()?.map(|names| names.value.general_names.clone());
    Ok(names
        .unwrap_or_default()
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::URI(uri) => Some(uri.to_owned()),
            _ => None,
        })
        .collect())
}
