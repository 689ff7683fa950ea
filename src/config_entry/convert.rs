//! Weak typing: what Consul makes of a number where a text is wanted, and the like; and Go's words for values.

use std::collections::BTreeMap;

use super::path::Path;
use super::request::Json;
use super::schema::Type;
use crate::consul_version::{ConsulVersion, Release};
use crate::go::duration;
use crate::go::strconv::{NumberError, format_float, parse_bool, parse_float, parse_int, parse_uint, quote};
use crate::hcl::{Node, Text, Value};

/// Why a value does not become a scalar.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// Its type has no conversion.
    Type,
    /// It is a text that says nothing of the wanted type.
    Text {
        /// Consul's message.
        consul: String,
        /// Ours.
        message: String,
        /// What to do.
        help: String,
    },
}

/// Converts a value to a scalar type.
pub(super) fn scalar(
    node: &Node,
    kind: Type,
    path: &Path<'_>,
    version: &ConsulVersion,
) -> Result<Json, Mismatch> {
    match kind {
        Type::String => match &node.value {
            Value::String(Text { raw: Some(bytes), .. }) => Ok(Json::Bytes(bytes.clone())),
            value => text(value).map(Json::String).ok_or(Mismatch::Type),
        },
        Type::Bool => boolean(&node.value, path, version).map(Json::Bool),
        Type::Int => signed(&node.value, path, version).map(Json::Int),
        Type::Uint(bits) => unsigned(&node.value, bits, path, version).map(Json::Uint),
        Type::Float => float(&node.value, path, version).map(Json::Float),
        Type::Float32 => float32(float(&node.value, path, version)?).map(Json::Float32),
        Type::Duration => time(&node.value, path, version).map(Json::Int),
        Type::DurationText => time(&node.value, path, version).map(|nanoseconds| match nanoseconds {
            0 => Json::String(String::new()),
            _ => Json::String(duration::format(nanoseconds)),
        }),
        Type::Any | Type::Map(_) | Type::List(_) | Type::Struct(_) | Type::Optional(_) => Err(Mismatch::Type),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.text.clone()),
        Value::Bool(true) => Some("1".to_owned()),
        Value::Bool(false) => Some("0".to_owned()),
        Value::Integer(number) => Some(number.to_string()),
        // Rust, too, writes floats in the shortest form that reads back the same, without an exponent.
        Value::Float(number) => Some(number.to_string()),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}

fn boolean(value: &Value, path: &Path<'_>, version: &ConsulVersion) -> Result<bool, Mismatch> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::Integer(number) => Ok(*number != 0),
        Value::Float(number) => Ok(*number != 0.0),
        Value::String(text) => match text.text.as_str() {
            "" => Ok(false),
            text => parse_bool(text).ok_or_else(|| {
                unreadable(path, text, Type::Bool, &NumberError::Syntax.message("ParseBool", text), version)
            }),
        },
        Value::Null | Value::List(_) | Value::Object(_) => Err(Mismatch::Type),
    }
}

/// Before mapstructure 1.4 an empty text was no number.
fn number_text<'text>(text: &'text str, version: &ConsulVersion) -> &'text str {
    if text.is_empty() && version.at_least(Release(1, 10, 0)) { "0" } else { text }
}

fn signed(value: &Value, path: &Path<'_>, version: &ConsulVersion) -> Result<i64, Mismatch> {
    match value {
        Value::Integer(number) => Ok(*number),
        Value::Float(number) => Ok(float_to_i64(*number)),
        Value::Bool(value) => Ok(i64::from(*value)),
        Value::String(text) => {
            let text = number_text(&text.text, version);
            parse_int(text, 64)
                .map_err(|error| unreadable(path, text, Type::Int, &error.message("ParseInt", text), version))
        }
        Value::Null | Value::List(_) | Value::Object(_) => Err(Mismatch::Type),
    }
}

fn unsigned(value: &Value, bits: u32, path: &Path<'_>, version: &ConsulVersion) -> Result<u64, Mismatch> {
    let number = match value {
        // Negative numbers wrap around.
        Value::Integer(number) => number.cast_unsigned(),
        Value::Float(number) => float_to_u64(*number),
        Value::Bool(value) => u64::from(*value),
        Value::String(text) => {
            let text = number_text(&text.text, version);
            parse_uint(text, bits).map_err(|error| {
                unreadable(path, text, Type::Uint(bits), &error.message("ParseUint", text), version)
            })?
        }
        Value::Null | Value::List(_) | Value::Object(_) => return Err(Mismatch::Type),
    };
    Ok(if bits >= 64 { number } else { number & ((1 << bits) - 1) })
}

fn float(value: &Value, path: &Path<'_>, version: &ConsulVersion) -> Result<f64, Mismatch> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "Consul rounds too")]
        Value::Integer(number) => Ok(*number as f64),
        Value::Float(number) => Ok(*number),
        Value::Bool(value) => Ok(f64::from(u8::from(*value))),
        Value::String(text) => {
            let text = number_text(&text.text, version);
            parse_float(text).map_err(|error| {
                unreadable(path, text, Type::Float, &error.message("ParseFloat", text), version)
            })
        }
        Value::Null | Value::List(_) | Value::Object(_) => Err(Mismatch::Type),
    }
}

/// Rounds to 32 bits as Consul does, which cannot send what has no finite form.
#[expect(clippy::cast_possible_truncation, reason = "rounding is meant")]
fn float32(number: f64) -> Result<f32, Mismatch> {
    let rounded = number as f32;
    if rounded.is_finite() {
        return Ok(rounded);
    }
    let infinity = if rounded.is_nan() {
        "NaN"
    } else if rounded > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    };
    Err(Mismatch::Text {
        consul: format!("json: unsupported value: {infinity}"),
        message: format!("{number} is too large"),
        help: "write a smaller number".to_owned(),
    })
}

