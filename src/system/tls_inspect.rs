//! What this host has of the TLS files that an entry names: certificates, keys, and whether they can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustls::SignatureAlgorithm;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
use x509_parser::der_parser::oid::Oid;
use x509_parser::oid_registry;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::read_file;
use crate::config_entry::tls_files::{Certificate, Content, FileState, PrivateKey, PublicKey};

/// The state of each path.
pub fn inspect(paths: &BTreeSet<String>) -> BTreeMap<String, FileState> {
    paths.iter().map(|path| (path.clone(), state(Path::new(path)))).collect()
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "certificates end at a time of day")]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or_default()
}

fn state(path: &Path) -> FileState {
    match read_file::regular(path, read_file::PEM) {
        Ok((bytes, found)) => FileState::Read(content(&bytes, found.mode())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            FileState::Unreadable("permission denied".to_owned())
        }
        Err(error) => FileState::Unreadable(error.to_string()),
    }
}

fn content(bytes: &[u8], mode: u32) -> Content {
    let mut content =
        Content { is_der: is_sequence(bytes), world_readable: mode & 0o004 != 0, ..Content::default() };
    for block in Pem::iter_from_buffer(bytes) {
        let Ok(block) = block else {
            // A block that calls itself one, with something else than base64 inside.
            content.is_pem = true;
            content.broken_certificate.get_or_insert_with(|| "a PEM block is damaged".to_owned());
            continue;
        };
        content.is_pem = true;
        if matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") {
            match X509Certificate::from_der(&block.contents) {
                Ok((_, parsed)) => content.certificates.push(certificate(&parsed)),
                Err(error) => {
                    content.broken_certificate.get_or_insert_with(|| error.to_string());
                }
            }
        } else if block.label.ends_with("PRIVATE KEY") && content.key.is_none() {
            content.key = Some(private_key(&block, bytes));
        }
    }
    content
}

