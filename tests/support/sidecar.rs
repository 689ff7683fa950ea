//! A sidecar: an Envoy with the upstream clusters and listeners that Consul 1.8.7 renders for a proxy.
//!
//! A current Envoy cannot speak that Consul's xDS (v2). So this follows the catalog by the blocking query from which
//! Consul makes a sidecar's endpoints, and gives them to Envoy as files.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::chronicle::Chronicle;
use super::consul::{Consul, MANAGEMENT_TOKEN, call, free_address};
use super::envoy::Envoy;
use super::mesh::MeshClient;
use super::wait;

const TYPES: &str = "type.googleapis.com/envoy";

/// What the notes about an upstream's endpoints begin with.
pub const ENDPOINTS: &str = "endpoints of ";

/// What an upstream speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Tcp,
    Http,
    Http2,
}

/// A running sidecar. Ends when dropped.
pub struct Sidecar {
    pub envoy: Envoy,
    listeners: BTreeMap<String, SocketAddr>,
    clusters: Vec<String>,
    stop: Arc<AtomicBool>,
    _files: TempDir,
}

/// What follows the catalog for one upstream.
struct Follower {
    agent: SocketAddr,
    service: String,
    cluster: String,
    folder: PathBuf,
    /// How much later than the catalog Envoy gets to know.
    lag: Duration,
    chronicle: Arc<Chronicle>,
    stop: Arc<AtomicBool>,
    version: u64,
}

impl Sidecar {
    /// Starts it with these upstreams, once each has so many endpoints. Envoy learns of changes later, by the lag.
    pub fn start(
        consul: &Consul,
        client: &MeshClient,
        upstreams: &[(&str, Protocol)],
        (count, lag): (usize, Duration),
        chronicle: &Arc<Chronicle>,
    ) -> Result<Self> {
        let files = tempfile::tempdir()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (mut listeners, mut clusters, mut config) = (BTreeMap::new(), Vec::new(), Vec::new());
        for &(service, protocol) in upstreams {
            let address = free_address()?;
            let mut follower = Follower {
                agent: consul.http(),
                service: service.to_owned(),
                cluster: client.sni(service),
                folder: files.path().join(service),
                lag: Duration::ZERO,
                chronicle: Arc::clone(chronicle),
                stop: Arc::clone(&stop),
                version: 0,
            };
            fs::create_dir(&follower.folder)?;
            let index = wait::eventually("endpoints that pass their checks", || {
                let (index, endpoints) = follower.ask(0)?;
                let passing = endpoints.iter().filter(|endpoint| endpoint.passes).count();
                ensure!(passing == count, "{passing} do");
                follower.write(&endpoints)?;
                Ok(index)
            })?;
            config.push((
                listener(service, &follower.cluster, protocol, address),
                cluster(client, service, protocol, &follower.folder),
            ));
            listeners.insert(service.to_owned(), address);
            clusters.push(follower.cluster.clone());
            follower.lag = lag;
            // It ends with the agent, or by the answer after the sidecar's end: nobody waits for that.
            thread::spawn(move || follower.follow(index));
        }
        let (rendered_listeners, rendered_clusters): (Vec<_>, Vec<_>) = config.into_iter().unzip();
        let config = json!({
            "node": {"id": format!("{}-sidecar-proxy", client.service), "cluster": client.service},
            "static_resources": {"listeners": rendered_listeners, "clusters": rendered_clusters},
        });
        // As `consul connect envoy` starts it: a thread for each processor.
        let mut envoy = Envoy::launch(&config, &["--disable-hot-restart"])?;
        let admin = envoy.admin;
        envoy.process.wait_until("the sidecar to serve", || admin.ready())?;
        Ok(Self { envoy, listeners, clusters, stop, _files: files })
    }

    /// Where its application connects for an upstream.
    pub fn upstream(&self, service: &str) -> Result<SocketAddr> {
        self.listeners.get(service).copied().with_context(|| format!("{service} is not an upstream"))
    }

    /// How many connections it has opened to gateways.
    pub fn connections(&self) -> Result<u64> {
        let of = |cluster: &String| self.envoy.admin.stat(&format!("cluster.{cluster}.upstream_cx_total"));
        self.clusters.iter().map(of).sum()
    }

