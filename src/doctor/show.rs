//! The report for people and for continuous integration.

use std::fmt::Write as _;

use super::group::Group;
use super::report::{Checked, Report, Status};
use crate::finding::{Finding, Severity};
use crate::visible::{markup, visible};

/// Findings of one check that people are shown.
const MOST_FINDINGS: usize = 5;

/// So many checks of a group that are skipped for one reason share a line.
const MANY: usize = 3;

/// Columns before the text of a check.
const INDENT: usize = 4;

/// Lines of the short form.
pub const SHORT_LINES: usize = 15;

/// How text is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Columns.
    pub width: usize,
    /// Whether colours are used.
    pub colour: bool,
}

impl Layout {
    /// `text` in a colour.
    pub fn painted(self, text: &str, code: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// `text` behind `lead`, wrapped at spaces, the further lines as far in as the first.
    pub fn wrapped(self, lead: &str, text: &str, indent: usize) -> String {
        let mut output = lead.to_owned();
        let mut column = indent;
        for (at, word) in visible(text).split(' ').enumerate() {
            let length = word.chars().count();
            if at > 0 && column + 1 + length > self.width {
                let _ = write!(output, "\n{:indent$}", "");
                column = indent;
            } else if at > 0 {
                output.push(' ');
                column += 1;
            }
            output.push_str(word);
            column += length;
        }
        output + "\n"
    }

    /// What to do about a finding, this far in.
    pub fn fix(self, finding: &Finding, indent: usize) -> String {
        let layout = self;
        let mut output = String::new();
        let lead = |word: &str| format!("{:indent$}{}", "", layout.painted(word, "1;36"));
        if !finding.help.is_empty() {
            output += &layout.wrapped(&lead("fix: "), &finding.help, indent + 5);
        }
        if let Some(command) = &finding.command {
            // On one line, so that it can be pasted.
            let _ = writeln!(output, "{}{}", lead("run: "), visible(command));
        }
        output
    }
}

/// A mark that differs in shape as well as in colour.
const fn mark(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Ok => ("✓", "32"),
        Status::Warning => ("!", "1;33"),
        Status::Failure => ("✗", "1;31"),
        Status::Skipped => ("-", "2"),
    }
}

/// Every check on a line, with what was found below it, and a summary.
pub fn human(report: &Report, width: usize, colour: bool) -> String {
    let layout = Layout { width, colour };
    let mut output = String::new();
    for group in Group::ALL {
        let _ = writeln!(output, "{}", layout.painted(group.name(), "1"));
        let checks: Vec<&Checked> = report.checks.iter().filter(|check| check.group == group).collect();
        let mut reasons: Vec<&str> = Vec::new();
        for check in &checks {
            let same: Vec<&str> = checks
                .iter()
                .filter(|other| other.status == Status::Skipped && other.seen == check.seen)
                .map(|other| other.title.as_str())
                .collect();
            if check.status != Status::Skipped || same.len() < MANY {
                output += &line(check, layout);
            } else if !reasons.contains(&&*check.seen) {
                reasons.push(&check.seen);
                let (sign, code) = mark(Status::Skipped);
                let text = format!("skipped ({}): {}", check.seen, same.join("; "));
                output += &layout.wrapped(&format!("  {} ", layout.painted(sign, code)), &text, INDENT);
            }
        }
        output.push('\n');
    }
    for note in &report.findings {
        output += &layout.wrapped("note: ", &note.message, 6);
    }
    output += &(summary(report) + "\n");
    if let Some(first) = report.worst().next() {
        output += "\n";
        output += &layout.wrapped("first: ", &first.message, 7);
        output += &layout.fix(first, 0);
    }
    output
}

