//! Regular expressions of RE2's syntax, which Go's `regexp` and Envoy share, on top of `regex-lite`.
//!
//! The two agree but for a few forms, which are translated or refused here: an expression must not match something else
//! than it does in Consul.

use regex_lite::Regex;

/// The largest number in `{n,m}`.
const MAX_REPETITION: u64 = 1000;

/// What Go and Envoy take for white space; `regex-lite` also takes a vertical tab.
const SPACE: &str = r"\t\n\f\r ";

/// Compiles an expression as Go would.
pub fn compile(expression: &str) -> Result<Regex, String> {
    Regex::new(&translated(expression)?).map_err(|error| error.to_string())
}

/// Compiles an expression that has to match a whole text.
pub fn compile_whole(expression: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{})$", translated(expression)?)).map_err(|error| error.to_string())
}

/// What the expression read so far ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing that can be repeated.
    Start,
    Operand,
    /// A repetition, perhaps with its `?`.
    Repetition {
        lazy: bool,
    },
}

/// The same expression in the syntax of `regex-lite`; fails in Go's words.
fn translated(expression: &str) -> Result<String, String> {
    let mut output = String::with_capacity(expression.len());
    let mut rest = expression;
    let mut before = Last::Start;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        (rest, before) = match next {
            '\\' => escape(after, before, &mut output)?,
            '[' => (class(after, &mut output)?, Last::Operand),
            '(' => {
                output.push('(');
                let flags = after.strip_prefix('?');
                if let Some(flags) = flags {
                    check_flags(flags)?;
                    // The `?` of `(?i)` and `(?:…)` is not a repetition.
                    output.push('?');
                }
                (flags.unwrap_or(after), Last::Start)
            }
            '*' | '+' | '?' => (after, repeat(before, next.encode_utf8(&mut [0; 4]), &mut output)?),
            '{' => match repetition(after.as_bytes()) {
                None => {
                    // A brace that starts no repetition stands for itself.
                    output.push_str("\\{");
                    (after, Last::Operand)
                }
                Some((least, most, length)) => {
                    let (operator, tail) = rest.split_at(1 + length);
                    if least > MAX_REPETITION
                        || most.is_some_and(|most| most > MAX_REPETITION || most < least)
                    {
                        return Err(format!("invalid repeat count: `{operator}`"));
                    }
                    (tail, repeat(before, operator, &mut output)?)
                }
            },
            '|' => {
                output.push('|');
                (after, Last::Start)
            }
            _ => {
                output.push(next);
                (after, Last::Operand)
            }
        };
    }
    Ok(output)
}

/// Appends an operator of repetition, if it may stand there.
fn repeat(before: Last, operator: &str, output: &mut String) -> Result<Last, String> {
    let repeated = match before {
        Last::Repetition { lazy: false } if operator == "?" => Last::Repetition { lazy: true },
        Last::Repetition { .. } => {
            return Err(format!("invalid nested repetition operator: `{operator}`"));
        }
        Last::Start => return Err(format!("missing argument to repetition operator: `{operator}`")),
        Last::Operand => Last::Repetition { lazy: false },
    };
    output.push_str(operator);
    Ok(repeated)
}

/// The numbers of `2,5}…`, and how long that is; nothing where the brace before it stands for itself.
pub fn repetition(text: &[u8]) -> Option<(u64, Option<u64>, usize)> {
    let (least, rest) = number(text)?;
    let (most, rest) = match rest.strip_prefix(b",") {
        None => (Some(least), rest),
        Some(rest) if rest.starts_with(b"}") => (None, rest),
        Some(rest) => {
            let (most, rest) = number(rest)?;
            (Some(most), rest)
        }
    };
    Some((least, most, text.len() - rest.strip_prefix(b"}")?.len()))
}

/// A number without zeros before it; one that is too large for anything is the largest.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with(b"0")) {
        return None;
    }
    let digits = digits
        .iter()
        .try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    Some((digits.unwrap_or(u64::MAX), rest))
}

/// Translates what follows a backslash outside of a class.
fn escape<'a>(after: &'a str, before: Last, output: &mut String) -> Result<(&'a str, Last), String> {
    if let Some(quoted) = after.strip_prefix('Q') {
        let (text, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
        output.push_str(&regex_lite::escape(text));
        return Ok((rest, if text.is_empty() { before } else { Last::Operand }));
    }
    let rest = match after.chars().next() {
        Some('s') => {
            output.extend(["[", SPACE, "]"]);
            after.get(1..)
        }
        Some('S') => {
            output.extend(["[^", SPACE, "]"]);
            after.get(1..)
        }
        Some(letter @ ('d' | 'D' | 'w' | 'W' | 'b' | 'B' | 'A' | 'z')) => {
            output.extend(['\\', letter]);
            after.get(1..)
        }
        _ => Some(escaped(after, output)?),
    };
    Ok((rest.unwrap_or_default(), Last::Operand))
}

/// Translates an escape that stands for one character.
fn escaped<'a>(after: &'a str, output: &mut String) -> Result<&'a str, String> {
    let Some(first) = after.chars().next() else {
        return Err("trailing backslash at end of expression".to_owned());
    };
    let rest = after.get(first.len_utf8()..).unwrap_or_default();
    let invalid = || format!("invalid escape sequence: `\\{first}`");
    let (code, rest) = match first {
        'a' | 'f' | 'n' | 'r' | 't' | 'v' => {
            output.extend(['\\', first]);
            return Ok(rest);
        }
        'x' => match rest.strip_prefix('{') {
            Some(inner) => {
                let (digits, rest) = inner.split_once('}').ok_or_else(invalid)?;
                (code(digits, 16), rest)
            }
            None => (rest.get(..2).and_then(|digits| code(digits, 16)), rest.get(2..).unwrap_or_default()),
        },
        '0'..='7' => {
            let is_octal = |digit: &char| matches!(digit, '0'..='7');
            let length = after.chars().take(3).take_while(is_octal).count();
            // A single digit other than zero would refer to a group.
            if first != '0' && length < 2 {
                return Err(invalid());
            }
            (after.get(..length).and_then(|digits| code(digits, 8)), after.get(length..).unwrap_or_default())
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => (Some(other), rest),
        _ => return Err(invalid()),
    };
    output.push_str(&regex_lite::escape(code.ok_or_else(invalid)?.encode_utf8(&mut [0; 4])));
    Ok(rest)
}

