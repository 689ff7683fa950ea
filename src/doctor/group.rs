//! The groups of checks.

use serde::Serialize;

/// What a check belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Group {
    /// The agent.
    #[serde(rename = "agent")]
    Agent,
    /// The token.
    #[serde(rename = "token")]
    Token,
    /// The gateway's registration.
    #[serde(rename = "registration")]
    Registration,
    /// The gateway's config entry.
    #[serde(rename = "entry")]
    Entry,
    /// Linked services.
    #[serde(rename = "linked services")]
    Services,
    /// TLS towards linked services.
    #[serde(rename = "TLS")]
    Tls,
    /// Intentions.
    #[serde(rename = "intentions")]
    Intentions,
    /// Who uses the gateway.
    #[serde(rename = "sources")]
    Sources,
    /// Envoy.
    #[serde(rename = "Envoy")]
    Envoy,
    /// This host.
    #[serde(rename = "host")]
    Host,
}

impl Group {
    /// All groups, in the order of the report.
    pub const ALL: [Self; 10] = [
        Self::Agent,
        Self::Token,
        Self::Registration,
        Self::Entry,
        Self::Services,
        Self::Tls,
        Self::Intentions,
        Self::Sources,
        Self::Envoy,
        Self::Host,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Token => "token",
            Self::Registration => "registration",
            Self::Entry => "entry",
            Self::Services => "linked services",
            Self::Tls => "TLS",
            Self::Intentions => "intentions",
            Self::Sources => "sources",
            Self::Envoy => "Envoy",
            Self::Host => "host",
        }
    }
}
