//! What a server shows in a TLS handshake: its certificate, whether it requests one from the client, and the alert that
//! ends the handshake.
//!
//! The handshake is termgate's own. It verifies nothing, shows no certificate, signs nothing and sends no data. No proxy
//! is used.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error,
    RootCertStore, SignatureScheme,
};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::upstream::{Certificate, Distrust, Handshake, Shown};

/// Limit on the connection, and on the handshake after it.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// How long a server may take to refuse a client after the handshake, as it does with TLS 1.3.
const ALERT_TIME: Duration = Duration::from_millis(500);

/// Certificates of a chain that are kept.
const MAX_CHAIN: usize = 10;

/// Names of a certificate that are kept.
const MAX_NAMES: usize = 100;

/// Looks at `address`, asking for `name` (empty, or not a host name: without one). Blocks for seconds.
pub fn look(address: SocketAddr, name: &str) -> Shown {
    look_at(address, name, &Arc::new(Seen::default()))
}

/// A client certificate and its key, both as PEM text.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The certificate, with the chain above it.
    pub chain: &'a str,
    /// The key.
    pub key: &'a str,
}

impl Pair<'_> {
    /// As a handshake takes it; `None` if it cannot be used.
    fn certified(self) -> Option<Arc<CertifiedKey>> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(self.chain.as_bytes()).filter_map(Result::ok).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).ok()?;
        let key = default_provider().key_provider.load_private_key(key).ok()?;
        (!chain.is_empty()).then(|| Arc::new(CertifiedKey::new(chain, key)))
    }
}

/// The same with a client certificate, and why the chain of the server leads to none of the CAs in this PEM text; `None`
/// where it does, or where that cannot be found out.
pub fn look_trusting(
    address: SocketAddr,
    name: &str,
    authorities: Option<&str>,
    pair: Option<Pair<'_>>,
) -> (Shown, Option<Distrust>) {
    let seen = Arc::new(Seen { identity: pair.and_then(Pair::certified), ..Seen::default() });
    let shown = look_at(address, name, &seen);
    let chain = seen.chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (shown, authorities.and_then(|authorities| distrust(&chain, authorities)))
}

