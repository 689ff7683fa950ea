//! Everything of Consul that a gateway's Envoy configuration depends on, as one value.
//!
//! [`Snapshot`] is what `collect` gathers from the agent, what `termgate snapshot` writes and what
//! `render` turns into Envoy resources. It keeps Consul's own shapes and names (typed, reduced to the
//! keys that matter), so that a snapshot file can be read beside the API's documentation.

pub mod answers;
pub mod assemble;
mod envoy;
pub mod file;
mod folded;
mod health;
mod lenient;
mod protocol;
mod redact;
mod replace;
mod unanswered;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::proxy_config::fill;

pub use answers::{
    AgentService, CaRoot, CaRoots, CheckStatus, Destination, GatewayLink, HashPolicy, HealthCheck, Instance,
    InstanceNode, InstanceService, Intention, IntentionAction, IntentionPermission, Leaf, LinkedTls,
    LoadBalancer, PermissionHeader, PermissionHttp, Proxy, ServiceAddress, ServiceDefaults, ServiceName,
    ServiceResolver, ServiceResolverSubset, TerminatingGatewayEntry,
};
pub use envoy::{EnvoyAnswers, Versions};
pub use folded::folded;
pub use health::ServiceHealth;
pub use lenient::{Part, Unreadable};
pub use protocol::Protocol;
pub use unanswered::is_unusual;

/// The state of Consul as seen by one terminating gateway.
///
/// What grows with the number of services is shared: a copy is cheap, and parts of two copies that are the same
/// are seen to be at a glance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase", deny_unknown_fields)]
pub struct Snapshot {
    /// Version of this file's form; [`Snapshot::FORMAT`] when written by this release.
    pub format: u32,
    /// Version of the Consul agent, as it says itself (`1.21.4`, `1.20.1+ent`); empty if unknown.
    pub consul_version: String,
    /// Datacenter of the agent.
    pub datacenter: String,
    /// The address the agent binds to, if it reports it (Consul 1.22+); see [`Snapshot::is_ipv6`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bind_addr: String,
    /// What happens to a connection that no intention decides.
    ///
    /// Consul: `default_intention_policy` (1.17+), else the ACL default policy, else allow.
    pub default_intention: IntentionAction,
    /// Where that comes from.
    pub default_intention_source: DefaultIntentionSource,
    /// The gateway's own registration (`/v1/agent/service/<id>`).
    pub gateway: AgentService,
    /// The mesh CA (`/v1/agent/connect/ca/roots`).
    pub roots: CaRoots,
    /// The gateway's config entry, if there is one (`/v1/config/terminating-gateway/<name>`).
    pub entry: Option<Arc<TerminatingGatewayEntry>>,
    /// The terminating-gateway entries of other gateways, by name, where this one has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_entries: Vec<String>,
    /// Linked services with wildcards expanded (`/v1/catalog/gateway-services/<name>`).
    pub links: Arc<Vec<GatewayLink>>,
    /// Instances of each linked service, whatever their health (`/v1/health/service/<service>`).
    pub instances: BTreeMap<String, Arc<Vec<Instance>>>,
    /// Leaf certificate of each linked service; absent where the token may not have it
    /// (`/v1/agent/connect/ca/leaf/<service>`).
    pub leaves: Arc<BTreeMap<String, Arc<Leaf>>>,
    /// `service-defaults` entries by name, of linked services and of the gateway itself.
    pub service_defaults: Arc<BTreeMap<String, ServiceDefaults>>,
    /// `service-resolver` entries of linked services by name in lower case.
    #[serde(deserialize_with = "folded::folded_keys")]
    pub service_resolvers: Arc<BTreeMap<String, ServiceResolver>>,
    /// All intentions that name a linked service or `*` as destination (`/v1/connect/intentions`).
    pub intentions: Arc<Vec<Intention>>,
    /// The `proxy-defaults` entry `global`, as Consul prints it.
    pub proxy_defaults: Option<serde_json::Value>,
    /// The `mesh` entry, as Consul prints it.
    pub mesh: Option<serde_json::Value>,
    /// Linked services of which the agent gives no instances or no certificate, and its words: they are not served.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unanswered: BTreeMap<String, BTreeMap<Part, String>>,
    /// What was left out, because it has another shape than Consul's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
    /// Of a bundle for support: when it was written, and by which releases.
    #[serde(rename = "versions", skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
    /// Of a bundle for support: what Envoy answered.
    #[serde(rename = "envoy", skip_serializing_if = "Option::is_none")]
    pub envoy: Option<Arc<EnvoyAnswers>>,
}

/// What decides that connections without an intention are allowed or denied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultIntentionSource {
    /// `default_intention_policy` of the agent.
    IntentionPolicy,
    /// The default policy of ACLs, which are enabled.
    AclPolicy,
    /// ACLs are not enabled: allow.
    #[default]
    NoAcls,
    /// The agent does not tell (no `agent:read`): deny.
    Assumed,
}

impl Snapshot {
    /// The form of snapshot files that this release writes and reads.
    pub const FORMAT: u32 = 1;

    /// `Config` of `proxy-defaults`.
    pub fn shared_config(&self) -> Option<&Map<String, Value>> {
        self.proxy_defaults.as_ref()?.get("Config")?.as_object()
    }

    /// The gateway's `Proxy.Config`, with [`Self::shared_config`] under it.
    pub fn proxy_config(&self) -> Map<String, Value> {
        let mut config = self.gateway.proxy.config.clone();
        if let Some(shared) = self.shared_config() {
            fill(&mut config, shared);
        }
        config
    }

    /// Whether the agent binds to an IPv6 address, which makes gateways take IPv6 addresses as defaults.
    pub fn is_ipv6(&self) -> bool {
        is_ipv6(&self.bind_addr)
    }
}

/// Whether an agent that binds to this address (`Config.BindAddr`) is one of IPv6. One that names none is not.
pub fn is_ipv6(bind_addr: &str) -> bool {
    bind_addr.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_ipv4_mapped().is_none())
}
