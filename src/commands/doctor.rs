//! `termgate doctor`: every prerequisite, looked at.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use super::snapshot;
use crate::doctor::{self, Evidence, Facts, Report, examine, gather};
use crate::error::CommandError;
use crate::finding::Code;
use crate::output::annotations::{self, Annotation};
use crate::output::{Printer, Reporter};
use crate::settings::doctor::DoctorSettings;
use crate::system::write_file::{self, Access};

/// Time between two looks of `--wait`.
const PAUSE: Duration = Duration::from_secs(1);

/// The exit code for a check that failed.
const FAILED: u8 = 10;

/// How the report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DoctorFormat {
    /// For people
    Human,
    /// For scripts
    Json,
    /// At most 15 lines, for a chat
    Short,
    /// JUnit's XML
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// How the meaning of a code is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What is explained.
    pub code: Code,
    /// Whether scripts read it.
    pub is_json: bool,
}

/// Looks, and again while a check fails, and prints what was seen last.
pub async fn run(
    settings: &DoctorSettings,
    (format, width): (DoctorFormat, usize),
    reporter: &Reporter,
) -> Result<u8, CommandError> {
    let printer = reporter.printer();
    let end = Instant::now() + settings.wait;
    let sign = printer.waiting("looking at the gateway");
    let (facts, report) = loop {
        let facts = look(settings).await?;
        let report = judge(settings, &facts, reporter);
        if report.ok || Instant::now() + PAUSE > end {
            break (facts, report);
        }
        sleep(PAUSE).await;
    };
    drop(sign);
    if let Some(path) = &settings.bundle {
        bundle(&facts, settings, path, printer)?;
    }
    match format {
        DoctorFormat::Human => {
            printer.styled(&doctor::human(&report, width, printer.stdout_colour()))?;
        }
        DoctorFormat::Short => printer.styled(&doctor::short(&report))?,
        DoctorFormat::Json => printer.json(&report)?,
        DoctorFormat::Junit => printer.data(doctor::junit(&report))?,
        DoctorFormat::Sarif => {
            let all: Vec<Annotation<'_>> = report.all().map(Annotation::of_subject).collect();
            printer.json(&annotations::sarif(&all, Path::new("/")))?;
        }
    }
    Ok(if report.ok { 0 } else { FAILED })
}

/// The facts, from an agent or a file.
pub(super) async fn look(settings: &DoctorSettings) -> Result<Facts, CommandError> {
    match (&settings.snapshot, &settings.consul) {
        (Some(path), _) => {
            let snapshot = snapshot::read(path)?;
            Ok(gather::of_file(settings, &path.display().to_string(), snapshot).await)
        }
        (None, Some(consul)) => Ok(gather::of_agent(settings, consul).await),
        // One of the two is always there.
        (None, None) => Ok(Facts::nothing(
            doctor::facts::Origin::File(String::new()),
            settings.wanted(),
            settings.wanted(),
        )),
    }
}

fn judge(settings: &DoctorSettings, facts: &Facts, reporter: &Reporter) -> Report {
    let evidence = Evidence::of(facts, settings.tls_files.system_ca, &settings.allowed_addresses);
    let checks = examine(&evidence);
    Report::new(facts, checks, |finding| reporter.judge(finding), || reporter.notes())
}

/// Writes the state of Consul and what Envoy answered, without secrets.
fn bundle(
    facts: &Facts,
    settings: &DoctorSettings,
    path: &Path,
    printer: Printer,
) -> Result<(), CommandError> {
    let Some(mut snapshot) = facts.snapshot.clone() else {
        printer.note(format_args!("{} is not written: the agent does not answer", path.display()));
        return Ok(());
    };
    // What is about other services is nobody's business.
    snapshot.prune();
    snapshot.envoy.clone_from(&facts.envoy.answers);
    let known = settings.consul.iter().filter_map(|consul| consul.token.as_ref()).collect::<Vec<_>>();
    let text = snapshot::for_support(snapshot, &known).to_json();
    write_file::write(path, text.as_bytes(), Access::Private)
        .map_err(|error| CommandError::writing(path, error))
}

/// Prints what a code means. Asks nobody.
pub fn explain(Explanation { code, is_json }: Explanation, printer: Printer) -> Result<u8, CommandError> {
    let meaning = code.meaning().trim_end_matches('.');
    if is_json {
        printer.json(&json!({
            "code": code,
            "severity": code.severity(),
            "group": code.group(),
            "meaning": meaning,
            "why": code.why(),
            "help": code.fix(),
            "example": code.example(),
        }))?;
        return Ok(0);
    }
    let example = code.example().map(|example| format!("example: {example}\n")).unwrap_or_default();
    printer.data(format!("{code}: {meaning}\n\nwhy: {}\nfix: {}\n{example}", code.why(), code.fix()))?;
    Ok(0)
}
