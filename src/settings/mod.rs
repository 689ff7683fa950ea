//! Flags and environment resolved into plain settings; commands see nothing else.

pub mod connect_envoy;
pub mod consul;
pub mod env;
pub mod forward_proxy;
pub mod run;
pub mod tls_files;
