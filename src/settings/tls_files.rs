//! How the TLS files of linked services are found.

use std::path::PathBuf;

use super::env::{self, NotABoolean};
use super::flag::{Flag, Group};
use super::options::Options;

pub const SYSTEM_CA: Flag =
    Flag::switch("system-ca", "Use TLS with the platform's CAs for services that have an SNI but no CAFile")
        .details("For a single service, CAFile = \"system\" in the gateway's entry does the same.")
        .variable(env::TERMGATE_SYSTEM_CA);

/// The TLS files of linked services.
#[derive(Debug, Clone, Copy)]
pub struct TlsFileGroup;

impl Group for TlsFileGroup {
    const HEADING: &'static str = "TLS files";
    const FLAGS: &'static [Flag] = &[SYSTEM_CA];
}

/// Where distributions keep the CAs of the platform, the commonest first.
///
/// The same places as Go's `crypto/x509`, and so Consul's.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Settings about the TLS files of linked services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFileSettings {
    /// Whether services with an SNI but without a `CAFile` are reached by TLS, with the platform's CAs.
    pub system_ca: bool,
    /// Where the platform's CAs may be, in order.
    pub system_bundle: Vec<PathBuf>,
}

impl TlsFileSettings {
    /// With what the flag and the environment say.
    pub fn resolve(options: &Options<'_>) -> Result<Self, NotABoolean> {
        let system_bundle = match options.env().get(env::SSL_CERT_FILE) {
            Some(path) => vec![PathBuf::from(path)],
            None => SYSTEM_BUNDLES.iter().map(PathBuf::from).collect(),
        };
        Ok(Self { system_ca: options.is_on(&SYSTEM_CA)?, system_bundle })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::flag::Grammar;
    use crate::settings::options::Typed;

    #[test]
    fn the_environment_names_the_bundle_and_asks_for_it() {
        let resolve = |env: &BTreeMap<String, String>| {
            TlsFileSettings::resolve(&Options::new(Grammar::Modern, &Typed::default(), env)).unwrap()
        };
        let none = resolve(&BTreeMap::new());
        assert!(!none.system_ca && none.system_bundle.len() > 1);
        let given = [("SSL_CERT_FILE", "/ca"), ("TERMGATE_SYSTEM_CA", "true")];
        let env: BTreeMap<String, String> =
            given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let given = resolve(&env);
        assert!(given.system_ca);
        assert_eq!(given.system_bundle, [PathBuf::from("/ca")]);
    }
}
