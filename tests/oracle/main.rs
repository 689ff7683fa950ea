//! Recordings of the real programs: a trial a recorded case, a file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod address_flags;
mod bootstrap;
mod config_entries;
mod connect_envoy;
mod differences;
mod envoy_accepts;
mod recorded_runs;
mod sockaddr;
mod xds;

fn main() -> std::process::ExitCode {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [
        address_flags::trials(),
        bootstrap::trials(),
        config_entries::trials(),
        connect_envoy::trials(),
        envoy_accepts::trials(),
        sockaddr::trials(),
        xds::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
