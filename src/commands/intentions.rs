//! `termgate intentions check | list`: who may reach a linked service, by the same rules that direct mode enforces.

use serde::Serialize;
use serde_json::{Value, json};

use crate::consul::Consul;
use crate::consul::api::acl::Authorization;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::intentions::{Decision, Reason, Rules, Source, Verdict, precedence, words};
use crate::output::table::table;
use crate::output::{ReportFormat, Reporter};
use crate::render::{self, Access, RenderOptions};
use crate::rights::AGENT_READ;
use crate::settings::intentions::AskedRequest;
use crate::snapshot::{
    DefaultIntentionSource, GatewayLink, Intention, IntentionAction, ServiceName, Snapshot, folded,
};
use crate::visible::visible;

/// The exit code for a source that is denied.
const DENIED: u8 = 10;
/// The exit code where the request decides and is not known.
const UNDECIDED: u8 = 1;

/// Lines of the short form.
const SHORT_LINES: usize = 15;

/// Who wants to reach what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The service that connects.
    pub source: String,
    /// The linked service.
    pub service: String,
    /// The request, if it is known.
    pub request: Option<AskedRequest>,
    /// Whether paths are not normalised.
    pub insecure_disable_path_normalization: bool,
}

/// The default policy as it is printed.
#[derive(Debug, Serialize)]
struct DefaultPolicy {
    action: &'static str,
    source: DefaultIntentionSource,
}

impl DefaultPolicy {
    fn of(snapshot: &Snapshot) -> Self {
        Self { action: words::action(snapshot.default_intention), source: snapshot.default_intention_source }
    }

    fn sentence(&self) -> String {
        format!("{} ({})", self.action, words::default_source(self.source))
    }
}

/// `intentions check`.
pub fn check(
    snapshot: &Snapshot,
    gateway: &str,
    attempt: &Attempt,
    format: ReportFormat,
    report: &Reporter,
) -> Result<u8, CommandError> {
    let link = link(snapshot, &attempt.service);
    let service = match link {
        Some(link) => link.service.clone(),
        None => ServiceName { name: attempt.service.clone(), ..ServiceName::default() },
    };
    let headers: Vec<(&str, &str)> = attempt
        .request
        .iter()
        .flat_map(|request| &request.headers)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request = attempt.request.as_ref().map(|request| crate::intentions::Request {
        method: &request.method,
        path: &request.path,
        headers: &headers,
    });
    let options = RenderOptions {
        insecure_disable_path_normalization: attempt.insecure_disable_path_normalization,
        ..RenderOptions::default()
    };
    let source = Source::named(&attempt.source);
    let access = render::access(snapshot, &options, render::Attempt { source, service: &service, request });
    report_doubts(snapshot, gateway, (&attempt.service, link.is_some()), report);
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    let printer = report.printer();
    match format {
        ReportFormat::Json => {
            let document = document(snapshot, gateway, attempt, link.is_some(), &access);
            printer.json(&report.with_findings(document))?;
        }
        ReportFormat::Human => printer.styled(&sentences(snapshot, attempt, &access))?,
        ReportFormat::Short => printer.line(headline(attempt, &access, true))?,
    }
    match access.verdict {
        Verdict::Allow => Ok(0),
        Verdict::Deny => Ok(DENIED),
        Verdict::DependsOnRequest => {
            let request = &attempt.request;
            let text = match request {
                None => "the request decides, and none is given",
                Some(_) => {
                    "an expression of the intention is beyond termgate, so the request cannot be judged"
                }
            };
            let error = CommandError::message(Kind::Failed, text);
            let error =
                if request.is_none() { error.hint("give --path, --method and --header") } else { error };
            if format == ReportFormat::Json { Ok(UNDECIDED) } else { Err(error) }
        }
    }
}

/// The link of a service, whatever its case.
fn link<'a>(snapshot: &'a Snapshot, service: &str) -> Option<&'a GatewayLink> {
    let links = || snapshot.links.iter();
    let exact = links().find(|link| link.service.name == service);
    exact.or_else(|| links().find(|link| folded(&link.service.name) == folded(service)))
}

/// What makes the answer less certain.
fn report_doubts(snapshot: &Snapshot, gateway: &str, (service, is_linked): (&str, bool), report: &Reporter) {
    if snapshot.default_intention_source == DefaultIntentionSource::Assumed {
        report.report(assumed(gateway));
    }
    if !is_linked {
        let message =
            format!("service `{service}` is not linked to the gateway `{gateway}`, which closes it");
        let finding = Finding::new(Code::NotLinked, service, message);
        report.report(finding.command(format!("termgate services link {service} --service {gateway}")));
    }
}

