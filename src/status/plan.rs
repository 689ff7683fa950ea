//! What follows from Consul's state, and how a look at Envoy completes it.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{DAY, Denied, Gateway, Instances, Look, Refused, Replica, Row, Sample, State, Status, causes};
use crate::consul::api::internal::{MeshNode, MeshService};
use crate::doctor::Evidence;
use crate::doctor::facts::Asked;
use crate::envoy::traffic::{Counts, Traffic};
use crate::finding::{Code, Finding};
use crate::gateway::registration::KIND;
use crate::render::{Upstream, Upstreams};
use crate::snapshot::{CheckStatus, GatewayLink, ServiceHealth, Snapshot};
use crate::system::clock;
use crate::tls_files::SYSTEM_CA;
use crate::tls_files::inspected::FileState;

/// What follows from Consul's state.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Without anything of Envoy's counters.
    status: Status,
    /// What is known of each row besides.
    services: Vec<Service>,
    upstreams: Upstreams,
    now: i64,
}

/// What is known of a linked service besides its row.
#[derive(Debug, Clone, Default)]
struct Service {
    /// What closes it in direct mode.
    closed: Option<(Code, String)>,
    /// A TLS file of it that Envoy cannot use.
    file_fault: Option<(Code, String)>,
    /// What is wrong although it is served.
    remark: Option<(Code, String)>,
}

/// What the evidence has about a service or a file.
#[derive(Debug, Default)]
struct Known<'a> {
    upstream: Option<&'a Upstream>,
    found: Vec<&'a Finding>,
}

impl Plan {
    /// Judges the evidence.
    pub fn of(evidence: &Evidence<'_>) -> Self {
        let facts = evidence.facts;
        let mut rows = Vec::new();
        let mut services = Vec::new();
        if let Some(snapshot) = &facts.snapshot {
            let mut links: Vec<&GatewayLink> = snapshot.links.iter().collect();
            links.sort_by(|one, other| one.service.name.cmp(&other.service.name));
            links.dedup_by(|one, other| one.service.name == other.service.name);
            let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
            for upstream in evidence.upstreams.iter() {
                known.entry(&upstream.service).or_default().upstream = Some(upstream);
            }
            for finding in &evidence.found {
                known.entry(&finding.subject).or_default().found.push(finding);
            }
            for link in links {
                let (row, service) = planned(evidence, snapshot, &known, &link.service.name);
                rows.push(row);
                services.push(service);
            }
        }
        let (gateway, refused) = gateway(evidence);
        let status = Status {
            termgate: env!("CARGO_PKG_VERSION"),
            gateway,
            services: rows,
            refused,
            last_change: None,
        };
        Self { status, services, upstreams: evidence.upstreams.clone(), now: facts.now }
    }

    /// Whether the Envoy of this gateway answers.
    pub fn has_envoy(&self) -> bool {
        self.status.gateway.state != UNKNOWN
    }

    /// Whether an instance of this gateway is in the catalog.
    pub fn has_instances(&self) -> bool {
        !self.status.gateway.instances.is_empty()
    }

    /// The status at this look.
    pub fn status(&self, look: &Look<'_>) -> Status {
        let mut status = self.status.clone();
        if let Some(note) = look.note {
            for refused in &note.refused {
                let service = self.upstreams.find(&refused.name).map(|upstream| upstream.service.clone());
                let resource = refused.name.clone();
                status.refused.retain(|known| known.resource != resource);
                status.refused.push(Refused { service, resource, reason: refused.reason.clone() });
            }
            status.refused.sort();
        }
        self.judge(&mut status, look);
        let Some(now) = look.now.filter(|_| self.has_envoy()) else { return status };
        let traffic = &now.traffic;
        let handshakes = traffic.handshakes;
        let gateway = &mut status.gateway;
        gateway.uptime_seconds = Some(traffic.uptime);
        gateway.active_connections = Some(traffic.connections);
        gateway.state = match traffic.state {
            Some(1) => "draining",
            Some(2 | 3) => "starting",
            _ => gateway.state,
        };
        gateway.denied = Some(Denied {
            identity: handshakes.identity,
            no_certificate: handshakes.no_certificate,
            certificate: handshakes.certificate,
            connections: traffic.denied_connections,
        });
        let counted = self.by_service(traffic);
        let updated = counted.values().filter_map(|counts| counts.updated).chain(traffic.updated).max();
        status.last_change = updated.and_then(moment);
        // Lower numbers are those of another Envoy.
        let before =
            look.before.filter(|before| before.at < now.at && before.traffic.uptime <= traffic.uptime);
        let earlier = before.map(|before| self.by_service(&before.traffic));
        for row in &mut status.services {
            let counts = counted.get(row.name.as_str()).copied();
            if row.state == State::Served && row.reason.is_none() && counts.is_some_and(|has| has.hosts == 0)
            {
                row.code = Some(Code::EnvoyNoHost.as_str().to_owned());
                row.reason = Some("Envoy has no host for it".to_owned());
            }
            let counts = counts.unwrap_or_default();
            row.active_connections = Some(counts.active);
            row.requests_total = Some(counts.requests);
            row.last_change = counts.updated.and_then(moment);
            row.failures = causes(&counts, denied(traffic, &row.name));
            if let (Some(before), Some(earlier)) = (before, &earlier) {
                let past = earlier.get(row.name.as_str()).copied().unwrap_or_default();
                rates(row, (before, &past), (now, &counts));
            }
        }
        status
    }

