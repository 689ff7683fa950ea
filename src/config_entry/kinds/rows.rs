//! Fields that several objects have.

use crate::config_entry::schema::Type::{Duration, List, Map, Optional, String, Struct as Object, Uint};
use crate::config_entry::schema::{Field, Struct, Type, field};
use crate::consul_version::Release;

static MODIFIERS: Type = Object(&HEADER_MODIFIERS);
static CHECK: Type = Object(&PASSIVE_HEALTH_CHECK);

pub const KIND: Field = field("Kind", String).always();
pub const NAME: Field = field("Name", String).always();
pub const PARTITION: Field = field("Partition", String).since(Release(1, 11, 0));
pub const NAMESPACE: Field = field("Namespace", String);
pub const META: Field = field("Meta", Map(&String)).since(Release(1, 8, 4));
pub const CREATE_INDEX: Field = field("CreateIndex", Uint(64)).always();
pub const MODIFY_INDEX: Field = field("ModifyIndex", Uint(64)).always();

pub const SERVICE_SUBSET: Field = field("ServiceSubset", String).alias("service_subset");
pub const IN_SAMENESS_GROUP: Field =
    field("SamenessGroup", String).alias("sameness_group").since(Release(1, 16, 0));

/// What is changed of the headers of requests.
pub const REQUEST_HEADERS: Field =
    field("RequestHeaders", Optional(&MODIFIERS)).alias("request_headers").since(Release(1, 11, 0));
/// What is changed of the headers of responses.
pub const RESPONSE_HEADERS: Field =
    field("ResponseHeaders", Optional(&MODIFIERS)).alias("response_headers").since(Release(1, 11, 0));

/// When an instance is left out.
pub const HEALTH_CHECK: Field = field("PassiveHealthCheck", Optional(&CHECK)).alias("passive_health_check");

pub const TLS_MIN_VERSION: Field = field("TLSMinVersion", String).alias("tls_min_version");
pub const TLS_MAX_VERSION: Field = field("TLSMaxVersion", String).alias("tls_max_version");
pub const CIPHER_SUITES: Field = field("CipherSuites", List(&String)).alias("cipher_suites");

/// Headers added, set and removed on the way.
static HEADER_MODIFIERS: Struct = Struct {
    fields: &[field("Add", Map(&String)), field("Set", Map(&String)), field("Remove", List(&String))],
};

/// When an upstream instance is left out for its failures.
static PASSIVE_HEALTH_CHECK: Struct = Struct {
    fields: &[
        field("Interval", Duration),
        field("MaxFailures", Uint(32)).alias("max_failures").always(),
        field("EnforcingConsecutive5xx", Optional(&Uint(32)))
            .alias("enforcing_consecutive_5xx")
            .since(Release(1, 13, 0)),
        field("MaxEjectionPercent", Optional(&Uint(32)))
            .alias("max_ejection_percent")
            .since(Release(1, 16, 0)),
        field("BaseEjectionTime", Optional(&Duration)).alias("base_ejection_time").since(Release(1, 16, 0)),
        field("Consecutive5xx", Optional(&Uint(32))).alias("consecutive_5xx").since(Release(2, 1, 0)),
        field("ConsecutiveGatewayFailure", Optional(&Uint(32)))
            .alias("consecutive_gateway_failure")
            .since(Release(2, 1, 0)),
        field("EnforcingConsecutiveGatewayFailure", Optional(&Uint(32)))
            .alias("enforcing_consecutive_gateway_failure")
            .since(Release(2, 1, 0)),
    ],
};
