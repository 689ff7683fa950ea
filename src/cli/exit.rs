//! How an error is printed and which exit code it gives.

use std::process::ExitCode;

use crate::error::CommandError;
use crate::output::Printer;

/// Prints `error`, its causes and hints; gives the exit code of its kind.
pub fn report(error: &CommandError, printer: Printer) -> ExitCode {
    let mut messages = error.messages().into_iter();
    printer.trouble(messages.next().unwrap_or_default());
    for cause in messages {
        printer.stderr(format_args!("  because: {}", cause.replace('\n', "\n    ")));
    }
    for hint in error.hints() {
        printer.hint(hint);
    }
    ExitCode::from(error.kind().exit_code())
}
