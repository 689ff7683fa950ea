//! Servers outside the mesh: what a terminating gateway stands in front of.
//!
//! Every answer is JSON that says what the server saw: which instance it is, the request, the TLS session.

use std::io::{BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use rustls::ServerConfig;
use serde_json::{Value, json};

use super::http::{Request, Response};
use super::pki::{Authority, Identity};
use super::server::{Connection, Handshake, Server, lock};

/// What a server outside the mesh understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP/1.1: `/status/503` is answered with that status, `/slow/200` that many milliseconds late, and a
    /// WebSocket is taken.
    Http,
    /// Any bytes: the answer repeats the first ones in a line of JSON.
    Bytes,
}

/// A running server outside the mesh, with the requests that reached it.
pub struct Origin {
    server: Server,
    address: SocketAddr,
    instance: String,
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
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), instance, tls, Speaks::Http)
    }

    /// Any server at a given address.
    pub fn at(
        address: SocketAddr,
        instance: &str,
        tls: Option<Arc<ServerConfig>>,
        speaks: Speaks,
    ) -> Result<Self> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (name, log) = (instance.to_owned(), Arc::clone(&seen));
        let server = Server::tcp_at(address, tls, move |connection| match speaks {
            Speaks::Http => answer(&name, &log, connection),
            Speaks::Bytes => echo(&name, &log, connection),
        })?;
        let address = server.address().context("a TCP server has an address")?;
        Ok(Self { server, address, instance: instance.to_owned(), seen })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The name it answers with.
    pub fn instance(&self) -> &str {
        &self.instance
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

/// What every server reports of the TLS session.
pub fn tell_tls(told: &mut Value, tls: Option<&Handshake>) {
    told["tls"] = json!(tls.map(|tls| &tls.version));
    told["sni"] = json!(tls.and_then(|tls| tls.sni.as_ref()));
    told["alpn"] = json!(tls.and_then(|tls| tls.alpn.as_ref()));
    told["client_certificate"] = json!(tls.and_then(|tls| tls.client.as_ref()));
}

fn answer(instance: &str, log: &Mutex<Vec<Value>>, connection: &mut Connection) -> Result<()> {
    while let Some(request) = Request::read_from(&mut connection.stream)? {
        let headers: Value =
            request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
        let mut seen = json!({
            "instance": instance,
            "version": "HTTP/1.1",
            "method": request.method,
            "path": request.target,
            "host": request.header("host"),
            "headers": headers,
            "body": String::from_utf8_lossy(&request.body),
        });
        tell_tls(&mut seen, connection.tls.as_ref());
        lock(log).push(seen.clone());
        let number =
            |prefix| request.target.strip_prefix(prefix).and_then(|number: &str| number.parse::<u16>().ok());
        if let Some(milliseconds) = number("/slow/") {
            thread::sleep(Duration::from_millis(milliseconds.into()));
        }
        let mut response = Response::json_of(number("/status/").unwrap_or(200), &seen);
        if request.header("upgrade").is_some() {
            let headers = [("Connection", "upgrade"), ("Upgrade", "websocket")];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            response = Response { status: 101, headers, body: Vec::new() };
        }
        connection.stream.get_mut().write_all(&response.to_bytes())?;
        connection.stream.get_mut().flush()?;
    }
    Ok(())
}

fn echo(instance: &str, log: &Mutex<Vec<Value>>, connection: &mut Connection) -> Result<()> {
    let got = String::from_utf8_lossy(connection.stream.fill_buf()?).trim().to_owned();
    if !got.is_empty() {
        let mut seen = json!({"instance": instance, "got": got});
        tell_tls(&mut seen, connection.tls.as_ref());
        lock(log).push(seen.clone());
        connection.stream.get_mut().write_all(format!("{seen}\n").as_bytes())?;
        connection.stream.get_mut().flush()?;
    }
    Ok(())
}
