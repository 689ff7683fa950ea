//! `/v1/agent`: the agent itself, and the services that are registered with it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::{Error, Failure};
use crate::consul::facts::Agent;
use crate::snapshot::{AgentService, CheckStatus};

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

/// All checks of the agent.
pub fn checks() -> Path {
    Path::fixed("/v1/agent/checks").growing()
}

/// Registers a service.
pub fn register() -> Path {
    Path::fixed("/v1/agent/service/register").repeatable()
}

/// Deregisters a check.
pub fn deregister_check(id: &str) -> Path {
    Path::named("/v1/agent/check/deregister/", id).repeatable()
}

/// A token of the agent's own: `default`, `agent`, …
pub fn token(kind: &str) -> Path {
    Path::named("/v1/agent/token/", kind)
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

/// A check that the agent carries out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Check {
    /// Unique on the agent.
    #[serde(rename = "CheckID")]
    pub check_id: String,
    /// For people.
    pub name: String,
    /// Its state.
    pub status: CheckStatus,
    /// What it said last.
    pub output: String,
    /// The service that it is about; empty: the node.
    #[serde(rename = "ServiceID")]
    pub service_id: String,
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

    /// What the agent says about itself, and its clock as its HTTP server reports it.
    pub async fn agent_and_clock(&self) -> Result<(Agent, Option<String>), Error> {
        let answer = self.send(Method::GET, &itself(), &[], None, None).await?;
        Ok((Agent::read(&self.decode("GET", &itself(), &answer.body)?), answer.date))
    }

    /// The checks of the agent.
    pub async fn agent_checks(&self) -> Result<Vec<Check>, Error> {
        let checks: Option<BTreeMap<String, Check>> = self.get(&checks(), &[]).await?;
        Ok(checks.unwrap_or_default().into_values().collect())
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

    /// Deregisters a check.
    pub async fn deregister_check(&self, id: &str) -> Result<(), Error> {
        self.put(&deregister_check(id), &[], Vec::new()).await.map(drop)
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
