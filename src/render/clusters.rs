//! Clusters: the targets of filter chains.

use std::net::IpAddr;

use super::buffers::Buffers;
use super::gateway_config::GatewayConfig;
use super::{Linked, tls};
use crate::envoy_api::{
    Address, Cluster, ClusterType, DnsLookupFamily, Duration, EdsClusterConfig, Empty, Endpoint,
    ExplicitHttpConfig, HttpProtocolOptions, LbEndpoint, TlsParameters, UpstreamProtocolOptions,
};
use crate::snapshot::Protocol;
use crate::tls_files::FileStates;

use super::endpoints::load_assignment;

/// How often names are resolved again.
const DNS_REFRESH_RATE: Duration = Duration::from_secs(10);

/// What the clusters of one service have in common.
#[derive(Debug)]
pub struct ClusterSettings<'a> {
    /// The gateway's settings.
    pub config: &'a GatewayConfig,
    /// The service's protocol.
    pub protocol: Protocol,
    /// Limit on setting up a connection.
    pub connect_timeout: std::time::Duration,
    /// How the external service is reached.
    pub linked: Linked<'a>,
    /// TLS versions, groups and signatures.
    pub tls_params: &'a TlsParameters,
    /// The TLS files as this host has them.
    pub files: &'a FileStates,
    /// What is held for a slow peer.
    pub buffers: Buffers,
    /// Which of a host name's addresses are used.
    pub dns_lookup_family: DnsLookupFamily,
}

impl ClusterSettings<'_> {
    /// A cluster whose endpoints are a resource of their own.
    pub fn by_address(&self, name: &str) -> Cluster {
        Cluster {
            r#type: ClusterType::Eds,
            eds_cluster_config: Some(EdsClusterConfig { eds_config: self.config.ads() }),
            ..self.common(name)
        }
    }

    /// A cluster of host names.
    pub fn by_hostname(&self, name: &str, hostnames: Vec<LbEndpoint>) -> Cluster {
        Cluster {
            r#type: if self.config.strict_dns { ClusterType::StrictDns } else { ClusterType::LogicalDns },
            dns_refresh_rate: Some(DNS_REFRESH_RATE),
            dns_lookup_family: Some(self.dns_lookup_family),
            load_assignment: Some(load_assignment(name, hostnames)),
            ..self.common(name)
        }
    }

    /// A cluster for one address of a service-defaults `Destination`.
    ///
    /// Consul: the gateway's settings for DNS and TCP keepalive are for instances alone.
    pub fn of_destination(&self, name: &str, address: &str, port: u16) -> Cluster {
        let endpoint = LbEndpoint {
            endpoint: Endpoint { address: Address::tcp(address, port) },
            health_status: None,
            load_balancing_weight: None,
        };
        let endpoints = vec![endpoint];
        let cluster = if address.parse::<IpAddr>().is_ok() {
            let load_assignment = Some(load_assignment(name, endpoints));
            Cluster { r#type: ClusterType::Static, load_assignment, ..self.common(name) }
        } else {
            Cluster { r#type: ClusterType::LogicalDns, ..self.by_hostname(name, endpoints) }
        };
        Cluster { upstream_connection_options: None, ..cluster }
    }

    fn common(&self, name: &str) -> Cluster {
        let http2 = HttpProtocolOptions::Http {
            explicit_http_config: ExplicitHttpConfig {
                http2_protocol_options: self.buffers.http2().unwrap_or_default(),
            },
        };
        Cluster {
            name: name.to_owned(),
            connect_timeout: Some(Duration(self.connect_timeout)),
            per_connection_buffer_limit_bytes: self.buffers.limit,
            per_connection_buffer_high_watermark_timeout: self.buffers.patience,
            outlier_detection: Some(Empty {}),
            upstream_connection_options: self.config.connection_options,
            transport_socket: tls::upstream(&self.linked, self.tls_params, self.files, &self.config.ads()),
            typed_extension_protocol_options: self
                .protocol
                .is_http2()
                .then_some(UpstreamProtocolOptions { http: http2 }),
            ..Cluster::default()
        }
    }
}
