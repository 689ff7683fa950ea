//! Standard output that takes nothing, is full, or whose reader went away; standard error that is closed.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::fake_consul::{Answer, FakeConsul};

const ENTRY: &str = "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [{Name = \"billing\"}]\n";
const UNTIDY: &str = "Kind=\"terminating-gateway\"\nName = \"gw\"\nServices = [{Name = \"billing\"}]\n";

/// A command whose result goes to standard output, and its exit status when that works.
struct Case {
    arguments: &'static [&'static str],
    code: i32,
}

const fn case(arguments: &'static [&'static str], code: i32) -> Case {
    Case { arguments, code }
}

/// Every command that prints a result, in every way of printing.
const CASES: &[Case] = &[
    case(&["--help"], 0),
    case(&["--version"], 0),
    case(&["help"], 0),
    case(&["config", "validate", "--help"], 0),
    case(&["run", "-h"], 0),
    case(&["connect", "envoy", "-h"], 0),
    case(&["config", "list", "-h"], 0),
    case(&["completions", "bash"], 0),
    case(&["completions", "zsh"], 0),
    case(&["man"], 0),
    case(&["address", "eval", "10.0.0.1:8443"], 0),
    case(&["config", "validate", "entry.hcl"], 0),
    case(&["config", "validate", "--output", "json", "entry.hcl"], 0),
    case(&["config", "validate", "--output", "github", "broken.hcl"], 3),
    case(&["config", "validate", "--output", "sarif", "entry.hcl"], 0),
    case(&["config", "fmt", "-"], 0),
    case(&["config", "fmt", "--check", "untidy.hcl"], 1),
    case(&["config", "convert", "--to", "json", "entry.hcl"], 0),
    case(&["config", "convert", "--to", "hcl", "entry.hcl"], 0),
    case(&["config", "list", "-kind", "terminating-gateway"], 0),
    case(&["config", "read", "-kind", "terminating-gateway", "-name", "gw"], 0),
    case(&["config", "write", "entry.hcl"], 0),
    case(&["config", "delete", "-kind", "terminating-gateway", "-name", "gw"], 0),
    case(&["config", "convert", "--to", "json", "-o", "/dev/stdout", "entry.hcl"], 0),
    case(&["services", "list", "--service", "gw"], 0),
    case(&["services", "list", "--service", "gw", "--output", "json"], 0),
    case(&["services", "link", "--service", "gw", "billing"], 0),
    case(&["services", "unlink", "--service", "gw", "other"], 0),
    case(&["register", "--service", "gw", "--address", "127.0.0.1:8443", "--dry-run"], 0),
    case(&["render", "--snapshot", "snapshot.json"], 0),
    case(&["render", "--snapshot", "snapshot.json", "--format", "resources"], 0),
];

fn agent() -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let entry = json!({"Kind": "terminating-gateway", "Name": "gw", "Services": [{"Name": "billing"}], "CreateIndex": 1, "ModifyIndex": 2});
    fake.on("GET", "/v1/config/terminating-gateway", Answer::json(200, &json!([entry])))
        .on("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &entry))
        .on("GET", "/v1/catalog/gateway-services/gw", Answer::json(200, &json!([])))
        .on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})))
        .on("PUT", "/v1/config", Answer::json(200, &json!(true)))
        .on("PUT", "/v1/config?cas=2", Answer::json(200, &json!(true)))
        .on("DELETE", "/v1/config/terminating-gateway/gw", Answer::json(200, &json!({})));
    Ok(fake)
}

fn termgate(arguments: &[&str], fake: &FakeConsul) -> Result<Termgate> {
    let snapshot = json!({
        "Format": 1,
        "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "127.0.0.1", "Port": 8443},
        "Roots": {"TrustDomain": "11111111-2222-3333-4444-555555555555.consul"},
    });
    Termgate::new(arguments)?
        .fake_consul(fake)
        .file("entry.hcl", ENTRY)?
        .file("untidy.hcl", UNTIDY)?
        .file("broken.hcl", "Kind = \"terminating-gateway\"\nNmae = \"gw\"\n")?
        .file("snapshot.json", snapshot.to_string())
}

/// Runs it with its streams as the shell's `redirection` has them; gives its exit status and its standard error.
fn redirected(termgate: &Termgate, redirection: &str) -> Result<(Option<i32>, String)> {
    let inner = termgate.to_command()?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec \"$@\" {redirection}"), "sh"]);
    command.arg(inner.get_program()).args(inner.get_args());
    command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
        .current_dir(termgate.directory())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().context("no stdin")?, UNTIDY.as_bytes()).ok();
    let output = child.wait_with_output()?;
    Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// The same with an unread pipe as standard output.
fn unread(termgate: &Termgate) -> Result<(Option<i32>, String)> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let mut child =
        termgate.to_command()?.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped()).spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().context("no stdin")?, UNTIDY.as_bytes()).ok();
    let output = child.wait_with_output()?;
    Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure_of_every_command() -> Result<()> {
    for Case { arguments, code } in CASES {
        let fake = agent()?;
        let command = || termgate(arguments, &fake);
        let (ended, stderr) = redirected(&command()?, "")?;
        ensure!(ended == Some(*code), "{arguments:?} ended with {ended:?}, not {code}\n{stderr}");
        let (ended, stderr) = redirected(&command()?, ">/dev/null")?;
        ensure!(ended == Some(*code), "{arguments:?} >/dev/null ended with {ended:?}\n{stderr}");
        for (redirection, reason) in [(">&-", "closed"), (">/dev/full", "No space left")] {
            let (ended, stderr) = redirected(&command()?, redirection)?;
            ensure!(ended == Some(1), "{arguments:?} {redirection} ended with {ended:?}\n{stderr}");
            ensure!(
                stderr.contains("error: cannot write") && stderr.contains(reason),
                "{arguments:?} {redirection} does not say so\n{stderr}"
            );
        }
        let (ended, stderr) = unread(&command()?)?;
        ensure!(ended == Some(141), "{arguments:?} into a closed pipe ended with {ended:?}\n{stderr}");
        ensure!(!stderr.contains("error"), "{arguments:?} into a closed pipe is not silent\n{stderr}");
    }
    Ok(())
}

#[test]
fn a_closed_or_full_stderr_changes_no_exit_status() -> Result<()> {
    let failing: &[Case] = &[
        case(&["config", "validate", "broken.hcl"], 3),
        case(&["config", "validate", "no-such.hcl"], 3),
        case(&["config", "fmt", "untidy.hcl", "--check"], 1),
        case(&["config", "read", "-kind", "terminating-gateway", "-name", "unknown"], 1),
        case(&["address", "eval", "{{"], 3),
        case(&["no-such-command"], 2),
        case(&["connect", "envoy", "-no-such-flag"], 2),
    ];
    for Case { arguments, code } in CASES.iter().chain(failing) {
        for redirection in ["2>&-", "2>/dev/full", "<&- 2>&-"] {
            if redirection.starts_with('<') && arguments.contains(&"-") {
                continue;
            }
            let fake = agent()?;
            let (ended, _) = redirected(&termgate(arguments, &fake)?, redirection)?;
            ensure!(ended == Some(*code), "{arguments:?} {redirection} ended with {ended:?}, not {code}");
        }
    }
    Ok(())
}
