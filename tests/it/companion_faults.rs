//! Companion commands at their edges: whose grammar is meant, the name `consul`, commands that are not part of termgate,
//! and hostile arguments, files and agents.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::tools;

/// Runs termgate by a link of the name `consul`.
fn as_consul(arguments: &[&str]) -> Result<std::process::Output> {
    let folder = tempfile::tempdir()?;
    let link = folder.path().join("consul");
    symlink(tools::termgate()?, &link)?;
    Ok(Command::new(link).args(arguments).env_clear().stdin(Stdio::null()).output()?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_link_of_the_name_consul_has_consuls_commands_only() -> Result<()> {
    let version = as_consul(&["version"])?;
    let start = format!("Consul v2.1.0 (termgate {})\n", env!("CARGO_PKG_VERSION"));
    ensure!(version.status.success() && text(&version.stdout).starts_with(&start), "{version:?}");
    for flag in ["--version", "-v", "-version"] {
        ensure!(as_consul(&[flag])?.stdout == version.stdout, "{flag}");
    }
    let help = as_consul(&["--help"])?;
    ensure!(help.status.success(), "{help:?}");
    for command in ["connect envoy", "config write", "kv get", "services register", "validate", "version"] {
        ensure!(text(&help.stdout).contains(&format!("    {command} ")), "{command} is not listed");
    }
    for modern in ["run", "doctor", "render", "bootstrap", "register", "status"] {
        let output = as_consul(&[modern])?;
        ensure!(output.status.code() == Some(127), "{modern}: {output:?}");
        ensure!(!output.stderr.is_empty() && output.stdout.is_empty(), "{modern}: {output:?}");
    }
    for (line, code) in [(&["config", "validate", "x"][..], 1), (&["services", "link", "x"], 1)] {
        let output = as_consul(line)?;
        ensure!(output.status.code() == Some(code), "{line:?}: {output:?}");
    }
    for refused in ["reload", "snapshot", "agent", "leave", "operator"] {
        let output = as_consul(&[refused, "x"])?;
        ensure!(output.status.code() == Some(1) && output.stdout.is_empty(), "{refused}: {output:?}");
        ensure!(text(&output.stderr).contains(&format!("`consul {refused}`")), "{refused}: {output:?}");
    }
    Ok(())
}

#[test]
fn commands_that_are_not_part_of_termgate_name_the_one_to_use() -> Result<()> {
    for (line, part) in [
        ("agent -dev", "`consul agent`"),
        ("leave", "`consul leave`"),
        ("connect proxy -sidecar-for web", "`termgate run`"),
        ("connect redirect-traffic", "`consul connect redirect-traffic`"),
        ("operator raft list-peers", "`consul operator`"),
        ("lock a b", "`consul lock`"),
        ("exec true", "`consul exec`"),
        ("watch -type=key", "`consul watch`"),
        ("debug", "`termgate doctor`"),
        ("kv export", "`termgate kv get -recurse`"),
        ("tls ca create", "`consul tls`"),
    ] {
        let output = Termgate::new(line.split(' '))?.exits(1)?;
        ensure!(output.stdout.is_empty() && output.stderr.trim_end().lines().count() == 1, "{output}");
        output.says(&[part, "is not part of termgate"])?;
    }
    Ok(())
}

#[test]
fn a_registration_goes_to_the_agent_or_the_catalog_and_never_by_a_guess() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("meant");
    let run = |line: &str| -> Result<Output> {
        let words = line.replace("NAME", &name);
        let command = Termgate::new(words.split(' '))?.consul(consul);
        command.file("web.json", json!({"service": {"name": name, "port": 80}}).to_string())?.run()
    };
    let in_catalog = || -> Result<usize> {
        let found = consul.get(&format!("/v1/catalog/service/{name}?filter=Node+!%3D+%22agent-one%22"))?;
        Ok(found.as_array().map_or(0, Vec::len))
    };
    for unclear in [
        "services register NAME",
        "services register",
        "services register nosuch.json",
        "services register web.json nosuch.json",
        "services register NAME --address 10.0.0.1 --port 80 --name NAME",
        "services register NAME --address 10.0.0.1 --port 80 -id x",
        "services register --address 10.0.0.1",
        "services deregister",
        "services deregister NAME -id NAME",
    ] {
        let output = run(unclear)?;
        ensure!(output.code == Some(2), "{unclear}\n{output}");
        output.says(&["(FILE...", "NAME", "the local agent", "the catalog"])?;
    }
    ensure!(consul.agent_service(&name)?.is_none() && in_catalog()? == 0, "something was registered");
    for (agents, registered, deregistered) in [
        ("services register -name NAME -port 80", true, "services deregister --id NAME"),
        ("services register --name=NAME", true, "services deregister -id=NAME"),
        ("services register web.json", true, "services deregister web.json"),
        ("services register NAME --address 10.0.0.1 --port 80", false, "services deregister NAME"),
        ("services register -address 10.0.0.1 -port 80 NAME", false, "services deregister NAME"),
    ] {
        let output = run(agents)?;
        ensure!(output.code == Some(0), "{agents}\n{output}");
        ensure!(consul.agent_service(&name)?.is_some() == registered, "{agents}");
        ensure!((in_catalog()? == 1) != registered, "{agents}");
        let output = run(deregistered)?;
        ensure!(output.code == Some(0), "{deregistered}\n{output}");
        ensure!(consul.agent_service(&name)?.is_none() && in_catalog()? == 0, "{deregistered}");
    }
    Ok(())
}

#[test]
fn validate_never_passes_what_it_does_not_check() -> Result<()> {
    let validate = |content: &str| Termgate::new(["validate", "agent.hcl"])?.file("agent.hcl", content);
    let service = r#"service { name = "web" port = 80 }"#;
    let output = validate(service)?.succeeds()?;
    ensure!(output.stdout == "Configuration is valid!\n", "{output}");
    output.says(&["data_dir is not set"])?;
    for (setting, name) in [("server = true", "server"), ("acl { enabled = true }", "acl")] {
        let output = validate(&format!("{service}\n{setting}\n"))?.exits(1)?;
        ensure!(output.stdout.is_empty(), "{output}");
        output.says(&["does not check", name, "`consul validate`"])?;
    }
    validate(r#"config_entries { bootstrap = [{ kind = "terminating-gateway" name = "gw" services = [{ name = "" }] }] }"#)?
        .exits(1)?;
    Ok(())
}

/// One command line of each companion that asks the agent.
const LINES: &[&[&str]] = &[
    &["kv", "get", "a"],
    &["kv", "get", "-recurse", "a"],
    &["kv", "get", "-keys", "a"],
    &["kv", "get", "-detailed", "a"],
    &["kv", "put", "a", "b"],
    &["kv", "put", "-cas", "-modify-index=1", "a", "b"],
    &["kv", "delete", "a"],
    &["members"],
    &["members", "-detailed"],
    &["info"],
    &["catalog", "datacenters"],
    &["catalog", "nodes"],
    &["catalog", "nodes", "-service=a"],
    &["catalog", "services"],
    &["catalog", "services", "-node=a"],
    &["services", "register", "-name=a"],
    &["services", "deregister", "-id=a"],
];

/// Fails unless a command ended with an exit status of its own and without a panic.
fn is_orderly(line: &[&str], output: &Output) -> Result<()> {
    let shown = || format!("{line:?}\n{output}");
    ensure!(output.code.is_some_and(|code| code < 100), "{}", shown());
    ensure!(!output.stderr.contains("panicked"), "{}", shown());
    ensure!(output.code == Some(0) || !output.stderr.is_empty(), "{}", shown());
    Ok(())
}

#[test]
fn an_agent_that_is_down_or_answers_wrongly_gives_a_message_and_status_1() -> Result<()> {
    let huge = format!("[{}]", vec!["\"x\""; 10_000].join(","));
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "x",
        "{",
        "[1,2]",
        "[null]",
        "[{}]",
        r#"{"Stats": 5}"#,
        r#"{"Stats": {"a": 1}}"#,
        r#"[{"Key": "a", "Value": "***"}]"#,
        r#"[{"Name": "a", "Status": 900}]"#,
        r#"{"a": null}"#,
        "\u{1b}[2J",
        &huge,
    ];
    for line in LINES {
        let nobody = free_address()?.to_string();
        let output = Termgate::new(*line)?.env("CONSUL_HTTP_ADDR", nobody).exits(1)?;
        ensure!(output.stdout.is_empty() && !output.stderr.is_empty(), "{output}");
        for status in [403, 429, 500, 503] {
            let fake = FakeConsul::start()?;
            fake.otherwise(Answer::text(status, "Permission denied"));
            let output = Termgate::new(*line)?.fake_consul(&fake).exits(1)?;
            ensure!(output.stdout.is_empty(), "{output}");
            output.says(&[&status.to_string()])?;
        }
        for body in bodies {
            let fake = FakeConsul::start()?;
            fake.otherwise(Answer::text(200, body));
            let output = Termgate::new(*line)?.fake_consul(&fake).run()?;
            // `members` says by 2 that there are none.
            ensure!(matches!(output.code, Some(0..=2)), "{body:?}\n{output}");
            is_orderly(line, &output)
                .or_else(|error| if output.code == Some(2) { Ok(()) } else { Err(error) })?;
        }
    }
    Ok(())
}

#[test]
fn hostile_arguments_and_files_give_a_message_and_no_panic() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.otherwise(Answer::text(200, "null"));
    let long = "x".repeat(100_000);
    let words: Vec<OsString> = [
        "",
        " ",
        "-",
        "--",
        "-=",
        "---x",
        "\u{1b}[31m",
        "a\nb",
        "..",
        "../..",
        "/",
        "@",
        "@-",
        "*",
        "\u{202e}x",
        &long,
    ]
    .iter()
    .map(OsString::from)
    .chain([OsString::from_vec(vec![0xff, 0xfe]), OsString::from_vec(b"-x\xff".to_vec())])
    .collect();
    for line in LINES {
        for word in &words {
            for command in [
                Termgate::new(*line)?.arg(word),
                Termgate::new(line.iter().take(2))?.arg(word),
                Termgate::new(line.iter().take(2))?.arg("-name").arg(word),
            ] {
                let output = command.fake_consul(&fake).run()?;
                ensure!(output.code.is_some_and(|code| code < 100), "{output}");
                ensure!(!output.stderr.contains("panicked") && !output.stderr.contains('\u{1b}'), "{output}");
            }
        }
    }
    for content in [
        &b""[..],
        b"\xff\xfe",
        b"{",
        b"[",
        b"service {",
        b"{\"service\": 1}",
        b"\0",
        &b"service { ".repeat(5000),
    ] {
        for name in ["file.hcl", "file.json"] {
            for line in [["services", "register"], ["services", "deregister"]] {
                let output = Termgate::new(line)?.file(name, content)?.arg(name).fake_consul(&fake).run()?;
                is_orderly(&line, &output)?;
            }
            let output = Termgate::new(["validate", name])?.file(name, content)?.run()?;
            is_orderly(&["validate"], &output)?;
        }
    }
    Ok(())
}

#[test]
fn output_that_cannot_be_written_fails() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.otherwise(Answer::text(200, r#"[{"Key": "a", "Value": "YQ=="}]"#));
    for line in [&["kv", "get", "a"][..], &["version"], &["kv", "get", "-h"]] {
        let mut command = Command::new(tools::termgate()?);
        command.args(line).env_clear().env("CONSUL_HTTP_ADDR", fake.address().to_string());
        let full = File::options().write(true).open("/dev/full").context("/dev/full")?;
        let output = command.stdout(full).stderr(Stdio::piped()).spawn()?.wait_with_output()?;
        ensure!(output.status.code() == Some(1), "{line:?}: {output:?}");
        ensure!(text(&output.stderr).contains("No space left"), "{line:?}: {output:?}");
    }
    Ok(())
}
