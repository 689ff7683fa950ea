//! `config validate`: entries checked without an agent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Source, file_error, files};
use crate::config_entry::{self, ConfigEntry, Diagnostic, Json, Severity};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::hcl;
use crate::output::{Format, Printer};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Files, directories (all `.hcl` and `.json` files below), or `-`.
    pub paths: Vec<PathBuf>,
    /// How the findings are printed.
    pub format: Format,
    /// Whether warnings count as errors.
    pub strict: bool,
    /// The Consul release whose rules count.
    pub version: ConsulVersion,
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

/// A checked file.
struct Checked {
    path: String,
    bytes: Vec<u8>,
    entry: Option<ConfigEntry>,
    diagnostics: Vec<Diagnostic>,
}

/// Checks all files; gives the exit code.
pub fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let mut files = Vec::new();
    for path in files::find(&settings.paths)? {
        files.push(check(&path, &settings.version));
    }
    find_duplicates(&mut files);
    if settings.strict {
        let all = files.iter_mut().flat_map(|file| &mut file.diagnostics);
        all.for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    let valid = files.iter().all(Checked::is_valid);
    match settings.format {
        Format::Json => printer.json(&report(files, valid))?,
        Format::Human => {
            for file in &files {
                let source = hcl::Source::new(&file.bytes);
                let text = config_entry::render(&file.path, &source, &file.diagnostics, printer.colour());
                if !text.is_empty() {
                    printer.stderr(text.trim_end());
                    printer.stderr("");
                }
                printer.data(file.summary())?;
            }
        }
    }
    Ok(if valid { 0 } else { Kind::InvalidInput.exit_code() })
}

fn check(path: &Path, version: &ConsulVersion) -> Checked {
    let (read, path) = match path.to_str() {
        Some("-") => (Source::Stdin.read(), Source::Stdin.display().to_owned()),
        _ => (std::fs::read(path), path.display().to_string()),
    };
    match read {
        Ok(bytes) => {
            let text = hcl::Source::new(&bytes);
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
        Err(error) => {
            let diagnostic = Diagnostic::error("unreadable-file", file_error(&path, &error));
            Checked { path, bytes: Vec::new(), entry: None, diagnostics: vec![diagnostic] }
        }
    }
}

/// Warns of entries with the same kind and name, of which the last one written wins.
fn find_duplicates(files: &mut [Checked]) {
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
            first.insert(id, file.path.clone());
        }
    }
}

impl Checked {
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
        format!("{}: {verdict}{id}{counts}\n", self.path)
    }
}

fn report(files: Vec<Checked>, valid: bool) -> Report {
    let file_report = |file: Checked| FileReport {
        valid: file.is_valid(),
        entries: file.entry.iter().map(ConfigEntry::to_json).collect(),
        diagnostics: file.diagnostics.into_iter().map(finding).collect(),
        path: file.path,
    };
    Report { valid, files: files.into_iter().map(file_report).collect() }
}

fn finding(diagnostic: Diagnostic) -> Finding {
    Finding {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: diagnostic.message,
        help: diagnostic.help,
        line: diagnostic.position.map(|position| position.line),
        column: diagnostic.position.map(|position| position.column),
    }
}
