//! `status --watch`: a live view on a terminal, else a line for each change.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::observe::Observer;
use super::screen::{Asked, Screen};
use crate::collect::live::{Event, Follower};
use crate::error::{CommandError, Kind};
use crate::explain::{self, Asking};
use crate::output::{Format, Printer};
use crate::render::RenderOptions;
use crate::settings::status::StatusSettings;
use crate::status::{Row, Status, shown_instances, summary, why};
use crate::system::terminal::Terminal;
use crate::system::{clock, first_process, process, stdout};
use crate::visible::visible;

/// Envoy is left alone for so many times of what its answer took, but for no longer than this: with a thousand services it
/// has a hundred thousand statistics.
const REST: u32 = 50;
const LONGEST: Duration = Duration::from_secs(10);

/// How often it is noticed that nobody reads the lines any more.
const READER: Duration = Duration::from_millis(500);

/// The shortest time between two judgements of Consul's state.
const JUDGEMENT: Duration = Duration::from_secs(1);

/// Shows it until a key or a signal ends it; gives the exit status.
pub async fn run(
    settings: &StatusSettings,
    mut observer: Observer<'_>,
    format: Format,
    printer: Printer,
) -> Result<u8, CommandError> {
    let mut ends = Ends::new().map_err(|error| CommandError::new(Kind::Failed, error))?;
    let mut watched = Watched::new(&observer, settings.interval);
    if format == Format::Human && printer.stdout_terminal() && !settings.is_dumb {
        on_terminal(&mut observer, &mut watched, &mut ends, printer.stdout_colour()).await
    } else {
        in_lines(&mut observer, &mut watched, &mut ends, (format, printer)).await
    }
}

/// The signals that end it.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Ends {
    fn new() -> std::io::Result<Self> {
        let ends = Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        };
        first_process::leave_signals();
        Ok(ends)
    }

    /// Waits for one; gives the exit status.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.hangup.recv() => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// What makes a new look due.
struct Watched {
    follower: Follower,
    ticks: tokio::time::Interval,
    period: Duration,
    /// Whether the state of Consul is another one than the judged one.
    is_dirty: bool,
    judged: Instant,
}

impl Watched {
    fn new(observer: &Observer<'_>, period: Duration) -> Self {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { follower: observer.follow(), ticks, period, is_dirty: false, judged: Instant::now() }
    }

    /// Waits until it is time to look, and looks.
    async fn next(&mut self, observer: &mut Observer<'_>) {
        loop {
            tokio::select! {
                Ok(()) = self.follower.snapshots.changed() => self.is_dirty = true,
                Some(event) = self.follower.events.recv() => match event {
                    Event::Trouble { reason, .. } => observer.trouble = Some(reason),
                    Event::Recovered { .. } => observer.trouble = None,
                    Event::Unregistered { .. } => {
                        observer.trouble = Some("the gateway is not registered".to_owned());
                    }
                },
                _ = self.ticks.tick() => break,
            }
        }
        if self.is_dirty && self.judged.elapsed() >= JUDGEMENT {
            let collected = self.follower.snapshots.borrow_and_update().clone();
            if let Some(collected) = collected {
                observer.facts.snapshot = Some((*collected.snapshot).clone());
                observer.facts.lacking.clear();
            }
            observer.judge();
            (self.is_dirty, self.judged) = (false, Instant::now());
        }
        observer.sample().await;
        let rest = observer.answered_in.saturating_mul(REST).min(LONGEST);
        self.ticks.reset_after(self.period.max(rest));
    }
}

async fn on_terminal(
    observer: &mut Observer<'_>,
    watched: &mut Watched,
    ends: &mut Ends,
    colour: bool,
) -> Result<u8, CommandError> {
    let mut resized =
        signal(SignalKind::window_change()).map_err(|error| CommandError::new(Kind::Failed, error))?;
    let mut stops = Stops::new().map_err(|error| CommandError::new(Kind::Failed, error))?;
    let (mut terminal, mut keys) = Terminal::enter(colour)?;
    let mut screen = Screen::default();
    let mut status = observer.status();
    // The explanation, and what it is of.
    let mut explanation = (None, 0, Vec::new());
    loop {
        let area = Terminal::area();
        let wanted = screen.explained().map(str::to_owned);
        if explanation.0 != wanted || explanation.1 != area.width {
            let lines = wanted.as_deref().map(|service| explained(observer, service, area.width));
            explanation = (wanted, area.width, lines.unwrap_or_default());
        }
        terminal.draw(screen.draw(&status, &explanation.2, observer.trouble.as_deref(), area))?;
        let judged = observer.judgements;
        tokio::select! {
            () = watched.next(observer) => {
                status = observer.status();
                if observer.judgements != judged {
                    explanation.0 = None;
                }
            }
            Some(key) = keys.recv() => match screen.press(key, &status) {
                Asked::End => return Ok(0),
                Asked::Pause => pause(&mut terminal)?,
                Asked::Nothing => {}
            },
            _ = resized.recv() => {}
            stop = stops.next() => match stop {
                Stop::Stop => pause(&mut terminal)?,
                // After a `SIGSTOP`, others have used the terminal.
                Stop::Continue => terminal.retake()?,
            },
            code = ends.next() => return Ok(code),
        }
    }
}

