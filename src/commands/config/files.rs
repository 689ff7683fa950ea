//! The files that the paths on a command line stand for.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{CommandError, Kind};

/// The files that the paths stand for: those of a directory (all `.hcl` and `.json` files below it) sorted by name.
///
/// Fails if there are none.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            add_directory(path, &mut files).map_err(|error| {
                CommandError::new(Kind::Failed, error)
                    .context(format!("reading the directory {}", path.display()))
            })?;
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Err(CommandError::message(Kind::InvalidInput, "there are no .hcl or .json files here"));
    }
    Ok(files)
}

fn add_directory(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Links to directories are left alone: they may lead back up.
        if entry.file_type()?.is_dir() {
            add_directory(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "hcl" || extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}