    /// What Envoy has counted of each linked service, over all its clusters.
    fn by_service(&self, traffic: &Traffic) -> BTreeMap<&str, Counts> {
        let mut found: BTreeMap<&str, Counts> = BTreeMap::new();
        for (cluster, counts) in &traffic.clusters {
            let Some(upstream) = self.upstreams.find(cluster) else { continue };
            add(found.entry(&upstream.service).or_default(), counts);
        }
        found
    }

    /// Judges each service by what Envoy has.
    fn judge(&self, status: &mut Status, look: &Look<'_>) {
        for (row, service) in status.services.iter_mut().zip(&self.services) {
            let set = |row: &mut Row, state, said: Option<(Code, String)>| {
                row.state = state;
                (row.code, row.reason) =
                    said.map_or((None, None), |(code, text)| (Some(code.as_str().to_owned()), Some(text)));
            };
            let mesh = look.certificates.and_then(|all| all.get(&row.name));
            if let Some(expiry) = mesh.filter(|_| self.has_envoy()) {
                let left = (expiry.end - self.now).div_euclid(DAY);
                if row.certificate_days_left.is_none_or(|days| left < days) {
                    (row.certificate_days_left, row.certificate) = (Some(left), Some("mesh".to_owned()));
                }
            }
            // What closes it is known, as far as termgate configures Envoy.
            let is_of_consul = status.gateway.configured_by == Some(CONSUL);
            let planned = service.closed.as_ref().filter(|_| is_of_consul && mesh.is_some());
            if row.state == State::Closed && planned.is_none() {
                continue;
            }
            let refused = status.refused.iter().find(|one| one.service.as_ref() == Some(&row.name));
            let closed = look.note.and_then(|note| note.closed.iter().find(|one| one.service == row.name));
            let said = refused.map(|one| format!("Envoy refused `{}`: {}", one.resource, one.reason));
            if let Some(closed) = closed {
                (row.state, row.seen) = (State::Closed, true);
                row.code = Some(closed.code.clone());
                row.reason = Some(without_name(&closed.message, &row.name));
                continue;
            }
            match (look.certificates.filter(|_| self.has_envoy()), mesh) {
                (Some(_), None) => {
                    row.seen = true;
                    match (said, &service.file_fault) {
                        (Some(said), _) => {
                            set(row, State::Closed, Some((Code::EnvoyUpdateRejected, said)));
                        }
                        (None, Some(fault)) => set(row, State::Closed, Some(fault.clone())),
                        (None, None) => {
                            let text = "Envoy does not have its certificate yet".to_owned();
                            set(row, State::Waiting, Some((Code::NoLeaf, text)));
                        }
                    }
                }
                (Some(_), Some(_)) => {
                    row.seen = true;
                    let said = said.map(|said| (Code::EnvoyUpdateRejected, said));
                    set(row, State::Served, said.or_else(|| planned.or(service.remark.as_ref()).cloned()));
                }
                // Envoy was not asked.
                (None, _) => match &service.file_fault {
                    Some(fault) => set(row, State::Closed, Some(fault.clone())),
                    None => set(row, State::Served, service.remark.clone()),
                },
            }
        }
    }
}

const UNKNOWN: &str = "unknown";
const CONSUL: &str = "consul";

