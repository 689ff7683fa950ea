//! Text that came from elsewhere (names, values, answers, paths) as it may be shown: nothing in it acts on the terminal,
//! hides, turns the direction of what follows, or looks like a line of termgate's own.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// One line: what is not visible is escaped, line ends included (`\n`, `\u{1b}`, `\u{202e}`).
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// The same for text of several lines: line feeds and tabs stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) && c != '\n' && c != '\t')
}

/// JSON text with the same value, in which everything is visible. JSON's own white space stays.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    let acts = |c: char| is_hidden(c) && !c.is_ascii_whitespace();
    if !text.contains(acts) {
        return text.into();
    }
    let mut output = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String never fails, here and below.
                let _ = write!(output, "\\u{unit:04x}");
            }
        } else {
            output.push(c);
        }
    }
    output.into()
}

/// One line as HTML and XML take it, in elements and in attributes. XML has no way to write two characters: they are replaced.
pub fn markup(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => output.push('\u{fffd}'),
            c => output.push(c),
        }
    }
    output
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return text.into();
    }
    let mut output = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            _ if !is_escaped(c) => output.push(c),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            _ => drop(write!(output, "{}", c.escape_unicode())),
        }
    }
    output.into()
}

/// Control characters (C0, DEL, C1), line and paragraph separators, and format characters: those that turn the
/// direction of text and those without a width.
fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every kind of character that acts or hides.
    const HOSTILE: &str = "\0\u{7}\u{8}\t\n\u{b}\r\u{1b}[31m\u{7f}\u{85}\u{9b}2J\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{e0041}";

    #[test]
    fn nothing_of_a_name_is_markup() {
        let hostile = "<script>alert('1')</script>&\"\u{202e}\0\u{ffff}";
        let expected = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\\u{202e}\\u{0}";
        assert!(markup(hostile).starts_with(expected), "{}", markup(hostile));
        assert!(!markup(hostile).contains('\u{ffff}'));
    }

    #[test]
    fn control_characters_are_escaped_and_everything_else_stays() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}\u{202e}c\r\nd\te"), "a\\u{1b}[31mb\\u{7}\\u{202e}c\\r\\nd\\te");
        assert_eq!(visible_lines("a\u{1b}\n\tb\r\u{85}"), "a\\u{1b}\n\tb\\r\\u{85}");
        for plain in ["", "billing", "grüße, 世界 🦀 — `x` → \"y\" \\n", "עברית"] {
            assert!(matches!(visible(plain), Cow::Borrowed(same) if same == plain), "{plain}");
        }
        assert!(
            visible(HOSTILE).chars().all(|c| c.is_ascii() && !c.is_ascii_control()),
            "{}",
            visible(HOSTILE)
        );
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ HOSTILE: [HOSTILE, "plain"] });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = visible_json(&text);
        assert!(shown.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '\n'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    proptest! {
        #[test]
        fn no_hidden_character_is_left_in_any_text(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(is_hidden));
            prop_assert!(!visible_lines(&text).replace(['\n', '\t'], "").contains(is_hidden));
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&visible_json(&json)).unwrap(), text);
        }
    }
}
