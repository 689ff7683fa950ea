//! API gateways, their routes and their certificates.
//!
//! What is not given is left out, as agents refuse a key that came after them even if it says nothing.

use super::gateways::SERVICE_TLS;
use super::mesh::JWT;
use super::rows::{
    CIPHER_SUITES, CREATE_INDEX, HEALTH_CHECK, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION,
};
use crate::config_entry::schema::Type::{
    Any, Bool, Duration, Int, List, Map, Optional, String, Struct as Object, Uint,
};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// An api-gateway.
pub static API_GATEWAY: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        META,
        field("Listeners", List(&Object(&LISTENER))),
        field("Status", Optional(&Object(&STATUS))),
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
    ],
};

static LISTENER: Struct = Struct {
    fields: &[
        field("Name", String),
        field("Hostname", String),
        field("Port", Int),
        field("Protocol", String),
        field("TLS", Optional(&Object(&TLS))),
        field("Override", Optional(&Object(&POLICY))).since(Release(1, 17, 0)),
        field("Default", Optional(&Object(&POLICY))).since(Release(1, 17, 0)),
        field("MaxRequestHeadersKB", Optional(&Uint(32)))
            .alias("max_request_headers_kb")
            .since(Release(1, 22, 0)),
    ],
};

static TLS: Struct = Struct {
    fields: &[
        field("Certificates", List(&Object(&REFERENCE))),
        field("MaxVersion", String).alias("tls_max_version"),
        field("MinVersion", String).alias("tls_min_version"),
        CIPHER_SUITES,
    ],
};

static POLICY: Struct = Struct { fields: &[field("JWT", Optional(&Object(&JWT)))] };

static REFERENCE: Struct = Struct {
    fields: &[
        field("Kind", String),
        field("Name", String),
        field("SectionName", String),
        PARTITION,
        NAMESPACE,
    ],
};

static STATUS: Struct = Struct { fields: &[field("Conditions", List(&Object(&CONDITION)))] };

static CONDITION: Struct = Struct {
    fields: &[
        field("Type", String),
        field("Status", String),
        field("Reason", String),
        field("Message", String),
        field("Resource", Optional(&Object(&REFERENCE))),
        field("LastTransitionTime", Optional(&Any)),
    ],
};

/// A tcp-route.
pub static TCP_ROUTE: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Parents", List(&Object(&REFERENCE))),
        field("Services", List(&Object(&TCP_SERVICE))),
        META,
        field("Status", Optional(&Object(&STATUS))),
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
    ],
};

static TCP_SERVICE: Struct = Struct {
    fields: &[
        field("Name", String),
        field("TLS", Optional(&Object(&SERVICE_TLS))).since(Release(2, 1, 0)),
        field("Limits", Optional(&Object(&LIMITS))).since(Release(2, 1, 0)),
        PARTITION,
        NAMESPACE,
    ],
};

/// An http-route.
pub static HTTP_ROUTE: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Parents", List(&Object(&REFERENCE))),
        field("Rules", List(&Object(&RULE))),
        field("Hostnames", List(&String)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
        field("Status", Optional(&Object(&STATUS))),
    ],
};

static RULE: Struct = Struct {
    fields: &[
        field("Filters", Optional(&Object(&FILTERS))),
        field("ResponseFilters", Optional(&Object(&RESPONSE_FILTERS))).since(Release(1, 17, 0)),
        field("Matches", List(&Object(&MATCH))),
        field("Services", List(&Object(&HTTP_SERVICE))),
    ],
};

static HTTP_SERVICE: Struct = Struct {
    fields: &[
        field("Name", String),
        field("Weight", Int),
        field("Filters", Optional(&Object(&FILTERS))),
        field("ResponseFilters", Optional(&Object(&RESPONSE_FILTERS))).since(Release(1, 17, 0)),
        field("TLS", Optional(&Object(&SERVICE_TLS))).since(Release(2, 1, 0)),
        field("Limits", Optional(&Object(&LIMITS))).since(Release(2, 1, 0)),
        PARTITION,
        NAMESPACE,
    ],
};

