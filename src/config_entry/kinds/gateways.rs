//! Terminating and ingress gateways.

use super::chain::{HEADER_MODIFIERS, PASSIVE_HEALTH_CHECK};
use crate::config_entry::schema::Type::{Bool, Int, List, Map, Optional, String, Struct as Object, Uint};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A terminating gateway: the services outside the mesh that it leads to.
pub static TERMINATING: Struct = Struct {
    fields: &[
        field("Kind", String).always(),
        field("Name", String).always(),
        field("Services", List(&Object(&LINKED_SERVICE))),
        field("Meta", Map(&String)),
        field("CreateIndex", Uint(64)).always(),
        field("ModifyIndex", Uint(64)).always(),
        field("Partition", String).since(Release(1, 11, 0)),
        field("Namespace", String),
    ],
};

/// A service linked to a terminating gateway.
pub static LINKED_SERVICE: Struct = Struct {
    fields: &[
        field("DisableAutoHostRewrite", Bool).since(Release(1, 18, 0)),
        field("Namespace", String),
        field("Name", String),
        field("CAFile", String).alias("ca_file"),
        field("CertFile", String).alias("cert_file"),
        field("KeyFile", String).alias("key_file"),
        field("SNI", String),
    ],
};

/// An ingress gateway.
pub static INGRESS: Struct = Struct {
    fields: &[
        field("Kind", String).always(),
        field("Name", String).always(),
        field("Partition", String).since(Release(1, 11, 0)),
        field("Namespace", String),
        field("TLS", Object(&TLS)),
        field("Listeners", List(&Object(&LISTENER))).always(),
        field("Meta", Map(&String)),
        field("Defaults", Optional(&Object(&INGRESS_DEFAULTS))).since(Release(1, 13, 0)),
        field("CreateIndex", Uint(64)).always(),
        field("ModifyIndex", Uint(64)).always(),
    ],
};

static INGRESS_DEFAULTS: Struct = Struct {
    fields: &[
        field("MaxConnections", Optional(&Uint(32))).always(),
        field("MaxPendingRequests", Optional(&Uint(32))).always(),
        field("MaxConcurrentRequests", Optional(&Uint(32))).always(),
        field("PassiveHealthCheck", Optional(&Object(&PASSIVE_HEALTH_CHECK)))
            .alias("passive_health_check")
            .since(Release(1, 15, 0)),
    ],
};

static TLS: Struct = Struct {
    fields: &[
        field("Enabled", Bool).always(),
        field("SDS", Optional(&Object(&SDS))).since(Release(1, 11, 0)),
        field("TLSMinVersion", String).alias("tls_min_version").since(Release(1, 12, 0)),
        field("TLSMaxVersion", String).alias("tls_max_version").since(Release(1, 12, 0)),
        field("CipherSuites", List(&String)).alias("cipher_suites").since(Release(1, 12, 0)),
    ],
};

/// Where a service has its certificate from.
pub static SERVICE_TLS: Struct = Struct { fields: &[field("SDS", Optional(&Object(&SDS)))] };

static SDS: Struct = Struct {
    fields: &[
        field("ClusterName", String).alias("cluster_name"),
        field("CertResource", String).alias("cert_resource"),
    ],
};

static LISTENER: Struct = Struct {
    fields: &[
        field("Port", Int).always(),
        field("Protocol", String).always(),
        field("Services", List(&Object(&INGRESS_SERVICE))).always(),
        field("TLS", Optional(&Object(&TLS))).since(Release(1, 11, 0)),
    ],
};

static INGRESS_SERVICE: Struct = Struct {
    fields: &[
        field("Name", String).always(),
        field("Hosts", List(&String)).always(),
        field("Namespace", String),
        field("Partition", String).since(Release(1, 11, 0)),
        field("TLS", Optional(&Object(&SERVICE_TLS))).since(Release(1, 11, 0)),
        field("RequestHeaders", Optional(&Object(&HEADER_MODIFIERS)))
            .alias("request_headers")
            .since(Release(1, 11, 0)),
        field("ResponseHeaders", Optional(&Object(&HEADER_MODIFIERS)))
            .alias("response_headers")
            .since(Release(1, 11, 0)),
        field("MaxConnections", Optional(&Uint(32))).alias("max_connections").since(Release(1, 13, 0)),
        field("MaxPendingRequests", Optional(&Uint(32)))
            .alias("max_pending_requests")
            .since(Release(1, 13, 0)),
        field("MaxConcurrentRequests", Optional(&Uint(32)))
            .alias("max_concurrent_requests")
            .since(Release(1, 13, 0)),
        field("PassiveHealthCheck", Optional(&Object(&PASSIVE_HEALTH_CHECK)))
            .alias("passive_health_check")
            .since(Release(1, 15, 0)),
    ],
};
