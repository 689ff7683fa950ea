//! A graph as SVG, with a layout of its own: columns of sources, the gateway, linked services and endpoints.
//!
//! The document needs nothing else, names and class names begin with `tg-`, so that it can stand in an HTML page, and it has
//! a light and a dark form.

use std::fmt::Write as _;

use super::view::{Edge, Node, View};
use super::{State, printable};
use crate::visible::markup;

/// Left edge and width of each column.
const SOURCES: (f64, f64) = (20.0, 220.0);
const GATEWAY: (f64, f64) = (370.0, 190.0);
const SERVICES: (f64, f64) = (640.0, 240.0);
const ENDPOINTS: (f64, f64) = (980.0, 220.0);
const WIDTH: f64 = 1220.0;

/// Where the columns begin; above are the title, the numbers and the legend.
const TOP: f64 = 136.0;
/// Height of a node with two lines, and of one with one line.
const TALL: f64 = 38.0;
const LOW: f64 = 24.0;
/// Space between nodes.
const GAP: f64 = 10.0;
/// Where arrows end before a node.
const BEFORE: f64 = 9.0;

const STYLE: &str = "\
.tg-graph{font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:12px}\
.tg-page{fill:#fff}.tg-text{fill:#1f2328}.tg-muted{fill:#59636e;font-size:10.5px}\
.tg-title{fill:#1f2328;font-size:17px;font-weight:600}.tg-head{fill:#59636e;font-size:11px;font-weight:600}\
.tg-box{fill:#f6f8fa;stroke:#818b98;stroke-width:1.2}\
.tg-node{stroke-width:1.3}.tg-line{fill:none;stroke-width:1.4}.tg-mark{fill:none;stroke-width:1.8;stroke-linecap:round}\
.tg-allowed{stroke:#1a7f37}.tg-denied{stroke:#9a6700}.tg-broken{stroke:#cf222e}.tg-unknown{stroke:#59636e}\
.tg-fill-allowed{fill:#e6f4ea}.tg-fill-denied{fill:#fff3d6}.tg-fill-broken{fill:#ffe3e3}.tg-fill-unknown{fill:#eceff2}\
.tg-denied.tg-line{stroke-dasharray:7 4}.tg-broken.tg-line{stroke-width:2.6}.tg-unknown.tg-line{stroke-dasharray:1.5 4}\
.tg-denied.tg-node{stroke-dasharray:6 3}.tg-broken.tg-node{stroke-width:1.6}.tg-unknown.tg-node{stroke-dasharray:1.5 3}\
@media (prefers-color-scheme:dark){\
.tg-page{fill:#0d1117}.tg-text,.tg-title{fill:#e6edf3}.tg-muted,.tg-head{fill:#9198a1}\
.tg-box{fill:#161b22;stroke:#656c76}\
.tg-allowed{stroke:#3fb950}.tg-denied{stroke:#d29922}.tg-broken{stroke:#f85149}.tg-unknown{stroke:#9198a1}\
.tg-fill-allowed{fill:#12261e}.tg-fill-denied{fill:#2e2411}.tg-fill-broken{fill:#3a1618}.tg-fill-unknown{fill:#21262d}}";

/// Where a node is: its middle.
#[derive(Debug, Clone, Copy)]
struct Spot {
    y: f64,
    height: f64,
}

/// The whole document.
pub(super) fn draw(view: &View) -> String {
    let rows = row_spots(view);
    let sources = source_spots(view, &rows);
    let under = |spots: &[Spot]| spots.iter().map(|spot| spot.y + spot.height / 2.0).fold(TOP, f64::max);
    let bottom = under(&rows).max(under(&sources)).max(first_row(view));
    let height = bottom + 24.0;
    let mut svg = Svg::default();
    svg.head(view, height);
    svg.gateway(view, bottom + 8.0);
    svg.edges(view, &rows, &sources);
    for (from, spot) in view.sources.iter().zip(&sources) {
        svg.node(&from.node, SOURCES, *spot);
    }
    for (row, spot) in view.rows.iter().zip(&rows) {
        svg.node(&row.node, SERVICES, Spot { height: TALL, ..*spot });
        for (node, spot) in row.endpoints.iter().zip(endpoint_spots(row.endpoints.len(), *spot)) {
            svg.node(node, ENDPOINTS, spot);
        }
    }
    if view.rows.is_empty() {
        svg.text("tg-muted", SERVICES.0, TOP + 20.0, "no service is linked");
    }
    svg.text + "</svg>\n"
}

/// Where the first row begins: the gateway's box names its instances above it.
fn first_row(view: &View) -> f64 {
    TOP + 34.0 + f64::from(small(view.instances.len())) * (LOW + 4.0) + GAP
}

