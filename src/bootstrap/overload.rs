//! Envoy's overload manager: what it gives up, step by step, before its memory ends.
//!
//! Its monitor is `fixed_heap`, which every release has and which counts what Envoy itself uses. `cgroup_memory` (from
//! Envoy 1.35) counts the page cache as used, and reads the group at the mount's root, which may be another one.

use serde_json::Value;

use super::json::{Json, list, object};

const MONITOR: &str = "envoy.resource_monitors.fixed_heap";

const TIMEOUTS: &str = "reduce_timeouts";

/// Envoy sheds load from this percentage of its heap on, at the latest: connections are refused from 85 to 92 percent.
pub const SHEDDING: u64 = 88;

/// When to act, as a part of the heap.
enum At {
    /// From here on.
    Threshold(&'static str),
    /// From the first value on ever more, at the second one fully.
    Scaled(&'static str, &'static str),
}

/// Mild measures come first. What has begun ends last: new connections are refused before open ones are closed.
const ACTIONS: [(&str, At); 6] = [
    // Memory that is free goes back to the system.
    ("shrink_heap", At::Threshold("0.7")),
    // HTTP clients are sent elsewhere as their requests end.
    ("disable_http_keepalive", At::Threshold("0.85")),
    (TIMEOUTS, At::Scaled("0.85", "0.95")),
    // The HTTP/2 streams that hold most.
    ("reset_high_memory_stream", At::Scaled("0.85", "0.95")),
    ("reject_incoming_connections", At::Scaled("0.85", "0.92")),
    // 503 for new requests on open connections.
    ("stop_accepting_requests", At::Threshold("0.92")),
];

/// Open connections that send more are closed, some of them first. Releases ignore points that they do not have.
const POINTS: [(&str, At); 3] = [
    ("tcp_proxy_on_data", At::Scaled("0.9", "1.0")),
    ("http1_server_abort_dispatch", At::Scaled("0.95", "1.0")),
    ("http2_server_go_away_and_close_on_dispatch", At::Scaled("0.95", "1.0")),
];

/// The manager that keeps Envoy's heap below `heap` bytes.
pub(super) fn manager(heap: u64) -> Json {
    let monitor = object! {
        "name": MONITOR,
        "typed_config": object! {
            "@type": "type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
            "max_heap_size_bytes": Json::Number(i64::try_from(heap).unwrap_or(i64::MAX)),
        },
    };
    let triggered = |kind: &str, (name, at): &(&str, At)| {
        let when = match *at {
            At::Threshold(value) => ("threshold", object! { "value": value }),
            At::Scaled(from, to) => {
                ("scaled", object! { "scaling_threshold": from, "saturation_threshold": to })
            }
        };
        let trigger = Json::Object(vec![("name", MONITOR.into()), when]);
        let mut members = vec![("name", format!("envoy.{kind}.{name}").into()), ("triggers", list![trigger])];
        if *name == TIMEOUTS {
            members.push(("typed_config", timeouts()));
        }
        Json::Object(members)
    };
    object! {
        // Within a tenth of a second, clients fill 60 MiB of buffers.
        "refresh_interval": "0.05s",
        "resource_monitors": list![monitor],
        "actions": ACTIONS.iter().map(|action| triggered("overload_actions", action)).collect::<Vec<_>>(),
        "loadshed_points": POINTS.iter().map(|point| triggered("load_shed_points", point)).collect::<Vec<_>>(),
        // Streams that hold less than 128 KiB are never reset.
        "buffer_factory_config": object! { "minimum_account_to_track_power_of_two": 17_u16 },
    }
}

/// Requests and connections that carry nothing are given up ever sooner: one that is stuck holds its buffers.
fn timeouts() -> Json {
    let least = |(timer, time): (&'static str, &'static str)| object! { "timer": timer, "min_timeout": time };
    let timers = [("HTTP_DOWNSTREAM_CONNECTION_IDLE", "5s"), ("HTTP_DOWNSTREAM_STREAM_IDLE", "30s")];
    object! {
        "@type": "type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig",
        "timer_scale_factors": timers.map(least).to_vec(),
    }
}

/// What the manager of this bootstrap was given.
pub(super) fn heap(bootstrap: &Value) -> Option<u64> {
    bootstrap.pointer("/overload_manager/resource_monitors/0/typed_config/max_heap_size_bytes")?.as_u64()
}
