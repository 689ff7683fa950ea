//! Text being read: spans, and the lines and columns they stand for.

use std::borrow::Cow;

use super::Language;

/// A range of bytes in a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Span {
    /// From `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span from the start of `self` to the end of `last`.
    #[must_use]
    pub const fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }
}

/// Line and column, both counted from 1; a column is a character, not a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A text; in HCL with CR LF turned into LF, as is done before anything else. All spans refer to this form.
///
/// The removed CR stand at the end of lines, so lines and columns are those of the original file.
#[derive(Debug, Clone)]
pub struct Source<'text> {
    bytes: Cow<'text, [u8]>,
}

impl<'text> Source<'text> {
    /// Takes a text over, without a copy unless it is HCL with CR LF in it.
    pub fn new(bytes: &'text [u8]) -> Self {
        if Language::of(bytes) == Language::Json || !bytes.windows(2).any(|pair| pair == b"\r\n") {
            return Self { bytes: Cow::Borrowed(bytes) };
        }
        let mut normalized = Vec::with_capacity(bytes.len());
        for (index, &byte) in bytes.iter().enumerate() {
            if byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
                normalized.push(byte);
            }
        }
        Self { bytes: Cow::Owned(normalized) }
    }

    /// Takes a text over as it is.
    pub fn verbatim(bytes: &'text [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes) }
    }

    /// The normalized text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of a span; those outside the text are left out.
    pub fn slice(&self, span: Span) -> &[u8] {
        let end = span.end.min(self.bytes.len());
        self.bytes.get(span.start.min(end)..end).unwrap_or_default()
    }

    /// Line and column of a byte; bytes that are not UTF-8 count as one character each.
    pub fn position(&self, offset: usize) -> Position {
        let before = self.slice(Span::new(0, offset));
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line = newlines(before) + 1;
        let column = character_count(before.get(line_start..).unwrap_or_default()) + 1;
        Position { line, column }
    }

    /// Lines and columns of bytes given in ascending order, in one pass over the text.
    pub fn positions(&self, offsets: impl IntoIterator<Item = usize>) -> Vec<Position> {
        let mut position = Position { line: 1, column: 1 };
        let mut reached = 0;
        let advance = |offset: usize| {
            let between = self.slice(Span::new(reached, offset));
            let newlines = newlines(between);
            let last_line = between.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
            if newlines > 0 {
                position = Position { line: position.line + newlines, column: 1 };
            }
            position.column += character_count(last_line);
            reached = reached.max(offset);
            position
        };
        offsets.into_iter().map(advance).collect()
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.split(|&byte| byte == b'\n').count() - 1
}

/// Number of characters as Go counts them: a byte that belongs to no character is one of its own.
fn character_count(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// Decodes UTF-8 as Go does when it writes JSON: every byte that belongs to no character becomes U+FFFD.
pub fn to_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes
            .utf8_chunks()
            .flat_map(|chunk| {
                chunk.valid().chars().chain(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cr_of_a_cr_lf_goes() {
        assert_eq!(Source::new(b"a\r\r\nb\rc\r\n").bytes(), b"a\r\nb\rc\n");
    }

    #[test]
    fn positions_count_characters_and_stray_bytes() {
        let source = Source::new("a\nž\u{1F600}b".as_bytes());
        assert_eq!(source.position(8), Position { line: 2, column: 3 });
        assert_eq!(Source::new(b"\xff\xfea").position(2), Position { line: 1, column: 3 });
    }

    #[test]
    fn every_stray_byte_becomes_a_replacement_character() {
        assert_eq!(to_text(b"a\xe2\x82b\xff"), "a\u{FFFD}\u{FFFD}b\u{FFFD}");
    }
}