/// Says so where the token may not read intentions: an agent leaves those out without a word.
pub async fn hidden(consul: &Consul, gateway: &str, snapshot: &Snapshot) -> Option<Finding> {
    let names: Vec<&str> = snapshot.links.iter().map(|link| link.service.name.as_str()).collect();
    let questions: Vec<Authorization> = if names.is_empty() {
        // Links to services that it may not read are left out, too. This stands for any of them.
        vec![Authorization::new("service", "any linked service", "read")]
    } else {
        names.iter().map(|name| Authorization::new("intention", name, "read")).collect()
    };
    // Without ACLs, or from an agent that does not judge, there is no answer.
    let answers = consul.authorize(&questions).await.ok()?;
    let denied: Vec<&str> =
        answers.iter().filter(|answer| !answer.allow).map(|answer| answer.segment.as_str()).collect();
    let first = denied.first()?;
    let message = match denied.len() {
        _ if names.is_empty() => {
            "the token sees no linked service and may not read every service: intentions may be missing"
                .to_owned()
        }
        1 => format!("the token may not read the intentions on `{first}`: they may be missing"),
        count => {
            format!(
                "the token may not read the intentions on `{first}` and {} more: they may be missing",
                count - 1
            )
        }
    };
    let help =
        "give the token `service_prefix \"\" { policy = \"read\" }`, or the same for each linked service";
    Some(Finding::new(Code::NotAnswered, gateway, message).help(help))
}

fn assumed(gateway: &str) -> Finding {
    let message = "the token lacks agent:read, so the default policy is not known: deny is assumed";
    Finding::new(Code::DefaultIntentionAssumed, gateway, message).help(AGENT_READ.help)
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allowed",
        Verdict::Deny => "denied",
        Verdict::DependsOnRequest => "depends-on-request",
    }
}

const fn reason(access: &Access<'_>) -> &'static str {
    if access.obstacle.is_some() {
        return "refused";
    }
    match access.decision.reason {
        Reason::Default => "default-policy",
        Reason::Action(_) => "intention",
        Reason::Permission(..) => "permission",
        Reason::NoPermission(_) => "no-permission",
        Reason::RequestsOnTcp(_) => "permissions-on-tcp",
        Reason::Closed(..) => "closed",
    }
}

/// What refuses it, or what the intentions decide.
fn sentence(access: &Access<'_>) -> String {
    match &access.obstacle {
        Some(obstacle) => obstacle.sentence(),
        None => access.decision.sentence(),
    }
}

fn document(
    snapshot: &Snapshot,
    gateway: &str,
    attempt: &Attempt,
    is_linked: bool,
    access: &Access<'_>,
) -> Value {
    let Decision { reason: why, .. } = access.decision;
    let allowed = match access.verdict {
        Verdict::Allow => Some(true),
        Verdict::Deny => Some(false),
        Verdict::DependsOnRequest => None,
    };
    let permission = match why {
        Reason::Permission(found, index) => {
            json!({"index": index, "permission": found.permissions.get(index)})
        }
        _ => Value::Null,
    };
    let request = attempt.request.as_ref().map(|request| {
        json!({
            "method": request.method,
            "path": request.path,
            "path_seen": access.seen_path,
            "headers": request.headers,
        })
    });
    json!({
        "source": attempt.source,
        "destination": attempt.service,
        "gateway": gateway,
        "linked": is_linked,
        "allowed": allowed,
        "verdict": verdict(access.verdict),
        "reason": reason(access),
        "message": sentence(access),
        "intention": why.intention().map(Row::of),
        "permission": permission,
        "protocol": access.protocol.name(),
        "request": request,
        "default_policy": DefaultPolicy::of(snapshot),
    })
}

fn headline(attempt: &Attempt, access: &Access<'_>, with_reason: bool) -> String {
    let Attempt { source, service, .. } = attempt;
    let verdict = match access.verdict {
        Verdict::DependsOnRequest => "depends on the request",
        decided => verdict(decided),
    };
    let line = format!("`{source}` → `{service}`: {verdict}");
    if with_reason { format!("{line}: {}", sentence(access)) } else { line }
}

fn sentences(snapshot: &Snapshot, attempt: &Attempt, access: &Access<'_>) -> String {
    let mut lines = vec![headline(attempt, access, false), format!("  {}", sentence(access))];
    if let Decision { reason: Reason::NoPermission(found), verdict: Verdict::DependsOnRequest } =
        access.decision
        && access.obstacle.is_none()
    {
        let permissions = found.permissions.iter().enumerate();
        lines
            .extend(permissions.map(|(index, one)| format!("    {}. {}", index + 1, words::permission(one))));
    }
    if let (Some(request), Some(seen)) = (&attempt.request, &access.seen_path)
        && request.path.split('?').next() != Some(seen)
    {
        lines.push(format!("  intentions see the path {} as {seen}", request.path));
    }
    if attempt.request.is_some() && !access.protocol.has_requests() {
        lines.push("  the service speaks tcp, so the request does not count".to_owned());
    }
    lines.push(format!("  default policy: {}", DefaultPolicy::of(snapshot).sentence()));
    lines.iter().map(|line| visible(line).into_owned() + "\n").collect()
}

/// An intention as it is listed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source_namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source_partition: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source_peer: &'a str,
    destination: &'a str,
    /// Absent where permissions decide.
    action: Option<IntentionAction>,
    precedence: u8,
    permissions: &'a [crate::snapshot::IntentionPermission],
    /// Why it has another effect than it says, if so.
    note: Option<String>,
    #[serde(skip)]
    effect: String,
}

