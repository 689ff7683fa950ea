//! The syntax tree of HCL 1, as written: nothing merged, nothing decoded, every part with its span.

use super::scanner::TokenKind;
use super::source::Span;

/// The attributes and blocks of a file or of an object, in file order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// The attributes and blocks.
    pub items: Vec<Item>,
}

/// `key = value`, `key { … }` or `key "label" { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The key and, in a block, its labels: spans of bare words or of quoted strings.
    pub keys: Vec<Span>,
    /// Whether there is a `=`.
    pub assigned: bool,
    /// What it is set to.
    pub value: Expression,
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Which sort of value.
    pub kind: ExpressionKind,
    /// From its first to its last byte.
    pub span: Span,
}

/// The sorts of values.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// A number, float, boolean, string or heredoc token.
    Literal(TokenKind),
    /// `{ … }`
    Object(Body),
    /// `[ … ]`
    List(Vec<Expression>),
}

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its attributes and blocks.
    pub body: Body,
    /// Its comments, in file order.
    pub comments: Vec<Span>,
    /// `key =` with nothing behind it at the end of the file, which Consul drops without a word.
    pub unfinished: Option<Span>,
}
