//! termgate runs a Consul terminating gateway.
//!
//! Data flows one way: flags and environment → [`settings`] → facts (a [`snapshot`] of Consul, gathered by
//! [`collect`]) → pure rendering → output and Envoy ([`serve`], [`envoy`]). Input and output happen at the
//! edges, the core is pure functions over typed data.

#![forbid(unsafe_code)]

pub mod address_guard;
#[cfg(test)]
mod arrows;
pub mod bootstrap;
pub mod boringssl;
pub mod cli;
pub mod collect;
pub mod commands;
pub mod compat;
pub mod config_entry;
pub mod consul;
pub mod consul_version;
pub mod envoy;
pub mod envoy_api;
pub mod error;
pub mod excerpt;
pub mod finding;
pub mod gateway;
pub mod go;
pub mod gotemplate;
pub mod hcl;
pub mod http;
pub mod intentions;
pub mod monitor;
pub mod nearest;
pub mod output;
pub mod proxy_config;
pub mod render;
pub mod rights;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod snapshot;
pub mod sockaddr;
pub mod system;
pub mod tls_files;
pub mod upstream;
pub mod visible;
