//! CA files as text, for bootstraps that hand them on to Envoy.

use std::io;
use std::path::{Path, PathBuf};

use super::read_file;

/// CAs that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or directory cannot be read.
    #[error("CA {}", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds no certificate.
    #[error("CA file {} holds no PEM certificate", .0.display())]
    NoCertificate(PathBuf),
    /// A directory holds no file.
    #[error("CA directory {} holds no files", .0.display())]
    EmptyDirectory(PathBuf),
}

/// The PEM text of a CA file, else of all files below a CA directory, in the order of their names; `None` without
/// either.
///
/// Consul: the file wins over the directory, and a directory may be the path of a single file. Unlike Consul, a file
/// without a certificate is an error here: Envoy would refuse to start with it.
pub fn read(file: Option<&Path>, directory: Option<&Path>) -> Result<Option<String>, Error> {
    match (file, directory) {
        (Some(file), _) => checked(file, read_file::named_in_time(file, read_file::PEM)).map(Some),
        (None, None) => Ok(None),
        (None, Some(directory)) => {
            let mut files = Vec::new();
            list(directory, &mut files)?;
            if files.is_empty() {
                return Err(Error::EmptyDirectory(directory.to_owned()));
            }
            let read = |path: &PathBuf| {
                checked(path, read_file::regular(path, read_file::PEM).map(|(bytes, _)| bytes))
            };
            files.iter().map(read).collect::<Result<String, _>>().map(Some)
        }
    }
}

/// All files below `path`, or itself where it is one.
fn list(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let fail = |source| Error::Read { path: path.to_owned(), source };
    if !std::fs::metadata(path).map_err(fail)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(fail)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(fail)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().try_for_each(|path| list(path, files))
}

fn checked(path: &Path, read: io::Result<Vec<u8>>) -> Result<String, Error> {
    let bytes = read.map_err(|source| Error::Read { path: path.to_owned(), source })?;
    // What is not even text holds no certificate.
    let text = String::from_utf8(bytes).unwrap_or_default();
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(text)
    } else {
        Err(Error::NoCertificate(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn all_files_of_a_directory_are_read_in_order_and_each_must_hold_a_certificate() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        assert!(read(None, Some(path)).unwrap_err().to_string().contains("holds no files"));
        for name in ["b", "a"] {
            std::fs::write(path.join(name), format!("-----BEGIN CERTIFICATE-----\n{name}\n")).unwrap();
        }
        let text = read(None, Some(path)).unwrap().unwrap();
        assert_eq!(text, "-----BEGIN CERTIFICATE-----\na\n-----BEGIN CERTIFICATE-----\nb\n");
        std::fs::write(path.join("c"), "hello\n").unwrap();
        assert!(read(None, Some(path)).unwrap_err().to_string().contains("/c holds no PEM certificate"));
    }
}
