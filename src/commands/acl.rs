//! `termgate acl policy`: the least that the gateway's token needs, and what the token in hand lacks of it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use crate::consul::api::acl::Authorization;
use crate::consul::api::config;
use crate::consul::api::policies::{Grants, Link};
use crate::consul::{self, Consul, EntryPath};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding, Severity};
use crate::output::{ReportFormat, Reporter};
use crate::rights::{self, Granted, Need, Subject};
use crate::settings::acl::PolicyFormat;
use crate::snapshot::{GatewayLink, Snapshot, TerminatingGatewayEntry};
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
    subject(snapshot.gateway.service.clone(), None, snapshot.entry.as_deref(), &snapshot.links)
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
    Ok(subject(gateway.to_owned(), node, entry.as_ref(), &links))
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

fn subject(
    gateway: String,
    node: Option<String>,
    entry: Option<&TerminatingGatewayEntry>,
    links: &[GatewayLink],
) -> Subject {
    let named = || entry.into_iter().flat_map(|entry| &entry.services).map(|service| &service.name);
    let by = |from_wildcard: bool| -> BTreeSet<String> {
        let links = links.iter().filter(|link| link.from_wildcard == from_wildcard);
        links.map(|link| link.service.name.clone()).collect()
    };
    let mut services: BTreeSet<String> = named().filter(|name| *name != "*").cloned().collect();
    services.extend(by(false).into_iter().filter(|name| name != "*"));
    let expanded = by(true);
    let has_wildcard = named().any(|name| name == "*") || !expanded.is_empty();
    Subject { gateway, node, services, wildcard: has_wildcard.then_some(expanded) }
}

/// Where an answer about rights comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Judge {
    /// The agent itself decided.
    Agent,
    /// The rules of the token's policies were read.
    Policies,
    /// ACLs are off: everything is allowed.
    AclsOff,
}

/// A right and whether the token has it.
#[derive(Debug)]
struct Checked {
    need: Need,
    has: bool,
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

/// What the token has of `needs`: by the agent's own judgement, else by the token's policies.
///
/// Nothing is inferred from what the agent gives or refuses: it answers some questions from its cache.
async fn judged(consul: &Consul, needs: Vec<Need>) -> Result<(Judge, Vec<Checked>), CommandError> {
    let questions: Vec<Authorization> = needs
        .iter()
        .map(|need| Authorization::new(need.resource.name(), need.segment(), need.access.name()))
        .collect();
    let failed = match consul.authorize(&questions).await {
        Ok(answers) if answers.len() == needs.len() => {
            let checked = needs.into_iter().zip(answers);
            let checked = checked.map(|(need, answer)| Checked { need, has: answer.allow });
            return Ok((Judge::Agent, checked.collect()));
        }
        Ok(_) => CommandError::message(Kind::Agent, "the agent answered another number of questions"),
        Err(error) if error.says_acls_are_off() => {
            let checked = needs.into_iter().map(|need| Checked { need, has: true });
            return Ok((Judge::AclsOff, checked.collect()));
        }
        Err(error) if error.is_unknown_token() || error.status().is_none() => return Err(error.into()),
        Err(error) => error.into(),
    };
    let cannot = |error: CommandError| {
        error
            .context("cannot find out what the token may do: the agent does not say, and the token's policies cannot be read")
            .hint("give the token `acl = \"read\"` for this, or ask an agent of Consul 1.8 or later")
    };
    let Ok(grants) = consul.own_grants().await else { return Err(cannot(failed)) };
    let granted = granted(consul, grants).await.map_err(cannot)?;
    let by_default = consul.allows_by_default().await.unwrap_or_default();
    let checked = needs.into_iter().map(|need| {
        let has = granted.allows(&need, by_default);
        Checked { need, has }
    });
    Ok((Judge::Policies, checked.collect()))
}

/// The builtin policy that allows everything.
const GLOBAL_MANAGEMENT: &str = "00000000-0000-0000-0000-000000000001";

/// What a token or role of these parts may do.
async fn granted(consul: &Consul, own: Grants) -> Result<Granted, CommandError> {
    let mut all = Granted::default();
    let mut roles: Vec<Link> = own.roles.clone().unwrap_or_default();
    let mut parts = vec![own];
    while let Some(role) = roles.pop() {
        parts.push(consul.role_grants(&role.id).await?);
    }
    let mut policies = BTreeSet::new();
    for part in parts {
        policies.extend(part.policies.unwrap_or_default().into_iter().map(|policy| policy.id));
        for identity in part.service_identities.unwrap_or_default() {
            all = all.and(Granted::service_identity(&identity.service_name));
        }
        for identity in part.node_identities.unwrap_or_default() {
            all = all.and(Granted::node_identity(&identity.node_name));
        }
        for template in part.templated_policies.unwrap_or_default() {
            let name = template.template_variables.unwrap_or_default().name;
            all = all.and(match template.template_name.as_str() {
                "builtin/service" => Granted::service_identity(&name),
                "builtin/node" => Granted::node_identity(&name),
                other => {
                    let text = format_args!("the template `{other}` of a policy is not known here");
                    return Err(CommandError::message(Kind::Failed, text));
                }
            });
        }
    }
    for id in policies {
        if id == GLOBAL_MANAGEMENT {
            return Ok(Granted::everything());
        }
        let text = consul.policy_rules(&id).await?;
        all = all.and(Granted::read(&text).map_err(|error| CommandError::new(Kind::Failed, error))?);
    }
    Ok(all)
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
