//! Keys that no table has.

use crate::consul_version::ConsulVersion;

/// What becomes of keys that no table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// They are refused, as by Consul's client and by servers that are as old as the tables.
    Refused,
    /// They are sent as they are, with a warning: the agent may know them, and decides.
    Sent,
}

impl Unknown {
    /// For an agent of this version; `None` if the version is not known.
    pub fn of(version: Option<&ConsulVersion>) -> Self {
        if version.is_none_or(ConsulVersion::may_know_more) { Self::Sent } else { Self::Refused }
    }
}
