//! Which certificates and keys Envoy loads: its TLS library is BoringSSL, which refuses some that others take, and Envoy
//! refuses some more.

mod key;
mod pem;

use std::fmt;

use x509_parser::der_parser::oid::Oid;
use x509_parser::oid_registry;
use x509_parser::prelude::{CertificateRevocationList, FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey as ParsedKey;

use crate::finding::Code;

pub use key::PrivateKey;
use key::PublicKey;
use pem::Block;

/// The smallest RSA key that Envoy shows, in bits.
const MIN_RSA_BITS: usize = 2048;

/// Why Envoy does not load a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, as findings have it.
    pub code: Code,
    /// Where, from 1.
    pub line: Option<usize>,
    /// What is wrong: a sentence about the file.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl Fault {
    fn new(code: Code, line: Option<usize>, message: impl Into<String>, help: &'static str) -> Self {
        Self { code, line, message: message.into(), help }
    }
}

/// What counts of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, as the certificate says.
    pub subject: String,
    /// Start of its validity, in seconds since 1970.
    pub not_before: i64,
    /// End of its validity, in seconds since 1970.
    pub not_after: i64,
    /// The subject as it is encoded.
    name: Vec<u8>,
    key: PublicKey,
    /// Why Envoy cannot show it to a server, if so.
    unusable: Option<&'static str>,
}

impl Certificate {
    /// Whether it is valid at `now`, in seconds since 1970.
    pub const fn is_valid(&self, now: i64) -> bool {
        self.not_before <= now && now < self.not_after
    }
}

/// The certificates of a CA file.
pub fn authorities(text: &str) -> Result<Vec<Certificate>, Fault> {
    let mut found = Vec::new();
    for block in pem::blocks(text) {
        let block = block.map_err(|fault| unreadable(&fault))?;
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => found.push(certificate(&block)?),
            "X509 CRL" => {
                CertificateRevocationList::from_der(&block.content).map_err(|error| {
                    broken(&block, format!("the revocation list cannot be read: {error}"))
                })?;
            }
            // The older forms of keys are read, too, and come to nothing; an encrypted one is left alone.
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY"
                if block.header.is_empty() && !key::is_sequence(&block.content) =>
            {
                return Err(broken(&block, "the private key cannot be read"));
            }
            _ => {}
        }
    }
    if found.is_empty() { Err(without_certificate(text)) } else { Ok(found) }
}

/// The certificates of a chain, that which Envoy shows first.
pub fn chain(text: &str) -> Result<Vec<Certificate>, Fault> {
    let mut found: Vec<Certificate> = Vec::new();
    for block in pem::blocks(text) {
        let block = block.map_err(|fault| unreadable(&fault))?;
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => found.push(certificate(&block)?),
            "TRUSTED CERTIFICATE" if found.is_empty() => found.push(certificate(&block)?),
            _ => continue,
        }
        if let [Certificate { unusable: Some(reason), .. }] = found.as_slice() {
            let help = "Envoy accepts certificates with RSA keys from 2048 bits, ECDSA keys on P-256, P-384 and P-521, and Ed25519 keys";
            return Err(Fault::new(Code::UnusableCertificate, Some(block.line), *reason, help));
        }
    }
    if found.is_empty() { Err(without_certificate(text)) } else { Ok(found) }
}

/// The private key of a file.
pub fn private_key(text: &str) -> Result<PrivateKey, Fault> {
    for block in pem::blocks(text) {
        let block = block.map_err(|fault| unreadable(&fault))?;
        let encrypted = || {
            let help = "decrypt it: openssl pkey -in OLD -out NEW";
            Fault::new(
                Code::EncryptedKey,
                Some(block.line),
                "the private key is encrypted, and Envoy has no password for it",
                help,
            )
        };
        let broken = |message: &str| {
            Fault::new(
                Code::BrokenKey,
                Some(block.line),
                message,
                "export the key again: openssl pkey -in OLD -out NEW",
            )
        };
        match block.label.as_str() {
            "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
                if block.header.starts_with("Proc-Type: 4,ENCRYPTED") {
                    return Err(encrypted());
                }
                if !block.header.is_empty() {
                    return Err(broken("there is an empty line inside the private key"));
                }
                let found = key::read(&block.label, &block.content);
                return found.ok_or_else(|| broken("the private key cannot be read"));
            }
            _ => {}
        }
    }
    let holds_certificate = pem::blocks(text).flatten().any(|block| block.label.ends_with("CERTIFICATE"));
    Err(if is_pem(text) {
        let help = if holds_certificate {
            "this is a certificate: are the files swapped?"
        } else {
            "it needs a block `-----BEGIN PRIVATE KEY-----`"
        };
        Fault::new(Code::NoPrivateKey, None, "it holds no private key", help)
    } else {
        not_pem(text, "this is DER: openssl pkey -inform der -in OLD -out NEW")
    })
}

