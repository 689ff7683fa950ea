//! The TLS files that a gateway's entry names, as this host has them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::snapshot::Snapshot;

/// The files that Envoy could not load, with the reason.
pub fn unusable(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let from_links = snapshot.links.iter().flat_map(|link| [&link.ca_file, &link.cert_file, &link.key_file]);
    let from_entry = snapshot
        .entry
        .iter()
        .flat_map(|entry| &entry.services)
        .flat_map(|linked| [&linked.ca_file, &linked.cert_file, &linked.key_file]);
    let mut found = BTreeMap::new();
    for path in from_links.chain(from_entry).filter(|path| !path.is_empty()) {
        if !found.contains_key(path.as_str()) {
            found.insert(path.clone(), problem(Path::new(path)));
        }
    }
    found.into_iter().filter_map(|(path, problem)| Some((path, problem?))).collect()
}

fn problem(path: &Path) -> Option<String> {
    match std::fs::read(path) {
        Err(error) => Some(error.to_string()),
        Ok(bytes) if !bytes.windows(11).any(|window| window == b"-----BEGIN ") => {
            Some("it holds no PEM block".to_owned())
        }
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::GatewayLink;

    #[test]
    fn missing_files_and_files_that_are_no_pem_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("good.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
        std::fs::write(path("bad.pem"), "hello").unwrap();
        let link = GatewayLink {
            ca_file: path("good.pem"),
            cert_file: path("bad.pem"),
            key_file: path("missing.pem"),
            ..GatewayLink::default()
        };
        let snapshot = Snapshot { links: vec![link], ..Snapshot::default() };
        let found = unusable(&snapshot);
        assert_eq!(found.keys().cloned().collect::<Vec<_>>(), [path("bad.pem"), path("missing.pem")]);
        assert_eq!(found[&path("bad.pem")], "it holds no PEM block");
    }
}
