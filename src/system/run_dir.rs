//! The private directory of one gateway: the socket between termgate and Envoy, and the lock on it.

use std::fs::{self, DirBuilder, File, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::geteuid;

use crate::settings::run::RunDir;

/// Longest path of a Unix socket that every system takes, in bytes.
const MAX_SOCKET_PATH: usize = 100;
/// The socket's name.
pub const SOCKET: &str = "xds.sock";
const ENVOY_RECORD: &str = "envoy.json";
const LOCK: &str = "lock";

/// A locked run directory. When it is dropped it is removed with all it holds, unless it records an Envoy that
/// goes on.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    parent: Option<PathBuf>,
    /// Held as long as this value lives.
    _lock: Flock<File>,
}

/// A folder that can be the run directory of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    path: PathBuf,
    above: Above,
}

/// What the folder above a run directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Above {
    /// The user's business.
    Given,
    /// Somebody else's, who must not let others write there.
    Shared,
    /// termgate's own.
    Own,
}

/// Why there is no run directory.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be made or used.
    #[error("cannot use the run directory {}", path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others could get at the socket.
    #[error("cannot use the run directory {}: it {reason}", path.display())]
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
    #[error(
        "cannot use the run directory {}: its path is too long for a Unix socket ({MAX_SOCKET_PATH} bytes)",
        path.display()
    )]
    TooLong {
        /// The directory.
        path: PathBuf,
    },
    /// None of the default places can be used.
    #[error("cannot find a place for the run directory: {}", .0.join("; "))]
    NoPlace(Vec<String>),
}

impl Candidate {
    /// The folders that may be the run directory of the gateway `id`, the best first: the same for the same id, always.
    pub fn all(run_dir: &RunDir, id: &str) -> Vec<Self> {
        let folder = folder_name(id);
        match run_dir {
            RunDir::Given(path) => vec![Self { path: path.join(folder), above: Above::Given }],
            RunDir::Default(places) => places
                .iter()
                .map(|place| Self {
                    path: place.path.join(&folder),
                    above: if place.is_own { Above::Own } else { Above::Shared },
                })
                .collect(),
        }
    }

    /// A run directory that is there.
    pub fn existing(path: PathBuf) -> Self {
        Self { path, above: Above::Given }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the running Envoy is recorded.
    pub fn envoy_record(&self) -> PathBuf {
        self.path.join(ENVOY_RECORD)
    }

    /// Whether it exists, and no other user could have put anything into it.
    pub fn is_there(&self) -> bool {
        self.check_above().is_ok() && check_private(&self.path).is_ok()
    }

    /// The process that holds it, as that wrote down.
    pub fn holder(&self) -> Option<i32> {
        let lock = self.path.join(LOCK);
        let id = fs::read_to_string(&lock).ok()?.trim().parse().ok().filter(|id| *id > 0)?;
        // In a folder of somebody else's anything may be written.
        let process = fs::metadata(format!("/proc/{id}")).ok();
        let owner = fs::metadata(&lock).ok()?.uid();
        process.is_none_or(|process| process.uid() == owner).then_some(id)
    }

    /// Whether a termgate holds it.
    pub fn is_held(&self) -> bool {
        let file = File::options().write(true).open(self.path.join(LOCK));
        file.is_ok_and(|file| {
            matches!(
                Flock::lock(file, FlockArg::LockExclusiveNonblock),
                Err((_, nix::errno::Errno::EWOULDBLOCK))
            )
        })
    }

    fn check_above(&self) -> Result<(), Error> {
        let above = self.path.parent().unwrap_or(Path::new("/"));
        let found = match self.above {
            Above::Given => return Ok(()),
            Above::Shared => fs::metadata(above),
            Above::Own => fs::symlink_metadata(above),
        };
        let found = found.map_err(|source| Error::Io { path: above.to_owned(), source })?;
        check(above, &found, 0o022, "is writable by others; `chmod 700` it")
    }

    /// Makes the directory, and the one above it if that is termgate's to make.
    fn make(&self) -> Result<(), Error> {
        if self.path.join(SOCKET).as_os_str().len() > MAX_SOCKET_PATH {
            return Err(Error::TooLong { path: self.path.clone() });
        }
        if self.above != Above::Shared {
            make_folder(self.path.parent().unwrap_or(Path::new("/")))?;
        }
        self.check_above()?;
        make_folder(&self.path)?;
        check_private(&self.path)
    }
}

impl Locked {
    /// Locks the first of the folders that can be used; reports why those before it cannot.
    ///
    /// Fails if another termgate runs the gateway `id` in one of them.
    pub fn first(candidates: &[Candidate], id: &str) -> Result<(Self, Vec<Error>), Error> {
        for candidate in candidates.iter().filter(|candidate| candidate.is_there()) {
            if candidate.is_held() {
                return Err(Error::Busy { id: id.to_owned(), path: candidate.path.join(LOCK) });
            }
        }
        let mut unusable = Vec::new();
        for candidate in candidates {
            match Self::new(candidate, id) {
                Ok(locked) => return Ok((locked, unusable)),
                Err(error @ Error::Busy { .. }) => return Err(error),
                Err(error) => unusable.push(error),
            }
        }
        match unusable.len() {
            1 => Err(unusable.remove(0)),
            _ => Err(Error::NoPlace(unusable.iter().map(Error::reason).collect())),
        }
    }

