//! The gateway as a service: its addresses and its registration.

pub mod address;
pub mod agent_file;
pub mod definition;
pub mod host_port;
pub mod registration;
pub mod replacement;
