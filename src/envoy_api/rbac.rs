//! `envoy.config.rbac.v3` and the two filters that apply it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::StringMatcher;
use super::core::shared;

/// `envoy.extensions.filters.network.rbac.v3.RBAC`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkRbac {
    #[serde(serialize_with = "shared")]
    pub rules: Arc<Rules>,
    /// Prefix of its statistics.
    pub stat_prefix: &'static str,
}

/// `envoy.extensions.filters.http.rbac.v3.RBAC`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rbac {
    #[serde(serialize_with = "shared")]
    pub rules: Arc<Rules>,
}

/// `envoy.config.rbac.v3.RBAC`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// What happens to what a policy matches; the opposite happens to all else.
    #[serde(skip_serializing_if = "Action::is_allow")]
    pub action: Action,
    /// The policies with their names; any of them may match.
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<(Cow<'static, str>, Policy)>,
}

fn as_map<S: Serializer>(policies: &[(Cow<'static, str>, Policy)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(policies.iter().map(|(name, policy)| (name, policy)))
}

/// `envoy.config.rbac.v3.RBAC.Action`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// Only what matches may pass (protobuf's default, so it is not written).
    #[default]
    Allow,
    /// All but what matches may pass.
    Deny,
}

impl Action {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_allow(&self) -> bool {
        *self == Self::Allow
    }
}

/// `envoy.config.rbac.v3.Policy`: any permission together with any principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// What is asked.
    pub permissions: Vec<Permission>,
    /// Who asks.
    pub principals: Vec<Principal>,
}

/// `envoy.config.rbac.v3.Permission`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Everything.
    Any(bool),
    /// All of these.
    AndRules(PermissionSet),
    /// Everything but this.
    NotRule(Box<Permission>),
    /// By path, without the query.
    UrlPath(UrlPath),
    Header(HeaderMatcher),
}

/// `envoy.config.rbac.v3.Permission.Set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionSet {
    /// The members.
    pub rules: Vec<Permission>,
}

/// `envoy.type.matcher.v3.PathMatcher`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UrlPath {
    /// The match.
    pub path: StringMatcher,
}

/// `envoy.config.route.v3.HeaderMatcher`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HeaderMatcher {
    /// Header name.
    pub name: String,
    /// It is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present_match: Option<bool>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_match: Option<StringMatcher>,
    /// Turns the match round.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invert_match: bool,
}

/// `envoy.config.rbac.v3.Principal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// All of these.
    AndIds(PrincipalSet),
    /// Everybody but this.
    NotId(Box<Principal>),
    /// By certificate.
    Authenticated(Authenticated),
}

/// `envoy.config.rbac.v3.Principal.Set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrincipalSet {
    /// The members.
    pub ids: Vec<Principal>,
}

/// `envoy.config.rbac.v3.Principal.Authenticated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authenticated {
    /// The URI of the client's certificate.
    pub principal_name: StringMatcher,
}
