//! The agent's HTTP API: one client, one error type, the calls that termgate makes.

pub mod api;
mod client;
mod error;
pub mod facts;
mod fault;
mod hint;
mod lanes;
mod limit;
mod redirect;
mod tls;

pub use api::config::{EntryPath, entry_of, names_of};
pub use client::{Answer, Consul, Wait};
pub use error::{Error, Failure};
