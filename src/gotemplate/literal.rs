//! Numbers as Go's templates read them.

use gotmpl::parse::Number;

use crate::go::strconv::{parse_float, parse_int, parse_uint};

/// Reads a Go number: decimal, `0x`, `0o`, `0b` or leading-zero octal, with `_` between digits, or a fraction.
pub(super) fn number(text: &str) -> Result<Number, String> {
    if text.ends_with('i') {
        return Err(format!("imaginary numbers are not supported: {text:?}"));
    }
    let integer = parse_int(text, 64).map(Number::Int).or_else(|_| parse_uint(text, 64).map(Number::Uint));
    if let Ok(integer) = integer {
        return Ok(integer);
    }
    match parse_float(text) {
        // Only a fraction or an exponent makes a float of it.
        Ok(_) if !text.contains(['.', 'e', 'E', 'p', 'P']) => Err(format!("integer overflow: {text:?}")),
        Ok(value) => Ok(Number::Float(value)),
        Err(_) => Err(format!("illegal number syntax: {text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_gos_bases() {
        assert_eq!(number("0x1F"), Ok(Number::Int(31)));
        assert_eq!(number("1_000"), Ok(Number::Int(1000)));
        assert_eq!(number("017"), Ok(Number::Int(15)));
        assert_eq!(number("-9223372036854775808"), Ok(Number::Int(i64::MIN)));
        assert_eq!(number("18446744073709551615"), Ok(Number::Uint(u64::MAX)));
        assert_eq!(number("1e3"), Ok(Number::Float(1000.0)));
        assert_eq!(number("0x1p-2"), Ok(Number::Float(0.25)));
        assert_eq!(
            number("99999999999999999999"),
            Err("integer overflow: \"99999999999999999999\"".to_owned())
        );
        assert_eq!(number("08"), Err("integer overflow: \"08\"".to_owned()));
        assert!(number("1__0").is_err());
    }
}
