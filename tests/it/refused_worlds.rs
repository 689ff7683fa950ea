//! Random worlds of healthy and poisoned services on a real Envoy: the healthy ones serve and follow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use termgate::testing::envoy_api::{
    Address, Cluster, CombinedValidationContext, CommonTlsContext, ConfigSource, DataSource, Duration,
    Filter, FilterChain, FilterChainMatch, FilterConfig, HttpConnectionManager, HttpFilter, HttpFilterConfig,
    Listener, ListenerFilter, ListenerFilterConfig, Rds, ResourceKind, RouteConfiguration, SdsSecretConfig,
    Secret, TcpProxy, TlsParameters, Tracing, TrafficDirection, TransportSocket, TransportSocketConfig,
    UpstreamTlsContext, ValidationContext, VirtualHost,
};
use termgate::testing::finding::Code;
use termgate::testing::render::{Rendered, Resources, ServiceResources};
use termgate::testing::serve::{Quarantine, ResourceSet, Server, Silent};
use tokio::sync::{mpsc, oneshot, watch};

use crate::support::background::runtime;
use crate::support::consul::free_address;
use crate::support::envoy::Envoy;
use crate::support::pki::Authority;
use crate::support::server::lock;
use crate::support::wait;

/// How many worlds there are, unless the environment says so.
const WORLDS: u64 = 8;

/// How often each changes.
const ROUNDS: usize = 3;

/// Numbers that look random; the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A service: which version of it this is, whether it speaks HTTP, and which kind of its resources Envoy refuses.
#[derive(Debug, Clone, Copy)]
struct Service {
    version: u64,
    is_http: bool,
    poison: Option<ResourceKind>,
}

impl Service {
    fn random(random: &mut Random, version: u64) -> Self {
        let is_http = random.below(2) == 0;
        let poison = match random.below(10) {
            0 => Some(ResourceKind::Listener),
            1 => Some(ResourceKind::Cluster),
            2 => Some(ResourceKind::Secret),
            3 if is_http => Some(ResourceKind::Route),
            _ => None,
        };
        Self { version, is_http, poison }
    }

    fn resources(self, name: &str, authority: &str) -> (ServiceResources, Secret) {
        let of_no_cipher = |is_poisoned: bool| CommonTlsContext {
            tls_params: TlsParameters {
                cipher_suites: if is_poisoned { vec!["NONE-OF-THESE".to_owned()] } else { Vec::new() },
                ..TlsParameters::default()
            },
            ..CommonTlsContext::default()
        };
        let upstream = |context| TransportSocket {
            name: "tls",
            typed_config: TransportSocketConfig::Upstream(UpstreamTlsContext {
                common_tls_context: Some(context),
                sni: String::new(),
            }),
        };
        let is = |kind| self.poison == Some(kind);
        let source = ConfigSource::ads(Some(Duration::from_secs(0)));
        let file = format!("file:{name}");
        let context = CommonTlsContext {
            combined_validation_context: Some(CombinedValidationContext {
                default_validation_context: ValidationContext {
                    trusted_ca: None,
                    match_typed_subject_alt_names: Vec::new(),
                },
                validation_context_sds_secret_config: SdsSecretConfig {
                    name: file.clone(),
                    sds_config: Some(source.clone()),
                },
            }),
            ..of_no_cipher(is(ResourceKind::Cluster))
        };
        let cluster = Cluster {
            name: name.to_owned(),
            connect_timeout: Some(Duration::from_millis(1000 + self.version)),
            transport_socket: Some(upstream(context)),
            ..Cluster::default()
        };
        let prefix = format!("{name}-{}", self.version);
        let chain = FilterChain {
            filter_chain_match: Some(FilterChainMatch { server_names: vec![name.to_owned()] }),
            filters: vec![if self.is_http {
                requests(&prefix, name, source)
            } else {
                connections(&prefix, name)
            }],
            // Only its parameters count.
            transport_socket: is(ResourceKind::Listener)
                .then(|| upstream(of_no_cipher(true)))
                .map(|socket| TransportSocket { name: "none", ..socket }),
        };
        let host = |name: String| VirtualHost { name, domains: vec!["*"], routes: Vec::new() };
        let hosts = if is(ResourceKind::Route) { 2 } else { 1 };
        let route = RouteConfiguration {
            name: name.to_owned(),
            virtual_hosts: (0..hosts).map(|index| host(format!("{prefix}-{index}"))).collect(),
            validate_clusters: None,
        };
        let text = if is(ResourceKind::Secret) { "no certificate" } else { authority };
        let secret = Secret {
            name: file,
            tls_certificate: None,
            validation_context: Some(ValidationContext {
                trusted_ca: Some(DataSource::InlineString(format!("# {}\n{text}", self.version))),
                match_typed_subject_alt_names: Vec::new(),
            }),
        };
        let service = ServiceResources {
            name: name.to_owned(),
            chains: vec![Arc::new(chain)],
            clusters: vec![Arc::new(cluster)],
            routes: if self.is_http { vec![Arc::new(route)] } else { Vec::new() },
            ..ServiceResources::default()
        };
        (service, secret)
    }
}

