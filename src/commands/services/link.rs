//! `services link` and `services unlink`: edits one link of a gateway's stored entry, safe against concurrent edits.

use std::time::Duration;

use serde_json::json;

use super::known::{self, Question};
use crate::commands::config::agent;
use crate::commands::config::apply::refused;
use crate::config_entry::linking::{self, Link};
use crate::config_entry::{self, ConfigEntry, Scope, TERMINATING_GATEWAY};
use crate::consul::{Consul, EntryPath};
use crate::consul_version::{ConsulVersion, Release};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::output::{Format, Reporter};
use crate::settings::consul::ConsulSettings;
use crate::system::random;

/// Times an entry is tried that others write at the same moment.
const ATTEMPTS: u32 = 100;

/// The longest pause before the second attempt; it doubles with each further one, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(5);

const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What to do with the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Make it, or edit it.
    Link(Link),
    /// Take it away.
    Unlink {
        /// The service.
        service: String,
        /// Its Enterprise namespace.
        namespace: Option<String>,
    },
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the gateway, and of its entry.
    pub gateway: String,
    /// What to do.
    pub edit: Edit,
    /// How it is shown.
    pub format: Format,
    /// The agent.
    pub consul: ConsulSettings,
}

/// Edits the entry. What others write at the same time is kept.
pub async fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let consul = Consul::new(&settings.consul)?;
    let agent = agent::ask(&consul, report).await?;
    let version = agent.consul_version().unwrap_or(ConsulVersion::NEWEST_KNOWN);
    settings.edit.check(&version)?;
    let path = EntryPath { kind: TERMINATING_GATEWAY, name: &settings.gateway, namespace: "", partition: "" };
    let id = format!("{TERMINATING_GATEWAY}/{}", settings.gateway);
    let mut is_looked_up = false;
    let mut longest = PAUSE;
    for _ in 0..ATTEMPTS {
        let stored = consul.config_entry(path).await;
        let stored =
            stored.map_err(|error| refused(error, &format!("cannot read {id}"), TERMINATING_GATEWAY))?;
        if !std::mem::replace(&mut is_looked_up, true) {
            report.report_all(settings.unheard(stored.is_some(), agent.is_enterprise(), &consul).await);
        }
        let Some(body) = settings.edited(stored.as_deref())? else {
            report.finish();
            settings.stop_if_strict(report)?;
            return settings.tell(Outcome::Unchanged, report);
        };
        let (failures, others): (Vec<Finding>, Vec<Finding>) =
            check(stored.as_deref(), &body, &version, agent.is_enterprise(), report)?
                .into_iter()
                .partition(Finding::is_failure);
        let mut failures = failures.into_iter();
        if let Some(first) = failures.next() {
            for finding in others.into_iter().chain(failures) {
                report.show(finding);
            }
            return settings.refuse(first, report);
        }
        settings.stop_if_strict(report)?;
        let index = stored.as_deref().map_or(Ok(0), modify_index)?;
        let written = consul.put_config_entry(body, index).await;
        if written.map_err(|error| refused(error, &format!("cannot write {id}"), TERMINATING_GATEWAY))? {
            for finding in others {
                report.show(finding);
            }
            report.finish();
            let outcome = if stored.is_none() { Outcome::Created } else { Outcome::Changed };
            return settings.tell(outcome, report);
        }
        // Somebody else was faster: their edit is read and kept.
        tokio::time::sleep(random::up_to(longest)).await;
        longest = (longest * 2).min(LONGEST_PAUSE);
    }
    Err(CommandError::message(
        Kind::Failed,
        format_args!("{id} changed between reading and writing {ATTEMPTS} times in a row"),
    )
    .hint("another process keeps writing this entry: find it, then run the command again"))
}

/// What an edit brings up, and all that the servers would refuse in the entry, as far as it is to be shown.
fn check(
    stored: Option<&[u8]>,
    body: &[u8],
    version: &ConsulVersion,
    enterprise: bool,
    report: &Reporter,
) -> Result<Vec<Finding>, CommandError> {
    let findings = |text: &[u8]| -> Result<Vec<Finding>, CommandError> {
        let entry: ConfigEntry = config_entry::of_answer(text, TERMINATING_GATEWAY, version)
            .map_err(|reason| CommandError::message(Kind::InvalidInput, reason))?;
        let found = config_entry::validate(&entry).into_iter().map(|located| located.finding);
        Ok(found.filter(|finding| !(enterprise && finding.code == Code::EnterpriseOnly)).collect())
    };
    let before = stored.map_or(Ok(Vec::new()), findings)?;
    let is_new = |finding: &Finding| {
        !before.iter().any(|old| old.code == finding.code && old.message == finding.message)
    };
    let found = findings(body)?.into_iter().filter(|finding| finding.is_failure() || is_new(finding));
    Ok(found.filter_map(|finding| report.judge(finding)).collect())
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is as it was.
    Unchanged,
    /// It is edited.
    Changed,
    /// So it is, in an entry that there was not before.
    Created,
    /// A finding forbids it.
    Refused,
}

