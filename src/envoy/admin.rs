//! Envoy's admin API: ready or not, draining, open connections.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;

use super::certificates::{self, Expiry};
use crate::bootstrap::LOCAL_AGENT_CLUSTER;
use crate::envoy::version::EnvoyVersion;
use crate::excerpt;
use crate::go::url;
use crate::http;
use crate::secret::Secret;
use crate::snapshot::EnvoyAnswers;
use crate::system::run_dir::SOCKET;
use crate::upstream::Counters;

/// Clusters that are counted in one question.
const MAX_COUNTED: usize = 200;

/// Limit on the answer that is its whole configuration.
const DUMP_TIME: Duration = Duration::from_secs(60);

/// How much of its memory limit its heap takes, in percent.
const PRESSURE: &str = "overload.envoy.resource_monitors.fixed_heap.pressure";

/// A client of one Envoy's admin server.
#[derive(Debug, Clone)]
pub struct Admin {
    client: Client,
    base: String,
}

/// Clients refused in the TLS handshake.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefusedHandshakes {
    /// By intentions: the certificate has no identity that may come.
    pub identity: u64,
    /// They showed no certificate.
    pub no_certificate: u64,
    /// Their certificate is not one of the mesh, or has ended.
    pub certificate: u64,
}

/// What a running Envoy is and has, as its admin server reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    /// Its release; empty if it does not say.
    pub version: String,
    /// `LIVE`, `DRAINING`, `PRE_INITIALIZING`, …
    pub state: String,
    /// The ID of the node that it is, which is the gateway's service ID.
    pub node: String,
    /// Where it listens.
    pub listeners: Vec<SocketAddr>,
    /// Its clusters.
    pub clusters: Vec<LiveCluster>,
    /// The first of its certificates of the mesh to expire; absent where it has none.
    pub expires: Option<Expiry>,
    /// The linked services whose certificate of the mesh it has; `None` where that is not known.
    pub certified: Option<BTreeSet<String>>,
    /// What it rejected, with the reason.
    pub rejected: Vec<(String, String)>,
    /// Whether Consul configures it; else termgate does.
    pub is_of_consul: bool,
    /// Whether its control plane is connected; absent where it has none.
    pub is_connected: Option<bool>,
    /// How much of its memory limit its heap takes, in percent; absent where it has no limit.
    pub heap: Option<u64>,
}

/// A cluster of a running Envoy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveCluster {
    /// Its name.
    pub name: String,
    /// Its hosts.
    pub hosts: usize,
    /// Those that get requests.
    pub healthy: usize,
    /// Connections that were tried, that failed, and that are open.
    pub tried: u64,
    /// Of these, those that failed.
    pub failed: u64,
    /// Open connections.
    pub active: u64,
    /// Whether it leads to the socket of a termgate.
    pub is_termgate: bool,
}

/// The admin server does not answer as it should.
#[derive(Debug, thiserror::Error)]
#[error("Envoy's admin server at {address}: {reason}")]
pub struct Error {
    /// Where it should be.
    pub address: String,
    /// What happened.
    pub reason: String,
}

