//! The entries that `config diff` and `config apply` want: read from files, checked, marked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::files::{self, Found};
use super::validate::{Finding, finding};
use crate::config_entry::{self, ConfigEntry, Diagnostic, OWNER_KEY, Scope, Severity};
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::hcl;
use crate::output::{Format, Printer};

/// What the wanted entries are read from, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Files, directories (all `.hcl` and `.json` files below), or `-`.
    pub paths: Vec<PathBuf>,
    /// Whether warnings count as errors.
    pub strict: bool,
    /// Who applies the entries: goes into their `Meta`.
    pub owner: Option<String>,
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
}

impl Desired {
    /// What tells it from all others.
    pub fn id(&self) -> EntryId {
        EntryId::new(self.entry.kind(), &self.entry.stored_name(), &self.entry.scope())
    }
}

/// What tells an entry from all others: servers compare names without case.
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
    diagnostics: Vec<Diagnostic>,
}

/// A file that is not valid, as scripts read it.
#[derive(Serialize)]
struct Invalid<'a> {
    path: &'a str,
    status: &'static str,
    diagnostics: Vec<Finding>,
}

/// Reads and checks everything; findings are told. Fails if a single entry is not valid.
///
/// `enterprise` says that the servers know namespaces.
pub fn load(
    input: &Input,
    version: &ConsulVersion,
    enterprise: bool,
    format: Format,
    printer: Printer,
) -> Result<Vec<Desired>, CommandError> {
    let mut files: Vec<File> =
        files::find(&input.paths)?.into_iter().map(|found| read(found, input, version)).collect();
    find_duplicates(&mut files);
    let mut invalid = 0;
    for file in &mut files {
        if enterprise {
            file.diagnostics.retain(|diagnostic| diagnostic.code != "enterprise-only");
        }
        if input.strict {
            file.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
        }
        let is_invalid = file.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        invalid += usize::from(is_invalid);
        file.tell(is_invalid, format, printer)?;
    }
    if invalid > 0 {
        return Err(CommandError::message(
            Kind::InvalidInput,
            format_args!(
                "{invalid} of {} files {} not valid: nothing was sent",
                files.len(),
                if invalid == 1 { "is" } else { "are" }
            ),
        ));
    }
    Ok(files.into_iter().flat_map(|file| file.entries).collect())
}

fn read(found: Found, input: &Input, version: &ConsulVersion) -> File {
    let (read, path) = (found.read(), found.name);
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => {
            let diagnostic = Diagnostic::error("unreadable-file", error);
            return File { path, bytes: Vec::new(), entries: Vec::new(), diagnostics: vec![diagnostic] };
        }
    };
    let text = hcl::Source::new(&bytes);
    let (mut entries, mut diagnostics) = (Vec::new(), Vec::new());
    for read in config_entry::read_all(&text, version) {
        match read {
            Ok(entry) => {
                let desired = marked(entry, &path, input.owner.as_deref(), &mut diagnostics);
                diagnostics.extend(config_entry::validate(&desired.entry));
                entries.push(desired);
            }
            Err(refusal) => diagnostics.extend(refusal.diagnostics),
        }
    }
    config_entry::locate(&text, &mut diagnostics);
    File { path, bytes, entries, diagnostics }
}

/// The entry with its owner's mark.
fn marked(entry: ConfigEntry, path: &str, owner: Option<&str>, diagnostics: &mut Vec<Diagnostic>) -> Desired {
    let written = entry.owner().map(std::borrow::Cow::into_owned);
    let names_owner = written.is_some();
    let entry = match (owner, written) {
        (Some(owner), Some(written)) if written != owner => {
            diagnostics.push(
                Diagnostic::error(
                    "other-owner",
                    format!("`Meta` says `{OWNER_KEY} = {written}`, but --owner says `{owner}`"),
                )
                .at(entry.body().get("Meta").and_then(|field| field.span))
                .help("apply this entry with its own --owner, or remove the key from its Meta"),
            );
            entry
        }
        (Some(owner), None) => {
            if let Some(marked) = entry.with_owner(owner) {
                marked
            } else {
                diagnostics.push(
                    Diagnostic::warning(
                        "no-owner-mark",
                        format!("{} entries have no Meta to keep the owner in", entry.kind()),
                    )
                    .help("`--prune` will never delete it"),
                );
                entry
            }
        }
        _ => entry,
    };
    Desired { path: path.to_owned(), entry, names_owner }
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
                file.diagnostics.push(
                    Diagnostic::error(
                        "duplicate-entry",
                        format!("{}/{name} is wanted twice, here and in {earlier}", entry.kind()),
                    )
                    .help("keep one of the two"),
                );
            } else {
                first.insert(id, file.path.clone());
            }
        }
    }
}

impl File {
    fn tell(&self, is_invalid: bool, format: Format, printer: Printer) -> Result<(), CommandError> {
        let source = hcl::Source::new(&self.bytes);
        let text = config_entry::render(&self.path, &source, &self.diagnostics, printer.colour());
        if !text.is_empty() {
            printer.styled_stderr(text.trim_end());
            printer.styled_stderr("");
        }
        if is_invalid && format == Format::Json {
            let diagnostics = self.diagnostics.iter().cloned().map(finding).collect();
            printer.json_line(&Invalid { path: &self.path, status: "invalid", diagnostics })?;
        }
        Ok(())
    }
}
