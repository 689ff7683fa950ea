//! Envoy's admin API: ready or not, draining, open connections.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, Method};

use crate::excerpt;
use crate::go::url;
use crate::http;
use crate::upstream::Counters;

/// Clusters that are counted in one question.
const MAX_COUNTED: usize = 200;

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

    /// Starts draining: connections end as their requests do, `/ready` fails, Envoy keeps running until it is ended.
    pub async fn drain(&self) -> Result<(), Error> {
        self.request(Method::POST, "/drain_listeners?graceful&skip_exit").await.map(drop)
    }

    /// Where it listens.
    pub async fn listeners(&self) -> Result<Vec<SocketAddr>, Error> {
        Ok(listeners(&self.request(Method::GET, "/listeners").await?))
    }

    /// How many connections from the mesh are open.
    pub async fn open_connections(&self) -> Result<u64, Error> {
        let text = self
            .request(Method::GET, "/stats?filter=^listener\\..*\\.downstream_cx_active$&format=text")
            .await?;
        Ok(connections(&text))
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

    async fn request(&self, method: Method, path: &str) -> Result<String, Error> {
        let fail = |reason: String| Error { address: self.base.clone(), reason };
        let answer = self
            .client
            .request(method, format!("{}{path}", self.base))
            .send()
            .await
            .map_err(|error| fail(error.to_string()))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| fail(error.to_string()))?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(fail(format!("{path} answers {status}: {}", excerpt::cut(&text))))
        }
    }
}

/// The addresses in lines such as `default:127.0.0.1:8443::127.0.0.1:8443`: a name that may hold anything, and an address.
fn listeners(text: &str) -> Vec<SocketAddr> {
    let address = |line: &str| line.rsplit_once("::")?.1.trim().parse().ok();
    // An IPv6 address has two colons in it: it begins with a bracket.
    let bracketed = |line: &str| line.get(line.rfind("::[")? + 2..)?.trim().parse().ok();
    text.lines().filter_map(|line| bracketed(line).or_else(|| address(line))).collect()
}

/// `text` as a value in a URL.
fn escaped(text: &str) -> String {
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

/// Sum of `listener.<address>.downstream_cx_active`, without the admin listener and per-worker counts.
fn connections(stats: &str) -> u64 {
    stats
        .lines()
        .filter(|line| !line.starts_with("listener.admin.") && !line.contains(".worker_"))
        .filter_map(|line| line.rsplit_once(": ")?.1.trim().parse::<u64>().ok())
        .sum()
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{
        Counters, RefusedHandshakes, connections, counters, escaped, listeners, refused_handshakes,
        resolved_names,
    };

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
    fn connections_are_counted_once_and_without_the_admin_server() {
        let stats = "listener.127.0.0.1_8443.downstream_cx_active: 3\n\
                     listener.127.0.0.1_8443.worker_0.downstream_cx_active: 3\n\
                     listener.admin.downstream_cx_active: 1\n";
        assert_eq!(connections(stats), 3);
    }
}
