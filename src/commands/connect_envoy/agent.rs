//! The agent's facts about itself, and proxy-defaults.

use serde_json::{Map, Value};

use crate::bootstrap::{
    AccessLogs, BootstrapForm, GrpcAddress, GrpcSource, UnknownPorts, bootstrap_form, discover_grpc_address,
};
use crate::consul::facts::{self, Fact, Reason};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::gateway::address;
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::snapshot::AgentService;

/// The agent, and what follows for a bootstrap.
pub(super) struct Agent {
    /// What it says about itself; the user's word for its version, where it does not say that.
    pub(super) facts: facts::Agent,
}

impl Agent {
    pub(super) fn form(&self, service: Option<&AgentService>) -> BootstrapForm {
        bootstrap_form(self.facts.consul_version().as_ref(), service)
    }

    /// Whether the agent merges proxy-defaults into Proxy.Config: from 1.9 on unless it is switched off.
    pub(super) fn merges_central_config(&self) -> bool {
        let said = self.facts.central_config.known().copied();
        said.unwrap_or_else(|| self.form(None) == BootstrapForm::V3)
    }

    /// The port of a gateway whose address names none.
    ///
    /// A release that the agent keeps to itself is taken for 1.8 where its refusal is worded as in those days.
    pub(super) fn default_port(&self) -> u16 {
        let is_old = self.facts.version.known().is_none() && self.facts.has_old_words;
        let assumed = is_old.then(|| ConsulVersion::new(1, 8, 0));
        address::default_port(self.facts.consul_version().or(assumed).as_ref())
    }

    /// The IP address of its gRPC port; `given` is that of `-grpc-addr`.
    pub(super) fn grpc_host(&self, source: GrpcSource, given: &str) -> String {
        if source == GrpcSource::Flag { given.to_owned() } else { self.facts.loopback().to_string() }
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
        let port = match &self.facts.grpc {
            Fact::Known(port) => Some(*port),
            Fact::Unknown(Reason::Lacks(_) | Reason::Unanswered) => None,
            // Agents before 1.14 could be asked for nothing better than the customary port.
            _ if form == BootstrapForm::V2 => None,
            Fact::Absent => {
                return Err(CommandError::message(Kind::Agent, "gRPC is switched off on the agent, so Envoy cannot reach it")
                    .hint("switch it on (ports { grpc = 8502 }), or give the address of another agent's with --grpc-addr"));
            }
            Fact::Unknown(Reason::NotSaid) => {
                return Err(CommandError::new(Kind::Agent, UnknownPorts)
                    .hint("give the agent's gRPC address with --grpc-addr or CONSUL_GRPC_ADDR"));
            }
        };
        discover_grpc_address(None, None, port).map_err(|error| CommandError::new(Kind::Usage, error))
    }
}

/// The part of a proxy-defaults entry that a bootstrap depends on.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ProxyDefaults {
    pub(super) config: Option<Map<String, Value>>,
    pub(super) access_logs: Option<AccessLogs>,
}
