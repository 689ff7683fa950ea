//! The edge: what is known of a gateway, kept up to date at little cost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::collect::Gateway;
use crate::collect::live::{self, Follower};
use crate::commands::doctor::look;
use crate::consul::Consul;
use crate::doctor::facts::{Asked, Facts, Trouble};
use crate::doctor::{Evidence, gather};
use crate::envoy::admin::Admin;
use crate::envoy::certificates::{self, Expiry};
use crate::envoy::traffic;
use crate::error::{CommandError, Kind};
use crate::monitor::Note;
use crate::settings::doctor::DoctorSettings;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Answer;
use crate::status::{Look, Plan, Sample, Status};
use crate::system::clock;

/// How long what changes seldom is used: certificates, the release and the listeners of Envoy, instances of the gateway.
const SELDOM: Duration = Duration::from_secs(30);

/// How soon Envoy is looked for again that did not answer.
const SOON: Duration = Duration::from_secs(3);

/// What is known of a gateway.
#[derive(Debug)]
pub struct Observer<'a> {
    settings: &'a DoctorSettings,
    pub facts: Facts,
    consul: Option<Arc<Consul>>,
    plan: Plan,
    admin: Option<Admin>,
    now: Option<Sample>,
    before: Option<Sample>,
    certificates: Option<BTreeMap<String, Expiry>>,
    note: Option<Note>,
    started: Instant,
    /// When Envoy, and the agent, were asked for what changes seldom.
    looked: Instant,
    refreshed: Instant,
    /// How long Envoy took to answer last.
    pub answered_in: Duration,
    /// Whether Envoy has taken an update since.
    is_behind: bool,
    /// How often the facts were judged.
    pub judgements: u64,
    /// What of the state of Consul is not answered now.
    pub trouble: Option<String>,
}

impl<'a> Observer<'a> {
    /// Looks at everything once. Fails if the linked services cannot be known.
    pub async fn new(settings: &'a DoctorSettings) -> Result<Self, CommandError> {
        let facts = look(settings).await?;
        if let Some(trouble) = fault(&facts) {
            let kind = if trouble.is_denied { Kind::PermissionDenied } else { Kind::Agent };
            let error = CommandError::message(kind, &trouble.message)
                .context("cannot read the linked services from the agent");
            return Err(if trouble.help.is_empty() { error } else { error.hint(trouble.help.clone()) });
        }
        let admin = facts.envoy.admin.and_then(|address| Admin::new(address).ok());
        let consul = settings.consul.as_ref().and_then(|consul| Consul::new(consul).ok()).map(Arc::new);
        let plan = plan(settings, &facts);
        let mut observer = Self {
            settings,
            plan,
            facts,
            consul,
            admin,
            now: None,
            before: None,
            certificates: None,
            note: None,
            started: Instant::now(),
            looked: Instant::now(),
            refreshed: Instant::now(),
            answered_in: Duration::ZERO,
            is_behind: false,
            judgements: 0,
            trouble: None,
        };
        observer.look_at_certificates().await;
        observer.sample().await;
        Ok(observer)
    }

    /// Follows the state of Consul, if it comes from an agent.
    pub fn follow(&self) -> Follower {
        match &self.consul {
            Some(consul) => live::look_on(consul, &Gateway::new(&self.facts.id, &self.facts.name)),
            None => Follower::idle(),
        }
    }

    /// Looks at Envoy's counters, and at what follows from their change.
    pub async fn sample(&mut self) {
        let note = gather::note(self.settings, &self.facts);
        let asked = Instant::now();
        let traffic = match (&self.facts.envoy.answers, &self.admin) {
            (Some(answers), _) if self.plan.has_envoy() => Some(traffic::traffic(&answers.stats)),
            (None, Some(admin)) if self.plan.has_envoy() => admin.traffic().await.ok(),
            _ => None,
        };
        self.answered_in = asked.elapsed();
        self.note = note.await;
        let at = self.started.elapsed().as_secs_f64();
        let sample = traffic.map(|traffic| Sample { at, traffic });
        let updates = |sample: &Option<Sample>| sample.as_ref().map(|sample| sample.traffic.updates);
        // A key that is pressed meanwhile may cut what follows short: then it is done with the next look.
        self.is_behind |= self.now.is_some() && updates(&sample) != updates(&self.now);
        self.before = std::mem::replace(&mut self.now, sample);
        if self.facts.envoy.answers.is_some() {
            return;
        }
        let is_due = self.looked.elapsed() >= if self.plan.has_envoy() { SELDOM } else { SOON };
        if self.looked.elapsed() >= SOON && (self.is_behind || is_due) {
            self.look_again().await;
        }
    }

    /// Asks again for what changes seldom.
    async fn look_again(&mut self) {
        if self.refreshed.elapsed() >= SELDOM
            && let Some(consul) = &self.consul
        {
            gather::refresh(self.settings, consul, &mut self.facts).await;
            self.refreshed = Instant::now();
        }
        if !matches!(self.facts.envoy.live, Asked::No(_)) {
            gather::look_at_envoy(self.settings, &mut self.facts).await;
            self.admin = self.facts.envoy.admin.and_then(|address| Admin::new(address).ok());
        }
        self.look_at_certificates().await;
        (self.looked, self.is_behind) = (Instant::now(), false);
        self.judge();
    }

    async fn look_at_certificates(&mut self) {
        // A file is judged by the time when it was written.
        if let Some(answers) = &self.facts.envoy.answers {
            self.certificates = certificates::by_service(&answers.certs);
            return;
        }
        self.facts.now = clock::now().unix_timestamp();
        self.certificates = match &self.admin {
            Some(admin) if self.facts.envoy.live.is().is_some() => admin.certificates().await.ok(),
            _ => None,
        };
    }

    /// Whether there are counters that go on.
    pub fn has_counters(&self) -> bool {
        self.now.is_some() && self.admin.is_some()
    }

    /// Whether there is such a gateway: it is registered, has an entry, or its Envoy runs here.
    pub fn knows_gateway(&self) -> bool {
        let has_state = |snapshot: &Snapshot| snapshot.entry.is_some() || !snapshot.links.is_empty();
        self.facts.registration().is_some()
            || self.facts.snapshot.as_ref().is_none_or(has_state)
            || self.plan.has_envoy()
            || self.plan.has_instances()
    }

    /// Judges the facts anew.
    pub fn judge(&mut self) {
        self.plan = plan(self.settings, &self.facts);
        self.judgements += 1;
    }

    /// The status now.
    pub fn status(&self) -> Status {
        self.plan.status(&Look {
            now: self.now.as_ref(),
            before: self.before.as_ref(),
            certificates: self.certificates.as_ref(),
            note: self.note.as_ref(),
        })
    }

    /// The facts as they are judged.
    pub fn evidence(&self) -> Evidence<'_> {
        evidence(self.settings, &self.facts)
    }
}

fn evidence<'f>(settings: &DoctorSettings, facts: &'f Facts) -> Evidence<'f> {
    Evidence::of(facts, settings.tls_files.system_ca, &settings.allowed_addresses)
}

fn plan(settings: &DoctorSettings, facts: &Facts) -> Plan {
    Plan::of(&evidence(settings, facts))
}

/// Why the linked services are not known, if so.
fn fault(facts: &Facts) -> Option<Trouble> {
    match (&facts.snapshot, &facts.agent) {
        (None, Asked::Failed(trouble)) => Some(trouble.clone()),
        _ => facts.lacks(Answer::Links).cloned(),
    }
}
