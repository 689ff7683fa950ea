//! The bootstrap as Consul from 1.10 writes it, and that of direct mode: Envoy's v3 API, incremental ADS.

use super::cluster::{http_options, load_assignment};
use super::json::{Json, list, object};
use super::parts::Parts;
use super::{AgentEndpoint, BootstrapInput, LOCAL_AGENT_CLUSTER, XdsSource, overload};

/// The whole document.
pub(super) fn document(input: &BootstrapInput, mut parts: Parts) -> Json {
    let access_logs = std::mem::take(&mut parts.access_logs);
    let access_logs = if access_logs.is_empty() {
        vec![object! {
            "name": "envoy.access_loggers.file",
            "typed_config": object! {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                "path": input.admin.access_log_path(),
            },
        }]
    } else {
        access_logs
    };
    let admin = object! {
        "access_log": access_logs,
        "address": super::socket_address(input.admin.address.clone().into(), input.admin.port),
    };
    let mut metadata = Vec::new();
    if !input.node.node_name.is_empty() {
        metadata.push(("node_name", Json::from(&input.node.node_name)));
    }
    metadata.push(("namespace", super::or_default(&input.node.namespace).to_owned().into()));
    metadata.push(("partition", super::or_default(&input.node.partition).to_owned().into()));
    let node =
        object! { "cluster": &input.node.cluster, "id": &input.node.id, "metadata": Json::Object(metadata) };
    let layer = object! {
        "name": "base",
        "static_layer": object! { "re2.max_program_size.error_level": Json::Number(1_048_576) },
    };

    let mut document = vec![
        ("admin", admin),
        ("node", node),
        ("layered_runtime", object! { "layers": list![layer] }),
        ("static_resources", parts.static_resources(agent_cluster(&input.xds))),
    ];
    document.extend(parts.observability());
    document.extend(input.heap.map(|heap| ("overload_manager", overload::manager(heap))));
    document.push(("dynamic_resources", dynamic_resources(input)));
    Json::Object(document)
}

fn dynamic_resources(input: &BootstrapInput) -> Json {
    let by_ads = || {
        object! { "ads": object! {}, "initial_fetch_timeout": "0s", "resource_api_version": "V3" }
    };
    let mut ads = vec![
        ("api_type", Json::from("DELTA_GRPC")),
        ("transport_api_version", "V3".into()),
        ("grpc_services", super::grpc_services(input)),
    ];
    if let XdsSource::Socket { .. } = input.xds {
        ads.push(("set_node_on_first_message_only", true.into()));
    }
    object! { "lds_config": by_ads(), "cds_config": by_ads(), "ads_config": Json::Object(ads) }
}

fn agent_cluster(xds: &XdsSource) -> Json {
    let mut cluster = vec![
        ("name", Json::from(LOCAL_AGENT_CLUSTER)),
        ("ignore_health_on_host_removal", false.into()),
        ("connect_timeout", "1s".into()),
        ("type", "STATIC".into()),
    ];
    let address = match xds {
        XdsSource::Agent(agent) => {
            if agent.tls {
                cluster.push(("transport_socket", upstream_tls(&agent.authorities)));
            }
            match &agent.endpoint {
                AgentEndpoint::Tcp { address, port } => super::socket_address(address.clone().into(), *port),
                AgentEndpoint::Unix { path } => super::pipe(path.clone().into()),
            }
        }
        XdsSource::Socket { path, .. } => super::pipe(path.clone().into()),
    };
    cluster.push(("typed_extension_protocol_options", http_options("http2_protocol_options")));
    cluster.push(("loadAssignment", load_assignment(LOCAL_AGENT_CLUSTER, address)));
    Json::Object(cluster)
}

fn upstream_tls(authorities: &String) -> Json {
    let trusted = object! { "trusted_ca": object! { "inline_string": authorities } };
    object! {
        "name": "tls",
        "typed_config": object! {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context": object! { "validation_context": trusted },
        },
    }
}
