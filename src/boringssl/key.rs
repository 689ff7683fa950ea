//! Private keys, as far as needed to find their public key.

use rustls::SignatureAlgorithm;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `RSA`, `ECDSA` or `Ed25519`; none for others.
    pub algorithm: Option<&'static str>,
    pub bits: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// Its public key, if known.
    pub(super) public: Option<PublicKey>,
}

impl PrivateKey {
    const UNKNOWN: Self = Self { public: None };

    const fn of(algorithm: &'static str, bits: Vec<u8>) -> Self {
        Self { public: Some(PublicKey { algorithm: Some(algorithm), bits }) }
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]` and `[1]` with something inside.
const FIRST: u8 = 0xa0;
const SECOND: u8 = 0xa1;

/// `1.2.840.113549.1.1.1` and `1.2.840.10045.2.1`.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ECDSA: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// The private key in a PEM block; `None` if it is not a key of the kind that the label names.
///
/// BoringSSL takes PKCS #8 in the place of the older forms, but not the reverse.
pub fn read(label: &str, der: &[u8]) -> Option<PrivateKey> {
    let pkcs8 = pkcs8(der);
    let older = match label {
        "RSA PRIVATE KEY" => rsa(der),
        "EC PRIVATE KEY" => ecdsa(der),
        "DSA PRIVATE KEY" if is_sequence(der) => Some(PrivateKey::UNKNOWN),
        _ => None,
    };
    let is_pkcs8 = pkcs8.is_some();
    let written = pkcs8.or(older)?;
    let der = match label {
        _ if is_pkcs8 => PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
        "RSA PRIVATE KEY" => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der)),
        _ => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(der)),
    };
    Some(computed(&der).unwrap_or(written))
}

/// What the key itself computes, for the kinds that this TLS library knows.
fn computed(der: &PrivateKeyDer<'_>) -> Option<PrivateKey> {
    let key = any_supported_type(der).ok()?;
    let algorithm = match key.algorithm() {
        SignatureAlgorithm::RSA => "RSA",
        SignatureAlgorithm::ECDSA => "ECDSA",
        SignatureAlgorithm::ED25519 => "Ed25519",
        _ => return None,
    };
    let info = key.public_key()?;
    let (_, info) = SubjectPublicKeyInfo::from_der(&info).ok()?;
    Some(PrivateKey::of(algorithm, info.subject_public_key.data.to_vec()))
}

/// PKCS #8: version, algorithm, key.
fn pkcs8(der: &[u8]) -> Option<PrivateKey> {
    let (inner, _) = element(der, SEQUENCE)?;
    let (_, inner) = element(inner, INTEGER)?;
    let (algorithm, inner) = element(inner, SEQUENCE)?;
    let (key, _) = element(inner, OCTET_STRING)?;
    let (oid, _) = element(algorithm, OID)?;
    if oid == RSA {
        rsa(key)
    } else if oid == ECDSA {
        ecdsa(key)
    } else {
        Some(PrivateKey::UNKNOWN)
    }
}

/// PKCS #1: version, modulus, exponent, and more.
fn rsa(der: &[u8]) -> Option<PrivateKey> {
    let (inner, _) = element(der, SEQUENCE)?;
    let (_, numbers) = element(inner, INTEGER)?;
    let (_, rest) = element(numbers, INTEGER)?;
    let (_, rest) = element(rest, INTEGER)?;
    element(rest, INTEGER)?;
    let public = numbers.get(..numbers.len() - rest.len())?;
    let mut bits = vec![SEQUENCE];
    match u8::try_from(public.len()) {
        Ok(length @ 0..=0x7f) => bits.push(length),
        Ok(length) => bits.extend([0x81, length]),
        Err(_) => {
            bits.push(0x82);
            bits.extend(u16::try_from(public.len()).ok()?.to_be_bytes());
        }
    }
    bits.extend_from_slice(public);
    Some(PrivateKey::of("RSA", bits))
}

/// SEC 1: version, number, and mostly the curve and the public key.
fn ecdsa(der: &[u8]) -> Option<PrivateKey> {
    let (inner, _) = element(der, SEQUENCE)?;
    let (_, inner) = element(inner, INTEGER)?;
    let (_, inner) = element(inner, OCTET_STRING)?;
    let inner = element(inner, FIRST).map_or(inner, |(_, rest)| rest);
    let Some((public, _)) = element(inner, SECOND) else { return Some(PrivateKey::UNKNOWN) };
    let (bits, _) = element(public, BIT_STRING)?;
    // The first byte counts the unused bits of the last.
    Some(PrivateKey::of("ECDSA", bits.get(1..)?.to_vec()))
}

/// Whether the bytes start with a whole DER sequence, as certificates and keys do.
pub fn is_sequence(bytes: &[u8]) -> bool {
    element(bytes, SEQUENCE).is_some_and(|(content, _)| !content.is_empty())
}

/// The content of the DER element at the start, if it is one of `tag`, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, content) = match bytes {
        [found, ..] if *found != tag => return None,
        [_, length @ 0..=0x7f, content @ ..] | [_, 0x81, length, content @ ..] => {
            (usize::from(*length), content)
        }
        [_, 0x82, high, low, content @ ..] => (usize::from(*high) << 8 | usize::from(*low), content),
        _ => return None,
    };
    content.split_at_checked(length)
}