impl Edit {
    /// Fails for what these servers cannot store.
    fn check(&self, version: &ConsulVersion) -> Result<(), CommandError> {
        match self {
            Self::Link(Link { disable_auto_host_rewrite: Some(true), .. })
                if !version.at_least(Release(1, 18, 0)) =>
            {
                Err(CommandError::message(
                    Kind::Usage,
                    format_args!(
                        "--disable-auto-host-rewrite came with Consul 1.18; this agent runs {version}"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn service(&self) -> &str {
        match self {
            Self::Link(link) => &link.service,
            Self::Unlink { service, .. } => service,
        }
    }
}

fn modify_index(stored: &[u8]) -> Result<u64, CommandError> {
    let entry: serde_json::Value = serde_json::from_slice(stored).unwrap_or_default();
    entry.get("ModifyIndex").and_then(serde_json::Value::as_u64).ok_or_else(|| {
        CommandError::message(Kind::Agent, "the entry in the agent's answer has no ModifyIndex")
            .hint("check that a Consul agent listens there")
    })
}

impl Settings {
    /// The names in the link that are unknown to Consul.
    async fn unheard(&self, has_entry: bool, enterprise: bool, consul: &Consul) -> Vec<Finding> {
        let Edit::Link(Link { service, namespace, .. }) = &self.edit else { return Vec::new() };
        let namespace = namespace.as_deref().filter(|_| enterprise);
        let question = Question { gateway: &self.gateway, has_entry, service, namespace };
        known::findings(question, consul).await
    }

    fn edited(&self, stored: Option<&[u8]>) -> Result<Option<Vec<u8>>, CommandError> {
        let edited = match &self.edit {
            Edit::Link(link) => {
                let scope = Scope {
                    namespace: self.consul.namespace.clone().unwrap_or_default(),
                    partition: self.consul.partition.clone().unwrap_or_default(),
                };
                linking::link(stored, &self.gateway, &scope, link)
            }
            Edit::Unlink { service, namespace } => match stored {
                Some(stored) => linking::unlink(stored, service, namespace.as_deref()),
                None => Ok(None),
            },
        };
        edited.map_err(|error| CommandError::new(Kind::Agent, error))
    }

    /// Ends with `failure`, with which nothing was sent.
    fn refuse(&self, failure: Finding, report: &Reporter) -> Result<u8, CommandError> {
        report.keep(failure.clone());
        self.print(Outcome::Refused, report)?;
        Err(CommandError::finding(Kind::InvalidInput, failure))
    }

    /// Ends where findings are failures, with which nothing was sent.
    fn stop_if_strict(&self, report: &Reporter) -> Result<(), CommandError> {
        report.stop_if_strict("nothing was sent").or_else(|error| {
            self.print(Outcome::Refused, report)?;
            Err(error)
        })
    }

    /// Prints what became of the link.
    fn tell(&self, outcome: Outcome, report: &Reporter) -> Result<u8, CommandError> {
        self.print(outcome, report)?;
        Ok(0)
    }

    fn print(&self, outcome: Outcome, report: &Reporter) -> Result<(), CommandError> {
        let (service, gateway, printer) = (self.edit.service(), &self.gateway, report.printer());
        let is_link = matches!(self.edit, Edit::Link(_));
        match self.format {
            Format::Json => printer.json(&report.with_findings(json!({
                "gateway": gateway,
                "service": service,
                "action": match (outcome, is_link) {
                    (Outcome::Unchanged, _) => "unchanged",
                    (Outcome::Refused, _) => "refused",
                    (_, true) => "linked",
                    (_, false) => "unlinked",
                },
                "created": outcome == Outcome::Created,
            })))?,
            Format::Human => printer.line(match (is_link, outcome) {
                (_, Outcome::Refused) => return Ok(()),
                (true, Outcome::Created) => format!("linked {service} to {gateway}, which had no entry"),
                (true, Outcome::Changed) => format!("linked {service} to {gateway}"),
                (true, Outcome::Unchanged) => {
                    format!("{service} is already linked to {gateway} with these settings")
                }
                (false, Outcome::Created | Outcome::Changed) => format!("unlinked {service} from {gateway}"),
                (false, Outcome::Unchanged) => format!("{service} is not linked to {gateway}"),
            })?,
        }
        Ok(())
    }
}
