//! When the leaf certificates of linked services are requested again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::collect::digest;
use crate::snapshot::Leaf;

/// How often a leaf is looked at when nothing hints at a change; the agent itself renews it long before it ends.
pub(super) const LEAF_PERIOD: Duration = Duration::from_secs(300);
/// How often leaves are looked at after the mesh CA changed, and for how long.
const ROTATION_PERIOD: Duration = Duration::from_secs(1);
const ROTATION_WINDOW: Duration = Duration::from_secs(120);

/// The leaves of all linked services.
#[derive(Debug)]
pub(super) struct Leaves {
    states: BTreeMap<String, State>,
    /// None is due before this.
    next: Instant,
    /// Services whose leaf has not been answered at all.
    untried: BTreeSet<String>,
    /// Whether they are asked for at all.
    are_wanted: bool,
}

/// When a leaf is due to be looked at, and what is known of it.
#[derive(Debug)]
struct State {
    due: Instant,
    /// Until when it is looked at often, and the certificate it had when the CA changed.
    rotation: Option<(Instant, String)>,
}

impl Leaves {
    pub fn new(now: Instant) -> Self {
        Self { states: BTreeMap::new(), next: now + LEAF_PERIOD, untried: BTreeSet::new(), are_wanted: true }
    }

    /// None is ever asked for: the agent would have to sign one for each service.
    pub fn unwanted(now: Instant) -> Self {
        Self { are_wanted: false, ..Self::new(now) }
    }

