//! The facts about the agent that matter for config entries.

use crate::consul::Consul;
use crate::consul::facts::Agent;
use crate::consul_version::ConsulVersion;
use crate::error::CommandError;
use crate::finding::{Code, Finding};
use crate::output::Reporter;

/// Asks the agent; one that does not tell this token is there all the same.
pub async fn ask(consul: &Consul, report: &Reporter) -> Result<Agent, CommandError> {
    let agent = match consul.agent().await {
        Ok(agent) => agent,
        Err(error) if error.status().is_some() => Agent::unanswered(&error),
        Err(error) => return Err(error.into()),
    };
    if let Some(right) = agent.lacked() {
        let message = format!(
            "the token lacks {}, so the agent's release is not known: entries are checked as for Consul {}",
            right.name,
            ConsulVersion::NEWEST_KNOWN
        );
        report.report(Finding::new(Code::AgentReadMissing, "token", message).help(right.help));
    }
    Ok(agent)
}
