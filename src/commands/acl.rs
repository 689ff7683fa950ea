//! `termgate acl policy`: the least that the gateway's token needs, and what the token in hand lacks of it.

use serde_json::json;

use crate::collect::rights::{Checked, Judge, judged};
use crate::consul::api::config;
use crate::consul::{self, Consul, EntryPath};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::output::{ReportFormat, Reporter};
use crate::rights::{self, Need, Subject};
use crate::settings::acl::PolicyFormat;
use crate::snapshot::{Snapshot, TerminatingGatewayEntry};
use crate::visible::visible;

const TERMINATING_GATEWAY: &str = "terminating-gateway";

/// The exit code for a right that is missing.
const LACKING: u8 = 10;

/// Lines of the short form.
const SHORT_LINES: usize = 15;

/// Prints the policy of a gateway.
pub fn print(subject: &Subject, format: PolicyFormat, report: &Reporter) -> Result<u8, CommandError> {
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    let needs = rights::needs(subject);
    match format {
        PolicyFormat::Hcl => report.printer().data(rights::hcl(&needs))?,
        PolicyFormat::Json => report.printer().json(&rights::json(&needs))?,
    }
    Ok(0)
}

/// The gateway of a snapshot; the agent's node is not in it.
pub fn of_snapshot(snapshot: &Snapshot) -> Subject {
    Subject::of(&snapshot.gateway.service, None, snapshot.entry.as_deref(), &snapshot.links)
}

/// The gateway as Consul has it: its entry and what it is linked to.
pub async fn of_consul(consul: &Consul, gateway: &str, report: &Reporter) -> Result<Subject, CommandError> {
    let node = node(consul).await;
    let entry = entry(consul, gateway).await.map_err(|error| {
        CommandError::from(error).context(format!("cannot read {TERMINATING_GATEWAY}/{gateway}"))
    })?;
    if entry.is_none() {
        report.report(no_entry(gateway));
    }
    let links = consul.gateway_services(gateway).await?;
    Ok(Subject::of(gateway, node, entry.as_ref(), &links))
}

/// The node name of the agent, if the token may read it.
async fn node(consul: &Consul) -> Option<String> {
    consul.agent().await.ok()?.node.known().cloned()
}

fn no_entry(gateway: &str) -> Finding {
    let message = format!("there is no {TERMINATING_GATEWAY} entry `{gateway}`, so no service is linked");
    Finding::new(Code::NoEntry, gateway, message).severity(Severity::Warning)
}

async fn entry(consul: &Consul, gateway: &str) -> Result<Option<TerminatingGatewayEntry>, consul::Error> {
    let path = EntryPath { kind: TERMINATING_GATEWAY, name: gateway, namespace: "", partition: "" };
    let Some(stored) = consul.config_entry(path).await? else { return Ok(None) };
    consul.decode("GET", &config::entry(TERMINATING_GATEWAY, gateway), &stored).map(Some)
}

/// Prints what the token in hand lacks.
pub async fn check(
    consul: &Consul,
    gateway: &str,
    format: ReportFormat,
    report: &Reporter,
) -> Result<u8, CommandError> {
    let mut hidden = None;
    let subject = match of_consul(consul, gateway, report).await {
        Ok(subject) => subject,
        // Without the right to read the entry, only what is the same for all gateways can be checked.
        Err(error) if error.kind() == Kind::PermissionDenied => {
            hidden = Some(error);
            Subject { gateway: gateway.to_owned(), node: node(consul).await, ..Subject::default() }
        }
        Err(error) => return Err(error),
    };
    let (judge, checked) = judged(consul, rights::checked_needs(&subject)).await?;
    if let Some(error) = hidden {
        if checked.iter().all(|right| right.has) {
            return Err(error);
        }
        let message =
            format!("the token may not read the entry `{gateway}`: the linked services are not known");
        report.report(Finding::new(Code::LinksUnknown, gateway, message));
    }
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    show(gateway, judge, &checked, format, report)?;
    Ok(if checked.iter().all(|right| right.has) { 0 } else { LACKING })
}

fn finding(need: &Need) -> Finding {
    let subject = need.segment();
    let message = format!("the token lacks {need}");
    let finding = Finding::new(Code::RightMissing, subject, message);
    let why = format!("the gateway needs it to {}", need.why);
    Finding { why, ..finding }.help(format!("add `{}` to the token's policy", need.rule()))
}

fn show(
    gateway: &str,
    judge: Judge,
    checked: &[Checked],
    format: ReportFormat,
    report: &Reporter,
) -> Result<(), CommandError> {
    let printer = report.printer();
    let lacking: Vec<&Need> = checked.iter().filter(|right| !right.has).map(|right| &right.need).collect();
    if format == ReportFormat::Json {
        let rights: Vec<_> = checked
            .iter()
            .map(|Checked { need, has }| {
                json!({
                    "right": format!("{}:{}", need.resource.name(), need.access.name()),
                    "name": match &need.scope { rights::Scope::Named(name) => Some(name), rights::Scope::All => None },
                    "has": has,
                    "why": need.why,
                    "rule": need.rule(),
                })
            })
            .collect();
        let findings: Vec<Finding> = lacking.iter().map(|need| finding(need)).collect();
        let document = json!({
            "gateway": gateway,
            "ok": lacking.is_empty(),
            "judged_by": judge,
            "rights": rights,
            "findings": findings,
        });
        printer.json(&document)?;
        return Ok(());
    }
    let by = match judge {
        Judge::Agent => "",
        Judge::Policies => ", by the rules of its policies",
        Judge::AclsOff => ": ACLs are off",
    };
    let mut lines = Vec::new();
    if lacking.is_empty() {
        lines.push(format!("the token has all {} rights of the gateway `{gateway}`{by}", checked.len()));
    } else {
        let count = format!("{} of {} rights", lacking.len(), checked.len());
        lines.push(format!("the token lacks {count} of the gateway `{gateway}`{by}:"));
    }
    for need in &lacking {
        lines.push(format!("  {need}"));
        if format == ReportFormat::Human {
            lines.push(format!("    needed to {}", need.why));
            lines.push(format!("    rule: {}", need.rule()));
        }
    }
    if format == ReportFormat::Short && lines.len() > SHORT_LINES {
        let more = lines.len() - (SHORT_LINES - 1);
        lines.truncate(SHORT_LINES - 1);
        lines.push(format!("  … and {more} more"));
    }
    let text: String = lines.iter().map(|line| visible(line).into_owned() + "\n").collect();
    printer.styled(&text)?;
    Ok(())
}
