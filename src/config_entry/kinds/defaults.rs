//! Defaults: service-defaults and proxy-defaults.

use super::rows::{CREATE_INDEX, HEALTH_CHECK, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION};
use crate::config_entry::schema::Type::{
    Any, Bool, Int, List, Map, Optional, String, Struct as Object, Uint,
};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A service-defaults entry.
pub static SERVICE: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("Protocol", String),
        field("Mode", String).since(Release(1, 10, 0)),
        field("TransparentProxy", Optional(&Object(&TRANSPARENT_PROXY)))
            .alias("transparent_proxy")
            .since(Release(1, 10, 0)),
        field("MutualTLSMode", String).alias("mutual_tls_mode").since(Release(1, 16, 0)),
        field("MeshGateway", Object(&MESH_GATEWAY)).alias("mesh_gateway"),
        field("Expose", Object(&EXPOSE)),
        field("ExternalSNI", String).alias("external_sni"),
        field("UpstreamConfig", Optional(&Object(&UPSTREAM_CONFIGURATION)))
            .alias("upstream_config")
            .since(Release(1, 10, 0)),
        field("Destination", Optional(&Object(&DESTINATION))).since(Release(1, 13, 0)),
        field("MaxInboundConnections", Int).alias("max_inbound_connections").since(Release(1, 13, 0)),
        field("LocalConnectTimeoutMs", Int).alias("local_connect_timeout_ms").since(Release(1, 13, 2)),
        field("LocalRequestTimeoutMs", Int).alias("local_request_timeout_ms").since(Release(1, 13, 2)),
        field("BalanceInboundConnections", String)
            .alias("balance_inbound_connections")
            .since(Release(1, 14, 0)),
        field("RateLimits", Optional(&Object(&RATE_LIMITS))).alias("rate_limits").since(Release(1, 17, 0)),
        field("EnvoyExtensions", List(&Object(&ENVOY_EXTENSION)))
            .alias("envoy_extensions")
            .since(Release(1, 15, 0)),
        field("MaxRequestHeadersKB", Optional(&Uint(32)))
            .alias("max_request_headers_kb")
            .since(Release(1, 22, 0)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

/// A proxy-defaults entry.
pub static PROXY: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("Mode", String).since(Release(1, 10, 0)),
        field("TransparentProxy", Optional(&Object(&TRANSPARENT_PROXY)))
            .alias("transparent_proxy")
            .since(Release(1, 10, 0)),
        field("MutualTLSMode", String).alias("mutual_tls_mode").since(Release(1, 16, 0)),
        field("Config", Map(&Any)),
        field("MeshGateway", Object(&MESH_GATEWAY)).alias("mesh_gateway"),
        field("Expose", Object(&EXPOSE)),
        field("AccessLogs", Optional(&Object(&ACCESS_LOGS))).alias("access_logs").since(Release(1, 15, 0)),
        field("EnvoyExtensions", List(&Object(&ENVOY_EXTENSION)))
            .alias("envoy_extensions")
            .since(Release(1, 15, 0)),
        field("FailoverPolicy", Optional(&Object(&MODE))).alias("failover_policy").since(Release(1, 16, 0)),
        field("PrioritizeByLocality", Optional(&Object(&MODE)))
            .alias("prioritize_by_locality")
            .since(Release(1, 17, 0)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static MODE: Struct = Struct { fields: &[field("Mode", String), field("Regions", List(&String))] };

static TRANSPARENT_PROXY: Struct = Struct {
    fields: &[
        field("OutboundListenerPort", Int).alias("outbound_listener_port"),
        field("DialedDirectly", Bool).alias("dialed_directly"),
    ],
};

static MESH_GATEWAY: Struct = Struct { fields: &[field("Mode", String)] };

static EXPOSE: Struct =
    Struct { fields: &[field("Checks", Bool), field("Paths", List(&Object(&EXPOSE_PATH)))] };

static EXPOSE_PATH: Struct = Struct {
    fields: &[
        field("ListenerPort", Int).alias("listener_port"),
        field("Path", String),
        field("LocalPathPort", Int).alias("local_path_port"),
        field("Protocol", String),
        field("ParsedFromCheck", Bool).always(),
    ],
};

static UPSTREAM_CONFIGURATION: Struct = Struct {
    fields: &[
        field("Overrides", List(&Optional(&Object(&UPSTREAM)))),
        field("Defaults", Optional(&Object(&UPSTREAM))),
    ],
};

static UPSTREAM: Struct = Struct {
    fields: &[
        field("Name", String),
        PARTITION,
        NAMESPACE,
        field("Peer", String).since(Release(1, 14, 0)),
        field("EnvoyListenerJSON", String).alias("envoy_listener_json"),
        field("EnvoyClusterJSON", String).alias("envoy_cluster_json"),
        field("Protocol", String),
        field("ConnectTimeoutMs", Int).alias("connect_timeout_ms"),
        field("Limits", Optional(&Object(&UPSTREAM_LIMITS))),
        HEALTH_CHECK,
        field("MeshGateway", Object(&MESH_GATEWAY)).alias("mesh_gateway"),
        field("BalanceOutboundConnections", String)
            .alias("balance_outbound_connections")
            .since(Release(1, 14, 0)),
    ],
};

static UPSTREAM_LIMITS: Struct = Struct {
    fields: &[
        field("MaxConnections", Optional(&Int)).alias("max_connections").always(),
        field("MaxPendingRequests", Optional(&Int)).alias("max_pending_requests").always(),
        field("MaxConcurrentRequests", Optional(&Int)).alias("max_concurrent_requests").always(),
    ],
};

static DESTINATION: Struct = Struct { fields: &[field("Addresses", List(&String)), field("Port", Int)] };

static RATE_LIMITS: Struct =
    Struct { fields: &[field("InstanceLevel", Object(&INSTANCE_LEVEL)).alias("instance_level")] };

static INSTANCE_LEVEL: Struct = Struct {
    fields: &[
        field("RequestsPerSecond", Int).alias("requests_per_second").always(),
        field("RequestsMaxBurst", Int).alias("requests_max_burst").always(),
        field("Routes", List(&Object(&INSTANCE_LEVEL_ROUTE))).always(),
    ],
};

static INSTANCE_LEVEL_ROUTE: Struct = Struct {
    fields: &[
        field("PathExact", String).alias("path_exact").always(),
        field("PathPrefix", String).alias("path_prefix").always(),
        field("PathRegex", String).alias("path_regex").always(),
        field("RequestsPerSecond", Int).alias("requests_per_second").always(),
        field("RequestsMaxBurst", Int).alias("requests_max_burst").always(),
    ],
};

static ENVOY_EXTENSION: Struct = Struct {
    fields: &[
        NAME,
        field("Required", Bool).always(),
        field("Arguments", Map(&Any)).always(),
        field("ConsulVersion", String).always(),
        field("EnvoyVersion", String).always(),
    ],
};

static ACCESS_LOGS: Struct = Struct {
    fields: &[
        field("Enabled", Bool),
        field("DisableListenerLogs", Bool).alias("disable_listener_logs"),
        field("Type", String),
        field("Path", String),
        field("JSONFormat", String).alias("json_format"),
        field("TextFormat", String).alias("text_format"),
    ],
};
