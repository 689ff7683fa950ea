//! JSON in its canonical form: one member or item per line, two spaces of indent per level. Keys, texts and numbers are
//! kept as they are written.

/// Lays out a text that is known to be JSON.
pub(super) fn print(bytes: &[u8]) -> Vec<u8> {
    let mut printer = Printer { output: Vec::with_capacity(bytes.len() * 2), depth: 0 };
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => after,
            b'"' => printer.copy(rest, string_length(rest)),
            b'{' | b'[' => printer.open(byte, after),
            b'}' | b']' => {
                printer.depth = printer.depth.saturating_sub(1);
                printer.new_line();
                printer.copy(rest, 1)
            }
            b',' => {
                let after = printer.copy(rest, 1);
                printer.new_line();
                after
            }
            b':' => {
                printer.output.extend_from_slice(b": ");
                after
            }
            _ => printer.copy(rest, 1),
        };
    }
    printer.output.push(b'\n');
    printer.output
}

struct Printer {
    output: Vec<u8>,
    depth: usize,
}

impl Printer {
    fn copy<'text>(&mut self, text: &'text [u8], length: usize) -> &'text [u8] {
        let (copied, after) = text.split_at_checked(length).unwrap_or((text, &[]));
        self.output.extend_from_slice(copied);
        after
    }

    /// An opening bracket, with the closing one if nothing stands between.
    fn open<'text>(&mut self, bracket: u8, after: &'text [u8]) -> &'text [u8] {
        self.output.push(bracket);
        let inner = after.trim_ascii_start();
        if let Some((&closing @ (b'}' | b']'), rest)) = inner.split_first() {
            self.output.push(closing);
            return rest;
        }
        self.depth += 1;
        self.new_line();
        inner
    }

    fn new_line(&mut self) {
        self.output.push(b'\n');
        self.output.extend(std::iter::repeat_n(b"  ", self.depth).flatten());
    }
}

/// Length of the string a text begins with, quotes included.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_space_between_tokens_changes() {
        let text = br#" {"a":[ ],"b" : {"c\"{":1e5, "d":[true,null,"\u00e9,"]} ,"a":-0.50}"#;
        let printed = super::print(text);
        let expected = concat!(
            "{\n  \"a\": [],\n  \"b\": {\n    \"c\\\"{\": 1e5,\n    \"d\": [\n      true,\n      null,\n",
            "      \"\\u00e9,\"\n    ]\n  },\n  \"a\": -0.50\n}\n"
        );
        assert_eq!(String::from_utf8(printed.clone()).unwrap(), expected);
        assert_eq!(super::print(&printed), printed);
    }
}
