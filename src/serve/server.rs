//! The ADS server: accepts Envoy on a Unix socket and keeps every stream up to date.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use envoy_types::pb::envoy::config::core::v3::Node;
use envoy_types::pb::envoy::config::core::v3::node::UserAgentVersionType;
use envoy_types::pb::envoy::service::accesslog::v3::access_log_service_server::AccessLogServiceServer;
use envoy_types::pb::envoy::service::discovery::v3::aggregated_discovery_service_server::{
    AggregatedDiscoveryService, AggregatedDiscoveryServiceServer,
};
use envoy_types::pb::envoy::service::discovery::v3::{
    DeltaDiscoveryRequest, DeltaDiscoveryResponse, DiscoveryRequest, DiscoveryResponse,
};
use futures_core::Stream;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::{ReceiverStream, UnixListenerStream};
use tonic::transport::server::UdsConnectInfo;
use tonic::{Request, Response, Status, Streaming};

use super::access_log::AccessLogs;
use super::subscription::{self, ResourceSet, Sent, Verdict};
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::ResourceKind;
use crate::system::clock;
use crate::upstream::Failure;

/// What happens between termgate and Envoy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Envoy opened its stream.
    Connected {
        /// Which release it says it is; `None` for a build without a number.
        release: Option<EnvoyVersion>,
        /// Whether it has resources already: only the stream is new.
        is_configured: bool,
    },
    /// Resources of a kind, or their removal, were sent to Envoy.
    Sent {
        /// The kind.
        kind: ResourceKind,
        /// Their names.
        resources: Vec<String>,
    },
    /// Envoy took resources of a kind.
    Acknowledged {
        /// The kind.
        kind: ResourceKind,
        /// What it took.
        resources: Vec<Sent>,
        /// Whether nothing that was sent is unanswered now.
        settled: bool,
    },
    /// Envoy refused resources and keeps what it had.
    Refused {
        /// The kind.
        kind: ResourceKind,
        /// Listeners of one response, or one resource of another kind.
        resources: Vec<Sent>,
        /// Envoy's own words.
        reason: String,
        /// Whether nothing that was sent is unanswered now.
        settled: bool,
    },
    /// Envoy's stream ended.
    Disconnected,
}

/// A bound socket that is not served yet, so that a path in use is found before anything starts.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    path: PathBuf,
}

impl Server {
    /// Binds `path` (in a directory that is private to the user), replacing a socket left over there.
    pub fn bind(path: &Path) -> std::io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Serves until the returned future is dropped; what happens comes out of `events`, and what Envoy logs of external
    /// services out of `failures`.
    pub async fn serve(
        self,
        resources: watch::Receiver<Arc<ResourceSet>>,
        events: mpsc::UnboundedSender<Event>,
        failures: mpsc::Sender<Failure>,
        silent: Silent,
    ) -> Result<(), tonic::transport::Error> {
        let _remove_socket = RemoveOnDrop(self.path);
        // Envoy's requests carry its node and the versions it has: far above the default of 4 MiB at
        // thousands of services.
        let service = AggregatedDiscoveryServiceServer::new(Ads { resources, events, silent })
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX);
        tonic::transport::Server::builder()
            .add_service(service)
            .add_service(AccessLogServiceServer::new(AccessLogs { failures }))
            .serve_with_incoming(UnixListenerStream::new(self.listener))
            .await
    }
}

struct RemoveOnDrop(PathBuf);

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = std::fs::remove_file(&self.0);
    }
}

struct Ads {
    resources: watch::Receiver<Arc<ResourceSet>>,
    events: mpsc::UnboundedSender<Event>,
    silent: Silent,
}

/// The process of an Envoy that is served, but whose events nobody is interested in: another takes its place.
#[derive(Debug, Clone, Default)]
pub struct Silent(Arc<AtomicU32>);

impl Silent {
    /// From now on it is this one.
    pub fn set(&self, pid: Option<u32>) {
        self.0.store(pid.unwrap_or_default(), Ordering::Relaxed);
    }

    fn is(&self, pid: Option<u32>) -> bool {
        pid.is_some_and(|pid| pid == self.0.load(Ordering::Relaxed))
    }
}

