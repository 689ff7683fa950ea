//! What to do about a key that is not known.

use super::schema::Struct;
use crate::consul_version::ConsulVersion;
use crate::nearest::nearest;

/// What to do about an unknown key.
pub(super) fn key(written: &str, fields: &Struct, version: &ConsulVersion) -> String {
    let known = || fields.fields(version).map(|field| field.name);
    if let Some(later) = fields
        .fields
        .iter()
        .find(|field| !version.at_least(field.since) && crate::go::text::equal_fold(field.name, written))
    {
        return format!("Consul {version} does not know it; it came with {}", later.since);
    }
    if written == "Hash" {
        return "the HTTP API adds it to its answers: remove it".to_owned();
    }
    if let Some(name) = known().find(|name| crate::go::text::equal_fold(name, written)) {
        return format!("`{name}` is given in two spellings: write it once");
    }
    if let Some(name) = nearest(written, known()) {
        return format!("did you mean `{name}`?");
    }
    if written.eq_ignore_ascii_case("tls") {
        return "write CAFile, CertFile, KeyFile and SNI directly into the service".to_owned();
    }
    let settable: Vec<&str> =
        known().filter(|name| !matches!(*name, "CreateIndex" | "ModifyIndex")).collect();
    format!("known here: {}", settable.join(", "))
}
