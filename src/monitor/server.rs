//! The HTTP server for probes and scrapes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use std::{io, iter};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::exposition;
use super::status::Status;
use crate::settings::given::{Given, Origin};
use crate::system::clock;
use crate::visible::visible;

/// Connections served at once. One more ends the oldest: an honest client is served in a moment.
const CONNECTIONS: usize = 64;
/// How long a client may take to say what it wants.
const REQUEST_TIME: Duration = Duration::from_secs(5);
/// How long a client may take for everything.
const CONNECTION_TIME: Duration = Duration::from_secs(15);

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{origin}: cannot listen on {address}")]
pub struct Error {
    origin: Origin,
    address: SocketAddr,
    source: io::Error,
}

/// What an address answers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// `/ready`, `/live` and `/healthz`.
    pub health: bool,
    pub metrics: bool,
}

/// Running servers; they end when this is dropped.
#[derive(Debug)]
pub struct Monitor {
    _servers: JoinSet<()>,
}

impl Monitor {
    /// Listens on the given addresses; both may be the same.
    pub async fn start(
        ready: Option<Given<SocketAddr>>,
        metrics: Option<Given<SocketAddr>>,
        status: &Status,
    ) -> Result<Self, Error> {
        let mut servers = JoinSet::new();
        let address = |given: &Option<Given<SocketAddr>>| given.as_ref().map(|given| given.value);
        let both = ready.is_some() && address(&ready) == address(&metrics);
        let wanted = [
            (ready, Endpoints { health: true, metrics: both }),
            (metrics.filter(|_| !both), Endpoints { health: false, metrics: true }),
        ];
        for (given, endpoints) in wanted {
            let Some(Given { value: address, origin }) = given else { continue };
            let listener =
                TcpListener::bind(address).await.map_err(|source| Error { origin, address, source })?;
            servers.spawn(serve(listener, endpoints, status.clone()));
        }
        Ok(Self { _servers: servers })
    }
}

async fn serve(listener: TcpListener, endpoints: Endpoints, status: Status) {
    let mut connections = JoinSet::new();
    let mut order = VecDeque::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => order.push_back(connections.spawn(talk(stream, endpoints, status.clone()))),
            // No descriptor is left, or the client went away: neither is for ever.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
        while connections.try_join_next().is_some() {}
        order.retain(|connection| !connection.is_finished());
        if order.len() > CONNECTIONS
            && let Some(oldest) = order.pop_front()
        {
            oldest.abort();
        }
    }
}

/// Remarks in the text of `/ready`; how many more there are is said.
const SHOWN_REMARKS: usize = 50;

/// Answers one request and closes the connection.
async fn talk(stream: TcpStream, endpoints: Endpoints, status: Status) {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = answer(request.method(), request.uri().path(), endpoints, &status);
        async move { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIME)
        .keep_alive(false)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(stream), service);
    // A client that misbehaves has itself to blame.
    let _ = timeout(CONNECTION_TIME, connection).await;
}

/// The text for a gateway that serves: a single remark on the same line, several on one each.
fn ready(remarks: &[String]) -> String {
    match remarks {
        [] => "ready\n".to_owned(),
        [remark] => format!("ready, but {}\n", visible(remark)),
        _ => {
            let (shown, others) = remarks.split_at(remarks.len().min(SHOWN_REMARKS));
            let lines = shown.iter().map(|remark| format!("- {}\n", visible(remark)));
            let rest = (!others.is_empty()).then(|| format!("- and {} more\n", others.len()));
            iter::once("ready, but:\n".to_owned()).chain(lines).chain(rest).collect()
        }
    }
}

fn answer(method: &Method, path: &str, endpoints: Endpoints, status: &Status) -> Response<String> {
    let (code, body) = match path {
        _ if method != Method::GET && method != Method::HEAD => {
            (StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n".to_owned())
        }
        "/ready" if endpoints.health => match status.readiness() {
            Ok(remarks) => (StatusCode::OK, ready(&remarks)),
            Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", visible(&reason))),
        },
        "/live" | "/healthz" if endpoints.health => (StatusCode::OK, "live\n".to_owned()),
        "/metrics" if endpoints.metrics => {
            let state = status.lock();
            (StatusCode::OK, exposition::text(&state, clock::now(), &state.answers.ages()))
        }
        _ => (StatusCode::NOT_FOUND, "not found\n".to_owned()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = code;
    let kind = if path == "/metrics" {
        "text/plain; version=0.0.4; charset=utf-8"
    } else {
        "text/plain; charset=utf-8"
    };
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
