//! The log lines about linked services while the gateway runs: which are served, which are closed, and why.

use std::collections::BTreeSet;

use tracing::info;

use crate::render::Rendered;
use crate::snapshot::Snapshot;

/// Remembers which were served and waiting, so that only news is logged.
#[derive(Debug, Default)]
pub struct Services {
    served: BTreeSet<String>,
    waiting: BTreeSet<String>,
}

impl Services {
    /// How many linked services are open.
    pub fn served(&self) -> usize {
        self.served.len()
    }

    /// Logs what changed since the last time; the services that are `waiting` for their leaf only have to wait.
    pub fn tell(&mut self, snapshot: &Snapshot, rendered: &Rendered, waiting: &BTreeSet<String>) {
        let closed: BTreeSet<&str> = rendered
            .findings
            .iter()
            .filter(|finding| finding.code.closes())
            .map(|finding| finding.subject.as_str())
            .collect();
        let served: BTreeSet<String> = snapshot
            .links
            .iter()
            .map(|link| &link.service.name)
            .filter(|name| !closed.contains(name.as_str()))
            .cloned()
            .collect();
        if served != self.served {
            let names = |set: BTreeSet<&String>| some_of(&set.into_iter().cloned().collect::<Vec<_>>());
            let added = names(served.difference(&self.served).collect());
            let removed = names(self.served.difference(&served).collect());
            let mut text = count(served.len());
            if let Some(added) = added {
                text.push_str("; new: ");
                text.push_str(&added);
            }
            if let Some(removed) = removed {
                text.push_str("; removed: ");
                text.push_str(&removed);
            }
            info!("{text}");
        }
        self.served = served;
        let newly: Vec<String> = waiting.difference(&self.waiting).cloned().collect();
        if let Some(names) = some_of(&newly) {
            info!(
                "waiting for certificates of {}; each is served as soon as its certificate arrives: {names}",
                count(newly.len())
            );
        }
        self.waiting.clone_from(waiting);
    }
}

fn count(services: usize) -> String {
    if services == 1 { "1 service".to_owned() } else { format!("{services} services") }
}

/// The first few names, and how many more there are.
pub fn some_of(names: &[String]) -> Option<String> {
    const SHOWN: usize = 10;
    let shown = names.get(..SHOWN).unwrap_or(names).join(", ");
    match names.len() {
        0 => None,
        count if count > SHOWN => Some(format!("{shown} and {} more", count - SHOWN)),
        _ => Some(shown),
    }
}

#[cfg(test)]
mod tests {
    use super::some_of;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..12).map(|number| format!("s{number}")).collect();
        assert_eq!(some_of(&[]), None);
        assert_eq!(some_of(&names[..2]).unwrap(), "s0, s1");
        assert!(some_of(&names).unwrap().ends_with("s9 and 2 more"));
    }
}
