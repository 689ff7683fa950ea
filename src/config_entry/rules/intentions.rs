//! service-intentions. Actions and sources: recorded answers of 1.21.4 and 2.1.0-dev. The other rules are those of Consul's
//! MPL-licensed sources up to 1.16.

use std::collections::HashSet;

use super::router::{Part, headers, methods, path};
use super::{Rules, given, is_one_of, items, member, present, span, text};
use crate::config_entry::request::{Field, Json};
use crate::finding::Code;
use crate::go::strconv::quote;

/// Longest description of a source, in bytes.
const DESCRIPTION: usize = 512;

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    wildcard(rules, body, "");
    if let Some(tokens) = member(body, "JWT") {
        providers(rules, &tokens.json);
    }
    let sources = items(body, "Sources");
    if sources.is_empty() {
        let kind = body.get("Kind").and_then(|field| field.span);
        rules.says(Code::IntentionSources, kind, "At least one source is required");
    }
    // Servers put exact names before `*` and count from there.
    let is_any = |source: &&Field| text(&source.json, "Name") == "*";
    let (all, exact): (Vec<&Field>, Vec<&Field>) = sources.iter().partition(is_any);
    let mut seen = HashSet::new();
    for (index, source) in exact.into_iter().chain(all).enumerate() {
        self::source(rules, source, index);
        let json = &source.json;
        let name = text(json, "Name");
        let scope = |key| match text(json, key) {
            value if value == "default" => String::new(),
            value => value.into_owned(),
        };
        let (peer, group) = (text(json, "Peer"), text(json, "SamenessGroup"));
        let id = (name.to_lowercase(), scope("Namespace"), scope("Partition"), peer.clone(), group.clone());
        if !seen.insert(id) && !name.is_empty() {
            let from = if !peer.is_empty() {
                format!("peer({}) ", quote(&peer))
            } else if !group.is_empty() {
                format!("sameness-group({}) ", quote(&group))
            } else {
                String::new()
            };
            let words = format!("Sources[{index}] defines {from}{} more than once", quote(&name));
            rules.says(Code::DuplicateSource, span(json, "Name").or(source.span), words);
        }
    }
}

fn source(rules: &mut Rules<'_>, source: &Field, index: usize) {
    let (json, place, code) = (&source.json, format!("Sources[{index}]"), Code::IntentionSources);
    if text(json, "Name").is_empty() {
        rules.says(code, source.span, format!("{place}.Name is required"));
    }
    wildcard(rules, json, &format!("{place}."));
    for (key, name) in [("Peer", "peer"), ("SamenessGroup", "sameness group")] {
        if text(json, key).contains('*') {
            rules.says(code, span(json, key), format!("{place}.{key}: cannot use wildcard '*' in {name}"));
        }
    }
    for (one, other) in [("Peer", "Partition"), ("SamenessGroup", "Partition"), ("SamenessGroup", "Peer")] {
        if given(json, one).is_some() && given(json, other).is_some() {
            let words = format!("{place}.{one}: cannot set {one} and {other} at the same time");
            rules.says(code, span(json, one), words);
        }
    }
    if text(json, "Description").len() > DESCRIPTION {
        let words = format!("{place}.Description exceeds maximum length {DESCRIPTION}");
        rules.says(code, span(json, "Description"), words);
    }
    if let Some(meta) = given(json, "LegacyMeta") {
        rules.says(code, meta.span, format!("{place}.LegacyMeta must be omitted"));
    }
    if !is_one_of(&text(json, "Type"), &["", "consul"]) {
        rules.says(code, span(json, "Type"), format!("{place}.Type must be set to 'consul'"));
    }
    action(rules, source, &place);
}

/// A star stands for all services, never for a part of a name.
fn wildcard(rules: &mut Rules<'_>, json: &Json, place: &str) {
    let name = text(json, "Name");
    if name.contains('*') && name != "*" {
        let message = format!("{place}Name: wildcard character '*' cannot be used with partial values");
        rules.says(Code::IntentionSources, span(json, "Name"), message);
    }
}

fn providers(rules: &mut Rules<'_>, tokens: &Json) {
    for provider in items(tokens, "Providers") {
        if text(&provider.json, "Name").is_empty() {
            rules.says(Code::JwtProvider, provider.span, "JWT provider name is required");
        }
    }
}

fn action(rules: &mut Rules<'_>, source: &Field, place: &str) {
    let json = &source.json;
    let action = text(json, "Action");
    let permissions = items(json, "Permissions");
    if permissions.is_empty() {
        if !is_one_of(&action, &["allow", "deny"]) {
            let words = format!("{place}.Action must be set to 'allow' or 'deny'");
            rules.says(Code::IntentionAction, span(json, "Action").or(source.span), words);
        }
        return;
    }
    let code = Code::IntentionPermissions;
    if !action.is_empty() {
        let words = format!("{place}.Action must be omitted if Permissions are specified");
        rules.says(code, span(json, "Action"), words);
    }
    if rules.entry.name() == "*" {
        let words =
            format!("{place}.Permissions cannot be specified on intentions with wildcarded destinations");
        rules.says(code, span(json, "Permissions"), words);
    }
    for (number, permission) in permissions.iter().enumerate() {
        self::permission(rules, permission, &format!("{place}.Permissions[{number}]"));
    }
}

