//! Why external services cannot be reached: what Envoy logs of failures becomes findings, each reported once when it
//! begins and once when it is over.
//!
//! Pure: `cause` reads a failure, `tracker` decides what is asked and what is found, `report` puts it into words.

mod cause;
mod report;
mod tracker;

use std::net::SocketAddr;
use std::time::Duration;

pub use cause::{Cause, Suspicion, Verdict, classify, judge};
pub use report::finding;
pub use tracker::{Counters, Question, Tracker};

/// A request or connection that failed, as Envoy logs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The cluster that it was for.
    pub cluster: String,
    /// The instance.
    pub host: Option<SocketAddr>,
    /// What Envoy flags.
    pub flags: Flags,
    /// `UPSTREAM_TRANSPORT_FAILURE_REASON`.
    pub reason: String,
    /// `RESPONSE_CODE_DETAILS` of a request.
    pub details: String,
    /// How long it took.
    pub duration: Duration,
    /// Status of the response to a request; of a connection 0.
    pub status: u32,
    /// Bytes that the client had sent.
    pub received: u64,
}

/// Envoy's response flags, those that matter here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are Envoy's")]
pub struct Flags {
    /// UF: no connection.
    pub connection_failure: bool,
    /// UH: no instance.
    pub no_instance: bool,
    /// UC: the connection ended before the response.
    pub connection_ended: bool,
    /// UPE: the response is not HTTP.
    pub protocol_error: bool,
}

/// What a server showed in a TLS handshake, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No connection: the reason.
    Unreachable(String),
    /// It answered with something else than TLS.
    Plain,
    /// It took the connection and was silent, or ended it.
    Nothing,
    /// A handshake, up to the end or up to an alert.
    Tls(Handshake),
}

/// A TLS handshake as its client saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handshake {
    /// The server's certificate, if it came to that.
    pub certificate: Option<Certificate>,
    /// Whether the server asked for a client certificate.
    pub asks_for_certificate: bool,
    /// Whether it was shown one.
    pub shows_certificate: bool,
    /// Version and curve, such as `TLS 1.3 with X25519`; empty if it did not come to that.
    pub agreed: String,
    /// The alert with which the server ended it.
    pub alert: Option<String>,
}

/// Why a chain of certificates leads to none of some CAs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// No CA issued it.
    UnknownAuthority,
    /// A certificate of it has expired.
    Expired,
    /// A certificate of it is not valid yet.
    Early,
}

/// What matters of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    pub names: Vec<String>,
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// When it expires, as text.
    pub expires: String,
}

/// What a look-up of a host name gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// Nothing: the reason.
    Nothing(String),
    /// Whether there are addresses of IPv4, and of IPv6.
    Addresses {
        /// IPv4.
        v4: bool,
        /// IPv6.
        v6: bool,
    },
}
