//! Tokens of HCL 1 → syntax tree.

use super::characters::ScanErrors;
use super::error::{MAX_DEPTH, SyntaxError};
use super::literal;
use super::scanner::{Scanner, Token, TokenKind};
use super::source::{Position, Source, Span, to_text};
use super::syntax::{Body, Expression, ExpressionKind, File, Item};

/// How the parser behind a Consul version behaves where versions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dialect {
    /// Older parsers take a faulty item at the end of an object for the end of that object: `{ a = }}` passes for `{}`.
    pub drops_faulty_last_item: bool,
}

/// Parses a text as HCL 1.
pub fn parse(source: &Source<'_>, dialect: Dialect) -> Result<File, SyntaxError> {
    let mut parser = Parser::new(source, dialect);
    let (body, failure) = parser.body(false, 0);
    if let Some(errors) = parser.scanner.errors() {
        return Err(scan_error(source, errors));
    }
    match failure {
        Some(failure) => Err(failure.into_error()),
        None => Ok(File { body, comments: parser.comments, unfinished: parser.unfinished }),
    }
}

/// Why a construct could not be read.
enum Failure {
    /// The text ended where a new item could begin; at the top level that is simply the end.
    EndOfFile,
    Error(Box<SyntaxError>),
}

impl Failure {
    fn at(token: Token, message: &str, error: impl FnOnce(SyntaxError) -> SyntaxError) -> Self {
        let Position { line, column } = token.position;
        let consul = format!("At {line}:{column}: {message}");
        Self::Error(Box::new(error(SyntaxError::hcl(consul, message, token.span))))
    }

    fn into_error(self) -> SyntaxError {
        match self {
            Self::Error(error) => *error,
            Self::EndOfFile => {
                SyntaxError::hcl("EOF token found".to_owned(), "unexpected end of file", Span::default())
            }
        }
    }

    /// Consul's message names the places of all lists around the fault.
    fn within_list(self, opening: Token, what: &str) -> Self {
        let mut error = self.into_error();
        let Position { line, column } = opening.position;
        if let Some(consul) = &mut error.consul {
            consul.insert_str(
                0,
                &format!("At {line}:{column}: error while trying to parse {what} within list: "),
            );
        }
        Self::Error(Box::new(error))
    }
}

struct Parser<'source> {
    source: &'source Source<'source>,
    scanner: Scanner<'source>,
    dialect: Dialect,
    /// The token read last; read again if `peeked`.
    token: Token,
    peeked: bool,
    comments: Vec<Span>,
    unfinished: Option<Span>,
}

impl<'source> Parser<'source> {
    fn new(source: &'source Source<'source>, dialect: Dialect) -> Self {
        let position = Position { line: 0, column: 0 };
        Self {
            source,
            scanner: Scanner::new(source),
            dialect,
            token: Token { kind: TokenKind::EndOfFile, span: Span::default(), position },
            peeked: false,
            comments: Vec::new(),
            unfinished: None,
        }
    }

    fn scan(&mut self) -> Token {
        if self.peeked {
            self.peeked = false;
            return self.token;
        }
        self.token = self.scanner.token();
        while self.token.kind == TokenKind::Comment {
            self.comments.push(self.token.span);
            self.token = self.scanner.token();
        }
        self.token
    }

    fn peek(&mut self) -> Token {
        let token = self.scan();
        self.peeked = true;
        token
    }