/// The gateway, and what Envoy says itself that it refused.
fn gateway(evidence: &Evidence<'_>) -> (Gateway, Vec<Refused>) {
    let facts = evidence.facts;
    let mut gateway = Gateway {
        name: facts.name.clone(),
        id: facts.id.clone(),
        datacenter: facts.snapshot.as_ref().map(|found| found.datacenter.clone()).unwrap_or_default(),
        consul: facts.consul(),
        state: UNKNOWN,
        instances: replicas(evidence),
        ..Gateway::default()
    };
    let live = match &facts.envoy.live {
        Asked::Is(live) if live.node == facts.id => live,
        Asked::Is(live) => {
            let address = facts.envoy.admin.map(|address| address.to_string()).unwrap_or_default();
            let other = if live.node.is_empty() { "another Envoy" } else { &live.node };
            gateway.reason = Some(format!("the admin server at {address} is that of `{other}`"));
            return (gateway, Vec::new());
        }
        other => {
            gateway.reason = other.known().err();
            return (gateway, Vec::new());
        }
    };
    gateway.envoy = facts.envoy();
    gateway.state = match live.state.as_str() {
        "LIVE" => "live",
        "DRAINING" => "draining",
        _ => "starting",
    };
    gateway.configured_by = Some(if live.is_of_consul { CONSUL } else { "termgate" });
    gateway.connected = live.is_connected;
    gateway.listeners = live.listeners.iter().map(ToString::to_string).collect();
    let refused = live.rejected.iter().map(|(name, reason)| Refused {
        service: evidence.upstreams.find(name).map(|upstream| upstream.service.clone()),
        resource: name.clone(),
        reason: reason.clone(),
    });
    (gateway, refused.collect())
}

/// The instances of the gateway: those of the catalog, else the one that the agent has.
fn replicas(evidence: &Evidence<'_>) -> Vec<Replica> {
    let facts = evidence.facts;
    let replica = |node: &MeshNode, service: &MeshService| {
        let of_it =
            node.checks.iter().filter(|check| check.service_id.is_empty() || check.service_id == service.id);
        let worst = of_it.map(|check| &check.status).max_by_key(|status| rank(status));
        Replica {
            id: service.id.clone(),
            node: node.name.clone(),
            address: if service.address.is_empty() { &node.address } else { &service.address }.clone(),
            port: service.port,
            status: worst.unwrap_or(&CheckStatus::Passing).as_str().to_owned(),
        }
    };
    if let Some(nodes) = facts.nodes.is() {
        let all = nodes.iter().flat_map(|node| node.services.iter().map(move |service| (node, service)));
        let own = all.filter(|(_, service)| service.kind == KIND && service.service == facts.name);
        return own.map(|(node, service)| replica(node, service)).collect();
    }
    let worst = facts
        .checks
        .is()
        .and_then(|checks| checks.iter().map(|check| &check.status).max_by_key(|status| rank(status)));
    let own = facts.registration().map(|gateway| Replica {
        id: gateway.id.clone(),
        node: facts.agent.is().and_then(|agent| agent.node.known().cloned()).unwrap_or_default(),
        address: gateway.address.clone(),
        port: gateway.port.into(),
        status: worst.map_or(UNKNOWN, CheckStatus::as_str).to_owned(),
    });
    own.into_iter().collect()
}

fn rank(status: &CheckStatus) -> u8 {
    match status {
        CheckStatus::Passing => 0,
        CheckStatus::Other(_) => 1,
        CheckStatus::Warning => 2,
        CheckStatus::Critical => 3,
    }
}

/// A service as it should be.
fn planned(
    evidence: &Evidence<'_>,
    snapshot: &Snapshot,
    known: &BTreeMap<&str, Known<'_>>,
    name: &str,
) -> (Row, Service) {
    let found = |subject: &str| known.get(subject).map(|known| known.found.as_slice()).unwrap_or_default();
    let said = |finding: &&Finding| (finding.code, without_name(&finding.message, name));
    let closed = found(name).iter().find(|finding| finding.code.closes()).map(said);
    let remark = found(name).iter().find(|finding| finding.code == Code::NoHealthyInstance).map(said);
    let upstream = known.get(name).and_then(|known| known.upstream);
    let files = files(snapshot, upstream, name);
    let file_fault = files
        .iter()
        .flat_map(|path| found(path))
        .find(|finding| finding.is_failure())
        .map(|finding| (finding.code, finding.message.clone()));
    let health = snapshot.instances.get(name).map(|found| ServiceHealth::of(found));
    let expiry = files.iter().filter_map(|path| Some((end_of(evidence, upstream?, path)?, *path))).min();
    let (code, reason) = closed.clone().map_or((None, None), |(code, text)| (Some(code), Some(text)));
    let row = Row {
        name: name.to_owned(),
        state: if code.is_some() { State::Closed } else { State::Served },
        seen: false,
        reason,
        code: code.map(|code| code.as_str().to_owned()),
        instances: Instances {
            total: health.map(|health| health.total),
            healthy: health.map(|health| health.healthy),
        },
        protocol: snapshot.protocol(name).name().to_owned(),
        tls: upstream.map_or("none", tls),
        certificate_days_left: expiry.map(|(end, _)| (end - evidence.facts.now).div_euclid(DAY)),
        certificate: expiry.map(|(_, path)| path.to_owned()),
        active_connections: None,
        requests_total: None,
        failures: BTreeMap::new(),
        requests_per_second: None,
        failures_per_second: BTreeMap::new(),
        last_change: None,
    };
    (row, Service { closed, file_fault, remark })
}

