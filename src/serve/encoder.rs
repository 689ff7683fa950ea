//! Encodes rendered resources into the served set; unchanged ones are not encoded again.

use std::sync::Arc;

use super::filter_chains::FilterChains;
use super::subscription::{ByName, EncodedResource, ResourceSet};
use crate::envoy_api::ResourceKind;
use crate::envoy_api::encode;
use crate::render::{ResourceRef, Resources};

/// Keeps the last resources and their encoded form.
#[derive(Debug, Default)]
pub struct Encoder {
    resources: Resources,
    set: Arc<ResourceSet>,
    chains: FilterChains,
}

/// A resource that could not be encoded; the one before it stays in use.
#[derive(Debug)]
pub struct Failure {
    pub kind: ResourceKind,
    pub name: String,
    /// Why.
    pub error: encode::Error,
}

impl Encoder {
    /// Encodes what differs from the resources before; for kinds that are not among these Envoy has to wait.
    pub fn update(
        &mut self,
        resources: Resources,
        kinds: &[ResourceKind],
    ) -> (Arc<ResourceSet>, Vec<Failure>) {
        let mut set = ResourceSet::default();
        let mut failures = Vec::new();
        for kind in kinds.iter().copied() {
            let unchanged =
                self.set.of_kind(kind).filter(|_| resources.is_same_kind(&self.resources, kind)).cloned();
            let of_kind = unchanged.unwrap_or_else(|| Arc::new(self.encode(&resources, kind, &mut failures)));
            set.set(kind, of_kind);
        }
        self.resources = resources;
        self.set = Arc::new(set);
        (Arc::clone(&self.set), failures)
    }

    /// One kind, with what did not change as it was.
    fn encode(&mut self, resources: &Resources, kind: ResourceKind, failures: &mut Vec<Failure>) -> ByName {
        let mut encoded = ByName::new();
        for resource in resources.of_kind(kind) {
            let name = resource.name();
            let before = self.set.get(kind, name);
            let now = match before {
                Some(before) if self.resources.get(kind, name) == Some(resource) => Some(Arc::clone(before)),
                _ => match encode(&mut self.chains, &resource) {
                    Ok(encoded) => Some(Arc::new(encoded)),
                    Err(error) => {
                        failures.push(Failure { kind, name: name.to_owned(), error });
                        before.cloned()
                    }
                },
            };
            encoded.extend(now.map(|now| (name.to_owned(), now)));
        }
        encoded
    }
}

fn encode(chains: &mut FilterChains, resource: &ResourceRef<'_>) -> Result<EncodedResource, encode::Error> {
    match resource {
        ResourceRef::Listener(listener) => chains.encode(listener),
        other => EncodedResource::new(other.kind(), &other.to_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envoy_api::ClusterLoadAssignment;

    #[test]
    fn an_unchanged_resource_is_not_encoded_again() {
        let resources = |name: &str| {
            let mut resources = Resources::default();
            for cluster_name in ["same", name] {
                let endpoints =
                    ClusterLoadAssignment { cluster_name: cluster_name.to_owned(), endpoints: Vec::new() };
                resources.endpoints.insert(cluster_name.to_owned(), endpoints.into());
            }
            resources
        };
        let mut encoder = Encoder::default();
        let (first, failures) = encoder.update(resources("a"), &ResourceKind::ALL);
        assert!(failures.is_empty());
        let (second, _) = encoder.update(resources("b"), &ResourceKind::ALL);
        let get = |set: &ResourceSet, name| set.get(ResourceKind::Endpoint, name).cloned();
        assert!(Arc::ptr_eq(&get(&first, "same").unwrap(), &get(&second, "same").unwrap()));
        assert!(get(&second, "a").is_none() && get(&second, "b").is_some());
    }
}
