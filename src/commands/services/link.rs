//! `services link` and `services unlink`: one link of a gateway's stored entry, whoever else edits it at the same time.

use std::time::Duration;

use serde_json::json;

use super::known::{self, Question};
use crate::commands::config::agent;
use crate::commands::config::apply::refused;
use crate::config_entry::linking::{self, Link};
use crate::config_entry::{self, ConfigEntry, Diagnostic, Scope, Severity, TERMINATING_GATEWAY};
use crate::consul::{Consul, EntryPath};
use crate::consul_version::{ConsulVersion, Release};
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer};
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
    /// Whether warnings count as errors.
    pub strict: bool,
    /// How it is told.
    pub format: Format,
    /// The agent.
    pub consul: ConsulSettings,
}

/// Edits the entry. What others write at the same time is kept.
pub async fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let consul = Consul::new(&settings.consul)?;
    let agent = agent::ask(&consul, printer).await?;
    let version = agent.consul_version().unwrap_or(ConsulVersion::NEWEST_KNOWN);
    settings.edit.check(&version)?;
    let path = EntryPath { kind: TERMINATING_GATEWAY, name: &settings.gateway, namespace: "", partition: "" };
    let id = format!("{TERMINATING_GATEWAY}/{}", settings.gateway);
    let mut unheard = None;
    let mut longest = PAUSE;
    for _ in 0..ATTEMPTS {
        let stored = consul.config_entry(path).await;
        let stored =
            stored.map_err(|error| refused(error, &format!("cannot read {id}"), TERMINATING_GATEWAY))?;
        if unheard.is_none() {
            unheard = Some(settings.unheard(stored.is_some(), agent.is_enterprise(), &consul).await);
        }
        let unheard = unheard.as_deref().unwrap_or_default();
        let Some(body) = settings.edited(stored.as_deref())? else {
            settings.refuse_if_strict(unheard)?;
            for warning in unheard {
                warn(warning, printer);
            }
            return settings.tell(false, false, printer);
        };
        let warnings = settings.check(stored.as_deref(), &body, &version, agent.is_enterprise())?;
        settings.refuse_if_strict(unheard)?;
        let index = stored.as_deref().map_or(Ok(0), modify_index)?;
        let written = consul.put_config_entry(body, index).await;
        if written.map_err(|error| refused(error, &format!("cannot write {id}"), TERMINATING_GATEWAY))? {
            warnings.iter().chain(unheard).for_each(|warning| warn(warning, printer));
            return settings.tell(true, stored.is_none(), printer);
        }
        // Somebody else was faster: their edit is read and kept.
        tokio::time::sleep(random::up_to(longest)).await;
        longest = (longest * 2).min(LONGEST_PAUSE);
    }
    Err(CommandError::message(
        Kind::Failed,
        format_args!("{id} changed between reading and writing {ATTEMPTS} times in a row"),
    )
    .hint("something else writes this entry all the time: find it, then run the command again"))
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

fn warn(warning: &Diagnostic, printer: Printer) {
    let help = warning.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
    printer.warning(format_args!("{}{help}", warning.message));
}

fn strictly(error: &Diagnostic) -> CommandError {
    let failure = CommandError::message(Kind::InvalidInput, &error.message);
    match &error.help {
        Some(help) => failure.hint(help),
        None => failure,
    }
}

fn modify_index(stored: &[u8]) -> Result<u64, CommandError> {
    let entry: serde_json::Value = serde_json::from_slice(stored).unwrap_or_default();
    entry.get("ModifyIndex").and_then(serde_json::Value::as_u64).ok_or_else(|| {
        CommandError::message(Kind::Agent, "the agent's answer is an entry without ModifyIndex")
            .hint("is a Consul agent listening there, or something else?")
    })
}

impl Settings {
    /// What the link joins although nobody has heard of it.
    async fn unheard(&self, has_entry: bool, enterprise: bool, consul: &Consul) -> Vec<Diagnostic> {
        let Edit::Link(Link { service, namespace, .. }) = &self.edit else { return Vec::new() };
        let namespace = namespace.as_deref().filter(|_| enterprise);
        let question = Question { gateway: &self.gateway, has_entry, service, namespace };
        known::warnings(question, consul).await
    }

    fn refuse_if_strict(&self, warnings: &[Diagnostic]) -> Result<(), CommandError> {
        let first = warnings.first().filter(|_| self.strict);
        first.map_or(Ok(()), |first| Err(strictly(first)))
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

    /// The warnings that the edit brings up. Fails if the servers would refuse the entry, or if warnings are errors.
    fn check(
        &self,
        stored: Option<&[u8]>,
        body: &[u8],
        version: &ConsulVersion,
        enterprise: bool,
    ) -> Result<Vec<Diagnostic>, CommandError> {
        let findings = |text: &[u8]| -> Result<Vec<Diagnostic>, CommandError> {
            let entry: ConfigEntry = config_entry::of_answer(text, TERMINATING_GATEWAY, version)
                .map_err(|reason| CommandError::message(Kind::InvalidInput, reason))?;
            let mut findings = config_entry::validate(&entry);
            findings.retain(|finding| !(enterprise && finding.code == "enterprise-only"));
            Ok(findings)
        };
        let before = stored.map_or(Ok(Vec::new()), findings)?;
        let is_new = |finding: &Diagnostic| {
            !before.iter().any(|old| old.code == finding.code && old.message == finding.message)
        };
        let all = findings(body)?;
        let is_error =
            |finding: &&Diagnostic| finding.severity == Severity::Error || self.strict && is_new(finding);
        if let Some(error) = all.iter().find(is_error) {
            return Err(strictly(error));
        }
        Ok(all.into_iter().filter(is_new).collect())
    }

    fn tell(&self, changed: bool, created: bool, printer: Printer) -> Result<u8, CommandError> {
        let (service, gateway) = (self.edit.service(), &self.gateway);
        let is_link = matches!(self.edit, Edit::Link(_));
        match self.format {
            Format::Json => printer.json(&json!({
                "gateway": gateway,
                "service": service,
                "action": match (changed, is_link) {
                    (false, _) => "unchanged",
                    (true, true) => "linked",
                    (true, false) => "unlinked",
                },
                "created": created,
            }))?,
            Format::Human => printer.line(match (is_link, changed, created) {
                (true, true, true) => format!("linked {service} to {gateway}, which had no entry"),
                (true, true, false) => format!("linked {service} to {gateway}"),
                (true, false, _) => format!("{service} is linked to {gateway} like that already"),
                (false, true, _) => format!("unlinked {service} from {gateway}"),
                (false, false, _) => format!("{service} is not linked to {gateway}"),
            })?,
        }
        Ok(0)
    }
}
