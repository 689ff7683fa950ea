//! What Envoy gets, by kind and name.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::envoy_api::{Cluster, ClusterLoadAssignment, Listener, ResourceKind, RouteConfiguration, Secret};

/// All resources of a gateway, shared with whoever renders them again: what stayed as it was is found to be the same
/// without a look at its content.
///
/// Serialises to `{"listeners": […], "clusters": […], …}`, each a list of Envoy JSON with `@type`, as
/// Envoy's config dump prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources {
    /// By listener name.
    pub listeners: BTreeMap<String, Arc<Listener>>,
    /// By cluster name.
    pub clusters: BTreeMap<String, Arc<Cluster>>,
    /// By cluster name.
    pub endpoints: BTreeMap<String, Arc<ClusterLoadAssignment>>,
    /// By route name.
    pub routes: BTreeMap<String, Arc<RouteConfiguration>>,
    /// By secret name.
    pub secrets: BTreeMap<String, Arc<Secret>>,
}

/// One resource; serialises with its `@type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "@type")]
pub enum ResourceRef<'a> {
    #[serde(rename = "type.googleapis.com/envoy.config.listener.v3.Listener")]
    Listener(&'a Arc<Listener>),
    #[serde(rename = "type.googleapis.com/envoy.config.cluster.v3.Cluster")]
    Cluster(&'a Arc<Cluster>),
    #[serde(rename = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment")]
    Endpoint(&'a Arc<ClusterLoadAssignment>),
    /// Routes.
    #[serde(rename = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration")]
    Route(&'a Arc<RouteConfiguration>),
    #[serde(rename = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret")]
    Secret(&'a Arc<Secret>),
}

impl<'a> ResourceRef<'a> {
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Listener(_) => ResourceKind::Listener,
            Self::Cluster(_) => ResourceKind::Cluster,
            Self::Endpoint(_) => ResourceKind::Endpoint,
            Self::Route(_) => ResourceKind::Route,
            Self::Secret(_) => ResourceKind::Secret,
        }
    }

    /// Its name, unique in its kind.
    pub fn name(&self) -> &'a str {
        match *self {
            Self::Listener(listener) => &listener.name,
            Self::Cluster(cluster) => &cluster.name,
            Self::Endpoint(endpoints) => &endpoints.cluster_name,
            Self::Route(route) => &route.name,
            Self::Secret(secret) => &secret.name,
        }
    }

    /// Its JSON, with `@type`.
    pub fn to_value(self) -> Value {
        // All keys are text and no field fails to serialise.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Resources {
    /// All resources of one kind, by name.
    pub fn of_kind(&self, kind: ResourceKind) -> Box<dyn Iterator<Item = ResourceRef<'_>> + '_> {
        match kind {
            ResourceKind::Listener => Box::new(self.listeners.values().map(ResourceRef::Listener)),
            ResourceKind::Cluster => Box::new(self.clusters.values().map(ResourceRef::Cluster)),
            ResourceKind::Endpoint => Box::new(self.endpoints.values().map(ResourceRef::Endpoint)),
            ResourceKind::Route => Box::new(self.routes.values().map(ResourceRef::Route)),
            ResourceKind::Secret => Box::new(self.secrets.values().map(ResourceRef::Secret)),
        }
    }

    /// All resources with kind and name, kinds in the order of [`ResourceKind::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (ResourceKind, &str, ResourceRef<'_>)> {
        let all = ResourceKind::ALL.into_iter().flat_map(|kind| self.of_kind(kind));
        all.map(|resource| (resource.kind(), resource.name(), resource))
    }

    /// A resource by kind and name.
    pub fn get(&self, kind: ResourceKind, name: &str) -> Option<ResourceRef<'_>> {
        match kind {
            ResourceKind::Listener => self.listeners.get(name).map(ResourceRef::Listener),
            ResourceKind::Cluster => self.clusters.get(name).map(ResourceRef::Cluster),
            ResourceKind::Endpoint => self.endpoints.get(name).map(ResourceRef::Endpoint),
            ResourceKind::Route => self.routes.get(name).map(ResourceRef::Route),
            ResourceKind::Secret => self.secrets.get(name).map(ResourceRef::Secret),
        }
    }

    /// Whether all resources of a kind are the same as those of `other`.
    pub fn is_same_kind(&self, other: &Self, kind: ResourceKind) -> bool {
        match kind {
            ResourceKind::Listener => self.listeners == other.listeners,
            ResourceKind::Cluster => self.clusters == other.clusters,
            ResourceKind::Endpoint => self.endpoints == other.endpoints,
            ResourceKind::Route => self.routes == other.routes,
            ResourceKind::Secret => self.secrets == other.secrets,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.listeners.len()
            + self.clusters.len()
            + self.endpoints.len()
            + self.routes.len()
            + self.secrets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Serialize for Resources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Lists<'a> {
            listeners: Vec<ResourceRef<'a>>,
            clusters: Vec<ResourceRef<'a>>,
            endpoints: Vec<ResourceRef<'a>>,
            routes: Vec<ResourceRef<'a>>,
            secrets: Vec<ResourceRef<'a>>,
        }
        let lists = Lists {
            listeners: self.of_kind(ResourceKind::Listener).collect(),
            clusters: self.of_kind(ResourceKind::Cluster).collect(),
            endpoints: self.of_kind(ResourceKind::Endpoint).collect(),
            routes: self.of_kind(ResourceKind::Route).collect(),
            secrets: self.of_kind(ResourceKind::Secret).collect(),
        };
        lists.serialize(serializer)
    }
}
