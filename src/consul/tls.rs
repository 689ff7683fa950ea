//! TLS towards the agent: CA files and directories, client certificate.

use std::path::Path;

use reqwest::{Certificate, ClientBuilder, Identity};

use crate::settings::consul::TlsSettings;

/// Puts the TLS settings into a client that will speak https.
///
/// Without a CA the platform's roots count, as in Consul.
pub(super) fn configure(mut builder: ClientBuilder, settings: &TlsSettings) -> Result<ClientBuilder, String> {
    let mut authorities = Vec::new();
    if let Some(path) = &settings.ca_file {
        authorities.extend(certificates(path)?);
    } else if let Some(directory) = &settings.ca_path {
        let entries = std::fs::read_dir(directory)
            .map_err(|error| format!("CA directory {}: {error}", directory.display()))?;
        for entry in entries {
            let path =
                entry.map_err(|error| format!("CA directory {}: {error}", directory.display()))?.path();
            if path.is_file() {
                authorities.extend(certificates(&path)?);
            }
        }
    }
    if !authorities.is_empty() {
        builder = builder.tls_certs_only(authorities);
    }
    match (&settings.client_cert, &settings.client_key) {
        (Some(cert), Some(key)) => {
            let mut pem = read(cert, "client certificate")?;
            pem.push(b'\n');
            pem.extend(read(key, "client key")?);
            let identity = Identity::from_pem(&pem).map_err(|error| {
                format!("client certificate {} with key {}: {error}", cert.display(), key.display())
            })?;
            builder = builder.identity(identity);
        }
        (None, None) => {}
        (Some(_), None) => return Err("a client certificate is given without its key".to_owned()),
        (None, Some(_)) => return Err("a client key is given without its certificate".to_owned()),
    }
    Ok(builder.tls_danger_accept_invalid_certs(settings.insecure))
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    let found = Certificate::from_pem_bundle(&read(path, "CA file")?)
        .map_err(|error| format!("CA file {}: {error}", path.display()))?;
    if found.is_empty() {
        return Err(format!("CA file {} holds no PEM certificate", path.display()));
    }
    Ok(found)
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{what} {}: {error}", path.display()))
}
