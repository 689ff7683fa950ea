//! A value → HCL 1: keys and texts escaped so that they are read back to the byte.

use std::fmt::Write as _;

/// Appends a key: as a bare word if it is one, else in quotes.
pub fn write_key(key: &str, output: &mut String) {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    let starts = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if starts && key.chars().all(plain) && !matches!(key, "true" | "false") {
        output.push_str(key);
    } else {
        write_text(key.as_bytes(), output);
    }
}

/// Appends a text in quotes. Bytes that are not UTF-8 become `\xHH`.
pub fn write_text(text: &[u8], output: &mut String) {
    output.push('"');
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid();
        // Looking at the same text again and again would take its square.
        let mut looked_at = rest.len();
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            let template = if rest.len() <= looked_at { template(rest) } else { Template::None };
            match template {
                Template::Whole(template) => {
                    output.push_str(rest.get(..template).unwrap_or_default());
                    length = template;
                }
                Template::Broken(until) => {
                    looked_at = rest.len().saturating_sub(until);
                    write_character(character, rest, output);
                }
                Template::None => write_character(character, rest, output),
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        for byte in chunk.invalid() {
            // Writing to a String never fails.
            let _ = write!(output, "\\x{byte:02x}");
        }
    }
    output.push('"');
}

fn write_character(character: char, rest: &str, output: &mut String) {
    let code = u32::from(character);
    let short = match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        // What begins like a template but cannot stand as one.
        '$' if rest.starts_with("${") => "\\x24",
        _ => "",
    };
    let _ = match character {
        _ if !short.is_empty() => write!(output, "{short}"),
        // The scanner refuses U+E123, and editors hide the others.
        '\u{0}'..='\u{7f}' if character.is_control() => write!(output, "\\x{code:02x}"),
        '\u{80}'..='\u{9f}' | '\u{e123}' | '\u{feff}' | '\u{2028}' | '\u{2029}' => {
            write!(output, "\\u{code:04x}")
        }
        _ => write!(output, "{character}"),
    };
}

/// What a text begins with.
enum Template {
    /// No template.
    None,
    /// `${…}` of so many bytes, which can stand as it is: its braces are closed, and nothing inside is anything else to
    /// the scanner.
    Whole(usize),
    /// One that cannot, as so many bytes show.
    Broken(usize),
}

fn template(text: &str) -> Template {
    let Some(inner) = text.strip_prefix("${") else { return Template::None };
    let mut depth = 1_usize;
    for (index, character) in inner.char_indices() {
        let end = "${".len() + index + 1;
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            '\\' | '"' | '\u{e123}' | char::REPLACEMENT_CHARACTER => return Template::Broken(end),
            _ if character.is_control() => return Template::Broken(end),
            _ => {}
        }
        if depth == 0 {
            return Template::Whole(end);
        }
    }
    Template::Broken(text.len())
}

/// Appends a float: as an integer where it is one that no float blurs.
pub fn write_float(number: f64, output: &mut String) {
    let magnitude = number.abs();
    let plain = number == 0.0 || (1e-5..9e15).contains(&magnitude);
    let _ = match plain {
        // The integer would lose its sign.
        true if number == 0.0 && number.is_sign_negative() => write!(output, "-0.0"),
        true => write!(output, "{number}"),
        false => write!(output, "{number:e}"),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hcl::{Dialect, Source, Value, read};

    fn value_of(text: &str) -> Value {
        let source = Source::new(text.as_bytes());
        let document =
            read(&source, Dialect::default()).unwrap_or_else(|error| panic!("{error:?} in {text}"));
        document.root.entries.into_iter().next().unwrap().node.value
    }

    fn written(text: &[u8]) -> String {
        let mut output = String::new();
        write_text(text, &mut output);
        output
    }

    #[test]
    fn templates_stay_unchanged_where_possible() {
        for (text, expected) in [
            ("${a}", "\"${a}\""),
            ("$${a{}}b", "\"$${a{}}b\""),
            ("${a", "\"\\x24{a\""),
            ("${\"a\"}", "\"\\x24{\\\"a\\\"}\""),
            ("a\u{0}\u{7f}\u{85}ž\n", "\"a\\x00\\x7f\\u0085ž\\n\""),
        ] {
            assert_eq!(written(text.as_bytes()), expected);
        }
    }

    #[test]
    fn only_words_are_written_bare() {
        for (key, expected) in [
            ("ca_file", "ca_file"),
            ("a.b-1", "a.b-1"),
            ("1a", "\"1a\""),
            ("true", "\"true\""),
            ("", "\"\""),
            ("a b", "\"a b\""),
        ] {
            let mut output = String::new();
            write_key(key, &mut output);
            assert_eq!(output, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in proptest::collection::vec(prop_oneof![
            Just("${".to_owned()), Just("}".to_owned()), Just("\r\n".to_owned()), Just("\\".to_owned()), "\\PC", any::<char>().prop_map(String::from),
        ], 0..12).prop_map(|pieces| pieces.concat())) {
            let value = value_of(&format!("a = {}\n", written(text.as_bytes())));
            let Value::String(read) = value else { panic!("{value:?}") };
            prop_assert_eq!(read.text, text);
        }

        #[test]
        fn any_bytes_are_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let value = value_of(&format!("a = {}\n", written(&bytes)));
            let Value::String(read) = value else { panic!("{value:?}") };
            prop_assert_eq!(read.raw.unwrap_or_else(|| read.text.into_bytes()), bytes);
        }

        #[test]
        fn any_float_is_read_back(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            let mut text = "a = ".to_owned();
            write_float(number, &mut text);
            match value_of(&text) {
                #[allow(clippy::cast_precision_loss, reason = "only small ones are written so")]
                Value::Integer(read) => prop_assert!((read as f64).total_cmp(&number).is_eq()),
                Value::Float(read) => prop_assert!(read.total_cmp(&number).is_eq()),
                other => panic!("{other:?}"),
            }
        }
    }
}
