//! What was applied once is unchanged the second time: every recorded file that the real Consul takes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::support::command::Termgate;
use crate::support::consul::Consul;
use crate::support::entry_cases::{self, Input};

/// Release of the agent of the tests.
const VERSION: &str = "1.8.7";

/// Agents at the same time, as many files have the same entry.
const AGENTS: usize = 2;

/// Codes of what `config apply` refuses although Consul takes it: whichever is meant is not clear, or Envoy refuses it.
const REFUSED_ON_PURPOSE: [&str; 4] = ["merged-entries", "refused-by-envoy", "too-deep", "agent-setting"];

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(flatten)]
    input: Input,
    verdict: Option<Verdict>,
    #[serde(flatten)]
    own: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Verdict {
    stage: String,
}

impl Case {
    fn is_accepted(&self) -> bool {
        let own = self.own.get(VERSION).and_then(|own| own["stage"].as_str());
        own.or(self.verdict.as_ref().map(|verdict| &*verdict.stage)) == Some("accepted")
    }
}

/// Whether the file was applied; a file that is refused on purpose is not.
fn apply_twice(consul: &Consul, text: &[u8]) -> Result<bool> {
    let command = |words: &[&str]| anyhow::Ok(Termgate::new(words)?.file("entry.hcl", text)?.consul(consul));
    let first = command(&["config", "apply", "entry.hcl", "--output", "json"])?.run()?;
    if first.code == Some(3) {
        let is_told =
            |code: &&str| first.stdout.contains(&format!("\"code\":\"{code}\",\"severity\":\"failure\""));
        ensure!(REFUSED_ON_PURPOSE.iter().any(is_told), "{first}");
        return Ok(false);
    }
    ensure!(first.code == Some(0), "{first}");
    let second = command(&["config", "apply", "entry.hcl", "--output", "json"])?.run()?;
    ensure!(second.code == Some(0), "{second}");
    for line in second.stdout.lines() {
        let line: Value = serde_json::from_str(line)?;
        ensure!(line["action"] == "unchanged", "{second}");
    }
    command(&["config", "diff", "entry.hcl"])?.succeeds()?;
    let line: Value = serde_json::from_str(first.stdout.lines().next().context("no entry")?)?;
    let (kind, name) = (line["kind"].as_str().unwrap_or_default(), line["name"].as_str().unwrap_or_default());
    // Some names cannot be addressed: their entries stay.
    let _ = consul.request("DELETE", &format!("/v1/config/{kind}/{name}"), None);
    Ok(true)
}

#[test]
fn every_recorded_file_is_unchanged_the_second_time() -> Result<()> {
    needs!(Consul);
    let cases: Vec<Case> = entry_cases::read::<Case>().into_iter().filter(Case::is_accepted).collect();
    ensure!(cases.len() > 300, "only {} files are accepted", cases.len());
    let (next, applied) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let judge = || -> Result<Vec<String>> {
        let consul = Consul::start()?;
        let mut differences = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(index) else { return Ok(differences) };
            match apply_twice(&consul, &case.input.bytes()) {
                Ok(is_applied) => drop(applied.fetch_add(usize::from(is_applied), Ordering::Relaxed)),
                Err(error) => differences.push(format!("{}: {error:#}", case.id)),
            }
        }
    };
    let differences = std::thread::scope(|scope| {
        let agents: Vec<_> = (0..AGENTS).map(|_| scope.spawn(judge)).collect();
        agents.into_iter().map(|agent| agent.join().expect("no panic")).collect::<Result<Vec<_>>>()
    })?;
    let differences = differences.concat();
    ensure!(differences.is_empty(), "{} files differ:\n{}", differences.len(), differences.join("\n"));
    let applied = applied.into_inner();
    ensure!(applied > 300, "only {applied} files were applied");
    Ok(())
}

#[test]
fn what_servers_spell_otherwise_is_unchanged_the_second_time() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for text in [
        "Kind = \"service-defaults\"\nName = \"q\"\nProtocol = \"HTTP\"\n",
        "Kind = \"service-defaults\"\nName = \"q\"\nProtocol = \"http\"\nMeshGateway {}\nExpose { Paths = [] }\n",
        "Kind = \"service-resolver\"\nName = \"q\"\nConnectTimeout = \"0s\"\nSubsets {}\n",
        "Kind = \"service-resolver\"\nName = \"q\"\nConnectTimeout = \"1500ms\"\nSubsets { v1 {} v2 { OnlyPassing = false } }\n",
        "Kind = \"service-splitter\"\nName = \"q\"\nSplits = [{ Weight = 33.333 ServiceSubset = \"v1\" }, { Weight = 66.667 }]\n",
        "Kind = \"service-router\"\nName = \"q\"\nRoutes = [{ Match { HTTP { PathPrefix = \"/\" Methods = [\"get\"] } } Destination { \
         RequestTimeout = \"0s\" RetryOnStatusCodes = [503] } }, { Match { HTTP {} } }]\n",
        "Kind = \"ingress-gateway\"\nName = \"ig\"\nTLS { Enabled = false }\nListeners = [{ Port = 80 Services = [{ Name = \"z\" }] }, { \
         Port = 81 Protocol = \"HTTP\" Services = [{ Name = \"q\" Hosts = [] }] }]\n",
        "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { a = 1 b = 1.5 c = [] d { e = \"f\" } protocol = \"http\" }\n",
        "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [{ Name = \"z\" }, { Name = \"a\" CAFile = \"\" }]\nMeta {}\n",
    ] {
        let command =
            |words: &[&str]| anyhow::Ok(Termgate::new(words)?.file("entry.hcl", text)?.consul(&consul));
        command(&["config", "apply", "entry.hcl"])?.succeeds().with_context(|| text.to_owned())?;
        let second = command(&["config", "apply", "entry.hcl"])?.succeeds()?;
        ensure!(second.stdout == "0 created, 0 updated, 0 deleted, 1 unchanged\n", "{text}: {second}");
        command(&["config", "diff", "entry.hcl"])?.succeeds().with_context(|| text.to_owned())?;
    }
    Ok(())
}
