//! What a bundle for support has beside the state of Consul: versions, and what Envoy's admin server answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When a bundle was written, and by which releases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Versions {
    /// That of termgate.
    pub termgate: String,
    /// That of Consul; absent if it is not known.
    pub consul: Option<String>,
    /// That of Envoy; absent if it did not answer.
    pub envoy: Option<String>,
    /// When, in RFC 3339.
    pub taken_at: String,
}

/// The answers of an Envoy's admin server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvoyAnswers {
    /// Why it did not answer; then there is nothing else.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// `/server_info`
    pub server_info: Value,
    /// `/config_dump`
    pub config_dump: Value,
    /// `/clusters?format=json`
    pub clusters: Value,
    /// `/listeners`
    pub listeners: String,
    /// `/certs`
    pub certs: Value,
    /// `/stats?usedonly`
    pub stats: String,
}

impl EnvoyAnswers {
    /// The release that it says it is: `…/1.40.0/…`.
    pub fn version(&self) -> Option<&str> {
        let text = self.server_info.get("version")?.as_str()?;
        text.split('/')
            .find(|part| part.split('.').count() == 3 && part.starts_with(|c: char| c.is_ascii_digit()))
    }
}
