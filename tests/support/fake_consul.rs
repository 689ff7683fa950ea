//! A scripted Consul: a real socket with scripted answers, which misbehaves on demand as no real agent does.
//!
//! An answer belongs to a method and a target (path and query). Several answers to the same are given in order, the
//! last one again and again. What has no answer gets 501, as in a replay of recordings.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::http::{Headers, Request, Response};
use super::pki::{Authority, Identity};
use super::server::{Connection, Server, lock};

/// How a request is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    response: Response,
    behaviour: Behaviour,
    delay: Duration,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Behaviour {
    #[default]
    Whole,
    Hang,
    Close,
}

impl Answer {
    /// A JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self { response: Response::json_of(status, body), ..Self::default() }
    }

    /// A body that need not be JSON.
    pub fn text(status: u16, body: &str) -> Self {
        Self { response: Response { status, body: body.into(), ..Response::default() }, ..Self::default() }
    }

    /// Never answered: the connection stays open until the fake ends.
    pub fn hang() -> Self {
        Self { behaviour: Behaviour::Hang, ..Self::default() }
    }

    /// The connection is closed without an answer.
    pub fn close() -> Self {
        Self { behaviour: Behaviour::Close, ..Self::default() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.response.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Announces a longer body than it sends, then closes.
    #[must_use]
    pub fn truncated(self) -> Self {
        let announced = (self.response.body.len() + 100).to_string();
        self.header("Content-Length", &announced)
    }

    /// Waits before it answers.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The answer of a recorded exchange. `fill` replaces placeholders in its texts.
    pub fn recorded(exchange: &Value, fill: &dyn Fn(&str) -> String) -> Result<Self> {
        let behaviour = exchange["behaviour"].as_str().unwrap_or("");
        let mut answer = match behaviour {
            "hang" => return Ok(Self::hang()),
            "close" => return Ok(Self::close()),
            _ => Self::default(),
        };
        if let Some(delay) = behaviour.strip_prefix("delay_ms:") {
            answer.delay = Duration::from_millis(delay.parse()?);
        }
        let status = exchange["status"].as_u64().with_context(|| format!("no status in {exchange}"))?;
        answer.response.status = u16::try_from(status)?;
        for (name, value) in exchange["response_headers"].as_object().into_iter().flatten() {
            answer.response.headers.push((name.clone(), fill(value.as_str().unwrap_or_default())));
        }
        // Two forms of recordings: with a content type beside it, `response_body` is text as it came.
        if let Some(kind) = exchange["response_content_type"].as_str() {
            answer.response.headers.push(("Content-Type".to_owned(), kind.to_owned()));
            answer.response.body = fill(exchange["response_body"].as_str().unwrap_or_default()).into_bytes();
            return Ok(answer);
        }
        let text = match (&exchange["response_body_text"], &exchange["response_body"]) {
            (Value::String(text), _) => fill(text),
            (_, Value::Null) if exchange.get("response_body").is_none() => String::new(),
            (_, body) => fill(&body.to_string()),
        };
        answer.response.body = text.into_bytes();
        Ok(answer)
    }

    /// Its bytes on the wire; announcing more than there is ends the connection after them.
    fn is_short(&self) -> bool {
        let announced = super::http::header(&self.response.headers, "Content-Length");
        announced.is_some_and(|length| length.parse() != Ok(self.response.body.len()))
    }
}

/// A request that reached the fake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub request: Request,
    /// `http`, `https` or `unix`.
    pub over: &'static str,
}

impl Received {
    /// Method and target: `GET /v1/agent/self`.
    pub fn line(&self) -> String {
        format!("{} {}", self.request.method, self.request.target)
    }
}

/// A fake agent. Ends when dropped.
pub struct FakeConsul {
    http: Server,
    others: Vec<Server>,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    answers: Mutex<BTreeMap<String, Vec<Answer>>>,
    received: Mutex<Vec<Received>>,
    ended: Mutex<bool>,
    end: Condvar,
}

/// Where the answer to all other requests is kept.
const OTHERWISE: &str = "otherwise";

impl FakeConsul {
    /// A fake without any answer, on a free port.
    pub fn start() -> Result<Self> {
        let script = Arc::new(Script::default());
        let shared = Arc::clone(&script);
        let http = Server::tcp(None, move |connection| shared.serve("http", connection))?;
        Ok(Self { http, others: Vec::new(), script })
    }

    /// Also answers over TLS, on a port of its own; with `clients`, only to clients with a certificate of that authority.
    pub fn tls(&mut self, identity: &Identity, clients: Option<&Authority>) -> Result<SocketAddr> {
        self.tls_with(identity.server_config(clients)?)
    }

    /// Also answers over TLS, on a port of its own.
    pub fn tls_with(&mut self, config: Arc<rustls::ServerConfig>) -> Result<SocketAddr> {
        let shared = Arc::clone(&self.script);
        let server = Server::tcp(Some(config), move |connection| shared.serve("https", connection))?;
        let address = server.address().context("a TCP server has an address")?;
        self.others.push(server);
        Ok(address)
    }

    /// Also answers plain HTTP on another address of this host, on the same port.
    pub fn also_at(&mut self, host: IpAddr) -> Result<()> {
        let shared = Arc::clone(&self.script);
        let address = SocketAddr::new(host, self.address().port());
        self.others.push(Server::tcp_at(address, None, move |connection| shared.serve("http", connection))?);
        Ok(())
    }

