//! Values of a proxy-defaults entry's `Config` that Consul accepts and Envoy's bootstrap cannot have.

use serde_json::{Map, Value};

use super::ConfigEntry;
use super::located::Located;
use super::request::{Field, Json};
use crate::bootstrap::{BootstrapForm, bad_values};
use crate::consul_version::Release;
use crate::finding::Code;

/// Finds what `connect envoy` and direct mode would refuse in `Config`.
pub(super) fn of_proxy_defaults(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    let Some(Field { json: Json::Object(members), span }) = entry.body().get("Config") else { return };
    let value = |field: &Field| serde_json::to_value(&field.json).unwrap_or_default();
    let config: Map<String, Value> =
        members.iter().map(|(key, field)| (key.to_string(), value(field))).collect();
    let form =
        if entry.version().at_least(Release(1, 10, 0)) { BootstrapForm::V3 } else { BootstrapForm::V2 };
    for bad in bad_values(&config, form) {
        let member = bad.key.as_ref().and_then(|key| members.iter().find(|(name, _)| name == key));
        // In this file it is not the Config of a Proxy block.
        let message = bad.problem.replace("Proxy.Config", "Config");
        findings.push(
            Located::new(Code::RefusedByEnvoy, message)
                .severity(bad.severity)
                .at(member.and_then(|(_, field)| field.span).or(*span))
                .help("correct it: Envoy refuses the bootstrap of every proxy that uses this entry"),
        );
    }
}
