//! `termgate explain`: the way of a request through the gateway, hop by hop, and where it ends.
//!
//! Pure. What can be wrong with a hop is judged by the doctor's checks; here their findings are put where they stop a
//! request, and the intentions are asked about the one source and request.

mod show;

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use crate::doctor::facts::Asked;
use crate::doctor::report::{Checked, Status as CheckStatus};
use crate::doctor::{self, Evidence};
use crate::envoy::admin::LiveCluster;
use crate::finding::{Code, Finding, Severity};
use crate::intentions::{Reason, Request, Source, Verdict};
use crate::render::{Access, Attempt, Evaluator, RenderOptions, Upstream};
use crate::snapshot::{GatewayLink, ServiceName, Snapshot, folded};
use crate::upstream::Resolved;

pub use show::human;

/// A stop on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Hop {
    /// The proxy of the client.
    Source,
    /// The gateway as the mesh finds it.
    Gateway,
    /// Where the gateway listens.
    Listener,
    /// The filter chain for the service's name.
    Chain,
    /// The intention that decides.
    Intention,
    /// The route of a request.
    Route,
    /// Envoy's cluster.
    Cluster,
    /// The host name of the server.
    Dns,
    /// The instances of the service.
    Endpoint,
    /// TLS with the server.
    Tls,
}

impl Hop {
    /// All hops, in the order of the way.
    pub const ALL: [Self; 10] = [
        Self::Source,
        Self::Gateway,
        Self::Listener,
        Self::Chain,
        Self::Intention,
        Self::Route,
        Self::Cluster,
        Self::Dns,
        Self::Endpoint,
        Self::Tls,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Gateway => "gateway",
            Self::Listener => "listener",
            Self::Chain => "chain",
            Self::Intention => "intention",
            Self::Route => "route",
            Self::Cluster => "cluster",
            Self::Dns => "dns",
            Self::Endpoint => "endpoint",
            Self::Tls => "tls",
        }
    }

    /// The findings that stop a request here.
    const fn codes(self) -> &'static [Code] {
        match self {
            Self::Source | Self::Intention => &[],
            Self::Gateway => &[
                Code::AgentUnreachable,
                Code::NoLeader,
                Code::NoToken,
                Code::TokenUnknown,
                Code::GatewayNotRegistered,
                Code::GatewayOfAnotherKind,
                Code::GatewayInMaintenance,
                Code::BadAddress,
                Code::GatewayNotListening,
                Code::HealthCheckMisses,
                Code::GatewayCheckFailing,
            ],
            Self::Listener => &[
                Code::AddressOfAnotherHost,
                Code::AddressShared,
                Code::AddressInUse,
                Code::ListenerLost,
                Code::BadBind,
                Code::NoListener,
                Code::NoIpv6,
            ],
            Self::Chain => &[
                Code::NoEntry,
                Code::NotLinked,
                Code::LinkHidden,
                Code::ConnectDisabled,
                Code::ServiceWriteMissing,
                Code::NoLeaf,
                Code::GatewayWriteMissing,
                Code::BadName,
                Code::DuplicateName,
                Code::OtherNamespace,
                Code::Unanswered,
                Code::Unreadable,
                Code::ExtensionUnknown,
            ],
            Self::Route => &[Code::ResolverIgnored],
            Self::Cluster => &[Code::EnvoyUpdateRejected, Code::EnvoyRefused, Code::BadFilter],
            Self::Dns => &[Code::UpstreamUnresolved],
            Self::Endpoint => &[
                Code::NodeReadMissing,
                Code::NoInstance,
                Code::PartialWildcard,
                Code::ServiceOnAgentNode,
                Code::BadInstance,
                Code::ForbiddenAddress,
                Code::NoHealthyInstance,
                Code::EnvoyNoHost,
                Code::UpstreamRefused,
                Code::UpstreamTimeout,
                Code::UpstreamUnreachable,
                Code::UpstreamFailing,
            ],
            Self::Tls => &[
                Code::FileMissing,
                Code::FileUnreadable,
                Code::FileNotPem,
                Code::BrokenPem,
                Code::NoCertificate,
                Code::BrokenCertificate,
                Code::UnusableCertificate,
                Code::NoPrivateKey,
                Code::BrokenKey,
                Code::EncryptedKey,
                Code::KeyMismatch,
                Code::KeyOfAnotherKind,
                Code::CertificateExpired,
                Code::CertificateNotYetValid,
                Code::CertificateHidesRenewed,
                Code::TlsIgnored,
                Code::TlsWithoutSni,
                Code::PlaintextToHttps,
                Code::UpstreamSpeaksTls,
                Code::UpstreamPlaintext,
                Code::UpstreamTlsVersion,
                Code::UpstreamTlsFailed,
                Code::UpstreamTlsName,
                Code::UpstreamTlsCa,
                Code::UpstreamTlsExpired,
                Code::UpstreamClientCertificate,
            ],
        }
    }
}

