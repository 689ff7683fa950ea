//! Reads files up to a size limit, without waiting for a pipe that stays silent or never ends.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use nix::fcntl::OFlag;

/// Largest configuration entry, service definition or recorded set of interfaces, in bytes.
pub const ENTRY: u64 = 16 << 20;
/// Largest snapshot, in bytes.
pub const SNAPSHOT: u64 = 256 << 20;
/// Largest file of certificates or keys, in bytes.
pub const PEM: u64 = 16 << 20;
/// Largest file with an ACL token, in bytes.
pub const TOKEN: u64 = 64 << 10;

/// How long a pipe may take to give a token or a certificate.
const PIPE: Duration = Duration::from_secs(30);

/// Reads what a person named: a file, or a pipe, a device or a link to one, to its end.
pub fn named(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let found = file.metadata()?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    contents(file, &found, limit)
}

/// The same for what a start cannot do without (a token, a CA): a pipe into which nobody writes is not waited for without
/// end.
pub fn named_in_time(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    within_time(path, limit, PIPE)
}

fn within_time(path: &Path, limit: u64, time: Duration) -> io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.is_file() {
        return named(path, limit);
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let copy = path.to_owned();
    // It outlives this where nothing comes, and ends with the process.
    std::thread::Builder::new().spawn(move || sender.send(named(&copy, limit)))?;
    receiver.recv_timeout(time).unwrap_or_else(|_| {
        let text = format!("it is a pipe, and nothing was written to it within {time:?}");
        Err(io::Error::new(io::ErrorKind::TimedOut, text))
    })
}

/// Reads a regular file, or what a link to one leads to; nothing else is waited for.
pub fn regular(path: &Path, limit: u64) -> io::Result<(Vec<u8>, Metadata)> {
    // A pipe without a writer opens at once.
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = std::os::unix::fs::OpenOptionsExt::custom_flags(File::options().read(true), flags.bits())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(not_regular(&found));
    }
    Ok((contents(file, &found, limit)?, found))
}

/// Reads a regular file in a folder, or what a link leads to that stays in it. `folder` has no links in it.
///
/// Nothing outside is opened, whatever changes meanwhile: the place is taken first, then looked at, then read.
#[cfg(target_os = "linux")]
pub fn within(folder: &Path, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    let place = File::options().read(true).custom_flags(OFlag::O_PATH.bits()).open(path)?;
    let opened = format!("/proc/self/fd/{}", place.as_raw_fd());
    check_place(folder, &std::fs::read_link(&opened)?, &place.metadata()?)?;
    Ok(regular(Path::new(&opened), limit)?.0)
}

/// Reads a regular file in a folder, or what a link leads to that stays in it. `folder` has no links in it.
#[cfg(not(target_os = "linux"))]
pub fn within(folder: &Path, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let place = path.canonicalize()?;
    check_place(folder, &place, &place.metadata()?)?;
    Ok(regular(&place, limit)?.0)
}

fn check_place(folder: &Path, place: &Path, found: &Metadata) -> io::Result<()> {
    if !place.starts_with(folder) {
        return Err(io::Error::other("it is a link that leaves the directory"));
    }
    if found.is_file() { Ok(()) } else { Err(not_regular(found)) }
}

/// Reads a stream to its end, or fails beyond the limit.
pub fn stream(stream: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(too_large(limit))
    }
}

fn contents(file: File, found: &Metadata, limit: u64) -> io::Result<Vec<u8>> {
    if found.is_file() && found.len() > limit {
        return Err(too_large(limit));
    }
    stream(file, limit)
}

fn too_large(limit: u64) -> io::Error {
    let shown = if limit < 1 << 20 { format!("{} KiB", limit >> 10) } else { format!("{} MiB", limit >> 20) };
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {shown}"))
}

