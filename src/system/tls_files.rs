//! The TLS files that a gateway's entry names, as this host has them, and as they change.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use time::OffsetDateTime;

use super::{clock, read_file};
use crate::boringssl::{self, Certificate, Fault};
use crate::secret::Secret;
use crate::tls_files::{FileContent, FileProblem, FileState, FileStates, FileUse, SYSTEM_CA};

/// How often files are looked at, beside what [`PERIOD_PER_FILE`] adds.
const PERIOD: Duration = Duration::from_secs(1);
/// Longer for many files, so that looking costs next to nothing.
const PERIOD_PER_FILE: Duration = Duration::from_micros(500);
/// How soon a file is looked at again that has just changed: what is still being written is not read.
const SETTLING: Duration = Duration::from_millis(100);

/// The states of files for an Envoy that reads them itself.
pub fn by_name(uses: BTreeSet<FileUse>, system_bundle: &[PathBuf]) -> FileStates {
    let mut states = FileStates::new();
    for file_use in uses {
        let state = match load(&file_use, system_bundle) {
            Ok((_, certificates)) => FileState {
                content: Some(named(&file_use, system_bundle)),
                problem: None,
                invalid: invalid(&file_use, &certificates, clock::now()),
            },
            Err(problem) => FileState { content: None, problem: Some(problem), invalid: None },
        };
        states.insert(file_use, state);
    }
    states
}

fn named(file_use: &FileUse, system_bundle: &[PathBuf]) -> FileContent {
    let path = match file_use {
        FileUse::Authorities(path) => locate(path, system_bundle).display().to_string(),
        FileUse::Pair { certificate, .. } => certificate.clone(),
    };
    FileContent::Named(path)
}

/// Where the file is that the entry calls `path`.
fn locate(path: &str, system_bundle: &[PathBuf]) -> PathBuf {
    if path != SYSTEM_CA {
        return PathBuf::from(path);
    }
    let found = system_bundle.iter().find(|bundle| bundle.is_file());
    found.or(system_bundle.first()).cloned().unwrap_or_else(|| PathBuf::from(path))
}

/// What distinguishes one content of a path from another. It follows symbolic links, as Kubernetes swaps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fingerprint {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Fingerprint {
    /// `None` where there is no such file.
    fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }
}

/// What is known of one path.
#[derive(Debug)]
struct Watched {
    /// As it was when its content was read.
    read: Option<Fingerprint>,
    /// As it was seen last.
    seen: Option<Fingerprint>,
}

/// Keeps up with the files of an entry, and keeps the last good content of each.
///
/// Certificate and key are one content: while one of them is rotated and the other is not yet, the old pair
/// stays in force.
#[derive(Debug, Default)]
pub struct Watcher {
    system_bundle: Vec<PathBuf>,
    paths: BTreeMap<PathBuf, Watched>,
    states: FileStates,
    /// The certificates whose content is in use.
    certificates: BTreeMap<FileUse, Vec<Certificate>>,
    is_settling: bool,
}

impl Watcher {
    /// One that finds the platform's CAs in the first of `system_bundle` that is there.
    pub fn new(system_bundle: Vec<PathBuf>) -> Self {
        Self { system_bundle, ..Self::default() }
    }

    /// What is in the files.
    pub fn states(&self) -> &FileStates {
        &self.states
    }

    /// When the certificate in use from each file expires, by the path in the entry. Of a chain its first certificate counts,
    /// of CAs the one that ends last: servers move from one to the next.
    pub fn ends(&self) -> BTreeMap<String, OffsetDateTime> {
        let end = |(file_use, certificates): (&FileUse, &Vec<Certificate>)| {
            let mut ends = certificates.iter().map(|certificate| certificate.not_after);
            let (path, end) = match file_use {
                FileUse::Authorities(path) => (path, ends.max()?),
                FileUse::Pair { certificate, .. } => (certificate, ends.next()?),
            };
            Some((path.clone(), OffsetDateTime::from_unix_timestamp(end).ok()?))
        };
        self.certificates.iter().filter_map(end).collect()
    }

    /// Keeps up with these from now on; whether a state changed.
    pub fn follow(&mut self, uses: &BTreeSet<FileUse>) -> bool {
        let before = self.states.len();
        self.states.retain(|file_use, _| uses.contains(file_use));
        self.certificates.retain(|file_use, _| uses.contains(file_use));
        let mut has_changed = self.states.len() != before;
        for file_use in uses {
            if !self.states.contains_key(file_use) {
                self.read(file_use);
                has_changed = true;
            }
        }
        if has_changed {
            let needed: BTreeSet<PathBuf> =
                self.states.keys().flat_map(|found| self.paths_of(found)).collect();
            self.paths.retain(|path, _| needed.contains(path));
        }
        has_changed
    }

