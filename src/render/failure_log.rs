//! The log of failures that Envoy sends to termgate itself, over the socket that its configuration comes from.
//!
//! It stands beside the logs that users ask for, and only in the configuration of an Envoy that `run` supervises.

use std::time::Duration as StdDuration;

use crate::bootstrap::LOCAL_AGENT_CLUSTER;
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::{
    AccessLog, AccessLogConfig, AccessLogFilter, ApiVersion, Comparison, Duration, EnvoyGrpc,
    FilterExpression, GrpcAccessLog, GrpcService, Operator, RuntimeUInt32,
};

/// Name of the log, which the server sees.
pub const LOG_NAME: &str = "termgate-failures";

/// How long Envoy gathers entries before it sends them.
const FLUSH_INTERVAL: Duration = Duration(StdDuration::from_millis(500));

/// The first release whose expressions in log filters were tried; one without them refuses the whole listener.
const EXPRESSIONS: EnvoyVersion = EnvoyVersion { major: 1, minor: 40, patch: 0 };

/// A connection that an external service ended without one byte, which is what TLS 1.3 makes of a refused client
/// certificate, or with as many as a TLS alert has.
const ENDED_WITHOUT_ANSWER: &str =
    "(response.total_size == 0 || response.total_size == 7) && has(upstream.address)";

/// The log of a listener: connections that could not be handed on.
///
/// It is the listener's, not one of every chain: Envoy would set up each by itself.
pub fn of_connections(envoy: Option<EnvoyVersion>) -> AccessLog {
    let mut filters = vec![flags(&["UF", "UH"])];
    if envoy.is_some_and(|version| version >= EXPRESSIONS) {
        filters.push(AccessLogFilter::ExtensionFilter {
            name: "termgate.ended_without_answer",
            typed_config: FilterExpression::Cel { expression: ENDED_WITHOUT_ANSWER },
        });
    }
    let common_config = grpc_log();
    log(any(filters), AccessLogConfig::TcpGrpc { common_config })
}

/// The log of a chain with requests: those that could not be handed on or were not answered. `is_plain`: the external
/// service is spoken to without TLS; many servers that want TLS answer with status 400.
pub fn of_requests(is_plain: bool) -> AccessLog {
    let mut filters = vec![flags(&["UF", "UH", "UC", "UPE"])];
    if is_plain {
        let value = RuntimeUInt32 { default_value: 400, runtime_key: "termgate.none" };
        filters
            .push(AccessLogFilter::StatusCodeFilter { comparison: Comparison { op: Operator::Eq, value } });
    }
    let common_config = grpc_log();
    log(any(filters), AccessLogConfig::HttpGrpc { common_config })
}

fn flags(flags: &[&'static str]) -> AccessLogFilter {
    AccessLogFilter::ResponseFlagFilter { flags: flags.to_vec() }
}

/// Envoy refuses a choice of one.
fn any(mut filters: Vec<AccessLogFilter>) -> Option<AccessLogFilter> {
    if filters.len() > 1 { Some(AccessLogFilter::OrFilter { filters }) } else { filters.pop() }
}

fn log(filter: Option<AccessLogFilter>, typed_config: AccessLogConfig) -> AccessLog {
    AccessLog { name: LOG_NAME, filter, typed_config }
}

fn grpc_log() -> GrpcAccessLog {
    GrpcAccessLog {
        log_name: LOG_NAME,
        grpc_service: GrpcService { envoy_grpc: EnvoyGrpc { cluster_name: LOCAL_AGENT_CLUSTER } },
        transport_api_version: ApiVersion::V3,
        buffer_flush_interval: FLUSH_INTERVAL,
    }
}
