//! Percent-encoding as Go's `net/url` does it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const SEGMENT: &AsciiSet =
    &UNRESERVED.remove(b'$').remove(b'&').remove(b'+').remove(b':').remove(b'=').remove(b'@');
const PATH: &AsciiSet = &SEGMENT.remove(b',').remove(b'/').remove(b';');

/// `text` as one segment of a path.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// `text` as a path: its slashes stay.
pub fn path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// Whether a byte stands for itself in a path.
pub fn is_plain_in_path(byte: u8) -> bool {
    percent_encode(&[byte], PATH).to_string().len() == 1
}

/// `text` as a value in a query, with `%20` for a blank, which every server understands.
pub fn value(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// `text` without its percent-encoding; nothing where that is broken, or hides something else than UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = rest else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(*high)? << 4 | digit(*low)?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_encoded_as_consuls_client_does() {
        assert_eq!(segment("my gw*?a=b/é"), "my%20gw%2A%3Fa=b%2F%C3%A9");
        assert_eq!(value(r#"ID == "gw-9"+"#), "ID%20%3D%3D%20%22gw-9%22%2B");
    }

    #[test]
    fn broken_encodings_are_refused() {
        assert_eq!(percent_decoded("/run/a%20b%c3%BC"), Some("/run/a bü".to_owned()));
        for text in ["%", "%2", "%zz", "%+1", "%ff"] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn encoding_and_decoding_give_the_same_text(text in ".{0,16}") {
            prop_assert_eq!(percent_decoded(&segment(&text)), Some(text));
        }
    }
}
