//! Which Envoy a Consul agent speaks xDS with, and what follows for `--config-source auto`.

use serde_json::Value;

use crate::envoy::version::EnvoyVersion;

/// The Envoy releases that an agent says it supports (`xDS.SupportedProxies.envoy` of `/v1/agent/self`).
///
/// Consul lists the newest patch of each supported minor release; every patch of that minor counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupportedEnvoys(Vec<EnvoyVersion>);

impl SupportedEnvoys {
    /// Reads the list from the agent's answer; empty if it has none.
    pub fn from_agent_self(answer: &Value) -> Self {
        let listed = answer.pointer("/xDS/SupportedProxies/envoy").and_then(Value::as_array);
        Self(listed.into_iter().flatten().filter_map(Value::as_str).filter_map(EnvoyVersion::parse).collect())
    }

    /// Whether the list has the version's minor release.
    pub fn supports(&self, version: EnvoyVersion) -> bool {
        self.0.iter().any(|listed| (listed.major, listed.minor) == (version.major, version.minor))
    }

    /// The list for a message: `1.34, 1.33`; empty if the agent says nothing.
    pub fn display(&self) -> String {
        self.0
            .iter()
            .map(|version| format!("{}.{}", version.major, version.minor))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Where Envoy's configuration comes from, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// From Consul's gRPC port; else from termgate.
    pub xds: bool,
    /// The reason in one line.
    pub reason: String,
}

/// What `--config-source auto` takes: Consul's own xDS where both sides speak the same protocol.
pub fn choose(consul_version: &str, supported: &SupportedEnvoys, envoy: EnvoyVersion) -> Choice {
    let consul =
        if consul_version.is_empty() { "this Consul".to_owned() } else { format!("Consul {consul_version}") };
    if supported.supports(envoy) {
        Choice { xds: true, reason: format!("{consul} supports Envoy {envoy}") }
    } else if supported.0.is_empty() {
        Choice { xds: false, reason: format!("{consul} does not say which Envoys it supports") }
    } else {
        let listed = supported.display();
        Choice { xds: false, reason: format!("{consul} supports Envoy {listed}, not {envoy}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_patch_of_a_listed_minor_counts() {
        let answer = json!({"xDS": {"SupportedProxies": {"envoy": ["1.34.1", "1.33.2"]}}});
        let supported = SupportedEnvoys::from_agent_self(&answer);
        let version = |text| EnvoyVersion::parse(text).unwrap();
        assert!(choose("1.21.4", &supported, version("1.33.9")).xds);
        let choice = choose("1.21.4", &supported, version("1.40.0"));
        assert_eq!(
            choice,
            Choice { xds: false, reason: "Consul 1.21.4 supports Envoy 1.34, 1.33, not 1.40.0".into() }
        );
        assert!(!choose("", &SupportedEnvoys::from_agent_self(&json!({})), version("1.40.0")).xds);
    }
}
