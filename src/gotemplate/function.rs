//! Functions that a template may call, with Go's checks of their arguments.

use std::fmt;
use std::sync::Arc;

use gotmpl::{TemplateError as EngineError, Value, ValueFunc};

use super::value::{display, type_name};

/// What one parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Any value.
    Any,
    /// A string.
    Text,
    /// An `int`; a literal such as `2.0` will do.
    Integer,
    /// A `uint`: a literal that is not negative. Go converts literals only: `len` and variables give an `int`, which
    /// it refuses.
    Unsigned,
    /// A list of the named element type; `nil` is an empty one.
    List(&'static str),
}

/// How many parameters a function has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// Exactly these.
    Exactly(&'static [Parameter]),
    /// Any number of anything from this number on.
    AtLeast(usize),
}

type Body = dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync;

/// A function for templates.
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    parameters: Parameters,
    body: Arc<Body>,
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Function {
    /// Makes a function. Number and types of the arguments are checked before `body` sees them; its error is the
    /// message of the template's error.
    pub fn new(
        name: &'static str,
        parameters: Parameters,
        body: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    ) -> Self {
        Self { name, parameters, body: Arc::new(body) }
    }

    /// The name that templates call.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Makes the function of one call, which knows its place and which written arguments are literal numbers.
    ///
    /// The evaluator's errors have no place of their own; ours travels as the `line` of a `Lex` error.
    pub(super) fn bind(&self, offset: usize, literal: Vec<bool>) -> ValueFunc {
        let Self { name, parameters, body } = self.clone();
        Arc::new(move |arguments| {
            check(name, parameters, arguments, &literal)
                .and_then(|checked| match checked {
                    Some(converted) => body(&converted),
                    None => body(arguments),
                })
                .map_err(|message| EngineError::Lex { name: None, line: offset, col: 0, message })
        })
    }
}

/// Checks the arguments; returns new ones where a literal had to be converted.
fn check(
    name: &str,
    parameters: Parameters,
    arguments: &[Value],
    literal: &[bool],
) -> Result<Option<Vec<Value>>, String> {
    let wanted = match parameters {
        Parameters::AtLeast(minimum) if arguments.len() < minimum => {
            return Err(format!(
                "wrong number of args for {name}: want at least {minimum} got {}",
                arguments.len()
            ));
        }
        Parameters::AtLeast(_) => return Ok(None),
        Parameters::Exactly(wanted) => wanted,
    };
    if arguments.len() != wanted.len() {
        return Err(format!(
            "wrong number of args for {name}: want {} got {}",
            wanted.len(),
            arguments.len()
        ));
    }
    let mut converted = Vec::with_capacity(arguments.len());
    for (index, (parameter, argument)) in wanted.iter().zip(arguments).enumerate() {
        let literal = literal.get(index).copied().unwrap_or(false);
        converted.push(convert(*parameter, argument, literal)?);
    }
    Ok(Some(converted))
}

fn convert(parameter: Parameter, argument: &Value, literal: bool) -> Result<Value, String> {
    let refused = |wanted: &str| Err(format!("expected {wanted}; found {}", display(argument)));
    match (parameter, argument) {
        (Parameter::Any, _) | (Parameter::Text, Value::String(_)) | (Parameter::List(_), Value::List(_)) => {
            Ok(argument.clone())
        }
        (Parameter::List(_), Value::Nil) => Ok(Value::List(Arc::new([]))),
        (Parameter::List(element), _) => {
            Err(format!("wrong type for value; expected {element}; got {}", type_name(argument)))
        }
        (Parameter::Text, _) => refused("string"),
        (Parameter::Integer | Parameter::Unsigned, Value::Float(number)) if literal => {
            match whole(*number).filter(|number| parameter == Parameter::Integer || *number >= 0) {
                Some(number) => Ok(Value::Int(number)),
                None => refused(number_word(parameter)),
            }
        }
        (Parameter::Integer, Value::Int(_)) => Ok(argument.clone()),
        (Parameter::Unsigned, Value::Int(number)) if literal && *number >= 0 => Ok(argument.clone()),
        (Parameter::Unsigned, Value::Int(_)) if !literal => Err(
            "wrong type for value; expected uint; got int (Go takes only a number written in the template here)"
                .to_owned(),
        ),
        (Parameter::Integer | Parameter::Unsigned, _) => refused(number_word(parameter)),
    }
}

fn number_word(parameter: Parameter) -> &'static str {
    if parameter == Parameter::Unsigned { "unsigned integer" } else { "integer" }
}

/// The integer that a float stands for exactly, within the range where floats are exact.
#[expect(clippy::cast_possible_truncation, reason = "whole and within ±2^53")]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
