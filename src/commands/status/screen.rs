//! The live view: what it shows, and what keys change. Pure: it draws into a buffer.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};

use crate::status::{Row, State, Status, failing, grid, mark, summary};
use crate::system::terminal::Key;
use crate::visible::visible;

/// What services are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    State,
    Requests,
    Failures,
    Connections,
    Certificate,
}

impl Order {
    const ALL: [Self; 6] =
        [Self::Name, Self::State, Self::Requests, Self::Failures, Self::Connections, Self::Certificate];

    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Requests => "requests",
            Self::Failures => "failures",
            Self::Connections => "connections",
            Self::Certificate => "certificate",
        }
    }

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|order| *order == self).unwrap_or_default();
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Name)
    }

    /// What is of interest comes first.
    fn compare(self, one: &Row, other: &Row) -> std::cmp::Ordering {
        let rate = |row: &Row| row.requests_per_second.unwrap_or_default();
        let failures = |row: &Row| row.failures_per_second.values().sum::<f64>();
        let days = |row: &Row| row.certificate_days_left.unwrap_or(i64::MAX);
        let by = match self {
            Self::Name => std::cmp::Ordering::Equal,
            Self::State => one.state.cmp(&other.state),
            Self::Requests => rate(other).total_cmp(&rate(one)),
            Self::Failures => failures(other)
                .total_cmp(&failures(one))
                .then_with(|| other.failures.values().sum::<u64>().cmp(&one.failures.values().sum())),
            Self::Connections => other.active_connections.cmp(&one.active_connections),
            Self::Certificate => days(one).cmp(&days(other)),
        };
        by.then_with(|| one.name.cmp(&other.name))
    }
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing but what the screen does itself.
    Nothing,
    /// The end.
    End,
    /// That the terminal is left to others for a while.
    Pause,
}

/// What is shown of a status.
#[derive(Debug)]
pub struct Screen {
    order: Order,
    is_reversed: bool,
    filter: String,
    /// Whether keys go into the filter.
    is_typing: bool,
    /// The selected service, by name: it stays selected wherever it moves.
    selected: Option<String>,
    /// The first service that is shown.
    top: usize,
    /// Whether the selected service is explained, and from which line on.
    detail: Option<usize>,
    /// Services that a page holds.
    page: usize,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            order: Order::Name,
            is_reversed: false,
            filter: String::new(),
            is_typing: false,
            selected: None,
            top: 0,
            detail: None,
            page: 1,
        }
    }
}

impl Screen {
    /// The service that is to be explained.
    pub fn explained(&self) -> Option<&str> {
        self.detail.and(self.selected.as_deref())
    }

