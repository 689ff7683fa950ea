//! Which gateway the bootstrap is for.

use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::KIND;
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::snapshot::AgentService;

/// Which gateway the bootstrap is for.
pub(super) struct Gateway {
    pub(super) id: String,
    /// Its service name, where the agent was asked for its only gateway.
    pub(super) looked_up: Option<String>,
}

impl Gateway {
    pub(super) async fn choose(
        consul: &Consul,
        settings: &ConnectEnvoySettings,
    ) -> Result<Self, CommandError> {
        if let Some(id) = &settings.gateway.proxy_id {
            return Ok(Self { id: id.clone(), looked_up: None });
        }
        let found = consul.terminating_gateways().await.map_err(|error| {
            CommandError::from(error).context("cannot find the agent's terminating gateways")
        })?;
        let mut services = found.into_values();
        match (services.next(), services.next()) {
            (None, _) => Err(CommandError::message(
                Kind::Failed,
                format_args!("no terminating gateway is registered with the agent at {}", consul.address()),
            )
            .hint(
                "register one first (`termgate register`, or `connect envoy -register`); with ACLs, the token also needs service:read on it to see it",
            )),
            (Some(only), None) => {
                refuse_other_kinds(&only)?;
                Ok(Self { id: only.id, looked_up: Some(only.service) })
            }
            (Some(first), Some(second)) => {
                let ids: Vec<String> =
                    [first, second].into_iter().chain(services).map(|service| service.id).collect();
                Err(CommandError::message(
                    Kind::Usage,
                    format_args!("the agent has several terminating gateways: {}", ids.join(", ")),
                )
                .hint("select one with --service-id"))
            }
        }
    }
}

pub(super) fn refuse_other_kinds(service: &AgentService) -> Result<(), CommandError> {
    if service.kind == KIND {
        return Ok(());
    }
    let kind = if service.kind.is_empty() { "plain service" } else { &service.kind };
    let id = &service.id;
    Err(CommandError::message(
        Kind::Failed,
        format_args!("service `{id}` is a {kind}, not a terminating gateway"),
    )
    .hint(format!("for other proxies run `consul connect envoy -proxy-id={id}`")))
}
