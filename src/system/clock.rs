//! The clock on the wall: the one place that reads it.

use std::time::SystemTime;

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{OffsetDateTime, UtcOffset};

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> OffsetDateTime {
    SystemTime::now().into()
}

/// A moment in RFC 3339, as Consul and logs write it.
pub fn rfc3339(moment: OffsetDateTime) -> String {
    // Fails only for years of more than four digits.
    moment.format(&Rfc3339).unwrap_or_default()
}

/// A moment in RFC 3339, in UTC and to the millisecond: always as long.
pub fn rfc3339_milliseconds(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC);
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second, millisecond) = moment.to_hms_milli();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// Reads RFC 3339.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// Reads the date of an HTTP header.
pub fn parse_http(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        let date = parse_http("Mon, 30 Nov 2026 14:51:38 GMT").unwrap();
        assert_eq!(rfc3339(date), "2026-11-30T14:51:38Z");
        assert_eq!(parse_http("soon"), None);
    }

    #[test]
    fn a_time_stamp_is_in_utc_and_has_milliseconds() {
        for (text, expected) in [
            ("2026-11-30T01:02:03.0456Z", "2026-11-30T01:02:03.045Z"),
            ("2026-11-30T01:02:03Z", "2026-11-30T01:02:03.000Z"),
            ("2026-12-31T23:30:00.5-01:00", "2027-01-01T00:30:00.500Z"),
        ] {
            assert_eq!(rfc3339_milliseconds(parse(text).unwrap()), expected, "{text}");
        }
    }
}