    /// Looks at all files, and at the clock; whether a state changed.
    pub fn look(&mut self) -> bool {
        let has_expired = self.look_at_clock(clock::now());
        self.look_at_files() || has_expired
    }

    /// Certificates come to their end by themselves.
    fn look_at_clock(&mut self, now: OffsetDateTime) -> bool {
        let mut has_changed = false;
        for (file_use, certificates) in &self.certificates {
            let invalid = invalid(file_use, certificates, now);
            if let Some(state) = self.states.get_mut(file_use)
                && state.invalid != invalid
            {
                state.invalid = invalid;
                has_changed = true;
            }
        }
        has_changed
    }

    fn look_at_files(&mut self) -> bool {
        self.is_settling = false;
        let mut ready = BTreeSet::new();
        for (path, watched) in &mut self.paths {
            let now = Fingerprint::of(path);
            if now == watched.read {
                watched.seen = now;
            } else if now == watched.seen {
                ready.insert(path.clone());
            } else {
                watched.seen = now;
                self.is_settling = true;
            }
        }
        if ready.is_empty() {
            return false;
        }
        let uses: Vec<FileUse> = self.states.keys().cloned().collect();
        let concerned =
            uses.into_iter().filter(|found| self.paths_of(found).iter().any(|path| ready.contains(path)));
        let concerned: Vec<FileUse> = concerned.collect();
        let mut has_changed = false;
        for file_use in &concerned {
            has_changed |= self.read(file_use);
        }
        has_changed
    }

    /// How soon to look again.
    pub fn period(&self) -> Duration {
        if self.is_settling {
            return SETTLING;
        }
        PERIOD + PERIOD_PER_FILE * u32::try_from(self.paths.len()).unwrap_or(u32::MAX).min(100_000)
    }

    fn paths_of(&self, file_use: &FileUse) -> Vec<PathBuf> {
        match file_use {
            FileUse::Authorities(path) => vec![locate(path, &self.system_bundle)],
            FileUse::Pair { certificate, key } => vec![PathBuf::from(certificate), PathBuf::from(key)],
        }
    }

    /// Reads the files of `file_use`; whether its state changed.
    fn read(&mut self, file_use: &FileUse) -> bool {
        for path in self.paths_of(file_use) {
            // Taken before the content is read: a change from here on is seen by the next look.
            let now = Fingerprint::of(&path);
            self.paths.insert(path, Watched { read: now, seen: now });
        }
        let before = self.states.remove(file_use);
        let last_good = before.as_ref().and_then(|state| state.content.clone());
        let state = match load(file_use, &self.system_bundle) {
            Ok((content, certificates)) => {
                let invalid = invalid(file_use, &certificates, clock::now());
                self.certificates.insert(file_use.clone(), certificates);
                FileState { content: Some(content), problem: None, invalid }
            }
            Err(problem) => {
                let invalid = before.as_ref().and_then(|state| state.invalid.clone());
                FileState { content: last_good, problem: Some(problem), invalid }
            }
        };
        let has_changed = before.as_ref() != Some(&state);
        self.states.insert(file_use.clone(), state);
        has_changed
    }
}

/// More CAs than this in one file are those of a platform.
const LARGE_BUNDLE: usize = 20;

/// What to do about a file that is not there or cannot be read.
const MISSING: &str =
    "put the file on this host, readable by termgate and Envoy, or correct the gateway's entry";

/// What is wrong with one file.
#[derive(Debug, PartialEq)]
struct Reason {
    text: String,
    help: &'static str,
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        Self { text: fault.to_string(), help: fault.help }
    }
}

/// Reads and checks the files of `file_use`: the content, and its certificates.
fn load(
    file_use: &FileUse,
    system_bundle: &[PathBuf],
) -> Result<(FileContent, Vec<Certificate>), FileProblem> {
    let problem = |path: &str, reason: Reason| FileProblem {
        path: path.to_owned(),
        reason: reason.text,
        help: reason.help,
    };
    match file_use {
        FileUse::Authorities(path) => {
            let located = locate(path, system_bundle);
            let read = read_text(&located).and_then(|text| Ok((boringssl::authorities(&text)?, text)));
            let (certificates, text) = read.map_err(|reason| {
                let is_system = path == SYSTEM_CA;
                let found = if is_system { format!("{}: ", located.display()) } else { String::new() };
                problem(path, Reason { text: found + &reason.text, ..reason })
            })?;
            Ok((FileContent::Authorities(text.into()), certificates))
        }
        FileUse::Pair { certificate, key } => {
            let (certificates, chain) = read_text(Path::new(certificate))
                .and_then(|text| Ok((boringssl::chain(&text)?, text)))
                .map_err(|reason| problem(certificate, reason))?;
            let (private_key, key_text) = read_text(Path::new(key))
                .and_then(|text| Ok((boringssl::private_key(&text)?, text)))
                .map_err(|reason| problem(key, reason))?;
            boringssl::check_pair(&certificates, &private_key).map_err(|fault| {
                let text = format!("{fault}, `{certificate}`");
                problem(key, Reason { text, help: fault.help })
            })?;
            let content = FileContent::Pair { certificate: chain.into(), key: Secret::new(key_text) };
            Ok((content, certificates))
        }
    }
}