/// Fails if `key` is not that of the first of `chain`; if that is unknown, Envoy finds out.
pub fn check_pair(chain: &[Certificate], key: &PrivateKey) -> Result<(), Fault> {
    let (Some(certificate), Some(found)) = (chain.first(), &key.public) else { return Ok(()) };
    let help =
        "use the key that the certificate was made for; in a chain the gateway's own certificate comes first";
    match (certificate.key.algorithm, found.algorithm) {
        (Some(wanted), Some(found)) if wanted != found => {
            let message = format!("the certificate is for an {wanted} key, and this is an {found} key");
            Err(Fault::new(Code::KeyOfAnotherKind, None, message, help))
        }
        _ if certificate.key.bits != found.bits => {
            Err(Fault::new(Code::KeyMismatch, None, "it is not the key of the certificate", help))
        }
        _ => Ok(()),
    }
}

/// A certificate that is not valid at `now`, and one that is and that it hides.
///
/// BoringSSL takes the first CA of a name that may have signed a certificate, valid or not, and looks no further.
pub fn hidden(authorities: &[Certificate], now: i64) -> Option<(&Certificate, &Certificate)> {
    authorities.iter().enumerate().filter(|(_, first)| !first.is_valid(now)).find_map(|(index, first)| {
        let is_twin = |other: &&Certificate| other.name == first.name && other.key == first.key;
        let comes_first = !authorities.iter().take(index).any(|before| is_twin(&before));
        let mut later = authorities.iter().skip(index + 1).filter(|other| other.is_valid(now));
        later.find(is_twin).filter(|_| comes_first).map(|second| (first, second))
    })
}

fn certificate(block: &Block) -> Result<Certificate, Fault> {
    if !block.header.is_empty() {
        return Err(broken(block, "there is an empty line inside the certificate"));
    }
    let (_, parsed) = X509Certificate::from_der(&block.content)
        .map_err(|error| broken(block, format!("the certificate cannot be read: {error}")))?;
    let subject = parsed.subject().to_string();
    let subject = match (subject.is_empty(), parsed.subject_alternative_name()) {
        (true, Ok(Some(names))) => {
            names.value.general_names.first().map(ToString::to_string).unwrap_or_default()
        }
        _ => subject,
    };
    Ok(Certificate {
        subject,
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        name: parsed.subject().as_raw().to_vec(),
        key: PublicKey {
            algorithm: algorithm(&parsed.public_key().algorithm.algorithm),
            bits: parsed.public_key().subject_public_key.data.to_vec(),
        },
        unusable: unusable(&parsed),
    })
}

