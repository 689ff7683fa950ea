//! Go's literals: quoted strings, characters and numbers.

use gotmpl::parse::Number;

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
    let escape = characters.next()?;
    let rest = characters.as_str();
    let simple = match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        '\'' | '"' if escape == quote => escape,
        'x' => {
            let digits = rest.get(..2)?;
            return Some((Unit::Byte(u8::try_from(digits_value(digits, 16)?).ok()?), rest.get(2..)?));
        }
        'u' | 'U' => {
            let length = if escape == 'u' { 4 } else { 8 };
            let value = digits_value(rest.get(..length)?, 16)?;
            return Some((Unit::Character(char::from_u32(value)?), rest.get(length..)?));
        }
        '0'..='7' => {
            let start = text.get(1..)?;
            let value = digits_value(start.get(..3)?, 8)?;
            return Some((Unit::Byte(u8::try_from(value).ok()?), start.get(3..)?));
        }
        _ => return None,
    };
    Some((Unit::Character(simple), rest))
}

fn digits_value(digits: &str, radix: u32) -> Option<u32> {
    digits
        .chars()
        .try_fold(0_u32, |value, digit| value.checked_mul(radix)?.checked_add(digit.to_digit(radix)?))
}

/// Reads a Go number: decimal, `0x`, `0o`, `0b` or leading-zero octal, with `_` between digits, or a decimal fraction.
pub(super) fn number(text: &str) -> Result<Number, String> {
    if text.ends_with('i') {
        return Err(format!("imaginary numbers are not supported: {text:?}"));
    }
    if let Some(integer) = integer(text) {
        return Ok(integer);
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        if text.contains(['.', 'p', 'P']) {
            return Err(format!("hexadecimal fractions are not supported: {text:?}"));
        }
        return Err(overflow_or_illegal(text, &unsigned[2..], 16));
    }
    let digits: String = text.chars().filter(|digit| *digit != '_').collect();
    match digits.parse::<f64>() {
        Ok(value) if underscores_separate_digits(unsigned) && value.is_finite() => {
            if text.contains(['.', 'e', 'E', 'p', 'P']) {
                Ok(Number::Float(value))
            } else {
                Err(format!("integer overflow: {text:?}"))
            }
        }
        _ => Err(format!("illegal number syntax: {text:?}")),
    }
}

fn overflow_or_illegal(text: &str, digits: &str, radix: u32) -> String {
    if digits.chars().any(|digit| digit.is_digit(radix)) && underscores_separate_digits(digits) {
        format!("integer overflow: {text:?}")
    } else {
        format!("illegal number syntax: {text:?}")
    }
}

fn integer(text: &str) -> Option<Number> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => (Some('-'), &text[1..]),
        b'+' => (Some('+'), &text[1..]),
        _ => (None, text),
    };
    let lower = unsigned.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    // A base prefix counts as a digit: `0x_1` is a number, `_1` is none.
    let prefixed = digits.len() < lower.len();
    if !underscores_separate_digits(if prefixed {
        digits.strip_prefix('_').unwrap_or(digits)
    } else {
        digits
    }) {
        return None;
    }
    let digits: String = digits.chars().filter(|digit| *digit != '_').collect();
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(&digits, radix).ok()?;
    match sign {
        Some('-') => {
            let value = 0_i64.checked_sub_unsigned(magnitude)?;
            Some(Number::Int(value))
        }
        Some(_) => i64::try_from(magnitude).ok().map(Number::Int),
        None => Some(i64::try_from(magnitude).map_or(Number::Uint(magnitude), Number::Int)),
    }
}

fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(index, byte)| {
        let digit = |neighbour: Option<&u8>| neighbour.is_some_and(u8::is_ascii_hexdigit);
        *byte != b'_' || (index > 0 && digit(bytes.get(index - 1)) && digit(bytes.get(index + 1)))
    })
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
        assert_eq!(
            number("99999999999999999999"),
            Err("integer overflow: \"99999999999999999999\"".to_owned())
        );
        assert_eq!(number("08"), Err("integer overflow: \"08\"".to_owned()));
        assert!(number("1__0").is_err());
    }
}
