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

use std::io;
use std::path::Path;

use super::companion::{Failure, Request, client, exchange, file_error};
use crate::consul::{Answer, api};
use crate::settings::consul::ConsulSettings;
use crate::system::read_file;

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

/// What reading and writing entries needs.
const NEEDS: &str = "writing needs mesh:write or operator:write, reading service:read on the entry's name";

/// Sends one request about entries; anything but status 200 is a failure, in Consul's words.
async fn ask(settings: &ConsulSettings, request: Request) -> Result<Answer, Failure> {
    exchange(&client(settings)?, request.needs(NEEDS)).await
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
