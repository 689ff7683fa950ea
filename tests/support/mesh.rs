//! A client inside the mesh: speaks to a gateway as a sidecar would, with its own leaf certificate.

use std::fmt;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, StreamOwned,
};

use super::http::{Request, Response};
use super::pki::{self, Identity};

/// A service of the mesh that sends requests to linked services through a gateway.
#[derive(Clone)]
pub struct MeshClient {
    pub service: String,
    trust_domain: String,
    datacenter: String,
    leaf: Identity,
    roots: String,
    config: Arc<ClientConfig>,
}

/// How a client greets a gateway where it does so otherwise than a sidecar. The default is a sidecar's way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Greeting {
    /// The server name to send instead of the linked service's; none is sent if it is empty.
    pub server_name: Option<String>,
    /// TLS 1.2 at most.
    pub tls_1_2: bool,
    /// The protocols offered, best first.
    pub alpn: Vec<String>,
    /// No certificate is shown.
    pub anonymous: bool,
    /// Whoever answers is trusted.
    pub trusting: bool,
}

/// What became of a request.
#[derive(Debug)]
pub enum Outcome {
    /// An answer came back.
    Answered(Response),
    /// The gateway would not: the connection or its TLS handshake ended without an answer.
    Refused(String),
}

impl Outcome {
    /// The answer's JSON; an error if there was none, or not with status 200.
    pub fn answer(self) -> Result<serde_json::Value> {
        match self {
            Self::Answered(response) if response.status == 200 => response.json(),
            other => Err(anyhow!("no good answer: {other}")),
        }
    }

    /// Fails unless the gateway refused: by closing the connection, or with 403.
    pub fn refused(self) -> Result<()> {
        match self {
            Self::Refused(_) | Self::Answered(Response { status: 403, .. }) => Ok(()),
            Self::Answered(_) => Err(anyhow!("not refused: {self}")),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(response) => write!(f, "status {}: {}", response.status, response.text()),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
        }
    }
}

impl MeshClient {
    /// A client with this leaf that trusts the mesh's roots (PEM).
    pub fn new(
        service: &str,
        leaf: &Identity,
        roots: &str,
        trust_domain: &str,
        datacenter: &str,
    ) -> Result<Self> {
        let config = config(leaf, roots, &Greeting::default())?;
        Ok(Self {
            service: service.to_owned(),
            trust_domain: trust_domain.to_owned(),
            datacenter: datacenter.to_owned(),
            leaf: leaf.clone(),
            roots: roots.to_owned(),
            config: Arc::new(config),
        })
    }

    /// Its leaf certificate.
    pub fn leaf(&self) -> &Identity {
        &self.leaf
    }

    /// The roots of its mesh, as PEM.
    pub fn roots(&self) -> &str {
        &self.roots
    }

    /// The trust domain of its mesh.
    pub fn trust_domain(&self) -> &str {
        &self.trust_domain
    }

    /// The server name under which a gateway offers a linked service.
    pub fn sni(&self, service: &str) -> String {
        format!("{service}.default.{}.internal.{}", self.datacenter, self.trust_domain)
    }

    /// The mesh identity a gateway must show for a linked service.
    pub fn spiffe_id(&self, service: &str) -> String {
        format!("spiffe://{}/ns/default/dc/{}/svc/{service}", self.trust_domain, self.datacenter)
    }

    /// GETs a path of a linked service, through a gateway, by plain HTTP inside the mesh's mutual TLS.
    ///
    /// A gateway with another identity than the linked service's is an error, not an outcome.
    pub fn get(&self, gateway: SocketAddr, service: &str, path: &str) -> Result<Outcome> {
        self.send(gateway, service, &Request::new("GET", path, service))
    }

    /// The same with any request.
    pub fn send(&self, gateway: SocketAddr, service: &str, request: &Request) -> Result<Outcome> {
        let mut connection = match self.connect(gateway, service) {
            Ok(connection) => connection,
            Err(refusal) => return refusal,
        };
        let request = request.clone().with_header("Connection", "close");
        Ok(match connection.exchange(&request) {
            Ok(response) => Outcome::Answered(response),
            Err(error) => Outcome::Refused(format!("{error:#}")),
        })
    }

    /// Opens a connection that outlives one request; the error is the outcome of a failure.
    pub fn connect(&self, gateway: SocketAddr, service: &str) -> Result<MeshConnection, Result<Outcome>> {
        match self.greet(gateway, service, &Greeting::default()) {
            Ok(Ok(connection)) => match connection.check_identity(&self.spiffe_id(service)) {
                Ok(()) => Ok(connection),
                Err(error) => Err(Err(error)),
            },
            Ok(Err(reason)) => Err(Ok(Outcome::Refused(reason))),
            Err(error) => Err(Err(error)),
        }
    }

