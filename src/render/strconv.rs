//! Text as Go's `strconv` reads it, and so Consul wherever it takes text for another type.

/// `ParseBool`.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `ParseInt` with the base that the text says: `0x1F4`, `0b1`, `0o17` or `017`, and `_` between digits.
pub fn parse_int(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) if text.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)]
        .into_iter()
        .find_map(|(prefix, base)| Some((base, lower.strip_prefix(prefix)?)));
    let (base, digits) = match prefixed {
        _ if lower == "0" => (10, "0"),
        None => (10, lower.as_str()),
        // The prefix counts as a digit here.
        Some((base, digits)) => (base, digits.strip_prefix('_').unwrap_or(digits)),
    };
    // `from_str_radix` takes a sign of its own.
    if digits.split('_').any(str::is_empty) || digits.contains(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), base).ok()
}

#[cfg(test)]
mod tests {
    use super::parse_int;

    #[test]
    fn integers_say_their_base() {
        for (text, number) in [
            ("0", Some(0)),
            ("500", Some(500)),
            ("+5", Some(5)),
            ("-5", Some(-5)),
            ("0x1F4", Some(500)),
            ("-0X_f", Some(-15)),
            ("010", Some(8)),
            ("0_1", Some(1)),
            ("0o17", Some(15)),
            ("0b11", Some(3)),
            ("1_000", Some(1000)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("", None),
            ("-", None),
            ("+-5", None),
            ("08", None),
            ("0x", None),
            ("0_", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            (" 500 ", None),
            ("5e2", None),
            ("500.0", None),
        ] {
            assert_eq!(parse_int(text), number, "{text}");
        }
    }
}
