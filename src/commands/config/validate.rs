//! `config validate`: entries checked without an agent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::agent_version::Question;
use super::{Source, files};
use crate::config_entry::{self, ConfigEntry, Diagnostic, Json, Severity, tls_files};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::hcl;
use crate::output::annotations::{self, Annotation};
use crate::output::{FindingsFormat, Printer};
use crate::settings::consul::ConsulSettings;
use crate::system::tls_inspect;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Files, directories (all `.hcl` and `.json` files below), or `-`.
    pub paths: Vec<PathBuf>,
    /// How the findings are printed.
    pub format: FindingsFormat,
    /// Whether warnings count as errors.
    pub strict: bool,
    /// Whether the TLS files of linked services are looked at, on this host.
    pub check_files: bool,
    /// The Consul release whose rules count.
    pub version: Rules,
}

/// By the rules of which Consul release entries are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rules {
    /// This one.
    Of(ConsulVersion),
    /// The one that the agent runs if it answers at once, else the newest known.
    OfAgent(Box<ConsulSettings>),
    /// The newest known.
    Newest,
}

/// The findings of all files, as scripts read them.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether all files are.
    pub valid: bool,
    /// One for each file.
    pub files: Vec<FileReport>,
}

/// The findings of one file.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: String,
    /// Whether Consul would take it.
    pub valid: bool,
    /// What a write would send, empty fields left out.
    pub entries: Vec<Json>,
    /// The findings, in the order of the file.
    pub diagnostics: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: Severity,
    /// Stable name.
    pub code: &'static str,
    /// What it is.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
}

/// A file as it was read.
struct File {
    path: String,
    /// Its bytes, or why there are none.
    bytes: Result<Vec<u8>, String>,
}

/// A checked file.
#[derive(PartialEq)]
struct Checked<'file> {
    path: &'file str,
    bytes: &'file [u8],
    entry: Option<ConfigEntry>,
    diagnostics: Vec<Diagnostic>,
}

/// Checks all files; gives the exit code.
pub fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let question = match &settings.version {
        Rules::OfAgent(agent) => Some((Question::ask((**agent).clone()), agent.address.display())),
        Rules::Of(_) | Rules::Newest => None,
    };
    let files: Vec<File> = files::find(&settings.paths)?
        .into_iter()
        .map(|found| File { bytes: found.read(), path: found.name })
        .collect();
    let version = match &settings.version {
        Rules::Of(version) => version,
        Rules::OfAgent(_) | Rules::Newest => &ConsulVersion::NEWEST_KNOWN,
    };
    let mut checked = check_all(&files, version);
    if let Some((question, address)) = question
        && let Some(agents) = question.answer()
        && agents != *version
    {
        let by_agents = check_all(&files, &agents);
        if !same_outcome(&checked, &by_agents) {
            printer.note(format_args!(
                "checked by the rules of Consul {agents}, which the agent at {address} runs; those of {version} differ \
                 here, and --consul-version chooses"
            ));
            checked = by_agents;
        }
    }
    if settings.check_files {
        check_tls_files(&mut checked);
    }
    if settings.strict {
        let all = checked.iter_mut().flat_map(|file| &mut file.diagnostics);
        all.for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    let valid = checked.iter().all(Checked::is_valid);
    print(checked, settings.format, valid, printer)?;
    Ok(if valid { 0 } else { Kind::InvalidInput.exit_code() })
}

fn print(
    files: Vec<Checked<'_>>,
    format: FindingsFormat,
    valid: bool,
    printer: Printer,
) -> Result<(), CommandError> {
    let directory = || std::env::current_dir().unwrap_or_default();
    match format {
        FindingsFormat::Json => printer.json(&report(files, valid))?,
        FindingsFormat::Github => printer.data(annotations::github(&annotations(&files), &directory()))?,
        FindingsFormat::Sarif => printer.json(&annotations::sarif(&annotations(&files), &directory()))?,
        FindingsFormat::Human => {
            for file in &files {
                let source = hcl::Source::new(file.bytes);
                let text = config_entry::render(file.path, &source, &file.diagnostics, printer.colour());
                if !text.is_empty() {
                    printer.styled_stderr(text.trim_end());
                    printer.styled_stderr("");
                }
                printer.line(file.summary())?;
            }
        }
    }
    Ok(())
}

fn check_all<'file>(files: &'file [File], version: &ConsulVersion) -> Vec<Checked<'file>> {
    let mut checked: Vec<Checked<'_>> = files.iter().map(|file| check(file, version)).collect();
    find_duplicates(&mut checked);
    checked
}