/// Findings that are warnings to a gateway, and the end of a request.
const ENDS: [Code; 3] = [Code::NoHealthyInstance, Code::EnvoyNoHost, Code::UpstreamFailing];

/// How a hop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The request passes.
    Ok,
    /// It ends here.
    Broken,
    /// That is not known.
    Unknown,
}

/// A hop, and what is there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stop {
    /// Which.
    pub hop: Hop,
    /// How it is.
    pub status: Status,
    /// What is there.
    pub what: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// The way. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Way {
    /// The linked service.
    pub service: String,
    /// Who asks; absent for anybody.
    pub source: Option<String>,
    /// Service name of the gateway.
    pub gateway: String,
    /// Whether no hop is broken.
    pub ok: bool,
    /// The first broken hop.
    pub broken_hop: Option<usize>,
    /// The hops.
    pub hops: Vec<Stop>,
}

/// What is explained.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The linked service.
    pub service: &'a str,
    /// Who asks.
    pub source: Option<&'a str>,
    /// For what.
    pub request: Option<Request<'a>>,
}

/// Follows the way as far as the evidence shows it; `judge` decides what becomes of each finding.
pub fn explain(
    evidence: &Evidence<'_>,
    options: &RenderOptions,
    asking: Asking<'_>,
    judge: impl Fn(Finding) -> Option<Finding>,
) -> Way {
    Guide::new(evidence, options).way(asking, judge)
}

/// Follows many ways through one gateway.
#[derive(Debug)]
pub struct Guide<'a, 'facts> {
    evidence: &'a Evidence<'facts>,
    checks: Vec<Checked>,
    /// The names of linked services.
    linked: BTreeSet<&'facts str>,
    evaluator: Option<Evaluator<'facts>>,
}

impl<'a, 'facts> Guide<'a, 'facts> {
    /// Looks at everything that ways have in common.
    pub fn new(evidence: &'a Evidence<'facts>, options: &RenderOptions) -> Self {
        let snapshot = evidence.facts.snapshot.as_ref();
        let links = snapshot.into_iter().flat_map(|snapshot| snapshot.links.iter());
        let entry = snapshot.and_then(|snapshot| snapshot.entry.as_ref());
        let named = entry.into_iter().flat_map(|entry| &entry.services).map(|service| service.name.as_str());
        Self {
            evidence,
            checks: doctor::examine(evidence),
            linked: links.map(|link| link.service.name.as_str()).chain(named).collect(),
            evaluator: snapshot.map(|snapshot| Evaluator::new(snapshot, options)),
        }
    }

