//! A graph as DOT, Graphviz's language.

use std::fmt::Write as _;

use super::view::{Node, View};
use super::{State, printable};

/// The whole graph.
pub(super) fn draw(view: &View) -> String {
    let mut output = String::from("digraph termgate {\n");
    let title = format!("gateway {}", view.gateway);
    let _ = writeln!(output, "  graph [rankdir=LR, ranksep=1.2, fontname=\"sans-serif\", labelloc=t,");
    let _ = writeln!(output, "    label={}];", lines(&[&title, &view.summary]));
    output.push_str("  node [fontname=\"sans-serif\", fontsize=11, height=0.3, fontcolor=\"#1f2328\"];\n");
    output.push_str("  edge [fontname=\"sans-serif\", fontsize=9];\n");
    cluster(&mut output, "sources", "sources", view.sources.iter().map(|from| ("s", &from.node)));
    let protocols: Vec<Node> = view.rows.iter().map(|row| protocol(row.protocol)).collect();
    let instances = view.instances.iter().map(|node| ("g", node));
    cluster(&mut output, "gateway", &title, instances.chain(protocols.iter().map(|node| ("c", node))));
    cluster(&mut output, "services", "linked services", view.rows.iter().map(|row| ("v", &row.node)));
    let endpoints = view.rows.iter().flat_map(|row| &row.endpoints);
    cluster(&mut output, "endpoints", "endpoints", endpoints.map(|node| ("e", node)));
    let legend: Vec<Node> = State::ALL.into_iter().map(sample).collect();
    cluster(&mut output, "legend", "legend", legend.iter().map(|node| ("l", node)));
    for (at, from) in view.sources.iter().enumerate() {
        for edge in &from.edges {
            line(&mut output, ("s", at), ("c", edge.row), (edge.state, edge.count, &edge.more));
        }
    }
    let mut endpoint = 0;
    for (at, row) in view.rows.iter().enumerate() {
        // That nobody may use it does not break the way on.
        let state = if row.node.state == State::Denied { State::Allowed } else { row.node.state };
        line(&mut output, ("c", at), ("v", at), (state, 1, &row.node.more));
        for node in &row.endpoints {
            line(&mut output, ("v", at), ("e", endpoint), (node.state, 1, &node.more));
            endpoint += 1;
        }
    }
    output + "}\n"
}

fn protocol(name: &str) -> Node {
    let label = if name.is_empty() { "any" } else { name }.to_owned();
    Node { label, note: String::new(), state: State::Allowed, more: String::new() }
}

fn sample(state: State) -> Node {
    Node { label: state.name().to_owned(), note: String::new(), state, more: String::new() }
}

/// Nodes in a frame with a title.
fn cluster<'a>(
    output: &mut String,
    id: &str,
    title: &str,
    nodes: impl Iterator<Item = (&'static str, &'a Node)>,
) {
    let _ = writeln!(output, "  subgraph cluster_{id} {{");
    let _ = writeln!(output, "    label={}; color=\"#8c959f\"; style=rounded;", quoted(title));
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for (letter, node) in nodes {
        let at = counts.entry(letter).or_default();
        let (fill, stroke) = node.state.colours();
        let shape = match node.state {
            _ if letter == "c" => "circle, style=filled",
            State::Allowed => "box, style=filled",
            State::Denied => "hexagon, style=\"filled,dashed\"",
            State::Broken => "box, peripheries=2, penwidth=2, style=filled",
            State::Unknown => "box, style=\"filled,rounded,dotted\"",
        };
        let label =
            if node.note.is_empty() { quoted(&node.label) } else { lines(&[&node.label, &node.note]) };
        let _ = writeln!(
            output,
            "    {letter}{at} [label={label}, shape={shape}, fillcolor=\"{fill}\", color=\"{stroke}\", tooltip={}];",
            quoted(if node.more.is_empty() { &node.label } else { &node.more })
        );
        *at += 1;
    }
    output.push_str("  }\n");
}

fn line(
    output: &mut String,
    (from, from_at): (&str, usize),
    (to, to_at): (&str, usize),
    (state, count, more): (State, usize, &str),
) {
    let style = match state {
        State::Allowed => "solid",
        State::Denied => "dashed, arrowhead=tee",
        State::Broken => "bold, arrowhead=box",
        State::Unknown => "dotted, arrowhead=odot",
    };
    let word = if state == State::Allowed { "" } else { state.name() };
    let times = if count > 1 { format!("{count}x") } else { String::new() };
    let label = format!("{times} {word}");
    let stroke = state.colours().1;
    let _ = writeln!(
        output,
        "  {from}{from_at} -> {to}{to_at} [style={style}, color=\"{stroke}\", fontcolor=\"{stroke}\", label={}, tooltip={}];",
        quoted(label.trim()),
        quoted(if more.is_empty() { state.name() } else { more })
    );
}

fn quoted(text: &str) -> String {
    lines(&[text])
}

/// Lines in DOT's quotes. Graphviz reads entities there, and `\` begins what stands for something.
fn lines(lines: &[&str]) -> String {
    let escaped = |line: &&str| {
        printable(line).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;").replace('<', "&lt;")
    };
    format!("\"{}\"", lines.iter().map(escaped).collect::<Vec<_>>().join("\\n"))
}
