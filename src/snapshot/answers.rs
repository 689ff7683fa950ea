//! Consul's API answers, reduced to what the gateway's configuration depends on.
//!
//! Keys that are not listed are ignored, `null` counts as absent (Consul writes `null` for empty lists
//! and maps), and a missing key takes its default: older agents lack newer keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::secret::Secret;

/// Reads `null` as the default value.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A service as the local agent has it registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct AgentService {
    /// `terminating-gateway` for the gateways of this tool; empty for a plain service.
    pub kind: String,
    /// Unique on its agent.
    #[serde(rename = "ID")]
    pub id: String,
    /// The service's name.
    pub service: String,
    /// Where it is reachable; empty: the node's address.
    pub address: String,
    /// Port of `address`.
    pub port: u32,
    /// `lan`, `wan`, … and the bind addresses of gateways.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub tagged_addresses: BTreeMap<String, ServiceAddress>,
    /// Free key/value pairs.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, String>,
    /// Proxy settings.
    #[serde(deserialize_with = "null_as_default")]
    pub proxy: Proxy,
    /// Enterprise namespace, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Enterprise partition, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub partition: String,
    /// The agent's datacenter (answered since 1.9).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub datacenter: String,
}

/// The `Proxy` part of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Proxy {
    /// Opaque settings (`envoy_gateway_bind_addresses`, `connect_timeout_ms`, …).
    #[serde(deserialize_with = "null_as_default")]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// Access logs (Consul 1.15+), as Consul prints them.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "serde_json::Map::is_empty")]
    pub access_logs: serde_json::Map<String, serde_json::Value>,
}

/// An address with its port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceAddress {
    /// IP address or host name.
    pub address: String,
    /// TCP port.
    pub port: u32,
}

/// The mesh's certificate authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct CaRoots {
    /// `<cluster id>.consul`, the host of every SPIFFE id.
    pub trust_domain: String,
    /// `ID` of the root that signs now.
    #[serde(rename = "ActiveRootID")]
    pub active_root_id: String,
    /// The active root and those that still count during a rotation.
    #[serde(deserialize_with = "null_as_default")]
    pub roots: Vec<CaRoot>,
}

/// One root certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct CaRoot {
    /// Fingerprint.
    #[serde(rename = "ID")]
    pub id: String,
    /// PEM text.
    pub root_cert: String,
    /// PEM texts of intermediates.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub intermediate_certs: Vec<String>,
    /// Whether this root signs now.
    pub active: bool,
}

/// The leaf certificate with which the gateway speaks for a linked service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Leaf {
    /// Certificate chain, PEM.
    #[serde(rename = "CertPEM")]
    pub cert_pem: String,
    /// Private key, PEM; empty in a redacted snapshot.
    #[serde(rename = "PrivateKeyPEM", skip_serializing_if = "Secret::is_empty")]
    pub private_key_pem: Secret,
    /// `spiffe://<trust domain>/ns/<namespace>/dc/<datacenter>/svc/<service>`.
    #[serde(rename = "ServiceURI")]
    pub service_uri: String,
    /// Start of validity, RFC 3339.
    pub valid_after: String,
    /// End of validity, RFC 3339.
    pub valid_before: String,
}

impl Leaf {
    /// The partition and namespace in the SPIFFE id.
    ///
    /// Consul: `/ap/<partition>` stands there only outside the default partition.
    pub fn scope(&self) -> Option<(&str, &str)> {
        let (_, path) = self.service_uri.strip_prefix("spiffe://")?.split_once('/')?;
        let (partition, rest) = match path.strip_prefix("ap/") {
            Some(rest) => rest.split_once('/')?,
            None => ("default", path),
        };
        Some((partition, rest.strip_prefix("ns/")?.split_once('/')?.0))
    }
}

/// The gateway's config entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TerminatingGatewayEntry {
    /// The gateway's service name.
    pub name: String,
    /// The linked services as written, `*` included.
    #[serde(deserialize_with = "null_as_default")]
    pub services: Vec<LinkedTls>,
}

