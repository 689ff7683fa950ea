//! The entries that `config diff` and `config apply` want: read from files, checked, marked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::files::{self, Found};
use super::validate::{Diagnostic, diagnostics};
use crate::config_entry::{self, ConfigEntry, Located, NoEntry, OWNER_KEY, Scope, Unknown};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::hcl;
use crate::output::{Format, Printer, Reporter};

/// What the wanted entries are read from, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Files, directories (all `.hcl` and `.json` files below), or `-`.
    pub paths: Vec<PathBuf>,
    /// Who applies the entries: goes into their `Meta`.
    pub owner: Option<String>,
    /// Whether every file must hold entries.
    pub no_skipped: bool,
    /// Whether each file that is skipped is named.
    pub list_skipped: bool,
}

/// An entry that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// The file it was read from.
    pub path: String,
    /// The entry.
    pub entry: ConfigEntry,
    /// Whether its file says who owns it.
    pub names_owner: bool,
    /// What was found in it, and is not refused.
    pub findings: Vec<Finding>,
}

impl Desired {
    /// What distinguishes it from all others.
    pub fn id(&self) -> EntryId {
        EntryId::new(self.entry.kind(), &self.entry.stored_name(), &self.entry.scope())
    }
}

/// What distinguishes an entry from all others: servers compare names without case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId {
    kind: String,
    name: String,
    scope: Scope,
}

impl EntryId {
    /// The id of an entry.
    pub fn new(kind: &str, name: &str, scope: &Scope) -> Self {
        let default = |name: &String| if name == "default" { String::new() } else { name.to_lowercase() };
        let scope = Scope { namespace: default(&scope.namespace), partition: default(&scope.partition) };
        Self { kind: kind.to_owned(), name: name.to_lowercase(), scope }
    }
}

/// A file and what reading and checking it gave.
struct File {
    path: String,
    bytes: Vec<u8>,
    entries: Vec<Desired>,
    findings: Vec<Located>,
}

/// A file that is not valid, as scripts read it.
#[derive(Serialize)]
struct Invalid<'a> {
    path: &'a str,
    status: &'static str,
    diagnostics: Vec<Diagnostic>,
    findings: Vec<&'a Finding>,
}

/// By which rules entries are read.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Those of this release.
    pub version: &'a ConsulVersion,
    /// What becomes of keys that no table has.
    pub unknown: Unknown,
    /// Whether the servers know namespaces.
    pub enterprise: bool,
}

/// All files, read and checked one by one.
pub struct Files {
    files: Vec<File>,
    skipped: Vec<Skipped>,
}

/// A file that is something else.
struct Skipped {
    path: String,
    is: NoEntry,
}

/// Reads and checks every file by itself.
pub fn load(input: &Input, rules: &Rules<'_>, report: &Reporter) -> Result<Files, CommandError> {
    let mut loaded = Files { files: Vec::new(), skipped: Vec::new() };
    for found in files::find(&input.paths)? {
        match read(found, input, rules) {
            Ok(file) => loaded.files.push(file),
            Err(skipped) => loaded.skipped.push(skipped),
        }
    }
    find_duplicates(&mut loaded.files);
    for file in &mut loaded.files {
        if rules.enterprise {
            file.findings.retain(|located| located.finding.code != Code::EnterpriseOnly);
        }
        file.findings = config_entry::judged(std::mem::take(&mut file.findings), |found| report.judge(found));
    }
    Ok(loaded)
}

impl Files {
    /// The entries of all files.
    pub fn entries(&self) -> impl Iterator<Item = &Desired> {
        self.files.iter().flat_map(|file| &file.entries)
    }

    /// Whether a file cannot be applied, whatever else there is.
    pub fn are_refused(&self) -> bool {
        self.files.iter().any(File::is_refused)
    }

