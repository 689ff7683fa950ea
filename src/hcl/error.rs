//! What can be wrong with the syntax of a file.

use super::source::{Source, Span, to_text};
use crate::finding::Code;
use crate::go::strconv::quote;

/// Levels of objects, lists and labels that are read. Consul has no limit in HCL (and needs memory by the square of the
/// depth), and 10 000 in JSON; no entry it accepts needs more than a dozen, free-form `Config` maps apart.
pub const MAX_DEPTH: usize = 128;

/// A file that is neither HCL 1 nor JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Which kind of error: of the syntax of HCL or JSON, or a limit.
    pub code: Code,
    /// What is wrong, in our words.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// Consul's own message; none where it crashes or has no such limit.
    pub consul: Option<String>,
}

impl SyntaxError {
    pub(super) fn hcl(consul: String, message: &str, span: Span) -> Self {
        Self { code: Code::HclSyntax, message: message.to_owned(), help: None, span, consul: Some(consul) }
    }

    pub(super) fn json(consul: String, span: Span) -> Self {
        Self { code: Code::JsonSyntax, message: consul.clone(), help: None, span, consul: Some(consul) }
    }

    pub(super) fn too_deep(span: Span) -> Self {
        Self {
            code: Code::TooDeep,
            message: format!("nested deeper than {MAX_DEPTH} levels"),
            help: None,
            span,
            consul: None,
        }
    }

    /// A key without a value at the end of the file, which Consul drops.
    pub(crate) fn unfinished(span: Span) -> Self {
        Self {
            code: Code::MissingValue,
            message: "the file ends after this `=`".to_owned(),
            help: Some("the file may have been cut off: complete or remove the key".to_owned()),
            span,
            consul: None,
        }
    }

    /// A string on which Consul ends with a panic.
    pub(super) fn crash(source: &Source<'_>, span: Span) -> Self {
        let text = quote(&to_text(source.slice(span)));
        Self {
            code: Code::CrashesConsul,
            message: format!("the text {text} has an escape without a value"),
            help: Some(
                "octal escapes end at \\377, code points at \\U0010FFFF; Consul crashes on this text"
                    .to_owned(),
            ),
            span,
            consul: None,
        }
    }

    pub(super) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }
}
