//! Regular expressions as Envoy reads them, in the dialect of RE2.

mod bytes;
mod syntax;

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex_lite::Regex;

use crate::go::regexp;

/// The longest example that is made of an expression, in bytes.
const MAX_EXAMPLE: usize = 4096;

/// Why Envoy refuses everything around `expression`, as the end of a sentence about it; nothing if it takes it.
pub fn refusal(expression: &str) -> Option<&'static str> {
    syntax::check(expression).err().map(syntax::Refusal::reason)
}

/// Regular expressions, each compiled once.
#[derive(Debug, Default)]
pub struct Expressions(RefCell<BTreeMap<String, Option<Regex>>>);

impl Expressions {
    /// Whether `expression` matches all of `text`; nothing if it cannot be evaluated here.
    pub fn matches_whole(&self, expression: &str, text: &str) -> Option<bool> {
        let mut compiled = self.0.borrow_mut();
        if !compiled.contains_key(expression) {
            let is_valid = syntax::check(expression).is_ok();
            let regex = is_valid.then(|| regexp::compile_whole(expression).ok()).flatten();
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
        let repetition = self.rest.strip_prefix('{').and_then(|rest| regexp::repetition(rest.as_bytes()));
        let fewest = if let Some((fewest, _, length)) = repetition {
            self.rest = self.rest.get(1 + length..).unwrap_or_default();
            usize::try_from(fewest).unwrap_or(usize::MAX)
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

#[cfg(test)]
mod tests {
    //! What Envoy 1.40 said of each, with `--mode validate`.

    use super::syntax::Refusal;
    use super::{Expressions, example, literal_prefix, refusal};

    const NOT_RE2: &[&str] = &[
        "\\p{Foo1}",
        "\\p{Xx}",
        "\\h",
        "\\R",
        "\\Z",
        "\\G",
        "\\e",
        "\\8",
        "\\1",
        "\\x6",
        "\\x{110000}",
        "\\x{100}",
        "\\x{}",
        "\\777",
        "[b-a]",
        "[a-\\d]",
        "[[:foo:]]",
        "[]",
        "[^]",
        "[a",
        "{1}",
        "*",
        "+a",
        "a|*",
        "(*a)",
        "(?",
        "(?:",
        "(?i",
        "(?i)*",
        "(?P<a",
        "(?P<é>x)",
        "(?P<>x)",
        "(?<a-b>x)",
        "(?'a'x)",
        "(?i-)",
        "(?-)",
        "(?--i)a",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        "a++",
        "a*+",
        "a{2}+",
        "a{2}??",
        "a{2}{500}",
        "\\",
        "[\\",
        "\\é",
        "\\Q\\E*",
        "\\E",
        "\\p",
        "\\p{",
        "\\P{L",
        "[\\Q]\\E]",
        "[\\b]",
        "[a--b]",
        "[é-a]",
        "(?#comment)",
        "\\cA",
        "\\N",
        "(?x: a)",
        "(?P=a)",
        "(?&a)",
        "(?R)",
        "\\g1",
        "\\k<a>",
        "(?|a|b)",
        "a)",
        "(a",
        "/\\u0061",
        "/(?x)a",
        "/a**",
        "/(?=a)",
        "/[^",
    ];

    const RE2: &[&str] = &[
        "(?:(?:a*)*)*",
        "a|b|",
        "()",
        "(|a)",
        "^*",
        "$+",
        "\\b*",
        "(?:^)*",
        "x{0}",
        "|||",
        "(?i)[A-Z]",
        "[[:word:]]",
        "\\p{Lu}",
        "\\p{^Lu}",
        "\\a\\f\\v\\t\\n\\r",
        "\\0",
        "\\07",
        "\\123",
        "[\\d-z]",
        "[[.a.]]",
        "[[=a=]]",
        "a]",
        "}",
        "{",
        "(?P<a>x)(?P<a>y)",
        "(?P<1a>x)",
        "(?i:a)",
        "(?U)a+",
        "a{,2}",
        "a{ 2}",
        "a{2,3,4}",
        "a{1a}",
        "a{99999999999}",
        "a{01}",
        "\\_",
        "\\-",
        "\\ ",
        "\\Qa+",
        "a\\Q\\E*",
        "\\C",
        "\\pC",
        "[\\pL]",
        "[a&&b]",
        "[[a]]",
        "a#b",
        "[\\w-a]",
        "[a-b-c]",
        "\\b{start}",
        "(?s-i)a",
        "(?ii)a",
        "(?)a",
        "a(?i)*",
        "a*(?i)*",
        "é+",
        "[é-ü]",
        "[日-本]",
        "(?i)ſ",
        "a\0b",
        "$$",
        "(?:)*",
        "(){1000}",
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
        "\\p{Greek}",
        "\\p{Yi}",
        "(?P<ê>x)",
        "(a{10}){100}",
        "((a{10}){10}){10}",
        "(a{2,}){500}",
        "(a{2,3}){333}",
        "(a{0}){1000}",
        "(a{1}){1000}",
        "(a*){1000}",
        "(a{2}|b{3}){333}",
        "((((a{10})b{10}){10})c){10}",
    ];

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
    fn the_common_start_of_all_matches_is_literal() {
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

    #[test]
    fn agrees_with_envoy_on_syntax() {
        for expression in NOT_RE2 {
            assert_eq!(refusal(expression), Some(Refusal::Syntax.reason()), "{expression}");
        }
        for expression in RE2 {
            assert_eq!(refusal(expression), None, "{expression}");
        }
        let nested = ["(".repeat(30_000), "a".to_owned(), ")".repeat(30_000)].concat();
        assert_eq!(refusal(&nested), None);
    }

    #[test]
    fn agrees_with_envoy_on_nested_repetition() {
        for expression in [
            "a{2,1}",
            "a{1001}",
            "a{1,2000}",
            "(a{10}){101}",
            "(a{2}){501}",
            "(a{2,}){501}",
            "(a{2,3}){334}",
            "(a{0}b{2}){501}",
            "((?:a{1000}){0}){5}",
            "(a{2}|b{3}){334}",
            "((a{2,3}){10}){40}",
            "((){1000}){1000}",
        ] {
            assert_eq!(refusal(expression), Some(Refusal::Repetition.reason()), "{expression}");
        }
    }

    /// Each part, and how many instructions it is when it stands between others: measured with Envoy 1.40 by how many fit.
    #[test]
    fn a_program_has_the_same_size_as_envoys() {
        for (part, size) in [
            ("a", 1),
            ("(a)", 3),
            ("a*", 2),
            ("a?", 2),
            ("(?:a|b)", 1),
            ("(?:ab|cd)", 5),
            (".", 3),
            ("(?s:.)", 1),
            ("[^a]", 3),
            ("[a-z0-9]", 3),
            (r"\w", 5),
            (r"\W", 9),
            (r"\d", 1),
            (r"\pL", 13),
            (r"\PL", 15),
            (r"\pN", 7),
            ("é", 2),
            ("[é]", 3),
            ("(?i:[a-z0-9])", 3),
            (r"[\s\S]", 1),
            (r"\C", 1),
            (r"\Qa.b\E", 3),
            ("(?:a|[bc]|d|ef|g)", 6),
            ("(?:|a)", 3),
        ] {
            let fits = 698_900 / size;
            let of = |count: usize| {
                let thousands = format!("(?:{part}){{1000}}").repeat(count / 1000);
                format!("{thousands}(?:{part}){{{}}}", count % 1000)
            };
            assert_eq!(refusal(&of(fits)), None, "{part}");
            assert_eq!(refusal(&of(fits + 60)), Some(Refusal::Size.reason()), "{part}");
        }
    }

    #[test]
    fn braces_without_a_repetition_are_literal() {
        assert_eq!(matches_whole("/{id}/x{2}", "/{id}/xx"), Some(true));
        assert_eq!(matches_whole("/[{]{1}", "/{"), Some(true));
        assert_eq!(matches_whole("/a", "/ab"), Some(false));
        assert_eq!(matches_whole("/\\Qa.b\\E[a&&b]", "/a.b&"), Some(true));
        assert_eq!(matches_whole("/\\pL", "/a"), None);
    }
}
