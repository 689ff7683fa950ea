//! How an error is printed and which exit code it gives.

use std::process::ExitCode;

use serde_json::json;

use crate::error::{CommandError, Kind};
use crate::output::{Level, Printer};

/// Prints `error`, its causes and hints; gives the exit code of its kind.
pub fn report(error: &CommandError, printer: Printer) -> ExitCode {
    if error.kind() == Kind::ClosedPipe {
        return ExitCode::from(error.kind().exit_code());
    }
    let mut messages = error.messages().into_iter();
    if printer.is_json() {
        let message = messages.next().unwrap_or_default();
        let causes: Vec<String> = messages.collect();
        let fields = [
            ("causes", json!(causes)),
            ("hints", json!(error.hints())),
            ("findings", json!(error.findings())),
        ];
        printer.event(Level::Error, message, fields.into_iter().filter(|(_, list)| *list != json!([])));
        return ExitCode::from(error.kind().exit_code());
    }
    printer.trouble(messages.next().unwrap_or_default());
    for cause in messages {
        printer.stderr(format_args!("  because: {cause}"));
    }
    for hint in error.hints() {
        printer.hint(hint);
    }
    ExitCode::from(error.kind().exit_code())
}
