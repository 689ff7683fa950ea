//! One static configuration with everything inside, for an Envoy without a control plane.

use std::net::SocketAddr;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::resources::Resources;
use crate::envoy_api::{
    Address, Cluster, ClusterLoadAssignment, ClusterType, CommonTlsContext, FilterChain, FilterConfig,
    Listener, Secret, TransportSocket, TransportSocketConfig,
};

/// What a static configuration holds beside the resources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaticOptions {
    /// Envoy's node id; with [`StaticOptions::node_cluster`] absent if empty.
    pub node_id: String,
    /// Envoy's node cluster.
    pub node_cluster: String,
    /// Where Envoy's admin interface listens; absent: none.
    pub admin: Option<SocketAddr>,
    /// More clusters: `envoy_extra_static_clusters_json`.
    pub clusters: Vec<Value>,
    /// More listeners: `envoy_extra_static_listeners_json`.
    pub listeners: Vec<Value>,
}

#[derive(Serialize)]
struct Bootstrap {
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<Node>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<Admin>,
    layered_runtime: Value,
    static_resources: StaticResources,
}

#[derive(Serialize)]
struct Node {
    id: String,
    cluster: String,
}

#[derive(Serialize)]
struct Admin {
    address: Address,
}

#[derive(Serialize)]
struct StaticResources {
    listeners: Vec<Static<Listener>>,
    clusters: Vec<Static<Cluster>>,
    secrets: Vec<Secret>,
}

/// What was rendered, or is a user's own.
#[derive(Serialize)]
#[serde(untagged)]
enum Static<T> {
    Rendered(T),
    Own(Value),
}

/// `resources` as one configuration file: endpoints and routes stand where they are referred to, and
/// secrets are found by name in the file itself.
pub fn static_config(resources: &Resources, options: &StaticOptions) -> Value {
    let node = (!options.node_id.is_empty() || !options.node_cluster.is_empty())
        .then(|| Node { id: options.node_id.clone(), cluster: options.node_cluster.clone() });
    let admin =
        options.admin.map(|admin| Admin { address: Address::tcp(admin.ip().to_string(), admin.port()) });
    let bootstrap = Bootstrap {
        node,
        admin,
        layered_runtime: layered_runtime(),
        static_resources: StaticResources {
            listeners: with_own(
                resources.listeners.values().map(|listener| static_listener(listener, resources)),
                &options.listeners,
            ),
            clusters: with_own(
                resources.clusters.values().map(|cluster| static_cluster(cluster, resources)),
                &options.clusters,
            ),
            secrets: resources.secrets.values().map(|secret| secret.as_ref().clone()).collect(),
        },
    };
    // All keys are text and no field fails to serialise.
    serde_json::to_value(bootstrap).unwrap_or_default()
}

fn with_own<T>(rendered: impl Iterator<Item = T>, own: &[Value]) -> Vec<Static<T>> {
    rendered.map(Static::Rendered).chain(own.iter().cloned().map(Static::Own)).collect()
}

/// Envoy refuses expressions of more than 100 steps by default; a long service name alone, as the
/// source of an intention, takes more. Consul's bootstrap has the same limit as this one.
fn layered_runtime() -> Value {
    json!({"layers": [{"name": "base", "static_layer": {"re2.max_program_size.error_level": 1_048_576}}]})
}

fn static_listener(listener: &Listener, resources: &Resources) -> Listener {
    let mut listener = listener.clone();
    for chain in &mut listener.filter_chains {
        static_chain(Arc::make_mut(chain), resources);
    }
    listener
}

fn static_chain(chain: &mut FilterChain, resources: &Resources) {
    for filter in &mut chain.filters {
        if let FilterConfig::HttpConnectionManager(manager) = &mut filter.typed_config {
            let name = manager.rds.take().map(|rds| rds.route_config_name);
            manager.route_config =
                name.and_then(|name| resources.routes.get(&name).map(|route| route.as_ref().clone()));
        }
    }
    if let Some(socket) = &mut chain.transport_socket {
        static_socket(socket);
    }
}

fn static_socket(socket: &mut TransportSocket) {
    match &mut socket.typed_config {
        TransportSocketConfig::Downstream(tls) => static_tls(&mut tls.common_tls_context),
        TransportSocketConfig::Upstream(tls) => tls.common_tls_context.iter_mut().for_each(static_tls),
    }
}

fn static_tls(tls: &mut CommonTlsContext) {
    let secrets = tls.tls_certificate_sds_secret_configs.iter_mut();
    let combined = tls.combined_validation_context.iter_mut();
    let combined = combined.map(|combined| &mut combined.validation_context_sds_secret_config);
    for secret in secrets.chain(&mut tls.validation_context_sds_secret_config).chain(combined) {
        secret.sds_config = None;
    }
}

fn static_cluster(cluster: &Cluster, resources: &Resources) -> Cluster {
    let mut cluster = cluster.clone();
    if cluster.r#type == ClusterType::Eds {
        let none = ClusterLoadAssignment { cluster_name: cluster.name.clone(), endpoints: Vec::new() };
        cluster.r#type = ClusterType::Static;
        cluster.eds_cluster_config = None;
        cluster.load_assignment =
            Some(resources.endpoints.get(&cluster.name).map_or(none, |endpoints| endpoints.as_ref().clone()));
    }
    cluster.transport_socket.iter_mut().for_each(static_socket);
    cluster
}
