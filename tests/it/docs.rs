//! Every command block of README.md and of the book is run as it is printed, or says why it is not.
//!
//! The words behind `sh` say how: `run`, with `setup=NAME` (`tests/it/docs/setup.sh`), `background`, `retry` (until it
//! ends as it should), `fails` or `exit=CODE`; or `no-run=REASON`. The blocks of a page share one shell, in a network of its
//! own. A block `text prints` behind one of them has lines that it must print, in this order; `…` stands for anything.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::support::tools::{Tool, project, variable};

/// The pages whose blocks are run; the others have none.
macro_rules! pages {
    ($($test:ident: $page:literal),+ $(,)?) => {
        const PAGES: &[&str] = &[$($page),+];

        $(#[test]
        fn $test() -> Result<()> {
            needs!(Consul, Envoy);
            run($page)
        })+
    };
}

pages! {
    the_commands_of_the_readme_work: "README.md",
    the_commands_of_acls_work: "docs/acls.md",
    the_commands_of_ci_work: "docs/ci.md",
    the_commands_of_codes_work: "docs/codes.md",
    the_commands_of_differences_config_work: "docs/differences-config.md",
    the_commands_of_doctor_work: "docs/doctor.md",
    the_commands_of_egress_work: "docs/egress.md",
    the_commands_of_files_work: "docs/files.md",
    the_commands_of_getting_started_work: "docs/getting-started.md",
    the_commands_of_graph_work: "docs/graph.md",
    the_commands_of_install_work: "docs/install.md",
    the_commands_of_json_work: "docs/json.md",
    the_commands_of_linked_services_work: "docs/linked-services.md",
    the_commands_of_running_work: "docs/running.md",
    the_commands_of_status_work: "docs/status.md",
    the_commands_of_tls_work: "docs/tls.md",
    the_commands_of_troubleshooting_work: "docs/troubleshooting.md",
}

/// A fenced block of shell commands.
struct Block<'a> {
    line: usize,
    words: Vec<&'a str>,
    text: &'a str,
    /// What it prints, as far as the page shows it.
    prints: Option<&'a str>,
}

impl Block<'_> {
    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("```") {
        let at = page.len() - rest.len() + start;
        let Some((info, after)) = rest[start + 3..].split_once('\n') else { break };
        let Some(end) = after.find("\n```") else { break };
        let mut words = info.split_whitespace();
        match words.next() {
            Some("sh") => {
                let line = page[..at].lines().count() + 1;
                found.push(Block { line, words: words.collect(), text: &after[..=end], prints: None });
            }
            Some("text") if words.next() == Some("prints") => {
                if let Some(block) = found.last_mut() {
                    block.prints = Some(&after[..=end]);
                }
            }
            _ => {}
        }
        rest = &after[end + 4..];
    }
    found
}

/// A folder with the programs that a page's commands name.
fn programs(folder: &Path) -> Result<()> {
    fs::create_dir(folder)?;
    symlink(env!("CARGO_BIN_EXE_termgate"), folder.join("termgate"))?;
    symlink(Tool::Consul.path()?, folder.join("consul"))?;
    symlink(Tool::Envoy.path()?, folder.join("envoy"))?;
    Ok(())
}

/// The page's commands as one script; each block lies in a file of its own.
fn script(page: &str, text: &str, folder: &Path) -> Result<String> {
    let mut script =
        format!("set -euo pipefail\nsource '{}'\n", project().join("tests/it/docs/setup.sh").display());
    for block in blocks(text).iter().filter(|block| block.has("run")) {
        let file = |end: &str| folder.join(format!("line-{}.{end}", block.line));
        fs::write(file("sh"), block.text)?;
        fs::write(file("expected"), block.prints.unwrap_or_default())?;
        let [text, output, expected] = ["sh", "out", "expected"].map(|end| file(end).display().to_string());
        writeln!(script, "echo '== {page}:{}' >&2", block.line)?;
        if let Some(name) = block.value("setup") {
            writeln!(script, "setup_{name}")?;
        }
        let wanted = if block.has("fails") { "fails" } else { block.value("exit").unwrap_or("0") };
        let shows = match block.prints {
            Some(_) => format!("shows '{expected}' '{output}'"),
            None => "true".to_owned(),
        };
        let ends = format!("ends {wanted} '{text}' '{output}'");
        if block.has("background") {
            writeln!(script, "bash -eu '{text}' >'{output}' 2>&1 &\nwait_for {shows} || {shows}")?;
        } else if block.has("retry") {
            writeln!(script, "both() {{ {ends} && {shows}; }}\nwait_for both || both")?;
        } else if wanted == "0" {
            // What it sets is there for the blocks that follow.
            writeln!(script, "source '{text}' > >(tee '{output}') 2>&1\nwait_for {shows} || {shows}")?;
        } else {
            writeln!(script, "{ends}\n{shows}")?;
        }
    }
    Ok(script)
}