impl<'a> Row<'a> {
    fn of(intention: &'a Intention) -> Self {
        let own = |name: &'a str| if name == "default" { "" } else { name };
        Self {
            source: &intention.source_name,
            source_namespace: own(&intention.source_ns),
            source_partition: own(&intention.source_partition),
            source_peer: &intention.source_peer,
            destination: &intention.destination_name,
            action: intention.action,
            precedence: precedence(intention),
            permissions: &intention.permissions,
            note: None,
            effect: words::effect(intention),
        }
    }
}

/// The intentions on linked services, each once: by destination, strongest first.
fn rows(snapshot: &Snapshot) -> Vec<Row<'_>> {
    let mut found: Vec<&Intention> = snapshot.intentions.iter().collect();
    found.retain(|intention| {
        intention.destination_name == "*" || link(snapshot, &intention.destination_name).is_some()
    });
    found.sort_by(|a, b| {
        let key = |intention: &Intention| {
            (intention.destination_name == "*", folded(&intention.destination_name).into_owned())
        };
        let order = key(a).cmp(&key(b)).then(precedence(b).cmp(&precedence(a)));
        order.then_with(|| a.source_name.cmp(&b.source_name))
    });
    found.into_iter().map(|intention| Row { note: note(snapshot, intention), ..Row::of(intention) }).collect()
}

/// Why an intention on a linked service has another effect than it says.
fn note(snapshot: &Snapshot, intention: &Intention) -> Option<String> {
    let link = link(snapshot, &intention.destination_name)?;
    let rules = Rules::of(snapshot, &link.service);
    if let Some((by, _)) = rules.closed() {
        let own = std::ptr::eq(by, intention);
        return Some(if own { "closes the service" } else { "the service is closed" }.to_owned());
    }
    if !intention.source_peer.is_empty() {
        return Some("a source in a peer cannot connect".to_owned());
    }
    let is_tcp = !snapshot.protocol(&link.service.name).has_requests();
    (is_tcp && !intention.permissions.is_empty()).then(|| "denies: the service speaks tcp".to_owned())
}

/// `intentions list`.
pub fn list(
    snapshot: &Snapshot,
    gateway: &str,
    format: ReportFormat,
    report: &Reporter,
) -> Result<u8, CommandError> {
    if snapshot.default_intention_source == DefaultIntentionSource::Assumed {
        report.report(assumed(gateway));
    }
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    let printer = report.printer();
    let rows = rows(snapshot);
    let default = DefaultPolicy::of(snapshot);
    if format == ReportFormat::Json {
        let document = json!({"gateway": gateway, "default_policy": default, "intentions": rows});
        printer.json(&report.with_findings(document))?;
        return Ok(0);
    }
    let cells = rows.iter().map(|row| {
        let peer =
            if row.source_peer.is_empty() { String::new() } else { format!(" in peer {}", row.source_peer) };
        [
            visible(&format!("{}{peer}", row.source)).into_owned(),
            visible(row.destination).into_owned(),
            row.effect.clone(),
            row.precedence.to_string(),
            row.note.clone().unwrap_or_default(),
        ]
    });
    let head = ["SOURCE", "DESTINATION", "ACTION", "PRECEDENCE", "NOTE"].map(str::to_owned);
    let last = format!("default policy: {}\n", default.sentence());
    let mut lines: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    let mut more = String::new();
    if format == ReportFormat::Short && lines.len() > SHORT_LINES - 1 {
        more = format!("… and {} more\n", lines.len() - (SHORT_LINES - 2));
        lines.truncate(SHORT_LINES - 2);
    }
    if rows.is_empty() {
        printer.styled(&format!("no intention names a linked service\n{last}"))?;
    } else {
        printer.styled(&(table(&lines) + &more + &last))?;
    }
    Ok(0)
}
