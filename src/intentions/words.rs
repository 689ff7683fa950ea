//! Intentions and decisions in a person's words.

use super::{Closed, Decision, Reason, precedence};
use crate::snapshot::{
    DefaultIntentionSource, Intention, IntentionAction, IntentionPermission, PermissionHeader, PermissionHttp,
};

/// `allow` or `deny`.
pub const fn action(action: IntentionAction) -> &'static str {
    match action {
        IntentionAction::Allow => "allow",
        IntentionAction::Deny => "deny",
    }
}

/// What an intention says: `allow`, `deny`, or how many permissions it has.
pub fn effect(intention: &Intention) -> String {
    match (intention.permissions.as_slice(), intention.action) {
        ([], Some(says)) => action(says).to_owned(),
        ([], None) => "nothing".to_owned(),
        ([_], _) => "1 permission".to_owned(),
        (many, _) => format!("{} permissions", many.len()),
    }
}

/// An intention: `web → billing (allow, precedence 9)`.
pub fn intention(intention: &Intention) -> String {
    format!(
        "`{}` → `{}` ({}, precedence {})",
        source(intention),
        intention.destination_name,
        effect(intention),
        precedence(intention)
    )
}

/// The source of an intention, with the cluster peer that it lives in.
pub fn source(intention: &Intention) -> String {
    match intention.source_peer.as_str() {
        "" => intention.source_name.clone(),
        peer => format!("{} in peer {peer}", intention.source_name),
    }
}

/// A permission: `deny path prefix /admin, method GET or PUT`.
pub fn permission(permission: &IntentionPermission) -> String {
    format!("{} {}", action(permission.action), request(&permission.http))
}

fn request(http: &PermissionHttp) -> String {
    let mut parts = Vec::new();
    for (what, value) in
        [("path", &http.path_exact), ("path prefix", &http.path_prefix), ("path regex", &http.path_regex)]
    {
        if !value.is_empty() {
            parts.push(format!("{what} {value}"));
        }
    }
    parts.extend(http.header.iter().map(header));
    if !http.methods.is_empty() {
        parts.push(format!("method {}", http.methods.join(" or ")));
    }
    if parts.is_empty() { "every request".to_owned() } else { parts.join(", ") }
}

fn header(header: &PermissionHeader) -> String {
    let not = if header.invert { "not " } else { "" };
    let PermissionHeader { name, .. } = header;
    let values = [
        ("", &header.exact),
        ("prefix ", &header.prefix),
        ("suffix ", &header.suffix),
        ("containing ", &header.contains),
        ("regex ", &header.regex),
    ];
    match values.into_iter().find(|(_, value)| !value.is_empty()) {
        Some((how, value)) => format!("header {name} {not}{how}{value}"),
        None => format!("header {name} {not}present"),
    }
}

/// Where the default policy comes from.
pub const fn default_source(source: DefaultIntentionSource) -> &'static str {
    match source {
        DefaultIntentionSource::IntentionPolicy => "default_intention_policy of the agent",
        DefaultIntentionSource::AclPolicy => "the default policy of ACLs",
        DefaultIntentionSource::NoAcls => "ACLs are off",
        DefaultIntentionSource::Assumed => "assumed: the token lacks agent:read",
    }
}

impl Decision<'_> {
    /// What made the verdict, as a sentence.
    pub fn sentence(&self) -> String {
        match self.reason {
            Reason::Default => "no intention matches: the default policy decides".to_owned(),
            Reason::Action(found) => format!("the intention {} decides", intention(found)),
            Reason::Permission(found, index) => {
                let said = found.permissions.get(index).map(permission).unwrap_or_default();
                let number = index + 1;
                let all = found.permissions.len();
                format!("permission {number} of {all} of the intention {} decides: {said}", intention(found))
            }
            Reason::NoPermission(found) if self.verdict == super::Verdict::DependsOnRequest => {
                format!("the intention {} decides each request", intention(found))
            }
            Reason::NoPermission(found) => {
                format!(
                    "no permission of the intention {} matches the request: the default policy decides",
                    intention(found)
                )
            }
            Reason::RequestsOnTcp(found) => format!(
                "the intention {} has permissions for requests, but the service speaks tcp: it denies all connections",
                intention(found)
            ),
            Reason::Closed(found, Closed::Jwt) => format!(
                "the intention {} asks for a JWT, which direct mode cannot check: the service is closed",
                intention(found)
            ),
            Reason::Closed(found, Closed::Refused { text, reason }) => format!(
                "the intention {} has `{text}`, which {reason}: the service is closed",
                intention(found)
            ),
        }
    }
}
