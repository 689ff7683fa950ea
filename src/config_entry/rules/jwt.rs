//! jwt-provider (since 1.16). Sources: Consul's MPL-licensed sources up to 1.16 and the checks of consul-k8s, which has the
//! clusters of remote keys, too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Rules, given, is_one_of, items, member, number, present, span, text};
use crate::config_entry::request::Json;
use crate::finding::Code;
use crate::go::strconv::quote;

const CODE: Code = Code::JwtProvider;

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    keys(rules);
    for (index, location) in items(body, "Locations").iter().enumerate() {
        let kinds = ["Header", "QueryParam", "Cookie"];
        let found: Vec<&str> =
            kinds.into_iter().filter(|key| present(&location.json, key).is_some()).collect();
        let message = |words: &str| format!("Locations[{index}]: {words}");
        let [key] = found[..] else {
            let words = "must set exactly one of: JWT location header, query param or cookie";
            rules.refuse_as(CODE, location.span, &message(words), words);
            continue;
        };
        if member(&location.json, key).is_some_and(|field| text(&field.json, "Name").is_empty()) {
            let what = match key {
                "QueryParam" => "query param",
                "Cookie" => "cookie",
                _ => "header",
            };
            let words = format!("JWT location {what} name must be specified");
            rules.refuse_as(CODE, location.span, &message(&words), words);
        }
    }
    if let Some(forwarding) = present(body, "Forwarding")
        && text(&forwarding.json, "HeaderName").is_empty()
    {
        rules.says(CODE, forwarding.span, "header name required for forwarding config");
    }
}

/// The keys are here or at one address.
fn keys(rules: &mut Rules<'_>) {
    let body = rules.body();
    let set = present(body, "JSONWebKeySet");
    let part = |key: &str| set.and_then(|set| present(&set.json, key));
    let place = set.or_else(|| body.get("Kind")).and_then(|field| field.span);
    match (part("Local"), part("Remote")) {
        (Some(local), None) => local_keys(rules, &local.json),
        (None, Some(remote)) => remote_keys(rules, &remote.json),
        _ if set.is_none() => rules.says(CODE, place, "JSONWebKeySet is required"),
        _ => rules.says(CODE, place, "must specify exactly one of Local or Remote JSON Web key set"),
    }
}

fn local_keys(rules: &mut Rules<'_>, local: &Json) {
    match (given(local, "JWKS"), given(local, "Filename")) {
        (Some(keys), None) => {
            // Consul passes over line ends.
            let text = keys.json.as_text().unwrap_or_default().replace(['\r', '\n'], "");
            if STANDARD.decode(text).is_err() {
                rules.says(CODE, keys.span, "JWKS must be valid base64 encoded string");
            }
        }
        (None, Some(_)) => {}
        _ => {
            let place = span(rules.body(), "JSONWebKeySet");
            rules.refuse(CODE, place, "must specify exactly one of JWKS or Filename for a local key set");
        }
    }
}

/// Whether it begins with a scheme or at a root, without white space and control characters.
fn is_request_uri(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = scheme.is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    (is_scheme || address.starts_with('/')) && !address.contains(|c: char| c.is_ascii_control() || c == ' ')
}

fn remote_keys(rules: &mut Rules<'_>, remote: &Json) {
    let place = span(rules.body(), "JSONWebKeySet");
    let address = text(remote, "URI");
    if address.is_empty() {
        rules.says(CODE, place, "remote JWKS URI is required");
    } else if !is_request_uri(&address) {
        let message = format!("remote JWKS URI is invalid: {}", quote(&address));
        rules.refuse_as(CODE, span(remote, "URI"), &message, "remote JWKS URI is invalid");
    }
    if let Some(back_off) = member(remote, "RetryPolicy")
        .and_then(|policy| member(&policy.json, "RetryPolicyBackOff"))
        .filter(|back_off| {
            given(&back_off.json, "MaxInterval").is_some()
                && number(&back_off.json, "MaxInterval") < number(&back_off.json, "BaseInterval")
        })
    {
        let words = "retry policy backoff's MaxInterval should be greater or equal to BaseInterval";
        rules.refuse(CODE, back_off.span, words);
    }
    let Some(cluster) = member(remote, "JWKSCluster") else { return };
    let discovery = text(&cluster.json, "DiscoveryType");
    if !is_one_of(&discovery, &["", "STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST"]) {
        let words = format!("unsupported jwks cluster discovery type: {}", quote(&discovery));
        rules.refuse(CODE, span(&cluster.json, "DiscoveryType"), words);
    }
    let Some(certificates) = present(&cluster.json, "TLSCertificates") else { return };
    let instance = given(&certificates.json, "CaCertificateProviderInstance");
    let trusted = given(&certificates.json, "TrustedCA");
    if instance.is_some() == trusted.is_some() {
        let words = "must specify exactly one of: CaCertificateProviderInstance or TrustedCA for JWKS' TLSCertificates";
        rules.refuse(CODE, certificates.span, words);
    }
    if let Some(trusted) = trusted {
        let keys = ["Filename", "EnvironmentVariable", "InlineString", "InlineBytes"];
        if keys.iter().filter(|key| given(&trusted.json, key).is_some()).count() != 1 {
            let words = format!("TrustedCA must have exactly one of {}", keys.join(", "));
            rules.refuse(CODE, trusted.span, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn a_provider_has_one_set_of_keys_and_clear_locations() {
        let remote = "JSONWebKeySet { Remote { URI = \"https://a.example/keys\" } }\n";
        let table = [
            (remote.to_owned(), ""),
            (String::new(), "JSONWebKeySet is required"),
            ("JSONWebKeySet {}".to_owned(), "must specify exactly one of Local or Remote"),
            ("JSONWebKeySet { Local { JWKS = \"e30=\" } }".to_owned(), ""),
            ("JSONWebKeySet { Local { JWKS = \"e3\\n0=\\n\" } }".to_owned(), ""),
            ("JSONWebKeySet { Local { JWKS = \"{}\" } }".to_owned(), "JWKS must be valid base64"),
            ("JSONWebKeySet { Local { JWKS = \"e30=\" Filename = \"/k\" } }".to_owned(), "JWKS or Filename"),
            (
                "JSONWebKeySet { Local { Filename = \"/k\" } Remote { URI = \"https://a\" } }".to_owned(),
                "exactly one",
            ),
            (
                "JSONWebKeySet { Remote { FetchAsynchronously = true } }".to_owned(),
                "remote JWKS URI is required",
            ),
            ("JSONWebKeySet { Remote { URI = \"a\" } }".to_owned(), "remote JWKS URI is invalid"),
            (
                format!("{remote}Locations = [{{ Header {{ Name = \"a\" }} Cookie {{ Name = \"b\" }} }}]"),
                "Locations[0]",
            ),
            (
                format!("{remote}Locations = [{{ Header {{ Forward = true }} }}]"),
                "JWT location header name must be specified",
            ),
            (format!("{remote}Locations = [{{ QueryParam {{ Name = \"t\" }} }}]"), ""),
            (format!("{remote}Forwarding {{ PadForwardPayloadHeader = true }}"), "header name required"),
            (
                "JSONWebKeySet { Remote { URI = \"https://a\" JWKSCluster { DiscoveryType = \"DNS\" } } }"
                    .to_owned(),
                "unsupported jwks cluster discovery type",
            ),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"jwt-provider\"\nName = \"okta\"", "1.21.4", &[(text, words)]);
        }
    }
}
