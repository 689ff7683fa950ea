//! Configuration entries: the drop-in commands `config write`, `read`, `list` and `delete`, and `config validate`, `fmt`
//! and `convert`.
//!
//! The drop-in commands say what Consul says, word for word where it says something, and add what helps.

pub mod agent;
mod agent_version;
pub mod apply;
pub mod compare;
pub mod convert;
pub mod delete;
pub mod desired;
pub mod diff;
mod envoy_plan;
mod files;
pub mod format;
mod in_flight;
pub mod list;
pub mod read;
mod state;
mod step;
pub mod validate;
pub mod write;

use std::fmt;
use std::io;
use std::path::Path;

use reqwest::Method;

use crate::consul::{Answer, Consul, api};
use crate::settings::consul::{ConsulSettings, TlsSettings};
use crate::system::read_file;

/// Why a drop-in command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Consul's own words, if it has some for this.
    pub message: String,
    /// Where it is in the file, and why.
    pub details: Option<String>,
    /// What to try next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure that is only a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: None, hint: None }
    }

    /// The settings do not lead to an agent.
    pub fn connect(error: &dyn std::error::Error) -> Self {
        Self::new(format!("Error connect to Consul agent: {}", Chain(error)))
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// An error with its causes on one line.
struct Chain<'error>(&'error dyn std::error::Error);

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

/// Where an entry is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `-`
    Stdin,
    /// A file.
    File(String),
}

impl Source {
    /// The source that an argument names.
    pub fn from_argument(argument: &str) -> Result<Self, Failure> {
        match argument {
            "" => Err(Failure::new(
                "Failed to load data: Failed to load data: must specify a file path or '-' for stdin",
            )),
            "-" => Ok(Self::Stdin),
            path => Ok(Self::File(path.to_owned())),
        }
    }

    /// What messages call it.
    pub fn display(&self) -> &str {
        match self {
            Self::Stdin => "<stdin>",
            Self::File(path) => path,
        }
    }

    /// Reads it whole, up to [`read_file::ENTRY`].
    pub fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Stdin => read_file::stream(io::stdin().lock(), read_file::ENTRY),
            Self::File(path) => read_file::named(Path::new(path), read_file::ENTRY),
        }
    }

    /// Reads it whole; errors use Consul's words.
    pub fn load(&self) -> Result<Vec<u8>, Failure> {
        self.read().map_err(|error| match self {
            Self::Stdin => Failure::new(format!("Failed to load data: Failed to read stdin: {error}")),
            Self::File(path) => Failure::new(format!(
                "Failed to load data: Failed to read file: {}",
                file_error(path, &error)
            )),
        })
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

/// One exchange with the agent about configuration entries.
struct Exchange<'words> {
    method: Method,
    path: api::Path,
    query: Vec<(&'words str, String)>,
    body: Option<Vec<u8>>,
    /// How Consul's message begins: `Error writing config entry terminating-gateway/gw`.
    doing: String,
}

/// Sends a request; anything but status 200 is a failure, in Consul's words.
async fn exchange(settings: &ConsulSettings, request: Exchange<'_>) -> Result<Answer, Failure> {
    check_tls_files(&settings.tls)?;
    let consul = Consul::new(settings).map_err(|error| {
        let failure = Failure::connect(&error);
        match error.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    let query: Vec<(&str, &str)> = request.query.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let doing = &request.doing;
    let sent = consul.exchange(request.method, &request.path, &query, request.body, None).await;
    let answer = sent.map_err(|error| {
        let failure = Failure::new(format!("{doing}: {}", Chain(&error)));
        match error.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    if answer.status == 200 {
        return Ok(answer);
    }
    let text = consul.excerpt(&answer.body);
    let failure = Failure::new(format!("{doing}: Unexpected response code: {} ({text})", answer.status));
    if let Some(hint) = consul.status_hint(answer.status, &answer.body) {
        return Err(failure.hint(hint));
    }
    Err(match answer.status {
        403 => failure.hint(
            "give a token with the right (-token-file, CONSUL_HTTP_TOKEN): writing needs mesh:write or operator:write, \
             reading service:read on the entry's name",
        ),
        _ => failure,
    })
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

/// The path of one entry.
///
/// Fails for names that change on their way through a URL: Consul's own command then reads or deletes another entry,
/// even one of another kind.
fn entry_path(kind: &str, name: &str, doing: &str) -> Result<api::Path, Failure> {
    if !crate::config_entry::is_addressable(name) {
        return Err(Failure::new(format!("{doing}: the HTTP API cannot address an entry of this name")).hint(
            "a name with control characters, or with `..`, `.` or empty parts between slashes, would reach another entry",
        ));
    }
    Ok(api::config::entry(kind, name))
}

/// Whether the agent did what it was asked for. Consul: any answer with these letters counts.
fn says_true(answer: &Answer) -> bool {
    answer.body.windows(4).any(|window| window == b"true")
}
