//! What Consul has of the entries that are wanted, and of those an owner had before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::desired::{Desired, EntryId};
use super::in_flight::in_flight;
use crate::config_entry::{self, ConfigEntry, Key, Scope, Stored, World};
use crate::consul::{self, Consul, EntryPath, api};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::excerpt;

/// Entries that Consul has.
#[derive(Debug, Default)]
pub struct State {
    stored: BTreeMap<EntryId, Stored>,
    /// Entries that the token may not see.
    hidden: BTreeSet<Key>,
    /// Kinds whose entries the agent does not show.
    hidden_kinds: BTreeSet<&'static str>,
}

impl State {
    /// The stored form of a wanted entry, if there is one.
    pub fn of(&self, desired: &Desired) -> Option<&Stored> {
        self.stored.get(&desired.id())
    }

    /// The entries that count for each other.
    pub fn world(&self) -> World {
        let mut world = World::of_stored(self.stored.values());
        for key in &self.hidden {
            world.hide(key.clone());
        }
        for kind in &self.hidden_kinds {
            world.hide_kind(kind);
        }
        world
    }

    /// The entries that carry this owner's mark and are not wanted.
    pub fn left_over(&self, owner: &str, desired: &[&Desired]) -> Vec<&Stored> {
        let wanted: BTreeSet<EntryId> = desired.iter().map(|desired| desired.id()).collect();
        let marked = self.stored.iter().filter(|(_, stored)| stored.owner().as_deref() == Some(owner));
        marked.filter(|(id, _)| !wanted.contains(id)).map(|(_, stored)| stored).collect()
    }
}

