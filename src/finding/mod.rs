//! Something that a person should know: what was seen, why it matters, what to do.

mod code;
mod codes;
mod ledger;
mod policy;

use std::fmt;

use serde::Serialize;

pub use code::UnknownCode;
pub use codes::Code;
pub use ledger::Ledger;
pub use policy::{Judge, Policy, Suppression};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work, or is refused.
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
    /// The service, file, flag or token that it is about.
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
    /// A finding about `subject`, with the severity, reason and remedy of its code.
    pub fn new(code: Code, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            subject: subject.into(),
            place: None,
            message: message.into(),
            why: code.why().to_owned(),
            help: code.fix().to_owned(),
            command: None,
        }
    }

    /// A finding about the linked service `service`, which its message names.
    pub fn of_service(
        service: &str,
        code: Code,
        message: impl fmt::Display,
        help: impl Into<String>,
    ) -> Self {
        Self::new(code, service, format!("service `{service}`: {message}")).help(help)
    }

    /// A finding about something larger that [`Finding::about`] names later: the gateway, the entry or the file.
    pub fn of_whole(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(code, "", message).help(help)
    }

    /// The same about `subject`, unless it is about something already.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        if self.subject.is_empty() {
            subject.clone_into(&mut self.subject);
        }
        self
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same with what to do; an empty text leaves it as it is.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        let help = help.into();
        if help.is_empty() { self } else { Self { help, ..self } }
    }

    /// The same with a command to paste.
    #[must_use]
    pub fn command(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    pub fn is_failure(&self) -> bool {
        self.severity == Severity::Failure
    }

    /// The same with a function applied to what a person reads.
    #[must_use]
    pub fn reworded(self, reword: impl Fn(&str) -> String) -> Self {
        // That of the code is not of this command line.
        let help = if self.help == self.code.fix() { self.help } else { reword(&self.help) };
        Self { message: reword(&self.message), help, ..self }
    }

    /// What to do next, as one line, where this finding knows more than its code: the help, the command, or both.
    pub fn hint(&self) -> Option<String> {
        let help = Some(&*self.help).filter(|help| !help.is_empty() && *help != self.code.fix());
        match (help, &self.command) {
            (None, None) => None,
            (Some(help), None) => Some(help.to_owned()),
            (None, Some(command)) => Some(format!("`{command}`")),
            (Some(help), Some(command)) => Some(format!("{help}: `{command}`")),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
