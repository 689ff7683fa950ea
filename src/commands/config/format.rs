//! `config fmt`: files of entries in their canonical form.

use std::path::{Path, PathBuf};

use super::{Source, file_error, files};
use crate::config_entry::{self, Refusal};
use crate::error::{CommandError, Kind};
use crate::hcl;
use crate::output::Printer;
use crate::system::replace_file;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Files, directories (all `.hcl` and `.json` files below), or `-` for standard input to standard output.
    pub paths: Vec<PathBuf>,
    /// Whether to write nothing, and only tell which files would change.
    pub check: bool,
}

/// Lays the files out anew; gives the exit code.
///
/// Tells the paths of those that changed (or, with `check`, would). A file that cannot be read stops nobody else's.
pub fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let mut code = 0;
    for path in files::find(&settings.paths)? {
        let source = match path.to_str() {
            Some("-") => None,
            _ => Some(path.as_path()),
        };
        let outcome = match source {
            Some(path) => file(path, settings.check, printer)?,
            None => stdin(settings.check, printer)?,
        };
        code = match outcome {
            Outcome::Refused => Kind::InvalidInput.exit_code(),
            Outcome::Different if settings.check => code.max(Kind::Failed.exit_code()),
            Outcome::Different | Outcome::Same => code,
        };
    }
    Ok(code)
}

enum Outcome {
    Same,
    Different,
    Refused,
}

fn file(path: &Path, check: bool, printer: Printer) -> Result<Outcome, CommandError> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            printer.trouble(file_error(&name, &error));
            return Ok(Outcome::Refused);
        }
    };
    let Some(output) = format(&name, &bytes, printer) else { return Ok(Outcome::Refused) };
    if output == bytes {
        return Ok(Outcome::Same);
    }
    if !check {
        replace_file::write(path, &output).map_err(|error| {
            CommandError::new(Kind::Failed, error).context(format!("writing {}", path.display()))
        })?;
    }
    printer.data(name + "\n")?;
    Ok(Outcome::Different)
}

fn stdin(check: bool, printer: Printer) -> Result<Outcome, CommandError> {
    let source = Source::Stdin;
    let bytes =
        source.read().map_err(|error| CommandError::new(Kind::Failed, error).context("reading stdin"))?;
    let Some(output) = format(source.display(), &bytes, printer) else { return Ok(Outcome::Refused) };
    let outcome = if output == bytes { Outcome::Same } else { Outcome::Different };
    match (check, &outcome) {
        (false, _) => printer.data(output)?,
        (true, Outcome::Different) => printer.data(format!("{}\n", source.display()))?,
        (true, _) => {}
    }
    Ok(outcome)
}

fn format(name: &str, bytes: &[u8], printer: Printer) -> Option<Vec<u8>> {
    match config_entry::format(&hcl::Source::new(bytes)) {
        Ok(output) => Some(output),
        Err(refusal) => {
            report(name, bytes, refusal, printer);
            None
        }
    }
}

/// Shows why a file was refused.
pub(super) fn report(name: &str, bytes: &[u8], refusal: Refusal, printer: Printer) {
    let source = hcl::Source::new(bytes);
    let mut findings = refusal.diagnostics;
    config_entry::locate(&source, &mut findings);
    printer.stderr(config_entry::render(name, &source, &findings, printer.colour()).trim_end());
}
