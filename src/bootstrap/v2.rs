//! The bootstrap as Consul before 1.10 writes it: Envoy's v2 API, state-of-the-world ADS.

use super::json::{Json, list, object};
use super::parts::Parts;
use super::{AgentEndpoint, BootstrapInput, LOCAL_AGENT_CLUSTER, XdsSource};

/// Switches that let Envoy 1.11–1.16 accept fields that it had deprecated.
const DEPRECATED_FEATURES: &[&str] = &[
    "envoy.deprecated_features:envoy.api.v2.Cluster.tls_context",
    "envoy.deprecated_features:envoy.config.trace.v2.ZipkinConfig.HTTP_JSON_V1",
    "envoy.deprecated_features:envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager.Tracing.operation_name",
];

/// The whole document.
pub(super) fn document(input: &BootstrapInput, parts: Parts) -> Json {
    let admin = object! {
        "access_log_path": input.admin.access_log_path(),
        "address": super::socket_address(input.admin.address.clone().into(), input.admin.port),
    };
    let node = object! {
        "cluster": &input.node.cluster,
        "id": &input.node.id,
        "metadata": object! {
            "namespace": super::or_default(&input.node.namespace).to_owned(),
            "envoy_version": &input.node.envoy_version,
        },
    };
    let mut document = vec![("admin", admin), ("node", node)];
    document.push(("static_resources", parts.static_resources(agent_cluster(&input.xds))));
    document.extend(parts.observability());
    document.push((
        "dynamic_resources",
        object! {
            "lds_config": object! { "ads": object! {} },
            "cds_config": object! { "ads": object! {} },
            "ads_config": object! {
                "api_type": "GRPC",
                "grpc_services": super::grpc_services(input),
            },
        },
    ));
    let switches = DEPRECATED_FEATURES.iter().map(|name| (*name, Json::Bool(true))).collect();
    let layer = object! { "name": "static_layer", "static_layer": Json::Object(switches) };
    document.push(("layered_runtime", object! { "layers": list![layer] }));
    Json::Object(document)
}

fn agent_cluster(xds: &XdsSource) -> Json {
    let mut cluster = vec![
        ("name", Json::from(LOCAL_AGENT_CLUSTER)),
        ("connect_timeout", "1s".into()),
        ("type", "STATIC".into()),
    ];
    let address = match xds {
        XdsSource::Agent(agent) => {
            if agent.tls {
                let trusted = object! { "trusted_ca": object! { "inline_string": &agent.authorities } };
                let context = object! { "common_tls_context": object! { "validation_context": trusted } };
                cluster.push(("tls_context", context));
            }
            match &agent.endpoint {
                AgentEndpoint::Tcp { address, port } => super::socket_address(address.clone().into(), *port),
                AgentEndpoint::Unix { path } => super::pipe(path.clone().into()),
            }
        }
        XdsSource::Socket { path, .. } => super::pipe(path.clone().into()),
    };
    cluster.push(("http2_protocol_options", object! {}));
    cluster.push(("hosts", list![address]));
    Json::Object(cluster)
}
