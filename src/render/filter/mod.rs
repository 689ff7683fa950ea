//! Filters of service-resolver subsets: Consul's expression language (`Service.Meta.version == v2 and …`).

mod evaluate;
mod parse;

use crate::snapshot::Instance;
use parse::Expression;

/// Why a filter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not the language.
    #[error("{reason} at column {column}")]
    Syntax {
        /// What was found.
        reason: String,
        /// From 1.
        column: usize,
    },
    /// A selector that Consul doesn't have, or that a snapshot doesn't hold.
    #[error("selector `{0}` is unknown")]
    Selector(String),
    /// An operator that doesn't go with its selector.
    #[error("`{operator}` does not apply to `{selector}`")]
    Operator {
        /// As written.
        operator: &'static str,
        /// As written.
        selector: String,
    },
    /// A value that is not of its selector's type.
    #[error("`{value}` is not a value for `{selector}`")]
    Value {
        /// As written.
        value: String,
        /// As written.
        selector: String,
    },
    /// A regular expression that doesn't parse.
    #[error("regular expression `{0}` is not valid")]
    Regex(String),
}

/// A filter, ready to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Option<Expression>);

impl Filter {
    /// Reads a filter; empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() {
            Ok(Self(None))
        } else {
            parse::expression(text).map(|found| Self(Some(found)))
        }
    }

    /// Whether `instance` is in.
    pub fn matches(&self, instance: &Instance) -> Result<bool, Error> {
        self.0.as_ref().map_or(Ok(true), |expression| evaluate::matches(expression, instance))
    }
}
