//! Flags and environment resolved into plain settings; commands see nothing else.
//!
//! A flag is defined here, once, beside the settings that it belongs to; `cli` makes its grammars from these.

pub mod acl;
pub mod connect_envoy;
pub mod consul;
pub mod doctor;
pub mod egress;
pub mod env;
pub mod envoy;
pub mod findings;
pub mod flag;
pub mod forward_proxy;
pub mod gateway;
pub mod given;
mod http_address;
pub mod intentions;
pub mod link;
pub mod login;
pub mod memory_limit;
pub mod names;
pub mod options;
pub mod registration;
pub mod requests;
pub mod run;
pub mod skipping;
pub mod status;
pub mod tls_files;
mod token;
