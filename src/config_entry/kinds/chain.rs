//! The discovery chain: service-router, service-splitter, service-resolver.

use super::rows::{
    CREATE_INDEX, IN_SAMENESS_GROUP, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION, REQUEST_HEADERS,
    RESPONSE_HEADERS, SERVICE_SUBSET,
};
use crate::config_entry::schema::Type::{
    Bool, Duration, DurationText, Float32, List, Map, Optional, String, Struct as Object, Uint,
};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A service-router.
pub static ROUTER: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("Routes", List(&Object(&ROUTE))),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static ROUTE: Struct = Struct {
    fields: &[
        field("Match", Optional(&Object(&ROUTE_MATCH))),
        field("Destination", Optional(&Object(&ROUTE_DESTINATION))),
    ],
};

static ROUTE_MATCH: Struct = Struct { fields: &[field("HTTP", Optional(&Object(&HTTP_MATCH)))] };

static HTTP_MATCH: Struct = Struct {
    fields: &[
        field("PathExact", String).alias("path_exact"),
        field("PathPrefix", String).alias("path_prefix"),
        field("PathRegex", String).alias("path_regex"),
        field("CaseInsensitive", Bool).alias("case_insensitive").since(Release(1, 19, 0)),
        field("Header", List(&Object(&HEADER_MATCH))),
        field("QueryParam", List(&Object(&QUERY_MATCH))).alias("query_param"),
        field("Methods", List(&String)),
    ],
};

static HEADER_MATCH: Struct = Struct {
    fields: &[
        NAME,
        field("Present", Bool),
        field("Exact", String),
        field("Prefix", String),
        field("Suffix", String),
        field("Regex", String),
        field("Invert", Bool),
    ],
};

static QUERY_MATCH: Struct =
    Struct { fields: &[NAME, field("Present", Bool), field("Exact", String), field("Regex", String)] };

static ROUTE_DESTINATION: Struct = Struct {
    fields: &[
        field("RequestTimeout", DurationText).alias("request_timeout"),
        field("IdleTimeout", DurationText).alias("idle_timeout").since(Release(1, 15, 0)),
        field("Service", String),
        SERVICE_SUBSET,
        NAMESPACE,
        PARTITION,
        field("PrefixRewrite", String).alias("prefix_rewrite"),
        field("NumRetries", Uint(32)).alias("num_retries"),
        field("RetryOnConnectFailure", Bool).alias("retry_on_connect_failure"),
        field("RetryOnStatusCodes", List(&Uint(32))).alias("retry_on_status_codes"),
        field("RetryOn", List(&String)).alias("retry_on").since(Release(1, 14, 0)),
        REQUEST_HEADERS,
        RESPONSE_HEADERS,
    ],
};

/// A service-splitter.
pub static SPLITTER: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("Splits", List(&Object(&SPLIT))),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static SPLIT: Struct = Struct {
    fields: &[
        field("Weight", Float32).always(),
        field("Service", String),
        SERVICE_SUBSET,
        NAMESPACE,
        PARTITION,
        REQUEST_HEADERS,
        RESPONSE_HEADERS,
    ],
};

/// A service-resolver.
pub static RESOLVER: Struct = Struct {
    fields: &[
        field("ConnectTimeout", DurationText).alias("connect_timeout"),
        field("RequestTimeout", DurationText).alias("request_timeout").since(Release(1, 15, 0)),
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("DefaultSubset", String).alias("default_subset"),
        field("Subsets", Map(&Object(&SUBSET))),
        field("Redirect", Optional(&Object(&REDIRECT))),
        field("Failover", Map(&Object(&FAILOVER))),
        field("PrioritizeByLocality", Optional(&Object(&LOCALITY)))
            .alias("prioritize_by_locality")
            .since(Release(1, 17, 0)),
        field("LoadBalancer", Optional(&Object(&LOAD_BALANCER)))
            .alias("load_balancer")
            .since(Release(1, 9, 0)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static SUBSET: Struct =
    Struct { fields: &[field("Filter", String), field("OnlyPassing", Bool).alias("only_passing")] };

static REDIRECT: Struct = Struct {
    fields: &[
        field("Service", String),
        SERVICE_SUBSET,
        NAMESPACE,
        PARTITION,
        field("Datacenter", String),
        field("Peer", String).since(Release(1, 14, 0)),
        IN_SAMENESS_GROUP,
    ],
};

static FAILOVER: Struct = Struct {
    fields: &[
        field("Service", String),
        SERVICE_SUBSET,
        NAMESPACE,
        field("Datacenters", List(&String)),
        field("Targets", List(&Object(&FAILOVER_TARGET))).since(Release(1, 14, 0)),
        field("Policy", Optional(&Object(&FAILOVER_POLICY))).since(Release(1, 16, 0)),
        IN_SAMENESS_GROUP,
    ],
};

static FAILOVER_TARGET: Struct = Struct {
    fields: &[
        field("Service", String),
        SERVICE_SUBSET,
        PARTITION,
        NAMESPACE,
        field("Datacenter", String),
        field("Peer", String),
    ],
};

static FAILOVER_POLICY: Struct = Struct { fields: &[field("Mode", String), field("Regions", List(&String))] };

static LOCALITY: Struct = Struct { fields: &[field("Mode", String)] };

static LOAD_BALANCER: Struct = Struct {
    fields: &[
        field("Policy", String),
        field("RingHashConfig", Optional(&Object(&RING_HASH))).alias("ring_hash_config"),
        field("LeastRequestConfig", Optional(&Object(&LEAST_REQUEST))).alias("least_request_config"),
        field("HashPolicies", List(&Object(&HASH_POLICY))).alias("hash_policies"),
    ],
};

static RING_HASH: Struct = Struct {
    fields: &[
        field("MinimumRingSize", Uint(64)).alias("minimum_ring_size"),
        field("MaximumRingSize", Uint(64)).alias("maximum_ring_size"),
    ],
};

static LEAST_REQUEST: Struct = Struct { fields: &[field("ChoiceCount", Uint(32)).alias("choice_count")] };

static HASH_POLICY: Struct = Struct {
    fields: &[
        field("Field", String),
        field("FieldValue", String).alias("field_value"),
        field("CookieConfig", Optional(&Object(&COOKIE))).alias("cookie_config"),
        field("SourceIP", Bool).alias("source_ip"),
        field("Terminal", Bool),
    ],
};

static COOKIE: Struct =
    Struct { fields: &[field("Session", Bool), field("TTL", Duration), field("Path", String)] };
