//! Instances of a service as endpoints of a cluster.

use std::net::IpAddr;

use super::collector::Collector;
use crate::envoy_api::{
    Address, ClusterLoadAssignment, Endpoint, HealthStatus, LbEndpoint, LocalityLbEndpoints,
};
use crate::finding::Code;
use crate::snapshot::{CheckStatus, Instance};

/// Envoy's limit on the weight of an endpoint that Consul keeps.
const MAX_WEIGHT: i64 = 128;

/// The instances of a service (or subset) as they become endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoints {
    /// All are IP addresses.
    Addresses(Vec<LbEndpoint>),
    /// All are host names, and at least one: what the kind of DNS cluster uses of them.
    Hostnames(Vec<LbEndpoint>),
}

/// Whether `instance` is reached by host name.
///
/// Consul: if any instance of a service is, those with an IP address are ignored, in all its subsets.
pub fn has_hostname(instance: &Instance) -> bool {
    let address = address_of(instance);
    !address.is_empty() && address.parse::<IpAddr>().is_err()
}

/// The endpoints for `instances`, which are all reached by host name or all by IP address.
///
/// Consul: of host names the healthy ones are used, or the last one if none is healthy. With `strict_dns` all
/// of those count, else the first.
pub fn endpoints(
    instances: &[&Instance],
    only_passing: bool,
    strict_dns: bool,
    findings: &mut Collector<'_>,
) -> Endpoints {
    let mut endpoints = Vec::with_capacity(instances.len());
    for instance in instances {
        let address = address_of(instance);
        let Ok(port) = u16::try_from(instance.service.reached_port()) else {
            findings.push(
                Code::BadInstance,
                format!(
                    "instance `{}` has port {}; it is left out",
                    instance.service.id,
                    instance.service.reached_port()
                ),
                "register it again with a port from 1 to 65535",
            );
            continue;
        };
        if address.is_empty() || port == 0 {
            let lacks = if port == 0 { "port" } else { "address" };
            findings.push(
                Code::BadInstance,
                format!("instance `{}` has no {lacks}, so connections to it fail", instance.service.id),
                format!("register it again with its {lacks}"),
            );
        }
        if !address.is_empty() {
            endpoints.push(endpoint(instance, address, port, only_passing));
        }
    }
    let is_healthy = |endpoint: &LbEndpoint| endpoint.health_status == Some(HealthStatus::Healthy);
    let usable = endpoints.iter().filter(|endpoint| is_healthy(endpoint)).count();
    if usable == 0 && !endpoints.is_empty() {
        findings.push(Code::NoHealthyInstance, all_unhealthy(instances), "check the health of the instances");
    }
    if endpoints.is_empty() || !instances.iter().any(|instance| has_hostname(instance)) {
        return Endpoints::Addresses(endpoints);
    }
    if usable > 0 {
        endpoints.retain(is_healthy);
    } else {
        endpoints.drain(..endpoints.len() - 1);
    }
    if !strict_dns && endpoints.len() > 1 {
        findings.push(
            Code::HostnamesIgnored,
            format!("{usable} instances have host names, only the first is used"),
            "set `envoy_dns_discovery_type = \"STRICT_DNS\"` in the gateway's Proxy.Config to use all",
        );
        endpoints.truncate(1);
    }
    Endpoints::Hostnames(endpoints)
}

/// What becomes of requests where no instance is healthy: Envoy then takes no notice of health (its panic mode, below half
/// of the instances by default; Consul leaves that as it is).
fn all_unhealthy(instances: &[&Instance]) -> String {
    match instances {
        [_] => "its only instance is unhealthy; Envoy still sends requests to it".to_owned(),
        // Of host names the last one is left.
        [.., last] if instances.iter().any(|instance| has_hostname(instance)) => format!(
            "all {} instances are unhealthy; Envoy still sends requests to `{}`",
            instances.len(),
            address_of(last)
        ),
        _ => format!("all {} instances are unhealthy; Envoy still sends requests to them", instances.len()),
    }
}

/// Where an instance is reached.
///
/// Consul: the service's address, else its node's; tagged addresses don't count.
pub fn address_of(instance: &Instance) -> &str {
    if instance.service.address.is_empty() { &instance.node.address } else { &instance.service.address }
}

fn endpoint(instance: &Instance, address: &str, port: u16, only_passing: bool) -> LbEndpoint {
    let (health_status, weight) = health(instance, only_passing);
    LbEndpoint {
        endpoint: Endpoint { address: Address::tcp(address, port) },
        health_status: Some(health_status),
        load_balancing_weight: Some(weight),
    }
}

