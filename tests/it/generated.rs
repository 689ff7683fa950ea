//! `completions/` and `man/` hold what the binary generates; `TERMGATE_BLESS=1` rewrites them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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
