//! The characters of identities (SPIFFE ids), as regular expressions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::go::url;

/// `name` as a regular expression for itself. Consul leaves dots as they are, so that `a.b` also lets `aXb` in.
pub fn escaped(name: &str) -> Cow<'_, str> {
    let is_special = |character: &u8| character.is_ascii_punctuation() && !matches!(character, b'-' | b'_');
    if !name.as_bytes().iter().any(is_special) {
        return Cow::Borrowed(name);
    }
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        if u8::try_from(character).is_ok_and(|byte| is_special(&byte)) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Cow::Owned(escaped)
}

/// The expression for a service's name, as Consul's CA writes it or as it is.
pub fn service(name: &str) -> Cow<'_, str> {
    if name.bytes().any(NAME.is_escaped) {
        name.bytes().map(|letter| NAME.letter(letter)).collect::<String>().into()
    } else {
        escaped(name)
    }
}

/// What a part of an identity is written in.
#[derive(Debug)]
pub struct Alphabet {
    /// Whether this byte may stand for itself.
    pub is_plain: fn(u8) -> bool,
    /// Whether this byte may be written as `%2A`.
    pub is_escaped: fn(u8) -> bool,
}

/// Namespaces, partitions and datacenters.
pub const PLAIN: Alphabet = Alphabet {
    is_plain: |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
    is_escaped: |_| false,
};

/// Names of services.
///
/// Consul's CA escapes what Go's `net/url` escapes in a path, and only that: were `%61pi` the same as `api`, a denied
/// `api` would get in by it. What it escapes may also stand for itself here.
pub const NAME: Alphabet = Alphabet {
    is_plain: |byte| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'/'),
    is_escaped: |byte| !url::is_plain_in_path(byte),
};

impl Alphabet {
    /// Any letter but these, as an alternative each for plain and escaped ones.
    pub fn but(&self, letters: &BTreeSet<u8>) -> (Option<String>, Option<String>) {
        let left =
            |is: fn(u8) -> bool| (0..=u8::MAX).filter(move |byte| is(*byte) && !letters.contains(byte));
        let plain: Vec<u8> = left(self.is_plain).collect();
        // Digits of the second place by those of the first.
        let mut seconds: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        for byte in left(self.is_escaped) {
            seconds.entry(digit(byte >> 4)).or_default().push(digit(byte & 15));
        }
        let mut firsts: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for (first, seconds) in seconds {
            firsts.entry(seconds).or_default().push(first);
        }
        let escapes: Vec<String> =
            firsts.iter().map(|(seconds, firsts)| class(firsts) + &class(seconds)).collect();
        let plain = (!plain.is_empty()).then(|| class(&plain));
        (plain, (!escapes.is_empty()).then(|| format!("%(?:{})", escapes.join("|"))))
    }

    /// Any letter.
    pub fn any(&self) -> String {
        let (plain, escape) = self.but(&BTreeSet::new());
        any_of(plain.into_iter().chain(escape).collect()).unwrap_or_default()
    }

    pub fn letter(&self, byte: u8) -> String {
        let plain = [byte];
        // Bytes that stand for themselves are ASCII.
        let plain = escaped(str::from_utf8(&plain).unwrap_or_default());
        if (self.is_escaped)(byte) {
            let escape = format!("%{byte:02X}");
            if (self.is_plain)(byte) { format!("(?:{plain}|{escape})") } else { escape }
        } else {
            plain.into_owned()
        }
    }
}

fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'A' - 10 + value }
}

/// A class of these ASCII characters, which are sorted.
fn class(characters: &[u8]) -> String {
    let write = |byte: u8| {
        let character = char::from(byte);
        if matches!(character, '[' | ']' | '\\' | '^' | '-') {
            format!("\\{character}")
        } else {
            character.to_string()
        }
    };
    let mut text = "[".to_owned();
    let mut rest = characters;
    while let [first, ..] = rest {
        let run = rest.iter().zip(*first..).take_while(|(found, next)| **found == *next).count();
        let (range, after) = rest.split_at(run);
        let last = range.last().unwrap_or(first);
        text.push_str(&write(*first));
        if range.len() > 2 {
            text.push('-');
        }
        if range.len() > 1 {
            text.push_str(&write(*last));
        }
        rest = after;
    }
    text.push(']');
    text
}

/// An expression for any of these.
pub fn any_of(mut list: Vec<String>) -> Option<String> {
    if list.len() > 1 { Some(format!("(?:{})", list.join("|"))) } else { list.pop() }
}