fn permission(rules: &mut Rules<'_>, permission: &Field, place: &str) {
    let (json, code) = (&permission.json, Code::IntentionPermissions);
    let action = text(json, "Action");
    if !is_one_of(&action, &["allow", "deny"]) {
        let words = format!("{place}.Action must be set to 'allow' or 'deny'");
        rules.says(code, span(json, "Action").or(permission.span), words);
    }
    if let Some(tokens) = member(json, "JWT") {
        providers(rules, &tokens.json);
    }
    let part = Part { name: format!("{place}.HTTP"), join: '.' };
    let Some(http) = present(json, "HTTP") else {
        return rules.says(code, permission.span, format!("{} is required", part.name));
    };
    let keys = ["PathExact", "PathPrefix", "PathRegex"];
    let is_empty = keys.iter().all(|key| given(&http.json, key).is_none())
        && ["Header", "Methods"].iter().all(|key| items(&http.json, key).is_empty());
    if is_empty {
        rules.says(code, http.span, format!("{} should not be empty", part.name));
    }
    path(rules, &part, &http.json, code);
    headers(rules, &part, &http.json, code);
    methods(rules, &part, &http.json, code);
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn each_source_comes_once_and_has_an_action_or_permissions() {
        let allow = |http: &str| {
            format!(
                "Sources = [{{ Name = \"a\" Permissions = [{{ Action = \"allow\" HTTP {{ {http} }} }}] }}]"
            )
        };
        let table = [
            ("Sources = []".to_owned(), "At least one source is required"),
            ("Sources = [{ Name = \"a\" Action = \"permit\" }]".to_owned(), "Sources[0].Action must be set"),
            ("Sources = [{ Action = \"deny\" }]".to_owned(), "Sources[0].Name is required"),
            (
                "Sources = [{ Name = \"a\" Action = \"allow\" }, { Name = \"a\" Action = \"deny\" }]".to_owned(),
                "Sources[1] defines \"a\" more than once",
            ),
            (
                "Sources = [{ Name = \"a\" Action = \"allow\" }, { Name = \"a\" Peer = \"p\" Action = \"deny\" }]"
                    .to_owned(),
                "",
            ),
            ("Sources = [{ Name = \"a*\" Action = \"allow\" }]".to_owned(), "cannot be used with partial values"),
            ("Sources = [{ Name = \"*\" Action = \"allow\" }]".to_owned(), ""),
            (
                allow("PathPrefix = \"/\"").replace("Permissions", "Action = \"allow\" Permissions"),
                "Sources[0].Action must be omitted if Permissions are specified",
            ),
            (allow("PathPrefix = \"/\""), ""),
            (allow("PathPrefix = \"v1\""), "Sources[0].Permissions[0].HTTP.PathPrefix doesn't start with '/'"),
            (allow("PathExact = \"/\" PathRegex = \"x\""), "Permissions[0].HTTP should only contain at most one of PathExact, PathPrefix"),
            (allow("Header = [{ Exact = \"x\" }]"), "HTTP.Header[0] missing required Name field"),
            (allow("Methods = [\"GET\", \"GET\"]"), "contains \"GET\" more than once"),
            (allow("PathPrefix = \"/\"").replace("allow", "yes"), "Permissions[0].Action must be set"),
            (allow(""), "Permissions[0].HTTP should not be empty"),
            (allow("PathPrefix = \"/\"").replace("HTTP {", "JWT {").replace("PathPrefix = \"/\"", ""), "HTTP is required"),
            (allow("Methods = [\"get\", \"FETCH\"]"), "HTTP.Methods contains an invalid method \"FETCH\""),
            ("JWT { Providers = [{}] }\nSources = [{ Name = \"a\" Action = \"deny\" }]".to_owned(), "JWT provider name is required"),
            ("Sources = [{ Name = \"a\" Peer = \"p*\" Action = \"deny\" }]".to_owned(), "Sources[0].Peer: cannot use wildcard"),
            (format!("Sources = [{{ Name = \"a\" Description = \"{}\" Action = \"deny\" }}]", "x".repeat(513)), "exceeds maximum length 512"),
            ("Sources = [{ Name = \"a\" LegacyMeta { a = \"b\" } Action = \"deny\" }]".to_owned(), "LegacyMeta must be omitted"),
            ("Sources = [{ Name = \"*\" Action = \"deny\" }, { Name = \"a\" }]".to_owned(), "Sources[0].Action must be set"),
            ("Sources = [{ Name = \"a\" Action = \"allow\" Type = \"vm\" }]".to_owned(), "Type must be set"),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"service-intentions\"\nName = \"web\"", "1.21.4", &[(text, words)]);
        }
        cases::check(
            "Kind = \"service-intentions\"\nName = \"*\"",
            "1.21.4",
            &[(&allow("PathPrefix = \"/\""), "wildcarded destinations")],
        );
    }
}
