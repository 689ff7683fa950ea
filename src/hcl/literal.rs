//! The value of a token: unquoted strings, heredoc texts.

use crate::go::strconv::{Escaped, unquote_escape};

/// A quoted string that the scanner lets pass but that has no value: Consul crashes on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unquotable;

/// Removes the quotes and decodes the escapes of a string token.
///
/// Inside `${ … }` everything is kept as it stands, nothing is expanded. An escape may make the result something else than UTF-8.
pub fn unquote(token: &[u8]) -> Result<Vec<u8>, Unquotable> {
    let inner = token.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).ok_or(Unquotable)?;
    if !inner.iter().any(|byte| matches!(byte, b'\\' | b'"' | b'$')) {
        return Ok(inner.to_vec());
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        if let Some(template) = rest.strip_prefix(b"${") {
            let length = template_length(template).ok_or(Unquotable)?;
            let (kept, after) = rest.split_at_checked(length + 2).ok_or(Unquotable)?;
            text.extend_from_slice(kept);
            rest = after;
        } else {
            rest = unquote_character(rest, &mut text)?;
        }
    }
    Ok(text)
}

/// Length of a template behind its `${`, closing brace included.
fn template_length(template: &[u8]) -> Option<usize> {
    let mut depth = 1_usize;
    for (index, &byte) in template.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            // The original takes U+FFFD itself for a decoding error.
            0xef if template.get(index..index + 3) == Some("\u{FFFD}".as_bytes()) => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// Decodes one character or escape into `text`, and gives what follows it.
fn unquote_character<'rest>(rest: &'rest [u8], text: &mut Vec<u8>) -> Result<&'rest [u8], Unquotable> {
    match rest {
        [b'\\', after @ ..] => {
            let (escaped, length) = unquote_escape(after, b'"').ok_or(Unquotable)?;
            match escaped {
                Escaped::Byte(byte) => text.push(byte),
                Escaped::CodePoint(value) => push_code_point(value, text)?,
            }
            Ok(after.get(length..).unwrap_or_default())
        }
        [byte, after @ ..] if *byte != b'"' => {
            text.push(*byte);
            Ok(after)
        }
        _ => Err(Unquotable),
    }
}

/// Appends a code point; surrogates become U+FFFD, and values with the highest bit set their lowest byte, as in Go's
/// signed arithmetic.
fn push_code_point(value: u32, text: &mut Vec<u8>) -> Result<(), Unquotable> {
    if let Some(character) = char::from_u32(value) {
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else if value >= 0x8000_0000 {
        let [lowest, ..] = value.to_le_bytes();
        text.push(lowest);
    } else if (0xd800..0xe000).contains(&value) {
        text.extend_from_slice("\u{FFFD}".as_bytes());
    } else {
        return Err(Unquotable);
    }
    Ok(())
}

/// The text of a heredoc token, which runs from `<<` to the line end after the closing marker.
///
/// The last line end before the marker belongs to the text. With `<<-` the indent of the closing marker is removed if
/// every line has it; otherwise nothing is. Without the dash the indent of the marker stays at the end of the text.
pub fn heredoc(token: &[u8]) -> Vec<u8> {
    let Some(first_line_end) = token.iter().position(|&byte| byte == b'\n') else {
        return Vec::new();
    };
    let start = first_line_end + 1;
    // The marker line is cut by the length of the opening marker, whatever follows the closing one.
    let slice = |end: usize| token.get(start..end.min(token.len()).max(start)).unwrap_or_default();
    let end = (token.len() + 1).saturating_sub(first_line_end);
    if token.get(2) != Some(&b'-') {
        return slice(end).to_vec();
    }
    let lines: Vec<&[u8]> = slice(end + 1).split(|&byte| byte == b'\n').collect();
    let Some((&indent, text_lines)) = lines.split_last() else {
        return Vec::new();
    };
    if !lines.iter().all(|line| line.starts_with(indent)) {
        let text = slice(end);
        let trimmed = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
        return text.get(..trimmed).unwrap_or_default().to_vec();
    }
    let mut text = Vec::with_capacity(token.len());
    for line in text_lines {
        text.extend_from_slice(line.get(indent.len()..).unwrap_or_default());
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::source::to_text;

    fn text(token: &[u8]) -> String {
        unquote(token).map(|bytes| to_text(&bytes)).unwrap()
    }

    #[test]
    fn escapes_are_decoded_outside_templates_only() {
        assert_eq!(text(br#""a\n\101\x41\u00e9\U0001F600""#), "a\nAAé😀");
        assert_eq!(text(br#""${f("\n")}\n""#), "${f(\"\\n\")}\n");
        assert_eq!(text(br#""$${x}""#), "$${x}");
        assert_eq!(text(br#""${a}${"b"}\n""#), "${a}${\"b\"}\n");
    }

    #[test]
    fn literals_that_crash_the_original_have_no_value() {
        for token in [&br#""\400""#[..], br#""\777""#, br#""\U00110000""#, "\"${\u{FFFD}}\"".as_bytes()] {
            assert_eq!(unquote(token), Err(Unquotable));
        }
    }

    #[test]
    fn stray_bytes_and_surrogates_become_replacement_characters() {
        assert_eq!(text(br#""\ud83d\ude00""#), "\u{FFFD}\u{FFFD}");
        assert_eq!(text(br#""caf\xc3\xa9 \xe9""#), "café \u{FFFD}");
        assert_eq!(text(br#""\UFFFFFFFF""#), "\u{FFFD}");
    }

    #[test]
    fn the_indent_of_the_marker_goes_only_with_a_dash_and_only_if_every_line_has_it() {
        assert_eq!(heredoc(b"<<EOF\none\n\tEOF\n"), b"one\n\t");
        assert_eq!(heredoc(b"<<-EOF\n  one\n   two\n  EOF\n"), b"one\n two\n");
        assert_eq!(heredoc(b"<<-EOF\n  one\n\n  EOF\n"), b"  one\n\n");
        assert_eq!(heredoc(b"<<EOF\nEOF\n"), b"");
    }
}
