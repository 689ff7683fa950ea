//! What Envoy has counted, in one answer of its admin server: cheap enough to ask for again and again.

use std::collections::BTreeMap;

use reqwest::Method;

use super::admin::{Admin, Error, RefusedHandshakes, escaped};
use super::certificates::{self, Expiry};

/// What is asked for of each cluster. What it has never counted is left out by Envoy.
const OF_CLUSTERS: &str = "upstream_cx_active|upstream_cx_connect_fail|upstream_cx_connect_timeout|\
    upstream_cx_none_healthy|upstream_cx_overflow|upstream_rq_pending_overflow|upstream_rq_total|\
    upstream_rq_timeout|upstream_rq_rx_reset|upstream_rq_5xx|ssl\\.connection_error|ssl\\.fail_verify_error|\
    ssl\\.fail_verify_san|membership_total|membership_healthy|update_time";

/// What is asked for of Envoy itself.
const OF_ENVOY: &str = "cluster_manager\\.cds\\.(update_time|update_rejected|update_success)|\
    listener_manager\\.lds\\.(update_time|update_rejected|update_success)|server\\.(state|uptime)|\
    listener\\..+\\.downstream_cx_active|listener\\..+\\.ssl\\.fail_verify_(san|no_cert|error)|\
    connect_authz\\.rbac\\.denied|http\\..+\\.rbac\\.denied";

/// What Envoy has counted since it started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// By the names of the clusters, as statistics have them: with `_` for `:`.
    pub clusters: BTreeMap<String, Counts>,
    /// Requests that intentions denied, by the prefix of the service's statistics.
    pub denied_requests: BTreeMap<String, u64>,
    /// Connections that intentions denied behind the TLS handshake.
    pub denied_connections: u64,
    /// Clients that were refused in the TLS handshake.
    pub handshakes: RefusedHandshakes,
    /// Open connections from the mesh.
    pub connections: u64,
    /// Seconds since it started.
    pub uptime: u64,
    /// Whether it takes connections, is draining or still starts; absent if it does not say.
    pub state: Option<u64>,
    /// How often its listeners and clusters were updated, refused updates included.
    pub updates: u64,
    /// How many of these it refused.
    pub rejected: u64,
    /// When it took its last update, in milliseconds since 1970.
    pub updated: Option<i64>,
}

/// What Envoy has counted of one cluster since it started; what is open is open now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open connections.
    pub active: u64,
    /// Requests; of a service without requests, connections.
    pub requests: u64,
    /// Connections that could not be made, those below included.
    pub connect_failed: u64,
    /// Connections that took too long to make.
    pub connect_timeout: u64,
    /// TLS handshakes that failed, but for what the certificate is.
    pub tls: u64,
    /// Certificates that were not accepted.
    pub certificate: u64,
    /// Requests without a healthy host.
    pub no_healthy: u64,
    /// Requests and connections beyond a limit.
    pub overflow: u64,
    /// Requests that took too long.
    pub request_timeout: u64,
    /// Requests that the server reset.
    pub reset: u64,
    /// Answers with a status of 500 and above, those of Envoy included.
    pub server_error: u64,
    /// Hosts.
    pub hosts: u64,
    /// Those that get requests.
    pub healthy: u64,
    /// When its endpoints were updated last, in milliseconds since 1970.
    pub updated: Option<i64>,
}

impl Admin {
    /// Everything that is counted.
    pub async fn traffic(&self) -> Result<Traffic, Error> {
        let filter = format!("^(cluster\\..+\\.({OF_CLUSTERS})|{OF_ENVOY})$");
        let path = format!("/stats?usedonly&format=text&filter={}", escaped(&filter));
        Ok(traffic(&self.request(Method::GET, &path).await?))
    }

    /// See [`certificates::by_service`].
    pub async fn certificates(&self) -> Result<BTreeMap<String, Expiry>, Error> {
        let text = self.request(Method::GET, "/certs").await?;
        // What cannot be read is not there.
        let answer = serde_json::from_str(&text).unwrap_or_default();
        Ok(certificates::by_service(&answer).unwrap_or_default())
    }
}

/// What is counted in the answer of `/stats`.
pub fn traffic(stats: &str) -> Traffic {
    let mut found = Traffic::default();
    for (name, value) in stats.lines().filter_map(|line| line.rsplit_once(": ")) {
        let Ok(value) = value.trim().parse::<u64>() else { continue };
        if let Some(name) = name.strip_prefix("cluster.") {
            of_cluster(&mut found.clusters, name, value);
        } else {
            of_envoy(&mut found, name, value);
        }
    }
    found
}

