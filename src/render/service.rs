//! One linked service: its chains, clusters, endpoints, routes and secret.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::access;
use super::chains::ChainSettings;
use super::clusters::ClusterSettings;
use super::collector::Collector;
use super::endpoints::{Endpoints, endpoints, has_hostname, load_assignment};
use super::extension::{self, Versions};
use super::filter::Filter;
use super::gateway_config::MAX_REQUEST_HEADERS_KB;
use super::lambda::Lambda;
use super::load_balancer::LoadBalancing;
use super::names::Names;
use super::routes::RouteSettings;
use super::{Linked, Renderer, addresses, failure_log, identities, path_rules, rbac, tls};
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::{
    Cluster, ClusterLoadAssignment, DnsLookupFamily, Duration, FilterChain, RouteConfiguration, SanMatcher,
    Secret,
};
use crate::finding::{Code, Finding};
use crate::go::duration;
use crate::intentions::{Closed, Rules};
use crate::snapshot::{
    Destination, GatewayLink, Instance, Part, Protocol, ServiceDefaults, ServiceResolver,
    ServiceResolverSubset, Unreadable, is_unusual,
};

/// Keys in the `Meta` of a service-defaults entry.
const REQUEST_TIMEOUT: &str = "termgate-request-timeout";
const IDLE_TIMEOUT: &str = "termgate-idle-timeout";

/// The longest SNI that Envoy takes, in bytes.
const MAX_SNI: usize = 255;

/// The port that is for HTTP over TLS.
const HTTPS_PORT: u16 = 443;

/// The first release that can wait for the client's TLS handshake before it connects to the external service.
const HANDSHAKE_FIRST: EnvoyVersion = EnvoyVersion { major: 1, minor: 37, patch: 0 };

/// What one linked service contributes; empty if it is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceResources {
    /// The service.
    pub name: String,
    /// Chains for every listener, by SNI.
    pub chains: Vec<Arc<FilterChain>>,
    pub clusters: Vec<Arc<Cluster>>,
    /// Endpoints of the clusters that have them as resources of their own.
    pub endpoints: Vec<Arc<ClusterLoadAssignment>>,
    /// Routes of the chains of HTTP services.
    pub routes: Vec<Arc<RouteConfiguration>>,
    /// The leaf.
    pub secret: Option<Arc<Secret>>,
    /// What a person should know.
    pub findings: Vec<Finding>,
}

impl ServiceResources {
    /// Makes room for so many chains: these lists are mostly of one element, and elements are large.
    fn reserve(&mut self, chains: usize) {
        self.chains.reserve_exact(chains);
        self.clusters.reserve_exact(chains);
        self.endpoints.reserve_exact(chains);
        self.routes.reserve_exact(chains);
    }
}

impl<'a> Renderer<'a> {
    /// Renders one linked service.
    ///
    /// A service without instances, without leaf or with a TLS file that cannot be loaded is closed: it gets
    /// neither chain nor cluster (but see [`RenderOptions::prepare`](super::RenderOptions::prepare)), so that nothing
    /// can reach it past mTLS and intentions.
    pub fn service(&self, link: &'a GatewayLink) -> ServiceResources {
        let name = link.service.name.as_str();
        let mut rendered = ServiceResources { name: name.to_owned(), ..ServiceResources::default() };
        let mut findings = Vec::new();
        self.open(link, &mut rendered, &mut Collector::new(name, &mut findings));
        rendered.findings = findings;
        rendered
    }

