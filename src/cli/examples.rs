//! The examples at the end of a command's help.

/// A list under a heading, as the last part of a help.
pub fn examples(lines: &[&str], (on, off): (&str, &str)) -> String {
    lines.iter().fold(format!("{on}Examples:{off}"), |text, line| text + "\n  " + line)
}
