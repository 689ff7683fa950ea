//! service-splitter. All rules are those of the real 1.8.7.

use super::{Rules, items, number, present, text};
use crate::finding::Code;
use crate::go::strconv::quote;

pub(super) fn check(rules: &mut Rules<'_>) {
    let splits = items(rules.body(), "Splits");
    let place = rules.body().get("Splits").or_else(|| rules.body().get("Kind")).and_then(|field| field.span);
    if splits.is_empty() {
        return rules.says(Code::SplitWeights, place, "no splits configured");
    }
    let mut seen = Vec::new();
    for split in splits {
        let service = text(&split.json, "Service");
        let service = if service.is_empty() { rules.entry.name().to_owned() } else { service.into_owned() };
        let scope = (text(&split.json, "Namespace"), text(&split.json, "Partition"));
        let target = (service, text(&split.json, "ServiceSubset"), scope);
        // To the servers, two that change headers are never the same.
        if ["RequestHeaders", "ResponseHeaders"].iter().any(|key| present(&split.json, key).is_some()) {
            continue;
        }
        if seen.contains(&target) {
            rules.says(
                Code::RepeatedSplit,
                split.span,
                format!(
                    "split destination occurs more than once: service={}, subset={}",
                    quote(&target.0),
                    quote(&target.1)
                ),
            );
        }
        seen.push(target);
    }
    let sum = sum(splits.iter().map(|split| number(&split.json, "Weight")));
    if sum != 10_000 {
        rules.says(
            Code::SplitWeights,
            place,
            format!("the sum of all split weights must be 100, not {:.6}", hundredth(sum)),
        );
    }
}

/// Servers count in hundredths, rounded from 32-bit floats.
#[expect(clippy::cast_possible_truncation, reason = "a weight is a 32-bit float to Consul, and saturates")]
fn sum(weights: impl Iterator<Item = f64>) -> i64 {
    weights.map(|weight| (weight as f32 * 100.0).round() as i64).fold(0, i64::saturating_add)
}

#[expect(clippy::cast_precision_loss, reason = "Consul prints a 32-bit float")]
fn hundredth(sum: i64) -> f32 {
    sum as f32 / 100.0
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn weights_add_up_and_no_target_comes_twice() {
        let table = [
            ("Splits = []", "no splits configured"),
            ("Splits = [{ Weight = 90 }]", "the sum of all split weights must be 100, not 90.000000"),
            ("Splits = [{ Weight = 99.994 }]", "must be 100, not 99.989998"),
            ("Splits = [{ Weight = 99.995 }]", ""),
            ("Splits = [{ Weight = 100.004 }]", ""),
            ("Splits = [{ Weight = 50.005 Service = \"a\" }, { Weight = 50.005 }]", "100.019997"),
            ("Splits = [{ Weight = 33.33 Service = \"a\" }, { Weight = 66.67 }]", ""),
            (
                "Splits = [{ Weight = 50 Service = \"web\" }, { Weight = 50 }]",
                "split destination occurs more than once: service=\"web\", subset=\"\"",
            ),
            ("Splits = [{ Weight = 50 ServiceSubset = \"a\" }, { Weight = 50 ServiceSubset = \"b\" }]", ""),
        ];
        for version in ["1.8.7", "1.21.4"] {
            cases::check("Kind = \"service-splitter\"\nName = \"web\"", version, &table);
        }
    }
}
