//! Plays recorded sessions of Consul's companion commands to termgate: same stdout, same exit status, same state in Consul.
//!
//! A session is a file of `tests/fixtures/companions`, and its steps run one after the other against one fresh agent.
//! `TERMGATE_RECORD=NAME cargo test --test it companions` writes what the real program does into the file `NAME.json`
//! (`all` for every file); `tests/README.md` describes the form.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use regex_lite::Regex;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::consul::{self, Consul, call};
use crate::support::tools::{self, Tool, project, variable};
use crate::support::wait;

/// Where termgate differs on purpose: the session, the step's `what`, and the reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "acl-token",
        "list",
        "Consul 1.8 prints the service identities a second time, in place of the node identities",
    ),
    ("acl-token", "list with more", "the same"),
];

/// The folder of the sessions.
fn folder() -> PathBuf {
    project().join("tests/fixtures/companions")
}

macro_rules! sessions {
    ($($test:ident: $name:literal),+ $(,)?) => {
        const SESSIONS: &[&str] = &[$($name),+];

        $(#[test]
        fn $test() -> Result<()> {
            agrees($name)
        })+
    };
}

sessions! {
    policies_are_managed_as_recorded: "acl-policy",
    tokens_are_managed_as_recorded: "acl-token",
    intentions_are_managed_as_recorded: "intention",
    log_ins_end_as_recorded: "login",
    keys_are_read_and_written_as_recorded: "kv",
    services_of_the_agent_are_registered_as_recorded: "services",
    the_name_consul_decides_as_recorded: "services-consul",
    files_of_an_agent_are_checked_as_recorded: "validate",
    the_cluster_is_listed_as_recorded: "cluster",
    what_acls_forbid_fails_as_recorded: "denied",
}

#[test]
fn no_recorded_session_is_forgotten() -> Result<()> {
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        ensure!(SESSIONS.contains(&name.as_str()), "{} is not played", path.display());
    }
    Ok(())
}

/// The program that carries out the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    /// The real Consul.
    Consul,
    /// termgate under this name.
    Termgate(&'static str),
}

fn agrees(name: &str) -> Result<()> {
    needs!(Consul);
    let path = folder().join(name).with_extension("json");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let session: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    if variable("TERMGATE_RECORD").is_some_and(|which| which == name || which == "all") {
        let recorded = Session::start(&session, Program::Consul)?.record()?;
        return Ok(fs::write(&path, serde_json::to_string_pretty(&recorded)? + "\n")?);
    }
    for called in ["consul", "termgate"]
        .into_iter()
        .filter(|name| session["called"].as_str().is_none_or(|only| only == *name))
    {
        let differences = Session::start(&session, Program::Termgate(called))?.compare(name)?;
        ensure!(
            differences.is_empty(),
            "called {called}, {} steps differ:\n\n{}",
            differences.len(),
            differences.join("\n\n")
        );
    }
    Ok(())
}

/// A session in progress.
struct Session<'a> {
    consul: Consul,
    description: &'a Value,
    folder: TempDir,
    program: PathBuf,
    /// What earlier steps printed and later ones refer to.
    captured: BTreeMap<String, String>,
    scrubs: Vec<(Regex, String)>,
}

/// What a step gave.
struct Outcome {
    before: Value,
    exit: Option<i32>,
    stdout: String,
    stderr: String,
    after: Value,
}

/// What differs from one run to the next, whatever the session.
const VOLATILE: &[(&str, &str)] = &[
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
    (r#""(CreateIndex|ModifyIndex|LockIndex|RaftIndex)":\d+"#, r#""$1":0"#),
    (
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?Z| ?[+-]\d\d:?\d\d)?( [A-Z]{3,4})?( m=[+-][0-9.]+)?",
        "<time>",
    ),
];

