//! Rendered resources into the set that is served; what did not change is not encoded again.

use std::sync::Arc;

use super::encode;
use super::filter_chains::FilterChains;
use super::subscription::{EncodedResource, ResourceSet};
use crate::envoy_api::ResourceKind;
use crate::render::{ResourceRef, Resources};

/// Keeps the last resources and their encoded form.
#[derive(Debug, Default)]
pub struct Encoder {
    resources: Resources,
    set: ResourceSet,
    chains: FilterChains,
}

/// A resource that could not be encoded; the one before it stays in force.
#[derive(Debug)]
pub struct Failure {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its name.
    pub name: String,
    /// Why.
    pub error: encode::Error,
}

impl Encoder {
    /// Encodes what differs from the resources before.
    pub fn update(&mut self, resources: Resources) -> (Arc<ResourceSet>, Vec<Failure>) {
        let mut set = ResourceSet::default();
        let mut failures = Vec::new();
        for (kind, name, resource) in resources.iter() {
            let before = self.set.get(kind, name);
            let encoded = match before {
                Some(encoded) if self.resources.get(kind, name) == Some(resource) => {
                    Some(Arc::clone(encoded))
                }
                _ => match encode(&mut self.chains, kind, &resource) {
                    Ok(encoded) => Some(Arc::new(encoded)),
                    Err(error) => {
                        failures.push(Failure { kind, name: name.to_owned(), error });
                        before.cloned()
                    }
                },
            };
            if let Some(encoded) = encoded {
                set.insert(kind, name.to_owned(), encoded);
            }
        }
        self.resources = resources;
        self.set = set;
        (Arc::new(self.set.clone()), failures)
    }
}

fn encode(
    chains: &mut FilterChains,
    kind: ResourceKind,
    resource: &ResourceRef<'_>,
) -> Result<EncodedResource, encode::Error> {
    match resource {
        ResourceRef::Listener(listener) => chains.encode(listener),
        other => EncodedResource::new(kind, &other.to_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envoy_api::ClusterLoadAssignment;

    #[test]
    fn what_did_not_change_is_the_same_encoded_resource() {
        let resources = |name: &str| {
            let mut resources = Resources::default();
            for cluster_name in ["same", name] {
                let endpoints =
                    ClusterLoadAssignment { cluster_name: cluster_name.to_owned(), endpoints: Vec::new() };
                resources.endpoints.insert(cluster_name.to_owned(), endpoints);
            }
            resources
        };
        let mut encoder = Encoder::default();
        let (first, failures) = encoder.update(resources("a"));
        assert!(failures.is_empty());
        let (second, _) = encoder.update(resources("b"));
        let get = |set: &ResourceSet, name| set.get(ResourceKind::Endpoint, name).cloned();
        assert!(Arc::ptr_eq(&get(&first, "same").unwrap(), &get(&second, "same").unwrap()));
        assert!(get(&second, "a").is_none() && get(&second, "b").is_some());
    }
}
