//! What the files want, compared with what Consul has.

use std::sync::Arc;

use super::agent;
use super::desired::{self, Desired, Input};
use super::state::{self, State};
use super::step::{Comparison, Draft, Step};
use crate::config_entry::Unknown;
use crate::consul::Consul;
use crate::consul::facts::Fact;
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
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
    let mut files = desired::load(&settings.input, &rules, report)?;
    files.tell_skipped(&settings.input, report.printer())?;
    if files.are_refused() {
        // What is wrong among the files is said at once.
        files.check_together(report);
        files.settle(settings.format, report)?;
        return Err(CommandError::message(Kind::InvalidInput, NOTHING_SENT));
    }
    // What the token may not see is left out where ACLs are on.
    let may_hide = agent.acls != Fact::Known(false);
    let prune = settings.input.owner.as_deref().filter(|_| settings.prune);
    let wanted: Vec<&Desired> = files.entries().collect();
    let mut state = state::collect(&consul, &wanted, prune.is_some(), may_hide, &version).await?;
    let compared: Vec<Comparison> = wanted.iter().map(|desired| Comparison::of(desired, &state)).collect();
    let mut objections = Draft::new(&wanted, &compared, &state, prune).objections(&version);
    if may_hide && !objections.is_empty() {
        let services = objections.iter().flat_map(|objection| objection.services.iter().cloned()).collect();
        state::look_for(&mut state, &consul, &services, &version).await?;
        objections = Draft::new(&wanted, &compared, &state, prune).objections(&version);
    }
    let count = wanted.len();
    let (of_files, of_deletions): (Vec<_>, Vec<_>) =
        objections.into_iter().partition(|objection| objection.change < count);
    files.add(of_files.into_iter().map(|objection| (objection.change, objection.located)), report);
    let desired = files.settle(settings.format, report)?;
    report.stop_if_strict(NOTHING_SENT).or_else(|error| {
        report.json_line(settings.format)?;
        Err(error)
    })?;
    let wanted: Vec<&Desired> = desired.iter().collect();
    let draft = Draft::new(&wanted, &compared, &state, prune);
    if let Some(objection) = of_deletions.into_iter().next() {
        return Err(draft.refused_deletion(&objection));
    }
    let steps = draft.plan(&version)?;
    Ok(Compared { consul, desired, state, steps })
}
