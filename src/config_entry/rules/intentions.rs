//! service-intentions. Actions and sources: recorded answers of 1.21.4 and 2.1.0-dev. The other rules are those of
//! HashiCorp's documentation of the kind, which came with 1.9; the words are Consul's as far as they are known.

use super::router::{headers, methods, path};
use super::{Rules, given, is_one_of, items, member, span, text};
use crate::config_entry::request::{Field, Json};
use crate::finding::Code;
use crate::go::strconv::quote;

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    wildcard(rules, body, "Name");
    let sources = items(body, "Sources");
    if sources.is_empty() {
        let kind = body.get("Kind").and_then(|field| field.span);
        rules.says(Code::IntentionSources, kind, "At least one source is required");
    }
    let mut seen = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let (json, place) = (&source.json, format!("Sources[{index}]"));
        let name = text(json, "Name");
        if name.is_empty() {
            rules.says(Code::IntentionSources, source.span, format!("{place}.Name is required"));
        }
        wildcard(rules, json, &format!("{place}.Name"));
        let default = |key: &str| Some(text(json, key)).filter(|value| value != "default");
        let id = (
            name.to_lowercase(),
            default("Namespace").unwrap_or_default(),
            default("Partition").unwrap_or_default(),
            text(json, "Peer"),
            text(json, "SamenessGroup"),
        );
        if seen.contains(&id) && !name.is_empty() {
            let place = span(json, "Name").or(source.span);
            rules.refuse(
                Code::DuplicateSource,
                place,
                format!("Sources[{index}] defines {} more than once", quote(&name)),
            );
        }
        seen.push(id);
        action(rules, source, index);
        let kind = text(json, "Type");
        if !is_one_of(&kind, &["", "consul"]) {
            let place = span(json, "Type");
            rules.refuse(
                Code::IntentionSources,
                place,
                format!("Sources[{index}].Type must be set to 'consul'"),
            );
        }
    }
}

/// A star stands for all services, never for a part of a name.
fn wildcard(rules: &mut Rules<'_>, json: &Json, place: &str) {
    let name = text(json, "Name");
    if name.contains('*') && name != "*" {
        let message = format!("{place}: wildcard character '*' cannot be used with partial values");
        rules.says(Code::IntentionSources, span(json, "Name"), message);
    }
}

fn action(rules: &mut Rules<'_>, source: &Field, index: usize) {
    let (json, place) = (&source.json, format!("Sources[{index}]"));
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
        let place = format!("{place}.Permissions[{number}]");
        let action = text(&permission.json, "Action");
        if !is_one_of(&action, &["allow", "deny"]) {
            let words = format!("{place}.Action must be set to 'allow' or 'deny'");
            rules.says(code, span(&permission.json, "Action").or(permission.span), words);
        }
        let http = given(&permission.json, "HTTP");
        if http.is_none() && member(&permission.json, "JWT").is_none() {
            rules.refuse(code, permission.span, format!("{place}.HTTP is required"));
        }
        let Some(http) = http else { continue };
        path(rules, &place, "HTTP.", &http.json, code);
        headers(rules, &format!("{place}.HTTP"), &http.json, code);
        methods(rules, &format!("{place}.HTTP.Methods"), &http.json, code);
    }
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
            (allow("PathPrefix = \"v1\""), "Sources[0].Permissions[0] HTTP.PathPrefix doesn't start with '/'"),
            (allow("PathExact = \"/\" PathRegex = \"x\""), "should only contain at most one of HTTP.PathExact"),
            (allow("Header = [{ Exact = \"x\" }]"), "HTTP Header[0] missing required Name field"),
            (allow("Methods = [\"GET\", \"GET\"]"), "contains \"GET\" more than once"),
            (allow("PathPrefix = \"/\"").replace("allow", "yes"), "Permissions[0].Action must be set"),
            (allow(""), "Permissions[0].HTTP is required"),
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
