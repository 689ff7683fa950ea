//! The ways out of the mesh through a gateway, each with what is wrong with it, and what is wrong beside them.

use std::collections::BTreeSet;

use serde::Serialize;

use super::OF_PORT;
use super::allow::AllowList;
use crate::address_guard;
use crate::doctor::report::Status;
use crate::doctor::{Evidence, examine, word};
use crate::finding::{Code, Finding, Place, Severity};
use crate::gateway::host_port::Host;
use crate::hcl::writer::write_text;
use crate::render::{Upstream, UpstreamTls};
use crate::snapshot::assemble::Answer;

/// The port that is for HTTP over TLS.
const HTTPS: u16 = 443;

/// What is wrong with how TLS is spoken, or not spoken, with a service.
const OF_TLS: &[Code] = &[Code::TlsWithoutSni, Code::WildcardSni, Code::TlsIgnored];

/// What checks of `doctor` find about one service.
const OF_SERVICE: &[Code] = &[Code::AlsoInMesh, Code::NoUpstream, Code::NoInstance];

/// What they find about all of the gateway: other ways, and why ways may be missing here.
const OF_GATEWAY: &[Code] = &[
    Code::WayAround,
    Code::WildcardLinksMesh,
    Code::NoEntry,
    Code::LinkHidden,
    Code::NodeReadMissing,
    Code::NotAnswered,
    Code::Unanswered,
    Code::Unreadable,
];

/// A way out. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The linked service.
    pub service: String,
    /// Host name or IP address, as registered.
    pub address: String,
    /// Port.
    pub port: u16,
    /// How TLS is spoken: `none`, `one-way`, `mutual` or `system`.
    pub tls: &'static str,
    /// The rule of the allow list that allows it.
    pub allowed_by: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// All of them. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Service name of the gateway.
    pub gateway: String,
    /// Whether no finding is a failure.
    pub ok: bool,
    /// The ways, by service.
    pub ways: Vec<Way>,
    /// What was found beside them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What was not looked at, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

/// An allow list, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowFile {
    /// Its path, as it was named.
    pub path: String,
    /// Whether rules can be appended in HCL.
    pub is_hcl: bool,
    /// The list.
    pub list: AllowList,
}

impl Audit {
    /// Judges the evidence.
    ///
    /// `others` are the services that other gateways are linked to, or why they are not known; `judge` decides what
    /// becomes of each finding.
    pub fn new(
        evidence: &Evidence<'_>,
        allow: Option<&AllowFile>,
        others: Result<&BTreeSet<String>, &str>,
        judge: impl Fn(Finding) -> Option<Finding>,
        notes: impl FnOnce() -> Vec<Finding>,
    ) -> Self {
        let mut ways: Vec<Way> =
            evidence.upstreams.iter().flat_map(|upstream| ways_of(evidence, upstream, allow)).collect();
        ways.sort_by(|first, second| first.service.cmp(&second.service));
        let mut audit = Self {
            gateway: evidence.facts.name.clone(),
            ok: true,
            ways,
            findings: Vec::new(),
            skipped: Vec::new(),
        };
        audit.add_checks(evidence);
        match unlinked(evidence, others) {
            Ok(found) => audit.findings.extend(found),
            Err(why) => audit.skipped.push(format!("every upstream outside the mesh is linked: {why}")),
        }
        audit.findings.extend(allow.into_iter().flat_map(|allow| unused(evidence, allow)));
        let judged = |found: &mut Vec<Finding>| {
            *found = std::mem::take(found).into_iter().filter_map(&judge).collect();
        };
        audit.ways.iter_mut().for_each(|way| judged(&mut way.findings));
        judged(&mut audit.findings);
        audit.ok = audit.count(Severity::Failure) == 0;
        audit.findings.extend(notes());
        audit
    }

    /// Every finding, those of ways first.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.ways.iter().flat_map(|way| &way.findings).chain(&self.findings)
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.all().filter(|finding| finding.severity == severity).count()
    }

    /// Takes over what checks of `doctor` find.
    fn add_checks(&mut self, evidence: &Evidence<'_>) {
        for check in examine(evidence) {
            if check.status == Status::Skipped
                && [Code::AlsoInMesh, Code::NoUpstream, Code::WayAround].contains(&check.code)
            {
                self.skipped.push(format!("{}: {}", check.title, check.seen));
            }
            for finding in check.findings {
                // What cannot be read may well be there.
                if finding.code == Code::NoEntry && evidence.facts.lacks(Answer::Entry).is_some() {
                    continue;
                }
                if OF_SERVICE.contains(&finding.code) {
                    self.add_of_service(finding);
                } else if OF_GATEWAY.contains(&finding.code) {
                    // A `Destination` would be a way.
                    let hides_ways =
                        finding.code == Code::NotAnswered && finding.subject == "service-defaults entries";
                    let most = if hides_ways { Severity::Warning } else { Severity::Info };
                    self.findings.push(Finding { severity: finding.severity.min(most), ..finding });
                }
            }
        }
    }

    /// A finding about a service goes to its first way.
    fn add_of_service(&mut self, finding: Finding) {
        // What leads nowhere yet is open to whoever registers an instance.
        let finding =
            if finding.code == Code::NoInstance { finding.severity(Severity::Warning) } else { finding };
        match self.ways.iter_mut().find(|way| way.service == finding.subject) {
            Some(way) => way.findings.push(finding),
            None => self.findings.push(finding),
        }
    }
}

