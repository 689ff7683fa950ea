//! The TLS files that a gateway's entry names: which ones, and what Envoy gets of them.

use std::collections::BTreeSet;

use super::Linked;
use crate::envoy_api::{DataSource, Secret as SecretResource, TlsCertificate, ValidationContext};
use crate::finding::{Code, Finding};
use crate::snapshot::Snapshot;
use crate::tls_files::{FileContent, FileStates, FileUse, SYSTEM_CA};

/// All uses of files that `snapshot`'s entry asks for; `system_ca` as in [`super::RenderOptions`].
pub fn file_uses(snapshot: &Snapshot, system_ca: bool) -> BTreeSet<FileUse> {
    let links = snapshot.links.iter().map(|link| (&link.ca_file, &link.cert_file, &link.key_file, &link.sni));
    let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
    let entry = entry.map(|linked| (&linked.ca_file, &linked.cert_file, &linked.key_file, &linked.sni));
    let mut uses = BTreeSet::new();
    let (mut last_ca, mut last_pair) = ("", ("", ""));
    for (ca_file, cert_file, key_file, sni) in links.chain(entry) {
        let linked = Linked { ca_file, cert_file, key_file, sni, auto_host_rewrite: true };
        let linked = linked.with_system_ca(system_ca);
        // Most services name the same files as the one before.
        if linked.ca_file != last_ca
            && let Some(found) = linked.authorities()
        {
            uses.insert(found);
            last_ca = linked.ca_file;
        }
        if (linked.cert_file, linked.key_file) != last_pair
            && let Some(found) = linked.pair()
        {
            uses.insert(found);
            last_pair = (linked.cert_file, linked.key_file);
        }
    }
    uses
}

impl Linked<'_> {
    /// With the platform's CAs in the place of none, where there is a name to check and `system_ca` asks for it.
    pub(super) fn with_system_ca(self, system_ca: bool) -> Self {
        let wanted = system_ca && self.ca_file.is_empty() && !self.sni.is_empty();
        Self { ca_file: if wanted { SYSTEM_CA } else { self.ca_file }, ..self }
    }

    /// The CAs to trust, if the service is reached by TLS.
    pub(super) fn authorities(&self) -> Option<FileUse> {
        (!self.ca_file.is_empty()).then(|| FileUse::Authorities(self.ca_file.to_owned()))
    }

    /// The certificate to show, if the service is reached by mutual TLS.
    pub(super) fn pair(&self) -> Option<FileUse> {
        let given = !self.ca_file.is_empty() && !self.cert_file.is_empty() && !self.key_file.is_empty();
        given.then(|| FileUse::Pair { certificate: self.cert_file.to_owned(), key: self.key_file.to_owned() })
    }

    /// The key of the entry that names `path`.
    pub(super) fn key_of(&self, path: &str) -> &'static str {
        if path == self.ca_file {
            "CAFile"
        } else if path == self.key_file {
            "KeyFile"
        } else {
            "CertFile"
        }
    }
}

/// Whether Envoy gets `file_use` as a secret.
pub(super) fn is_secret(states: &FileStates, file_use: &FileUse) -> bool {
    let content = states.get(file_use).and_then(|state| state.content.as_ref());
    content.is_some_and(|content| !matches!(content, FileContent::Named(_)))
}

/// The path that Envoy reads for `given`, where it reads files itself.
pub(super) fn located<'a>(states: &'a FileStates, file_use: &FileUse, given: &'a str) -> &'a str {
    match states.get(file_use).and_then(|state| state.content.as_ref()) {
        Some(FileContent::Named(path)) => path,
        _ => given,
    }
}

/// Findings about files that can no longer be used; their services go on with their last good content.
pub(super) fn stale(states: &FileStates) -> impl Iterator<Item = Finding> {
    let stale = states.values().filter(|state| state.content.is_some());
    stale.filter_map(|state| state.problem.as_ref()).map(|problem| {
        Finding::of_whole(
            Code::TlsFileStale,
            format!("TLS file `{}`: {}; the last good content stays in use", problem.path, problem.reason),
            "correct the file; the gateway notices by itself",
        )
    })
}

/// Findings about certificates in use that are no longer valid.
pub(super) fn invalid(states: &FileStates) -> impl Iterator<Item = Finding> {
    states.values().filter_map(|state| state.invalid.as_ref()).map(|problem| {
        let message = format!("TLS file `{}`: {}", problem.path, problem.reason);
        Finding::of_whole(Code::TlsCertificateInvalid, message, problem.help)
    })
}

/// The secrets for all contents that are known.
pub(super) fn secrets(states: &FileStates) -> impl Iterator<Item = SecretResource> {
    states.iter().filter_map(|(file_use, state)| {
        let name = file_use.secret_name();
        Some(match state.content.as_ref()? {
            FileContent::Named(_) => return None,
            FileContent::Authorities(pem) => SecretResource {
                name,
                tls_certificate: None,
                validation_context: Some(ValidationContext {
                    trusted_ca: Some(DataSource::InlineString(pem.as_ref().to_owned())),
                    match_typed_subject_alt_names: Vec::new(),
                }),
            },
            FileContent::Pair { certificate, key } => SecretResource {
                name,
                tls_certificate: Some(TlsCertificate {
                    certificate_chain: DataSource::InlineString(certificate.as_ref().to_owned()),
                    private_key: DataSource::InlineString(key.expose().to_owned()),
                }),
                validation_context: None,
            },
        })
    })
}
