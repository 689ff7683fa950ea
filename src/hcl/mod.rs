//! Configuration text → a tree of values with spans: HCL version 1 and JSON, as Consul reads them.
//!
//! ```text
//! Source ── language ──► scanner → parser → syntax (HCL 1 as written) → lower ──► tree
//!                    └─► json ─────────────────────────────────────────────────►
//! ```
//! And back: [`format()`] lays a text out anew, its comments kept.
//!
//! No crate reads HCL 1. `hcl-rs` reads HCL 2, which is another language: of the recorded files it takes a third for
//! something else than Consul does. It is what this reader is compared with where the two languages agree, and it knows
//! a file that only HCL 2 explains.
//!
//! No schema here: that is `config_entry::decode`. Depth is bounded, time and memory grow with the length of the text.

mod characters;
mod error;
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

pub use error::SyntaxError;
pub use parser::{Dialect, parse};
pub use printer::format;
pub use source::{Source, Span};
pub use tree::{Entry, List, Node, Object, Text, Value};

/// The two languages Consul reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// HCL version 1.
    Hcl,
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use serde_json::Value as Plain;

    use super::*;

    /// A value without what HCL 1 cannot tell apart: a list of one object is that object.
    fn bare(value: &Value) -> Plain {
        match value {
            Value::Null => Plain::Null,
            Value::Bool(value) => Plain::from(*value),
            Value::Integer(number) => Plain::from(*number),
            Value::Float(number) => Plain::from(*number),
            Value::String(text) => Plain::from(text.text.clone()),
            Value::List(list) => unlisted(list.items.iter().map(|item| bare(&item.value)).collect()),
            Value::Object(object) => {
                object.entries.iter().map(|entry| (entry.key.clone(), bare(&entry.node.value))).collect()
            }
        }
    }

    fn unlisted(mut items: Vec<Plain>) -> Plain {
        match items.as_slice() {
            [Plain::Object(_)] => items.remove(0),
            _ => Plain::Array(items),
        }
    }

    /// The same for what the reader of HCL 2 gives.
    fn bare_plain(value: Plain) -> Plain {
        match value {
            Plain::Array(items) => unlisted(items.into_iter().map(bare_plain).collect()),
            Plain::Object(members) => {
                members.into_iter().map(|(key, value)| (key, bare_plain(value))).collect()
            }
            other => other,
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let literal = prop_oneof![
            "-?[1-9][0-9]{0,8}",
            "0",
            "[0-9]\\.[0-9]{0,3}[1-9]",
            Just("true".to_owned()),
            Just("false".to_owned()),
            "\"([a-z0-9 .,:/{}#$-]|\\\\n|\\\\t|\\\\\"|\\\\\\\\|ž){0,6}\""
                .prop_filter("no template", |text: &String| !text.contains("${")),
        ];
        literal.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(", "))),
                members(inner).prop_map(|members| format!("{{\n{members}}}")),
            ]
        })
    }

    /// Attributes, each on its line, no key twice.
    fn members(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        proptest::collection::vec((value, "|# [a-z\"]{0,3}|// x|/\\* \\{ \\*/"), 0..4).prop_map(|values| {
            let lines = values
                .into_iter()
                .enumerate()
                .map(|(index, (value, comment))| format!("  key_{index} = {value} {comment}\n"));
            lines.collect()
        })
    }

    fn document() -> impl Strategy<Value = String> {
        (members(value()), proptest::option::of(members(value()))).prop_map(|(members, block)| match block {
            Some(block) => format!("{members}block {{\n{block}}}\n"),
            None => members,
        })
    }

    proptest! {
        #[test]
        fn the_common_subset_of_hcl_1_and_hcl_2_is_read_as_by_an_hcl_2_reader(text in document()) {
            let theirs: Plain = ::hcl::from_str(&text).unwrap();
            let ours = read(&Source::new(text.as_bytes()), Dialect::default()).unwrap();
            prop_assert_eq!(bare(&Value::Object(ours.root)), bare_plain(theirs), "{}", text);
        }
    }

    #[test]
    fn time_grows_with_the_length_of_a_text_whatever_it_is() {
        // With the square of the length this would take minutes.
        let many = |piece: &str| piece.repeat((1 << 17) / piece.len());
        let texts = [
            many("{"),
            many("["),
            format!("a = {}", many("[")),
            format!("a = {}", many("{a=")),
            many("a {"),
            many("\"a\" "),
            many("\""),
            format!("a = \"{}", many("${")),
            format!("a = \"{}\"", many("${}")),
            format!("a = \"{}\"", many("${\n")),
            many("/*"),
            many("/**/"),
            many("#\n"),
            many("a = 1 # b\n"),
            many("a = 1 /**/"),
            many("\r\n"),
            many("<<A\n"),
            format!("a = <<A\n{}A\n", many("A \n")),
            format!("a = <<-A\n{} A\n", many(" \n")),
            many("a{} "),
            many("a = 1 a = \"1\" "),
            many("a a{} "),
            format!("a = [{}]", many(",")),
            format!("a = [{}]", many("[],")),
            format!("a = [{}]", many("[[1],\n#\n],")),
            format!("a = {}", many("1")),
            format!("a = {}", many("\\")),
            format!("{{\"a\":{}", many("[")),
            format!("{{\"a\":[{}1]}}", many("1,")),
            format!("{{\"a\":\"{}\"}}", many("\\u0041")),
            format!("{{\"a\":\"{}\"}}", many("${")),
            format!("{{{}\"a\":1}}", many("\"a\":1,")),
            many("\u{0}"),
            many("\u{ff}"),
        ];
        for text in texts {
            let started = Instant::now();
            let source = Source::new(text.as_bytes());
            // What comes of it does not matter here.
            let _ = crate::config_entry::read(&source, &crate::consul_version::ConsulVersion::NEWEST_KNOWN);
            let _ = crate::config_entry::format(&source);
            let _ = crate::config_entry::translate(&source, Language::Hcl);
            let _ = crate::config_entry::translate(&source, Language::Json);
            let head: String = text.chars().take(20).collect();
            assert!(started.elapsed() < Duration::from_secs(20), "{head:?}: {:?}", started.elapsed());
        }
    }
}
