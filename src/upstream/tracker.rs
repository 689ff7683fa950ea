//! Which external services have a problem, since when, and when it is resolved.
//!
//! A problem begins with its first failure. It is over once bytes have come from the service after the last failure and
//! none failed for a while: [`QUIET`], and twice as long each time that it comes back soon. Without any traffic it stays,
//! because nobody knows better, for an hour.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::cause::is_name;
use super::report::{code, finding};
use super::{Cause, Failure, Handshake, Resolved, Shown, Suspicion, Verdict, classify};
use crate::finding::{Code, Finding};
use crate::render::Upstream;

/// How long nothing may fail before a trouble is over.
const QUIET: Duration = Duration::from_secs(10);

/// How long a failure may be on its way here: bytes of a server may be those of an answer that is one.
const SETTLE: Duration = Duration::from_secs(3);

/// The same at most, for a trouble that comes back again and again.
const MAX_QUIET: Duration = Duration::from_secs(600);

/// A trouble that begins again within this time comes back.
const SOON: Duration = Duration::from_secs(600);

/// How long a trouble stays without any traffic.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// Shortest time between two questions about a service.
const PERIOD: Duration = Duration::from_secs(60);

/// How long a server is not probed again for the same suspicion after a probe that found nothing.
const CLEARED: Duration = Duration::from_secs(3600);

/// What Envoy counts of a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes from its servers.
    pub received: u64,
    pub tls_errors: u64,
}

/// What the tracker wants to know; each question wants an answer, and be it `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What a server shows in a TLS handshake.
    Handshake {
        /// The linked service.
        service: String,
        /// The server.
        address: SocketAddr,
        /// The name to send; empty: none.
        name: String,
    },
    /// Which addresses a host name has.
    Name {
        /// The linked service.
        service: String,
        /// The name.
        host: String,
    },
}

/// The external services of one gateway.
#[derive(Debug)]
pub struct Tracker {
    /// Whether servers and resolvers may be asked.
    asks: bool,
    services: BTreeMap<String, Service>,
}

#[derive(Debug, Default)]
struct Service {
    upstream: Upstream,
    troubles: BTreeMap<Code, Trouble>,
    /// When a problem was last resolved, and how long it had to be absent before that.
    ended: BTreeMap<Code, (Duration, Duration)>,
    asked: Option<Duration>,
    /// What the last question is about, until it is answered.
    open: Option<Open>,
    cleared: Option<Duration>,
    /// Clusters with TLS errors that may be those of a refused client, and where.
    suspects: BTreeMap<String, Option<SocketAddr>>,
    counters: BTreeMap<String, (Duration, Counters)>,
}

/// A failure whose question is not answered yet.
#[derive(Debug)]
struct Open {
    what: Result<Cause, Suspicion>,
    cluster: String,
    host: Option<SocketAddr>,
}

#[derive(Debug)]
struct Trouble {
    finding: Finding,
    cluster: String,
    host: Option<SocketAddr>,
    last_failure: Duration,
    quiet: Duration,
    /// When the service was seen to have answered since.
    answered: Option<Duration>,
}

impl Trouble {
    fn is_over(&self, now: Duration) -> bool {
        let since = now.saturating_sub(self.last_failure);
        let answered = self.answered.is_some_and(|answered| now.saturating_sub(answered) >= SETTLE);
        (answered && since >= self.quiet) || since >= FORGOTTEN
    }
}

impl Tracker {
    /// Nothing has failed yet. `asks`: whether servers and resolvers may be asked.
    pub fn new(asks: bool) -> Self {
        Self { asks, services: BTreeMap::new() }
    }

    /// Something failed; gives what has to be known first, if anything.
    pub fn failure(&mut self, now: Duration, upstream: &Upstream, failure: &Failure) -> Option<Question> {
        let verdict = classify(failure, upstream);
        if verdict == Verdict::Nothing {
            return None;
        }
        let asks = self.asks;
        let service = self.services.entry(upstream.service.clone()).or_default();
        service.upstream.clone_from(upstream);
        let open = |what| Open { what, cluster: failure.cluster.clone(), host: failure.host };
        match verdict {
            Verdict::Nothing => None,
            Verdict::Certain(cause) => {
                if service.goes_on(now, code(&cause)) {
                    return None;
                }
                let question = question(&cause, upstream, failure.host);
                service.ask_or_begin(now, asks, question, open(Ok(cause)))
            }
            Verdict::Suspected(Suspicion::SpeaksTls) => {
                let is_cleared = service.cleared.is_some_and(|cleared| now.saturating_sub(cleared) < CLEARED);
                if service.goes_on(now, Code::UpstreamSpeaksTls) || is_cleared {
                    return None;
                }
                let question = handshake(upstream, failure.host, false);
                service.ask(now, asks, question, open(Err(Suspicion::SpeaksTls)))
            }
            Verdict::Suspected(Suspicion::ClientCertificate) => {
                if !service.goes_on(now, Code::UpstreamClientCertificate) {
                    service.suspects.insert(failure.cluster.clone(), failure.host);
                }
                None
            }
        }
    }

