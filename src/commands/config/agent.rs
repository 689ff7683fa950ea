//! What the agent says of itself, as far as it matters for config entries.

use serde::Deserialize;

use crate::consul::Consul;
use crate::consul_version::ConsulVersion;
use crate::error::CommandError;
use crate::output::Printer;
use crate::rights::AGENT_READ_RULE;

/// The agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its release; `None` if it does not tell this token.
    pub version: Option<ConsulVersion>,
    /// Whether it is Consul Enterprise, which knows namespaces.
    pub enterprise: bool,
    /// Whether it may leave out what the token may not see.
    pub acls: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AgentSelf {
    config: Config,
    #[serde(default)]
    debug_config: DebugConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    #[serde(default)]
    version: String,
}

#[derive(Deserialize, Default)]
struct DebugConfig {
    #[serde(rename = "ACLsEnabled")]
    acls_enabled: Option<bool>,
}

impl Agent {
    /// Asks the agent; one that does not tell this token is there all the same.
    pub async fn ask(consul: &Consul, printer: Printer) -> Result<Self, CommandError> {
        match consul.get::<AgentSelf>("/v1/agent/self", &[]).await {
            Ok(answer) => {
                let version = &answer.config.version;
                Ok(Self {
                    version: version.parse().ok(),
                    enterprise: version.contains("+ent"),
                    acls: answer.debug_config.acls_enabled.unwrap_or(true),
                })
            }
            Err(error) if error.status().is_some() => {
                if error.lacks_agent_read() {
                    printer.warning(format_args!(
                        "the token lacks agent:read, so the agent's release is not known: entries are checked as for \
                         Consul {}",
                        ConsulVersion::NEWEST_KNOWN
                    ));
                    printer.hint(AGENT_READ_RULE);
                }
                Ok(Self { version: None, enterprise: false, acls: true })
            }
            Err(error) => Err(error.into()),
        }
    }
}
