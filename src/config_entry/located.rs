//! Findings in a configuration entry with where they are in its file, and how a person is shown them.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::finding::{Code, Finding, Place, Severity};
use crate::hcl::{Source, Span};
use crate::visible::{visible, visible_lines};

/// A finding, and what only the reader of the file knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The finding; [`locate`] fills in its place.
    pub finding: Finding,
    /// Where in the file, in the form of [`Source`].
    pub span: Option<Span>,
    /// Consul's own words for it, where it has some.
    pub consul: Option<String>,
    /// Which entry of its file it is about, from 0, where a file has several.
    pub entry: Option<usize>,
}

impl Located {
    /// A finding with the severity and remedy of its code, about the entry until [`Located::about`] says otherwise.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { finding: Finding::of_whole(code, message, ""), span: None, consul: None, entry: None }
    }

    /// The same with another severity.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { finding: self.finding.severity(severity), ..self }
    }

    /// The same about `subject`, unless it is about something already.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        Self { finding: self.finding.about(subject), ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { finding: self.finding.help(help), ..self }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(self, span: impl Into<Option<Span>>) -> Self {
        Self { span: span.into(), ..self }
    }

    /// Adds Consul's words.
    #[must_use]
    pub fn consul(self, consul: impl Into<String>) -> Self {
        Self { consul: Some(consul.into()), ..self }
    }
}

/// Says what the findings from the place `from` in a list on are about, where they do not say so themselves.
pub(super) fn about(subject: &str, found: &mut [Located], from: usize) {
    for located in found.iter_mut().skip(from) {
        if located.finding.subject.is_empty() {
            subject.clone_into(&mut located.finding.subject);
        }
    }
}

/// The findings that are to be shown, as they are to be shown.
pub fn judged(found: Vec<Located>, judge: impl Fn(Finding) -> Option<Finding>) -> Vec<Located> {
    let judged = |located: Located| Some(Located { finding: judge(located.finding)?, ..located });
    found.into_iter().filter_map(judged).collect()
}

/// Sorts findings by place and fills in the places in the file `path`; those about nothing else are about the file.
pub fn locate(path: &str, source: &Source<'_>, found: &mut [Located]) {
    found.sort_by_key(|located| (located.span.map(|span| span.start), located.finding.severity));
    let offsets = found.iter().filter_map(|located| located.span).map(|span| span.start);
    let mut positions = source.positions(offsets).into_iter();
    for located in found.iter_mut() {
        let position = located.span.and_then(|_| positions.next());
        located.finding.place =
            position.map(|at| Place { path: path.to_owned(), line: at.line, column: at.column });
    }
    about(path, found, 0);
}

/// Findings shown in full; of a file with more only their number is shown.
const SHOWN: usize = 50;

/// Lines longer than this are not printed.
const LONGEST_LINE: usize = 2_000;

/// Shows located findings as a compiler does, each with the lines it is about; everything in them is visible.
pub fn render(path: &str, source: &Source<'_>, found: &[Located], color: bool) -> String {
    let path = &*visible(path);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut output = String::new();
    for located in found.iter().take(SHOWN) {
        output.push_str(&render_one(&renderer, path, source, located));
        output.push_str("\n\n");
    }
    if found.len() > SHOWN {
        let more = found.len() - SHOWN;
        output += "… and ";
        output += &more.to_string();
        output += " more findings in ";
        output += path;
        output += "\n\n";
    }
    output
}

fn render_one(renderer: &Renderer, path: &str, source: &Source<'_>, located: &Located) -> String {
    let finding = &located.finding;
    let level = match finding.severity {
        Severity::Failure => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    };
    let message = visible(&finding.message);
    let help = visible_lines(&finding.help);
    let mut group =
        level.primary_title(&*message).id(finding.code.as_str()).elements(Vec::<Origin<'_>>::new());
    let lines = located.span.and_then(|span| Lines::around(source, span));
    match (&lines, &finding.place) {
        (Some(lines), Some(place)) => {
            group = group.element(
                Snippet::source(&*lines.text)
                    .line_start(place.line)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(lines.start..lines.end)),
            );
        }
        (None, Some(place)) => {
            group = group.element(Origin::path(path).line(place.line).char_column(place.column));
        }
        (_, None) => group = group.element(Origin::path(path)),
    }
    if !help.is_empty() {
        group = group.element(Level::HELP.message(&*help));
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
