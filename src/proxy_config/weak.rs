//! Values as loosely as Consul reads them (`mapstructure`, weakly typed): a number may be text, and text a number.
//!
//! What the xDS server reads may also stand in a list of one ([`single`]); what the bootstrap reads may not.

use serde_json::{Map, Value};

use crate::go::strconv;
use crate::go::text::equal_fold;

/// A list of one counts as what is in it, for HCL makes lists of blocks.
pub fn single(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([only]) => only,
        _ => value,
    }
}

/// The member of this name: the exact one, else the first that is the same but for case.
pub fn member<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let same = || fields.iter().find(|(key, _)| equal_fold(key, name)).map(|(_, value)| value);
    fields.get(name).or_else(same)
}

/// Text from anything but a list or an object; `Err` says what was found.
pub fn text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(true) => Ok("1".to_owned()),
        Value::Bool(false) => Ok("0".to_owned()),
        Value::String(text) => Ok(text.clone()),
        // Consul reads every JSON number as a float64 and prints it without an exponent.
        Value::Number(number) => {
            Ok(number.as_f64().map_or_else(|| number.to_string(), |float| float.to_string()))
        }
        Value::Array(_) => Err("a list"),
        Value::Object(_) => Err("an object"),
    }
}

/// The items of a list; a single value is a list of one.
pub fn items(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Object(members) if members.is_empty() => &[],
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// A switch.
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) if text.is_empty() => Some(false),
        Value::String(text) => strconv::parse_bool(text),
        _ => None,
    }
}

/// A whole number; a fraction is cut, as Go does when it makes an integer of it.
pub fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) if text.is_empty() => Some(0),
        Value::String(text) => strconv::parse_int(text, 64).ok(),
        Value::Bool(flag) => Some(i64::from(*flag)),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a fraction is cut, and the range is checked")]
fn whole(number: f64) -> Option<i64> {
    (number.abs() < 9e18).then_some(number as i64)
}

/// An address with a port: `{address, port}`, keys in any case. The address may be empty.
pub fn address(value: &Value) -> Option<(String, u16)> {
    let fields = single(value).as_object()?;
    let port = member(fields, "port").and_then(integer).and_then(|port| u16::try_from(port).ok())?;
    let address = member(fields, "address").map_or(Ok(String::new()), text).ok()?;
    Some((address, port))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_booleans_become_text() {
        for (value, written) in [
            (json!(10), "10"),
            (json!(2.5), "2.5"),
            (json!(1e21), "1000000000000000000000"),
            (json!(true), "1"),
            (json!(null), ""),
        ] {
            assert_eq!(text(&value).as_deref(), Ok(written), "{value}");
        }
        assert_eq!((text(&json!([1])), text(&json!({}))), (Err("a list"), Err("an object")));
    }

    #[test]
    fn numbers_are_accepted_as_go_accepts_them() {
        for (value, number) in [
            (json!("0x1F4"), Some(500)),
            (json!("1_000"), Some(1000)),
            (json!("010"), Some(8)),
            (json!(true), Some(1)),
            (json!(""), Some(0)),
            (json!(500.9), Some(500)),
            (json!(-0.5), Some(0)),
            (json!(1e3), Some(1000)),
            (json!(1e300), None),
            (json!(" 500 "), None),
            (json!("5e2"), None),
            (json!([5]), None),
        ] {
            assert_eq!(integer(&value), number, "{value}");
        }
    }

    #[test]
    fn switches_may_be_text_or_numbers() {
        for (value, on) in [
            (json!(true), Some(true)),
            (json!("T"), Some(true)),
            (json!("0"), Some(false)),
            (json!(""), Some(false)),
            (json!(0.0), Some(false)),
            (json!(-2), Some(true)),
            (json!("yes"), None),
            (json!({}), None),
        ] {
            assert_eq!(flag(&value), on, "{value}");
        }
    }

    #[test]
    fn an_address_has_a_port_that_fits() {
        let address = |value: Value| address(&value);
        assert_eq!(address(json!({"Address": "::1", "PORT": "8443"})), Some(("::1".to_owned(), 8443)));
        assert_eq!(address(json!([{"port": 1}])), Some((String::new(), 1)));
        for value in
            [json!({"address": "x"}), json!({"port": 70000}), json!({"port": 1, "address": []}), json!("x")]
        {
            assert_eq!(address(value.clone()), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_the_same_as_its_text(number in -(1_i64 << 53)..1_i64 << 53) {
            prop_assert_eq!(integer(&json!(number)), Some(number));
            prop_assert_eq!(integer(&json!(number.to_string())), Some(number));
            prop_assert_eq!(text(&json!(number)), Ok(number.to_string()));
        }
    }
}