    /// What it has logged: a line for each request that it did not answer well, and for each connection that failed.
    pub fn log(&self) -> String {
        self.envoy.process.output()
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Endpoint {
    address: SocketAddr,
    passes: bool,
}

impl Follower {
    fn follow(mut self, mut index: u64) {
        while !self.stop.load(Ordering::Relaxed) {
            let Ok((next, endpoints)) = self.ask(index) else {
                thread::sleep(Duration::from_millis(100));
                continue;
            };
            if next != index {
                index = next;
                thread::sleep(self.lag);
                if let Err(error) = self.write(&endpoints) {
                    self.chronicle.note(&self.service, format!("its endpoints cannot be written: {error:#}"));
                }
            }
        }
    }

    /// The gateways that serve the service, and the index of the answer; it comes when that index is another one.
    fn ask(&self, index: u64) -> Result<(u64, Vec<Endpoint>)> {
        let target = format!("/v1/health/connect/{}?index={index}&wait=20s", self.service);
        let answer = call(self.agent, Some(MANAGEMENT_TOKEN), "GET", &target, None)?;
        ensure!(answer.status == 200, "{}", answer.text());
        let index = super::http::header(&answer.headers, "X-Consul-Index").context("no index")?.parse()?;
        let answer = answer.json()?;
        let endpoints = answer.as_array().context("not a list")?.iter().map(Endpoint::of);
        Ok((index, endpoints.collect::<Result<_>>()?))
    }

    /// Writes them beside the file that Envoy reads, and moves them into its place.
    fn write(&mut self, endpoints: &[Endpoint]) -> Result<()> {
        self.version += 1;
        let file = json!({
            "version_info": self.version.to_string(),
            "resources": [{
                "@type": format!("{TYPES}.config.endpoint.v3.ClusterLoadAssignment"),
                "cluster_name": self.cluster,
                "endpoints": [{"lb_endpoints": endpoints.iter().map(Endpoint::rendered).collect::<Vec<_>>()}],
            }],
        });
        let new = self.folder.with_extension("new");
        fs::write(&new, file.to_string())?;
        fs::rename(&new, self.folder.join("endpoints.json"))?;
        let seen: Vec<String> = endpoints.iter().map(Endpoint::shown).collect();
        self.chronicle.note(&format!("{ENDPOINTS}{}", self.service), seen.join(", "));
        Ok(())
    }
}

impl Endpoint {
    fn of(answer: &Value) -> Result<Self> {
        let service = &answer["Service"];
        let ip = service["Address"].as_str().context("no address")?.parse()?;
        let port = service["Port"].as_u64().and_then(|port| u16::try_from(port).ok()).context("no port")?;
        // Consul: what is critical is unhealthy, what only warns is not.
        let is_critical = |check: &Value| check["Status"] == "critical";
        let passes = !answer["Checks"].as_array().into_iter().flatten().any(is_critical);
        Ok(Self { address: SocketAddr::new(ip, port), passes })
    }

    fn rendered(&self) -> Value {
        json!({
            "endpoint": {"address": socket(self.address)},
            "health_status": if self.passes { "HEALTHY" } else { "UNHEALTHY" },
            "load_balancing_weight": 1,
        })
    }

    fn shown(&self) -> String {
        format!("{}{}", self.address, if self.passes { "" } else { " critical" })
    }
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}

/// What Consul renders for an upstream, but for where its endpoints come from.
fn cluster(client: &MeshClient, service: &str, protocol: Protocol, folder: &Path) -> Value {
    let leaf = client.leaf();
    let mut cluster = json!({
        "name": client.sni(service),
        "type": "EDS",
        "eds_cluster_config": {"eds_config": {
            "resource_api_version": "V3",
            "path_config_source": {
                "path": folder.join("endpoints.json"),
                "watched_directory": {"path": folder},
            },
        }},
        "connect_timeout": "5s",
        "outlier_detection": {},
        "common_lb_config": {"healthy_panic_threshold": {}},
        "transport_socket": {
            "name": "tls",
            "typed_config": {
                "@type": format!("{TYPES}.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
                "sni": client.sni(service),
                "common_tls_context": {
                    "tls_params": {},
                    "tls_certificates": [{
                        "certificate_chain": {"inline_string": leaf.certificate},
                        "private_key": {"inline_string": leaf.key},
                    }],
                    "validation_context": {"trusted_ca": {"inline_string": client.roots()}},
                },
            },
        },
    });
    if protocol == Protocol::Http2 {
        let options = format!("{TYPES}.extensions.upstreams.http.v3.HttpProtocolOptions");
        cluster["typed_extension_protocol_options"] = json!({
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": options,
                "explicit_http_config": {"http2_protocol_options": {}},
            },
        });
    }
    cluster
}

/// What Consul renders for an upstream, with the ways out of it written into each answer and into a log.
fn listener(service: &str, cluster: &str, protocol: Protocol, address: SocketAddr) -> Value {
    let log = |filter: Value| {
        json!([{
            "name": "stdout",
            "filter": filter,
            "typed_config": {
                "@type": format!("{TYPES}.extensions.access_loggers.stream.v3.StdoutAccessLog"),
                "log_format": {"text_format_source": {"inline_string": format!(
                    "lost: %START_TIME% {service} from %DOWNSTREAM_REMOTE_ADDRESS% to %UPSTREAM_HOST% \
                    %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% after %DURATION% ms, \
                    %UPSTREAM_TRANSPORT_FAILURE_REASON% %CONNECTION_TERMINATION_DETAILS%\n")}},
            },
        }])
    };
    let filter = if protocol == Protocol::Tcp {
        json!({"name": "tcp_proxy", "typed_config": {
            "@type": format!("{TYPES}.extensions.filters.network.tcp_proxy.v3.TcpProxy"),
            "stat_prefix": format!("upstream.{service}"),
            "cluster": cluster,
            "access_log": log(json!({"response_flag_filter": {}})),
        }})
    } else {
        let mut manager = json!({
            "@type": format!("{TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
            "stat_prefix": format!("upstream.{service}"),
            "codec_type": "AUTO",
            "route_config": {"name": service, "virtual_hosts": [{
                "name": service,
                "domains": ["*"],
                "routes": [{"match": {"prefix": "/"}, "route": {"cluster": cluster}}],
                "response_headers_to_add": [
                    {"header": {"key": "through", "value": "%UPSTREAM_HOST%"}},
                    {"header": {"key": "flags", "value": "%RESPONSE_FLAGS%"}},
                ],
            }]},
            "http_filters": [{"name": "router", "typed_config": {
                "@type": format!("{TYPES}.extensions.filters.http.router.v3.Router"),
            }}],
            "access_log": log(json!({"status_code_filter": {"comparison": {
                "op": "GE", "value": {"default_value": 500, "runtime_key": "none"},
            }}})),
        });
        if protocol == Protocol::Http2 {
            manager["http2_protocol_options"] = json!({});
        }
        json!({"name": "http", "typed_config": manager})
    };
    json!({
        "name": format!("{service}:{address}"),
        "traffic_direction": "OUTBOUND",
        "address": socket(address),
        "filter_chains": [{"filters": [filter]}],
    })
}
