//! Durations as Go reads and writes them: `15s`, `1m30s`, `1.5h`.

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DurationError {
    /// Not a duration at all.
    Invalid,
    /// A number without a unit.
    MissingUnit,
    /// A unit that does not exist.
    UnknownUnit(String),
}

impl DurationError {
    /// Go's words, behind `time: `.
    pub(super) fn consul_text(&self, text: &str) -> String {
        let quoted = crate::hcl::go_text::quote(text);
        match self {
            Self::Invalid => format!("invalid duration {quoted}"),
            Self::MissingUnit => format!("missing unit in duration {quoted}"),
            Self::UnknownUnit(unit) => {
                format!("unknown unit {} in duration {quoted}", crate::hcl::go_text::quote(unit))
            }
        }
    }
}

const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration as nanoseconds.
pub(super) fn parse(text: &str) -> Result<i64, DurationError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(DurationError::Invalid);
    }
    let mut total: i128 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(DurationError::Invalid);
        }
        let unit_length = after
            .find(|character: char| character == '.' || character.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_length).ok_or(DurationError::Invalid)?;
        if unit.is_empty() {
            return Err(DurationError::MissingUnit);
        }
        let (_, scale) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(|| DurationError::UnknownUnit(unit.to_owned()))?;
        let whole: i128 =
            if whole.is_empty() { 0 } else { whole.parse().map_err(|_| DurationError::Invalid)? };
        total = whole
            .checked_mul(scale)
            .and_then(|whole| total.checked_add(whole))
            .ok_or(DurationError::Invalid)?;
        total += fraction_of(fraction, scale);
        rest = after;
    }
    let total = if text.starts_with('-') { -total } else { total };
    i64::try_from(total).map_err(|_| DurationError::Invalid)
}

fn digits(text: &str) -> (&str, &str) {
    let length = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// `0.fraction` of a unit, cut to whole nanoseconds.
fn fraction_of(fraction: &str, scale: i128) -> i128 {
    let kept = fraction.get(..fraction.len().min(18)).unwrap_or_default();
    let value: i128 = kept.parse().unwrap_or(0);
    let denominator = (0..kept.len()).fold(1_i128, |power, _| power * 10);
    value * scale / denominator
}

/// Writes nanoseconds as Go does: `1m0s`, `1.5s`, `100ms`, `0s`.
pub(super) fn format(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let magnitude = nanoseconds.unsigned_abs();
    if magnitude == 0 {
        return "0s".to_owned();
    }
    if magnitude < 1_000_000_000 {
        let (scale, unit) = match magnitude {
            0..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{sign}{}{unit}", decimal(magnitude, scale));
    }
    let minutes = magnitude / 60_000_000_000;
    let seconds = decimal(magnitude % 60_000_000_000, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

fn decimal(magnitude: u64, scale: u64) -> String {
    let width = scale.ilog10() as usize;
    let text = format!("{}.{:0width$}", magnitude / scale, magnitude % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_in_go() {
        for (text, written) in [
            ("15s", "15s"),
            ("1m", "1m0s"),
            ("1.5h", "1h30m0s"),
            ("100ms", "100ms"),
            ("1.5us", "1.5µs"),
            ("-2m3.25s", "-2m3.25s"),
            ("90000ms", "1m30s"),
            ("0", "0s"),
            (".5s", "500ms"),
            ("3ns", "3ns"),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_named_as_in_go() {
        let error = |text: &str| parse(text).unwrap_err().consul_text(text);
        assert_eq!(error("15"), "missing unit in duration \"15\"");
        assert_eq!(error("15x"), "unknown unit \"x\" in duration \"15x\"");
        assert_eq!(error(""), "invalid duration \"\"");
        assert_eq!(error("s"), "invalid duration \"s\"");
        assert_eq!(error("9999999h"), "invalid duration \"9999999h\"");
    }
}
