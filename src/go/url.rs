//! Percent-encoding as Go's `net/url` does it.

use std::fmt::Write as _;

/// `text` within a path; slashes stay.
pub fn path(text: &str) -> String {
    percent_encoded(text, PLAIN_IN_PATH)
}

/// Whether a byte stands for itself in a path.
pub fn is_plain_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || PLAIN_IN_PATH.contains(&byte)
}

/// What stands for itself in a path, beside letters and digits.
const PLAIN_IN_PATH: &[u8] = b"-_.~$&+,/:;=@";

/// `text` as a value of a form, where a blank is `+`.
pub fn form(text: &str) -> String {
    percent_encoded(text, b"-_.~ ").replace(' ', "+")
}

/// `text` with all bytes percent-encoded that are neither letters, digits nor `also_plain`.
pub fn percent_encoded(text: &str, also_plain: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || also_plain.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
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
        assert_eq!(path("my gw*?a=b/é"), "my%20gw%2A%3Fa=b/%C3%A9");
        assert_eq!(form(r#"ID == "gw-9"+"#), "ID+%3D%3D+%22gw-9%22%2B");
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
        fn what_is_encoded_is_decoded_again(text in ".{0,16}") {
            prop_assert_eq!(percent_decoded(&path(&text)), Some(text));
        }
    }
}