    /// Reads items up to the end of the text or, in an object, up to its closing brace, which is left unread.
    ///
    /// What was read before a failure is given too.
    fn body(&mut self, in_object: bool, depth: usize) -> (Body, Option<Failure>) {
        let mut body = Body::default();
        loop {
            if in_object && self.peek().kind == TokenKind::RightBrace {
                return (body, None);
            }
            match self.item(depth) {
                Ok(item) => body.items.push(item),
                Err(Failure::EndOfFile) => return (body, None),
                Err(failure) => return (body, Some(failure)),
            }
            if self.peek().kind == TokenKind::Comma {
                self.scan();
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, Failure> {
        let keys = self.keys()?;
        let token = self.token;
        let assigned = token.kind == TokenKind::Assign;
        let value = match token.kind {
            TokenKind::Assign => self.value(depth + 1).inspect_err(|failure| {
                if let (Failure::EndOfFile, Some(first)) = (failure, keys.first()) {
                    self.unfinished = Some(first.to(token.span));
                }
            })?,
            TokenKind::LeftBrace => self.object(depth + keys.len())?,
            _ => {
                let text: Vec<String> = keys.iter().map(|&key| to_text(self.source.slice(key))).collect();
                let text = text.join(" ");
                let message = format!("key '{text}' expected start of object ('{{') or assignment ('=')");
                let span = keys.first().copied().unwrap_or_default();
                return Err(Failure::at(token, &message, |error| {
                    let help = format!(
                        "write `{text} = \"…\"` or `{text} {{ … }}`; a text value needs double quotes"
                    );
                    error.span(span).message(format!("`{text}` has no value")).help(help)
                }));
            }
        };
        self.peek();
        Ok(Item { keys, assigned, value })
    }

    fn keys(&mut self) -> Result<Vec<Span>, Failure> {
        let mut keys = Vec::new();
        loop {
            let token = self.scan();
            match token.kind {
                TokenKind::Identifier | TokenKind::String => keys.push(token.span),
                TokenKind::EndOfFile if keys.is_empty() => return Err(Failure::EndOfFile),
                TokenKind::Assign if keys.len() > 1 => {
                    let message = "nested object expected: LBRACE got: ASSIGN";
                    return Err(Failure::at(token, message, |error| {
                        error
                            .message("there are several keys before `=`")
                            .help("only a block has labels: remove the `=`, or all words before it but one")
                    }));
                }
                TokenKind::Assign if keys.is_empty() => {
                    return Err(Failure::at(token, "no object keys found!", |error| {
                        error.message("there is no key before `=`")
                    }));
                }
                TokenKind::LeftBrace if keys.is_empty() => {
                    return Err(Failure::at(token, "expected: IDENT | STRING got: LBRACE", |error| {
                        error.message("this object has no key")
                    }));
                }
                TokenKind::EndOfFile | TokenKind::Assign | TokenKind::LeftBrace => return Ok(keys),
                TokenKind::RightBrace if !keys.is_empty() => {
                    // The object must not be taken for finished.
                    self.token.kind = TokenKind::EndOfFile;
                    return Ok(keys);
                }
                TokenKind::Illegal => return Err(Failure::at(token, "illegal character", |error| error)),
                kind => {
                    let message =
                        format!("expected: IDENT | STRING | ASSIGN | LBRACE got: {}", kind.consul_name());
                    let found = self.found(token);
                    return Err(Failure::at(token, &message, |error| {
                        let error = error.message(format!("expected a key, found {found}"));
                        match kind {
                            TokenKind::LeftBracket => {
                                error.help("one file holds one entry, whose keys stand at the top level; only `config diff` and `config apply` take a list")
                            }
                            TokenKind::Subtract => {
                                error.help("a key begins with a letter or `_`; YAML is not read")
                            }
                            TokenKind::Comma => error.help("remove this comma"),
                            _ => error,
                        }
                    }));
                }
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Expression, Failure> {
        let token = self.scan();
        match token.kind {
            TokenKind::Number
            | TokenKind::Float
            | TokenKind::Bool
            | TokenKind::String
            | TokenKind::Heredoc => {
                Ok(Expression { kind: ExpressionKind::Literal(token.kind), span: token.span })
            }
            TokenKind::LeftBrace => self.object(depth),
            TokenKind::LeftBracket => self.list(depth),
            TokenKind::EndOfFile => Err(Failure::EndOfFile),
            kind => {
                let text = to_text(self.source.slice(token.span));
                let found = self.found(token);
                let message = format!(
                    "Unknown token: {}:{} {} {text}",
                    token.position.line,
                    token.position.column,
                    kind.consul_name()
                );
                Err(Failure::at(token, &message, |error| {
                    let error = error.message(format!("expected a value, found {found}"));
                    match kind {
                        TokenKind::Identifier => error.help(bare_word_help(&text)),
                        TokenKind::Add => error.help("a number has no `+`"),
                        _ => error,
                    }
                }))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Expression, Failure> {
        let opening = self.token;
        check_depth(opening, depth)?;
        let (body, failure) = self.body(true, depth);
        if let Some(failure) = failure
            && !(self.dialect.drops_faulty_last_item && self.token.kind == TokenKind::RightBrace)
        {
            return Err(failure);
        }
        let closing = self.scan();
        if closing.kind != TokenKind::RightBrace {
            let message = format!("object expected closing RBRACE got: {}", closing.kind.consul_name());
            return Err(Failure::at(closing, &message, |error| {
                error.span(opening.span).message("this `{` is never closed").help("add the missing `}`")
            }));
        }
        Ok(Expression { kind: ExpressionKind::Object(body), span: opening.span.to(closing.span) })
    }

    fn list(&mut self, depth: usize) -> Result<Expression, Failure> {
        let opening = self.token;
        check_depth(opening, depth)?;
        let mut items = Vec::new();
        let mut comma_due = false;
        loop {
            let token = self.scan();
            match token.kind {
                TokenKind::RightBracket => {
                    return Ok(Expression {
                        kind: ExpressionKind::List(items),
                        span: opening.span.to(token.span),
                    });
                }
                TokenKind::Comma => {
                    comma_due = false;
                    self.peek();
                }
                kind if comma_due => {
                    let message = format!(
                        "error parsing list, expected comma or list end, got: {}",
                        kind.consul_name()
                    );
                    let found = self.found(token);
                    return Err(Failure::at(token, &message, |error| match kind {
                        TokenKind::EndOfFile => unclosed_list(error, opening),
                        _ => error
                            .message(format!("expected `,` or `]`, found {found}"))
                            .help("items of a list are separated by commas"),
                    }));
                }
                TokenKind::Bool
                | TokenKind::Number
                | TokenKind::Float
                | TokenKind::String
                | TokenKind::Heredoc => {
                    items.push(Expression { kind: ExpressionKind::Literal(token.kind), span: token.span });
                    comma_due = true;
                }
                TokenKind::LeftBrace => {
                    items.push(
                        self.object(depth + 1).map_err(|failure| failure.within_list(token, "object"))?,
                    );
                    comma_due = true;
                }
                // After a nested list the original forgets to ask for a comma.
                TokenKind::LeftBracket => {
                    items.push(self.list(depth + 1).map_err(|failure| failure.within_list(token, "list"))?);
                }
                kind => {
                    let message = format!("unexpected token while parsing list: {}", kind.consul_name());
                    let text = to_text(self.source.slice(token.span));
                    let found = self.found(token);
                    return Err(Failure::at(token, &message, |error| match kind {
                        TokenKind::EndOfFile => unclosed_list(error, opening),
                        TokenKind::Identifier => error
                            .message(format!("expected a value, found {found}"))
                            .help(bare_word_help(&text)),
                        _ => error.message(format!("expected a value or `]`, found {found}")),
                    }));
                }
            }
        }
    }

    /// A token in words, for a message.
    fn found(&self, token: Token) -> String {
        let text = to_text(self.source.slice(token.span));
        match token.kind {
            TokenKind::EndOfFile => "the end of the file".to_owned(),
            TokenKind::Heredoc => "a heredoc".to_owned(),
            _ if text.chars().count() > 40 => format!("`{}…`", text.chars().take(40).collect::<String>()),
            _ => format!("`{text}`"),
        }
    }
}

fn check_depth(opening: Token, depth: usize) -> Result<(), Failure> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(Failure::Error(Box::new(SyntaxError::too_deep(opening.span))))
}

fn unclosed_list(error: SyntaxError, opening: Token) -> SyntaxError {
    error.span(opening.span).message("this `[` is never closed").help("add the missing `]`")
}

fn bare_word_help(word: &str) -> String {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "t" => "write `true`".to_owned(),
        "false" | "no" | "off" | "f" => "write `false`".to_owned(),
        "null" | "nil" => "HCL has no null: leave the key out".to_owned(),
        _ => format!("write \"{word}\": a text needs double quotes, and expressions are not evaluated"),
    }
}

/// The error for a text with faulty tokens: Consul's words are those of the last fault, ours those of the first.
fn scan_error(source: &Source<'_>, errors: ScanErrors) -> SyntaxError {
    let Position { line, column } = errors.last.position;
    let consul = format!("At {line}:{column}: {}", errors.last.message);
    let span = errors.first.span;
    let error = SyntaxError::hcl(consul, errors.first.message, span);
    let text = to_text(source.slice(span));
    match errors.first.message {
        "illegal char" => {
            let error = error.message(format!("unexpected character {}", crate::go::strconv::quote(&text)));
            match text.as_str() {
                "'" | "‘" | "’" | "“" | "”" | "„" => {
                    error.help("a text needs plain double quotes: \"…\"")
                }
                ":" => error.help("HCL writes `key = value`; a JSON file begins with `{`, YAML is not read"),
                "\u{feff}" => error.help("save the file without a byte-order mark"),
                "(" | ")" => error.help("there are no function calls: expressions are not evaluated"),
                ";" => error.help("attributes are separated by line ends, spaces or commas"),
                _ => error,
            }
        }
        "illegal char escape" => error
            .message("unknown escape in a text")
            .help("write a backslash as `\\\\`, also in Windows paths; `/` works there too"),
        "literal not terminated" => error
            .message("this text is not closed on its line")
            .help("add the missing `\"`; for several lines use a heredoc"),
        "heredoc not terminated" => error.message("this heredoc is never closed").help(
            "put the closing marker alone on its line, end that line, and indent the marker after `<<-`",
        ),
        "illegal UTF-8 encoding" => error.message("these bytes are not UTF-8").help("save the file as UTF-8"),
        "unexpected null character (0x00)" => {
            error.message("there is a NUL byte").help("save the file as UTF-8; UTF-16 is not read")
        }
        "heredoc expected second '<', didn't see it" => {
            error.message("unexpected `<`").help("a heredoc begins with `<<`; XML and HTML are not read")
        }
        "expected '/' for comment" => {
            error.message("unexpected `/`").help("comments begin with `#`, `//` or `/*`")
        }
        message => error.message(message),
    }
}

/// The text of a key: a bare word as it stands, a quoted one decoded.
pub(super) fn key_text(source: &Source<'_>, key: Span) -> Result<String, SyntaxError> {
    let bytes = source.slice(key);
    if bytes.first() == Some(&b'"') {
        let bytes = literal::unquote(bytes).map_err(|_| SyntaxError::crash(source, key))?;
        Ok(to_text(&bytes))
    } else {
        Ok(to_text(bytes))
    }
}
