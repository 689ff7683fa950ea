//! `config convert`: an entry file in the other language.

use std::path::PathBuf;

use super::{Source, file_error, format};
use crate::config_entry;
use crate::error::{CommandError, Kind};
use crate::hcl::{self, Language};
use crate::output::Printer;
use crate::system::write_file::{self, Access};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The language to write.
    pub to: Language,
    /// What to read.
    pub source: Source,
    /// Where to write; standard output if it is not given.
    pub output: Option<PathBuf>,
}

/// Writes the file in the other language; gives the exit code.
pub fn run(settings: &Settings, printer: Printer) -> Result<u8, CommandError> {
    let name = settings.source.display();
    let bytes = settings
        .source
        .read()
        .map_err(|error| CommandError::message(Kind::InvalidInput, file_error(name, &error)))?;
    let text = hcl::Source::new(&bytes);
    let output = match config_entry::translate(&text, settings.to) {
        Ok(output) => output,
        Err(refusal) => {
            format::report(name, &bytes, refusal, printer);
            return Ok(Kind::InvalidInput.exit_code());
        }
    };
    let lost = if settings.to == Language::Json { hcl::comments(&text) } else { 0 };
    if lost > 0 {
        let comments = if lost == 1 { "1 comment is".to_owned() } else { format!("{lost} comments are") };
        printer.note(format_args!("{comments} left out: JSON has none"));
    }
    match &settings.output {
        None if settings.to == Language::Json => printer.json_text(&String::from_utf8_lossy(&output))?,
        None => printer.data(output)?,
        Some(path) => write_file::write(path, &output, Access::Kept)
            .map_err(|error| CommandError::writing(path, error))?,
    }
    Ok(0)
}
