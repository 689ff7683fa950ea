//! Resources to Envoy: delta ADS over a private Unix socket.
//!
//! [`encode`] turns rendered JSON into protobuf, `subscription` decides what a stream must hear (pure), `server`
//! carries it.

mod encoder;
mod filter_chains;
mod server;
mod subscription;

use crate::envoy_api::encode;
pub use encoder::{Encoder, Failure};
pub use server::{Event, Server};
pub use subscription::{EncodedResource, ResourceSet};
