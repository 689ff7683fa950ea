//! A file in its canonical form: the same keys, values and comments in the same order, laid out as hclfmt does.
//!
//! Two blanks of indent a level, `=` below each other in a run of one-line attributes, one attribute a line, objects and
//! lists of objects over several lines, at most one empty line in a row. Values are kept as they are written: heredocs,
//! escapes and `${…}` to the byte. A comment inside an attribute (`key /* … */ = 1`) moves before it.

use super::error::SyntaxError;
use super::layout::{Line, Row, join};
use super::parser::{Dialect, parse};
use super::scanner::TokenKind;
use super::source::{Source, Span, to_text};
use super::syntax::{Body, Expression, ExpressionKind, File, Item};
use super::{Language, json, json_printer, read};

/// The canonical form of a file in either language. JSON may also be a list of entries.
///
/// Fails on what Consul cannot read, and on a file that ends behind a `=`: what stood there is lost.
pub fn format(source: &Source<'_>) -> Result<Vec<u8>, SyntaxError> {
    let bytes = source.bytes();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') || Language::of(bytes) == Language::Json {
        json::parse(source)?;
        return Ok(json_printer::print(bytes));
    }
    let dialect = Dialect::default();
    // What parses may still hold numbers and texts without a value.
    read(source, dialect)?;
    let file = parse(source, dialect)?;
    if let Some(span) = file.unfinished {
        return Err(SyntaxError::unfinished(span));
    }
    Ok(print(source, &file).into_bytes())
}

fn print(source: &Source<'_>, file: &File) -> String {
    let mut printer = Printer { source, comments: &file.comments, reached: 0, rows: Vec::new() };
    printer.body(&file.body, 0, source.bytes().len());
    // Reading turns CR LF into LF; where one is left it was CR CR LF.
    join(&printer.rows).replace("\r\n", "\r\r\n")
}

struct Printer<'source> {
    source: &'source Source<'source>,
    /// Those not printed yet.
    comments: &'source [Span],
    /// The text is printed up to here.
    reached: usize,
    rows: Vec<Row>,
}

/// What stands around a value.
struct Frame {
    depth: usize,
    apart: bool,
    /// The key, if there is one.
    key: String,
    assigned: bool,
    /// The comma behind an item of a list.
    comma: &'static str,
}

impl Frame {
    fn row(&self, line: Line, comment: Option<String>) -> Row {
        Row { depth: self.depth, apart: self.apart, line, comment }
    }

    /// The line of a value that needs only one.
    fn one_line(self, value: &str) -> Line {
        let Self { key, assigned, comma, .. } = self;
        match (key.is_empty(), assigned) {
            (true, _) => Line::Item(format!("{value}{comma}")),
            (false, true) if !key.contains('\n') => Line::Attribute { key, value: value.to_owned() },
            (false, true) => Line::Other(format!("{key} = {value}")),
            (false, false) => Line::Other(format!("{key} {value}")),
        }
    }

    /// What stands before a value of several lines.
    fn head(&self) -> String {
        match (self.key.is_empty(), self.assigned) {
            (true, _) => String::new(),
            (false, true) => format!("{} = ", self.key),
            (false, false) => format!("{} ", self.key),
        }
    }
}

