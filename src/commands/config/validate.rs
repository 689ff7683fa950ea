//! `config validate`: entries checked without an agent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::agent_version::Question;
use super::{Source, files};
use crate::config_entry::{self, ConfigEntry, Json, Located, Unknown, tls_files};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::hcl;
use crate::output::annotations::{self, Annotation};
use crate::output::{FindingsFormat, Printer, Reporter};
use crate::settings::consul::ConsulSettings;
use crate::system::tls_inspect;
use crate::tls_files::SYSTEM_CA;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Files, directories (all `.hcl` and `.json` files below), or `-`.
    pub paths: Vec<PathBuf>,
    /// How the findings are printed.
    pub format: FindingsFormat,
    /// Whether the TLS files of linked services are looked at, on this host.
    pub check_files: bool,
    /// Consul release whose rules apply.
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
    /// The findings that are about no file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
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
    pub diagnostics: Vec<Diagnostic>,
    /// The same in the form that all commands share.
    pub findings: Vec<Finding>,
}

/// A finding in the form that only files with entries have.
#[derive(Debug, Serialize)]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Stable name.
    pub code: Code,
    /// What it is.
    pub message: String,
    /// What to do.
    pub help: String,
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
    findings: Vec<Located>,
}

/// Checks all files; gives the exit code.
pub fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
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
    let unknown = match &settings.version {
        Rules::Of(version) => Unknown::of(Some(version)),
        Rules::OfAgent(_) | Rules::Newest => Unknown::Refused,
    };
    let mut checked = check_all(&files, version, unknown);
    if let Some((question, address)) = question
        && let Some(agents) = question.answer()
        && (agents != *version || agents.may_know_more())
    {
        let by_agents = check_all(&files, &agents, Unknown::of(Some(&agents)));
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
    for file in &mut checked {
        file.findings = config_entry::judged(std::mem::take(&mut file.findings), |found| report.judge(found));
    }
    let valid = checked.iter().all(Checked::is_valid);
    print(checked, report.notes(), settings.format, valid, printer)?;
    Ok(if valid { 0 } else { Kind::InvalidInput.exit_code() })
}

fn print(
    files: Vec<Checked<'_>>,
    notes: Vec<Finding>,
    format: FindingsFormat,
    valid: bool,
    printer: Printer,
) -> Result<(), CommandError> {
    let directory = || std::env::current_dir().unwrap_or_default();
    match format {
        FindingsFormat::Json => printer.json(&report(files, notes, valid))?,
        FindingsFormat::Github => {
            printer.data(annotations::github(&annotations(&files, &notes), &directory()))?;
        }
        FindingsFormat::Sarif => {
            printer.json(&annotations::sarif(&annotations(&files, &notes), &directory()))?;
        }
        FindingsFormat::Human => {
            for file in &files {
                let source = hcl::Source::new(file.bytes);
                let text = config_entry::render(file.path, &source, &file.findings, printer.colour());
                if !text.is_empty() {
                    printer.styled_stderr(text.trim_end());
                    printer.styled_stderr("");
                }
                printer.line(file.summary())?;
            }
            for note in &notes {
                printer.finding(note);
            }
        }
    }
    Ok(())
}

fn check_all<'file>(files: &'file [File], version: &ConsulVersion, unknown: Unknown) -> Vec<Checked<'file>> {
    let mut checked: Vec<Checked<'_>> = files.iter().map(|file| check(file, version, unknown)).collect();
    find_duplicates(&mut checked);
    check_together(&mut checked);
    checked
}

/// Finds what servers refuse of entries for what the other files say.
fn check_together(files: &mut [Checked<'_>]) {
    let with_entry = files.iter().enumerate().filter_map(|(index, file)| Some((index, file.entry.as_ref()?)));
    let (places, entries): (Vec<usize>, Vec<&ConfigEntry>) = with_entry.unzip();
    for (number, found) in config_entry::together(&entries) {
        let Some(file) = places.get(number).and_then(|index| files.get_mut(*index)) else { continue };
        file.findings.push(found);
        config_entry::locate(file.path, &hcl::Source::new(file.bytes), &mut file.findings);
    }
}

fn check<'file>(file: &'file File, version: &ConsulVersion, unknown: Unknown) -> Checked<'file> {
    let path = &file.path;
    let bytes = match &file.bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let findings = vec![Located::new(Code::UnreadableFile, error).about(path)];
            return Checked { path, bytes: &[], entry: None, findings };
        }
    };
    let text = hcl::Source::new(bytes);
    let (entry, mut findings) = match config_entry::read_with(&text, version, unknown) {
        Ok(entry) => {
            let findings = config_entry::validate(&entry);
            (Some(entry), findings)
        }
        Err(refusal) => (None, refusal.findings),
    };
    config_entry::locate(path, &text, &mut findings);
    Checked { path, bytes, entry, findings }
}