fn line(check: &Checked, layout: Layout) -> String {
    let (sign, code) = mark(check.status);
    let lead = format!("  {} ", layout.painted(sign, code));
    let has_findings = check.findings.iter().any(|finding| finding.severity != Severity::Info);
    let seen = match check.seen.as_str() {
        "" => check.title.clone(),
        _ if has_findings => check.title.clone(),
        seen => format!("{}: {seen}", check.title),
    };
    let mut output = layout.wrapped(&lead, &seen, INDENT);
    let findings: Vec<&Finding> =
        check.findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
    for finding in findings.iter().take(MOST_FINDINGS) {
        output += &layout.wrapped("      ", &finding.message, 6);
        output += &layout.fix(finding, 6);
        let code = finding.code.as_str();
        let explain = layout.painted(&format!("(termgate doctor --explain {code})"), "2");
        let _ = writeln!(output, "      {explain}");
    }
    if findings.len() > MOST_FINDINGS {
        let more = findings.len() - MOST_FINDINGS;
        let _ = writeln!(output, "      … and {more} more; `--output json` lists them");
    }
    output
}

fn summary(report: &Report) -> String {
    let counted =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    format!(
        "gateway `{}`: {}, {}, {} ok, {} skipped",
        visible(&report.gateway),
        counted(report.count(Status::Failure), "failure", "failures"),
        counted(report.count(Status::Warning), "warning", "warnings"),
        report.count(Status::Ok),
        report.count(Status::Skipped)
    )
}

/// The versions of all programs, on a line.
pub fn versions(consul: Option<&str>, envoy: Option<&str>) -> String {
    let shown = |version: Option<&str>| visible(version.unwrap_or("unknown")).into_owned();
    format!("termgate {}, Consul {}, Envoy {}", env!("CARGO_PKG_VERSION"), shown(consul), shown(envoy))
}

/// At most 15 lines with the versions, to be pasted into a chat.
pub fn short(report: &Report) -> String {
    let mut lines = vec![versions(report.consul.as_deref(), report.envoy.as_deref()), summary(report)];
    let found: Vec<String> = report
        .worst()
        .map(|finding| {
            let status = if finding.is_failure() { Status::Failure } else { Status::Warning };
            format!("{} {}: {}", mark(status).0, finding.code, visible(&finding.message))
        })
        .collect();
    let room = SHORT_LINES - lines.len();
    if found.len() > room {
        let more = found.len() - (room - 1);
        lines.extend(found.into_iter().take(room - 1));
        lines.push(format!("… and {more} more"));
    } else {
        lines.extend(found);
    }
    lines.join("\n") + "\n"
}

/// JUnit's XML, which CI servers show: a suite for each group.
pub fn junit(report: &Report) -> String {
    let of = |check: &&Checked, status: Status| check.status == status;
    let mut output = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        output,
        "<testsuites name=\"termgate doctor\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">",
        report.checks.len(),
        report.count(Status::Failure),
        report.count(Status::Skipped)
    );
    for group in Group::ALL {
        let checks: Vec<&Checked> = report.checks.iter().filter(|check| check.group == group).collect();
        let count = |status| checks.iter().filter(|check| of(check, status)).count();
        let _ = writeln!(
            output,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">",
            group.name(),
            checks.len(),
            count(Status::Failure),
            count(Status::Skipped)
        );
        for check in checks {
            let _ = write!(
                output,
                "    <testcase classname=\"{}\" name=\"{}\"",
                markup(check.code.as_str()),
                markup(&check.title)
            );
            let texts: Vec<String> = check.findings.iter().map(plain).collect();
            let text = markup(&texts.join("\n"));
            let first = markup(check.findings.first().map_or("", |first| &first.message));
            let _ = match check.status {
                Status::Failure => {
                    writeln!(
                        output,
                        "><failure type=\"{}\" message=\"{first}\">{text}</failure></testcase>",
                        check.code
                    )
                }
                Status::Warning => writeln!(output, "><system-out>{text}</system-out></testcase>"),
                Status::Skipped => {
                    writeln!(output, "><skipped message=\"{}\"/></testcase>", markup(&check.seen))
                }
                Status::Ok => writeln!(output, "/>"),
            };
        }
        output += "  </testsuite>\n";
    }
    output + "</testsuites>\n"
}

/// A finding in a few lines without layout.
pub fn plain(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !finding.help.is_empty() {
        text = format!("{text}\nfix: {}", finding.help);
    }
    match &finding.command {
        Some(command) => format!("{text}\nrun: {command}"),
        None => text,
    }
}
