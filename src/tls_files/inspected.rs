//! The content of a TLS file, for its checks.

use crate::boringssl::{Certificate, Fault, PrivateKey};

/// What a host has at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Nothing.
    Missing,
    /// Something that cannot be read, with the reason.
    Unreadable(String),
    /// A file.
    Read(Content),
}

/// What is in a file, for each use of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// As CAs.
    pub authorities: Result<Vec<Certificate>, Fault>,
    /// As a certificate, with the chain behind it.
    pub chain: Result<Vec<Certificate>, Fault>,
    /// As a private key.
    pub key: Result<PrivateKey, Fault>,
    /// Whether every user of the host may read it.
    pub world_readable: bool,
}
