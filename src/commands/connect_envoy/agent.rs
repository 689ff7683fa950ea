//! What the agent says about itself and about all proxies.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Map, Value};

use crate::bootstrap::{
    AccessLogs, AgentFacts, AgentGrpcPorts, BootstrapForm, GrpcAddress, GrpcSource, bootstrap_form,
    discover_grpc_address,
};
use crate::commands::register;
use crate::compat::SupportedEnvoys;
use crate::error::{CommandError, Kind};
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::snapshot::AgentService;

/// What the agent says about itself.
pub(super) struct Agent {
    /// Its release, or what the user says it is; empty where nobody knows.
    pub(super) version: String,
    /// Whether it refuses in the bare words of Consul before 1.12.
    pub(super) has_old_words: bool,
    /// `None` where it does not tell this token.
    pub(super) facts: Option<AgentFacts>,
    pub(super) supported: SupportedEnvoys,
}

impl Agent {
    pub(super) fn form(&self, service: Option<&AgentService>) -> BootstrapForm {
        bootstrap_form(Some(&self.version), service)
    }

    /// Whether the agent merges proxy-defaults into Proxy.Config: from 1.9 on unless told not to.
    pub(super) fn merges_central_config(&self) -> bool {
        let said = self.facts.as_ref().and_then(|facts| facts.central_config);
        said.unwrap_or_else(|| self.form(None) == BootstrapForm::V3)
    }

    /// The port of a gateway whose address names none.
    ///
    /// A release that the agent keeps to itself is taken for 1.8 where its refusal is worded as in those days.
    pub(super) fn default_port(&self) -> u16 {
        let assumed = if self.has_old_words { "1.8" } else { "" };
        register::default_port_of(if self.version.is_empty() { assumed } else { &self.version })
    }

    /// The loopback address that suits it.
    pub(super) fn loopback(&self) -> IpAddr {
        self.facts.as_ref().map_or(Ipv4Addr::LOCALHOST.into(), |facts| facts.loopback)
    }

    /// The IP address of its gRPC port; `given` is that of `-grpc-addr`.
    pub(super) fn grpc_host(&self, source: GrpcSource, given: &str) -> String {
        if source == GrpcSource::Flag { given.to_owned() } else { self.loopback().to_string() }
    }

    /// Where Envoy reaches the agent by gRPC.
    pub(super) fn grpc(
        &self,
        settings: &ConnectEnvoySettings,
        form: BootstrapForm,
    ) -> Result<(GrpcAddress, GrpcSource), CommandError> {
        if let Some(address) = &settings.grpc_address {
            return Ok((address.clone(), GrpcSource::Flag));
        }
        let advice = "give the agent's gRPC address with -grpc-addr or CONSUL_GRPC_ADDR";
        let ports = match self.facts.as_ref().map(|facts| facts.grpc) {
            // Agents before 1.14 could be asked for nothing better than the customary port.
            None => None,
            Some(Ok(AgentGrpcPorts::Off) | Err(_)) if form == BootstrapForm::V2 => None,
            Some(Ok(AgentGrpcPorts::Off)) => {
                return Err(CommandError::message(Kind::Agent, "gRPC is switched off on the agent, so Envoy cannot reach it")
                    .hint("switch it on (ports { grpc = 8502 }), or give the address of another agent's with -grpc-addr"));
            }
            Some(Ok(ports)) => Some(ports),
            Some(Err(unknown)) => return Err(CommandError::new(Kind::Agent, unknown).hint(advice)),
        };
        discover_grpc_address(None, None, ports).map_err(|error| CommandError::new(Kind::Usage, error))
    }
}

/// The part of a proxy-defaults entry that a bootstrap depends on.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ProxyDefaults {
    pub(super) config: Option<Map<String, Value>>,
    pub(super) access_logs: Option<AccessLogs>,
}
