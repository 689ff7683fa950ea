//! Numbers, booleans and quoted text as Go's `strconv` reads and writes them.

use std::fmt::Write as _;

use super::text::is_printable;

/// Why a text is not a number, in Go's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a number at all.
    #[error("invalid syntax")]
    Syntax,
    /// A number too large for the type.
    #[error("value out of range")]
    Range,
}

impl NumberError {
    /// `strconv.ParseInt: parsing "x": invalid syntax`
    pub fn message(self, function: &str, text: &str) -> String {
        format!("strconv.{function}: parsing {}: {self}", quote(text))
    }
}

/// Reads a boolean (`ParseBool`).
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Reads a signed integer whose prefix says the base: `0x`, `0o` or `0`, `0b`; `_` may stand between digits
/// (`ParseInt` with base 0).
pub fn parse_int(text: &str, bits: u32) -> Result<i64, NumberError> {
    let (negative, digits) = signed(text);
    let magnitude = i128::from(parse_uint(digits, 64)?);
    let value = if negative { -magnitude } else { magnitude };
    let limit = 1_i128 << (bits - 1);
    if value < -limit || value >= limit {
        return Err(NumberError::Range);
    }
    i64::try_from(value).map_err(|_| NumberError::Range)
}

/// Reads an integer without a sign; see [`parse_int`] (`ParseUint` with base 0).
pub fn parse_uint(text: &str, bits: u32) -> Result<u64, NumberError> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', _, ..] => (16, lower.get(2..)),
        [b'0', b'o', _, ..] => (8, lower.get(2..)),
        [b'0', b'b', _, ..] => (2, lower.get(2..)),
        [b'0', _, ..] => (8, lower.get(1..)),
        _ => (10, Some(lower.as_str())),
    };
    let digits = digits.unwrap_or_default();
    if digits.is_empty() {
        return Err(NumberError::Syntax);
    }
    let mut value = 0_u64;
    for character in digits.chars().filter(|character| *character != '_') {
        let digit = character.to_digit(radix).ok_or(NumberError::Syntax)?;
        value = value
            .checked_mul(u64::from(radix))
            .and_then(|value| value.checked_add(u64::from(digit)))
            .filter(|value| bits >= 64 || value >> bits == 0)
            .ok_or(NumberError::Range)?;
    }
    if underscores_separate_digits(&lower) { Ok(value) } else { Err(NumberError::Syntax) }
}

/// Reads a decimal integer without a sign (`ParseUint` with base 10).
pub fn parse_decimal(text: &str) -> Option<u64> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Reads a floating-point number: decimal, hexadecimal (`0x1p-2`), infinite, or not a number (`ParseFloat`).
pub fn parse_float(text: &str) -> Result<f64, NumberError> {
    let (negative, unsigned) = signed(text);
    let lower = unsigned.to_ascii_lowercase();
    let sign = if negative { -1.0 } else { 1.0 };
    match lower.as_str() {
        "inf" | "infinity" => return Ok(sign * f64::INFINITY),
        "nan" if unsigned.len() == text.len() => return Ok(f64::NAN),
        _ => {}
    }
    if !underscores_separate_digits(&lower) {
        return Err(NumberError::Syntax);
    }
    let plain = lower.replace('_', "");
    let value = match plain.strip_prefix("0x") {
        Some(digits) => hexadecimal_float(digits).ok_or(NumberError::Syntax)?,
        None if plain.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
            plain.parse().map_err(|_| NumberError::Syntax)?
        }
        None => return Err(NumberError::Syntax),
    };
    if value.is_finite() { Ok(sign * value) } else { Err(NumberError::Range) }
}

/// A sign, and what follows it.
fn signed(text: &str) -> (bool, &str) {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    (text.starts_with('-'), unsigned)
}

/// The value of `1.8p-1`, behind the `0x`; digits beyond 64 bits only round.
#[expect(clippy::cast_precision_loss, reason = "rounding is meant")]
fn hexadecimal_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let is_number = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if is_number.is_empty() || !is_number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let limit = 1_000_000;
    let mut exponent: i64 =
        exponent.parse().unwrap_or(if exponent.starts_with('-') { -limit } else { limit });
    let mut mantissa = 0_u64;
    for (is_fraction, digit) in
        whole.chars().map(|digit| (false, digit)).chain(fraction.chars().map(|digit| (true, digit)))
    {
        let digit = u64::from(digit.to_digit(16)?);
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
            exponent -= if is_fraction { 4 } else { 0 };
        } else {
            // The last bit says that something follows, which decides ties.
            mantissa |= u64::from(digit != 0);
            exponent += if is_fraction { 0 } else { 4 };
        }
    }
    if mantissa == 0 {
        return Some(0.0);
    }
    // Two steps, each exact or at the edge of what a float holds.
    let exponent = i32::try_from(exponent.clamp(-2200, 2200)).ok()?;
    let half = exponent / 2;
    Some(mantissa as f64 * 2_f64.powi(half) * 2_f64.powi(exponent - half))
}

