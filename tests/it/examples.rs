//! What examples/ names exists: variables and metrics.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::support::command::Termgate;
use crate::support::tools::project;

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The words of a text that begin so, of letters, digits and underscores.
fn words<'a>(text: &'a str, begin: &str) -> BTreeSet<&'a str> {
    let all = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    all.filter(|word| word.starts_with(begin) && word.len() > begin.len()).collect()
}

#[test]
fn every_variable_of_an_example_is_one_that_termgate_reads() -> Result<()> {
    let known = fs::read_to_string(project().join("src/settings/env.rs"))?;
    let known: BTreeSet<&str> =
        ["TERMGATE_", "CONSUL_"].into_iter().flat_map(|begin| words(&known, begin)).collect();
    let mut all = vec![project().join("compose.yaml")];
    for folder in ["systemd", "kubernetes", "nomad"] {
        files(&project().join("examples").join(folder), &mut all)?;
    }
    for path in all {
        let text = fs::read_to_string(&path)?;
        for name in words(&text, "TERMGATE_").union(&words(&text, "CONSUL_")) {
            ensure!(known.contains(name), "{}: termgate reads no variable {name}", path.display());
        }
    }
    Ok(())
}

#[test]
fn every_metric_of_an_alert_or_a_panel_is_one_that_termgate_has() -> Result<()> {
    let source = fs::read_to_string(project().join("src/monitor/exposition.rs"))?;
    let known = words(&source, "termgate_");
    let mut used = 0;
    for name in ["alerts.yml", "dashboard.json"] {
        let text = fs::read_to_string(project().join("examples/monitoring").join(name))?;
        for metric in words(&text, "termgate_") {
            ensure!(known.contains(metric), "{name}: there is no metric {metric}");
            used += 1;
        }
    }
    ensure!(used > 15, "{used} metrics are found");
    Ok(())
}

#[test]
fn every_flag_of_a_manifest_is_one_of_run() -> Result<()> {
    for (name, least) in [("kubernetes/termgate.yaml", 3), ("nomad/termgate.nomad.hcl", 3)] {
        let text = fs::read_to_string(project().join("examples").join(name))?;
        let flags: Vec<&str> = text
            .lines()
            .map(|line| line.trim().trim_start_matches("- ").trim_matches(['"', ',']))
            .filter(|line| line.starts_with("--") && line.len() > 3)
            .collect();
        ensure!(flags.len() >= least, "{name}: {flags:?}");
        // A wrong flag comes before the help.
        Termgate::new(["run"])?.args(flags).arg("--help").succeeds()?;
    }
    Ok(())
}
