//! The host: files and what else a command reads of it.

pub mod authorities;
pub mod clock;
pub mod development_ca;
pub mod interfaces;
pub mod ports;
pub mod private_file;
pub mod process;
pub mod random;
pub mod replace_file;
pub mod resolve;
pub mod run_dir;
pub mod tls_files;
pub mod tls_inspect;
