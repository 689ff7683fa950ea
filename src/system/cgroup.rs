//! How much of the machine the kernel lets this process use: the limits of its control groups.

use std::fs;
use std::path::Path;
use std::str::FromStr;

/// Above this a limit of version 1 is none: it counts in pages, and writes none as the largest number of them.
const NO_LIMIT: u64 = 1 << 62;

/// The limit in processors, rounded up; `None` if there is none. `root` is `/`, or a folder like it in a test.
pub fn cpu_limit(root: &Path) -> Option<u32> {
    let first = |group: &Path| {
        // A quota of -1 is none.
        processors(number(group, "cpu.cfs_quota_us")?, number(group, "cpu.cfs_period_us")?)
    };
    // `QUOTA PERIOD` in microseconds, or `max PERIOD`.
    let second = |group: &Path| {
        let text = fs::read_to_string(group.join("cpu.max")).ok()?;
        let (quota, period) = text.trim().split_once(' ')?;
        processors(quota.parse().ok()?, period.parse().ok()?)
    };
    least(root, "cpu", first, second)
}

/// The limit of memory in bytes; `None` if there is none. `root` as above.
///
/// Above `memory.high` a group is slowed down until it stands still, which is no better than to be killed at `memory.max`.
pub fn memory_limit(root: &Path) -> Option<u64> {
    let first = |group: &Path| number(group, "memory.limit_in_bytes").filter(|limit| *limit < NO_LIMIT);
    let second =
        |group: &Path| ["memory.max", "memory.high"].into_iter().filter_map(|name| number(group, name)).min();
    least(root, "memory", first, second)
}

/// The least limit of the groups of this process; `first` reads that of a group of version 1, `second` of version 2.
fn least<T: Ord>(
    root: &Path,
    controller: &str,
    first: impl Fn(&Path) -> Option<T>,
    second: impl Fn(&Path) -> Option<T>,
) -> Option<T> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = groups.lines().filter_map(|line| {
        let (id, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        if id == "0" {
            return above(&root.join("sys/fs/cgroup"), path, &second);
        }
        let is_meant = controllers.split(',').any(|name| name == controller);
        is_meant.then(|| above(&root.join("sys/fs/cgroup").join(controller), path, &first)).flatten()
    });
    limits.min()
}

/// The least limit from a group up to the root. In a container the root is its own group, and the path may be the host's.
fn above<T: Ord>(mount: &Path, path: &str, limit: impl Fn(&Path) -> Option<T>) -> Option<T> {
    let below = Path::new(path.trim_start_matches('/'));
    below.ancestors().filter_map(|group| limit(&mount.join(group))).min()
}

/// The number in a file of a group; `max` is none.
fn number<T: FromStr>(group: &Path, file: &str) -> Option<T> {
    fs::read_to_string(group.join(file)).ok()?.trim().parse().ok()
}