/// Counts of what is drawn are small.
fn small(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn row_spots(view: &View) -> Vec<Spot> {
    let mut y = first_row(view);
    let mut spots = Vec::with_capacity(view.rows.len());
    for row in &view.rows {
        let endpoints = f64::from(small(row.endpoints.len())) * (LOW + 3.0) - 3.0;
        let height = endpoints.max(TALL);
        spots.push(Spot { y: y + height / 2.0, height });
        y += height + GAP;
    }
    spots
}

fn endpoint_spots(count: usize, row: Spot) -> impl Iterator<Item = Spot> {
    let step = LOW + 3.0;
    let first = row.y - step * (f64::from(small(count)) - 1.0) / 2.0;
    (0..count).map(move |at| Spot { y: first + step * f64::from(small(at)), height: LOW })
}

/// Sources stand beside the middle of what they reach, and do not overlap.
fn source_spots(view: &View, rows: &[Spot]) -> Vec<Spot> {
    let top = first_row(view);
    let wanted = |edges: &[Edge]| {
        let places: Vec<f64> =
            edges.iter().filter_map(|edge| rows.get(edge.row)).map(|spot| spot.y).collect();
        let sum: f64 = places.iter().sum();
        if places.is_empty() { top } else { sum / f64::from(small(places.len())) }
    };
    let mut order: Vec<(usize, f64)> =
        view.sources.iter().map(|from| wanted(&from.edges)).enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut spots = vec![Spot { y: top, height: TALL }; view.sources.len()];
    // Downwards each gets its place or the next free one; then what is too low moves up as far as there is space.
    let end = rows.last().map_or(top, |row| row.y + row.height / 2.0);
    let step = TALL + GAP;
    let mut lowest = top + TALL / 2.0;
    for (at, y) in &mut order {
        *y = y.max(lowest);
        lowest = *y + step;
        if let Some(spot) = spots.get_mut(*at) {
            spot.y = *y;
        }
    }
    let mut highest = (end - TALL / 2.0).max(top + TALL / 2.0 + step * (f64::from(small(order.len())) - 1.0));
    for (at, y) in order.iter().rev() {
        let y = y.min(highest);
        highest = y - step;
        if let Some(spot) = spots.get_mut(*at) {
            spot.y = y;
        }
    }
    spots
}

#[derive(Debug, Default)]
struct Svg {
    text: String,
}

impl Svg {
    fn head(&mut self, view: &View, height: f64) {
        let title = format!("Gateway {}", view.gateway);
        let _ = writeln!(
            self.text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tg-graph\" width=\"{WIDTH}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"tg-title tg-desc\">"
        );
        let _ = writeln!(self.text, "<title id=\"tg-title\">{}</title>", markup(&title));
        let _ = writeln!(
            self.text,
            "<desc id=\"tg-desc\">{}. {}</desc>",
            markup(&view.summary),
            markup(&problems(view))
        );
        let _ = writeln!(self.text, "<style>{STYLE}</style>");
        self.text.push_str("<defs>\n");
        for state in State::ALL {
            let name = state.name();
            let shape = match state {
                State::Allowed => "M1 1.5 9 5 1 8.5",
                State::Denied => "M8 0V10",
                State::Broken => "M2 1.5 9 8.5M9 1.5 2 8.5",
                State::Unknown => "M1.5 5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
            };
            let _ = writeln!(
                self.text,
                "<marker id=\"tg-end-{name}\" viewBox=\"0 0 10 10\" refX=\"5\" refY=\"5\" markerWidth=\"10\" \
                 markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"tg-mark tg-{name}\" d=\"{shape}\"/></marker>"
            );
        }
        let _ = writeln!(
            self.text,
            "</defs>\n<rect class=\"tg-page\" width=\"{WIDTH}\" height=\"{height:.0}\"/>"
        );
        self.text("tg-title", 20.0, 32.0, &fit(&title, 1180.0, 17.0));
        self.text("tg-muted", 20.0, 52.0, &view.summary);
        let mut x = 20.0;
        for state in State::ALL {
            let node =
                Node { label: state.name().to_owned(), note: String::new(), state, more: String::new() };
            self.node(&node, (x, 110.0), Spot { y: 80.0, height: LOW });
            self.line(state, "", &format!("M{:.0} 80H{:.0}", x + 116.0, x + 172.0));
            x += 210.0;
        }
        let heads = [
            (SOURCES, "SOURCES"),
            (GATEWAY, "GATEWAY"),
            (SERVICES, "LINKED SERVICES"),
            (ENDPOINTS, "ENDPOINTS"),
        ];
        for ((x, _), head) in heads {
            self.text("tg-head", x, TOP - 14.0, head);
        }
    }

    /// The gateway's box with its instances.
    fn gateway(&mut self, view: &View, bottom: f64) {
        let (x, width) = GATEWAY;
        let _ = writeln!(
            self.text,
            "<rect class=\"tg-box\" x=\"{x}\" y=\"{TOP}\" width=\"{width}\" height=\"{:.1}\" rx=\"8\"/>",
            bottom - TOP
        );
        self.text("tg-text", x + 12.0, TOP + 21.0, &fit(&view.gateway, width - 24.0, 12.0));
        for (at, node) in view.instances.iter().enumerate() {
            let y = TOP + 34.0 + f64::from(small(at)) * (LOW + 4.0) + LOW / 2.0;
            self.node(node, (x + 10.0, width - 20.0), Spot { y, height: LOW });
        }
    }

    /// Lines first, so that nodes lie on them.
    fn edges(&mut self, view: &View, rows: &[Spot], sources: &[Spot]) {
        let (gate, gate_end) = (GATEWAY.0, GATEWAY.0 + GATEWAY.1);
        // Lines that end at one row spread over its height, from the highest source down.
        let mut ends: Vec<Vec<(f64, usize, &Edge)>> = vec![Vec::new(); rows.len()];
        for (at, (from, spot)) in view.sources.iter().zip(sources).enumerate() {
            for edge in &from.edges {
                if let Some(ends) = ends.get_mut(edge.row) {
                    ends.push((spot.y, at, edge));
                }
            }
        }
        for ((row, spot), mut ends) in view.rows.iter().zip(rows).zip(ends) {
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let step = (f64::from(28_u8) / f64::from(small(ends.len()).max(1))).min(9.0);
            let first = spot.y - step * (f64::from(small(ends.len())) - 1.0) / 2.0;
            for (place, (y, at, edge)) in ends.iter().enumerate() {
                let end = first + step * f64::from(small(place));
                let start = SOURCES.0 + SOURCES.1;
                let middle = f64::midpoint(start, gate);
                let source = view.sources.get(*at).map_or("", |from| &from.node.label);
                let times =
                    if edge.count > 1 { format!(" ({} connections)", edge.count) } else { String::new() };
                let more = if edge.more.is_empty() { String::new() } else { format!(": {}", edge.more) };
                let text = format!("{source} → {}: {}{times}{more}", row.node.label, edge.state.name());
                let path = format!(
                    "M{start} {y:.1}C{middle} {y:.1} {middle} {end:.1} {:.1} {end:.1}",
                    gate - BEFORE
                );
                self.line(edge.state, &text, &path);
            }
            // Through the gateway; that nobody may use it does not break the way on.
            let state = if row.node.state == State::Denied { State::Allowed } else { row.node.state };
            let y = spot.y;
            let _ = writeln!(
                self.text,
                "<circle class=\"tg-node tg-text\" cx=\"{gate}\" cy=\"{y:.1}\" r=\"3\"/>"
            );
            self.line(state, &row.node.more, &format!("M{gate} {y:.1}H{:.1}", SERVICES.0 - BEFORE));
            let protocol = if row.protocol.is_empty() { "several protocols" } else { row.protocol };
            let _ = writeln!(
                self.text,
                "<rect class=\"tg-box\" style=\"stroke:none\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"16\"/>",
                gate + 20.0,
                y - 8.0,
                width(protocol, 10.5) + 12.0
            );
            self.text("tg-muted", gate + 26.0, y + 3.5, protocol);
            debug_assert!(gate_end < SERVICES.0);
            let (start, end) = (SERVICES.0 + SERVICES.1, ENDPOINTS.0 - BEFORE);
            let middle = f64::midpoint(start, end);
            for (node, to) in row.endpoints.iter().zip(endpoint_spots(row.endpoints.len(), *spot)) {
                let path = format!("M{start} {y:.1}C{middle} {y:.1} {middle} {0:.1} {end} {0:.1}", to.y);
                self.line(node.state, &node.more, &path);
            }
        }
    }

    fn line(&mut self, state: State, more: &str, path: &str) {
        let name = state.name();
        let title = titled(if more.is_empty() { name } else { more });
        let _ = writeln!(
            self.text,
            "<path class=\"tg-line tg-{name}\" d=\"{path}\" marker-end=\"url(#tg-end-{name})\">{title}</path>"
        );
    }

    /// A node: its form, its mark and its colour say its state.
    fn node(&mut self, node: &Node, (x, width): (f64, f64), spot: Spot) {
        let Spot { y, height } = spot;
        let (top, end, bottom) = (y - height / 2.0, x + width, y + height / 2.0);
        let name = node.state.name();
        let full =
            if node.more.is_empty() { node.label.clone() } else { format!("{}: {}", node.label, node.more) };
        let _ = write!(self.text, "<g>{}", titled(&format!("{full} ({name})")));
        let class = format!("class=\"tg-node tg-{name} tg-fill-{name}\"");
        let _ = match node.state {
            State::Allowed => write!(
                self.text,
                "<rect {class} x=\"{x}\" y=\"{top:.1}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>"
            ),
            State::Denied => write!(
                self.text,
                "<path {class} d=\"M{:.1} {top:.1}H{:.1}L{end} {y:.1}L{:.1} {bottom:.1}H{:.1}L{x} {y:.1}Z\"/>",
                x + 10.0,
                end - 10.0,
                end - 10.0,
                x + 10.0
            ),
            State::Broken => write!(
                self.text,
                "<rect {class} x=\"{x}\" y=\"{top:.1}\" width=\"{width}\" height=\"{height}\"/>\
                 <rect class=\"tg-node tg-{name}\" fill=\"none\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                x + 3.0,
                top + 3.0,
                width - 6.0,
                height - 6.0
            ),
            State::Unknown => write!(
                self.text,
                "<rect {class} x=\"{x}\" y=\"{top:.1}\" width=\"{width}\" height=\"{height}\" rx=\"{:.1}\"/>",
                height / 2.0
            ),
        };
        let (mark_x, text_x) = (x + 19.0, x + 32.0);
        self.mark(node.state, mark_x, y);
        let space = width - 46.0;
        if node.note.is_empty() {
            self.text("tg-text", text_x, y + 4.2, &fit(&node.label, space, 12.0));
        } else {
            self.text("tg-text", text_x, y - 2.5, &fit(&node.label, space, 12.0));
            self.text("tg-muted", text_x, y + 11.5, &fit(&node.note, space, 10.5));
        }
        self.text.push_str("</g>\n");
    }

    fn mark(&mut self, state: State, x: f64, y: f64) {
        let name = state.name();
        let path = match state {
            State::Allowed => format!("M{:.1} {y:.1}l3 3.5l5.5-7.5", x - 4.5),
            State::Denied => format!("M{:.1} {y:.1}a5 5 0 1 0 10 0a5 5 0 1 0-10 0m1.5 3.5l7-7", x - 5.0),
            State::Broken => format!("M{:.1} {:.1}l8 8m0-8l-8 8", x - 4.0, y - 4.0),
            State::Unknown => {
                format!("M{:.1} {:.1}q0-3.2 3-3.2t3 3q0 1.8-1.7 2.6t-1.4 2m0 2.8v.2", x - 3.0, y - 2.5)
            }
        };
        let _ = write!(self.text, "<path class=\"tg-mark tg-{name}\" d=\"{path}\"/>");
    }

    fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let _ =
            writeln!(self.text, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", markup(text));
    }
}

/// What is wrong, as a sentence for those who do not see the picture.
fn problems(view: &View) -> String {
    let wrong = view.rows.iter().map(|row| &row.node).filter(|node| node.state != State::Allowed);
    let texts: Vec<String> = wrong.map(|node| format!("{}: {}", node.label, node.state.name())).collect();
    if texts.is_empty() { "Nothing is wrong with a linked service.".to_owned() } else { texts.join("; ") }
}

fn titled(text: &str) -> String {
    format!("<title>{}</title>", markup(text))
}

/// About how wide a character is, as a part of the font's size.
fn share(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | ' ' => 0.34,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.71,
        '\0'..='\u{7f}' => 0.6,
        '\u{80}'..='\u{2e7f}' => 0.66,
        _ => 1.05,
    }
}

/// About how wide a text is.
fn width(text: &str, size: f64) -> f64 {
    text.chars().map(share).sum::<f64>() * size
}

/// A text that fits: where it is too long, its middle is left out.
fn fit(text: &str, space: f64, size: f64) -> String {
    let text = printable(text);
    if width(&text, size) <= space {
        return text;
    }
    let half = (space - size) / 2.0;
    let mut used = 0.0;
    let mut fits = |character: &char| {
        used += share(*character) * size;
        used <= half
    };
    let start: String = text.chars().take_while(&mut fits).collect();
    used = 0.0;
    let mut fits = |character: &char| {
        used += share(*character) * size;
        used <= half
    };
    let end: Vec<char> = text.chars().rev().take_while(&mut fits).collect();
    start + "…" + &end.into_iter().rev().collect::<String>()
}
