//! The way for people: first where it ends and how to fix that, then the hops.

use super::{Status, Stop, Way};
use crate::doctor::show::Layout;
use crate::finding::{Finding, Severity};

/// A mark that differs in shape as well as in colour.
const fn mark(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Ok => ("✓", "32"),
        Status::Broken => ("✗", "1;31"),
        Status::Unknown => ("?", "33"),
    }
}

/// The way, its first line the most important one.
pub fn human(way: &Way, width: usize, colour: bool) -> String {
    let layout = Layout { width, colour };
    let broken = way.broken_hop.and_then(|at| way.hops.get(at));
    let mut output = if let Some(stop) = broken {
        first_line(stop, layout)
    } else {
        let unknown = way.hops.iter().filter(|stop| stop.status == Status::Unknown).count();
        let text = match unknown {
            0 => "no hop is broken".to_owned(),
            1 => "no hop is known to be broken; 1 is unknown".to_owned(),
            count => format!("no hop is known to be broken; {count} are unknown"),
        };
        layout.wrapped("", &text, 0)
    };
    let source = way.source.as_deref().unwrap_or("any source");
    output += &layout.wrapped("\n", &format!("{source} → {} → {}", way.gateway, way.service), 0);
    for (at, stop) in way.hops.iter().enumerate() {
        output += &hop(stop, at + 1 == way.hops.len(), layout);
    }
    output
}

fn first_line(stop: &Stop, layout: Layout) -> String {
    let finding = stop.findings.iter().find(|finding| super::is_end(finding));
    let lead = layout.painted(&format!("broken at {}:", stop.hop.name()), "1;31");
    let indent = "broken at : ".len() + stop.hop.name().len();
    match finding {
        None => layout.wrapped(&(lead + " "), &stop.what, indent),
        Some(finding) => layout.wrapped(&(lead + " "), &finding.message, indent) + &layout.fix(finding, 0),
    }
}

fn hop(stop: &Stop, is_last: bool, layout: Layout) -> String {
    const INDENT: usize = 16;
    let (sign, code) = mark(stop.status);
    let branch = if is_last { "└" } else { "├" };
    let lead = format!("{branch} {} {:<12}", layout.painted(sign, code), stop.hop.name());
    let mut output = layout.wrapped(&lead, &stop.what, INDENT);
    // What the line above says already is not repeated.
    let is_new = |finding: &&Finding| {
        let is_said = !stop.what.is_empty() && finding.message.contains(&stop.what);
        finding.severity != Severity::Info && !is_said
    };
    for finding in stop.findings.iter().filter(is_new) {
        let stem = if is_last { " " } else { "│" };
        let lead = format!("{stem}{:1$}", "", INDENT - 1);
        output += &layout.wrapped(&lead, &format!("{} ({})", finding.message, finding.code), INDENT);
    }
    output
}
