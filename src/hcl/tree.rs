//! The value of a file as Consul sees it, whichever language it was written in, with a span on every key and value.

use std::collections::HashMap;

use super::source::{Span, to_text};

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub value: Value,
    /// Where it stands; if it was given several times, the last time.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON's `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of HCL.
    Integer(i64),
    /// A float of HCL, any number of JSON.
    Float(f64),
    /// A text.
    String(Text),
    /// A list, or what HCL takes for one.
    List(List),
    /// The file itself, an item of a list, or any object of JSON.
    Object(Object),
}

/// A text and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The decoded text; bytes that are not UTF-8 are U+FFFD.
    pub text: String,
    /// The bytes, if they are not UTF-8: an escape such as `\xe9` can make them so.
    pub raw: Option<Vec<u8>>,
    /// Whether it came from a heredoc, whose last line end belongs to the text.
    pub heredoc: bool,
}

impl Text {
    /// A text of these bytes.
    pub fn new(bytes: Vec<u8>, heredoc: bool) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, raw: None, heredoc },
            Err(error) => {
                let raw = error.into_bytes();
                Self { text: to_text(&raw), raw: Some(raw), heredoc }
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub items: Vec<Node>,
    /// Whether it came from `key { … }` or `key = { … }`, which HCL 1 cannot tell from a list of one object. Only objects
    /// can be added to such a list.
    pub of_blocks: bool,
}

/// An object: its keys, each once, in the order of their first appearance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// The keys and their values.
    pub entries: Vec<Entry>,
}

/// A key of an object with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The decoded key.
    pub key: String,
    /// Where the key stands, once for every time it was given.
    pub key_spans: Vec<Span>,
    /// Its value, after merging.
    pub node: Node,
}

impl Entry {
    /// Where the key stands last.
    pub fn key_span(&self) -> Span {
        self.key_spans.last().copied().unwrap_or_default()
    }
}

impl Object {
    /// The value of exactly this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// An object being read: finds a key that was given before.
#[derive(Debug, Default)]
pub(super) struct ObjectBuilder {
    object: Object,
    /// Places of all keys, once there are too many to look through.
    index: HashMap<String, usize>,
}

/// Keys up to which looking through them is faster than hashing.
const FEW_KEYS: usize = 16;

impl ObjectBuilder {
    /// The place of a key that was given before.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        if self.object.entries.len() <= FEW_KEYS {
            self.object.entries.iter().position(|entry| entry.key == key)
        } else {
            self.index.get(key).copied()
        }
    }

    /// The entry at a place that [`Self::find`] gave.
    pub(super) fn entry(&mut self, place: usize) -> Option<&mut Entry> {
        self.object.entries.get_mut(place)
    }

    /// Adds a key that was not given before.
    pub(super) fn push(&mut self, key: String, key_span: Span, node: Node) {
        self.object.entries.push(Entry { key, key_spans: vec![key_span], node });
        let entries = &self.object.entries;
        if entries.len() > FEW_KEYS {
            let unknown = entries.iter().enumerate().skip(self.index.len());
            self.index.extend(unknown.map(|(place, entry)| (entry.key.clone(), place)));
        }
    }

    pub(super) fn finish(self) -> Object {
        self.object
    }
}