    /// Whether they are asked for.
    pub fn are_wanted(&self) -> bool {
        self.are_wanted
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// How many have not been answered at all.
    pub fn untried(&self) -> usize {
        self.untried.len()
    }

    /// No leaf is due before this.
    pub fn next(&self) -> Instant {
        self.next
    }

    /// Keeps to these services; gives those that are new, whose leaves are to be asked for at once.
    pub fn link(&mut self, linked: &BTreeSet<String>, now: Instant) -> BTreeSet<String> {
        self.states.retain(|service, _| linked.contains(service));
        self.untried.retain(|service| linked.contains(service));
        let is_new = |service: &&String| !self.states.contains_key(*service);
        let new: BTreeSet<String> = linked.iter().filter(is_new).cloned().collect();
        for service in &new {
            self.states.insert(service.clone(), State { due: now + LEAF_PERIOD, rotation: None });
            if self.are_wanted {
                self.untried.insert(service.clone());
            }
        }
        new
    }

    /// Any answer is one; that the agent was out of reach says nothing about the leaf.
    pub fn note_reply(&mut self, service: &str) {
        self.untried.remove(service);
    }

    /// Looks at a leaf again in about `period`; more often while it is still signed by the last CA.
    pub fn schedule(&mut self, service: &str, leaf: Option<&Arc<Leaf>>, period: Duration, now: Instant) {
        let Some(state) = self.states.get_mut(service) else { return };
        let certificate = leaf.map(|leaf| leaf.cert_pem.as_str());
        let waits_for_rotation = state
            .rotation
            .as_ref()
            .is_some_and(|(until, before)| now < *until && certificate == Some(before.as_str()));
        if !waits_for_rotation {
            state.rotation = None;
        }
        let period = if waits_for_rotation { ROTATION_PERIOD } else { period };
        // Spread by name, so that a thousand leaves are not all asked for at once.
        let spread = f64::from(u32::try_from(digest(&service) % 1000).unwrap_or(0)) / 4000.0;
        state.due = now + period.mul_f64(1.0 + spread);
        self.next = self.next.min(state.due);
    }

    /// The mesh CA changed: every leaf will be signed anew, at the CA's own pace.
    pub fn follow_rotation(&mut self, leaves: &BTreeMap<String, Arc<Leaf>>, now: Instant) {
        let until = now + ROTATION_WINDOW;
        for (service, state) in &mut self.states {
            let certificate = leaves.get(service).map(|leaf| leaf.cert_pem.clone());
            state.rotation = certificate.map(|certificate| (until, certificate));
            state.due = now;
            self.next = now;
        }
    }

    /// Looks at all of them now.
    pub fn hasten_all(&mut self, now: Instant) {
        for state in self.states.values_mut() {
            state.due = now;
        }
        self.next = now;
    }

    /// Looks at one of them at this time at the latest.
    pub fn hasten(&mut self, service: &str, at: Instant) {
        if let Some(state) = self.states.get_mut(service) {
            state.due = at.min(state.due);
            self.next = self.next.min(state.due);
        }
    }

    /// The services whose leaves are due; each answer sets the next time.
    pub fn take_due(&mut self, now: Instant) -> Vec<String> {
        if now < self.next {
            return Vec::new();
        }
        self.next = now + LEAF_PERIOD;
        if !self.are_wanted {
            return Vec::new();
        }
        let mut due = Vec::new();
        for (service, state) in &mut self.states {
            if state.due <= now {
                // Until the answer sets the next time.
                state.due = now + LEAF_PERIOD;
                due.push(service.clone());
            }
            self.next = self.next.min(state.due);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_that_are_not_wanted_are_neither_due_nor_waited_for() {
        let now = Instant::now();
        let mut leaves = Leaves::unwanted(now);
        let services = linked(&["a", "b"]);
        assert_eq!(leaves.link(&services, now), services);
        leaves.follow_rotation(&BTreeMap::new(), now);
        assert_eq!((leaves.untried(), leaves.take_due(now + LEAF_PERIOD * 2)), (0, Vec::new()));
    }

    fn linked(services: &[&str]) -> BTreeSet<String> {
        services.iter().map(|service| (*service).to_owned()).collect()
    }

    fn leaf(certificate: &str) -> Arc<Leaf> {
        Arc::new(Leaf { cert_pem: certificate.to_owned(), ..Leaf::default() })
    }

    #[test]
    fn a_leaf_is_checked_now_and_then_and_often_after_the_ca_changed() {
        let start = Instant::now();
        let mut leaves = Leaves::new(start);
        assert_eq!(leaves.link(&linked(&["a", "b"]), start), linked(&["a", "b"]));
        assert_eq!((leaves.len(), leaves.untried()), (2, 2));
        let old = leaf("old");
        for service in ["a", "b"] {
            leaves.note_reply(service);
            leaves.schedule(service, Some(&old), LEAF_PERIOD, start);
        }
        assert!(leaves.take_due(start + LEAF_PERIOD / 2).is_empty());
        leaves.follow_rotation(&BTreeMap::from([("a".to_owned(), old.clone())]), start);
        assert_eq!(leaves.take_due(start), ["a", "b"]);
        // The one that is still the old one is looked at soon, the other is new.
        leaves.schedule("a", Some(&old), LEAF_PERIOD, start);
        leaves.schedule("b", Some(&leaf("new")), LEAF_PERIOD, start);
        assert_eq!(leaves.take_due(start + 2 * ROTATION_PERIOD), ["a"]);
        leaves.schedule("a", Some(&leaf("new")), LEAF_PERIOD, start + 2 * ROTATION_PERIOD);
        assert!(leaves.take_due(start + LEAF_PERIOD / 2).is_empty());
        assert_eq!(leaves.take_due(start + 2 * LEAF_PERIOD), ["a", "b"]);
    }

    #[test]
    fn a_service_that_is_unlinked_has_no_leaf_to_look_at() {
        let start = Instant::now();
        let mut leaves = Leaves::new(start);
        leaves.link(&linked(&["a", "b"]), start);
        assert!(leaves.link(&linked(&["b"]), start).is_empty());
        leaves.hasten("b", start);
        assert_eq!((leaves.take_due(start), leaves.untried()), (vec!["b".to_owned()], 1));
    }
}
