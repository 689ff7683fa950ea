//! What acts on a terminal, hides or turns the direction of text is shown escaped, wherever it comes from.

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::fake_consul::{Answer, FakeConsul};

/// Escape sequences (7 and 8 bit), a bell, line ends, an override of direction, and characters without a width.
const HOSTILE: &str = "x\u{1b}[2J\u{7}\r\nready: fake\u{202e}\u{2066}\u{9b}31m\u{200b}\u{2028}\u{85}y";
/// How it is shown.
const SHOWN: &str =
    "x\\u{1b}[2J\\u{7}\\r\\nready: fake\\u{202e}\\u{2066}\\u{9b}31m\\u{200b}\\u{2028}\\u{85}y";

fn is_hidden(c: char) -> bool {
    c.is_control() || "\u{202e}\u{2066}\u{200b}\u{2028}".contains(c)
}

/// Fails if anything hidden is left but line feeds.
fn is_plain(text: &str, whole: &Output) -> Result<()> {
    let left: String = text.chars().filter(|c| is_hidden(*c) && *c != '\n').collect();
    ensure!(left.is_empty(), "{left:?} is left\n{whole}");
    ensure!(!text.lines().any(|line| line.starts_with("ready: fake")), "a line is forged\n{whole}");
    Ok(())
}

fn agent() -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let entry = json!({
        "Kind": "terminating-gateway", "Name": "gw", "Meta": {"m": HOSTILE},
        "Services": [{"Name": HOSTILE, "SNI": HOSTILE, "CAFile": HOSTILE}], "CreateIndex": 1, "ModifyIndex": 2,
    });
    fake.on(
        "GET",
        "/v1/config/terminating-gateway",
        Answer::json(200, &json!([entry, {"Kind": "terminating-gateway", "Name": HOSTILE, "CreateIndex": 3, "ModifyIndex": 3}])),
    )
    .on("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &entry))
    .on("GET", "/v1/config/ingress-gateway", Answer::json(200, &json!([])))
    .on("GET", "/v1/config/service-defaults", Answer::json(200, &json!([])))
    .on("GET", "/v1/catalog/gateway-services/gw", Answer::json(200, &json!([])))
    .on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})))
    .on("GET", "/v1/config/mesh", Answer::text(500, HOSTILE));
    let encoded: String = HOSTILE
        .bytes()
        .map(|byte| match byte {
            b':' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    fake.on("GET", &format!("/v1/health/service/{encoded}"), Answer::json(200, &json!([])));
    Ok(fake)
}

fn termgate(arguments: &[&str], fake: &FakeConsul) -> Result<Termgate> {
    Termgate::new(arguments)?
        .fake_consul(fake)
        .file("entry.hcl", "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = []\n")?
        .file(
            &format!("{}.hcl", HOSTILE.replace('/', "")),
            format!("Kind = \"{HOSTILE}\"\n\u{1b}[2J = 1 \u{202e}\n"),
        )
}

/// What prints names, values and answers for people.
const COMMANDS: &[&[&str]] = &[
    &["services", "list", "--service", "gw"],
    &["services", "unlink", "--service", "gw", HOSTILE],
    &["services", "list", "--service", HOSTILE],
    &["config", "diff", "entry.hcl"],
    &["config", "apply", "--dry-run", "entry.hcl"],
    &["config", "diff", "."],
    &["config", "validate", "."],
    &["config", "fmt", "--check", "."],
    &["config", "list", "-kind", "mesh"],
    &["config", "read", "-kind", HOSTILE, "-name", "gw"],
    &["config", "write", HOSTILE],
    &["address", "eval", HOSTILE],
    &["render", "--snapshot", HOSTILE],
    &[HOSTILE],
    &["config", HOSTILE],
    &["connect", "envoy", HOSTILE],
    &["bootstrap", "--service", HOSTILE],
];

#[test]
fn no_output_controls_the_readers_terminal() -> Result<()> {
    for arguments in COMMANDS {
        let fake = agent()?;
        let output = termgate(arguments, &fake)?.run()?;
        // An address is data: exactly what the template renders to.
        if arguments[0] != "address" {
            is_plain(&output.stdout, &output)?;
        }
        is_plain(&output.stderr, &output)?;
    }
    let fake = agent()?;
    let output = termgate(&["services", "list", "--service", "gw"], &fake)?.succeeds()?;
    ensure!(output.stdout.lines().count() == 2 && output.stdout.matches(SHOWN).count() == 3, "{output}");
    for arguments in [&["config", "diff", "entry.hcl"][..], &["config", "apply", "--dry-run", "entry.hcl"]] {
        let output = termgate(arguments, &fake)?.run()?;
        ensure!(
            output.stdout.contains("~ terminating-gateway/gw") && output.stdout.contains("\\u{202e}"),
            "{output}"
        );
    }
    let output = termgate(&["config", "list", "-kind", "mesh"], &fake)?.exits(1)?;
    ensure!(output.stderr.contains(SHOWN), "{output}");
    Ok(())
}

#[test]
fn data_keeps_every_byte_where_no_terminal_reads_it() -> Result<()> {
    let fake = agent()?;
    let output = termgate(&["services", "list", "--service", "gw", "--output", "json"], &fake)?.succeeds()?;
    assert_eq!(output.json()?["services"][0]["Name"], HOSTILE);
    ensure!(output.stdout.contains('\u{202e}'), "JSON is not exact\n{output}");
    let output = termgate(&["config", "list", "-kind", "terminating-gateway"], &fake)?.succeeds()?;
    assert_eq!(output.stdout, format!("gw\n{HOSTILE}\n"));
    let output = termgate(&["config", "diff", "--output", "json", "entry.hcl"], &fake)?.exits(10)?;
    ensure!(output.stdout.contains('\u{202e}'), "JSON is not exact\n{output}");
    Ok(())
}

/// Runs it on a terminal of its own; gives what appears there, with line feeds alone.
fn on_terminal(termgate: &Termgate) -> Result<Option<Output>> {
    let inner = termgate.to_command()?;
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let words: Vec<String> =
        words.map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))).collect();
    let spawned = Command::new("script")
        .args(["-qec", &words.join(" "), "/dev/null"])
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh")
        .current_dir(termgate.directory())
        .stdin(Stdio::null())
        .output();
    let Ok(output) = spawned else {
        eprintln!("NOT TESTED: this machine has no `script`");
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    let mut shown = termgate.run()?;
    shown.code = output.status.code();
    shown.stdout = text;
    Ok(Some(shown))
}

