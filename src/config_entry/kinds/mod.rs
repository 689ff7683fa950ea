//! The kinds of configuration entries that Consul's client knows, field by field.
//!
//! Field names, order and aliases are part of Consul's HTTP API.

mod chain;
mod defaults;
mod gateway_api;
mod gateways;
mod inference;
mod mesh;
mod policies;
mod rows;

use super::schema::{Kind, Struct};
use crate::consul_version::{ConsulVersion, Release};

/// The kind this project is about.
pub const TERMINATING_GATEWAY: &str = "terminating-gateway";

/// All kinds.
pub static KINDS: &[Kind] = &[
    kind(TERMINATING_GATEWAY, Release(1, 8, 0), &gateways::TERMINATING),
    kind("ingress-gateway", Release(1, 8, 0), &gateways::INGRESS),
    kind("service-defaults", Release(1, 5, 0), &defaults::SERVICE),
    kind("proxy-defaults", Release(1, 5, 0), &defaults::PROXY).named("global"),
    kind("service-router", Release(1, 6, 0), &chain::ROUTER),
    kind("service-splitter", Release(1, 6, 0), &chain::SPLITTER),
    kind("service-resolver", Release(1, 6, 0), &chain::RESOLVER),
    kind("service-intentions", Release(1, 9, 0), &mesh::INTENTIONS),
    kind("mesh", Release(1, 10, 0), &mesh::MESH).named("mesh"),
    kind("exported-services", Release(1, 11, 0), &mesh::EXPORTED_SERVICES),
    kind("sameness-group", Release(1, 16, 0), &mesh::SAMENESS_GROUP),
    kind("api-gateway", Release(1, 15, 0), &gateway_api::API_GATEWAY),
    kind("http-route", Release(1, 15, 0), &gateway_api::HTTP_ROUTE),
    kind("tcp-route", Release(1, 15, 0), &gateway_api::TCP_ROUTE),
    kind("inline-certificate", Release(1, 15, 0), &gateway_api::CERTIFICATE),
    kind("file-system-certificate", Release(1, 19, 0), &gateway_api::CERTIFICATE),
    kind("jwt-provider", Release(1, 16, 0), &policies::JWT_PROVIDER),
    kind("control-plane-request-limit", Release(1, 15, 0), &policies::REQUEST_LIMIT),
    kind("rate-limit", Release(2, 0, 0), &policies::RATE_LIMIT),
    kind("inference-gateway", Release(2, 1, 0), &inference::INFERENCE_GATEWAY),
];

const fn kind(name: &'static str, since: Release, fields: &'static Struct) -> Kind {
    Kind { name, since, fields, fixed_name: None }
}

impl Kind {
    /// There is only one entry of it, of this name.
    const fn named(self, name: &'static str) -> Self {
        Self { fixed_name: Some(name), ..self }
    }
}

/// The kind of this name, if the version knows it.
pub fn find(name: &str, version: &ConsulVersion) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name && version.at_least(kind.since))
}

/// The fields of a terminating gateway.
pub(super) fn terminating_gateway() -> &'static Struct {
    &gateways::TERMINATING
}

/// The fields of a service linked to a terminating gateway.
pub(super) fn linked_service() -> &'static Struct {
    &gateways::LINKED_SERVICE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config_entry::schema::Type;
    use crate::config_entry::{ConfigEntry, read};
    use crate::go::text::lower;
    use crate::hcl::Source;

    const NEWEST: ConsulVersion = ConsulVersion::new(2, 1, 0);

    fn sent(text: &str) -> String {
        let entry: ConfigEntry = read(&Source::new(text.as_bytes()), &NEWEST).unwrap();
        serde_json::to_string(&entry.to_json()).unwrap()
    }

    #[test]
    fn other_spellings_of_every_kind_are_sent_as_the_servers_know_them() {
        for (text, expected) in [
            (
                "Kind = \"mesh\"\nHTTP { incoming { request_normalization { merge_slashes = true \
                 insecure_disable_path_normalization = true path_with_escaped_slashes_action = \"A\" \
                 headers_with_underscores_action = \"B\" } } }",
                r#"{"Kind":"mesh","HTTP":{"Incoming":{"RequestNormalization":{"InsecureDisablePathNormalization":true,"MergeSlashes":true,"PathWithEscapedSlashesAction":"A","HeadersWithUnderscoresAction":"B"}}}}"#,
            ),
            (
                "kind = \"inline-certificate\"\nname = \"c\"\ncertificate = \"C\"\nprivate_key = \"K\"",
                r#"{"Kind":"inline-certificate","Name":"c","Certificate":"C","PrivateKey":"K"}"#,
            ),
            (
                "kind = \"service-defaults\"\nname = \"s\"\nmax_request_headers_kb = 96",
                r#"{"Kind":"service-defaults","Name":"s","MaxRequestHeadersKB":96}"#,
            ),
            (
                "kind = \"api-gateway\"\nname = \"a\"\nlisteners = [ { name = \"l\" port = 1 tls { \
                 tls_min_version = \"TLSv1_2\" cipher_suites = [\"X\"] } } ]",
                r#"{"Kind":"api-gateway","Name":"a","Listeners":[{"Name":"l","Port":1,"TLS":{"MinVersion":"TLSv1_2","CipherSuites":["X"]}}]}"#,
            ),
            (
                "kind = \"control-plane-request-limit\"\nname = \"l\"\nread_rate = 10\nKV { write_rate = 1.5 }",
                r#"{"Kind":"control-plane-request-limit","Name":"l","ReadRate":10.0,"KV":{"WriteRate":1.5}}"#,
            ),
            (
                "kind = \"rate-limit\"\nname = \"global\"\nconfig { readRate = 0 excludeEndpoints = [\"Health.Check\"] }",
                r#"{"Kind":"rate-limit","Name":"global","config":{"exclude_endpoints":["Health.Check"]}}"#,
            ),
        ] {
            let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(same(&sent(text)), same(expected), "{text}");
        }
    }

    /// All objects with known fields under these.
    fn walk(fields: &'static Struct, seen: &mut BTreeSet<*const Struct>, found: &mut Vec<&'static Struct>) {
        if !seen.insert(fields) {
            return;
        }
        found.push(fields);
        for field in fields.fields {
            let mut kind = field.kind;
            while let Type::Map(inner) | Type::List(inner) | Type::Optional(inner) = kind {
                kind = *inner;
            }
            if let Type::Struct(inner) = kind {
                walk(inner, seen, found);
            }
        }
    }

    #[test]
    fn no_two_fields_of_an_object_share_a_spelling() {
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        for kind in KINDS {
            walk(kind.fields, &mut seen, &mut found);
        }
        assert!(found.len() > 80);
        for fields in found {
            let names = fields.fields.iter().map(|field| lower(field.name));
            let aliases = fields.fields.iter().filter_map(|field| field.alias.map(str::to_owned));
            let all: Vec<String> = names.chain(aliases).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        }
    }
}