    /// The services that are shown, in order.
    fn rows<'a>(&self, status: &'a Status) -> Vec<&'a Row> {
        let wanted = self.filter.to_lowercase();
        let matches = |row: &&Row| {
            row.name.to_lowercase().contains(&wanted)
                || row.state.name().contains(&wanted)
                || row.reason.as_ref().is_some_and(|reason| reason.to_lowercase().contains(&wanted))
        };
        let mut rows: Vec<&Row> = status.services.iter().filter(matches).collect();
        rows.sort_by(|one, other| self.order.compare(one, other));
        if self.is_reversed {
            rows.reverse();
        }
        rows
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key, status: &Status) -> Asked {
        match key {
            Key::Interrupt => return Asked::End,
            Key::Suspend => return Asked::Pause,
            _ => {}
        }
        if self.is_typing {
            match key {
                Key::Enter => self.is_typing = false,
                Key::Escape => {
                    self.is_typing = false;
                    self.filter.clear();
                }
                Key::Backspace => drop(self.filter.pop()),
                Key::Char(letter) => self.filter.push(letter),
                _ => {}
            }
            return Asked::Nothing;
        }
        match key {
            Key::Char('q') => return Asked::End,
            Key::Escape => match (self.detail.take(), self.filter.is_empty()) {
                (None, true) => return Asked::End,
                (None, false) => self.filter.clear(),
                (Some(_), _) => {}
            },
            Key::Char('s') => self.order = self.order.next(),
            Key::Char('r') => self.is_reversed = !self.is_reversed,
            Key::Char('/') => self.is_typing = true,
            Key::Enter | Key::Char(' ') => self.detail = self.detail.map_or(Some(0), |_| None),
            Key::Char('J') => self.detail = self.detail.map(|line| line + 1),
            Key::Char('K') => self.detail = self.detail.map(|line| line.saturating_sub(1)),
            Key::Up | Key::Char('k') => self.move_by(-1, status),
            Key::Down | Key::Char('j') => self.move_by(1, status),
            Key::PageUp => self.move_by(-self.page.cast_signed(), status),
            Key::PageDown => self.move_by(self.page.cast_signed(), status),
            Key::Home | Key::Char('g') => self.move_by(isize::MIN, status),
            Key::End | Key::Char('G') => self.move_by(isize::MAX, status),
            _ => {}
        }
        Asked::Nothing
    }

    fn move_by(&mut self, by: isize, status: &Status) {
        let rows = self.rows(status);
        let at = self.place(&rows).saturating_add_signed(by).min(rows.len().saturating_sub(1));
        self.selected = rows.get(at).map(|row| row.name.clone());
        self.detail = self.detail.map(|_| 0);
    }

    /// Where the selected service is.
    fn place(&self, rows: &[&Row]) -> usize {
        let selected = self.selected.as_ref();
        rows.iter().position(|row| Some(&row.name) == selected).unwrap_or_default()
    }

    /// Draws it, with the `explanation` of [`Self::explained`] and what is wrong with the agent.
    pub fn draw(
        &mut self,
        status: &Status,
        explanation: &[String],
        trouble: Option<&str>,
        area: Rect,
    ) -> Buffer {
        let mut buffer = Buffer::empty(area);
        let width = usize::from(area.width);
        let mut canvas = Canvas { buffer: &mut buffer, width };
        let height = usize::from(area.height);
        canvas.line(0, &head(status), Style::new().add_modifier(Modifier::BOLD));
        if let Some(trouble) = trouble {
            canvas.line(1, &format!("the agent: {trouble}"), Style::new().fg(Color::Red));
        } else {
            // To the second.
            let changed = status.last_change.as_deref().and_then(|changed| changed.get(..19));
            let changed = changed.map(|changed| format!(" · last change {changed}Z"));
            canvas.line(1, &(summary(status) + &changed.unwrap_or_default()), Style::new());
        }
        let rows = self.rows(status);
        let at = self.place(&rows);
        self.selected = rows.get(at).map(|row| row.name.clone());
        let room = height.saturating_sub(4);
        let below = if self.detail.is_some() { (room / 2).min(explanation.len() + 1) } else { 0 };
        self.page = room.saturating_sub(below).max(1);
        if at < self.top || at >= self.top + self.page {
            self.top = at.saturating_sub(self.page / 2);
        }
        self.top = self.top.min(rows.len().saturating_sub(self.page));
        let grid = grid(&rows, width);
        canvas.line(
            2,
            &format!("  {}", grid.heading),
            Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
        );
        let columns = grid.heading.chars().count();
        let shown = rows.iter().zip(&grid.lines).enumerate().skip(self.top).take(self.page);
        for (place, (row, line)) in shown {
            let y = 3 + place - self.top;
            let failing = Some(failing(row)).filter(|text| !text.is_empty());
            let why = row.reason.clone().or(failing).unwrap_or_default();
            let text = format!("  {line:columns$}  {why}");
            let style = if place == at { Style::new().add_modifier(Modifier::REVERSED) } else { plain(row) };
            canvas.line(y, &text, style);
            canvas.put(0, y, mark(row).0, style.fg(colour(row)).add_modifier(Modifier::BOLD));
        }
        if rows.is_empty() {
            let text = if self.filter.is_empty() { "no service is linked" } else { "no service matches" };
            canvas.line(3, text, Style::new().add_modifier(Modifier::DIM));
        }
        if below > 0 {
            let y = height.saturating_sub(1 + below);
            let name = self.selected.as_deref().unwrap_or_default();
            canvas.line(y, &format!("─ explain {} ", visible(name)), Style::new().fg(Color::Cyan));
            let lines = below - 1;
            let first = self.detail.unwrap_or_default().min(explanation.len().saturating_sub(lines));
            self.detail = Some(first);
            for (at, line) in explanation.iter().skip(first).take(lines).enumerate() {
                canvas.line(y + 1 + at, line, of_hop(line));
            }
        }
        canvas.line(height.saturating_sub(1), &self.footer(rows.len()), Style::new().fg(Color::Cyan));
        buffer
    }

    fn footer(&self, count: usize) -> String {
        if self.is_typing {
            return format!("filter: {}▏ ({count})  Enter keeps it  Esc clears it", visible(&self.filter));
        }
        let direction = if self.is_reversed { "↑" } else { "↓" };
        let filter = match self.filter.as_str() {
            "" => "/ filter".to_owned(),
            filter => format!("/ filter `{}`", visible(filter)),
        };
        let order = self.order.name();
        let detail = if self.detail.is_some() { "Enter close  J/K scroll" } else { "Enter explain" };
        format!("↑↓ move  {detail}  s sort: {order} {direction}  r reverse  {filter}  q quit")
    }
}

