//! Names that Consul gives: SNIs, statistics, secrets, SPIFFE patterns.

use std::borrow::Cow;

use super::alphabet::{escaped, service};
use crate::intentions::or_default;
use crate::snapshot::{Intention, ServiceName, Snapshot};

/// Name of the secret with the mesh's CA roots.
pub const ROOTS_SECRET: &str = "roots";

/// What names of this mesh have in common.
#[derive(Debug, Clone)]
pub struct Names<'a> {
    datacenter: &'a str,
    trust_domain: &'a str,
    /// How the pattern of a source in the default partition and namespace starts; nearly all are.
    default_source: String,
}

impl<'a> Names<'a> {
    /// The names of `snapshot`'s mesh.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self::new(&snapshot.datacenter, &snapshot.roots.trust_domain)
    }

    fn new(datacenter: &'a str, trust_domain: &'a str) -> Self {
        let default_source = source_start(trust_domain, "default", "default");
        Self { datacenter, trust_domain, default_source }
    }

    /// The SNI with which mesh clients ask for `service`, which also names its cluster and route.
    ///
    /// Consul: `<service>.<namespace>.<datacenter>.internal.<trust domain>`; outside the default partition
    /// (Enterprise) `<service>.<namespace>.<partition>.<datacenter>.internal-v1.<trust domain>`.
    pub fn sni(&self, service: &ServiceName) -> String {
        let (name, namespace) = (service.name.as_str(), or_default(&service.namespace));
        let (datacenter, trust_domain) = (self.datacenter, self.trust_domain);
        match or_default(&service.partition) {
            "default" => [name, ".", namespace, ".", datacenter, ".internal.", trust_domain].concat(),
            partition => format!("{name}.{namespace}.{partition}.{datacenter}.internal-v1.{trust_domain}"),
        }
    }

    /// The SNI of one address of a service-defaults `Destination`, given the service's own SNI.
    ///
    /// Consul: dots (and the colons of IPv6) become dashes.
    pub fn destination_sni(service_sni: &str, address: &str) -> String {
        format!("destination.{}.{service_sni}", address.replace(['.', ':'], "-"))
    }

    /// Prefix of the statistics of a service's filter chains.
    ///
    /// Consul: colons become underscores, as Envoy has them in the statistics of clusters.
    pub fn stat_prefix(&self, service: &ServiceName) -> String {
        let (namespace, partition) = (or_default(&service.namespace), or_default(&service.partition));
        let name = service.name.replace(':', "_");
        ["upstream.", &name, ".", namespace, ".", partition, ".", self.datacenter].concat()
    }

    /// Prefix of the statistics of the last chain, for unknown names.
    pub fn refusing_stat_prefix(bind_name: &str) -> String {
        format!("terminating_gateway.{}", bind_name.replace(':', "_"))
    }

    /// Name of the secret with the leaf of the service that has this SNI.
    pub fn leaf_secret(service_sni: &str) -> String {
        ["leaf:", service_sni].concat()
    }

    /// How the SPIFFE ids of this mesh start.
    pub fn identity_start(&self) -> String {
        ["spiffe://", self.trust_domain, "/"].concat()
    }

    /// The expression that SPIFFE ids of an intention's source match.
    pub fn source_pattern(&self, source: &Intention) -> String {
        let name = match source.source_name.as_str() {
            "*" => Cow::Borrowed("[^/]+"),
            name => service(name),
        };
        match (or_default(&source.source_partition), or_default(&source.source_ns)) {
            ("default", "default") => [&self.default_source, name.as_ref(), "$"].concat(),
            (partition, namespace) => {
                [&source_start(self.trust_domain, partition, namespace), name.as_ref(), "$"].concat()
            }
        }
    }
}

/// The pattern of SPIFFE ids up to the service's name.
fn source_start(trust_domain: &str, partition: &str, namespace: &str) -> String {
    let partition =
        if partition == "default" { String::new() } else { format!("ap/{}/", escaped(partition)) };
    ["^spiffe://", trust_domain, "/", &partition, "ns/", &any_or(namespace), "/dc/[^/]+/svc/"].concat()
}

/// The expression for `name`, or for any name.
fn any_or(name: &str) -> Cow<'_, str> {
    if name == "*" { Cow::Borrowed("[^/]+") } else { escaped(name) }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::snapshot::{Intention, ServiceName};

    fn names() -> Names<'static> {
        Names::new("dc1", "td.consul")
    }

    #[test]
    fn names_of_the_default_partition_leave_it_out() {
        let service = ServiceName { name: "web".into(), ..ServiceName::default() };
        assert_eq!(names().sni(&service), "web.default.dc1.internal.td.consul");
        assert_eq!(names().stat_prefix(&service), "upstream.web.default.default.dc1");
        let service = ServiceName { partition: "east".into(), namespace: "shop".into(), ..service };
        assert_eq!(names().sni(&service), "web.shop.east.dc1.internal-v1.td.consul");
    }

    #[test]
    fn prefixes_of_statistics_have_no_colons() {
        let service = ServiceName { name: "a:b".into(), ..ServiceName::default() };
        assert_eq!(names().stat_prefix(&service), "upstream.a_b.default.default.dc1");
        assert_eq!(Names::refusing_stat_prefix("x:y"), "terminating_gateway.x_y");
    }

    #[test]
    fn addresses_of_destinations_become_one_label() {
        assert_eq!(Names::destination_sni("pay.x", "127.0.0.1"), "destination.127-0-0-1.pay.x");
        assert_eq!(Names::destination_sni("pay.x", "fd00::1"), "destination.fd00--1.pay.x");
    }

    #[test]
    fn source_names_match_themselves_only() {
        let pattern = |name: &str| {
            names().source_pattern(&Intention { source_name: name.into(), ..Intention::default() })
        };
        assert_eq!(pattern("*"), "^spiffe://td.consul/ns/default/dc/[^/]+/svc/[^/]+$");
        assert_eq!(pattern("a.b-c_d"), r"^spiffe://td.consul/ns/default/dc/[^/]+/svc/a\.b-c_d$");
    }
}