/// Leaves the terminal to others until the shell continues this program.
fn pause(terminal: &mut Terminal) -> io::Result<()> {
    // Without a shell above it nobody would ever continue it.
    if process::leads_session() {
        return Ok(());
    }
    terminal.leave();
    process::stop_self()?;
    terminal.retake()
}

/// The signals of job control.
struct Stops {
    stop: Signal,
    proceed: Signal,
}

enum Stop {
    Stop,
    Continue,
}

impl Stops {
    fn new() -> io::Result<Self> {
        let [stop, proceed] = process::JOB_CONTROL.map(|number| signal(SignalKind::from_raw(number)));
        Ok(Self { stop: stop?, proceed: proceed? })
    }

    async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.stop.recv() => Stop::Stop,
            _ = self.proceed.recv() => Stop::Continue,
        }
    }
}

/// The way of a request to a service, in lines.
fn explained(observer: &Observer<'_>, service: &str, width: u16) -> Vec<String> {
    let evidence = observer.evidence();
    let asking = Asking { service, source: None, request: None };
    let way = explain::explain(&evidence, &RenderOptions::default(), asking, Some);
    explain::human(&way, width.into(), false).lines().map(str::to_owned).collect()
}

async fn in_lines(
    observer: &mut Observer<'_>,
    watched: &mut Watched,
    ends: &mut Ends,
    (format, printer): (Format, Printer),
) -> Result<u8, CommandError> {
    let mut shown: Option<Status> = None;
    let mut trouble = None;
    let mut reader = interval(READER);
    loop {
        let status = observer.status();
        if format == Format::Json {
            if shown.as_ref().is_none_or(|shown| differs(shown, &status)) {
                printer.json_line(&status)?;
                shown = Some(status);
            }
        } else {
            let mut lines =
                shown.as_ref().map_or_else(|| first_lines(&status), |shown| changes(shown, &status));
            if trouble != observer.trouble {
                lines.push(match &observer.trouble {
                    Some(trouble) => format!("the agent: {trouble}"),
                    None => "the agent answers again".to_owned(),
                });
                trouble.clone_from(&observer.trouble);
            }
            let now = clock::rfc3339_milliseconds(clock::now());
            for line in lines {
                printer.line(format_args!("{now} {line}"))?;
            }
            shown = Some(status);
        }
        let next = watched.next(observer);
        tokio::pin!(next);
        loop {
            tokio::select! {
                () = &mut next => break,
                code = ends.next() => return Ok(code),
                // A reader that is gone would be noticed only with the next line.
                _ = reader.tick() => if stdout::is_abandoned() {
                    return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
                },
            }
        }
    }
}

/// The summary, and the services that are not served as they should be.
fn first_lines(status: &Status) -> Vec<String> {
    let rows = status.services.iter().filter(|row| row.reason.is_some());
    let mut lines = vec![summary(status)];
    lines.extend(rows.map(line));
    lines.extend(status.refused.iter().map(refusal));
    lines
}

/// What is worth a line: what does not change with every request.
fn key(row: &Row) -> (&'static str, bool, Option<&String>, String) {
    (row.state.name(), row.seen, row.reason.as_ref(), shown_instances(row))
}

fn differs(before: &Status, after: &Status) -> bool {
    let of = |status: &Status| -> Vec<(String, String)> {
        status.services.iter().map(|row| (row.name.clone(), format!("{:?}", key(row)))).collect()
    };
    of(before) != of(after) || before.refused != after.refused || before.gateway.state != after.gateway.state
}

fn changes(before: &Status, after: &Status) -> Vec<String> {
    let earlier: BTreeMap<&str, &Row> = before.services.iter().map(|row| (row.name.as_str(), row)).collect();
    let mut lines = Vec::new();
    if before.gateway.state != after.gateway.state {
        lines.push(format!("Envoy: {} → {}", before.gateway.state, after.gateway.state));
    }
    for row in &after.services {
        match earlier.get(row.name.as_str()) {
            None => lines.push(format!("linked: {}", line(row))),
            Some(earlier) if key(earlier) != key(row) => lines.push(line(row)),
            Some(_) => {}
        }
    }
    let now: BTreeSet<&str> = after.services.iter().map(|row| row.name.as_str()).collect();
    let gone = before.services.iter().filter(|row| !now.contains(row.name.as_str()));
    lines.extend(gone.map(|row| format!("unlinked: {}", visible(&row.name))));
    lines.extend(after.refused.iter().filter(|one| !before.refused.contains(one)).map(refusal));
    lines
}

fn line(row: &Row) -> String {
    let unsure = if row.state.name() == "served" && !row.seen { "?" } else { "" };
    let why = why(row).into_iter().next().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} {}{unsure}, {} instances{why}", visible(&row.name), row.state.name(), shown_instances(row))
}

fn refusal(refused: &crate::status::Refused) -> String {
    format!("refused: {}: {}", refused.resource, refused.reason)
}
