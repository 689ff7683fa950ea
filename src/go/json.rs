//! JSON as Go's `encoding/json` writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped, floats in their shortest form.

use std::fmt::Write as _;

use crate::consul_version::{ConsulVersion, Release};

/// The writer of one release of Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer {
    /// From Go 1.22 on, backspace and form feed are `\b` and `\f`, no longer `\u0008` and `\u000c`.
    short_escapes: bool,
}

impl Writer {
    /// The writer of the newest releases.
    pub const NEWEST: Self = Self { short_escapes: true };

    /// The writer in a Consul release; 1.19 was the first one built with Go 1.22.
    pub fn of(version: &ConsulVersion) -> Self {
        Self { short_escapes: version.at_least(Release(1, 19, 0)) }
    }

    /// Appends a text.
    pub fn text(self, text: &str, output: &mut String) {
        output.push('"');
        self.characters(text, output);
        output.push('"');
    }

    /// Appends a text that need not be UTF-8: `\ufffd` stands for each stray byte.
    pub fn bytes(self, bytes: &[u8], output: &mut String) {
        output.push('"');
        for chunk in bytes.utf8_chunks() {
            self.characters(chunk.valid(), output);
            output.extend(std::iter::repeat_n("\\ufffd", chunk.invalid().len()));
        }
        output.push('"');
    }

    fn characters(self, text: &str, output: &mut String) {
        for character in text.chars() {
            match character {
                '"' => output.push_str("\\\""),
                '\\' => output.push_str("\\\\"),
                '\n' => output.push_str("\\n"),
                '\r' => output.push_str("\\r"),
                '\t' => output.push_str("\\t"),
                '\u{8}' if self.short_escapes => output.push_str("\\b"),
                '\u{c}' if self.short_escapes => output.push_str("\\f"),
                '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    // Writing to a String never fails.
                    let _ = write!(output, "\\u{:04x}", u32::from(character));
                }
                _ => output.push(character),
            }
        }
    }
}

/// A finite float: plain, but with an exponent below 1e-6 and from 1e21 on.
pub fn float(number: f64) -> String {
    shortest(number.abs(), &number.to_string(), &format!("{number:e}"))
}

/// A finite 32-bit float; see [`float`].
pub fn float32(number: f32) -> String {
    shortest(f64::from(number.abs()), &number.to_string(), &format!("{number:e}"))
}

/// Rust's shortest forms round-trip as Go's do.
fn shortest(magnitude: f64, plain: &str, scientific: &str) -> String {
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return plain.to_owned();
    }
    match scientific.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => scientific.to_owned(),
    }
}

/// Lays out a JSON document with `step` for each level, leaving order, duplicate keys, numbers and escapes as written
/// (`json.Indent`).
///
/// Empty objects and lists stay closed, white space before the document goes, white space after it stays. `text` must
/// be valid JSON.
pub fn indent(text: &str, step: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let document_end = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
    let (document, rest) = text.split_at(document_end);
    let mut depth = 0_usize;
    let mut opened = false;
    let mut characters = document.chars();
    while let Some(character) = characters.next() {
        if matches!(character, ' ' | '\t' | '\r' | '\n') {
            continue;
        }
        if opened && !matches!(character, '}' | ']') {
            depth += 1;
            new_line(&mut out, step, depth);
        }
        match character {
            '{' | '[' => out.push(character),
            '}' | ']' => {
                if !opened {
                    depth = depth.saturating_sub(1);
                    new_line(&mut out, step, depth);
                }
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, step, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                out.push('"');
                let mut escaped = false;
                for inner in characters.by_ref() {
                    out.push(inner);
                    match inner {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        '"' => break,
                        _ => {}
                    }
                }
            }
            other => out.push(other),
        }
        opened = matches!(character, '{' | '[');
    }
    out.push_str(rest);
    out
}

fn new_line(out: &mut String, step: &str, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(step, depth));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OLD: Writer = Writer { short_escapes: false };

    fn written(writer: Writer, text: &str) -> String {
        let mut output = String::new();
        writer.text(text, &mut output);
        output
    }

    #[test]
    fn texts_are_escaped_as_go_escapes_them() {
        let text = "<a>&\u{2028}\u{8}\u{c}\u{7f}\"\n\u{1}é";
        let expected = r#""\u003ca\u003e\u0026\u2028\u0008\u000c"#.to_owned() + "\u{7f}\\\"\\n\\u0001é\"";
        assert_eq!(written(OLD, text), expected);
        assert_eq!(written(Writer { short_escapes: true }, "\u{8}\u{c}"), r#""\b\f""#);
        let mut output = String::new();
        OLD.bytes(b"a\xff\xe9<", &mut output);
        assert_eq!(output, r#""a\ufffd\ufffd\u003c""#);
    }

    #[test]
    fn floats_have_an_exponent_only_when_very_small_or_large() {
        for (number, text) in [
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (3.0, "3"),
            (0.0, "0"),
        ] {
            assert_eq!(float(number), text);
        }
        assert_eq!(float32(0.1), "0.1");
    }

    #[test]
    fn indenting_keeps_order_duplicates_numbers_and_escapes() {
        let text =
            " {\"b\":1E3,\"a\":-0.0,\"b\":\"\\u00e9 \\\" {\",\"c\":[ ],\"d\":{ },\"e\":[1,{\"x\":null}]}\n\n";
        assert_eq!(
            indent(text, "  "),
            "{\n  \"b\": 1E3,\n  \"a\": -0.0,\n  \"b\": \"\\u00e9 \\\" {\",\n  \"c\": [],\n  \"d\": {},\n  \"e\": [\n    1,\n    {\n      \"x\": null\n    }\n  ]\n}\n\n"
        );
    }

    proptest! {
        #[test]
        fn written_json_reads_back(text in ".{0,24}", number in proptest::num::f64::NORMAL) {
            prop_assert_eq!(float(number).parse(), Ok(number));
            let document = format!("[{},{}]", written(OLD, &text), float(number));
            for document in [document.clone(), indent(&document, "    ")] {
                let read: serde_json::Value = serde_json::from_str(&document).unwrap();
                prop_assert_eq!(read[0].as_str(), Some(text.as_str()));
                prop_assert!(read[1].is_number());
            }
        }
    }
}