/// What of the certificates of `file_use` is not valid at `now`. The platform's CAs are not ours to judge.
fn invalid(file_use: &FileUse, certificates: &[Certificate], now: OffsetDateTime) -> Option<FileProblem> {
    let now = now.unix_timestamp();
    let validity = |certificate: &Certificate| {
        let subject = &certificate.subject;
        if now < certificate.not_before {
            format!("the certificate of {subject} is not valid yet")
        } else {
            format!("the certificate of {subject} has expired")
        }
    };
    let is_invalid = |certificate: &&Certificate| !certificate.is_valid(now);
    let (path, reason, help) = match file_use {
        FileUse::Authorities(path) if path == SYSTEM_CA => return None,
        FileUse::Authorities(path) => match boringssl::hidden(certificates, now) {
            Some((hiding, _)) => (
                path,
                validity(hiding) + " and hides the valid one after it, so every server is refused",
                "remove the old certificate from the file, or put it after the new one",
            ),
            // A bundle of public CAs always has some that have expired.
            None if certificates.len() > LARGE_BUNDLE => return None,
            None => (
                path,
                validity(certificates.iter().find(is_invalid)?),
                "replace it with the renewed certificate, or remove it if no server needs it",
            ),
        },
        FileUse::Pair { certificate, .. } => {
            (certificate, validity(certificates.first().filter(is_invalid)?), "renew the certificate")
        }
    };
    Some(FileProblem { path: path.clone(), reason, help })
}

