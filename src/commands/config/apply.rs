//! `config apply`: makes Consul's entries what the files say.
//!
//! Everything is read, checked and compared before anything is written. Every write carries the index the entry had when
//! it was compared, so nothing is overwritten that changed in between.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use super::compare::{Compared, NOTHING_SENT, Settings, compare};
use super::diff;
use super::in_flight::in_flight;
use super::step::{self, Action, Before, Part, Status, Step};
use super::{envoy_plan, state};
use crate::config_entry::{self, Change, ConfigEntry, Stored};
use crate::consul::{self, Consul, EntryPath, Failure};
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer, Progress, Reporter};
use crate::system::random;

/// Times an entry is tried that others write at the same moment.
const ATTEMPTS: u32 = 10;

/// The longest pause before the second attempt; it doubles with each further one.
const PAUSE: Duration = Duration::from_millis(20);

/// What became of the steps so far.
struct Report<'a> {
    steps: &'a [Step],
    status: Vec<Status>,
    format: Format,
    printer: Printer,
    failure: Option<(CommandError, String)>,
    unwritable: Option<CommandError>,
}

/// Applies what the files say, or shows what that would change.
pub async fn run(settings: &Settings, dry_run: bool, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    let compared = compare(settings, report).await?;
    refuse_other_owners(&compared)?;
    if dry_run {
        diff::show(&compared.steps, settings.format, printer)?;
    }
    if settings.plan {
        envoy_plan::show(&compared, settings.format, report).await?;
    }
    report.finish();
    report.json_line(settings.format)?;
    report.stop_if_strict(NOTHING_SENT)?;
    if dry_run {
        return Ok(0);
    }
    execute(&compared, settings.format, printer).await
}

/// Fails if an entry carries the mark of another owner than the one it would be written with.
fn refuse_other_owners(compared: &Compared) -> Result<(), CommandError> {
    for desired in &compared.desired {
        let found = compared.state.of(desired).and_then(|stored| stored.owner().map(Cow::into_owned));
        let (Some(found), Some(wanted)) = (found, desired.entry.owner()) else { continue };
        if found != wanted && !desired.names_owner {
            let entry = &desired.entry;
            return Err(CommandError::message(
                Kind::Failed,
                format_args!(
                    "{}/{} ({}) belongs to the owner `{found}`: nothing was sent",
                    entry.kind(),
                    entry.stored_name(),
                    desired.path
                ),
            )
            .hint(format!(
                "apply it with `--owner {found}`; to take it over, write `{}` = \"{wanted}\" into its Meta",
                config_entry::OWNER_KEY
            )));
        }
    }
    Ok(())
}

async fn execute(compared: &Compared, format: Format, printer: Printer) -> Result<u8, CommandError> {
    let steps = &compared.steps;
    let todo = steps.iter().filter(|step| step.action != Action::Unchanged).count();
    let report = RefCell::new(Report::new(steps, format, printer));
    let progress = printer.progress(format, todo, "applying");
    for (index, _) in steps.iter().enumerate().filter(|(_, step)| step.action == Action::Unchanged) {
        report.borrow_mut().tell(index, Status::Unchanged, None, None, &progress);
    }
    let due = |step: &&Step| step.action != Action::Unchanged;
    for wave in 0..=steps.iter().filter(due).map(|step| step.wave).max().unwrap_or_default() {
        let of_wave = steps.iter().enumerate().filter(|(_, step)| due(step) && step.wave == wave);
        let jobs: Vec<_> = of_wave
            .map(|(index, step)| {
                let (consul, step) = (Arc::clone(&compared.consul), step.clone());
                async move { (index, step.take(&consul).await) }
            })
            .collect();
        in_flight(jobs, Some(&progress), |(index, outcome)| {
            report.borrow_mut().took(index, outcome, &progress)
        })
        .await;
        if report.borrow().failure.is_some() {
            break;
        }
    }
    drop(progress);
    report.into_inner().finish()
}

impl<'a> Report<'a> {
    fn new(steps: &'a [Step], format: Format, printer: Printer) -> Self {
        let status = vec![Status::Skipped; steps.len()];
        Self { steps, status, format, printer, failure: None, unwritable: None }
    }

    /// Notes a result; whether to go on.
    fn took(&mut self, index: usize, outcome: Result<Done, CommandError>, progress: &Progress) -> bool {
        match outcome {
            Ok(Done { written, note }) => {
                let status = if written { Status::Applied } else { Status::Unchanged };
                self.tell(index, status, note.as_deref(), None, progress);
            }
            Err(error) => {
                let text = error.messages().join(": ");
                self.tell(index, Status::Failed, None, Some(&text), progress);
                if self.failure.is_none() {
                    let id = self.steps.get(index).map(Step::id).unwrap_or_default();
                    self.failure = Some((error, id));
                } else if self.format == Format::Human {
                    progress.aside(|| self.printer.trouble(text));
                }
            }
        }
        self.failure.is_none()
    }