/// When what is in a TLS file expires.
fn end_of(evidence: &Evidence<'_>, upstream: &Upstream, path: &str) -> Option<i64> {
    let FileState::Read(content) = evidence.facts.files.is()?.get(path)? else { return None };
    if upstream.tls.as_ref()?.authorities == path {
        // A bundle may hold some that have expired.
        return content.authorities.as_ref().ok()?.iter().map(|certificate| certificate.not_after).max();
    }
    content.chain.as_ref().ok()?.iter().map(|certificate| certificate.not_after).min()
}

/// The TLS files of a service, without the platform's own CAs.
fn files<'a>(snapshot: &'a Snapshot, upstream: Option<&'a Upstream>, name: &str) -> Vec<&'a str> {
    let Some(tls) = upstream.and_then(|upstream| upstream.tls.as_ref()) else { return Vec::new() };
    let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
    let named = |wanted: &str| entry.clone().find(|linked| linked.name == wanted);
    let key = named(name).or_else(|| named("*")).map_or("", |linked| linked.key_file.as_str());
    let key = if tls.certificate.is_empty() { "" } else { key };
    let all = [tls.authorities.as_str(), tls.certificate.as_str(), key];
    all.into_iter().filter(|path| !path.is_empty() && *path != SYSTEM_CA).collect()
}

fn tls(upstream: &Upstream) -> &'static str {
    match &upstream.tls {
        None => "none",
        Some(tls) if !tls.certificate.is_empty() => "mutual",
        Some(tls) if tls.authorities == SYSTEM_CA => "system",
        Some(_) => "one-way",
    }
}

/// A sentence about a service, without its name in front.
fn without_name(message: &str, name: &str) -> String {
    let rest = message.strip_prefix("service `").and_then(|rest| rest.strip_prefix(name));
    rest.and_then(|rest| rest.strip_prefix("`: ")).unwrap_or(message).to_owned()
}

fn add(sum: &mut Counts, more: &Counts) {
    sum.active += more.active;
    sum.requests += more.requests;
    sum.connect_failed += more.connect_failed;
    sum.connect_timeout += more.connect_timeout;
    sum.tls += more.tls;
    sum.certificate += more.certificate;
    sum.no_healthy += more.no_healthy;
    sum.overflow += more.overflow;
    sum.request_timeout += more.request_timeout;
    sum.reset += more.reset;
    sum.server_error += more.server_error;
    sum.hosts += more.hosts;
    sum.healthy += more.healthy;
    sum.updated = sum.updated.max(more.updated);
}

/// Requests to a service that intentions denied. Consul and direct mode both count them under `upstream.<service>.`
fn denied(traffic: &Traffic, service: &str) -> u64 {
    let prefix = format!("upstream.{}.", service.replace(':', "_"));
    let after = traffic.denied_requests.range(prefix.clone()..);
    // What follows the name is namespace, partition and datacenter; a service `a.b` is not one of `a`.
    let own = after.take_while(|(name, _)| name.starts_with(&prefix)).filter(|(name, _)| {
        (1..=3).contains(&name.get(prefix.len()..).unwrap_or_default().split('.').count())
    });
    own.map(|(_, count)| count).sum()
}

/// Fills in what happened between two looks, per second.
fn rates(row: &mut Row, (before, past): (&Sample, &Counts), (now, counts): (&Sample, &Counts)) {
    let seconds = now.at - before.at;
    #[expect(clippy::cast_precision_loss, reason = "a rate is for people")]
    let rate = |count: u64| (count as f64 / seconds * 100.0).round() / 100.0;
    row.requests_per_second = Some(rate(counts.requests.saturating_sub(past.requests)));
    let earlier = causes(past, denied(&before.traffic, &row.name));
    let failed = row.failures.iter().filter_map(|(cause, count)| {
        let new = count.saturating_sub(earlier.get(cause).copied().unwrap_or_default());
        (new > 0).then(|| (*cause, rate(new)))
    });
    row.failures_per_second = failed.collect();
}

/// A time of Envoy's in RFC 3339.
fn moment(milliseconds: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
    moment.ok().map(clock::rfc3339_milliseconds)
}
