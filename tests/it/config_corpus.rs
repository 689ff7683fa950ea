//! Every recorded file through the real `consul config write`, and through `termgate config validate` for that release.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN};
use crate::support::entry_cases::{self, Input};
use crate::support::tools::Tool;

/// Release of the agent of the tests.
const VERSION: &str = "1.8.7";

/// Refused by the servers for what other entries say, which no single file shows.
const NEEDS_OTHER_ENTRIES: [&str; 2] = ["other-service-splitter", "other-service-intentions-l7"];

/// Writers at the same time.
const WRITERS: usize = 3;

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(flatten)]
    input: Input,
}

#[test]
fn an_entry_is_valid_exactly_if_the_real_consul_accepts_it() -> Result<()> {
    needs!(Consul);
    let cases: Vec<Case> = entry_cases::read();
    let folder = tempfile::tempdir()?;
    let name = |index: usize| format!("{index:04}.hcl");
    for (index, case) in cases.iter().enumerate() {
        fs::write(folder.path().join(name(index)), case.input.bytes())?;
    }
    let ours = ours(folder.path())?;
    let consul = Consul::start()?;
    let (next, others) = (AtomicUsize::new(0), Mutex::new(()));
    let judge = || -> Result<Vec<String>> {
        let mut differences = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(index) else { return Ok(differences) };
            let findings = ours.get(&name(index)).with_context(|| format!("no report on {}", case.id))?;
            // Deeply nested, the original takes minutes and gigabytes.
            if findings.codes.iter().any(|code| code == "too-deep")
                || NEEDS_OTHER_ENTRIES.contains(&&*case.id)
            {
                continue;
            }
            let file = folder.path().join(name(index));
            let (accepted, told) = match &findings.other {
                None => write(&consul, &file)?,
                Some(path) => {
                    let _alone = others.lock().unwrap_or_else(PoisonError::into_inner);
                    let written = write(&consul, &file)?;
                    consul.request("DELETE", path, None)?;
                    written
                }
            };
            if accepted != findings.valid {
                differences.push(format!("{}: Consul: {told:?}, termgate: {findings:?}", case.id));
            }
        }
    };
    let differences = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(judge)).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect::<Result<Vec<_>>>()
    })?;
    let differences = differences.concat();
    ensure!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    Ok(())
}

#[derive(Debug)]
struct Findings {
    valid: bool,
    codes: Vec<String>,
    /// Path of an entry that is not a terminating gateway: those are checked against each other, so they come one by one.
    other: Option<String>,
}

fn ours(folder: &Path) -> Result<BTreeMap<String, Findings>> {
    let validate = ["config", "validate", "--output", "json", "--consul-version", VERSION];
    let answer = Termgate::new(validate)?.arg(folder).exits(3)?.json()?;
    let mut files = BTreeMap::new();
    for file in answer["files"].as_array().context("no files")? {
        let path = Path::new(file["path"].as_str().context("no path")?);
        let codes = file["diagnostics"].as_array().into_iter().flatten();
        let entry = &file["entries"][0];
        let (kind, name) = (entry["Kind"].as_str().unwrap_or_default(), entry["Name"].as_str());
        let findings = Findings {
            other: (!matches!(kind, "" | "terminating-gateway"))
                .then(|| format!("/v1/config/{kind}/{}", name.unwrap_or("global"))),
            valid: file["valid"] == true,
            codes: codes.filter_map(|finding| finding["code"].as_str()).map(str::to_owned).collect(),
        };
        files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), findings);
    }
    Ok(files)
}

/// Whether the real command takes a file, and what it says.
fn write(consul: &Consul, file: &Path) -> Result<(bool, String)> {
    let output = Command::new(Tool::Consul.path()?)
        .args(["config", "write"])
        .arg(file)
        .env_clear()
        .env("CONSUL_HTTP_ADDR", consul.http().to_string())
        .env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN)
        // One processor each: the Go runtime would start threads for all of them.
        .env("GOMAXPROCS", "1")
        .stdin(Stdio::null())
        .output()?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}
