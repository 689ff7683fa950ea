//! Which kinds of config entries the agent knows, as far as its answers have shown.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::config_entry;
use crate::consul_version::ConsulVersion;

/// How long an agent that does not tell its release is taken at its word: it may be upgraded meanwhile.
const MEMORY: Duration = Duration::from_secs(600);

/// What the agent knows.
#[derive(Debug, Default)]
pub struct AgentKinds(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    version: Option<ConsulVersion>,
    /// When the agent said that it does not know a kind.
    unknown: BTreeMap<String, Instant>,
}

impl AgentKinds {
    /// The agent says which release it is; `None` if that is not a version.
    pub fn note_version(&self, version: Option<ConsulVersion>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.version != version {
            known.unknown.clear();
        }
        known.version = version;
    }

    /// The agent says that it does not know `kind`.
    pub fn note_unknown(&self, kind: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.unknown.insert(kind.to_owned(), Instant::now());
    }

    /// Whether the agent may know `kind`; where not, asking would only write an error into its log.
    pub fn may_know(&self, kind: &str) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(version), Some(first)) = (&known.version, config_entry::since(kind))
            && !version.at_least(first)
        {
            return false;
        }
        known.unknown.get(kind).is_none_or(|since| since.elapsed() > MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_asked_for_unless_the_agent_is_too_old_or_has_said_so() {
        let kinds = AgentKinds::default();
        assert!(kinds.may_know("mesh"));
        kinds.note_unknown("mesh");
        assert!(!kinds.may_know("mesh"), "it has just said so");
        kinds.note_version("1.21.4".parse().ok());
        assert!(kinds.may_know("mesh"), "it was upgraded");
        kinds.note_version("1.9.17+ent".parse().ok());
        assert!(!kinds.may_know("mesh") && kinds.may_know("proxy-defaults"));
    }
}