/// Whether a person would see the same.
fn same_outcome(left: &[Checked<'_>], right: &[Checked<'_>]) -> bool {
    left.iter().zip(right).all(|(left, right)| {
        let entries = |file: &Checked<'_>| file.entry.as_ref().map(ConfigEntry::to_json);
        left.findings == right.findings && entries(left) == entries(right)
    })
}

/// Looks at the TLS files that terminating gateways name.
fn check_tls_files(files: &mut [Checked<'_>]) {
    let gateways: Vec<_> =
        files.iter().map(|file| file.entry.as_ref().and_then(ConfigEntry::terminating_gateway)).collect();
    let mut paths: BTreeSet<String> = gateways.iter().flatten().flat_map(tls_files::paths).collect();
    // The platform's CAs, not a file.
    paths.remove(SYSTEM_CA);
    let states = tls_inspect::inspect(&paths);
    let now = tls_inspect::now();
    for (file, gateway) in files.iter_mut().zip(gateways) {
        let Some(gateway) = gateway else { continue };
        file.findings.extend(tls_files::check_files(&gateway, &states, now));
        config_entry::locate(file.path, &hcl::Source::new(file.bytes), &mut file.findings);
    }
}

fn annotations<'report>(
    files: &'report [Checked<'_>],
    notes: &'report [Finding],
) -> Vec<Annotation<'report>> {
    let of_file = |file: &'report Checked<'_>| {
        let path = (file.path != Source::Stdin.display()).then(|| Path::new(file.path));
        file.findings.iter().map(move |located| Annotation::of_file(path, &located.finding))
    };
    let notes = notes.iter().map(|finding| Annotation::of_file(None, finding));
    files.iter().flat_map(of_file).chain(notes).collect()
}

/// Warns of entries with the same kind and name, of which the last one written wins.
fn find_duplicates(files: &mut [Checked<'_>]) {
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in files {
        let Some(entry) = &file.entry else { continue };
        // Consul compares names without case.
        let id = (entry.kind().to_owned(), entry.name().to_lowercase());
        if let Some(earlier) = first.get(&id) {
            file.findings.push(
                Located::new(Code::DuplicateEntry, format!("{earlier} is the same entry, {}/{}", id.0, id.1))
                    .about(entry.name())
                    .help("keep one of the two: the one written last wins"),
            );
        } else {
            first.insert(id, file.path.to_owned());
        }
    }
}

impl Checked<'_> {
    fn is_valid(&self) -> bool {
        !self.findings.iter().any(|located| located.finding.is_failure())
    }

    /// One line on stdout for people.
    fn summary(&self) -> String {
        let count =
            |severity| self.findings.iter().filter(|located| located.finding.severity == severity).count();
        let counted = |number: usize, word: &str| match number {
            0 => None,
            1 => Some(format!("1 {word}")),
            _ => Some(format!("{number} {word}s")),
        };
        let counts: Vec<String> =
            [counted(count(Severity::Failure), "error"), counted(count(Severity::Warning), "warning")]
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

fn report(files: Vec<Checked<'_>>, findings: Vec<Finding>, valid: bool) -> Report {
    let file_report = |file: Checked<'_>| FileReport {
        valid: file.is_valid(),
        entries: file.entry.iter().map(ConfigEntry::to_json).collect(),
        diagnostics: diagnostics(&file.findings),
        path: file.path.to_owned(),
        findings: file.findings.into_iter().map(|located| located.finding).collect(),
    };
    Report { valid, files: files.into_iter().map(file_report).collect(), findings }
}

/// Findings of a file in the form that only files have.
pub(super) fn diagnostics(findings: &[Located]) -> Vec<Diagnostic> {
    let diagnostic = |Located { finding, .. }: &Located| Diagnostic {
        severity: if finding.is_failure() { "error" } else { "warning" },
        code: finding.code,
        message: finding.message.clone(),
        help: finding.help.clone(),
        line: finding.place.as_ref().map(|place| place.line),
        column: finding.place.as_ref().map(|place| place.column),
    };
    findings.iter().map(diagnostic).collect()
}
