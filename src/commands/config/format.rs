//! `config fmt`: files of entries in their canonical form.

use std::io;
use std::path::PathBuf;

use super::files::{self, Found};
use crate::config_entry::{self, Refusal};
use crate::error::{CommandError, Kind};
use crate::hcl;
use crate::output::Printer;
use crate::system::write_file::{self, Access, Target};

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
/// Prints the paths of those that changed (or, with `check`, would), and the text of what is not a file that can be
/// rewritten, such as a pipe. A file that cannot be read stops nobody else's.
pub fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let mut code = 0;
    let mut unwritable = None;
    for found in files::find(&settings.paths)? {
        let (outcome, listed) = file(&found, settings.check, printer)?;
        code = match outcome {
            Outcome::Refused => Kind::InvalidInput.exit_code(),
            Outcome::Different if settings.check => code.max(Kind::Failed.exit_code()),
            Outcome::Different | Outcome::Same => code,
        };
        if let Err(error) = listed {
            unwritable.get_or_insert(error);
        }
    }
    match unwritable {
        None => Ok(code),
        Some(error) => Err(error.into()),
    }
}

enum Outcome {
    Same,
    Different,
    Refused,
}

/// Gives what became of the file, and whether that could be printed.
fn file(found: &Found, check: bool, printer: Printer) -> Result<(Outcome, io::Result<()>), CommandError> {
    let bytes = match found.read() {
        Ok(bytes) => bytes,
        Err(error) => {
            printer.trouble(error);
            return Ok((Outcome::Refused, Ok(())));
        }
    };
    let Some(output) = format(&found.name, &bytes, printer) else { return Ok((Outcome::Refused, Ok(()))) };
    let outcome = if output == bytes { Outcome::Same } else { Outcome::Different };
    let is_stream = || found.is_named() && !matches!(write_file::target(&found.path), Ok(Target::File(..)));
    let listed = match (check, &outcome) {
        (false, _) if found.is_stdin() || is_stream() => printer.data(output),
        (false, Outcome::Different) => {
            write_file::write(&found.path, &output, Access::Kept)
                .map_err(|error| CommandError::writing(&found.path, error))?;
            printer.line(&found.name)
        }
        (true, Outcome::Different) => printer.line(&found.name),
        _ => Ok(()),
    };
    Ok((outcome, listed))
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
    let mut findings = refusal.findings;
    config_entry::locate(name, &source, &mut findings);
    printer.styled_stderr(config_entry::render(name, &source, &findings, printer.colour()).trim_end());
}
