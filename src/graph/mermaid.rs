//! A graph as Mermaid's flowchart.
//!
//! States differ by the form of nodes and lines, by a word on each line, and by colour.

use std::fmt::Write as _;

use super::view::{Node, View};
use super::{State, printable};

/// The whole flowchart.
pub(super) fn draw(view: &View) -> String {
    let mut output = String::from("flowchart LR\n");
    let _ = writeln!(output, "  accTitle: Terminating gateway");
    let _ = writeln!(output, "  accDescr: {}", view.summary);
    group(&mut output, "sources", "sources", view.sources.iter().map(|from| &from.node), 's');
    let _ = writeln!(output, "  subgraph gateway[\"gateway {}\"]", text(&view.gateway));
    for (at, node) in view.instances.iter().enumerate() {
        let _ = writeln!(output, "    {}", shaped('g', at, node));
    }
    for (at, row) in view.rows.iter().enumerate() {
        let protocol = if row.protocol.is_empty() { "any" } else { row.protocol };
        let _ = writeln!(output, "    c{at}((\"{protocol}\"))");
    }
    output.push_str("  end\n");
    group(&mut output, "services", "linked services", view.rows.iter().map(|row| &row.node), 'v');
    let endpoints = view.rows.iter().flat_map(|row| &row.endpoints);
    group(&mut output, "endpoints", "endpoints", endpoints, 'e');
    let mut lines = Lines::default();
    for (at, from) in view.sources.iter().enumerate() {
        for edge in &from.edges {
            lines.add(&format!("s{at}"), &format!("c{}", edge.row), edge.state, edge.count);
        }
    }
    let mut endpoint = 0;
    for (at, row) in view.rows.iter().enumerate() {
        // That nobody may use it does not break the way on.
        let state = if row.node.state == State::Denied { State::Allowed } else { row.node.state };
        lines.add(&format!("c{at}"), &format!("v{at}"), state, 1);
        for node in &row.endpoints {
            lines.add(&format!("v{at}"), &format!("e{endpoint}"), node.state, 1);
            endpoint += 1;
        }
    }
    output.push_str("  subgraph legend[\"legend\"]\n");
    for (at, state) in State::ALL.into_iter().enumerate() {
        let node = Node { label: state.name().to_owned(), note: String::new(), state, more: String::new() };
        let _ = writeln!(output, "    {}", shaped('l', at, &node));
    }
    output.push_str("  end\n");
    output.push_str(&lines.text);
    for (state, places) in &lines.of {
        if !places.is_empty() {
            let _ = writeln!(output, "  linkStyle {} stroke:{}", places.join(","), state.colours().1);
        }
    }
    for state in State::ALL {
        let (fill, stroke) = state.colours();
        let name = state.name();
        let _ =
            writeln!(output, "  classDef {name} fill:{fill},stroke:{stroke},color:#1f2328{}", border(state));
    }
    output
}

const fn border(state: State) -> &'static str {
    match state {
        State::Allowed => "",
        State::Denied => ",stroke-dasharray:6 3",
        State::Broken => ",stroke-width:3px",
        State::Unknown => ",stroke-dasharray:2 3",
    }
}

fn group<'a>(
    output: &mut String,
    id: &str,
    title: &str,
    nodes: impl Iterator<Item = &'a Node>,
    letter: char,
) {
    let mut nodes = nodes.enumerate().peekable();
    if nodes.peek().is_none() {
        return;
    }
    let _ = writeln!(output, "  subgraph {id}[\"{title}\"]");
    for (at, node) in nodes {
        let _ = writeln!(output, "    {}", shaped(letter, at, node));
    }
    output.push_str("  end\n");
}

/// A node in the form of its state.
fn shaped(letter: char, at: usize, node: &Node) -> String {
    let (open, close) = match node.state {
        State::Allowed => ("[", "]"),
        State::Denied => ("{{", "}}"),
        State::Broken => ("[[", "]]"),
        State::Unknown => ("([", "])"),
    };
    let second = if node.note.is_empty() { String::new() } else { format!("<br/>{}", text(&node.note)) };
    format!("{letter}{at}{open}\"{}{second}\"{close}:::{}", text(&node.label), node.state.name())
}

/// The lines, and their places by state, which is how Mermaid colours them.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    count: usize,
    of: std::collections::BTreeMap<State, Vec<String>>,
}

impl Lines {
    fn add(&mut self, from: &str, to: &str, state: State, count: usize) {
        let times = if count > 1 { format!("{count}x") } else { String::new() };
        let (line, label) = match state {
            State::Allowed => ("-->", times),
            State::Denied => ("--x", [&*times, "denied"].join(" ")),
            State::Broken => ("==x", [&*times, "broken"].join(" ")),
            State::Unknown => ("-.->", [&*times, "unknown"].join(" ")),
        };
        let label = label.trim();
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(self.text, "  {from} {line}{label} {to}");
        self.of.entry(state).or_default().push(self.count.to_string());
        self.count += 1;
    }
}

/// `text` in Mermaid's quotes: what could mean something there is an entity.
fn text(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in printable(text).chars() {
        if character.is_alphanumeric() || " -_./,()".contains(character) {
            output.push(character);
        } else {
            let _ = write!(output, "#{};", u32::from(character));
        }
    }
    output
}