    /// A server was looked at; `None`: it could not be.
    pub fn shown(&mut self, now: Duration, service: &str, shown: Option<&Shown>) {
        let Some(service) = self.services.get_mut(service) else { return };
        let Some(open) = service.open.take() else { return };
        match open.what {
            Ok(cause) => service.begin(now, &refined(cause, shown), &open.cluster, open.host, shown, None),
            Err(Suspicion::SpeaksTls) => match shown {
                Some(Shown::Tls(_)) => {
                    service.begin(now, &Cause::SpeaksTls, &open.cluster, open.host, shown, None);
                }
                _ => service.cleared = Some(now),
            },
            Err(Suspicion::ClientCertificate) => {
                if let Some(Shown::Tls(handshake)) = shown
                    && service.is_refused(handshake)
                {
                    service.begin(now, &Cause::ClientCertificate, &open.cluster, open.host, shown, None);
                }
            }
        }
    }

    /// A name was looked up; `None`: it could not be.
    pub fn resolved(&mut self, now: Duration, service: &str, resolved: Option<&Resolved>) {
        let Some(service) = self.services.get_mut(service) else { return };
        let Some(open) = service.open.take() else { return };
        if let Ok(cause) = open.what {
            service.begin(now, &cause, &open.cluster, open.host, None, resolved);
        }
    }

    /// The clusters whose counters have to be looked at.
    pub fn clusters(&self) -> Vec<&str> {
        let services = self.services.values();
        let mut clusters: Vec<&str> = services
            .flat_map(|service| {
                let troubled = service.troubles.values().map(|trouble| trouble.cluster.as_str());
                troubled.chain(service.suspects.keys().map(String::as_str))
            })
            .collect();
        clusters.sort_unstable();
        clusters.dedup();
        clusters
    }

    /// What Envoy has counted of clusters by now; gives what has to be known next.
    pub fn counted(&mut self, now: Duration, counted: &BTreeMap<String, Counters>) -> Vec<Question> {
        let asks = self.asks;
        self.services.values_mut().filter_map(|service| service.counted(now, asks, counted)).collect()
    }

    /// The configuration changed: `find` gives what is behind a cluster now.
    pub fn follow<'a>(&mut self, find: impl Fn(&str) -> Option<&'a Upstream>) {
        for service in self.services.values_mut() {
            service.troubles.retain(|_, trouble| {
                find(&trouble.cluster).is_some_and(|upstream| has_host(upstream, trouble.host))
            });
            service.suspects.retain(|cluster, _| find(cluster).is_some());
        }
        self.forget();
    }

    /// Ends what is over.
    pub fn tick(&mut self, now: Duration) {
        for service in self.services.values_mut() {
            let ended = &mut service.ended;
            service.troubles.retain(|code, trouble| {
                let is_over = trouble.is_over(now);
                if is_over {
                    ended.insert(*code, (now, trouble.quiet));
                }
                !is_over
            });
            ended.retain(|_, (at, _)| now.saturating_sub(*at) < SOON);
        }
        self.forget();
    }

    /// The active troubles.
    pub fn findings(&self) -> Vec<Finding> {
        let troubles = self.services.values().flat_map(|service| service.troubles.values());
        troubles.map(|trouble| trouble.finding.clone()).collect()
    }

    /// Services that nothing is left to say of.
    fn forget(&mut self) {
        self.services.retain(|_, service| {
            let is_quiet =
                service.troubles.is_empty() && service.suspects.is_empty() && service.open.is_none();
            !(is_quiet && service.ended.is_empty() && service.cleared.is_none() && service.asked.is_none())
        });
    }
}

impl Service {
    /// Whether the trouble is known already; takes note that it goes on.
    fn goes_on(&mut self, now: Duration, code: Code) -> bool {
        let Some(trouble) = self.troubles.get_mut(&code) else { return false };
        trouble.last_failure = now;
        trouble.answered = None;
        true
    }

