//! What a template's values look like in Go: structs with fields, and how things print.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use gotmpl::Value;

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
        Value::Float(number) => float(*number),
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

/// Go's `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e21.
fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) =
        scientific.split_once('e').and_then(|(digits, text)| Some((digits, text.parse::<i32>().ok()?)))
    else {
        return number.to_string();
    };
    if number == 0.0 || (-4..21).contains(&exponent) {
        return number.to_string();
    }
    let mut text = digits.to_owned();
    let sign = if exponent < 0 { '-' } else { '+' };
    // Writing into a String does not fail.
    let _ = write!(text, "e{sign}{:02}", exponent.abs());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_go() {
        for (number, expected) in [
            (1000.0, "1000"),
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (0.00001, "1e-05"),
        ] {
            assert_eq!(display(&Value::Float(number)), expected);
        }
    }

    #[test]
    fn records_print_and_name_themselves() {
        let value = record("Pair", "{1 2}", [("First", Value::Int(1))]);
        assert_eq!(display(&Value::List([value.clone(), value.clone()].into())), "[{1 2} {1 2}]");
        assert_eq!(type_name(&value), "Pair");
    }
}
