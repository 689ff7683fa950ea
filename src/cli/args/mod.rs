//! The grammar of the modern commands, one file a command or group of flags.

pub mod agent;
pub mod entries;
pub mod gateway;
pub mod run;