/// A linked service as the entry names it: how to reach the external service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LinkedTls {
    /// Service name, or `*` for every service of the catalog.
    pub name: String,
    /// Enterprise namespace, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// PEM file of the CA that signed the external service's certificate; empty: no TLS.
    #[serde(rename = "CAFile", skip_serializing_if = "String::is_empty")]
    pub ca_file: String,
    /// PEM file of the client certificate for mutual TLS.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cert_file: String,
    /// PEM file of the client certificate's key.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_file: String,
    /// Name to send and to check. Consul: empty SNI disables the check of the certificate's name.
    #[serde(rename = "SNI", skip_serializing_if = "String::is_empty")]
    pub sni: String,
    /// Consul 1.18.2+: keep the client's Host header.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disable_auto_host_rewrite: bool,
}

/// One row of `/v1/catalog/gateway-services`: a linked service with wildcards expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct GatewayLink {
    /// The linked service.
    pub service: ServiceName,
    /// As in [`LinkedTls`].
    #[serde(rename = "CAFile", skip_serializing_if = "String::is_empty")]
    pub ca_file: String,
    /// As in [`LinkedTls`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cert_file: String,
    /// As in [`LinkedTls`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_file: String,
    /// As in [`LinkedTls`].
    #[serde(rename = "SNI", skip_serializing_if = "String::is_empty")]
    pub sni: String,
    /// Whether `*` linked it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_wildcard: bool,
    /// `service` or `destination` (Consul 1.13+); empty on older servers and for unknown services.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_kind: String,
    /// Consul 1.18.2+: whether the Host header is rewritten; absent if not, and on older servers, which rewrite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_host_rewrite: Option<bool>,
}

/// A service's name with its Enterprise namespace and partition.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceName {
    /// The name.
    pub name: String,
    /// Enterprise namespace, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Enterprise partition, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub partition: String,
}

/// One instance of a service with its node and checks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Instance {
    /// Where it is registered.
    pub node: InstanceNode,
    /// The registration.
    pub service: InstanceService,
    /// Checks of the instance and of its node.
    #[serde(deserialize_with = "null_as_default")]
    pub checks: Vec<HealthCheck>,
}

/// The node of an [`Instance`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstanceNode {
    /// Unique in the datacenter; nodes that no agent owns mostly have none.
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The node's name.
    pub node: String,
    /// The node's address, used where the service has none.
    pub address: String,
    /// The node's datacenter.
    pub datacenter: String,
    /// `lan`, `wan`, …; for filters of subsets alone.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub tagged_addresses: BTreeMap<String, String>,
    /// Free key/value pairs.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, String>,
}

/// The service part of an [`Instance`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstanceService {
    /// `connect-proxy`, a gateway's kind, or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Unique on its node.
    #[serde(rename = "ID")]
    pub id: String,
    /// The service's name.
    pub service: String,
    /// Tags.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// IP address or host name; empty: the node's.
    pub address: String,
    /// `lan`, `wan`, …; for filters of subsets alone.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub tagged_addresses: BTreeMap<String, ServiceAddress>,
    /// TCP port; the catalog takes any number. Of an instance with several, see [`InstanceService::reached_port`].
    pub port: i64,
    /// Named ports of an instance with several (Consul 1.22+).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<InstancePort>,
    /// Free key/value pairs.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, String>,
    /// Load-balancing weights by health.
    #[serde(deserialize_with = "null_as_default")]
    pub weights: Weights,
    /// Whether others than the agent may change the tags; for filters of subsets alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enable_tag_override: bool,
}

impl InstanceService {
    /// The port on which the instance is reached: of several the default one.
    ///
    /// Consul: `/v1/health/service` says it as `Port`, too, the answers about nodes leave that out.
    pub fn reached_port(&self) -> i64 {
        let default = || self.ports.iter().find(|port| port.default).or_else(|| self.ports.first());
        if self.port == 0 { default().map_or(0, |port| port.port) } else { self.port }
    }
}

/// One of several ports of an instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct InstancePort {
    /// Unique in the instance.
    pub name: String,
    /// TCP port.
    pub port: i64,
    /// Whether it is meant where no port is named.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
}

/// Load-balancing weights of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Weights {
    /// While passing.
    pub passing: i64,
    /// While warning.
    pub warning: i64,
}

impl Default for Weights {
    /// Consul: both 1 when not given.
    fn default() -> Self {
        Self { passing: 1, warning: 1 }
    }
}