/// Runs a script in a folder with the project's examples, and in a network, processes and `/run` of its own.
fn run_script(script: &str, folder: &Path) -> Result<()> {
    let copied = Command::new("cp").arg("-r").arg(project().join("examples")).arg(folder).status()?;
    ensure!(copied.success(), "the examples cannot be copied");
    programs(&folder.join("bin"))?;
    let file = folder.join("page.sh");
    fs::write(&file, script)?;
    let inside =
        "mount -t proc proc /proc && mount -t tmpfs tmpfs /run && ip link set lo up && exec bash \"$0\"";
    let own =
        ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c"];
    if !Command::new("unshare")
        .args(own)
        .arg("true")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
    {
        eprintln!("not run: this machine makes no namespaces");
        return Ok(());
    }
    let path = variable("PATH").unwrap_or_default();
    let output = Command::new("unshare")
        .args(own)
        .arg(inside)
        .arg(&file)
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", folder.join("bin").display()))
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .context("cannot run unshare")?;
    if output.status.success() {
        return Ok(());
    }
    let log = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    bail!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        background(folder)?,
        log("gateway.log"),
        log("consul.log"),
    )
}

/// What the blocks have printed that go on beside others.
fn background(folder: &Path) -> Result<String> {
    let mut all = String::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|end| end == "out") {
            let text = fs::read(&path)?;
            writeln!(all, "-- {}\n{}", path.display(), String::from_utf8_lossy(&text))?;
        }
    }
    Ok(all)
}

fn run(page: &str) -> Result<()> {
    let text = fs::read_to_string(project().join(page))?;
    let folder = tempfile::tempdir()?;
    let script = script(page, &text, folder.path())?;
    run_script(&script, folder.path()).with_context(|| page.to_owned())?;
    // `.ci/pictures` makes a recording of them.
    if let Some(pictures) = variable("TERMGATE_PICTURES")
        && page == "README.md"
    {
        for file in fs::read_dir(folder.path())? {
            let path = file?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("line-")) {
                fs::copy(&path, Path::new(&pictures).join(path.file_name().unwrap_or_default()))?;
            }
        }
    }
    Ok(())
}

#[test]
fn every_command_block_is_run_or_says_why_not() -> Result<()> {
    let mut pages = vec!["README.md".to_owned()];
    for file in fs::read_dir(project().join("docs"))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|end| end == "md") {
            pages.push(format!("docs/{name}"));
        }
    }
    for page in &pages {
        let text = fs::read_to_string(project().join(page))?;
        let found = blocks(&text);
        for block in &found {
            // What runs everything, this test among it.
            let is_make = block.text.lines().all(|line| line.starts_with("make "));
            let says = block.has("run") != block.value("no-run").is_some_and(|reason| !reason.is_empty());
            ensure!(says || is_make, "{page}:{}: say `run` or `no-run=REASON` behind `sh`", block.line);
        }
        let is_run = found.iter().any(|block| block.has("run"));
        ensure!(
            is_run == PAGES.contains(&page.as_str()),
            "{page} has blocks to run: {is_run}; list it in PAGES if it has"
        );
    }
    Ok(())
}

/// The commands of a workflow's steps, in order.
fn steps(workflow: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = workflow.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.trim_start().strip_prefix("run: ") else { continue };
        let mut text = String::new();
        if command == "|" {
            let depth = line.len() - line.trim_start().len();
            while let Some(next) = lines.next_if(|next| next.len() - next.trim_start().len() > depth) {
                text.push_str(next.trim_start());
                text.push('\n');
            }
        } else {
            text.push_str(command);
        }
        found.push(text);
    }
    found
}

#[test]
fn the_steps_of_the_workflow_for_entries_validate_compare_and_apply() -> Result<()> {
    needs!(Consul, Envoy);
    let workflow = fs::read_to_string(project().join("examples/github-actions/consul-entries.yml"))?;
    let steps = steps(&workflow);
    let [validate, compare, _comment, apply] = &steps[..] else { bail!("other steps: {steps:?}") };
    let folder = tempfile::tempdir()?;
    let setup = project().join("tests/it/docs/setup.sh");
    // Consul 1.8 has no entries for intentions.
    let script = format!(
        "set -euo pipefail\nsource '{}'\nsetup_consul\nmkdir entries\n\
         cp examples/entries/billing.hcl examples/entries/us-west-gateway.hcl entries\n\
         {validate}\ngrep -q '\"version\": *\"2.1.0\"' entries.sarif\n\
         {compare}\ngrep -q billing changes.txt\n{apply}\n{compare}\n[ \"$status\" = 0 ]\n",
        setup.display()
    );
    run_script(&script, folder.path())
}

#[test]
fn the_hooks_before_a_commit_accept_the_example_entries() -> Result<()> {
    needs!(Consul, Envoy);
    let hooks = fs::read_to_string(project().join("examples/pre-commit/.pre-commit-config.yaml"))?;
    let entries: Vec<&str> =
        hooks.lines().filter_map(|line| line.trim_start().strip_prefix("entry: ")).collect();
    ensure!(entries.len() == 2, "{entries:?}");
    let mut script = "set -euo pipefail\ncp -r examples/entries before\n".to_owned();
    for entry in entries {
        writeln!(script, "{entry} examples/entries/*.hcl")?;
    }
    script.push_str("diff -r before examples/entries\n");
    run_script(&script, tempfile::tempdir()?.path())
}
