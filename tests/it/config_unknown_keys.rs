//! Keys that no table has: none is lost, and the agent decides where it may know them.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::fake_consul::{Answer, FakeConsul};

const MESH: &str = r#"{"Kind":"mesh","HTTP":{"Incoming":{"Limit":{"Burst":[1]}}},"Future":{"On":true}}"#;

/// An agent of this version that takes every entry.
fn agent(version: &str) -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": version}}))).on(
        "PUT",
        "/v1/config",
        Answer::text(200, "true"),
    );
    Ok(fake)
}

fn termgate(fake: &FakeConsul, arguments: &[&str]) -> Result<Termgate> {
    let command = Termgate::new(arguments)?.env("CONSUL_HTTP_ADDR", fake.address().to_string());
    command.file("mesh.json", MESH)
}

fn written(fake: &FakeConsul) -> Option<Value> {
    let received = fake.received();
    let write = received.iter().find(|one| one.request.method == "PUT")?;
    serde_json::from_slice(&write.request.body).ok()
}

#[test]
fn a_key_is_sent_to_an_agent_that_may_know_it_and_refused_for_one_that_cannot() -> Result<()> {
    for (version, sent) in [
        ("2.1.0", true),
        ("2.4.1", true),
        ("1.21.4+ent", true),
        ("someday", true),
        ("1.21.4", false),
        ("2.0.1", false),
    ] {
        let fake = agent(version)?;
        let output = termgate(&fake, &["config", "write", "mesh.json"])?.run()?;
        ensure!((output.code == Some(0)) == sent, "{version}: {output}");
        match written(&fake) {
            Some(body) => {
                ensure!(sent && body["Future"] == json!({"On": true}), "{version}: {body}");
                ensure!(body["HTTP"]["Incoming"]["Limit"] == json!({"Burst": [1]}), "{version}: {body}");
                output.says(&["unknown key `Future`", "the agent decides"])?;
            }
            None => ensure!(
                !sent && output.stderr.contains("invalid config key \"Future\""),
                "{version}: {output}"
            ),
        }
    }
    Ok(())
}

#[test]
fn a_check_says_the_same_by_release() -> Result<()> {
    let fake = agent("1.8.7")?;
    for (version, code) in
        [("2.1.0", 0), ("2.2.0-dev", 0), ("2.1.0-dev", 3), ("1.21.4+ent", 0), ("1.21.4", 3), ("2.0.0", 3)]
    {
        let output =
            termgate(&fake, &["config", "validate", "--consul-version", version, "mesh.json"])?.run()?;
        ensure!(output.code == Some(code), "{version}: {output}");
        output.says(&["unknown key `Future`"])?;
    }
    Ok(())
}

#[test]
fn an_entry_is_read_with_every_key_and_can_be_written_back() -> Result<()> {
    let fake = agent("2.2.0")?;
    let mut stored: Value = serde_json::from_str(MESH)?;
    for (key, value) in [("Hash", 7), ("CreateIndex", 3), ("ModifyIndex", 4)] {
        stored[key] = json!(value);
    }
    fake.on("GET", "/v1/config/mesh/mesh", Answer::json(200, &stored));
    let read = termgate(&fake, &["config", "read", "-kind", "mesh", "-name", "mesh"])?.run()?;
    let shown: Value = serde_json::from_str(&read.stdout)?;
    let expected: Value = serde_json::from_str(MESH)?;
    ensure!(shown["Future"] == expected["Future"] && shown.get("Hash").is_none(), "{read}");
    ensure!(shown["HTTP"]["Incoming"] == expected["HTTP"]["Incoming"], "{read}");
    let output = termgate(&fake, &["config", "write", "-"])?.stdin(&read.stdout).run()?;
    ensure!(output.code == Some(0), "{output}");
    let body = written(&fake).unwrap_or_default();
    ensure!(body["Future"] == expected["Future"] && body.get("Hash").is_none(), "{body}");
    ensure!(body["HTTP"]["Incoming"] == expected["HTTP"]["Incoming"], "{body}");
    Ok(())
}
