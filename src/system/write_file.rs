//! Files written whole or not at all.
//!
//! A regular file gets its new content by way of a file beside it that then takes its name. A link stays one: what it
//! leads to is written. What is not a regular file (a device, a pipe, an open descriptor such as `/dev/stdout`) is written
//! to and never replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::{random, stdout};

/// Links that may lead from one to the next, as in the kernel.
const LINKS: usize = 40;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone (0600), whatever it was before.
    Private,
    /// Whoever could before; of a new file, whom the umask lets.
    Kept,
}

/// Where a path leads, links followed.
#[derive(Debug)]
pub enum Target {
    /// A regular file, or nothing yet.
    File(PathBuf, Option<Metadata>),
    /// Standard output of this process.
    Stdout,
    /// Standard error of this process.
    Stderr,
    /// A device, a pipe, or another open descriptor.
    Stream(PathBuf),
}

/// Gives what `path` leads to new content, or makes a file of it.
pub fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    match target(path)? {
        Target::File(path, before) => replace(&path, content, access, before.as_ref()),
        Target::Stdout => stdout::write(content),
        Target::Stderr => io::stderr().write_all(content),
        Target::Stream(path) => {
            let flags = OFlag::O_NOCTTY;
            let mut stream = OpenOptions::new().append(true).custom_flags(flags.bits()).open(path)?;
            stream.write_all(content)
        }
    }
}

/// Finds out where a path leads.
pub fn target(path: &Path) -> io::Result<Target> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let parent = fs::canonicalize(parent)?;
        path = parent.join(&name);
        if is_descriptors(&parent) {
            return Ok(match (parent == own_descriptors(), name.to_str()) {
                (true, Some("1")) => Target::Stdout,
                (true, Some("2")) => Target::Stderr,
                _ => Target::Stream(path),
            });
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => path = parent.join(fs::read_link(&path)?),
            Ok(found) if found.is_file() => return Ok(Target::File(path, Some(found))),
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => return Ok(Target::Stream(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::File(path, None)),
            Err(error) => return Err(error),
        }
    }
    Err(nix::errno::Errno::ELOOP.into())
}

fn own_descriptors() -> PathBuf {
    PathBuf::from(format!("/proc/{}/fd", std::process::id()))
}

/// Whether this is the folder of a process's open descriptors (`/dev/fd`), whose links lead to no name.
fn is_descriptors(folder: &Path) -> bool {
    (folder.starts_with("/proc") && folder.ends_with("fd")) || folder == Path::new("/dev/fd")
}

fn replace(path: &Path, content: &[u8], access: Access, before: Option<&Metadata>) -> io::Result<()> {
    // Nobody may read it before it has its mode.
    let mode = if access == Access::Private || before.is_some() { 0o600 } else { 0o666 };
    let beside = path.with_file_name(format!(".termgate-{}", random::name()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    let written = finish(&mut file, content, access, before).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error counts.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn finish(file: &mut File, content: &[u8], access: Access, before: Option<&Metadata>) -> io::Result<()> {
    file.write_all(content)?;
    if let (Access::Kept, Some(before)) = (access, before) {
        // Only root may give files away; the owner of the new file is then whoever wrote it.
        let _ = fchown(&*file, Some(before.uid()), Some(before.gid()));
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};

    use nix::sys::stat::Mode;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_file_is_replaced_whole_by_one_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootstrap.json");
        fs::write(&path, "old and longer").unwrap();
        write(&path, b"new", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&folder.path().join("no/such/file"), b"x", Access::Private).is_err());
        assert!(write(folder.path(), b"x", Access::Private).is_err());
    }

    #[test]
    fn mode_and_link_are_kept_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("gateway.hcl"), folder.path().join("link.hcl"));
        fs::write(&file, "old and longer").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("gateway.hcl", &link).unwrap();
        write(&link, b"new", Access::Kept).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(mode(&file), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_link_to_nothing_gets_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("later", &link).unwrap();
        write(&link, b"{}", Access::Private).unwrap();
        assert_eq!(fs::read(folder.path().join("later")).unwrap(), b"{}");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let circle = folder.path().join("circle");
        symlink("circle", &circle).unwrap();
        assert!(write(&circle, b"x", Access::Private).unwrap_err().to_string().contains("symbolic links"));
    }

    #[test]
    fn a_pipe_and_a_link_to_a_device_are_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, null) = (folder.path().join("pipe"), folder.path().join("null"));
        nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        symlink("/dev/null", &null).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe)
        });
        for access in [Access::Private, Access::Kept] {
            write(&null, b"text", access).unwrap();
        }
        write(&pipe, b"text", Access::Private).unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), b"text");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let error = write(Path::new("/dev/full"), b"text", Access::Private).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn descriptors_are_known_by_any_name() {
        for (path, is_stdout) in [
            ("/dev/stdout", true),
            ("/dev/fd/1", true),
            ("/proc/self/fd/1", true),
            ("/proc/self/fd/7", false),
        ] {
            let found = target(Path::new(path)).unwrap();
            assert_eq!(matches!(found, Target::Stdout), is_stdout, "{path}: {found:?}");
            assert!(is_stdout || matches!(found, Target::Stream(_)), "{path}: {found:?}");
        }
        assert!(matches!(target(Path::new("/dev/stderr")).unwrap(), Target::Stderr));
    }
}
