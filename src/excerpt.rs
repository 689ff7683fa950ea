//! The start of a text that may have any length, for messages.

/// Longest text of another program that a message shows, in characters.
const LONGEST: usize = 400;
/// What is looked at of a text, in bytes. No character is longer than four.
const WINDOW: usize = 4 * LONGEST + (4 << 10);
/// A shorter secret would be found in many a word.
const SHORTEST_SECRET: usize = 4;

/// `text`, or its start and how long it is.
pub fn cut(text: &str) -> String {
    of_body(text.as_bytes(), &[])
}

/// The start of an answer's body as text, without white space around it and without `secrets`.
pub fn of_body(body: &[u8], secrets: &[&str]) -> String {
    let window = body.get(..WINDOW).unwrap_or(body);
    let mut text = String::from_utf8_lossy(window).into_owned();
    // Before the text is cut: half a secret would not be found.
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET) {
        text = text.replace(secret, "(redacted)");
    }
    let text = text.trim();
    let end = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    if end.is_none() && window.len() == body.len() {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", text.get(..end.unwrap_or(text.len())).unwrap_or_default(), body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_its_length_is_named() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
        assert_eq!(cut(&"é".repeat(LONGEST + 1)), format!("{}… (802 bytes)", "é".repeat(LONGEST)));
        assert_eq!(cut(&"é".repeat(1 << 20)), format!("{}… (2097152 bytes)", "é".repeat(LONGEST)));
        assert_eq!(of_body(b" no \n", &[]), "no");
        assert_eq!(of_body(&[0xFF; 3], &[]), "\u{FFFD}\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn no_part_of_a_secret_is_shown_wherever_the_text_is_cut() {
        for before in LONGEST - 20..LONGEST + 5 {
            let text = format!("{}s3cret{}", "-".repeat(before), "-".repeat(9000));
            assert!(!of_body(text.as_bytes(), &["s3cret"]).contains("s3"), "{before}");
        }
    }
}