/// One health check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HealthCheck {
    /// `_node_maintenance` and `_service_maintenance:<id>` mark maintenance.
    #[serde(rename = "CheckID")]
    pub check_id: String,
    /// For people, and for filters of subsets.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// For people, and for filters of subsets.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// `http`, `ttl`, …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub r#type: String,
    /// The service that it is about; empty: the node.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_name: String,
    /// Its state.
    pub status: CheckStatus,
}

/// State of a health check.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CheckStatus {
    /// All is well.
    #[default]
    Passing,
    /// Degraded, still used.
    Warning,
    /// Not used.
    Critical,
    /// Another word: the catalog takes any. Used, unless only what is passing is.
    Other(String),
}

impl CheckStatus {
    /// Consul's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Passing => "passing",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for CheckStatus {
    fn from(word: String) -> Self {
        let known = [Self::Passing, Self::Warning, Self::Critical];
        known.into_iter().find(|status| status.as_str() == word).unwrap_or(Self::Other(word))
    }
}

impl From<CheckStatus> for String {
    fn from(status: CheckStatus) -> Self {
        status.as_str().to_owned()
    }
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IntentionAction {
    /// The connection or request may pass.
    #[default]
    Allow,
    /// The connection or request is refused. Any word other than `allow` counts as this.
    #[serde(other)]
    Deny,
}

/// One intention: whether a source may reach a destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Intention {
    /// Enterprise namespace of the source; `default` in the community edition.
    #[serde(rename = "SourceNS")]
    pub source_ns: String,
    /// Source service, or `*`.
    pub source_name: String,
    /// Cluster peer the source lives in (Consul 1.13+), else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_peer: String,
    /// Enterprise partition of the source, else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_partition: String,
    /// Enterprise namespace of the destination.
    #[serde(rename = "DestinationNS")]
    pub destination_ns: String,
    /// Destination service, or `*`.
    pub destination_name: String,
    /// Decides connections; absent when `permissions` decide requests.
    #[serde(deserialize_with = "empty_action_as_none", skip_serializing_if = "Option::is_none")]
    pub action: Option<IntentionAction>,
    /// Decides HTTP requests, the first that matches wins (Consul 1.9+).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<IntentionPermission>,
    /// JWT requirement (Consul 1.16+), as Consul prints it.
    #[serde(rename = "JWT", skip_serializing_if = "Option::is_none")]
    pub jwt: Option<serde_json::Value>,
    /// Larger wins (Consul: 9 exact to exact … 5 `*` to `*`).
    pub precedence: i64,
}

/// Reads `""` and `null` as no action (an intention with permissions has none).
fn empty_action_as_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<IntentionAction>, D::Error> {
    Ok(match Option::<String>::deserialize(deserializer)?.as_deref() {
        None | Some("") => None,
        Some("allow") => Some(IntentionAction::Allow),
        Some(_) => Some(IntentionAction::Deny),
    })
}

/// One rule of an L7 intention.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct IntentionPermission {
    /// What happens to requests that match.
    pub action: IntentionAction,
    /// Which requests match.
    #[serde(rename = "HTTP", deserialize_with = "null_as_default")]
    pub http: PermissionHttp,
    /// JWT requirement (Consul 1.16+), as Consul prints it.
    #[serde(rename = "JWT", skip_serializing_if = "Option::is_none")]
    pub jwt: Option<serde_json::Value>,
}

/// Match on an HTTP request; all given parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PermissionHttp {
    /// The whole path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path_exact: String,
    /// Start of the path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path_prefix: String,
    /// Regular expression on the whole path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path_regex: String,
    /// Headers.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<PermissionHeader>,
    /// Methods, any of them.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

/// Match on one header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PermissionHeader {
    /// Header name.
    pub name: String,
    /// It is there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub present: bool,
    /// Its whole value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub exact: String,
    /// Start of its value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// End of its value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// Part of its value (Consul 1.21+).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contains: String,
    /// Regular expression on its value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub regex: String,
    /// Turns the match round.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invert: bool,
    /// Compare without regard to case (Consul 1.21+).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
}

