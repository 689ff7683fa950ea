//! The bootstrap as an anonymous, sealed memory file: nothing on disk, nothing in argv.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::fd::AsRawFd as _;

/// A bootstrap that a child process can open by [`BootstrapFile::path`] as long as this value lives.
#[derive(Debug)]
pub struct BootstrapFile(File);

/// Why Envoy could not get its bootstrap.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel does not give the file.
    #[error("cannot create the memory file for Envoy's bootstrap")]
    Memory(#[source] io::Error),
    /// The file has no path here.
    #[error("cannot open /dev/fd, where Envoy reads its bootstrap")]
    Unreadable(#[source] io::Error),
}

impl BootstrapFile {
    /// Puts `text` where Envoy can read it.
    pub fn new(text: &str) -> Result<Self, Error> {
        let file = Self(in_memory(text).map_err(Error::Memory)?);
        // Not every root has /dev/fd, and Envoy takes no path in /proc.
        File::open(file.path()).map_err(Error::Unreadable)?;
        Ok(file)
    }

    /// The path to hand to Envoy's `--config-path`.
    pub fn path(&self) -> String {
        format!("/dev/fd/{}", self.0.as_raw_fd())
    }
}

/// A sealed memory file.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn in_memory(text: &str) -> io::Result<File> {
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, SealFlag, fcntl};
    use nix::sys::memfd::{MFdFlags, memfd_create};

    /// `MFD_NOEXEC_SEAL`: some hosts forbid memory files that can be executed (`vm.memfd_noexec`).
    const NOT_EXECUTABLE: MFdFlags = MFdFlags::from_bits_retain(8);

    // Not close-on-exec: Envoy opens it by its number.
    let create = |flags| memfd_create(c"envoy-bootstrap", MFdFlags::MFD_ALLOW_SEALING | flags);
    let file = match create(NOT_EXECUTABLE) {
        // Before Linux 6.3.
        Err(Errno::EINVAL) => create(MFdFlags::empty()),
        created => created,
    }?;
    let mut file = File::from(file);
    file.write_all(text.as_bytes())?;
    file.seek(SeekFrom::Start(0))?;
    let seals =
        SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(file)
}

/// A file that has no name any more.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn in_memory(text: &str) -> io::Result<File> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};

    let mut template = *b"/tmp/termgate-XXXXXX";
    let (file, path) = nix::unistd::mkstemp(template.as_mut_slice())?;
    nix::unistd::unlink(&path)?;
    let mut file = File::from(file);
    file.write_all(text.as_bytes())?;
    file.seek(SeekFrom::Start(0))?;
    fcntl(&file, FcntlArg::F_SETFD(FdFlag::empty()))?;
    Ok(file)
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
