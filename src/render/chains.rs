//! Filter chains: one per name, and a last one for all other names.

use std::sync::Arc;

use super::buffers::Buffers;
use super::names::Names;
use super::paths::PathHandling;
use super::tls;
use crate::envoy_api::{
    AccessLog, CommonHttpProtocolOptions, ConfigSource, Duration, Filter, FilterChain, FilterChainMatch,
    FilterConfig, ForwardClientCertDetails, GrpcStats, HttpConnectionManager, HttpFilter, HttpFilterConfig,
    NetworkRbac, Rbac, Rds, Rules, SanMatcher, SetCurrentClientCertDetails, TcpProxy, TlsParameters, Tracing,
    Underscores, UpgradeConfig, UpstreamConnect, UpstreamConnectMode,
};
use crate::snapshot::Protocol;

/// What the chains of one service have in common.
#[derive(Debug)]
pub struct ChainSettings<'a> {
    /// The service's protocol.
    pub protocol: Protocol,
    /// Prefix of its statistics.
    pub stat_prefix: String,
    /// Intentions.
    pub rules: Arc<Rules>,
    /// What the client's certificate must have one of, where the handshake decides on intentions already.
    pub identities: Vec<SanMatcher>,
    /// Whether Envoy can connect to the external service only once it knows the client.
    pub waits_for_handshake: bool,
    /// The service's own SNI, which names its leaf.
    pub service_sni: &'a str,
    /// TLS versions and ciphers for mesh clients.
    pub tls_params: &'a TlsParameters,
    /// One line a connection or request.
    pub access_log: &'a [AccessLog],
    /// The log of requests that failed, for termgate itself.
    pub failure_log: Option<AccessLog>,
    /// Tracing of requests.
    pub tracing: &'a Tracing,
    /// Where routes and secrets come from.
    pub source: ConfigSource,
    /// Whether the external service learns nothing of the client's certificate.
    pub sanitize_client_cert: bool,
    /// Filters between intentions and router.
    pub extra_filters: Vec<HttpFilter>,
    /// Whether any port is taken off the host before routing.
    pub strip_any_host_port: bool,
    /// Limit on the headers of a request, in KiB.
    pub max_request_headers_kb: Option<u32>,
    /// What becomes of the path of a request.
    pub paths: PathHandling,
    /// What becomes of headers with `_` in their name.
    pub underscores: Option<Underscores>,
    /// What is held for a slow peer.
    pub buffers: Buffers,
    /// Limit on the time that a tcp connection may carry nothing.
    pub idle_timeout: Option<Duration>,
}

impl ChainSettings<'_> {
    /// The chain for clients that ask for `name`, to the cluster of the same name.
    pub fn chain(&self, name: &str) -> FilterChain {
        let filters = if self.protocol.has_requests() {
            vec![self.requests(name)]
        } else {
            self.connections(name).into()
        };
        FilterChain {
            filter_chain_match: Some(FilterChainMatch { server_names: vec![name.to_owned()] }),
            filters,
            transport_socket: Some(tls::downstream(
                self.service_sni,
                self.tls_params,
                &self.identities,
                &self.source,
            )),
        }
    }

    fn connections(&self, name: &str) -> [Filter; 2] {
        let rbac = NetworkRbac { rules: Arc::clone(&self.rules), stat_prefix: "connect_authz" };
        let rbac = Filter { name: "envoy.filters.network.rbac", typed_config: FilterConfig::Rbac(rbac) };
        let upstream_connect = self.waits_for_handshake.then_some(UpstreamConnect {
            upstream_connect_mode: UpstreamConnectMode::OnDownstreamTlsHandshake,
            max_early_data_bytes: 0,
        });
        let mut proxy = tcp_proxy(self.stat_prefix.clone(), name, self.access_log);
        (proxy.idle_timeout, proxy.upstream_connect) = (self.idle_timeout, upstream_connect);
        [rbac, tcp_filter(proxy)]
    }

    fn requests(&self, name: &str) -> Filter {
        let mut http_filters = Vec::with_capacity(4);
        if self.protocol == Protocol::Grpc {
            http_filters.push(HttpFilter {
                name: "envoy.filters.http.grpc_stats",
                typed_config: HttpFilterConfig::GrpcStats(GrpcStats { stats_for_all_methods: true }),
            });
            http_filters.push(HttpFilter {
                name: "envoy.filters.http.grpc_http1_bridge",
                typed_config: HttpFilterConfig::GrpcHttp1Bridge {},
            });
        }
        http_filters.push(HttpFilter {
            name: "envoy.filters.http.rbac",
            typed_config: HttpFilterConfig::Rbac(Rbac { rules: Arc::clone(&self.rules) }),
        });
        http_filters.extend(self.extra_filters.iter().cloned());
        http_filters.push(HttpFilter {
            name: "envoy.filters.http.router",
            typed_config: HttpFilterConfig::Router {},
        });
        let all_details =
            SetCurrentClientCertDetails { subject: true, cert: true, chain: true, dns: true, uri: true };
        let forward = !self.sanitize_client_cert;
        let manager = HttpConnectionManager {
            stat_prefix: self.stat_prefix.clone(),
            rds: Some(Rds { config_source: self.source.clone(), route_config_name: name.to_owned() }),
            route_config: None,
            http_filters,
            tracing: self.tracing.clone(),
            // Whatever the protocol is, a client may speak HTTP/2.
            http2_protocol_options: self
                .buffers
                .http2()
                .or_else(|| self.protocol.is_http2().then(Default::default)),
            forward_client_cert_details: forward.then_some(ForwardClientCertDetails::AppendForward),
            set_current_client_cert_details: forward.then_some(all_details),
            upgrade_configs: vec![UpgradeConfig { upgrade_type: "websocket" }],
            access_log: self.access_log.iter().chain(&self.failure_log).cloned().collect(),
            strip_any_host_port: self.strip_any_host_port,
            max_request_headers_kb: self.max_request_headers_kb,
            normalize_path: self.paths.normalize,
            merge_slashes: self.paths.merge_slashes,
            path_with_escaped_slashes_action: self.paths.escaped_slashes,
            common_http_protocol_options: self
                .underscores
                .map(|action| CommonHttpProtocolOptions { headers_with_underscores_action: action }),
        };
        Filter {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: FilterConfig::HttpConnectionManager(Box::new(manager)),
        }
    }
}

/// The last chain: refuses names that no service has.
///
/// Consul passes such connections to a cluster named like the SNI, if there is one. That hands raw bytes to
/// external services without a chain of their own, past mTLS and intentions, and lets anybody reach the
/// bootstrap's own clusters by name. This one goes nowhere, so the connection is reset.
pub fn refusing_chain(bind_name: &str, access_log: &[AccessLog]) -> FilterChain {
    let stat_prefix = Names::refusing_stat_prefix(bind_name);
    FilterChain {
        filter_chain_match: None,
        filters: vec![tcp_filter(tcp_proxy(stat_prefix, "", access_log))],
        transport_socket: None,
    }
}

fn tcp_proxy(stat_prefix: String, cluster: &str, access_log: &[AccessLog]) -> TcpProxy {
    let (cluster, access_log) = (cluster.to_owned(), access_log.to_vec());
    TcpProxy { stat_prefix, cluster, idle_timeout: None, access_log, upstream_connect: None }
}

fn tcp_filter(proxy: TcpProxy) -> Filter {
    Filter { name: "envoy.filters.network.tcp_proxy", typed_config: FilterConfig::TcpProxy(proxy) }
}
