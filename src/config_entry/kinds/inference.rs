//! Inference gateways (since 2.1, where they are a beta feature).

use super::rows::{CREATE_INDEX, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION};
use crate::config_entry::schema::Type::{Bool, Float, Int, List, Optional, String, Struct as Object};
use crate::config_entry::schema::{Struct, field};

/// An inference-gateway.
pub static INFERENCE_GATEWAY: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        field("Processor", Optional(&Object(&PROCESSOR))),
        field("Failover", Optional(&Object(&FAILOVER))),
        field("RequestTimeout", String).alias("request_timeout"),
        field("PII", Optional(&Object(&PERSONAL))),
        field("Observability", Optional(&Object(&OBSERVABILITY))),
        PARTITION,
        NAMESPACE,
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static PROCESSOR: Struct = Struct {
    fields: &[
        field("FailureMode", String).alias("failure_mode"),
        field("BodyModelRouting", Bool).alias("body_model_routing"),
    ],
};

static FAILOVER: Struct = Struct {
    fields: &[
        field("RetryOn", List(&String)).alias("retry_on"),
        field("MaxTiers", Int).alias("max_tiers"),
        field("PerTryTimeout", String).alias("per_try_timeout"),
    ],
};

static PERSONAL: Struct = Struct {
    fields: &[
        field("Scope", String),
        field("DefaultAction", String).alias("default_action"),
        field("StreamHoldbackBytes", Int).alias("stream_holdback_bytes"),
        field("Mask", Optional(&Object(&MASK))),
        field("Detectors", List(&Object(&DETECTOR))),
    ],
};

static MASK: Struct = Struct { fields: &[field("Char", String), field("KeepLast", Int).alias("keep_last")] };

static DETECTOR: Struct =
    Struct { fields: &[field("Name", String), field("Regex", String), field("Action", String)] };

static OBSERVABILITY: Struct = Struct {
    fields: &[field("Metrics", Optional(&Object(&METRICS))), field("Tracing", Optional(&Object(&TRACING)))],
};

static METRICS: Struct = Struct {
    fields: &[
        field("Enabled", Optional(&Bool)),
        field("Prometheus", Optional(&Object(&PROMETHEUS))),
        field("OTLP", Optional(&Object(&EXPORT))),
    ],
};

static PROMETHEUS: Struct = Struct { fields: &[field("Port", Optional(&Int))] };

static TRACING: Struct = Struct {
    fields: &[
        field("Enabled", Bool),
        field("OTLP", Optional(&Object(&EXPORT))),
        field("SampleRatio", Float).alias("sample_ratio"),
    ],
};

static EXPORT: Struct = Struct { fields: &[field("Endpoint", String), field("Insecure", Bool)] };