static LIMITS: Struct = Struct {
    fields: &[
        field("MaxConnections", Optional(&Int)).alias("max_connections"),
        field("MaxPendingRequests", Optional(&Int)).alias("max_pending_requests"),
        field("MaxConcurrentRequests", Optional(&Int)).alias("max_concurrent_requests"),
        HEALTH_CHECK,
    ],
};

static MATCH: Struct = Struct {
    fields: &[
        field("Headers", List(&Object(&HEADER_MATCH))),
        field("Method", String),
        field("Path", Optional(&Object(&PATH_MATCH))),
        field("Query", List(&Object(&QUERY_MATCH))),
    ],
};

static HEADER_MATCH: Struct = Struct {
    fields: &[
        field("Match", String),
        field("Name", String),
        field("Value", String),
        field("Invert", Bool).since(Release(2, 1, 0)),
    ],
};

static PATH_MATCH: Struct = Struct { fields: &[field("Match", String), field("Value", String)] };

static QUERY_MATCH: Struct =
    Struct { fields: &[field("Match", String), field("Name", String), field("Value", String)] };

static FILTERS: Struct = Struct {
    fields: &[
        field("Headers", List(&Object(&HEADER_FILTER))),
        field("URLRewrite", Optional(&Object(&URL_REWRITE))),
        field("RetryFilter", Optional(&Object(&RETRY))).since(Release(1, 17, 0)),
        field("TimeoutFilter", Optional(&Object(&TIMEOUT))).since(Release(1, 17, 0)),
        field("JWT", Optional(&Object(&JWT))).since(Release(1, 17, 0)),
        field("ExtProc", List(&Object(&EXT_PROC))).since(Release(2, 1, 0)),
        field("ExtAuthz", Optional(&Object(&EXT_AUTHZ))).since(Release(2, 1, 0)),
    ],
};

static RESPONSE_FILTERS: Struct = Struct { fields: &[field("Headers", List(&Object(&HEADER_FILTER)))] };

static HEADER_FILTER: Struct = Struct {
    fields: &[field("Add", Map(&String)), field("Remove", List(&String)), field("Set", Map(&String))],
};

static URL_REWRITE: Struct = Struct { fields: &[field("Path", String)] };

static RETRY: Struct = Struct {
    fields: &[
        field("NumRetries", Optional(&Uint(32))),
        field("RetryOn", List(&String)),
        field("RetryOnStatusCodes", List(&Uint(32))),
        field("RetryOnConnectFailure", Optional(&Bool)),
    ],
};

static TIMEOUT: Struct =
    Struct { fields: &[field("RequestTimeout", Duration), field("IdleTimeout", Duration)] };

static EXT_PROC: Struct = Struct {
    fields: &[
        field("StatPrefix", String),
        field("Mode", String),
        field("Overrides", Optional(&Object(&EXT_PROC_OVERRIDES))),
    ],
};

static EXT_PROC_OVERRIDES: Struct = Struct {
    fields: &[
        field("Processing", Optional(&Object(&EXT_PROC_PROCESSING))),
        field("GRPCInitialMetadata", List(&Object(&EXT_PROC_METADATA))),
    ],
};

static EXT_PROC_METADATA: Struct = Struct { fields: &[field("Key", String), field("Value", String)] };

static EXT_PROC_PROCESSING: Struct = Struct {
    fields: &[
        field("Request", Optional(&Object(&EXT_PROC_DIRECTION))),
        field("Response", Optional(&Object(&EXT_PROC_DIRECTION))),
    ],
};

static EXT_PROC_DIRECTION: Struct = Struct {
    fields: &[
        field("HeadersMode", String),
        field("BodyMode", String),
        field("TrailersMode", String),
        field("MaxBodyBytes", Int),
    ],
};

static EXT_AUTHZ: Struct = Struct { fields: &[field("Enabled", Bool).always()] };

/// An inline-certificate, and a file-system-certificate, which has paths where the other has PEM.
pub static CERTIFICATE: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Certificate", String),
        field("PrivateKey", String).alias("private_key"),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
    ],
};
