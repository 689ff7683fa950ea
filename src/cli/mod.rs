//! Grammar only: command lines become settings; the one place that prints errors and chooses exit codes.

mod color;
pub mod dropin;
mod examples;
mod exit;
mod flags;
mod generate;
mod help;
mod modern;
mod spelling;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::error::{CommandError, Kind};
use crate::output::{Printer, background};
use crate::settings::env::Env;
use crate::system::first_process;
use crate::visible::visible;

/// How long the last lines on stderr may take, if the reader is slow or has stopped.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Runs the program: `arguments` with the program's own name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>, env: &dyn Env) -> ExitCode {
    first_process::end_by_signals();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut printer = Printer::new(color::choice(&arguments), env);
    // Consul's grammar is not clap's: flags with one dash, and a first word that ends them.
    let name = dropin::Name::of(&arguments);
    let outcome = match dropin::command(&arguments, name) {
        Some(command) => dropin::run(command, env, printer),
        None => match spelling::respelled(&arguments, grammar) {
            Ok(arguments) => match parsed(&arguments) {
                Ok(cli) => {
                    printer = cli.printer(printer, env);
                    modern::run(cli, env, printer)
                }
                Err(error) => return usage(error, &arguments, printer),
            },
            Err(unknown) => {
                let hint = unknown.hint();
                Err(CommandError::new(Kind::Usage, unknown).hint(hint))
            }
        },
    };
    let code = match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = exit::report(&error, printer);
            // Consul has one code for all failures.
            let is_consuls = name == dropin::Name::Consul && error.kind() != Kind::ClosedPipe;
            if is_consuls { ExitCode::FAILURE } else { code }
        }
    };
    background::flush(LAST_LINES);
    code
}

/// The whole modern grammar.
fn grammar() -> clap::Command {
    help::explained(help::with_dropins(modern::Cli::command()))
}

/// The grammar for completions and man pages: what is generated from it becomes right by [`one_dash`].
pub fn documented() -> clap::Command {
    help::documented(help::with_dropins(modern::Cli::command()))
}

pub use help::one_dash;

fn parsed(arguments: &[OsString]) -> Result<modern::Cli, clap::Error> {
    modern::Cli::from_arg_matches(&grammar().try_get_matches_from(arguments)?)
}

/// Help and version go to stdout with 0, wrong usage to stderr with 2.
fn usage(error: clap::Error, arguments: &[OsString], printer: Printer) -> ExitCode {
    if !error.use_stderr() {
        let text = error.render();
        let text = if printer.stdout_colour() { text.ansi().to_string() } else { text.to_string() };
        return match printer.styled(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => exit::report(&error.into(), printer),
        };
    }
    // clap does not say which one.
    let unreadable = arguments.iter().find(|argument| argument.to_str().is_none());
    if let (ErrorKind::InvalidUtf8, Some(argument)) = (error.kind(), unreadable) {
        let text = format!("the argument `{}` is not UTF-8", argument.as_encoded_bytes().escape_ascii());
        return exit::report(&CommandError::message(Kind::Usage, text), printer);
    }
    // It repeats arguments: those with what is not visible are made so first.
    let shown: Vec<OsString> =
        arguments.iter().map(|argument| visible(&argument.to_string_lossy()).into_owned().into()).collect();
    let error = parsed(&shown).err().unwrap_or(error);
    let text = error.render();
    let text = if printer.colour() { text.ansi().to_string() } else { text.to_string() };
    printer.styled_stderr(text.trim_end_matches('\n'));
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// What a command gives: its exit code.
type Outcome = Result<u8, CommandError>;
