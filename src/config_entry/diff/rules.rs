//! What Consul's servers fill in or change in entries, and which lists have no order.

use super::values::{number, same};
use crate::config_entry::request::Json;

/// What the servers do to a field of their own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It is theirs alone.
    Theirs,
    /// They fill in this text.
    Default(&'static str),
    /// They fill in this number.
    DefaultNumber(i64),
    /// They change its case.
    Case,
    /// They round it to hundredths.
    Rounded,
}

/// Fields by kind (empty: any) and path without keys.
pub(super) const RULES: &[(&str, &str, Rule)] = &[
    ("", "Kind", Rule::Theirs),
    ("", "CreateIndex", Rule::Theirs),
    ("", "ModifyIndex", Rule::Theirs),
    ("", "Hash", Rule::Theirs),
    ("", "Status", Rule::Theirs),
    ("proxy-defaults", "Name", Rule::Theirs),
    ("mesh", "Name", Rule::Theirs),
    ("exported-services", "Name", Rule::Default("default")),
    ("service-defaults", "Protocol", Rule::Case),
    ("ingress-gateway", "Listeners.Protocol", Rule::Default("tcp")),
    ("service-splitter", "Splits.Weight", Rule::Rounded),
    ("service-router", "Routes.Match.HTTP.Methods", Rule::Case),
    ("service-intentions", "Sources.Precedence", Rule::Theirs),
    ("service-intentions", "Sources.Type", Rule::Default("consul")),
    ("service-intentions", "Sources.LegacyID", Rule::Theirs),
    ("service-intentions", "Sources.LegacyMeta", Rule::Theirs),
    ("service-intentions", "Sources.LegacyCreateTime", Rule::Theirs),
    ("service-intentions", "Sources.LegacyUpdateTime", Rule::Theirs),
    ("service-intentions", "Sources.Permissions.HTTP.Methods", Rule::Case),
    ("jwt-provider", "ClockSkewSeconds", Rule::DefaultNumber(30)),
    ("http-route", "Parents.Kind", Rule::Default("api-gateway")),
    ("tcp-route", "Parents.Kind", Rule::Default("api-gateway")),
    ("http-route", "Rules.Services.Weight", Rule::DefaultNumber(1)),
    ("http-route", "Rules.Matches.Path.Match", Rule::Default("prefix")),
    ("http-route", "Rules.Matches.Path.Value", Rule::Default("/")),
];

/// Lists whose items are distinguished by these fields, not by position: the order has no meaning in Consul.
pub(super) const KEYED: &[(&str, &str, &[&str])] = &[
    ("terminating-gateway", "Services", &["Name", "Namespace"]),
    ("service-intentions", "Sources", &["Name", "Namespace", "Partition", "Peer", "SamenessGroup"]),
    ("ingress-gateway", "Listeners", &["Port"]),
    ("ingress-gateway", "Listeners.Services", &["Name", "Namespace", "Partition"]),
    ("exported-services", "Services", &["Name", "Namespace"]),
    ("service-defaults", "UpstreamConfig.Overrides", &["Name", "Namespace", "Partition", "Peer"]),
];

impl Rule {
    /// Whether the servers make `from` out of `to`.
    pub(super) fn holds(self, from: Option<&Json>, to: Option<&Json>) -> bool {
        let unset = |json: Option<&Json>| json.is_none_or(Json::is_empty);
        match self {
            Self::Theirs => true,
            Self::Default(text) => {
                let is_default = |json: Option<&Json>| {
                    unset(json) || json.and_then(Json::as_text).is_some_and(|found| found == text)
                };
                is_default(from) && is_default(to)
            }
            Self::DefaultNumber(number) => {
                unset(to) && same(from, Some(&Json::Int(number))) || unset(from) && unset(to)
            }
            Self::Case => match (from, to) {
                (Some(Json::List(from)), Some(Json::List(to))) => {
                    from.len() == to.len()
                        && from.iter().zip(to).all(|(from, to)| self.holds(Some(&from.json), Some(&to.json)))
                }
                (Some(from), Some(to)) => from
                    .as_text()
                    .zip(to.as_text())
                    .is_some_and(|(from, to)| from.to_lowercase() == to.to_lowercase()),
                _ => false,
            },
            Self::Rounded => from
                .and_then(number)
                .zip(to.and_then(number))
                // Half a hundredth, and what 32 bits lose.
                .is_some_and(|(from, to)| (from - to).abs() < 0.005_001),
        }
    }
}
