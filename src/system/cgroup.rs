//! How many processors the kernel lets this process use: the CPU limit of its control groups.

use std::fs;
use std::path::Path;

/// The limit in processors, rounded up; `None` if there is none. `root` is `/`, or a folder like it in a test.
pub fn cpu_limit(root: &Path) -> Option<u32> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = groups.lines().filter_map(|line| {
        let (id, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        if id == "0" {
            return least(&root.join("sys/fs/cgroup"), path, second);
        }
        let is_cpu = controllers.split(',').any(|name| name == "cpu");
        is_cpu.then(|| least(&root.join("sys/fs/cgroup/cpu"), path, first)).flatten()
    });
    limits.min()
}

/// The least limit from a group up to the root. In a container the root is its own group, and the path may be the host's.
fn least(mount: &Path, path: &str, limit: fn(&Path) -> Option<u32>) -> Option<u32> {
    let below = Path::new(path.trim_start_matches('/'));
    below.ancestors().filter_map(|group| limit(&mount.join(group))).min()
}

/// Of a group of version 2: `QUOTA PERIOD` in microseconds, or `max PERIOD`.
fn second(group: &Path) -> Option<u32> {
    let text = fs::read_to_string(group.join("cpu.max")).ok()?;
    let (quota, period) = text.trim().split_once(' ')?;
    processors(quota.parse().ok()?, period.parse().ok()?)
}

/// Of a group of version 1: the same in two files; a quota of -1 is none.
fn first(group: &Path) -> Option<u32> {
    let read = |name: &str| fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
    processors(read("cpu.cfs_quota_us")?, read("cpu.cfs_period_us")?)
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

    /// The limit on a host with these files.
    fn limit(files: &[(&str, &str)]) -> Option<u32> {
        let root = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        cpu_limit(root.path())
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
}