    /// Says how many files are something else; fails if they all are, or if not all may be.
    pub fn tell_skipped(&self, settings: &Input, printer: Printer) -> Result<(), CommandError> {
        let Some(summary) = self.skipped_in_words() else { return Ok(()) };
        if settings.list_skipped {
            for Skipped { path, is } in &self.skipped {
                printer.note(format_args!("{path} is skipped: it is {is}"));
            }
        } else {
            printer.note(format_args!("{summary} (-v lists them)"));
        }
        if self.files.is_empty() {
            return Err(CommandError::message(Kind::InvalidInput, "no file holds an entry")
                .hint("`consul agent` and `consul services register` read these files"));
        }
        if settings.no_skipped {
            return Err(CommandError::message(
                Kind::InvalidInput,
                "--prune deletes what no file has, and not every file was read as entries: nothing was sent",
            )
            .hint("keep entries in a directory of their own, or give `--allow-skipped`"));
        }
        Ok(())
    }

    fn skipped_in_words(&self) -> Option<String> {
        let of = |wanted: NoEntry| self.skipped.iter().filter(|skipped| skipped.is == wanted).count();
        let words =
            |count: usize, what: NoEntry| (count > 0).then(|| format!("{count} with {}", what.plural()));
        let parts: Vec<String> = NoEntry::ALL.into_iter().filter_map(|what| words(of(what), what)).collect();
        let count = self.skipped.len();
        let files = if count == 1 { "file is" } else { "files are" };
        (count > 0).then(|| format!("{count} {files} skipped: {}", parts.join(", ")))
    }

    /// Adds what servers refuse of the given entries for what the others say.
    pub fn check_together(&mut self, report: &Reporter) {
        let entries: Vec<&ConfigEntry> = self.entries().map(|desired| &desired.entry).collect();
        let found = config_entry::together(&entries);
        self.add(found, report);
    }

    /// Adds findings, each about the entry of this number.
    pub fn add(&mut self, found: impl IntoIterator<Item = (usize, Located)>, report: &Reporter) {
        let mut by_file: BTreeMap<usize, Vec<Located>> = BTreeMap::new();
        let places = self.files.iter().enumerate();
        let places: Vec<(usize, usize)> = places
            .flat_map(|(index, file)| (0..file.entries.len()).map(move |number| (index, number)))
            .collect();
        for (position, located) in found {
            let Some(&(index, number)) = places.get(position) else { continue };
            by_file.entry(index).or_default().push(Located { entry: Some(number), ..located });
        }
        for (index, found) in by_file {
            let Some(file) = self.files.get_mut(index) else { continue };
            file.findings.extend(config_entry::judged(found, |found| report.judge(found)));
            config_entry::locate(&file.path, &hcl::Source::new(&file.bytes), &mut file.findings);
        }
    }

    /// Prints the findings and gives the entries. Fails if a single one is not valid.
    pub fn settle(mut self, format: Format, report: &Reporter) -> Result<Vec<Desired>, CommandError> {
        let mut invalid = 0;
        for file in &mut self.files {
            let is_invalid = file.is_refused();
            invalid += usize::from(is_invalid);
            file.tell(is_invalid, format, report.printer())?;
            file.hand_out();
        }
        if invalid > 0 {
            return Err(CommandError::message(
                Kind::InvalidInput,
                format_args!(
                    "{invalid} of {} files {} not valid: nothing was sent",
                    self.files.len(),
                    if invalid == 1 { "is" } else { "are" }
                ),
            ));
        }
        Ok(self.files.into_iter().flat_map(|file| file.entries).collect())
    }
}

