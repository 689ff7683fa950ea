//! What the log says about failing requests: a shared cause is logged once, and so is its end.

use std::collections::{BTreeMap, BTreeSet};

use tracing::{info, warn};

use crate::collect::live::Cause;

/// The requests that fail now.
#[derive(Debug, Default)]
pub struct Troubles(Vec<Incident>);

/// Requests that fail together.
#[derive(Debug, Default)]
struct Incident {
    /// An agent that comes back is out of reach at first, then without a leader: that is one trouble, not two.
    causes: BTreeSet<Cause>,
    /// What fails, and the reason in full.
    failing: BTreeMap<String, String>,
    over: BTreeSet<String>,
}

impl Incident {
    fn takes(&self, about: &str, cause: &Cause) -> bool {
        let is_shared = self.causes.iter().any(|cause| cause.is_shared);
        let is_of_it = self.causes.contains(cause);
        if self.failing.contains_key(about) {
            is_of_it || (is_shared && cause.is_shared)
        } else {
            is_of_it && cause.is_shared
        }
    }
}

impl Troubles {
    /// Takes one more in; whether it is worth a word.
    pub fn begin(&mut self, about: &str, cause: &Cause, reason: &str) -> bool {
        let taken_by = self.0.iter().position(|incident| incident.takes(about, cause));
        for (at, incident) in self.0.iter_mut().enumerate() {
            if Some(at) != taken_by {
                incident.failing.remove(about);
            }
        }
        let mut new = Incident::default();
        let incident = taken_by.and_then(|at| self.0.get_mut(at)).unwrap_or(&mut new);
        incident.causes.insert(cause.clone());
        incident.failing.insert(about.to_owned(), reason.to_owned());
        incident.over.remove(about);
        if taken_by.is_none() {
            self.0.push(new);
        }
        self.0.retain(|incident| !incident.failing.is_empty());
        taken_by.is_none()
    }

    /// Takes one for over; gives everything that failed together with it once nothing of that fails any more.
    pub fn end(&mut self, about: &str) -> Option<Vec<String>> {
        let at = self.0.iter().position(|incident| incident.failing.contains_key(about))?;
        let incident = self.0.get_mut(at)?;
        incident.failing.remove(about);
        incident.over.insert(about.to_owned());
        incident.failing.is_empty().then(|| self.0.remove(at).over.into_iter().collect())
    }

    /// The same as [`Troubles::begin`], and logs what is worth a word; `is_complete` once there is a configuration that
    /// stays in force.
    pub fn report(&mut self, about: &str, cause: &Cause, reason: &str, is_complete: bool) {
        if self.begin(about, cause, reason) {
            let rest = if is_complete { "; the last good configuration stays active" } else { "" };
            warn!(about, "{about}: {reason}{rest}");
        }
    }

    /// The same as [`Troubles::end`], and logs it.
    pub fn report_end(&mut self, about: &str) {
        match self.end(about).as_deref() {
            None => {}
            Some([about]) => info!("{about}: works again"),
            Some(all) => info!("{}: all work again", all.join(", ")),
        }
    }

    /// How many kinds of requests fail, and why.
    pub fn current(&self) -> (usize, String) {
        let count = self.0.iter().map(|incident| incident.failing.len()).sum();
        let why = self.0.iter().filter_map(|incident| {
            let about: Vec<&str> = incident.failing.keys().map(String::as_str).collect();
            Some(format!("{} ({})", incident.failing.values().next()?, about.join(", ")))
        });
        (count, why.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(text: &str) -> Cause {
        Cause { text: text.into(), is_shared: true }
    }

    fn own(text: &str) -> Cause {
        Cause { text: text.into(), is_shared: false }
    }

    #[test]
    fn a_shared_cause_is_logged_once_and_so_is_its_end() {
        let mut troubles = Troubles::default();
        assert!(troubles.begin("roots", &shared("no leader"), "GET roots: no leader"));
        assert!(!troubles.begin("links", &shared("no leader"), "GET links: no leader"));
        assert!(troubles.begin("leaves", &shared("busy"), "GET leaves: busy"));
        assert_eq!(troubles.end("roots"), None);
        assert_eq!(troubles.end("leaves").unwrap(), ["leaves"]);
        assert!(!troubles.begin("roots", &shared("no leader"), "GET roots: no leader"));
        assert_eq!(troubles.end("roots"), None);
        assert_eq!(troubles.current(), (1, "GET links: no leader (links)".to_owned()));
        assert_eq!(troubles.end("links").unwrap(), ["links", "roots"]);
        assert_eq!(troubles.current(), (0, String::new()));
        assert!(troubles.begin("roots", &shared("no leader"), "GET roots: no leader"));
        assert_eq!(troubles.end("intentions"), None);
    }

    #[test]
    fn an_agent_that_is_unreachable_and_then_without_a_leader_is_one_problem() {
        let mut troubles = Troubles::default();
        assert!(troubles.begin("roots", &shared("out of reach"), "refused"));
        assert!(!troubles.begin("roots", &shared("no leader"), "no leader"));
        assert!(!troubles.begin("links", &shared("no leader"), "no leader"));
        assert_eq!(troubles.current(), (2, "no leader (links, roots)".to_owned()));
        assert_eq!((troubles.end("links"), troubles.end("roots").unwrap().len()), (None, 2));
    }

    #[test]
    fn each_missing_right_is_reported() {
        let mut troubles = Troubles::default();
        assert!(troubles.begin("roots", &shared("no leader"), "no leader"));
        assert!(troubles.begin("roots", &own("denied"), "denied"));
        assert!(troubles.begin("links", &own("denied"), "denied"));
        assert!(!troubles.begin("links", &own("denied"), "denied"));
        assert_eq!(troubles.current().0, 2);
        assert_eq!(troubles.end("roots").unwrap(), ["roots"]);
        assert_eq!(troubles.end("links").unwrap(), ["links"]);
    }
}
