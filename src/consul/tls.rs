//! TLS towards the agent: CA files and directories, client certificate.

use std::path::Path;

use reqwest::{Certificate, ClientBuilder, Identity};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, RootCertStore};

use crate::settings::consul::TlsSettings;
use crate::system::read_file;

/// What names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    CaFile,
    CaPath,
    ClientCert,
    ClientKey,
}

/// A file that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub reason: String,
    pub setting: Setting,
    /// What to do, where that is more than to name another file.
    pub help: Option<String>,
}

/// Puts the TLS settings into a client that will speak https.
///
/// Without a CA the platform's roots count, as in Consul.
pub(super) fn configure(
    mut builder: ClientBuilder,
    settings: &TlsSettings,
) -> Result<ClientBuilder, Problem> {
    let mut authorities = Vec::new();
    if let Some(path) = &settings.ca_file {
        authorities.extend(certificates(path, Setting::CaFile)?);
    } else if let Some(directory) = &settings.ca_path {
        let fail = |error| Problem {
            reason: format!("CA directory {}: {error}", directory.display()),
            setting: Setting::CaPath,
            help: None,
        };
        for entry in std::fs::read_dir(directory).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            if path.is_file() {
                authorities.extend(certificates(&path, Setting::CaPath)?);
            }
        }
    }
    if !authorities.is_empty() {
        builder = builder.tls_certs_only(authorities);
    }
    let fail = |setting, reason: &str| Problem { reason: reason.to_owned(), setting, help: None };
    match (&settings.client_cert, &settings.client_key) {
        (Some(cert), Some(key)) => builder = builder.identity(identity(cert, key)?),
        (None, None) => {}
        (Some(_), None) => {
            return Err(fail(Setting::ClientKey, "a client certificate is given without its key"));
        }
        (None, Some(_)) => {
            return Err(fail(Setting::ClientCert, "a client key is given without its certificate"));
        }
    }
    Ok(builder.tls_danger_accept_invalid_certs(settings.insecure))
}

/// The CAs in a file. Each can sign certificates.
fn certificates(path: &Path, setting: Setting) -> Result<Vec<Certificate>, Problem> {
    let file = File::read(path, "CA file", setting)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(file.text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| file.problem(format_args!("a PEM block cannot be read: {error}")))?;
    if found.is_empty() {
        return Err(file.without("certificate"));
    }
    let mut trusted = RootCertStore::empty();
    found
        .iter()
        .zip(1..)
        .map(|(certificate, number)| {
            trusted.add(certificate.clone()).map_err(|error| {
                file.problem(format_args!("certificate {number} cannot be a CA: {error}"))
            })?;
            Certificate::from_der(certificate).map_err(|error| file.problem(format_args!("{error}")))
        })
        .collect()
}

/// The client certificate with its key; one file may hold both.
fn identity(cert: &Path, key: &Path) -> Result<Identity, Problem> {
    let cert = File::read(cert, "client certificate", Setting::ClientCert)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(cert.text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| cert.problem(format_args!("a PEM block cannot be read: {error}")))?;
    if chain.is_empty() {
        return Err(cert.without("certificate"));
    }
    let key = File::read(key, "client key", Setting::ClientKey)?;
    if key.text.contains("BEGIN ENCRYPTED PRIVATE KEY") || key.text.contains("Proc-Type: 4,ENCRYPTED") {
        let shown = key.path.display();
        return Err(Problem {
            reason: format!("client key {shown} is encrypted, and termgate cannot ask for its password"),
            setting: Setting::ClientKey,
            help: Some(format!("decrypt it first: openssl pkey -in {shown} -out KEY.pem")),
        });
    }
    let private = match PrivateKeyDer::from_pem_slice(key.text.as_bytes()) {
        Ok(private) => private,
        Err(rustls::pki_types::pem::Error::NoItemsFound) => return Err(key.without("private key")),
        Err(error) => return Err(key.problem(format_args!("a PEM block cannot be read: {error}"))),
    };
    let signing = any_supported_type(&private)
        .map_err(|error| key.problem(format_args!("its private key cannot be used: {error}")))?;
    if let Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) =
        CertifiedKey::new(chain, signing).keys_match()
    {
        let reason = format_args!("it is not the key of the certificate in {}", cert.path.display());
        return Err(key.problem(reason));
    }
    let pem = format!("{}\n{}", blocks(&cert.text, "CERTIFICATE"), blocks(&key.text, "PRIVATE KEY"));
    Identity::from_pem(pem.as_bytes()).map_err(|error| key.problem(format_args!("{error}")))
}

