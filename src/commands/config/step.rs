//! What has to be done to an entry, and how it is shown.

use std::fmt::Write as _;

use serde::Serialize;

use super::desired::Desired;
use super::state::State;
use crate::config_entry::{self, Change, ConfigEntry, Phase, Scope, Stored};
use crate::finding::Finding;
use crate::visible::visible;

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is new.
    Create,
    /// It is there, and different.
    Update,
    /// It is there, and not wanted any more.
    Delete,
    /// It is as it is wanted.
    Unchanged,
}

/// One entry and what becomes of it.
#[derive(Debug, Clone)]
pub struct Step {
    /// What becomes of it.
    pub action: Action,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Enterprise namespace and partition.
    pub scope: Scope,
    /// The file that wants it; none for what is deleted.
    pub path: Option<String>,
    /// The differences.
    pub changes: Vec<Change>,
    /// The index that the entry had when it was compared; 0 if it did not exist.
    pub index: u64,
    /// What is written; none for what is deleted.
    pub entry: Option<ConfigEntry>,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

/// How far a step has come, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It would be done.
    Planned,
    /// It was done.
    Applied,
    /// There was nothing to do.
    Unchanged,
    /// The attempt failed.
    Failed,
    /// It was not tried.
    Skipped,
}

/// A step as one line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    partition: &'a str,
    path: Option<&'a str>,
    action: Action,
    status: Status,
    changes: &'a [Change],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    findings: &'a [Finding],
}

/// All steps from what Consul has to what is wanted: writes in the order of dependencies, then what `owner` had before
/// and is not wanted any more, the other way round.
pub fn plan(desired: &[Desired], state: &State, prune: Option<&str>) -> Vec<Step> {
    let mut steps: Vec<Step> = desired.iter().map(|desired| Step::of(desired, state.of(desired))).collect();
    steps.sort_by_key(Step::phase);
    let mut deletions: Vec<Step> = prune
        .map(|owner| state.left_over(owner, desired))
        .unwrap_or_default()
        .into_iter()
        .map(Step::deletion)
        .collect();
    deletions.sort_by_key(|step| std::cmp::Reverse(step.phase()));
    steps.extend(deletions);
    steps
}

impl Step {
    fn of(desired: &Desired, stored: Option<&Stored>) -> Self {
        // Without an owner given, the mark of the one who has it stays.
        let kept = stored.and_then(Stored::owner).filter(|_| desired.entry.owner().is_none());
        let entry = kept.and_then(|owner| desired.entry.with_owner(&owner));
        let entry = entry.unwrap_or_else(|| desired.entry.clone());
        let changes = config_entry::diff(stored, &entry);
        let action = match (stored, changes.is_empty()) {
            (None, _) => Action::Create,
            (Some(_), true) => Action::Unchanged,
            (Some(_), false) => Action::Update,
        };
        Self {
            action,
            kind: entry.kind().to_owned(),
            name: entry.stored_name(),
            scope: entry.scope(),
            path: Some(desired.path.clone()),
            changes,
            index: stored.map_or(0, |stored| stored.modify_index),
            entry: Some(entry),
            findings: desired.findings.clone(),
        }
    }

    fn deletion(stored: &Stored) -> Self {
        Self {
            action: Action::Delete,
            kind: stored.kind.to_owned(),
            name: stored.name.clone(),
            scope: stored.scope.clone(),
            path: None,
            changes: Vec::new(),
            index: stored.modify_index,
            entry: None,
            findings: Vec::new(),
        }
    }

    /// When it is done.
    pub fn phase(&self) -> Phase {
        self.entry.as_ref().map_or_else(|| Phase::of_kind(&self.kind), Phase::of)
    }

    /// Kind and name: `terminating-gateway/us-west-gateway`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The step as one value for scripts.
    pub fn line<'a>(
        &'a self,
        status: Status,
        note: Option<&'a str>,
        error: Option<&'a str>,
    ) -> impl Serialize + 'a {
        Line {
            kind: &self.kind,
            name: &self.name,
            namespace: &self.scope.namespace,
            partition: &self.scope.partition,
            path: self.path.as_deref(),
            action: self.action,
            status,
            changes: &self.changes,
            note,
            error,
            findings: &self.findings,
        }
    }

    /// The step as people read it: the entry, and below it every difference; everything in it is visible.
    pub fn view(&self, colour: bool) -> String {
        let (sign, code) = match self.action {
            Action::Create => ("+", "32"),
            Action::Update => ("~", "33"),
            Action::Delete => ("-", "31"),
            Action::Unchanged => ("=", "2"),
        };
        let path = self.path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
        let mut text = painted(&format!("{sign} {}", self.id()), code, colour) + &visible(&path) + "\n";
        for change in &self.changes {
            let shown = |json: &config_entry::Json| serde_json::to_string(json).unwrap_or_default();
            let (line, code) = match (&change.from, &change.to) {
                (None, Some(to)) => (format!("+ {}: {}", change.path, shown(to)), "32"),
                (Some(from), None) => (format!("- {}: {}", change.path, shown(from)), "31"),
                (Some(from), Some(to)) => {
                    (format!("~ {}: {} → {}", change.path, shown(from), shown(to)), "33")
                }
                (None, None) => continue,
            };
            // Writing to a String never fails.
            let _ = writeln!(text, "    {}", painted(&line, code, colour));
        }
        text
    }
}

fn painted(text: &str, code: &str, colour: bool) -> String {
    let text = visible(text);
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into_owned() }
}

/// How many steps are of each kind, in words.
pub fn summary(steps: &[Step], words: [&str; 4]) -> String {
    let count = |action: Action| steps.iter().filter(|step| step.action == action).count();
    let counts = [Action::Create, Action::Update, Action::Delete, Action::Unchanged].map(count);
    let parts: Vec<String> =
        counts.iter().zip(words).map(|(count, word)| format!("{count} {word}")).collect();
    parts.join(", ")
}