/// Why Envoy cannot show this certificate to a server, if so.
fn unusable(parsed: &X509Certificate<'_>) -> Option<&'static str> {
    let key = parsed.public_key();
    match algorithm(&key.algorithm.algorithm) {
        None => Some("Envoy does not accept a certificate with this kind of key"),
        Some("RSA") => match key.parsed() {
            Ok(ParsedKey::RSA(rsa)) if rsa.key_size() < MIN_RSA_BITS => {
                Some("the RSA key of the certificate is shorter than 2048 bits")
            }
            Ok(_) => None,
            Err(_) => Some("the key of the certificate cannot be read"),
        },
        Some("ECDSA") => {
            let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
            let known =
                [oid_registry::OID_EC_P256, oid_registry::OID_NIST_EC_P384, oid_registry::OID_NIST_EC_P521];
            let usage = parsed.key_usage().ok().flatten();
            if !curve.is_some_and(|curve| known.contains(&curve)) {
                Some("the ECDSA key of the certificate is not on curve P-256, P-384 or P-521")
            } else if usage.is_some_and(|usage| !usage.value.digital_signature()) {
                Some("the key usage of the certificate lacks digitalSignature, which an ECDSA key needs")
            } else {
                None
            }
        }
        Some(_) => None,
    }
}

fn algorithm(oid: &Oid<'_>) -> Option<&'static str> {
    if *oid == oid_registry::OID_PKCS1_RSAENCRYPTION {
        Some("RSA")
    } else if *oid == oid_registry::OID_KEY_TYPE_EC_PUBLIC_KEY {
        Some("ECDSA")
    } else if *oid == oid_registry::OID_SIG_ED25519 {
        Some("Ed25519")
    } else {
        None
    }
}

fn is_pem(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("-----BEGIN "))
}

fn unreadable(fault: &pem::Fault) -> Fault {
    let help =
        "give BEGIN and END of each PEM block a line of their own, with nothing but base64 between them";
    Fault::new(Code::BrokenPem, Some(fault.line), fault.reason, help)
}

fn broken(block: &Block, message: impl Into<String>) -> Fault {
    Fault::new(Code::BrokenCertificate, Some(block.line), message, "export the certificate again, as PEM")
}

fn without_certificate(text: &str) -> Fault {
    if !is_pem(text) {
        return not_pem(text, "this is DER: openssl x509 -inform der -in OLD -out NEW");
    }
    let has = |wanted: &str| pem::blocks(text).flatten().any(|block| block.label.ends_with(wanted));
    let help = if has("PRIVATE KEY") {
        "this is a private key: are the files swapped?"
    } else if has("PKCS7") {
        "this is PKCS #7: openssl pkcs7 -print_certs -in OLD -out NEW"
    } else {
        "it needs a block `-----BEGIN CERTIFICATE-----`"
    };
    Fault::new(Code::NoCertificate, None, "it holds no PEM certificate", help)
}

fn not_pem(text: &str, for_der: &'static str) -> Fault {
    let (message, help) = if text.starts_with('0') {
        ("it is not PEM text", for_der)
    } else if text.starts_with("\u{feff}-----BEGIN ") {
        (
            "it starts with a byte order mark, which hides the first line",
            "save the file as UTF-8 without a byte order mark",
        )
    } else if text.contains("-----BEGIN ") {
        (
            "no PEM block begins at the start of a line",
            "remove everything before `-----BEGIN`, indentation too",
        )
    } else {
        ("it is not PEM text", "it needs blocks such as `-----BEGIN CERTIFICATE-----`")
    };
    Fault::new(Code::FileNotPem, None, message, help)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// A text of some form, and why Envoy 1.40 refuses it, if so.
    #[derive(Deserialize)]
    struct Form {
        name: String,
        authorities: Option<String>,
        certificate: Option<String>,
        key: Option<String>,
        envoy: Option<String>,
    }

    fn judged(form: &Form) -> Result<(), Fault> {
        if let Some(text) = &form.authorities {
            return authorities(text).map(drop);
        }
        let found = chain(form.certificate.as_ref().unwrap())?;
        check_pair(&found, &private_key(form.key.as_ref().unwrap())?)
    }

    #[test]
    fn every_form_of_certificates_and_keys_is_judged_as_envoy_judges_it() {
        let forms: Vec<Form> =
            serde_json::from_str(include_str!("../../tests/fixtures/tls_files/forms.json")).unwrap();
        assert!(forms.len() > 150);
        let differ = |form: &&Form| judged(form).is_err() != form.envoy.is_some();
        let different: Vec<_> =
            forms.iter().filter(differ).map(|form| (&form.name, &form.envoy, judged(form).err())).collect();
        assert!(different.is_empty(), "{different:#?}");
    }

    #[test]
    fn an_error_names_line_cause_and_fix() {
        let forms: Vec<Form> =
            serde_json::from_str(include_str!("../../tests/fixtures/tls_files/forms.json")).unwrap();
        let fault =
            |wanted: &str| judged(forms.iter().find(|form| form.name == wanted).unwrap()).unwrap_err();
        for (form, code, message) in [
            ("joined", "broken-pem", "END of one PEM block and BEGIN of the next are on one line"),
            (
                "byte order mark",
                "file-not-pem",
                "it starts with a byte order mark, which hides the first line",
            ),
            ("indented", "file-not-pem", "no PEM block begins at the start of a line"),
            ("label PKCS7", "no-certificate", "it holds no PEM certificate"),
            ("one and a half", "broken-pem", "has no end"),
            ("RSA of 2047 bits", "unusable-certificate", "shorter than 2048 bits"),
            ("secp256k1, old form", "unusable-certificate", "not on curve"),
            ("ECDSA that may not sign", "unusable-certificate", "lacks digitalSignature"),
            ("encrypted key, old form", "encrypted-key", "the private key is encrypted"),
            ("key of another kind", "key-of-another-kind", "for an RSA key, and this is an ECDSA key"),
            ("root first", "key-of-another-kind", "for an ECDSA key, and this is an RSA key"),
        ] {
            let fault = fault(form);
            assert_eq!(fault.code.as_str(), code, "{form}");
            assert!(fault.to_string().contains(message), "{form}: {fault}");
            assert!(!fault.help.is_empty());
        }
        let (joined, plain) = (fault("joined"), &forms[0].authorities);
        assert_eq!(joined.line, plain.as_ref().map(|text| text.lines().count()));
    }

    #[test]
    fn an_expired_certificate_hides_a_renewed_copy_that_comes_later() {
        let now = 1_800_000_000;
        let of = |subject: &str, key: u8, ends: i64| Certificate {
            subject: subject.to_owned(),
            not_before: now - 1000,
            not_after: ends,
            name: subject.as_bytes().to_vec(),
            key: PublicKey { algorithm: Some("RSA"), bits: vec![key] },
            unusable: None,
        };
        let (old, new) = (of("a", 1, now - 1), of("a", 1, now + 1));
        let other = [of("b", 1, now + 1), of("a", 2, now + 1)];
        let hides = |all: &[Certificate]| hidden(all, now).is_some();
        assert!(hides(&[old.clone(), new.clone()]));
        assert!(hides(&[other[0].clone(), old.clone(), other[1].clone(), new.clone()]));
        assert!(!hides(&[new.clone(), old.clone(), new.clone()]), "the first one counts");
        assert!(!hides(&[old.clone(), other[0].clone(), other[1].clone()]), "no twin of it");
        assert!(!hides(&[old]) && !hides(&[new]));
    }
}
