//! Characters of a text, one after the other, with the places that Consul's messages name.
//!
//! An error does not stop the scan, and Consul reports the *last* one of the whole text, while the first one tells a
//! person more: both are kept. The places Consul names follow from how its scanner moves (a character read too far, a
//! column counted beyond the end), so this one moves the same way.

use std::ops::Range;

use super::source::{Position, Source, Span};

/// Something no token can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanError {
    /// Consul's words.
    pub message: &'static str,
    /// The character it was noticed at.
    pub span: Span,
    /// Line and column that Consul names.
    pub position: Position,
}

/// The first and the last error of a text, which may be the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanErrors {
    /// The one to mend first.
    pub first: ScanError,
    /// The one Consul reports.
    pub last: ScanError,
}

/// The end of the text, and what a NUL is read as.
pub(super) const END: char = '\0';

/// Reserved by the original for its own use.
const RESERVED: char = '\u{E123}';

#[derive(Debug, Clone, Copy)]
struct Cursor {
    offset: usize,
    line: usize,
    column: usize,
}

/// A text being read character by character.
#[derive(Debug)]
pub(super) struct Characters<'source> {
    bytes: &'source [u8],
    cursor: Cursor,
    previous: Cursor,
    last_character_length: usize,
    last_line_length: usize,
    errors: Option<ScanErrors>,
}

impl<'source> Characters<'source> {
    /// The start of a text.
    pub(super) fn new(source: &'source Source<'_>) -> Self {
        let start = Cursor { offset: 0, line: 1, column: 0 };
        Self {
            bytes: source.bytes(),
            cursor: start,
            previous: start,
            last_character_length: 0,
            last_line_length: 0,
            errors: None,
        }
    }

    /// The errors met so far.
    pub(super) fn errors(&self) -> Option<ScanErrors> {
        self.errors
    }

    /// The byte behind the character read last.
    pub(super) fn offset(&self) -> usize {
        self.cursor.offset
    }

    /// The first byte of the character read last.
    pub(super) fn token_start(&self) -> usize {
        self.cursor.offset - self.last_character_length
    }

    /// Bytes of the text; those outside it are left out.
    pub(super) fn bytes(&self, range: Range<usize>) -> &'source [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Reads a character. At the end, and on a NUL, this is [`END`]; stray bytes are U+FFFD.
    pub(super) fn next(&mut self) -> char {
        let (character, length) = decode(self.bytes.get(self.cursor.offset..).unwrap_or_default());
        if length > 0 {
            self.previous = self.cursor;
        }
        self.cursor.column += 1;
        self.cursor.offset += length;
        self.last_character_length = length;
        match (character, length) {
            (char::REPLACEMENT_CHARACTER, 1) => {
                self.error("illegal UTF-8 encoding");
                character
            }
            ('\n', _) => {
                self.cursor.line += 1;
                self.last_line_length = self.cursor.column;
                self.cursor.column = 0;
                character
            }
            ('\0', 1) => {
                self.error("unexpected null character (0x00)");
                END
            }
            (RESERVED, _) => {
                self.error("unicode code point U+E123 reserved for internal use");
                char::REPLACEMENT_CHARACTER
            }
            _ => character,
        }
    }

    /// Goes back before the character read last.
    pub(super) fn step_back(&mut self) {
        self.cursor = self.previous;
    }

    /// The next character, left unread.
    pub(super) fn peek(&self) -> char {
        decode(self.bytes.get(self.cursor.offset..).unwrap_or_default()).0
    }

    /// The place of the character read last.
    pub(super) fn recent_position(&self) -> Position {
        let Cursor { line, column, .. } = self.cursor;
        if column > 0 {
            Position { line, column }
        } else if self.last_line_length > 0 {
            Position { line: line - 1, column: self.last_line_length }
        } else {
            Position { line: 1, column: 1 }
        }
    }

    /// Keeps an error about the character read last.
    pub(super) fn error(&mut self, message: &'static str) {
        let end = self.cursor.offset;
        let span = Span::new(end.saturating_sub(self.last_character_length), end);
        let error = ScanError { message, span, position: self.recent_position() };
        let first = self.errors.map_or(error, |errors| errors.first);
        self.errors = Some(ScanErrors { first, last: error });
    }
}

/// First character and its length in bytes; `('\0', 0)` at the end, `(U+FFFD, 1)` for a stray byte.
fn decode(bytes: &[u8]) -> (char, usize) {
    match bytes.first() {
        None => (END, 0),
        Some(&byte) if byte.is_ascii() => (char::from(byte), 1),
        Some(_) => {
            let window = bytes.get(..bytes.len().min(4)).unwrap_or_default();
            let character = window.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
            character.map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, character.len_utf8()))
        }
    }
}
