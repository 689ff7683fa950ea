//! Providers of JSON web tokens, and limits for requests to the servers.
//!
//! What is not given is left out, as agents refuse a key that came after them even if it says nothing.

use super::rows::{CREATE_INDEX, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION};
use crate::config_entry::schema::Type::{
    Bool, Duration, Float, Int, List, Optional, String, Struct as Object,
};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A jwt-provider.
pub static JWT_PROVIDER: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("JSONWebKeySet", Optional(&Object(&KEY_SET))).alias("json_web_key_set"),
        field("Issuer", String),
        field("Audiences", List(&String)),
        field("Locations", List(&Optional(&Object(&LOCATION)))),
        field("Forwarding", Optional(&Object(&FORWARDING))),
        field("ClockSkewSeconds", Int).alias("clock_skew_seconds"),
        field("CacheConfig", Optional(&Object(&CACHE))).alias("cache_config"),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
        PARTITION,
        NAMESPACE,
    ],
};

static KEY_SET: Struct = Struct {
    fields: &[
        field("Local", Optional(&Object(&LOCAL_KEYS))),
        field("Remote", Optional(&Object(&REMOTE_KEYS))),
    ],
};

static LOCAL_KEYS: Struct = Struct { fields: &[field("JWKS", String), field("Filename", String)] };

static REMOTE_KEYS: Struct = Struct {
    fields: &[
        field("URI", String),
        field("RequestTimeoutMs", Int).alias("request_timeout_ms"),
        field("CacheDuration", Duration).alias("cache_duration"),
        field("FetchAsynchronously", Bool).alias("fetch_asynchronously"),
        field("UseSNI", Bool).alias("use_sni").since(Release(1, 17, 0)),
        field("RetryPolicy", Optional(&Object(&RETRY_POLICY))).alias("retry_policy"),
        field("JWKSCluster", Optional(&Object(&CLUSTER))).alias("jwks_cluster"),
    ],
};

static RETRY_POLICY: Struct = Struct {
    fields: &[
        field("NumRetries", Int).alias("num_retries"),
        field("RetryPolicyBackOff", Optional(&Object(&BACK_OFF))).alias("retry_policy_back_off"),
    ],
};

static BACK_OFF: Struct = Struct {
    fields: &[
        field("BaseInterval", Duration).alias("base_interval"),
        field("MaxInterval", Duration).alias("max_interval"),
    ],
};

static CLUSTER: Struct = Struct {
    fields: &[
        field("DiscoveryType", String).alias("discovery_type"),
        field("TLSCertificates", Optional(&Object(&CERTIFICATES))).alias("tls_certificates"),
        field("ConnectTimeout", Duration).alias("connect_timeout"),
    ],
};

static CERTIFICATES: Struct = Struct {
    fields: &[
        field("CaCertificateProviderInstance", Optional(&Object(&INSTANCE)))
            .alias("ca_certificate_provider_instance"),
        field("TrustedCA", Optional(&Object(&TRUSTED_CA))).alias("trusted_ca"),
    ],
};

static INSTANCE: Struct = Struct {
    fields: &[
        field("InstanceName", String).alias("instance_name"),
        field("CertificateName", String).alias("certificate_name"),
    ],
};

static TRUSTED_CA: Struct = Struct {
    fields: &[
        field("Filename", String),
        field("EnvironmentVariable", String).alias("environment_variable"),
        field("InlineString", String).alias("inline_string"),
        field("InlineBytes", String).alias("inline_bytes"),
    ],
};

static LOCATION: Struct = Struct {
    fields: &[
        field("Header", Optional(&Object(&HEADER))),
        field("QueryParam", Optional(&Object(&NAMED))).alias("query_param"),
        field("Cookie", Optional(&Object(&NAMED))),
    ],
};

static HEADER: Struct = Struct {
    fields: &[
        field("Name", String),
        field("ValuePrefix", String).alias("value_prefix"),
        field("Forward", Bool),
    ],
};

static NAMED: Struct = Struct { fields: &[field("Name", String)] };

static FORWARDING: Struct = Struct {
    fields: &[
        field("HeaderName", String).alias("header_name"),
        field("PadForwardPayloadHeader", Bool).alias("pad_forward_payload_header"),
    ],
};

static CACHE: Struct = Struct { fields: &[field("Size", Int)] };

/// A control-plane-request-limit: limits by address and by what is asked for.
pub static REQUEST_LIMIT: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Mode", String),
        META,
        field("ReadRate", Float).alias("read_rate"),
        field("WriteRate", Float).alias("write_rate"),
        field("ACL", Optional(&Object(&RATES))),
        field("Catalog", Optional(&Object(&RATES))),
        field("ConfigEntry", Optional(&Object(&RATES))),
        field("ConnectCA", Optional(&Object(&RATES))),
        field("Coordinate", Optional(&Object(&RATES))),
        field("DiscoveryChain", Optional(&Object(&RATES))),
        field("ServerDiscovery", Optional(&Object(&RATES))),
        field("Health", Optional(&Object(&RATES))),
        field("Intention", Optional(&Object(&RATES))),
        field("KV", Optional(&Object(&RATES))),
        field("Tenancy", Optional(&Object(&RATES))),
        field("PreparedQuery", Optional(&Object(&RATES))),
        field("Session", Optional(&Object(&RATES))),
        field("Txn", Optional(&Object(&RATES))),
        field("AutoConfig", Optional(&Object(&RATES))),
        field("FederationState", Optional(&Object(&RATES))),
        field("Internal", Optional(&Object(&RATES))),
        field("PeerStream", Optional(&Object(&RATES))),
        field("Peering", Optional(&Object(&RATES))),
        field("DataPlane", Optional(&Object(&RATES))),
        field("DNS", Optional(&Object(&RATES))),
        field("Subscribe", Optional(&Object(&RATES))),
        field("Resource", Optional(&Object(&RATES))),
        PARTITION,
        NAMESPACE,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static RATES: Struct = Struct {
    fields: &[field("ReadRate", Float).alias("read_rate"), field("WriteRate", Float).alias("write_rate")],
};

/// A rate-limit: one for all servers. Consul's API spells these members in small letters.
pub static RATE_LIMIT: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("config", Object(&GLOBAL_RATES)),
        PARTITION,
        NAMESPACE,
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static GLOBAL_RATES: Struct = Struct {
    fields: &[
        field("ReadRate", Optional(&Float)),
        field("WriteRate", Optional(&Float)),
        field("priority", Bool),
        field("exclude_endpoints", List(&String)).alias("excludeendpoints"),
    ],
};
