//! Cuts a Go template into the tokens of Go's `text/template` scanner.

/// One token, with the place it starts at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// Byte offset into the template.
    pub offset: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Scanning failed here; always the last token.
    Error(String),
    End,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParenthesis,
    RightParenthesis,
    /// A printable character without a meaning of its own, such as a comma.
    Character,
    CharacterConstant,
    Number,
    Complex,
    Quoted,
    RawQuoted,
    Bool,
    Nil,
    Dot,
    Field,
    Variable,
    Identifier,
    Keyword(Keyword),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

impl Token<'_> {
    /// Returns the token as Go's messages show it.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error(message) => message.clone(),
            Kind::Keyword(_) | Kind::Dot | Kind::Nil => format!("<{}>", self.text),
            _ => {
                let mut shown: String = self.text.chars().take(10).collect();
                shown = format!("{shown:?}");
                if self.text.chars().count() > 10 {
                    shown.push_str("...");
                }
                shown
            }
        }
    }
}

/// Scans the whole template.
///
/// The last token is `End`, or `Error` where Go's scanner would stop; the comments are left out and
/// the `{{-` and `-}}` markers have already trimmed the texts beside them.
pub(super) fn scan(source: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner { source, position: 0, tokens: Vec::new(), parentheses: 0 };
    if let Err((offset, message)) = scanner.texts() {
        scanner.tokens.push(Token { kind: Kind::Error(message), text: "", offset });
    }
    scanner.tokens
}

struct Scanner<'a> {
    source: &'a str,
    position: usize,
    tokens: Vec<Token<'a>>,
    parentheses: usize,
}