fn distrust(chain: &[CertificateDer<'static>], authorities: &str) -> Option<Distrust> {
    let (server, intermediates) = chain.split_first()?;
    let trusted: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(authorities.as_bytes()).filter_map(Result::ok).collect();
    // BoringSSL takes a certificate that is itself among the CAs.
    if trusted.is_empty() || chain.iter().any(|one| trusted.contains(one)) {
        return None;
    }
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(trusted);
    if added == 0 {
        return None;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
    // Names are compared elsewhere: one of its own is always right.
    let name = certificate(server)?.names.into_iter().find_map(|name| ServerName::try_from(name).ok())?;
    match verifier.build().ok()?.verify_server_cert(server, intermediates, &name, &[], UnixTime::now()) {
        Err(Error::InvalidCertificate(reason)) => match reason {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                Some(Distrust::UnknownAuthority)
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some(Distrust::Expired),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Some(Distrust::Early)
            }
            _ => None,
        },
        _ => None,
    }
}

fn look_at(address: SocketAddr, name: &str, seen: &Arc<Seen>) -> Shown {
    let mut stream = match TcpStream::connect_timeout(&address, TIME_LIMIT) {
        Ok(stream) => stream,
        Err(error) => return Shown::Unreachable(error.to_string()),
    };
    let Ok(mut connection) = client(seen, address.ip(), name) else { return Shown::Nothing };
    let deadline = Instant::now() + TIME_LIMIT;
    let ended = handshake(&mut connection, &mut stream, deadline, |connection| !connection.is_handshaking());
    let alert = match ended {
        Ok(()) if seen.asked.load(Ordering::Relaxed) => {
            let deadline = Instant::now() + ALERT_TIME;
            match handshake(&mut connection, &mut stream, deadline, |_| false) {
                Err(Ended::Alert(alert)) => Some(alert),
                _ => None,
            }
        }
        Err(Ended::Alert(alert)) => Some(alert),
        Err(Ended::NotTls) => return Shown::Plain,
        Err(Ended::Io) if seen.certificate().is_none() => return Shown::Nothing,
        Ok(()) | Err(Ended::Io | Ended::Protocol) => None,
    };
    connection.send_close_notify();
    let _ = connection.write_tls(&mut stream);
    let asks_for_certificate = seen.asked.load(Ordering::Relaxed);
    Shown::Tls(Handshake {
        certificate: seen.certificate(),
        asks_for_certificate,
        shows_certificate: asks_for_certificate && seen.identity.is_some(),
        agreed: agreed(&connection),
        alert: alert.map(|alert| format!("{alert:?}")),
    })
}

/// The version and the curve that both use.
fn agreed(connection: &ClientConnection) -> String {
    let Some(version) = connection.protocol_version() else { return String::new() };
    // Such as `TLSv1_3`.
    let version = format!("{version:?}").replace("TLSv", "TLS ").replace('_', ".");
    match connection.negotiated_key_exchange_group() {
        Some(group) => format!("{version} with {:?}", group.name()),
        None => version,
    }
}

/// How a handshake ends early.
enum Ended {
    Alert(AlertDescription),
    NotTls,
    Protocol,
    Io,
}

/// Reads and writes until `is_done`, the deadline or an error.
fn handshake(
    connection: &mut ClientConnection,
    stream: &mut TcpStream,
    deadline: Instant,
    is_done: impl Fn(&ClientConnection) -> bool,
) -> Result<(), Ended> {
    let io = |_: io::Error| Ended::Io;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Ended::Io);
        }
        stream.set_write_timeout(Some(left)).map_err(io)?;
        while connection.wants_write() {
            connection.write_tls(stream).map_err(io)?;
        }
        stream.flush().map_err(io)?;
        if is_done(connection) {
            return Ok(());
        }
        stream.set_read_timeout(Some(left)).map_err(io)?;
        if connection.read_tls(stream).map_err(io)? == 0 {
            return Err(Ended::Io);
        }
        match connection.process_new_packets() {
            // Data of a server that speaks first is of no interest, and must not fill the buffer.
            Ok(state) => {
                let mut data = vec![0; state.plaintext_bytes_to_read()];
                connection.reader().read_exact(&mut data).map_err(io)?;
            }
            Err(Error::AlertReceived(alert)) => return Err(Ended::Alert(alert)),
            Err(Error::InvalidMessage(_)) => return Err(Ended::NotTls),
            Err(_) => return Err(Ended::Protocol),
        }
    }
}

fn client(seen: &Arc<Seen>, address: IpAddr, name: &str) -> Result<ClientConnection, Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?;
    let verifier: Arc<Seen> = Arc::clone(seen);
    let resolver: Arc<Seen> = Arc::clone(seen);
    let config =
        builder.dangerous().with_custom_certificate_verifier(verifier).with_client_cert_resolver(resolver);
    let name =
        ServerName::try_from(name.to_owned()).ok().filter(|name| matches!(name, ServerName::DnsName(_)));
    ClientConnection::new(Arc::new(config), name.unwrap_or(ServerName::IpAddress(address.into())))
}

/// Notes down what the server shows; takes every certificate.
#[derive(Debug, Default)]
struct Seen {
    /// What it shows itself.
    identity: Option<Arc<CertifiedKey>>,
    certificate: Mutex<Option<Certificate>>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
    asked: AtomicBool,
}

impl Seen {
    fn certificate(&self) -> Option<Certificate> {
        self.certificate.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).take(MAX_CHAIN);
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) =
            chain.map(|one| one.clone().into_owned()).collect();
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner) = certificate(end_entity);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

