//! A real ADS endpoint with nothing to give, which notes how Envoy introduces itself: state of the world and delta.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use envoy_types::pb::envoy::config::core::v3::Node;
use envoy_types::pb::envoy::service::discovery::v3::aggregated_discovery_service_server::{
    AggregatedDiscoveryService, AggregatedDiscoveryServiceServer,
};
use envoy_types::pb::envoy::service::discovery::v3::{
    DeltaDiscoveryRequest, DeltaDiscoveryResponse, DiscoveryRequest, DiscoveryResponse,
};
use envoy_types::pb::google::protobuf::value::Kind;
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Request, Response, Status, Streaming};

use super::background::Background;
use super::server::lock;

/// How Envoy introduced itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// `DeltaAggregatedResources` or `StreamAggregatedResources`.
    pub method: &'static str,
    pub node_id: String,
    pub cluster: String,
    /// The texts among the node's metadata.
    pub metadata: BTreeMap<String, String>,
    /// The header `x-consul-token`.
    pub token: Option<String>,
}

/// The endpoint. Ends when dropped.
pub struct AdsServer {
    address: SocketAddr,
    greetings: Arc<Mutex<Vec<Greeting>>>,
    _serving: Background,
}

impl AdsServer {
    /// Serves on a free port of 127.0.0.1.
    pub fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let greetings = Arc::default();
        let service = AggregatedDiscoveryServiceServer::new(Service { greetings: Arc::clone(&greetings) });
        let serving = Background::serve(listener, async move |listener| {
            let server = tonic::transport::Server::builder().add_service(service);
            server.serve_with_incoming(TcpListenerStream::new(listener)).await
        })?;
        Ok(Self { address, greetings, _serving: serving })
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first greeting; fails as long as there is none.
    pub fn greeting(&self) -> Result<Greeting> {
        lock(&self.greetings).first().cloned().context("nobody came yet")
    }
}

struct Service {
    greetings: Arc<Mutex<Vec<Greeting>>>,
}

impl Service {
    fn note(&self, method: &'static str, token: Option<String>, node: Option<Node>) {
        let node = node.unwrap_or_default();
        let fields = node.metadata.map(|metadata| metadata.fields).unwrap_or_default();
        let metadata = fields.into_iter().filter_map(|(key, value)| match value.kind {
            Some(Kind::StringValue(text)) => Some((key, text)),
            _ => None,
        });
        let greeting =
            Greeting { method, node_id: node.id, cluster: node.cluster, metadata: metadata.collect(), token };
        lock(&self.greetings).push(greeting);
    }
}

fn token<T>(request: &Request<T>) -> Option<String> {
    Some(request.metadata().get("x-consul-token")?.to_str().ok()?.to_owned())
}

#[tonic::async_trait]
impl AggregatedDiscoveryService for Service {
    type StreamAggregatedResourcesStream =
        Pin<Box<dyn Stream<Item = Result<DiscoveryResponse, Status>> + Send>>;
    type DeltaAggregatedResourcesStream =
        Pin<Box<dyn Stream<Item = Result<DeltaDiscoveryResponse, Status>> + Send>>;

    async fn stream_aggregated_resources(
        &self,
        request: Request<Streaming<DiscoveryRequest>>,
    ) -> Result<Response<Self::StreamAggregatedResourcesStream>, Status> {
        let token = token(&request);
        let mut requests = request.into_inner();
        let first = requests.message().await?.unwrap_or_default();
        self.note("StreamAggregatedResources", token, first.node.clone());
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(async move {
            let mut next = Some(first);
            while let Some(request) = next {
                // An answer to each question; none to an acknowledgement.
                if request.response_nonce.is_empty() {
                    let answer = DiscoveryResponse {
                        version_info: "1".to_owned(),
                        nonce: "1".to_owned(),
                        type_url: request.type_url,
                        ..DiscoveryResponse::default()
                    };
                    if sender.send(Ok(answer)).await.is_err() {
                        return;
                    }
                }
                next = requests.message().await.ok().flatten();
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn delta_aggregated_resources(
        &self,
        request: Request<Streaming<DeltaDiscoveryRequest>>,
    ) -> Result<Response<Self::DeltaAggregatedResourcesStream>, Status> {
        let token = token(&request);
        let mut requests = request.into_inner();
        let first = requests.message().await?.unwrap_or_default();
        self.note("DeltaAggregatedResources", token, first.node.clone());
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(async move {
            let mut next = Some(first);
            while let Some(request) = next {
                if request.response_nonce.is_empty() {
                    let answer = DeltaDiscoveryResponse {
                        system_version_info: "1".to_owned(),
                        nonce: "1".to_owned(),
                        type_url: request.type_url,
                        ..DeltaDiscoveryResponse::default()
                    };
                    if sender.send(Ok(answer)).await.is_err() {
                        return;
                    }
                }
                next = requests.message().await.ok().flatten();
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}
