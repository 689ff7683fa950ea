//! What the agent says about itself, as far as a bootstrap depends on it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::{AgentGrpcPorts, BootstrapForm, UnknownPorts};
use crate::snapshot::AgentService;
use crate::snapshot::is_ipv6;

/// The answer of `GET /v1/agent/self`, reduced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentFacts {
    /// Release, such as `1.21.4` or `1.18.2+ent`; empty where the answer has none.
    pub version: String,
    /// Its gRPC ports.
    pub grpc: Result<AgentGrpcPorts, UnknownPorts>,
    /// Envoy releases that this Consul supports, one for each minor version; empty where it does not say.
    pub supported_envoys: Vec<String>,
    /// Whether the agent merges proxy-defaults into Proxy.Config.
    pub central_config: Option<bool>,
    /// Whether ACLs are on.
    pub acls_enabled: Option<bool>,
    /// The loopback address of the agent's IP family.
    pub loopback: IpAddr,
}

impl AgentFacts {
    /// Reads the answer; anything may be missing from it.
    pub fn from_agent_self(answer: &Value) -> Self {
        let text =
            |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |pointer: &str| answer.pointer(pointer).and_then(Value::as_bool);
        let envoys = member(answer, "xDS")
            .and_then(|xds| xds.pointer("/SupportedProxies/envoy"))
            .and_then(Value::as_array)
            .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Self {
            version: text("/Config/Version"),
            grpc: AgentGrpcPorts::from_agent_self(answer),
            supported_envoys: envoys.unwrap_or_default(),
            central_config: flag("/DebugConfig/EnableCentralServiceConfig"),
            acls_enabled: flag("/DebugConfig/ACLsEnabled"),
            loopback: loopback(answer),
        }
    }
}

/// The loopback address of the agent's IP family, where its gRPC port and Envoy's admin server are unless something
/// else is said.
///
/// Consul: releases that know IPv6 agents name their address in `Config.BindAddr`; earlier ones mean 127.0.0.1, as does
/// an answer that a token without `agent:read` does not get.
pub fn loopback(agent_self: &Value) -> IpAddr {
    let bind = agent_self.pointer("/Config/BindAddr").and_then(Value::as_str);
    if bind.is_some_and(is_ipv6) { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() }
}

/// A member of an object, its name compared without regard to case (the agent's JSON is read by Go programs, which
/// do the same).
pub(super) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let members = object.as_object()?;
    members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// Which form the gateway's agent needs.
///
/// The version decides where the agent tells it. A token without `agent:read` does not get to know; then an answer
/// about the service without a datacenter, which agents give since 1.9, is taken for an old agent's, anything else
/// for a current one.
pub fn bootstrap_form(version: Option<&str>, service: Option<&AgentService>) -> BootstrapForm {
    version.and_then(BootstrapForm::for_consul).unwrap_or(match service {
        Some(service) if service.datacenter.is_empty() => BootstrapForm::V2,
        _ => BootstrapForm::V3,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AgentFacts, AgentGrpcPorts, BootstrapForm, bootstrap_form, loopback};
    use crate::snapshot::AgentService;

    #[test]
    fn an_answer_is_read_as_far_as_it_goes() {
        let facts = AgentFacts::from_agent_self(&json!({
            "Config": {"Version": "1.21.4"},
            "DebugConfig": {"ACLsEnabled": true, "EnableCentralServiceConfig": false},
            "XDS": {"SupportedProxies": {"envoy": ["1.34.1", "1.33.2"]}, "Ports": {"Plaintext": 8502, "TLS": 0}},
        }));
        assert_eq!(facts.grpc, Ok(AgentGrpcPorts::Plaintext(8502)));
        assert_eq!(facts.supported_envoys, ["1.34.1", "1.33.2"]);
        assert_eq!((facts.central_config, facts.acls_enabled), (Some(false), Some(true)));
        assert!(AgentFacts::from_agent_self(&json!([])).grpc.is_err());
    }

    #[test]
    fn an_agent_on_ipv6_has_its_loopback_there() {
        for (bind, expected) in [
            ("::", "::1"),
            ("2001:db8:9::2", "::1"),
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "127.0.0.1"),
            ("::ffff:10.9.0.2", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(loopback(&json!({"Config": {"BindAddr": bind}})).to_string(), expected, "{bind}");
        }
        // Releases before name it only where it was always named.
        assert_eq!(loopback(&json!({"DebugConfig": {"BindAddr": "::"}})).to_string(), "127.0.0.1");
        assert_eq!(loopback(&json!(null)).to_string(), "127.0.0.1");
    }

    #[test]
    fn the_version_decides_and_else_the_services_datacenter() {
        let old = AgentService::default();
        let new = AgentService { datacenter: "dc1".to_owned(), ..AgentService::default() };
        assert_eq!(bootstrap_form(Some("1.9.17"), Some(&new)), BootstrapForm::V2);
        assert_eq!(bootstrap_form(Some("1.10.0+ent"), Some(&old)), BootstrapForm::V3);
        assert_eq!(bootstrap_form(Some(""), Some(&old)), BootstrapForm::V2);
        assert_eq!(bootstrap_form(None, Some(&new)), BootstrapForm::V3);
        assert_eq!(bootstrap_form(None, None), BootstrapForm::V3);
    }
}
