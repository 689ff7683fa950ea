//! Syntax tree of HCL 1 → the value Consul sees.
//!
//! A key may be given several times. Objects and lists add up, in file order; of scalars the last wins, but it must fit
//! the type of the first. A label is one more level of nesting. As HCL 1 cannot tell one block from many, every object
//! that is the value of a key becomes a list.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::error::SyntaxError;
use super::literal;
use super::parser::key_text;
use super::scanner::TokenKind;
use super::source::{Position, Source, Span, to_text};
use super::syntax::{Body, Expression, ExpressionKind, Item};
use super::tree::{List, Node, Object, ObjectBuilder, Text, Value};
use crate::go::strconv::{parse_float, parse_int};
use crate::go::text::fold;

/// Gives the value of a file.
pub fn lower(source: &Source<'_>, body: &Body) -> Result<Object, SyntaxError> {
    let items: Vec<ItemView<'_>> = body.items.iter().map(ItemView::whole).collect();
    let mut lowering = Lowering { source, left: body_size(body).saturating_mul(8).saturating_add(1000) };
    lowering.object(&Path::Root, &items)
}

/// An item without its first keys, which became levels of nesting.
#[derive(Clone, Copy)]
struct ItemView<'tree> {
    keys: &'tree [Span],
    value: &'tree Expression,
}

impl<'tree> ItemView<'tree> {
    fn whole(item: &'tree Item) -> Self {
        Self { keys: &item.keys, value: &item.value }
    }

    fn span(self) -> Span {
        self.keys.first().map_or(self.value.span, |first| first.to(self.value.span))
    }
}

/// What a key is set to.
#[derive(Clone, Copy)]
enum Definition<'tree> {
    Expression(&'tree Expression),
    /// Items that share a first key, by now removed.
    Labelled(&'tree [ItemView<'tree>]),
}

impl Definition<'_> {
    /// The type Consul's messages name.
    fn type_name(self) -> &'static str {
        match self {
            Self::Labelled(_) => "*ast.ObjectList",
            Self::Expression(expression) => match expression.kind {
                ExpressionKind::Literal(_) => "*ast.LiteralType",
                ExpressionKind::Object(_) => "*ast.ObjectType",
                ExpressionKind::List(_) => "*ast.ListType",
            },
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Expression(expression) => expression.span,
            Self::Labelled(items) => {
                let first = items.first().map(|item| item.span()).unwrap_or_default();
                items.last().map_or(first, |last| first.to(last.span()))
            }
        }
    }

    /// Where Consul's messages place it; `None` prints as `-`.
    fn start(self) -> Option<usize> {
        match self {
            Self::Expression(expression) => Some(expression.span.start),
            Self::Labelled(items) => Some(items.first()?.keys.first()?.start),
        }
    }
}

