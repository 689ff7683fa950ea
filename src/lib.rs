//! termgate runs a Consul terminating gateway.
//!
//! Data flows one way: flags and environment → [`settings`] → facts (a [`snapshot`] of Consul) → pure
//! rendering → output and Envoy. Input and output happen at the edges ([`consul`]), the core is pure
//! functions over typed data.

pub mod bootstrap;
pub mod cli;
pub mod consul;
pub mod envoy_api;
pub mod error;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod snapshot;
