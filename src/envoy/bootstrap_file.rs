//! The bootstrap as an anonymous, sealed memory file: nothing on disk, nothing in argv.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::fd::AsRawFd as _;

/// A bootstrap that a child process can open by [`BootstrapFile::path`] as long as this value lives.
#[derive(Debug)]
pub struct BootstrapFile(File);

impl BootstrapFile {
    /// Puts `text` into memory and seals it.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn new(text: &str) -> std::io::Result<Self> {
        use nix::fcntl::{FcntlArg, SealFlag, fcntl};
        use nix::sys::memfd::{MFdFlags, memfd_create};

        // Not close-on-exec: Envoy opens it by its number.
        let file = memfd_create(c"envoy-bootstrap", MFdFlags::MFD_ALLOW_SEALING)?;
        let mut file = File::from(file);
        file.write_all(text.as_bytes())?;
        file.seek(SeekFrom::Start(0))?;
        let seals =
            SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
        fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
        Ok(Self(file))
    }

    /// Puts `text` into a file that has no name any more.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn new(text: &str) -> std::io::Result<Self> {
        use nix::fcntl::{FcntlArg, FdFlag, fcntl};

        let mut template = *b"/tmp/termgate-XXXXXX";
        let (file, path) = nix::unistd::mkstemp(template.as_mut_slice())?;
        nix::unistd::unlink(&path)?;
        let mut file = File::from(file);
        file.write_all(text.as_bytes())?;
        file.seek(SeekFrom::Start(0))?;
        fcntl(&file, FcntlArg::F_SETFD(FdFlag::empty()))?;
        Ok(Self(file))
    }

    /// The path to hand to Envoy's `--config-path`.
    pub fn path(&self) -> String {
        format!("/dev/fd/{}", self.0.as_raw_fd())
    }
}

#[cfg(test)]
mod tests {
    use super::BootstrapFile;

    #[test]
    fn the_text_reads_back_by_path_and_cannot_be_changed() {
        let file = BootstrapFile::new("{}").unwrap();
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "{}");
        #[cfg(target_os = "linux")]
        assert!(std::fs::write(file.path(), "x").is_err());
    }
}
