//! Load balancing as a service-resolver asks for it.

use serde::Deserialize;
use serde_json::Value;

use super::collector::Collector;
use crate::envoy_api::{
    Cluster, ConnectionHash, CookieHash, Duration, HashPolicy, HeaderHash, LbPolicy, LeastRequestLbConfig,
    QueryParameterHash, RingHashLbConfig,
};
use crate::finding::Code;
use crate::go::duration;
use crate::snapshot;

/// Envoy's limits on the options; it refuses clusters beyond them.
const MIN_CHOICES: u64 = 2;
const MAX_RING_SIZE: u64 = 8_388_608;

/// What Envoy takes where no minimum is given; it refuses a maximum below.
const DEFAULT_MINIMUM_RING_SIZE: u64 = 1024;

/// How the endpoints of a service share its traffic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadBalancing {
    policy: Option<LbPolicy>,
    least_request: Option<LeastRequestLbConfig>,
    ring_hash: Option<RingHashLbConfig>,
    /// What routes hash, for the hashing policies.
    pub hash_policy: Vec<HashPolicy>,
}

impl LoadBalancing {
    /// Reads the settings; options that Envoy would refuse are left out, with a finding.
    pub fn of(settings: Option<&snapshot::LoadBalancer>, findings: &mut Collector<'_>) -> Self {
        let Some(settings) = settings else { return Self::default() };
        let policy = match settings.policy.as_str() {
            "" | "round_robin" => None,
            "least_request" => Some(LbPolicy::LeastRequest),
            "random" => Some(LbPolicy::Random),
            "ring_hash" => Some(LbPolicy::RingHash),
            "maglev" => Some(LbPolicy::Maglev),
            other => {
                ignore(findings, &format!("load balancer policy `{other}`"));
                None
            }
        };
        let mut option = |config: Option<&Value>, key: &str, allowed: std::ops::RangeInclusive<u64>| {
            let number = config?.get(key)?.as_u64().filter(|number| *number != 0)?;
            if allowed.contains(&number) {
                return Some(number);
            }
            ignore(findings, &format!("{key} {number} of its load balancer"));
            None
        };
        let least_request =
            settings.least_request_config.as_ref().filter(|_| policy == Some(LbPolicy::LeastRequest));
        let choices = option(least_request, "ChoiceCount", MIN_CHOICES..=u64::from(u32::MAX));
        let ring = settings.ring_hash_config.as_ref().filter(|_| policy == Some(LbPolicy::RingHash));
        let mut ring_hash = RingHashLbConfig {
            minimum_ring_size: option(ring, "MinimumRingSize", 1..=MAX_RING_SIZE),
            maximum_ring_size: option(ring, "MaximumRingSize", 1..=MAX_RING_SIZE),
        };
        match (ring_hash.minimum_ring_size, ring_hash.maximum_ring_size) {
            (Some(minimum), Some(maximum)) if minimum > maximum => {
                ignore(findings, "a MinimumRingSize above MaximumRingSize");
                ring_hash = RingHashLbConfig::default();
            }
            // Consul sends the other size as 0, with which Envoy finds no endpoint.
            (None, Some(maximum)) if maximum < DEFAULT_MINIMUM_RING_SIZE => {
                ring_hash.minimum_ring_size = Some(maximum);
            }
            _ => {}
        }
        let hashes = matches!(policy, Some(LbPolicy::RingHash | LbPolicy::Maglev));
        let hash_policies = settings.hash_policies.iter().filter(|_| hashes);
        Self {
            policy,
            least_request: choices
                .and_then(|count| u32::try_from(count).ok())
                .map(|choice_count| LeastRequestLbConfig { choice_count }),
            ring_hash: Some(ring_hash).filter(|ring_hash| *ring_hash != RingHashLbConfig::default()),
            hash_policy: hash_policies.filter_map(|policy| hash_policy(policy, findings)).collect(),
        }
    }

    /// Puts the settings on `cluster`.
    pub fn apply(&self, cluster: &mut Cluster) {
        cluster.lb_policy = self.policy;
        cluster.least_request_lb_config = self.least_request;
        cluster.ring_hash_lb_config = self.ring_hash;
    }
}

