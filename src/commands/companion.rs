//! What the commands that stand in for Consul's share: the agent as Consul's client asks it, and failures in its words.

use std::error::Error;
use std::fmt;
use std::io;

use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use crate::consul::{Answer, Consul, api};
use crate::excerpt;
use crate::settings::consul::{ConsulSettings, TlsSettings};

/// Why a drop-in command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Consul's own words, if it has some for this.
    pub message: String,
    /// Where it is in the file, and why.
    pub details: Option<String>,
    /// What to try next.
    pub hint: Option<String>,
    /// The exit code.
    pub code: u8,
}

impl Failure {
    /// A failure that is only a message, with the exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: None, hint: None, code: 1 }
    }

    /// The settings do not lead to an agent.
    pub fn connect(error: &dyn Error) -> Self {
        Self::new(format!("Error connect to Consul agent: {}", Chain(error)))
    }

    /// A request that has no answer.
    pub fn request(doing: &str, error: &crate::consul::Error) -> Self {
        Self::new(format!("{doing}: {}", Chain(error))).with_hint(error.hint.as_deref())
    }

    /// The same with what to try next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    fn with_hint(self, hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned).or(self.hint), ..self }
    }
}

/// An error with its causes on one line.
pub struct Chain<'error>(pub &'error dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// A failed read in the words of Go: `open entry.hcl: no such file or directory`.
pub fn file_error(path: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("open {path}: no such file or directory"),
        io::ErrorKind::PermissionDenied => format!("open {path}: permission denied"),
        io::ErrorKind::IsADirectory => format!("read {path}: is a directory"),
        _ => format!("read {path}: {error}"),
    }
}

/// One request of a drop-in command.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub path: api::Path,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
    /// How Consul's message begins: `Error writing config entry terminating-gateway/gw`.
    pub doing: String,
    /// The ACL right that it needs, such as `key:read on the key`; empty where nothing certain can be said.
    pub needs: &'static str,
}

impl Request {
    /// A `GET`.
    pub fn get(path: api::Path, doing: impl Into<String>) -> Self {
        Self::new(Method::GET, path, doing)
    }

    /// A `PUT` with a body, which may be empty.
    pub fn put(path: api::Path, body: Vec<u8>, doing: impl Into<String>) -> Self {
        Self { body: Some(body), ..Self::new(Method::PUT, path, doing) }
    }

    /// A `DELETE`.
    pub fn delete(path: api::Path, doing: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, doing)
    }

    /// Any request without a body.
    pub fn new(method: Method, path: api::Path, doing: impl Into<String>) -> Self {
        Self { method, path, query: Vec::new(), body: None, doing: doing.into(), needs: "" }
    }

    /// The same with a parameter.
    #[must_use]
    pub fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// The same with the right that it needs.
    #[must_use]
    pub fn needs(self, needs: &'static str) -> Self {
        Self { needs, ..self }
    }
}

/// A client as Consul's command line sets it up.
pub fn client(settings: &ConsulSettings) -> Result<Consul, Failure> {
    check_tls_files(&settings.tls)?;
    Consul::new(settings).map_err(|error| Failure::connect(&error).with_hint(error.hint.as_deref()))
}

/// Sends a request; anything but status 200 is a failure, in Consul's words.
pub async fn exchange(consul: &Consul, request: Request) -> Result<Answer, Failure> {
    let (doing, needs) = (request.doing.clone(), request.needs);
    let answer = sent(consul, request).await?;
    if answer.status == 200 { Ok(answer) } else { Err(refused(consul, &answer, &doing, needs)) }
}

async fn sent(consul: &Consul, request: Request) -> Result<Answer, Failure> {
    let Request { method, path, query, body, doing, .. } = request;
    let query: Vec<(&str, &str)> = query.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let answer = consul.exchange(method, &path, &query, body, None).await;
    answer.map_err(|error| Failure::request(&doing, &error))
}

fn refused(consul: &Consul, answer: &Answer, doing: &str, needs: &str) -> Failure {
    let text = consul.excerpt(&answer.body);
    let failure = Failure::new(format!("{doing}: Unexpected response code: {} ({text})", answer.status));
    if let Some(hint) = consul.status_hint(answer.status, &answer.body) {
        return failure.hint(hint);
    }
    match (answer.status, needs) {
        (403, "") => failure.hint("give a token with the right (-token-file, CONSUL_HTTP_TOKEN)"),
        (403, needs) => {
            failure.hint(format!("give a token with the right (-token-file, CONSUL_HTTP_TOKEN): {needs}"))
        }
        _ => failure,
    }
}

/// Consul's client reads its TLS files even if it then speaks plain http.
fn check_tls_files(tls: &TlsSettings) -> Result<(), Failure> {
    let fail = |message: String| Err(Failure::new(format!("Error connect to Consul agent: {message}")));
    if let Some(path) = &tls.ca_file
        && let Err(error) = std::fs::File::open(path)
    {
        return fail(format!("Error loading CA File: {}", file_error(&path.display().to_string(), &error)));
    }
    if tls.client_cert.is_some() != tls.client_key.is_some() {
        return fail("both client cert and client key must be provided".to_owned());
    }
    Ok(())
}

/// The agent, for a command that asks one thing after the other.
#[derive(Debug)]
pub struct Agent {
    consul: Consul,
    runtime: Runtime,
    /// Whether any server may answer a read.
    stale: bool,
}

impl Agent {
    /// Nothing is sent yet.
    pub fn new(settings: &ConsulSettings, stale: bool) -> Result<Self, Failure> {
        let runtime = super::event_loop()
            .map_err(|error| Failure::new(format!("cannot start the event loop: {error}")))?;
        Ok(Self { consul: client(settings)?, runtime, stale })
    }

    /// The typed calls of the agent's API.
    pub fn consul(&self) -> &Consul {
        &self.consul
    }

    /// Waits for a typed call.
    pub fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// Sends a request; anything but status 200 is a failure, in Consul's words.
    pub fn ask(&self, request: Request) -> Result<Answer, Failure> {
        self.wait(exchange(&self.consul, self.fresh(request)))
    }

    /// The same where 404 means that there is none.
    pub fn find(&self, request: Request) -> Result<Option<Answer>, Failure> {
        let (doing, needs) = (request.doing.clone(), request.needs);
        let answer = self.wait(sent(&self.consul, self.fresh(request)))?;
        match answer.status {
            200 => Ok(Some(answer)),
            404 => Ok(None),
            _ => Err(refused(&self.consul, &answer, &doing, needs)),
        }
    }

    /// The answer to a request, decoded from JSON.
    pub fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let doing = request.doing.clone();
        decoded(&self.ask(request)?, &doing)
    }

    /// A read that any server may answer, if that was asked for.
    fn fresh(&self, request: Request) -> Request {
        if self.stale && request.method == Method::GET { request.query("stale", "") } else { request }
    }
}

/// An answer decoded from JSON.
pub fn decoded<T: DeserializeOwned>(answer: &Answer, doing: &str) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::new(format!("{doing}: {}", excerpt::cut(&error.to_string()))))
}
