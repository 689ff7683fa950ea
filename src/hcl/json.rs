//! JSON, read as Go reads it into a map: the last of equal keys wins, all numbers are 64-bit floats, surrogates and
//! bytes that are not UTF-8 become U+FFFD.

use super::error::{MAX_DEPTH, SyntaxError};
use super::source::{Source, Span};
use super::tree::{List, Node, ObjectBuilder, Text, Value};
use crate::go::strconv::{parse_float, quote_byte};

/// Reads one value, white space around it apart.
pub fn parse(source: &Source<'_>) -> Result<Node, SyntaxError> {
    let mut parser = Parser { bytes: source.bytes(), offset: 0, number_error: None };
    parser.skip_space();
    let node = parser.value(0)?;
    parser.skip_space();
    if parser.peek().is_some() {
        return Err(parser
            .unexpected("after top-level value")
            .help("one file holds one entry; nothing may follow it"));
    }
    // As in Go, syntax comes first, then the first number that does not fit.
    match parser.number_error {
        Some(error) => Err(error),
        None => Ok(node),
    }
}

struct Parser<'source> {
    bytes: &'source [u8],
    offset: usize,
    number_error: Option<SyntaxError>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.offset += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        let start = self.offset;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::String(Text::new(self.string()?.into_bytes(), false)),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("looking for beginning of value")),
        };
        Ok(Node { value, span: Span::new(start, self.offset) })
    }

    fn object(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        self.open(depth)?;
        let mut object = ObjectBuilder::default();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.offset += 1;
            return Ok(Value::Object(object.finish()));
        }
        loop {
            self.skip_space();
            let start = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            let key_span = Span::new(start, self.offset);
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.offset += 1;
            self.skip_space();
            let node = self.value(depth + 1)?;
            if let Some(entry) = object.find(&key).and_then(|place| object.entry(place)) {
                entry.key_spans.push(key_span);
                entry.node = node;
            } else {
                object.push(key, key_span, node);
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.offset += 1,
                Some(b'}') => {
                    self.offset += 1;
                    return Ok(Value::Object(object.finish()));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        self.open(depth)?;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.offset += 1;
            return Ok(Value::List(List { items, of_blocks: false }));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.offset += 1,
                Some(b']') => {
                    self.offset += 1;
                    return Ok(Value::List(List { items, of_blocks: false }));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), SyntaxError> {
        if depth > MAX_DEPTH {
            return Err(SyntaxError::too_deep(Span::new(self.offset, self.offset + 1)));
        }
        self.offset += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, SyntaxError> {
        for (index, expected) in word.bytes().enumerate() {
            if self.peek() != Some(expected) {
                let expected = quote_byte(expected);
                debug_assert!(index > 0, "the first letter chose the word");
                return Err(self.unexpected(&format!("in literal {word} (expecting {expected})")));
            }
            self.offset += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, SyntaxError> {
        let start = self.offset;
        if self.peek() == Some(b'-') {
            self.offset += 1;
        }
        match self.peek() {
            Some(b'0') => self.offset += 1,
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.unexpected("in numeric literal")),
        }
        if self.peek() == Some(b'.') {
            self.offset += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.offset += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let span = Span::new(start, self.offset);
        let text = self.bytes.get(start..self.offset).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let text = text.unwrap_or_default();
        Ok(Value::Float(parse_float(text).unwrap_or_else(|_| {
            let consul = format!("json: cannot unmarshal number {text} into Go value of type float64");
            self.number_error
                .get_or_insert(SyntaxError::json(consul, span).message("this number is too large"));
            0.0
        })))
    }

    fn digits(&mut self, context: &str) -> Result<(), SyntaxError> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected(context));
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.offset += 1;
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        self.offset += 1;
        let mut text = Vec::new();
        loop {
            match self.peek() {
                None | Some(0..=0x1f) => return Err(self.unexpected("in string literal")),
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(super::source::to_text(&text));
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(byte) => {
                    text.push(byte);
                    self.offset += 1;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), SyntaxError> {
        self.offset += 1;
        let byte = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.offset += 1;
                let unit = self.code_unit()?;
                let character = match char::from_u32(unit) {
                    Some(character) => character,
                    None => self.low_surrogate(unit)?,
                };
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => {
                return Err(self
                    .unexpected("in string escape code")
                    .help("write a backslash as `\\\\`, also in Windows paths; `/` works there too"));
            }
        };
        text.push(byte);
        self.offset += 1;
        Ok(())
    }

    /// The character of a surrogate pair whose first half was read; U+FFFD if no second half follows, which is then read
    /// on its own.
    fn low_surrogate(&mut self, high: u32) -> Result<char, SyntaxError> {
        let start = self.offset;
        if high < 0xdc00 && self.bytes.get(start..start + 2) == Some(b"\\u") {
            self.offset += 2;
            let low = self.code_unit()?;
            if (0xdc00..0xe000).contains(&low) {
                let code_point = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.offset = start;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn code_unit(&mut self) -> Result<u32, SyntaxError> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
            self.offset += 1;
        }
        Ok(unit)
    }

    fn unexpected(&self, context: &str) -> SyntaxError {
        let Some(byte) = self.peek() else {
            // At the end Go tries a space before it gives up; inside a word, a number or an escape that is an error.
            let inside =
                ["in literal", "numeric literal", "escape"].iter().any(|part| context.contains(part));
            let consul = if inside {
                format!("invalid character ' ' {context}")
            } else {
                "unexpected end of JSON input".to_owned()
            };
            let span = Span::new(self.bytes.len().saturating_sub(1), self.bytes.len());
            return SyntaxError::json(consul, span).message("the file ends inside the JSON object");
        };
        let consul = format!("invalid character {} {context}", quote_byte(byte));
        let length = self
            .bytes
            .get(self.offset..)
            .and_then(|rest| rest.utf8_chunks().next())
            .and_then(|chunk| chunk.valid().chars().next())
            .map_or(1, char::len_utf8);
        let error = SyntaxError::json(consul, Span::new(self.offset, self.offset + length));
        match (byte, context) {
            (b'/' | b'#', _) => error.help("JSON has no comments; HCL has, but must not begin with `{`"),
            (b'\'', _) => error.help("a text needs double quotes"),
            (b'}' | b']', _) => error.help("remove the comma before it"),
            (b'=', "after object key") => error
                .help("a file that begins with `{` is JSON: write `:`, or remove the outer braces for HCL"),
            (_, "looking for beginning of object key string") => error.help(
                "a file that begins with `{` is JSON: quote the keys, or remove the outer braces for HCL",
            ),
            _ => error,
        }
    }
}
