//! Go's own template functions, as far as the evaluator lacks them or answers differently from Go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gotmpl::{FuncMap, TemplateError as EngineError, Value};

use super::function::{Function, Parameters};
use super::parser::{BUILT_IN, hook};
use super::value::{display, is_record, print, type_name};

const OWN: [&str; 8] = ["html", "index", "js", "len", "print", "println", "slice", "urlquery"];

/// The names of all of Go's own functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().chain(OWN)
}

/// The functions that replace the evaluator's.
pub(super) fn functions() -> Vec<Function> {
    let text = |text: String| Ok(Value::String(text.into()));
    vec![
        Function::new("html", Parameters::AtLeast(0), move |values| {
            text(gotmpl::html_escape(&escapee(values)))
        }),
        Function::new("js", Parameters::AtLeast(0), move |values| text(gotmpl::js_escape(&escapee(values)))),
        Function::new("urlquery", Parameters::AtLeast(0), move |values| {
            text(gotmpl::url_encode(&escapee(values)))
        }),
        Function::new("print", Parameters::AtLeast(0), move |values| text(print(values))),
        Function::new("println", Parameters::AtLeast(0), move |values| {
            let values: Vec<String> = values.iter().map(display).collect();
            text(values.join(" ") + "\n")
        }),
        Function::new("len", Parameters::AtLeast(1), length),
        Function::new("index", Parameters::AtLeast(1), index),
        Function::new("slice", Parameters::AtLeast(1), slice),
    ]
}

/// The functions behind the names in [`hook`].
pub(super) fn hooks(reached: &Arc<AtomicUsize>) -> FuncMap {
    let mut hooks = FuncMap::new();
    let reached = Arc::clone(reached);
    hooks.insert(
        hook::REACHED.to_owned(),
        Arc::new(move |arguments| {
            let offset =
                arguments.first().and_then(Value::as_int).and_then(|offset| usize::try_from(offset).ok());
            reached.store(offset.unwrap_or_default(), Ordering::Relaxed);
            Ok(Value::Nil)
        }),
    );
    hooks.insert(
        hook::PRINT.to_owned(),
        Arc::new(|arguments| {
            Ok(match arguments.first() {
                None | Some(Value::Nil) => Value::Nil,
                Some(text @ Value::String(_)) => text.clone(),
                Some(other) => Value::String(display(other).into()),
            })
        }),
    );
    hooks.insert(
        hook::SHOW.to_owned(),
        Arc::new(|arguments| {
            let value = arguments.first().unwrap_or(&Value::Nil);
            let composite = matches!(value, Value::List(_) | Value::Map(_));
            Ok(if composite { Value::String(display(value).into()) } else { value.clone() })
        }),
    );
    hooks.insert(
        hook::ITERATE.to_owned(),
        Arc::new(|arguments| match arguments.first() {
            Some(value @ (Value::Map(_) | Value::String(_) | Value::Bool(_) | Value::Float(_))) => {
                Err(EngineError::Exec(format!("range can't iterate over {}", display(value))))
            }
            value => Ok(value.cloned().unwrap_or(Value::Nil)),
        }),
    );
    hooks.insert(hook::NIL.to_owned(), Arc::new(|_| Ok(Value::Nil)));
    hooks.insert(
        hook::UNDECLARED.to_owned(),
        Arc::new(|arguments| {
            let name = arguments.first().map(display).unwrap_or_default();
            Err(EngineError::Exec(format!("undefined variable: {name}")))
        }),
    );
    hooks
}

/// The text of `html`, `js` and `urlquery`, where Go prints a missing value in its template's way.
fn escapee(values: &[Value]) -> String {
    if matches!(values, [Value::Nil]) { "<no value>".to_owned() } else { print(values) }
}

fn length(values: &[Value]) -> Result<Value, String> {
    let [value] = values else {
        return Err(format!("wrong number of args for len: want 1 got {}", values.len()));
    };
    match value.len().filter(|_| !is_record(value)).map(i64::try_from) {
        Some(Ok(length)) => Ok(Value::Int(length)),
        _ => Err(format!("error calling len: len of type {}", type_name(value))),
    }
}

fn index(values: &[Value]) -> Result<Value, String> {
    let Some((first, indexes)) = values.split_first() else {
        return Err("wrong number of args for index: want at least 1 got 0".to_owned());
    };
    indexes.iter().try_fold(first.clone(), |value, at| {
        if is_record(&value) {
            return Err(format!("error calling index: can't index item of type {}", type_name(&value)));
        }
        value.index(at).map_err(|error| match error {
            EngineError::Exec(message) => format!("error calling index: {message}"),
            other => format!("error calling index: {other}"),
        })
    })
}

/// `slice x`, `slice x i`, `slice x i j` and, for lists, `slice x i j k`.
fn slice(values: &[Value]) -> Result<Value, String> {
    let Some((value, bounds)) = values.split_first() else {
        return Err("wrong number of args for slice: want at least 1 got 0".to_owned());
    };
    let length = match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.len(),
        _ => return Err(format!("error calling slice: can't slice item of type {}", type_name(value))),
    };
    if bounds.len() > 3 {
        return Err(format!("error calling slice: too many slice indexes: {}", bounds.len()));
    }
    if bounds.len() == 3 && matches!(value, Value::String(_)) {
        return Err("error calling slice: cannot 3-index slice a string".to_owned());
    }
    let mut numbers = Vec::with_capacity(3);
    for bound in bounds {
        let Value::Int(number) = bound else {
            return Err(format!(
                "error calling slice: cannot index slice/array with type {}",
                type_name(bound)
            ));
        };
        match usize::try_from(*number) {
            Ok(position) if position <= length => numbers.push(position),
            _ => return Err(format!("error calling slice: index out of range: {number}")),
        }
    }
    let start = numbers.first().copied().unwrap_or(0);
    let end = numbers.get(1).copied().unwrap_or(length);
    if start > end || numbers.get(2).is_some_and(|capacity| end > *capacity) {
        return Err(format!("error calling slice: invalid slice index: {start} > {end}"));
    }
    match value {
        Value::String(text) => match text.get(start..end) {
            Some(part) => Ok(Value::String(part.into())),
            None => Err("error calling slice: the index is inside a character".to_owned()),
        },
        Value::List(items) => Ok(Value::List(items.get(start..end).unwrap_or_default().into())),
        _ => Ok(value.clone()),
    }
}
