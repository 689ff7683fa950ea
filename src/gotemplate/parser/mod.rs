//! Builds the syntax tree that the evaluator runs, refusing what Go's `text/template` parser refuses.
//!
//! The rules (and the words of the messages) are Go's. The tree is `gotmpl`'s, with a few calls of [`hook`]
//! functions added, which Go's semantics need and `gotmpl` lacks.

mod pipeline;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use gotmpl::parse::{ActionNode, BranchNode, ListNode, Node, TemplateNode, TextNode, is_empty_tree};

use super::lexer::{Keyword, Kind, Token, scan};
use crate::go::strconv;
use tree::{at, call, list, pipe, reached};

pub(super) use tree::{Tree, hook};

/// How deep blocks and parentheses may nest. Go allows more; the bound keeps hostile input off the stack.
const MAXIMUM_DEPTH: usize = 64;

/// A refusal: byte offset and message.
pub(super) type Refusal = (usize, String);

/// Parses a template that may call the named functions.
pub(super) fn parse(source: &str, functions: &BTreeSet<&str>) -> Result<Tree, Refusal> {
    let mut parser = Parser {
        tokens: scan(source),
        position: 0,
        functions,
        scope: Scope::new(),
        depth: 0,
        action: 0,
        tree: Tree {
            root: list(0, Vec::new()),
            definitions: BTreeMap::new(),
            calls: Vec::new(),
            fields: Vec::new(),
        },
    };
    let root = parser.top_level()?;
    parser.tree.root = root;
    Ok(parser.tree)
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
    functions: &'a BTreeSet<&'a str>,
    scope: Scope,
    depth: usize,
    /// Where the action being parsed starts.
    action: usize,
    tree: Tree,
}

/// The variables of the template being parsed (each definition has its own).
struct Scope {
    variables: Vec<Variable>,
    ranges: usize,
}

struct Variable {
    name: String,
    /// False after an assignment only: Go finds that out when the assignment runs.
    declared: bool,
}

impl Scope {
    fn new() -> Self {
        Self { variables: vec![Variable { name: "$".to_owned(), declared: true }], ranges: 0 }
    }
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Terminator {
    End,
    Else,
}

impl Terminator {
    fn describe(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

enum Parsed {
    Nodes(Vec<Node>),
    Terminator(Terminator, usize),
}

impl<'a> Parser<'a> {
    // === Tokens ===

    fn peek(&self) -> Token<'a> {
        // The scanner always ends its list with `End` or `Error`.
        let end = Token { kind: Kind::End, text: "", offset: 0 };
        self.tokens.get(self.position).or_else(|| self.tokens.last()).cloned().unwrap_or(end)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn peek_past_space(&mut self) -> Token<'a> {
        while self.peek().kind == Kind::Space {
            self.position += 1;
        }
        self.peek()
    }

    fn next_past_space(&mut self) -> Token<'a> {
        self.peek_past_space();
        self.next()
    }

    fn unexpected(token: &Token<'_>, context: &str) -> Refusal {
        match &token.kind {
            Kind::Error(message) => (token.offset, message.clone()),
            _ => (token.offset, format!("unexpected {} in {context}", token.describe())),
        }
    }