fn of_cluster(clusters: &mut BTreeMap<String, Counts>, name: &str, value: u64) {
    let Some((cluster, stat)) = name.rsplit_once('.') else { return };
    let (cluster, is_tls) = match cluster.strip_suffix(".ssl") {
        Some(cluster) => (cluster, true),
        None => (cluster, false),
    };
    if !clusters.contains_key(cluster) {
        clusters.insert(cluster.to_owned(), Counts::default());
    }
    let Some(counts) = clusters.get_mut(cluster) else { return };
    match (is_tls, stat) {
        (true, "connection_error") => counts.tls += value,
        (true, "fail_verify_error" | "fail_verify_san") => counts.certificate += value,
        (false, "upstream_cx_active") => counts.active = value,
        (false, "upstream_rq_total") => counts.requests = value,
        (false, "upstream_cx_connect_fail") => counts.connect_failed = value,
        (false, "upstream_cx_connect_timeout") => counts.connect_timeout = value,
        (false, "upstream_cx_none_healthy") => counts.no_healthy = value,
        (false, "upstream_cx_overflow" | "upstream_rq_pending_overflow") => counts.overflow += value,
        (false, "upstream_rq_timeout") => counts.request_timeout = value,
        (false, "upstream_rq_rx_reset") => counts.reset = value,
        (false, "upstream_rq_5xx") => counts.server_error = value,
        (false, "membership_total") => counts.hosts = value,
        (false, "membership_healthy") => counts.healthy = value,
        (false, "update_time") => counts.updated = moment(value),
        _ => {}
    }
}

fn of_envoy(found: &mut Traffic, name: &str, value: u64) {
    match name {
        "server.state" => found.state = Some(value),
        "server.uptime" => found.uptime = value,
        "connect_authz.rbac.denied" => found.denied_connections = value,
        "cluster_manager.cds.update_time" | "listener_manager.lds.update_time" => {
            found.updated = found.updated.max(moment(value));
        }
        "cluster_manager.cds.update_success" | "listener_manager.lds.update_success" => {
            found.updates += value;
        }
        "cluster_manager.cds.update_rejected" | "listener_manager.lds.update_rejected" => {
            found.updates += value;
            found.rejected += value;
        }
        _ if name.starts_with("listener.admin.") || name.contains(".worker_") => {}
        _ if name.starts_with("listener.") => {
            let counts = &mut found.handshakes;
            match name.rsplit_once('.').map(|(_, stat)| stat) {
                Some("downstream_cx_active") => found.connections += value,
                Some("fail_verify_san") => counts.identity += value,
                Some("fail_verify_no_cert") => counts.no_certificate += value,
                Some("fail_verify_error") => counts.certificate += value,
                _ => {}
            }
        }
        _ => {
            let prefix = name.strip_prefix("http.").and_then(|name| name.strip_suffix(".rbac.denied"));
            if let Some(prefix) = prefix {
                found.denied_requests.insert(prefix.to_owned(), value);
            }
        }
    }
}

/// A time of Envoy's; it has none before the first.
fn moment(milliseconds: u64) -> Option<i64> {
    i64::try_from(milliseconds).ok().filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_found_by_cluster() {
        let stats = "cluster.web.default.dc1.internal.td.consul.upstream_cx_active: 2\n\
                     cluster.web.default.dc1.internal.td.consul.upstream_cx_connect_fail: 7\n\
                     cluster.web.default.dc1.internal.td.consul.ssl.connection_error: 1\n\
                     cluster.web.default.dc1.internal.td.consul.ssl.fail_verify_error: 2\n\
                     cluster.web.default.dc1.internal.td.consul.ssl.fail_verify_san: 3\n\
                     cluster.web.default.dc1.internal.td.consul.update_time: 1700000000123\n\
                     cluster.ssl.upstream_rq_total: 4\n\
                     cluster_manager.cds.update_time: 1700000000200\n\
                     cluster_manager.cds.update_rejected: 1\n\
                     listener_manager.lds.update_success: 4\n\
                     listener.127.0.0.1_8443.downstream_cx_active: 3\n\
                     listener.127.0.0.1_8443.worker_0.downstream_cx_active: 3\n\
                     listener.127.0.0.1_8443.ssl.fail_verify_san: 5\n\
                     listener.admin.downstream_cx_active: 1\n\
                     http.upstream.web.default.default.dc1.rbac.denied: 6\n\
                     connect_authz.rbac.denied: 8\n\
                     server.state: 0\nserver.uptime: 60\nserver.version: none\n";
        let found = traffic(stats);
        let web = Counts {
            active: 2,
            connect_failed: 7,
            tls: 1,
            certificate: 5,
            updated: Some(1_700_000_000_123),
            ..Counts::default()
        };
        assert_eq!(found.clusters["web.default.dc1.internal.td.consul"], web);
        assert_eq!(found.clusters["ssl"].requests, 4);
        assert_eq!((found.connections, found.uptime, found.state), (3, 60, Some(0)));
        assert_eq!((found.updates, found.rejected, found.updated), (5, 1, Some(1_700_000_000_200)));
        assert_eq!(found.denied_requests["upstream.web.default.default.dc1"], 6);
        assert_eq!((found.denied_connections, found.handshakes.identity), (8, 5));
    }
}
