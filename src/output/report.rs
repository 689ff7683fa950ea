//! Reports findings: applies --strict and --suppress, prints them, and keeps them for JSON.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};
use tracing::{error, info, warn};

use super::{Format, Level, Printer};
use crate::error::{CommandError, Kind};
use crate::finding::{Finding, Judge, Policy, Severity};
use crate::settings::names::Names;

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Failure => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

impl Printer {
    /// A finding on stderr: for people its message and what to do, in JSON its code and the whole finding beside.
    pub fn finding(self, finding: &Finding) {
        self.finding_at(finding.severity.into(), finding);
    }

    fn finding_at(self, level: Level, finding: &Finding) {
        let fields: [(&str, Value); 2] = [("code", json!(finding.code)), ("finding", json!(finding))];
        let place = finding.place.as_ref().filter(|_| !self.is_json());
        let place = place.map(|at| format!("{}:{}:{}: ", at.path, at.line, at.column)).unwrap_or_default();
        self.event(level, place + &finding.message, fields);
        if let Some(hint) = finding.hint().filter(|_| !self.is_json()) {
            self.hint(hint);
        }
    }
}

/// Logs a finding as an event; `service` is the linked service that it is about, if it is about one.
pub fn log(finding: &Finding, service: Option<&str>) {
    let code = finding.code.as_str();
    let hint = finding.hint();
    let hint = hint.as_deref();
    // Without it the line says the same in words.
    let whole = serde_json::to_string(finding).unwrap_or_default();
    match finding.severity {
        Severity::Failure => error!(service, code, hint, json.finding = %whole, "{finding}"),
        Severity::Warning => warn!(service, code, hint, json.finding = %whole, "{finding}"),
        Severity::Info => info!(service, code, hint, json.finding = %whole, "{finding}"),
    }
}

/// Where a command reports what it finds.
#[derive(Debug)]
pub struct Reporter {
    printer: Printer,
    judge: Judge,
    is_strict: bool,
    names: Names,
    /// Whether findings go into the log of something that runs.
    is_logging: Cell<bool>,
    reported: RefCell<Vec<Finding>>,
}

impl Reporter {
    /// Nothing is reported yet.
    pub fn new(printer: Printer, policy: Policy) -> Self {
        let is_strict = policy.strict;
        Self {
            printer,
            judge: policy.into(),
            is_strict,
            names: Names::default(),
            is_logging: Cell::default(),
            reported: RefCell::default(),
        }
    }

    /// The same with flags named as they were typed.
    #[must_use]
    pub fn named(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// From now on findings are logged: the level of the log decides which are printed.
    pub fn start_logging(&self) {
        self.is_logging.set(true);
    }

    /// Where everything else is printed.
    pub fn printer(&self) -> Printer {
        self.printer
    }

    /// A finding as it is to be shown; `None` if it is hidden. The caller shows it.
    pub fn judge(&self, finding: Finding) -> Option<Finding> {
        let alias = self.names.apply(&finding.subject);
        let finding = finding.reworded(|text| self.names.apply(text));
        self.judge.judge(finding, &alias)
    }

    /// Prints a finding, unless it is hidden.
    pub fn report(&self, finding: Finding) {
        if let Some(finding) = self.judge(finding) {
            self.show(finding);
        }
    }

    /// Prints findings, unless they are hidden.
    pub fn report_all(&self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.report(finding));
    }

    /// Prints a finding that has been judged.
    pub fn show(&self, finding: Finding) {
        if self.is_logging.get() {
            log(&finding, None);
        } else if finding.code.closes() && !self.is_strict {
            // The command itself goes on.
            self.printer.finding_at(Level::Warning, &finding);
        } else {
            self.printer.finding(&finding);
        }
        self.keep(finding);
    }

    /// Keeps a finding that has been judged, without printing it: an error follows that says the same.
    pub fn keep(&self, finding: Finding) {
        self.reported.borrow_mut().push(finding);
    }

    /// Fails where failures were reported and `--strict` is given; without it, what cannot go on is an error of its own.
    ///
    /// `outcome` says what has not happened: `nothing was sent`.
    pub fn stop_if_strict(&self, outcome: &str) -> Result<(), CommandError> {
        let failures = self.reported.borrow().iter().filter(|finding| finding.is_failure()).count();
        match (self.is_strict, failures) {
            (false, _) | (true, 0) => Ok(()),
            (true, 1) => Err(refused("a warning counts as a failure", outcome)),
            (true, _) => Err(refused(&format!("{failures} findings count as failures"), outcome)),
        }
    }

    /// Whether warnings are failures.
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Which suppressions hid nothing, once nothing more will be found. The caller shows them.
    pub fn notes(&self) -> Vec<Finding> {
        self.judge.notes()
    }

    /// Prints them.
    pub fn finish(&self) {
        for note in self.notes() {
            self.show(note);
        }
    }

    /// A document with all that was reported in its field `findings`, where anything was.
    #[must_use]
    pub fn with_findings(&self, mut document: Value) -> Value {
        let findings = self.reported.borrow();
        if let Some(members) = document.as_object_mut()
            && !findings.is_empty()
        {
            members.insert("findings".to_owned(), json!(*findings));
        }
        document
    }

    /// The same on stdout, on a line of its own, where a command prints lines of JSON and anything was reported.
    pub fn json_line(&self, format: Format) -> Result<(), CommandError> {
        let findings = self.reported.borrow();
        if format == Format::Json && !findings.is_empty() {
            self.printer.json_line(&json!({ "findings": *findings }))?;
        }
        Ok(())
    }
}

fn refused(what: &str, outcome: &str) -> CommandError {
    CommandError::message(Kind::InvalidInput, format_args!("{what} (--strict): {outcome}"))
}
