//! The integration tests: the termgate binary against real and scripted agents. A file a feature, one binary for all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

use support::world;

mod acl_policy;
mod addresses;
mod agent_client;
mod agent_faults;
mod agent_hints;
mod audit_egress;
mod auto;
mod bootstrap;
mod certificates;
mod collect;
mod companion_faults;
mod companions;
mod config_again;
mod config_apply;
mod config_corpus;
mod config_entries;
mod config_files;
mod config_histories;
mod config_rules;
mod config_transcripts;
mod config_unknown_keys;
mod config_validate;
mod connect_envoy;
mod denied_sources;
mod descriptors;
mod direct_mode;
mod docs;
mod doctor;
mod entrypoint;
mod examples;
mod explain;
mod faults;
mod files;
mod findings;
mod generated;
mod graph;
mod harness;
mod install_script;
mod intention;
mod intentions;
mod login;
mod looking;
mod monitor;
mod outgoing_tls;
mod output_streams;
mod overload;
mod path_normalisation;
mod pictures;
mod pulse;
mod recorded_traffic;
mod refused;
mod refused_worlds;
mod register;
mod rivals;
mod run;
mod run_checks;
mod run_dir;
mod scripts;
mod service_definitions;
mod service_manager;
mod services;
mod snapshot;
mod soak;
mod stalled;
mod status;
mod steady;
mod takeover;
mod terminal;
mod timeouts;
mod tls_files;
mod unanswered;
mod upstream_trouble;
mod waiting;

#[test]
fn no_file_of_this_folder_is_forgotten() {
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(support::tools::project().join("tests/it")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            name == "main" || main.contains(&format!("mod {name};")),
            "{} is not compiled",
            path.display()
        );
    }
}
