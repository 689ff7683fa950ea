//! Whether another process may read a file, by the mode bits on the way to it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::getxattr;

/// The capabilities to read every file: `CAP_DAC_OVERRIDE` and `CAP_DAC_READ_SEARCH`.
const READS_ALL: u64 = 1 << 1 | 1 << 2;

/// Where Linux keeps an access control list.
const ACL: &str = "system.posix_acl_access";

/// What decides which files a process may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Further groups.
    pub groups: Vec<u32>,
    /// Whether it may read every file.
    pub reads_all: bool,
}

/// Whether a file can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Readable,
    /// No: the reason.
    Refused(String),
    /// It depends on what is not looked at: the reason.
    Unknown(String),
}

impl Reader {
    /// That of a process; `None` if this system does not say.
    pub fn of_process(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
    }

    fn parse(status: &str) -> Option<Self> {
        let line = |key: &str| status.lines().find_map(|line| line.strip_prefix(key));
        // Real, effective, saved, of file systems: the last one decides.
        let last = |key: &str| line(key)?.split_whitespace().nth(3)?.parse().ok();
        let capabilities = line("CapEff:").and_then(|text| u64::from_str_radix(text.trim(), 16).ok());
        Some(Self {
            uid: last("Uid:")?,
            gid: last("Gid:")?,
            groups: line("Groups:")?.split_whitespace().filter_map(|group| group.parse().ok()).collect(),
            reads_all: capabilities.unwrap_or_default() & READS_ALL != 0,
        })
    }

    /// Whether it may read `path`: every directory on the way needs its `x` bit, and the file its `r` bit.
    pub fn reads(&self, path: &Path) -> Verdict {
        if self.reads_all {
            return Verdict::Readable;
        }
        // Links lead through other directories, which count as well.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut folders: Vec<PathBuf> =
            [path, &target].iter().flat_map(|path| path.ancestors().skip(1)).map(Path::to_owned).collect();
        folders.sort();
        folders.dedup();
        let steps = folders
            .iter()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(|folder| (folder, 0o1, "enter"));
        for (place, bit, verb) in steps.chain([(&target, 0o4, "read")]) {
            let Ok(found) = fs::metadata(place) else { continue };
            let (mode, owner, group) = (found.mode() & 0o7777, found.uid(), found.gid());
            let (allowed, is_owner) = self.has(bit, mode, owner, group);
            // A list goes before the bits of group and others.
            if !is_owner && has_list(place) {
                return Verdict::Unknown(format!("{} has an access control list", place.display()));
            }
            if !allowed {
                return Verdict::Refused(format!(
                    "user {} cannot {verb} {} (mode {mode:04o}, owner {owner}, group {group})",
                    self.uid,
                    place.display()
                ));
            }
        }
        Verdict::Readable
    }

    /// Whether these bits give a right, and whether they are those of the owner.
    fn has(&self, bit: u32, mode: u32, owner: u32, group: u32) -> (bool, bool) {
        if owner == self.uid {
            (mode >> 6 & bit != 0, true)
        } else if group == self.gid || self.groups.contains(&group) {
            (mode >> 3 & bit != 0, false)
        } else {
            (mode & bit != 0, false)
        }
    }
}

fn has_list(place: &Path) -> bool {
    getxattr(place, ACL, &mut [0_u8; 1024][..]).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_status_of_a_process_says_who_it_is() {
        let status = "Name:\tenvoy\nUid:\t101\t101\t101\t101\nGid:\t102\t102\t102\t102\nGroups:\t7 8 \nCapEff:\t0000000000000400\n";
        let expected = Reader { uid: 101, gid: 102, groups: vec![7, 8], reads_all: false };
        assert_eq!(Reader::parse(status), Some(expected));
        let root = status.replace("0000000000000400", "000001ffffffffff");
        assert!(Reader::parse(&root).unwrap().reads_all);
        assert_eq!(Reader::parse("Name:\tenvoy\n"), None);
        assert!(Reader::of_process(std::process::id()).is_some());
    }

    #[test]
    fn the_first_class_of_bits_that_fits_decides() {
        let reader = Reader { uid: 101, gid: 102, groups: vec![7], reads_all: false };
        for (mode, owner, group, allowed) in [
            (0o400, 101, 0, true),
            (0o044, 101, 102, false),
            (0o040, 0, 102, true),
            (0o040, 0, 7, true),
            (0o004, 0, 7, false),
            (0o004, 0, 0, true),
            (0o640, 0, 0, false),
        ] {
            assert_eq!(reader.has(0o4, mode, owner, group).0, allowed, "{mode:o} {owner} {group}");
        }
    }

    #[test]
    fn every_directory_on_the_way_counts_and_links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let mode =
            |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let inner = folder.path().join("inner");
        let (file, link) = (inner.join("key.pem"), folder.path().join("link.pem"));
        fs::create_dir(&inner).unwrap();
        fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let stranger = Reader { uid: 54_321, gid: 54_321, ..Reader::default() };
        let refused = |path: &Path, by: &Path, verb: &str| match stranger.reads(path) {
            Verdict::Refused(why) => {
                assert!(why.contains(&format!("cannot {verb} {} (", by.display())), "{why}");
            }
            other => panic!("{other:?}"),
        };
        for (of_folder, of_inner, of_file) in [(0o755, 0o755, 0o644), (0o711, 0o711, 0o604)] {
            mode(folder.path(), of_folder);
            mode(&inner, of_inner);
            mode(&file, of_file);
            assert_eq!(
                (stranger.reads(&file), stranger.reads(&link)),
                (Verdict::Readable, Verdict::Readable)
            );
        }
        mode(&file, 0o640);
        refused(&file, &fs::canonicalize(&file).unwrap(), "read");
        mode(&inner, 0o700);
        refused(&link, &inner, "enter");
        assert_eq!(Reader { reads_all: true, ..stranger.clone() }.reads(&file), Verdict::Readable);
    }
}
