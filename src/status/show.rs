//! The status for people.

use std::fmt::Write as _;

use super::{Denied, Gateway, Row, State, Status};
use crate::doctor::show::Layout;
use crate::visible::visible;

/// From so many columns on there is room for more of a service.
const WIDE: usize = 110;

/// The fewest columns of a name.
const NARROWEST: usize = 8;

/// Columns between two cells, and of a mark with what follows it.
const GAP: usize = 2;
const MARK: usize = 2;

/// A mark that differs in shape as well as in colour.
pub fn mark(row: &Row) -> (&'static str, &'static str) {
    match row.state {
        State::Closed => ("✗", "1;31"),
        State::Waiting => ("…", "1;33"),
        State::Served if !row.seen => ("?", "33"),
        State::Served if row.reason.is_some() || !row.failures_per_second.is_empty() => ("!", "1;33"),
        State::Served => ("✓", "32"),
    }
}

/// The gateway, a table of its services with what is wrong with each, and a summary.
pub fn human(status: &Status, width: usize, colour: bool) -> String {
    let layout = Layout { width, colour };
    let mut output = head(status, layout);
    output.push('\n');
    if !status.services.is_empty() {
        output += &table(&status.services, layout);
        output.push('\n');
    }
    output += &layout.wrapped("", &summary(status), 0);
    if !status.refused.is_empty() {
        output += "refused updates\n";
        for refused in &status.refused {
            let lead = format!("  {} ", layout.painted("✗", "1;31"));
            output += &layout.wrapped(&lead, &format!("{}: {}", refused.resource, refused.reason), 4);
        }
    }
    output
}

fn head(status: &Status, layout: Layout) -> String {
    let Gateway { name, id, datacenter, .. } = &status.gateway;
    let mut text = format!("gateway `{name}`");
    if id != name {
        let _ = write!(text, " (ID `{id}`)");
    }
    if !datacenter.is_empty() {
        let _ = write!(text, " in {datacenter}");
    }
    let mut output = layout.wrapped("", &format!("{text}: {}", envoy(&status.gateway)), 0);
    let listeners = &status.gateway.listeners;
    if !listeners.is_empty() {
        output += &layout.wrapped("", &traffic(&status.gateway), 0);
    }
    let instances = &status.gateway.instances;
    let shown = instances.iter().take(MOST_REPLICAS).map(|one| {
        let node = if one.node.is_empty() { String::new() } else { format!(" on {}", one.node) };
        format!("{}{node}, {} port {}, {}", one.id, one.address, one.port, one.status)
    });
    let shown: Vec<String> = shown.collect();
    let more = instances.len() - shown.len();
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let text = match shown.len() {
        0 => "no instance of it is registered".to_owned(),
        1 => format!("instance: {}", shown.concat()),
        _ => format!("instances: {}{more}", shown.join("; ")),
    };
    output += &layout.wrapped("", &text, 0);
    if let Some(changed) = &status.last_change {
        let _ = writeln!(output, "last change: {changed}");
    }
    output
}

/// Instances of a gateway that are shown.
const MOST_REPLICAS: usize = 5;

fn envoy(gateway: &Gateway) -> String {
    if let Some(reason) = &gateway.reason {
        return format!("Envoy's state is unknown ({reason}); what follows is what Consul's state implies");
    }
    let version = gateway.envoy.as_deref().unwrap_or_default();
    let mut text = format!("Envoy {version} is {}", gateway.state);
    if let Some(by) = gateway.configured_by {
        let by = if by == "consul" { "Consul" } else { by };
        let _ = write!(text, ", configured by {by}");
    }
    if gateway.connected == Some(false) {
        text += ", which is not connected";
    }
    if let Some(seconds) = gateway.uptime_seconds {
        let _ = write!(text, ", up {}", span(seconds));
    }
    text
}

fn traffic(gateway: &Gateway) -> String {
    let mut text = format!("listens on {}", gateway.listeners.join(", "));
    if let Some(connections) = gateway.active_connections {
        let _ = write!(text, "; {}", counted(connections, "connection", "connections"));
    }
    let denied = gateway.denied.unwrap_or_default();
    let Denied { identity, no_certificate, certificate, connections } = denied;
    let all = [
        (identity + connections, "by intentions"),
        (no_certificate, "without a certificate"),
        (certificate, "with a certificate of another mesh"),
    ];
    let shown: Vec<String> = all
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", number_of(*count)))
        .collect();
    if !shown.is_empty() {
        let _ = write!(text, "; denied: {}", shown.join(", "));
    }
    text
}

/// How many services there are, and how they are.
pub fn summary(status: &Status) -> String {
    let count = |state: State| status.services.iter().filter(|row| row.state == state).count();
    let services = counted(status.services.len() as u64, "linked service", "linked services");
    let served = count(State::Served);
    let word = if status.gateway.reason.is_some() { "to be served" } else { "served" };
    let mut parts = vec![format!("{served} {word}")];
    for state in [State::Waiting, State::Closed] {
        let count = count(state);
        if count > 0 {
            parts.push(format!("{count} {}", state.name()));
        }
    }
    let refused = status.refused.len();
    if refused > 0 {
        parts.push(format!("{refused} refused updates").replace("1 refused updates", "1 refused update"));
    }
    format!("{services}: {}", parts.join(", "))
}

