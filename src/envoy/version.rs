//! Which version an Envoy executable is.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long an executable may take to say its version.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Bytes of its output that are looked at.
const MAX_OUTPUT: u64 = 64 << 10;

/// An Envoy release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvoyVersion {
    /// Always 1 so far.
    pub major: u32,
    /// The release line.
    pub minor: u32,
    pub patch: u32,
}

impl fmt::Display for EnvoyVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl EnvoyVersion {
    /// Reads `1.40.0`; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let version =
            Self { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()?, patch: numbers.next()?.ok()? };
        numbers.next().is_none().then_some(version)
    }

    /// The version in what `envoy --version` prints: `…/envoy  version: HASH/1.40.0/Clean/RELEASE/BoringSSL`.
    pub fn from_output(output: &str) -> Option<Self> {
        output
            .split("version:")
            .nth(1)?
            .split('/')
            .find_map(|part| Self::parse(part.split('-').next().unwrap_or(part).trim()))
    }
}

/// The version of an executable cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not start.
    #[error("{} cannot be started", path.display())]
    Start {
        /// The executable.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It does not end.
    #[error("`{} --version` does not end within {TIME_LIMIT:?}", path.display())]
    TimeLimit {
        /// The executable.
        path: PathBuf,
    },
    /// It prints something else.
    #[error("`{} --version` does not print an Envoy version but {output:?}", path.display())]
    Output {
        /// The executable.
        path: PathBuf,
        /// The start of what it prints.
        output: String,
    },
}

/// Asks the executable for its version.
pub fn read(envoy: &Path) -> Result<EnvoyVersion, Error> {
    let start_error = |source| Error::Start { path: envoy.to_owned(), source };
    let mut child = Command::new(envoy)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(start_error)?;
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        let read = move || {
            let mut output = Vec::new();
            // What was read before a failure may hold the version. Nobody may wait any more.
            let _ = stdout.take(MAX_OUTPUT).read_to_end(&mut output);
            let _ = sender.send(output);
        };
        std::thread::Builder::new().spawn(read).map_err(start_error)?;
    }
    let output = receiver.recv_timeout(TIME_LIMIT);
    // It has nothing more to say.
    let _ = child.kill();
    let _ = child.wait();
    let output = output.map_err(|_| Error::TimeLimit { path: envoy.to_owned() })?;
    let text = String::from_utf8_lossy(&output);
    EnvoyVersion::from_output(&text).ok_or_else(|| Error::Output {
        path: envoy.to_owned(),
        output: text.chars().take(200).collect::<String>().trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_envoys_own_line() {
        let line = "\n/usr/bin/envoy  version: 9f1dc5f3/1.40.0/Clean/RELEASE/BoringSSL\n\n";
        assert_eq!(EnvoyVersion::from_output(line).unwrap().to_string(), "1.40.0");
        let dev = "envoy  version: 1.2.3a/1.36.0-dev/Clean/RELEASE/BoringSSL";
        assert_eq!(EnvoyVersion::from_output(dev), EnvoyVersion::parse("1.36.0"));
        assert_eq!(EnvoyVersion::from_output("GNU bash, version 5.2.15(1)"), None);
    }
}