fn ways_of(evidence: &Evidence<'_>, upstream: &Upstream, allow: Option<&AllowFile>) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    let places = upstream.addresses.iter().zip(&upstream.owners).zip(evidence.of_addresses(upstream));
    for (((host, port), owner), of_address) in places {
        if let Some(known) = ways.iter_mut().find(|way| way.address == *host && way.port == *port) {
            known.findings.extend(of_address);
            continue;
        }
        let mut findings: Vec<Finding> = of_address.into_iter().collect();
        findings.extend(of_tls(evidence, upstream, *port));
        let allowed_by = allow.and_then(|allow| {
            let resolved = resolved(evidence, host);
            let mut rules = allow.list.rules().iter();
            rules.find(|rule| rule.allows(&upstream.service, host, *port, resolved))
        });
        if let (Some(allow), None) = (allow, allowed_by) {
            let finding = not_allowed(allow, upstream, owner, host, *port);
            // A rule does not help where the address itself is wrong.
            let is_wrong = findings.iter().any(|finding| finding.code == Code::ForbiddenAddress);
            findings.insert(0, if is_wrong { Finding { command: None, ..finding } } else { finding });
        }
        ways.push(Way {
            service: upstream.service.clone(),
            address: host.clone(),
            port: *port,
            tls: UpstreamTls::kind(upstream.tls.as_ref()),
            allowed_by: allowed_by.map(|rule| rule.name.clone()),
            findings,
        });
    }
    ways
}

fn resolved<'a>(evidence: &Evidence<'a>, host: &str) -> &'a [std::net::IpAddr] {
    evidence.facts.resolved.get(host).map(Vec::as_slice).unwrap_or_default()
}

/// What direct mode and the reader of the entry find about TLS with a service.
fn of_tls(evidence: &Evidence<'_>, upstream: &Upstream, port: u16) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for finding in evidence.found.iter().filter(|finding| finding.subject == upstream.service) {
        let counts = OF_TLS.contains(&finding.code) || (port == HTTPS && OF_PORT.contains(&finding.code));
        // The entry and what direct mode makes of it can be judged alike.
        if counts && found.iter().all(|known| known.code != finding.code) {
            found.push(finding.clone());
        }
    }
    found
}

fn not_allowed(allow: &AllowFile, upstream: &Upstream, owner: &str, host: &str, port: u16) -> Finding {
    let service = &upstream.service;
    let path = &allow.path;
    let message = format!("{owner} at `{host}`, port {port}, is not in the allow list `{path}`");
    let finding = Finding::of_service(service, Code::WayNotAllowed, message, "");
    let place = match (address_guard::read(host), Host::of(host)) {
        (Some(ip), _) => ("networks", ip.to_canonical().to_string()),
        (None, Host::Name) => ("names", host.to_owned()),
        (None, _) => return finding,
    };
    let text = |text: &str| {
        let mut written = String::new();
        write_text(text.as_bytes(), &mut written);
        written
    };
    let rule = format!(
        "allow {} {{ services = [{0}] {} = [{}] ports = [{port}] }}",
        text(service),
        place.0,
        text(&place.1)
    );
    let finding =
        finding.help("if it is not meant, unlink the service; if it is, add a rule to the allow list");
    if allow.is_hcl { finding.command(format!("echo {} >> {}", word(&rule), word(path))) } else { finding }
}

/// The rules that allow none of the ways.
fn unused(evidence: &Evidence<'_>, allow: &AllowFile) -> Vec<Finding> {
    let is_used = |rule: &&super::allow::Rule| {
        evidence.upstreams.iter().any(|upstream| {
            let mut places = upstream.addresses.iter();
            places.any(|(host, port)| rule.allows(&upstream.service, host, *port, resolved(evidence, host)))
        })
    };
    let unused = allow.list.rules().iter().filter(|rule| !is_used(rule));
    unused
        .map(|rule| {
            let (line, column) = rule.place;
            let message = format!("the rule `{}` of the allow list allows none of the ways", rule.name);
            let place = Place { path: allow.path.clone(), line, column };
            Finding { place: Some(place), ..Finding::new(Code::UnusedRule, &rule.name, message) }
        })
        .collect()
}

/// The upstreams of proxies that are outside the mesh and behind no gateway.
fn unlinked(
    evidence: &Evidence<'_>,
    others: Result<&BTreeSet<String>, &str>,
) -> Result<Vec<Finding>, String> {
    let snapshot = evidence.snapshot()?;
    let nodes = evidence.facts.nodes.known()?;
    let all = || nodes.iter().flat_map(|node| &node.services);
    let is_linked = |name: &str| snapshot.links.iter().any(|link| link.service.name == name);
    let in_mesh: BTreeSet<&str> = all()
        .filter_map(|service| match service.kind.as_str() {
            "connect-proxy" => Some(service.proxy.destination_service_name.as_str()),
            _ => Some(service.service.as_str()).filter(|_| service.connect.native),
        })
        .collect();
    let is_outside = |name: &str| {
        !in_mesh.contains(name) && all().any(|service| service.kind.is_empty() && service.service == name)
    };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for proxy in all().filter(|service| service.kind == "connect-proxy") {
        for upstream in &proxy.proxy.upstreams {
            let name = upstream.destination_name.as_str();
            let is_here = upstream.datacenter.is_empty() || upstream.datacenter == snapshot.datacenter;
            if upstream.destination_type == "prepared_query"
                || !is_here
                || is_linked(name)
                || !is_outside(name)
                || others?.contains(name)
                || !seen.insert(name)
            {
                continue;
            }
            let user = &proxy.proxy.destination_service_name;
            let message = format!(
                "service `{name}` is an upstream of `{user}` and has no instance in the mesh, but no gateway is linked to it"
            );
            let command =
                format!("termgate services link {} --service {}", word(name), word(&evidence.facts.name));
            found.push(Finding::new(Code::UnlinkedUpstream, name, message).command(command));
        }
    }
    Ok(found)
}
