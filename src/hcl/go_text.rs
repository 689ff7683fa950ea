//! How Go reads and writes numbers and quoted text: its rules show in what Consul accepts and in its messages.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Why a text is no number, in the words of Go's `strconv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// Not a number at all.
    Syntax,
    /// A number too large for the type.
    Range,
}

impl NumberError {
    /// `strconv.ParseInt: parsing "x": invalid syntax`
    pub fn consul_text(self, function: &str, text: &str) -> String {
        let reason = match self {
            Self::Syntax => "invalid syntax",
            Self::Range => "value out of range",
        };
        format!("strconv.{function}: parsing {}: {reason}", quote(text))
    }
}

/// Reads a signed integer whose prefix tells the base: `0x`, `0o` or `0`, `0b`; `_` between digits when there is a prefix.
pub fn parse_int(text: &str, bits: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(digits, 64)?);
    let value = if negative { -magnitude } else { magnitude };
    let limit = 1_i128 << (bits - 1);
    if value < -limit || value >= limit {
        return Err(NumberError::Range);
    }
    i64::try_from(value).map_err(|_| NumberError::Range)
}

/// Reads an unsigned integer; see [`parse_int`].
pub fn parse_uint(text: &str, bits: u32) -> Result<u64, NumberError> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits, prefixed) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..), true),
        [b'0', b'o', ..] => (8, lower.get(2..), true),
        [b'0', b'b', ..] => (2, lower.get(2..), true),
        [b'0', _, ..] => (8, lower.get(1..), true),
        _ => (10, Some(lower.as_str()), false),
    };
    let digits = digits.unwrap_or_default();
    if digits.is_empty() || (digits.contains('_') && !underscores_are_fine(digits, prefixed)) {
        return Err(NumberError::Syntax);
    }
    let mut value = Some(0_u64);
    for character in digits.chars().filter(|&character| character != '_') {
        let digit = character.to_digit(radix).ok_or(NumberError::Syntax)?;
        value = value.and_then(|value| value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit)));
    }
    match value {
        Some(value) if bits >= 64 || value >> bits == 0 => Ok(value),
        _ => Err(NumberError::Range),
    }
}

/// Each `_` must stand after a digit or the base prefix, and before a digit.
fn underscores_are_fine(digits: &str, prefixed: bool) -> bool {
    let mut after_digit = prefixed;
    for character in digits.chars() {
        if character == '_' && !after_digit {
            return false;
        }
        after_digit = character != '_';
    }
    after_digit && prefixed
}

/// Reads a decimal floating-point number.
pub fn parse_float(text: &str) -> Result<f64, NumberError> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let plain = text.len() - unsigned.len() <= 1
        && unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !plain {
        return parse_named_float(text);
    }
    let value: f64 = text.parse().map_err(|_| NumberError::Syntax)?;
    if value.is_finite() { Ok(value) } else { Err(NumberError::Range) }
}

fn parse_named_float(text: &str) -> Result<f64, NumberError> {
    let (sign, word) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, text.get(1..).unwrap_or_default()),
        Some(b'+') => (1.0, text.get(1..).unwrap_or_default()),
        _ => (1.0, text),
    };
    match word.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => Ok(sign * f64::INFINITY),
        "nan" => Ok(f64::NAN),
        _ => Err(NumberError::Syntax),
    }
}

/// A text as Go's `%q` writes it.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            _ => push_escaped(&mut quoted, character),
        }
    }
    quoted.push('"');
    quoted
}

/// A byte as Go names it in messages on JSON: `'\''`, `'"'`, `'\n'`.
pub fn quote_byte(byte: u8) -> String {
    let mut quoted = String::from("'");
    match byte {
        b'\'' => quoted.push_str("\\'"),
        _ => push_escaped(&mut quoted, char::from(byte)),
    }
    quoted.push('\'');
    quoted
}

fn push_escaped(quoted: &mut String, character: char) {
    use std::fmt::Write as _;
    let short = match character {
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => "",
    };
    let code = u32::from(character);
    // Writing to a String never fails.
    let _ = match character {
        _ if !short.is_empty() => write!(quoted, "{short}"),
        _ if is_printable(character) => write!(quoted, "{character}"),
        '\0'..='\u{7f}' => write!(quoted, "\\x{code:02x}"),
        '\u{80}'..='\u{ffff}' => write!(quoted, "\\u{code:04x}"),
        _ => write!(quoted, "\\U{code:08x}"),
    };
}

/// Whether Go's `unicode.IsPrint` holds.
pub fn is_printable(character: char) -> bool {
    use GeneralCategoryGroup::{Letter, Mark, Number, Punctuation, Symbol};
    character == ' '
        || character.is_ascii_graphic()
        || (!character.is_ascii()
            && matches!(character.general_category_group(), Letter | Mark | Number | Punctuation | Symbol))
}

/// A character after Unicode's simple case folding, as in Go's `strings.EqualFold`.
pub fn fold(character: char) -> char {
    let single = |mut mapped: Box<dyn Iterator<Item = char>>| match (mapped.next(), mapped.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let upper = single(Box::new(character.to_uppercase())).unwrap_or(character);
    single(Box::new(upper.to_lowercase())).unwrap_or(upper)
}

/// Whether two keys are the same but for case: `ſervices` is `Services`.
pub fn equal_fold(left: &str, right: &str) -> bool {
    left.chars().map(fold).eq(right.chars().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_tells_the_base() {
        assert_eq!(parse_int("0x1F", 64), Ok(31));
        assert_eq!(parse_int("-017", 64), Ok(-15));
        assert_eq!(parse_int("-9223372036854775808", 64), Ok(i64::MIN));
        assert_eq!(parse_int("9223372036854775808", 64), Err(NumberError::Range));
        assert_eq!(parse_int("0xFFFFFFFFFFFFFFFF", 64), Err(NumberError::Range));
        assert_eq!(parse_int("0x_1f", 64), Ok(31));
        assert_eq!(parse_int("1_000", 64), Err(NumberError::Syntax));
        assert_eq!(parse_int("08", 64), Err(NumberError::Syntax));
        assert_eq!(parse_int("", 64), Err(NumberError::Syntax));
        assert_eq!(parse_int("0", 64), Ok(0));
        assert_eq!(parse_uint("65536", 16), Err(NumberError::Range));
    }

    #[test]
    fn floats_are_read_as_go_reads_them() {
        assert_eq!(parse_float("09.5"), Ok(9.5));
        assert_eq!(parse_float("5."), Ok(5.0));
        assert_eq!(parse_float(".5"), Ok(0.5));
        assert_eq!(parse_float("1e309"), Err(NumberError::Range));
        for text in ["1e+\n", "", ".", "--1", "1e", "0x10"] {
            assert_eq!(parse_float(text), Err(NumberError::Syntax), "{text:?}");
        }
    }

    #[test]
    fn unprintable_characters_are_escaped() {
        assert_eq!(quote("a\u{7}\"b\\\u{0}ž\u{200b}\u{1F600}"), r#""a\a\"b\\\x00ž\u200b😀""#);
        assert_eq!(quote_byte(0xc2), "'Â'");
        assert_eq!(quote_byte(b'\''), "'\\''");
    }

    #[test]
    fn folding_knows_the_long_s_and_the_kelvin_sign() {
        assert!(equal_fold("ſervices", "Services"));
        assert!(equal_fold("\u{212a}ind", "kind"));
        assert!(!equal_fold("service", "services"));
    }
}
