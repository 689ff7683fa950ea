//! What people and scripts see: data on stdout, everything else on stderr.

pub mod annotations;

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};
use serde::Serialize;

use crate::settings::env::{self, Env};

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For scripts.
    Json,
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
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    colour: bool,
}

impl Printer {
    /// A printer for this process; colour only on a terminal and without `NO_COLOR`.
    pub fn new(env: &dyn Env) -> Self {
        Self { colour: io::stderr().is_terminal() && env.get(env::NO_COLOR).is_none() }
    }

    /// Whether stderr takes colour.
    pub fn colour(self) -> bool {
        self.colour
    }

    /// Writes data to stdout as it is. A reader that has gone away (`| head`) is no error.
    pub fn data(self, text: impl AsRef<[u8]>) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Writes a value to stdout as indented JSON.
    pub fn json(self, value: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(value)?;
        text.push(b'\n');
        self.data(text)
    }

    /// Tells what is going on.
    pub fn note(self, text: impl Display) {
        self.stderr(format_args!("{} {text}", self.painted("termgate:", "2")));
    }

    /// Warns.
    pub fn warning(self, text: impl Display) {
        self.stderr(format_args!("{} {text}", self.painted("warning:", "1;33")));
    }

    /// Tells of a failure that does not end the program.
    pub fn trouble(self, text: impl Display) {
        self.stderr(format_args!("{} {text}", self.painted("error:", "1;31")));
    }

    /// Adds what to try next to what was told before.
    pub fn hint(self, text: impl Display) {
        self.stderr(format_args!("{} {text}", self.painted("hint:", "1;36")));
    }

    /// Shows that something is being waited for, until the returned value is dropped; only on a terminal.
    pub fn waiting(self, text: impl Into<String>) -> Waiting {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        bar.set_message(text.into());
        bar.enable_steady_tick(Duration::from_millis(100));
        Waiting(bar)
    }

    /// A line on stderr; that nobody reads it is no reason to stop.
    pub fn stderr(self, text: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    fn painted(self, text: &str, code: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
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
