//! The fields that all static clusters of the v3 form share.

use super::json::{Json, list, object};

/// Cluster options that say which HTTP version to speak.
pub(super) fn http_options(version: &'static str) -> Json {
    object! {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": object! {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": Json::Object(vec![(version, object! {})]),
        },
    }
}

/// The one endpoint of a static cluster.
pub(super) fn load_assignment(cluster: &'static str, address: Json) -> Json {
    let endpoint = object! { "endpoint": object! { "address": address } };
    object! { "clusterName": cluster, "endpoints": list![object! { "lbEndpoints": list![endpoint] }] }
}
