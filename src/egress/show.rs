//! The audit for people and for continuous integration.

use std::fmt::Write as _;

use super::audit::{Audit, Way};
use crate::doctor::show::{Layout, SHORT_LINES, plain};
use crate::finding::{Finding, Severity};
use crate::visible::{markup, visible};

/// Columns before a finding.
const INDENT: usize = 4;

/// A mark that differs in shape as well as in colour.
fn mark(findings: &[Finding]) -> (&'static str, &'static str) {
    match findings.iter().map(|finding| finding.severity).min() {
        Some(Severity::Failure) => ("✗", "1;31"),
        Some(Severity::Warning) => ("!", "1;33"),
        Some(Severity::Info) | None => ("✓", "32"),
    }
}

/// Host and port as one text.
fn place(way: &Way) -> String {
    if way.address.contains(':') {
        format!("[{}]:{}", way.address, way.port)
    } else {
        format!("{}:{}", way.address, way.port)
    }
}

/// Every way on a line, with what was found below it, and a summary.
pub fn human(audit: &Audit, width: usize, colour: bool) -> String {
    let layout = Layout { width, colour };
    let mut output = String::new();
    let cells: Vec<[String; 2]> = audit
        .ways
        .iter()
        .map(|way| [visible(&way.service).into_owned(), visible(&place(way)).into_owned()])
        .collect();
    let column = |at: usize| cells.iter().map(|row| row.get(at).map_or(0, |cell| cell.chars().count())).max();
    let (first, second) = (column(0).unwrap_or_default(), column(1).unwrap_or_default());
    for (way, [service, place]) in audit.ways.iter().zip(&cells) {
        let (sign, code) = mark(&way.findings);
        let sign = layout.painted(sign, code);
        let tls = match way.tls {
            "none" => "plain text".to_owned(),
            kind => format!("{kind} TLS"),
        };
        let by =
            way.allowed_by.as_ref().map(|rule| format!("allowed by {}", visible(rule))).unwrap_or_default();
        let line = format!("{sign} {service:first$}  {place:second$}  {tls:<11}  {by}");
        let _ = writeln!(output, "{}", line.trim_end());
        for finding in &way.findings {
            output += &one(finding, layout);
        }
    }
    if !audit.findings.is_empty() {
        output += if audit.ways.is_empty() { "" } else { "\n" };
        for finding in &audit.findings {
            let (sign, code) = mark(std::slice::from_ref(finding));
            let lead = format!("{} ", layout.painted(sign, code));
            output += &layout.wrapped(&lead, &finding.message, 2);
            output += &below(finding, layout);
        }
    }
    if !audit.skipped.is_empty() {
        output.push('\n');
        for skipped in &audit.skipped {
            output += &layout.wrapped(&layout.painted("- skipped: ", "2"), skipped, 11);
        }
    }
    let gap = if output.is_empty() { "" } else { "\n" };
    output + gap + &summary(audit) + "\n"
}

fn one(finding: &Finding, layout: Layout) -> String {
    layout.wrapped(&" ".repeat(INDENT), &finding.message, INDENT) + &below(finding, layout)
}

/// What to do, and where more stands. What is only worth knowing needs none of it.
fn below(finding: &Finding, layout: Layout) -> String {
    if finding.severity == Severity::Info {
        return String::new();
    }
    let explain = format!("(termgate doctor --explain {})", finding.code);
    format!("{}{:INDENT$}{}\n", layout.fix(finding, INDENT), "", layout.painted(&explain, "2"))
}

fn summary(audit: &Audit) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!(
        "gateway `{}`: {} out of the mesh, {}, {}",
        visible(&audit.gateway),
        counted(audit.ways.len(), "way"),
        counted(audit.count(Severity::Failure), "failure"),
        counted(audit.count(Severity::Warning), "warning"),
    )
}

/// At most 15 lines with the versions, to be pasted into a chat.
pub fn short(audit: &Audit, versions: &str) -> String {
    let of = |severity: Severity| audit.all().filter(move |finding| finding.severity == severity);
    let found = of(Severity::Failure).chain(of(Severity::Warning));
    let mut found: Vec<String> = found
        .map(|finding| {
            let sign = mark(std::slice::from_ref(finding)).0;
            format!("{sign} {}: {}", finding.code, visible(&finding.message))
        })
        .collect();
    let room = SHORT_LINES - 2;
    if found.len() > room {
        let more = found.len() - (room - 1);
        found.truncate(room - 1);
        found.push(format!("… and {more} more"));
    }
    let lines: Vec<String> = [versions.to_owned(), summary(audit)].into_iter().chain(found).collect();
    lines.join("\n") + "\n"
}

/// JUnit's XML: a case for each way, and one for what was found beside them.
pub fn junit(audit: &Audit) -> String {
    let fails = |findings: &[Finding]| findings.iter().any(Finding::is_failure);
    let failures =
        audit.ways.iter().filter(|way| fails(&way.findings)).count() + usize::from(fails(&audit.findings));
    let tests = audit.ways.len() + 1;
    let mut output = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let suite = format!("name=\"termgate audit egress\" tests=\"{tests}\" failures=\"{failures}\"");
    let _ = writeln!(output, "<testsuites {suite}>\n  <testsuite {suite}>");
    for way in &audit.ways {
        output += &case(&way.service, &place(way), &way.findings);
    }
    output += &case(&audit.gateway, "the gateway", &audit.findings);
    output + "  </testsuite>\n</testsuites>\n"
}

fn case(class: &str, name: &str, findings: &[Finding]) -> String {
    let start = format!("    <testcase classname=\"{}\" name=\"{}\"", markup(class), markup(name));
    let texts: Vec<String> = findings.iter().map(plain).collect();
    let text = markup(&texts.join("\n"));
    match findings.iter().min_by_key(|finding| finding.severity) {
        None => format!("{start}/>\n"),
        Some(worst) if worst.is_failure() => format!(
            "{start}><failure type=\"{}\" message=\"{}\">{text}</failure></testcase>\n",
            worst.code,
            markup(&worst.message)
        ),
        Some(_) => format!("{start}><system-out>{text}</system-out></testcase>\n"),
    }
}