fn check<'file>(file: &'file File, version: &ConsulVersion) -> Checked<'file> {
    let path = &file.path;
    let bytes = match &file.bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let diagnostics = vec![Diagnostic::error("unreadable-file", error)];
            return Checked { path, bytes: &[], entry: None, diagnostics };
        }
    };
    let text = hcl::Source::new(bytes);
    let (entry, mut diagnostics) = match config_entry::read(&text, version) {
        Ok(entry) => {
            let diagnostics = config_entry::validate(&entry);
            (Some(entry), diagnostics)
        }
        Err(refusal) => (None, refusal.diagnostics),
    };
    config_entry::locate(&text, &mut diagnostics);
    Checked { path, bytes, entry, diagnostics }
}

/// Whether a person would see the same.
fn same_outcome(left: &[Checked<'_>], right: &[Checked<'_>]) -> bool {
    left.iter().zip(right).all(|(left, right)| {
        let entries = |file: &Checked<'_>| file.entry.as_ref().map(ConfigEntry::to_json);
        left.diagnostics == right.diagnostics && entries(left) == entries(right)
    })
}

/// Looks at the TLS files that terminating gateways name.
fn check_tls_files(files: &mut [Checked<'_>]) {
    let gateways: Vec<_> =
        files.iter().map(|file| file.entry.as_ref().and_then(ConfigEntry::terminating_gateway)).collect();
    let paths: BTreeSet<String> = gateways.iter().flatten().flat_map(tls_files::paths).collect();
    let states = tls_inspect::inspect(&paths);
    let now = tls_inspect::now();
    for (file, gateway) in files.iter_mut().zip(gateways) {
        let Some(gateway) = gateway else { continue };
        file.diagnostics.extend(tls_files::check_files(&gateway, &states, now));
        config_entry::locate(&hcl::Source::new(file.bytes), &mut file.diagnostics);
    }
}

fn annotations<'report>(files: &'report [Checked<'_>]) -> Vec<Annotation<'report>> {
    let of_file = |file: &'report Checked<'_>| {
        let path = (file.path != Source::Stdin.display()).then(|| Path::new(file.path));
        file.diagnostics.iter().map(move |diagnostic| Annotation {
            path,
            severity: diagnostic.severity,
            code: diagnostic.code,
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            line: diagnostic.position.map(|position| position.line),
            column: diagnostic.position.map(|position| position.column),
        })
    };
    files.iter().flat_map(of_file).collect()
}

/// Warns of entries with the same kind and name, of which the last one written wins.
fn find_duplicates(files: &mut [Checked<'_>]) {
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in files {
        let Some(entry) = &file.entry else { continue };
        // Consul compares names without case.
        let id = (entry.kind().to_owned(), entry.name().to_lowercase());
        if let Some(earlier) = first.get(&id) {
            file.diagnostics.push(
                Diagnostic::warning(
                    "duplicate-entry",
                    format!("{earlier} is the same entry, {}/{}", id.0, id.1),
                )
                .help("keep one of the two: the one written last wins"),
            );
        } else {
            first.insert(id, file.path.to_owned());
        }
    }
}

impl Checked<'_> {
    fn is_valid(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }

    /// One line on stdout for people.
    fn summary(&self) -> String {
        let count =
            |severity| self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let counted = |number: usize, word: &str| match number {
            0 => None,
            1 => Some(format!("1 {word}")),
            _ => Some(format!("{number} {word}s")),
        };
        let counts: Vec<String> =
            [counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning")]
                .into_iter()
                .flatten()
                .collect();
        let verdict = if self.is_valid() { "valid" } else { "invalid" };
        let id = self
            .entry
            .as_ref()
            .map(|entry| format!(" {}/{}", entry.kind(), entry.name()))
            .unwrap_or_default();
        let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        format!("{}: {verdict}{id}{counts}", self.path)
    }
}

fn report(files: Vec<Checked<'_>>, valid: bool) -> Report {
    let file_report = |file: Checked<'_>| FileReport {
        valid: file.is_valid(),
        entries: file.entry.iter().map(ConfigEntry::to_json).collect(),
        diagnostics: file.diagnostics.into_iter().map(finding).collect(),
        path: file.path.to_owned(),
    };
    Report { valid, files: files.into_iter().map(file_report).collect() }
}

/// A finding as scripts read it.
pub(super) fn finding(diagnostic: Diagnostic) -> Finding {
    Finding {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: diagnostic.message,
        help: diagnostic.help,
        line: diagnostic.position.map(|position| position.line),
        column: diagnostic.position.map(|position| position.column),
    }
}
