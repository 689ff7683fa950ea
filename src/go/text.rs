//! Characters and letter case as Go's `strings` and `unicode` see them.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether Go's `unicode.IsPrint` holds.
pub fn is_printable(character: char) -> bool {
    use GeneralCategoryGroup::{Letter, Mark, Number, Punctuation, Symbol};
    character == ' '
        || character.is_ascii_graphic()
        || (!character.is_ascii()
            && matches!(character.general_category_group(), Letter | Mark | Number | Punctuation | Symbol))
}

/// Lower case, letter by letter: a final sigma is like any other, and no letter becomes two.
pub fn lower(text: &str) -> String {
    text.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect()
}

/// Whether two texts are the same but for case: `ſervices` is `Services`.
pub fn equal_fold(left: &str, right: &str) -> bool {
    left.chars().map(fold).eq(right.chars().map(fold))
}

/// A character after Unicode's simple case folding, as in Go's `strings.EqualFold`.
pub fn fold(character: char) -> char {
    let single = |mut mapped: Box<dyn Iterator<Item = char>>| match (mapped.next(), mapped.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let upper = single(Box::new(character.to_uppercase())).unwrap_or(character);
    single(Box::new(upper.to_lowercase())).unwrap_or(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_knows_the_long_s_and_the_kelvin_sign() {
        assert!(equal_fold("ſervices", "Services"));
        assert!(equal_fold("\u{212a}ind", "kind"));
        assert!(!equal_fold("service", "services"));
    }

    #[test]
    fn letters_are_lowercased_one_by_one() {
        for (text, lowered) in [("CANARY", "canary"), ("ΑΣ", "ασ"), ("İẞ", "iß"), ("\u{212a}", "k")] {
            assert_eq!(lower(text), lowered);
        }
    }
}
