//! Envoy's hot restart: a new Envoy takes over the sockets of the running one, so that no connection is refused.
//!
//! Two Envoys that share an address (`SO_REUSEPORT`) would not do: what waits at a socket is reset when that is closed.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::unistd::{AccessFlags, access, geteuid};
use serde::{Deserialize, Serialize};

/// Where Envoy's `shm_open` puts its files.
const SHARED_MEMORY: &str = "/dev/shm";
/// What its sockets begin with; Envoy adds the rest.
const SOCKETS: &str = "hot";
/// The longest that Envoy adds: the role, and a number of ten digits.
const LONGEST_ROLE: &str = "_udp_parent_0123456789";
/// Longest path of a Unix socket, in bytes.
const MAX_SOCKET_PATH: usize = 107;
/// Envoy multiplies the number by ten, and the result must fit into 31 bits.
const BASE_IDS: u64 = 1 << 27;

/// By what the Envoys of one gateway find each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotRestart {
    /// A number that no other gateway of the host has.
    base_id: u32,
    /// How many Envoys there were before.
    epoch: u32,
}

impl HotRestart {
    /// For the first Envoy of the gateway with this run directory; `None` where no Envoy could follow it: without shared
    /// memory, or if the paths of its sockets would be too long.
    pub fn first(run_dir: &Path) -> Option<Self> {
        let longest = sockets(run_dir).as_os_str().len() + LONGEST_ROLE.len();
        if longest > MAX_SOCKET_PATH || access(SHARED_MEMORY, AccessFlags::W_OK).is_err() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (run_dir, geteuid().as_raw()).hash(&mut hasher);
        // The same for the same gateway: its Envoy replaces what an earlier one left in the shared memory.
        let base_id = u32::try_from(hasher.finish() % BASE_IDS).unwrap_or_default();
        Some(Self { base_id, epoch: 0 })
    }

    /// For the Envoy that takes the place of this one.
    pub fn next(self) -> Self {
        Self { epoch: self.epoch + 1, ..self }
    }

    /// The arguments of Envoy. `drain_time` is how long the one before may serve its open connections, in whole seconds.
    pub fn arguments(self, run_dir: &Path, drain_time: Duration) -> Vec<OsString> {
        let Self { base_id, epoch } = self;
        vec![
            "--base-id".into(),
            base_id.to_string().into(),
            "--restart-epoch".into(),
            epoch.to_string().into(),
            "--socket-path".into(),
            sockets(run_dir).into(),
            // Whoever reaches these sockets could take over the gateway's.
            "--socket-mode".into(),
            "600".into(),
            "--parent-shutdown-time-s".into(),
            drain_time.as_secs().max(1).to_string().into(),
        ]
    }

    /// Whether the shared memory is still there. A service manager may remove it with a user's last process (`RemoveIPC=`).
    pub fn has_memory(self) -> bool {
        self.memory().exists()
    }

    /// Removes what Envoy leaves in the shared memory.
    pub fn clean_up(self) {
        // Not there is as good.
        let _ = fs::remove_file(self.memory());
    }

    fn memory(self) -> PathBuf {
        Path::new(SHARED_MEMORY).join(format!("envoy_shared_memory_{}", u64::from(self.base_id) * 10))
    }
}

fn sockets(run_dir: &Path) -> PathBuf {
    run_dir.join(SOCKETS)
}

/// Whether Envoys of the two executables can follow each other.
pub fn are_compatible(one: &Path, other: &Path) -> io::Result<bool> {
    let version = version(one)?;
    // What a build without hot restart answers.
    Ok(version != "disabled" && version == self::version(other)?)
}

fn version(envoy: &Path) -> io::Result<String> {
    let mut command = Command::new(envoy);
    command.arg("--hot-restart-version").stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_have_numbers_of_their_own_that_envoy_takes() {
        let (one, other) = (Path::new("/run/termgate/one"), Path::new("/run/termgate/other"));
        let Some(first) = HotRestart::first(one) else { return };
        assert_eq!(HotRestart::first(one), Some(first));
        assert_ne!(HotRestart::first(other).unwrap().base_id, first.base_id);
        assert!(i32::try_from(u64::from(first.base_id) * 10 + 2).is_ok());
        let arguments = first.next().next().arguments(one, Duration::from_secs(10));
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let arguments = arguments.join(" ");
        assert!(arguments.contains("--restart-epoch 2 --socket-path /run/termgate/one/hot"), "{arguments}");
        assert!(arguments.ends_with("--parent-shutdown-time-s 10"), "{arguments}");
    }

    #[test]
    fn a_run_directory_with_a_long_path_has_no_place_for_the_sockets() {
        let long = PathBuf::from(format!("/{}", "x".repeat(90)));
        assert_eq!(HotRestart::first(&long), None);
    }
}
