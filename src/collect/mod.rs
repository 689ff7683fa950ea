//! Consul → [`Snapshot`](crate::snapshot::Snapshot): once ([`once`]), or kept up to date ([`live`]).

pub mod live;
mod once;
mod question;

pub use once::{once, with_services};
pub use question::{Error, Gateway};
