//! `envoy.config.core.v3`, `envoy.type.matcher.v3` and the JSON form of protobuf's own types.

use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Serialises what several messages share as if each had its own.
pub(super) fn shared<T: Serialize, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

/// A message without fields that are set: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Empty {}

/// `google.protobuf.Duration`, in JSON `5s` or `0.250s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub std::time::Duration);

impl Duration {
    /// So many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(std::time::Duration::from_secs(seconds))
    }

    /// So many milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(std::time::Duration::from_millis(milliseconds))
    }
}

impl Serialize for Duration {
    /// Writes 0, 3, 6 or 9 decimals, as protobuf's JSON form wants.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        if nanos == 0 {
            serializer.collect_str(&format_args!("{seconds}s"))
        } else if nanos % 1_000_000 == 0 {
            serializer.collect_str(&format_args!("{seconds}.{:03}s", nanos / 1_000_000))
        } else if nanos % 1_000 == 0 {
            serializer.collect_str(&format_args!("{seconds}.{:06}s", nanos / 1_000))
        } else {
            serializer.collect_str(&format_args!("{seconds}.{nanos:09}s"))
        }
    }
}

/// `envoy.config.core.v3.Address`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The only form of address used here.
    pub socket_address: SocketAddress,
}

impl Address {
    /// A TCP address; `address` is an IP address, or a host name in DNS clusters.
    pub fn tcp(address: impl Into<String>, port: u16) -> Self {
        Self { socket_address: SocketAddress { address: address.into(), port_value: port } }
    }
}

/// `envoy.config.core.v3.SocketAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SocketAddress {
    /// IP address or host name.
    pub address: String,
    /// TCP port.
    pub port_value: u16,
}

/// `envoy.config.core.v3.DataSource`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSource {
    /// A file that Envoy reads.
    Filename(String),
    /// The text itself; may be a private key, so it does not show in debug output.
    InlineString(String),
}

impl std::fmt::Debug for DataSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Filename(path) => formatter.debug_tuple("Filename").field(path).finish(),
            Self::InlineString(_) => formatter.write_str("InlineString(..)"),
        }
    }
}

/// `envoy.config.core.v3.ConfigSource`: where Envoy gets a resource that another one names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigSource {
    /// The aggregated stream.
    pub ads: Aggregated,
    /// How long to wait for the resource; Envoy's default is 15 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_fetch_timeout: Option<Duration>,
    /// Always V3.
    pub resource_api_version: ApiVersion,
}

impl ConfigSource {
    /// From the aggregated stream, waiting at most `initial_fetch_timeout`.
    pub const fn ads(initial_fetch_timeout: Option<Duration>) -> Self {
        Self { ads: Aggregated {}, initial_fetch_timeout, resource_api_version: ApiVersion::V3 }
    }
}

/// `envoy.config.core.v3.AggregatedConfigSource`.
pub type Aggregated = Empty;

/// `envoy.config.core.v3.ApiVersion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ApiVersion {
    /// The only version current Envoys speak.
    V3,
}

/// `envoy.type.matcher.v3.RegexMatcher`: RE2, on the whole text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegexMatcher {
    /// The expression.
    pub regex: String,
}

/// `envoy.type.matcher.v3.StringMatcher`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StringMatcher {
    /// What is looked for.
    #[serde(flatten)]
    pub pattern: StringPattern,
    /// Without regard to case; Envoy refuses it beside a regular expression.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
}

/// The match of a [`StringMatcher`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StringPattern {
    /// The whole text.
    Exact(String),
    /// How it starts.
    Prefix(String),
    /// How it ends.
    Suffix(String),
    /// A part of it.
    Contains(String),
    /// A regular expression.
    SafeRegex(RegexMatcher),
}

impl From<StringPattern> for StringMatcher {
    fn from(pattern: StringPattern) -> Self {
        Self { pattern, ignore_case: false }
    }
}

impl StringMatcher {
    /// Matches the whole text.
    pub fn exact(text: impl Into<String>) -> Self {
        StringPattern::Exact(text.into()).into()
    }

    /// Matches the start of the text.
    pub fn prefix(text: impl Into<String>) -> Self {
        StringPattern::Prefix(text.into()).into()
    }

    /// Matches the end of the text.
    pub fn suffix(text: impl Into<String>) -> Self {
        StringPattern::Suffix(text.into()).into()
    }

    /// Matches a part of the text.
    pub fn contains(text: impl Into<String>) -> Self {
        StringPattern::Contains(text.into()).into()
    }

    /// Matches the whole text by a regular expression.
    pub fn regex(expression: impl Into<String>) -> Self {
        StringPattern::SafeRegex(RegexMatcher { regex: expression.into() }).into()
    }
}

#[cfg(test)]
mod tests {
    use super::{DataSource, Duration};

    #[test]
    fn durations_have_as_many_decimals_as_protobuf_wants() {
        let text = |duration: std::time::Duration| serde_json::to_value(Duration(duration)).unwrap();
        assert_eq!(text(std::time::Duration::from_secs(5)), "5s");
        assert_eq!(text(std::time::Duration::from_millis(1500)), "1.500s");
        assert_eq!(text(std::time::Duration::from_micros(250)), "0.000250s");
        assert_eq!(text(std::time::Duration::from_nanos(1)), "0.000000001s");
    }

    #[test]
    fn inline_text_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", DataSource::InlineString("key".into())), "InlineString(..)");
    }
}
