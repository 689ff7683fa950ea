//! The record of a running Envoy, by which the next termgate finds it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
#[cfg(target_os = "linux")]
use nix::unistd::geteuid;
use ring::digest;
use serde::{Deserialize, Serialize};
#[cfg(target_os = "linux")]
use serde_json::Value;

use super::hot_restart::HotRestart;
use super::process::{self, Envoy};
use crate::system::process::Identity;
use crate::system::write_file::{self, Access};
#[cfg(target_os = "linux")]
use crate::system::{read_file, run_dir::SOCKET};

/// What an Envoy is started with, as far as a running one can be compared with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// SHA-256 of its bootstrap, in base64.
    pub bootstrap: String,
    /// Its other arguments.
    pub arguments: Vec<String>,
    /// Its admin server.
    pub admin: SocketAddr,
    /// Its executable; absent where it could not be looked at.
    #[serde(default)]
    pub program: Option<Program>,
}

/// What distinguishes an executable from the one that an update puts in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    device: u64,
    inode: u64,
    size: u64,
    /// When it was changed, in seconds since 1970 and nanoseconds.
    modified: (i64, i64),
}

impl Program {
    /// Of the executable at `path`.
    pub fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        let modified = (found.mtime(), found.mtime_nsec());
        Some(Self { device: found.dev(), inode: found.ino(), size: found.size(), modified })
    }
}

impl Start {
    /// Of an Envoy with this executable, this bootstrap, these arguments and this admin server.
    pub fn new(program: &Path, bootstrap: &str, arguments: &[OsString], admin: SocketAddr) -> Self {
        let digest = digest::digest(&digest::SHA256, bootstrap.as_bytes());
        let bootstrap = STANDARD.encode(digest);
        let arguments = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        Self { bootstrap, arguments, admin, program: Program::of(program) }
    }

    /// What differs, in a person's words; `None` if nothing does.
    pub fn difference(&self, wanted: &Self) -> Option<&'static str> {
        if self.bootstrap != wanted.bootstrap || self.admin != wanted.admin {
            Some("started with another bootstrap")
        } else if self.arguments != wanted.arguments {
            Some("started with other arguments")
        } else if self.program.is_some_and(|program| wanted.program.is_some_and(|wanted| wanted != program)) {
            Some("started from an executable that was replaced since")
        } else {
            None
        }
    }
}

/// A running Envoy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub process: Identity,
    /// What it was started with.
    pub start: Start,
    /// Whether it is shutting down; it accepts no new connections then.
    pub ending: bool,
    /// How another Envoy can take its place; absent where none can.
    #[serde(default)]
    pub hot_restart: Option<HotRestart>,
    /// The Envoy that it took the place of, which may still drain.
    #[serde(default)]
    pub before: Option<Identity>,
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

impl Record {
    /// Its Envoy; `None` if that has ended.
    pub fn envoy(&self) -> Result<Option<Envoy>, process::Error> {
        Envoy::take_over(&self.process, self.hot_restart.is_some())
    }

    /// The one that it took the place of; `None` if that has ended.
    pub fn envoy_before(&self) -> Option<Envoy> {
        Envoy::take_over(self.before.as_ref()?, true).ok().flatten()
    }
}

/// The record at `path`, if its Envoy runs.
pub fn running(path: &Path) -> Option<Record> {
    let record = Record::read(path).ok().flatten()?;
    matches!(record.envoy(), Ok(Some(_))).then_some(record)
}

/// The folders of this name that running Envoys of this user have the socket of their termgate in, as their bootstraps
/// say.
#[cfg(target_os = "linux")]
pub fn folders_of_running(name: &str) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = processes
        .filter(|process| process.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit))
        .filter_map(|process| socket_folder(&process.path(), name))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// Where there is no `/proc`, nothing can be found.
#[cfg(not(target_os = "linux"))]
pub fn folders_of_running(_name: &str) -> Vec<PathBuf> {
    Vec::new()
}

/// The folder of this name in the bootstrap of a process, if it is an Envoy.
#[cfg(target_os = "linux")]
fn socket_folder(process: &Path, name: &str) -> Option<PathBuf> {
    if fs::metadata(process).ok()?.uid() != geteuid().as_raw() {
        return None;
    }
    let arguments = fs::read(process.join("cmdline")).ok()?;
    let mut arguments = arguments.split(|byte| *byte == 0);
    arguments.find(|argument| *argument == b"--config-path")?;
    let descriptor = std::str::from_utf8(arguments.next()?).ok()?.strip_prefix("/dev/fd/")?;
    descriptor.parse::<u32>().ok()?;
    let (bootstrap, _) = read_file::regular(&process.join("fd").join(descriptor), read_file::ENTRY).ok()?;
    socket_in(&serde_json::from_slice(&bootstrap).ok()?, name)
}

/// The folder of this name that a text somewhere in the value has the socket in.
#[cfg(target_os = "linux")]
fn socket_in(value: &Value, name: &str) -> Option<PathBuf> {
    match value {
        Value::String(text) => {
            let folder = Path::new(text).parent()?;
            (text.ends_with(SOCKET) && folder.is_absolute() && folder.ends_with(name))
                .then(|| folder.to_owned())
        }
        Value::Array(values) => values.iter().find_map(|value| socket_in(value, name)),
        Value::Object(values) => values.values().find_map(|value| socket_in(value, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(bootstrap: &str, arguments: &[OsString]) -> Start {
        Start::new(Path::new("/proc/self/exe"), bootstrap, arguments, "127.0.0.1:19000".parse().unwrap())
    }

    #[test]
    fn a_record_reads_back_and_an_unreadable_one_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("envoy.json");
        assert_eq!(Record::read(&path).unwrap(), None);
        let process = Identity { pid: 7, start_time: 9, boot_id: "b".into(), arguments: vec!["-l".into()] };
        let record = Record {
            process,
            start: start("{}", &["-l".into()]),
            ending: false,
            hot_restart: HotRestart::first(Path::new("/")),
            before: None,
        };
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap(), Some(record));
        fs::write(&path, "{\"process\"").unwrap();
        assert_eq!(Record::read(&path).unwrap(), None);
    }

    #[test]
    fn starts_differ_by_bootstrap_arguments_admin_server_or_executable() {
        let one = start("{}", &[]);
        assert_eq!(one.difference(&start("{}", &[])), None);
        assert!(one.difference(&start("{ }", &[])).unwrap().contains("bootstrap"));
        assert!(one.difference(&start("{}", &["-l".into()])).unwrap().contains("arguments"));
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("envoy");
        fs::write(&program, "old").unwrap();
        let old = Start { program: Program::of(&program), ..one.clone() };
        assert_eq!(old.difference(&Start { program: Program::of(&program), ..one.clone() }), None);
        fs::write(folder.path().join("new"), "new").unwrap();
        fs::rename(folder.path().join("new"), &program).unwrap();
        let new = Start { program: Program::of(&program), ..one.clone() };
        assert!(old.difference(&new).unwrap().contains("executable"));
        // An earlier release did not write it down, or it is gone: that is not a reason.
        assert_eq!(Start { program: None, ..one.clone() }.difference(&new), None);
        assert_eq!(old.difference(&Start { program: None, ..one }), None);
    }
}
