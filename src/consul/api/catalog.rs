//! `/v1/catalog`: what the servers know of nodes and services.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::Error;
use crate::snapshot::GatewayLink;

/// The services that a gateway is linked to, wildcards expanded.
pub fn gateway_services(gateway: &str) -> Path {
    Path::named("/v1/catalog/gateway-services/", gateway).growing()
}

/// The names of all services that the token may read.
pub fn services() -> Path {
    Path::fixed("/v1/catalog/services").growing()
}

/// The nodes.
pub fn nodes() -> Path {
    Path::fixed("/v1/catalog/nodes").growing()
}

/// The instances of a service.
pub fn service(name: &str) -> Path {
    Path::named("/v1/catalog/service/", name).growing()
}

/// The datacenters.
pub const fn datacenters() -> Path {
    Path::fixed("/v1/catalog/datacenters")
}

/// A node and its services.
pub fn node(name: &str) -> Path {
    Path::named("/v1/catalog/node/", name).growing()
}

/// A node and those of its services that have this id, as central configuration makes them.
pub fn node_service(node: &str, id: &str) -> Path {
    Path::named("/v1/catalog/node-services/", node)
        .query("filter", &format!("ID == {id:?}"))
        .query("merge-central-config", "")
        .growing()
}

/// Registers a node, a service or a check.
pub fn register() -> Path {
    Path::fixed("/v1/catalog/register").repeatable()
}

/// Deregisters a node, a service or a check.
pub fn deregister() -> Path {
    Path::fixed("/v1/catalog/deregister").repeatable()
}

/// A node and its services.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CatalogNode {
    /// The node.
    pub node: NodeFacts,
    /// Its services by id.
    #[serde(default)]
    pub services: BTreeMap<String, NodeService>,
}

/// What the catalog has of a node.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeFacts {
    /// Its address.
    pub address: String,
    /// Free-form pairs.
    pub meta: Option<BTreeMap<String, String>>,
}

/// A service on a node.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NodeService {
    /// Its name.
    pub service: String,
}

impl Consul {
    /// The services that a gateway is linked to, wildcards expanded.
    pub async fn gateway_services(&self, gateway: &str) -> Result<Vec<GatewayLink>, Error> {
        Ok(self.get::<Option<_>>(&gateway_services(gateway), &[]).await?.unwrap_or_default())
    }

    /// The names of all services that the token may read, in an Enterprise namespace or in that of the settings.
    pub async fn service_names(&self, namespace: Option<&str>) -> Result<Vec<String>, Error> {
        let query: Vec<(&str, &str)> = namespace.map(|namespace| ("ns", namespace)).into_iter().collect();
        let services: Option<BTreeMap<String, Value>> = self.get(&services(), &query).await?;
        Ok(services.unwrap_or_default().into_keys().collect())
    }

    /// A node of the catalog, if there is one of this name.
    pub async fn catalog_node(&self, name: &str) -> Result<Option<CatalogNode>, Error> {
        Ok(self.get_optional::<Option<_>>(&node(name), &[]).await?.flatten())
    }

    /// The service of this id on a node: the answer as it is, with the node.
    pub async fn node_service(&self, node: &str, id: &str) -> Result<Value, Error> {
        self.get(&node_service(node, id), &[]).await
    }

    /// Registers what `body` names in the catalog.
    pub async fn register_in_catalog(&self, body: &Value) -> Result<(), Error> {
        self.put_json(&register(), body).await.map(drop)
    }

    /// Deregisters what `body` names from the catalog.
    pub async fn deregister_from_catalog(&self, body: &Value) -> Result<(), Error> {
        self.put_json(&deregister(), body).await.map(drop)
    }
}
