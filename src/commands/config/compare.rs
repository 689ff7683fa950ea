//! What the files want, compared with what Consul has.

use std::sync::Arc;

use super::agent;
use super::desired::{self, Desired, Input};
use super::state::{self, State};
use super::step::{self, Step};
use crate::config_entry::Unknown;
use crate::consul::Consul;
use crate::consul::facts::Fact;
use crate::consul_version::ConsulVersion;
use crate::error::CommandError;
use crate::output::{Format, Reporter};
use crate::settings::consul::ConsulSettings;

/// What a command says that stops before it writes anything.
pub(super) const NOTHING_SENT: &str = "nothing was sent";

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What is wanted.
    pub input: Input,
    /// Whether the owner's other entries go.
    pub prune: bool,
    /// Whether to show what changes in Envoy.
    pub plan: bool,
    /// How it is shown.
    pub format: Format,
    /// Consul release whose rules apply; `None` for the agent's.
    pub version: Option<ConsulVersion>,
    /// The agent.
    pub consul: ConsulSettings,
}

/// The wanted entries compared with the stored ones.
pub(super) struct Compared {
    pub consul: Arc<Consul>,
    pub desired: Vec<Desired>,
    pub state: State,
    pub steps: Vec<Step>,
}

/// Reads and checks all files, then asks the agent for what it has of them. Nothing is written.
pub(super) async fn compare(settings: &Settings, report: &Reporter) -> Result<Compared, CommandError> {
    let consul = Arc::new(Consul::new(&settings.consul)?);
    let agent = agent::ask(&consul, report).await?;
    let stated = settings.version.clone().or(agent.consul_version());
    let unknown = Unknown::of(stated.as_ref());
    let version = stated.unwrap_or(ConsulVersion::NEWEST_KNOWN);
    let rules = desired::Rules { version: &version, unknown, enterprise: agent.is_enterprise() };
    let desired = desired::load(&settings.input, &rules, settings.format, report)?;
    report.stop_if_strict(NOTHING_SENT).or_else(|error| {
        report.json_line(settings.format)?;
        Err(error)
    })?;
    // What the token may not see is left out where ACLs are on.
    let may_hide = agent.acls != Fact::Known(false);
    let prune = settings.input.owner.as_deref().filter(|_| settings.prune);
    let state = state::collect(&consul, &desired, prune.is_some(), may_hide, &version).await?;
    let steps = step::plan(&desired, &state, prune);
    Ok(Compared { consul, desired, state, steps })
}
