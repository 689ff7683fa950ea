//! `config diff`: what `config apply` would change.

use super::compare::{NOTHING_SENT, Settings, compare};
use super::envoy_plan;
use super::step::{self, Action, Status, Step};
use crate::error::CommandError;
use crate::output::{Format, Printer, Reporter};

/// Exit code where there are differences.
const DIFFERENCES: u8 = 10;

/// Shows what differs; exit code 10 if anything does.
pub async fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    let compared = compare(settings, report).await?;
    show(&compared.steps, settings.format, printer)?;
    if settings.plan {
        envoy_plan::show(&compared, settings.format, report).await?;
    }
    report.finish();
    report.json_line(settings.format)?;
    report.stop_if_strict(NOTHING_SENT)?;
    let differs = compared.steps.iter().any(|step| step.action != Action::Unchanged);
    Ok(if differs { DIFFERENCES } else { 0 })
}

/// Prints the steps with all their differences.
pub(super) fn show(steps: &[Step], format: Format, printer: Printer) -> Result<(), CommandError> {
    for step in steps {
        match format {
            Format::Json => {
                let status = match step.action {
                    Action::Unchanged => Status::Unchanged,
                    _ => Status::Planned,
                };
                printer.json_line(&step.line(status, None, None))?;
            }
            Format::Human if step.action == Action::Unchanged => {}
            Format::Human => printer.styled(&step.view(printer.stdout_colour()))?,
        }
    }
    if format == Format::Human {
        printer.line(step::summary(steps, ["to create", "to update", "to delete", "unchanged"]))?;
    }
    Ok(())
}
