//! Lines of printed HCL before they are joined: `=` and trailing comments stand below each other in a run of lines.

/// What stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// `key = value`, all on one line.
    Attribute { key: String, value: String },
    /// An item of a list, all on one line, with its comma.
    Item(String),
    /// Anything else: brackets, comments, values of several lines. Nothing is put below it.
    Other(String),
}

/// A line with what belongs around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) depth: usize,
    /// Whether an empty line comes before it.
    pub(super) apart: bool,
    pub(super) line: Line,
    /// The comments behind it.
    pub(super) comment: Option<String>,
}

/// Joins the rows.
pub(super) fn join(rows: &[Row]) -> String {
    let mut output = String::new();
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let length = 1 + rest.iter().skip(1).take_while(|row| continues(first, row)).count();
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        write_run(run, &mut output);
        rest = after;
    }
    output
}

/// Whether a row belongs to the run that `first` begins.
fn continues(first: &Row, row: &Row) -> bool {
    let same = matches!(
        (&first.line, &row.line),
        (Line::Attribute { .. }, Line::Attribute { .. }) | (Line::Item(_), Line::Item(_))
    );
    // A comment of several lines ends the run, as a value of several lines does.
    let short = |row: &Row| row.comment.as_ref().is_none_or(|comment| !comment.contains('\n'));
    same && !row.apart && row.depth == first.depth && short(first) && short(row)
}

fn write_run(run: &[Row], output: &mut String) {
    let key_width = run.iter().map(Row::key_width).max().unwrap_or_default();
    let width = run.iter().map(|row| row.width(key_width)).max().unwrap_or_default();
    for row in run {
        if row.apart {
            output.push('\n');
        }
        output.extend(std::iter::repeat_n("  ", row.depth));
        match &row.line {
            Line::Attribute { key, value } => {
                output.push_str(key);
                pad(key_width.saturating_sub(row.key_width()), output);
                output.push_str(" = ");
                output.push_str(value);
            }
            Line::Item(text) | Line::Other(text) => output.push_str(text),
        }
        if let Some(comment) = &row.comment {
            pad(width.saturating_sub(row.width(key_width)) + 1, output);
            output.push_str(comment);
        }
        // A heredoc brings its own.
        if !output.ends_with('\n') || row.comment.is_some() {
            output.push('\n');
        }
    }
}

fn pad(count: usize, output: &mut String) {
    output.extend(std::iter::repeat_n(' ', count));
}

impl Row {
    fn key_width(&self) -> usize {
        match &self.line {
            Line::Attribute { key, .. } => key.chars().count(),
            Line::Item(_) | Line::Other(_) => 0,
        }
    }

    /// Characters before the comment; only rows of a run are compared.
    fn width(&self, key_width: usize) -> usize {
        match &self.line {
            Line::Attribute { value, .. } => key_width + " = ".len() + value.chars().count(),
            Line::Item(text) => text.chars().count(),
            Line::Other(_) => 0,
        }
    }
}
