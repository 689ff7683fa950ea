//! One part of a snapshot and the request that gets it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;

use super::agent_kinds::AgentKinds;
use crate::consul::api::{self, Path};
use crate::consul::facts::Agent;
use crate::consul::{self, Consul, Wait, entry_of, names_of};
use crate::snapshot::assemble::{self, Answer};
use crate::snapshot::{Part, Snapshot};

/// The gateway whose snapshot is collected.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Service id on the local agent.
    pub id: String,
    /// Service name, which the config entry has, too.
    pub name: String,
    /// What answers have shown; clones share it.
    learnt: Arc<Learnt>,
}

/// What decides in which form an entry is asked for.
///
/// Consul: the agent logs an error for each request about an entry that does not exist, or of a kind that it does not
/// know; it logs nothing about a list without the entry.
#[derive(Debug, Default)]
struct Learnt {
    /// Whether services are linked, which only an entry does.
    has_links: AtomicBool,
    kinds: AgentKinds,
}

impl Gateway {
    /// The service `id` on the agent, with the service name `name`.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), learnt: Arc::default() }
    }

    /// What the agent says about itself, which shows what it can be asked.
    pub fn note_agent(&self, agent: &Agent) {
        if agent.version.known().is_some() {
            self.learnt.kinds.note_version(agent.consul_version());
        }
    }
}

/// Why a part of the snapshot is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request failed.
    #[error(transparent)]
    Request(#[from] consul::Error),
    /// The answer cannot be used.
    #[error("GET {path} on the agent at {address}")]
    Answer {
        /// The request's path.
        path: String,
        /// Address of the agent.
        address: String,
        /// What is wrong with it.
        source: assemble::Error,
    },
}

impl Error {
    /// Whether ACLs forbid it.
    pub fn is_permission_denied(&self) -> bool {
        match self {
            Self::Request(error) => error.is_permission_denied(),
            Self::Answer { source, .. } => {
                matches!(source, assemble::Error::Denied { .. } | assemble::Error::UnknownToken { .. })
            }
        }
    }

    /// Whether the agent does not know the token.
    pub fn is_unknown_token(&self) -> bool {
        matches!(self, Self::Answer { source: assemble::Error::UnknownToken { .. }, .. })
    }

    /// Whether the gateway is not registered with the agent.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Request(error) => error.is_not_found(),
            Self::Answer { source, .. } => matches!(source, assemble::Error::Status { status: 404, .. }),
        }
    }
}

/// The longest name that is put into a path, in bytes: encoded it is three times as long, and HTTP libraries end at
/// 64 KiB.
const LONGEST_NAME: usize = 16 << 10;

/// How long a question about one service or node may stay without an answer, and how long after others got none.
const PATIENCE: Duration = Duration::from_secs(10);
const SHORT_PATIENCE: Duration = Duration::from_secs(3);

/// A kind of entry that came with Consul 1.10.
const MESH: &str = "mesh";

/// One part of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    AgentSelf,
    AgentService,
    Roots,
    Entry,
    Links,
    Instances(String),
    /// Every instance on a node with its checks; see [`by_node`](super::by_node).
    Node(String),
    /// The same of all nodes.
    Nodes,
    Leaf(String),
    ServiceDefaults,
    ServiceResolvers,
    Intentions,
    ProxyDefaults,
    Mesh,
}

impl fmt::Display for Question {
    /// What is asked, in a person's words.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentSelf => formatter.write_str("the agent's settings"),
            Self::AgentService => formatter.write_str("the gateway's registration"),
            Self::Roots => formatter.write_str("the mesh CA"),
            Self::Entry => formatter.write_str("the gateway's config entry"),
            Self::Links => formatter.write_str("the linked services"),
            Self::Instances(service) => write!(formatter, "instances of `{service}`"),
            Self::Node(node) => write!(formatter, "instances on node `{node}`"),
            Self::Nodes => formatter.write_str("instances on all nodes"),
            Self::Leaf(service) => write!(formatter, "leaf certificate of `{service}`"),
            Self::ServiceDefaults => formatter.write_str("service-defaults"),
            Self::ServiceResolvers => formatter.write_str("service-resolvers"),
            Self::Intentions => formatter.write_str("intentions"),
            Self::ProxyDefaults => formatter.write_str("proxy-defaults"),
            Self::Mesh => formatter.write_str("the mesh entry"),
        }
    }
}

/// The parts that do not depend on which services are linked.
pub(super) const COMMON: [Question; 10] = [
    Question::AgentSelf,
    Question::AgentService,
    Question::Roots,
    Question::Entry,
    Question::Links,
    Question::ServiceDefaults,
    Question::ServiceResolvers,
    Question::Intentions,
    Question::ProxyDefaults,
    Question::Mesh,
];

