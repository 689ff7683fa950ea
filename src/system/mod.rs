//! The host: files, processes and interfaces.

pub mod authorities;
pub mod cgroup;
pub mod clock;
pub mod development_ca;
pub mod first_process;
pub mod interfaces;
pub mod listening;
pub mod ports;
pub mod process;
pub mod random;
pub mod read_file;
pub mod readers;
pub mod resolve;
pub mod run_dir;
pub mod service_manager;
pub mod stdout;
pub mod terminal;
pub mod tls_files;
pub mod tls_inspect;
pub mod tls_shown;
pub mod write_file;
