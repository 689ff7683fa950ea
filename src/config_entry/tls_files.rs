//! The TLS files that linked services name, judged by what a host has of them.
//!
//! Consul never looks at them, and Envoy does when it is too late: it then refuses the whole listener.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::Diagnostic;
use super::model::{TerminatingGateway, Text};

/// Days before its end at which a certificate is told of.
const SOON: i64 = 30;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a host has at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Nothing.
    Missing,
    /// Something that cannot be read, with the reason.
    Unreadable(String),
    /// A file.
    Read(Content),
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Whether there is any PEM block.
    pub is_pem: bool,
    /// Whether it looks like the binary form (DER) of what should be PEM.
    pub is_der: bool,
    /// The certificates, in order.
    pub certificates: Vec<Certificate>,
    /// Why a block that calls itself a certificate is none.
    pub broken_certificate: Option<String>,
    /// The first private key.
    pub key: Option<PrivateKey>,
    /// Whether every user of the host may read it.
    pub world_readable: bool,
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
    /// Its public key.
    pub key: PublicKey,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `RSA`, `ECDSA` or `Ed25519`; none for others.
    pub algorithm: Option<&'static str>,
    /// Its bits.
    pub bits: Vec<u8>,
}

/// A private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateKey {
    /// One with this public key.
    Of(PublicKey),
    /// One of a kind that is not looked into.
    Other,
    /// One that needs a password.
    Encrypted,
    /// None, though the block says so.
    Broken,
}

/// What is wrong with the files that a gateway's services name, each said once, at `now` in seconds since 1970.
pub fn check_files(
    gateway: &TerminatingGateway,
    files: &BTreeMap<String, FileState>,
    now: i64,
) -> Vec<Diagnostic> {
    let mut check = Check { files, now, told: BTreeSet::new(), diagnostics: Vec::new() };
    for service in &gateway.services {
        check.certificates("CAFile", &service.ca_file);
        let certificate = check.certificates("CertFile", &service.cert_file);
        let key = check.key(&service.key_file);
        if let (Some(certificate), Some(key)) = (certificate, key) {
            check.pair(certificate, key, &service.cert_file, &service.key_file);
        }
    }
    check.diagnostics
}

/// The paths that a gateway's services name, each once.
pub fn paths(gateway: &TerminatingGateway) -> BTreeSet<String> {
    let services = gateway.services.iter();
    let texts = services.flat_map(|service| [&service.ca_file, &service.cert_file, &service.key_file]);
    texts.filter(|text| !text.is_empty()).map(|text| text.value.clone()).collect()
}

struct Check<'files> {
    files: &'files BTreeMap<String, FileState>,
    now: i64,
    /// Role and path, or certificate and key, already judged.
    told: BTreeSet<(String, String)>,
    diagnostics: Vec<Diagnostic>,
}

impl<'files> Check<'files> {
    /// What a file holds; says why if it cannot be had, for the first service that names it.
    fn content(&mut self, role: &str, text: &Text) -> (Option<&'files Content>, bool) {
        if text.is_empty() {
            return (None, false);
        }
        let path = &text.value;
        let first = self.told.insert((role.to_owned(), path.clone()));
        let content = match self.files.get(path) {
            None => None,
            Some(FileState::Read(content)) => Some(content),
            Some(FileState::Missing) => {
                if first {
                    self.error(
                        "file-missing",
                        format!("{role} {path}: no such file on this host"),
                        text,
                        "create it, or run this check on the gateway's host",
                    );
                }
                None
            }
            Some(FileState::Unreadable(reason)) => {
                if first {
                    self.error(
                        "file-unreadable",
                        format!("{role} {path}: {reason}"),
                        text,
                        "Envoy runs as the user that starts the gateway: let it read the file",
                    );
                }
                None
            }
        };
        (content, first)
    }

