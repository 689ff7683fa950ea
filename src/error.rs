//! What a command can fail with: its kind (and so its exit code) and what to do about it.
//!
//! Modules below define their own errors; each becomes a [`CommandError`] here and nowhere else.

use std::fmt;
use std::io;
use std::path::Path;

use crate::finding::Finding;
use crate::settings::names::Names;

/// Why a command ended, as scripts see it (`product.md` calls these the exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The operation failed (1).
    Failed,
    /// Wrong usage of flags or arguments (2).
    Usage,
    /// A config entry, template or snapshot is not valid (3).
    InvalidInput,
    /// The agent cannot be reached or answers wrongly (4).
    Agent,
    /// ACLs forbid it (5).
    PermissionDenied,
    /// Envoy is missing or incompatible (6).
    Envoy,
    /// The reader of what is printed went away (141); nothing is printed.
    ClosedPipe,
}

impl Kind {
    fn of_write(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedPipe } else { Self::Failed }
    }

    /// The process exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::InvalidInput => 3,
            Self::Agent => 4,
            Self::PermissionDenied => 5,
            Self::Envoy => 6,
            Self::ClosedPipe => 141,
        }
    }
}

/// An error as a person reads it: what failed, why, and what to try next.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    error: anyhow::Error,
    hints: Vec<String>,
    findings: Vec<Finding>,
}

impl CommandError {
    /// An error of `kind`; its sources are printed as causes.
    pub fn new(kind: Kind, error: impl Into<anyhow::Error>) -> Self {
        Self { kind, error: error.into(), hints: Vec::new(), findings: Vec::new() }
    }

    /// An error of `kind` that is only a message.
    pub fn message(kind: Kind, message: impl fmt::Display) -> Self {
        Self::new(kind, anyhow::Error::msg(message.to_string()))
    }

    /// A failure that a finding describes: its message is the error, its help the hint.
    pub fn finding(kind: Kind, finding: Finding) -> Self {
        let error = Self::message(kind, &finding).hint(&finding.help);
        Self { findings: vec![finding], ..error }
    }

    /// A file that cannot be written.
    pub fn writing(path: &Path, error: io::Error) -> Self {
        Self::new(Kind::of_write(&error), error).context(format!("cannot write {}", path.display()))
    }

    /// Adds what to try next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what was being done when it failed.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(context);
        self
    }

    /// The same with flags named as they were typed.
    #[must_use]
    pub fn named(self, names: &Names) -> Self {
        let mut messages = self.messages().into_iter().rev().map(|message| names.apply(&message));
        let innermost = anyhow::Error::msg(messages.next().unwrap_or_default());
        Self {
            kind: self.kind,
            error: messages.fold(innermost, anyhow::Error::context),
            hints: self.hints.iter().map(|hint| names.apply(hint)).collect(),
            findings: self
                .findings
                .into_iter()
                .map(|finding| finding.reworded(|text| names.apply(text)))
                .collect(),
        }
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What to try next, in the order to try it.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The findings that it is about, for scripts.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The message and its causes, outermost first, without repeats of what a cause already says.
    pub fn messages(&self) -> Vec<String> {
        let mut messages: Vec<String> = Vec::new();
        for cause in self.error.chain() {
            let text = cause.to_string();
            if !messages.iter().any(|earlier| earlier.contains(&text)) {
                messages.push(text);
            }
        }
        messages
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.messages().join(": "))
    }
}

impl From<crate::consul::Error> for CommandError {
    fn from(error: crate::consul::Error) -> Self {
        use crate::consul::Failure;

        let hint = error.hint.as_deref().map(str::to_owned);
        if error.lacks_agent_read() {
            return Self::new(Kind::PermissionDenied, error).hint(crate::rights::AGENT_READ.help);
        }
        if error.is_permission_denied() {
            return Self::new(Kind::PermissionDenied, error).hint(hint.unwrap_or_else(|| {
                "give a token with the right (--token-file, CONSUL_HTTP_TOKEN): a gateway needs service:write on itself \
                 and on every linked service"
                    .to_owned()
            }));
        }
        let kind = match &error.failure {
            // The agent is there and does its part; what was asked for is wrong.
            Failure::Status { status: 400..=499, .. } if !error.is_plain_on_tls() => Kind::Failed,
            _ => Kind::Agent,
        };
        match hint {
            Some(hint) => Self::new(kind, error).hint(hint),
            None => Self::new(kind, error),
        }
    }
}

impl From<crate::collect::Error> for CommandError {
    fn from(error: crate::collect::Error) -> Self {
        if let crate::collect::Error::Request(error) = error {
            return error.into();
        }
        if error.is_unknown_token() {
            return Self::new(Kind::PermissionDenied, error).hint(
                "the token does not exist in Consul: it was deleted or belongs to another cluster; give another with \
                 --token-file, CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE",
            );
        }
        if error.is_permission_denied() {
            return Self::new(Kind::PermissionDenied, error).hint(
                "the gateway's token needs service:write on the gateway and every linked service, and node:read",
            );
        }
        if error.is_not_found() {
            return Self::new(Kind::Failed, error).hint("register the gateway first: termgate register");
        }
        Self::new(Kind::Agent, error)
    }
}

