//! The TLS files that a gateway's entry names: what they are used for, and what a host has of them.

pub mod inspected;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::secret::Secret;

/// What stands in `CAFile` for the CAs of the platform.
pub const SYSTEM_CA: &str = "system";

/// What files of an entry are used for together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileUse {
    /// `CAFile`: the CAs that a server's certificate must come from.
    Authorities(String),
    /// `CertFile` and `KeyFile`: the certificate shown to the server.
    Pair {
        /// Path of the certificate.
        certificate: String,
        /// Path of its key.
        key: String,
    },
}

impl FileUse {
    /// Name of the secret that carries the content.
    pub fn secret_name(&self) -> String {
        match self {
            Self::Authorities(path) => ["file:", path].concat(),
            Self::Pair { certificate, key } => ["file:", certificate, "+", key].concat(),
        }
    }
}

/// What a host has for a [`FileUse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// The good content that was read last; without it, services that need it are closed.
    pub content: Option<FileContent>,
    /// What is wrong with the files as they are now.
    pub problem: Option<FileProblem>,
    /// What of the good content is not valid at this time of day.
    pub invalid: Option<FileProblem>,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The file, by the path in the entry.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
    /// What to do.
    pub help: &'static str,
}

/// How Envoy gets at a good content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// Envoy reads this file itself.
    Named(String),
    /// PEM certificates of CAs, as a secret.
    Authorities(Arc<str>),
    /// PEM certificate (chain) and key, as a secret.
    Pair {
        /// Leaf first.
        certificate: Arc<str>,
        /// Key of the leaf.
        key: Secret,
    },
}

/// The states that are known; what is not among them is taken for good and read by Envoy itself.
pub type FileStates = BTreeMap<FileUse, FileState>;
