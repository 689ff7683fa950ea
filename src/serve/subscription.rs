//! What one delta ADS stream has requested and received, and what must be sent next.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher as _;
use std::sync::Arc;

use envoy_types::pb::envoy::config::core::v3::data_source::Specifier;
use envoy_types::pb::envoy::extensions::transport_sockets::tls::v3 as envoy;
use envoy_types::pb::envoy::service::discovery::v3::{
    DeltaDiscoveryRequest, DeltaDiscoveryResponse, Resource,
};
use envoy_types::pb::google::protobuf::Any;
use prost::Message as _;

use crate::envoy_api::encode;
use crate::envoy_api::{Listener, ResourceKind};

/// One resource, ready for the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct EncodedResource {
    /// Digest of the content: the same content has the same version in every process.
    pub version: String,
    /// The protobuf message.
    pub body: Vec<u8>,
    /// What it was encoded from, if it is a listener.
    pub listener: Option<Arc<Listener>>,
}

impl EncodedResource {
    /// Encodes the JSON of a resource of `kind`.
    pub fn new(kind: ResourceKind, json: &serde_json::Value) -> Result<Self, encode::Error> {
        Ok(Self::encoded(encode::message(kind.type_url(), json)?, digest(json)))
    }

    /// A message that is encoded already, with the digest of its JSON.
    pub fn encoded(body: Vec<u8>, digest: u64) -> Self {
        Self { version: Self::version_of(digest), body, listener: None }
    }

    /// The version of a resource whose JSON has this digest.
    pub(super) fn version_of(digest: u64) -> String {
        format!("{digest:016x}")
    }
}

/// Digest of a message's JSON; the maps of the message itself come in any order.
pub(super) fn digest(json: &serde_json::Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(json.to_string().as_bytes());
    hasher.finish()
}

/// The resources of one kind by name.
pub(super) type ByName = BTreeMap<String, Arc<EncodedResource>>;

/// All resources that Envoy may ask for, by kind and name.
///
/// Envoy gets no answer about a kind that is not there (yet), and waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceSet {
    kinds: BTreeMap<ResourceKind, Arc<ByName>>,
}

impl ResourceSet {
    /// Sets the resources of a kind.
    pub(super) fn set(&mut self, kind: ResourceKind, resources: Arc<ByName>) {
        self.kinds.insert(kind, resources);
    }

    /// The resources of a kind, if that is there.
    pub(super) fn of_kind(&self, kind: ResourceKind) -> Option<&Arc<ByName>> {
        self.kinds.get(&kind)
    }

    /// A resource by kind and name.
    pub fn get(&self, kind: ResourceKind, name: &str) -> Option<&Arc<EncodedResource>> {
        self.kinds.get(&kind)?.get(name)
    }

    /// How many resources of a kind there are.
    pub fn count(&self, kind: ResourceKind) -> usize {
        self.kinds.get(&kind).map_or(0, |resources| resources.len())
    }
}

/// What a response said about one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub name: String,
    /// The resource; none if there is none of that name any more.
    pub resource: Option<Arc<EncodedResource>>,
}

/// What Envoy said to a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It took it.
    Acknowledged {
        /// What the response carried.
        resources: Vec<Sent>,
    },
    /// It refused some of it and keeps what it had.
    Refused {
        /// What the refused response carried: the listeners, or a single resource of another kind.
        resources: Vec<Sent>,
        /// Envoy's own words.
        reason: String,
    },
}

/// The state of one kind of resource on one stream.
#[derive(Debug, Default)]
struct Subscription {
    /// Whether the first request has been answered.
    answered: bool,
    /// What there was of the kind when the last answer was put together.
    answered_from: Option<Arc<ByName>>,
    wildcard: bool,
    names: BTreeSet<String>,
    /// Version last sent, by name; `None` after "there is no such resource".
    sent: BTreeMap<String, Option<String>>,
    /// Responses that Envoy has not answered yet, by nonce.
    pending: BTreeMap<u64, Vec<Sent>>,
}

/// The state of one delta ADS stream.
#[derive(Debug, Default)]
pub struct Stream {
    kinds: BTreeMap<ResourceKind, Subscription>,
    nonce: u64,
    /// Makes contents that Envoy may have refused before look like others; none for an Envoy that knows nothing yet.
    salt: Option<u64>,
}

