//! `completions/` and `man/` hold what the binary generates; `TERMGATE_BLESS=1` rewrites them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::support::command::Termgate;
use crate::support::tools::{project, variable};

/// Shell and the name that its completion files have.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "termgate.bash"),
    ("elvish", "termgate.elv"),
    ("fish", "termgate.fish"),
    ("powershell", "_termgate.ps1"),
    ("zsh", "_termgate"),
];

fn is_kept(folder: &Path, generated: &BTreeMap<String, String>) -> Result<()> {
    if variable("TERMGATE_BLESS").is_some() {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        for (name, text) in generated {
            fs::write(folder.join(name), text)?;
        }
    }
    let mut kept = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        kept.insert(
            path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            fs::read_to_string(path)?,
        );
    }
    for (name, text) in generated {
        ensure!(
            kept.remove(name).as_ref() == Some(text),
            "{} is not what the binary generates; TERMGATE_BLESS=1 rewrites it",
            folder.join(name).display()
        );
    }
    ensure!(kept.is_empty(), "nothing generates {:?} in {}", kept.keys(), folder.display());
    Ok(())
}

#[test]
fn the_completions_are_the_generated_ones() -> Result<()> {
    let mut generated = BTreeMap::new();
    for (shell, name) in SHELLS {
        let output = Termgate::new(["completions", shell])?.succeeds()?;
        generated.insert(name.to_owned(), output.stdout);
    }
    is_kept(&project().join("completions"), &generated)
}

#[test]
fn the_man_pages_are_the_generated_ones() -> Result<()> {
    let folder = tempfile::tempdir()?;
    Termgate::new(["man"])?.arg(folder.path()).succeeds()?;
    let mut generated = BTreeMap::new();
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        generated.insert(name, fs::read_to_string(path)?);
    }
    is_kept(&project().join("man"), &generated)
}

#[test]
fn the_help_of_a_drop_in_command_is_the_same_by_every_way_to_ask_for_it() -> Result<()> {
    for (command, ways) in [
        ("connect envoy", ["connect envoy --help", "help connect envoy", "connect help envoy"]),
        ("config write", ["config write -help", "help config write", "config help write"]),
        ("config delete", ["config delete --help", "--color never help config delete", "config help delete"]),
    ] {
        let help = |line: &str| Ok::<_, anyhow::Error>(Termgate::new(line.split(' '))?.succeeds()?.stdout);
        let whole = help(&format!("{command} -h"))?;
        ensure!(whole.contains("-http-addr=") && whole.contains("\nExamples:\n  termgate "), "{whole}");
        ensure!(whole.lines().all(|line| line.chars().count() <= 80), "{whole}");
        for way in ways {
            assert_eq!(help(way)?, whole, "{way}");
        }
    }
    Ok(())
}

#[test]
fn completions_and_man_pages_have_the_flags_of_drop_in_commands() -> Result<()> {
    let page = fs::read_to_string(project().join("man/termgate-connect-envoy.1"))?;
    let bash = fs::read_to_string(project().join("completions/termgate.bash"))?;
    for flag in ["register", "bind-address", "grpc-ca-path", "explain-config", "token-file"] {
        ensure!(page.contains(&format!(r"\fB\-{}\fR", flag.replace('-', r"\-"))), "man: {flag}");
        ensure!(bash.contains(&format!(" -{flag} ")), "bash: {flag}");
    }
    let install = Termgate::new(["completions", "--help"])?.succeeds()?.stdout;
    for (shell, _) in SHELLS {
        ensure!(install.contains(&format!("termgate completions {shell} >")), "{shell}: {install}");
    }
    Ok(())
}

#[test]
fn bash_completes_the_flags_of_drop_in_commands() {
    let script = r#"source "$0"
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _termgate termgate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[*]}""#;
    let file = project().join("completions/termgate.bash");
    for (line, expected) in [
        ("termgate connect envoy -ht", "-http-addr"),
        ("termgate connect envoy -register -boo", "-bootstrap"),
        ("termgate config write -ca", "-cas -ca-file -ca-path"),
        ("termgate config diff --http", "--http-addr"),
        ("termgate services reg", "register"),
    ] {
        let command = Command::new("bash").args(["-c", script]).arg(&file).args(line.split(' ')).output();
        let Ok(output) = command else {
            eprintln!("NOT TESTED: this machine has no bash");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{line}");
    }
}
