//! Plays recorded sessions of `consul config …` (1.8.7, 1.21.4 and 2.1.0-dev) to termgate: same requests, same output, same success.
//!
//! A transcript is a list of steps; each runs against a scripted agent that gives the recorded answers.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::free_address;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::tools::project;

/// Where termgate differs on purpose: the release, the transcript, and the reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("1.8.7", "canned-get-unknown-field", "a read shows every key, so that it can be written back whole"),
    ("1.21.4", "canned-get-unknown-field", "a read shows every key, so that it can be written back whole"),
    ("2.1.0-dev", "canned-get-unknown-field", "a read shows every key, so that it can be written back whole"),
    ("1.8.7", "cas-index-in-file", "an index that a file has is sent as zero; the servers ignore it"),
    ("1.21.4", "cas-index-in-file", "an index that a file has is sent as zero; the servers ignore it"),
    ("2.1.0-dev", "cas-index-in-file", "an index that a file has is sent as zero; the servers ignore it"),
    ("1.8.7", "delete-cas-stale", "-cas is understood whatever the agent; it came after 1.8.7"),
    (
        "1.8.7",
        "delete-filename-invalid-entry",
        "-filename is understood whatever the agent; it came after 1.8.7",
    ),
    (
        "1.8.7",
        "write-mesh-warning",
        "kinds that came after 1.8.7 are understood; the agent has the last word",
    ),
];

#[test]
fn sessions_recorded_with_consul_1_8_7_agree() -> Result<()> {
    replay("1.8.7")
}

#[test]
fn sessions_recorded_with_consul_1_21_4_agree() -> Result<()> {
    replay("1.21.4")
}

#[test]
fn sessions_recorded_with_consul_2_1_0_agree() -> Result<()> {
    replay("2.1.0-dev")
}

fn replay(version: &str) -> Result<()> {
    let text = fs::read_to_string(project().join("tests/fixtures/config-transcripts.json"))?;
    let recordings: Value = serde_json::from_str(&text)?;
    let transcripts = recordings["transcripts"].as_object().context("no transcripts")?;
    let mut failures = Vec::new();
    for (name, transcript) in transcripts {
        let steps =
            transcript["versions"][version].as_array().with_context(|| format!("{name} has no {version}"))?;
        for (number, step) in steps.iter().enumerate() {
            let differs = DIFFERENCES.iter().any(|(release, known, _)| *release == version && known == name);
            match (play(step, &recordings["files"], version), differs) {
                (Ok(()), _) | (Err(_), true) => {}
                (Err(error), false) => failures.push(format!("{name}, step {number}: {error:#}")),
            }
        }
    }
    ensure!(failures.is_empty(), "{} steps differ:\n\n{}", failures.len(), failures.join("\n\n"));
    Ok(())
}

fn play(step: &Value, files: &Value, version: &str) -> Result<()> {
    let fake = FakeConsul::start()?;
    let (agent, nobody) = (fake.address().to_string(), free_address()?.to_string());
    let fill = |text: &str| {
        let text = text.replace("127.0.0.1:8500", &agent).replace("localhost:8500", &agent);
        let text = text.replace("127.0.0.1:8599", &nobody);
        let text = text.replace("{{INDEX}}", "71").replace("{{MODIFY_INDEX}}", "72");
        text.replace("{{UUID}}", "11111111-1111-1111-1111-111111111111")
            .replace("{{TOKEN:", "token-")
            .replace("}}", "")
    };
    let exchanges = step["http"].as_array().map_or(&[][..], Vec::as_slice);
    fake.replay(exchanges, &fill)?;
    if exchanges.iter().all(|exchange| exchange["path"] != "/v1/agent/self") {
        let body = json!({"Config": {"Version": version}});
        fake.on("GET", "/v1/agent/self", Answer::json(200, &body));
    }

    let strings = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(fill).collect()
    };
    let mut command = Termgate::new(strings(&step["argv"]))?.env("CONSUL_HTTP_ADDR", &agent);
    for (name, value) in step["env"].as_object().into_iter().flatten() {
        command = command.env(name, fill(value.as_str().unwrap_or_default()));
    }
    for (name, content) in files.as_object().into_iter().flatten() {
        command = command.file(name, content.as_str().unwrap_or_default())?;
    }
    fs::create_dir(command.directory().join("folder"))?;
    if let Some(text) = step["stdin"].as_str() {
        command = command.stdin(text);
    }
    let output = command.run()?;
    compare(step, &output, &fill).with_context(|| output.to_string())?;
    compare_requests(exchanges, &fake, &fill).with_context(|| output.to_string())
}

fn compare(step: &Value, output: &Output, fill: &dyn Fn(&str) -> String) -> Result<()> {
    let succeeded = step["exit"] == 0;
    ensure!((output.code == Some(0)) == succeeded, "the original ended with {}", step["exit"]);
    let stdout = fill(step["stdout"].as_str().unwrap_or_default());
    if stdout.contains("{{USAGE_TEXT") {
        ensure!(!output.stdout.is_empty(), "the original printed its usage");
    } else {
        ensure!(output.stdout == stdout, "the original printed {stdout:?}");
    }
    ensure!(
        succeeded || !output.stderr.trim().is_empty(),
        "no message; the original said {}",
        step["stderr"]
    );
    Ok(())
}

/// Reads may differ; what changes something must be the same, token and body included.
fn compare_requests(exchanges: &[Value], fake: &FakeConsul, fill: &dyn Fn(&str) -> String) -> Result<()> {
    let recorded: Vec<_> = exchanges.iter().filter(|exchange| exchange["method"] != "GET").collect();
    let received: Vec<_> = fake
        .received()
        .into_iter()
        .map(|one| one.request)
        .filter(|request| request.method != "GET")
        .collect();
    let lines: Vec<_> =
        received.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
    ensure!(recorded.len() == received.len(), "the original sent {recorded:#?}, now {lines:?}");
    for (recorded, request) in recorded.into_iter().zip(received) {
        let text = |value: &Value| value.as_str().map(fill);
        ensure!(text(&recorded["method"]).as_deref() == Some(&request.method), "now {lines:?}");
        ensure!(
            text(&recorded["path"]).as_deref() == Some(&request.target),
            "{} became {lines:?}",
            recorded["path"]
        );
        let token = text(&recorded["request_headers"]["X-Consul-Token"]);
        ensure!(token.as_deref() == request.header("X-Consul-Token"), "another token");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let expected = text(&recorded["request_body"]).unwrap_or_default();
        ensure!(body == expected, "the body was {expected:?}, now {body:?}");
    }
    Ok(())
}