/// A `service-defaults` entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceDefaults {
    /// The service.
    pub name: String,
    /// `tcp`, `http`, `http2`, `grpc`; empty: from `proxy-defaults`, else tcp.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    /// Limit on the headers of a request, in KiB (Consul 1.21.5+); 0: Envoy's default.
    #[serde(
        rename = "MaxRequestHeadersKB",
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_zero"
    )]
    pub max_request_headers_kb: u32,
    /// Free-form pairs (Consul 1.8.4+).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, String>,
    /// Addresses that are no catalog instances (Consul 1.13+).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// Extensions asked for (Consul 1.15+), as Consul prints them.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub envoy_extensions: Vec<serde_json::Value>,
}

/// External addresses of a service-defaults `Destination`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Destination {
    /// Host names or IP addresses.
    #[serde(deserialize_with = "null_as_default")]
    pub addresses: Vec<String>,
    /// TCP port of all of them.
    pub port: u32,
}

/// A `service-resolver` entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceResolver {
    /// The service.
    pub name: String,
    /// Go duration (`3s`), empty: default.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub connect_timeout: String,
    /// Go duration, empty: none (Consul 1.15+).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_timeout: String,
    /// Subset used when none is named.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub default_subset: String,
    /// Named subsets.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub subsets: BTreeMap<String, ServiceResolverSubset>,
    /// Load balancing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    /// Redirect, as Consul prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<serde_json::Value>,
    /// Failover, as Consul prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<serde_json::Value>,
}

/// A subset of a service's instances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceResolverSubset {
    /// bexpr filter on an instance; empty: all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Leave out warning instances, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_passing: bool,
}

/// Load balancing of a service-resolver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// `round_robin`, `least_request`, `random`, `ring_hash`, `maglev`.
    pub policy: String,
    /// Options of `least_request`, as Consul prints them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_request_config: Option<serde_json::Value>,
    /// Options of `ring_hash`, as Consul prints them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_hash_config: Option<serde_json::Value>,
    /// What is hashed.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub hash_policies: Vec<HashPolicy>,
}

/// One hash input of a load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HashPolicy {
    /// `header`, `cookie`, `query_parameter`; empty with `source_ip`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Name of the header, cookie or parameter.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field_value: String,
    /// Cookie options, as Consul prints them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookie_config: Option<serde_json::Value>,
    /// Hash the client's address.
    #[serde(rename = "SourceIP", skip_serializing_if = "std::ops::Not::not")]
    pub source_ip: bool,
    /// Stop here if this input is present.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub terminal: bool,
}

#[cfg(test)]
mod tests {
    use super::{AgentService, CheckStatus, InstanceService, Intention, IntentionAction};

    #[test]
    fn null_lists_and_maps_count_as_absent() {
        let service: AgentService =
            serde_json::from_str(r#"{"ID":"gw","TaggedAddresses":null,"Proxy":null}"#).unwrap();
        assert_eq!((service.id.as_str(), service.tagged_addresses.len()), ("gw", 0));
    }

    #[test]
    fn an_instance_with_several_ports_is_reached_on_the_default_one() {
        let port = |registration: serde_json::Value| {
            serde_json::from_value::<InstanceService>(registration).unwrap().reached_port()
        };
        let ports = serde_json::json!([{"Name": "admin", "Port": 9151}, {"Name": "main", "Port": 9150, "Default": true}]);
        assert_eq!(port(serde_json::json!({"Ports": ports})), 9150);
        assert_eq!(port(serde_json::json!({"Port": 80, "Ports": ports})), 80);
        assert_eq!(port(serde_json::json!({"Port": 0, "Ports": [ports[0]]})), 9151);
        assert_eq!(port(serde_json::json!({"Ports": null})), 0);
    }

    #[test]
    fn the_state_of_a_check_keeps_its_word() {
        for word in ["passing", "warning", "critical", "Critical", "foo", ""] {
            let status: CheckStatus = serde_json::from_value(word.into()).unwrap();
            assert_eq!((status.as_str(), serde_json::to_value(&status).unwrap()), (word, word.into()));
            assert_eq!(
                matches!(status, CheckStatus::Other(_)),
                !["passing", "warning", "critical"].contains(&word)
            );
        }
    }

    #[test]
    fn an_intention_with_permissions_has_no_action() {
        let intention: Intention =
            serde_json::from_str(r#"{"Action":"","Permissions":[{"Action":"deny"}]}"#).unwrap();
        assert_eq!(intention.action, None);
        assert_eq!(intention.permissions[0].action, IntentionAction::Deny);
    }
}
