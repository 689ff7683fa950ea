//! `make soak`: fifty rolling replacements of a gateway's two replicas under steady load. It fails if a request is lost.
//!
//! `SOAK_REPLACEMENTS`, `SOAK_REQUESTS` (at least so many), `SOAK_RATE` (requests a second), `SOAK_LIMIT` (seconds until it
//! gives up), `SOAK_LAG` (milliseconds by which the caller learns of changes late) and `SOAK_FLAGS` (more flags for
//! `termgate run`) change the plan.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Error, Result};

use support::program;
use support::soak::{Plan, Soak};
use support::tools::{Tool, variable};

fn main() -> ExitCode {
    program::ended(program::with(&[Tool::Consul, Tool::Envoy], soak))
}

fn soak() -> Result<()> {
    let plan = Plan {
        replacements: number("SOAK_REPLACEMENTS", 50)?,
        requests: number("SOAK_REQUESTS", 1_000_000)?,
        rate: number("SOAK_RATE", 3_000)?,
        limit: Duration::from_secs(number("SOAK_LIMIT", 1_800)?),
        lag: Duration::from_millis(number("SOAK_LAG", 0)?),
        flags: variable("SOAK_FLAGS").iter().flat_map(|flags| flags.split(' ')).map(str::to_owned).collect(),
    };
    let summary = Soak::start(plan)?.run(|line| println!("{line}"))?;
    println!("\n{summary}");
    summary.check()
}

/// A number from the environment.
fn number<N: FromStr<Err: Into<Error>>>(name: &str, default: N) -> Result<N> {
    let Some(text) = variable(name) else { return Ok(default) };
    text.parse().map_err(Into::into).with_context(|| format!("{name}={text}"))
}
