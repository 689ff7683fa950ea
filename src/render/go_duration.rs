//! Durations as Go writes them (`1h2m3.5s`), in which Consul prints the settings of config entries.

use std::time::Duration;

/// Reads a Go duration; nothing if it is none, or negative.
pub fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(number_end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        total = total.checked_add(term(number, unit_nanos(unit)?)?)?;
        rest = tail;
    }
    Some(total)
}

/// Whether `text` is a Go duration below zero.
pub fn is_negative(text: &str) -> bool {
    let size = text.strip_prefix('-').filter(|size| !size.starts_with('+')).and_then(parse);
    size.is_some_and(|size| !size.is_zero())
}

fn unit_nanos(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// `number` units, in whole nanoseconds.
fn term(number: &str, unit: u64) -> Option<Duration> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.bytes() {
        place /= 10;
        nanos = nanos.checked_add(u64::from(digit - b'0').checked_mul(place)?)?;
    }
    Some(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{is_negative, parse};

    #[test]
    fn reads_what_go_writes() {
        assert_eq!(parse("2.5s"), Some(Duration::from_millis(2500)));
        assert_eq!(parse("1h2m3s"), Some(Duration::from_secs(3723)));
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse(".5s"), Some(Duration::from_millis(500)));
        assert_eq!(parse("1.5µs"), Some(Duration::from_nanos(1500)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "5", "-5s", "s", "5 s", "1.2.3s", "99999999999999999999h", "5d", ".s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_negative_duration_is_one_below_zero() {
        for (text, negative) in
            [("-1s", true), ("-1m0.5s", true), ("-0s", false), ("1s", false), ("-+1s", false), ("-x", false)]
        {
            assert_eq!(is_negative(text), negative, "{text}");
        }
    }
}
