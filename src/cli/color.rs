//! `--color`, the flag of every command: read before anything else, so that help and errors obey it, too.

use std::ffi::OsString;

use clap::ValueEnum as _;

use crate::output::colour::ColourChoice;

/// What a command line says, wherever it says so before `--`. What is not a choice is an error of the whole grammar.
pub fn choice(arguments: &[OsString]) -> ColourChoice {
    let mut words = arguments.get(1..).unwrap_or_default();
    let mut found = ColourChoice::default();
    while let Some((word, rest)) = words.split_first().filter(|(word, _)| *word != "--") {
        words = match flag(word, rest) {
            Some((value, rest)) => {
                found = ColourChoice::from_str(value, false).unwrap_or(found);
                rest
            }
            None => rest,
        };
    }
    found
}

/// The next word of a command's name, and what follows it; a `--color` before it is passed over.
pub fn next_word(mut words: &[OsString]) -> Option<(&str, &[OsString])> {
    loop {
        let (word, rest) = words.split_first()?;
        match flag(word, rest) {
            Some((_, rest)) => words = rest,
            None => return word.to_str().map(|word| (word, rest)),
        }
    }
}

/// The value of this flag, if `word` is it, and the words behind it.
fn flag<'word>(word: &'word OsString, rest: &'word [OsString]) -> Option<(&'word str, &'word [OsString])> {
    let text = word.to_str()?.strip_prefix('-')?;
    let text = text.strip_prefix('-').unwrap_or(text).strip_prefix("color")?;
    match (text.strip_prefix('='), rest) {
        (Some(value), _) => Some((value, rest)),
        (None, [value, rest @ ..]) if text.is_empty() => Some((value.to_str()?, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_flag_is_found_anywhere_before_the_double_dash() {
        for (line, expected) in [
            ("termgate run", ColourChoice::Auto),
            ("termgate --color never run", ColourChoice::Never),
            ("termgate run --color=always --help", ColourChoice::Always),
            ("termgate config diff -color=always x", ColourChoice::Always),
            ("termgate run -- --color never", ColourChoice::Auto),
            ("termgate run --color sometimes", ColourChoice::Auto),
            ("termgate run --color", ColourChoice::Auto),
            ("termgate run --colors never", ColourChoice::Auto),
        ] {
            assert_eq!(choice(&words(line)), expected, "{line}");
        }
    }

    #[test]
    fn a_commands_name_is_found_behind_it() {
        let line = words("--color never connect --color=always envoy -bootstrap");
        let (first, rest) = next_word(&line).unwrap();
        let (second, rest) = next_word(rest).unwrap();
        assert_eq!((first, second, rest.len()), ("connect", "envoy", 1));
        assert_eq!(next_word(&words("--color=never")), None);
    }
}