impl<'a> Session<'a> {
    fn start(description: &'a Value, program: Program) -> Result<Self> {
        let mut settings = json!({"acl": {"enabled": description["acl"] == true}});
        for (key, value) in description["agent"].as_object().into_iter().flatten() {
            settings[key] = value.clone();
        }
        let consul = Consul::start_with(&settings)?;
        // The agent's own node has all that it says of itself.
        wait::eventually("the agent's node", || {
            let nodes = consul.get("/v1/catalog/nodes")?;
            ensure!(nodes.to_string().contains("consul-network-segment"), "{nodes}");
            Ok(())
        })?;
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("bin"))?;
        fs::create_dir(folder.path().join("work"))?;
        let program = match program {
            Program::Consul => Tool::Consul.path()?,
            Program::Termgate(name) => {
                let link = folder.path().join("bin").join(name);
                symlink(tools::termgate()?, &link)?;
                link
            }
        };
        for (name, content) in description["files"].as_object().into_iter().flatten() {
            let path = folder.path().join("work").join(name);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            fs::write(path, content.as_str().unwrap_or_default())?;
        }
        let own = description["scrub"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|pair| (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default()));
        let scrubs: Result<Vec<_>> = own
            .chain(VOLATILE.iter().copied())
            .map(|(pattern, with)| Ok((Regex::new(pattern)?, with.to_owned())))
            .collect();
        Ok(Self { consul, description, folder, program, captured: BTreeMap::new(), scrubs: scrubs? })
    }

    fn steps(&self) -> Result<&'a [Value]> {
        self.description["steps"].as_array().map(Vec::as_slice).context("no steps")
    }

    fn record(mut self) -> Result<Value> {
        let mut recorded = Vec::new();
        for step in self.steps()? {
            let outcome = self.play(step)?;
            let mut step = step.as_object().cloned().unwrap_or_default();
            step.insert("before".to_owned(), outcome.before);
            step.insert("exit".to_owned(), json!(outcome.exit));
            step.insert("stdout".to_owned(), json!(outcome.stdout));
            step.insert("stderr".to_owned(), json!(outcome.stderr));
            step.insert("after".to_owned(), outcome.after);
            recorded.push(Value::Object(step));
        }
        let mut session = self.description.clone();
        session["steps"] = Value::Array(recorded);
        Ok(session)
    }

    /// The steps that differ from the recording.
    fn compare(mut self, name: &str) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        for (number, step) in self.steps()?.iter().enumerate() {
            let outcome = self.play(step)?;
            let what = step["what"].as_str().unwrap_or_default();
            if DIFFERENCES.iter().any(|(session, known, _)| *session == name && *known == what) {
                continue;
            }
            if differences.is_empty() && outcome.before != step["before"] {
                // What follows from that differs as well.
                differences
                    .push(format!("{name}, step {number} ({what}): the state before is {}", outcome.before));
                break;
            }
            if let Err(error) = compared(step, &outcome) {
                differences.push(format!(
                    "{name}, step {number} ({what}), {}: {error:#}\nstdout: {:?}\nstderr: {}",
                    step["argv"], outcome.stdout, outcome.stderr
                ));
            }
        }
        Ok(differences)
    }

    fn play(&mut self, step: &Value) -> Result<Outcome> {
        for request in step["prepare"].as_array().into_iter().flatten() {
            self.prepare(request)?;
        }
        let before = self.state()?;
        let mut command = Command::new(&self.program);
        command.args(strings(&step["argv"]).map(|word| self.filled(word))).env_clear();
        command.current_dir(self.folder.path().join("work"));
        command.env("PATH", "/usr/bin:/bin").env("HOME", self.folder.path());
        command.env("CONSUL_HTTP_ADDR", self.consul.http().to_string());
        if self.description["acl"] == true {
            command.env("CONSUL_HTTP_TOKEN", consul::MANAGEMENT_TOKEN);
        }
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, self.filled(value.as_str().unwrap_or_default()));
        }
        let stdin = self.filled(step["stdin"].as_str().unwrap_or_default());
        let output = output(command, stdin.into_bytes()).with_context(|| step["argv"].to_string())?;
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        for (name, pattern) in step["capture"].as_object().into_iter().flatten() {
            let pattern = Regex::new(pattern.as_str().unwrap_or_default())?;
            if let Some(found) = pattern.captures(&stdout).and_then(|found| found.get(1)) {
                self.captured.insert(name.clone(), found.as_str().to_owned());
            }
        }
        Ok(Outcome {
            before,
            exit: output.status.code(),
            stdout: self.scrubbed(&stdout),
            stderr: self.scrubbed(&stderr),
            after: self.state()?,
        })
    }

    /// A request that makes what a step needs: `{"method", "path", "body", "capture": {NAME: JSON pointer}}`.
    fn prepare(&mut self, request: &Value) -> Result<()> {
        let method = request["method"].as_str().unwrap_or("PUT");
        let path = self.filled(request["path"].as_str().unwrap_or_default());
        let body = request.get("body").map(|body| self.filled(&body.to_string()));
        let body = body.map(|body| serde_json::from_str(&body)).transpose()?;
        let answer = self.consul.request(method, &path, body.as_ref())?;
        ensure!(answer.status == 200, "{method} {path}: {} {}", answer.status, answer.text());
        for (name, pointer) in request["capture"].as_object().into_iter().flatten() {
            let answer = answer.json()?;
            let found = answer.pointer(pointer.as_str().unwrap_or_default()).and_then(Value::as_str);
            self.captured
                .insert(name.clone(), found.with_context(|| format!("{path} has no {name}"))?.to_owned());
        }
        Ok(())
    }

    /// `{{NAME}}` is what was captured, `{{AGENT}}` the agent's address, `{{NOBODY}}` one where nothing listens.
    fn filled(&self, text: &str) -> String {
        let text = text.replace("{{AGENT}}", &self.consul.http().to_string());
        let text =
            text.replace("{{GRPC}}", &self.consul.grpc().to_string()).replace("{{NOBODY}}", "127.0.0.1:1");
        self.captured.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
    }

    fn scrubbed(&self, text: &str) -> String {
        let mut text = text.replace(&self.consul.http().to_string(), "{{AGENT}}");
        text = text.replace(&self.folder.path().display().to_string(), "{{FOLDER}}");
        for (name, value) in &self.captured {
            text = text.replace(value.as_str(), &format!("{{{{{name}}}}}"));
        }
        self.scrubs
            .iter()
            .fold(text, |text, (pattern, with)| pattern.replace_all(&text, with.as_str()).into_owned())
    }

    /// What the agent answers at the session's paths.
    fn state(&self) -> Result<Value> {
        let mut state = Map::new();
        for path in strings(&self.description["state"]) {
            let answer = call(self.consul.http(), Some(consul::MANAGEMENT_TOKEN), "GET", path, None)?;
            let answer = match answer.status {
                200 => answer.json()?,
                status => json!(status),
            };
            let scrubbed = self.scrubbed(&answer.to_string());
            let parsed = serde_json::from_str(&scrubbed);
            state.insert(path.to_owned(), parsed.with_context(|| format!("{path}: {scrubbed}"))?);
        }
        Ok(Value::Object(state))
    }
}