fn processors(quota: u64, period: u64) -> Option<u32> {
    if quota == 0 || period == 0 {
        return None;
    }
    u32::try_from(quota.div_ceil(period)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host with these files.
    fn host(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        root
    }

    fn limit(files: &[(&str, &str)]) -> Option<u32> {
        cpu_limit(host(files).path())
    }

    fn memory(files: &[(&str, &str)]) -> Option<u64> {
        memory_limit(host(files).path())
    }

    #[test]
    fn the_least_limit_above_a_group_of_version_2_counts() {
        let own = ("proc/self/cgroup", "0::/kubepods/pod1/gateway\n");
        let pod = "sys/fs/cgroup/kubepods/pod1/cpu.max";
        let container = "sys/fs/cgroup/kubepods/pod1/gateway/cpu.max";
        assert_eq!(limit(&[own, (pod, "150000 100000\n"), (container, "max 100000\n")]), Some(2));
        assert_eq!(limit(&[own, (pod, "400000 100000\n"), (container, "50000 100000\n")]), Some(1));
        assert_eq!(limit(&[own, (pod, "max 100000\n"), (container, "max 100000\n")]), None);
    }

    #[test]
    fn a_container_sees_its_own_group_as_the_root() {
        let root = ("sys/fs/cgroup/cpu.max", "300000 100000\n");
        assert_eq!(limit(&[("proc/self/cgroup", "0::/\n"), root]), Some(3));
        assert_eq!(limit(&[("proc/self/cgroup", "0::/docker/of-the-host\n"), root]), Some(3));
    }

    #[test]
    fn groups_of_version_1_have_two_files() {
        let own =
            ("proc/self/cgroup", "12:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n1:name=systemd:/docker/x\n");
        let quota = "sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us";
        let period = ("sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us", "100000\n");
        assert_eq!(limit(&[own, (quota, "250000\n"), period]), Some(3));
        assert_eq!(limit(&[own, (quota, "-1\n"), period]), None);
    }

    #[test]
    fn a_host_without_groups_has_no_limit() {
        assert_eq!(limit(&[]), None);
        assert_eq!(limit(&[("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/cpu.max", "nonsense")]), None);
    }

    #[test]
    fn the_least_limit_of_memory_above_a_group_counts() {
        let own = ("proc/self/cgroup", "0::/kubepods/pod1/gateway\n");
        let pod = "sys/fs/cgroup/kubepods/pod1/memory.max";
        let container = "sys/fs/cgroup/kubepods/pod1/gateway/memory.max";
        let high = "sys/fs/cgroup/kubepods/pod1/gateway/memory.high";
        assert_eq!(memory(&[own, (pod, "536870912\n"), (container, "max\n")]), Some(512 << 20));
        assert_eq!(memory(&[own, (pod, "536870912\n"), (container, "268435456\n")]), Some(256 << 20));
        assert_eq!(memory(&[own, (container, "268435456\n"), (high, "max\n")]), Some(256 << 20));
        assert_eq!(memory(&[own, (container, "max\n"), (high, "134217728\n")]), Some(128 << 20));
        assert_eq!(memory(&[own, (pod, "max\n"), (container, "max\n"), (high, "max\n")]), None);
    }

    #[test]
    fn the_memory_of_a_container_is_limited_at_the_root_that_it_sees() {
        let root = ("sys/fs/cgroup/memory.max", "268435456\n");
        assert_eq!(memory(&[("proc/self/cgroup", "0::/\n"), root]), Some(256 << 20));
        assert_eq!(memory(&[("proc/self/cgroup", "0::/../../docker/x\n"), root]), Some(256 << 20));
        let root = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
        assert_eq!(memory(&[("proc/self/cgroup", "4:memory:/docker/x\n0::/\n"), root]), Some(256 << 20));
    }

    #[test]
    fn the_largest_number_of_version_1_is_no_limit_of_memory() {
        let own = ("proc/self/cgroup", "9:cpu:/a\n4:memory:/a/b\n0::/\n");
        let outer = "sys/fs/cgroup/memory/a/memory.limit_in_bytes";
        let inner = "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes";
        let none = "9223372036854771712\n";
        assert_eq!(memory(&[own, (inner, none)]), None);
        assert_eq!(memory(&[own, (outer, "1073741824\n"), (inner, none)]), Some(1 << 30));
        assert_eq!(memory(&[own, (outer, "1073741824\n"), (inner, "536870912\n")]), Some(512 << 20));
    }

    #[test]
    fn a_limit_of_memory_that_cannot_be_read_is_none() {
        assert_eq!(memory(&[]), None);
        let own = ("proc/self/cgroup", "0::/\n");
        for content in ["", "nonsense", "-1", "99999999999999999999999"] {
            assert_eq!(memory(&[own, ("sys/fs/cgroup/memory.max", content)]), None);
        }
        // A folder where a file should be.
        assert_eq!(memory(&[own, ("sys/fs/cgroup/memory.max/x", "1")]), None);
    }
}
