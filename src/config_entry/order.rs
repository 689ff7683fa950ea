//! In which order entries are written, so that each finds what it depends on.
//!
//! Consul's servers compile the discovery chain of every service that a write touches, and refuse the write if a chain
//! makes no sense: a router, splitter or ingress listener of a service whose protocol is not (yet) http, a subset that
//! its resolver does not name (yet), intentions with permissions for a service that is not (yet) http.

use super::ConfigEntry;
use super::request::Json;

/// A step of writing; entries of one step do not depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// What all services share: proxy-defaults, mesh, certificates, JWT providers, peers.
    Shared,
    /// service-defaults, with the protocols.
    Defaults,
    /// Resolvers, which name subsets.
    Resolvers,
    /// Resolvers that lead to the subsets of others.
    DependentResolvers,
    /// Splitters and routers need protocols and subsets, and routers lead to splitters.
    Splitters,
    /// See [`Phase::Splitters`].
    Routers,
    /// Gateways lead to all of these.
    Gateways,
    /// Routes name the API gateway they belong to.
    Routes,
    /// Last of all who may reach what: nothing is opened before it is complete.
    Access,
}

impl Phase {
    /// The step of a whole kind.
    pub fn of_kind(kind: &str) -> Self {
        match kind {
            "service-defaults" => Self::Defaults,
            "service-resolver" => Self::Resolvers,
            "service-splitter" => Self::Splitters,
            "service-router" => Self::Routers,
            "terminating-gateway" | "ingress-gateway" | "api-gateway" => Self::Gateways,
            "http-route" | "tcp-route" => Self::Routes,
            "service-intentions" | "exported-services" => Self::Access,
            _ => Self::Shared,
        }
    }

    /// The step of an entry.
    pub fn of(entry: &ConfigEntry) -> Self {
        match Self::of_kind(entry.kind()) {
            Self::Resolvers if leads_elsewhere(entry.body()) => Self::DependentResolvers,
            phase => phase,
        }
    }
}

/// Whether a resolver names subsets of other services.
fn leads_elsewhere(resolver: &Json) -> bool {
    let is_given = |name: &str| resolver.get(name).is_some_and(|field| !field.json.is_empty());
    is_given("Redirect") || is_given("Failover")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_entry::read;
    use crate::consul_version::ConsulVersion;
    use crate::hcl::Source;

    #[test]
    fn dependencies_go_first() {
        let phase = |text: &str| {
            Phase::of(&read(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN).unwrap())
        };
        let texts = [
            "Kind = \"proxy-defaults\"",
            "Kind = \"service-defaults\" Name = \"a\"",
            "Kind = \"service-resolver\" Name = \"a\" Subsets = { v1 = { Filter = \"x\" } }",
            "Kind = \"service-resolver\" Name = \"b\" Redirect { Service = \"a\" ServiceSubset = \"v1\" }",
            "Kind = \"service-splitter\" Name = \"a\"",
            "Kind = \"service-router\" Name = \"a\"",
            "Kind = \"terminating-gateway\" Name = \"a\"",
            "Kind = \"http-route\" Name = \"a\"",
            "Kind = \"service-intentions\" Name = \"a\"",
        ];
        let phases: Vec<Phase> = texts.iter().map(|text| phase(text)).collect();
        assert!(phases.is_sorted_by(|left, right| left < right), "{phases:?}");
    }
}
