//! Settings with their origin, so that a message names what a person typed.

use std::fmt;

/// Where a setting comes from, named so that a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag, as its grammar writes it.
    Flag(String),
    /// An environment variable.
    Variable(&'static str),
    /// Neither: termgate's own value.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => formatter.write_str(name),
            Self::Variable(name) => formatter.write_str(name),
            Self::Default => formatter.write_str("the default"),
        }
    }
}

/// A setting with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T> {
    /// The setting.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Given<T> {
    /// The same origin with what a function makes of the value.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Given<U> {
        Given { value: function(self.value), origin: self.origin }
    }
}

impl Given<String> {
    /// Reads the text; a failure names the origin.
    pub fn parse<T, E: fmt::Display>(
        self,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Given<T>, Invalid> {
        match read(&self.value) {
            Ok(value) => Ok(Given { value, origin: self.origin }),
            Err(reason) => Err(Invalid { origin: self.origin, reason: reason.to_string() }),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {reason}")]
pub struct Invalid {
    /// Where it comes from.
    pub origin: Origin,
    /// What is wrong with it.
    pub reason: String,
}
