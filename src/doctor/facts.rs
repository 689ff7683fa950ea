//! What the checks look at: typed, without a connection to anything. [`gather`](super::gather) fills it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use crate::consul::api::acl::{Authorization, OwnToken};
use crate::consul::api::agent::Check;
use crate::consul::api::internal::MeshNode;
use crate::consul::facts::Agent;
use crate::envoy::admin::Live;
use crate::envoy::version::EnvoyVersion;
use crate::monitor::Closed;
use crate::snapshot::assemble::Answer;
use crate::snapshot::{AgentService, EnvoyAnswers, Snapshot};
use crate::sockaddr::Interfaces;
use crate::tls_files::inspected::FileState;
use crate::upstream::{Distrust, Resolved, Shown};

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked<T> {
    /// It was not asked, for this reason.
    No(&'static str),
    /// It was not answered.
    Failed(Trouble),
    /// This.
    Is(T),
}

impl<T> Asked<T> {
    /// The answer, if there is one.
    pub const fn is(&self) -> Option<&T> {
        match self {
            Self::Is(answer) => Some(answer),
            Self::No(_) | Self::Failed(_) => None,
        }
    }
}

impl<T> Asked<T> {
    /// The answer, or why there is none.
    pub fn known(&self) -> Result<&T, String> {
        match self {
            Self::Is(answer) => Ok(answer),
            Self::No(why) => Err((*why).to_owned()),
            Self::Failed(trouble) => Err(trouble.message.clone()),
        }
    }
}

/// Why a question was not answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, with its causes.
    pub message: String,
    /// What to try.
    pub help: String,
    /// Whether the token may not ask it.
    pub is_denied: bool,
    /// Whether Consul does not know the token.
    pub is_unknown_token: bool,
    /// Whether the agent has no server to ask.
    pub lacks_servers: bool,
}

/// Where Consul's state comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An agent.
    Agent {
        /// As a person writes its address.
        address: String,
        /// Whether it runs on this host.
        is_local: bool,
    },
    /// A snapshot file, by its path.
    File(String),
}

/// Everything that is known.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Seconds since 1970.
    pub now: i64,
    /// Where Consul's state comes from.
    pub origin: Origin,
    /// Service ID of the gateway.
    pub id: String,
    /// Service name of the gateway.
    pub name: String,
    /// What the agent says about itself.
    pub agent: Asked<Agent>,
    /// Seconds by which the agent's clock is ahead of this host's.
    pub skew: Asked<i64>,
    /// The token.
    pub token: Token,
    /// The state of Consul, as far as it was answered, without leaf certificates.
    pub snapshot: Option<Snapshot>,
    /// What of it was not answered.
    pub lacking: Vec<(Answer<'static>, Trouble)>,
    /// The services of the agent, by ID.
    pub services: Asked<BTreeMap<String, AgentService>>,
    /// The checks of the gateway on its agent.
    pub checks: Asked<Vec<Check>>,
    /// All nodes with their services.
    pub nodes: Asked<Vec<MeshNode>>,
    /// The connection to the agent's gRPC port.
    pub grpc: Asked<Grpc>,
    /// This host.
    pub host: Asked<Host>,
    /// Envoy.
    pub envoy: Envoy,
    /// The TLS files that the gateway's entry names.
    pub files: Asked<BTreeMap<String, FileState>>,
    /// As whom they are read, in words.
    pub reader: String,
    /// What host names of instances resolve to.
    pub names: Asked<BTreeMap<String, Resolved>>,
    /// The addresses of those that resolve.
    pub resolved: BTreeMap<String, Vec<IpAddr>>,
    /// What the servers of linked services show.
    pub probes: Asked<Vec<Probe>>,
}

/// The token in hand.
#[derive(Debug, Clone)]
pub struct Token {
    /// Where it comes from; absent where there is none.
    pub origin: Option<String>,
    /// The token as Consul describes it.
    pub own: Asked<OwnToken>,
    /// The rights that the gateway needs, and whether the token has them.
    pub rights: Asked<Vec<Authorization>>,
}

/// A connection to the agent's gRPC port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grpc {
    /// Where.
    pub address: SocketAddr,
    /// Whether the agent says that it speaks TLS there.
    pub tls: bool,
    /// How it went.
    pub outcome: GrpcOutcome,
}

/// What answers on the agent's gRPC port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrpcOutcome {
    /// HTTP/2, as gRPC is.
    Http2,
    /// TLS.
    Tls,
    /// Something else.
    Other,
    /// Nothing: the reason.
    Unreachable(String),
}

