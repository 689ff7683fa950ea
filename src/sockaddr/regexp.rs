//! Go's regular expressions (RE2) on top of `regex-lite`.
//!
//! The two agree but for a few forms, which are translated or refused here: a pattern must not match something
//! else than it does in Consul.

use regex_lite::Regex;

/// Compiles a pattern as Go would.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let translated = translate(pattern)?;
    Regex::new(&translated).map_err(|error| error.to_string())
}

/// What the pattern read so far ends with.
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

fn translate(pattern: &str) -> Result<String, String> {
    let mut output = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut last = Last::Start;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or("");
        match next {
            '\\' if after.starts_with('Q') => {
                let quoted = after.get(1..).unwrap_or("");
                let (text, remaining) = quoted.split_once("\\E").unwrap_or((quoted, ""));
                output.push_str(&regex_lite::escape(text));
                rest = remaining;
                if !text.is_empty() {
                    last = Last::Operand;
                }
                continue;
            }
            '\\' => {
                let Some(escaped) = after.chars().next() else {
                    return Err("trailing backslash at end of expression".to_owned());
                };
                if escaped.is_alphanumeric() && !"aftnrvxdDsSwWbBAz".contains(escaped) {
                    return Err(format!("invalid escape sequence: `\\{escaped}`"));
                }
                if escaped == '<' || escaped == '>' {
                    // regex-lite reads `\<` as the start of a word.
                    output.push(escaped);
                } else {
                    output.push('\\');
                    output.push(escaped);
                }
                rest = after.get(escaped.len_utf8()..).unwrap_or("");
                last = Last::Operand;
                continue;
            }
            '[' => {
                let length = class_length(rest);
                output.push_str(&escape_class(rest.get(..length).unwrap_or(rest)));
                rest = rest.get(length..).unwrap_or("");
                last = Last::Operand;
                continue;
            }
            '(' => {
                if let Some(flags) = after.strip_prefix('?') {
                    let end = flags.find([':', ')', '<', 'P', '=', '!']).unwrap_or(flags.len());
                    let unknown =
                        flags.get(..end).unwrap_or("").chars().find(|flag| !"imsU-".contains(*flag));
                    if let Some(flag) = unknown {
                        return Err(format!("invalid or unsupported Perl syntax: `(?{flag}`"));
                    }
                }
                output.push(next);
                last = Last::Start;
                // The `?` of `(?i)` and `(?:…)` is no repetition.
                if let Some(flags) = after.strip_prefix('?') {
                    output.push('?');
                    rest = flags;
                    continue;
                }
            }
            '*' | '+' | '?' | '{' => {
                let Some(length) = repetition_length(rest) else {
                    // Go takes a brace that starts no repetition literally.
                    output.push_str("\\{");
                    rest = after;
                    last = Last::Operand;
                    continue;
                };
                let operator = rest.get(..length).unwrap_or(rest);
                last = match last {
                    Last::Repetition { lazy: false } if operator == "?" => Last::Repetition { lazy: true },
                    Last::Repetition { .. } => {
                        return Err(format!("invalid nested repetition operator: `{operator}`"));
                    }
                    Last::Start => {
                        return Err(format!("missing argument to repetition operator: `{operator}`"));
                    }
                    Last::Operand => Last::Repetition { lazy: false },
                };
                if repetition_bounds(operator).any(|bound| bound.is_none_or(|bound| bound > 1000)) {
                    return Err(format!("invalid repeat count: `{operator}`"));
                }
                output.push_str(operator);
                rest = rest.get(length..).unwrap_or("");
                continue;
            }
            '|' => {
                output.push(next);
                last = Last::Start;
            }
            _ => {
                output.push(next);
                last = Last::Operand;
            }
        }
        rest = after;
    }
    Ok(output)
}

/// The length of `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}` at the start of the text.
fn repetition_length(text: &str) -> Option<usize> {
    let Some(inner) = text.strip_prefix('{') else { return Some(1) };
    let end = inner.find('}')?;
    let (minimum, maximum) = inner.get(..end)?.split_once(',').unwrap_or((inner.get(..end)?, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    (!minimum.is_empty() && digits(minimum) && digits(maximum)).then_some(end + 2)
}

fn repetition_bounds(operator: &str) -> impl Iterator<Item = Option<u32>> {
    operator
        .trim_matches(['{', '}', '*', '+', '?'])
        .split(',')
        .filter(|bound| !bound.is_empty())
        .map(|bound| bound.parse().ok())
}

/// The length of the character class at the start of the text; all of it when the class is not closed.
fn class_length(text: &str) -> usize {
    let mut position = 1;
    let skip = |position: usize, prefix: &str| {
        text.get(position..).is_some_and(|rest| rest.starts_with(prefix)).then_some(position + prefix.len())
    };
    position = skip(position, "^").unwrap_or(position);
    // A bracket at the very start is literal.
    position = skip(position, "]").unwrap_or(position);
    while let Some(next) = text.get(position..).and_then(|rest| rest.chars().next()) {
        match next {
            ']' => return position + 1,
            '\\' => {
                let escaped = text.get(position + 1..).and_then(|rest| rest.chars().next());
                position += 1 + escaped.map_or(0, char::len_utf8);
            }
            '[' if skip(position, "[:").is_some() => {
                position = match text.get(position..).and_then(|rest| rest.find(":]")) {
                    Some(length) => position + length + 2,
                    None => position + 1,
                };
            }
            other => position += other.len_utf8(),
        }
    }
    text.len()
}

/// Escapes the `[`, `&`, `~` and inner `-` runs that only Go takes literally inside a class.
fn escape_class(class: &str) -> String {
    let mut output = String::with_capacity(class.len());
    let mut rest = class.get(1..).unwrap_or("");
    output.push('[');
    while let Some(next) = rest.chars().next() {
        let mut taken = next.len_utf8();
        match next {
            '[' if rest.starts_with("[:") && rest.contains(":]") => {
                taken = rest.find(":]").map_or(1, |length| length + 2);
                output.push_str(rest.get(..taken).unwrap_or(""));
            }
            '[' | '&' | '~' => {
                output.push('\\');
                output.push(next);
            }
            '\\' => {
                let escaped = rest.get(1..).and_then(|after| after.chars().next());
                taken += escaped.map_or(0, char::len_utf8);
                output.push_str(rest.get(..taken).unwrap_or(""));
            }
            _ => output.push(next),
        }
        rest = rest.get(taken..).unwrap_or("");
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern).unwrap().is_match(text)
    }

    #[test]
    fn common_patterns_match_as_in_go() {
        assert!(matches("eth1", "veth10"));
        assert!(matches(r"^(en|eth)\d+$", "eth12"));
        assert!(matches("(?i)ETH0", "eth0"));
        assert!(matches(r"\Qbond0.\E1", "bond0.100"));
        assert!(!matches(r"\Qbond0.\E", "bond01"));
        assert!(matches("[[:alpha:]]+[0-9]", "eth0"));
        assert!(matches("a{,2}", "a{,2}"));
        assert!(matches("[]x]", "]"));
        assert!(matches("x{2,3}?", "xx"));
        assert!(matches("[a-z&&b]", "&"));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for pattern in [
            "[", "*", "(", "a**", "a+*", "(?=eth)", "(?x)a", r"\u0061", r"\1", "a{1001}", "|*", r"a\", "(*)",
            ")",
        ] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