/// Where scanning stopped, and why.
type Failure = (usize, String);

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.position..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        Some(next)
    }

    fn accept(&mut self, allowed: &str) -> bool {
        let found = self.peek().is_some_and(|next| allowed.contains(next));
        if found {
            self.next();
        }
        found
    }

    fn accept_run(&mut self, allowed: &str) {
        while self.accept(allowed) {}
    }

    fn emit(&mut self, kind: Kind, start: usize) {
        let text = self.source.get(start..self.position).unwrap_or("");
        self.tokens.push(Token { kind, text, offset: start });
    }

    fn texts(&mut self) -> Result<(), Failure> {
        loop {
            let start = self.position;
            let Some(length) = self.rest().find(LEFT) else {
                self.position = self.source.len();
                self.emit_text(start, self.position);
                self.emit(Kind::End, self.position);
                return Ok(());
            };
            let delimiter = start + length;
            self.position = delimiter + LEFT.len();
            let trims = starts_with_left_trim(self.rest());
            let text = self.source.get(start..delimiter).unwrap_or("");
            let kept = if trims { text.trim_end_matches(SPACES).len() } else { text.len() };
            self.emit_text(start, start + kept);
            let marker = if trims { 2 } else { 0 };
            if self.rest().get(marker..).is_some_and(|rest| rest.starts_with("/*")) {
                self.position += marker;
                self.comment()?;
            } else {
                self.emit(Kind::LeftDelimiter, delimiter);
                self.position += marker;
                self.parentheses = 0;
                self.action(delimiter)?;
            }
        }
    }

    fn emit_text(&mut self, start: usize, end: usize) {
        if let Some(text) = self.source.get(start..end).filter(|text| !text.is_empty()) {
            self.tokens.push(Token { kind: Kind::Text, text, offset: start });
        }
    }

    fn comment(&mut self) -> Result<(), Failure> {
        let start = self.position;
        let Some(length) = self.rest().get(2..).and_then(|rest| rest.find("*/")) else {
            return Err((start, "unclosed comment".to_owned()));
        };
        self.position += 2 + length + 2;
        let Some(trims) = self.right_delimiter() else {
            return Err((self.position, "comment ends before closing delimiter".to_owned()));
        };
        self.skip_right_delimiter(trims);
        Ok(())
    }

    /// Whether the action ends here, and if so, whether it trims the text that follows.
    fn right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if starts_with_right_trim(rest) && rest.get(2..).is_some_and(|rest| rest.starts_with(RIGHT)) {
            Some(true)
        } else {
            rest.starts_with(RIGHT).then_some(false)
        }
    }

    fn skip_right_delimiter(&mut self, trims: bool) {
        self.position += RIGHT.len() + if trims { 2 } else { 0 };
        if trims {
            let rest = self.rest();
            self.position += rest.len() - rest.trim_start_matches(SPACES).len();
        }
    }

    fn action(&mut self, opened: usize) -> Result<(), Failure> {
        loop {
            let start = self.position;
            if let Some(trims) = self.right_delimiter() {
                if self.parentheses > 0 {
                    return Err((start, "unclosed left paren".to_owned()));
                }
                let delimiter = start + if trims { 2 } else { 0 };
                self.tokens.push(Token { kind: Kind::RightDelimiter, text: RIGHT, offset: delimiter });
                self.skip_right_delimiter(trims);
                return Ok(());
            }
            let Some(next) = self.next() else {
                return Err((opened, "unclosed action".to_owned()));
            };
            match next {
                space if SPACES.contains(&space) => self.space(start),
                '=' => self.emit(Kind::Assign, start),
                ':' => {
                    if self.next() != Some('=') {
                        return Err((start, "expected :=".to_owned()));
                    }
                    self.emit(Kind::Declare, start);
                }
                '|' => self.emit(Kind::Pipe, start),
                '"' => {
                    self.delimited('"', "unterminated quoted string", start)?;
                    self.emit(Kind::Quoted, start);
                }
                '\'' => {
                    self.delimited('\'', "unterminated character constant", start)?;
                    self.emit(Kind::CharacterConstant, start);
                }
                '`' => {
                    let Some(length) = self.rest().find('`') else {
                        return Err((start, "unterminated raw quoted string".to_owned()));
                    };
                    self.position += length + 1;
                    self.emit(Kind::RawQuoted, start);
                }
                '$' => self.field_or_variable(Kind::Variable, Kind::Variable, start)?,
                '.' if !self.peek().is_some_and(|digit| digit.is_ascii_digit()) => {
                    self.field_or_variable(Kind::Dot, Kind::Field, start)?;
                }
                '.' | '+' | '-' | '0'..='9' => {
                    self.position = start;
                    self.number(start)?;
                }
                letter if is_alphanumeric(letter) => self.identifier(start)?,
                '(' => {
                    self.parentheses += 1;
                    self.emit(Kind::LeftParenthesis, start);
                }
                ')' => {
                    if self.parentheses == 0 {
                        return Err((start, "unexpected right paren".to_owned()));
                    }
                    self.parentheses -= 1;
                    self.emit(Kind::RightParenthesis, start);
                }
                ' '..='~' => self.emit(Kind::Character, start),
                other => return Err((start, format!("unrecognized character in action: {}", name(other)))),
            }
        }
    }

    /// Takes a run of white space, but leaves the blank that belongs to a ` -}}`.
    fn space(&mut self, start: usize) {
        let rest = self.source.get(start..).unwrap_or("");
        let mut end = start + rest.len() - rest.trim_start_matches(SPACES).len();
        // All white space is one byte long, so the byte before `end` is the last blank.
        if self.source.get(end - 1..).is_some_and(|rest| {
            starts_with_right_trim(rest) && rest.get(2..).is_some_and(|rest| rest.starts_with(RIGHT))
        }) {
            end -= 1;
        }
        self.position = end;
        if end > start {
            self.emit(Kind::Space, start);
        }
    }

    fn delimited(&mut self, quote: char, unterminated: &str, start: usize) -> Result<(), Failure> {
        loop {
            match self.next() {
                Some('\\') => {
                    if matches!(self.next(), None | Some('\n')) {
                        return Err((start, unterminated.to_owned()));
                    }
                }
                None | Some('\n') => return Err((start, unterminated.to_owned())),
                Some(end) if end == quote => return Ok(()),
                Some(_) => {}
            }
        }
    }

    fn field_or_variable(&mut self, alone: Kind, named: Kind, start: usize) -> Result<(), Failure> {
        if self.at_terminator() {
            self.emit(alone, start);
            return Ok(());
        }
        self.word()?;
        self.emit(named, start);
        Ok(())
    }

    fn identifier(&mut self, start: usize) -> Result<(), Failure> {
        self.word()?;
        let kind = match self.source.get(start..self.position).unwrap_or("") {
            "true" | "false" => Kind::Bool,
            "nil" => Kind::Nil,
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            _ => Kind::Identifier,
        };
        self.emit(kind, start);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Failure> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        if self.at_terminator() {
            return Ok(());
        }
        let bad = self.peek().map(name).unwrap_or_default();
        Err((self.position, format!("bad character {bad}")))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(next) => SPACES.contains(&next) || ".,|:)(".contains(next) || self.rest().starts_with(RIGHT),
        }
    }

    fn number(&mut self, start: usize) -> Result<(), Failure> {
        let bad = |scanner: &Self| {
            let text = scanner.source.get(start..scanner.position).unwrap_or("");
            Err((start, format!("bad number syntax: {text:?}")))
        };
        if !self.one_number() {
            return bad(self);
        }
        if matches!(self.peek(), Some('+' | '-')) {
            let complex = self.one_number()
                && self.source.get(start..self.position).is_some_and(|text| text.ends_with('i'));
            if !complex {
                return bad(self);
            }
            self.emit(Kind::Complex, start);
            return Ok(());
        }
        self.emit(Kind::Number, start);
        Ok(())
    }

    fn one_number(&mut self) -> bool {
        const DECIMAL: &str = "0123456789_";
        const HEXADECIMAL: &str = "0123456789abcdefABCDEF_";
        self.accept("+-");
        let mut digits = DECIMAL;
        if self.accept("0") {
            if self.accept("xX") {
                digits = HEXADECIMAL;
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if (digits == DECIMAL && self.accept("eE")) || (digits == HEXADECIMAL && self.accept("pP")) {
            self.accept("+-");
            self.accept_run(DECIMAL);
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

fn starts_with_left_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', b' ' | b'\t' | b'\r' | b'\n', ..])
}

fn starts_with_right_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [b' ' | b'\t' | b'\r' | b'\n', b'-', ..])
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// A character as Go's `%#U` shows it.
fn name(character: char) -> String {
    format!("U+{:04X} {character:?}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<Kind> {
        scan(source).into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn trims_the_texts_beside_marked_actions() {
        let tokens = scan("a \n{{- 3 -}}\t b");
        let texts: Vec<&str> =
            tokens.iter().filter(|token| token.kind == Kind::Text).map(|token| token.text).collect();
        assert_eq!(texts, ["a", "b"]);
    }

    #[test]
    fn a_minus_without_a_space_is_a_number() {
        assert_eq!(kinds("{{-3}}"), [Kind::LeftDelimiter, Kind::Number, Kind::RightDelimiter, Kind::End]);
    }

    #[test]
    fn comments_leave_nothing_behind() {
        assert_eq!(kinds("{{/* a }} b */}}"), [Kind::End]);
        assert_eq!(kinds("x{{- /* a */}} y"), [Kind::Text, Kind::Text, Kind::End]);
    }

    #[test]
    fn a_comment_must_fill_its_action() {
        assert!(matches!(kinds("{{/* a */ }}").last(), Some(Kind::Error(message))
            if message == "comment ends before closing delimiter"));
    }

    #[test]
    fn typographic_quotes_are_refused() {
        assert!(
            matches!(kinds("{{ “a” }}").last(), Some(Kind::Error(message)) if message.contains("U+201C"))
        );
    }
}