fn compared(step: &Value, outcome: &Outcome) -> Result<()> {
    ensure!(!step["exit"].is_null(), "it is not recorded yet");
    ensure!(json!(outcome.exit) == step["exit"], "exit status {:?}, not {}", outcome.exit, step["exit"]);
    let recorded = step["stdout"].as_str().unwrap_or_default();
    if recorded.starts_with("Usage: consul") {
        ensure!(outcome.stdout.contains("Usage: "), "no help on stdout");
    } else {
        ensure!(outcome.stdout == recorded, "the original printed {recorded:?}");
    }
    ensure!(
        step["stderr"] == "" || !outcome.stderr.trim().is_empty(),
        "no message; the original said {}",
        step["stderr"]
    );
    ensure!(outcome.after == step["after"], "the state is now {}, not {}", outcome.after, step["after"]);
    Ok(())
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command to its end, with a time limit.
fn output(mut command: Command, stdin: Vec<u8>) -> Result<std::process::Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that does not read its input closes the pipe: no failure.
        std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    }
    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id())?);
    let waiter = std::thread::spawn(move || child.wait_with_output());
    let ended = wait::within(Duration::from_secs(60), "the end of the command", || {
        if waiter.is_finished() { Ok(()) } else { Err(anyhow!("it is still running")) }
    });
    if ended.is_err() {
        // It may have ended just now.
        let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL);
    }
    match waiter.join() {
        Ok(output) => ended.and(Ok(output?)),
        Err(_) => bail!("waiting for the command panicked"),
    }
}
