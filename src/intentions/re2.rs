//! Which regular expressions Envoy refuses: its dialect is RE2, that of this tool a little different.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex_lite::Regex;

/// RE2's limit on `{n,m}`.
const MAX_REPETITION: u32 = 1000;

/// The longest example that is made of an expression, in bytes.
const MAX_EXAMPLE: usize = 4096;

/// Whether RE2 surely doesn't have this expression. Envoy refuses everything around one that it can't read.
///
/// What this tool cannot read is no error if it may be one of RE2's own forms.
pub fn refuses(expression: &str) -> bool {
    let only_re2_has = ["\\p", "\\P", "\\Q", "\\C", "[[:^"].iter().any(|form| expression.contains(form));
    translated(expression).is_none_or(|expression| Regex::new(&expression).is_err() && !only_re2_has)
}

/// Regular expressions, each compiled once.
#[derive(Debug, Default)]
pub struct Expressions(RefCell<BTreeMap<String, Option<Regex>>>);

impl Expressions {
    /// Whether `expression` matches all of `text`; nothing if it cannot be evaluated here.
    pub fn matches_whole(&self, expression: &str, text: &str) -> Option<bool> {
        let mut compiled = self.0.borrow_mut();
        if !compiled.contains_key(expression) {
            let regex =
                translated(expression).and_then(|translated| Regex::new(&format!("^(?:{translated})$")).ok());
            compiled.insert(expression.to_owned(), regex);
        }
        Some(compiled.get(expression)?.as_ref()?.is_match(text))
    }
}

/// A text that `expression` matches, if one is easily found.
pub fn example(expression: &str) -> Option<String> {
    let expressions = Expressions::default();
    // One that cannot be read, or is nested too deep, ends here.
    let matches_nothing = expressions.matches_whole(expression, "")?;
    let text = if matches_nothing { String::new() } else { Reader { rest: expression }.alternatives() };
    (!expression.is_empty() && expressions.matches_whole(expression, &text)?).then_some(text)
}

/// What every text that `expression` matches starts with; empty if that is not easily seen.
pub fn literal_prefix(expression: &str) -> String {
    let mut prefix = String::new();
    let mut rest = expression.strip_prefix('^').unwrap_or(expression);
    if rest.contains('|') {
        return prefix;
    }
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        let literal = match character {
            '\\' => {
                let escaped = rest.chars().nth(1).filter(char::is_ascii_punctuation);
                taken += 1;
                escaped
            }
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => None,
            other => Some(other),
        };
        let Some(literal) = literal else { break };
        rest = rest.get(taken..).unwrap_or_default();
        // An optional part does not belong to it.
        if rest.starts_with(['*', '?', '{']) {
            break;
        }
        prefix.push(literal);
    }
    prefix
}

/// Makes an example of an expression while reading it: of alternatives the first, of repetitions the fewest.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        Some(character)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn alternatives(&mut self) -> String {
        let first = self.sequence();
        while self.take("|") {
            self.sequence();
        }
        first
    }

    fn sequence(&mut self) -> String {
        let mut text = String::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let atom = self.atom();
            let times = self.fewest();
            if text.len() + atom.len().saturating_mul(times) <= MAX_EXAMPLE {
                text.push_str(&atom.repeat(times));
            }
        }
        text
    }

    fn atom(&mut self) -> String {
        match self.next() {
            Some('(') => {
                if self.take("?") {
                    let end = self.rest.find([':', ')', '>']).unwrap_or(self.rest.len());
                    self.rest = self.rest.get(end..).unwrap_or_default();
                    if !self.rest.starts_with(')') {
                        self.next();
                    }
                }
                let inner = self.alternatives();
                self.take(")");
                inner
            }
            Some('[') => self.class().to_string(),
            Some('.') => "x".to_owned(),
            Some('^' | '$') | None => String::new(),
            Some('\\') => self.escaped().map_or_else(String::new, String::from),
            Some(other) => other.to_string(),
        }
    }

    fn escaped(&mut self) -> Option<char> {
        match self.next()? {
            'd' => Some('0'),
            'w' | 'S' | 'D' => Some('a'),
            's' => Some(' '),
            'W' => Some('-'),
            'b' | 'B' | 'A' | 'z' => None,
            other => Some(other),
        }
    }

    /// Of a class its first member; `x` for one that is said by what it is not.
    fn class(&mut self) -> char {
        let is_negated = self.take("^");
        let first = match self.next() {
            Some('\\') => self.escaped().unwrap_or('x'),
            Some('[') if self.rest.starts_with(':') => {
                self.skip_name();
                'a'
            }
            Some(other) => other,
            None => 'x',
        };
        while let Some(character) = self.next() {
            match character {
                ']' => break,
                '\\' => drop(self.next()),
                '[' if self.rest.starts_with(':') => self.skip_name(),
                _ => {}
            }
        }
        if is_negated { 'x' } else { first }
    }

    /// The rest of `[:alpha:]`.
    fn skip_name(&mut self) {
        let end = self.rest.find(":]").map_or(self.rest.len(), |end| end + 2);
        self.rest = self.rest.get(end..).unwrap_or_default();
    }

    /// The fewest times that what was just read may stand there.
    fn fewest(&mut self) -> usize {
        let repetition = self.rest.strip_prefix('{').and_then(repetition);
        let fewest = if let Some((numbers, after)) = repetition {
            self.rest = after;
            numbers.split(',').next().and_then(|number| number.parse().ok()).unwrap_or(1)
        } else if self.take("*") || self.take("?") {
            0
        } else if self.take("+") {
            1
        } else {
            return 1;
        };
        // As few as possible, or as many.
        self.take("?");
        fewest
    }
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
    use super::{Expressions, example, literal_prefix, refuses};

    fn matches_whole(expression: &str, text: &str) -> Option<bool> {
        Expressions::default().matches_whole(expression, text)
    }

    #[test]
    fn examples_match() {
        for (expression, text) in [
            ("/admin(/.*)?", "/admin"),
            ("/(v1|v2)/users/[0-9]+", "/v1/users/0"),
            ("^/a\\.b{2,3}c?$", "/a.bb"),
            ("(?i)/A(?:b|c)+?", "/Ab"),
            ("/[^/]+/[[:alpha:]x]*", "/x/"),
            ("/\\w\\d(?P<n>z)", "/a0z"),
            ("/[]a]", "/]"),
        ] {
            assert_eq!(example(expression).as_deref(), Some(text), "{expression}");
        }
        for expression in ["", "/(a", "/\\pL", "[^x]", &"(".repeat(100_000), "/a{1001}"] {
            assert_eq!(example(expression), None, "{}", expression.len());
        }
    }

    #[test]
    fn what_all_matches_start_with_is_literal() {
        for (expression, prefix) in [
            ("/a/\\.\\./b.*", "/a/../b"),
            ("^/ab*", "/a"),
            ("/ab?c", "/a"),
            ("/a+b", "/a"),
            ("/a|/b", ""),
            ("(?i)/a", ""),
            ("/\\x61", "/"),
            ("/\u{e9}*x", "/"),
        ] {
            assert_eq!(literal_prefix(expression), prefix, "{expression}");
        }
    }

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
