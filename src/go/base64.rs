//! Base64 as Go's `encoding/base64` reads it.

/// Decodes standard base64 with padding, line ends passed over. Of a broken text: what comes before the fault, and the
/// place of the fault in bytes.
pub fn decode(text: &str) -> (Vec<u8>, Option<usize>) {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut bytes = text.bytes().enumerate().filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'));
    loop {
        let (mut group, mut digits) = (0_u32, 0);
        while digits < 4 {
            match bytes.next() {
                None if digits == 0 => return (decoded, None),
                None => return (decoded, Some(text.len() - digits)),
                Some((place, byte)) => match digit(byte) {
                    Some(value) => {
                        group = group << 6 | value;
                        digits += 1;
                    }
                    None if byte == b'=' && digits >= 2 => {
                        let second =
                            if digits == 2 { bytes.next().map(|(_, byte)| byte) } else { Some(b'=') };
                        if second != Some(b'=') {
                            let place = if second.is_none() { text.len() } else { place };
                            return (decoded, Some(place));
                        }
                        group <<= 6 * (4 - digits);
                        let [_, first, second, _] = group.to_be_bytes();
                        decoded.push(first);
                        decoded.extend((digits == 3).then_some(second));
                        return (decoded, bytes.next().map(|(place, _)| place));
                    }
                    None => return (decoded, Some(place)),
                },
            }
        }
        let [_, first, second, third] = group.to_be_bytes();
        decoded.extend([first, second, third]);
    }
}

fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::decode;

    #[test]
    fn a_broken_text_gives_what_comes_before_the_fault() {
        assert_eq!(decode("aGVs\r\nbG8=\n"), (b"hello".to_vec(), None));
        assert_eq!(decode("***"), (Vec::new(), Some(0)));
        assert_eq!(decode("aGVsbG*="), (b"hel".to_vec(), Some(6)));
        assert_eq!(decode("aGVsbG"), (b"hel".to_vec(), Some(4)));
        assert_eq!(decode("aGU=x"), (b"he".to_vec(), Some(4)));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(decode(&STANDARD.encode(&bytes)), (bytes, None));
        }

        #[test]
        fn no_text_panics(text in "[A-Za-z=*\n]{0,20}") {
            let _ = decode(&text);
        }
    }
}
