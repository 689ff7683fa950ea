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
    /// They fill in this word, and write all in lower case.
    DefaultWord(&'static str),
    /// They fill in 1, and write 1 for what is less.
    AtLeastOne,
    /// They write zero for what is less.
    AtLeastZero,
    /// They do not distinguish zero from nothing.
    Zero,
    /// They put `/` as a prefix in the place of a path that is without a kind of match.
    RoutePath,
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
    ("service-defaults", "UpstreamConfig.Overrides.Protocol", Rule::Case),
    ("service-defaults", "UpstreamConfig.Defaults.Protocol", Rule::Case),
    ("service-defaults", "UpstreamConfig.Overrides.ConnectTimeoutMs", Rule::AtLeastZero),
    ("service-defaults", "UpstreamConfig.Defaults.ConnectTimeoutMs", Rule::AtLeastZero),
    ("ingress-gateway", "Listeners.Protocol", Rule::DefaultWord("tcp")),
    ("ingress-gateway", "Defaults.MaxConnections", Rule::Zero),
    ("ingress-gateway", "Defaults.MaxPendingRequests", Rule::Zero),
    ("ingress-gateway", "Defaults.MaxConcurrentRequests", Rule::Zero),
    ("ingress-gateway", "Listeners.Services.MaxConnections", Rule::Zero),
    ("ingress-gateway", "Listeners.Services.MaxPendingRequests", Rule::Zero),
    ("ingress-gateway", "Listeners.Services.MaxConcurrentRequests", Rule::Zero),
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
    ("http-route", "Rules.Services.Weight", Rule::AtLeastOne),
    ("http-route", "Rules.Matches.Method", Rule::Case),
    ("http-route", "Rules.Matches.Path", Rule::RoutePath),
    ("api-gateway", "Listeners.Protocol", Rule::Case),
    ("api-gateway", "Listeners.TLS.Certificates.Kind", Rule::Default("inline-certificate")),
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
            Self::DefaultWord(word) => {
                let spelled = |json: Option<&Json>| match json.and_then(Json::as_text) {
                    Some(text) if !text.is_empty() => text.to_lowercase(),
                    _ => word.to_owned(),
                };
                spelled(from) == spelled(to)
            }
            Self::AtLeastOne => {
                let raised = |json: Option<&Json>| json.and_then(number).unwrap_or_default() <= 0.0;
                raised(to) && (unset(from) || same(from, Some(&Json::Int(1))))
            }
            Self::AtLeastZero => unset(from) && to.and_then(number).is_none_or(|number| number <= 0.0),
            Self::Zero => unset(from) && unset(to),
            Self::RoutePath => {
                let text = |json: Option<&Json>, name: &str| {
                    let field = json.and_then(|json| json.get(name));
                    field.and_then(|field| field.json.as_text()).unwrap_or_default().into_owned()
                };
                let filled = (text(from, "Match"), text(from, "Value"));
                let is_filled_in = matches!((&*filled.0, &*filled.1), ("", "") | ("prefix", "/"));
                text(to, "Match").is_empty() && is_filled_in
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
