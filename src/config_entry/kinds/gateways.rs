//! Terminating and ingress gateways.

use super::rows::{
    CIPHER_SUITES, CREATE_INDEX, HEALTH_CHECK, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION,
    REQUEST_HEADERS, RESPONSE_HEADERS, TLS_MAX_VERSION, TLS_MIN_VERSION,
};
use crate::config_entry::schema::Type::{Bool, Int, List, Optional, String, Struct as Object, Uint};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A terminating gateway: its linked services.
pub static TERMINATING: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Services", List(&Object(&LINKED_SERVICE))),
        field("CredentialInjection", Optional(&Object(&CREDENTIAL_INJECTION)))
            .alias("credential_injection")
            .since(Release(2, 1, 0)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
    ],
};

/// A service linked to a terminating gateway.
pub static LINKED_SERVICE: Struct = Struct {
    fields: &[
        field("DisableAutoHostRewrite", Bool).since(Release(1, 18, 2)),
        NAMESPACE,
        field("Name", String),
        field("CAFile", String).alias("ca_file"),
        field("CertFile", String).alias("cert_file"),
        field("KeyFile", String).alias("key_file"),
        field("SNI", String),
        field("Credential", Optional(&Object(&CREDENTIAL))).since(Release(2, 1, 0)),
    ],
};

/// What adds credentials to requests.
static CREDENTIAL_INJECTION: Struct = Struct {
    fields: &[
        field("UDSPath", String).alias("uds_path"),
        field("MessageTimeout", String).alias("message_timeout"),
    ],
};

/// Which credentials a linked service's requests have.
static CREDENTIAL: Struct =
    Struct { fields: &[field("Mode", String), field("BindingID", String).alias("binding_id")] };

/// An ingress gateway.
pub static INGRESS: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("TLS", Object(&TLS)),
        field("Listeners", List(&Object(&LISTENER))).always(),
        META,
        field("Defaults", Optional(&Object(&INGRESS_DEFAULTS))).since(Release(1, 13, 0)),
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static INGRESS_DEFAULTS: Struct = Struct {
    fields: &[
        field("MaxConnections", Optional(&Uint(32))).always(),
        field("MaxPendingRequests", Optional(&Uint(32))).always(),
        field("MaxConcurrentRequests", Optional(&Uint(32))).always(),
        HEALTH_CHECK.since(Release(1, 15, 0)),
    ],
};

static TLS: Struct = Struct {
    fields: &[
        field("Enabled", Bool).always(),
        field("SDS", Optional(&Object(&SDS))).since(Release(1, 11, 0)),
        TLS_MIN_VERSION.since(Release(1, 12, 0)),
        TLS_MAX_VERSION.since(Release(1, 12, 0)),
        CIPHER_SUITES.since(Release(1, 12, 0)),
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
        NAME,
        field("Hosts", List(&String)).always(),
        NAMESPACE,
        PARTITION,
        field("TLS", Optional(&Object(&SERVICE_TLS))).since(Release(1, 11, 0)),
        REQUEST_HEADERS,
        RESPONSE_HEADERS,
        field("MaxConnections", Optional(&Uint(32))).alias("max_connections").since(Release(1, 13, 0)),
        field("MaxPendingRequests", Optional(&Uint(32)))
            .alias("max_pending_requests")
            .since(Release(1, 13, 0)),
        field("MaxConcurrentRequests", Optional(&Uint(32)))
            .alias("max_concurrent_requests")
            .since(Release(1, 13, 0)),
        HEALTH_CHECK.since(Release(1, 15, 0)),
    ],
};