fn certificate(parsed: &X509Certificate<'_>) -> Certificate {
    let subject = parsed.subject().to_string();
    let subject = match (subject.is_empty(), parsed.subject_alternative_name()) {
        (true, Ok(Some(names))) => {
            names.value.general_names.first().map(ToString::to_string).unwrap_or_default()
        }
        _ => subject,
    };
    Certificate {
        subject,
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        key: PublicKey {
            algorithm: algorithm(&parsed.public_key().algorithm.algorithm),
            bits: parsed.public_key().subject_public_key.data.to_vec(),
        },
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

fn private_key(block: &Pem, bytes: &[u8]) -> PrivateKey {
    // The older form says so in a header inside the block.
    let header = b"Proc-Type: 4,ENCRYPTED";
    if block.label.starts_with("ENCRYPTED") || bytes.windows(header.len()).any(|window| window == header) {
        return PrivateKey::Encrypted;
    }
    let Ok(der) = PrivateKeyDer::from_pem_slice(bytes) else { return PrivateKey::Broken };
    if !is_sequence(der.secret_der()) {
        return PrivateKey::Broken;
    }
    // Envoy knows more curves than this provider.
    let Ok(key) = rustls::crypto::ring::sign::any_supported_type(&der) else { return PrivateKey::Other };
    let algorithm = match key.algorithm() {
        SignatureAlgorithm::RSA => Some("RSA"),
        SignatureAlgorithm::ECDSA => Some("ECDSA"),
        SignatureAlgorithm::ED25519 => Some("Ed25519"),
        _ => None,
    };
    let Some(info) = key.public_key() else { return PrivateKey::Other };
    match SubjectPublicKeyInfo::from_der(&info) {
        Ok((_, info)) => PrivateKey::Of(PublicKey { algorithm, bits: info.subject_public_key.data.to_vec() }),
        Err(_) => PrivateKey::Other,
    }
}

/// Whether the bytes are one DER sequence, as certificates and keys are.
fn is_sequence(bytes: &[u8]) -> bool {
    let (length, header) = match bytes {
        [0x30, length @ 0..=0x7f, ..] => (usize::from(*length), 2),
        [0x30, 0x81, length, ..] => (usize::from(*length), 3),
        [0x30, 0x82, high, low, ..] => (usize::from(*high) << 8 | usize::from(*low), 4),
        _ => return false,
    };
    bytes.len() == header + length
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::config_entry::Severity;
    use crate::config_entry::tls_files::{check_files, paths};
    use crate::config_entry::{LinkedService, TerminatingGateway, Text};

    /// 2026-06-01, within the validity of the certificates made here.
    const NOW: i64 = 1_780_272_000;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            let key = |algorithm| KeyPair::generate_for(algorithm).unwrap();
            let (ecdsa, other) = (key(&rcgen::PKCS_ECDSA_P256_SHA256), key(&rcgen::PKCS_ECDSA_P256_SHA256));
            let ed25519 = key(&rcgen::PKCS_ED25519);
            let certificate = |key: &KeyPair, until: (i32, u8, u8)| {
                let mut params = CertificateParams::new(vec!["billing.example".to_owned()]).unwrap();
                params.not_before = rcgen::date_time_ymd(2026, 1, 1);
                params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
                params.self_signed(key).unwrap()
            };
            let good = certificate(&ecdsa, (2027, 1, 1));
            folder.write("good.pem", good.pem());
            folder.write("good.der", good.der());
            folder.write("good.key", ecdsa.serialize_pem());
            folder.write("open.key", ecdsa.serialize_pem());
            folder.write("other.key", other.serialize_pem());
            folder.write("ed25519.key", ed25519.serialize_pem());
            folder.write("ed25519.pem", certificate(&ed25519, (2027, 1, 1)).pem());
            folder.write("old.pem", certificate(&ecdsa, (2026, 5, 1)).pem());
            folder.write("soon.pem", certificate(&ecdsa, (2026, 6, 11)).pem());
            folder.write("bundle.pem", certificate(&ecdsa, (2026, 5, 1)).pem() + &good.pem());
            folder.write("text.pem", "hello");
            folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            folder.write("broken.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
            folder.write(
                "secret.key",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
            );
            fs::set_permissions(folder.0.path().join("open.key"), fs::Permissions::from_mode(0o644)).unwrap();
            fs::create_dir(folder.0.path().join("folder.pem")).unwrap();
            folder
        }

        fn write(&self, name: &str, content: impl AsRef<[u8]>) {
            let path = self.0.path().join(name);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }

        fn findings(&self, [ca, cert, key]: [&str; 3]) -> Vec<(&'static str, Severity)> {
            let text = |name: &str| match name {
                "" => Text::default(),
                name => Text::from(&*self.0.path().join(name).display().to_string()),
            };
            let service = LinkedService {
                ca_file: text(ca),
                cert_file: text(cert),
                key_file: text(key),
                ..LinkedService::default()
            };
            // The second service repeats nothing.
            let services = vec![service.clone(), service];
            let gateway = TerminatingGateway { services, ..TerminatingGateway::default() };
            let found = check_files(&gateway, &inspect(&paths(&gateway)), NOW);
            found.iter().map(|finding| (finding.code, finding.severity)).collect()
        }
    }

    #[test]
    fn every_fault_of_a_tls_file_has_its_code() {
        let folder = Folder::new();
        for (files, code) in [
            (["good.pem", "good.pem", "good.key"], ""),
            (["good.pem", "ed25519.pem", "ed25519.key"], ""),
            (["missing.pem", "", ""], "file-missing"),
            (["folder.pem", "", ""], "file-unreadable"),
            (["text.pem", "", ""], "file-not-pem"),
            (["good.der", "", ""], "file-not-pem"),
            (["good.key", "", ""], "no-certificate"),
            (["broken.pem", "", ""], "broken-certificate"),
            (["old.pem", "", ""], "certificate-expired"),
            (["good.pem", "good.pem", "good.pem"], "no-private-key"),
            (["good.pem", "good.pem", "text.pem"], "file-not-pem"),
            (["good.pem", "good.pem", "broken.key"], "broken-key"),
            (["good.pem", "good.pem", "secret.key"], "encrypted-key"),
            (["good.pem", "good.pem", "other.key"], "key-mismatch"),
            (["good.pem", "good.pem", "ed25519.key"], "key-of-another-kind"),
            (["good.pem", "old.pem", "good.key"], "certificate-expired"),
        ] {
            let expected: Vec<_> = [code]
                .into_iter()
                .filter(|code| !code.is_empty())
                .map(|code| (code, Severity::Error))
                .collect();
            assert_eq!(folder.findings(files), expected, "{files:?}");
        }
        for (files, code) in [
            (["soon.pem", "", ""], "certificate-expires-soon"),
            (["bundle.pem", "", ""], "certificate-expired"),
            (["good.pem", "good.pem", "open.key"], "key-readable-by-all"),
        ] {
            assert_eq!(folder.findings(files), [(code, Severity::Warning)], "{files:?}");
        }
    }
}
