//! Scripts as people have them around `consul connect envoy`: each runs with the real Consul 1.8.7, and with a link from
//! `consul` to termgate and no Consul in the `PATH`. Exit status, stdout and the state of Consul are the same.
//!
//! The scripts are in `tests/fixtures/scripts`, reduced and in our own words.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::support::consul::{self, Consul, call};
use crate::support::tools::{self, Tool, project};

/// Scripts that need more than termgate has, and why.
const OUTSIDE: &[(&str, &str)] =
    &[("snapshot-of-the-servers", "the servers' state is a matter of the servers' own binary")];

/// Files that scripts find in their folder.
const FILES: &[(&str, &str)] = &[
    ("agent.d/a.hcl", "data_dir = \"/tmp/agent\"\n"),
    ("agent.d/b.json", "{\"service\": {\"name\": \"of-the-agent\", \"port\": 1}}\n"),
    ("services.d/a.hcl", "data_dir = \"/tmp/agent\"\nservice { name = \"checked\" port = 2 }\n"),
    ("broken.hcl", "data_dir = \"/tmp/agent\"\nservice { name = \"checked\" port = \"two\" }\n"),
    ("ca.txt", "line one\nline two\n"),
    ("entry.hcl", "Kind = \"service-defaults\"\nName = \"cas\"\nProtocol = \"tcp\"\n"),
    ("entries/a.hcl", "Kind = \"service-defaults\"\nName = \"folder-a\"\nProtocol = \"http\"\n"),
    ("entries/b.json", "{\"Kind\": \"service-defaults\", \"Name\": \"folder-b\", \"Protocol\": \"grpc\"}\n"),
    (
        "step.hcl",
        "Kind = \"terminating-gateway\"\nName = \"step-gw\"\nServices = [{ Name = \"step-billing\" }]\n",
    ),
    ("policy.hcl", "key_prefix \"gateway/\" { policy = \"write\" }\n"),
];

/// An Envoy of the age of Consul 1.8.7 that shows what it is given.
const ENVOY: &str = r#"#!/bin/sh
case "$*" in *--version*) echo 'envoy  version: 0/1.14.5/Clean/RELEASE/BoringSSL'; exit 0 ;; esac
while [ $# -gt 0 ]; do
  case "$1" in
    --config-path | -c) python3 -c 'import json, sys; print("node", json.load(open(sys.argv[1]))["node"]["id"])' "$2"; shift ;;
    # Consul 1.8.7 passes the second one, which Envoys after 1.15 do not know; termgate passes the first one once.
    --disable-hot-restart) ;;
    --max-obj-name-len) shift ;;
    *) echo "envoy $1" ;;
  esac
  shift
done
"#;

/// A container runtime that shows how it is called.
const DOCKER: &str = r#"#!/bin/sh
echo "docker $1 $2 $3 $4 $5"
printf %s "$6" | python3 -c 'import json, sys; print("node", json.load(sys.stdin)["node"]["id"])'
"#;

/// What of Consul's state is compared.
const STATE: &[&str] = &[
    "/v1/agent/services",
    "/v1/agent/checks",
    "/v1/kv/?recurse",
    "/v1/config/terminating-gateway",
    "/v1/config/service-defaults",
    "/v1/config/proxy-defaults",
    "/v1/catalog/node/legacy",
    "/v1/catalog/node/probe-1",
    "/v1/connect/intentions",
];