fn time(value: &Value, path: &Path<'_>, version: &ConsulVersion) -> Result<i64, Mismatch> {
    let Value::String(text) = value else { return signed(value, path, version) };
    duration::parse(&text.text).map_err(|error| Mismatch::Text {
        consul: format!("error decoding '{path}': {error}"),
        message: format!("{} is not a duration", quote(&text.text)),
        help: "write it with a unit, such as \"15s\" or \"1m30s\"".to_owned(),
    })
}

/// What a conversion of Go gives on common machines: the fraction is cut, what does not fit becomes the smallest number.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the range is checked")]
fn float_to_i64(number: f64) -> i64 {
    if number >= i64::MIN as f64 && number < -(i64::MIN as f64) { number as i64 } else { i64::MIN }
}

/// See [`float_to_i64`]; negative numbers wrap around, what does not fit becomes 2^63.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the range is checked"
)]
fn float_to_u64(number: f64) -> u64 {
    let limit = -(i64::MIN as f64);
    if number < limit {
        float_to_i64(number).cast_unsigned()
    } else if number < 2.0 * limit {
        number as u64
    } else {
        1 << 63
    }
}

/// Whether a version's client decodes with mapstructure 2, which has messages of its own.
pub(super) fn says_it_anew(version: &ConsulVersion) -> bool {
    version.at_least(Release(1, 22, 0))
}

fn unreadable(path: &Path<'_>, text: &str, kind: Type, reason: &str, version: &ConsulVersion) -> Mismatch {
    let (wanted, help) = match kind {
        Type::Bool => ("neither true nor false", "write `true` or `false`, without quotes"),
        _ => ("not a number that fits", "write a number, without quotes"),
    };
    let consul = if says_it_anew(version) {
        // The value is left out, as it may be a secret.
        let (function, _) = reason.split_once(": ").unwrap_or((reason, ""));
        let (_, cause) = reason.rsplit_once(": ").unwrap_or(("", reason));
        format!("'{path}' cannot parse value as '{}': {function}: {cause}", type_name(kind))
    } else {
        let kind = match kind {
            Type::Uint(_) => "uint",
            Type::Float | Type::Float32 => "float",
            kind => type_name(kind),
        };
        format!("cannot parse '{path}' as {kind}: {reason}")
    };
    Mismatch::Text {
        consul,
        message: format!("`{path}`: {} is {wanted}", quote(text)),
        help: help.to_owned(),
    }
}

/// Go's name of a type of the schema.
pub(super) fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::String => "string",
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Uint(32) => "uint32",
        Type::Uint(_) => "uint64",
        Type::Float => "float64",
        Type::Float32 => "float32",
        Type::Duration | Type::DurationText => "time.Duration",
        Type::Any | Type::Optional(_) => "interface {}",
        Type::Map(Type::String) => "map[string]string",
        Type::Map(Type::Any) => "map[string]interface {}",
        Type::Map(_) | Type::Struct(_) => "map",
        Type::List(_) => "slice",
    }
}

/// A type of the schema in words, and how to write a value of it.
pub(super) fn describe(kind: Type) -> (&'static str, &'static str) {
    match kind {
        Type::String => ("a text", "write one text in double quotes"),
        Type::Bool => ("true or false", "write `true` or `false`"),
        Type::Int | Type::Uint(_) => ("a whole number", "write a number"),
        Type::Float | Type::Float32 => ("a number", "write a number"),
        Type::Duration | Type::DurationText => ("a duration", "write a text with a unit, such as \"15s\""),
        Type::List(_) => ("a list", "write `[ … ]`"),
        Type::Any | Type::Optional(_) | Type::Map(_) | Type::Struct(_) => ("an object", "write `{ … }`"),
    }
}

/// A value in words.
pub(super) fn describe_value(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::String(_) => "a text",
        Value::List(list) if list.items.is_empty() => "an empty list",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Go's kind of a value.
pub(super) fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Integer(_) => "int",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::List(_) => "slice",
        Value::Object(_) => "map",
    }
}

/// Go's type of a value.
pub(super) fn go_type(value: &Value) -> &'static str {
    match value {
        Value::List(list) if list.of_blocks => "[]map[string]interface {}",
        Value::List(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
        other => go_kind(other),
    }
}

/// A value as Go's `%v` prints it: `map[a:1 b:[x y]]`.
pub(super) fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format_float(*number),
        Value::String(text) => text.text.clone(),
        Value::List(list) => {
            let items: Vec<String> = list.items.iter().map(|item| go_value(&item.value)).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(object) => {
            let sorted: BTreeMap<&str, &Value> =
                object.entries.iter().map(|entry| (entry.key.as_str(), &entry.node.value)).collect();
            let members: Vec<String> =
                sorted.into_iter().map(|(key, value)| format!("{key}:{}", go_value(value))).collect();
            format!("map[{}]", members.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_cut_and_wrapped_as_on_common_machines() {
        assert_eq!(float_to_u64(7.9), 7);
        assert_eq!(float_to_u64(-1.0), u64::MAX);
        assert_eq!(float_to_u64(1e19), 10_000_000_000_000_000_000);
        assert_eq!(float_to_u64(1e300), 1 << 63);
        assert_eq!(float_to_i64(1e300), i64::MIN);
    }
}
