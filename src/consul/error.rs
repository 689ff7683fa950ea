//! What can go wrong between termgate and the agent.

/// A request to the agent that failed.
#[derive(Debug, thiserror::Error)]
#[error("{method} {path} on the agent at {address} failed")]
pub struct Error {
    /// HTTP method.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// Address of the agent.
    pub address: Box<str>,
    /// Why it failed.
    #[source]
    pub failure: Failure,
    /// What to change, with the flag or variable at fault.
    pub hint: Option<Box<str>>,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No connection, TLS failure, or the connection broke.
    #[error("{0}")]
    Transport(String),
    /// No answer within the time limit.
    #[error("timed out after {0:?}")]
    Timeout(std::time::Duration),
    /// The command's own time limit was over before the answer came.
    #[error("timed out after {length:?} (set `{flag}`)")]
    TimeLimit {
        /// The limit.
        length: std::time::Duration,
        /// The flag that sets it, as the command line writes it.
        flag: String,
    },
    /// The agent answered with an error status.
    #[error("status {status}: {body}")]
    Status {
        /// HTTP status code.
        status: u16,
        /// The answer's text, cut to a readable length.
        body: String,
    },
    /// The answer is not what the API documents.
    #[error("the answer does not match Consul's API: {0}")]
    Answer(String),
    /// The answer refers to another place, to which termgate sends nothing.
    #[error("{0}")]
    Redirect(String),
    /// The connection broke after a check-and-set request was sent, and the second answer is that of a conflict: with
    /// the first request's own result, or with another writer's.
    #[error(
        "the connection broke before the answer, and a second answer does not show whether the request was carried out"
    )]
    Unclear,
    /// The client could not be set up (bad CA file, client certificate, …).
    #[error("{0}")]
    Setup(String),
}

/// What a server of Go's answers to plain HTTP on a port for https, with status 400.
pub(super) const PLAIN_ON_TLS: &str = "Client sent an HTTP request to an HTTPS server";

impl Error {
    /// The status the agent answered with, if it answered.
    pub fn status(&self) -> Option<u16> {
        match self.failure {
            Failure::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Whether ACLs forbid the request.
    pub fn is_permission_denied(&self) -> bool {
        match &self.failure {
            Failure::Status { status: 401 | 403, .. } => true,
            // Consul: errors of a server reach the client as 500 with the server's text.
            Failure::Status { status: 500, body } => {
                body.contains("Permission denied") || body.contains("ACL not found")
            }
            _ => false,
        }
    }

    /// Whether the agent does not know the token.
    pub fn is_unknown_token(&self) -> bool {
        matches!(&self.failure, Failure::Status { status: 401 | 403 | 500, body } if body.contains("ACL not found"))
    }

    /// Whether the agent was asked in plain HTTP where it speaks https.
    pub fn is_plain_on_tls(&self) -> bool {
        matches!(&self.failure, Failure::Status { status: 400, body } if body.starts_with(PLAIN_ON_TLS))
    }

    /// Whether the thing asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether trying again later may help: the agent is away, busy or without a leader.
    pub fn is_passing(&self) -> bool {
        match &self.failure {
            Failure::Transport(_) | Failure::Timeout(_) | Failure::TimeLimit { .. } => true,
            Failure::Status { status, .. } => {
                (*status == 429 || *status >= 500) && !self.is_permission_denied()
            }
            Failure::Answer(_) | Failure::Redirect(_) | Failure::Unclear | Failure::Setup(_) => false,
        }
    }
}