/// Reads a file; one that is positively something else is skipped.
fn read(found: Found, input: &Input, rules: &Rules<'_>) -> Result<File, Skipped> {
    let (read, path) = (found.read(), found.name);
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => {
            let finding = Located::new(Code::UnreadableFile, error).about(&path);
            return Ok(File { path, bytes: Vec::new(), entries: Vec::new(), findings: vec![finding] });
        }
    };
    let text = hcl::Source::new(&bytes);
    let (mut entries, mut findings): (Vec<Desired>, Vec<Located>) = (Vec::new(), Vec::new());
    for read in config_entry::read_all(&text, rules.version, rules.unknown) {
        match read {
            Ok(entry) => {
                let (desired, of_owner) = marked(entry, &path, input.owner.as_deref());
                let found = config_entry::validate(&desired.entry).into_iter().chain(of_owner);
                let number = entries.len();
                findings.extend(found.map(|located| Located { entry: Some(number), ..located }));
                entries.push(desired);
            }
            Err(refusal) => {
                if refusal.findings.iter().any(|located| located.finding.code == Code::MissingKind)
                    && let Some(is) = config_entry::no_entry(&text, rules.version)
                {
                    return Err(Skipped { path, is });
                }
                findings.extend(refusal.findings);
            }
        }
    }
    config_entry::locate(&path, &text, &mut findings);
    Ok(File { path, bytes, entries, findings })
}

/// The entry with its owner's mark, and what is to be said about the mark.
fn marked(entry: ConfigEntry, path: &str, owner: Option<&str>) -> (Desired, Option<Located>) {
    let written = entry.owner().map(std::borrow::Cow::into_owned);
    let names_owner = written.is_some();
    let desired = |entry| Desired { path: path.to_owned(), entry, names_owner, findings: Vec::new() };
    match (owner, written) {
        (Some(owner), Some(written)) if written != owner => {
            let message = format!("`Meta` says `{OWNER_KEY} = {written}`, but --owner says `{owner}`");
            let span = entry.body().get("Meta").and_then(|field| field.span);
            let found = Located::new(Code::OtherOwner, message).about(&entry.stored_name()).at(span);
            (desired(entry), Some(found))
        }
        (Some(owner), None) => {
            if let Some(marked) = entry.with_owner(owner) {
                return (desired(marked), None);
            }
            let message = format!("{} entries have no Meta to record the owner in", entry.kind());
            let found = Located::new(Code::NoOwnerMark, message).about(&entry.stored_name());
            (desired(entry), Some(found.help("`--prune` will never delete it")))
        }
        _ => (desired(entry), None),
    }
}

/// Refuses entries with the same kind and name: which one is wanted?
fn find_duplicates(files: &mut [File]) {
    let mut first: BTreeMap<EntryId, String> = BTreeMap::new();
    for file in files {
        for desired in &file.entries {
            let id = desired.id();
            if let Some(earlier) = first.get(&id) {
                let entry = &desired.entry;
                let name = entry.stored_name();
                let message = format!("{}/{name} is defined twice, here and in {earlier}", entry.kind());
                let found = Located::new(Code::DuplicateEntry, message).about(&name);
                file.findings.push(found.severity(Severity::Failure));
            } else {
                first.insert(id, file.path.clone());
            }
        }
    }
}

impl File {
    fn is_refused(&self) -> bool {
        self.findings.iter().any(|located| located.finding.is_failure())
    }

    fn tell(&self, is_invalid: bool, format: Format, printer: Printer) -> Result<(), CommandError> {
        let source = hcl::Source::new(&self.bytes);
        let text = config_entry::render(&self.path, &source, &self.findings, printer.colour());
        if !text.is_empty() {
            printer.styled_stderr(text.trim_end());
            printer.styled_stderr("");
        }
        if is_invalid && format == Format::Json {
            printer.json_line(&Invalid {
                path: &self.path,
                status: "invalid",
                diagnostics: diagnostics(&self.findings),
                findings: self.findings.iter().map(|located| &located.finding).collect(),
            })?;
        }
        Ok(())
    }

    /// Gives each entry its own findings; those about the file as a whole go to the first.
    fn hand_out(&mut self) {
        for located in self.findings.drain(..) {
            if let Some(entry) = self.entries.get_mut(located.entry.unwrap_or_default()) {
                entry.findings.push(located.finding);
            }
        }
    }
}