impl Stream {
    /// A stream of an Envoy that has had resources before; `salt` is a number that no stream of it had.
    pub fn of_configured(salt: u64) -> Self {
        Self { salt: Some(salt), ..Self::default() }
    }

    /// Takes in a request: what must be answered, and what it says about an earlier response.
    ///
    /// Envoy: one bad resource of a response may keep others of it from being taken, and which of them is at fault it does
    /// not always know. So what was refused together is sent again in smaller parts, until each bad one was refused alone.
    /// Chains of a listener are not parts of their own; see [`Quarantine`](super::Quarantine).
    pub fn request(
        &mut self,
        request: DeltaDiscoveryRequest,
        set: &ResourceSet,
    ) -> (Vec<DeltaDiscoveryResponse>, Option<(ResourceKind, Verdict)>) {
        let Some(kind) = ResourceKind::from_type_url(&request.type_url) else {
            // A kind that termgate never configures: say that there is none, so that Envoy does not wait.
            let missing = request.resource_names_subscribe;
            let response = (!missing.is_empty()).then(|| {
                self.nonce += 1;
                DeltaDiscoveryResponse {
                    type_url: request.type_url,
                    removed_resources: missing,
                    nonce: self.nonce.to_string(),
                    ..DeltaDiscoveryResponse::default()
                }
            });
            return (response.into_iter().collect(), None);
        };
        let first = !self.kinds.contains_key(&kind);
        let subscription = self.kinds.entry(kind).or_default();
        let verdict = request.response_nonce.parse::<u64>().ok().and_then(|nonce| {
            let resources = subscription.pending.remove(&nonce)?;
            Some(match request.error_detail {
                None => Verdict::Acknowledged { resources },
                Some(status) => Verdict::Refused { resources, reason: status.message },
            })
        });
        let mut fresh = first;
        if first {
            // Envoy: a first request without names asks for everything of a kind.
            let by_name = matches!(kind, ResourceKind::Endpoint | ResourceKind::Route | ResourceKind::Secret);
            subscription.wildcard = request.resource_names_subscribe.is_empty() && !by_name;
            // After a reconnect Envoy says what it still has.
            for (name, version) in request.initial_resource_versions {
                subscription.sent.insert(name, Some(version));
            }
        }
        for name in request.resource_names_unsubscribe {
            if name == "*" {
                subscription.wildcard = false;
            }
            subscription.names.remove(&name);
            subscription.sent.remove(&name);
            subscription.pending.values_mut().for_each(|sent| sent.retain(|pending| pending.name != name));
        }
        for name in request.resource_names_subscribe {
            fresh = true;
            if name == "*" {
                subscription.wildcard = true;
            } else {
                // A name that is asked for again is answered again, even if nothing changed.
                if !first {
                    subscription.sent.remove(&name);
                }
                subscription.names.insert(name);
            }
        }
        let mut responses = Vec::new();
        let verdict = verdict.and_then(|verdict| match verdict {
            Verdict::Refused { resources, reason } => {
                let (added, gone): (Vec<Sent>, Vec<Sent>) =
                    resources.into_iter().partition(|sent| sent.resource.is_some());
                if added.is_empty() {
                    // Envoy has no reason of its own to refuse that something is gone.
                    return Some(Verdict::Acknowledged { resources: gone });
                }
                let is_whole = added.len() == 1 || kind == ResourceKind::Listener;
                let mut parts = if is_whole { Vec::new() } else { parts(added.clone(), &reason) };
                parts.push(gone);
                responses.extend(parts.into_iter().filter_map(|part| self.again(kind, part, set)));
                is_whole.then_some(Verdict::Refused { resources: added, reason })
            }
            verdict @ Verdict::Acknowledged { .. } => Some(verdict),
        });
        if fresh {
            responses.extend(self.response(kind, set, &BTreeSet::new(), true));
        }
        (responses, verdict.map(|verdict| (kind, verdict)))
    }

