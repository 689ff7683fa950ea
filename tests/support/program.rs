//! What the demo and the benches have in common as programs.
#![allow(clippy::print_stdout, reason = "they talk")]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::Result;

use super::consul::{Consul, MANAGEMENT_TOKEN};
use super::tools::Tool;

/// Prints the reason of a failure, and gives the program's exit status.
pub fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `work` if this machine can have these programs; otherwise says why not.
pub fn with(tools: &[Tool], work: impl FnOnce() -> Result<()>) -> Result<()> {
    let missing = tools.iter().find_map(|tool| Some((tool, tool.unavailable()?)));
    match missing {
        None => work(),
        Some((tool, reason)) => {
            println!("not run: {tool:?} cannot be installed here: {reason}");
            Ok(())
        }
    }
}

/// A program with nothing of the caller's environment, a home of its own, and an agent with the management token.
pub fn beside_consul(program: &Path, home: &Path, consul: &Consul) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .env("CONSUL_HTTP_ADDR", consul.http().to_string())
        .env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN);
    command
}

/// The middle one of some times, which are sorted afterwards.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