fn connections(prefix: &str, cluster: &str) -> Filter {
    let proxy = TcpProxy {
        stat_prefix: prefix.to_owned(),
        cluster: cluster.to_owned(),
        idle_timeout: None,
        access_log: Vec::new(),
        upstream_connect: None,
    };
    Filter { name: "tcp", typed_config: FilterConfig::TcpProxy(proxy) }
}

fn requests(prefix: &str, route: &str, source: ConfigSource) -> Filter {
    let manager = HttpConnectionManager {
        stat_prefix: prefix.to_owned(),
        rds: Some(Rds { config_source: source, route_config_name: route.to_owned() }),
        route_config: None,
        http_filters: vec![HttpFilter {
            name: "envoy.filters.http.router",
            typed_config: HttpFilterConfig::Router {},
        }],
        tracing: Tracing::default(),
        http2_protocol_options: None,
        forward_client_cert_details: None,
        set_current_client_cert_details: None,
        upgrade_configs: Vec::new(),
        access_log: Vec::new(),
        strip_any_host_port: false,
        max_request_headers_kb: None,
        normalize_path: false,
        merge_slashes: false,
        path_with_escaped_slashes_action: None,
        common_http_protocol_options: None,
    };
    Filter { name: "http", typed_config: FilterConfig::HttpConnectionManager(Box::new(manager)) }
}

/// What a running gateway keeps: the services, and what is served of them.
struct Serving {
    quarantine: Quarantine,
    services: BTreeMap<String, Service>,
    authority: String,
    address: Address,
    resources: watch::Sender<Arc<ResourceSet>>,
    /// The services that are reported as refused.
    refused: BTreeSet<String>,
}

impl Serving {
    fn publish(&mut self) {
        let mut resources = Resources::default();
        let mut services = Vec::new();
        let last = FilterChain {
            filter_chain_match: None,
            filters: vec![connections("last", "none")],
            transport_socket: None,
        };
        let mut chains = Vec::new();
        for (name, service) in &self.services {
            let (service, secret) = service.resources(name, &self.authority);
            chains.extend(service.chains.iter().cloned());
            resources.clusters.extend(service.clusters.iter().map(|found| (name.clone(), Arc::clone(found))));
            resources.routes.extend(service.routes.iter().map(|found| (name.clone(), Arc::clone(found))));
            resources.secrets.insert(secret.name.clone(), Arc::new(secret));
            services.push(Arc::new(service));
        }
        chains.push(Arc::new(last));
        let listener = Listener {
            name: "people".to_owned(),
            address: self.address.clone(),
            bind_to_port: None,
            per_connection_buffer_limit_bytes: None,
            per_connection_buffer_high_watermark_timeout: None,
            filter_chains: chains,
            listener_filters: vec![ListenerFilter {
                name: "envoy.filters.listener.tls_inspector",
                typed_config: ListenerFilterConfig::TlsInspector {},
            }],
            traffic_direction: TrafficDirection::Inbound,
            access_log: Vec::new(),
        };
        resources.listeners.insert("people".to_owned(), Arc::new(listener));
        let mut rendered = Rendered { resources, findings: Vec::new(), services };
        let set = self.quarantine.update(&mut rendered, &ResourceKind::ALL).set;
        let refused = rendered.findings.into_iter().filter(|finding| finding.code == Code::EnvoyRefused);
        self.refused = refused.map(|finding| finding.subject).collect();
        self.resources.send_replace(set);
    }
}