    /// Fills `rendered`, unless the service must stay closed.
    #[expect(clippy::too_many_lines, reason = "one service, from the first check to the last resource")]
    fn open(&self, link: &'a GatewayLink, rendered: &mut ServiceResources, findings: &mut Collector<'_>) {
        let name = link.service.name.as_str();
        if self.has_unreadable_part(name, findings) || self.is_unanswered(name, findings) {
            return;
        }
        let linked = self.linked(link);
        let destination = self.destination(link);
        let instances = self.snapshot.instances.get(name).map(|found| found.as_slice()).unwrap_or_default();
        if destination.is_none() && instances.is_empty() {
            return findings.push(
                Code::NoInstance,
                "it has no instance in the catalog, so it is not served",
                "register an instance (`termgate services register`); if there is one, give the gateway's token \
                 `node_prefix \"\" { policy = \"read\" }`, without which the agent hides it",
            );
        }
        if addresses::is_forbidden(instances, destination, self.options, findings) {
            return;
        }
        if name.contains('*') {
            return findings.push(
                Code::BadName,
                "Envoy treats `*` in a name as a wildcard, so it is not served",
                "give it another name",
            );
        }
        let leaf = self.snapshot.leaves.get(name).filter(|leaf| !leaf.cert_pem.is_empty());
        let leaf = leaf.filter(|_| !self.snapshot.roots.roots.is_empty());
        if leaf.is_none() {
            findings.push(
                Code::NoLeaf,
                "the agent issues no certificate for it, so it is not served",
                format!("give the gateway's token `service \"{name}\" {{ policy = \"write\" }}`"),
            );
            if !self.options.prepare {
                return;
            }
        }
        if (linked.sni.len() > MAX_SNI || linked.sni.contains('\0')) && !linked.ca_file.is_empty() {
            return findings.push(
                Code::BadName,
                format!("its SNI has more than {MAX_SNI} bytes, or a zero byte, which Envoy refuses; it is not served"),
                "correct SNI in the gateway's entry",
            );
        }
        if self.has_unusable_file(&linked, findings) {
            return;
        }
        let versions = Versions { consul: &self.snapshot.consul_version, envoy: self.options.envoy_version };
        if self.has_unknown_extension(name, versions, findings) {
            return;
        }
        check_tls(&linked, findings);
        let protocol = self.protocol(name, findings);
        let sni = self.names.sni(&link.service);
        let rules =
            self.intentions.rules(&link.service, self.snapshot.default_intention, protocol.has_requests());
        check_intentions(&rules, protocol, findings);
        let Some(identities) = self.identities(&rules, protocol, findings) else { return };
        path_rules::check(&rules, self.mesh.paths, findings);
        let lambda = Lambda::of(
            extension::of_service(self.snapshot, name),
            protocol,
            destination.is_some(),
            versions,
            findings,
        );
        let mut parts = Parts {
            clusters: ClusterSettings {
                config: &self.config,
                protocol,
                connect_timeout: self.config.connect_timeout,
                linked,
                tls_params: &self.outgoing_tls,
                files: &self.options.tls_files,
                buffers: self.buffers(),
                dns_lookup_family: if self.snapshot.is_ipv6() {
                    DnsLookupFamily::All
                } else {
                    DnsLookupFamily::V4Only
                },
            },
            chains: ChainSettings {
                protocol,
                stat_prefix: self.names.stat_prefix(&link.service),
                rules: Arc::new(rbac::rules(&rules, &self.names)),
                identities,
                waits_for_handshake: self
                    .options
                    .envoy_version
                    .is_some_and(|version| version >= HANDSHAKE_FIRST),
                service_sni: &sni,
                tls_params: &self.mesh.tls_params,
                access_log: &self.access_logs.filter,
                failure_log: self
                    .options
                    .failure_log
                    .then(|| failure_log::of_requests(linked.authorities().is_none())),
                tracing: &self.config.tracing,
                source: self.config.ads(),
                sanitize_client_cert: self.mesh.sanitize_client_cert,
                extra_filters: lambda.iter().map(Lambda::filter).collect(),
                strip_any_host_port: lambda.is_some(),
                max_request_headers_kb: self.max_request_headers(name, findings),
                paths: self.mesh.paths,
                underscores: self.mesh.underscores,
                buffers: self.buffers(),
                idle_timeout: None,
            },
            routes: RouteSettings {
                auto_host_rewrite: linked.auto_host_rewrite && destination.is_none() && lambda.is_none(),
                validate_clusters: self.mesh.validate_clusters,
                ..RouteSettings::default()
            },
            balancing: LoadBalancing::default(),
            lambda,
            is_open: leaf.is_some(),
        };
        rendered.secret = leaf.map(|leaf| Arc::new(tls::leaf_secret(&sni, leaf)));
        if let Some(destination) = destination {
            parts.apply_timeouts(self.snapshot.service_defaults.get(name), findings);
            return parts.destination(&sni, destination, rendered, findings);
        }
        let resolver = self.snapshot.service_resolver(name);
        if let Some(resolver) = resolver {
            parts.apply_resolver(resolver, findings);
        }
        parts.apply_timeouts(self.snapshot.service_defaults.get(name), findings);
        parts.instances(&sni, instances, resolver, rendered, findings);
    }

