//! A real agent that fails on demand: a proxy before it counts connections and requests, and answers in its place.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use rustls::ServerConfig;
use serde_json::Value;

use super::consul::Consul;
use super::http::{Request, Response};
use super::server::{Connection, Server, lock};

/// How requests fail.
#[derive(Debug, Clone)]
pub enum Fault {
    /// They get this status, text and these headers.
    Status(u16, &'static str, &'static [(&'static str, &'static str)]),
    /// They get no answer until the fault is removed.
    Hang,
    /// Their connection is closed.
    Close,
}

impl Fault {
    /// As an agent answers whose servers have no leader.
    pub const NO_LEADER: Self = Self::Status(500, "No cluster leader", &[]);
    /// As an agent answers that is asked too much.
    pub const RATE_LIMIT: Self = Self::Status(429, "Rate limit reached, try again later", &[]);
}

type Edit = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// A running proxy. Ends when dropped.
pub struct FaultyAgent {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    consul: SocketAddr,
    /// By the start of paths; the last one that fits counts.
    faults: Mutex<Vec<(String, Fault)>>,
    /// What becomes of answers, by the start of paths.
    edits: Mutex<Vec<(String, Edit)>>,
    asked: Mutex<Vec<String>>,
    closes_after_answers: AtomicBool,
    /// The start of a request line that is carried out once without an answer.
    swallows: Mutex<Option<String>>,
    has_ended: AtomicBool,
}

impl FaultyAgent {
    /// Stands before an agent.
    pub fn before(consul: &Consul) -> Result<Self> {
        Self::with_tls_before(consul, None)
    }

    /// The same, over TLS.
    pub fn with_tls_before(consul: &Consul, tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let shared = Arc::new(Shared {
            consul: consul.http(),
            faults: Mutex::default(),
            edits: Mutex::default(),
            asked: Mutex::default(),
            closes_after_answers: AtomicBool::new(false),
            swallows: Mutex::default(),
            has_ended: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let server = Server::tcp(tls, move |connection| serving.serve(connection))?;
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr> {
        self.server.address().context("a TCP server has an address")
    }

    /// Closes each connection after an answer that does not announce it.
    pub fn close_after_answers(&self) {
        self.shared.closes_after_answers.store(true, Ordering::SeqCst);
    }

    /// Has the agent carry out the next request that starts like this, such as `PUT /v1/config`, and closes the
    /// connection instead of answering.
    pub fn swallow_answer(&self, request: &str) {
        *lock(&self.shared.swallows) = Some(request.to_owned());
    }

    /// Changes the JSON of answers to paths that start like this, from the next answer of the agent on: what newer agents
    /// than the one at hand would say.
    pub fn edit(&self, path: &str, edit: impl Fn(&mut Value) + Send + Sync + 'static) {
        let mut edits = lock(&self.shared.edits);
        edits.retain(|(start, _)| start != path);
        edits.push((path.to_owned(), Arc::new(edit)));
    }

    /// Has the requests fail whose path starts like this, those that the agent holds as well.
    pub fn fail(&self, path: &str, fault: Fault) {
        self.mend(path);
        lock(&self.shared.faults).push((path.to_owned(), fault));
    }

    /// Ends a fault.
    pub fn mend(&self, path: &str) {
        lock(&self.shared.faults).retain(|(start, _)| start != path);
    }

    /// How many requests there were whose path starts like this.
    pub fn count(&self, path: &str) -> usize {
        lock(&self.shared.asked).iter().filter(|asked| asked.starts_with(path)).count()
    }

    /// How many connections there were, and how many at once at most.
    pub fn connections(&self) -> (usize, usize) {
        self.server.connections()
    }
}

impl Drop for FaultyAgent {
    fn drop(&mut self) {
        self.shared.has_ended.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    fn serve(&self, connection: &mut Connection) -> Result<()> {
        while let Some(request) = Request::read_from(&mut connection.stream)? {
            lock(&self.asked).push(request.target.clone());
            let Some(response) = self.answer(&request) else { return Ok(()) };
            let line = format!("{} {}", request.method, request.target);
            if lock(&self.swallows).take_if(|start| line.starts_with(&**start)).is_some() {
                return Ok(());
            }
            connection.stream.get_mut().write_all(&response.to_bytes())?;
            connection.stream.get_mut().flush()?;
            if self.closes_after_answers.load(Ordering::SeqCst) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn fault(&self, path: &str) -> Option<Fault> {
        let faults = lock(&self.faults);
        faults.iter().rev().find(|(start, _)| path.starts_with(start)).map(|(_, fault)| fault.clone())
    }

    fn edited(&self, path: &str, mut response: Response) -> Response {
        let edits = lock(&self.edits);
        let edit = edits.iter().find(|(start, _)| path.starts_with(start)).map(|(_, edit)| edit);
        if let (Some(edit), Ok(mut value)) = (edit, serde_json::from_slice(&response.body)) {
            edit(&mut value);
            response.body = value.to_string().into_bytes();
        }
        response
    }

    /// `None`: the connection is closed.
    fn answer(&self, request: &Request) -> Option<Response> {
        let mut forwarded = None;
        while !self.has_ended.load(Ordering::SeqCst) {
            match self.fault(&request.target) {
                Some(Fault::Close) => return None,
                Some(Fault::Status(status, text, headers)) => {
                    let headers =
                        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                    return Some(Response { status, headers: headers.collect(), body: text.into() });
                }
                Some(Fault::Hang) => thread::sleep(Duration::from_millis(5)),
                None => {
                    let answers = forwarded.get_or_insert_with(|| forward(self.consul, request.clone()));
                    match answers.recv_timeout(Duration::from_millis(5)) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => return None,
                        Ok(response) => return Some(self.edited(&request.target, response)),
                    }
                }
            }
        }
        None
    }
}

/// Asks the agent in a thread of its own: it may hold its answer back.
fn forward(agent: SocketAddr, mut request: Request) -> mpsc::Receiver<Response> {
    let (sender, receiver) = mpsc::channel();
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Length"));
    let ask = move || -> Result<()> {
        let mut stream = TcpStream::connect(agent)?;
        stream.set_nodelay(true)?;
        request.with_header("Connection", "close").write_to(&mut stream)?;
        let mut response = Response::read_from(&mut BufReader::new(stream))?;
        let of_one_hop = ["Connection", "Transfer-Encoding", "Content-Length"];
        response.headers.retain(|(name, _)| !of_one_hop.iter().any(|hop| name.eq_ignore_ascii_case(hop)));
        drop(sender.send(response));
        Ok(())
    };
    // What goes wrong shows as a closed connection.
    thread::spawn(move || drop(ask()));
    receiver
}