    fn expect_right_delimiter(&mut self, context: &str) -> Result<(), Refusal> {
        let token = self.next_past_space();
        if token.kind == Kind::RightDelimiter { Ok(()) } else { Err(Self::unexpected(&token, context)) }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        if self.depth >= MAXIMUM_DEPTH {
            return Err((
                self.peek().offset,
                format!("blocks and parentheses nest deeper than {MAXIMUM_DEPTH}"),
            ));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    // === Blocks ===

    fn top_level(&mut self) -> Result<ListNode, Refusal> {
        let mut nodes = Vec::new();
        loop {
            let start = self.position;
            if self.peek().kind == Kind::End {
                return Ok(list(0, nodes));
            }
            if self.next().kind == Kind::LeftDelimiter
                && self.next_past_space().kind == Kind::Keyword(Keyword::Define)
            {
                self.definition()?;
                continue;
            }
            self.position = start;
            match self.text_or_action()? {
                Parsed::Nodes(more) => nodes.extend(more),
                Parsed::Terminator(terminator, offset) => {
                    return Err((offset, format!("unexpected {}", terminator.describe())));
                }
            }
        }
    }

    fn definition(&mut self) -> Result<(), Refusal> {
        const CONTEXT: &str = "define clause";
        let name = self.template_name(CONTEXT)?;
        self.expect_right_delimiter(CONTEXT)?;
        self.body_of_definition(name, CONTEXT)
    }

    fn body_of_definition(&mut self, (name, offset): (String, usize), context: &str) -> Result<(), Refusal> {
        let outer = std::mem::replace(&mut self.scope, Scope::new());
        let (body, terminator, end) = self.list()?;
        self.scope = outer;
        if terminator != Terminator::End {
            return Err((end, format!("unexpected {} in {context}", terminator.describe())));
        }
        let empty = body.nodes.iter().all(is_empty_tree);
        match self.tree.definitions.get(&name) {
            Some(known) if !known.nodes.iter().all(is_empty_tree) => {
                if !empty {
                    return Err((offset, format!("multiple definition of template {name:?}")));
                }
            }
            _ => {
                self.tree.definitions.insert(name, body);
            }
        }
        Ok(())
    }

    fn template_name(&mut self, context: &str) -> Result<(String, usize), Refusal> {
        let token = self.next_past_space();
        match token.kind {
            Kind::Quoted | Kind::RawQuoted => Ok((unquote(&token)?, token.offset)),
            _ => Err(Self::unexpected(&token, context)),
        }
    }

    /// Parses up to the `{{end}}` or `{{else}}` that belongs to the list.
    fn list(&mut self) -> Result<(ListNode, Terminator, usize), Refusal> {
        let start = self.peek_past_space().offset;
        self.deeper(|parser| {
            let mut nodes = Vec::new();
            loop {
                if parser.peek_past_space().kind == Kind::End {
                    return Err((parser.peek().offset, "unexpected EOF".to_owned()));
                }
                match parser.text_or_action()? {
                    Parsed::Nodes(more) => nodes.extend(more),
                    Parsed::Terminator(terminator, offset) => {
                        return Ok((list(start, nodes), terminator, offset));
                    }
                }
            }
        })
    }

    fn text_or_action(&mut self) -> Result<Parsed, Refusal> {
        let token = self.next_past_space();
        match token.kind {
            Kind::Text => Ok(Parsed::Nodes(vec![Node::Text(TextNode {
                pos: at(token.offset),
                text: token.text.into(),
            })])),
            Kind::LeftDelimiter => self.action(),
            _ => Err(Self::unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Result<Parsed, Refusal> {
        let token = self.peek_past_space();
        self.action = token.offset;
        let reached = reached(token.offset);
        let Kind::Keyword(keyword) = token.kind else {
            let mut pipe = self.pipeline("command", &Kind::RightDelimiter)?;
            if pipe.decl.is_empty() {
                pipe.commands.push(call(hook::PRINT, token.offset, Vec::new()));
            }
            return Ok(Parsed::Nodes(vec![
                reached,
                Node::Action(ActionNode { pos: at(token.offset), pipe }),
            ]));
        };
        self.next();
        let node = match keyword {
            Keyword::If => Node::If(self.branch("if", token.offset)?),
            Keyword::With => Node::With(self.branch("with", token.offset)?),
            Keyword::Range => Node::Range(self.branch("range", token.offset)?),
            Keyword::Template => self.template(token.offset)?,
            Keyword::Block => self.block(token.offset)?,
            Keyword::Break => {
                self.loop_control("break")?;
                Node::Break(at(token.offset))
            }
            Keyword::Continue => {
                self.loop_control("continue")?;
                Node::Continue(at(token.offset))
            }
            Keyword::End => {
                self.expect_right_delimiter("end")?;
                return Ok(Parsed::Terminator(Terminator::End, token.offset));
            }
            Keyword::Else => {
                let next = self.peek_past_space().kind;
                if !matches!(next, Kind::Keyword(Keyword::If | Keyword::With)) {
                    self.expect_right_delimiter("else")?;
                }
                return Ok(Parsed::Terminator(Terminator::Else, token.offset));
            }
            Keyword::Define => return Err(Self::unexpected(&token, "command")),
        };
        Ok(Parsed::Nodes(vec![reached, node]))
    }

    fn loop_control(&mut self, word: &str) -> Result<(), Refusal> {
        let token = self.next_past_space();
        if token.kind != Kind::RightDelimiter {
            return Err(Self::unexpected(&token, &format!("{{{{{word}}}}}")));
        }
        if self.scope.ranges == 0 {
            return Err((self.action, format!("{{{{{word}}}}} outside {{{{range}}}}")));
        }
        Ok(())
    }

    fn branch(&mut self, context: &str, offset: usize) -> Result<BranchNode, Refusal> {
        let visible = self.scope.variables.len();
        let mut pipe = self.pipeline(context, &Kind::RightDelimiter)?;
        if context == "range" {
            pipe.commands.push(call(hook::ITERATE, offset, Vec::new()));
            self.scope.ranges += 1;
        }
        let (body, terminator, _) = self.list()?;
        if context == "range" {
            self.scope.ranges -= 1;
        }
        let else_body = match terminator {
            Terminator::End => None,
            Terminator::Else => Some(self.else_body(context)?),
        };
        self.scope.variables.truncate(visible);
        Ok(BranchNode { pos: at(offset), pipe, body, else_body })
    }

    /// `{{else if …}}` and `{{else with …}}` share the `{{end}}` of their chain.
    fn else_body(&mut self, context: &str) -> Result<ListNode, Refusal> {
        let token = self.peek();
        let chained = matches!(
            (context, &token.kind),
            ("if", Kind::Keyword(Keyword::If)) | ("with", Kind::Keyword(Keyword::With))
        );
        if chained {
            self.next();
            self.action = token.offset;
            let inner = self.deeper(|parser| parser.branch(context, token.offset))?;
            let inner = if context == "if" { Node::If(inner) } else { Node::With(inner) };
            return Ok(list(token.offset, vec![reached(token.offset), inner]));
        }
        let (body, terminator, offset) = self.list()?;
        if terminator != Terminator::End {
            return Err((offset, format!("expected end; found {}", terminator.describe())));
        }
        Ok(body)
    }

    fn template(&mut self, offset: usize) -> Result<Node, Refusal> {
        const CONTEXT: &str = "template clause";
        let (name, _) = self.template_name(CONTEXT)?;
        let pipe = if self.peek_past_space().kind == Kind::RightDelimiter {
            self.next();
            pipe(offset, vec![call(hook::NIL, offset, Vec::new())])
        } else {
            self.pipeline(CONTEXT, &Kind::RightDelimiter)?
        };
        Ok(Node::Template(TemplateNode { pos: at(offset), name: name.into(), pipe: Some(pipe) }))
    }

    fn block(&mut self, offset: usize) -> Result<Node, Refusal> {
        const CONTEXT: &str = "block clause";
        let name = self.template_name(CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, &Kind::RightDelimiter)?;
        let node = TemplateNode { pos: at(offset), name: name.0.as_str().into(), pipe: Some(pipe) };
        self.body_of_definition(name, CONTEXT)?;
        Ok(Node::Template(node))
    }
}

/// Go's own functions that the evaluator brings along as they are.
pub(super) const BUILT_IN: [&str; 11] =
    ["and", "call", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "printf"];

fn unquote(token: &Token<'_>) -> Result<String, Refusal> {
    strconv::unquote(token.text)
        .ok_or_else(|| (token.offset, format!("invalid syntax in string {}", token.text)))
}
