//! The access log service: Envoy sends what fails towards external services, over the socket of its configuration.
//!
//! A flood costs little and holds up nothing: no more than [`PACE`] messages a second are read of a stream, repeated
//! failures in one count once, and what is not read is dropped. Envoy drops what it cannot send.

use std::net::SocketAddr;
use std::time::Duration;

use envoy_types::pb::envoy::config::core::v3::{Address, address, socket_address};
use envoy_types::pb::envoy::data::accesslog::v3::AccessLogCommon;
use envoy_types::pb::envoy::service::accesslog::v3::access_log_service_server::AccessLogService;
use envoy_types::pb::envoy::service::accesslog::v3::stream_access_logs_message::LogEntries;
use envoy_types::pb::envoy::service::accesslog::v3::{StreamAccessLogsMessage, StreamAccessLogsResponse};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tonic::{Request, Response, Status, Streaming};

use crate::upstream::{Failure, Flags};

/// Pause after a message. Envoy's is half a second, unless it has much to tell.
const PACE: Duration = Duration::from_millis(100);

/// Failures that may wait to be looked at.
pub const WAITING: usize = 256;

/// Takes the log in.
pub(super) struct AccessLogs {
    /// Where failures go.
    pub(super) failures: mpsc::Sender<Failure>,
}

#[tonic::async_trait]
impl AccessLogService for AccessLogs {
    async fn stream_access_logs(
        &self,
        request: Request<Streaming<StreamAccessLogsMessage>>,
    ) -> Result<Response<StreamAccessLogsResponse>, Status> {
        let mut messages = request.into_inner();
        while let Some(message) = messages.message().await? {
            for failure in failures(message.log_entries) {
                // Full: there is enough to do. Gone: termgate is stopping.
                let _ = self.failures.try_send(failure);
            }
            sleep(PACE).await;
        }
        Ok(Response::new(StreamAccessLogsResponse {}))
    }
}

/// The failures in a message, the same once.
fn failures(entries: Option<LogEntries>) -> Vec<Failure> {
    let mut found: Vec<Failure> = Vec::new();
    let mut add = |failure: Failure| {
        let is_same = |other: &Failure| {
            (&other.cluster, other.host, other.flags, &other.reason, other.status)
                == (&failure.cluster, failure.host, failure.flags, &failure.reason, failure.status)
        };
        match found.iter_mut().find(|other| is_same(other)) {
            Some(other) => other.received = other.received.max(failure.received),
            None => found.push(failure),
        }
    };
    match entries {
        Some(LogEntries::HttpLogs(logs)) => {
            for entry in logs.log_entry {
                let response = entry.response.unwrap_or_default();
                if let Some(common) = entry.common_properties {
                    // 0 is a connection's.
                    let status = response.response_code.map_or(503, |code| code.value);
                    add(Failure { details: response.response_code_details, ..failure(common, status, 0) });
                }
            }
        }
        Some(LogEntries::TcpLogs(logs)) => {
            for entry in logs.log_entry {
                let received = entry.connection_properties.map_or(0, |properties| properties.received_bytes);
                if let Some(common) = entry.common_properties {
                    add(failure(common, 0, received));
                }
            }
        }
        None => {}
    }
    found
}

fn failure(common: AccessLogCommon, status: u32, received: u64) -> Failure {
    let flags = common.response_flags.unwrap_or_default();
    // Without an instance Envoy names no cluster. It is called like the name that the client asked for.
    let asked = common.tls_properties.map(|tls| tls.tls_sni_hostname).unwrap_or_default();
    let cluster = if common.upstream_cluster.is_empty() { asked } else { common.upstream_cluster };
    Failure {
        cluster,
        host: common.upstream_remote_address.and_then(socket),
        flags: Flags {
            connection_failure: flags.upstream_connection_failure,
            no_instance: flags.no_healthy_upstream,
            connection_ended: flags.upstream_connection_termination,
            protocol_error: flags.upstream_protocol_error,
        },
        reason: common.upstream_transport_failure_reason,
        details: String::new(),
        duration: common.duration.map_or(Duration::ZERO, |duration| {
            let seconds = Duration::from_secs(u64::try_from(duration.seconds).unwrap_or(0));
            seconds + Duration::from_nanos(u64::try_from(duration.nanos).unwrap_or(0))
        }),
        status,
        received,
    }
}

fn socket(address: Address) -> Option<SocketAddr> {
    let address::Address::SocketAddress(socket) = address.address? else { return None };
    let socket_address::PortSpecifier::PortValue(port) = socket.port_specifier? else { return None };
    Some(SocketAddr::new(socket.address.parse().ok()?, u16::try_from(port).ok()?))
}

#[cfg(test)]
mod tests {
    use envoy_types::pb::envoy::data::accesslog::v3::{ResponseFlags, TcpAccessLogEntry};
    use envoy_types::pb::envoy::service::accesslog::v3::stream_access_logs_message::TcpAccessLogEntries;

    use super::*;

    #[test]
    fn failures_that_are_the_same_count_once() {
        let entry = |cluster: &str| TcpAccessLogEntry {
            common_properties: Some(AccessLogCommon {
                upstream_cluster: cluster.to_owned(),
                upstream_transport_failure_reason: "refused".to_owned(),
                response_flags: Some(ResponseFlags {
                    upstream_connection_failure: true,
                    ..ResponseFlags::default()
                }),
                ..AccessLogCommon::default()
            }),
            connection_properties: None,
        };
        let log_entry = vec![entry("a"), entry("a"), entry("b"), entry("a")];
        let found = failures(Some(LogEntries::TcpLogs(TcpAccessLogEntries { log_entry })));
        let clusters: Vec<&str> = found.iter().map(|failure| failure.cluster.as_str()).collect();
        assert_eq!(clusters, ["a", "b"]);
        assert!(found[0].flags.connection_failure && found[0].reason == "refused");
    }
}
