//! A [`Snapshot`] out of the agent's answers, one at a time: the same code for a first collection, for
//! every later change and for recorded answers.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::lenient::without_nulls;
use super::{
    CaRoots, DefaultIntentionSource, Instance, Intention, IntentionAction, Leaf, Part, ServiceDefaults,
    ServiceResolver, Snapshot, folded,
};
use crate::excerpt;

/// What an answer of the agent is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// `/v1/agent/self`
    AgentSelf,
    /// `/v1/agent/service/<id>`
    AgentService,
    /// `/v1/agent/connect/ca/roots`
    Roots,
    /// `/v1/config/terminating-gateway/<name>`
    Entry,
    /// `/v1/catalog/gateway-services/<name>`
    Links,
    /// `/v1/health/service/<service>`
    Instances(&'a str),
    /// `/v1/agent/connect/ca/leaf/<service>`
    Leaf(&'a str),
    /// `/v1/config/service-defaults`
    ServiceDefaults,
    /// `/v1/config/service-resolver`
    ServiceResolvers,
    /// `/v1/connect/intentions`
    Intentions,
    /// `/v1/config/proxy-defaults/global`
    ProxyDefaults,
    /// `/v1/config/mesh/mesh`
    Mesh,
}

/// Why an answer cannot become a part of a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token may not ask this.
    #[error("permission denied (status 403): {}", text(body))]
    Denied {
        /// What the agent said.
        body: Vec<u8>,
    },
    /// The agent does not know the token, so it cannot say what the token may see.
    ///
    /// Consul: so it is once a token is deleted, and before a new one has reached this datacenter.
    #[error("the agent does not know the token (status 403): {}", text(body))]
    UnknownToken {
        /// What the agent said.
        body: Vec<u8>,
    },
    /// Any other status.
    #[error("{}", with_body(*status, body))]
    Status {
        /// HTTP status.
        status: u16,
        /// What the agent said.
        body: Vec<u8>,
    },
    /// A body of another shape than Consul's.
    #[error("the answer has an unexpected form: {0}")]
    Shape(String),
    /// The agent was not asked, because it would answer another question.
    #[error("{0}")]
    Unaskable(&'static str),
    /// Nobody signs certificates.
    ///
    /// Consul: a server that has just started says so for a moment, and means nothing by it.
    #[error("the mesh has no CA root (yet)")]
    NoRoots,
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        // A value of the wrong type is in the error as a whole.
        Self::Shape(excerpt::cut(&error.to_string()))
    }
}

