//! `/v1/internal/ui`: what Consul's own user interface is made of.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::Error;
use crate::snapshot::CheckStatus;
use crate::snapshot::answers::null_as_default;

/// Every instance on a node with its checks.
pub fn node(name: &str) -> Path {
    Path::named("/v1/internal/ui/node/", name).growing()
}

/// Every instance on every node.
pub fn nodes() -> Path {
    Path::fixed("/v1/internal/ui/nodes").growing()
}

/// A summary of the services that a gateway is linked to.
pub fn instances_behind(gateway: &str) -> Path {
    Path::named("/v1/internal/ui/gateway-services-nodes/", gateway).growing()
}

/// A node of the catalog with what is registered on it, as far as it matters for who reaches what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshNode {
    /// Its name.
    #[serde(rename = "Node")]
    pub name: String,
    /// Its address.
    pub address: String,
    /// Consul 1.13+: the cluster peer that it belongs to, else empty.
    pub peer_name: String,
    /// What is registered on it.
    #[serde(deserialize_with = "null_as_default")]
    pub services: Vec<MeshService>,
    /// Its checks and those of its services.
    #[serde(deserialize_with = "null_as_default")]
    pub checks: Vec<MeshCheck>,
}

/// A service on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshService {
    /// Unique on its node.
    #[serde(rename = "ID")]
    pub id: String,
    /// Its name.
    pub service: String,
    /// `connect-proxy`, a gateway's kind, or empty.
    pub kind: String,
    /// Its address; empty: the node's.
    pub address: String,
    /// Its port.
    pub port: i64,
    /// Its proxy.
    #[serde(deserialize_with = "null_as_default")]
    pub proxy: MeshProxy,
    /// Whether it speaks mTLS of the mesh itself.
    #[serde(deserialize_with = "null_as_default")]
    pub connect: MeshConnect,
}

/// The `Connect` part of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshConnect {
    /// Whether it needs no proxy.
    pub native: bool,
}

/// The `Proxy` part of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshProxy {
    /// The service that a sidecar stands before.
    pub destination_service_name: String,
    /// `transparent`, `direct` or empty.
    pub mode: String,
    /// What its service reaches through it.
    #[serde(deserialize_with = "null_as_default")]
    pub upstreams: Vec<MeshUpstream>,
    /// Opaque settings.
    #[serde(deserialize_with = "null_as_default")]
    pub config: serde_json::Map<String, serde_json::Value>,
}

impl MeshProxy {
    /// The services that its upstreams name.
    pub fn reached(&self) -> impl Iterator<Item = &str> {
        let named = self.upstreams.iter().filter(|upstream| upstream.destination_type != "prepared_query");
        named.map(|upstream| upstream.destination_name.as_str())
    }
}

/// What a service reaches through its proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshUpstream {
    /// `service` or `prepared_query`.
    pub destination_type: String,
    /// The service.
    pub destination_name: String,
    /// Another datacenter, else empty.
    pub datacenter: String,
}

/// A check on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MeshCheck {
    /// Unique on its node.
    #[serde(rename = "CheckID")]
    pub check_id: String,
    /// The service that it is about; empty: the node.
    #[serde(rename = "ServiceID")]
    pub service_id: String,
    /// Its state.
    pub status: CheckStatus,
}

impl Consul {
    /// All nodes of this cluster with what is registered on them, as far as the token may read.
    pub async fn mesh_nodes(&self) -> Result<Vec<MeshNode>, Error> {
        let found: BTreeMap<String, MeshNode> = self
            .get::<Option<Vec<MeshNode>>>(&nodes(), &[])
            .await?
            .unwrap_or_default()
            .into_iter()
            .filter(|node| node.peer_name.is_empty())
            .map(|node| (node.name.clone(), node))
            .collect();
        Ok(found.into_values().collect())
    }
}
