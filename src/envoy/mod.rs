//! The Envoy program: where it is, which version, how it is started and how it ends.

pub mod admin;
pub mod bootstrap_file;
pub mod certificates;
pub mod hot_restart;
pub mod locate;
pub mod process;
pub mod record;
pub mod traffic;
pub mod version;