fn ignore(findings: &mut Collector<'_>, what: &str) {
    let message = format!("{what} is not applied");
    findings.push(Code::ResolverIgnored, message, "correct its service-resolver entry");
}

fn hash_policy(policy: &snapshot::HashPolicy, findings: &mut Collector<'_>) -> Option<HashPolicy> {
    let mut hash = HashPolicy { terminal: policy.terminal, ..HashPolicy::default() };
    let name = policy.field_value.clone();
    match policy.field.as_str() {
        _ if policy.source_ip => hash.connection_properties = Some(ConnectionHash { source_ip: true }),
        field if name.is_empty() => {
            ignore(findings, &format!("hash policy on `{field}` without FieldValue"));
            return None;
        }
        "header" if name.contains(['\0', '\r', '\n']) => {
            ignore(findings, "hash policy on a header whose name Envoy refuses");
            return None;
        }
        "header" => hash.header = Some(HeaderHash { header_name: name }),
        "cookie" => hash.cookie = Some(cookie(name, policy.cookie_config.as_ref())),
        "query_parameter" => hash.query_parameter = Some(QueryParameterHash { name }),
        field => {
            ignore(findings, &format!("hash policy on `{field}`"));
            return None;
        }
    }
    Some(hash)
}

/// `CookieConfig` of a hash policy.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CookieConfig {
    #[serde(rename = "Session")]
    session: bool,
    /// Nanoseconds, or a Go duration.
    #[serde(rename = "TTL")]
    ttl: Value,
    #[serde(rename = "Path")]
    path: String,
}

/// Consul: a session's cookie has no life time, and is set all the same.
fn cookie(name: String, config: Option<&Value>) -> CookieHash {
    let config = config.and_then(|config| CookieConfig::deserialize(config).ok()).unwrap_or_default();
    let ttl = match &config.ttl {
        _ if config.session => Some(std::time::Duration::ZERO),
        Value::Number(nanoseconds) => nanoseconds.as_u64().map(std::time::Duration::from_nanos),
        Value::String(text) => duration::parse_unsigned(text),
        _ => None,
    };
    let ttl = ttl.filter(|ttl| config.session || !ttl.is_zero()).map(Duration);
    CookieHash { name, ttl, path: config.path }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LoadBalancing;
    use crate::render::collector::Collector;

    #[test]
    fn a_header_name_that_envoy_refuses_is_not_hashed() {
        let policies =
            json!([{"Field": "header", "FieldValue": "x\0"}, {"Field": "header", "FieldValue": "x-a"}]);
        let settings = serde_json::from_value(json!({"Policy": "maglev", "HashPolicies": policies})).unwrap();
        let mut findings = Vec::new();
        let balancing = LoadBalancing::of(Some(&settings), &mut Collector::new("s", &mut findings));
        assert_eq!((balancing.hash_policy.len(), findings.len()), (1, 1));
    }

    #[test]
    fn a_ring_never_has_a_minimum_above_its_maximum() {
        let sizes = |config: serde_json::Value| {
            let settings = json!({"Policy": "ring_hash", "RingHashConfig": config});
            let settings = serde_json::from_value(settings).unwrap();
            let mut findings = Vec::new();
            let balancing = LoadBalancing::of(Some(&settings), &mut Collector::new("s", &mut findings));
            let ring = balancing.ring_hash.unwrap_or_default();
            (ring.minimum_ring_size, ring.maximum_ring_size, findings.len())
        };
        assert_eq!(sizes(json!({})), (None, None, 0));
        assert_eq!(sizes(json!({"MinimumRingSize": 20})), (Some(20), None, 0));
        assert_eq!(sizes(json!({"MaximumRingSize": 50})), (Some(50), Some(50), 0));
        assert_eq!(sizes(json!({"MaximumRingSize": 2048})), (None, Some(2048), 0));
        assert_eq!(sizes(json!({"MinimumRingSize": 20, "MaximumRingSize": 50})), (Some(20), Some(50), 0));
        assert_eq!(sizes(json!({"MinimumRingSize": 51, "MaximumRingSize": 50})), (None, None, 1));
    }
}
