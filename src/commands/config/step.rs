//! What has to be done to an entry, and how it is shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::desired::Desired;
use super::state::State;
use crate::config_entry::{
    self, Change, ConfigEntry, Objection, Phase, Proposal, Refused, Scope, Stored, Write,
};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
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
    /// What it must be right before.
    pub before: Before,
    /// What is written; none for what is deleted.
    pub entry: Option<ConfigEntry>,
    /// Which part of the change it is.
    pub part: Part,
    /// Steps with the same number do not depend on each other.
    pub wave: usize,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

/// What an entry must be right before a step.
#[derive(Debug, Clone)]
pub enum Before {
    /// Of this index, which it had when it was compared; 0 if it did not exist.
    Index(u64),
    /// What an earlier step wrote; none if it deleted it.
    Written(Option<ConfigEntry>),
}

/// Which part of the change of an entry a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Only,
    /// A form for a moment, because others must change before its final one is accepted.
    Interim,
    /// The rest.
    Last,
}

impl Part {
    /// As scripts read it; nothing for the only one.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Only => None,
            Self::Interim => Some("interim"),
            Self::Last => Some("final"),
        }
    }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'static str>,
    status: Status,
    changes: &'a [Change],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    findings: &'a [Finding],
}

/// How a wanted entry differs from what Consul has of it.
pub struct Comparison {
    /// The entry as it is written, if that is not as its file says: with the mark of the owner who has it.
    marked: Option<ConfigEntry>,
    changes: Vec<Change>,
}

/// What differs between the wanted entries and those that Consul has.
pub struct Draft<'a> {
    wanted: Vec<Wanted<'a>>,
    left_over: Vec<&'a Stored>,
    state: &'a State,
}

/// A wanted entry beside what Consul has of it.
struct Wanted<'a> {
    desired: &'a Desired,
    /// As it is written.
    entry: &'a ConfigEntry,
    stored: Option<&'a Stored>,
    changes: &'a [Change],
}

impl Comparison {
    /// Compares a wanted entry with what Consul has.
    pub fn of(desired: &Desired, state: &State) -> Self {
        let stored = state.of(desired);
        // Without an owner given, the mark of the one who has it stays.
        let kept = stored.and_then(Stored::owner).filter(|_| desired.entry.owner().is_none());
        let marked = kept.and_then(|owner| desired.entry.with_owner(&owner));
        let changes = config_entry::diff(stored, marked.as_ref().unwrap_or(&desired.entry));
        Self { marked, changes }
    }
}

impl<'a> Draft<'a> {
    /// The wanted entries with their comparisons; what the owner `prune` had before and is not wanted any more is to be
    /// deleted.
    pub fn new(
        desired: &[&'a Desired],
        compared: &'a [Comparison],
        state: &'a State,
        prune: Option<&str>,
    ) -> Self {
        let wanted = desired.iter().zip(compared).map(|(desired, comparison)| Wanted {
            desired,
            entry: comparison.marked.as_ref().unwrap_or(&desired.entry),
            stored: state.of(desired),
            changes: &comparison.changes,
        });
        let left_over = prune.map(|owner| state.left_over(owner, desired)).unwrap_or_default();
        Self { wanted: wanted.collect(), left_over, state }
    }

    /// What servers refuse whatever the order; numbers beyond those of the wanted entries are deletions.
    pub fn objections(&self, version: &ConsulVersion) -> Vec<Objection> {
        config_entry::objections(&self.proposals(), &self.state.world(), version)
    }

    /// That a deletion is refused.
    pub fn refused_deletion(&self, objection: &Objection) -> CommandError {
        let stored = self.left_over.get(objection.change.saturating_sub(self.wanted.len()));
        let id = stored.map(|stored| format!("{}/{}", stored.kind, stored.name)).unwrap_or_default();
        let Finding { message, help, .. } = &objection.located.finding;
        let error = CommandError::message(
            Kind::InvalidInput,
            format_args!("cannot delete {id}: Consul refuses it: {message}: nothing was sent"),
        );
        if help.is_empty() { error } else { error.hint(help.clone()) }
    }

    /// The steps, in an order in which servers accept each: what is as it is wanted first, then what is done.
    pub fn plan(&self, version: &ConsulVersion) -> Result<Vec<Step>, CommandError> {
        let plan = config_entry::plan(&self.proposals(), &self.state.world(), version);
        let plan = plan.map_err(|refused| self.without_order(&refused))?;
        let twice = plan.twice();
        let mut steps: Vec<Step> = Vec::new();
        for (index, wanted) in self.wanted.iter().enumerate() {
            if wanted.changes.is_empty() && wanted.stored.is_some() && !twice.contains(&index) {
                steps.push(wanted.step());
            }
        }
        steps.sort_by_key(Step::phase);
        let mut written: BTreeMap<usize, Option<ConfigEntry>> = BTreeMap::new();
        for next in plan.moves {
            let step = if let Some(wanted) = self.wanted.get(next.change) {
                let (entry, part) = match next.write {
                    Write::Final => (Some(wanted.entry.clone()), Part::Last),
                    Write::Interim(entry) => (entry.map(|entry| *entry), Part::Interim),
                };
                let part = if twice.contains(&next.change) { part } else { Part::Only };
                let before = written.insert(next.change, entry.clone());
                wanted.moved(entry, part, before.map_or_else(|| wanted.as_compared(), Before::Written))
            } else {
                let number = next.change.saturating_sub(self.wanted.len());
                let Some(stored) = self.left_over.get(number) else { continue };
                Step::deletion(stored)
            };
            steps.push(Step { wave: next.wave, ..step });
        }
        Ok(steps)
    }

    /// That no order is known in which Consul accepts all steps.
    fn without_order(&self, refused: &Refused) -> CommandError {
        let Refused { at, words, .. } = refused;
        let error = CommandError::message(
            Kind::InvalidInput,
            format_args!(
                "no order is known in which Consul accepts all writes: {at}: {words}: nothing was sent"
            ),
        );
        let is_wanted = self.wanted.iter().any(|wanted| at.is_of(wanted.entry));
        if is_wanted {
            return error;
        }
        error.hint(format!(
            "Consul has {at} and no file has: with it in the files, it can change for a moment"
        ))
    }

    fn proposals(&self) -> Vec<Proposal<'_>> {
        let wanted = self.wanted.iter().map(|wanted| Proposal {
            wanted: Some(wanted.entry),
            stored: wanted.stored,
            differs: wanted.stored.is_none() || !wanted.changes.is_empty(),
        });
        let left_over = self.left_over.iter().map(|stored| Proposal {
            wanted: None,
            stored: Some(stored),
            differs: true,
        });
        wanted.chain(left_over).collect()
    }
}