/// A PEM file.
struct File<'path> {
    path: &'path Path,
    what: &'static str,
    setting: Setting,
    text: String,
}

impl<'path> File<'path> {
    /// Reads it; fails for what is hardly PEM.
    fn read(path: &'path Path, what: &'static str, setting: Setting) -> Result<Self, Problem> {
        let mut file = Self { path, what, setting, text: String::new() };
        let read = match setting {
            // Nobody named it: a pipe there is not waited for.
            Setting::CaPath => read_file::regular(path, read_file::PEM).map(|(bytes, _)| bytes),
            _ => read_file::named_in_time(path, read_file::PEM),
        };
        let bytes = read.map_err(|error| file.problem(format_args!("{error}")))?;
        // DER: a sequence with the length of its length.
        if let [0x30, 0x81..=0x84, ..] = bytes.as_slice() {
            let help = (what != "client key").then(|| {
                format!("convert it: openssl x509 -inform der -in {} -out FILE.pem", path.display())
            });
            return Err(Problem { help, ..file.problem(format_args!("it is DER, not PEM")) });
        }
        file.text = String::from_utf8_lossy(&bytes).into_owned();
        match joined(&file.text) {
            Some(line) => Err(Problem {
                help: Some(format!("end line {line} of {} after `-----END …-----`", path.display())),
                ..file.problem(format_args!("two PEM blocks are joined on line {line}"))
            }),
            None => Ok(file),
        }
    }

    fn problem(&self, reason: std::fmt::Arguments<'_>) -> Problem {
        let reason = format!("{} {}: {reason}", self.what, self.path.display());
        Problem { reason, setting: self.setting, help: None }
    }

    /// It has no such block.
    fn without(&self, wanted: &str) -> Problem {
        let label = self.text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
        let but = label.map(|(label, _)| format!(", but `{label}`")).unwrap_or_default();
        let reason = format!("{} {} holds no PEM {wanted}{but}", self.what, self.path.display());
        Problem { reason, setting: self.setting, help: None }
    }
}

/// The number of a line on which one PEM block ends and something else follows.
fn joined(text: &str) -> Option<usize> {
    let is_joined = |line: &str| {
        line.split_once("-----END ")
            .and_then(|(_, rest)| rest.split_once("-----"))
            .is_some_and(|(_, rest)| !rest.trim().is_empty())
    };
    text.lines().position(is_joined).map(|index| index + 1)
}

/// The PEM blocks whose label ends like this.
fn blocks(text: &str, label: &str) -> String {
    let (begin, end) = (format!("{label}-----"), "-----END ");
    let mut is_inside = false;
    let mut found = String::new();
    for line in text.lines() {
        is_inside |= line.trim().starts_with("-----BEGIN ") && line.trim().ends_with(&begin);
        if is_inside {
            found.push_str(line.trim());
            found.push('\n');
        }
        is_inside &= !line.trim().starts_with(end);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_blocks_are_found_by_their_line() {
        let block = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
        assert_eq!(joined(&format!("{block}\n{block} \r\n")), None);
        assert_eq!(joined(&format!("{block}{block}\n")), Some(3));
    }

    #[test]
    fn only_the_blocks_of_a_kind_are_taken_from_a_file() {
        let text = "x\n-----BEGIN EC PRIVATE KEY-----\r\nKEY\r\n-----END EC PRIVATE KEY-----\r\n\
                    -----BEGIN CERTIFICATE-----\nCERT\n-----END CERTIFICATE-----\ny\n";
        assert_eq!(
            blocks(text, "CERTIFICATE"),
            "-----BEGIN CERTIFICATE-----\nCERT\n-----END CERTIFICATE-----\n"
        );
        assert_eq!(
            blocks(text, "PRIVATE KEY"),
            "-----BEGIN EC PRIVATE KEY-----\nKEY\n-----END EC PRIVATE KEY-----\n"
        );
    }
}
