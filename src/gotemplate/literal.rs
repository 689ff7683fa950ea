//! Go's literals: quoted strings, characters and numbers.

use gotmpl::parse::Number;

use crate::go::strconv::{Escaped, parse_float, parse_int, parse_uint, unquote_escape};

/// Removes the quotes of a Go string literal and resolves its escapes.
///
/// `None` where Go says "invalid syntax": an unknown escape, a raw line end, a value that is no character.
/// A string that is not UTF-8 afterwards (`"\xff"`), which Go allows, is refused as well.
pub(super) fn unquote(literal: &str) -> Option<String> {
    let inner = literal.get(1..literal.len().checked_sub(1)?)?;
    if literal.starts_with('`') {
        return Some(inner.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let (unit, remaining) = unquote_unit(rest, '"')?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Character(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = remaining;
    }
    String::from_utf8(bytes).ok()
}

/// Returns the code point of a character constant such as `'a'`.
pub(super) fn unquote_character(literal: &str) -> Option<i64> {
    let (unit, rest) = unquote_unit(literal.strip_prefix('\'')?, '\'')?;
    (rest == "'").then(|| match unit {
        Unit::Byte(byte) => i64::from(byte),
        Unit::Character(character) => i64::from(u32::from(character)),
    })
}

enum Unit {
    Byte(u8),
    Character(char),
}

fn unquote_unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == quote || first == '\n' {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let after = characters.as_str();
    let (escaped, length) = unquote_escape(after.as_bytes(), u8::try_from(quote).ok()?)?;
    let unit = match escaped {
        Escaped::Byte(byte) => Unit::Byte(byte),
        Escaped::CodePoint(value) => Unit::Character(char::from_u32(value)?),
    };
    Some((unit, after.get(length..)?))
}

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
    fn strings_follow_gos_escapes() {
        assert_eq!(unquote(r#""a\tb\n\"c\"""#).as_deref(), Some("a\tb\n\"c\""));
        assert_eq!(unquote(r#""\u00fc\xc3\xbc\101""#).as_deref(), Some("üüA"));
        assert_eq!(unquote("`a\\d`").as_deref(), Some("a\\d"));
        for bad in [r#""\d""#, r#""\'""#, r#""\x4""#, r#""\ud800""#, r#""\400""#] {
            assert_eq!(unquote(bad), None, "{bad}");
        }
    }

    #[test]
    fn characters_are_code_points() {
        assert_eq!(unquote_character("'a'"), Some(97));
        assert_eq!(unquote_character(r"'\n'"), Some(10));
        assert_eq!(unquote_character("'eth0'"), None);
        assert_eq!(unquote_character("''"), None);
    }

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