fn code(digits: &str, radix: u32) -> Option<char> {
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten().and_then(char::from_u32)
}

/// Translates a class in brackets, behind the first of them.
fn class<'a>(text: &'a str, output: &mut String) -> Result<&'a str, String> {
    let mut rest = text;
    output.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        output.push('^');
        rest = after;
    }
    // A bracket at the very start stands for itself.
    if let Some(after) = rest.strip_prefix(']') {
        output.push_str("\\]");
        rest = after;
    }
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        rest = match next {
            ']' => {
                output.push(']');
                return Ok(after);
            }
            '[' if after.strip_prefix(':').is_some_and(|name| name.contains(":]")) => {
                let (name, rest) = after.split_once(":]").unwrap_or((after, ""));
                output.extend(["[", name, ":]"]);
                rest
            }
            // Operators and nested classes of other dialects.
            '[' | '&' | '~' => {
                output.extend(['\\', next]);
                after
            }
            '\\' => match after.chars().next() {
                Some('s') => {
                    output.push_str(SPACE);
                    after.get(1..).unwrap_or_default()
                }
                Some('S') => return Err(r"`\S` in a class is not supported".to_owned()),
                Some(letter @ ('d' | 'D' | 'w' | 'W')) => {
                    output.extend(['\\', letter]);
                    after.get(1..).unwrap_or_default()
                }
                _ => escaped(after, output)?,
            },
            _ => {
                output.push(next);
                after
            }
        };
    }
    Err(format!("missing closing ]: `[{text}`"))
}

/// Refuses the flags, and the looking around, that RE2 does not have. `flags` follows `(?`.
fn check_flags(flags: &str) -> Result<(), String> {
    let end = flags.find([':', ')', '<', 'P', '=', '!']).unwrap_or(flags.len());
    match flags.chars().take(end).find(|flag| !"imsU-".contains(*flag)) {
        Some(flag) => Err(format!("invalid or unsupported Perl syntax: `(?{flag}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(expression: &str, text: &str) -> bool {
        compile(expression).unwrap_or_else(|error| panic!("{expression}: {error}")).is_match(text)
    }

    #[test]
    fn expressions_match_as_in_go() {
        for (expression, text) in [
            ("eth1", "veth10"),
            (r"^(en|eth)\d+$", "eth12"),
            ("(?i)ETH0", "eth0"),
            (r"\Qbond0.\E1", "bond0.100"),
            ("[[:alpha:]]+[0-9]", "eth0"),
            ("a{,2}", "a{,2}"),
            ("^a{01}$", "a{01}"),
            ("^{id}$", "{id}"),
            ("[]x]", "]"),
            ("[^]x]", "a"),
            ("[{]{1}", "{"),
            ("x{2,3}?", "xx"),
            ("[a-z&&b]", "&"),
            ("[[a]]", "[]"),
            (r"^\s$", "\t"),
            (r"^[\sx]+$", " x\n"),
            (r"^\S$", "\u{b}"),
            (r"^\x{61}\x62\143\061\.$", "abc1."),
            (r"^[\x61-\x{63}\]]+$", "abc]"),
            (r"^\<a\>$", "<a>"),
            (r"a\Q\E*", "aaa"),
        ] {
            assert!(matches(expression, text), "{expression} does not match {text:?}");
        }
        for (expression, text) in [
            (r"\Qbond0.\E", "bond01"),
            (r"^\s$", "\u{b}"),
            (r"[\s]", "\u{b}"),
            (r"^\x{2e}$", "a"),
            ("^a{2}$", "a{2}"),
        ] {
            assert!(!matches(expression, text), "{expression} matches {text:?}");
        }
        assert!(compile_whole("a|b").unwrap().is_match("b") && !compile_whole("a|b").unwrap().is_match("ab"));
    }

    #[test]
    fn expressions_that_go_refuses_are_refused() {
        for expression in [
            "[",
            "*",
            "(",
            "a**",
            "a+*",
            "(?=eth)",
            "(?x)a",
            r"\u0061",
            r"\1",
            r"\8",
            "a{1001}",
            "a{2,1}",
            "|*",
            r"a\",
            "(*)",
            ")",
            r"\xg1",
            r"\x{110000}",
            r"\x{",
            r"\E",
            r"\Q\E*",
            r"\Z",
            r"\é",
            "[a",
            "a{99999999999999999999}",
        ] {
            assert!(compile(expression).is_err(), "{expression}");
        }
    }

    proptest! {
        #[test]
        fn a_quoted_text_matches_itself_only(text in "[^\\\\]{0,12}", other in ".{0,12}") {
            let expression = compile_whole(&format!(r"\Q{text}\E")).unwrap();
            prop_assert!(expression.is_match(&text));
            prop_assert_eq!(expression.is_match(&other), text == other);
        }

        #[test]
        fn no_text_panics(text in r"[-a-c\\QEx0-9{},()\[\]:^$*+?|&~é]{0,24}") {
            let _ = (compile(&text), compile_whole(&text));
        }
    }
}