    /// What the stream must hear now that the resources are `set`, in the order that drops no traffic:
    /// what is referred to before what refers to it, and removals of what is referred to last.
    ///
    /// A listener waits until Envoy has answered the one before: Envoy works on each for as long as it has chains, and
    /// would fall behind while leaves come by the dozen. Removals of clusters wait with it. So this is to be asked for
    /// again when Envoy has answered.
    pub fn change(&mut self, set: &ResourceSet) -> Vec<DeltaDiscoveryResponse> {
        // Envoy waits for the endpoints of a cluster it has just replaced, changed or not.
        let replaced = self.changed_names(ResourceKind::Cluster, set);
        let mut responses = Vec::new();
        let listeners_wait =
            self.kinds.get(&ResourceKind::Listener).is_some_and(|listeners| !listeners.pending.is_empty());
        for kind in ResourceKind::ALL {
            let Some(subscription) = self.kinds.get(&kind) else { continue };
            if kind == ResourceKind::Listener && listeners_wait {
                continue;
            }
            let again = if kind == ResourceKind::Endpoint { replaced.clone() } else { BTreeSet::new() };
            if !again.is_empty() || subscription.is_behind(kind, set) {
                let removals = kind != ResourceKind::Cluster || !listeners_wait;
                responses.extend(self.response(kind, set, &again, removals));
            }
        }
        // Removed clusters go after the listeners that used them.
        let (mut removals, mut ordered) = (Vec::new(), Vec::new());
        for mut response in responses {
            let was_removal = !response.removed_resources.is_empty();
            if response.type_url == ResourceKind::Cluster.type_url() && was_removal {
                let names = std::mem::take(&mut response.removed_resources);
                removals.push(self.removal(ResourceKind::Cluster, names, &response.nonce));
            }
            // Nothing is left of an answer whose removals go later; the first one is sent even so.
            if !response.resources.is_empty() || !response.removed_resources.is_empty() || !was_removal {
                ordered.push(response);
            }
        }
        ordered.extend(removals);
        ordered
    }

    /// Whether Envoy got an answer to everything it asked for, and has answered everything it was sent.
    pub fn is_settled(&self) -> bool {
        self.kinds.values().all(|subscription| subscription.answered && subscription.pending.is_empty())
    }

    fn changed_names(&self, kind: ResourceKind, set: &ResourceSet) -> BTreeSet<String> {
        let Some((subscription, resources)) = self.kinds.get(&kind).zip(set.of_kind(kind)) else {
            return BTreeSet::new();
        };
        let changed = resources
            .iter()
            .filter(|(name, resource)| subscription.wants(name) && subscription.differs(name, resource));
        changed.map(|(name, _)| name.clone()).collect()
    }

    /// What the stream lacks of a kind, and once more what is named in `again`; `None` if that is nothing.
    /// Without `removals`, what is gone is left for later.
    ///
    /// The first answer may be empty: Envoy waits for it.
    fn response(
        &mut self,
        kind: ResourceKind,
        set: &ResourceSet,
        again: &BTreeSet<String>,
        removals: bool,
    ) -> Option<DeltaDiscoveryResponse> {
        let all = set.of_kind(kind)?;
        let subscription = self.kinds.entry(kind).or_default();
        let (mut resources, mut pending) = (Vec::new(), Vec::new());
        for (name, resource) in all.iter().filter(|(name, _)| subscription.wants(name)) {
            if subscription.differs(name, resource) || again.contains(name) {
                resources.push(for_the_wire(kind, name, resource, self.salt));
                pending.push(Sent { name: name.clone(), resource: Some(Arc::clone(resource)) });
            }
        }
        for resource in &resources {
            subscription.sent.insert(resource.name.clone(), Some(resource.version.clone()));
        }
        let mut removed_resources = Vec::new();
        for (name, version) in &mut subscription.sent {
            if removals && version.is_some() && !all.contains_key(name) {
                removed_resources.push(name.clone());
                *version = None;
            }
        }
        for name in &subscription.names {
            if !all.contains_key(name) && !subscription.sent.contains_key(name) {
                removed_resources.push(name.clone());
                subscription.sent.insert(name.clone(), None);
            }
        }
        subscription.answered_from = removals.then(|| Arc::clone(all));
        let is_first = !std::mem::replace(&mut subscription.answered, true);
        if resources.is_empty() && removed_resources.is_empty() && !is_first {
            return None;
        }
        self.nonce += 1;
        pending.extend(removed_resources.iter().map(|name| Sent { name: name.clone(), resource: None }));
        subscription.pending.insert(self.nonce, pending);
        Some(DeltaDiscoveryResponse {
            type_url: kind.type_url().to_owned(),
            resources,
            removed_resources,
            nonce: self.nonce.to_string(),
            ..DeltaDiscoveryResponse::default()
        })
    }

