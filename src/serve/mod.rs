//! Resources to Envoy: delta ADS over a private Unix socket.
//!
//! `encoder` turns rendered resources into protobuf and keeps what stays the same, `subscription` decides what a stream
//! must hear (pure), `server` carries it.

mod access_log;
mod encoder;
mod filter_chains;
mod server;
mod subscription;

pub use access_log::WAITING;
pub use encoder::{Encoder, Failure};
pub use server::{Event, Server};
pub use subscription::{EncodedResource, ResourceSet};