/// One termgate, as far as it serves. Ends when dropped.
struct Termgate {
    serving: Arc<Mutex<Serving>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Termgate {
    fn start(socket: &Path, mut serving: Serving, served: watch::Receiver<Arc<ResourceSet>>) -> Result<Self> {
        serving.publish();
        let (serving, (stop, stopped)) = (Arc::new(Mutex::new(serving)), oneshot::channel());
        let shared = Arc::clone(&serving);
        let runtime = runtime()?;
        let ads = {
            let _guard = runtime.enter();
            Server::bind(socket)?
        };
        let thread = thread::spawn(move || {
            runtime.block_on(async move {
                let (sender, mut events) = mpsc::unbounded_channel();
                let judge = async {
                    while let Some(event) = events.recv().await {
                        let mut serving = lock(&shared);
                        if serving.quarantine.take(&event) {
                            serving.publish();
                        }
                    }
                };
                // Nobody calls a service, so none fails.
                let (failures, _failed) = mpsc::channel(1);
                tokio::select! { _ = ads.serve(served, sender, failures, Silent::default()) => {}, () = judge => {}, _ = stopped => {} }
            });
        });
        Ok(Self { serving, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Termgate {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn bootstrap(socket: &str) -> Value {
    let ads = json!({"ads": {}, "resource_api_version": "V3"});
    let http2 = json!({"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }});
    let endpoint = json!({"endpoint": {"address": {"pipe": {"path": socket}}}});
    let backoff = json!({"base_interval": "0.05s", "max_interval": "0.1s"});
    json!({
        "node": {"id": "world", "cluster": "world"},
        "dynamic_resources": {
            "cds_config": ads, "lds_config": ads,
            "ads_config": {
                "api_type": "DELTA_GRPC", "transport_api_version": "V3",
                "grpc_services": [{"envoy_grpc": {"cluster_name": "ads", "retry_policy": {"retry_back_off": backoff}}}],
            },
        },
        "static_resources": {"clusters": [{
            "name": "ads", "typed_extension_protocol_options": http2,
            "load_assignment": {"cluster_name": "ads", "endpoints": [{"lb_endpoints": [endpoint]}]},
        }]},
    })
}

/// Fails unless exactly the healthy services are served, each as it is now.
fn check(envoy: &Envoy, termgate: &Termgate) -> Result<()> {
    let (services, reported) = {
        let serving = lock(&termgate.serving);
        ensure!(!serving.quarantine.lacks_listener(), "a listener is refused");
        (serving.services.clone(), serving.refused.clone())
    };
    let healthy = services.iter().filter(|(_, service)| service.poison.is_none());
    let poisoned = services.iter().filter(|(_, service)| service.poison.is_some());
    let poisoned: BTreeSet<String> = poisoned.map(|(name, _)| name.clone()).collect();
    ensure!(reported == poisoned, "reported as refused: {reported:?}, poisoned: {poisoned:?}");
    let prefixes: BTreeSet<String> =
        healthy.clone().map(|(name, service)| format!("{name}-{}", service.version)).collect();
    let dump = envoy.admin.config_dump()?;
    let sections = dump["configs"].as_array().context("no dump")?;
    let all = |key: &str| -> Vec<Value> {
        sections.iter().filter_map(|section| section[key].as_array()).flatten().cloned().collect()
    };
    let mut listeners = all("dynamic_listeners");
    // Others are on their way out.
    listeners.retain(|listener| listener["active_state"].is_object());
    let [people] = &listeners[..] else { return Err(anyhow!("listeners: {listeners:?}")) };
    let chains = people["active_state"]["listener"]["filter_chains"].as_array().context("no listener")?;
    let served: BTreeSet<String> = chains
        .iter()
        .filter(|chain| chain["filter_chain_match"].is_object())
        .filter_map(|chain| Some(chain["filters"][0]["typed_config"]["stat_prefix"].as_str()?.to_owned()))
        .collect();
    ensure!(served == prefixes, "served: {served:?}, healthy: {prefixes:?}");
    for (name, service) in healthy {
        let timeout = format!("{}", f64::from(u32::try_from(1000 + service.version)?) / 1000.0);
        let clusters = all("dynamic_active_clusters");
        let found = clusters.iter().find(|cluster| cluster["cluster"]["name"] == name.as_str());
        let cluster = &found.with_context(|| format!("no cluster {name}"))?["cluster"];
        let text = cluster["connect_timeout"].as_str().unwrap_or_default();
        ensure!(
            text.trim_end_matches('s').trim_end_matches('0') == timeout.trim_end_matches('0'),
            "{name}: {text}"
        );
        if service.is_http {
            let label = format!("{name}-{}-0", service.version);
            let has = all("dynamic_route_configs")
                .iter()
                .any(|route| route["route_config"]["virtual_hosts"][0]["name"] == label.as_str());
            ensure!(has, "{name} has no routes of now");
        }
        let label = format!("# {}\n", service.version);
        let secrets = all("dynamic_active_secrets");
        let of = secrets.iter().filter(|secret| secret["name"] == format!("file:{name}").as_str());
        let mut texts =
            of.map(|secret| secret["secret"]["validation_context"]["trusted_ca"]["inline_string"].clone());
        ensure!(
            texts.any(|text| text.as_str().is_some_and(|text| text.starts_with(&label))),
            "{name} has no secret of now"
        );
    }
    Ok(())
}

fn world(seed: u64, authority: &str) -> Result<()> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    random.below(2);
    let directory = TempDir::new()?;
    let socket = directory.path().join("ads.sock");
    let address = free_address()?;
    let mut version = 0;
    let mut next = |random: &mut Random| {
        version += 1;
        Service::random(random, version)
    };
    let count = 1 + random.below(8);
    let mut services: BTreeMap<String, Service> =
        (0..count).map(|index| (format!("s{index}.world"), next(&mut random))).collect();
    let start = |services: &BTreeMap<String, Service>| {
        let (resources, served) = watch::channel(Arc::default());
        let serving = Serving {
            quarantine: Quarantine::default(),
            services: services.clone(),
            authority: authority.to_owned(),
            address: Address::tcp("127.0.0.1", address.port()),
            resources,
            refused: BTreeSet::new(),
        };
        Termgate::start(&socket, serving, served)
    };
    let mut termgate = start(&services)?;
    let envoy = Envoy::start(&bootstrap(&socket.display().to_string()))?;
    for round in 0..ROUNDS {
        wait::eventually(&format!("round {round} of world {seed}"), || check(&envoy, &termgate))?;
        for _ in 0..=random.below(3) {
            let name = format!("s{}.world", random.below(10));
            if random.below(4) == 0 {
                services.remove(&name);
            } else {
                services.insert(name, next(&mut random));
            }
        }
        if random.below(3) == 0 {
            // Another one takes Envoy over.
            drop(termgate);
            termgate = start(&services)?;
        } else {
            let mut serving = lock(&termgate.serving);
            serving.services.clone_from(&services);
            serving.publish();
        }
    }
    wait::eventually(&format!("the end of world {seed}"), || check(&envoy, &termgate))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "which worlds a test runs")]
fn healthy_services_serve_and_follow_beside_any_poisoned_ones_on_a_real_envoy() -> Result<()> {
    needs!(Envoy);
    let authority = Authority::new("Private CA")?.certificate;
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("TERMGATE_TEST_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("TERMGATE_TEST_WORLDS").unwrap_or(WORLDS) + 1,
    };
    let failed: Vec<_> =
        seeds.filter_map(|seed| Some((seed, format!("{:#}", world(seed, &authority).err()?)))).collect();
    ensure!(failed.is_empty(), "worlds that fail (TERMGATE_TEST_SEED=N runs one): {failed:#?}");
    Ok(())
}
