//! The TLS files that a gateway's entry names, as this host has them.

use std::collections::BTreeMap;
use std::path::Path;

use x509_parser::pem::Pem;

use crate::snapshot::Snapshot;

/// What a file must hold.
#[derive(Debug, Clone, Copy)]
enum Content {
    Certificate,
    PrivateKey,
}

/// The files that Envoy could not load, with the reason.
pub fn unusable(snapshot: &Snapshot) -> BTreeMap<String, String> {
    use Content::{Certificate, PrivateKey};

    let from_links = snapshot.links.iter().map(|link| (&link.ca_file, &link.cert_file, &link.key_file));
    let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
    let from_entry = entry.map(|linked| (&linked.ca_file, &linked.cert_file, &linked.key_file));
    let mut looked_at: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for (ca, cert, key) in from_links.chain(from_entry) {
        for (path, content) in [(ca, Certificate), (cert, Certificate), (key, PrivateKey)] {
            if !path.is_empty() {
                looked_at.entry(path).or_insert_with(|| problem(Path::new(path), content));
            }
        }
    }
    looked_at.into_iter().filter_map(|(path, problem)| Some((path.to_owned(), problem?))).collect()
}

fn problem(path: &Path, content: Content) -> Option<String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error.to_string()),
    };
    let blocks: Vec<Pem> = Pem::iter_from_buffer(&bytes).filter_map(Result::ok).collect();
    match content {
        Content::PrivateKey if !blocks.iter().any(|block| block.label.ends_with("PRIVATE KEY")) => {
            Some("it holds no PEM private key".to_owned())
        }
        Content::PrivateKey => None,
        Content::Certificate => {
            let mut certificates = blocks.iter().filter(|block| block.label == "CERTIFICATE").peekable();
            if certificates.peek().is_none() {
                return Some("it holds no PEM certificate".to_owned());
            }
            let broken = certificates.find_map(|block| block.parse_x509().err())?;
            Some(format!("it holds a certificate that cannot be read: {broken}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::GatewayLink;

    #[test]
    fn files_that_envoy_could_not_load_are_told_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let pair = rcgen::generate_simple_self_signed(["outside.example".to_owned()]).unwrap();
        std::fs::write(path("good.pem"), pair.cert.pem()).unwrap();
        std::fs::write(path("good.key"), pair.signing_key.serialize_pem()).unwrap();
        std::fs::write(path("text.pem"), "hello").unwrap();
        std::fs::write(path("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
            .unwrap();
        let unusable_of = |ca: &str, cert: &str, key: &str| {
            let link = GatewayLink {
                ca_file: path(ca),
                cert_file: path(cert),
                key_file: path(key),
                ..GatewayLink::default()
            };
            unusable(&Snapshot { links: vec![link], ..Snapshot::default() })
        };
        assert_eq!(unusable_of("good.pem", "good.pem", "good.key"), BTreeMap::new());
        let found = unusable_of("text.pem", "missing.pem", "good.pem");
        assert_eq!(found[&path("text.pem")], "it holds no PEM certificate");
        assert!(found[&path("missing.pem")].contains("No such file"), "{found:?}");
        let found = unusable_of("broken.pem", "good.pem", "text.pem");
        assert!(
            found[&path("broken.pem")].starts_with("it holds a certificate that cannot be read"),
            "{found:?}"
        );
        assert_eq!(found[&path("text.pem")], "it holds no PEM private key");
    }
}
