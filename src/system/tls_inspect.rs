//! What this host has of the TLS files that an entry names: certificates, keys, and whether they can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::read_file;
use crate::boringssl;
use crate::tls_files::inspected::{Content, FileState};

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
    let text = String::from_utf8_lossy(bytes);
    Content {
        authorities: boringssl::authorities(&text),
        chain: boringssl::chain(&text),
        key: boringssl::private_key(&text),
        world_readable: mode & 0o004 != 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::config_entry::model::{LinkedService, TerminatingGateway, Text};
    use crate::config_entry::tls_files::{check_files, paths};
    use crate::finding::Severity;

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