fn head(status: &Status) -> String {
    let gateway = &status.gateway;
    let envoy = match (&gateway.envoy, &gateway.reason) {
        (_, Some(_)) => "Envoy's state is unknown".to_owned(),
        (version, None) => format!("Envoy {} {}", version.as_deref().unwrap_or_default(), gateway.state),
    };
    let passing = gateway.instances.iter().filter(|one| one.status == "passing").count();
    let parts = [
        Some(visible(&gateway.name).into_owned()),
        Some(envoy),
        gateway.active_connections.map(|connections| format!("{connections} connections")),
        Some(format!("{passing}/{} instances passing", gateway.instances.len())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn colour(row: &Row) -> Color {
    match mark(row).0 {
        "✓" => Color::Green,
        "✗" => Color::Red,
        _ => Color::Yellow,
    }
}

fn plain(row: &Row) -> Style {
    if row.state == State::Closed { Style::new().fg(Color::Red) } else { Style::new() }
}

/// The style of a line of an explanation.
fn of_hop(line: &str) -> Style {
    let is_broken = line.starts_with("broken at") || line.chars().take(4).any(|letter| letter == '✗');
    let is_unknown = line.starts_with(['├', '└']) && line.chars().take(4).any(|letter| letter == '?');
    match (is_broken, is_unknown) {
        (true, _) => Style::new().fg(Color::Red),
        (_, true) => Style::new().fg(Color::Yellow),
        _ => Style::new(),
    }
}

/// What is drawn on.
struct Canvas<'a> {
    buffer: &'a mut Buffer,
    width: usize,
}

impl Canvas<'_> {
    /// A whole line in one style.
    fn line(&mut self, y: usize, text: &str, style: Style) {
        self.put(0, y, &format!("{:1$}", visible(text), self.width), style);
    }

    fn put(&mut self, x: u16, y: usize, text: &str, style: Style) {
        let Ok(y) = u16::try_from(y) else { return };
        if y < self.buffer.area.height && x < self.buffer.area.width {
            self.buffer.set_stringn(x, y, text, self.width, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::{Gateway, Instances};

    fn row(name: &str, state: State, requests: f64) -> Row {
        Row {
            name: name.to_owned(),
            state,
            seen: true,
            reason: (state == State::Closed).then(|| "it has no instance".to_owned()),
            code: None,
            instances: Instances { total: Some(1), healthy: Some(1) },
            protocol: "http".to_owned(),
            tls: "none",
            certificate_days_left: None,
            certificate: None,
            active_connections: Some(0),
            requests_total: Some(0),
            failures: std::collections::BTreeMap::new(),
            requests_per_second: Some(requests),
            failures_per_second: std::collections::BTreeMap::new(),
            last_change: None,
        }
    }

    fn status(rows: Vec<Row>) -> Status {
        Status {
            termgate: "",
            gateway: Gateway { name: "gw".to_owned(), state: "live", ..Gateway::default() },
            services: rows,
            refused: Vec::new(),
            last_change: None,
        }
    }

    fn lines(buffer: &Buffer) -> Vec<String> {
        let width = usize::from(buffer.area.width);
        let line = |cells: &[ratatui_core::buffer::Cell]| {
            cells.iter().map(ratatui_core::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
        };
        buffer.content.chunks(width).map(line).collect()
    }

    fn names(screen: &mut Screen, status: &Status) -> Vec<String> {
        let buffer = screen.draw(status, &[], None, Rect::new(0, 0, 80, 10));
        let shown = lines(&buffer)[3..9].to_vec();
        shown.iter().filter_map(|line| Some(line.split_whitespace().nth(1)?.to_owned())).collect()
    }

    fn press(screen: &mut Screen, status: &Status, keys: &str) {
        for key in keys.chars() {
            let key = if key == '\n' { Key::Enter } else { Key::Char(key) };
            assert_eq!(screen.press(key, status), Asked::Nothing);
        }
    }

    #[test]
    fn services_are_sorted_and_filtered() {
        let rows =
            vec![row("a", State::Served, 1.0), row("b", State::Closed, 0.0), row("c", State::Served, 9.0)];
        let status = status(rows);
        let mut screen = Screen::default();
        assert_eq!(names(&mut screen, &status), ["a", "b", "c"]);
        press(&mut screen, &status, "s");
        assert_eq!(names(&mut screen, &status), ["b", "a", "c"]);
        press(&mut screen, &status, "s");
        assert_eq!(names(&mut screen, &status), ["c", "a", "b"]);
        press(&mut screen, &status, "r");
        assert_eq!(names(&mut screen, &status), ["b", "a", "c"]);
        press(&mut screen, &status, "/served\n");
        assert_eq!(names(&mut screen, &status), ["a", "c"]);
        assert_eq!(screen.press(Key::Escape, &status), Asked::Nothing);
        assert_eq!(names(&mut screen, &status).len(), 3);
        assert_eq!(screen.press(Key::Escape, &status), Asked::End);
    }

    #[test]
    fn the_selected_service_stays_in_view_and_is_explained() {
        let rows = (0..50).map(|at| row(&format!("s{at:02}"), State::Served, 0.0)).collect();
        let status = status(rows);
        let mut screen = Screen::default();
        screen.draw(&status, &[], None, Rect::new(0, 0, 60, 12));
        for _ in 0..30 {
            screen.press(Key::Down, &status);
        }
        assert_eq!(screen.explained(), None);
        press(&mut screen, &status, "\n");
        assert_eq!(screen.explained(), Some("s30"));
        let explanation = ["broken at tls: x".to_owned(), "├ ✗ tls".to_owned()];
        let shown = lines(&screen.draw(&status, &explanation, Some("no answer"), Rect::new(0, 0, 60, 12)));
        assert_eq!(shown[1], "the agent: no answer");
        assert!(shown.iter().any(|line| line.contains("s30 ")), "{shown:#?}");
        assert!(shown.contains(&"broken at tls: x".to_owned()), "{shown:#?}");
        screen.press(Key::End, &status);
        assert_eq!(screen.explained(), Some("s49"));
    }

    #[test]
    fn no_size_is_too_small() {
        let status = status(vec![row("a\u{1b}[2J", State::Closed, 0.0)]);
        for (width, height) in [(0, 0), (1, 1), (5, 2), (20, 3), (20, 4), (200, 5)] {
            let mut screen = Screen { detail: Some(7), ..Screen::default() };
            let buffer = screen.draw(&status, &["line".to_owned()], None, Rect::new(0, 0, width, height));
            assert!(!buffer.content.iter().any(|cell| cell.symbol().contains('\u{1b}')));
        }
    }
}
