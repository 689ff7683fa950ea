//! When to publish a state of Consul.

use std::time::Duration;

use tokio::time::Instant;

use super::{FIRST_LEAVES, Stage};

/// More than a leaf takes that the agent has already; its CA needs 20 ms for a new one.
const WARM_LEAF: Duration = Duration::from_millis(4);

/// Decides when a state is published.
#[derive(Debug)]
pub(super) struct Publisher {
    started: Instant,
    first_leaves: Duration,
    /// How much was published last.
    published: Option<Stage>,
    /// Whether there is something to publish.
    is_dirty: bool,
    /// Whether some of it must not wait.
    is_urgent: bool,
    /// Until when changes of leaves wait for more of their kind.
    lot_ends: Option<Instant>,
}

/// How many of the linked services have what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    /// Whether what does not depend on the linked services is known.
    pub has_common: bool,
    /// Whether the instances of all services are known.
    pub has_instances: bool,
    /// The number of linked services, and of those whose leaf question has no answer yet.
    pub leaves: usize,
    pub untried: usize,
}

impl Publisher {
    /// `first_leaves`: how long the first whole state waits for leaves that are slow to come.
    pub fn new(first_leaves: Duration, now: Instant) -> Self {
        Self {
            started: now,
            first_leaves,
            published: None,
            is_dirty: false,
            is_urgent: false,
            lot_ends: None,
        }
    }

    /// Whether a whole state has been published.
    pub fn is_complete(&self) -> bool {
        self.published == Some(Stage::Complete)
    }

    /// Something changed that must not wait.
    pub fn note_urgent(&mut self) {
        (self.is_dirty, self.is_urgent) = (true, true);
    }

    /// One of so many leaves changed.
    ///
    /// Leaves come one by one: they are published in lots, larger lots the more there are, because Envoy's work on a
    /// listener grows with its filter chains.
    pub fn note_leaf(&mut self, leaves: usize, now: Instant) {
        self.is_dirty = true;
        let lot = Duration::from_millis(20)
            + Duration::from_micros(500) * u32::try_from(leaves).unwrap_or(u32::MAX).min(10_000);
        self.lot_ends.get_or_insert(now + lot);
    }

    /// How much is to be published now, if anything.
    pub fn take_due(&mut self, progress: Progress, now: Instant) -> Option<Stage> {
        let may_wait = self.lot_ends.is_some_and(|at| now < at);
        if !may_wait {
            self.lot_ends = None;
        }
        let stage = self.stage(progress, now)?;
        // After the first, news of services whose instances are not known yet waits for those.
        let is_due = match self.published {
            Some(Stage::Complete) => {
                self.is_dirty && stage == Stage::Complete && (self.is_urgent || !may_wait)
            }
            before => before < Some(stage),
        };
        if !is_due {
            return None;
        }
        (self.is_dirty, self.is_urgent, self.lot_ends) = (false, false, None);
        self.published = Some(stage);
        Some(stage)
    }

    /// How much is known.
    fn stage(&self, progress: Progress, now: Instant) -> Option<Stage> {
        if !progress.has_common {
            return None;
        }
        if !progress.has_instances {
            return Some(Stage::Common);
        }
        let waits_for_leaves =
            !self.is_complete() && progress.untried > 0 && !self.leaves_are_slow(progress, now);
        Some(if waits_for_leaves { Stage::Instances } else { Stage::Complete })
    }

    /// Whether the first configuration should not wait for all leaves.
    ///
    /// Those that the agent has already come by the thousand in a second: to wait for them spares Envoy a second
    /// listener. A CA signs 50 a second, and a leaf that hangs must not hold up the others.
    fn leaves_are_slow(&self, Progress { leaves, untried, .. }: Progress, now: Instant) -> bool {
        let waited = now.saturating_duration_since(self.started);
        let tried = u32::try_from(leaves.saturating_sub(untried)).unwrap_or(u32::MAX);
        let left = u32::try_from(untried).unwrap_or(u32::MAX);
        let pace = waited / tried.max(1);
        waited >= self.longest_first_wait(leaves)
            || (waited >= self.first_leaves && pace > WARM_LEAF && pace.saturating_mul(left) > FIRST_LEAVES)
    }

    /// After this time the first configuration waits for no more leaves.
    fn longest_first_wait(&self, leaves: usize) -> Duration {
        self.first_leaves + WARM_LEAF / 2 * u32::try_from(leaves).unwrap_or(u32::MAX)
    }

    /// When something may be due that no answer brings.
    pub fn next_wake(&self, leaves: usize, now: Instant) -> Option<Instant> {
        let first = [self.first_leaves, self.longest_first_wait(leaves)].map(|wait| self.started + wait);
        let first = first.into_iter().find(|at| !self.is_complete() && *at > now);
        first.into_iter().chain(self.lot_ends).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Progress = Progress { has_common: true, has_instances: true, leaves: 10, untried: 0 };

    #[test]
    fn each_stage_is_published_once() {
        let now = Instant::now();
        let mut publisher = Publisher::new(FIRST_LEAVES, now);
        let none = Progress { has_common: false, has_instances: false, leaves: 0, untried: 0 };
        assert_eq!(publisher.take_due(none, now), None);
        let common = Progress { has_common: true, ..none };
        assert_eq!(publisher.take_due(common, now), Some(Stage::Common));
        publisher.note_urgent();
        assert_eq!(publisher.take_due(common, now), None, "there is nothing more to begin with");
        let waiting = Progress { untried: 3, ..ALL };
        assert_eq!(publisher.take_due(waiting, now), Some(Stage::Instances));
        assert_eq!(publisher.take_due(ALL, now), Some(Stage::Complete));
        assert_eq!(publisher.take_due(ALL, now), None);
        publisher.note_urgent();
        assert_eq!(publisher.take_due(Progress { has_instances: false, ..ALL }, now), None);
        assert_eq!(publisher.take_due(ALL, now), Some(Stage::Complete));
    }

    #[test]
    fn leaves_are_published_in_lots_unless_something_else_is() {
        let now = Instant::now();
        let mut publisher = Publisher::new(FIRST_LEAVES, now);
        publisher.take_due(ALL, now);
        publisher.note_leaf(10, now);
        assert_eq!(publisher.take_due(ALL, now), None);
        let end = publisher.next_wake(10, now).unwrap();
        assert_eq!(end, now + Duration::from_millis(25));
        assert_eq!(publisher.take_due(ALL, end), Some(Stage::Complete));
        publisher.note_leaf(10, end);
        publisher.note_urgent();
        assert_eq!(publisher.take_due(ALL, end), Some(Stage::Complete));
    }

    #[test]
    fn the_first_whole_state_waits_for_leaves_that_come_quickly_and_for_no_others() {
        let start = Instant::now();
        let at = |millis: u64| start + Duration::from_millis(millis);
        let waiting = |untried| Progress { leaves: 1000, untried, ..ALL };
        let mut publisher = Publisher::new(FIRST_LEAVES, start);
        assert_eq!(publisher.take_due(waiting(1000), at(100)), Some(Stage::Instances));
        // A thousand in a second: all are waited for.
        assert_eq!(publisher.take_due(waiting(500), at(600)), None);
        // 50 a second: they are not.
        assert_eq!(publisher.take_due(waiting(970), at(600)), Some(Stage::Complete));
        let mut publisher = Publisher::new(FIRST_LEAVES, start);
        publisher.take_due(waiting(1), at(100));
        assert_eq!(publisher.take_due(waiting(1), at(2400)), None);
        assert_eq!(publisher.take_due(waiting(1), at(2600)), Some(Stage::Complete));
    }
}
