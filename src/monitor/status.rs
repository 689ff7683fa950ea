//! What a session notes down about itself, and whether that makes the gateway ready.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::collect::live::Answers;
use crate::consul::Consul;
use crate::envoy::admin::RefusedHandshakes;
use crate::envoy_api::ResourceKind;
use crate::finding::{Code, Finding, Severity};
use crate::serve::{Event, ResourceSet};
use crate::snapshot::{DefaultIntentionSource, Leaf, Snapshot};
use crate::system::clock;

/// How far the gateway is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The agent has not answered everything yet.
    #[default]
    Collecting,
    /// Envoy runs and takes its first configuration.
    Starting,
    /// Envoy serves.
    Serving,
    /// The gateway was asked to end.
    Ending,
}

/// What is known of one running gateway; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Status(Arc<Mutex<State>>);

/// The state behind a [`Status`].
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct State {
    pub(super) phase: Phase,
    /// Why there is nothing to serve yet, in the words of the last failure.
    pub(super) trouble: Option<String>,
    /// How many kinds of requests the agent does not answer now, and why.
    pub(super) failing: (usize, String),
    /// Envoy is frozen, or connections do not reach it.
    outage: Option<String>,
    pub(super) envoy_is_live: bool,
    pub(super) envoy_is_connected: bool,
    /// Whether Envoy has answered everything that it was sent.
    pub(super) is_settled: bool,
    /// What Envoy refused and has no other version of yet: kind and name, reason.
    pub(super) refused: BTreeMap<(ResourceKind, String), String>,
    /// Whether it has refused a listener and taken none in its place yet.
    lacks_listener: bool,
    /// The active findings, the worst first.
    pub(super) findings: Vec<Finding>,
    pub(super) kinds: BTreeMap<ResourceKind, Counts>,
    /// End of validity of the leaf of each linked service that has one.
    pub(super) leaves: BTreeMap<String, OffsetDateTime>,
    /// End of validity of the certificate in use from each TLS file that the entry names.
    pub(super) files: BTreeMap<String, OffsetDateTime>,
    /// Whether the default policy is assumed to be deny, for the agent does not tell it to this token.
    default_is_assumed: bool,
    /// What was rendered last.
    snapshot: Option<Arc<Snapshot>>,
    pub(super) linked: usize,
    pub(super) served: usize,
    pub(super) rendered: u64,
    pub(super) changed: Option<OffsetDateTime>,
    pub(super) answers: Answers,
    pub(super) consul: Option<Arc<Consul>>,
    pub(super) refused_handshakes: Option<RefusedHandshakes>,
    /// Envoy's memory, where it is limited.
    pub(super) heap: Option<Heap>,
    /// The token of a log-in, if termgate logs in.
    pub(super) token: Option<TokenStatus>,
    /// Log-ins that succeeded, and that failed.
    pub(super) log_ins: (u64, u64),
}

/// What Envoy's memory takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heap {
    /// In bytes.
    pub used: u64,
    /// What it may grow to before Envoy sheds load.
    pub limit: u64,
}

impl Heap {
    /// Whether more than this percentage is used.
    pub fn is_above(self, percent: u64) -> bool {
        self.used > self.limit / 100 * percent
    }
}

/// What is known of the token that termgate logged in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatus {
    /// When it expires; `None`: never.
    pub expires: Option<OffsetDateTime>,
    /// Whether Consul knows it, as far as is known.
    pub is_valid: bool,
    /// Why not, and why there is no other.
    pub trouble: Option<String>,
}

/// What there is and what happened of one kind of resource.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) resources: usize,
    pub(super) pushes: u64,
    pub(super) pushed: u64,
    pub(super) acknowledged: u64,
    pub(super) refused: u64,
}

impl Status {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which agent is asked.
    pub fn set_consul(&self, consul: &Arc<Consul>) {
        self.lock().consul = Some(Arc::clone(consul));
    }

