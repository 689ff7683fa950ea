//! The TLS files of an entry on this host: certificates, keys, and whether they can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::read_file;
use crate::boringssl;
use crate::tls_files::inspected::{Content, FileState};

/// The state of each path.
pub fn inspect(paths: &BTreeSet<String>) -> BTreeMap<String, FileState> {
    paths.iter().map(|path| (path.clone(), state(Path::new(path)))).collect()
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "certificates end at a time of day")]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or_default()
}

fn state(path: &Path) -> FileState {
    match read_file::regular(path, read_file::PEM) {
        Ok((bytes, found)) => FileState::Read(content(&bytes, found.mode())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            FileState::Unreadable("permission denied".to_owned())
        }
        Err(error) => FileState::Unreadable(error.to_string()),
    }
}

fn content(bytes: &[u8], mode: u32) -> Content {
    let text = String::from_utf8_lossy(bytes);
    Content {
        authorities: boringssl::authorities(&text),
        chain: boringssl::chain(&text),
        key: boringssl::private_key(&text),
        world_readable: mode & 0o004 != 0,
    }
}
