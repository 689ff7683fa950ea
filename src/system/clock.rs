//! The clock on the wall: the one place that reads it.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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

/// Reads RFC 3339.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