    fn tell(
        &mut self,
        index: usize,
        status: Status,
        note: Option<&str>,
        error: Option<&str>,
        progress: &Progress,
    ) {
        if let Some(slot) = self.status.get_mut(index) {
            *slot = status;
        }
        let Some(step) = self.steps.get(index) else { return };
        let printed = progress.aside(|| match (self.format, status) {
            (Format::Json, _) => self.printer.json_line(&step.line(status, note, error)),
            (Format::Human, Status::Applied) => {
                let word = match step.action {
                    Action::Create => "created",
                    Action::Update => "updated",
                    Action::Delete => "deleted",
                    Action::Unchanged => "unchanged",
                };
                let path = step.path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
                let part = match step.part {
                    Part::Only => "",
                    Part::Interim => "; for the moment, its final form follows",
                    Part::Last => "; in its final form",
                };
                let note = note.map(|note| format!("; {note}")).unwrap_or_default();
                self.printer.line(format_args!("{word} {}{path}{part}{note}", step.id()))
            }
            (Format::Human, _) => Ok(()),
        });
        if let Err(error) = printed {
            self.unwritable.get_or_insert_with(|| error.into());
        }
    }

    fn finish(mut self) -> Result<u8, CommandError> {
        let count = |status: Status, of: &[Status]| of.iter().filter(|other| **other == status).count();
        let applied = count(Status::Applied, &self.status);
        let skipped = count(Status::Skipped, &self.status);
        let failed = count(Status::Failed, &self.status);
        if self.format == Format::Json {
            for (step, status) in self.steps.iter().zip(&self.status) {
                if *status == Status::Skipped
                    && let Err(error) = self.printer.json_line(&step.line(Status::Skipped, None, None))
                {
                    self.unwritable.get_or_insert_with(|| error.into());
                }
            }
        }
        if let Some((error, id)) = self.failure.take() {
            let kind = error.kind();
            let hints = error.hints().to_vec();
            let causes = error.messages();
            let chain = anyhow::Error::msg(causes.join(": ")).context(format!(
                "{id} could not be applied; of {} changes {applied} {} applied, {failed} failed, {skipped} {} not tried",
                applied + failed + skipped,
                if applied == 1 { "was" } else { "were" },
                if skipped == 1 { "was" } else { "were" },
            ));
            let error = hints.into_iter().fold(CommandError::new(kind, chain), CommandError::hint);
            return Err(error.hint(
                "what was applied stays; once the cause is gone, the same command compares again and does the rest",
            ));
        }
        if let Some(error) = self.unwritable.take() {
            return Err(error.hint("everything was applied; `termgate config diff` shows the result"));
        }
        if self.format == Format::Human {
            let summary = step::summary(self.steps, ["created", "updated", "deleted", "unchanged"]);
            self.printer.line(summary)?;
        }
        Ok(0)
    }
}

/// A step that was taken.
struct Done {
    /// Whether anything was written: another client may have done the same meanwhile.
    written: bool,
    note: Option<String>,
}

impl Step {
    async fn take(self, consul: &Consul) -> Result<Done, CommandError> {
        match &self.entry {
            Some(entry) => self.write(entry, consul).await,
            None => self.delete(consul).await,
        }
    }

    /// Writes the entry. If it changed since it was compared, it is compared anew, and written only if that overwrites
    /// nothing which was not shown to differ before.
    async fn write(&self, entry: &ConfigEntry, consul: &Consul) -> Result<Done, CommandError> {
        let body = entry.request_body();
        let mut index = self.index_before(consul).await?;
        let mut note = None;
        for attempt in 0..ATTEMPTS {
            let written = consul.put_config_entry(body.clone(), index).await;
            if written.map_err(|error| self.refused(error, "cannot write"))? {
                return Ok(Done { written: true, note });
            }
            if attempt > 0 {
                tokio::time::sleep(random::up_to(PAUSE * (1 << attempt.min(5)))).await;
            }
            let fresh = state::one(consul, entry).await?;
            let changes = config_entry::diff(fresh.as_ref(), entry);
            note = Some(match &fresh {
                Some(_) if changes.is_empty() => {
                    let note = "another writer wrote the same meanwhile".to_owned();
                    return Ok(Done { written: false, note: Some(note) });
                }
                Some(fresh) => self.still_asked_for(fresh, &changes)?,
                None => "it was deleted meanwhile and is created again".to_owned(),
            });
            index = fresh.map_or(0, |fresh| fresh.modify_index);
        }
        Err(CommandError::message(
            Kind::Failed,
            format_args!("{} changed between reading and writing {ATTEMPTS} times in a row", self.id()),
        )
        .hint("another process keeps writing this entry: find it, then run the command again"))
    }

