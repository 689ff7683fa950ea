//! The syntax tree: `gotmpl`'s nodes, and the calls that are added to them.

use std::collections::BTreeMap;

use gotmpl::parse::{ActionNode, CommandNode, Expr, ListNode, Node, Number, PipeNode, Pos};

/// Functions that the parser calls in the trees it builds. No template can name them.
pub(in super::super) mod hook {
    /// Notes the offset of the action that runs next, for messages.
    pub(in super::super::super) const REACHED: &str = "@reached";
    /// Prints the value of an action.
    pub(in super::super::super) const PRINT: &str = "@print";
    /// Makes a value printable for `printf`.
    pub(in super::super::super) const SHOW: &str = "@show";
    /// Lets through what `range` can iterate over.
    pub(in super::super::super) const ITERATE: &str = "@iterate";
    /// The dot of a `{{template}}` without an argument.
    pub(in super::super::super) const NIL: &str = "@nil";
    /// Fails an assignment to a variable that was never declared.
    pub(in super::super::super) const UNDECLARED: &str = "@undeclared";
    /// A variable for unused results.
    pub(in super::super::super) const IGNORED: &str = "@ignored";
}

/// A parsed template.
#[derive(Debug)]
pub(in super::super) struct Tree {
    pub root: ListNode,
    pub definitions: BTreeMap<String, ListNode>,
    pub calls: Vec<Call>,
    pub fields: Vec<FieldUse>,
}

/// One place where a function is called.
#[derive(Debug)]
pub(in super::super) struct Call {
    /// The unique name that the tree uses for this call.
    pub site: String,
    pub function: String,
    pub offset: usize,
    /// For each written argument, whether it is a number in the template's text.
    pub literal: Vec<bool>,
}

/// One place where a field is read.
#[derive(Debug)]
pub(in super::super) struct FieldUse {
    pub action: usize,
    pub name: String,
    pub offset: usize,
}

pub(super) fn at(offset: usize) -> Pos {
    Pos::new(offset, 0)
}

pub(super) fn list(offset: usize, nodes: Vec<Node>) -> ListNode {
    ListNode { pos: at(offset), nodes }
}

pub(super) fn call(function: &str, offset: usize, arguments: Vec<Expr>) -> CommandNode {
    let mut args = vec![Expr::Identifier(at(offset), function.into())];
    args.extend(arguments);
    CommandNode { pos: at(offset), args }
}

pub(super) fn pipe(offset: usize, commands: Vec<CommandNode>) -> PipeNode {
    PipeNode { pos: at(offset), decl: Vec::new(), commands, is_assign: false }
}

pub(super) fn reached(offset: usize) -> Node {
    let number = Expr::Number(at(offset), Number::Int(i64::try_from(offset).unwrap_or_default()));
    let mut pipe = pipe(offset, vec![call(hook::REACHED, offset, vec![number])]);
    pipe.decl.push(hook::IGNORED.into());
    Node::Action(ActionNode { pos: at(offset), pipe })
}
