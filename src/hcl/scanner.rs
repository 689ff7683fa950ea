//! Text → tokens of HCL 1.
//!
//! An error does not stop the scan, and Consul reports the *last* one of the whole text, while the first one tells a
//! person more: both are kept. The places Consul names follow from how its scanner moves (a character read too far, a
//! column counted beyond the end), so this one moves the same way.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::source::{Position, Source, Span};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A character that starts no token; always together with a [`ScanError`].
    Illegal,
    /// The end of the text, or a NUL.
    EndOfFile,
    /// `# …`, `// …` or `/* … */`.
    Comment,
    /// A bare word.
    Identifier,
    /// An integer.
    Number,
    /// A number with a point or an exponent.
    Float,
    /// `true` or `false`.
    Bool,
    /// A text in double quotes.
    String,
    /// `<<MARKER` up to the line end after the closing marker.
    Heredoc,
    /// `[`
    LeftBracket,
    /// `{`
    LeftBrace,
    /// `,`
    Comma,
    /// `.`
    Period,
    /// `]`
    RightBracket,
    /// `}`
    RightBrace,
    /// `=`
    Assign,
    /// `+`
    Add,
    /// `-`
    Subtract,
}

impl TokenKind {
    /// The word Consul's messages use for it.
    pub const fn consul_name(self) -> &'static str {
        match self {
            Self::Illegal => "ILLEGAL",
            Self::EndOfFile => "EOF",
            Self::Comment => "COMMENT",
            Self::Identifier => "IDENT",
            Self::Number => "NUMBER",
            Self::Float => "FLOAT",
            Self::Bool => "BOOL",
            Self::String => "STRING",
            Self::Heredoc => "HEREDOC",
            Self::LeftBracket => "LBRACK",
            Self::LeftBrace => "LBRACE",
            Self::Comma => "COMMA",
            Self::Period => "PERIOD",
            Self::RightBracket => "RBRACK",
            Self::RightBrace => "RBRACE",
            Self::Assign => "ASSIGN",
            Self::Add => "ADD",
            Self::Subtract => "SUB",
        }
    }
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Span,
    /// Line and column that Consul's messages name for it.
    pub position: Position,
}

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
const END: char = '\0';

/// Reserved by the original for its own use.
const RESERVED: char = '\u{E123}';

#[derive(Debug, Clone, Copy)]
struct Cursor {
    offset: usize,
    line: usize,
    column: usize,
}

/// Reads tokens one by one.
#[derive(Debug)]
pub struct Scanner<'source> {
    bytes: &'source [u8],
    cursor: Cursor,
    previous: Cursor,
    last_character_length: usize,
    last_line_length: usize,
    errors: Option<ScanErrors>,
}

