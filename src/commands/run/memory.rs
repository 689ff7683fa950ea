//! The memory limit: what it leaves to Envoy, and what is wrong with it.

use std::path::Path;

use tracing::info;

use crate::finding::{Code, Finding};
use crate::settings::memory_limit::{MemoryLimit, Size};
use crate::settings::run::RunSettings;
use crate::system::cgroup;

/// What is not for Envoy's heap: termgate (40 MiB with 1,000 services), and the pages of both programs' files, which the
/// kernel would have to read again and again (48 MiB).
const APART: u64 = 96 << 20;
/// The least heap of Envoy that serves anything.
const LEAST_HEAP: u64 = 32 << 20;
/// Below this the pages of the programs have no place beside the least heap.
const LEAST: u64 = 128 << 20;

/// How much memory termgate and Envoy may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Together.
    bytes: u64,
    /// Whether it is the control group's.
    is_of_group: bool,
}

impl Limit {
    /// The limit of these settings and of this process, if there is one that is Envoy's business.
    pub fn of(settings: &RunSettings) -> Option<Self> {
        if has_own_manager(&settings.gateway.envoy.arguments) {
            return None;
        }
        Self::new(settings.memory_limit, || cgroup::memory_limit(Path::new("/")))
    }

    fn new(setting: MemoryLimit, group: impl FnOnce() -> Option<u64>) -> Option<Self> {
        let group = |()| group().map(|bytes| Self { bytes, is_of_group: true });
        match setting {
            MemoryLimit::Off => None,
            MemoryLimit::Auto => group(()),
            MemoryLimit::Bytes(bytes) => {
                let given = Self { bytes, is_of_group: false };
                // Whatever is given, the kernel kills at the group's.
                Some(group(()).filter(|group| group.bytes < bytes).unwrap_or(given))
            }
        }
    }

    /// What Envoy's heap may grow to. A tenth is for what grows with traffic beside it: the kernel's buffers, and memory
    /// that the allocator cannot give back.
    pub fn heap(self) -> u64 {
        (self.bytes - self.bytes / 10).saturating_sub(APART).max(LEAST_HEAP)
    }
}

/// Whether the user's arguments for Envoy bring an overload manager: Envoy would add ours to it, and refuse both.
fn has_own_manager(arguments: &[String]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.contains("overload_manager") || argument.contains("overloadManager"))
}

/// Logs the limit, and finds what is wrong with it.
pub fn look(settings: &RunSettings, gateway: &str) -> Option<Finding> {
    if let MemoryLimit::Bytes(_) = settings.memory_limit
        && has_own_manager(&settings.gateway.envoy.arguments)
    {
        let message =
            "the memory limit has no effect: the arguments for Envoy have an overload manager of their own";
        return Some(Finding::new(Code::FlagWithoutEffect, gateway, message));
    }
    let limit = Limit::of(settings)?;
    let (bytes, heap) = (Size(limit.bytes), Size(limit.heap()));
    let whose = if limit.is_of_group { "that of the control group" } else { "as given" };
    info!("memory limit {bytes}, {whose}: Envoy sheds load before its heap takes {heap}");
    limit.judge(settings.memory_limit, gateway)
}

impl Limit {
    fn judge(self, setting: MemoryLimit, gateway: &str) -> Option<Finding> {
        let (bytes, heap) = (Size(self.bytes), Size(self.heap()));
        let finding = |message: String| Finding::new(Code::MemoryLimitSmall, gateway, message);
        match setting {
            _ if self.bytes < LEAST => {
                let message = format!("the memory limit of {bytes} leaves Envoy's heap no more than {heap}");
                Some(
                    finding(message)
                        .help(format!("give termgate and Envoy at least {} together", Size(2 * LEAST))),
                )
            }
            MemoryLimit::Bytes(given) if self.is_of_group => {
                let given = Size(given);
                let message =
                    format!("the control group allows {bytes}, less than the memory limit of {given}");
                Some(
                    finding(message)
                        .help("raise the limit of the container or the unit: the lower of the two counts"),
                )
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// The limit by a setting and by the control group, in MiB.
    fn limit(setting: MemoryLimit, group: Option<u64>) -> Option<Limit> {
        Limit::new(setting, || group.map(|mebibytes| mebibytes * MIB))
    }

    #[test]
    fn the_lower_of_the_given_limit_and_that_of_the_group_counts() {
        let of = |setting, group| limit(setting, group).map(|limit| limit.bytes / MIB);
        assert_eq!(of(MemoryLimit::Auto, None), None);
        assert_eq!(of(MemoryLimit::Auto, Some(256)), Some(256));
        assert_eq!(of(MemoryLimit::Off, Some(256)), None);
        assert_eq!(of(MemoryLimit::Bytes(512 * MIB), None), Some(512));
        assert_eq!(of(MemoryLimit::Bytes(512 * MIB), Some(1024)), Some(512));
        assert_eq!(of(MemoryLimit::Bytes(512 * MIB), Some(256)), Some(256));
    }

    #[test]
    fn envoy_gets_what_termgate_and_the_programs_files_leave() {
        let heap = |mebibytes| limit(MemoryLimit::Bytes(mebibytes * MIB), None).unwrap().heap() / MIB;
        assert_eq!([64, 128, 256, 1024, 8192].map(heap), [32, 32, 134, 825, 7276]);
    }

    #[test]
    fn a_limit_that_is_too_small_or_does_not_count_is_found() {
        let found =
            |setting, group| limit(setting, group)?.judge(setting, "gw").map(|finding| finding.message);
        assert_eq!(found(MemoryLimit::Auto, Some(256)), None);
        assert_eq!(found(MemoryLimit::Bytes(256 * MIB), Some(512)), None);
        let small = "the memory limit of 100 MiB leaves Envoy's heap no more than 32 MiB".to_owned();
        assert_eq!(found(MemoryLimit::Auto, Some(100)), Some(small));
        let lower = "the control group allows 256 MiB, less than the memory limit of 1 GiB".to_owned();
        assert_eq!(found(MemoryLimit::Bytes(1024 * MIB), Some(256)), Some(lower));
    }

    #[test]
    fn an_overload_manager_among_the_arguments_for_envoy_is_noticed() {
        let has = |argument: &str| has_own_manager(&["--config-yaml".to_owned(), argument.to_owned()]);
        assert!(has("overload_manager: {}"));
        assert!(has("{overloadManager: {}}"));
        assert!(!has("admin: {}"));
    }
}
