//! Flags and environment resolved into plain settings; commands see nothing else.

pub mod consul;
pub mod env;