impl Admin {
    /// A client for the admin server at `address`.
    pub fn new(mut address: SocketAddr) -> Result<Self, Error> {
        // Bound to every address, it is reached on the loopback one.
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        let base = format!("http://{address}");
        let client = http::client_builder()
            .tls_certs_only([])
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| Error { address: base.clone(), reason: error.to_string() })?;
        Ok(Self { client, base })
    }

    /// Whether Envoy is live: it has its first configuration and listens.
    pub async fn is_ready(&self) -> bool {
        self.request(Method::GET, "/ready").await.is_ok_and(|text| text.trim() == "LIVE")
    }

    /// Whether it answers at all within this time, whatever it says.
    pub async fn answers(&self, within: Duration) -> bool {
        let request = self.client.get(format!("{}/ready", self.base)).timeout(within);
        match request.send().await {
            Ok(answer) => answer.bytes().await.is_ok(),
            Err(_) => false,
        }
    }

    /// How many bytes its heap takes; free pages that it could give back are not among them.
    pub async fn heap(&self) -> Result<u64, Error> {
        Ok(heap(&self.json("/memory").await?))
    }

    /// Starts draining: connections end as their requests do, `/ready` fails, Envoy keeps running until it is ended.
    pub async fn drain(&self) -> Result<(), Error> {
        self.request(Method::POST, "/drain_listeners?graceful&skip_exit").await.map(drop)
    }

    /// Where it listens.
    pub async fn listeners(&self) -> Result<Vec<SocketAddr>, Error> {
        Ok(listeners(&self.request(Method::GET, "/listeners").await?))
    }

    /// How many connections to the gateway's listeners are open. Those to listeners of the bootstrap, such as one for
    /// metrics, do not count.
    pub async fn open_connections(&self) -> Result<u64, Error> {
        let text = self
            .request(Method::GET, "/stats?filter=^listener\\..*\\.downstream_cx_active$&format=text")
            .await?;
        // Older releases answer 404 where there are none.
        let listeners =
            self.json("/config_dump?resource=static_listeners&mask=listener.address,listener.stat_prefix");
        Ok(connections(&text, &static_stats(&listeners.await.unwrap_or_default())))
    }

    /// How many clients were refused in the TLS handshake since Envoy started.
    pub async fn refused_handshakes(&self) -> Result<RefusedHandshakes, Error> {
        let path = "/stats?filter=^listener\\..*\\.ssl\\.fail_verify_&format=text";
        Ok(refused_handshakes(&self.request(Method::GET, path).await?))
    }

    /// The addresses that Envoy has found for host names, by name.
    pub async fn resolved_names(&self) -> Result<BTreeMap<String, BTreeSet<IpAddr>>, Error> {
        Ok(resolved_names(&self.request(Method::GET, "/clusters").await?))
    }

    /// The token with which it asks Consul for its configuration; `None` where it sends none.
    pub async fn xds_token(&self) -> Result<Option<Secret>, Error> {
        let dump = self.json("/config_dump?mask=bootstrap.dynamic_resources").await?;
        Ok(xds_token(&dump))
    }

    /// What Envoy has counted of `clusters`.
    pub async fn counters(&self, clusters: &[&str]) -> Result<BTreeMap<String, Counters>, Error> {
        // In statistics `:` is `_`.
        let mut by_stat: BTreeMap<String, &str> = BTreeMap::new();
        for cluster in clusters.iter().take(MAX_COUNTED) {
            by_stat.insert(cluster.replace(':', "_"), cluster);
        }
        let names: Vec<String> = by_stat.keys().map(|name| regex_lite::escape(name)).collect();
        let filter = format!(
            "^cluster\\.({})\\.(upstream_cx_rx_bytes_total|ssl\\.connection_error)$",
            names.join("|")
        );
        let path = format!("/stats?filter={}&format=text", escaped(&filter));
        let mut counted = counters(&self.request(Method::GET, &path).await?);
        // A cluster without a line has counted nothing.
        Ok(by_stat
            .into_iter()
            .map(|(stat, cluster)| (cluster.to_owned(), counted.remove(&stat).unwrap_or_default()))
            .collect())
    }

    /// Everything that a look at it gives. Fails where its admin server does not answer.
    pub async fn live(&self) -> Result<Live, Error> {
        let stats = format!(
            "^(control_plane\\.connected_state|{}|.*\\.update_rejected)$",
            regex_lite::escape(PRESSURE)
        );
        let stats = format!("/stats?filter={}&format=text", escaped(&stats));
        let mut answers = self.look(&stats).await?;
        if has_rejected(&answers.stats) {
            answers.config_dump = self.errors().await;
        }
        Ok(Live::of(&answers))
    }

    /// Everything that a look at it gives, and its whole configuration and statistics, for support.
    pub async fn everything(&self) -> Result<EnvoyAnswers, Error> {
        let answers = self.look("/stats?usedonly&format=text").await?;
        let dump = self.within(Method::GET, "/config_dump?include_eds", Some(DUMP_TIME)).await?;
        Ok(EnvoyAnswers { config_dump: self.read("/config_dump", &dump)?, ..answers })
    }

    /// What it answers, without its configuration; `stats` is the path for its statistics.
    async fn look(&self, stats: &str) -> Result<EnvoyAnswers, Error> {
        Ok(EnvoyAnswers {
            error: String::new(),
            server_info: self.json("/server_info").await?,
            config_dump: Value::Null,
            stats: self.request(Method::GET, stats).await?,
            clusters: self.json("/clusters?format=json").await?,
            listeners: self.request(Method::GET, "/listeners").await?,
            certs: self.json("/certs").await?,
        })
    }

    /// The parts of its configuration that it rejected last and does not use, with its words. What it has corrected since is
    /// not among them.
    async fn errors(&self) -> Value {
        let mut found = Vec::new();
        for resource in ["dynamic_listeners", "dynamic_active_clusters", "dynamic_route_configs"] {
            // Older releases answer 400 or 404 where there is none.
            let path = format!("/config_dump?resource={resource}&mask=name,error_state");
            if let Ok(Value::Object(mut dump)) = self.json(&path).await
                && let Some(Value::Array(configs)) = dump.remove("configs")
            {
                found.extend(configs);
            }
        }
        serde_json::json!({ "configs": found })
    }

    pub(super) async fn json(&self, path: &str) -> Result<Value, Error> {
        let text = self.request(Method::GET, path).await?;
        self.read(path, &text)
    }

    fn read(&self, path: &str, text: &str) -> Result<Value, Error> {
        serde_json::from_str(text).map_err(|error| Error {
            address: self.base.clone(),
            reason: format!("{path} answers something that is not JSON: {error}"),
        })
    }

    pub(super) async fn request(&self, method: Method, path: &str) -> Result<String, Error> {
        self.within(method, path, None).await
    }

    /// With another limit than all requests have.
    async fn within(&self, method: Method, path: &str, limit: Option<Duration>) -> Result<String, Error> {
        let fail = |reason: String| Error { address: self.base.clone(), reason };
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match limit {
            Some(limit) => request.timeout(limit),
            None => request,
        };
        let answer = request.send().await.map_err(|error| fail(error.to_string()))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| fail(error.to_string()))?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(fail(format!("{path} answers {status}: {}", excerpt::cut(&text))))
        }
    }
}