type Responses<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl AggregatedDiscoveryService for Ads {
    type StreamAggregatedResourcesStream = Responses<DiscoveryResponse>;
    type DeltaAggregatedResourcesStream = Responses<DeltaDiscoveryResponse>;

    async fn stream_aggregated_resources(
        &self,
        _request: Request<Streaming<DiscoveryRequest>>,
    ) -> Result<Response<Self::StreamAggregatedResourcesStream>, Status> {
        Err(Status::unimplemented("termgate serves delta ADS only: set api_type DELTA_GRPC"))
    }

    async fn delta_aggregated_resources(
        &self,
        request: Request<Streaming<DeltaDiscoveryRequest>>,
    ) -> Result<Response<Self::DeltaAggregatedResourcesStream>, Status> {
        let (responses, receiver) = mpsc::channel(16);
        let peer = request.extensions().get::<UdsConnectInfo>().and_then(|info| info.peer_cred?.pid());
        let peer = peer.and_then(|pid| u32::try_from(pid).ok());
        let (events, silent) = (self.events.clone(), self.silent.clone());
        // A receiver that is gone means termgate is stopping; the stream goes on until it has.
        let tell = move |event| {
            if !silent.is(peer) {
                drop(events.send(event));
            }
        };
        let stream = run_stream(request.into_inner(), self.resources.clone(), tell, responses);
        tokio::spawn(stream);
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

/// The release in what Envoy says of itself.
fn release(node: &Node) -> Option<EnvoyVersion> {
    let Some(UserAgentVersionType::UserAgentBuildVersion(build)) = &node.user_agent_version_type else {
        return None;
    };
    let version = build.version.as_ref()?;
    Some(EnvoyVersion { major: version.major_number, minor: version.minor_number, patch: version.patch })
}

/// Answers one Envoy's stream until either side ends it.
async fn run_stream(
    mut requests: Streaming<DeltaDiscoveryRequest>,
    mut resources: watch::Receiver<Arc<ResourceSet>>,
    tell: impl Fn(Event),
    responses: mpsc::Sender<Result<DeltaDiscoveryResponse, Status>>,
) {
    let mut stream = subscription::Stream::default();
    let mut greeted = false;
    let salt = u64::try_from(clock::now().unix_timestamp_nanos()).unwrap_or_default();
    'stream: loop {
        let send = tokio::select! {
            request = requests.message() => {
                let Ok(Some(mut request)) = request else { break };
                if let Some(node) = request.node.take().filter(|_| !greeted) {
                    greeted = true;
                    let is_configured = !request.initial_resource_versions.is_empty();
                    if is_configured {
                        stream = subscription::Stream::of_configured(salt);
                    }
                    tell(Event::Connected { release: release(&node), is_configured });
                }
                let set = resources.borrow().clone();
                let (responses, verdict) = stream.request(request, &set);
                let answers_listeners = matches!(verdict, Some((ResourceKind::Listener, _)));
                let settled = stream.is_settled() && responses.is_empty();
                match verdict {
                    Some((kind, Verdict::Acknowledged { resources })) => {
                        tell(Event::Acknowledged { kind, resources, settled });
                    }
                    Some((kind, Verdict::Refused { resources, reason })) => {
                        tell(Event::Refused { kind, resources, reason, settled });
                    }
                    None => {}
                }
                let waited = if answers_listeners { stream.change(&set) } else { Vec::new() };
                responses.into_iter().chain(waited).collect()
            }
            changed = resources.changed() => {
                if changed.is_err() { break }
                let set = resources.borrow_and_update().clone();
                stream.change(&set)
            }
        };
        for response in send {
            if let Some(kind) = ResourceKind::from_type_url(&response.type_url) {
                let changed = response.resources.iter().map(|resource| resource.name.clone());
                let resources = changed.chain(response.removed_resources.iter().cloned()).collect();
                tell(Event::Sent { kind, resources });
            }
            if responses.send(Ok(response)).await.is_err() {
                break 'stream;
            }
        }
    }
    tell(Event::Disconnected);
}