impl ResolvesClientCert for Seen {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

fn certificate(der: &CertificateDer<'_>) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|names| &names.value.general_names).filter_map(name).take(MAX_NAMES);
    Some(Certificate {
        names: names.collect(),
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        expires: parsed.validity().not_after.to_string(),
    })
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => {
            Some((*name).to_owned())
        }
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(|ip| ip.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use rcgen::generate_simple_self_signed;
    use rustls::server::WebPkiClientVerifier;
    use rustls::version::{TLS12, TLS13};
    use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};

    use super::*;

    /// A server for one connection.
    fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || serve(listener.accept().unwrap().0));
        address
    }

    #[test]
    fn the_names_of_a_certificate_are_seen_without_trusting_it() {
        let made = generate_simple_self_signed(vec!["a.example".to_owned(), "10.0.0.7".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let address = server(move |mut stream| {
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            while connection.is_handshaking() {
                connection.complete_io(&mut stream).unwrap();
            }
        });
        let Shown::Tls(handshake) = look(address, "b.example") else { panic!("no handshake") };
        assert_eq!(handshake.certificate.unwrap().names, ["a.example", "10.0.0.7"]);
        assert!(!handshake.asks_for_certificate);
    }

    /// What a client with this certificate sees of a server that takes only what `trusted` issued.
    fn shown_to(
        client: Option<&rcgen::CertifiedKey<rcgen::KeyPair>>,
        trusted: &rcgen::CertifiedKey<rcgen::KeyPair>,
        version: &'static SupportedProtocolVersion,
    ) -> Handshake {
        let own = generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(trusted.cert.der().clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider)).build().unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        let address = server(move |mut stream| {
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            while connection.complete_io(&mut stream).is_ok_and(|(read, _)| read > 0) {}
        });
        let pem = client.map(|client| (client.cert.pem(), client.signing_key.serialize_pem()));
        let pair = pem.as_ref().map(|(chain, key)| Pair { chain, key });
        match look_trusting(address, "a.example", None, pair).0 {
            Shown::Tls(handshake) => handshake,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_client_certificate_is_shown_and_whether_the_server_takes_it_is_seen_with_both_versions() {
        let made = || generate_simple_self_signed(vec!["client.example".to_owned()]).unwrap();
        let (good, bad) = (made(), made());
        for (version, name) in [(&TLS12, "TLS 1.2"), (&TLS13, "TLS 1.3")] {
            let accepted = shown_to(Some(&good), &good, version);
            assert!(accepted.asks_for_certificate && accepted.shows_certificate, "{accepted:?}");
            assert_eq!(accepted.alert, None, "{name}");
            assert!(accepted.agreed.starts_with(&format!("{name} with ")), "{}", accepted.agreed);
            let refused = shown_to(Some(&bad), &good, version);
            assert!(refused.shows_certificate && refused.alert.is_some(), "{name}: {refused:?}");
            let without = shown_to(None, &good, version);
            assert!(!without.shows_certificate && without.alert.is_some(), "{name}: {without:?}");
        }
    }

    #[test]
    fn a_chain_is_trusted_only_with_its_ca_or_with_itself() {
        let made = |name: &str| generate_simple_self_signed(vec![name.to_owned()]).unwrap().cert;
        let (own, other) = (made("a.example"), made("b.example"));
        let chain = [own.der().clone()];
        assert_eq!(distrust(&chain, &own.pem()), None);
        assert_eq!(distrust(&chain, &other.pem()), Some(Distrust::UnknownAuthority));
        assert_eq!((distrust(&chain, ""), distrust(&[], &own.pem())), (None, None));
    }

    #[test]
    fn a_server_that_does_not_speak_tls_is_distinguished_from_one_that_hangs_up() {
        let plain = server(|mut stream| {
            stream.read_exact(&mut [0; 100]).unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        assert_eq!(look(plain, "a.example"), Shown::Plain);
        assert_eq!(look(server(|_| ()), ""), Shown::Nothing);
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(matches!(look(nobody, ""), Shown::Unreachable(_)));
    }
}
