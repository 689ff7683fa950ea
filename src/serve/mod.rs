//! Serves resources to Envoy: delta ADS over a private Unix socket.
//!
//! `encoder` turns rendered resources into protobuf and keeps what stays the same, `quarantine` leaves out what Envoy
//! refused, `subscription` decides what a stream must hear (both pure), `server` carries it.

mod access_log;
mod encoder;
mod filter_chains;
mod quarantine;
mod server;
mod subscription;

pub use access_log::WAITING;
pub use encoder::{Encoder, Failure};
pub use quarantine::{Quarantine, Update, tries_chains};
pub use server::{Event, Server, Silent};
pub use subscription::ResourceSet;