fn not_regular(found: &Metadata) -> io::Error {
    if found.is_dir() {
        return io::ErrorKind::IsADirectory.into();
    }
    io::Error::other("it is not a regular file")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use nix::sys::stat::Mode;

    use super::*;

    fn says<T>(read: io::Result<T>, text: &str) {
        match read {
            Ok(_) => panic!("it was read"),
            Err(error) => assert!(error.to_string().contains(text), "{error}"),
        }
    }

    /// A folder with one of everything, and its path without links.
    fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().canonicalize().unwrap().join("in");
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("file"), "text").unwrap();
        fs::write(folder.parent().unwrap().join("secret"), "s3cret").unwrap();
        fs::File::create(folder.join("sparse")).unwrap().set_len(8 << 30).unwrap();
        nix::unistd::mkfifo(&folder.join("pipe"), Mode::S_IRWXU).unwrap();
        std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        for (target, link) in [
            ("file", "inside"),
            ("../in/file", "around"),
            ("../secret", "outside"),
            ("/dev/zero", "zero"),
            ("/dev/null", "null"),
            ("pipe", "to-pipe"),
            ("loop", "loop"),
            ("nothing", "dangling"),
            ("sub", "to-folder"),
            ("/proc/self/environ", "proc"),
        ] {
            symlink(target, folder.join(link)).unwrap();
        }
        symlink("../file", folder.join("sub/up")).unwrap();
        (outside, folder)
    }

    #[test]
    fn a_pipe_is_waited_for_only_so_long() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        says(within_time(&pipe, TOKEN, Duration::from_millis(20)), "nothing was written to it within 20ms");
        let pipe = folder.path().join("another");
        nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let writer = pipe.clone();
        let writing = std::thread::spawn(move || fs::write(writer, "token"));
        assert_eq!(within_time(&pipe, TOKEN, PIPE).unwrap(), b"token");
        writing.join().unwrap().unwrap();
    }

    #[test]
    fn of_a_walked_folder_only_its_own_regular_files_are_read() {
        let (_outside, folder) = folder();
        for name in ["file", "inside", "around", "sub/up"] {
            assert_eq!(within(&folder, &folder.join(name), ENTRY).unwrap(), b"text", "{name}");
        }
        for (name, text) in [
            ("outside", "leaves the directory"),
            ("zero", "leaves the directory"),
            ("null", "leaves the directory"),
            ("proc", "leaves the directory"),
            ("sub", "directory"),
            ("to-folder", "directory"),
            ("pipe", "not a regular file"),
            ("to-pipe", "not a regular file"),
            ("socket", "not a regular file"),
            ("sparse", "larger than 16 MiB"),
            ("loop", "symbolic links"),
            ("dangling", "No such file"),
        ] {
            says(within(&folder, &folder.join(name), ENTRY), text);
        }
        says(within(&folder.join("sub"), &folder.join("sub/up"), ENTRY), "leaves the directory");
    }

    #[test]
    fn a_regular_file_is_read_wherever_it_is_and_nothing_else() {
        let (_outside, folder) = folder();
        assert_eq!(regular(&folder.join("outside"), TOKEN).unwrap().0, b"s3cret");
        for name in ["zero", "null", "pipe", "to-pipe", "sub"] {
            assert!(regular(&folder.join(name), TOKEN).is_err(), "{name}");
        }
        assert!(regular(&folder.join("socket"), TOKEN).is_err());
        says(regular(&folder.join("sparse"), TOKEN), "larger than 64 KiB");
    }

    #[test]
    fn a_named_file_may_be_of_any_type_that_ends_within_the_limit() {
        let (_outside, folder) = folder();
        assert_eq!(named(&folder.join("outside"), TOKEN).unwrap(), b"s3cret");
        assert_eq!(named(&folder.join("null"), TOKEN).unwrap(), b"");
        says(named(&folder.join("zero"), TOKEN), "larger than 64 KiB");
        says(named(&folder.join("sparse"), SNAPSHOT), "larger than 256 MiB");
        says(named(&folder, ENTRY), "directory");
        let pipe = folder.join("pipe");
        let writer = std::thread::spawn(move || fs::write(pipe, "piped"));
        assert_eq!(named(&folder.join("to-pipe"), ENTRY).unwrap(), b"piped");
        writer.join().unwrap().unwrap();
        assert_eq!(stream(&b"1234"[..], 4).unwrap(), b"1234");
        assert!(stream(&b"12345"[..], 4).is_err());
    }
}