    /// How many clients Envoy has refused in the TLS handshake; nothing while it does not answer.
    pub fn set_refused_handshakes(&self, refused: Option<RefusedHandshakes>) {
        self.lock().refused_handshakes = refused;
    }

    /// What Envoy's memory takes; nothing where it is not limited, or while it does not answer.
    pub fn set_heap(&self, heap: Option<Heap>) {
        self.lock().heap = heap;
    }

    /// What is known of the token that termgate logged in for.
    pub fn set_token(&self, token: TokenStatus) {
        self.lock().token = Some(token);
    }

    /// A log-in ended.
    pub fn count_log_in(&self, is_good: bool) {
        let (good, bad) = &mut self.lock().log_ins;
        *if is_good { good } else { bad } += 1;
    }

    /// When which question was answered last.
    pub fn set_answers(&self, answers: &Answers) {
        self.lock().answers = answers.clone();
    }

    /// A request fails while there is nothing to serve yet.
    pub fn set_trouble(&self, reason: &str) {
        self.lock().trouble = Some(reason.to_owned());
    }

    /// How many kinds of requests the agent does not answer now, and why: the last good configuration is served.
    pub fn set_failing(&self, failing: (usize, String)) {
        self.lock().failing = failing;
    }

    /// What was found and is still so.
    pub fn set_findings(&self, mut findings: Vec<Finding>) {
        findings.sort_by_key(|finding| finding.severity);
        self.lock().findings = findings;
    }

    /// What takes every request from the gateway now, if anything does.
    pub fn set_outage(&self, outage: Option<String>) {
        self.lock().outage = outage;
    }

    /// When the certificates in use from the entry's TLS files expire.
    pub fn set_files(&self, ends: BTreeMap<String, OffsetDateTime>) {
        self.lock().files = ends;
    }

    /// How far the gateway is now; it never goes back.
    pub fn set_phase(&self, phase: Phase) {
        let mut state = self.lock();
        if state.phase < phase {
            state.phase = phase;
            state.look_whether_served();
        }
    }

    /// Whether Envoy has accepted the whole configuration that it was sent.
    pub fn is_accepted(&self) -> bool {
        let state = self.lock();
        state.phase >= Phase::Starting && state.is_accepted()
    }

    /// Envoy says that it is live, and the agent was informed.
    pub fn set_live(&self) {
        let mut state = self.lock();
        state.envoy_is_live = true;
        state.look_whether_served();
    }

    /// A configuration was rendered from this snapshot; `served` of its linked services are open.
    pub fn rendered(&self, snapshot: &Arc<Snapshot>, set: &ResourceSet, served: usize, changed: bool) {
        let mut state = self.lock();
        state.rendered += 1;
        state.linked = snapshot.links.len();
        state.default_is_assumed = snapshot.default_intention_source == DefaultIntentionSource::Assumed;
        state.served = served;
        if changed {
            state.changed = Some(clock::now());
        }
        for kind in ResourceKind::ALL {
            state.kinds.entry(kind).or_default().resources = set.count(kind);
        }
        if state.snapshot.as_ref().is_none_or(|before| before.leaves != snapshot.leaves) {
            let ends = |(service, leaf): (&String, &Arc<Leaf>)| {
                Some((service.clone(), clock::parse(&leaf.valid_before)?))
            };
            state.leaves = snapshot.leaves.iter().filter_map(ends).collect();
        }
        state.snapshot = Some(Arc::clone(snapshot));
    }

    /// What Envoy refused and has no other version of yet, with its words, and whether it `lacks_listener`: it refused one
    /// and has taken none in its place yet.
    pub fn set_refused(&self, refused: BTreeMap<(ResourceKind, String), String>, lacks_listener: bool) {
        let mut state = self.lock();
        state.refused = refused;
        state.lacks_listener = lacks_listener;
    }

