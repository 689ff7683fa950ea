//! How entries depend on each other, and in which order they are written.
//!
//! Consul's servers check a write against the other entries: they compile the discovery chain of every service that the
//! write touches. [`chain`] does the same with the entries of a [`World`], [`servers`] says which chains a write touches,
//! and [`plan()`] finds an order in which every step is accepted.
//!
//! The rules are those of the real 1.8.7, and for what came later (intentions, JWT providers, permissive mode) those that
//! HashiCorp documents.

mod chain;
mod facts;
mod loosen;
mod plan;
mod servers;
mod together;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::stored::Scope;
use super::{ConfigEntry, Stored};
use crate::finding::Code;
use crate::hcl::Span;
use facts::Facts;

pub use plan::{Change, Write, plan};
pub use together::{Objection, objections, together};

/// Kind and name of an entry; servers compare names without case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: &'static str,
    /// Its name in lower case.
    pub name: String,
}

impl Key {
    /// The key of an entry.
    pub fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_lowercase() }
    }

    /// Whether it is that of an entry.
    pub fn is_of(&self, entry: &ConfigEntry) -> bool {
        key_of(entry).as_ref() == Some(self)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.kind, self.name)
    }
}

/// What servers object to, in their words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind of thing.
    pub code: Code,
    /// Consul's words.
    pub words: String,
    /// The entry that does not fit the others.
    pub at: Key,
    /// Where in it.
    pub place: Option<Span>,
    /// The services that were looked at.
    pub services: BTreeSet<String>,
}

/// Entries that count for each other.
#[derive(Debug, Clone, Default)]
pub struct World {
    entries: BTreeMap<Key, Rc<Facts>>,
    /// By service, the entries that name it.
    links: BTreeMap<String, BTreeSet<Key>>,
    /// Whether what is not here is nowhere; otherwise Consul may have it.
    is_whole: bool,
    /// Entries that the token may not see.
    hidden: BTreeSet<Key>,
    /// Kinds whose entries the agent does not show.
    hidden_kinds: BTreeSet<&'static str>,
}

impl World {
    /// No entries; `is_whole` says that what is not in it is nowhere.
    pub fn new(is_whole: bool) -> Self {
        Self { is_whole, ..Self::default() }
    }

    /// All that Consul has.
    pub fn of_stored<'a>(stored: impl IntoIterator<Item = &'a Stored>) -> Self {
        let mut world = Self::new(true);
        for entry in stored.into_iter().filter(|entry| is_default(&entry.scope)) {
            world.put(&Key::new(entry.kind, &entry.name), Facts::of(entry.kind, &entry.body));
        }
        world
    }

    /// Says that an entry may be there, but cannot be read.
    pub fn hide(&mut self, key: Key) {
        self.hidden.insert(key);
    }

    /// Says that entries of this kind may be there, but cannot be read.
    pub fn hide_kind(&mut self, kind: &'static str) {
        self.hidden_kinds.insert(kind);
    }

    /// Puts an entry in the place of what was there; without one, takes away what was there.
    fn put(&mut self, key: &Key, facts: Option<impl Into<Rc<Facts>>>) -> Option<Rc<Facts>> {
        let facts = facts.map(Into::into);
        let before = match &facts {
            Some(facts) => self.entries.insert(key.clone(), Rc::clone(facts)),
            None => self.entries.remove(key),
        };
        for service in before.iter().flat_map(|before| before.links()) {
            if let Some(keys) = self.links.get_mut(&service.to_lowercase()) {
                keys.remove(key);
            }
        }
        for service in facts.iter().flat_map(|facts| facts.links()) {
            self.links.entry(service.to_lowercase()).or_default().insert(key.clone());
        }
        before
    }

    fn get(&self, kind: &'static str, name: &str) -> Option<&Facts> {
        self.entries.get(&Key::new(kind, name)).map(|facts| &**facts)
    }

    fn is_hidden(&self, kind: &'static str, name: &str) -> bool {
        let is_absent = || self.get(kind, name).is_none();
        !self.hidden.is_empty() && self.hidden.contains(&Key::new(kind, name))
            || self.hidden_kinds.contains(kind) && is_absent()
    }

    /// The entries that name a service.
    fn links(&self, service: &str) -> impl Iterator<Item = &Key> {
        self.links.get(service).into_iter().flatten()
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = (&Key, &Rc<Facts>)> {
        let first = Key { kind, name: String::new() };
        self.entries.range(first..).take_while(move |(key, _)| key.kind == kind)
    }
}

/// Whether an entry is in the default namespace and partition: the others are worlds of their own.
fn is_default(scope: &Scope) -> bool {
    [&scope.namespace, &scope.partition].into_iter().all(|name| name.is_empty() || name == "default")
}

/// The key of an entry that counts for others.
fn key_of(entry: &ConfigEntry) -> Option<Key> {
    (is_default(&entry.scope()) && facts::has_facts(entry.kind))
        .then(|| Key::new(entry.kind, &entry.stored_name()))
}

/// The kinds that decide whether an entry of this kind is accepted.
pub fn related(kind: &str) -> &'static [&'static str] {
    match kind {
        "service-defaults" | "proxy-defaults" => &[
            "proxy-defaults",
            "service-defaults",
            "service-resolver",
            "service-splitter",
            "service-router",
            "ingress-gateway",
            "service-intentions",
            "mesh",
        ],
        "service-resolver" | "service-splitter" | "service-router" => &[
            "proxy-defaults",
            "service-defaults",
            "service-resolver",
            "service-splitter",
            "service-router",
            "ingress-gateway",
            "service-intentions",
        ],
        "ingress-gateway" => &[
            "proxy-defaults",
            "service-defaults",
            "service-resolver",
            "service-splitter",
            "service-router",
            "terminating-gateway",
        ],
        "service-intentions" => &[
            "proxy-defaults",
            "service-defaults",
            "service-resolver",
            "service-splitter",
            "service-router",
            "jwt-provider",
        ],
        "terminating-gateway" => &["ingress-gateway"],
        _ => &[],
    }
}
