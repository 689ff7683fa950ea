//! What a template's values look like in Go: structs with fields, and how things print.

use std::collections::BTreeMap;
use std::sync::Arc;

use gotmpl::Value;

use crate::go::strconv::format_float;

/// Reserved fields of a [`record`]; no template can name them.
const TYPE: &str = "@type";
const DISPLAY: &str = "@display";

/// Makes a value with fields, as a Go struct is: it prints as `display`, a field that is not listed is an error,
/// and it has neither length nor elements.
pub fn record<'a>(
    type_name: &str,
    display: &str,
    fields: impl IntoIterator<Item = (&'a str, Value)>,
) -> Value {
    let mut map: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    map.insert(TYPE.into(), Value::String(type_name.into()));
    map.insert(DISPLAY.into(), Value::String(display.into()));
    map.extend(fields.into_iter().map(|(name, value)| (name.into(), value)));
    Value::Map(Arc::new(map))
}

/// Whether a value was made by [`record`].
pub(super) fn is_record(value: &Value) -> bool {
    value.field(DISPLAY).is_some()
}

/// Returns the type as messages name it: a record's own name, else Go's word.
pub fn type_name(value: &Value) -> &str {
    value.field(TYPE).and_then(Value::as_str).unwrap_or_else(|| value.type_name())
}

/// Prints a value as Go's `fmt` does with `%v`.
pub fn display(value: &Value) -> String {
    match value {
        Value::Float(number) => format_float(*number),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(display).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(_) => match value.field(DISPLAY).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        },
        _ => value.to_string(),
    }
}

/// Prints like `fmt.Sprint`: a blank between two operands when neither is a string.
pub(super) fn print(values: &[Value]) -> String {
    let mut text = String::new();
    for (index, value) in values.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|previous| values.get(previous));
        if previous
            .is_some_and(|previous| ![previous, value].iter().any(|one| matches!(one, Value::String(_))))
        {
            text.push(' ');
        }
        text.push_str(&display(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_print_and_name_themselves() {
        let value = record("Pair", "{1 2}", [("First", Value::Int(1))]);
        assert_eq!(display(&Value::List([value.clone(), value.clone()].into())), "[{1 2} {1 2}]");
        assert_eq!(type_name(&value), "Pair");
    }
}