    /// Something happened between termgate and Envoy.
    pub fn served(&self, event: &Event) {
        let mut state = self.lock();
        match event {
            Event::Connected { .. } => {
                state.envoy_is_connected = true;
                state.is_settled = false;
            }
            Event::Disconnected => state.envoy_is_connected = false,
            Event::Sent { kind, resources } => {
                let counts = state.kinds.entry(*kind).or_default();
                counts.pushes += 1;
                counts.pushed += resources.len() as u64;
                state.is_settled = false;
            }
            Event::Acknowledged { kind, settled, .. } => {
                state.kinds.entry(*kind).or_default().acknowledged += 1;
                state.is_settled = *settled;
            }
            Event::Refused { kind, settled, .. } => {
                state.kinds.entry(*kind).or_default().refused += 1;
                state.is_settled = *settled;
            }
        }
        state.look_whether_served();
    }

    /// Whether Envoy has ever served a whole configuration.
    pub fn has_served(&self) -> bool {
        self.lock().phase >= Phase::Serving
    }

    /// `Ok` with what does not work all the same, or why the gateway is not ready.
    ///
    /// It becomes ready once Envoy has taken a whole configuration. From then on only its end ends that, or an outage
    /// while it lasts: one service that is refused later must not take all others out of a load balancer.
    pub fn readiness(&self) -> Result<Vec<String>, String> {
        self.lock().readiness()
    }
}

impl State {
    fn look_whether_served(&mut self) {
        if self.phase == Phase::Starting && self.envoy_is_live && self.is_accepted() {
            self.phase = Phase::Serving;
        }
    }

    fn is_accepted(&self) -> bool {
        self.envoy_is_connected && self.is_settled && !self.lacks_listener
    }

    pub(super) fn readiness(&self) -> Result<Vec<String>, String> {
        match self.phase {
            Phase::Collecting => Err(match &self.trouble {
                Some(reason) => format!("the state of Consul is not complete yet: {reason}"),
                None => "the state of Consul is not complete yet".to_owned(),
            }),
            Phase::Starting if self.lacks_listener => Err(self.refusals()),
            Phase::Starting if !self.envoy_is_connected => {
                Err("Envoy has not asked for its configuration yet".to_owned())
            }
            Phase::Starting if !self.is_settled => Err("Envoy has not accepted everything yet".to_owned()),
            Phase::Starting => Err("Envoy is not live yet".to_owned()),
            Phase::Serving => match &self.outage {
                Some(outage) => Err(outage.clone()),
                None => Ok(self.remarks()),
            },
            Phase::Ending => Err("the gateway is shutting down: open connections are draining".to_owned()),
        }
    }

    /// What does not work although the gateway serves, the worst first.
    fn remarks(&self) -> Vec<String> {
        let refused = (!self.refused.is_empty()).then(|| self.refusals());
        let failing =
            (self.failing.0 > 0).then(|| format!("with the last good configuration: {}", self.failing.1));
        let assumed = self.default_is_assumed.then(|| {
            "the token lacks agent:read: connections that no intention decides are denied".to_owned()
        });
        let found = self.findings.iter().filter(|finding| {
            finding.severity != Severity::Info && finding.code != Code::DefaultIntentionAssumed
        });
        let found = found.map(ToString::to_string);
        let token = self.token.iter().filter_map(|token| token.trouble.clone());
        refused.into_iter().chain(token).chain(failing).chain(assumed).chain(found).collect()
    }

