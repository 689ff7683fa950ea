//! Files that a person keeps, rewritten whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::Path;

/// Gives a file new content, by way of a file beside it that then takes its name; makes it if there is none.
///
/// It keeps its mode and, where that is allowed, its owner. A symbolic link stays one: what it leads to is rewritten.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let (path, before) = match fs::canonicalize(path) {
        Ok(target) => (target.clone(), Some(fs::metadata(&target)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(beside);
    // Nobody may read it before it has its mode.
    let mode = if before.is_some() { 0o600 } else { 0o666 };
    let written =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside).and_then(|mut file| {
            file.write_all(content)?;
            if let Some(before) = &before {
                // Only root may give files away; the owner of the new file is then whoever wrote it.
                let _ = fchown(&file, Some(before.uid()), Some(before.gid()));
                file.set_permissions(before.permissions())?;
            }
            file.sync_all()?;
            fs::rename(&beside, &path)
        });
    if written.is_err() {
        // The first error counts.
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn mode_and_link_are_kept_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("gateway.hcl"), folder.path().join("link.hcl"));
        fs::write(&file, "old and longer").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("gateway.hcl", &link).unwrap();
        super::write(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let new = folder.path().join("new.json");
        super::write(&new, b"{}").unwrap();
        assert_eq!(fs::read(&new).unwrap(), b"{}");
        assert!(super::write(&folder.path().join("no/such/file"), b"x").is_err());
    }
}