/// Reads a file, and nothing but a file: a pipe would hold up the gateway, a device might never end.
///
/// Comments may be in any encoding; what is not text does not count for Envoy.
fn read_text(path: &Path) -> Result<String, Reason> {
    let read = read_file::regular(path, read_file::PEM);
    let (bytes, _) = read.map_err(|error| Reason { text: error.to_string(), help: MISSING })?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> String {
            self.0.path().join(name).display().to_string()
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.path(name), text).unwrap();
        }

        fn pair(&self) -> BTreeSet<FileUse> {
            [FileUse::Pair { certificate: self.path("a.pem"), key: self.path("a.key") }].into()
        }
    }

    #[test]
    fn pipes_and_devices_are_refused_without_blocking() {
        let folder = Folder::new();
        nix::unistd::mkfifo(Path::new(&folder.path("pipe")), nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path("zero")).unwrap();
        for name in ["pipe", "zero"] {
            assert_eq!(
                read_text(Path::new(&folder.path(name))).unwrap_err().text,
                "it is not a regular file"
            );
        }
    }

    fn identity() -> (String, String) {
        let pair = rcgen::generate_simple_self_signed(["outside.example".to_owned()]).unwrap();
        (pair.cert.pem(), pair.signing_key.serialize_pem())
    }

    fn state(watcher: &Watcher) -> &FileState {
        watcher.states().values().next().unwrap()
    }

    fn reason(watcher: &Watcher) -> &str {
        state(watcher).problem.as_ref().map_or("", |problem| &problem.reason)
    }

    fn certificate(watcher: &Watcher) -> Option<&str> {
        match state(watcher).content.as_ref()? {
            FileContent::Pair { certificate, .. } => Some(certificate),
            _ => None,
        }
    }

    #[test]
    fn a_pair_rotated_one_file_at_a_time_stays_unchanged_until_both_are_replaced() {
        let folder = Folder::new();
        let ((old, old_key), (new, new_key)) = (identity(), identity());
        folder.write("a.pem", &old);
        folder.write("a.key", &old_key);
        let mut watcher = Watcher::default();
        assert!(watcher.follow(&folder.pair()));
        assert_eq!((certificate(&watcher), reason(&watcher)), (Some(old.as_str()), ""));
        assert!(!watcher.look());

        folder.write("a.pem", &new);
        assert!(!watcher.look(), "a file is not read before it has settled");
        assert_eq!(watcher.period(), SETTLING);
        assert!(watcher.look());
        assert_eq!(certificate(&watcher), Some(old.as_str()));
        assert!(reason(&watcher).contains("not the key of the certificate"), "{}", reason(&watcher));

        folder.write("a.key", &new_key);
        assert!(!watcher.look());
        assert!(watcher.look());
        assert_eq!((certificate(&watcher), reason(&watcher)), (Some(new.as_str()), ""));
    }

    #[test]
    fn an_incomplete_or_missing_file_leaves_the_last_good_content_in_use() {
        let folder = Folder::new();
        let (text, _) = identity();
        folder.write("ca.pem", &text);
        let mut watcher = Watcher::default();
        watcher.follow(&[FileUse::Authorities(folder.path("ca.pem"))].into());
        folder.write("ca.pem", &format!("{text}{}", &text[..text.len() / 2]));
        watcher.look();
        assert!(watcher.look());
        assert!(state(&watcher).content.is_some());
        assert!(reason(&watcher).contains("has no end"), "{}", reason(&watcher));
        std::fs::remove_file(folder.path("ca.pem")).unwrap();
        watcher.look();
        assert!(watcher.look());
        assert!(state(&watcher).content.is_some() && reason(&watcher).contains("No such file"));
        assert_eq!(watcher.ends().len(), 1, "that of the content in force");
        watcher.follow(&BTreeSet::new());
        assert!(watcher.ends().is_empty());
    }

    #[test]
    fn a_chain_ends_with_its_leaf_and_a_bundle_with_its_last_ca() {
        let folder = Folder::new();
        let pair = rcgen::KeyPair::generate().unwrap();
        let until = |year| {
            let mut params = rcgen::CertificateParams::new(vec!["outside.example".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            params.self_signed(&pair).unwrap().pem()
        };
        folder.write("a.pem", &[until(2031), until(2041), until(2036)].concat());
        folder.write("a.key", &pair.serialize_pem());
        let mut watcher = Watcher::default();
        let year = |watcher: &Watcher| watcher.ends()[&folder.path("a.pem")].year();
        watcher.follow(&[FileUse::Authorities(folder.path("a.pem"))].into());
        assert_eq!(year(&watcher), 2041);
        watcher.follow(&folder.pair());
        assert_eq!(year(&watcher), 2031);
    }

    #[test]
    fn a_swapped_symbolic_link_is_a_change() {
        let folder = Folder::new();
        let ((old, _), (new, _)) = (identity(), identity());
        for (name, text) in [("1", &old), ("2", &new)] {
            std::fs::create_dir(folder.path(name)).unwrap();
            folder.write(&format!("{name}/ca.pem"), text);
        }
        std::os::unix::fs::symlink("1", folder.path("..data")).unwrap();
        std::os::unix::fs::symlink("..data/ca.pem", folder.path("ca.pem")).unwrap();
        let mut watcher = Watcher::default();
        watcher.follow(&[FileUse::Authorities(folder.path("ca.pem"))].into());
        std::os::unix::fs::symlink("2", folder.path("..new")).unwrap();
        std::fs::rename(folder.path("..new"), folder.path("..data")).unwrap();
        watcher.look();
        assert!(watcher.look());
        assert_eq!(state(&watcher).content, Some(FileContent::Authorities(new.into())));
    }

    #[test]
    fn files_that_were_never_valid_are_reported_and_used_once_they_are_valid() {
        let folder = Folder::new();
        let (text, key) = identity();
        let problem_of = |name: &str, content: &str| {
            folder.write(name, content);
            let file_use = FileUse::Authorities(folder.path(name));
            load(&file_use, &[]).unwrap_err().reason
        };
        assert_eq!(problem_of("text.pem", "hello"), "it is not PEM text");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(problem_of("broken.pem", broken).starts_with("line 1: the certificate cannot be read"));

        let mut watcher = Watcher::default();
        watcher.follow(&folder.pair());
        assert_eq!(certificate(&watcher), None);
        assert!(reason(&watcher).contains("No such file"));
        folder.write("a.pem", &text);
        folder.write(
            "a.key",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        );
        watcher.look();
        watcher.look();
        assert!(reason(&watcher).contains("encrypted"), "{}", reason(&watcher));
        folder.write("a.key", &key);
        watcher.look();
        watcher.look();
        assert_eq!(certificate(&watcher), Some(text.as_str()));
        assert!(!format!("{watcher:?}").contains("PRIVATE KEY"));
    }

    #[test]
    fn the_first_existing_bundle_is_the_platforms() {
        let folder = Folder::new();
        folder.write("bundle.pem", &identity().0);
        let places = [PathBuf::from("/no/such/bundle"), PathBuf::from(folder.path("bundle.pem"))];
        let file_use = FileUse::Authorities(SYSTEM_CA.to_owned());
        assert!(load(&file_use, &places).is_ok());
        let reason = load(&file_use, &places[..1]).unwrap_err().reason;
        assert!(reason.starts_with("/no/such/bundle: "), "{reason}");
        assert_eq!(named(&file_use, &places), FileContent::Named(folder.path("bundle.pem")));
    }
}
