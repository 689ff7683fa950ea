//! Expands the paths of a command line into files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{Source, file_error};
use crate::error::{CommandError, Kind};
use crate::system::read_file::{self, ENTRY};

/// A file to be read.
#[derive(Debug)]
pub struct Found {
    /// As messages name it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// A person named it: it may be a pipe, a device, or a link to anything.
    Named,
    /// It was found in this folder: whoever writes there must not choose what else is read.
    Walked(Rc<Path>),
    /// What is known already to be unreadable.
    Unreadable(io::Error),
}

impl Found {
    fn new(path: PathBuf, origin: Origin) -> Self {
        let name = match (&origin, path.to_str()) {
            (Origin::Named, Some("-")) => Source::Stdin.display().to_owned(),
            _ => path.display().to_string(),
        };
        Self { name, path, origin }
    }

    /// Whether it is standard input, by the name `-`.
    pub fn is_stdin(&self) -> bool {
        matches!(self.origin, Origin::Named) && self.path.as_os_str() == "-"
    }

    /// Whether a person named it.
    pub fn is_named(&self) -> bool {
        matches!(self.origin, Origin::Named)
    }

    /// Its bytes, or why there are none, with its name.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        let read = match &self.origin {
            Origin::Named if self.is_stdin() => Source::Stdin.read(),
            Origin::Named => read_file::named(&self.path, ENTRY),
            Origin::Walked(folder) => read_file::within(folder, &self.path, ENTRY),
            Origin::Unreadable(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        read.map_err(|error| file_error(&self.name, &error))
    }
}

/// The files that the paths stand for: those of a directory (all `.hcl` and `.json` files below it) sorted by name.
///
/// Fails if there are none.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, CommandError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let walked = path.canonicalize().and_then(|folder| walk(path, &folder.into(), &mut files));
            walked.map_err(|error| {
                CommandError::new(Kind::Failed, error)
                    .context(format!("cannot read the directory {}", path.display()))
            })?;
        } else {
            files.push(Found::new(path.clone(), Origin::Named));
        }
    }
    if files.is_empty() {
        return Err(CommandError::message(Kind::InvalidInput, "there are no .hcl or .json files here"));
    }
    Ok(files)
}

/// Adds the files of a directory in the `folder` that a person named.
fn walk(directory: &Path, folder: &Rc<Path>, files: &mut Vec<Found>) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Kubernetes keeps the files of a volume in such folders, and links to them beside.
        if entry.file_name().as_encoded_bytes().starts_with(b"..") {
            continue;
        }
        // Links to directories are left alone: they may lead back up.
        if entry.file_type()?.is_dir() {
            if let Err(error) = walk(&path, folder, files) {
                files.push(Found::new(path, Origin::Unreadable(error)));
            }
        } else if path.extension().is_some_and(|extension| extension == "hcl" || extension == "json") {
            files.push(Found::new(path, Origin::Walked(Rc::clone(folder))));
        }
    }
    Ok(())
}
