//! Names that Consul gives: SNIs, statistics, secrets, SPIFFE patterns.

use std::borrow::Cow;

use crate::intentions::or_default;
use crate::snapshot::{Intention, ServiceName, Snapshot};

/// Name of the secret with the mesh's CA roots.
pub const ROOTS_SECRET: &str = "roots";

/// What names of this mesh have in common.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    datacenter: &'a str,
    trust_domain: &'a str,
}

impl<'a> Names<'a> {
    /// The names of `snapshot`'s mesh.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self { datacenter: &snapshot.datacenter, trust_domain: &snapshot.roots.trust_domain }
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

    /// Statistics of a filter chain.
    pub fn stat_prefix(&self, service: &ServiceName) -> String {
        let (namespace, partition) = (or_default(&service.namespace), or_default(&service.partition));
        ["upstream.", &service.name, ".", namespace, ".", partition, ".", self.datacenter].concat()
    }

    /// Name of the secret with the leaf of the service that has this SNI.
    pub fn leaf_secret(service_sni: &str) -> String {
        ["leaf:", service_sni].concat()
    }

    /// The expression that SPIFFE ids of an intention's source match.
    pub fn source_pattern(&self, source: &Intention) -> String {
        let partition = match or_default(&source.source_partition) {
            "default" => String::new(),
            partition => format!("ap/{}/", escaped(partition)),
        };
        let (namespace, name) = (any_or(or_default(&source.source_ns)), any_or(&source.source_name));
        ["^spiffe://", self.trust_domain, "/", &partition, "ns/", &namespace, "/dc/[^/]+/svc/", &name, "$"]
            .concat()
    }
}

/// `name` as a regular expression for itself. Consul leaves dots as they are, so that `a.b` also lets `aXb` in.
pub fn escaped(name: &str) -> Cow<'_, str> {
    let is_special = |character: &u8| character.is_ascii_punctuation() && !matches!(character, b'-' | b'_');
    if !name.as_bytes().iter().any(is_special) {
        return Cow::Borrowed(name);
    }
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        if u8::try_from(character).is_ok_and(|byte| is_special(&byte)) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Cow::Owned(escaped)
}

/// The expression for `name`, or for any name.
fn any_or(name: &str) -> Cow<'_, str> {
    if name == "*" { Cow::Borrowed("[^/]+") } else { escaped(name) }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::snapshot::{Intention, ServiceName};

    const NAMES: Names<'_> = Names { datacenter: "dc1", trust_domain: "td.consul" };

    #[test]
    fn names_of_the_default_partition_leave_it_out() {
        let service = ServiceName { name: "web".into(), ..ServiceName::default() };
        assert_eq!(NAMES.sni(&service), "web.default.dc1.internal.td.consul");
        assert_eq!(NAMES.stat_prefix(&service), "upstream.web.default.default.dc1");
        let service = ServiceName { partition: "east".into(), namespace: "shop".into(), ..service };
        assert_eq!(NAMES.sni(&service), "web.shop.east.dc1.internal-v1.td.consul");
    }

    #[test]
    fn addresses_of_destinations_become_one_label() {
        assert_eq!(Names::destination_sni("pay.x", "127.0.0.1"), "destination.127-0-0-1.pay.x");
        assert_eq!(Names::destination_sni("pay.x", "fd00::1"), "destination.fd00--1.pay.x");
    }

    #[test]
    fn source_names_match_themselves_only() {
        let pattern = |name: &str| {
            NAMES.source_pattern(&Intention { source_name: name.into(), ..Intention::default() })
        };
        assert_eq!(pattern("*"), "^spiffe://td.consul/ns/default/dc/[^/]+/svc/[^/]+$");
        assert_eq!(pattern("a.b-c_d"), r"^spiffe://td.consul/ns/default/dc/[^/]+/svc/a\.b-c_d$");
    }
}