impl Printer<'_> {
    /// The items of a file or an object and the comments among them, up to `end`.
    fn body(&mut self, body: &Body, depth: usize, end: usize) {
        let mut first = true;
        for item in &body.items {
            self.leading_comments(item.value.span.start, depth, &mut first);
            self.item(item, depth, first);
            first = false;
        }
        self.leading_comments(end, depth, &mut first);
    }

    fn item(&mut self, item: &Item, depth: usize, first: bool) {
        let keys: Vec<String> = item.keys.iter().map(|&key| to_text(self.source.slice(key))).collect();
        let start = item.keys.first().map_or(item.value.span.start, |key| key.start);
        let apart = !first && self.is_apart(start);
        let frame = Frame { depth, apart, key: keys.join(" "), assigned: item.assigned, comma: "" };
        self.value(&item.value, frame);
    }

    fn list(&mut self, items: &[Expression], depth: usize, end: usize) {
        let mut first = true;
        for (index, item) in items.iter().enumerate() {
            self.leading_comments(item.span.start, depth, &mut first);
            let apart = !first && self.is_apart(item.span.start);
            let heredoc = matches!(item.kind, ExpressionKind::Literal(TokenKind::Heredoc));
            let comma = if heredoc { "" } else { "," };
            self.value(item, Frame { depth, apart, key: String::new(), assigned: false, comma });
            // Nothing may stand behind the marker of a heredoc.
            if heredoc && index + 1 < items.len() {
                let line = Line::Other(",".to_owned());
                self.rows.push(Row { depth, apart: false, line, comment: None });
            }
            first = false;
        }
        self.leading_comments(end, depth, &mut first);
    }

    fn value(&mut self, value: &Expression, frame: Frame) {
        if let Some(text) = self.one_line(value) {
            let comment = self.trailing_comments(value.span.end);
            let row = Row { depth: frame.depth, apart: frame.apart, line: frame.one_line(&text), comment };
            self.rows.push(row);
            return;
        }
        let depth = frame.depth;
        let (inner, end) = (value.span.start + 1, value.span.end.saturating_sub(1));
        let head = frame.head();
        let closing = match &value.kind {
            ExpressionKind::Literal(kind) => {
                let text = head + &to_text(self.source.slice(value.span)) + frame.comma;
                self.reached = value.span.end;
                let comment = match kind {
                    TokenKind::Heredoc => None,
                    _ => self.trailing_comments(value.span.end),
                };
                self.rows.push(frame.row(Line::Other(text), comment));
                return;
            }
            ExpressionKind::Object(body) => {
                let comment = self.opening_comment(inner);
                self.rows.push(frame.row(Line::Other(head + "{"), comment));
                self.body(body, depth + 1, end);
                "}"
            }
            ExpressionKind::List(items) => {
                let comment = self.opening_comment(inner);
                self.rows.push(frame.row(Line::Other(head + "["), comment));
                self.list(items, depth + 1, end);
                "]"
            }
        };
        let line = Line::Other(closing.to_owned() + frame.comma);
        let comment = self.trailing_comments(value.span.end);
        self.rows.push(Row { depth, apart: false, line, comment });
    }

    /// The text of a value that stands on one line: a literal, a list of literals written so, or nothing in brackets.
    fn one_line(&self, value: &Expression) -> Option<String> {
        let text = |span| to_text(self.source.slice(span));
        let is_plain = |expression: &Expression| match expression.kind {
            ExpressionKind::Literal(kind) => kind != TokenKind::Heredoc,
            _ => false,
        };
        let has_comments = || self.comments.first().is_some_and(|comment| comment.start < value.span.end);
        match &value.kind {
            ExpressionKind::Literal(_) => {
                let text = text(value.span);
                (is_plain(value) && !text.contains('\n')).then_some(text)
            }
            ExpressionKind::Object(body) => {
                (body.items.is_empty() && !has_comments()).then(|| "{}".to_owned())
            }
            ExpressionKind::List(items) => {
                let last = items.last().map_or(value.span.start, |item| item.span.end);
                let written_so = || !self.source.slice(Span::new(value.span.start, last)).contains(&b'\n');
                if !items.iter().all(is_plain) || has_comments() || !written_so() {
                    return None;
                }
                let texts: Vec<String> = items.iter().map(|item| text(item.span)).collect();
                Some(format!("[{}]", texts.join(", ")))
            }
        }
    }

    /// Prints the comments that begin before `limit`, each on a line of its own.
    fn leading_comments(&mut self, limit: usize, depth: usize, first: &mut bool) {
        while let Some((&comment, rest)) = self.comments.split_first()
            && comment.start < limit
        {
            let apart = !*first && self.is_apart(comment.start);
            let line = Line::Other(self.comment_text(comment));
            self.rows.push(Row { depth, apart, line, comment: None });
            (self.comments, self.reached, *first) = (rest, comment.end, false);
        }
    }

    /// Takes the comments that begin on the line on which something ends.
    fn trailing_comments(&mut self, end: usize) -> Option<String> {
        self.reached = end;
        let mut texts = Vec::new();
        while let Some((&comment, rest)) = self.comments.split_first()
            && comment.start >= self.reached
            && self.source.slice(Span::new(self.reached, comment.start)).iter().copied().all(is_beside)
        {
            texts.push(self.comment_text(comment));
            (self.comments, self.reached) = (rest, comment.end);
        }
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    /// Takes the comment behind a bracket that opens, if it ends the line.
    fn opening_comment(&mut self, inner: usize) -> Option<String> {
        self.reached = inner;
        let (&comment, rest) = self.comments.split_first()?;
        let between = self.source.slice(Span::new(inner, comment.start));
        if comment.start < inner || !between.iter().copied().all(is_beside) {
            return None;
        }
        let behind = self.source.bytes().get(comment.end..).unwrap_or_default();
        let next = behind.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        if next != Some(&b'\n') {
            return None;
        }
        (self.comments, self.reached) = (rest, comment.end);
        Some(self.comment_text(comment))
    }

    fn comment_text(&self, comment: Span) -> String {
        let text = to_text(self.source.slice(comment));
        if text.starts_with("/*") { text } else { text.trim_end_matches([' ', '\t', '\r']).to_owned() }
    }

    /// Whether an empty line stands between what was printed last and `start`.
    fn is_apart(&self, start: usize) -> bool {
        if start <= self.reached {
            return false;
        }
        let gap = self.source.slice(Span::new(self.reached, start));
        let lines = gap.split(|&byte| byte == b'\n').count();
        // A heredoc ends with its line: what follows is a whole line.
        let before = self.source.slice(Span::new(self.reached.saturating_sub(1), self.reached));
        let skipped = usize::from(before != b"\n");
        let mut whole = gap.split(|&byte| byte == b'\n').take(lines.saturating_sub(1)).skip(skipped);
        whole.any(|line| line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')))
    }
}

/// Whether a byte can stand between a value and the comment about it.
fn is_beside(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b',')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format(bytes: &[u8]) -> Result<Vec<u8>, SyntaxError> {
        super::format(&Source::new(bytes))
    }
    use crate::hcl::{Object, Value};

    fn formatted(text: &str) -> String {
        let output = format(text.as_bytes()).unwrap_or_else(|error| panic!("{error:?} in {text:?}"));
        assert_eq!(format(&output).unwrap(), output, "not idempotent");
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn the_example_job_for_nomad_is_read() {
        format(include_bytes!("../../examples/nomad/termgate.nomad.hcl")).unwrap();
    }

    #[test]
    fn a_badly_formatted_entry_is_laid_out() {
        let text = "# The gateway of the west\nKind=\"terminating-gateway\" // always\n\n\n\nName = \"us-west\" # by region\n\
            Meta { a=1, long_key = \"b\" # why\n\n c = <<EOF\n  text\nEOF\n}\nServices=[{Name=\"billing\",CAFile=\"/ca\"},{Name = \"a\"\n\
            # nothing more\n}, ] # end\nList = [ 1,2 , \"c\"]\nLines = [\n1, # one\n\"two\",\n\n# three\n3]\nEmpty {}\nNone = [ ]\n/* done */";
        let expected = r#"# The gateway of the west
Kind = "terminating-gateway" // always

Name = "us-west" # by region
Meta {
  a        = 1
  long_key = "b" # why

  c = <<EOF
  text
EOF
}
Services = [
  {
    Name   = "billing"
    CAFile = "/ca"
  },
  {
    Name = "a"
    # nothing more
  },
] # end
List = [1, 2, "c"]
Lines = [
  1,     # one
  "two",

  # three
  3,
]
Empty {}
None = []
/* done */
"#;
        assert_eq!(formatted(text), expected);
    }

    #[test]
    fn comments_stay_where_they_can() {
        for (text, expected) in [
            ("a /* x */ = /* y */ 1 # z\n", "/* x */\n/* y */\na = 1 # z\n"),
            ("a { # x\n}\n", "a { # x\n}\n"),
            ("a { /* x */ }\n", "a {\n  /* x */\n}\n"),
            ("a { /* x */ b = 1 } // y", "a {\n  /* x */\n  b = 1\n} // y\n"),
            ("a = [ 1 /* x */, /* y */ 2 ]", "a = [\n  1, /* x */ /* y */\n  2,\n]\n"),
            ("a = 1 /* x\n  y */ b = 2", "a = 1 /* x\n  y */\nb = 2\n"),
            ("a = [<<E\nx\nE\n, # y\n1]\n", "a = [\n  <<E\nx\nE\n  ,\n  # y\n  1,\n]\n"),
            ("#\t x \t\r\n\r\n\r\n# y", "#\t x\n\n# y\n"),
            ("a = 1 b = 2 # x", "a = 1\nb = 2 # x\n"),
            ("a \"b\" # x\n \"c\" { d = {} }", "# x\na \"b\" \"c\" {\n  d = {}\n}\n"),
            ("", ""),
        ] {
            assert_eq!(formatted(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_expression_without_a_value_is_not_laid_out() {
        for (text, code) in [
            ("a = 1\nMeta =", "missing-value"),
            ("a = 1e\n", "hcl-syntax"),
            ("a = \"\\400\"", "crashes-consul"),
            ("{\"a\": }", "json-syntax"),
            ("[1,", "json-syntax"),
        ] {
            assert_eq!(format(text.as_bytes()).unwrap_err().code.as_str(), code, "{text}");
        }
        assert_eq!(format(b" [ {} ]").unwrap(), b"[\n  {}\n]\n");
    }

    /// A tree without its places, in which only values count.
    fn shape(object: &Object) -> String {
        let text = |value: &Value| match value {
            Value::Object(inner) => shape(inner),
            Value::List(list) => {
                let items: Vec<String> = list.items.iter().map(|item| shape_of(&item.value)).collect();
                format!("{}{items:?}", list.of_blocks)
            }
            other => format!("{other:?}"),
        };
        let members: Vec<String> = object
            .entries
            .iter()
            .map(|entry| format!("{:?}:{}", entry.key, text(&entry.node.value)))
            .collect();
        members.join(",")
    }

    fn shape_of(value: &Value) -> String {
        let span = Span::default();
        let node = crate::hcl::Node { value: value.clone(), span };
        let entry = crate::hcl::Entry { key: String::new(), key_spans: Vec::new(), node };
        shape(&Object { entries: vec![entry] })
    }

    fn space() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => Just(" ".to_owned()),
            2 => Just("\n".to_owned()),
            1 => Just("\n\n\n".to_owned()),
            1 => Just("\r\n\t".to_owned()),
            1 => "# [a-z{\"]{0,4} ?\r?\n",
            1 => "// [a-z}\\\\]{0,4}\n",
            1 => "/\\*[a-z\n\r\"\\[ ]{0,4}\\*/",
        ]
    }

    fn literal() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?[1-9][0-9]{0,3}",
            "0x[0-9a-f]{1,4}",
            "[0-9]{1,3}\\.[0-9]{0,3}(e-?[0-9])?",
            Just("true".to_owned()),
            "\"([a-z# {}=]|\\\\n|\\\\x0a|\\\\\"|\\$\\{a\"\n\r?\\}){0,4}\"",
            Just("<<A\n x\r\r\n\n\tA\n".to_owned()),
            Just("<<-A\n   x\n   A\n".to_owned()),
        ]
    }

    fn key() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z][a-z0-9._-]{0,5}", "\"[a-z ]{0,4}\""]
    }

    fn value() -> impl Strategy<Value = String> {
        literal().prop_recursive(4, 24, 4, |inner| {
            let item = (space(), inner.clone(), space(), space())
                .prop_map(|(before, item, after, last)| format!("{before}{item}{after},{last}"));
            let attribute = (key(), space(), space(), inner.clone(), space())
                .prop_map(|(key, before, after, value, last)| format!("{key}{before}={after}{value}{last}"));
            let block = (key(), proptest::option::of("\"[a-z]\""), space(), inner).prop_map(
                |(key, label, before, value)| {
                    let value = if value.starts_with('{') { value } else { "{}".to_owned() };
                    format!("{key} {}{before}{value} ", label.unwrap_or_default())
                },
            );
            let member = (prop_oneof![3 => attribute, 1 => block], proptest::option::of(Just(",")), space())
                .prop_map(|(member, comma, after)| format!("{member}{}{after}", comma.unwrap_or_default()));
            prop_oneof![
                (space(), proptest::collection::vec(item, 0..4))
                    .prop_map(|(space, items)| format!("[{space}{}]", items.concat())),
                (space(), proptest::collection::vec(member, 0..4))
                    .prop_map(|(space, members)| format!("{{{space}{}}}", members.concat())),
            ]
        })
    }

    fn document() -> impl Strategy<Value = String> {
        let member =
            (key(), value(), space()).prop_map(|(key, value, after)| format!("{key} = {value}{after}"));
        (space(), proptest::collection::vec(member, 0..5))
            .prop_map(|(space, members)| space + &members.concat())
    }

    /// The comments of a text as printed, sorted: an attribute's own may move before it.
    fn comments(text: &[u8]) -> Vec<String> {
        let source = Source::new(text);
        let file = parse(&source, Dialect::default()).unwrap();
        let texts = file.comments.iter().map(|&comment| to_text(source.slice(comment)));
        let mut texts: Vec<String> = texts.map(|text| text.trim_end().to_owned()).collect();
        texts.sort_unstable();
        texts
    }

    proptest! {
        #[test]
        fn a_laid_out_document_reads_as_before(text in document()) {
            let before = read(&Source::new(text.as_bytes()), Dialect::default());
            let output = format(text.as_bytes());
            prop_assert_eq!(before.is_ok(), output.is_ok());
            if let (Ok(before), Ok(output)) = (before, output) {
                let after = read(&Source::new(&output), Dialect::default()).unwrap();
                prop_assert_eq!(shape(&before.root), shape(&after.root), "{}", String::from_utf8_lossy(&output));
                prop_assert_eq!(comments(text.as_bytes()), comments(&output));
                let again = format(&output).unwrap();
                prop_assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&output));
            }
        }
    }
}