/// Whether each `_` in a number (in small letters, without its sign) stands between digits, or between the prefix of a
/// base and a digit.
fn underscores_separate_digits(lower: &str) -> bool {
    let is_prefixed = lower.starts_with("0x") || lower.starts_with("0o") || lower.starts_with("0b");
    let is_hexadecimal = lower.starts_with("0x");
    // What was just read: a digit, an underscore, or something else.
    let mut last = if is_prefixed { '0' } else { '^' };
    for character in lower.get(if is_prefixed { 2 } else { 0 }..).unwrap_or_default().chars() {
        let is_digit = character.is_ascii_digit() || (is_hexadecimal && matches!(character, 'a'..='f'));
        match (last, character) {
            (_, _) if is_digit => last = '0',
            ('0', '_') => last = '_',
            (_, '_') | ('_', _) => return false,
            _ => last = '!',
        }
    }
    last != '_'
}

/// A float as `%v` prints it: with an exponent of at least two digits below 1e-4 and from 1e21 on.
pub fn format_float(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if number == 0.0 || number.is_nan() || (1e-4..1e21).contains(&number.abs()) {
        return number.to_string();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// What an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaped {
    /// A byte: a letter's escape, `\x41` or `\101`.
    Byte(u8),
    /// A code point, which need not exist: `\u00e9` or `\U0001F600`.
    CodePoint(u32),
}

/// Reads the escape behind a backslash in a text between these quotes, and says how many bytes it has.
pub fn unquote_escape(after: &[u8], quote: u8) -> Option<(Escaped, usize)> {
    let number = |from: usize, length: usize, radix: u32| {
        after.get(from..from + length)?.iter().try_fold(0_u32, |value, digit| {
            Some(value.wrapping_mul(radix) | char::from(*digit).to_digit(radix)?)
        })
    };
    let byte = |value: u32| u8::try_from(value).ok().map(Escaped::Byte);
    let escape = *after.first()?;
    let simple = match escape {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if escape == quote => quote,
        b'x' => return Some((byte(number(1, 2, 16)?)?, 3)),
        b'u' => return Some((Escaped::CodePoint(number(1, 4, 16)?), 5)),
        b'U' => return Some((Escaped::CodePoint(number(1, 8, 16)?), 9)),
        b'0'..=b'7' => return Some((byte(number(0, 3, 8)?)?, 3)),
        _ => return None,
    };
    Some((Escaped::Byte(simple), 1))
}

/// Removes the quotes (`"` or backticks) of a text and resolves its escapes (`Unquote`).
///
/// `None` where Go says "invalid syntax": an unknown escape, a raw line end, a value that is not a character.
/// A string that is not UTF-8 afterwards (`"\xff"`), which Go allows, is refused as well.
pub fn unquote(literal: &str) -> Option<String> {
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
pub fn unquote_character(literal: &str) -> Option<i64> {
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

/// A text as `%q` writes it.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn booleans_are_spelled_in_the_ways_go_knows() {
        for text in ["1", "t", "T", "true", "TRUE", "True"] {
            assert_eq!(parse_bool(text), Some(true), "{text}");
        }
        for text in ["0", "f", "F", "false", "FALSE", "False"] {
            assert_eq!(parse_bool(text), Some(false), "{text}");
        }
        for text in ["", "yes", "tRUE", " true", "2"] {
            assert_eq!(parse_bool(text), None, "{text}");
        }
    }

    /// What Consul 1.8.7 made of each in a configuration entry, a filter or a flag.
    #[test]
    fn integers_say_their_base() {
        for (text, number) in [
            ("0", 0),
            ("500", 500),
            ("+5", 5),
            ("-5", -5),
            ("0x1F4", 500),
            ("-0X_f", -15),
            ("0x_1f", 31),
            ("010", 8),
            ("0_1", 1),
            ("0_17", 15),
            ("-017", -15),
            ("0o17", 15),
            ("0b11", 3),
            ("1_000", 1000),
            ("-9223372036854775808", i64::MIN),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(parse_int(text, 64), Ok(number), "{text}");
        }
        for text in [
            "", "-", "+-5", "08", "0x", "0b", "0_", "_1", "1_", "1__0", "0__1", "0x__1", " 500 ", "5e2",
            "500.0", "1.5", "é",
        ] {
            assert_eq!(parse_int(text, 64), Err(NumberError::Syntax), "{text}");
        }
        for text in ["9223372036854775808", "0xFFFFFFFFFFFFFFFF", "99999999999999999999"] {
            assert_eq!(parse_int(text, 64), Err(NumberError::Range), "{text}");
        }
        assert_eq!((parse_int("127", 8), parse_int("128", 8)), (Ok(127), Err(NumberError::Range)));
    }

    #[test]
    fn unsigned_integers_have_no_sign() {
        assert_eq!(parse_uint("0xFFFFFFFFFFFFFFFF", 64), Ok(u64::MAX));
        assert_eq!(parse_uint("65536", 16), Err(NumberError::Range));
        for text in ["+5", "-1", "1__0", ""] {
            assert_eq!(parse_uint(text, 64), Err(NumberError::Syntax), "{text}");
        }
        assert_eq!((parse_decimal("010"), parse_decimal("+1"), parse_decimal("")), (Some(10), None, None));
        let error = NumberError::Syntax.message("ParseUint", "1__0");
        assert_eq!(error, "strconv.ParseUint: parsing \"1__0\": invalid syntax");
    }

    #[test]
    fn floats_are_read_as_go_reads_them() {
        for (text, number) in [
            ("09.5", 9.5),
            ("5.", 5.0),
            (".5", 0.5),
            ("-1e-400", 0.0),
            ("1_23.50_0_0e+1_2", 1.235e14),
            ("0x1p-2", 0.25),
            ("-0x1.8p1", -3.0),
            ("0X_1P4", 16.0),
            ("0x_1_2.3_4_5p+1_2", 74_565.0),
            ("0x1.fffffffffffff8p0", 2.0),
            ("0x10000000000000800000000001p0", 2_f64.powi(100) + 2_f64.powi(48)),
            ("0x0p99999", 0.0),
            ("0x1p-1074", 5e-324),
            ("+Infinity", f64::INFINITY),
            ("-inf", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_float(text), Ok(number), "{text}");
        }
        assert!(parse_float("nAn").unwrap().is_nan());
        for text in ["1e309", "-1e309", "0x1p1024", "0x1p99999999999999999999"] {
            assert_eq!(parse_float(text), Err(NumberError::Range), "{text}");
        }
        for text in [
            "1e+\n", "", ".", "--1", "1e", "0x10", "0x1p", "0xp1", "0x1p+-1", "+nan", "-nan", "infinit",
            "_1.5", "1_.5", "1._5", "1.5_", "1e_1", "1__0.5", " 1",
        ] {
            assert_eq!(parse_float(text), Err(NumberError::Syntax), "{text:?}");
        }
    }

    #[test]
    fn floats_print_as_in_go() {
        for (number, text) in [
            (1000.0, "1000"),
            (1.5, "1.5"),
            (-0.0001, "-0.0001"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (0.00001, "1e-05"),
            (-1.5e-7, "-1.5e-07"),
            (1e300, "1e+300"),
            (f64::INFINITY, "+Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(format_float(number), text);
        }
    }

    #[test]
    fn escapes_stand_for_bytes_or_code_points() {
        for (text, escaped, length) in [
            ("n", Escaped::Byte(b'\n'), 1),
            ("\"x", Escaped::Byte(b'"'), 1),
            ("x41x", Escaped::Byte(b'A'), 3),
            ("1011", Escaped::Byte(b'A'), 3),
            ("u00e9", Escaped::CodePoint(0xe9), 5),
            ("UFFFFFFFF", Escaped::CodePoint(0xffff_ffff), 9),
        ] {
            assert_eq!(unquote_escape(text.as_bytes(), b'"'), Some((escaped, length)), "{text}");
        }
        for text in ["", "'", "d", "x4", "xg1", "u00e", "400", "18", "U0010000"] {
            assert_eq!(unquote_escape(text.as_bytes(), b'"'), None, "{text}");
        }
    }

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
    fn unprintable_characters_are_escaped() {
        assert_eq!(quote("a\u{7}\"b\\\u{0}ž\u{200b}\u{1F600}"), r#""a\a\"b\\\x00ž\u200b😀""#);
        assert_eq!(quote_byte(0xc2), "'Â'");
        assert_eq!(quote_byte(b'\''), "'\\''");
    }

    proptest! {
        #[test]
        fn numbers_are_read_back(integer in any::<i64>(), float in proptest::num::f64::NORMAL) {
            prop_assert_eq!(parse_int(&integer.to_string(), 64), Ok(integer));
            prop_assert_eq!(parse_int(&format!("{integer:+}"), 64), Ok(integer));
            prop_assert_eq!(parse_uint(&format!("{:#x}", integer.unsigned_abs()), 64), Ok(integer.unsigned_abs()));
            prop_assert_eq!(parse_float(&format_float(float)), Ok(float));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9xXobpPeE_.aféK]{0,24}") {
            let _ = (parse_int(&text, 64), parse_uint(&text, 16), parse_float(&text));
        }
    }
}