/// Consul: a critical check makes an instance unhealthy (with `only_passing` any that is not passing); the weight is
/// that of its state, at most 128, and a weight of 0 makes it unhealthy with weight 1.
fn health(instance: &Instance, only_passing: bool) -> (HealthStatus, u32) {
    let has = |status: &CheckStatus| instance.checks.iter().any(|check| check.status == *status);
    let warning = has(&CheckStatus::Warning);
    let all_pass = instance.checks.iter().all(|check| check.status == CheckStatus::Passing);
    let weights = &instance.service.weights;
    let weight = if warning { weights.warning } else { weights.passing };
    let unhealthy = has(&CheckStatus::Critical) || (only_passing && !all_pass) || weight < 1;
    let health_status = if unhealthy { HealthStatus::Unhealthy } else { HealthStatus::Healthy };
    (health_status, u32::try_from(weight.clamp(1, MAX_WEIGHT)).unwrap_or(1))
}

/// The endpoints of the cluster `name`.
pub fn load_assignment(name: &str, lb_endpoints: Vec<LbEndpoint>) -> ClusterLoadAssignment {
    ClusterLoadAssignment {
        cluster_name: name.to_owned(),
        endpoints: vec![LocalityLbEndpoints { lb_endpoints }],
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoints, endpoints};
    use crate::envoy_api::HealthStatus::{self, Healthy, Unhealthy};
    use crate::render::collector::Collector;
    use crate::snapshot::answers::Weights;
    use crate::snapshot::{CheckStatus, HealthCheck, Instance};

    fn instance(address: &str, status: CheckStatus, weights: (i64, i64)) -> Instance {
        let mut instance = Instance::default();
        instance.node.address = "10.0.0.1".into();
        instance.service.address = address.into();
        instance.service.port = 80;
        instance.service.weights = Weights { passing: weights.0, warning: weights.1 };
        instance.checks = vec![HealthCheck { status, ..HealthCheck::default() }];
        instance
    }

    fn seen(
        instances: &[Instance],
        only_passing: bool,
        strict_dns: bool,
    ) -> (bool, Vec<(String, HealthStatus, u32)>) {
        let mut list = Vec::new();
        let instances: Vec<&Instance> = instances.iter().collect();
        let (names, found) =
            match endpoints(&instances, only_passing, strict_dns, &mut Collector::new("s", &mut list)) {
                Endpoints::Addresses(found) => (false, found),
                Endpoints::Hostnames(found) => (true, found),
            };
        let triple = found.into_iter().map(|endpoint| {
            let address = endpoint.endpoint.address.socket_address.address;
            (address, endpoint.health_status.unwrap(), endpoint.load_balancing_weight.unwrap())
        });
        (names, triple.collect())
    }

    #[test]
    fn weights_follow_health_within_envoys_limits() {
        use CheckStatus::{Critical, Other, Passing, Warning};
        let all = [
            instance("", Passing, (5, 2)),
            instance("1.1.1.1", Warning, (5, 2)),
            instance("1.1.1.2", Critical, (5, 2)),
            instance("1.1.1.3", Passing, (200, 1)),
            instance("1.1.1.4", Warning, (1, 0)),
            instance("1.1.1.5", Other("foo".into()), (5, 2)),
        ];
        let (_, found) = seen(&all, false, false);
        let short: Vec<_> =
            found.iter().map(|(address, health, weight)| (address.as_str(), *health, *weight)).collect();
        assert_eq!(
            short,
            [
                ("10.0.0.1", Healthy, 5),
                ("1.1.1.1", Healthy, 2),
                ("1.1.1.2", Unhealthy, 5),
                ("1.1.1.3", Healthy, 128),
                ("1.1.1.4", Unhealthy, 1),
                ("1.1.1.5", Healthy, 5),
            ]
        );
        let only_passing: Vec<_> = seen(&all, true, false).1.iter().map(|found| found.1).collect();
        assert_eq!(only_passing, [Healthy, Unhealthy, Unhealthy, Healthy, Unhealthy, Unhealthy]);
    }

    #[test]
    fn of_several_host_names_a_healthy_one_counts_else_the_last() {
        use CheckStatus::{Critical, Passing};
        let all = [
            instance("a.example", Critical, (1, 1)),
            instance("b.example", Passing, (7, 1)),
            instance("c.example", Passing, (1, 1)),
            instance("d.example", Critical, (3, 1)),
        ];
        let (names, found) = seen(&all, false, false);
        assert!(names);
        assert_eq!(found, [("b.example".to_owned(), Healthy, 7)]);
        assert_eq!(seen(&all, false, true).1.len(), 2);
        let unhealthy = [all[0].clone(), all[3].clone()];
        for strict_dns in [false, true] {
            assert_eq!(seen(&unhealthy, false, strict_dns).1, [("d.example".to_owned(), Unhealthy, 3)]);
        }
    }
}