    /// Whether the server of a handshake refuses the gateway's client certificate, or that it has none.
    fn is_refused(&self, handshake: &Handshake) -> bool {
        let has_certificate = self.upstream.tls.as_ref().is_some_and(|tls| !tls.certificate.is_empty());
        // Without a certificate termgate is refused as Envoy is.
        handshake.asks_for_certificate && (has_certificate || handshake.alert.is_some())
    }

    fn may_ask(&self, now: Duration) -> bool {
        self.open.is_none() && self.asked.is_none_or(|asked| now.saturating_sub(asked) >= PERIOD)
    }

    fn ask(&mut self, now: Duration, asks: bool, question: Option<Question>, open: Open) -> Option<Question> {
        let question = question.filter(|_| asks && self.may_ask(now))?;
        self.asked = Some(now);
        self.open = Some(open);
        Some(question)
    }

    /// Begins a trouble, now or once its question is answered.
    fn ask_or_begin(
        &mut self,
        now: Duration,
        asks: bool,
        question: Option<Question>,
        open: Open,
    ) -> Option<Question> {
        let is_asked = self.open.as_ref().is_some_and(|asked| asked.what == open.what);
        if is_asked {
            return None;
        }
        if asks && question.is_some() && self.may_ask(now) {
            return self.ask(now, asks, question, open);
        }
        if let Ok(cause) = open.what {
            self.begin(now, &cause, &open.cluster, open.host, None, None);
        }
        None
    }

    fn begin(
        &mut self,
        now: Duration,
        cause: &Cause,
        cluster: &str,
        host: Option<SocketAddr>,
        shown: Option<&Shown>,
        resolved: Option<&Resolved>,
    ) {
        let code = code(cause);
        if self.goes_on(now, code) {
            return;
        }
        let quiet = match self.ended.remove(&code) {
            Some((at, quiet)) if now.saturating_sub(at) < SOON => (quiet * 2).min(MAX_QUIET),
            _ => QUIET,
        };
        let finding = finding(&self.upstream, host, cause, shown, resolved);
        let cluster = cluster.to_owned();
        let trouble = Trouble { finding, cluster, host, last_failure: now, quiet, answered: None };
        self.troubles.insert(code, trouble);
    }

    fn counted(
        &mut self,
        now: Duration,
        asks: bool,
        counted: &BTreeMap<String, Counters>,
    ) -> Option<Question> {
        let mut refused = None;
        for (cluster, counters) in counted {
            let before = self.counters.get(cluster).copied();
            let mut is_own = false;
            for trouble in self.troubles.values_mut().filter(|trouble| trouble.cluster == *cluster) {
                is_own = true;
                // What came before the failure is not a sign.
                let answers = before.is_some_and(|(at, before)| {
                    trouble.last_failure < at && counters.received > before.received
                });
                trouble.answered = trouble.answered.or(answers.then_some(now));
            }
            if let Some(host) = self.suspects.remove(cluster) {
                is_own = true;
                // A server that refuses the client answers nobody. One that answers has only ended a connection.
                let before = before.map_or(Counters::default(), |(_, before)| before);
                if counters.received == before.received && counters.tls_errors > before.tls_errors {
                    refused = Some((cluster.clone(), host));
                }
            }
            if is_own {
                self.counters.insert(cluster.clone(), (now, *counters));
            }
        }
        let (cluster, host) = refused?;
        // A handshake that fails by itself is another trouble.
        if self.troubles.values().any(|trouble| trouble.cluster == cluster) {
            return None;
        }
        let open = |what| Open { what, cluster, host };
        if asks {
            let question = handshake(&self.upstream, host, true);
            return self.ask(now, asks, question, open(Err(Suspicion::ClientCertificate)));
        }
        let Open { cluster, host, .. } = open(Ok(Cause::ClientCertificate));
        self.begin(now, &Cause::ClientCertificate, &cluster, host, None, None);
        None
    }
}

/// Whether an instance at `host` still belongs to the service; unknown for host names.
fn has_host(upstream: &Upstream, host: Option<SocketAddr>) -> bool {
    let Some(host) = host else { return true };
    upstream
        .addresses
        .iter()
        .any(|(address, port)| *port == host.port() && (is_name(address) || address.parse() == Ok(host.ip())))
}