    /// What the handshake with a mesh client asks for; `None` if that is more than Envoy can check.
    ///
    /// On requests, RBAC decides before anything reaches the external service.
    fn identities(
        &self,
        rules: &Rules<'_>,
        protocol: Protocol,
        findings: &mut Collector<'_>,
    ) -> Option<Vec<SanMatcher>> {
        if protocol.has_requests() {
            return Some(Vec::new());
        }
        let identities = identities::matchers(rules, &self.names).ok();
        if identities.is_none() {
            findings.push(
                Code::TooManySources,
                "its intentions name more sources than Envoy can check in a TLS handshake, so it is not served",
                "write fewer intentions: one for `*` and the exceptions from it",
            );
        }
        identities
    }

    /// Consul: a service-defaults `Destination` takes the place of instances, unless the catalog says that the
    /// linked service is an ordinary one.
    pub(super) fn destination(&self, link: &GatewayLink) -> Option<&Destination> {
        let defaults = self.snapshot.service_defaults.get(&link.service.name)?;
        defaults.destination.as_ref().filter(|_| link.service_kind != "service")
    }

    fn protocol(&self, name: &str, findings: &mut Collector<'_>) -> Protocol {
        let configured = self.snapshot.protocol_name(name);
        Protocol::from_name(configured).unwrap_or_else(|| {
            findings.push(
                Code::UnknownProtocol,
                format!("protocol `{configured}` is not tcp, http, http2 or grpc; it is served as tcp"),
                "correct `Protocol` in its service-defaults entry",
            );
            Protocol::Tcp
        })
    }

    /// What the service's own entry says (Consul 1.21.5 and later), else the gateway's settings.
    ///
    /// Envoy refuses a listener with more than it allows.
    fn max_request_headers(&self, name: &str, findings: &mut Collector<'_>) -> Option<u32> {
        let defaults = self.snapshot.service_defaults.get(name);
        let limit = defaults.map_or(0, |defaults| defaults.max_request_headers_kb);
        if limit > MAX_REQUEST_HEADERS_KB {
            findings.push(
                Code::BadEntrySetting,
                format!("MaxRequestHeadersKB {limit} is more than {MAX_REQUEST_HEADERS_KB}; it is ignored"),
                "correct its service-defaults entry",
            );
        }
        Some(limit)
            .filter(|limit| (1..=MAX_REQUEST_HEADERS_KB).contains(limit))
            .or(self.config.max_request_headers_kb)
    }

    /// Whether something is lost without which the service would be another one, or open to others.
    fn has_unreadable_part(&self, name: &str, findings: &mut Collector<'_>) -> bool {
        let mut closes = false;
        for lost in &self.snapshot.unreadable {
            let Unreadable { part, service, reason } = lost;
            if *part == Part::Instance && service == name {
                let message = format!("one instance has an unexpected form ({reason}); it is left out");
                findings.push(Code::BadInstance, message, "register it again");
            } else if access::closes(lost, name) {
                closes = true;
                let message = format!("its {part} has an unexpected form ({reason}), so it is not served");
                findings.push(Code::Unreadable, message, "write it again, or report this agent's version");
            }
        }
        closes
    }

    /// Whether the agent does not give what the service needs.
    fn is_unanswered(&self, name: &str, findings: &mut Collector<'_>) -> bool {
        let Some((part, reason)) = self.snapshot.unanswered.get(name).and_then(BTreeMap::first_key_value)
        else {
            return false;
        };
        let what = if *part == Part::Instance { "instances" } else { "certificate" };
        let help = if is_unusual(name) {
            "register it under a name of letters, digits, `-`, `_` and `.`, and link that name"
        } else {
            "check the agent's log; `run` retries after pauses of up to 30s"
        };
        findings.push(
            Code::Unanswered,
            format!("cannot read its {what} from the agent ({reason}), so it is not served"),
            help,
        );
        true
    }

