//! What is written down about a running Envoy, so that the next termgate finds it again.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use serde::{Deserialize, Serialize};

use crate::system::process::Identity;
use crate::system::write_file::{self, Access};

/// What an Envoy is started with, as far as a running one can be compared with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// SHA-256 of its bootstrap, in base64.
    pub bootstrap: String,
    /// Its other arguments.
    pub arguments: Vec<String>,
    /// Its admin server.
    pub admin: SocketAddr,
}

impl Start {
    /// Of an Envoy with this bootstrap, these arguments and this admin server.
    pub fn new(bootstrap: &str, arguments: &[OsString], admin: SocketAddr) -> Self {
        let digest = digest::digest(&digest::SHA256, bootstrap.as_bytes());
        let bootstrap = STANDARD.encode(digest);
        let arguments = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        Self { bootstrap, arguments, admin }
    }

    /// What differs, in a person's words; `None` if nothing does.
    pub fn difference(&self, wanted: &Self) -> Option<&'static str> {
        if self.bootstrap != wanted.bootstrap || self.admin != wanted.admin {
            Some("started with another bootstrap")
        } else if self.arguments != wanted.arguments {
            Some("started with other arguments")
        } else {
            None
        }
    }
}

/// A running Envoy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which process it is.
    pub process: Identity,
    /// What it was started with.
    pub start: Start,
    /// Whether it was told to end; it takes no new connections then.
    pub ending: bool,
}

impl Record {
    /// Reads a record; `None` if there is none, or none that this release understands.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes it, for this user's eyes only.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        write_file::write(path, &serde_json::to_vec(self)?, Access::Private)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_and_one_that_is_not_understood_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("envoy.json");
        assert_eq!(Record::read(&path).unwrap(), None);
        let admin = "127.0.0.1:19000".parse().unwrap();
        let process = Identity { pid: 7, start_time: 9, boot_id: "b".into(), arguments: vec!["-l".into()] };
        let record = Record { process, start: Start::new("{}", &["-l".into()], admin), ending: false };
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap(), Some(record));
        fs::write(&path, "{\"process\"").unwrap();
        assert_eq!(Record::read(&path).unwrap(), None);
    }

    #[test]
    fn starts_differ_by_bootstrap_arguments_or_admin_server() {
        let admin = "127.0.0.1:19000".parse().unwrap();
        let start = Start::new("{}", &[], admin);
        assert_eq!(start.difference(&Start::new("{}", &[], admin)), None);
        assert!(start.difference(&Start::new("{ }", &[], admin)).unwrap().contains("bootstrap"));
        assert!(start.difference(&Start::new("{}", &["-l".into()], admin)).unwrap().contains("arguments"));
    }
}
