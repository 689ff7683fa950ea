//! Reads filter expressions.

use super::Error;
use crate::go::strconv::unquote;

/// How deep expressions may nest; Consul's own are a few levels.
const MAX_DEPTH: usize = 64;

/// A filter expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Any of these holds.
    Or(Vec<Expression>),
    /// All of these hold.
    And(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// A field compared.
    Match {
        /// The field, by its path.
        selector: Vec<String>,
        /// How it is compared.
        operator: Operator,
        /// Whether that must not hold (`not in`, `not contains`, `not matches`, `is not empty`).
        negated: bool,
        /// With what; empty for [`Operator::IsEmpty`].
        value: String,
    },
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `contains`, or `in` the other way round.
    Contains,
    Matches,
    IsEmpty,
}

impl Operator {
    /// As it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Contains => "contains",
            Self::Matches => "matches",
            Self::IsEmpty => "is empty",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A selector, keyword or bare value.
    Word(String),
    /// A quoted value.
    Text(String),
    Equal,
    NotEqual,
    Open,
    Close,
}

/// Reads a whole expression.
pub fn expression(text: &str) -> Result<Expression, Error> {
    let mut parser = Parser { tokens: tokens(text)?, position: 0, end: text.chars().count() + 1 };
    let expression = parser.or(0)?;
    match parser.tokens.get(parser.position) {
        None => Ok(expression),
        Some((column, _)) => Err(Error::Syntax { reason: "unexpected text".to_owned(), column: *column }),
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Error> {
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    let mut is_apart = true;
    let mut characters = text.chars().enumerate().map(|(index, c)| (index + 1, c)).peekable();
    while let Some(&(column, character)) = characters.peek() {
        let token = match character {
            ' ' | '\t' | '\r' | '\n' => {
                characters.next();
                is_apart = true;
                continue;
            }
            '(' | ')' => {
                characters.next();
                if character == '(' { Token::Open } else { Token::Close }
            }
            '=' | '!' => {
                characters.next();
                if characters.next().is_none_or(|(_, next)| next != '=') {
                    let reason = format!("`{character}` alone is not an operator; write `{character}=`");
                    return Err(Error::Syntax { reason, column });
                }
                if character == '=' { Token::Equal } else { Token::NotEqual }
            }
            '"' | '`' => {
                characters.next();
                let mut literal = String::from(character);
                let mut is_closed = false;
                for (_, next) in characters.by_ref() {
                    literal.push(next);
                    // Consul: no escape puts a quote into a text.
                    is_closed = next == character;
                    if is_closed {
                        break;
                    }
                }
                if !is_closed {
                    return Err(Error::Syntax { reason: "unterminated text".to_owned(), column });
                }
                let text = unquote(&literal);
                Token::Text(
                    text.ok_or_else(|| Error::Syntax { reason: "invalid escape".to_owned(), column })?,
                )
            }
            _ => {
                let mut word = String::new();
                let mut in_brackets = false;
                while let Some(&(_, next)) = characters.peek() {
                    if !in_brackets && matches!(next, ' ' | '\t' | '\r' | '\n' | '(' | ')' | '=' | '!') {
                        break;
                    }
                    in_brackets = next == '[' || (in_brackets && next != ']');
                    word.push(next);
                    characters.next();
                }
                if !is_selector(&word) && !is_number(&word) {
                    let reason = format!("`{word}` is neither a name nor a number, and not quoted");
                    return Err(Error::Syntax { reason, column });
                }
                Token::Word(word)
            }
        };
        let before = tokens.last().map(|(_, token)| token);
        if !is_apart && before.is_some_and(|before| needs_space(before, &token)) {
            return Err(Error::Syntax { reason: "white space is missing".to_owned(), column });
        }
        is_apart = false;
        tokens.push((column, token));
    }
    Ok(tokens)
}

/// Whether Consul wants white space between the two.
const fn needs_space(before: &Token, after: &Token) -> bool {
    let operand_before = matches!(before, Token::Word(_) | Token::Text(_) | Token::Close);
    let operand_after = matches!(after, Token::Word(_) | Token::Text(_) | Token::Open);
    operand_before && operand_after
}

/// Names joined by dots, each with quoted keys in brackets behind it.
fn is_selector(word: &str) -> bool {
    let mut rest = word;
    loop {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 || !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        rest = rest.get(end..).unwrap_or_default();
        while let Some(tail) = rest.strip_prefix('[') {
            let Some((key, tail)) = tail.split_once(']') else { return false };
            if !key.trim_matches([' ', '\t', '\r', '\n']).starts_with(['"', '`']) {
                return false;
            }
            rest = tail;
        }
        match rest.strip_prefix('.') {
            Some(tail) => rest = tail,
            None => return rest.is_empty(),
        }
    }
}

/// A decimal number without a needless zero in front.
fn is_number(word: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(a, b)| (a, Some(b)));
    are_digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(are_digits)
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    position: usize,
    end: usize,
}

impl Parser {
    fn or(&mut self, depth: usize) -> Result<Expression, Error> {
        let first = self.and(depth)?;
        let mut all = vec![first];
        while self.take_word("or") {
            all.push(self.and(depth)?);
        }
        Ok(one_or(all, Expression::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expression, Error> {
        let first = self.not(depth)?;
        let mut all = vec![first];
        while self.take_word("and") {
            all.push(self.not(depth)?);
        }
        Ok(one_or(all, Expression::And))
    }

    fn not(&mut self, depth: usize) -> Result<Expression, Error> {
        self.check(depth)?;
        if self.take_word("not") {
            return Ok(Expression::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take(&Token::Open) {
            let inner = self.or(depth + 1)?;
            return if self.take(&Token::Close) { Ok(inner) } else { Err(self.error("`)` is missing")) };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, Error> {
        let (column, left) = self.next("a selector or a value")?;
        let negated = self.take_word("not");
        if self.take_word("in") {
            let (column, right) = self.next("a selector")?;
            let selector = selector(right, column)?;
            let value = value(left, column)?;
            return Ok(Expression::Match { selector, operator: Operator::Contains, negated, value });
        }
        let selector = selector(left, column)?;
        if self.take_word("is") {
            let negated = self.take_word("not");
            return if self.take_word("empty") {
                Ok(Expression::Match { selector, operator: Operator::IsEmpty, negated, value: String::new() })
            } else {
                Err(self.error("expected `empty`"))
            };
        }
        let operator = if self.take_word("contains") {
            Operator::Contains
        } else if self.take_word("matches") {
            Operator::Matches
        } else if !negated && self.take(&Token::Equal) {
            Operator::Equal
        } else if !negated && self.take(&Token::NotEqual) {
            Operator::NotEqual
        } else {
            return Err(self.error("expected a comparison (==, !=, contains, matches, in, is empty)"));
        };
        let (column, right) = self.next("a value")?;
        Ok(Expression::Match { selector, operator, negated, value: value(right, column)? })
    }

    fn next(&mut self, wanted: &str) -> Result<(usize, Token), Error> {
        let found = self.tokens.get(self.position).cloned();
        self.position += 1;
        found.ok_or_else(|| Error::Syntax { reason: format!("expected {wanted}"), column: self.end })
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.position).is_some_and(|(_, found)| found == token);
        self.position += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_word = |token: &Token| matches!(token, Token::Word(found) if found == word);
        let found = self.tokens.get(self.position).is_some_and(|(_, token)| is_word(token));
        self.position += usize::from(found);
        found
    }

    fn error(&self, reason: &str) -> Error {
        let column = self.tokens.get(self.position).map_or(self.end, |(column, _)| *column);
        Error::Syntax { reason: reason.to_owned(), column }
    }

    fn check(&self, depth: usize) -> Result<(), Error> {
        if depth < MAX_DEPTH { Ok(()) } else { Err(self.error("nested too deeply")) }
    }
}

/// A single expression as it is, several joined.
fn one_or(mut all: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    if all.len() == 1 { all.remove(0) } else { join(all) }
}

fn value(token: Token, column: usize) -> Result<String, Error> {
    match token {
        Token::Word(text) | Token::Text(text) => Ok(text),
        _ => Err(Error::Syntax { reason: "expected a value".to_owned(), column }),
    }
}

/// `Service.Meta.version` or `Service.Meta["the version"]`.
fn selector(token: Token, column: usize) -> Result<Vec<String>, Error> {
    let wrong = || Error::Syntax { reason: "expected a selector".to_owned(), column };
    let Token::Word(word) = token else { return Err(wrong()) };
    let mut parts = Vec::new();
    let mut rest = word.as_str();
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        if part.is_empty() {
            return Err(wrong());
        }
        parts.push(part.to_owned());
        rest = tail;
        while let Some(tail) = rest.strip_prefix('[') {
            let (inside, tail) = tail.split_once(']').ok_or_else(wrong)?;
            parts.push(unquote(inside.trim()).ok_or_else(wrong)?);
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(parts);
        }
        rest = rest.strip_prefix('.').ok_or_else(wrong)?;
    }
}