    /// Whether an extension may concern the service and is not known here.
    fn has_unknown_extension(
        &self,
        name: &str,
        versions: Versions<'_>,
        findings: &mut Collector<'_>,
    ) -> bool {
        let mut all = extension::of_service(self.snapshot, name);
        let Some(unknown) = all.find_map(|found| extension::unknown(found, versions)) else { return false };
        findings.push(
            Code::ExtensionUnknown,
            format!("direct mode does not know its Envoy extension `{unknown}`, so it is not served"),
            "remove it from `EnvoyExtensions`, or limit it to other proxies with `ProxyType` in its `Arguments`",
        );
        true
    }

    /// Whether a TLS file that the service needs has never been good.
    fn has_unusable_file(&self, linked: &Linked<'_>, findings: &mut Collector<'_>) -> bool {
        let uses = linked.authorities().into_iter().chain(linked.pair());
        let mut closed = uses
            .filter_map(|file_use| self.options.tls_files.get(&file_use))
            .filter(|state| state.content.is_none())
            .filter_map(|state| state.problem.as_ref());
        let Some(problem) = closed.next() else { return false };
        findings.push(
            Code::TlsFileUnusable,
            format!(
                "{} `{}`: {}; it is not served",
                linked.key_of(&problem.path),
                problem.path,
                problem.reason
            ),
            problem.help,
        );
        true
    }
}

fn check_tls(linked: &Linked<'_>, findings: &mut Collector<'_>) {
    if linked.ca_file.is_empty() {
        if !linked.sni.is_empty() {
            findings.push(
                Code::TlsIgnored,
                format!(
                    "SNI `{}` has no effect without CAFile: the service is reached without TLS",
                    linked.sni
                ),
                "name a CAFile in the gateway's entry",
            );
        }
    } else if linked.sni.is_empty() {
        findings.push(
            Code::TlsWithoutSni,
            "TLS without SNI: any certificate of its CA is accepted, whatever its name",
            "set SNI in the gateway's entry",
        );
    }
}

/// The start of a text that may be very long.
fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 100;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => [text.get(..end).unwrap_or_default(), "…"].concat().into(),
        None => text.into(),
    }
}

fn check_intentions(rules: &Rules<'_>, protocol: Protocol, findings: &mut Collector<'_>) {
    match rules.closed() {
        None => {}
        Some((_, Closed::Jwt)) => {
            return findings.push(
                Code::JwtUnsupported,
                "an intention requires a JWT, which termgate cannot check, so every connection is denied",
                "remove `JWT` from its intentions",
            );
        }
        Some((intention, Closed::Refused { text, reason })) => {
            return findings.push(
                Code::IntentionRefused,
                format!(
                    "Envoy would refuse the intention for `{}`, so every connection is denied: `{}` {reason}",
                    intention.source_name,
                    shortened(text)
                ),
                "correct the permission; expressions use RE2 syntax (https://github.com/google/re2/wiki/Syntax)",
            );
        }
    }
    for intention in rules.intentions() {
        if !intention.source_peer.is_empty() {
            findings.push(
                Code::PeerIgnored,
                format!(
                    "the intention for `{}` of peer `{}` is not applied",
                    intention.source_name, intention.source_peer
                ),
                "sources in cluster peers cannot reach services behind termgate",
            );
        } else if !intention.permissions.is_empty() && !protocol.has_requests() {
            findings.push(
                Code::PermissionsOnTcp,
                format!(
                    "the intention for `{}` has permissions on requests; on tcp they deny",
                    intention.source_name
                ),
                "set `Protocol` in its service-defaults entry, or give the intention an action",
            );
        }
    }
}

/// The settings of a service's resources.
struct Parts<'a> {
    clusters: ClusterSettings<'a>,
    chains: ChainSettings<'a>,
    routes: RouteSettings,
    balancing: LoadBalancing,
    lambda: Option<Lambda>,
    /// Whether there is a chain; else the clusters are only prepared.
    is_open: bool,
}