    /// Also answers on a Unix socket.
    pub fn unix(&mut self, path: &Path) -> Result<()> {
        let shared = Arc::clone(&self.script);
        self.others.push(Server::unix(path, move |connection| shared.serve("unix", connection))?);
        Ok(())
    }

    /// Where it answers plain HTTP.
    pub fn address(&self) -> SocketAddr {
        self.http.address().expect("a TCP server has an address")
    }

    /// Adds an answer for a method and target.
    pub fn on(&self, method: &str, target: &str, answer: Answer) -> &Self {
        lock(&self.script.answers).entry(key(method, target)).or_default().push(answer);
        self
    }

    /// The answer to every request for which there is no other.
    pub fn otherwise(&self, answer: Answer) -> &Self {
        lock(&self.script.answers).insert(OTHERWISE.to_owned(), vec![answer]);
        self
    }

    /// Forgets the answers for a method and target, and gives this one from now on.
    pub fn replace(&self, method: &str, target: &str, answer: Answer) -> &Self {
        lock(&self.script.answers).insert(key(method, target), vec![answer]);
        self
    }

    /// Adds the answers of recorded exchanges. `fill` replaces placeholders in paths, queries and bodies.
    pub fn replay(&self, exchanges: &[Value], fill: &dyn Fn(&str) -> String) -> Result<&Self> {
        // A recorded handshake failure was no request.
        for exchange in exchanges.iter().filter(|exchange| exchange.get("tls_failed").is_none()) {
            let text = |name: &str| exchange[name].as_str().map(fill).unwrap_or_default();
            let mut target = text("path");
            if !text("query").is_empty() {
                target = format!("{target}?{}", text("query"));
            }
            self.on(&text("method"), &target, Answer::recorded(exchange, fill)?);
        }
        Ok(self)
    }

    /// What it was asked so far, in order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.script.received).clone()
    }

    /// Fails unless exactly these requests came, in this order: `["GET /v1/agent/self", …]`.
    pub fn expect_requests(&self, expected: &[&str]) -> Result<()> {
        let received = self.received();
        let lines: Vec<String> = received.iter().map(|received| key_of(&received.line())).collect();
        let expected: Vec<String> = expected.iter().map(|line| key_of(line)).collect();
        ensure!(lines == expected, "requests were {lines:#?}, expected {expected:#?}");
        Ok(())
    }

    /// The first request for a method and target.
    pub fn request(&self, method: &str, target: &str) -> Result<Request> {
        let received = self.received();
        let found =
            received.iter().find(|one| key(&one.request.method, &one.request.target) == key(method, target));
        let lines = || received.iter().map(Received::line).collect::<Vec<_>>();
        found
            .map(|found| found.request.clone())
            .with_context(|| format!("no {method} {target} among {:#?}", lines()))
    }

    /// Why TLS handshakes with it failed.
    pub fn failed_handshakes(&self) -> Vec<String> {
        self.others.iter().flat_map(Server::failed_handshakes).collect()
    }
}

impl Script {
    fn serve(&self, over: &'static str, connection: &mut Connection) -> Result<()> {
        while let Some(request) = Request::read_from(&mut connection.stream)? {
            let answer = self.next(&request);
            lock(&self.received).push(Received { request, over });
            thread::sleep(answer.delay);
            match answer.behaviour {
                Behaviour::Close => return Ok(()),
                Behaviour::Hang => {
                    self.wait_for_end();
                    return Ok(());
                }
                Behaviour::Whole => {}
            }
            connection.stream.get_mut().write_all(&answer.response.to_bytes())?;
            connection.stream.get_mut().flush()?;
            if answer.is_short() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn next(&self, request: &Request) -> Answer {
        let mut all = lock(&self.answers);
        match all.get_mut(&key(&request.method, &request.target)) {
            Some(answers) if answers.len() > 1 => return answers.remove(0),
            Some(answers) if !answers.is_empty() => return answers[0].clone(),
            _ => {}
        }
        match all.get(OTHERWISE).and_then(|answers| answers.first()) {
            Some(answer) => answer.clone(),
            None => Answer::text(
                501,
                &format!("the fake Consul has no answer for {} {}\n", request.method, request.target),
            ),
        }
    }

    fn wait_for_end(&self) {
        let mut ended = lock(&self.ended);
        while !*ended {
            ended = self.end.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for FakeConsul {
    fn drop(&mut self) {
        *lock(&self.script.ended) = true;
        self.script.end.notify_all();
    }
}

/// One spelling for a method and target: query parameters decoded and sorted, the path as it is.
fn key(method: &str, target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parameters: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    parameters.sort();
    let shown: Vec<String> = parameters
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") })
        .collect();
    if shown.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{}", shown.join("&")) }
}

fn key_of(line: &str) -> String {
    line.split_once(' ').map_or_else(|| line.to_owned(), |(method, target)| key(method, target))
}

/// The headers of a request that a recording keeps: Consul's own, authorisation, content type.
pub fn kept_headers(headers: &Headers) -> BTreeMap<String, String> {
    let kept = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-consul-") || matches!(name.as_str(), "authorization" | "content-type")
    };
    headers
        .iter()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect()
}
