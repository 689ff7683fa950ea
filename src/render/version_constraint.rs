//! Version constraints of Envoy extensions (`>= 1.19, < 1.22`), in the language of Consul's `ConsulVersion` and
//! `EnvoyVersion`.

use std::cmp::Ordering;

/// A version as constraints see it: three numbers or more, and a pre-release.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    /// At least three; what is not written is 0.
    numbers: Vec<u64>,
    /// How many of them are written.
    written: usize,
    pre_release: String,
}

impl Version {
    /// Reads `1.21`, `v1.21.4`, `1.22.0-rc1` and `1.21.4+ent`; build metadata does not count.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, pre_release) = text.split_once('-').unwrap_or((text, ""));
        let mut numbers: Vec<u64> = numbers.split('.').map(number).collect::<Option<_>>()?;
        let written = numbers.len();
        numbers.resize(written.max(3), 0);
        Some(Self { numbers, written, pre_release: pre_release.to_owned() })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let at = |version: &Self, index: usize| version.numbers.get(index).copied().unwrap_or_default();
        let longest = self.numbers.len().max(other.numbers.len());
        let numbers = (0..longest).map(|index| at(self, index).cmp(&at(other, index)));
        let pre_releases = || match (self.pre_release.as_str(), other.pre_release.as_str()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (own, others) => own.cmp(others),
        };
        numbers.into_iter().find(|order| order.is_ne()).unwrap_or_else(pre_releases)
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Whether `version` fulfils all of `constraints`, which commas divide; nothing if either is not understood.
///
/// Consul: a pre-release only fulfils `>`, `>=`, `<`, `<=` and `~>` where the constraint names one of the same
/// release. `~> 1.2` is any 1.x from 1.2 on, `~> 1.2.3` any 1.2.x from 1.2.3 on.
pub fn fulfils(version: &str, constraints: &str) -> Option<bool> {
    let version = Version::parse(version)?;
    let parts: Vec<bool> =
        constraints.split(',').map(|constraint| fulfils_one(&version, constraint)).collect::<Option<_>>()?;
    Some(parts.into_iter().all(|holds| holds))
}

fn fulfils_one(version: &Version, constraint: &str) -> Option<bool> {
    let constraint = constraint.trim();
    let operators = ["!=", ">=", "<=", "~>", "=", ">", "<"];
    let (operator, wanted) = operators
        .into_iter()
        .find_map(|operator| Some((operator, constraint.strip_prefix(operator)?)))
        .unwrap_or(("=", constraint));
    let wanted = Version::parse(wanted)?;
    let order = version.compare(&wanted);
    let comparable = version.pre_release.is_empty()
        || (!wanted.pre_release.is_empty() && version.numbers == wanted.numbers);
    Some(match operator {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => comparable && order.is_gt(),
        ">=" => comparable && order.is_ge(),
        "<" => comparable && order.is_lt(),
        "<=" => comparable && order.is_le(),
        _ => {
            let fixed = wanted.written.saturating_sub(1);
            let both_pre_releases = wanted.pre_release.is_empty() || !version.pre_release.is_empty();
            comparable
                && both_pre_releases
                && order.is_ge()
                && version.numbers.get(..fixed) == wanted.numbers.get(..fixed)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::fulfils;

    #[test]
    fn constraints_hold_as_in_consul() {
        for constraints in [
            "1.21.4",
            "= 1.21.4",
            "v1.21.4",
            ">= 1.19, < 1.22",
            ">=1.21.4,<=1.21.4",
            "~> 1.2",
            "~> 1.21.0",
            "!= 1.21",
            "> 1.21.3",
            "> 1.22.0-rc1, > 1.0",
        ] {
            let version = if constraints.contains("rc1") { "1.22.0" } else { "1.21.4+ent" };
            assert_eq!(fulfils(version, constraints), Some(true), "{constraints}");
        }
        for constraints in [
            "1.21",
            ">= 1.22",
            "~> 1.20.0",
            "~> 2.0",
            "~> 1.21.5",
            "< 1.21.4",
            "!= 1.21.4",
            ">= 1.19, < 1.21.4",
            "~> 1.21.4-rc1",
        ] {
            assert_eq!(fulfils("1.21.4", constraints), Some(false), "{constraints}");
        }
    }

    #[test]
    fn a_pre_release_only_meets_constraints_that_name_one() {
        assert_eq!(fulfils("1.22.0-rc1", ">= 1.21"), Some(false));
        assert_eq!(fulfils("1.22.0-rc2", ">= 1.22.0-rc1"), Some(true));
        assert_eq!(fulfils("1.22.0-rc2", "!= 1.22.0"), Some(true));
    }

    #[test]
    fn an_invalid_constraint_is_not_understood() {
        for constraints in ["", ">", "latest", ">= 1.x", "1.21 1.22", ">= 1.19,", "=> 1.0", "^1.0"] {
            assert_eq!(fulfils("1.21.4", constraints), None, "{constraints}");
        }
        assert_eq!(fulfils("", ">= 1.0"), None);
    }
}