/// The start of an error body, on one line.
fn text(body: &[u8]) -> String {
    let text = excerpt::of_body(body, &[]);
    text.trim_matches('"').chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Snapshot {
    /// An empty snapshot, to be filled by [`Snapshot::apply`].
    ///
    /// Until `/v1/agent/self` has been applied, connections that no intention decides are denied.
    pub fn collecting() -> Self {
        Self {
            format: Self::FORMAT,
            default_intention: IntentionAction::Deny,
            default_intention_source: DefaultIntentionSource::Assumed,
            ..Self::default()
        }
    }

    /// Puts an answer in the place of what the snapshot said before.
    ///
    /// Answers that are missing because there is nothing (404), because this Consul does not know the kind
    /// of entry, or because the token may not have them (`agent/self`, leaves) are parts of a snapshot, too;
    /// any other status is an error and changes nothing, and so is a token that the agent does not know.
    pub fn apply(&mut self, answer: Answer<'_>, status: u16, body: &[u8]) -> Result<(), Error> {
        if is_unknown_token(status, body) {
            return Err(Error::UnknownToken { body: body.to_owned() });
        }
        match answer {
            Answer::AgentSelf => self.apply_agent_self(status, body)?,
            Answer::AgentService => {
                self.gateway = required(status, body)?;
                self.note_datacenter(&self.gateway.datacenter.clone());
            }
            Answer::Roots => {
                let roots: CaRoots = required(status, body)?;
                if roots.roots.is_empty() {
                    return Err(Error::NoRoots);
                }
                self.roots = roots;
            }
            Answer::Entry => {
                self.entry = optional(status, body)?.map(Arc::new);
                // The names that a list had instead; an answer about one entry has none.
                let others = (status == 404).then(|| serde_json::from_slice(body).ok()).flatten();
                self.other_entries = others.unwrap_or_default();
            }
            Answer::Links => self.links = Arc::new(self.each(Part::Link, None, status, body)?),
            Answer::Instances(service) => {
                let instances: Vec<Instance> = self.each(Part::Instance, Some(service), status, body)?;
                self.put_instances(service, instances);
            }
            Answer::Leaf(service) => {
                match (status, optional::<Leaf>(status, body)) {
                    (_, Ok(Some(leaf))) => {
                        self.note_datacenter(leaf_datacenter(&leaf).unwrap_or_default());
                        Arc::make_mut(&mut self.leaves).insert(service.to_owned(), Arc::new(leaf));
                    }
                    (403 | 404, _) => {
                        Arc::make_mut(&mut self.leaves).remove(service);
                    }
                    // What is wrong with it would be told with what is in it.
                    (_, Err(Error::Shape(_))) => {
                        return Err(Error::Shape("a certificate of an unexpected form".to_owned()));
                    }
                    (_, other) => {
                        other?;
                    }
                }
                self.note_answered(service, Part::Leaf);
            }
            Answer::ServiceDefaults => {
                let entries: Vec<ServiceDefaults> = self.each(Part::ServiceDefaults, None, status, body)?;
                self.service_defaults =
                    Arc::new(entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect());
            }
            Answer::ServiceResolvers => {
                let entries: Vec<ServiceResolver> = self.each(Part::ServiceResolver, None, status, body)?;
                self.service_resolvers = Arc::new(
                    entries.into_iter().map(|entry| (folded(&entry.name).into_owned(), entry)).collect(),
                );
            }
            Answer::Intentions => {
                self.intentions = Arc::new(self.each(Part::Intention, None, status, body)?);
            }
            Answer::ProxyDefaults => self.proxy_defaults = optional(status, body)?,
            Answer::Mesh => self.mesh = optional(status, body)?,
        }
        Ok(())
    }

    /// Sets the instances of a service.
    pub fn set_instances(&mut self, service: &str, instances: Vec<Instance>) {
        self.unreadable.retain(|found| found.part != Part::Instance || found.service != service);
        self.put_instances(service, instances);
    }

    fn put_instances(&mut self, service: &str, instances: Vec<Instance>) {
        let datacenter = instances.first().map(|instance| instance.node.datacenter.clone());
        self.note_datacenter(&datacenter.unwrap_or_default());
        self.instances.insert(service.to_owned(), Arc::new(instances));
        self.note_answered(service, Part::Instance);
    }

    /// Drops what is about services that are not linked (any more): instances, leaves, entries, intentions.
    pub fn prune(&mut self) {
        let linked: BTreeSet<&str> = self.links.iter().map(|link| link.service.name.as_str()).collect();
        self.instances.retain(|name, _| linked.contains(name.as_str()));
        Arc::make_mut(&mut self.leaves).retain(|name, _| linked.contains(name.as_str()));
        let lowered: BTreeSet<Cow<'_, str>> = linked.iter().map(|name| folded(name)).collect();
        Arc::make_mut(&mut self.service_resolvers).retain(|name, _| lowered.contains(name.as_str()));
        let gateway = &self.gateway.service;
        let own = folded(gateway);
        Arc::make_mut(&mut self.service_defaults)
            .retain(|name, _| name == gateway || linked.contains(name.as_str()));
        self.unanswered.retain(|name, _| linked.contains(name.as_str()));
        self.unreadable.retain(|found| {
            let is_general = found.service == "*" || found.part == Part::Link;
            is_general || lowered.contains(&folded(&found.service))
        });
        Arc::make_mut(&mut self.intentions).retain(|Intention { destination_name: name, .. }| {
            // An intention on the gateway itself has no effect, which somebody should know.
            name == "*" || lowered.contains(&folded(name)) || folded(name) == own
        });
    }

    /// A list, of which nothing is about any other service than `service`; what cannot be read of it is left out and
    /// noted in the place of what was noted before.
    fn each<T: DeserializeOwned>(
        &mut self,
        part: Part,
        service: Option<&str>,
        status: u16,
        body: &[u8],
    ) -> Result<Vec<T>, Error> {
        let mut unreadable = Vec::new();
        let list = match strict(status, body) {
            Err(Error::Shape(_)) => {
                part.read_list(service, serde_json::from_slice(body)?, &mut unreadable)?
            }
            list => list.map(Option::unwrap_or_default)?,
        };
        self.unreadable
            .retain(|found| found.part != part || service.is_some_and(|name| name != found.service));
        self.unreadable.extend(unreadable);
        Ok(list)
    }

    /// Consul: without `agent:read` the answer is 403; version and default policy are unknown then, and the
    /// safe assumption is to deny.
    fn apply_agent_self(&mut self, status: u16, body: &[u8]) -> Result<(), Error> {
        if status == 403 {
            self.default_intention = IntentionAction::Deny;
            self.default_intention_source = DefaultIntentionSource::Assumed;
            return Ok(());
        }
        let answer: AgentSelf = required(status, body)?;
        (self.default_intention, self.default_intention_source) = answer.debug_config.default_intention();
        self.consul_version = answer.config.version;
        self.datacenter = answer.config.datacenter;
        self.bind_addr = answer.config.bind_addr;
        Ok(())
    }

    /// Uses a datacenter seen in another answer, if the agent itself has not reported it.
    fn note_datacenter(&mut self, datacenter: &str) {
        if self.datacenter.is_empty() {
            datacenter.clone_into(&mut self.datacenter);
        }
    }
}

/// The datacenter in a leaf's SPIFFE id.
fn leaf_datacenter(leaf: &Leaf) -> Option<&str> {
    leaf.service_uri.split_once("/dc/")?.1.split('/').next()
}

/// Whether the agent says that it does not know the token.
pub fn is_unknown_token(status: u16, body: &[u8]) -> bool {
    status == 403 && body.windows(b"ACL not found".len()).any(|window| window == b"ACL not found")
}

/// Whether a client agent says that its servers are away: in many words, which change while they come and go.
pub fn lacks_servers(status: u16, text: &str) -> bool {
    const SERVERS: [&str; 4] =
        ["No cluster leader", "No known Consul servers", "rpc error getting client", "failed to get conn"];
    const BROKEN: [&str; 6] = ["EOF", "dial tcp", "read tcp", "write tcp", "i/o timeout", "stream closed"];
    let is_broken = text.contains("rpc error") && BROKEN.iter().any(|part| text.contains(part));
    status >= 500 && (is_broken || SERVERS.iter().any(|part| text.contains(part)))
}

/// The body of an answer that must be there; keys without value count as absent.
fn required<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Error> {
    strict(status, body).or_else(|error| match error {
        Error::Shape(error) => {
            let lenient = serde_json::from_slice(body).map(without_nulls).and_then(serde_json::from_value);
            lenient.map_err(|_| Error::Shape(error))
        }
        other => Err(other),
    })
}

fn strict<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Error> {
    match status {
        200 => Ok(serde_json::from_slice(body)?),
        403 => Err(Error::Denied { body: body.to_owned() }),
        _ => Err(Error::Status { status, body: body.to_owned() }),
    }
}

/// A status, and the agent's words if it said any.
fn with_body(status: u16, body: &[u8]) -> String {
    let text = text(body);
    if text.is_empty() { format!("status {status}") } else { format!("status {status}: {text}") }
}

/// The body of an answer that need not be there.
///
/// Consul: 404 if there is no such entry; an agent too old for the kind says so with 400 or 500.
fn optional<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<Option<T>, Error> {
    match status {
        404 => Ok(None),
        _ if is_unknown_kind(status, body) => Ok(None),
        _ => required(status, body),
    }
}

/// Whether an agent says that it is too old for a kind of entry.
pub fn is_unknown_kind(status: u16, body: &[u8]) -> bool {
    matches!(status, 400 | 500) && text(body).contains("invalid config entry kind")
}

/// The parts of `/v1/agent/self` that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AgentSelf {
    config: AgentConfig,
    debug_config: DebugConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AgentConfig {
    version: String,
    datacenter: String,
    bind_addr: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DebugConfig {
    #[serde(rename = "DefaultIntentionPolicy")]
    default_intention_policy: String,
    #[serde(rename = "ACLResolverSettings")]
    acl_resolver_settings: Option<AclSettings>,
    #[serde(flatten)]
    acl_settings: AclSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AclSettings {
    #[serde(rename = "ACLsEnabled")]
    enabled: bool,
    #[serde(rename = "ACLDefaultPolicy")]
    default_policy: String,
}

impl DebugConfig {
    /// Consul: `default_intention_policy` (1.17+) if set, else the default policy of ACLs if they are
    /// enabled, else allow.
    ///
    /// Consul's own gateways deny also where `default_policy = "deny"` stands beside disabled ACLs, though
    /// its API says allowed; here the API is right.
    fn default_intention(&self) -> (IntentionAction, DefaultIntentionSource) {
        let action =
            |policy: &str| if policy == "allow" { IntentionAction::Allow } else { IntentionAction::Deny };
        if !self.default_intention_policy.is_empty() {
            return (action(&self.default_intention_policy), DefaultIntentionSource::IntentionPolicy);
        }
        let acls = self.acl_resolver_settings.as_ref().unwrap_or(&self.acl_settings);
        if acls.enabled {
            return (action(&acls.default_policy), DefaultIntentionSource::AclPolicy);
        }
        (IntentionAction::Allow, DefaultIntentionSource::NoAcls)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, Error};
    use crate::snapshot::{DefaultIntentionSource, IntentionAction, Snapshot};

    fn default_of(debug_config: &serde_json::Value) -> (IntentionAction, DefaultIntentionSource) {
        let mut snapshot = Snapshot::collecting();
        let body = json!({"Config": {"Version": "1.21.4", "Datacenter": "dc1"}, "DebugConfig": debug_config});
        snapshot.apply(Answer::AgentSelf, 200, body.to_string().as_bytes()).unwrap();
        (snapshot.default_intention, snapshot.default_intention_source)
    }

    #[test]
    fn the_default_intention_follows_the_policy_then_enabled_acls() {
        use DefaultIntentionSource::{AclPolicy, IntentionPolicy, NoAcls};
        use IntentionAction::{Allow, Deny};
        let acls = |enabled: bool| json!({"ACLsEnabled": enabled, "ACLDefaultPolicy": "deny"});
        assert_eq!(default_of(&acls(true)), (Deny, AclPolicy));
        assert_eq!(default_of(&acls(false)), (Allow, NoAcls));
        assert_eq!(
            default_of(&json!({"ACLResolverSettings": acls(true), "ACLsEnabled": true})),
            (Deny, AclPolicy)
        );
        let both = json!({"DefaultIntentionPolicy": "allow", "ACLResolverSettings": acls(true)});
        assert_eq!(default_of(&both), (Allow, IntentionPolicy));
    }

    #[test]
    fn without_agent_read_the_default_is_assumed_to_be_deny_and_a_finding_says_so() {
        let mut snapshot = Snapshot::default();
        snapshot.apply(Answer::AgentSelf, 403, b"Permission denied").unwrap();
        assert_eq!(snapshot.default_intention, IntentionAction::Deny);
        assert_eq!(snapshot.default_intention_source, DefaultIntentionSource::Assumed);
    }

    #[test]
    fn the_datacenter_is_found_without_agent_read() {
        let mut snapshot = Snapshot::collecting();
        let leaf = json!({"CertPEM": "C", "ServiceURI": "spiffe://x.consul/ns/default/dc/east/svc/web"});
        snapshot.apply(Answer::Leaf("web"), 200, leaf.to_string().as_bytes()).unwrap();
        assert_eq!(snapshot.datacenter, "east");
    }

    #[test]
    fn a_leaf_that_is_denied_is_absent_and_one_that_fails_is_an_error() {
        let mut snapshot = Snapshot::collecting();
        snapshot.apply(Answer::Leaf("web"), 200, br#"{"CertPEM":"C"}"#).unwrap();
        assert!(matches!(
            snapshot.apply(Answer::Leaf("web"), 500, b"no"),
            Err(Error::Status { status: 500, .. })
        ));
        assert!(snapshot.leaves.contains_key("web"));
        snapshot.apply(Answer::Leaf("web"), 403, b"Permission denied").unwrap();
        assert!(snapshot.leaves.is_empty());
    }

    #[test]
    fn a_server_that_has_just_started_removes_no_root() {
        let mut snapshot = Snapshot::collecting();
        let roots = br#"{"TrustDomain": "td", "ActiveRootID": "1", "Roots": [{"ID": "1", "RootCert": "C"}]}"#;
        snapshot.apply(Answer::Roots, 200, roots).unwrap();
        let none = br#"{"ActiveRootID": "", "TrustDomain": "", "Roots": []}"#;
        assert!(matches!(snapshot.apply(Answer::Roots, 200, none), Err(Error::NoRoots)));
        assert_eq!(snapshot.roots.trust_domain, "td");
    }

    #[test]
    fn the_content_of_a_leaf_is_not_shown() {
        let answer = br#""-----BEGIN EC PRIVATE KEY-----""#;
        let error = Snapshot::collecting().apply(Answer::Leaf("web"), 200, answer).unwrap_err();
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
    }

    #[test]
    fn an_unknown_token_removes_nothing() {
        let mut snapshot = Snapshot::collecting();
        snapshot.default_intention = IntentionAction::Allow;
        snapshot.apply(Answer::Leaf("web"), 200, br#"{"CertPEM":"C"}"#).unwrap();
        let before = snapshot.clone();
        for answer in [Answer::Leaf("web"), Answer::AgentSelf, Answer::Mesh, Answer::Links] {
            let error = snapshot.apply(answer, 403, b"ACL not found").unwrap_err();
            assert!(matches!(error, Error::UnknownToken { .. }), "{error}");
        }
        assert_eq!(snapshot, before);
    }

    #[test]
    fn a_kind_that_an_old_agent_does_not_know_is_absent() {
        let mut snapshot = Snapshot::collecting();
        snapshot.apply(Answer::Mesh, 400, br#""invalid config entry kind: mesh""#).unwrap();
        assert_eq!(snapshot.mesh, None);
        let error = snapshot.apply(Answer::Mesh, 500, b"\"no leader\"\n").unwrap_err();
        assert_eq!(error.to_string(), "status 500: no leader");
    }

    #[test]
    fn null_lists_are_empty() {
        let mut snapshot = Snapshot::collecting();
        snapshot.apply(Answer::Intentions, 200, b"null").unwrap();
        snapshot.apply(Answer::Links, 200, b"null").unwrap();
        assert!(snapshot.intentions.is_empty() && snapshot.links.is_empty());
    }
}
