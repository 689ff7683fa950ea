//! A client inside the mesh: speaks to a gateway as a sidecar would, with its own leaf certificate.

use std::fmt;
use std::io::BufReader;
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
    config: Arc<ClientConfig>,
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
        let (chain, key) = leaf.parts()?;
        let verifier = MeshVerifier { roots: pki::trust(roots)?, provider: pki::provider() };
        let mut config = ClientConfig::builder_with_provider(pki::provider())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_auth_cert(chain, key)?;
        // Every request is a new client: nothing of an earlier session may vouch for it.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self {
            service: service.to_owned(),
            trust_domain: trust_domain.to_owned(),
            datacenter: datacenter.to_owned(),
            config: Arc::new(config),
        })
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
        let fail = |error: anyhow::Error| Err(Err(error));
        let name = match ServerName::try_from(self.sni(service)) {
            Ok(name) => name,
            Err(error) => return fail(error.into()),
        };
        let mut socket = match TcpStream::connect_timeout(&gateway, Duration::from_secs(5)) {
            Ok(socket) => socket,
            Err(error) => return Err(Ok(Outcome::Refused(format!("no connection to {gateway}: {error}")))),
        };
        let mut session = match (
            socket.set_nodelay(true).and_then(|()| socket.set_read_timeout(Some(Duration::from_secs(20)))),
            ClientConnection::new(Arc::clone(&self.config), name),
        ) {
            (Ok(()), Ok(session)) => session,
            (Err(error), _) => return fail(error.into()),
            (_, Err(error)) => return fail(error.into()),
        };
        while session.is_handshaking() {
            if let Err(error) = session.complete_io(&mut socket) {
                return Err(Ok(Outcome::Refused(format!("TLS handshake: {error}"))));
            }
        }
        match self.check_identity(&session, service) {
            Ok(()) => Ok(MeshConnection { stream: BufReader::new(StreamOwned::new(session, socket)) }),
            Err(error) => fail(error),
        }
    }

    fn check_identity(&self, session: &ClientConnection, service: &str) -> Result<()> {
        let shown = session.peer_certificates().unwrap_or_default();
        let names = shown.first().map(pki::uris).transpose()?.unwrap_or_default();
        let expected = self.spiffe_id(service);
        // Consul compares without regard to case.
        ensure!(
            names.iter().any(|name| name.eq_ignore_ascii_case(&expected)),
            "the gateway shows {names:?} instead of {expected}"
        );
        Ok(())
    }
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
}

/// Trusts a chain up to the mesh's roots. The name is a SPIFFE id, which [`MeshClient`] compares itself.
#[derive(Debug)]
struct MeshVerifier {
    roots: RootCertStore,
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
        let certificate = ParsedCertificate::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
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
