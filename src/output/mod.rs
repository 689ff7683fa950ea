//! What people and scripts see: data on stdout, everything else on stderr.

pub mod annotations;
pub mod background;
pub mod colour;
pub mod log;
mod report;
pub mod table;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use colour::ColourChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::settings::env::Env;
use crate::system::{clock, stdout};
use crate::visible::{visible, visible_json, visible_lines};

pub use report::{Reporter, log as log_finding};

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For scripts.
    Json,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Human,
    /// For scripts.
    Json,
    /// At most 15 lines, for a chat.
    Short,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum FindingsFormat {
    /// For people.
    #[default]
    Human,
    /// For scripts.
    Json,
    /// GitHub's workflow commands, which become annotations.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// Prints data on stdout and notes on stderr; the only place that does.
///
/// What people read comes out with everything visible that would act on a terminal or hide, also where it goes into a
/// file or a log. Data keeps every byte, except on a terminal.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a stream")]
pub struct Printer {
    colour: bool,
    /// Whether stderr is a terminal that can redraw a line.
    redraws: bool,
    stderr_terminal: bool,
    stdout_terminal: bool,
    stdout_colour: bool,
    time_stamps: bool,
    format: Format,
}

/// How much a line on stderr matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It helps to find out why something happens.
    Debug,
    /// Progress.
    Info,
    /// Somebody should look at it.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Printer {
    /// A printer for this process.
    pub fn new(choice: ColourChoice, env: &dyn Env) -> Self {
        let (stdout_terminal, stderr_terminal) = (stdout::is_terminal(), io::stderr().is_terminal());
        Self {
            colour: choice.colours(env, stderr_terminal),
            redraws: stderr_terminal && !colour::is_dumb(env),
            stderr_terminal,
            stdout_terminal,
            stdout_colour: choice.colours(env, stdout_terminal),
            time_stamps: false,
            format: Format::Human,
        }
    }

    /// The same with the time before each line on stderr, unless stderr is a terminal.
    #[must_use]
    pub fn with_time_stamps(self) -> Self {
        Self { time_stamps: !self.stderr_terminal, ..self }
    }

    /// The same with lines for people or for scripts on stderr.
    #[must_use]
    pub fn with_format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Whether lines on stderr are JSON.
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// A line on stderr with fields: in JSON they stand beside the message; for people the message says it all.
    pub fn event<'a>(
        self,
        level: Level,
        message: impl Display,
        fields: impl IntoIterator<Item = (&'a str, Value)>,
    ) {
        write_line(&self.formatted(level, &message.to_string(), fields));
    }

    /// The line of [`Printer::event`].
    fn formatted<'a>(
        self,
        level: Level,
        message: &str,
        fields: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> String {
        if !self.is_json() {
            let (label, colour) = match level {
                Level::Debug => ("debug:", "2"),
                Level::Info => ("termgate:", "2"),
                Level::Warning => ("warning:", "1;33"),
                Level::Error => ("error:", "1;31"),
            };
            return format!("{}{} {}", self.time_stamp(), self.painted(label, colour), visible(message));
        }
        let mut line = Map::new();
        line.insert("time".to_owned(), clock::rfc3339(clock::now()).into());
        line.insert("level".to_owned(), level.name().into());
        line.insert("message".to_owned(), message.into());
        line.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        visible_json(&Value::Object(line).to_string()).into_owned()
    }

    /// Whether stderr takes colour.
    pub fn colour(self) -> bool {
        self.colour
    }

    /// Whether stdout takes colour.
    pub fn stdout_colour(self) -> bool {
        self.stdout_colour
    }

    pub fn stdout_terminal(self) -> bool {
        self.stdout_terminal
    }

    /// Writes data to stdout byte for byte; on a terminal everything in it is visible.
    pub fn data(self, text: impl AsRef<[u8]>) -> io::Result<()> {
        let text = text.as_ref();
        if self.stdout_terminal {
            return stdout::write(visible_lines(&String::from_utf8_lossy(text)).as_bytes());
        }
        stdout::write(text)
    }

    /// Writes JSON text to stdout byte for byte; on a terminal everything in it is visible, and the value the same.
    pub fn json_text(self, text: &str) -> io::Result<()> {
        if self.stdout_terminal {
            return stdout::write(visible_json(text).as_bytes());
        }
        stdout::write(text.as_bytes())
    }

    /// Writes a value to stdout as indented JSON.
    pub fn json(self, value: &impl Serialize) -> io::Result<()> {
        self.json_text(&(serde_json::to_string_pretty(value)? + "\n"))
    }

    /// Writes a value to stdout as JSON on one line.
    pub fn json_line(self, value: &impl Serialize) -> io::Result<()> {
        self.json_text(&(serde_json::to_string(value)? + "\n"))
    }

    /// Writes a line for people to stdout.
    #[expect(clippy::unused_self, reason = "a printer is what may write")]
    pub fn line(self, text: impl Display) -> io::Result<()> {
        stdout::write((visible(&text.to_string()).into_owned() + "\n").as_bytes())
    }

    /// Writes to stdout what is laid out and coloured for people. Its maker has made everything [`visible`] in it.
    #[expect(clippy::unused_self, reason = "a printer is what may write")]
    pub fn styled(self, text: &str) -> io::Result<()> {
        stdout::write(text.as_bytes())
    }

    /// Tells what is going on.
    pub fn note(self, text: impl Display) {
        self.event(Level::Info, text, []);
    }

    /// Tells of a failure that does not end the program.
    pub fn trouble(self, text: impl Display) {
        self.event(Level::Error, text, []);
    }

    /// Adds what to try next to the message before it.
    pub fn hint(self, text: impl Display) {
        if self.is_json() {
            return self.event(Level::Info, text, []);
        }
        let text = text.to_string();
        write_line(&format_args!(
            "{}{} {}",
            self.time_stamp(),
            self.painted("hint:", "1;36"),
            visible(&text)
        ));
    }

    /// Shows that something is being waited for, until the returned value is dropped; only on a terminal.
    pub fn waiting(self, text: impl Into<String>) -> Waiting {
        let target = if self.redraws && !self.is_json() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_message(visible(&text.into()).into_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Waiting(bar)
    }

    /// Shows how many of `total` things are done; only for people on a terminal, and only of what takes a while.
    pub fn progress(self, format: Format, total: usize, doing: &'static str) -> Progress {
        let bar = ProgressBar::with_draw_target(u64::try_from(total).ok(), ProgressDrawTarget::hidden());
        // The template is sound; the bar's own one will do.
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(doing);
        Progress { bar, wanted: self.redraws && format == Format::Human }
    }

    /// A line on stderr; a failure to write it is ignored.
    pub fn stderr(self, text: impl Display) {
        if self.is_json() {
            return self.event(Level::Info, text, []);
        }
        write_line(&format_args!("{}{}", self.time_stamp(), visible(&text.to_string())));
    }

    /// Lines on stderr that are laid out and coloured for people. Their maker has made everything [`visible`] in them.
    #[expect(clippy::unused_self, reason = "a printer is what may write")]
    pub fn styled_stderr(self, text: &str) {
        write_line(&text);
    }

    /// What stands before a line for people.
    fn time_stamp(self) -> Cow<'static, str> {
        if !self.time_stamps {
            return Cow::Borrowed("");
        }
        Cow::Owned(clock::rfc3339_milliseconds(clock::now()) + " ")
    }

    fn painted(self, text: &str, code: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn write_line(text: &impl Display) {
    if let Err(line) = background::push(text.to_string()) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}

/// A sign of life on a terminal.
#[derive(Debug)]
pub struct Waiting(ProgressBar);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// What takes less is not shown.
const UNSEEN: Duration = Duration::from_millis(250);

/// How far something has come.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    wanted: bool,
}

impl Progress {
    /// One more thing is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// To be called now and then.
    pub fn tick(&self) {
        if self.wanted && self.bar.is_hidden() && self.bar.elapsed() >= UNSEEN {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        self.bar.tick();
    }

    /// Prints something without a clash.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