/// What came back for a [`Question`].
#[derive(Debug)]
pub(super) struct Reply {
    pub question: Question,
    pub status: u16,
    pub body: Vec<u8>,
    pub index: Option<u64>,
    pub retry_after: Option<Duration>,
}

impl Question {
    /// The part of a snapshot that it is about.
    fn answer(&self) -> Option<Answer<'_>> {
        match self {
            Self::Instances(service) => Some(Answer::Instances(service)),
            Self::Leaf(service) => Some(Answer::Leaf(service)),
            other => other.common(),
        }
    }

    /// The same, if it is not about a single service.
    pub fn common(&self) -> Option<Answer<'static>> {
        Some(match self {
            Self::Node(_) | Self::Nodes | Self::Instances(_) | Self::Leaf(_) => return None,
            Self::AgentSelf => Answer::AgentSelf,
            Self::AgentService => Answer::AgentService,
            Self::Roots => Answer::Roots,
            Self::Entry => Answer::Entry,
            Self::Links => Answer::Links,
            Self::ServiceDefaults => Answer::ServiceDefaults,
            Self::ServiceResolvers => Answer::ServiceResolvers,
            Self::Intentions => Answer::Intentions,
            Self::ProxyDefaults => Answer::ProxyDefaults,
            Self::Mesh => Answer::Mesh,
        })
    }

    /// The path of its request.
    pub fn path(&self, gateway: &Gateway) -> Path {
        match (self, self.listed(gateway)) {
            (Self::Node(node), _) => api::internal::node(node),
            (_, Some((kind, _))) => api::config::kind(kind),
            (other, None) => match other.answer() {
                Some(answer) => api::of_answer(answer, &gateway.id, &gateway.name),
                None => api::internal::nodes(),
            },
        }
    }

    /// The service that it is about, if it is one.
    pub fn service(&self) -> &str {
        match self {
            Self::Instances(service) | Self::Leaf(service) => service,
            _ => "",
        }
    }

    /// What of a service it is about.
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Instances(_) => Some(Part::Instance),
            Self::Leaf(_) => Some(Part::Leaf),
            _ => None,
        }
    }

    /// Why it cannot be asked.
    ///
    /// Clients and servers take `.` and `..` in a path for directories, encoded or not, and Go's servers refer what has
    /// an empty segment to the path without it: the answer would be about something else.
    fn unaskable(&self) -> Option<&'static str> {
        let (Self::Instances(name) | Self::Leaf(name) | Self::Node(name)) = self else { return None };
        if name.len() > LONGEST_NAME {
            return Some("its name is longer than 16 KiB");
        }
        let mut segments = name.split('/').rev();
        let last = segments.next().unwrap_or_default();
        let is_directory = |segment: &str| matches!(segment, "." | "..");
        let is_ambiguous = name.is_empty()
            || is_directory(last)
            || segments.any(|segment| segment.is_empty() || is_directory(segment));
        is_ambiguous.then_some("the path of a request cannot hold its name")
    }

    /// Whether it is about what is registered on nodes.
    pub fn is_of_nodes(&self) -> bool {
        matches!(self, Self::Node(_) | Self::Nodes)
    }

    /// Whether a blocking query follows it; the other common parts are asked for again and again.
    pub fn is_watched(&self) -> bool {
        matches!(self, Self::Links | Self::Roots | Self::Intentions | Self::ServiceDefaults)
    }

    /// What is asked, the same for all services.
    pub fn about(&self) -> String {
        match self {
            Self::Instances(_) => "instances of linked services".to_owned(),
            Self::Node(_) | Self::Nodes => "nodes of linked services".to_owned(),
            Self::Leaf(_) => "leaf certificates of linked services".to_owned(),
            other => other.to_string(),
        }
    }

    /// The kind and name of an entry that is looked for in the list of its kind, because it need not exist.
    ///
    /// Of `proxy-defaults` and `mesh` there is one each; a list of gateways could be long.
    fn listed<'a>(&self, gateway: &'a Gateway) -> Option<(&'static str, &'a str)> {
        match self {
            Self::ProxyDefaults => Some(("proxy-defaults", "global")),
            Self::Mesh => Some((MESH, "mesh")),
            Self::Entry if !gateway.learnt.has_links.load(Ordering::Relaxed) => {
                Some(("terminating-gateway", &gateway.name))
            }
            _ => None,
        }
    }

    /// How long an answer may take to begin, where one that never comes must not hold up others; `is_short` after
    /// other questions got none.
    pub fn patience(&self, is_short: bool) -> Option<Duration> {
        match self {
            Self::Instances(_) | Self::Leaf(_) if is_short => Some(SHORT_PATIENCE),
            Self::Instances(_) | Self::Leaf(_) | Self::Node(_) => Some(PATIENCE),
            _ => None,
        }
    }

    /// Asks the agent; any status is a reply. With `wait` it is a blocking query; without, an answer that does not begin
    /// within `patience` is a failure.
    pub async fn ask(
        self,
        consul: &Consul,
        gateway: &Gateway,
        wait: Option<Wait>,
        patience: Option<Duration>,
    ) -> Result<Reply, consul::Error> {
        let Learnt { has_links, kinds } = &*gateway.learnt;
        let unasked = if self == Self::Mesh && !kinds.may_know(MESH) {
            Some(404)
        } else {
            self.unaskable().map(|_| 400)
        };
        if let Some(status) = unasked {
            return Ok(Reply { question: self, status, body: Vec::new(), index: None, retry_after: None });
        }
        let (path, listed) = (self.path(gateway), self.listed(gateway));
        let answer = match wait {
            Some(_) => consul.exchange(Method::GET, &path, &[], None, wait).await?,
            None => consul.ask(&path, patience).await?,
        };
        let consul::Answer { mut status, mut body, index, retry_after, .. } = answer;
        match (&self, listed) {
            (_, Some((_, name))) if status == 200 => match entry_of(&body, name) {
                Some(Some(entry)) => body = entry,
                // Which others there are helps to see why.
                Some(None) => {
                    (status, body) = (404, serde_json::to_vec(&names_of(&body)).unwrap_or_default());
                }
                // Whoever reads it says what is wrong with it.
                None => {}
            },
            (_, Some((kind, _))) if assemble::is_unknown_kind(status, &body) => kinds.note_unknown(kind),
            (Self::AgentSelf, _) if status == 200 => {
                if let Ok(answer) = serde_json::from_slice(&body) {
                    gateway.note_agent(&Agent::read(&answer));
                }
            }
            (Self::Links, _) if status == 200 => {
                has_links.store(!matches!(body.trim_ascii(), b"[]" | b"null"), Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(Reply { question: self, status, body, index, retry_after })
    }

    /// The answer cannot be used.
    pub fn unusable(&self, consul: &Consul, gateway: &Gateway, source: assemble::Error) -> Error {
        Error::Answer { path: self.path(gateway).to_string(), address: consul.address().to_owned(), source }
    }

    /// Whether a token without the right to ask this still gets a working gateway.
    ///
    /// Consul: these entries need `service:read` on every service or `operator:read`, depending on the version.
    fn is_optional(&self) -> bool {
        matches!(
            self,
            Self::ProxyDefaults | Self::Mesh | Self::ServiceDefaults | Self::ServiceResolvers | Self::Entry
        )
    }
}

impl Reply {
    /// Puts the reply into `snapshot`; a part that the token may not see, but need not, is left as it is.
    pub fn apply(&self, snapshot: &mut Snapshot, consul: &Consul, gateway: &Gateway) -> Result<(), Error> {
        self.put_into(snapshot).map_err(|source| self.question.unusable(consul, gateway, source))
    }

    /// The same; an error says only what is wrong with the answer.
    pub fn put_into(&self, snapshot: &mut Snapshot) -> Result<(), assemble::Error> {
        let Some(answer) = self.question.answer() else { return Ok(()) };
        if let Some(reason) = self.question.unaskable() {
            return Err(assemble::Error::Unaskable(reason));
        }
        match snapshot.apply(answer, self.status, &self.body) {
            Err(assemble::Error::Denied { .. }) if self.question.is_optional() => Ok(()),
            result => result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_in_paths() {
        let gateway = Gateway::new("gw/1", "gw");
        assert_eq!(Question::AgentService.path(&gateway).as_str(), "/v1/agent/service/gw%2F1");
        assert_eq!(Question::Leaf("a b".into()).path(&gateway).as_str(), "/v1/agent/connect/ca/leaf/a%20b");
    }

    #[test]
    fn a_name_that_a_path_would_change_is_not_asked_for() {
        for name in ["", ".", "..", "a/../b", "../a", "a/.", "a//b", "/a", &"a".repeat(LONGEST_NAME + 1)] {
            assert!(Question::Leaf(name.into()).unaskable().is_some(), "{name}");
        }
        for name in ["a", "a/b", "a/", "...", "a..b", "tab\tby", "%2e", "a?b", &"a".repeat(LONGEST_NAME)] {
            assert!(Question::Instances(name.into()).unaskable().is_none(), "{name}");
        }
    }
}
