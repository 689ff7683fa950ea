//! Text → tokens of HCL 1.
//!
//! An error does not stop the scan; see `characters`.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::characters::{Characters, END, ScanErrors};
use super::source::{Position, Source, Span};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A character that starts no token; always together with an error of the scan.
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

/// Reads tokens one by one.
#[derive(Debug)]
pub struct Scanner<'source> {
    characters: Characters<'source>,
}

impl<'source> Scanner<'source> {
    /// A scanner at the start of a text.
    pub fn new(source: &'source Source<'_>) -> Self {
        Self { characters: Characters::new(source) }
    }

    /// The errors met so far.
    pub fn errors(&self) -> Option<ScanErrors> {
        self.characters.errors()
    }

    /// The next token; at the end of the text [`TokenKind::EndOfFile`], again and again.
    pub fn token(&mut self) -> Token {
        let mut character = self.characters.next();
        while matches!(character, ' ' | '\t' | '\n' | '\r') {
            character = self.characters.next();
        }
        let start = self.characters.token_start();
        let position = self.characters.recent_position();
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
            '-' if self.characters.peek().is_ascii_digit() => {
                let digit = self.characters.next();
                self.number(digit)
            }
            '-' => TokenKind::Subtract,
            _ if is_letter(character) => self.identifier(start),
            _ if character.is_ascii_digit() => self.number(character),
            _ => {
                self.characters.error("illegal char");
                TokenKind::Illegal
            }
        };
        Token { kind, span: Span::new(start, self.characters.offset()), position }
    }

    fn identifier(&mut self, start: usize) -> TokenKind {
        let mut character = self.characters.next();
        while is_letter(character) || is_digit(character) || matches!(character, '-' | '.') {
            character = self.characters.next();
        }
        if character != END {
            self.characters.step_back();
        }
        match self.characters.bytes(start..self.characters.offset()) {
            b"true" | b"false" => TokenKind::Bool,
            _ => TokenKind::Identifier,
        }
    }

    fn period(&mut self) -> TokenKind {
        let character = self.characters.peek();
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
            character = self.characters.next();
            if matches!(character, 'x' | 'X') {
                self.hexadecimal();
                return TokenKind::Number;
            }
            let mut illegal_octal = false;
            while character.is_ascii_digit() {
                character = self.characters.next();
                // Only possibly: 0159 is illegal, 0159.2 is a float.
                illegal_octal |= matches!(character, '8' | '9');
            }
            if !matches!(character, 'e' | 'E' | '.') && illegal_octal {
                self.characters.error("illegal octal number");
            }
        } else {
            self.mantissa(first);
            character = self.characters.next();
        }
        match character {
            'e' | 'E' => self.exponent(character),
            '.' => {
                let after = self.characters.peek();
                if matches!(self.mantissa(after), 'e' | 'E') {
                    let exponent = self.characters.next();
                    self.exponent(exponent);
                }
            }
            _ => {
                if character != END {
                    self.characters.step_back();
                }
                return TokenKind::Number;
            }
        }
        TokenKind::Float
    }

    fn hexadecimal(&mut self) {
        let mut character = self.characters.next();
        let mut found = false;
        while character.is_ascii_hexdigit() {
            character = self.characters.next();
            found = true;
        }
        if !found {
            self.characters.error("illegal hexadecimal number");
        }
        if character != END {
            self.characters.step_back();
        }
    }

    /// Skips digits; `character` is the first, already read or just peeked at. Gives the character after them.
    fn mantissa(&mut self, mut character: char) -> char {
        let mut scanned = false;
        while character.is_ascii_digit() {
            character = self.characters.next();
            scanned = true;
        }
        if scanned && character != END {
            self.characters.step_back();
        }
        character
    }

    fn exponent(&mut self, character: char) {
        if !matches!(character, 'e' | 'E') {
            return;
        }
        let mut digit = self.characters.next();
        if matches!(digit, '-' | '+') {
            digit = self.characters.next();
        }
        self.mantissa(digit);
    }

    fn comment(&mut self, first: char) {
        if first == '#' || self.characters.peek() != '*' {
            if first == '/' && self.characters.peek() != '/' {
                self.characters.error("expected '/' for comment");
                return;
            }
            let mut character = self.characters.next();
            while character != '\n' && character != END {
                character = self.characters.next();
            }
            if character != END {
                self.characters.step_back();
            }
            return;
        }
        self.characters.next();
        let mut character = self.characters.next();
        loop {
            if character == END {
                self.characters.error("comment not terminated");
                return;
            }
            let previous = character;
            character = self.characters.next();
            if previous == '*' && character == '/' {
                return;
            }
        }
    }

    fn string(&mut self) {
        let mut braces = 0_usize;
        loop {
            let character = self.characters.next();
            if (character == '\n' && braces == 0) || character == END {
                self.characters.error("literal not terminated");
                return;
            }
            if character == '"' && braces == 0 {
                return;
            }
            if braces == 0 && character == '$' && self.characters.peek() == '{' {
                braces = 1;
                self.characters.next();
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
        let character = self.characters.next();
        match character {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"' => {}
            '0'..='7' => self.escape_digits(character, 8, 3),
            'x' | 'u' | 'U' => {
                let first = self.characters.next();
                let count = match character {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                self.escape_digits(first, 16, count);
            }
            _ => self.characters.error("illegal char escape"),
        }
    }

    fn escape_digits(&mut self, mut character: char, radix: u32, count: usize) {
        let mut left = count;
        while left > 0 && character.is_digit(radix) {
            character = self.characters.next();
            if character == END {
                break;
            }
            left -= 1;
        }
        if left > 0 {
            self.characters.error("illegal char escape");
        }
        if left != count && character != END {
            self.characters.step_back();
        }
    }

    fn heredoc(&mut self) {
        if self.characters.next() != '<' {
            self.characters.error("heredoc expected second '<', didn't see it");
            return;
        }
        let anchor_start = self.characters.offset();
        let mut character = self.characters.next();
        if character == '-' {
            character = self.characters.next();
        }
        while is_letter(character) || is_digit(character) {
            character = self.characters.next();
        }
        if character == END {
            self.characters.error("heredoc not terminated");
            return;
        }
        if character == '\r' && self.characters.peek() == '\n' {
            character = self.characters.next();
        }
        if character != '\n' {
            self.characters.error("invalid characters in heredoc anchor");
            return;
        }
        let anchor = self.characters.bytes(anchor_start..self.characters.offset() - 1);
        if anchor.is_empty() || anchor == b"-" {
            self.characters.error("zero-length heredoc anchor");
            return;
        }
        let mut line_start = self.characters.offset();
        loop {
            match self.characters.next() {
                '\n' => {
                    let line = self.characters.bytes(line_start..self.characters.offset() - 1);
                    if closes_heredoc(line, anchor) {
                        return;
                    }
                    line_start = self.characters.offset();
                }
                END => {
                    self.characters.error("heredoc not terminated");
                    return;
                }
                _ => {}
            }
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
