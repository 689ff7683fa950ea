//! Envoy extensions of linked services: which concern a terminating gateway, and which of these direct mode knows.

use serde_json::Value;

use super::version_constraint;
use crate::envoy::version::EnvoyVersion;
use crate::snapshot::Snapshot;

/// The one built-in extension that direct mode applies: a function of AWS Lambda in the place of an external service.
pub const LAMBDA: &str = "builtin/aws/lambda";

/// Built-in extensions for sidecars and API gateways.
///
/// Consul (up to 2.1): `builtin/aws/lambda` is the only one that it applies to the linked services of a terminating
/// gateway, and its servers refuse to store these for one.
const FOR_OTHER_PROXIES: [&str; 7] = [
    "builtin/ext-authz",
    "builtin/fault-injection",
    "builtin/http/localratelimit",
    "builtin/lua",
    "builtin/otel-access-logging",
    "builtin/property-override",
    "builtin/wasm",
];

/// What an extension for terminating gateways has in `Arguments.ProxyType`.
const TERMINATING_GATEWAY: &str = "terminating-gateway";

/// What `ConsulVersion` and `EnvoyVersion` of an extension are held against.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// Empty: not known.
    pub consul: &'a str,
    /// Absent: not known.
    pub envoy: Option<EnvoyVersion>,
}

impl Versions<'_> {
    /// Why `extension` is not for these versions, if it is not. A version that is not known fulfils everything.
    pub fn leave_out(self, extension: &Value) -> Option<String> {
        let envoy = self.envoy.map(|version| version.to_string()).unwrap_or_default();
        [("ConsulVersion", "Consul", self.consul), ("EnvoyVersion", "Envoy", &envoy)].into_iter().find_map(
            |(key, program, version)| {
                let constraint = extension.get(key).and_then(Value::as_str).unwrap_or_default();
                if constraint.is_empty() || version.is_empty() {
                    return None;
                }
                match version_constraint::fulfils(version, constraint) {
                    Some(true) => None,
                    Some(false) => {
                        Some(format!("its {key} is `{constraint}`, and this is {program} {version}"))
                    }
                    None => Some(format!("its {key} `{constraint}` is not a valid version constraint")),
                }
            },
        )
    }
}

/// The name of `extension` if it may concern a terminating gateway and direct mode cannot apply it.
///
/// What it would do is not known, so it may be what keeps clients out.
pub fn unknown<'a>(extension: &'a Value, versions: Versions<'_>) -> Option<&'a str> {
    let name = extension.get("Name").and_then(Value::as_str).unwrap_or_default();
    let arguments = extension.get("Arguments").and_then(Value::as_object);
    // Consul takes keys of any case.
    let proxy_type = arguments.into_iter().flatten().find(|(key, _)| key.eq_ignore_ascii_case("proxytype"));
    let proxy_type = proxy_type.and_then(|(_, value)| value.as_str()).unwrap_or_default();
    let is_meant = match proxy_type {
        "" => !FOR_OTHER_PROXIES.contains(&name),
        other => other == TERMINATING_GATEWAY,
    };
    (is_meant && name != LAMBDA && versions.leave_out(extension).is_none()).then_some(name)
}

/// Envoy extensions of all services, then of the service `name` itself.
pub fn of_service<'a>(snapshot: &'a Snapshot, name: &str) -> impl Iterator<Item = &'a Value> {
    let own = snapshot.service_defaults.get(name).map(|defaults| &defaults.envoy_extensions);
    of_all(snapshot).chain(own.into_iter().flatten())
}

/// Envoy extensions of all services.
pub fn of_all(snapshot: &Snapshot) -> impl Iterator<Item = &Value> {
    let shared = snapshot.proxy_defaults.iter().filter_map(|entry| entry.get("EnvoyExtensions")?.as_array());
    shared.flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_extension_is_unknown_only_if_it_may_be_meant_for_a_terminating_gateway() {
        let versions = Versions { consul: "1.21.4", envoy: EnvoyVersion::parse("1.34.1") };
        let tgw = json!({"ProxyType": "terminating-gateway"});
        for (extension, is_unknown) in [
            (json!({"Name": "builtin/aws/lambda", "Arguments": {"ARN": "x"}}), false),
            (json!({"Name": "builtin/lua", "Arguments": {"Script": "x"}}), false),
            (json!({"Name": "builtin/lua", "Arguments": {"ProxyType": "connect-proxy"}}), false),
            (json!({"Name": "builtin/lua", "Arguments": tgw}), true),
            (json!({"Name": "builtin/ext-authz", "Arguments": {"proxyType": "terminating-gateway"}}), true),
            (json!({"Name": "builtin/new"}), true),
            (json!({"Name": "builtin/new", "Arguments": tgw}), true),
            (json!({"Name": "builtin/new", "Arguments": {"ProxyType": "api-gateway"}}), false),
            (json!({"Name": "builtin/new", "ConsulVersion": ">= 2.0"}), false),
            (json!({"Name": "builtin/new", "EnvoyVersion": "< 1.35"}), true),
            (json!({}), true),
            (json!("text"), true),
        ] {
            assert_eq!(unknown(&extension, versions).is_some(), is_unknown, "{extension}");
        }
    }
}
