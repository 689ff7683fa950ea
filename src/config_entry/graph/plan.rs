//! The order of writes and deletions, in which servers accept every step.
//!
//! First in the order of dependencies, as far as servers accept it; what they refuse waits for the others. Where all that
//! is left waits for each other, an entry is written twice: in a form that asks for less, and later in its final one.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::facts::{EVERYTHING, Facts, subject};
use super::servers::{Checked, Subjects};
use super::{Key, Refused, World, key_of, loosen};
use crate::config_entry::order::Phase;
use crate::config_entry::{ConfigEntry, Stored};
use crate::consul_version::ConsulVersion;

/// An entry as it is and as it shall be.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What is wanted; none for what is to be deleted.
    pub wanted: Option<&'a ConfigEntry>,
    /// What Consul has.
    pub stored: Option<&'a Stored>,
    /// Whether the two differ.
    pub differs: bool,
}

/// One write or deletion.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Which change it belongs to.
    pub change: usize,
    /// What is done.
    pub write: Write,
    /// Moves with the same number do not depend on each other.
    pub wave: usize,
}

/// What a move does.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// The entry becomes what is wanted.
    Final,
    /// The entry becomes this for a moment; none deletes it for a moment.
    Interim(Option<Box<ConfigEntry>>),
}

/// All moves, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The moves.
    pub moves: Vec<Move>,
}

impl Plan {
    /// The changes of entries that are written more than once.
    pub fn twice(&self) -> BTreeSet<usize> {
        let interim = self.moves.iter().filter(|next| matches!(next.write, Write::Interim(_)));
        interim.map(|next| next.change).collect()
    }
}

/// Entries that may be written twice; beyond that many, which of them need not be is not tried.
const MOST_TRIED: usize = 24;

/// Finds an order of all that differs in which servers accept every step. Fails with what they object to in the end.
pub fn plan(changes: &[Change<'_>], world: &World, version: &ConsulVersion) -> Result<Plan, Box<Refused>> {
    let planner = Planner {
        changes,
        keys: changes.iter().map(Change::key).collect(),
        finals: changes.iter().map(Change::facts).collect(),
        version,
    };
    let orders = [Planner::by_dependency, Planner::deletions_first];
    let mut best: Option<(Attempt, Box<Refused>)> = None;
    for order in orders {
        let mut attempt = Attempt::new(world, order(&planner));
        let Some(refused) = planner.advance(&mut attempt) else {
            return Ok(planner.finish(attempt));
        };
        if best.as_ref().is_none_or(|(known, _)| attempt.pending.len() < known.pending.len()) {
            best = Some((attempt, refused));
        }
    }
    let Some((stuck, refused)) = best else { return Ok(Plan::default()) };
    planner.in_two_writes(&stuck).map_or(Err(refused), |attempt| Ok(planner.finish(attempt)))
}

impl Change<'_> {
    pub(super) fn key(&self) -> Option<Key> {
        match (self.wanted, self.stored) {
            (Some(entry), _) => key_of(entry),
            (None, Some(stored)) => stored.key(),
            (None, None) => None,
        }
    }

    pub(super) fn facts(&self) -> Option<Rc<Facts>> {
        self.wanted.and_then(|entry| Facts::of(entry.kind(), entry.body())).map(Rc::new)
    }

    /// When it is done.
    fn phase(&self) -> Phase {
        match (self.wanted, self.stored) {
            (Some(entry), _) => Phase::of(entry),
            (None, stored) => Phase::of_kind(stored.map_or("", |stored| stored.kind)),
        }
    }
}

impl Stored {
    pub(super) fn key(&self) -> Option<Key> {
        let counts = super::is_default(&self.scope) && super::facts::has_facts(self.kind);
        counts.then(|| Key::new(self.kind, &self.name))
    }
}

struct Planner<'a> {
    changes: &'a [Change<'a>],
    /// None for entries that no others depend on.
    keys: Vec<Option<Key>>,
    finals: Vec<Option<Rc<Facts>>>,
    version: &'a ConsulVersion,
}

/// How far an order has come.
#[derive(Clone)]
struct Attempt {
    world: World,
    /// Changes that are still to be made, in the order in which they are tried.
    pending: Vec<usize>,
    /// Changes whose final form waits until nothing else can be done.
    held: BTreeSet<usize>,
    moves: Vec<(usize, Write, Subjects)>,
    /// What servers objected to last.
    refused: Vec<Refused>,
}

