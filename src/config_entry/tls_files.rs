//! The TLS files that linked services name, judged by what a host has of them.
//!
//! Consul never looks at them, and Envoy does when it is too late: it then refuses the whole listener.

use std::collections::{BTreeMap, BTreeSet};

use super::located::Located;
use super::model::{TerminatingGateway, Text};
use crate::boringssl::{self, Certificate, Fault, PrivateKey};
use crate::finding::{Code, Severity};
use crate::tls_files::SYSTEM_CA;
use crate::tls_files::inspected::{Content, FileState};

/// Days before its end at which a certificate is reported.
const SOON: i64 = 30;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is wrong with the files that a gateway's services name, each said once, at `now` in seconds since 1970.
pub fn check_files(
    gateway: &TerminatingGateway,
    files: &BTreeMap<String, FileState>,
    now: i64,
) -> Vec<Located> {
    let mut check = Check { files, now, judged: BTreeSet::new(), findings: Vec::new() };
    for service in &gateway.services {
        check.authorities(&service.ca_file);
        let chain = check.chain(&service.cert_file);
        let key = check.key(&service.key_file);
        if let (Some(chain), Some(key)) = (chain, key) {
            check.pair(chain, key, &service.cert_file, &service.key_file);
        }
    }
    check.findings
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
    judged: BTreeSet<(String, String)>,
    findings: Vec<Located>,
}

impl<'files> Check<'files> {
    /// The content of a file; for the first service that names it, also why it cannot be read.
    fn content(&mut self, role: &str, text: &Text) -> (Option<&'files Content>, bool) {
        if text.is_empty() {
            return (None, false);
        }
        let path = &text.value;
        let first = self.judged.insert((role.to_owned(), path.clone()));
        let content = match self.files.get(path) {
            None => None,
            Some(FileState::Read(content)) => Some(content),
            Some(FileState::Missing) => {
                if first {
                    self.error(
                        Code::FileMissing,
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
                        Code::FileUnreadable,
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

    fn authorities(&mut self, text: &Text) {
        let (Some(content), true) = self.content("CAFile", text) else { return };
        match &content.authorities {
            Ok(certificates) => {
                self.validity("CAFile", text, certificates);
                self.hidden(text, certificates);
            }
            Err(fault) => self.fault("CAFile", text, fault),
        }
    }

    fn chain(&mut self, text: &Text) -> Option<&'files [Certificate]> {
        let (content, first) = self.content("CertFile", text);
        match &content?.chain {
            Ok(certificates) => {
                if first {
                    self.validity("CertFile", text, certificates);
                }
                Some(certificates)
            }
            Err(fault) => {
                if first {
                    self.fault("CertFile", text, fault);
                }
                None
            }
        }
    }

    fn hidden(&mut self, text: &Text, certificates: &[Certificate]) {
        let Some((hiding, _)) = boringssl::hidden(certificates, self.now) else { return };
        let message = format!(
            "CAFile {}: the certificate of {} that is not valid hides the valid one after it, so every server is refused",
            text.value, hiding.subject
        );
        self.findings
            .push(Located::new(Code::CertificateHidesRenewed, message).about(&text.value).at(text.span));
    }

    fn fault(&mut self, role: &str, text: &Text, fault: &Fault) {
        self.error(fault.code, format!("{role} {}: {fault}", text.value), text, fault.help);
    }

    fn validity(&mut self, role: &str, text: &Text, certificates: &[Certificate]) {
        let path = &text.value;
        let usable = certificates.iter().any(|certificate| certificate.is_valid(self.now));
        for (index, certificate) in certificates.iter().enumerate() {
            let Certificate { subject, not_before, not_after, .. } = certificate;
            // A bundle of CAs may keep old ones beside the one that counts; of a chain the first one is presented.
            let counts = if role == "CAFile" { !usable } else { index == 0 };
            // Old CAs of the platform are its own affair.
            if !counts && path == SYSTEM_CA {
                continue;
            }
            let (code, message) = if self.now >= *not_after {
                let message = format!(
                    "{role} {path}: the certificate of {subject} expired {} ago",
                    days(self.now - not_after)
                );
                (Code::CertificateExpired, message)
            } else if self.now < *not_before {
                let message = format!(
                    "{role} {path}: the certificate of {subject} will be valid in {}",
                    days(not_before - self.now)
                );
                (Code::CertificateNotYetValid, message)
            } else if not_after - self.now < SOON * DAY {
                let message = format!(
                    "{role} {path}: the certificate of {subject} expires in {}",
                    days(not_after - self.now)
                );
                (Code::CertificateExpiresSoon, message)
            } else {
                continue;
            };
            let finding = Located::new(code, message).about(path).at(text.span);
            self.findings.push(if counts { finding } else { finding.severity(Severity::Warning) });
        }
    }

    fn key(&mut self, text: &Text) -> Option<&'files PrivateKey> {
        let (content, first) = self.content("KeyFile", text);
        let content = content?;
        if first
            && content.world_readable
            && !matches!(&content.key, Err(fault) if fault.code != Code::EncryptedKey)
        {
            let message = format!("KeyFile {} can be read by every user of this host", text.value);
            self.findings
                .push(Located::new(Code::KeyReadableByAll, message).about(&text.value).at(text.span));
        }
        match &content.key {
            Ok(key) => Some(key),
            Err(fault) => {
                if first {
                    self.fault("KeyFile", text, fault);
                }
                None
            }
        }
    }

    fn pair(&mut self, chain: &[Certificate], key: &PrivateKey, cert_file: &Text, key_file: &Text) {
        if self.judged.insert((cert_file.value.clone(), key_file.value.clone()))
            && let Err(fault) = boringssl::check_pair(chain, key)
        {
            let message = format!("KeyFile {} for CertFile {}: {fault}", key_file.value, cert_file.value);
            self.error(fault.code, message, key_file, fault.help);
        }
    }

    fn error(&mut self, code: Code, message: String, text: &Text, help: &str) {
        self.findings.push(Located::new(code, message).about(&text.value).at(text.span).help(help));
    }
}

fn days(seconds: i64) -> String {
    match seconds / DAY {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::config_entry::model::LinkedService;
    use crate::finding::Severity;
    use crate::system::tls_inspect::inspect;

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
            folder.write("renewed.pem", good.pem() + &certificate(&ecdsa, (2026, 5, 1)).pem());
            folder.write("joined.pem", good.pem().trim_end().to_owned() + &good.pem());
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
            found.iter().map(|found| (found.finding.code.as_str(), found.finding.severity)).collect()
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
            (["joined.pem", "", ""], "broken-pem"),
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
                .map(|code| (code, Severity::Failure))
                .collect();
            assert_eq!(folder.findings(files), expected, "{files:?}");
        }
        for (files, code) in [
            (["soon.pem", "", ""], "certificate-expires-soon"),
            (["renewed.pem", "", ""], "certificate-expired"),
            (["good.pem", "good.pem", "open.key"], "key-readable-by-all"),
        ] {
            assert_eq!(folder.findings(files), [(code, Severity::Warning)], "{files:?}");
        }
        let hidden =
            [("certificate-expired", Severity::Warning), ("certificate-hides-renewed", Severity::Failure)];
        assert_eq!(folder.findings(["bundle.pem", "", ""]), hidden);
    }
}
