//! `make bench`: how long `config validate` takes for an entry with thousands of linked services, and `config apply` for
//! a folder of entries beside a shell loop of the real `consul config write` on the same agent.
//!
//! `--small` tries it all out with a tenth of the entries.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use support::consul::Consul;
use support::program;
use support::tools::{self, Tool};

/// Runs of `config validate` for each size.
const ROUNDS: usize = 11;

/// Linked services of one entry.
const SERVICES: [usize; 3] = [1_000, 10_000, 20_000];

/// Entries that are applied.
const ENTRIES: usize = 1_000;

/// The loop writes every so manieth of them, and its time is scaled.
const SAMPLE: usize = 10;

/// Times that a folder is applied, or a sample of it written.
const APPLIES: usize = 3;

fn main() -> ExitCode {
    let scale = if std::env::args().any(|argument| argument == "--small") { 10 } else { 1 };
    program::ended(validate(scale).and_then(|()| program::with(&[Tool::Consul], || apply(scale))))
}

/// An entry as people write it, with so many services.
fn gateway(services: usize) -> String {
    let mut text = "Kind = \"terminating-gateway\"\nName = \"us-west-gateway\"\nServices = [\n".to_owned();
    for number in 0..services {
        // Writing to a String never fails.
        let _ = write!(
            text,
            "  {{\n    Name = \"service-{number}\"\n    CAFile = \"/etc/certs/ca-{number}.pem\"\n    SNI = \"service-{number}.example.com\"\n  }},\n"
        );
    }
    text + "]\n"
}

fn validate(scale: usize) -> Result<()> {
    println!("whole runs of `config validate`, {ROUNDS} of each; medians (least to most)\n");
    println!("| linked services | time | for 1,000 |");
    println!("|---|---|---|");
    let folder = tempfile::tempdir()?;
    for services in SERVICES.map(|services| services / scale) {
        let file = folder.path().join("gateway.hcl");
        fs::write(&file, gateway(services))?;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let mut command = Command::new(tools::termgate()?);
            command.args(["config", "validate", "--consul-version", "1.21.4"]).arg(&file).env_clear();
            times.push(timed(&mut command)?);
        }
        times.sort();
        let (least, median, most) = (times.first(), times.get(times.len() / 2), times.last());
        let milliseconds = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
        let (least, median, most) = (milliseconds(least), milliseconds(median), milliseconds(most));
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let each = median / services as f64 * 1e3;
        println!("| {services} | {median:.1} ms ({least:.1}–{most:.1}) | {each:.2} ms |");
    }
    println!();
    Ok(())
}

/// How long a command takes that must succeed.
fn timed(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let time = start.elapsed();
    ensure!(status.success(), "{command:?}: {status}");
    Ok(time)
}

/// Writes so many entries, one a file, all with a name of their own.
fn write_entries(folder: &Path, round: usize, entries: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in 0..entries {
        let text = format!(
            "Kind = \"terminating-gateway\"\nName = \"gateway-{round}-{number}\"\nServices = [\n  {{ Name = \"billing-{number}\" CAFile = \"/etc/certs/ca.pem\" SNI = \"billing.example\" }},\n]\n"
        );
        fs::write(folder.join(format!("{number:05}.hcl")), text)?;
    }
    Ok(())
}

fn apply(scale: usize) -> Result<()> {
    let consul = Consul::start()?;
    let (entries, sample) = (ENTRIES / scale, ENTRIES / scale / SAMPLE);
    let folder = tempfile::tempdir()?;
    let run = |program: &Path, arguments: &[&str]| {
        timed(program::beside_consul(program, folder.path(), &consul).args(arguments))
    };
    let (mut ours, mut theirs, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let shell_loop = format!(
        "set -e; for file in loop/*.hcl; do {} config write \"$file\"; done",
        Tool::Consul.path()?.display()
    );
    for round in 0..APPLIES {
        write_entries(&folder.path().join("apply"), round * 2, entries)?;
        write_entries(&folder.path().join("loop"), round * 2 + 1, sample)?;
        theirs.push(run(Path::new("/bin/sh"), &["-c", &shell_loop])?);
        let termgate = tools::termgate()?;
        ours.push(run(&termgate, &["config", "apply", "apply"])?);
        again.push(run(&termgate, &["config", "apply", "apply"])?);
    }
    let least = |times: &[Duration]| times.iter().min().copied().context("no run");
    let scaled = least(&theirs)? * u32::try_from(SAMPLE)?;
    let (ours, again) = (least(&ours)?, least(&again)?);
    println!("{entries} new entries on one agent, best of {APPLIES}\n");
    println!("| | time |");
    println!("|---|---|");
    println!(
        "| shell loop of `consul config write` ({sample} entries measured, times {SAMPLE}) | {:.2} s |",
        scaled.as_secs_f64()
    );
    println!("| `termgate config apply` | {:.3} s |", ours.as_secs_f64());
    println!("| the same again, nothing to do | {:.3} s |", again.as_secs_f64());
    println!("\nratio: {:.1} ×", scaled.as_secs_f64() / ours.as_secs_f64());
    Ok(())
}