    /// Makes and locks a folder.
    pub fn new(candidate: &Candidate, id: &str) -> Result<Self, Error> {
        candidate.make()?;
        let path = candidate.path.clone();
        let lock_path = path.join(LOCK);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|source| Error::Io { path: lock_path.clone(), source })?;
        let parent = path.parent().filter(|_| candidate.above == Above::Own).map(Path::to_owned);
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => {
                // For `termgate reload`, without which a gateway on a full disk works as well.
                let _ = lock
                    .set_len(0)
                    .and_then(|()| (&*lock).write_all(std::process::id().to_string().as_bytes()));
                Ok(Self { path, parent, _lock: lock })
            }
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
        self.path.join(SOCKET)
    }

    /// Where it is written down which Envoy runs, as long as one does.
    pub fn envoy_record(&self) -> PathBuf {
        self.path.join(ENVOY_RECORD)
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

impl Error {
    /// The path and why it cannot be used.
    fn reason(&self) -> String {
        match self {
            Self::Io { path, source } => format!("{}: {source}", path.display()),
            Self::NotPrivate { path, reason } => format!("{} {reason}", path.display()),
            Self::TooLong { path } => format!("{} is too long for a Unix socket", path.display()),
            Self::Busy { .. } | Self::NoPlace(_) => self.to_string(),
        }
    }
}

/// Makes a folder that only this user can enter, if there is nothing of that name.
fn make_folder(path: &Path) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
            Err(Error::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Fails unless this is a folder, not a link, that only this user can enter.
fn check_private(path: &Path) -> Result<(), Error> {
    let found = fs::symlink_metadata(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    check(path, &found, 0o077, "is accessible to others; `chmod 700` it")
}

fn check(path: &Path, found: &Metadata, forbidden: u32, too_open: &'static str) -> Result<(), Error> {
    let reason = if !found.is_dir() {
        "is not a directory"
    } else if found.uid() != geteuid().as_raw() {
        "belongs to another user"
    } else if found.permissions().mode() & forbidden != 0 {
        too_open
    } else {
        return Ok(());
    };
    Err(Error::NotPrivate { path: path.to_owned(), reason })
}

/// A folder name that shows a person which gateway it is, and is unique to it.
pub fn folder_name(id: &str) -> String {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let readable: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(24).collect();
    format!("{readable}-{:08x}", hasher.finish() & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::settings::run::Place;

    fn places<'a>(paths: impl IntoIterator<Item = &'a Path>, is_own: bool) -> RunDir {
        RunDir::Default(paths.into_iter().map(|path| Place { path: path.to_owned(), is_own }).collect())
    }

    fn first(run_dir: &RunDir, id: &str) -> Result<(Locked, Vec<Error>), Error> {
        Locked::first(&Candidate::all(run_dir, id), id)
    }

    #[test]
    fn a_gateway_has_one_private_folder_and_one_owner() {
        let base = tempfile::tempdir().unwrap();
        let run_dir = places([&*base.path().join("termgate")], true);
        let (locked, _) = first(&run_dir, "gw/1").unwrap();
        assert_eq!(fs::metadata(locked.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(first(&run_dir, "gw/1"), Err(Error::Busy { .. })));
        let candidate = Candidate::existing(locked.path().to_owned());
        assert!(candidate.is_held());
        assert_eq!(candidate.holder(), i32::try_from(std::process::id()).ok());
        let (other, _) = first(&run_dir, "gw_1").unwrap();
        assert_ne!(locked.path(), other.path());
        let path = locked.path().to_owned();
        drop((locked, other));
        assert!(!path.exists());
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }

    /// An Envoy of an earlier release must be found: this changes only together with a search for the old name.
    #[test]
    fn the_name_of_a_folder_never_changes() {
        assert_eq!(folder_name("gw/1"), "gw_1-c36937d7");
    }

    #[test]
    fn a_folder_stays_as_long_as_it_records_an_envoy() {
        let base = tempfile::tempdir().unwrap();
        let run_dir = RunDir::Given(base.path().to_owned());
        let (locked, _) = first(&run_dir, "gw").unwrap();
        let record = locked.envoy_record();
        fs::write(&record, "{}").unwrap();
        drop(locked);
        assert!(record.exists());
        let (again, _) = first(&run_dir, "gw").unwrap();
        fs::remove_file(again.envoy_record()).unwrap();
        drop(again);
        assert!(!record.parent().unwrap().exists());
    }

    #[test]
    fn an_unusable_place_is_skipped() {
        let base = tempfile::tempdir().unwrap();
        let at = |name: &str| base.path().join(name);
        fs::create_dir(at("open")).unwrap();
        fs::set_permissions(at("open"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        symlink(at("elsewhere"), at("link")).unwrap();
        fs::write(at("file"), "").unwrap();
        let long = at(&"x".repeat(80));
        fs::create_dir(at("good")).unwrap();
        // A run directory that another user has replaced with a link.
        fs::create_dir(at("taken")).unwrap();
        symlink(at("elsewhere"), at("taken").join(folder_name("gw"))).unwrap();
        let bad = [at("open"), at("link"), at("file"), long, at("no/such"), at("taken")];
        let all = bad.iter().chain([&*Box::leak(Box::new(at("good")))]).map(PathBuf::as_path);
        let (locked, unusable) = first(&places(all, true), "gw").unwrap();
        assert_eq!(locked.path().parent(), Some(&*at("good")));
        assert_eq!(unusable.len(), bad.len(), "{unusable:?}");
        let error = first(&places(bad.iter().map(PathBuf::as_path), true), "gw").unwrap_err();
        for path in bad {
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
        assert_eq!(fs::read_dir(at("elsewhere")).unwrap().count(), 0);
        if geteuid().is_root() {
            fs::create_dir(at("theirs")).unwrap();
            nix::unistd::chown(&at("theirs"), Some(65534.into()), None).unwrap();
            let error = first(&places([&*at("theirs")], true), "gw").unwrap_err();
            assert!(error.to_string().contains("belongs to another user"), "{error}");
        }
    }

    #[test]
    fn a_gateway_that_runs_in_a_later_place_is_busy() {
        let base = tempfile::tempdir().unwrap();
        let (early, late) = (base.path().join("early"), base.path().join("late"));
        let (_held, _) = first(&places([&*late], true), "gw").unwrap();
        let both = places([&*early, &*late], true);
        assert!(matches!(first(&both, "gw"), Err(Error::Busy { .. })));
        assert!(first(&both, "other").is_ok());
    }

    #[test]
    fn a_folder_of_the_service_manager_is_neither_made_nor_removed() {
        let base = tempfile::tempdir().unwrap();
        let service = base.path().join("service");
        let run_dir = places([&*service], false);
        assert!(first(&run_dir, "gw").is_err());
        fs::create_dir(&service).unwrap();
        drop(first(&run_dir, "gw").unwrap());
        assert_eq!(fs::read_dir(&service).unwrap().count(), 0);
    }
}