impl Wanted<'_> {
    /// The step that makes it what is wanted, if it is a single one.
    fn step(&self) -> Step {
        let action = match (self.stored, self.changes.is_empty()) {
            (None, _) => Action::Create,
            (Some(_), true) => Action::Unchanged,
            (Some(_), false) => Action::Update,
        };
        Step {
            action,
            kind: self.entry.kind().to_owned(),
            name: self.entry.stored_name(),
            scope: self.entry.scope(),
            path: Some(self.desired.path.clone()),
            changes: self.changes.to_vec(),
            before: self.as_compared(),
            entry: Some(self.entry.clone()),
            part: Part::Only,
            wave: 0,
            findings: self.desired.findings.clone(),
        }
    }

    /// What it is before the first step.
    fn as_compared(&self) -> Before {
        Before::Index(self.stored.map_or(0, |stored| stored.modify_index))
    }

    /// A step on it, after which it is this; none deletes it.
    fn moved(&self, entry: Option<ConfigEntry>, part: Part, before: Before) -> Step {
        let written = match &before {
            Before::Index(_) => None,
            Before::Written(written) => written.as_ref().map(Stored::of_written),
        };
        let there = match &before {
            Before::Index(_) => self.stored,
            Before::Written(_) => written.as_ref(),
        };
        let (action, changes) = match &entry {
            None => (Action::Delete, Vec::new()),
            Some(entry) => {
                let action = if there.is_some() { Action::Update } else { Action::Create };
                (action, config_entry::diff(there, entry))
            }
        };
        Step { action, changes, before, entry, part, ..self.step() }
    }
}

impl Step {
    fn deletion(stored: &Stored) -> Self {
        Self {
            action: Action::Delete,
            kind: stored.kind.to_owned(),
            name: stored.name.clone(),
            scope: stored.scope.clone(),
            path: None,
            changes: Vec::new(),
            before: Before::Index(stored.modify_index),
            entry: None,
            part: Part::Only,
            wave: 0,
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
            part: self.part.word(),
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
        let part = self.part.word().map(|word| format!(", {word} of two writes")).unwrap_or_default();
        let mut text =
            painted(&format!("{sign} {}", self.id()), code, colour) + &visible(&path) + &part + "\n";
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
    let word = |step: &Step| if step.part == Part::Last { Action::Update } else { step.action };
    let whole = || steps.iter().filter(|step| step.part != Part::Interim);
    let count = |action: Action| whole().filter(|step| word(step) == action).count();
    let counts = [Action::Create, Action::Update, Action::Delete, Action::Unchanged].map(count);
    let parts: Vec<String> =
        counts.iter().zip(words).map(|(count, word)| format!("{count} {word}")).collect();
    let twice = steps.iter().filter(|step| step.part == Part::Interim).count();
    let twice = if twice == 0 { String::new() } else { format!("; {twice} in two writes") };
    parts.join(", ") + &twice
}
