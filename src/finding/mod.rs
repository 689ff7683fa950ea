//! Something that a person should know: what was seen, why it matters, what to do.

mod code;
mod ledger;

use std::fmt;

use serde::Serialize;

pub use code::Code;
pub use ledger::Ledger;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work.
    Failure,
    /// Something is likely not meant, or will not work for long.
    Warning,
    /// Worth knowing.
    Info,
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as it was named.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One thing that a person should know. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What kind of thing, for scripts.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The service, file or token that it is about.
    pub subject: String,
    /// Where in a file it was seen.
    pub place: Option<Place>,
    /// What was seen. Without numbers that change from one look to the next.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// A command that does it, to paste.
    pub command: Option<String>,
}

impl Finding {
    /// A finding about `subject`, with the severity and reason of its code.
    pub fn new(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            subject: subject.into(),
            place: None,
            message: message.into(),
            why: code.why().to_owned(),
            help: String::new(),
            command: None,
        }
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// The same with a command to paste.
    #[must_use]
    pub fn command(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    /// What to do next, as one line: the help, the command, or both; `None` without either.
    pub fn hint(&self) -> Option<String> {
        match (&*self.help, &self.command) {
            ("", None) => None,
            (help, None) => Some(help.to_owned()),
            ("", Some(command)) => Some(format!("`{command}`")),
            (help, Some(command)) => Some(format!("{help}: `{command}`")),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