/// What must be known before `cause` is reported.
fn question(cause: &Cause, upstream: &Upstream, host: Option<SocketAddr>) -> Option<Question> {
    match cause {
        Cause::WrongName(names) if !names.is_empty() => None,
        Cause::WrongName(_) | Cause::UnknownAuthority(_) | Cause::Expired { .. } | Cause::HangsUp => {
            handshake(upstream, host, true)
        }
        Cause::ClientCertificate => handshake(upstream, host, true),
        Cause::TimedOut if upstream.tls.is_some() => handshake(upstream, host, true),
        // With the name there is no certificate to see.
        Cause::UnknownName => handshake(upstream, host, false),
        Cause::Unresolved => {
            let mut hosts = upstream.addresses.iter().map(|(host, _)| host);
            let host = hosts.find(|host| is_name(host))?.clone();
            Some(Question::Name { service: upstream.service.clone(), host })
        }
        _ => None,
    }
}

/// A handshake with an instance that the catalog has.
fn handshake(upstream: &Upstream, host: Option<SocketAddr>, with_name: bool) -> Option<Question> {
    let address = host.filter(|host| has_host(upstream, Some(*host)))?;
    let sni = upstream.tls.as_ref().map(|tls| tls.sni.clone()).unwrap_or_default();
    let name = if with_name { sni } else { String::new() };
    Some(Question::Handshake { service: upstream.service.clone(), address, name })
}