/// A column: its heading, whether numbers are in it, and its cell.
type Column = (&'static str, bool, fn(&Row) -> String);

const COLUMNS: &[Column] = &[
    ("STATE", false, state),
    ("INST", true, shown_instances),
    ("TLS", false, |row| row.tls.to_owned()),
    ("CERT", true, |row| row.certificate_days_left.map_or_else(unknown, |days| format!("{days}d"))),
    ("CONN", true, |row| row.active_connections.map_or_else(unknown, number_of)),
    ("REQ/S", true, |row| row.requests_per_second.map_or_else(unknown, number)),
    ("FAIL/S", true, |row| match row.requests_per_second {
        None => unknown(),
        Some(_) => number(row.failures_per_second.values().sum()),
    }),
];

const MORE_COLUMNS: &[Column] = &[
    ("PROTOCOL", false, |row| row.protocol.clone()),
    ("REQUESTS", true, |row| row.requests_total.map_or_else(unknown, number_of)),
    ("CHANGED", false, |row| {
        // The time of day alone, to the second.
        let time = row.last_change.as_deref().and_then(|moment| moment.get(11..19));
        time.map_or_else(unknown, |time| format!("{time}Z"))
    }),
];

fn unknown() -> String {
    "-".to_owned()
}

fn state(row: &Row) -> String {
    let unsure = if row.state == State::Served && !row.seen { "?" } else { "" };
    format!("{}{unsure}", row.state.name())
}

/// The healthy ones, and all where some are not.
pub fn shown_instances(row: &Row) -> String {
    match (row.instances.healthy, row.instances.total) {
        (Some(healthy), Some(total)) if healthy != total => format!("{healthy}/{total}"),
        (_, Some(total)) => total.to_string(),
        _ => unknown(),
    }
}

/// Services in columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// The headings.
    pub heading: String,
    /// A line for each service. The first two columns are for a mark.
    pub lines: Vec<String>,
}

/// The services in columns that fit into `width` beside a mark of two.
pub fn grid(rows: &[&Row], width: usize) -> Grid {
    let columns: Vec<&Column> =
        if width >= WIDE { COLUMNS.iter().chain(MORE_COLUMNS).collect() } else { COLUMNS.iter().collect() };
    let names: Vec<String> = rows.iter().map(|row| visible(&row.name).into_owned()).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|(_, _, cell)| cell(row)).collect()).collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, (heading, ..))| {
            let of_cells = cells.iter().filter_map(|cells| cells.get(at)).map(|cell| cell.chars().count());
            of_cells.max().unwrap_or_default().max(heading.len())
        })
        .collect();
    let others: usize = widths.iter().map(|width| width + GAP).sum();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().max(NARROWEST);
    let room = width.saturating_sub(others + MARK).max(NARROWEST);
    let line = |name: &str, cells: &[String]| {
        let mut line = format!("{:1$}", cut(name, room), longest.min(room));
        for ((cell, width), (_, is_number, _)) in cells.iter().zip(&widths).zip(&columns) {
            let _ = if *is_number {
                write!(line, "{:GAP$}{cell:>width$}", "")
            } else {
                write!(line, "{:GAP$}{cell:<width$}", "")
            };
        }
        line.trim_end().to_owned()
    };
    let headings: Vec<String> = columns.iter().map(|(heading, ..)| (*heading).to_owned()).collect();
    Grid {
        heading: line("SERVICE", &headings),
        lines: names.iter().zip(&cells).map(|(name, cells)| line(name, cells)).collect(),
    }
}

fn table(rows: &[Row], layout: Layout) -> String {
    let grid = grid(&rows.iter().collect::<Vec<_>>(), layout.width);
    let mut output = format!("{:MARK$}{}\n", "", layout.painted(&grid.heading, "1"));
    for (row, line) in rows.iter().zip(&grid.lines) {
        let (sign, code) = mark(row);
        let _ = writeln!(output, "{} {line}", layout.painted(sign, code));
        for text in why(row) {
            output += &layout.wrapped("    ", &text, 4);
        }
    }
    output
}

/// Why a service is as it is, and what fails, on a line each.
pub fn why(row: &Row) -> Vec<String> {
    let failing = Some(failing(row)).filter(|text| !text.is_empty());
    row.reason.clone().into_iter().chain(failing).collect()
}

/// What fails, by cause, the most frequent first; empty if nothing does.
pub fn failing(row: &Row) -> String {
    let mut all: Vec<(&str, u64, Option<f64>)> = row
        .failures
        .iter()
        .map(|(cause, count)| (*cause, *count, row.failures_per_second.get(cause).copied()))
        .collect();
    all.sort_by(|one, other| {
        let rate = |rate: Option<f64>| rate.unwrap_or_default();
        rate(other.2).total_cmp(&rate(one.2)).then(other.1.cmp(&one.1))
    });
    let shown: Vec<String> = all
        .iter()
        .map(|(cause, count, rate)| match rate {
            Some(rate) => format!("{cause} {} ({}/s)", number_of(*count), number(*rate)),
            None => format!("{cause} {}", number_of(*count)),
        })
        .collect();
    if shown.is_empty() { String::new() } else { format!("failed: {}", shown.join(", ")) }
}

/// `text` in at most so many columns.
fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}

#[expect(clippy::cast_precision_loss, reason = "it is rounded for people")]
fn number_of(count: u64) -> String {
    if count < 10_000 { count.to_string() } else { number(count as f64) }
}

/// A number in a few characters.
pub fn number(value: f64) -> String {
    // A sum of nothing is a negative zero.
    let (value, unit) = match value + 0.0 {
        value if value < 10_000.0 => (value, ""),
        value if value < 1e6 => (value / 1e3, "k"),
        value if value < 1e9 => (value / 1e6, "M"),
        value => (value / 1e9, "G"),
    };
    let text = match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => return format!("{value:.0}{unit}"),
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{unit}")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number_of(count), if count == 1 { one } else { many })
}

/// A time in its two largest units.
pub(super) fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m {}s", seconds % 60),
        (0, hours, _) => format!("{hours}h {}m", minutes % 60),
        (days, ..) => format!("{days}d {}h", hours % 24),
    }
}