    /// Follows a way.
    pub fn way(&self, asking: Asking<'_>, judge: impl Fn(Finding) -> Option<Finding>) -> Way {
        let follower = self.follower(asking);
        let mut hops = Vec::with_capacity(Hop::ALL.len());
        for hop in Hop::ALL {
            let mut stop = follower.stop(hop);
            stop.findings = std::mem::take(&mut stop.findings).into_iter().filter_map(&judge).collect();
            if stop.findings.iter().any(is_end) {
                stop.status = Status::Broken;
            } else if stop.status == Status::Broken {
                // What broke it is hidden.
                stop.status = Status::Ok;
            }
            hops.push(stop);
        }
        settle(&mut hops);
        let broken_hop = hops.iter().position(|stop| stop.status == Status::Broken);
        Way {
            service: asking.service.to_owned(),
            source: asking.source.map(str::to_owned),
            gateway: self.evidence.facts.name.clone(),
            ok: broken_hop.is_none(),
            broken_hop,
            hops,
        }
    }

    /// Whether the proxies of a source lead to a service, and what shows that.
    pub fn leads(&self, source: &str, service: &str) -> (Status, String) {
        let asking = Asking { service, source: Some(source), request: None };
        let (status, what, _) = self.follower(asking).source();
        (status, what)
    }

    /// What intentions make of an attempt; absent where the state of Consul is not known.
    pub fn access(&self, attempt: Attempt<'_>) -> Option<Access<'facts>> {
        self.evaluator.as_ref().map(|evaluator| evaluator.access(attempt))
    }

    fn follower<'g>(&'g self, asking: Asking<'g>) -> Follower<'g, 'a, 'facts> {
        Follower { guide: self, asking, link: link(self.evidence, asking.service) }
    }
}

/// Has the hop of TLS say that most connections fail, where TLS is why: the endpoint itself is reached then.
fn settle(hops: &mut [Stop]) {
    let is_symptom = |finding: &Finding| finding.code == Code::UpstreamFailing;
    let tls_is_broken = hops.iter().any(|stop| stop.hop == Hop::Tls && stop.status == Status::Broken);
    let Some(endpoint) = hops.iter_mut().find(|stop| stop.hop == Hop::Endpoint) else { return };
    if !tls_is_broken || endpoint.findings.iter().any(|finding| is_end(finding) && !is_symptom(finding)) {
        return;
    }
    let symptoms: Vec<Finding> = endpoint.findings.extract_if(.., |finding| is_symptom(finding)).collect();
    if symptoms.is_empty() {
        return;
    }
    endpoint.status = Status::Ok;
    if let Some(tls) = hops.iter_mut().find(|stop| stop.hop == Hop::Tls) {
        tls.findings.extend(symptoms);
    }
}

fn is_end(finding: &Finding) -> bool {
    finding.is_failure() || (finding.severity == Severity::Warning && ENDS.contains(&finding.code))
}

/// The link of a service, whatever its case.
fn link<'a>(evidence: &Evidence<'a>, service: &str) -> Option<&'a GatewayLink> {
    let links = &evidence.facts.snapshot.as_ref()?.links;
    let exact = links.iter().find(|link| link.service.name == service);
    exact.or_else(|| links.iter().find(|link| folded(&link.service.name) == folded(service)))
}

struct Follower<'g, 'a, 'facts> {
    guide: &'g Guide<'a, 'facts>,
    asking: Asking<'g>,
    link: Option<&'facts GatewayLink>,
}

