//! `/v1/agent`: the agent itself, and the services that are registered with it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::{Error, Failure};
use crate::consul::facts::Agent;
use crate::snapshot::AgentService;

const SELF: &str = "/v1/agent/self";

/// What the agent says about itself.
pub const fn itself() -> Path {
    Path::fixed(SELF)
}

/// One service of the agent.
pub fn service(id: &str) -> Path {
    Path::named("/v1/agent/service/", id)
}

/// All services of the agent.
pub fn services() -> Path {
    Path::fixed("/v1/agent/services").growing()
}

/// Registers a service.
pub fn register() -> Path {
    Path::fixed("/v1/agent/service/register").repeatable()
}

/// Deregisters a service.
pub fn deregister(id: &str) -> Path {
    Path::named("/v1/agent/service/deregister/", id).repeatable()
}

/// The agents that this one knows.
pub const fn members() -> Path {
    Path::fixed("/v1/agent/members")
}

/// An agent of the cluster.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Member {
    /// Its node name.
    pub name: String,
}

impl Error {
    /// Whether the token lacks `agent:read`, which the agent's answer about itself needs.
    pub fn lacks_agent_read(&self) -> bool {
        self.path.starts_with(SELF) && self.status() == Some(403) && !self.is_unknown_token()
    }
}

impl Consul {
    /// What the agent says about itself. Whatever it answers is taken: what is missing is not known.
    pub async fn agent(&self) -> Result<Agent, Error> {
        Ok(Agent::read(&self.get::<Value>(&itself(), &[]).await?))
    }

    /// A service of the agent; [`Error::is_not_found`] where it has no such one.
    pub async fn agent_service<T: DeserializeOwned>(&self, id: &str) -> Result<T, Error> {
        self.get(&service(id), &[]).await
    }

    /// A service of the agent, if it has it.
    pub async fn find_agent_service<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>, Error> {
        self.get_optional(&service(id), &[]).await
    }

    /// The services of the agent by id.
    pub async fn agent_services(&self) -> Result<BTreeMap<String, AgentService>, Error> {
        Ok(self.get::<Option<_>>(&services(), &[]).await?.unwrap_or_default())
    }

    /// The terminating gateways of the agent by id.
    pub async fn terminating_gateways(&self) -> Result<BTreeMap<String, AgentService>, Error> {
        let path = services().query("filter", "Kind == `terminating-gateway`");
        self.get(&path, &[]).await
    }

    /// Registers a service, whatever the agent has under its id; whether the answer is empty, as an agent's is.
    pub async fn register_service(&self, body: &impl Serialize) -> Result<bool, Error> {
        let path = register();
        let answer = self.put_json(&path, body).await?;
        if answer.status != 200 {
            let reason = format!("status {}, which agents do not use here", answer.status);
            return Err(self.error("PUT", path.as_str(), Failure::Answer(reason)));
        }
        Ok(answer.body.trim_ascii().is_empty())
    }

    /// Deregisters a service.
    pub async fn deregister_service(&self, id: &str) -> Result<(), Error> {
        self.put(&deregister(id), &[], Vec::new()).await.map(drop)
    }

    /// The agents that this one knows.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        Ok(self.get::<Option<_>>(&members(), &[]).await?.unwrap_or_default())
    }
}