/// This host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Host {
    /// Its interfaces.
    pub interfaces: Interfaces,
    /// Sockets that listen on the ports of the gateway; absent where the system does not list them.
    pub listening: Option<BTreeSet<SocketAddr>>,
    /// The limit on open files of a process.
    pub open_files: Option<u64>,
    /// Why no run directory can be used.
    pub run_dir: Option<String>,
}

impl Host {
    /// Whether something listens at this address, or at the wildcard for it.
    pub fn listens_at(&self, ip: IpAddr, port: u16) -> Option<bool> {
        let listening = self.listening.as_ref()?;
        Some(listening.iter().any(|socket| {
            socket.port() == port
                && (socket.ip() == ip
                    || (socket.ip().is_unspecified() && (socket.is_ipv6() || ip.is_ipv4()))
                    || ip.is_unspecified())
        }))
    }
}

/// Envoy on this host.
#[derive(Debug, Clone)]
pub struct Envoy {
    /// The executable, or the places where there is none.
    pub binary: Asked<PathBuf>,
    /// Its version.
    pub version: Asked<EnvoyVersion>,
    /// The address of the admin server.
    pub admin: Option<SocketAddr>,
    /// The running Envoy, by its admin server.
    pub live: Asked<Live>,
    /// All that it answered, where that is to be kept.
    pub answers: Option<Arc<EnvoyAnswers>>,
    /// What closes linked services, as the running gateway says.
    pub closed: Vec<Closed>,
    /// The token with which it asks Consul, beside the one of this command.
    pub token: Asked<XdsToken>,
}

/// The token that Envoy sends to Consul's xDS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XdsToken {
    /// None.
    Missing,
    /// The one of this command.
    Same,
    /// Another one than that of this command.
    Other,
}

/// A look at a server of a linked service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The linked service.
    pub service: String,
    /// The server.
    pub address: SocketAddr,
    /// What it shows.
    pub shown: Shown,
    /// Why its certificate comes from none of the link's CAs.
    pub distrust: Option<Distrust>,
}

impl Facts {
    /// Nothing is known yet of the gateway with this ID and name.
    pub fn nothing(origin: Origin, id: &str, name: &str) -> Self {
        const UNASKED: &str = "not looked at";
        Self {
            now: 0,
            origin,
            id: id.to_owned(),
            name: name.to_owned(),
            agent: Asked::No(UNASKED),
            skew: Asked::No(UNASKED),
            token: Token { origin: None, own: Asked::No(UNASKED), rights: Asked::No(UNASKED) },
            snapshot: None,
            lacking: Vec::new(),
            services: Asked::No(UNASKED),
            checks: Asked::No(UNASKED),
            nodes: Asked::No(UNASKED),
            grpc: Asked::No(UNASKED),
            host: Asked::No(UNASKED),
            envoy: Envoy {
                binary: Asked::No(UNASKED),
                version: Asked::No(UNASKED),
                admin: None,
                live: Asked::No(UNASKED),
                answers: None,
                closed: Vec::new(),
                token: Asked::No("Envoy does not ask Consul itself"),
            },
            files: Asked::No(UNASKED),
            reader: String::new(),
            names: Asked::No("it needs --resolve or --probe"),
            resolved: BTreeMap::new(),
            probes: Asked::No("it needs --probe"),
        }
    }

    /// Why this part of the snapshot is missing, if it is.
    pub fn lacks(&self, part: Answer<'static>) -> Option<&Trouble> {
        self.lacking.iter().find(|(lacking, _)| *lacking == part).map(|(_, trouble)| trouble)
    }

    /// Whether the agent runs on this host, and so the gateway too.
    pub const fn is_local(&self) -> bool {
        matches!(self.origin, Origin::Agent { is_local: true, .. })
    }

    /// The gateway's registration, if it has one.
    pub fn registration(&self) -> Option<&AgentService> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.gateway).filter(|gateway| !gateway.id.is_empty())
    }

    /// Consul's version, as text; absent if it is not known.
    pub fn consul(&self) -> Option<String> {
        let said = self.agent.is().and_then(|agent| agent.version.known().cloned());
        let of_file = || self.snapshot.as_ref().map(|snapshot| snapshot.consul_version.clone());
        said.or_else(of_file).filter(|version| !version.is_empty())
    }

    /// Envoy's version: that of the running one, else that of the executable.
    pub fn envoy(&self) -> Option<String> {
        let live =
            self.envoy.live.is().map(|live| live.version.clone()).filter(|version| !version.is_empty());
        live.or_else(|| self.envoy.version.is().map(ToString::to_string))
    }
}
