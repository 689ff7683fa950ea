//! What is wrong, or doubtful, in a configuration entry, and how a person is shown it.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::hcl::{Position, Source, Span};
use crate::visible::{visible, visible_lines};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Consul refuses the entry, or it cannot work.
    Error,
    /// Consul accepts it, but it hardly means what it says.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name for scripts, such as `unknown-key`.
    pub code: &'static str,
    /// What it is, in one sentence without a period.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where in the file, in the form of [`Source`].
    pub span: Option<Span>,
    /// Line and column of `span`; filled in by [`locate`].
    pub position: Option<Position>,
    /// Consul's own words for it, where it has some.
    pub consul: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
            span: None,
            position: None,
            consul: None,
        }
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// Adds Consul's words.
    #[must_use]
    pub fn consul(mut self, consul: impl Into<String>) -> Self {
        self.consul = Some(consul.into());
        self
    }
}

/// Sorts findings by place and fills in their lines and columns.
pub fn locate(source: &Source<'_>, diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.map(|span| span.start), diagnostic.severity));
    let offsets = diagnostics.iter().filter_map(|diagnostic| diagnostic.span).map(|span| span.start);
    let mut positions = source.positions(offsets).into_iter();
    for diagnostic in diagnostics {
        diagnostic.position = diagnostic.span.and_then(|_| positions.next());
    }
}

/// Findings shown in full; of a file with more only their number is told.
const SHOWN: usize = 50;

/// Lines longer than this are not printed.
const LONGEST_LINE: usize = 2_000;

/// Shows located findings as a compiler does, each with the lines it is about; everything in them is visible.
pub fn render(path: &str, source: &Source<'_>, diagnostics: &[Diagnostic], color: bool) -> String {
    let path = &*visible(path);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut output = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        output.push_str(&render_one(&renderer, path, source, diagnostic));
        output.push_str("\n\n");
    }
    if diagnostics.len() > SHOWN {
        let more = diagnostics.len() - SHOWN;
        output += "… and ";
        output += &more.to_string();
        output += " more findings in ";
        output += path;
        output += "\n\n";
    }
    output
}

fn render_one(renderer: &Renderer, path: &str, source: &Source<'_>, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = visible(&diagnostic.message);
    let help = diagnostic.help.as_deref().map(visible_lines);
    let mut group = level.primary_title(&*message).id(diagnostic.code).elements(Vec::<Origin<'_>>::new());
    let lines = diagnostic.span.and_then(|span| Lines::around(source, span));
    match (&lines, diagnostic.position) {
        (Some(lines), Some(position)) => {
            group = group.element(
                Snippet::source(&*lines.text)
                    .line_start(position.line)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(lines.start..lines.end)),
            );
        }
        (None, Some(position)) => {
            group = group.element(Origin::path(path).line(position.line).char_column(position.column));
        }
        (_, None) => group = group.element(Origin::path(path)),
    }
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(&**help));
    }
    renderer.render(&[group])
}

/// The lines a span begins on (and, if it is short, ends on), as text, with the span in bytes of that text.
struct Lines {
    text: String,
    start: usize,
    end: usize,
}

impl Lines {
    fn around(source: &Source<'_>, span: Span) -> Option<Self> {
        let bytes = source.bytes();
        let start = span.start.min(bytes.len());
        let before = bytes.get(..start)?;
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line_length =
            bytes.get(line_start..)?.iter().take(LONGEST_LINE + 1).position(|&byte| byte == b'\n');
        let rest = bytes.len() - line_start;
        let line_end = line_start + line_length.unwrap_or(rest.min(LONGEST_LINE + 1));
        if line_end - line_start > LONGEST_LINE {
            return None;
        }
        // A span over several lines is shown by its first one.
        let end = span.end.clamp(start, line_end.max(start));
        let text = |from: usize, to: usize| {
            let text = String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default());
            visible_lines(&text).into_owned()
        };
        let (head, marked, tail) = (text(line_start, start), text(start, end), text(end, line_end.max(end)));
        Some(Self { start: head.len(), end: head.len() + marked.len(), text: head + &marked + &tail })
    }
}