    /// Opens a connection in any way, whatever certificate of the mesh the gateway shows; or returns why it refused.
    pub fn greet(
        &self,
        gateway: SocketAddr,
        service: &str,
        greeting: &Greeting,
    ) -> Result<Result<MeshConnection, String>> {
        let (config, name) = self.tls(service, greeting)?;
        let mut socket = match TcpStream::connect_timeout(&gateway, Duration::from_secs(5)) {
            Ok(socket) => socket,
            Err(error) => return Ok(Err(format!("no connection to {gateway}: {error}"))),
        };
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut session = ClientConnection::new(config, name)?;
        while session.is_handshaking() {
            if let Err(error) = session.complete_io(&mut socket) {
                return Ok(Err(format!("TLS handshake: {error}")));
            }
        }
        Ok(Ok(MeshConnection { stream: BufReader::new(StreamOwned::new(session, socket)) }))
    }

    /// The TLS settings and the server name of such a greeting.
    pub fn tls(
        &self,
        service: &str,
        greeting: &Greeting,
    ) -> Result<(Arc<ClientConfig>, ServerName<'static>)> {
        let name = match greeting.server_name.as_deref() {
            None => self.sni(service),
            // Never sent, but it must be a name.
            Some("") => self.trust_domain.clone(),
            Some(name) => name.to_owned(),
        };
        let config = if *greeting == Greeting::default() {
            Arc::clone(&self.config)
        } else {
            Arc::new(config(&self.leaf, &self.roots, greeting)?)
        };
        Ok((config, ServerName::try_from(name)?))
    }
}

fn config(leaf: &Identity, roots: &str, greeting: &Greeting) -> Result<ClientConfig> {
    let roots = if greeting.trusting { None } else { Some(pki::trust(roots)?) };
    let versions = if greeting.tls_1_2 { &[&rustls::version::TLS12][..] } else { rustls::ALL_VERSIONS };
    let builder = ClientConfig::builder_with_provider(pki::provider())
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(MeshVerifier { roots, provider: pki::provider() }));
    let mut config = if greeting.anonymous {
        builder.with_no_client_auth()
    } else {
        let (chain, key) = leaf.parts()?;
        builder.with_client_auth_cert(chain, key)?
    };
    // Every request is a new client: nothing of an earlier session may vouch for it.
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_sni = greeting.server_name.as_deref() != Some("");
    config.alpn_protocols = greeting.alpn.iter().map(|name| name.clone().into_bytes()).collect();
    Ok(config)
}

/// An open connection to a linked service.
pub struct MeshConnection {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
}

impl MeshConnection {
    /// One request and its answer.
    pub fn exchange(&mut self, request: &Request) -> Result<Response> {
        request.write_to(self.stream.get_mut())?;
        Response::read_from(&mut self.stream)
    }

    /// Sends bytes and reads until a line ends the answer or the gateway closes.
    pub fn talk(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()?;
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while answer.last() != Some(&b'\n') || answer.ends_with(b"\r\n") {
            match self.stream.read(&mut part) {
                Ok(0) => break,
                Ok(read) => answer.extend_from_slice(&part[..read]),
                // Closed without a farewell, after an answer or instead of one.
                Err(error) if answer.is_empty() => return Err(error.into()),
                Err(_) => break,
            }
        }
        ensure!(!answer.is_empty(), "closed without a word");
        Ok(answer)
    }

    /// The TLS session, for what was agreed on.
    pub fn session(&self) -> &ClientConnection {
        &self.stream.get_ref().conn
    }

    fn check_identity(&self, expected: &str) -> Result<()> {
        check_identity(self.session(), expected)
    }
}

/// Fails unless the gateway shows a certificate with this SPIFFE id.
pub fn check_identity(session: &ClientConnection, expected: &str) -> Result<()> {
    let shown = session.peer_certificates().unwrap_or_default();
    let names = shown.first().map(pki::uris).transpose()?.unwrap_or_default();
    // Consul compares without regard to case.
    ensure!(
        names.iter().any(|name| name.eq_ignore_ascii_case(expected)),
        "the gateway shows {names:?} instead of {expected}"
    );
    Ok(())
}

/// Trusts a chain up to the mesh's roots. The name is a SPIFFE id, which [`MeshClient`] compares itself.
#[derive(Debug)]
struct MeshVerifier {
    /// `None`: whoever it is.
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for MeshVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let certificate = ParsedCertificate::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            roots,
            intermediates,
            now,
            self.provider.signature_verification_algorithms.all,
        )?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
