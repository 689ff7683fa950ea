//! Which sources intentions let through, as a set: what decides before any request is known.

use std::collections::{BTreeMap, BTreeSet};

use super::{Effect, Rules, or_default};
use crate::snapshot::{Intention, IntentionAction};

/// The sources that [`Rules`] let through.
///
/// What no map names is treated alike, so that each source falls into one [`Names`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources<'a> {
    /// Partitions (Enterprise) that differ from [`Sources::others`].
    pub partitions: BTreeMap<&'a str, Partition<'a>>,
    /// Whether the sources of all other partitions get through.
    pub others: bool,
}

/// The sources of one partition that get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition<'a> {
    /// Namespaces (Enterprise) that differ from [`Partition::others`].
    pub namespaces: BTreeMap<&'a str, Names<'a>>,
    /// The names of all other namespaces.
    pub others: Names<'a>,
}

/// The sources of one namespace that get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names<'a> {
    /// Those for which the opposite of [`Names::others`] holds.
    pub except: BTreeSet<&'a str>,
    /// Whether all other names get through.
    pub others: bool,
}

impl Names<'_> {
    /// All names, or none.
    pub const fn all(others: bool) -> Self {
        Self { except: BTreeSet::new(), others }
    }
}

impl Sources<'_> {
    /// Whether every source is treated alike, and how.
    pub fn uniform(&self) -> Option<bool> {
        self.partitions.is_empty().then_some(self.others)
    }
}

impl<'a> Rules<'a> {
    /// The sources that get through to a service whose connections are all that intentions decide on.
    ///
    /// Agrees with [`Rules::decide`]. Sources in cluster peers are left out: their certificates are of another CA.
    pub fn sources(&self) -> Sources<'a> {
        let others = self.default == IntentionAction::Allow;
        if self.closed().is_some() {
            return Sources { partitions: BTreeMap::new(), others: false };
        }
        let mut by_partition: BTreeMap<&str, Vec<&'a Intention>> = BTreeMap::new();
        for intention in self.intentions.iter().copied().filter(|intention| intention.source_peer.is_empty())
        {
            by_partition.entry(or_default(&intention.source_partition)).or_default().push(intention);
        }
        let partitions =
            by_partition.into_iter().map(|(name, intentions)| (name, self.partition(&intentions)));
        let same = Partition { namespaces: BTreeMap::new(), others: Names::all(others) };
        Sources { partitions: partitions.filter(|(_, partition)| *partition != same).collect(), others }
    }

    fn partition(&self, intentions: &[&'a Intention]) -> Partition<'a> {
        let of_all = |intention: &Intention| intention.source_ns == "*";
        let mut by_namespace: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut wide = Vec::new();
        for (rank, intention) in intentions.iter().enumerate() {
            if of_all(intention) {
                wide.push(rank);
            } else {
                by_namespace.entry(or_default(&intention.source_ns)).or_default().push(rank);
            }
        }
        let names =
            |ranks: &[usize]| self.names(ranks.iter().filter_map(|rank| intentions.get(*rank).copied()));
        let others = names(&wide);
        let mut namespaces = BTreeMap::new();
        for (namespace, mut ranks) in by_namespace {
            ranks.extend(&wide);
            ranks.sort_unstable();
            let names = names(&ranks);
            if names != others {
                namespaces.insert(namespace, names);
            }
        }
        Partition { namespaces, others }
    }

    /// Of intentions on one namespace, strongest first; those behind one on all names decide nothing.
    fn names(&self, intentions: impl Iterator<Item = &'a Intention>) -> Names<'a> {
        let mut decided: BTreeMap<&str, bool> = BTreeMap::new();
        let mut others = self.default == IntentionAction::Allow;
        for intention in intentions {
            let passes = self.effect(intention) == Effect::Action(IntentionAction::Allow);
            if intention.source_name == "*" {
                others = passes;
                break;
            }
            decided.entry(&intention.source_name).or_insert(passes);
        }
        let except = decided.into_iter().filter(|(_, passes)| *passes != others).map(|(name, _)| name);
        Names { except: except.collect(), others }
    }
}
