//! How a companion is declared and run: a command of Consul's that stands beside `connect envoy` in scripts.
//!
//! Each is one row of a table in its own file: name, help, flags, and the function that carries it out. It takes Consul's
//! flags and environment, and gives Consul's stdout and exit codes.

use std::cell::RefCell;
use std::ffi::OsString;

use super::go_flags::{self, FlagError, Page};
use crate::cli::Outcome;
use crate::commands::companion::{Agent, Failure};
use crate::output::{Printer, Reporter};
use crate::settings::consul::{AgentGroup, ConsulSettings, DATACENTER, STALE};
use crate::settings::env::Env;
use crate::settings::findings;
use crate::settings::flag::{Flag, Grammar, Group as _};
use crate::settings::options::Options;

/// A companion.
#[derive(Debug)]
pub struct Companion {
    /// Its name, word for word: `&["kv", "get"]`.
    pub path: &'static [&'static str],
    /// One line without a full stop, for lists of commands.
    pub about: &'static str,
    /// The command line.
    pub usage: &'static str,
    /// What it does, in sentences.
    pub summary: &'static str,
    /// Its own flags. All have those of [`AgentGroup`], and `-datacenter` and `-stale`.
    pub flags: &'static [Flag],
    /// Command lines to paste.
    pub examples: &'static [&'static str],
    /// Carries it out; gives the exit code.
    pub run: fn(&Call<'_>) -> Result<u8, Failure>,
}

/// The flags that all companions have besides those of the agent.
const COMMON: &[Flag] = &[DATACENTER, STALE];

impl Companion {
    /// All of its flags.
    pub fn flags(&self) -> [&'static [Flag]; 3] {
        [self.flags, AgentGroup::FLAGS, COMMON]
    }

    /// What its help says.
    pub fn page(&self) -> Page {
        Page {
            about: self.about,
            usage: self.usage,
            summary: self.summary,
            flags: self.flags().to_vec(),
            examples: self.examples,
        }
    }
}

/// One run of a companion.
pub struct Call<'a> {
    options: Options<'a>,
    words: &'a [String],
    usage: &'static str,
    report: &'a Reporter,
    stdout: RefCell<Vec<u8>>,
}

impl<'a> Call<'a> {
    /// The words after the flags.
    pub fn words(&self) -> &'a [String] {
        self.words
    }

    /// A flag's text, else its variable's; an empty one counts as not given.
    pub fn text(&self, flag: &Flag) -> Option<String> {
        self.options.plain(flag)
    }

    /// A flag's text as typed, an empty one too.
    pub fn typed(&self, flag: &Flag) -> Option<&'a str> {
        self.options.typed(flag)
    }

    /// Every text of a repeatable flag.
    pub fn all(&self, flag: &Flag) -> &'a [String] {
        self.options.all(flag)
    }

    /// Whether a switch is on.
    pub fn is_on(&self, flag: &Flag) -> bool {
        self.options.is_on(flag).unwrap_or_default()
    }

    /// A whole number; 0 without the flag.
    pub fn integer(&self, flag: &Flag) -> i64 {
        self.options.integer(flag).ok().flatten().unwrap_or_default()
    }

    /// A whole number without a sign; 0 without the flag.
    pub fn unsigned(&self, flag: &Flag) -> u64 {
        self.options.unsigned(flag).ok().flatten().unwrap_or_default()
    }

    /// How to reach the agent.
    pub fn settings(&self) -> Result<ConsulSettings, Failure> {
        let settings = ConsulSettings::resolve(&self.options).map_err(|error| Failure::connect(&error))?;
        self.report.report_all(settings.warnings.iter().cloned());
        match self.report.stop_if_strict("nothing was sent") {
            Ok(()) => Ok(settings),
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }

    /// The agent. Nothing is sent yet.
    pub fn agent(&self) -> Result<Agent, Failure> {
        Agent::new(&self.settings()?, self.is_on(&STALE))
    }

    /// Adds to what goes to stdout, byte for byte; it is written when the command ends, however it ends.
    pub fn print(&self, text: impl AsRef<[u8]>) {
        self.stdout.borrow_mut().extend_from_slice(text.as_ref());
    }

    /// Where findings are reported.
    pub fn report(&self) -> &Reporter {
        self.report
    }

    /// A wrong command line: the message, with the right one as a hint.
    pub fn wrong_usage(&self, message: impl Into<String>) -> Failure {
        Failure::new(message).hint(format!("usage: {}", self.usage))
    }
}

/// Runs a companion.
pub fn run(companion: &Companion, arguments: Vec<OsString>, env: &dyn Env, printer: Printer) -> Outcome {
    let parsed = match go_flags::parse_os(&companion.flags(), arguments) {
        Ok(parsed) => parsed,
        Err(FlagError::Help) => {
            printer.data(go_flags::help(&companion.page()))?;
            return Ok(0);
        }
        Err(error) => {
            let failure = Failure::new(error.to_string()).hint(format!("usage: {}", companion.usage));
            // Consul: 1 would mean that the connection is denied.
            let code = if companion.path == ["intention", "check"] { 2 } else { 1 };
            return Ok(show(&failure.code(code), printer));
        }
    };
    let options = Options::new(Grammar::Consul, &parsed.typed, env);
    let report = Reporter::new(printer, findings::policy(&options)?);
    let call = Call {
        options,
        words: &parsed.rest,
        usage: companion.usage,
        report: &report,
        stdout: RefCell::default(),
    };
    let outcome = (companion.run)(&call);
    report.finish();
    let stdout = call.stdout.into_inner();
    if !stdout.is_empty() {
        printer.data(stdout)?;
    }
    Ok(outcome.unwrap_or_else(|failure| show(&failure, printer)))
}

/// Prints a failure on stderr; gives its exit code.
pub fn show(failure: &Failure, printer: Printer) -> u8 {
    printer.stderr(failure.message.trim_end_matches('\n'));
    if let Some(details) = &failure.details {
        printer.styled_stderr(&format!("\n{}", details.trim_end()));
    }
    if let Some(hint) = &failure.hint {
        printer.hint(hint);
    }
    failure.code
}
