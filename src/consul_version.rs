//! Versions of Consul, ordered as releases are.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The numbers of a release: major, minor and patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(pub u32, pub u32, pub u32);

/// A Consul release such as `1.21.4`; of build metadata only the edition (`+ent`) counts, which comes behind the community's.
///
/// A pre-release (`1.22.0-rc1`) comes before its release.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConsulVersion {
    release: Release,
    pre_release: Option<String>,
    enterprise: bool,
}

/// A text that is not a Consul version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a Consul version such as 1.21.4")]
pub struct ParseVersionError {
    text: String,
}

impl ConsulVersion {
    /// The newest release whose behaviour was recorded; what holds where no version is given.
    pub const NEWEST_KNOWN: Self = Self::new(2, 1, 0);

    /// The release `major.minor.patch`.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { release: Release(major, minor, patch), pre_release: None, enterprise: false }
    }

    /// Whether this is `first` or later; pre-releases of `first` count, as they carry its features.
    pub fn at_least(&self, first: Release) -> bool {
        self.release >= first
    }

    /// Whether it is Consul Enterprise.
    pub const fn is_enterprise(&self) -> bool {
        self.enterprise
    }

    /// Whether its configuration entries may have keys that are in no table here: it may be newer, or of the other edition.
    pub fn may_know_more(&self) -> bool {
        // The tables are those of the builds before 2.1.0, which refuse what they do not know.
        self.is_enterprise() || *self >= Self::NEWEST_KNOWN
    }
}

impl fmt::Display for Release {
    /// `1.21`, or `1.20.1` where a patch release is meant.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(major, minor, patch) = self;
        match patch {
            0 => write!(formatter, "{major}.{minor}"),
            _ => write!(formatter, "{major}.{minor}.{patch}"),
        }
    }
}

impl FromStr for ConsulVersion {
    type Err = ParseVersionError;

    /// Accepts `1.21.4`, `v1.21.4`, `1.21.4+ent`, `1.22.0-rc1`, `1.21` and, as `consul version` prints it, `Consul v1.21.4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseVersionError { text: text.to_owned() };
        let trimmed = text.trim();
        let trimmed = trimmed.strip_prefix("Consul ").unwrap_or(trimmed);
        let trimmed = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let (release, build) = trimmed.split_once('+').unwrap_or((trimmed, ""));
        let enterprise = build.split('.').next() == Some("ent");
        let (numbers, pre_release) = match release.split_once('-') {
            Some((numbers, pre_release)) if !pre_release.is_empty() => {
                (numbers, Some(pre_release.to_owned()))
            }
            Some(_) => return Err(error()),
            None => (release, None),
        };
        let mut parts = numbers.split('.');
        let mut number = |required: bool| match parts.next() {
            Some(part) if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().map_err(|_| error()),
            None if !required => Ok(0),
            _ => Err(error()),
        };
        let release = Release(number(true)?, number(true)?, number(false)?);
        if parts.next().is_some() {
            return Err(error());
        }
        Ok(Self { release, pre_release, enterprise })
    }
}

impl fmt::Display for ConsulVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release(major, minor, patch) = self.release;
        write!(formatter, "{major}.{minor}.{patch}")?;
        match &self.pre_release {
            Some(pre_release) => write!(formatter, "-{pre_release}"),
            None => Ok(()),
        }
    }
}

impl Ord for ConsulVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let order =
            self.release.cmp(&other.release).then_with(|| match (&self.pre_release, &other.pre_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(left), Some(right)) => compare_pre_releases(left, right),
            });
        order.then_with(|| self.enterprise.cmp(&other.enterprise))
    }
}

impl PartialOrd for ConsulVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares `rc2` with `rc10` by its number, `beta1` with `rc1` by its word.
fn compare_pre_releases(left: &str, right: &str) -> Ordering {
    let split = |text: &str| {
        let word = text.trim_end_matches(|character: char| character.is_ascii_digit());
        (word.to_owned(), text.get(word.len()..).and_then(|digits| digits.parse::<u64>().ok()))
    };
    split(left).cmp(&split(right)).then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ConsulVersion {
        text.parse().unwrap()
    }

    #[test]
    fn of_build_metadata_only_the_edition_counts() {
        assert_eq!(version("1.21.4+ent").to_string(), "1.21.4");
        assert_eq!(version("1.21.4+build7"), ConsulVersion::new(1, 21, 4));
        for (text, more) in [
            ("1.21.4", false),
            ("1.21.4+ent", true),
            ("1.18.2+ent.fips1402", true),
            ("2.1.0-dev", false),
            ("2.1.0", true),
            ("2.2.0-dev", true),
            ("2.0.9", false),
        ] {
            assert_eq!(version(text).may_know_more(), more, "{text}");
        }
        assert_eq!(version("v1.8.7").to_string(), "1.8.7");
        assert_eq!(version("Consul v1.8.7"), version("1.8.7"));
        assert_eq!(version("1.21"), version("1.21.0"));
    }

    #[test]
    fn versions_are_ordered_by_number_and_pre_releases_come_first() {
        assert!(version("1.8.7") < version("1.21.4"));
        assert!(version("1.22.0-rc1") < version("1.22.0"));
        assert!(version("1.22.0-rc2") < version("1.22.0-rc10"));
        assert!(version("1.22.0-beta3") < version("1.22.0-rc1"));
        assert!(version("1.22.0-rc1").at_least(Release(1, 22, 0)));
        assert!(!version("1.8.7").at_least(Release(1, 9, 0)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "1", "1.x", "1.2.3.4", "1.-2", "1.2.3-", "latest", "1..2", "99999999999.1.1"] {
            assert!(text.parse::<ConsulVersion>().is_err(), "{text}");
        }
    }
}