    fn refusals(&self) -> String {
        let refusals: Vec<String> = self
            .refused
            .iter()
            .map(|((kind, name), reason)| format!("{kind:?} `{name}`: {reason}"))
            .collect();
        format!("Envoy refused {}", refusals.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(name: &str) -> Event {
        Event::Sent { kind: ResourceKind::Cluster, resources: vec![name.to_owned()] }
    }

    fn refused(status: &Status, name: &str, lacks_listener: bool) {
        let refused = ((ResourceKind::Cluster, name.to_owned()), "no such file".to_owned());
        status.set_refused([refused].into(), lacks_listener);
        let (kind, reason) = (ResourceKind::Cluster, String::new());
        status.served(&Event::Refused { kind, resources: Vec::new(), reason, settled: true });
    }

    const SETTLED: Event =
        Event::Acknowledged { kind: ResourceKind::Cluster, resources: Vec::new(), settled: true };

    const CONNECTED: Event = Event::Connected { release: None, is_configured: false };

    #[test]
    fn an_outage_removes_readiness_and_its_end_restores_it() {
        let status = Status::default();
        status.set_phase(Phase::Serving);
        status.set_outage(Some("Envoy does not answer".into()));
        assert_eq!(status.readiness().unwrap_err(), "Envoy does not answer");
        status.set_outage(None);
        assert!(status.readiness().is_ok());
    }

    #[test]
    fn ready_means_that_envoy_is_live_and_has_accepted_everything() {
        let status = Status::default();
        status.set_trouble("no leader");
        assert!(status.readiness().unwrap_err().contains("no leader"));
        status.set_phase(Phase::Starting);
        assert!(status.readiness().unwrap_err().contains("not asked"));
        status.served(&CONNECTED);
        status.served(&sent("a"));
        status.set_live();
        assert!(status.readiness().unwrap_err().contains("not accepted everything"));
        refused(&status, "a", true);
        assert!(status.readiness().unwrap_err().contains("`a`: no such file"));
        status.served(&sent("a"));
        status.set_refused(BTreeMap::new(), false);
        status.served(&SETTLED);
        assert_eq!(status.readiness(), Ok(Vec::new()));
        status.set_phase(Phase::Ending);
        assert!(status.readiness().is_err());
    }

    #[test]
    fn a_refused_service_does_not_keep_a_gateway_from_becoming_ready() {
        let status = Status::default();
        status.set_phase(Phase::Starting);
        status.set_live();
        status.served(&CONNECTED);
        refused(&status, "a", false);
        assert!(status.readiness().unwrap()[0].contains("`a`: no such file"));
        status.served(&sent("a"));
        status.served(&SETTLED);
        assert!(status.readiness().unwrap()[0].contains("`a`: no such file"), "not forgotten");
    }

    #[test]
    fn a_failing_agent_is_reported_but_does_not_affect_readiness() {
        let status = Status::default();
        status.set_phase(Phase::Serving);
        status.set_failing((1, "GET /v1/x: no leader (the mesh CA)".into()));
        assert!(status.readiness().unwrap()[0].contains("no leader (the mesh CA)"));
        status.set_failing((0, String::new()));
        assert_eq!(status.readiness(), Ok(Vec::new()));
    }

    #[test]
    fn findings_do_not_affect_readiness_and_the_worst_comes_first() {
        let status = Status::default();
        status.set_phase(Phase::Serving);
        let finding = |code, message: &str| Finding::new(code, "a", message);
        status.set_findings(vec![
            finding(Code::BadInstance, "warned"),
            finding(Code::BadFilter, "known").severity(Severity::Info),
            finding(Code::NoInstance, "closed"),
        ]);
        assert_eq!(status.readiness(), Ok(vec!["closed".to_owned(), "warned".to_owned()]));
    }

    #[test]
    fn a_later_refusal_is_reported_but_does_not_affect_the_others() {
        let status = Status::default();
        status.set_phase(Phase::Starting);
        status.set_live();
        status.served(&CONNECTED);
        status.served(&SETTLED);
        status.served(&sent("b"));
        assert_eq!(status.readiness(), Ok(Vec::new()));
        refused(&status, "b", true);
        assert!(status.readiness().unwrap()[0].contains("`b`"));
        status.served(&Event::Disconnected);
        assert!(status.readiness().is_ok());
    }
}