#[test]
fn scripts_run_unchanged_without_the_consul_binary() -> Result<()> {
    needs!(Consul);
    let mut scripts: Vec<PathBuf> = fs::read_dir(project().join("tests/fixtures/scripts"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    scripts.sort();
    ensure!(scripts.len() >= 25, "there are {} scripts", scripts.len());
    let mut ready = Vec::new();
    for script in scripts {
        if !needs_more(&script)? {
            ready.push(script);
        }
    }
    let (with_acls, without): (Vec<_>, Vec<_>) =
        ready.into_iter().partition(|script| has_line(script, "# acl"));
    let mut differences = Vec::new();
    for (scripts, acls) in [(without, false), (with_acls, true)] {
        let [expected, found] =
            [Tool::Consul.path()?, tools::termgate()?].map(|program| Host::start(&program, acls));
        let (expected, found) = (expected?, found?);
        for script in scripts {
            let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if OUTSIDE.iter().any(|(outside, _)| *outside == name) {
                continue;
            }
            let (original, own) = (expected.run(&script)?, found.run(&script)?);
            for (what, original, own) in [
                ("exit status", json!(original.code), json!(own.code)),
                ("stdout", json!(original.stdout), json!(own.stdout)),
            ] {
                if original != own {
                    differences.push(format!("{name}: {what} {own}, not {original}"));
                }
            }
            for (path, state) in &original.state {
                if own.state.get(path) != Some(state) {
                    differences.push(format!("{name}: {path} is {}, not {state}", own.state[path]));
                }
            }
            if differences.len() > 6 {
                break;
            }
        }
    }
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

/// Whether a script needs a command that is not there yet, by its line `# needs: COMMAND`.
fn needs_more(script: &Path) -> Result<bool> {
    let text = fs::read_to_string(script)?;
    let Some(command) = text.lines().find_map(|line| line.strip_prefix("# needs: ")) else {
        return Ok(false);
    };
    let help = Command::new(tools::termgate()?).args(command.split(' ')).arg("-h").output()?;
    Ok(!help.status.success())
}

fn has_line(script: &Path, line: &str) -> bool {
    fs::read_to_string(script).is_ok_and(|text| text.lines().any(|found| found == line))
}

/// A machine with an agent, and `consul` in its `PATH`.
struct Host {
    consul: Consul,
    folder: tempfile::TempDir,
    acls: bool,
    scrubs: Vec<(Regex, &'static str)>,
}

/// What a script left.
struct Left {
    code: Option<i32>,
    stdout: String,
    state: Map<String, Value>,
}

impl Host {
    fn start(program: &Path, acls: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let bin = folder.path().join("bin");
        fs::create_dir(&bin)?;
        symlink(program, bin.join("consul"))?;
        for (name, text) in [("envoy", ENVOY), ("docker", DOCKER)] {
            fs::write(bin.join(name), text)?;
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?;
        }
        let scrubs = [
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
            (r#""(CreateIndex|ModifyIndex|LockIndex|RaftIndex|Hash)":("[^"]*"|\d+)"#, r#""$1":0"#),
            // What checks found depends on when they last ran.
            (r#""(Output|Status)":"([^"\\]|\\.)*""#, r#""$1":"""#),
            // Consul 1.8.7 says it so, newer ones without the arrow.
            (r"(?m)^==> ", ""),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        ];
        let scrubs: Result<_> =
            scrubs.into_iter().map(|(pattern, with)| Ok((Regex::new(pattern)?, with))).collect();
        let consul = Consul::start_with(&json!({"acl": {"enabled": acls}}))?;
        Ok(Self { consul, folder, acls, scrubs: scrubs? })
    }

    fn run(&self, script: &Path) -> Result<Left> {
        let name = script.file_stem().context("no name")?;
        let work = self.folder.path().join(name);
        for (name, text) in FILES {
            let file = work.join(name);
            fs::create_dir_all(file.parent().context("no folder")?)?;
            fs::write(file, text)?;
        }
        let mut command = Command::new("timeout");
        command.args(["60", "sh"]).arg(script).current_dir(&work).env_clear().stdin(Stdio::null());
        // No Consul binary besides the one in the first folder.
        command.env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display()));
        command.env("HOME", &work).env("CONSUL_HTTP_ADDR", self.consul.http().to_string());
        command.env("CONSUL_GRPC_ADDR", self.consul.grpc().to_string()).env("LOG_LEVEL", "info");
        if self.acls {
            command.env("CONSUL_HTTP_TOKEN", consul::MANAGEMENT_TOKEN);
        }
        let output = command.output()?;
        let stdout = self.scrubbed(&String::from_utf8_lossy(&output.stdout));
        Ok(Left { code: output.status.code(), stdout, state: self.state()? })
    }

    fn scrubbed(&self, text: &str) -> String {
        let text = text.replace(&self.consul.http().to_string(), "<agent>");
        let text = text.replace(&self.folder.path().display().to_string(), "<folder>");
        self.scrubs.iter().fold(text, |text, (pattern, with)| pattern.replace_all(&text, *with).into_owned())
    }

    fn state(&self) -> Result<Map<String, Value>> {
        let mut state = BTreeMap::new();
        for path in STATE {
            let answer = call(self.consul.http(), Some(consul::MANAGEMENT_TOKEN), "GET", path, None)?;
            let answer = if answer.status == 200 { answer.json()? } else { json!(answer.status) };
            state.insert((*path).to_owned(), serde_json::from_str(&self.scrubbed(&answer.to_string()))?);
        }
        Ok(state.into_iter().collect())
    }
}