    /// Judges a file of certificates; gives the first of them.
    fn certificates(&mut self, role: &str, text: &Text) -> Option<&'files Certificate> {
        let (content, first) = self.content(role, text);
        let content = content?;
        let path = &text.value;
        if first {
            if !content.is_pem {
                self.not_pem(role, text, content, "x509");
            } else if let Some(reason) = &content.broken_certificate {
                self.error(
                    "broken-certificate",
                    format!("{role} {path} holds a certificate that cannot be read: {reason}"),
                    text,
                    "export the certificate anew, as PEM",
                );
            } else if content.certificates.is_empty() {
                let help = if content.key.is_some() {
                    "this is a private key: are the files swapped?"
                } else {
                    "it needs a block `-----BEGIN CERTIFICATE-----`"
                };
                self.error("no-certificate", format!("{role} {path} holds no certificate"), text, help);
            } else {
                self.validity(role, text, &content.certificates);
            }
        }
        content.certificates.first()
    }

    fn validity(&mut self, role: &str, text: &Text, certificates: &[Certificate]) {
        let path = &text.value;
        let usable = certificates
            .iter()
            .any(|certificate| certificate.not_before <= self.now && self.now < certificate.not_after);
        for (index, certificate) in certificates.iter().enumerate() {
            let Certificate { subject, not_before, not_after, .. } = certificate;
            // A bundle of CAs may keep old ones beside the one that counts; of a chain the first one is presented.
            let counts = if role == "CAFile" { !usable } else { index == 0 };
            let (code, message, help) = if self.now >= *not_after {
                let message = format!(
                    "{role} {path}: the certificate of {subject} expired {} ago",
                    days(self.now - not_after)
                );
                ("certificate-expired", message, "renew it")
            } else if self.now < *not_before {
                let message = format!(
                    "{role} {path}: the certificate of {subject} is valid in {} only",
                    days(not_before - self.now)
                );
                ("certificate-not-yet-valid", message, "check the clock of this host")
            } else if not_after - self.now < SOON * DAY {
                let message = format!(
                    "{role} {path}: the certificate of {subject} expires in {}",
                    days(not_after - self.now)
                );
                ("certificate-expires-soon", message, "renew it")
            } else {
                continue;
            };
            let diagnostic = if counts && code != "certificate-expires-soon" {
                Diagnostic::error(code, message)
            } else {
                Diagnostic::warning(code, message)
            };
            self.diagnostics.push(diagnostic.at(text.span).help(help));
        }
    }

    fn key(&mut self, text: &Text) -> Option<&'files PublicKey> {
        let (content, first) = self.content("KeyFile", text);
        let content = content?;
        let path = &text.value;
        if first {
            match &content.key {
                None if !content.is_pem => self.not_pem("KeyFile", text, content, "pkey"),
                None => {
                    let help = if content.certificates.is_empty() {
                        "it needs a block `-----BEGIN PRIVATE KEY-----`"
                    } else {
                        "this is a certificate: are the files swapped?"
                    };
                    self.error("no-private-key", format!("KeyFile {path} holds no private key"), text, help);
                }
                Some(PrivateKey::Encrypted) => self.error(
                    "encrypted-key",
                    format!("KeyFile {path} needs a password, which Envoy does not have"),
                    text,
                    "decrypt it: openssl pkey -in OLD -out NEW",
                ),
                Some(PrivateKey::Broken) => self.error(
                    "broken-key",
                    format!("KeyFile {path} holds a private key that cannot be read"),
                    text,
                    "export the key anew, as PEM",
                ),
                Some(PrivateKey::Of(_) | PrivateKey::Other) => {}
            }
            if content.key.is_some() && content.world_readable {
                let diagnostic = Diagnostic::warning(
                    "key-readable-by-all",
                    format!("KeyFile {path} can be read by every user of this host"),
                );
                self.diagnostics
                    .push(diagnostic.at(text.span).help("chmod 600, with the gateway's user as its owner"));
            }
        }
        match &content.key {
            Some(PrivateKey::Of(key)) => Some(key),
            _ => None,
        }
    }

    fn pair(&mut self, certificate: &Certificate, key: &PublicKey, cert_file: &Text, key_file: &Text) {
        if !self.told.insert((cert_file.value.clone(), key_file.value.clone())) {
            return;
        }
        let (cert_path, key_path) = (&cert_file.value, &key_file.value);
        match (certificate.key.algorithm, key.algorithm) {
            (Some(wanted), Some(found)) if wanted != found => {
                let message = format!(
                    "CertFile {cert_path} is for an {wanted} key, KeyFile {key_path} is an {found} key"
                );
                self.error(
                    "key-of-another-kind",
                    message,
                    key_file,
                    "take the key that the certificate was made for",
                );
            }
            _ if certificate.key.bits != key.bits => {
                let message =
                    format!("KeyFile {key_path} is not the key of the certificate in CertFile {cert_path}");
                self.error("key-mismatch", message, key_file, "take the key that the certificate was made for; in a chain the gateway's own certificate comes first");
            }
            _ => {}
        }
    }

    fn not_pem(&mut self, role: &str, text: &Text, content: &Content, tool: &str) {
        let help = if content.is_der {
            format!("this is DER: openssl {tool} -inform der -in OLD -out NEW")
        } else {
            "it needs blocks such as `-----BEGIN CERTIFICATE-----`".to_owned()
        };
        self.error("file-not-pem", format!("{role} {} is no PEM file", text.value), text, &help);
    }

    fn error(&mut self, code: &'static str, message: String, text: &Text, help: &str) {
        self.diagnostics.push(Diagnostic::error(code, message).at(text.span).help(help));
    }
}

fn days(seconds: i64) -> String {
    match seconds / DAY {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
