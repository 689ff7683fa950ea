//! The private directory of one gateway: the socket between termgate and Envoy, and the lock on it.

use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::geteuid;

use crate::settings::run::RunDir;

/// Longest path of a Unix socket that every system takes, in bytes.
const MAX_SOCKET_PATH: usize = 100;

/// A locked run directory. When it is dropped it is removed with all it holds, unless it tells of an Envoy that
/// goes on.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    parent: Option<PathBuf>,
    /// Held as long as this value lives.
    _lock: Flock<File>,
}

/// Why there is no run directory.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be made or used.
    #[error("run directory {}", path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others could get at the socket.
    #[error("run directory {} {reason}", path.display())]
    NotPrivate {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Another process has it.
    #[error("another termgate runs the gateway `{id}` (it holds {})", path.display())]
    Busy {
        /// The gateway's service id.
        id: String,
        /// The lock file.
        path: PathBuf,
    },
    /// The path of the socket would be too long.
    #[error("run directory {} is too long for a Unix socket ({MAX_SOCKET_PATH} bytes)", path.display())]
    TooLong {
        /// The directory.
        path: PathBuf,
    },
}

impl Locked {
    /// Makes and locks the run directory of the gateway `id`: the same path for the same id, always.
    pub fn new(run_dir: &RunDir, id: &str) -> Result<Self, Error> {
        let (path, parent) = match run_dir {
            RunDir::Given(path) => (path.join(folder_name(id)), None),
            RunDir::Below(base) => {
                let parent = base.join(format!("termgate-{}", geteuid()));
                (parent.join(folder_name(id)), Some(parent))
            }
        };
        let above = path.parent().unwrap_or(Path::new("/")).to_owned();
        for folder in [&above, &path] {
            make_private(folder, folder == &path || parent.is_some())?;
        }
        if path.join("xds.sock").as_os_str().len() > MAX_SOCKET_PATH {
            return Err(Error::TooLong { path });
        }
        let lock_path = path.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|source| Error::Io { path: lock_path.clone(), source })?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Self { path, parent, _lock: lock }),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
                Err(Error::Busy { id: id.to_owned(), path: lock_path })
            }
            Err((_, errno)) => Err(Error::Io { path: lock_path, source: errno.into() }),
        }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where Envoy reaches the ADS server.
    pub fn socket(&self) -> PathBuf {
        self.path.join("xds.sock")
    }

    /// Where it is written down which Envoy runs, as long as one does.
    pub fn envoy_record(&self) -> PathBuf {
        self.path.join("envoy.json")
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        if self.envoy_record().exists() {
            return;
        }
        // What cannot be removed is found and used again by the next run.
        let _ = fs::remove_dir_all(&self.path);
        if let Some(parent) = &self.parent {
            let _ = fs::remove_dir(parent);
        }
    }
}

/// Makes a folder that only this user can enter, or checks that one that is there is such.
fn make_private(path: &Path, must_be_private: bool) -> Result<(), Error> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io(error)),
    }
    let found = fs::symlink_metadata(path).map_err(io)?;
    let fail = |reason| Err(Error::NotPrivate { path: path.to_owned(), reason });
    if must_be_private {
        if !found.is_dir() {
            return fail("is not a directory");
        }
        if found.uid() != geteuid().as_raw() {
            return fail("belongs to another user");
        }
        if found.permissions().mode() & 0o077 != 0 {
            return fail("can be entered by others; `chmod 700` it");
        }
    }
    Ok(())
}

/// A folder name that tells a person which gateway it is, and two gateways apart.
fn folder_name(id: &str) -> String {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let readable: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(24).collect();
    format!("{readable}-{:08x}", hasher.finish() & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_has_one_private_folder_and_one_owner() {
        let base = tempfile::tempdir().unwrap();
        let run_dir = RunDir::Below(base.path().to_owned());
        let first = Locked::new(&run_dir, "gw/1").unwrap();
        assert_eq!(fs::metadata(first.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(Locked::new(&run_dir, "gw/1"), Err(Error::Busy { .. })));
        let other = Locked::new(&run_dir, "gw_1").unwrap();
        assert_ne!(first.path(), other.path());
        let path = first.path().to_owned();
        drop((first, other));
        assert!(!path.exists());
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_stays_as_long_as_it_tells_of_an_envoy() {
        let base = tempfile::tempdir().unwrap();
        let run_dir = RunDir::Below(base.path().to_owned());
        let first = Locked::new(&run_dir, "gw").unwrap();
        let record = first.envoy_record();
        fs::write(&record, "{}").unwrap();
        drop(first);
        assert!(record.exists());
        let second = Locked::new(&run_dir, "gw").unwrap();
        fs::remove_file(second.envoy_record()).unwrap();
        drop(second);
        assert!(!record.parent().unwrap().exists());
    }

    #[test]
    fn a_folder_that_others_can_enter_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let parent = base.path().join(format!("termgate-{}", geteuid()));
        fs::create_dir(&parent).unwrap();
        fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
        let error = Locked::new(&RunDir::Below(base.path().to_owned()), "gw").unwrap_err();
        assert!(matches!(error, Error::NotPrivate { .. }), "{error}");
    }
}
