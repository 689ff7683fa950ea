//! `make bench`: wall time and peak memory of `connect envoy -bootstrap`, termgate beside the real Consul, in turns and on
//! the same agent.
//!
//! Each run is started by a small process of its own (this program once more), since the kernel reports the peak memory of
//! all children together only.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::json;

use support::consul::Consul;
use support::program;
use support::tools::{self, Tool};

/// Runs of each program and command line.
const ROUNDS: usize = 30;

/// The word that makes this program start another one and measure it.
const MEASURE: &str = "--measure";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    program::ended(match arguments.next() {
        Some(word) if word == MEASURE => measure(&arguments.collect::<Vec<_>>()),
        _ => program::with(&[Tool::Consul], compare),
    })
}

/// Runs a program to its end and prints microseconds and kibibytes.
fn measure(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no program")?;
    let start = Instant::now();
    let status =
        Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let time = start.elapsed();
    ensure!(status.success(), "{} {arguments:?}: {status}", program.display());
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    let kibibytes = if cfg!(target_os = "macos") { peak / 1024 } else { peak };
    println!("{} {kibibytes}", time.as_micros());
    Ok(())
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
struct Run {
    microseconds: f64,
    kibibytes: f64,
}

fn run(measured: &Path, arguments: &[&str], consul: &Consul) -> Result<Run> {
    let home = tempfile::tempdir()?;
    let output = program::beside_consul(&std::env::current_exe()?, home.path(), consul)
        .arg(MEASURE)
        .arg(measured)
        .args(arguments)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{text}");
    }
    let (microseconds, kibibytes) = text.trim().split_once(' ').context("no measurement")?;
    Ok(Run { microseconds: microseconds.parse()?, kibibytes: kibibytes.parse()? })
}

fn compare() -> Result<()> {
    let consul = Consul::start()?;
    consul.put(
        "/v1/agent/service/register",
        &json!({
            "Kind": "terminating-gateway", "ID": "gw", "Name": "gw", "Address": "127.0.0.1", "Port": 8443,
            "Proxy": {"Config": {"envoy_statsd_url": "udp://127.0.0.1:8125", "envoy_prometheus_bind_addr": "0.0.0.0:9102"}},
        }),
    )?;
    let commands: [(&str, &[&str]); 2] = [
        ("-bootstrap", &["connect", "envoy", "-gateway=terminating", "-proxy-id=gw", "-bootstrap"]),
        (
            "-register -bootstrap",
            &[
                "connect",
                "envoy",
                "-gateway=terminating",
                "-register",
                "-service=gw2",
                "-address=127.0.0.1:8443",
                "-bootstrap",
            ],
        ),
    ];
    let programs = [Tool::Consul.path()?, tools::termgate()?];
    println!("{ROUNDS} runs each, in turns; medians (least to most)\n");
    println!("| connect envoy … | Consul 1.8.7 | termgate | ratio |");
    println!("|---|---|---|---|");
    for (name, arguments) in commands {
        let mut runs = [Vec::new(), Vec::new()];
        for round in 0..=ROUNDS {
            for (program, runs) in programs.iter().zip(&mut runs) {
                let run = run(program, arguments, &consul)?;
                // The first round reads the programs from the disk.
                if round > 0 {
                    runs.push(run);
                }
            }
        }
        let [theirs, ours] = runs;
        row(&format!("`{name}`: time"), "ms", 1000.0, &theirs, &ours, |run| run.microseconds);
        row(&format!("`{name}`: peak memory"), "MiB", 1024.0, &theirs, &ours, |run| run.kibibytes);
    }
    Ok(())
}

fn row(name: &str, unit: &str, scale: f64, theirs: &[Run], ours: &[Run], value: impl Fn(&Run) -> f64) {
    let sorted = |runs: &[Run]| {
        let mut values: Vec<f64> = runs.iter().map(|run| value(run) / scale).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (theirs, ours) = (sorted(theirs), sorted(ours));
    let median = |values: &[f64]| values.get(values.len() / 2).copied().unwrap_or_default();
    let shown = |values: &[f64]| {
        let (least, most) =
            (values.first().copied().unwrap_or_default(), values.last().copied().unwrap_or_default());
        format!("{:.1} {unit} ({least:.1}–{most:.1})", median(values))
    };
    let ratio = median(&theirs) / median(&ours);
    println!("| {name} | {} | {} | {ratio:.1} × |", shown(&theirs), shown(&ours));
}
