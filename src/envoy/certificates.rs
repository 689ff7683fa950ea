//! The certificates that Envoy has, in the answer of its admin server.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::system::clock;

/// When a certificate expires.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// In seconds since 1970.
    pub end: i64,
    /// From when on it is valid.
    pub start: i64,
    /// Its name.
    pub name: String,
}

/// What is read of the answer of `/certs`; what else it holds is skipped without being kept.
#[derive(Debug, Deserialize)]
struct Certificates {
    certificates: Vec<Certificate>,
}

#[derive(Debug, Deserialize)]
struct Certificate {
    #[serde(default)]
    cert_chain: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    #[serde(default)]
    subject_alt_names: Vec<AltName>,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    expiration_time: String,
}

#[derive(Debug, Deserialize)]
struct AltName {
    #[serde(default)]
    uri: String,
}

/// The certificates by which the mesh knows the linked services, in the answer of `/certs`: of each service the first to
/// expire. `None` where there is no such answer.
pub fn by_service(answer: &Value) -> Option<BTreeMap<String, Expiry>> {
    let answer = Certificates::deserialize(answer).ok()?;
    let mut found: BTreeMap<String, Expiry> = BTreeMap::new();
    for link in answer.certificates.iter().flat_map(|certificate| &certificate.cert_chain) {
        let Some(uri) = link.subject_alt_names.iter().map(|name| &name.uri).find(|uri| !uri.is_empty())
        else {
            continue;
        };
        let time = |text: &str| clock::parse(text).map(time::OffsetDateTime::unix_timestamp);
        let (Some(service), Some(start), Some(end)) =
            (service_of(uri), time(&link.valid_from), time(&link.expiration_time))
        else {
            continue;
        };
        let expiry = Expiry { end, start, name: uri.clone() };
        match found.get_mut(&service) {
            Some(first) if *first <= expiry => {}
            Some(first) => *first = expiry,
            None => drop(found.insert(service, expiry)),
        }
    }
    Some(found)
}

/// The service of an identity such as `spiffe://domain/ns/default/dc/dc1/svc/web`.
fn service_of(uri: &str) -> Option<String> {
    let name = uri.strip_prefix("spiffe://")?.rsplit_once("/svc/")?.1;
    Some(percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_of_a_service_that_expires_first_is_found() {
        let chain = |end: &str, uri: &str| {
            serde_json::json!({"cert_chain": [{
                "valid_from": "2026-01-01T00:00:00Z", "expiration_time": end, "subject_alt_names": [{"uri": uri}],
            }], "ca_cert": [{"path": "x"}]})
        };
        let answer = serde_json::json!({"certificates": [
            chain("2026-01-04T00:00:00Z", "spiffe://td/ns/default/dc/dc1/svc/web"),
            chain("2026-01-03T00:00:00Z", "spiffe://td/ns/default/dc/dc1/svc/web"),
            chain("2026-01-03T00:00:00Z", "spiffe://td/ns/default/dc/dc1/svc/a%2Fb"),
            chain("2026-01-02T00:00:00Z", "https://other/svc/web"),
            {"cert_chain": [{"valid_from": "2026-01-01T00:00:00Z"}]},
        ]});
        let found = by_service(&answer).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a/b", "web"]);
        assert_eq!(found["web"].end - found["web"].start, 2 * 86_400);
    }
}
