//! What a command can fail with: its kind (and so its exit code) and what to do about it.
//!
//! Modules below define their own errors; each becomes a [`CommandError`] here and nowhere else.

use std::fmt;

/// Why a command ended, as scripts see it (`product.md` calls these the exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The operation failed (1).
    Failed,
    /// Wrong usage of flags or arguments (2).
    Usage,
    /// A config entry, template or snapshot is not valid (3).
    InvalidInput,
    /// The agent cannot be reached or answers wrongly (4).
    Agent,
    /// ACLs forbid it (5).
    PermissionDenied,
    /// Envoy is missing or incompatible (6).
    Envoy,
}

impl Kind {
    /// The process exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::InvalidInput => 3,
            Self::Agent => 4,
            Self::PermissionDenied => 5,
            Self::Envoy => 6,
        }
    }
}

/// An error as a person reads it: what failed, why, and what to try next.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    error: anyhow::Error,
    hints: Vec<String>,
}

impl CommandError {
    /// An error of `kind`; its sources are printed as causes.
    pub fn new(kind: Kind, error: impl Into<anyhow::Error>) -> Self {
        Self { kind, error: error.into(), hints: Vec::new() }
    }

    /// An error of `kind` that is only a message.
    pub fn message(kind: Kind, message: impl fmt::Display) -> Self {
        Self::new(kind, anyhow::Error::msg(message.to_string()))
    }

    /// Adds what to try next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what was being done when it failed.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(context);
        self
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What to try next, in the order to try it.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The message and its causes, outermost first, without repeats of what a cause already says.
    pub fn messages(&self) -> Vec<String> {
        let mut messages: Vec<String> = Vec::new();
        for cause in self.error.chain() {
            let text = cause.to_string();
            if !messages.iter().any(|earlier| earlier.contains(&text)) {
                messages.push(text);
            }
        }
        messages
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.messages().join(": "))
    }
}