/// One question to the agent.
enum Question {
    /// All entries of a kind.
    Kind(&'static str),
    /// The same of a kind that is not wanted: what the token may not see of it, the servers judge.
    Related(&'static str),
    Entry {
        kind: String,
        name: String,
        scope: Scope,
    },
}

/// Asks for all entries of the kinds that are wanted; with `all_kinds`, of every kind.
///
/// `acls` says that the agent may leave out what the token may not see: what is missing is then asked for by name, which
/// is answered with a refusal.
pub async fn collect(
    consul: &Arc<Consul>,
    desired: &[&Desired],
    all_kinds: bool,
    acls: bool,
    version: &ConsulVersion,
) -> Result<State, CommandError> {
    let own_scope = |desired: &&&Desired| desired.entry.scope() != Scope::default();
    let wanted: BTreeSet<&str> =
        desired.iter().filter(|one| !own_scope(one)).map(|desired| desired.entry.kind()).collect();
    let others: BTreeSet<&str> =
        wanted.iter().flat_map(|kind| config_entry::related(kind)).copied().collect();
    let kinds = config_entry::kinds(version)
        .filter(|kind| all_kinds || wanted.contains(kind) || others.contains(kind))
        .map(|kind| if wanted.contains(kind) { Question::Kind(kind) } else { Question::Related(kind) });
    let mut state = State::default();
    state.take(ask_all(consul, kinds, version).await?);
    let missing = desired.iter().filter(|one| own_scope(one) || acls && state.of(one).is_none());
    let by_name: Vec<Question> = missing
        .copied()
        .filter(|one| config_entry::is_addressable(&one.entry.stored_name()))
        .map(|one| Question::of(&one.entry))
        .collect();
    state.take(ask_all(consul, by_name, version).await?);
    Ok(state)
}

/// Asks by name for entries of these services that the token may not see in lists: what others say of them is then known,
/// or known to be hidden.
pub async fn look_for(
    state: &mut State,
    consul: &Arc<Consul>,
    services: &BTreeSet<String>,
    version: &ConsulVersion,
) -> Result<(), CommandError> {
    let of_services =
        ["service-defaults", "service-resolver", "service-router", "service-splitter", "jwt-provider"];
    let of_all = [("proxy-defaults", "global"), ("mesh", "mesh")];
    let keys = services
        .iter()
        .flat_map(|service| of_services.into_iter().map(|kind| Key::new(kind, service)))
        .chain(of_all.into_iter().map(|(kind, name)| Key::new(kind, name)))
        .filter(|key| config_entry::is_kind(key.kind, version) && config_entry::is_addressable(&key.name))
        .filter(|key| !state.stored.contains_key(&EntryId::new(key.kind, &key.name, &Scope::default())));
    for key in keys.collect::<Vec<_>>() {
        let path = EntryPath { kind: key.kind, name: &key.name, namespace: "", partition: "" };
        match consul.config_entry(path).await {
            Ok(None) => {}
            Ok(Some(answer)) => {
                if let Ok(stored) = Stored::parse(&answer, key.kind, version) {
                    state.add(vec![stored]);
                }
            }
            Err(error) if error.is_permission_denied() => {
                state.hidden.insert(key);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The stored form of one entry as it is now.
pub async fn one(consul: &Consul, entry: &ConfigEntry) -> Result<Option<Stored>, CommandError> {
    let question = Question::of(entry);
    Ok(question.ask(consul, entry.version()).await?.stored.into_iter().next())
}

/// What the agent answered.
#[derive(Default)]
struct Answered {
    stored: Vec<Stored>,
    hidden_kind: Option<&'static str>,
}

impl From<Vec<Stored>> for Answered {
    fn from(stored: Vec<Stored>) -> Self {
        Self { stored, hidden_kind: None }
    }
}

impl State {
    fn take(&mut self, all: Vec<Answered>) {
        for answered in all {
            self.add(answered.stored);
            self.hidden_kinds.extend(answered.hidden_kind);
        }
    }

    fn add(&mut self, stored: Vec<Stored>) {
        let id = |stored: &Stored| EntryId::new(stored.kind, &stored.name, &stored.scope);
        self.stored.extend(stored.into_iter().map(|stored| (id(&stored), stored)));
    }
}

impl Question {
    fn of(entry: &ConfigEntry) -> Self {
        Self::Entry { kind: entry.kind().to_owned(), name: entry.stored_name(), scope: entry.scope() }
    }

    async fn ask(&self, consul: &Consul, version: &ConsulVersion) -> Result<Answered, CommandError> {
        let wrong = |reason: String, path: api::Path| {
            CommandError::message(
                Kind::Agent,
                format_args!("GET {path} on the agent at {}: {}", consul.address(), excerpt::cut(&reason)),
            )
            .hint("check that a Consul agent listens there")
        };
        match self {
            Self::Kind(kind) | Self::Related(kind) => {
                let answer = match consul.config_entries(kind).await {
                    Err(error) if error.status().is_some() && matches!(self, Self::Related(_)) => {
                        return Ok(Answered { hidden_kind: Some(kind), ..Answered::default() });
                    }
                    answer => answer.map_err(unreadable)?,
                };
                let Some(answer) = answer else { return Ok(Answered::default()) };
                Stored::parse_list(&answer.body, kind, version)
                    .map(Answered::from)
                    .map_err(|reason| wrong(reason, api::config::kind(kind)))
            }
            Self::Entry { kind, name, scope } => {
                let path = EntryPath { kind, name, namespace: &scope.namespace, partition: &scope.partition };
                let Some(answer) = consul.config_entry(path).await.map_err(unreadable)? else {
                    return Ok(Answered::default());
                };
                let stored = Stored::parse(&answer, kind, version);
                Ok(vec![stored.map_err(|reason| wrong(reason, api::config::entry(kind, name)))?].into())
            }
        }
    }
}

fn unreadable(error: consul::Error) -> CommandError {
    if error.is_permission_denied() {
        return CommandError::new(Kind::PermissionDenied, error).hint(
            "give a token with the right (--token-file, CONSUL_HTTP_TOKEN): reading an entry needs service:read on its name",
        );
    }
    error.into()
}

async fn ask_all(
    consul: &Arc<Consul>,
    questions: impl IntoIterator<Item = Question>,
    version: &ConsulVersion,
) -> Result<Vec<Answered>, CommandError> {
    let jobs = questions.into_iter().map(|question| {
        let (consul, version) = (Arc::clone(consul), version.clone());
        async move { question.ask(&consul, &version).await }
    });
    let mut answers: Result<Vec<Answered>, CommandError> = Ok(Vec::new());
    in_flight(jobs, None, |answer| match (answer, &mut answers) {
        (Ok(answered), Ok(all)) => {
            all.push(answered);
            true
        }
        (Err(error), Ok(_)) => {
            answers = Err(error);
            false
        }
        (_, Err(_)) => false,
    })
    .await;
    answers
}
