//! Consul's own command line grammar, for the commands that stand in for Consul's.

pub mod connect_envoy;
pub mod go_flags;