impl Live {
    /// What these answers say.
    pub fn of(answers: &EnvoyAnswers) -> Self {
        let EnvoyAnswers { server_info, config_dump, clusters, listeners: listening, certs, stats, .. } =
            answers;
        let text = |pointer: &str| {
            server_info.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let version = text("/version").split('/').find_map(EnvoyVersion::parse);
        let value = |name: &str| {
            stats.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
        };
        let connected = value("control_plane.connected_state");
        let clusters = live_clusters(clusters);
        let certified = certificates::by_service(certs);
        Self {
            version: version.map(|version| version.to_string()).unwrap_or_default(),
            state: text("/state"),
            node: text("/node/id"),
            listeners: listeners(listening),
            expires: certified.as_ref().and_then(|all| all.values().min().cloned()),
            certified: certified.map(|all| all.into_keys().collect()),
            rejected: if has_rejected(stats) { errors(config_dump) } else { Vec::new() },
            is_of_consul: clusters
                .iter()
                .any(|cluster| cluster.name == LOCAL_AGENT_CLUSTER && !cluster.is_termgate),
            clusters,
            is_connected: connected.map(|state| state == "1"),
            heap: value(PRESSURE).and_then(|percent| percent.parse().ok()),
        }
    }
}

/// Whether an update was ever rejected.
fn has_rejected(stats: &str) -> bool {
    stats.lines().any(|line| line.contains("update_rejected") && !line.ends_with(": 0"))
}

/// The addresses in lines such as `default:127.0.0.1:8443::127.0.0.1:8443`: a name that may hold anything, and an address.
fn listeners(text: &str) -> Vec<SocketAddr> {
    let address = |line: &str| line.rsplit_once("::")?.1.trim().parse().ok();
    // An IPv6 address has two colons in it: it begins with a bracket.
    let bracketed = |line: &str| line.get(line.rfind("::[")? + 2..)?.trim().parse().ok();
    text.lines().filter_map(|line| bracketed(line).or_else(|| address(line))).collect()
}

/// `text` as a value in a URL.
pub(super) fn escaped(text: &str) -> String {
    url::value(text)
}

/// Counters by the clusters' names in lines such as `cluster.web.upstream_cx_rx_bytes_total: 5`.
fn counters(stats: &str) -> BTreeMap<String, Counters> {
    let mut found: BTreeMap<String, Counters> = BTreeMap::new();
    for (name, value) in stats.lines().filter_map(|line| line.strip_prefix("cluster.")?.rsplit_once(": ")) {
        let value = value.trim().parse().unwrap_or(0);
        if let Some(cluster) = name.strip_suffix(".upstream_cx_rx_bytes_total") {
            found.entry(cluster.to_owned()).or_default().received = value;
        } else if let Some(cluster) = name.strip_suffix(".ssl.connection_error") {
            found.entry(cluster.to_owned()).or_default().tls_errors = value;
        }
    }
    found
}

/// The names in lines such as `cluster::10.0.0.1:80::hostname::ext.example`; a host that has an address alone has none.
fn resolved_names(clusters: &str) -> BTreeMap<String, BTreeSet<IpAddr>> {
    let mut names: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
    for (host, name) in clusters.lines().filter_map(|line| line.rsplit_once("::hostname::")) {
        // An IPv6 address is in brackets; what is before the address is the cluster's name.
        let address = match host.rsplit_once('[') {
            Some((_, rest)) => rest.split_once(']').map(|(address, _)| address),
            None => {
                host.rsplit_once("::").and_then(|(_, host)| host.rsplit_once(':')).map(|(address, _)| address)
            }
        };
        if let Some(ip) = address.and_then(|address| address.parse().ok())
            && !name.is_empty()
        {
            names.entry(name.to_owned()).or_default().insert(ip);
        }
    }
    names
}

/// The clusters in the answer of `/clusters?format=json`.
fn live_clusters(answer: &Value) -> Vec<LiveCluster> {
    let list =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let cluster = |status: &Value| {
        let mut cluster = LiveCluster {
            name: status.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            ..LiveCluster::default()
        };
        for host in list(status, "host_statuses") {
            cluster.hosts += 1;
            let socket = host.pointer("/address/pipe/path").and_then(Value::as_str);
            cluster.is_termgate |= socket.is_some_and(|path| Path::new(path).ends_with(SOCKET));
            let health = host.get("health_status").and_then(Value::as_object).cloned().unwrap_or_default();
            let is_healthy = health.iter().all(|(key, value)| match key.as_str() {
                "eds_health_status" => {
                    matches!(value.as_str(), Some("HEALTHY" | "UNKNOWN" | "DEGRADED"))
                }
                key => !key.starts_with("failed_") || value != &Value::Bool(true),
            });
            cluster.healthy += usize::from(is_healthy);
            for stat in list(&host, "stats") {
                // Envoy writes 64-bit numbers as texts.
                let value = stat.get("value").and_then(|value| match value {
                    Value::String(text) => text.parse().ok(),
                    value => value.as_u64(),
                });
                let place = match stat.get("name").and_then(Value::as_str) {
                    Some("cx_total") => &mut cluster.tried,
                    Some("cx_connect_fail") => &mut cluster.failed,
                    Some("cx_active") => &mut cluster.active,
                    _ => continue,
                };
                *place += value.unwrap_or(0);
            }
        }
        cluster
    };
    list(answer, "cluster_statuses").iter().map(cluster).collect()
}

/// The resources of a dump that have an error, with its words. A whole dump has them in lists by kind.
fn errors(dump: &Value) -> Vec<(String, String)> {
    const LISTS: [&str; 3] = ["dynamic_listeners", "dynamic_active_clusters", "dynamic_route_configs"];
    let error = |config: &Value| {
        let details = config.pointer("/error_state/details")?.as_str()?.to_owned();
        let name = ["/name", "/cluster/name", "/route_config/name", "/error_state/failed_configuration/name"]
            .into_iter()
            .find_map(|pointer| config.pointer(pointer)?.as_str());
        Some((name.unwrap_or_default().to_owned(), details))
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let configs = dump.get("configs").map(list).unwrap_or_default();
    let nested = configs.iter().flat_map(|config| LISTS.iter().filter_map(|name| config.get(name)));
    let nested: Vec<Value> = nested.flat_map(list).collect();
    configs.iter().chain(&nested).filter_map(error).collect()
}

/// Sum of `listener.<name>.downstream_cx_active`, without the admin listener, per-worker counts and those of `others`.
fn connections(stats: &str, others: &BTreeSet<String>) -> u64 {
    stats
        .lines()
        .filter_map(|line| line.strip_prefix("listener.")?.split_once(".downstream_cx_active: "))
        .filter(|(name, _)| *name != "admin" && !name.contains(".worker_") && !name.ends_with(".main_thread"))
        .filter(|(name, _)| !others.contains(*name))
        .filter_map(|(_, count)| count.trim().parse::<u64>().ok())
        .sum()
}

/// What statistics call the listeners in a dump of the bootstrap's: by their address, in which `:` is `_`.
fn static_stats(dump: &Value) -> BTreeSet<String> {
    let configs = dump.get("configs").and_then(Value::as_array).into_iter().flatten();
    let name = |config: &Value| {
        let listener = config.get("listener")?;
        if let Some(prefix) = listener.get("stat_prefix").and_then(Value::as_str) {
            return Some(prefix.replace(':', "_"));
        }
        let address = listener.pointer("/address/socket_address")?;
        let ip = address.get("address")?.as_str()?.parse().ok()?;
        let port = u16::try_from(address.get("port_value")?.as_u64()?).ok()?;
        Some(SocketAddr::new(ip, port).to_string().replace(':', "_"))
    };
    configs.filter_map(name).collect()
}

/// What the monitor of its overload manager counts, in the answer of `/memory`: numbers as texts.
fn heap(answer: &Value) -> u64 {
    let bytes = |key: &str| {
        answer.get(key).and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0)
    };
    bytes("heap_size").saturating_sub(bytes("pageheap_unmapped")).saturating_sub(bytes("pageheap_free"))
}

/// Sums of `listener.<address>.ssl.fail_verify_…`.
fn refused_handshakes(stats: &str) -> RefusedHandshakes {
    let mut refused = RefusedHandshakes::default();
    for (name, value) in stats.lines().filter_map(|line| line.rsplit_once(": ")) {
        let value = value.trim().parse().unwrap_or(0);
        match name.rsplit_once(".ssl.").map(|(_, name)| name) {
            Some("fail_verify_san") => refused.identity += value,
            Some("fail_verify_no_cert") => refused.no_certificate += value,
            Some("fail_verify_error") => refused.certificate += value,
            _ => {}
        }
    }
    refused
}

/// The token in a dump: the header of the aggregated discovery. Consul treats an empty token as none.
pub fn xds_token(dump: &Value) -> Option<Secret> {
    let ads = dump.get("configs")?.as_array()?.iter().find_map(|config| {
        config.pointer("/bootstrap/dynamic_resources/ads_config/grpc_services")?.as_array()
    })?;
    let headers = ads.iter().filter_map(|service| service.get("initial_metadata")?.as_array()).flatten();
    let mut tokens = headers
        .filter(|header| header.get("key").and_then(Value::as_str) == Some("x-consul-token"))
        .filter_map(|header| header.get("value")?.as_str());
    tokens.find(|token| !token.is_empty()).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use serde_json::json;

    use super::{
        Counters, RefusedHandshakes, connections, counters, errors, escaped, heap, listeners, live_clusters,
        refused_handshakes, resolved_names, static_stats, xds_token,
    };
    use crate::secret::Secret;

    #[test]
    fn clusters_certificates_and_errors_are_read() {
        let host = |health: &str, failed: u64| {
            json!({
                "health_status": {"eds_health_status": health},
                "stats": [{"name": "cx_connect_fail", "value": failed.to_string()}, {"name": "cx_total", "value": 3}],
            })
        };
        let answer = json!({"cluster_statuses": [
            {"name": "web", "host_statuses": [host("HEALTHY", 1), host("UNHEALTHY", 2)]}, {"name": "none"},
        ]});
        let found = live_clusters(&answer);
        assert_eq!((found[0].hosts, found[0].healthy, found[0].failed, found[0].tried), (2, 1, 3, 6));
        assert_eq!((found[1].hosts, found[1].healthy), (0, 0));
        let dump = json!({"configs": [{"name": "l"}, {"name": "m", "error_state": {"details": "no"}}]});
        assert_eq!(errors(&dump), [("m".to_owned(), "no".to_owned())]);
        let whole = json!({"configs": [{"@type": "x", "dynamic_listeners": dump["configs"]}]});
        assert_eq!(errors(&whole), errors(&dump));
    }

    #[test]
    fn refused_handshakes_are_summed_by_reason() {
        let stats = "listener.127.0.0.1_8443.ssl.fail_verify_san: 3\n\
                     listener.127.0.0.1_8444.ssl.fail_verify_san: 4\n\
                     listener.127.0.0.1_8443.ssl.fail_verify_no_cert: 1\n\
                     listener.127.0.0.1_8443.ssl.fail_verify_error: 2\n\
                     listener.127.0.0.1_8443.ssl.fail_verify_cert_hash: 9\n";
        let refused = RefusedHandshakes { identity: 7, no_certificate: 1, certificate: 2 };
        assert_eq!(refused_handshakes(stats), refused);
    }

    #[test]
    fn host_names_stand_beside_the_addresses_that_were_found() {
        let clusters = "a::observability_name::a\n\
                        a::10.0.0.1:80::hostname::ext.example\n\
                        a::10.0.0.2:80::hostname::ext.example\n\
                        a::[fd00:ec2::254]:80::hostname::six.example\n\
                        b::10.0.0.3:80::hostname::\n\
                        b::10.0.0.3:80::cx_active::0\n";
        let names = resolved_names(clusters);
        let found: Vec<(&str, Vec<String>)> = names
            .iter()
            .map(|(name, ips)| (name.as_str(), ips.iter().map(ToString::to_string).collect()))
            .collect();
        let expected = [
            ("ext.example", vec!["10.0.0.1".to_owned(), "10.0.0.2".to_owned()]),
            ("six.example", vec!["fd00:ec2::254".to_owned()]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_address_of_a_listener_is_the_end_of_its_line() {
        let text = "default:10.0.0.1:8443::10.0.0.1:8443\nwan:[::1]:8444::[::1]:8444\nempty::\n";
        let expected = ["10.0.0.1:8443", "[::1]:8444"].map(|address| address.parse::<SocketAddr>().unwrap());
        assert_eq!(listeners(text), expected);
    }

    #[test]
    fn counters_are_found_by_cluster() {
        let stats = "cluster.web.default.dc1.internal.td.consul.upstream_cx_rx_bytes_total: 7\n\
                     cluster.web.default.dc1.internal.td.consul.ssl.connection_error: 2\n";
        let found = counters(stats);
        let expected = Counters { received: 7, tls_errors: 2 };
        assert_eq!(found.get("web.default.dc1.internal.td.consul"), Some(&expected));
        assert_eq!(escaped(&regex_lite::escape("a.b")), "a%5C.b");
    }

    #[test]
    fn connections_are_counted_once_and_without_listeners_that_are_not_the_gateways() {
        let stats = "listener.127.0.0.1_8443.downstream_cx_active: 3\n\
                     listener.127.0.0.1_8443.worker_0.downstream_cx_active: 3\n\
                     listener.[__1]_8444.downstream_cx_active: 2\n\
                     listener.[__1]_9102.downstream_cx_active: 7\n\
                     listener.metrics.downstream_cx_active: 9\n\
                     listener.admin.main_thread.downstream_cx_active: 1\n\
                     listener.admin.downstream_cx_active: 1\n";
        let address = json!({ "socket_address": { "address": "::1", "port_value": 9102 } });
        let dump = json!({ "configs": [
            { "listener": { "address": address } },
            { "listener": { "address": address, "stat_prefix": "metrics" } },
        ] });
        assert_eq!(connections(stats, &static_stats(&dump)), 5);
        assert_eq!(connections(stats, &static_stats(&json!({}))), 21);
    }

    #[test]
    fn free_pages_are_not_among_the_heap() {
        let answer = json!({
            "allocated": "6054160", "heap_size": "10485760", "pageheap_unmapped": "1073152",
            "pageheap_free": "2727936", "total_physical_bytes": "12487486",
        });
        assert_eq!(heap(&answer), 6_684_672);
        assert_eq!(heap(&json!([])), 0);
    }

    #[test]
    fn the_token_of_the_control_plane_is_found_in_the_bootstrap() {
        let dump = |headers: serde_json::Value| {
            let ads = json!({ "grpc_services": [{ "initial_metadata": headers }] });
            json!({ "configs": [
                { "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump" },
                { "bootstrap": { "dynamic_resources": { "ads_config": ads } } },
            ] })
        };
        let token = |value: &str| dump(json!([{ "key": "x-consul-token", "value": value }]));
        assert_eq!(xds_token(&token("secret")), Some(Secret::new("secret")));
        assert_eq!(xds_token(&token("")), None);
        assert_eq!(xds_token(&dump(json!([{ "key": "other", "value": "secret" }]))), None);
        assert_eq!(xds_token(&json!({ "configs": [] })), None);
    }
}