    /// Once more a part of what was refused, as far as it is what was sent last.
    fn again(
        &mut self,
        kind: ResourceKind,
        mut part: Vec<Sent>,
        set: &ResourceSet,
    ) -> Option<DeltaDiscoveryResponse> {
        let all = set.of_kind(kind)?;
        let subscription = self.kinds.get_mut(&kind)?;
        part.retain(|Sent { name, resource }| match resource {
            Some(resource) => subscription.wants(name) && !subscription.differs(name, resource),
            None => !all.contains_key(name),
        });
        if part.is_empty() {
            return None;
        }
        self.nonce += 1;
        let salt = self.salt.unwrap_or_default().wrapping_add(self.nonce);
        let mut response = DeltaDiscoveryResponse {
            type_url: kind.type_url().to_owned(),
            nonce: self.nonce.to_string(),
            ..DeltaDiscoveryResponse::default()
        };
        for Sent { name, resource } in &part {
            match resource {
                Some(resource) => response.resources.push(for_the_wire(kind, name, resource, Some(salt))),
                None => response.removed_resources.push(name.clone()),
            }
        }
        subscription.pending.insert(self.nonce, part);
        Some(response)
    }

    /// A response of its own for removals that were taken out of the response with nonce `from`.
    fn removal(&mut self, kind: ResourceKind, names: Vec<String>, from: &str) -> DeltaDiscoveryResponse {
        self.nonce += 1;
        let subscription = self.kinds.entry(kind).or_default();
        if let Ok(from) = from.parse::<u64>()
            && let Some(pending) = subscription.pending.get_mut(&from)
        {
            pending.retain(|sent| !names.contains(&sent.name));
            if pending.is_empty() {
                subscription.pending.remove(&from);
            }
        }
        let gone = names.iter().map(|name| Sent { name: name.clone(), resource: None });
        subscription.pending.insert(self.nonce, gone.collect());
        DeltaDiscoveryResponse {
            type_url: kind.type_url().to_owned(),
            removed_resources: names,
            nonce: self.nonce.to_string(),
            ..DeltaDiscoveryResponse::default()
        }
    }
}

/// What was refused together, in smaller parts: what the reason names each by itself, else two halves.
fn parts(mut refused: Vec<Sent>, reason: &str) -> Vec<Vec<Sent>> {
    let is_named = |sent: &Sent| reason.contains(&sent.name);
    let count = refused.iter().filter(|sent| is_named(sent)).count();
    if count == 0 || count > refused.len() / 2 {
        let second = refused.split_off(refused.len() / 2);
        return vec![refused, second];
    }
    let (named, others): (Vec<Sent>, Vec<Sent>) = refused.into_iter().partition(is_named);
    std::iter::once(others).chain(named.into_iter().map(|sent| vec![sent])).collect()
}

fn for_the_wire(kind: ResourceKind, name: &str, resource: &EncodedResource, salt: Option<u64>) -> Resource {
    let salt = salt.filter(|_| kind == ResourceKind::Secret);
    let value = salt.and_then(|salt| salted(&resource.body, salt)).unwrap_or_else(|| resource.body.clone());
    Resource {
        name: name.to_owned(),
        version: resource.version.clone(),
        resource: Some(Any { type_url: kind.type_url().to_owned(), value }),
        ..Resource::default()
    }
}

/// The same secret as another message: with a comment behind its certificates.
///
/// Envoy: a secret that it refused, and that comes again as it was, is acknowledged without a look.
fn salted(body: &[u8], salt: u64) -> Option<Vec<u8>> {
    let mut secret = envoy::Secret::decode(body).ok()?;
    let source = match secret.r#type.as_mut()? {
        envoy::secret::Type::TlsCertificate(pair) => pair.certificate_chain.as_mut(),
        envoy::secret::Type::ValidationContext(context) => context.trusted_ca.as_mut(),
        _ => None,
    };
    let Specifier::InlineString(text) = source?.specifier.as_mut()? else { return None };
    text.push_str("\n# ");
    text.push_str(&salt.to_string());
    text.push('\n');
    Some(secret.encode_to_vec())
}