    /// The index that the entry must have; an entry that an earlier step wrote must be as it was written.
    async fn index_before(&self, consul: &Consul) -> Result<u64, CommandError> {
        let written = match &self.before {
            Before::Index(index) => return Ok(*index),
            Before::Written(None) => return Ok(0),
            Before::Written(Some(written)) => written,
        };
        match state::one(consul, written).await? {
            Some(fresh) if config_entry::diff(Some(&fresh), written).is_empty() => Ok(fresh.modify_index),
            _ => Err(self.changed("since its first write")),
        }
    }

    fn changed(&self, when: &str) -> CommandError {
        CommandError::message(Kind::Failed, format_args!("{} changed {when}; it is left as it is", self.id()))
            .hint("check it with `termgate config diff --prune`, then apply again")
    }

    /// What to tell if writing the entry still does nothing but what was compared before; else the conflict.
    fn still_asked_for(&self, fresh: &Stored, changes: &[Change]) -> Result<String, CommandError> {
        let foreign: Vec<&str> = changes
            .iter()
            .filter(|change| !self.changes.contains(change))
            .map(|change| change.path.as_str())
            .collect();
        if foreign.is_empty() && self.action != Action::Create {
            return Ok(format!(
                "it changed meanwhile (index {}), and was compared again",
                fresh.modify_index
            ));
        }
        let what = match self.action {
            Action::Create => "another writer created it meanwhile with other content".to_owned(),
            _ => format!("another writer changed {} meanwhile", foreign.join(", ")),
        };
        Err(CommandError::message(Kind::Failed, format_args!("{}: {what}; it is not overwritten", self.id()))
            .hint("check it with `termgate config diff`, then apply again"))
    }

    /// Deletes the entry if it still is as it was when it was compared.
    async fn delete(&self, consul: &Consul) -> Result<Done, CommandError> {
        let path = EntryPath {
            kind: &self.kind,
            name: &self.name,
            namespace: &self.scope.namespace,
            partition: &self.scope.partition,
        };
        let gone = || Done { written: false, note: Some("another process deleted it meanwhile".to_owned()) };
        let changed = || self.changed("since it was compared");
        let wanted = self.index_before(consul).await?;
        // Old servers delete whatever the index is: it is looked at here, just before.
        let Some(answer) =
            consul.config_entry(path).await.map_err(|error| self.refused(error, "cannot read"))?
        else {
            return Ok(gone());
        };
        let index: Option<u64> = serde_json::from_slice::<serde_json::Value>(&answer)
            .ok()
            .and_then(|entry| entry.get("ModifyIndex").and_then(serde_json::Value::as_u64));
        if index != Some(wanted) {
            return Err(changed());
        }
        let deleted = consul.delete_config_entry(path, wanted).await;
        if deleted.map_err(|error| self.refused(error, "cannot delete"))? {
            return Ok(Done { written: true, note: None });
        }
        Err(changed())
    }

    /// A request for this entry that failed.
    fn refused(&self, error: consul::Error, cannot: &str) -> CommandError {
        refused(error, &format!("{cannot} {}", self.id()), &self.kind)
    }
}

/// A failed request for an entry, with its kind and what to do.
pub fn refused(error: consul::Error, cannot: &str, kind: &str) -> CommandError {
    let cannot = cannot.to_owned();
    if error.is_permission_denied() && !error.is_unknown_token() {
        let right = match kind {
            "service-intentions" => "intentions:write on the service",
            "service-defaults" | "service-resolver" | "service-router" | "service-splitter" => {
                "service:write on the service"
            }
            _ => "operator:write (on newer servers mesh:write is enough)",
        };
        return CommandError::new(Kind::PermissionDenied, error).context(cannot).hint(format!(
            "give a token with the right (--token-file, CONSUL_HTTP_TOKEN): {kind} needs {right}"
        ));
    }
    let Failure::Status { status, body } = &error.failure else {
        let ambiguous =
            matches!(&error.failure, Failure::Timeout(_) | Failure::TimeLimit { .. } | Failure::Unclear);
        let error = CommandError::from(error).context(cannot);
        return if ambiguous {
            error.hint("it may have been written anyway: `termgate config diff` shows whether")
        } else {
            error
        };
    };
    if error.hint.is_some() {
        return CommandError::from(error).context(cannot);
    }
    let hint = if body.contains("protocol") {
        "an entry decides that changed meanwhile or that this token cannot read: the protocol of a service comes from \
         its service-defaults, or else from proxy-defaults"
    } else if body.contains("invalid config key") {
        "these servers are older than this entry's fields: `--consul-version` checks against their release"
    } else if *status == 500 && (body.contains("leader") || body.contains("rpc error")) {
        "the servers have no leader or cannot reach each other: check `consul operator raft list-peers`"
    } else {
        "the servers also check other entries: their message names the cause"
    };
    CommandError::new(Kind::Failed, error).context(cannot).hint(hint)
}
