//! Configuration text → a tree of values with spans: HCL version 1 and JSON, as Consul reads them.
//!
//! ```text
//! Source ── language ──► scanner → parser → syntax (HCL 1 as written) → lower ──► tree
//!                    └─► json ─────────────────────────────────────────────────►
//! ```
//! And back: [`format`] lays a text out anew, its comments kept.
//! No schema here: that is `config_entry::decode`. Depth is bounded, time and memory grow with the length of the text.

mod characters;
mod error;
pub mod go_text;
mod json;
mod json_printer;
mod layout;
mod literal;
mod lower;
mod parser;
mod printer;
pub mod scanner;
pub mod source;
pub mod syntax;
pub mod tree;
pub mod writer;

pub use error::{MAX_DEPTH, SyntaxError};
pub use parser::{Dialect, parse};
pub use printer::format;
pub use source::{Position, Source, Span};
pub use tree::{Entry, List, Node, Object, Text, Value};

/// The two languages Consul reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// HCL version 1.
    Hcl,
    /// JSON.
    Json,
}

impl Language {
    /// The language Consul takes a text for: JSON if the first character that is not white space is `{`.
    ///
    /// White space is Unicode's; JSON and HCL then refuse most of it. The file name never matters.
    pub fn of(bytes: &[u8]) -> Self {
        let chunk = bytes.utf8_chunks().next();
        let first =
            chunk.and_then(|chunk| chunk.valid().chars().find(|character| !character.is_whitespace()));
        if first == Some('{') { Self::Json } else { Self::Hcl }
    }
}

/// The value of a whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The language it was written in.
    pub language: Language,
    /// Its keys and values.
    pub root: Object,
    /// `key =` at the end of the file, which has no value and is dropped.
    pub unfinished: Option<Span>,
}

/// Number of comments in a text that was read without an error.
pub fn comments(source: &Source<'_>) -> usize {
    match Language::of(source.bytes()) {
        Language::Json => 0,
        Language::Hcl => parse(source, Dialect::default()).map_or(0, |file| file.comments.len()),
    }
}

/// Reads any JSON value, as Go does.
pub fn read_json(bytes: &[u8]) -> Result<Value, SyntaxError> {
    Ok(json::parse(&Source::verbatim(bytes))?.value)
}

/// Reads any JSON value of a source, as Go does, with its places.
pub fn read_json_node(source: &Source<'_>) -> Result<Node, SyntaxError> {
    json::parse(source)
}

/// Reads a text in the language it is written in.
pub fn read(source: &Source<'_>, dialect: Dialect) -> Result<Document, SyntaxError> {
    let language = Language::of(source.bytes());
    let (root, unfinished) = match language {
        Language::Hcl => {
            let file = parse(source, dialect)?;
            (lower::lower(source, &file.body)?, file.unfinished)
        }
        Language::Json => match json::parse(source)?.value {
            Value::Object(root) => (root, None),
            // The first character is `{`.
            _ => (Object::default(), None),
        },
    };
    Ok(Document { language, root, unfinished })
}
