//! The agent's HTTP API: one client, one error type, the calls that termgate makes.

mod client;
mod config_entries;
mod error;
mod fault;
mod hint;
mod lanes;
mod limit;
mod redirect;
mod tls;

pub use client::{Answer, Consul, Wait, encode_path_segment};
pub use config_entries::{EntryPath, entry_of, names_of};
pub use error::{Error, Failure};
