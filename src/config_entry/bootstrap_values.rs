//! Values of a proxy-defaults entry's `Config` that Consul takes and no bootstrap can have.

use serde_json::{Map, Value};

use super::ConfigEntry;
use super::diagnostic::{Diagnostic, Severity};
use super::request::{Field, Json};
use crate::bootstrap::{BootstrapForm, bad_values, check};
use crate::consul_version::Release;

/// Finds what `connect envoy` and direct mode would refuse in `Config`.
pub(super) fn of_proxy_defaults(entry: &ConfigEntry, diagnostics: &mut Vec<Diagnostic>) {
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
        let mut diagnostic = Diagnostic::error("refused-by-envoy", message)
            .at(member.and_then(|(_, field)| field.span).or(*span))
            .help("correct it: the bootstrap of every proxy that reads this entry is refused");
        if bad.severity == check::Severity::Warning {
            diagnostic.severity = Severity::Warning;
        }
        diagnostics.push(diagnostic);
    }
}
