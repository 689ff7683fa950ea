//! Linked services for which the agent does not answer every question.

use super::{Part, Snapshot};

/// The longest name that is nothing out of the ordinary, in bytes.
const LONGEST: usize = 255;

impl Snapshot {
    /// Takes a good answer about a part of a service.
    pub(super) fn note_answered(&mut self, service: &str, part: Part) {
        if let Some(parts) = self.unanswered.get_mut(service) {
            parts.remove(&part);
            if parts.is_empty() {
                self.unanswered.remove(service);
            }
        }
    }
}

/// Whether a name is one that agents are known to refuse: they register any text, and cannot answer about each.
pub fn is_unusual(name: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    matches!(name, "" | "." | "..") || name.len() > LONGEST || !name.bytes().all(is_usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters_digits_and_a_few_other_characters_are_usual() {
        for name in ["web", "Web_1.example-2", "a..b"] {
            assert!(!is_unusual(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "a b", "tab\tby", "a%2Fb", "a?b", "bücher", &"a".repeat(256)] {
            assert!(is_unusual(name), "{name}");
        }
    }
}
