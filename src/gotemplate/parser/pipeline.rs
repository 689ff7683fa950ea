//! Pipelines: what stands inside the braces of an action.

use gotmpl::parse::{CommandNode, Expr, Number, PipeNode, SmolStr};

use super::super::lexer::{Kind, Token};
use super::super::literal;
use super::tree::{Call, FieldUse, at, call, hook, pipe};
use super::{BUILT_IN, Parser, Refusal, Variable, unquote};
use crate::go::strconv;

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, context: &str, end: &Kind) -> Result<PipeNode, Refusal> {
        let start = self.peek_past_space().offset;
        let (decl, is_assign) = self.declarations(context)?;
        let mut commands: Vec<CommandNode> = Vec::new();
        let mut stage = 0;
        loop {
            let token = self.next_past_space();
            match token.kind {
                ref kind if kind == end => break,
                Kind::Bool
                | Kind::CharacterConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawQuoted
                | Kind::Quoted
                | Kind::Variable
                | Kind::LeftParenthesis => {
                    self.position -= 1;
                    let command = self.command()?;
                    stage += 1;
                    if stage > 1 && !can_run(&command) {
                        return Err((
                            token.offset,
                            format!("non executable command in pipeline stage {stage}"),
                        ));
                    }
                    if stage > 1 && is_printf(&command) && command.args.len() > 1 {
                        commands.push(call(hook::SHOW, token.offset, Vec::new()));
                    }
                    commands.push(command);
                }
                _ => return Err(Self::unexpected(&token, context)),
            }
        }
        if commands.is_empty() {
            return Err((start, format!("missing value for {context}")));
        }
        let undeclared = is_assign
            .then(|| decl.iter().find(|name| !self.is_declared(name)))
            .flatten()
            .map(|name| Expr::String(at(start), name.as_str().into()));
        if let Some(name) = undeclared {
            commands.push(call(hook::UNDECLARED, start, vec![name]));
        }
        Ok(PipeNode { pos: at(start), decl, commands, is_assign })
    }

    /// Reads `$x :=`, `$x =` or, in a range, `$i, $x :=`; leaves a variable that is an argument alone.
    fn declarations(&mut self, context: &str) -> Result<(Vec<SmolStr>, bool), Refusal> {
        let mut names: Vec<SmolStr> = Vec::new();
        let is_assign = loop {
            let variable = self.peek_past_space();
            if variable.kind != Kind::Variable {
                break false;
            }
            let start = self.position;
            self.next();
            let operator = self.next_past_space();
            match operator.kind {
                Kind::Declare | Kind::Assign => {
                    names.push(variable.text.into());
                    break operator.kind == Kind::Assign;
                }
                Kind::Character if operator.text == "," => {
                    names.push(variable.text.into());
                    if context != "range" || names.len() > 1 {
                        return Err((variable.offset, format!("too many declarations in {context}")));
                    }
                    let next = self.peek_past_space().kind;
                    if !matches!(next, Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis) {
                        return Err((variable.offset, "range can only initialize variables".to_owned()));
                    }
                }
                _ => {
                    self.position = start;
                    break false;
                }
            }
        };
        for name in &names {
            let declared = !is_assign || self.is_declared(name);
            self.scope.variables.push(Variable { name: name.to_string(), declared });
        }
        Ok((names, is_assign))
    }

    fn is_declared(&self, name: &str) -> bool {
        self.scope
            .variables
            .iter()
            .rev()
            .find(|variable| variable.name == name)
            .is_some_and(|found| found.declared)
    }

    fn command(&mut self) -> Result<CommandNode, Refusal> {
        let start = self.peek_past_space().offset;
        let mut args = Vec::new();
        loop {
            self.peek_past_space();
            if let Some(operand) = self.operand()? {
                args.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    self.position -= 1;
                    break;
                }
                Kind::Pipe => break,
                _ => return Err(Self::unexpected(&token, "operand")),
            }
        }
        if args.is_empty() {
            return Err((start, "empty command".to_owned()));
        }
        Ok(self.instrument(CommandNode { pos: at(start), args }))
    }

    /// Makes the arguments of `printf` printable, and notes which arguments of a call are literal numbers.
    fn instrument(&mut self, mut command: CommandNode) -> CommandNode {
        if is_printf(&command) {
            // The first argument is the format.
            for argument in command.args.iter_mut().skip(2) {
                let offset = argument.pos().offset;
                let inner = std::mem::replace(argument, Expr::Nil(at(offset)));
                *argument = Expr::Pipe(at(offset), pipe(offset, vec![call(hook::SHOW, offset, vec![inner])]));
            }
        }
        let literal = command
            .args
            .iter()
            .skip(1)
            .map(|argument| matches!(argument, Expr::Number(_, Number::Int(_) | Number::Float(_))))
            .collect();
        if let Some(last) =
            called(&command).and_then(|site| self.tree.calls.iter_mut().rev().find(|call| call.site == site))
        {
            last.literal = literal;
        }
        command
    }

    fn operand(&mut self) -> Result<Option<Expr>, Refusal> {
        let Some(term) = self.term()? else { return Ok(None) };
        let mut fields: Vec<SmolStr> = Vec::new();
        let chained = self.peek();
        while self.peek().kind == Kind::Field {
            let field = self.next();
            fields.push(self.field(&field));
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Expr::Field(pos, mut first) => {
                first.extend(fields);
                Expr::Field(pos, first)
            }
            Expr::Variable(pos, name, mut first) => {
                first.extend(fields);
                Expr::Variable(pos, name, first)
            }
            Expr::Bool(..) | Expr::String(..) | Expr::Number(..) | Expr::Nil(_) | Expr::Dot(_) => {
                return Err((chained.offset, "unexpected . after term".to_owned()));
            }
            other => Expr::Chain(other.pos(), Box::new(other), fields),
        }))
    }

    fn field(&mut self, token: &Token<'_>) -> SmolStr {
        let name = token.text.trim_start_matches('.');
        self.tree.fields.push(FieldUse { action: self.action, name: name.to_owned(), offset: token.offset });
        name.into()
    }

    fn term(&mut self) -> Result<Option<Expr>, Refusal> {
        let token = self.next_past_space();
        let pos = at(token.offset);
        Ok(Some(match token.kind {
            Kind::Identifier => {
                if !self.functions.contains(token.text) {
                    return Err((token.offset, format!("function {:?} not defined", token.text)));
                }
                Expr::Identifier(pos, self.call_site(&token))
            }
            Kind::Dot => Expr::Dot(pos),
            Kind::Nil => Expr::Nil(pos),
            Kind::Bool => Expr::Bool(pos, token.text == "true"),
            Kind::Variable => {
                if !self.scope.variables.iter().any(|variable| variable.name == token.text) {
                    return Err((token.offset, format!("undefined variable {:?}", token.text)));
                }
                Expr::Variable(pos, token.text.into(), Vec::new())
            }
            Kind::Field => {
                let name = self.field(&token);
                Expr::Field(pos, vec![name])
            }
            Kind::CharacterConstant => match strconv::unquote_character(token.text) {
                Some(code) => Expr::Number(pos, Number::Int(code)),
                None => return Err((token.offset, format!("malformed character constant: {}", token.text))),
            },
            Kind::Number => {
                Expr::Number(pos, literal::number(token.text).map_err(|why| (token.offset, why))?)
            }
            Kind::Complex => {
                return Err((token.offset, format!("complex numbers are not supported: {:?}", token.text)));
            }
            Kind::LeftParenthesis => {
                let pipe =
                    self.deeper(|parser| parser.pipeline("parenthesized pipeline", &Kind::RightParenthesis))?;
                Expr::Pipe(pos, pipe)
            }
            Kind::Quoted | Kind::RawQuoted => Expr::String(pos, unquote(&token)?.into()),
            _ => {
                self.position -= 1;
                return Ok(None);
            }
        }))
    }

    fn call_site(&mut self, token: &Token<'_>) -> SmolStr {
        if BUILT_IN.contains(&token.text) {
            return token.text.into();
        }
        let site = format!("{}@{}", token.text, token.offset);
        self.tree.calls.push(Call {
            site: site.clone(),
            function: token.text.to_owned(),
            offset: token.offset,
            literal: Vec::new(),
        });
        site.into()
    }
}

fn called(command: &CommandNode) -> Option<&str> {
    match command.args.first()? {
        Expr::Identifier(_, name) => Some(name.as_str()),
        _ => None,
    }
}

fn is_printf(command: &CommandNode) -> bool {
    called(command) == Some("printf")
}

fn can_run(command: &CommandNode) -> bool {
    !matches!(
        command.args.first(),
        Some(Expr::Bool(..) | Expr::Dot(_) | Expr::Nil(_) | Expr::Number(..) | Expr::String(..))
    )
}
