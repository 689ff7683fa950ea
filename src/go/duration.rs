//! Durations as Go's `time` package reads and writes them: `15s`, `1m30s`, `1.5h`.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// Why a text is not a duration; displayed in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not a duration at all, or too long for one.
    #[error("time: invalid duration {}", Quoted(.0))]
    Invalid(String),
    /// A number without a unit.
    #[error("time: missing unit in duration {}", Quoted(.0))]
    MissingUnit(String),
    /// A unit that does not exist.
    #[error("time: unknown unit {} in duration {}", Quoted(.unit), Quoted(.text))]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
}

/// A text as the `time` package quotes it: escapes are for quotes and backslashes only.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('"')?;
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                formatter.write_char('\\')?;
            }
            formatter.write_char(character)?;
        }
        formatter.write_char('"')
    }
}

/// Nanoseconds of each unit. Go takes both signs that Unicode has for "micro".
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration as nanoseconds (`time.ParseDuration`).
pub fn parse(text: &str) -> Result<i64, ParseError> {
    let invalid = || ParseError::Invalid(text.to_owned());
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = split_where(rest, |c| !c.is_ascii_digit());
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split_where(after, |c| !c.is_ascii_digit()),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let (unit, after) = split_where(after, |c| c == '.' || c.is_ascii_digit());
        if unit.is_empty() {
            return Err(ParseError::MissingUnit(text.to_owned()));
        }
        let Some((_, scale)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
            return Err(ParseError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() });
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        total = whole
            .checked_mul(scale)
            .and_then(|nanoseconds| nanoseconds.checked_add(fraction_of(fraction, scale)))
            .and_then(|nanoseconds| total.checked_add(nanoseconds))
            .ok_or_else(invalid)?;
        rest = after;
    }
    let signed =
        if text.starts_with('-') { 0_i64.checked_sub_unsigned(total) } else { total.try_into().ok() };
    signed.ok_or_else(invalid)
}

/// Reads a duration that is not below zero.
pub fn parse_unsigned(text: &str) -> Option<Duration> {
    parse(text).ok().and_then(|nanoseconds| nanoseconds.try_into().ok()).map(Duration::from_nanos)
}

fn split_where(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

/// `0.digits` of a unit in whole nanoseconds: a product of floats, as in Go, so that `0.3333333333333333333h` is twenty
/// minutes; digits beyond those of a 64-bit integer do not count.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go rounds too; the product is positive and at most one hour"
)]
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes() {
        let next = value.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(digit - b'0')));
        let Some(next) = next.filter(|next| *next <= 1 << 63) else { break };
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// Writes nanoseconds as Go does: `1m0s`, `1.5s`, `100ms`, `0s`.
pub fn format(nanoseconds: i64) -> String {
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_and_written_as_in_go() {
        for (text, written) in [
            ("15s", "15s"),
            ("1m", "1m0s"),
            ("1.5h", "1h30m0s"),
            ("1h2m3s", "1h2m3s"),
            ("100ms", "100ms"),
            ("1.5us", "1.5µs"),
            ("1.5μs", "1.5µs"),
            ("-2m3.25s", "-2m3.25s"),
            ("90000ms", "1m30s"),
            ("0", "0s"),
            ("-0", "0s"),
            ("+5s", "5s"),
            (".5s", "500ms"),
            ("5.s", "5s"),
            ("3ns", "3ns"),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Ok(written), "{text}");
        }
    }

    /// What Consul 1.8.7 stored for each as `ConnectTimeout` of a service-resolver.
    #[test]
    fn fractions_are_rounded_as_in_go() {
        for (text, written) in [
            ("0.3333333333333333333h", "20m0s"),
            ("0.333333333333333333333333h", "20m0s"),
            ("0.100000000000000000000h", "6m0s"),
            ("0.830103483285477580700h", "49m48.372539827s"),
            ("1.9999999999s", "1.999999999s"),
            ("9223372036854775807ns", "2562047h47m16.854775807s"),
            ("9223372036s854ms775us807ns", "2562047h47m16.854775807s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_duration_is_refused_in_gos_words() {
        for (text, message) in [
            ("15", "missing unit in duration \"15\""),
            ("1.2.3s", "missing unit in duration \"1.2.3s\""),
            ("1h1", "missing unit in duration \"1h1\""),
            ("15x", "unknown unit \"x\" in duration \"15x\""),
            ("5µ", "unknown unit \"µ\" in duration \"5µ\""),
            ("1_0s", "unknown unit \"_\" in duration \"1_0s\""),
            ("5 s", "unknown unit \" s\" in duration \"5 s\""),
            ("", "invalid duration \"\""),
            ("-", "invalid duration \"-\""),
            ("-+1s", "invalid duration \"-+1s\""),
            ("s", "invalid duration \"s\""),
            (".s", "invalid duration \".s\""),
            (" 5s", "invalid duration \" 5s\""),
            ("soon\"", "invalid duration \"soon\\\"\""),
            ("9999999h", "invalid duration \"9999999h\""),
            ("9223372036854775808ns", "invalid duration \"9223372036854775808ns\""),
            ("99999999999999999999h", "invalid duration \"99999999999999999999h\""),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), format!("time: {message}"));
        }
    }

    #[test]
    fn an_unsigned_duration_is_zero_or_more() {
        assert_eq!(parse_unsigned("2.5s"), Some(Duration::from_millis(2500)));
        assert_eq!(parse_unsigned("-0s"), Some(Duration::ZERO));
        assert_eq!((parse_unsigned("-1ns"), parse_unsigned("5")), (None, None));
    }

    proptest! {
        #[test]
        fn a_written_duration_reads_back(nanoseconds in any::<i64>()) {
            prop_assert_eq!(parse(&format(nanoseconds)), Ok(nanoseconds));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9._hmsnuµ]{0,32}") {
            let _ = parse(&text);
        }
    }
}
