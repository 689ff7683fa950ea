//! Consul → [`Snapshot`](crate::snapshot::Snapshot): once ([`once()`]), or kept up to date ([`live`]).

mod agent_kinds;
mod by_node;
pub mod live;
mod narrow;
mod once;
mod question;
mod refused;
pub mod rights;

pub use once::{Survey, instances, intentions, once, survey, with_services};
pub use question::{Error, Gateway};

/// A number that differs where `value` differs.
fn digest(value: &impl std::hash::Hash) -> u64 {
    use std::hash::Hasher as _;
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