/// The cause once it is known what the server shows.
fn refined(cause: Cause, shown: Option<&Shown>) -> Cause {
    match (cause, shown) {
        (Cause::HangsUp | Cause::TimedOut, Some(Shown::Plain)) => Cause::SpeaksPlain,
        (Cause::TimedOut, Some(Shown::Nothing)) => Cause::HangsUp,
        // Servers have one alert for both.
        (
            Cause::ClientCertificate,
            Some(Shown::Tls(Handshake { asks_for_certificate: false, alert: Some(_), .. })),
        ) => Cause::NothingInCommon,
        (cause, _) => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::UpstreamTls;
    use crate::upstream::{Certificate, Flags};

    const HOST: &str = "10.0.0.1:443";

    fn upstream() -> Upstream {
        let addresses = vec![("10.0.0.1".to_owned(), 443)];
        Upstream { service: "web".to_owned(), has_requests: true, addresses, ..Upstream::default() }
    }

    fn with_tls() -> Upstream {
        let tls = UpstreamTls { sni: "web.example".to_owned(), ..UpstreamTls::default() };
        Upstream { tls: Some(tls), ..upstream() }
    }

    fn failure(reason: &str) -> Failure {
        Failure {
            cluster: "web".to_owned(),
            host: HOST.parse().ok(),
            flags: Flags { connection_failure: true, ..Flags::default() },
            reason: reason.to_owned(),
            status: 503,
            ..Failure::default()
        }
    }

    fn refused() -> Failure {
        failure("delayed_connect_error:_Connection_refused")
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn bytes(received: u64) -> BTreeMap<String, Counters> {
        BTreeMap::from([("web".to_owned(), Counters { received, tls_errors: 0 })])
    }

    fn codes(tracker: &Tracker) -> Vec<Code> {
        tracker.findings().iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_problem_is_resolved_once_the_service_answers_and_nothing_fails_for_a_while() {
        let mut tracker = Tracker::new(true);
        assert_eq!(tracker.failure(at(0), &upstream(), &refused()), None);
        assert_eq!(codes(&tracker), [Code::UpstreamRefused]);
        assert_eq!(tracker.clusters(), ["web"]);
        for (second, received) in [(1, 0), (2, 0), (30, 0), (31, 50), (32, 50)] {
            assert_eq!(tracker.counted(at(second), &bytes(received)), []);
            tracker.failure(at(3), &upstream(), &refused());
            tracker.tick(at(5));
            assert_eq!(codes(&tracker), [Code::UpstreamRefused], "{second}");
        }
        // Bytes, but none after the last failure.
        tracker.tick(at(40));
        assert_eq!(codes(&tracker), [Code::UpstreamRefused]);
        tracker.counted(at(41), &bytes(60));
        tracker.tick(at(43));
        assert_eq!(codes(&tracker), [Code::UpstreamRefused]);
        tracker.tick(at(44));
        assert_eq!(codes(&tracker), []);
        assert_eq!(tracker.clusters(), Vec::<&str>::new());
    }

    #[test]
    fn a_failed_answer_resolves_nothing() {
        let mut tracker = Tracker::new(false);
        let not_http =
            Failure { reason: "TLS_error:|1:x:WRONG_VERSION_NUMBER:TLS_error_end".to_owned(), ..refused() };
        for round in 0..5 {
            let begun = at(round * 30);
            // Its bytes are seen first, its failure comes a second later.
            tracker.counted(begun, &bytes(round * 7));
            tracker.tick(begun);
            assert_eq!(codes(&tracker).len(), usize::from(round > 0), "{round}");
            tracker.failure(begun + at(1), &with_tls(), &not_http);
            for second in 2..30 {
                tracker.counted(begun + at(second), &bytes(round * 7));
                tracker.tick(begun + at(second));
            }
        }
        assert_eq!(codes(&tracker), [Code::UpstreamPlaintext]);
    }

    #[test]
    fn without_traffic_a_problem_stays_for_an_hour() {
        let mut tracker = Tracker::new(true);
        tracker.failure(at(0), &upstream(), &refused());
        tracker.tick(at(3599));
        assert_eq!(codes(&tracker).len(), 1);
        tracker.tick(at(3600));
        assert_eq!(codes(&tracker), []);
    }

    #[test]
    fn a_recurring_problem_must_be_absent_for_longer_each_time() {
        let mut tracker = Tracker::new(true);
        let (mut now, mut received, mut quiet) = (0, 0, Vec::new());
        for _ in 0..8 {
            tracker.failure(at(now), &upstream(), &refused());
            tracker.counted(at(now + 1), &bytes(received));
            received += 1;
            tracker.counted(at(now + 2), &bytes(received));
            let begun = now;
            while !codes(&tracker).is_empty() {
                now += 1;
                tracker.tick(at(now));
            }
            quiet.push(now - begun);
        }
        assert_eq!(quiet, [10, 20, 40, 80, 160, 320, 600, 600]);
    }

    #[test]
    fn a_server_is_probed_once_a_minute_and_the_result_is_reported_with_the_cause() {
        let mut tracker = Tracker::new(true);
        let unknown = failure(
            "TLS_error:|1:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_0:_unable_to_get_local_issuer_certificate:TLS_error_end",
        );
        let question = Question::Handshake {
            service: "web".to_owned(),
            address: HOST.parse().unwrap(),
            name: "web.example".to_owned(),
        };
        assert_eq!(tracker.failure(at(0), &with_tls(), &unknown), Some(question));
        assert_eq!(tracker.failure(at(1), &with_tls(), &unknown), None);
        assert_eq!(tracker.findings(), []);
        let certificate = Certificate { issuer: "CN=Other CA".to_owned(), ..Certificate::default() };
        let shown = Shown::Tls(Handshake { certificate: Some(certificate), ..Handshake::default() });
        tracker.shown(at(2), "web", Some(&shown));
        let finding = &tracker.findings()[0];
        assert_eq!(finding.code, Code::UpstreamTlsCa);
        assert!(finding.message.contains("CN=Other CA"), "{finding}");
        // Another cause within the minute is reported without a probe.
        let expired = failure(
            "TLS_error:|1:x:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_certificate_verification_error_at_depth_0:_certificate_has_expired:TLS_error_end",
        );
        assert_eq!(tracker.failure(at(3), &with_tls(), &expired), None);
        assert_eq!(codes(&tracker), [Code::UpstreamTlsCa, Code::UpstreamTlsExpired]);
    }

    #[test]
    fn without_probes_causes_are_reported_at_once() {
        let mut tracker = Tracker::new(false);
        let expired = failure(
            "TLS_error:|1:x:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_certificate_verification_error_at_depth_0:_certificate_has_expired:TLS_error_end",
        );
        assert_eq!(tracker.failure(at(0), &with_tls(), &expired), None);
        assert_eq!(codes(&tracker), [Code::UpstreamTlsExpired]);
    }

    #[test]
    fn only_instances_of_the_catalog_are_asked() {
        let mut tracker = Tracker::new(true);
        let mut elsewhere =
            failure("TLS_error:|1:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end");
        elsewhere.host = "10.9.9.9:443".parse().ok();
        assert_eq!(tracker.failure(at(0), &with_tls(), &elsewhere), None);
        assert_eq!(codes(&tracker), [Code::UpstreamTlsFailed]);
    }

    #[test]
    fn a_server_that_may_speak_tls_is_probed_and_left_alone_if_it_does_not() {
        let mut tracker = Tracker::new(true);
        let bad_request = Failure { status: 400, flags: Flags::default(), ..refused() };
        assert!(tracker.failure(at(0), &upstream(), &bad_request).is_some());
        tracker.shown(at(1), "web", Some(&Shown::Plain));
        assert_eq!(codes(&tracker), []);
        assert_eq!(tracker.failure(at(100), &upstream(), &bad_request), None);
        assert!(tracker.failure(at(3700), &upstream(), &bad_request).is_some());
        tracker.shown(at(3701), "web", Some(&Shown::Tls(Handshake::default())));
        assert_eq!(codes(&tracker), [Code::UpstreamSpeaksTls]);
    }

    #[test]
    fn a_refused_client_is_reported_if_envoy_counts_tls_errors_and_the_server_requests_a_certificate() {
        let errors = |tls_errors| BTreeMap::from([("web".to_owned(), Counters { received: 0, tls_errors })]);
        let silent = Failure { flags: Flags::default(), status: 0, received: 9, ..refused() };
        let alert = Some("CertificateRequired".to_owned());
        let asks = Shown::Tls(Handshake { asks_for_certificate: true, alert, ..Handshake::default() });
        let mut tracker = Tracker::new(true);
        tracker.failure(at(0), &with_tls(), &silent);
        assert_eq!(tracker.clusters(), ["web"]);
        assert_eq!(tracker.counted(at(1), &errors(0)), []);
        assert_eq!(tracker.clusters(), Vec::<&str>::new());
        tracker.failure(at(2), &with_tls(), &silent);
        assert_eq!(tracker.counted(at(3), &errors(1)).len(), 1);
        tracker.shown(at(3), "web", Some(&asks));
        assert_eq!(codes(&tracker), [Code::UpstreamClientCertificate]);
        // Without asking, the count has to do.
        let mut tracker = Tracker::new(false);
        tracker.failure(at(2), &with_tls(), &silent);
        assert_eq!(tracker.counted(at(3), &errors(1)), []);
        assert_eq!(codes(&tracker), [Code::UpstreamClientCertificate]);
    }

    #[test]
    fn a_server_that_answers_others_or_accepts_clients_without_a_certificate_refuses_no_one() {
        let counted =
            |received, tls_errors| BTreeMap::from([("web".to_owned(), Counters { received, tls_errors })]);
        let ended = Failure { flags: Flags { connection_ended: true, ..Flags::default() }, ..failure("") };
        let mut tracker = Tracker::new(true);
        // It has answered before, and goes on to do so: a connection that it reset is a TLS error, too.
        for (second, received, tls_errors) in [(0, 100, 1), (2, 200, 2), (4, 300, 2)] {
            tracker.failure(at(second), &with_tls(), &ended);
            assert_eq!(tracker.counted(at(second + 1), &counted(received, tls_errors)), []);
        }
        // From now on it answers nobody, and asks for a certificate that it does not insist on.
        tracker.failure(at(6), &with_tls(), &ended);
        assert_eq!(tracker.counted(at(7), &counted(300, 3)).len(), 1);
        let asks = Shown::Tls(Handshake { asks_for_certificate: true, ..Handshake::default() });
        tracker.shown(at(8), "web", Some(&asks));
        assert_eq!(codes(&tracker), []);
    }

    #[test]
    fn an_alert_for_a_missing_certificate_is_distinguished_from_one_for_nothing_in_common() {
        let alert = failure(
            "TLS_error:|268436496:SSL_routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE:TLS_error_end",
        );
        for (asks_for_certificate, code) in
            [(true, Code::UpstreamClientCertificate), (false, Code::UpstreamTlsVersion)]
        {
            let mut tracker = Tracker::new(true);
            assert!(tracker.failure(at(0), &with_tls(), &alert).is_some());
            let alert = Some("HandshakeFailure".to_owned());
            let shown = Shown::Tls(Handshake { asks_for_certificate, alert, ..Handshake::default() });
            tracker.shown(at(1), "web", Some(&shown));
            assert_eq!(codes(&tracker), [code]);
        }
    }

    #[test]
    fn a_problem_ends_with_its_instance_or_its_service() {
        let mut tracker = Tracker::new(true);
        tracker.failure(at(0), &upstream(), &refused());
        let same = upstream();
        tracker.follow(|_| Some(&same));
        assert_eq!(codes(&tracker).len(), 1);
        let moved = Upstream { addresses: vec![("10.0.0.2".to_owned(), 443)], ..upstream() };
        tracker.follow(|_| Some(&moved));
        assert_eq!(codes(&tracker), []);
        tracker.failure(at(0), &upstream(), &refused());
        tracker.follow(|_| None);
        assert_eq!(codes(&tracker), []);
    }
}