impl Follower<'_, '_, '_> {
    fn stop(&self, hop: Hop) -> Stop {
        let (status, what, mut findings) = match hop {
            Hop::Source => self.source(),
            Hop::Intention => self.intention(),
            _ => {
                let (status, what) = self.there(hop);
                (status, what, Vec::new())
            }
        };
        findings.extend(self.found(hop));
        if hop == Hop::Chain {
            findings.extend(self.unlinked());
        }
        Stop { hop, status, what, findings }
    }

    /// The findings of the doctor about this hop that concern the service or all services.
    fn found(&self, hop: Hop) -> Vec<Finding> {
        let all = self.guide.checks.iter().flat_map(|check| &check.findings);
        let codes = hop.codes();
        all.filter(|finding| codes.contains(&finding.code) && self.concerns(finding)).cloned().collect()
    }

    fn concerns(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        let name = self.link.map_or(self.asking.service, |link| &link.service.name);
        if *subject == name {
            return true;
        }
        // A file concerns the services that name it.
        if subject.starts_with('/') {
            let used = self
                .link
                .is_some_and(|link| [&link.ca_file, &link.cert_file, &link.key_file].contains(&subject));
            return used || self.link.is_none();
        }
        // What is about another service is not on this way.
        !self.guide.linked.contains(subject.as_str())
    }

    /// How the doctor's check with this code ended.
    fn checked(&self, code: Code) -> Option<&Checked> {
        self.guide.checks.iter().find(|check| check.code == code)
    }

    /// What a check saw, and whether it saw anything.
    fn seen(&self, code: Code) -> (Status, String) {
        match self.checked(code) {
            Some(check) if check.status == CheckStatus::Skipped => (Status::Unknown, check.seen.clone()),
            Some(check) => (Status::Ok, check.seen.clone()),
            None => (Status::Unknown, String::new()),
        }
    }

    fn upstream(&self) -> Option<&Upstream> {
        let name = &self.link?.service.name;
        self.guide.evidence.upstreams.iter().find(|upstream| upstream.service == *name)
    }

    /// What is at a hop.
    fn there(&self, hop: Hop) -> (Status, String) {
        let Ok(snapshot) = self.guide.evidence.snapshot() else {
            return (Status::Unknown, "the agent does not answer".to_owned());
        };
        match hop {
            Hop::Gateway => {
                let (status, seen) = self.seen(Code::GatewayNotRegistered);
                let (_, health) = self.seen(Code::GatewayCheckFailing);
                (status, format!("{seen}; health checks: {health}"))
            }
            Hop::Listener => match self.seen(Code::ListenerLost) {
                (Status::Ok, seen) => (Status::Ok, format!("Envoy listens on {seen}")),
                (_, why) => {
                    let (status, seen) = self.seen(Code::GatewayNotListening);
                    let listens: Vec<String> = self
                        .guide
                        .evidence
                        .listens()
                        .iter()
                        .map(|address| format!("{} port {}", address.address, address.port))
                        .collect();
                    let known = if status == Status::Ok { "something listens on" } else { "to listen on" };
                    let why = if status == Status::Ok { why } else { seen };
                    (status, format!("{known} {} ({why})", listens.join(", ")))
                }
            },
            Hop::Chain => match self.sni() {
                Some(sni) => (Status::Ok, format!("SNI {sni}")),
                None => (Status::Unknown, "no chain has this name".to_owned()),
            },
            Hop::Route => {
                let protocol = snapshot.protocol(self.name());
                let text = if protocol.has_requests() {
                    format!("{}: every path leads to the cluster", protocol.name())
                } else {
                    "tcp: no routes".to_owned()
                };
                (Status::Ok, text)
            }
            Hop::Cluster => self.cluster(),
            Hop::Dns => self.dns(),
            Hop::Endpoint => self.endpoint(snapshot),
            Hop::Tls => self.tls(),
            Hop::Source | Hop::Intention => (Status::Unknown, String::new()),
        }
    }

    fn name(&self) -> &str {
        self.link.map_or(self.asking.service, |link| &link.service.name)
    }

    fn sni(&self) -> Option<&str> {
        self.guide.evidence.upstreams.cluster_of(&self.link?.service.name)
    }

    fn source(&self) -> (Status, String, Vec<Finding>) {
        let Some(source) = self.asking.source else {
            return (Status::Unknown, "any source: name one with --from".to_owned(), Vec::new());
        };
        let nodes = match self.guide.evidence.facts.nodes.known() {
            Ok(nodes) => nodes,
            Err(why) => return (Status::Unknown, why, Vec::new()),
        };
        let services = nodes.iter().flat_map(|node| &node.services);
        let proxies: Vec<_> = services
            .filter(|service| {
                service.kind == "connect-proxy" && service.proxy.destination_service_name == source
            })
            .collect();
        let name = self.name();
        if proxies.is_empty() {
            let what = format!("no proxy of `{source}` is registered; it may have a certificate of its own");
            (Status::Unknown, what, Vec::new())
        } else if let Some(proxy) =
            proxies.iter().find(|proxy| proxy.proxy.reached().any(|reached| reached == name))
        {
            (Status::Ok, format!("`{}` has `{name}` as an upstream", proxy.id), Vec::new())
        } else if let Some(proxy) = proxies.iter().find(|proxy| proxy.proxy.mode == "transparent") {
            (Status::Ok, format!("`{}` is transparent", proxy.id), Vec::new())
        } else {
            let ids: Vec<String> = proxies.iter().map(|proxy| format!("`{}`", proxy.id)).collect();
            let message = format!("{} does not have `{name}` as an upstream", ids.join(", "));
            let finding = Finding::new(Code::NoUpstream, source, &message).severity(Severity::Failure);
            (Status::Broken, message, vec![finding])
        }
    }

    fn intention(&self) -> (Status, String, Vec<Finding>) {
        let Some(evaluator) = &self.guide.evaluator else {
            return (Status::Unknown, "the agent does not answer".to_owned(), Vec::new());
        };
        if self.guide.evidence.facts.lacks(crate::snapshot::assemble::Answer::Intentions).is_some() {
            return (Status::Unknown, "the agent does not give the intentions".to_owned(), Vec::new());
        }
        let Some(source) = self.asking.source else {
            let (status, seen) = self.seen(Code::NobodyAllowed);
            let nobody = self.checked(Code::NobodyAllowed).into_iter().flat_map(|check| &check.findings);
            let found: Vec<Finding> = nobody
                .filter(|finding| finding.subject == self.name())
                .map(|finding| finding.clone().severity(Severity::Failure))
                .collect();
            let what = if found.is_empty() { format!("somebody is allowed; {seen}") } else { seen };
            return (status, what, found);
        };
        let own = ServiceName { name: self.asking.service.to_owned(), ..ServiceName::default() };
        let service = self.link.map_or(&own, |link| &link.service);
        let attempt = Attempt { source: Source::named(source), service, request: self.asking.request };
        let access = evaluator.access(attempt);
        let what = match (&access.obstacle, access.decision.reason) {
            (Some(obstacle), _) => obstacle.sentence(),
            (None, Reason::Default) if access.verdict == Verdict::Deny => {
                format!("{}, which is to deny", access.decision.sentence())
            }
            (None, _) => access.decision.sentence(),
        };
        match access.verdict {
            Verdict::Allow => (Status::Ok, what, Vec::new()),
            Verdict::DependsOnRequest => {
                (Status::Unknown, format!("{what}: give --path, --method and --header"), Vec::new())
            }
            Verdict::Deny => {
                let name = &service.name;
                let message = format!("`{source}` may not reach `{name}`: {what}");
                let finding = Finding::new(Code::SourceDenied, name, message);
                let is_whole = access.obstacle.is_none()
                    && matches!(access.decision.reason, Reason::Default | Reason::Action(_));
                let command = format!(
                    "termgate intention create -allow -replace {} {}",
                    doctor::word(source),
                    doctor::word(name)
                );
                (Status::Broken, what, vec![if is_whole { finding.command(command) } else { finding }])
            }
        }
    }

    /// Says so where no link leads to the service.
    fn unlinked(&self) -> Option<Finding> {
        let facts = self.guide.evidence.facts;
        if self.link.is_some() || facts.snapshot.as_ref()?.entry.is_none() {
            return None;
        }
        let hidden = self
            .guide
            .evidence
            .found
            .iter()
            .any(|finding| finding.code == Code::LinkHidden && finding.subject == self.asking.service);
        if hidden {
            return None;
        }
        let (service, gateway) = (self.asking.service, &facts.name);
        let message = format!("service `{service}` is not linked to the gateway `{gateway}`");
        let command =
            format!("termgate services link {} --service {}", doctor::word(service), doctor::word(gateway));
        Some(Finding::new(Code::NotLinked, service, message).severity(Severity::Failure).command(command))
    }

    fn cluster(&self) -> (Status, String) {
        let Some(sni) = self.sni() else {
            return (Status::Unknown, "the service is not linked".to_owned());
        };
        let facts = self.guide.evidence.facts;
        let Some(live) = facts.envoy.live.is().filter(|live| live.node == facts.id) else {
            return (Status::Unknown, format!("{sni} (Envoy was not asked)"));
        };
        // A `Destination` has a cluster for each of its addresses, and only those.
        let leads = |cluster: &&LiveCluster| {
            let upstream = self.guide.evidence.upstreams.find(&cluster.name);
            upstream.is_some_and(|upstream| upstream.service == self.name())
        };
        let own = live.clusters.iter().find(|cluster| cluster.name.eq_ignore_ascii_case(sni));
        let clusters: Vec<&LiveCluster> =
            own.map_or_else(|| live.clusters.iter().filter(leads).collect(), |own| vec![own]);
        let Some(first) = clusters.first() else {
            return (Status::Unknown, format!("Envoy has no cluster {sni}"));
        };
        let name = if own.is_some() { sni } else { &first.name };
        let healthy: usize = clusters.iter().map(|cluster| cluster.healthy).sum();
        let hosts: usize = clusters.iter().map(|cluster| cluster.hosts).sum();
        (Status::Ok, format!("{name}: {healthy} of {hosts} hosts healthy"))
    }

    fn dns(&self) -> (Status, String) {
        let Some(upstream) = self.upstream() else { return (Status::Unknown, "no instance".to_owned()) };
        let names: Vec<&String> = upstream
            .addresses
            .iter()
            .map(|(host, _)| host)
            .filter(|host| host.parse::<IpAddr>().is_err() && !host.is_empty())
            .collect();
        let Some(first) = names.first() else {
            return (Status::Ok, "no name to resolve".to_owned());
        };
        match &self.guide.evidence.facts.names {
            Asked::Is(found) => match found.get(*first) {
                Some(Resolved::Addresses { .. }) => (Status::Ok, format!("{first} resolves")),
                Some(Resolved::Nothing(reason)) => (Status::Broken, format!("{first}: {reason}")),
                None => (Status::Unknown, format!("{first} was not looked up")),
            },
            _ => (Status::Unknown, format!("{first}: --resolve looks it up")),
        }
    }

    fn endpoint(&self, snapshot: &Snapshot) -> (Status, String) {
        let Some(upstream) = self.upstream() else { return (Status::Unknown, "no instance".to_owned()) };
        let instances = snapshot.instances.get(self.name()).map_or(0, |instances| instances.len());
        let places: Vec<String> =
            upstream.addresses.iter().take(3).map(|(host, port)| format!("{host} port {port}")).collect();
        let more = upstream.addresses.len().saturating_sub(places.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let status = if places.is_empty() { Status::Unknown } else { Status::Ok };
        let count = if instances == 1 { "1 instance".to_owned() } else { format!("{instances} instances") };
        (status, format!("{count}: {}{more}", places.join(", ")))
    }

    fn tls(&self) -> (Status, String) {
        let Some(upstream) = self.upstream() else { return (Status::Unknown, "no instance".to_owned()) };
        let Some(tls) = &upstream.tls else {
            return (Status::Ok, "none: the gateway forwards what it gets".to_owned());
        };
        let kind = if tls.certificate.is_empty() { "TLS" } else { "mutual TLS" };
        let name = if tls.sni.is_empty() { "without a name".to_owned() } else { format!("as {}", tls.sni) };
        let text = format!("{kind} {name}, CAs of {}", tls.authorities);
        if self.guide.evidence.facts.probes.is().is_some() {
            return (Status::Ok, text);
        }
        (Status::Unknown, format!("{text}; --probe looks at the server"))
    }
}