impl Parts<'_> {
    /// Applies what a terminating gateway takes from a service-resolver.
    fn apply_resolver(&mut self, resolver: &ServiceResolver, findings: &mut Collector<'_>) {
        let is_given = |entry: &Option<Value>| entry.as_ref().is_some_and(|entry| !entry.is_null());
        let ignored =
            [("Redirect", is_given(&resolver.redirect)), ("Failover", is_given(&resolver.failover))];
        for (key, _) in ignored.iter().filter(|(_, given)| *given) {
            findings.push(
                Code::ResolverIgnored,
                format!("{key} of its service-resolver is for mesh clients; the gateway does not apply it"),
                "nothing to do if mesh clients resolve it",
            );
        }
        if let Some(timeout) = timeout(&resolver.connect_timeout) {
            self.clusters.connect_timeout = timeout;
        }
        // Consul (1.18+): a negative one switches the limit off.
        self.routes.timeout = if duration::parse(&resolver.request_timeout).is_ok_and(|timeout| timeout < 0) {
            Some(Duration::from_secs(0))
        } else {
            timeout(&resolver.request_timeout).map(Duration)
        };
        self.balancing = LoadBalancing::of(resolver.load_balancer.as_ref(), findings);
        self.routes.hash_policy = std::mem::take(&mut self.balancing.hash_policy);
    }

    /// Timeouts in the `Meta` of the service-defaults entry, which any Consul from 1.8.4 keeps; they go before those of
    /// a resolver.
    fn apply_timeouts(&mut self, defaults: Option<&ServiceDefaults>, findings: &mut Collector<'_>) {
        let Some(defaults) = defaults else { return };
        let mut read = |key: &str| {
            let text = defaults.meta.get(key)?;
            // A limit of zero is none, for Envoy as here.
            let found = duration::parse_unsigned(text);
            if found.is_none() {
                findings.push(
                    Code::BadEntrySetting,
                    format!("`{key}` in Meta of its service-defaults entry is `{text}`, which is not a duration; it is ignored"),
                    "write a duration such as `90s` or `1h`, or `0s` for no limit",
                );
            }
            found.map(Duration)
        };
        let (request, idle) = (read(REQUEST_TIMEOUT), read(IDLE_TIMEOUT));
        self.routes.timeout = request.or(self.routes.timeout);
        (self.routes.idle_timeout, self.chains.idle_timeout) = (idle, idle);
        if request.is_some() && !self.chains.protocol.has_requests() {
            findings.push(
                Code::BadEntrySetting,
                format!("`{REQUEST_TIMEOUT}` has no effect, because its protocol is tcp"),
                format!("set its protocol to http, http2 or grpc, or use `{IDLE_TIMEOUT}`"),
            );
        }
    }

    /// A chain and cluster for the service (its default subset, if it has one), and for every subset.
    ///
    /// Consul: where any instance has a host name, the others are ignored, and the service's own cluster takes no
    /// finding of the default subset.
    fn instances(
        &self,
        sni: &str,
        instances: &[Instance],
        resolver: Option<&ServiceResolver>,
        rendered: &mut ServiceResources,
        findings: &mut Collector<'_>,
    ) {
        let none = ServiceResolver::default();
        let resolver = resolver.unwrap_or(&none);
        rendered.reserve(1 + resolver.subsets.len());
        let has_hostnames = instances.iter().any(has_hostname);
        let used: Vec<&Instance> =
            instances.iter().filter(|instance| !has_hostnames || has_hostname(instance)).collect();
        let ignored = instances.len() - used.len();
        if ignored > 0 {
            findings.push(
                Code::AddressesIgnored,
                format!(
                    "{ignored} instances with an IP address are not used, because others have a host name"
                ),
                "register all instances with IP addresses, or all with host names",
            );
        }
        match resolver.subsets.get(&resolver.default_subset) {
            Some(subset) if !has_hostnames => {
                let of_subset = in_subset(&used, &resolver.default_subset, subset, findings);
                self.group(sni, &of_subset, subset.only_passing, rendered, findings);
            }
            default => {
                if default.is_some() {
                    findings.push(
                        Code::ResolverIgnored,
                        "DefaultSubset of its service-resolver is not applied to host names",
                        "let clients ask for the subset, or register IP addresses",
                    );
                }
                self.group(sni, &used, false, rendered, findings);
            }
        }
        for (name, subset) in &resolver.subsets {
            let of_subset = in_subset(&used, name, subset, findings);
            self.group(&format!("{name}.{sni}"), &of_subset, subset.only_passing, rendered, findings);
        }
    }

    /// Chain, cluster and endpoints of instances that share a name.
    fn group(
        &self,
        name: &str,
        instances: &[&Instance],
        only_passing: bool,
        rendered: &mut ServiceResources,
        findings: &mut Collector<'_>,
    ) {
        if let Some(lambda) = &self.lambda {
            let ClusterSettings { connect_timeout, tls_params, .. } = &self.clusters;
            rendered.clusters.push(Arc::new(lambda.cluster(name, *connect_timeout, tls_params)));
            return self.chain(name, rendered);
        }
        let mut cluster = match endpoints(instances, only_passing, self.clusters.config.strict_dns, findings)
        {
            Endpoints::Addresses(addresses) => {
                rendered.endpoints.push(Arc::new(load_assignment(name, addresses)));
                self.clusters.by_address(name)
            }
            Endpoints::Hostnames(hostnames) => self.clusters.by_hostname(name, hostnames),
        };
        if instances.iter().any(|instance| instance.service.reached_port() == i64::from(HTTPS_PORT)) {
            self.check_https_port(findings);
        }
        self.balancing.apply(&mut cluster);
        rendered.clusters.push(Arc::new(cluster));
        self.chain(name, rendered);
    }

    /// A chain and cluster for every address of a `Destination`.
    fn destination(
        &self,
        sni: &str,
        destination: &Destination,
        rendered: &mut ServiceResources,
        findings: &mut Collector<'_>,
    ) {
        let Ok(port @ 1..) = u16::try_from(destination.port) else {
            return findings.push(
                Code::BadInstance,
                format!("its Destination has port {}, so it is not served", destination.port),
                "correct `Destination` in its service-defaults entry",
            );
        };
        // On tcp, a destination is for clients that speak TLS themselves.
        if port == HTTPS_PORT && self.chains.protocol.has_requests() {
            self.check_https_port(findings);
        }
        for address in &destination.addresses {
            if address.is_empty() {
                continue;
            }
            let name = Names::destination_sni(sni, address);
            rendered.clusters.push(Arc::new(self.clusters.of_destination(&name, address, port)));
            self.chain(&name, rendered);
        }
    }

    /// Tells of plain text to a port that is for TLS.
    fn check_https_port(&self, findings: &mut Collector<'_>) {
        if self.clusters.linked.authorities().is_some() {
            return;
        }
        let (code, message) = if self.chains.protocol.has_requests() {
            (Code::PlaintextToHttps, "requests go to port 443 in plain text")
        } else {
            // A client's own TLS may well be meant.
            (
                Code::ClientTlsExpected,
                "connections to port 443 are forwarded unchanged: in plain text, unless clients speak TLS themselves",
            )
        };
        findings.push(
            code,
            message,
            "for TLS by the gateway set CAFile (`system`: the platform's CAs) and SNI in the gateway's entry",
        );
    }

    fn chain(&self, name: &str, rendered: &mut ServiceResources) {
        if !self.is_open {
            return;
        }
        if self.chains.protocol.has_requests() {
            rendered.routes.push(Arc::new(self.routes.route(name)));
        }
        rendered.chains.push(Arc::new(self.chains.chain(name)));
    }
}

/// The instances that a subset's filter lets in; none if it is not understood.
fn in_subset<'a>(
    instances: &[&'a Instance],
    name: &str,
    subset: &ServiceResolverSubset,
    findings: &mut Collector<'_>,
) -> Vec<&'a Instance> {
    let parsed = Filter::parse(&subset.filter);
    let matching = parsed.and_then(|filter| {
        let mut matching = Vec::new();
        for instance in instances {
            if filter.matches(instance)? {
                matching.push(*instance);
            }
        }
        Ok(matching)
    });
    matching.unwrap_or_else(|error| {
        findings.push(
            Code::BadFilter,
            format!(
                "subset `{name}` has no instance, because its filter `{}` is not understood: {error}",
                subset.filter
            ),
            "correct the filter in its service-resolver entry",
        );
        Vec::new()
    })
}

/// Consul: a zero duration is not a setting.
pub fn timeout(text: &str) -> Option<std::time::Duration> {
    duration::parse_unsigned(text).filter(|duration| !duration.is_zero())
}
