//! Which regular expressions Envoy refuses: its dialect is RE2, that of this tool a little different.

use regex_lite::Regex;

/// RE2's limit on `{n,m}`.
const MAX_REPETITION: u32 = 1000;

/// Whether RE2 surely doesn't have this expression. Envoy refuses everything around one that it can't read.
///
/// What this tool cannot read is no error if it may be one of RE2's own forms.
pub fn refuses(expression: &str) -> bool {
    let only_re2_has = ["\\p", "\\P", "\\Q", "\\C", "[[:^"].iter().any(|form| expression.contains(form));
    translated(expression).is_none_or(|expression| Regex::new(&expression).is_err() && !only_re2_has)
}

/// Whether `expression` matches all of `text`; nothing if it cannot be evaluated here.
pub fn matches_whole(expression: &str, text: &str) -> Option<bool> {
    let regex = Regex::new(&format!("^(?:{})$", translated(expression)?)).ok()?;
    Some(regex.is_match(text))
}

/// `expression` with braces that stand for themselves escaped, as this tool's dialect wants; nothing if it has
/// a form that this tool reads and RE2 does not: `\u0061`, `(?x)`, `a**`, `a{1001}`.
fn translated(expression: &str) -> Option<String> {
    let mut translated = String::with_capacity(expression.len());
    let mut rest = expression;
    let mut in_class = false;
    let mut repeated = false;
    while let Some(character) = rest.chars().next() {
        let tail = rest.get(character.len_utf8()..).unwrap_or_default();
        let was_repeated = std::mem::take(&mut repeated);
        // How much of the expression this step takes.
        let mut after = tail;
        match character {
            '\\' => {
                let escaped = tail.chars().next();
                if matches!(escaped, Some('u' | 'U')) {
                    return None;
                }
                after = tail.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
            }
            ']' => in_class = false,
            _ if in_class => {}
            '[' => {
                in_class = true;
                // A bracket that comes first stands for itself.
                let tail = tail.strip_prefix('^').unwrap_or(tail);
                after = tail.strip_prefix(']').unwrap_or(tail);
            }
            '(' if tail.starts_with('?') && has_foreign_flag(tail) => return None,
            '(' => after = tail.strip_prefix('?').unwrap_or(tail),
            '*' | '+' | '?' if was_repeated => return None,
            '*' | '+' | '?' => {
                after = tail.strip_prefix('?').unwrap_or(tail);
                repeated = true;
            }
            '{' => match repetition(tail) {
                None => translated.push('\\'),
                Some((numbers, _)) if was_repeated || repeats_too_often(numbers) => return None,
                Some((_, tail)) => {
                    after = tail.strip_prefix('?').unwrap_or(tail);
                    repeated = true;
                }
            },
            _ => {}
        }
        translated.push_str(rest.get(..rest.len() - after.len()).unwrap_or_default());
        rest = after;
    }
    Some(translated)
}

fn repeats_too_often(numbers: &str) -> bool {
    let is_too_many = |number: &str| number.parse().map_or(true, |number: u32| number > MAX_REPETITION);
    numbers.split(',').any(|number| !number.is_empty() && is_too_many(number))
}

/// `(?i)`, `(?s-m:`: RE2 has the flags i, m, s and U.
fn has_foreign_flag(group: &str) -> bool {
    let flags = group.strip_prefix('?').unwrap_or_default();
    let Some(end) = flags.find([')', ':']) else { return false };
    let flags = flags.get(..end).unwrap_or_default();
    flags.chars().all(|flag| flag.is_ascii_alphabetic() || flag == '-')
        && !flags.chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U' | '-'))
}

/// `2,5}…` into `2,5` and what follows; nothing where the brace stands for itself.
fn repetition(tail: &str) -> Option<(&str, &str)> {
    let (numbers, after) = tail.split_once('}')?;
    let starts_with_digit = numbers.starts_with(|c: char| c.is_ascii_digit());
    let is_numbers = numbers.chars().all(|c| c.is_ascii_digit() || c == ',');
    (starts_with_digit && is_numbers).then_some((numbers, after))
}

#[cfg(test)]
mod tests {
    use super::{matches_whole, refuses};

    // What Envoy 1.40 said of each, with `--mode validate`.
    #[test]
    fn agrees_with_envoy() {
        for expression in
            ["/(a", "/\\u0061", "/a{1,2000}", "/a{1001}", "/(?x)a", "/(?R)a", "/a**", "/\\1", "/(?=a)", "/[^"]
        {
            assert!(refuses(expression), "{expression}");
        }
        for expression in [
            "/\\pL+",
            "/[[:^alpha:]]",
            "/\\<a",
            "/(?i)a",
            "/(?P<n>a)",
            "/(?<n>a)",
            "/\\Qa.b\\E",
            "/\\z",
            "/\\x{61}",
            "/\\d\\w\\s\\B\\A",
            "/[a-z]{1,500}/[0-9]{1,500}",
            "/v[0-9]+/items(/.*)?",
            "/a*?b+?c??",
            "/[]a]",
            "/[*+]+",
            "/a{,5}",
            "(?:a|b){2}",
            "",
        ] {
            assert!(!refuses(expression), "{expression}");
        }
    }

    #[test]
    fn braces_that_are_no_repetition_stand_for_themselves() {
        assert_eq!(matches_whole("/{id}/x{2}", "/{id}/xx"), Some(true));
        assert_eq!(matches_whole("/[{]{1}", "/{"), Some(true));
        assert_eq!(matches_whole("/a", "/ab"), Some(false));
        assert_eq!(matches_whole("/\\pL", "/a"), None);
    }
}