/// An entry in a form that asks for less; none is its deletion.
#[derive(Clone)]
struct Loose {
    change: usize,
    form: Option<ConfigEntry>,
}

impl Attempt {
    fn new(world: &World, pending: Vec<usize>) -> Self {
        Self { world: world.clone(), pending, held: BTreeSet::new(), moves: Vec::new(), refused: Vec::new() }
    }
}

impl Planner<'_> {
    fn is_deletion(&self, index: usize) -> bool {
        self.changes.get(index).is_some_and(|change| change.wanted.is_none())
    }

    fn phase(&self, index: usize) -> Option<Phase> {
        self.changes.get(index).map(Change::phase)
    }

    fn differing(&self) -> Vec<usize> {
        let all = self.changes.iter().enumerate();
        all.filter(|(_, change)| change.differs).map(|(index, _)| index).collect()
    }

    /// Writes first, what others need before the others; then deletions the other way round.
    fn by_dependency(&self) -> Vec<usize> {
        let (mut writes, mut deletions) = self.apart();
        writes.append(&mut deletions);
        writes
    }

    fn deletions_first(&self) -> Vec<usize> {
        let (mut writes, mut deletions) = self.apart();
        deletions.append(&mut writes);
        deletions
    }

    fn apart(&self) -> (Vec<usize>, Vec<usize>) {
        let (mut deletions, mut writes): (Vec<usize>, Vec<usize>) =
            self.differing().into_iter().partition(|&index| self.is_deletion(index));
        writes.sort_by_key(|&index| self.phase(index));
        deletions.sort_by_key(|&index| std::cmp::Reverse(self.phase(index)));
        (writes, deletions)
    }

    /// Makes all changes that servers accept. What they object to if some are left.
    fn advance(&self, attempt: &mut Attempt) -> Option<Box<Refused>> {
        loop {
            let mut is_stuck = true;
            attempt.refused.clear();
            for index in std::mem::take(&mut attempt.pending) {
                if attempt.held.contains(&index) {
                    attempt.pending.push(index);
                    continue;
                }
                let facts = self.finals.get(index).cloned().flatten();
                match self.step(attempt, index, facts, Write::Final) {
                    Ok(()) => is_stuck = false,
                    Err(refused) => {
                        attempt.refused.push(refused);
                        attempt.pending.push(index);
                    }
                }
            }
            if is_stuck {
                return attempt.refused.first().cloned().map(Box::new);
            }
        }
    }

    /// Takes a step if servers accept it.
    fn step(
        &self,
        attempt: &mut Attempt,
        index: usize,
        facts: Option<Rc<Facts>>,
        write: Write,
    ) -> Result<(), Refused> {
        let Some(Some(key)) = self.keys.get(index) else {
            attempt.moves.push((index, write, Subjects::new()));
            return Ok(());
        };
        let before = attempt.world.put(key, facts);
        let checked =
            Checked { world: &attempt.world, key, before: before.as_deref(), version: self.version }.run();
        match checked {
            Ok(subjects) => {
                attempt.moves.push((index, write, subjects));
                Ok(())
            }
            Err(refused) => {
                attempt.world.put(key, before);
                Err(refused)
            }
        }
    }

    /// Goes on from where everything left waits for each other.
    fn in_two_writes(&self, stuck: &Attempt) -> Option<Attempt> {
        let near = self.loosenable(stuck, false);
        for loose in near.iter().take(4 * MOST_TRIED) {
            if let Some(done) = self.with_loose(stuck, std::slice::from_ref(loose)) {
                return Some(done);
            }
        }
        let all = self.loosenable(stuck, true);
        // The last form of each entry asks for the least.
        let is_last = |position: &usize| {
            all.get(*position).map(|loose| loose.change) != all.get(position + 1).map(|loose| loose.change)
        };
        let deleted: Vec<Loose> =
            (0..all.len()).filter(is_last).filter_map(|position| all.get(position).cloned()).collect();
        let least: Vec<Loose> = (0..all.len())
            .filter(|position| is_last(&(position + 1)) && !is_last(position))
            .filter_map(|position| all.get(position).cloned())
            .collect();
        [least, deleted].into_iter().find_map(|set| {
            let done = self.with_loose(stuck, &set)?;
            Some(self.with_fewer(stuck, set, done))
        })
    }

    /// Leaves out what need not be written twice.
    fn with_fewer(&self, stuck: &Attempt, mut set: Vec<Loose>, mut done: Attempt) -> Attempt {
        if set.len() > MOST_TRIED {
            return done;
        }
        let mut position = 0;
        while position < set.len() {
            let mut fewer = set.clone();
            fewer.remove(position);
            match self.with_loose(stuck, &fewer) {
                Some(better) => (set, done) = (fewer, better),
                None => position += 1,
            }
        }
        done
    }

    /// Goes on with entries in looser forms.
    fn with_loose(&self, stuck: &Attempt, set: &[Loose]) -> Option<Attempt> {
        let mut attempt = stuck.clone();
        let mut left: Vec<&Loose> = set.iter().collect();
        loop {
            let is_stuck = self.advance(&mut attempt).is_some();
            if attempt.pending.is_empty() {
                return Some(attempt);
            }
            let next = left.iter().position(|loose| {
                let write = Write::Interim(loose.form.clone().map(Box::new));
                let facts = loose.form.as_ref().and_then(|form| Facts::of(form.kind(), form.body()));
                is_stuck && self.step(&mut attempt, loose.change, facts.map(Rc::new), write).is_ok()
            });
            if let Some(position) = next {
                let change = left.remove(position).change;
                attempt.held.insert(change);
                if !attempt.pending.contains(&change) {
                    attempt.pending.push(change);
                }
            } else if attempt.held.is_empty() {
                return None;
            } else {
                attempt.held.clear();
            }
        }
    }

    /// The entries that can be written twice, dependents first, each in all its forms; with `all`, not only those that
    /// servers looked at.
    fn loosenable(&self, stuck: &Attempt, all: bool) -> Vec<Loose> {
        let mut services: BTreeSet<String> = BTreeSet::new();
        for refused in &stuck.refused {
            services.extend(refused.services.iter().cloned());
            services.insert(refused.at.name.clone());
        }
        let pending = stuck.pending.iter().filter_map(|&index| self.keys.get(index)?.as_ref());
        services.extend(pending.map(|key| key.name.clone()));
        if all {
            let mut todo: Vec<String> = services.iter().cloned().collect();
            while let Some(service) = todo.pop() {
                let of_one = stuck.world.entries.iter().filter(|(key, _)| key.name == service);
                let named = of_one.flat_map(|(_, facts)| facts.links()).map(str::to_lowercase);
                let naming = stuck.world.links(&service).map(|key| key.name.clone());
                todo.extend(
                    named.chain(naming).filter(|name| services.insert(name.clone())).collect::<Vec<_>>(),
                );
            }
        }
        let is_near = |key: &Key, facts: &Facts| {
            services.contains(&key.name)
                || key.kind == "ingress-gateway"
                    && facts.links().iter().any(|name| services.contains(&name.to_lowercase()))
        };
        let mut found = Vec::new();
        for kind in ["service-resolver", "ingress-gateway", "service-router", "service-splitter"] {
            for (index, change) in self.changes.iter().enumerate() {
                let (Some(Some(key)), Some(wanted)) = (self.keys.get(index), change.wanted) else { continue };
                let there = stuck.world.entries.get(key).filter(|_| key.kind == kind);
                if there.is_none_or(|facts| !is_near(key, facts)) {
                    continue;
                }
                let forms = loosen::forms(wanted, change.stored).into_iter().map(Some).chain([None]);
                found.extend(forms.map(|form| Loose { change: index, form }));
            }
        }
        if all {
            // Dependents first: nothing is left that asks for what goes.
            let rank = |loose: &Loose| {
                std::cmp::Reverse(
                    self.keys.get(loose.change).cloned().flatten().map(|key| Phase::of_kind(key.kind)),
                )
            };
            found.sort_by_key(rank);
        }
        found
    }

    /// Gives each move the number of its wave.
    fn finish(&self, attempt: Attempt) -> Plan {
        let mut moves = Vec::with_capacity(attempt.moves.len());
        let (mut wave, mut run) = (0, None);
        let mut written: BTreeSet<String> = BTreeSet::new();
        let mut looked_at = Subjects::new();
        for (change, write, subjects) in attempt.moves {
            let own = self.keys.get(change).and_then(Option::as_ref).map(subject);
            let here = (self.phase(change), self.is_deletion(change));
            let is_all = |subjects: &BTreeSet<String>| subjects.contains(EVERYTHING);
            let depends = own.as_ref().is_some_and(|own| looked_at.contains(own))
                || subjects.iter().any(|subject| written.contains(subject))
                || own.is_some() && (is_all(&written) || is_all(&subjects) && !written.is_empty());
            if depends || run.is_some_and(|run| run != here) {
                wave += 1;
                written.clear();
                looked_at.clear();
            }
            run = Some(here);
            written.extend(own);
            looked_at.extend(subjects);
            moves.push(Move { change, write, wave });
        }
        Plan { moves }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config_entry::graph::objections;
    use crate::config_entry::{diff, read};
    use crate::hcl::Source;

    const VERSION: ConsulVersion = ConsulVersion::new(1, 21, 4);

    fn entries(texts: &[String]) -> Vec<ConfigEntry> {
        texts.iter().map(|text| read(&Source::new(text.as_bytes()), &VERSION).unwrap()).collect()
    }

    /// The steps from one set of entries to another, or what is objected to.
    fn steps(before: &[String], after: &[String]) -> Result<Vec<String>, Vec<String>> {
        let (before, after) = (entries(before), entries(after));
        let stored: Vec<Stored> = before.iter().map(Stored::of_written).collect();
        let of = |entry: &ConfigEntry| {
            stored.iter().find(|stored| stored.kind == entry.kind() && stored.name == entry.stored_name())
        };
        let mut changes: Vec<Change<'_>> = Vec::new();
        for entry in &after {
            let stored = of(entry);
            let differs = stored.is_none() || !diff(stored, entry).is_empty();
            changes.push(Change { wanted: Some(entry), stored, differs });
        }
        let is_wanted = |stored: &&Stored| {
            after.iter().any(|entry| entry.kind() == stored.kind && entry.stored_name() == stored.name)
        };
        for stored in stored.iter().filter(|stored| !is_wanted(stored)) {
            changes.push(Change { wanted: None, stored: Some(stored), differs: true });
        }
        let world = World::of_stored(&stored);
        let objections = objections(&changes, &world, &VERSION);
        if !objections.is_empty() {
            return Err(objections.into_iter().map(|found| found.located.finding.message).collect());
        }
        let plan = plan(&changes, &world, &VERSION)
            .map_err(|refused| vec![format!("no order: {}", refused.words)])?;
        check(&changes, &plan, &world);
        let shown = |next: &Move| {
            let change = changes[next.change];
            let id = change.key().map(|key| key.to_string()).unwrap_or_default();
            let what = match &next.write {
                Write::Final if change.wanted.is_none() => "delete",
                Write::Final => "write",
                Write::Interim(Some(_)) => "loosen",
                Write::Interim(None) => "delete for a moment",
            };
            format!("{what} {id}")
        };
        Ok(plan.moves.iter().map(shown).collect())
    }

    /// Whether servers accept every step in every order of a wave, and all is as it is wanted in the end.
    fn check(changes: &[Change<'_>], plan: &Plan, world: &World) {
        assert!(plan.moves.is_sorted_by_key(|next| next.wave));
        for is_reversed in [false, true] {
            let mut world = world.clone();
            let mut moves: Vec<&Move> = plan.moves.iter().collect();
            if is_reversed {
                moves.reverse();
                moves.sort_by_key(|next| next.wave);
            }
            for next in moves {
                let Some(key) = changes[next.change].key() else { continue };
                let facts = match &next.write {
                    Write::Final => changes[next.change].facts(),
                    Write::Interim(form) => {
                        form.as_ref().and_then(|form| Facts::of(form.kind(), form.body())).map(Rc::new)
                    }
                };
                let before = world.put(&key, facts);
                let checked =
                    Checked { world: &world, key: &key, before: before.as_deref(), version: &VERSION };
                if let Err(refused) = checked.run() {
                    panic!("{key} is refused (reversed: {is_reversed}): {}: {plan:?}", refused.words);
                }
            }
            for change in changes {
                let key = change.key().unwrap();
                assert_eq!(world.entries.get(&key), change.facts().as_ref(), "{key}");
            }
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn defaults(name: &str, protocol: &str) -> String {
        format!("Kind = \"service-defaults\" Name = \"{name}\" Protocol = \"{protocol}\"")
    }

    fn resolver(name: &str, inside: &str) -> String {
        format!("Kind = \"service-resolver\" Name = \"{name}\" {inside}")
    }

    fn splitter(name: &str, splits: &[(&str, &str)]) -> String {
        let weight = 100 / splits.len();
        let splits: Vec<String> = splits
            .iter()
            .map(|(service, subset)| {
                format!("{{ Weight = {weight} Service = \"{service}\" ServiceSubset = \"{subset}\" }}")
            })
            .collect();
        format!("Kind = \"service-splitter\" Name = \"{name}\" Splits = [{}]", splits.join(", "))
    }

    #[test]
    fn dependents_go_before_what_they_need() {
        let before = [
            defaults("w", "http"),
            resolver("w", "Subsets { v1 {} v2 {} }"),
            splitter("w", &[("", "v1"), ("", "v2")]),
        ];
        let after = [defaults("w", "tcp"), resolver("w", "ConnectTimeout = \"3s\"")];
        assert_eq!(
            steps(&before, &after).unwrap(),
            ["delete service-splitter/w", "write service-defaults/w", "write service-resolver/w"]
        );
        assert_eq!(
            steps(&after, &before).unwrap(),
            ["write service-defaults/w", "write service-resolver/w", "write service-splitter/w"]
        );
        let intentions = "Kind = \"service-intentions\" Name = \"w\" Sources = [{ Name = \"a\" Permissions = [{ \
                          Action = \"allow\" HTTP { PathPrefix = \"/\" } }] }]";
        let plain =
            "Kind = \"service-intentions\" Name = \"w\" Sources = [{ Name = \"a\" Action = \"allow\" }]";
        assert_eq!(
            steps(&[defaults("w", "http"), intentions.to_owned()], &[defaults("w", "tcp"), plain.to_owned()])
                .unwrap(),
            ["write service-intentions/w", "write service-defaults/w"]
        );
    }

    #[test]
    fn what_waits_for_each_other_is_written_twice() {
        let subsets =
            |names: [&str; 2]| resolver("w", &format!("Subsets {{ {} {{}} {} {{}} }}", names[0], names[1]));
        let split = |names: [&str; 2]| splitter("w", &[("", names[0]), ("", names[1])]);
        assert_eq!(
            steps(
                &[defaults("w", "http"), subsets(["v1", "v2"]), split(["v1", "v2"])],
                &[defaults("w", "http"), subsets(["v1", "v3"]), split(["v1", "v3"])],
            )
            .unwrap(),
            ["loosen service-resolver/w", "write service-splitter/w", "write service-resolver/w"]
        );
        let redirect = resolver("a", "Redirect { Service = \"b\" }");
        assert_eq!(
            steps(
                &[defaults("a", "tcp"), defaults("b", "tcp"), redirect.clone()],
                &[defaults("a", "http"), defaults("b", "http"), redirect],
            )
            .unwrap(),
            [
                "loosen service-resolver/a",
                "write service-defaults/a",
                "write service-defaults/b",
                "write service-resolver/a"
            ]
        );
        let ingress = |protocol: &str| {
            format!(
                "Kind = \"ingress-gateway\" Name = \"i\" Listeners = [{{ Port = 1 Protocol = \"{protocol}\" Services = [{{ \
                 Name = \"a\" }}] }}]"
            )
        };
        assert_eq!(
            steps(&[defaults("a", "http"), ingress("http")], &[defaults("a", "grpc"), ingress("grpc")])
                .unwrap(),
            ["loosen ingress-gateway/i", "write service-defaults/a", "write ingress-gateway/i"]
        );
    }

    #[test]
    fn a_gateway_of_another_kind_goes_first() {
        let terminating = texts(&["Kind = \"terminating-gateway\" Name = \"g\""]);
        let ingress = texts(&["Kind = \"ingress-gateway\" Name = \"g\""]);
        assert_eq!(
            steps(&terminating, &ingress).unwrap(),
            ["delete terminating-gateway/g", "write ingress-gateway/g"]
        );
    }

    #[test]
    fn what_no_order_helps_is_objected_to() {
        let before = [defaults("w", "http"), splitter("w", &[("", "")])];
        let found = steps(&before, &[defaults("w", "tcp"), splitter("w", &[("", "")])]).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("does not permit advanced routing"), "{found:?}");
        let provider = "Kind = \"service-intentions\" Name = \"w\" JWT { Providers = [{ Name = \"p\" }] } Sources = [{ Name \
                        = \"a\" Action = \"allow\" }]";
        let found = steps(&[], &texts(&[provider])).unwrap_err();
        assert_eq!(found, ["Referenced JWT Provider does not exist. Provider Name: p"]);
    }

    const NAMES: [&str; 3] = ["a", "b", "c"];

    fn target() -> impl Strategy<Value = (&'static str, &'static str)> {
        (prop::sample::select(&NAMES[..]), prop::sample::select(vec!["", "", "v1", "v2"]))
    }

    /// A set of entries with names from a small pool, so that many depend on each other.
    fn set() -> impl Strategy<Value = Vec<String>> {
        let protocol = prop::sample::select(vec!["tcp", "http", "http", "grpc"]);
        let of_one = |name: &'static str| {
            let subsets = prop::sample::select(vec!["", "Subsets { v1 {} }", "Subsets { v1 {} v2 {} }"]);
            let leads = prop_oneof![
                3 => Just(String::new()),
                1 => target().prop_map(|(service, subset)| {
                    format!("Redirect {{ Service = \"{service}\" ServiceSubset = \"{subset}\" }}")
                }),
                1 => target().prop_map(|(service, _)| format!("Failover {{ \"*\" {{ Service = \"{service}\" }} }}")),
            ];
            let resolver = (subsets, leads)
                .prop_map(move |(subsets, leads)| resolver(name, &format!("{subsets} {leads}")));
            let splits = proptest::collection::btree_set(target(), 1..3)
                .prop_map(move |splits| splitter(name, &splits.into_iter().collect::<Vec<_>>()));
            let router = target().prop_map(move |(service, subset)| {
                format!(
                    "Kind = \"service-router\" Name = \"{name}\" Routes = [{{ Match {{ HTTP {{ PathPrefix = \"/x\" }} }} \
                     Destination {{ Service = \"{service}\" ServiceSubset = \"{subset}\" }} }}]"
                )
            });
            let ingress = (prop::sample::select(&NAMES[..]), prop::sample::select(vec!["tcp", "http", "grpc"]))
                .prop_map(move |(service, protocol)| {
                    format!(
                        "Kind = \"ingress-gateway\" Name = \"{name}\" Listeners = [{{ Port = 1 Protocol = \"{protocol}\" \
                         Services = [{{ Name = \"{service}\" }}] }}]"
                    )
                });
            let intentions = Just(format!(
                "Kind = \"service-intentions\" Name = \"{name}\" Sources = [{{ Name = \"x\" Permissions = [{{ Action = \
                 \"allow\" HTTP {{ PathPrefix = \"/\" }} }}] }}]"
            ));
            (
                prop::option::weighted(
                    0.7,
                    protocol.clone().prop_map(move |protocol| defaults(name, protocol)),
                ),
                prop::option::weighted(0.5, resolver),
                prop::option::weighted(0.3, splits),
                prop::option::weighted(0.3, router),
                prop::option::weighted(0.2, ingress),
                prop::option::weighted(0.2, intentions),
            )
                .prop_map(|(one, two, three, four, five, six)| {
                    [one, two, three, four, five, six].into_iter().flatten().collect::<Vec<_>>()
                })
        };
        let shared = prop::option::weighted(
            0.4,
            prop::sample::select(vec!["tcp", "http"]).prop_map(|protocol| {
                format!("Kind = \"proxy-defaults\" Name = \"global\" Config {{ protocol = \"{protocol}\" }}")
            }),
        );
        (of_one("a"), of_one("b"), of_one("c"), shared).prop_map(|(mut all, mut more, mut most, shared)| {
            all.append(&mut more);
            all.append(&mut most);
            all.extend(shared);
            all
        })
    }

    /// The set without entries that servers refuse beside the others.
    fn accepted(mut texts: Vec<String>) -> Vec<String> {
        loop {
            let all = entries(&texts);
            let changes: Vec<Change<'_>> =
                all.iter().map(|entry| Change { wanted: Some(entry), stored: None, differs: true }).collect();
            match objections(&changes, &World::new(true), &VERSION).first() {
                Some(objection) => drop(texts.remove(objection.change)),
                None => return texts,
            }
        }
    }

    proptest! {
        #[test]
        fn between_any_two_sets_that_servers_accept_is_an_order_that_they_accept(before in set(), after in set()) {
            let (before, after) = (accepted(before), accepted(after));
            for (from, to) in [(&[][..], &before[..]), (&before, &after), (&after, &after)] {
                match steps(from, to) {
                    Ok(steps) => prop_assert!(from != to || steps.is_empty(), "{steps:?}"),
                    Err(refused) => {
                        let sets = format!("{}\n->\n{}", from.join("\n"), to.join("\n"));
                        return Err(TestCaseError::fail(format!("{refused:?}\n{sets}")));
                    }
                }
            }
        }
    }
}
