//! Servers outside the mesh: what a terminating gateway stands in front of.
//!
//! Every answer is JSON that says what the server saw: which instance it is, the request, the TLS session.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use rustls::ServerConfig;
use serde_json::{Value, json};

use super::http::{Request, Response};
use super::pki::{Authority, Identity};
use super::server::{Connection, Server, lock};

/// A running server outside the mesh, with the requests that reached it.
pub struct Origin {
    server: Server,
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Origin {
    /// A server that speaks plain HTTP. `instance` is the name it answers with.
    pub fn plain(instance: &str) -> Result<Self> {
        Self::start(instance, None)
    }

    /// An HTTPS server.
    pub fn tls(instance: &str, identity: &Identity) -> Result<Self> {
        Self::start(instance, Some(identity.server_config(None)?))
    }

    /// An HTTPS server that only talks to clients with a certificate of `clients`.
    pub fn mutual_tls(instance: &str, identity: &Identity, clients: &Authority) -> Result<Self> {
        Self::start(instance, Some(identity.server_config(Some(clients))?))
    }

    /// An HTTPS server that speaks TLS as `config` says.
    pub fn configured(instance: &str, config: Arc<ServerConfig>) -> Result<Self> {
        Self::start(instance, Some(config))
    }

    fn start(instance: &str, tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (instance, log) = (instance.to_owned(), Arc::clone(&seen));
        let server = Server::tcp(tls, move |connection| answer(&instance, &log, connection))?;
        let address = server.address().context("a TCP server has an address")?;
        Ok(Self { server, address, seen })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it answered so far: one JSON object a request.
    pub fn seen(&self) -> Vec<Value> {
        lock(&self.seen).clone()
    }

    /// Why TLS handshakes with it failed, in order.
    pub fn failed_handshakes(&self) -> Vec<String> {
        self.server.failed_handshakes()
    }
}

fn answer(instance: &str, log: &Mutex<Vec<Value>>, connection: &mut Connection) -> Result<()> {
    while let Some(request) = Request::read_from(&mut connection.stream)? {
        let tls = connection.tls.as_ref();
        let headers: Value =
            request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
        let seen = json!({
            "instance": instance,
            "method": request.method,
            "path": request.target,
            "host": request.header("host"),
            "headers": headers,
            "body": String::from_utf8_lossy(&request.body),
            "tls": tls.map(|tls| &tls.version),
            "sni": tls.and_then(|tls| tls.sni.as_ref()),
            "client_certificate": tls.and_then(|tls| tls.client.as_ref()),
        });
        lock(log).push(seen.clone());
        connection.stream.get_mut().write_all(&Response::json_of(200, &seen).to_bytes())?;
        connection.stream.get_mut().flush()?;
    }
    Ok(())
}
