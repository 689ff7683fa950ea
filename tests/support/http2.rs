//! HTTP/2: a client inside the mesh and servers outside it, gRPC's trailers and length prefix included.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use h2::{client, server};
use http::{HeaderMap, HeaderName, HeaderValue};
use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::background::{Background, runtime};
use super::http::{Headers, Request, Response};
use super::mesh::{Greeting, MeshClient, Outcome, check_identity};
use super::origin::tell_tls;
use super::server::{Handshake, lock};

/// A server outside the mesh that speaks HTTP/2 only, without ALPN if its TLS settings name none.
pub struct Http2Origin {
    seen: Arc<Mutex<Vec<Value>>>,
    _serving: Background,
}

impl Http2Origin {
    /// Listens at an address. With `grpc`, every answer is one of gRPC: a message, then the status as a trailer.
    pub fn at(
        address: SocketAddr,
        instance: &str,
        tls: Option<Arc<ServerConfig>>,
        grpc: bool,
    ) -> Result<Self> {
        let listener = std::net::TcpListener::bind(address).with_context(|| address.to_string())?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let origin = Arc::new(Site { instance: instance.to_owned(), grpc, tls, seen: Arc::clone(&seen) });
        let serving = Background::serve(listener, async move |listener| {
            while let Ok((socket, _)) = listener.accept().await {
                let origin = Arc::clone(&origin);
                // What ends a connection, its client sees as well.
                tokio::spawn(async move { drop(origin.welcome(socket).await) });
            }
        })?;
        Ok(Self { seen, _serving: serving })
    }

    /// What it answered so far: one JSON object a request.
    pub fn seen(&self) -> Vec<Value> {
        lock(&self.seen).clone()
    }
}

struct Site {
    instance: String,
    grpc: bool,
    tls: Option<Arc<ServerConfig>>,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Site {
    async fn welcome(&self, socket: TcpStream) -> Result<()> {
        socket.set_nodelay(true)?;
        match &self.tls {
            None => self.serve(socket, None).await,
            Some(config) => {
                let stream = TlsAcceptor::from(Arc::clone(config)).accept(socket).await?;
                let handshake = Handshake::of(stream.get_ref().1)?;
                self.serve(stream, Some(handshake)).await
            }
        }
    }

    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin, tls: Option<Handshake>) -> Result<()> {
        let mut connection = server::handshake(stream).await?;
        while let Some(accepted) = connection.accept().await {
            let (request, mut respond) = accepted?;
            let mut told = json!({
                "instance": self.instance,
                "version": "HTTP/2",
                "method": request.method().as_str(),
                "path": request.uri().path_and_query().map(http::uri::PathAndQuery::as_str),
                "host": request.uri().authority().map(http::uri::Authority::as_str),
                "headers": listed(request.headers()).into_iter().collect::<serde_json::Map<_, _>>(),
            });
            tell_tls(&mut told, tls.as_ref());
            lock(&self.seen).push(told.clone());
            let text = told.to_string();
            let kind = if self.grpc { "application/grpc" } else { "application/json" };
            let response = http::Response::builder().header("content-type", kind).body(())?;
            let mut body = respond.send_response(response, false)?;
            if self.grpc {
                body.send_data(message(text.as_bytes())?.into(), false)?;
                body.send_trailers(HeaderMap::from_iter([(
                    HeaderName::from_static("grpc-status"),
                    HeaderValue::from_static("0"),
                )]))?;
            } else {
                body.send_data(text.into(), true)?;
            }
        }
        Ok(())
    }
}

/// A message as gRPC frames it: uncompressed, its length, its bytes.
fn message(bytes: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(bytes.len())?.to_be_bytes();
    Ok([&[0], &length[..], bytes].concat())
}

fn listed(headers: &HeaderMap) -> Vec<(String, Value)> {
    let text = |value: &HeaderValue| json!(String::from_utf8_lossy(value.as_bytes()));
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Sends a request by HTTP/2 with prior knowledge, as a sidecar does; the answer's trailers follow its headers.
///
/// The `Host` header becomes the authority. With a content type of gRPC the answer's first message is its body.
/// A gateway with another identity than `spiffe_id` is an error.
pub fn send(
    client: &MeshClient,
    gateway: SocketAddr,
    service: &str,
    spiffe_id: &str,
    request: &Request,
) -> Result<Outcome> {
    let (config, name) = client.tls(service, &Greeting::default())?;
    runtime()?.block_on(async {
        let exchange = async {
            let socket = TcpStream::connect(gateway).await?;
            let stream = TlsConnector::from(config).connect(name, socket).await?;
            if let Err(error) = check_identity(stream.get_ref().1, spiffe_id) {
                return Ok(Err(error));
            }
            exchange(stream, request).await.map(Ok)
        };
        match tokio::time::timeout(Duration::from_secs(20), exchange).await {
            Ok(Ok(Ok(response))) => Ok(Outcome::Answered(response)),
            Ok(Ok(Err(stranger))) => Err(stranger),
            Ok(Err(error)) => Ok(Outcome::Refused(format!("{error:#}"))),
            Err(_) => Err(anyhow!("no answer within 20 s")),
        }
    })
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    request: &Request,
) -> Result<Response> {
    let (mut sender, connection) = client::handshake(stream).await?;
    let host = request.header("host").unwrap_or("mesh");
    let mut head = http::Request::builder()
        .method(request.method.as_str())
        .uri(format!("https://{host}{}", request.target));
    for (name, value) in request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
        head = head.header(name.to_ascii_lowercase(), value);
    }
    let asking = async {
        std::future::poll_fn(|context| sender.poll_ready(context)).await?;
        let (response, mut body) = sender.send_request(head.body(())?, request.body.is_empty())?;
        if !request.body.is_empty() {
            body.send_data(request.body.clone().into(), true)?;
        }
        let (head, mut stream) = response.await?.into_parts();
        let mut body = Vec::new();
        while let Some(data) = stream.data().await {
            let data = data?;
            stream.flow_control().release_capacity(data.len())?;
            body.extend_from_slice(&data);
        }
        let trailers = stream.trailers().await?.unwrap_or_default();
        anyhow::Ok((head, body, trailers))
    };
    let (head, mut body, trailers) = tokio::select! {
        answered = asking => answered?,
        ended = connection => {
            ended?;
            return Err(anyhow!("the connection ended without an answer"));
        }
    };
    if head.headers.get("content-type").is_some_and(|kind| kind == "application/grpc") && !body.is_empty() {
        ensure!(body.len() > 4 && message(&body[5..])? == body, "not one message of gRPC");
        body.drain(..5);
    }
    let owned = |headers: &HeaderMap| -> Headers {
        listed(headers)
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap_or("").to_owned()))
            .collect()
    };
    let headers = [owned(&head.headers), owned(&trailers)].concat();
    Ok(Response { status: head.status.as_u16(), headers, body })
}