impl From<crate::settings::env::NotABoolean> for CommandError {
    fn from(error: crate::settings::env::NotABoolean) -> Self {
        Self::new(Kind::Usage, error)
    }
}

impl From<crate::settings::findings::Error> for CommandError {
    fn from(error: crate::settings::findings::Error) -> Self {
        Self::new(Kind::Usage, error)
    }
}

impl From<crate::settings::consul::Error> for CommandError {
    fn from(error: crate::settings::consul::Error) -> Self {
        Self::new(Kind::Usage, error)
    }
}

impl From<crate::gateway::replacement::Conflict> for CommandError {
    fn from(conflict: crate::gateway::replacement::Conflict) -> Self {
        Self::new(Kind::Failed, conflict).hint("choose another ID for the gateway with --service-id")
    }
}

impl From<crate::gateway::address::AddressError> for CommandError {
    fn from(error: crate::gateway::address::AddressError) -> Self {
        let (hints, findings) = (error.hints(), vec![error.finding()]);
        let error = Self { findings, ..Self::new(Kind::InvalidInput, error) };
        hints
            .into_iter()
            .fold(error, Self::hint)
            .hint("`termgate address eval TEMPLATE` shows what a template renders to on this host")
    }
}

impl From<crate::envoy::locate::NotFound> for CommandError {
    fn from(error: crate::envoy::locate::NotFound) -> Self {
        Self::new(Kind::Envoy, error).hint("install Envoy, or name the executable with --envoy-binary")
    }
}

impl From<crate::envoy::version::Error> for CommandError {
    fn from(error: crate::envoy::version::Error) -> Self {
        Self::new(Kind::Envoy, error)
    }
}

impl From<crate::envoy::admin::Error> for CommandError {
    fn from(error: crate::envoy::admin::Error) -> Self {
        Self::new(Kind::Failed, error)
    }
}

impl From<crate::monitor::Error> for CommandError {
    fn from(error: crate::monitor::Error) -> Self {
        Self::new(Kind::Failed, error).hint("choose another address or port, or stop what listens there")
    }
}

impl From<crate::envoy::process::Error> for CommandError {
    fn from(error: crate::envoy::process::Error) -> Self {
        Self::new(Kind::Envoy, error)
    }
}

impl From<crate::bootstrap::Error> for CommandError {
    fn from(error: crate::bootstrap::Error) -> Self {
        Self::new(Kind::InvalidInput, error)
    }
}

impl From<crate::bootstrap::check::Refused> for CommandError {
    fn from(error: crate::bootstrap::check::Refused) -> Self {
        let finding = (*error.0).clone();
        Self { findings: vec![finding], ..Self::new(Kind::InvalidInput, error) }
    }
}

impl From<crate::snapshot::file::Error> for CommandError {
    fn from(error: crate::snapshot::file::Error) -> Self {
        Self::new(Kind::InvalidInput, error)
    }
}

impl From<io::Error> for CommandError {
    /// Writing to stdout; every other I/O error is given its file by the one who did it.
    fn from(error: io::Error) -> Self {
        Self::new(Kind::of_write(&error), error).context("cannot write to standard output")
    }
}

impl From<crate::settings::connect_envoy::Error> for CommandError {
    fn from(error: crate::settings::connect_envoy::Error) -> Self {
        Self::new(Kind::Usage, error)
    }
}

impl From<crate::system::interfaces::CollectError> for CommandError {
    fn from(error: crate::system::interfaces::CollectError) -> Self {
        Self::new(Kind::Failed, error)
    }
}

impl From<crate::system::run_dir::Error> for CommandError {
    fn from(error: crate::system::run_dir::Error) -> Self {
        use crate::system::run_dir::Error;

        let hint = match error {
            Error::Busy { .. } => "stop the other one, or give this replica its own ID with --service-id",
            Error::NoPlace(_) => {
                "in a container, mount memory at /tmp (Docker: --tmpfs /tmp; Kubernetes: an emptyDir); \
                 or name a writable directory with --run-dir"
            }
            _ => "name another directory with --run-dir",
        };
        Self::new(Kind::Failed, error).hint(hint)
    }
}

impl From<crate::envoy::bootstrap_file::Error> for CommandError {
    fn from(error: crate::envoy::bootstrap_file::Error) -> Self {
        use crate::envoy::bootstrap_file::Error;

        let hint = match error {
            Error::Unreadable(_) => "mount /proc and link /dev/fd to /proc/self/fd, as container runtimes do",
            Error::Memory(_) => {
                "if a seccomp profile confines termgate, allow memfd_create, as the default of container runtimes does"
            }
        };
        Self::new(Kind::Failed, error).hint(hint)
    }
}

impl From<crate::system::ports::Unusable> for CommandError {
    fn from(error: crate::system::ports::Unusable) -> Self {
        let hint = match error.source.kind() {
            std::io::ErrorKind::AddrInUse => {
                "is another gateway or Envoy running there? Choose another port, or stop it first"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher port, such as 8443"
            }
            _ => "`termgate address eval '{{ GetPrivateIP }}'` shows an address of this host",
        };
        Self::new(Kind::Failed, error).hint(hint)
    }
}