/// The text without termgate's own colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        match part.get(end..) {
            Some(rest) if rest.starts_with('m') => plain.push_str(&rest[1..]),
            _ => plain.extend(["\u{1b}[", part]),
        }
    }
    plain
}

#[test]
fn on_a_terminal_nothing_but_termgates_own_colours_acts() -> Result<()> {
    let more: [&[&str]; 4] = [
        &["config", "list", "-kind", "terminating-gateway"],
        &["config", "read", "-kind", "terminating-gateway", "-name", "gw"],
        &["services", "list", "--service", "gw", "--output", "json"],
        &["config", "validate", "--output", "json", "."],
    ];
    for arguments in COMMANDS.iter().chain(&more) {
        let fake = agent()?;
        let Some(output) = on_terminal(&termgate(arguments, &fake)?)? else { return Ok(()) };
        let plain = without_colours(&output.stdout);
        // A name's own sequence would have gone with the colours.
        ensure!(!output.stdout.contains("\u{1b}[2J"), "{output}");
        // An address is data: its line ends stay.
        let plain = if arguments[0] == "address" { plain.replace('\n', "") } else { plain };
        is_plain(&plain, &output)?;
    }
    let fake = agent()?;
    let Some(output) = on_terminal(&termgate(more[2], &fake)?)? else { return Ok(()) };
    let value: Value = serde_json::from_str(&output.stdout)?;
    assert_eq!(value["services"][0]["Name"], HOSTILE, "the value is another one on a terminal");
    let Some(output) = on_terminal(&termgate(more[0], &fake)?)? else { return Ok(()) };
    assert_eq!(output.stdout, format!("gw\n{SHOWN}\n"));
    Ok(())
}

#[test]
fn the_flag_and_the_environment_decide_on_colours() -> Result<()> {
    let cases = [
        ("render --snapshot none", "", false),
        ("render --snapshot none --color always", "NO_COLOR=1", true),
        ("--color=always render --snapshot none", "", true),
        ("render --snapshot none", "CLICOLOR_FORCE=1", true),
        ("render --snapshot none", "CLICOLOR_FORCE=1 NO_COLOR=1", false),
        ("render --snapshot none --color never", "CLICOLOR_FORCE=1", false),
        // What clap prints.
        ("render --no-such-flag -color always", "", true),
        ("render --no-such-flag", "CLICOLOR_FORCE=1", true),
        // Drop-in commands follow the variables, or the flag before their name.
        ("connect envoy -no-such-flag", "CLICOLOR_FORCE=1", true),
        ("--color always connect envoy -no-such-flag", "", true),
        ("config --color never delete -kind=x", "CLICOLOR_FORCE=1", false),
    ];
    for (line, variables, coloured) in cases {
        let pairs = variables.split_whitespace().filter_map(|pair| pair.split_once('='));
        let termgate = Termgate::new(line.split_whitespace())?;
        let output = pairs.fold(termgate, |all, (name, value)| all.env(name, value)).run()?;
        ensure!(output.code != Some(0) && !output.stderr.is_empty(), "{output}");
        ensure!(output.stderr.contains('\u{1b}') == coloured, "{variables:?}\n{output:?}");
    }
    let help = |choice| Termgate::new(["services", "link", "--help", "--color", choice])?.succeeds();
    ensure!(help("always")?.stdout.contains('\u{1b}') && !help("never")?.stdout.contains('\u{1b}'));
    let output = Termgate::new(["render", "--color", "sometimes"])?.exits(2)?;
    output.says(&["sometimes", "--color"])?;
    let output = Termgate::new(["config", "write", "--color", "never", "file"])?.exits(1)?;
    output.says(&["flag provided but not defined: -color"])
}