impl<'source> Scanner<'source> {
    /// A scanner at the start of a text.
    pub fn new(source: &'source Source<'_>) -> Self {
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
    pub fn errors(&self) -> Option<ScanErrors> {
        self.errors
    }

    /// The next token; at the end of the text [`TokenKind::EndOfFile`], again and again.
    pub fn token(&mut self) -> Token {
        let mut character = self.next();
        while matches!(character, ' ' | '\t' | '\n' | '\r') {
            character = self.next();
        }
        let start = self.cursor.offset - self.last_character_length;
        let position = self.recent_position();
        let kind = match character {
            END => TokenKind::EndOfFile,
            '"' => {
                self.string();
                TokenKind::String
            }
            '#' | '/' => {
                self.comment(character);
                TokenKind::Comment
            }
            '.' => self.period(),
            '<' => {
                self.heredoc();
                TokenKind::Heredoc
            }
            '[' => TokenKind::LeftBracket,
            ']' => TokenKind::RightBracket,
            '{' => TokenKind::LeftBrace,
            '}' => TokenKind::RightBrace,
            ',' => TokenKind::Comma,
            '=' => TokenKind::Assign,
            '+' => TokenKind::Add,
            '-' if self.peek().is_ascii_digit() => {
                let digit = self.next();
                self.number(digit)
            }
            '-' => TokenKind::Subtract,
            _ if is_letter(character) => self.identifier(start),
            _ if character.is_ascii_digit() => self.number(character),
            _ => {
                self.error("illegal char");
                TokenKind::Illegal
            }
        };
        Token { kind, span: Span::new(start, self.cursor.offset), position }
    }

    fn identifier(&mut self, start: usize) -> TokenKind {
        let mut character = self.next();
        while is_letter(character) || is_digit(character) || matches!(character, '-' | '.') {
            character = self.next();
        }
        if character != END {
            self.step_back();
        }
        match self.bytes.get(start..self.cursor.offset) {
            Some(b"true" | b"false") => TokenKind::Bool,
            _ => TokenKind::Identifier,
        }
    }

    fn period(&mut self) -> TokenKind {
        let character = self.peek();
        if !character.is_ascii_digit() {
            return TokenKind::Period;
        }
        let after = self.mantissa(character);
        self.exponent(after);
        TokenKind::Float
    }

    fn number(&mut self, first: char) -> TokenKind {
        let mut character;
        if first == '0' {
            character = self.next();
            if matches!(character, 'x' | 'X') {
                self.hexadecimal();
                return TokenKind::Number;
            }
            let mut illegal_octal = false;
            while character.is_ascii_digit() {
                character = self.next();
                // Only possibly: 0159 is illegal, 0159.2 is a float.
                illegal_octal |= matches!(character, '8' | '9');
            }
            if !matches!(character, 'e' | 'E' | '.') && illegal_octal {
                self.error("illegal octal number");
            }
        } else {
            self.mantissa(first);
            character = self.next();
        }
        match character {
            'e' | 'E' => self.exponent(character),
            '.' => {
                let after = self.peek();
                if matches!(self.mantissa(after), 'e' | 'E') {
                    let exponent = self.next();
                    self.exponent(exponent);
                }
            }
            _ => {
                if character != END {
                    self.step_back();
                }
                return TokenKind::Number;
            }
        }
        TokenKind::Float
    }

    fn hexadecimal(&mut self) {
        let mut character = self.next();
        let mut found = false;
        while character.is_ascii_hexdigit() {
            character = self.next();
            found = true;
        }
        if !found {
            self.error("illegal hexadecimal number");
        }
        if character != END {
            self.step_back();
        }
    }

    /// Skips digits; `character` is the first, already read or just peeked at. Gives the character after them.
    fn mantissa(&mut self, mut character: char) -> char {
        let mut scanned = false;
        while character.is_ascii_digit() {
            character = self.next();
            scanned = true;
        }
        if scanned && character != END {
            self.step_back();
        }
        character
    }

    fn exponent(&mut self, character: char) {
        if !matches!(character, 'e' | 'E') {
            return;
        }
        let mut digit = self.next();
        if matches!(digit, '-' | '+') {
            digit = self.next();
        }
        self.mantissa(digit);
    }

    fn comment(&mut self, first: char) {
        if first == '#' || self.peek() != '*' {
            if first == '/' && self.peek() != '/' {
                self.error("expected '/' for comment");
                return;
            }
            let mut character = self.next();
            while character != '\n' && character != END {
                character = self.next();
            }
            if character != END {
                self.step_back();
            }
            return;
        }
        self.next();
        let mut character = self.next();
        loop {
            if character == END {
                self.error("comment not terminated");
                return;
            }
            let previous = character;
            character = self.next();
            if previous == '*' && character == '/' {
                return;
            }
        }
    }

    fn string(&mut self) {
        let mut braces = 0_usize;
        loop {
            let character = self.next();
            if (character == '\n' && braces == 0) || character == END {
                self.error("literal not terminated");
                return;
            }
            if character == '"' && braces == 0 {
                return;
            }
            if braces == 0 && character == '$' && self.peek() == '{' {
                braces = 1;
                self.next();
            } else if braces > 0 && character == '{' {
                braces += 1;
            }
            if braces > 0 && character == '}' {
                braces -= 1;
            }
            if character == '\\' {
                self.escape();
            }
        }
    }

    fn escape(&mut self) {
        let character = self.next();
        match character {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"' => {}
            '0'..='7' => self.escape_digits(character, 8, 3),
            'x' | 'u' | 'U' => {
                let first = self.next();
                let count = match character {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                self.escape_digits(first, 16, count);
            }
            _ => self.error("illegal char escape"),
        }
    }

    fn escape_digits(&mut self, mut character: char, radix: u32, count: usize) {
        let mut left = count;
        while left > 0 && character.is_digit(radix) {
            character = self.next();
            if character == END {
                break;
            }
            left -= 1;
        }
        if left > 0 {
            self.error("illegal char escape");
        }
        if left != count && character != END {
            self.step_back();
        }
    }

    fn heredoc(&mut self) {
        if self.next() != '<' {
            self.error("heredoc expected second '<', didn't see it");
            return;
        }
        let anchor_start = self.cursor.offset;
        let mut character = self.next();
        if character == '-' {
            character = self.next();
        }
        while is_letter(character) || is_digit(character) {
            character = self.next();
        }
        if character == END {
            self.error("heredoc not terminated");
            return;
        }
        if character == '\r' && self.peek() == '\n' {
            character = self.next();
        }
        if character != '\n' {
            self.error("invalid characters in heredoc anchor");
            return;
        }
        let anchor = self.bytes.get(anchor_start..self.cursor.offset - 1).unwrap_or_default();
        if anchor.is_empty() || anchor == b"-" {
            self.error("zero-length heredoc anchor");
            return;
        }
        let mut line_start = self.cursor.offset;
        loop {
            match self.next() {
                '\n' => {
                    let line = self.bytes.get(line_start..self.cursor.offset - 1).unwrap_or_default();
                    if closes_heredoc(line, anchor) {
                        return;
                    }
                    line_start = self.cursor.offset;
                }
                END => {
                    self.error("heredoc not terminated");
                    return;
                }
                _ => {}
            }
        }
    }

    /// Reads a character. At the end, and on a NUL, this is [`END`]; stray bytes are U+FFFD.
    fn next(&mut self) -> char {
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

    fn step_back(&mut self) {
        self.cursor = self.previous;
    }

    fn peek(&self) -> char {
        decode(self.bytes.get(self.cursor.offset..).unwrap_or_default()).0
    }

    fn recent_position(&self) -> Position {
        let Cursor { line, column, .. } = self.cursor;
        if column > 0 {
            Position { line, column }
        } else if self.last_line_length > 0 {
            Position { line: line - 1, column: self.last_line_length }
        } else {
            Position { line: 1, column: 1 }
        }
    }

    fn error(&mut self, message: &'static str) {
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

/// Whether a line is the closing marker: white space, the marker, any number of CR.
///
/// The length is compared with the dash of `<<-` counted, which is why a marker in column 1 never closes such a heredoc.
fn closes_heredoc(line: &[u8], anchor: &[u8]) -> bool {
    let marker = anchor.strip_prefix(b"-").unwrap_or(anchor);
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r');
    let text = line.get(line.iter().take_while(|byte| is_space(byte)).count()..).unwrap_or_default();
    line.len() >= anchor.len()
        && text.strip_prefix(marker).is_some_and(|rest| rest.iter().all(|&byte| byte == b'\r'))
}

fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic()
        || character == '_'
        || (!character.is_ascii() && character.general_category_group() == GeneralCategoryGroup::Letter)
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
        || (!character.is_ascii() && character.general_category() == GeneralCategory::DecimalNumber)
}