/// Where a value belongs, put into words only for a message.
enum Path<'path> {
    Root,
    Key(&'path Path<'path>, &'path str),
    Index(&'path Path<'path>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => formatter.write_str("root"),
            Self::Key(parent, key) => write!(formatter, "{parent}.{key}"),
            Self::Index(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}

struct Lowering<'source> {
    source: &'source Source<'source>,
    /// How many values may still be made. Spelling one labelled key in many ways lets the original copy all blocks
    /// for every spelling; this keeps that from growing with the square of the file.
    left: usize,
}

impl Lowering<'_> {
    fn object(&mut self, path: &Path<'_>, items: &[ItemView<'_>]) -> Result<Object, SyntaxError> {
        let mut object = ObjectBuilder::default();
        let mut done: HashSet<String> = HashSet::new();
        let mut families: Option<HashMap<String, Vec<usize>>> = None;
        for item in items {
            let Some((&key_span, labels)) = item.keys.split_first() else {
                let start = items.first().and_then(|first| first.keys.first()).map(|key| key.start);
                let consul = format!("At {}: {path}: map must have string keys", self.at(start));
                return Err(SyntaxError::hcl(
                    consul,
                    "blocks with and without a label are mixed",
                    item.value.span,
                )
                .help("give every block of this key the same number of labels"));
            };
            let key = key_text(self.source, key_span)?;
            if done.contains(&key) {
                if let Some(entry) = object.find(&key).and_then(|place| object.entry(place)) {
                    entry.key_spans.push(key_span);
                }
                continue;
            }
            let item_path = Path::Key(path, &key);
            let at = object.find(&key);
            let previous = at.and_then(|at| object.entry(at)).map(|entry| {
                let span = entry.node.span;
                std::mem::replace(&mut entry.node, Node { value: Value::Null, span })
            });
            let node = if labels.is_empty() {
                self.value(&item_path, Definition::Expression(item.value), previous)?
            } else {
                if families.is_none() {
                    families = Some(self.families(items)?);
                }
                let folded: String = key.chars().map(fold).collect();
                let members = families.as_ref().and_then(|families| families.get(&folded));
                let family: Vec<ItemView<'_>> = members
                    .into_iter()
                    .flatten()
                    .filter_map(|&member| items.get(member))
                    .map(|item| ItemView { keys: item.keys.get(1..).unwrap_or_default(), value: item.value })
                    .collect();
                done.insert(key.clone());
                self.value(&item_path, Definition::Labelled(&family), previous)?
            };
            if let Some(entry) = at.and_then(|at| object.entry(at)) {
                entry.key_spans.push(key_span);
                entry.node = node;
            } else {
                object.push(key, key_span, node);
            }
        }
        Ok(object.finish())
    }

    /// Which items have the same first key but for case: to a label all of them are one block.
    fn families(&self, items: &[ItemView<'_>]) -> Result<HashMap<String, Vec<usize>>, SyntaxError> {
        let mut families: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(&key) = item.keys.first() {
                let folded = key_text(self.source, key)?.chars().map(fold).collect();
                families.entry(folded).or_default().push(index);
            }
        }
        Ok(families)
    }

    /// The value of a definition, added to what the key was set to before.
    fn value(
        &mut self,
        path: &Path<'_>,
        definition: Definition<'_>,
        previous: Option<Node>,
    ) -> Result<Node, SyntaxError> {
        let span = definition.span();
        let Some(previous) = previous else { return self.fresh(path, definition) };
        let literal = literal_kind(definition);
        let value = match (previous.value, literal) {
            (Value::List(list), _) => {
                let list = self.append(path, list, definition)?;
                return Ok(Node { value: Value::List(list), span: previous.span.to(span) });
            }
            (Value::String(_), Some(TokenKind::Number)) => {
                Value::String(Text::new(self.source.slice(span).to_vec(), false))
            }
            (Value::Integer(_), Some(TokenKind::String)) => {
                let text = key_text(self.source, span)?;
                let number = parse_int(&text, 64);
                Value::Integer(number.map_err(|error| number_error(error.message("ParseInt", &text), span))?)
            }
            (Value::Float(_), Some(TokenKind::Number)) => self.literal(TokenKind::Float, span)?,
            (Value::String(_), Some(kind @ (TokenKind::String | TokenKind::Heredoc)))
            | (Value::Bool(_), Some(kind @ TokenKind::Bool))
            | (Value::Integer(_), Some(kind @ TokenKind::Number))
            | (Value::Float(_), Some(kind @ TokenKind::Float)) => self.literal(kind, span)?,
            (Value::String(_), _) => return Err(self.unknown_type(path, "type for string", definition)),
            (Value::Bool(_) | Value::Integer(_) | Value::Float(_), _) => {
                return Err(self.unknown_type(path, "type", definition));
            }
            // Not made by HCL as the value of a key.
            (Value::Null | Value::Object(_), _) => return self.fresh(path, definition),
        };
        Ok(Node { value, span })
    }

    fn fresh(&mut self, path: &Path<'_>, definition: Definition<'_>) -> Result<Node, SyntaxError> {
        let span = definition.span();
        let value = match definition {
            Definition::Expression(Expression { kind: ExpressionKind::Literal(kind), .. }) => {
                self.literal(*kind, span)?
            }
            Definition::Expression(Expression { kind: ExpressionKind::List(_), .. }) => {
                Value::List(self.append(path, List { items: Vec::new(), of_blocks: false }, definition)?)
            }
            Definition::Expression(_) | Definition::Labelled(_) => {
                Value::List(self.append(path, List { items: Vec::new(), of_blocks: true }, definition)?)
            }
        };
        Ok(Node { value, span })
    }

    fn append(
        &mut self,
        path: &Path<'_>,
        mut list: List,
        definition: Definition<'_>,
    ) -> Result<List, SyntaxError> {
        match definition {
            Definition::Labelled(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.spend(item.span())?;
                    if !list.of_blocks {
                        let consul =
                            format!("{path}[{index}]: cannot decode into interface: *ast.ObjectItem");
                        return Err(SyntaxError::hcl(
                            consul,
                            "a labelled block cannot be added to a list",
                            item.span(),
                        ));
                    }
                    let object = self.object(&Path::Index(path, index), std::slice::from_ref(item))?;
                    list.items.push(Node { value: Value::Object(object), span: item.span() });
                }
            }
            Definition::Expression(expression) => {
                let items = match &expression.kind {
                    ExpressionKind::List(items) => items.as_slice(),
                    ExpressionKind::Object(_) => std::slice::from_ref(expression),
                    ExpressionKind::Literal(_) => {
                        let consul = format!(
                            "At {}: unknown slice type: {}",
                            self.at(definition.start()),
                            definition.type_name()
                        );
                        return Err(SyntaxError::hcl(
                            consul,
                            "a single value cannot be added to a list",
                            expression.span,
                        )
                        .help("this key was a list or a block before; write it once"));
                    }
                };
                for (index, item) in items.iter().enumerate() {
                    let node = self.item(&Path::Index(path, index), item, list.of_blocks)?;
                    list.items.push(node);
                }
            }
        }
        Ok(list)
    }

    fn item(&mut self, path: &Path<'_>, item: &Expression, of_blocks: bool) -> Result<Node, SyntaxError> {
        self.spend(item.span)?;
        match &item.kind {
            ExpressionKind::Object(body) => {
                let items: Vec<ItemView<'_>> = body.items.iter().map(ItemView::whole).collect();
                let object = self.object(path, &items)?;
                Ok(Node { value: Value::Object(object), span: item.span })
            }
            _ if of_blocks => {
                let definition = Definition::Expression(item);
                let at = self.at(definition.start());
                let consul =
                    format!("At {at}: {path}: not an object type for map ({})", definition.type_name());
                Err(SyntaxError::hcl(consul, "only objects can be added to blocks", item.span)
                    .help("this key was a block before: write all of it as blocks, or all as one list"))
            }
            _ => self.fresh(path, Definition::Expression(item)),
        }
    }

    fn literal(&self, kind: TokenKind, span: Span) -> Result<Value, SyntaxError> {
        let bytes = self.source.slice(span);
        match kind {
            TokenKind::Bool => Ok(Value::Bool(bytes == b"true")),
            TokenKind::Number => {
                let text = to_text(bytes);
                let number = parse_int(&text, 64);
                Ok(Value::Integer(
                    number.map_err(|error| number_error(error.message("ParseInt", &text), span))?,
                ))
            }
            TokenKind::Float => {
                let text = to_text(bytes);
                let number = parse_float(&text);
                Ok(Value::Float(
                    number.map_err(|error| number_error(error.message("ParseFloat", &text), span))?,
                ))
            }
            TokenKind::Heredoc => Ok(Value::String(Text::new(literal::heredoc(bytes), true))),
            _ => {
                let bytes = literal::unquote(bytes).map_err(|_| SyntaxError::crash(self.source, span))?;
                Ok(Value::String(Text::new(bytes, false)))
            }
        }
    }

    fn unknown_type(&self, path: &Path<'_>, what: &str, definition: Definition<'_>) -> SyntaxError {
        let at = self.at(definition.start());
        let consul = format!("At {at}: {path}: unknown {what} {}", definition.type_name());
        let path = path.to_string();
        let key = path.strip_prefix("root.").unwrap_or(&path);
        SyntaxError::hcl(consul, "", definition.span())
            .message(format!("`{key}` was given before, with a value of another type"))
            .help("write the key once")
    }

    fn at(&self, start: Option<usize>) -> String {
        start.map_or_else(
            || "-".to_owned(),
            |start| {
                let Position { line, column } = self.source.position(start);
                format!("{line}:{column}")
            },
        )
    }

    fn spend(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            let mut error =
                SyntaxError::hcl(String::new(), "too many spellings of a key of labelled blocks", span)
                    .help("spell the key the same way everywhere");
            error.consul = None;
            error
        })?;
        Ok(())
    }
}

fn literal_kind(definition: Definition<'_>) -> Option<TokenKind> {
    match definition {
        Definition::Expression(Expression { kind: ExpressionKind::Literal(kind), .. }) => Some(*kind),
        _ => None,
    }
}

fn number_error(consul: String, span: Span) -> SyntaxError {
    let message =
        if consul.ends_with("out of range") { "this number is too large" } else { "this is not a number" };
    SyntaxError::hcl(consul, message, span).help("write it as a text in double quotes if it is one")
}

/// Number of items and values in a body.
fn body_size(body: &Body) -> usize {
    body.items.iter().map(|item| item.keys.len() + expression_size(&item.value)).sum()
}

fn expression_size(expression: &Expression) -> usize {
    match &expression.kind {
        ExpressionKind::Literal(_) => 1,
        ExpressionKind::Object(body) => 1 + body_size(body),
        ExpressionKind::List(items) => 1 + items.iter().map(expression_size).sum::<usize>(),
    }
}