impl Subscription {
    fn wants(&self, name: &str) -> bool {
        self.wildcard || self.names.contains(name)
    }

    fn differs(&self, name: &str, resource: &EncodedResource) -> bool {
        self.sent.get(name).and_then(Option::as_ref) != Some(&resource.version)
    }

    /// Whether there may be something to tell of `set`.
    fn is_behind(&self, kind: ResourceKind, set: &ResourceSet) -> bool {
        !self
            .answered_from
            .as_ref()
            .zip(set.of_kind(kind))
            .is_some_and(|(answered_from, now)| Arc::ptr_eq(answered_from, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(resources: &[(ResourceKind, &str, &str)]) -> ResourceSet {
        let mut set = ResourceSet::default();
        for kind in ResourceKind::ALL {
            let of_kind = resources.iter().filter(|(of, _, _)| *of == kind);
            let named = of_kind.map(|(_, name, version)| {
                let resource =
                    EncodedResource { version: (*version).into(), body: Vec::new(), listener: None };
                ((*name).to_owned(), Arc::new(resource))
            });
            set.set(kind, Arc::new(named.collect()));
        }
        set
    }

    fn subscribe(kind: ResourceKind, names: &[&str]) -> DeltaDiscoveryRequest {
        DeltaDiscoveryRequest {
            type_url: kind.type_url().into(),
            resource_names_subscribe: names.iter().map(|name| (*name).to_owned()).collect(),
            ..DeltaDiscoveryRequest::default()
        }
    }

    fn names(response: &DeltaDiscoveryResponse) -> Vec<&str> {
        response.resources.iter().map(|resource| resource.name.as_str()).collect()
    }

    fn one(responses: Vec<DeltaDiscoveryResponse>) -> DeltaDiscoveryResponse {
        assert_eq!(responses.len(), 1, "{responses:?}");
        responses.into_iter().next().unwrap()
    }

    fn acknowledge(stream: &mut Stream, response: &DeltaDiscoveryResponse) {
        let acknowledgement = DeltaDiscoveryRequest {
            type_url: response.type_url.clone(),
            response_nonce: response.nonce.clone(),
            ..DeltaDiscoveryRequest::default()
        };
        let (answer, verdict) = stream.request(acknowledgement, &ResourceSet::default());
        assert!(answer.is_empty() && matches!(verdict, Some((_, Verdict::Acknowledged { .. }))));
    }

    const CLUSTER: ResourceKind = ResourceKind::Cluster;
    const SECRET: ResourceKind = ResourceKind::Secret;
    const ENDPOINT: ResourceKind = ResourceKind::Endpoint;
    const LISTENER: ResourceKind = ResourceKind::Listener;

    #[test]
    fn a_first_request_is_answered_even_if_nothing_exists() {
        let (response, verdict) = Stream::default().request(subscribe(LISTENER, &[]), &set(&[]));
        assert!(one(response).resources.is_empty());
        assert_eq!(verdict, None);
    }

    #[test]
    fn a_missing_kind_is_answered_once_it_exists() {
        let mut stream = Stream::default();
        assert_eq!(stream.request(subscribe(LISTENER, &[]), &ResourceSet::default()), (Vec::new(), None));
        assert!(stream.change(&ResourceSet::default()).is_empty());
        let responses = stream.change(&set(&[]));
        assert_eq!((responses.len(), responses[0].resources.len()), (1, 0));
        assert!(stream.change(&set(&[])).is_empty());
        acknowledge(&mut stream, &responses[0]);
        assert_eq!(names(&stream.change(&set(&[(LISTENER, "l", "1")]))[0]), ["l"]);
    }

    #[test]
    fn a_name_that_does_not_exist_is_answered_so_that_envoy_does_not_wait() {
        let mut stream = Stream::default();
        let (response, _) = stream.request(subscribe(ENDPOINT, &["a"]), &set(&[]));
        assert_eq!(one(response).removed_resources, ["a"]);
        let responses = stream.change(&set(&[(ENDPOINT, "a", "1")]));
        assert_eq!(names(&responses[0]), ["a"]);
    }

    #[test]
    fn only_changed_resources_are_sent() {
        let mut stream = Stream::default();
        stream.request(subscribe(CLUSTER, &[]), &set(&[(CLUSTER, "a", "1"), (CLUSTER, "b", "1")]));
        stream.request(subscribe(ENDPOINT, &["a", "b"]), &set(&[(ENDPOINT, "a", "1"), (ENDPOINT, "b", "1")]));
        let next =
            set(&[(CLUSTER, "a", "1"), (CLUSTER, "b", "1"), (ENDPOINT, "a", "2"), (ENDPOINT, "b", "1")]);
        let responses = stream.change(&next);
        assert_eq!(responses.len(), 1);
        assert_eq!(names(&responses[0]), ["a"]);
        assert!(stream.change(&next).is_empty());
    }

    #[test]
    fn a_replaced_cluster_gets_its_endpoints_again() {
        let mut stream = Stream::default();
        stream.request(subscribe(CLUSTER, &[]), &set(&[(CLUSTER, "a", "1")]));
        stream.request(subscribe(ENDPOINT, &["a"]), &set(&[(ENDPOINT, "a", "1")]));
        let responses = stream.change(&set(&[(CLUSTER, "a", "2"), (ENDPOINT, "a", "1")]));
        assert_eq!(responses.iter().map(names).collect::<Vec<_>>(), [["a"], ["a"]]);
    }

    #[test]
    fn clusters_come_before_the_listeners_that_use_them_and_go_after_them() {
        let mut stream = Stream::default();
        stream.request(subscribe(CLUSTER, &[]), &set(&[(CLUSTER, "old", "1")]));
        let first = one(stream.request(subscribe(LISTENER, &[]), &set(&[(LISTENER, "l", "1")])).0);
        acknowledge(&mut stream, &first);
        let responses = stream.change(&set(&[(CLUSTER, "new", "1"), (LISTENER, "l", "2")]));
        let order: Vec<_> = responses
            .iter()
            .map(|response| {
                (
                    ResourceKind::from_type_url(&response.type_url).unwrap(),
                    names(response),
                    &response.removed_resources,
                )
            })
            .map(|(kind, names, removed)| (kind, names.len(), removed.len()))
            .collect();
        assert_eq!(order, [(CLUSTER, 1, 0), (LISTENER, 1, 0), (CLUSTER, 0, 1)]);
    }

    #[test]
    fn a_listener_waits_for_the_answer_to_the_one_before_and_removed_clusters_wait_with_it() {
        let mut stream = Stream::default();
        stream.request(subscribe(CLUSTER, &[]), &set(&[(CLUSTER, "old", "1")]));
        let first = one(stream.request(subscribe(LISTENER, &[]), &set(&[(LISTENER, "l", "1")])).0);
        let next = set(&[(CLUSTER, "new", "1"), (LISTENER, "l", "2")]);
        let responses = stream.change(&next);
        assert_eq!(responses.iter().map(names).collect::<Vec<_>>(), [["new"]]);
        assert!(responses[0].removed_resources.is_empty() && stream.change(&next).is_empty());
        acknowledge(&mut stream, &first);
        let responses = stream.change(&next);
        assert_eq!((responses.len(), names(&responses[0])), (2, vec!["l"]));
        assert_eq!(responses[1].removed_resources, ["old"]);
    }

    #[test]
    fn a_refusal_comes_with_the_resources_and_envoys_reason() {
        let mut stream = Stream::default();
        let (response, _) = stream.request(subscribe(CLUSTER, &[]), &set(&[(CLUSTER, "bad", "1")]));
        assert!(!stream.is_settled());
        let mut refusal = subscribe(CLUSTER, &[]);
        refusal.response_nonce = one(response).nonce;
        refusal.error_detail = Some(envoy_types::pb::google::rpc::Status {
            message: "no such file".into(),
            ..Default::default()
        });
        let (response, verdict) = stream.request(refusal, &set(&[]));
        assert!(response.is_empty());
        let Some((CLUSTER, Verdict::Refused { resources, reason })) = verdict else { panic!("{verdict:?}") };
        assert_eq!((resources[0].name.as_str(), reason.as_str()), ("bad", "no such file"));
        assert!(stream.is_settled());
    }

    fn refuse(
        stream: &mut Stream,
        response: &DeltaDiscoveryResponse,
        reason: &str,
        set: &ResourceSet,
    ) -> (Vec<DeltaDiscoveryResponse>, Option<(ResourceKind, Verdict)>) {
        let mut refusal = subscribe(ResourceKind::from_type_url(&response.type_url).unwrap(), &[]);
        refusal.response_nonce.clone_from(&response.nonce);
        let message = reason.to_owned();
        refusal.error_detail = Some(envoy_types::pb::google::rpc::Status { message, ..Default::default() });
        stream.request(refusal, set)
    }

    #[test]
    fn refused_resources_are_sent_in_smaller_parts_until_each_bad_one_is_refused_alone() {
        let now = set(&["w", "x", "y2", "z"].map(|name| (SECRET, name, "1")));
        let mut stream = Stream::default();
        let first = one(stream.request(subscribe(SECRET, &["w", "x", "y2", "z"]), &now).0);
        let (halves, verdict) = refuse(&mut stream, &first, "broken", &now);
        assert_eq!(
            (halves.iter().map(names).collect::<Vec<_>>(), verdict),
            (vec![vec!["w", "x"], vec!["y2", "z"]], None)
        );
        acknowledge(&mut stream, &halves[0]);
        let (parts, _) = refuse(&mut stream, &halves[1], "broken", &now);
        acknowledge(&mut stream, &parts[1]);
        assert!(!stream.is_settled());
        let (rest, verdict) = refuse(&mut stream, &parts[0], "broken", &now);
        let Some((SECRET, Verdict::Refused { resources, .. })) = verdict else { panic!("{verdict:?}") };
        assert!(rest.is_empty() && stream.is_settled() && resources[0].name == "y2");
        assert!(stream.change(&now).is_empty(), "it is not sent again");
    }

    #[test]
    fn a_resource_named_in_the_reason_is_sent_alone() {
        let mut stream = Stream::default();
        let now = set(&["x", "y", "bad", "z"].map(|name| (CLUSTER, name, "1")));
        let first = one(stream.request(subscribe(CLUSTER, &[]), &now).0);
        let (parts, _) = refuse(&mut stream, &first, "Error updating bad: broken", &now);
        assert_eq!(parts.iter().map(names).collect::<Vec<_>>(), [vec!["x", "y", "z"], vec!["bad"]]);
    }

    #[test]
    fn a_removal_is_sent_again_without_the_resources_refused_with_it() {
        let mut stream = Stream::default();
        let before = set(&[(SECRET, "old", "1")]);
        let first = one(stream.request(subscribe(SECRET, &["old", "bad"]), &before).0);
        acknowledge(&mut stream, &first);
        let now = set(&[(SECRET, "bad", "1")]);
        let changed = one(stream.change(&now));
        let (again, verdict) = refuse(&mut stream, &changed, "broken", &now);
        assert!(matches!(verdict, Some((SECRET, Verdict::Refused { .. }))));
        assert_eq!(one(again).removed_resources, ["old"]);
    }

    #[test]
    fn a_reconnecting_envoy_gets_only_later_changes() {
        let mut stream = Stream::default();
        let mut request = subscribe(CLUSTER, &[]);
        request.initial_resource_versions = [("same", "1"), ("gone", "1")]
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .into();
        let now = set(&[(CLUSTER, "same", "1"), (CLUSTER, "new", "1")]);
        let response = one(stream.request(request, &now).0);
        assert_eq!(
            (names(&response), response.removed_resources.clone()),
            (vec!["new"], vec!["gone".to_owned()])
        );
    }

    #[test]
    fn a_kind_that_is_never_served_is_answered_with_an_empty_response() {
        let mut request = subscribe(CLUSTER, &["x"]);
        request.type_url = "type.googleapis.com/envoy.service.runtime.v3.Runtime".into();
        let response = one(Stream::default().request(request, &set(&[])).0);
        assert_eq!(response.removed_resources, ["x"]);
    }
}
