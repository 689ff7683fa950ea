//! service-router. All rules are those of the real 1.8.7, but for two of Consul's MPL-licensed sources: `RetryOn` (since
//! 1.14) and unknown methods (1.8.7 takes them; since 1.9, which is inferred).

use super::{METHODS, Rules, flag, given, is_one_of, items, member, span, text};
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;

/// When a request is tried again.
const RETRY_ON: [&str; 12] = [
    "5xx",
    "gateway-error",
    "reset",
    "connect-failure",
    "envoy-ratelimited",
    "retriable-4xx",
    "refused-stream",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
];

/// A part of an entry, as the servers name it in messages.
pub(super) struct Part {
    /// Its own name.
    pub name: String,
    /// What stands between it and the name of one of its members.
    pub join: char,
}

impl Part {
    fn member(&self, name: &str) -> String {
        format!("{}{}{name}", self.name, self.join)
    }
}

pub(super) fn check(rules: &mut Rules<'_>) {
    for (index, route) in items(rules.body(), "Routes").iter().enumerate() {
        let part = Part { name: format!("Route[{index}]"), join: ' ' };
        let http = member(&route.json, "Match").and_then(|matched| member(&matched.json, "HTTP"));
        if let Some(http) = http {
            path(rules, &part, &http.json, Code::RouteMatch);
            headers(rules, &part, &http.json, Code::RouteMatch);
            query(rules, &part.name, &http.json);
            methods(rules, &part, &http.json, Code::RouteMatch);
        }
        if let Some(destination) = member(&route.json, "Destination") {
            self::destination(rules, &part.name, &destination.json, http);
        }
    }
}

fn destination(rules: &mut Rules<'_>, place: &str, json: &Json, http: Option<&Field>) {
    let has_path = http
        .is_some_and(|http| ["PathExact", "PathPrefix"].iter().any(|key| given(&http.json, key).is_some()));
    if let Some(rewrite) = given(json, "PrefixRewrite").filter(|_| !has_path) {
        rules.says(
            Code::RouteDestination,
            rewrite.span,
            format!(
                "{place} cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix"
            ),
        );
    }
    for condition in items(json, "RetryOn") {
        let word = condition.json.as_text().unwrap_or_default();
        if rules.since(Release(1, 14, 0)) && !is_one_of(&word, &RETRY_ON) {
            rules.says(
                Code::RouteDestination,
                condition.span,
                format!("{place} contains an invalid retry condition: {}", quote(&word)),
            );
        }
    }
}

/// At most one path, and from the root.
pub(super) fn path(rules: &mut Rules<'_>, part: &Part, http: &Json, code: Code) {
    let keys = ["PathExact", "PathPrefix", "PathRegex"];
    let found: Vec<&Field> = keys.iter().filter_map(|key| given(http, key)).collect();
    if let [_, second, ..] = found.as_slice() {
        let words = "should only contain at most one of PathExact, PathPrefix, or PathRegex";
        rules.says(code, second.span, format!("{} {words}", part.name));
    }
    for key in ["PathExact", "PathPrefix"] {
        let value = text(http, key);
        if !value.is_empty() && !value.starts_with('/') {
            let words = format!("{} doesn't start with '/': {}", part.member(key), quote(&value));
            rules.says(code, span(http, key), words);
        }
    }
}

/// Each header has a name and one thing to compare it with.
pub(super) fn headers(rules: &mut Rules<'_>, part: &Part, http: &Json, code: Code) {
    for (index, header) in items(http, "Header").iter().enumerate() {
        let (place, json) = (part.member(&format!("Header[{index}]")), &header.json);
        if text(json, "Name").is_empty() {
            rules.says(code, header.span, format!("{place} missing required Name field"));
        }
        let texts = ["Exact", "Prefix", "Suffix", "Contains", "Regex"];
        let set = texts.iter().filter(|key| given(json, key).is_some()).count();
        if set + usize::from(flag(json, "Present")) != 1 {
            let words = "should only contain one of Present, Exact, Prefix, Suffix,";
            rules.says(code, header.span, format!("{place} {words} or Regex"));
            if let Some(last) = rules.findings.last_mut() {
                last.consul = Some(format!("{place} {words}"));
            }
        }
    }
}

fn query(rules: &mut Rules<'_>, place: &str, http: &Json) {
    for (index, query) in items(http, "QueryParam").iter().enumerate() {
        let (place, json) = (format!("{place} QueryParam[{index}]"), &query.json);
        if text(json, "Name").is_empty() {
            rules.says(Code::RouteMatch, query.span, format!("{place} missing required Name field"));
        }
        let set = ["Exact", "Regex"].iter().filter(|key| given(json, key).is_some()).count();
        if set + usize::from(flag(json, "Present")) != 1 {
            rules.says(
                Code::RouteMatch,
                query.span,
                format!("{place} should only contain one of Present, Exact, or Regex"),
            );
        }
    }
}

/// Known methods, none twice; servers compare them in upper case.
pub(super) fn methods(rules: &mut Rules<'_>, part: &Part, http: &Json, code: Code) {
    let mut seen = Vec::new();
    for method in items(http, "Methods") {
        let name = method.json.as_text().unwrap_or_default().to_uppercase();
        let words = if rules.since(Release(1, 9, 0)) && !is_one_of(&name, &METHODS) {
            format!("{} contains an invalid method {}", part.member("Methods"), quote(&name))
        } else if seen.contains(&name) {
            format!("{} contains {} more than once", part.member("Methods"), quote(&name))
        } else {
            seen.push(name);
            continue;
        };
        rules.says(code, method.span, words);
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn a_route_matches_and_leads_as_servers_allow() {
        let with = |http: &str| format!("Routes = [{{ Match {{ HTTP {{ {http} }} }} }}]");
        let table = [
            (with(r#"PathPrefix = "a""#), r#"Route[0] PathPrefix doesn't start with '/': "a""#),
            (with(r#"PathExact = "a""#), r#"Route[0] PathExact doesn't start with '/': "a""#),
            (with(r#"PathPrefix = "/a" PathExact = "/b""#), "Route[0] should only contain at most one of"),
            (with(r#"PathRegex = "a""#), ""),
            (with("Header = [{ Present = true }]"), "Route[0] Header[0] missing required Name field"),
            (
                with(r#"Header = [{ Name = "x" Exact = "" }]"#),
                "Route[0] Header[0] should only contain one of",
            ),
            (with(r#"Header = [{ Name = "x" Present = true Exact = "y" }]"#), "should only contain one of"),
            (with(r#"Header = [{ Name = "x" Suffix = "y" Invert = true }]"#), ""),
            (with(r#"QueryParam = [{ Name = "x" }]"#), "Route[0] QueryParam[0] should only contain one of"),
            (with(r#"QueryParam = [{ Regex = "x" }]"#), "QueryParam[0] missing required Name field"),
            (with(r#"QueryParam = [{ Name = "x" Present = true }]"#), ""),
            (with(r#"Methods = ["get", "GET"]"#), r#"Route[0] Methods contains "GET" more than once"#),
            (with(r#"Methods = ["GET", "PUT"]"#), ""),
            (
                r#"Routes = [{ Destination { PrefixRewrite = "/x" } }]"#.to_owned(),
                "make use of PrefixRewrite",
            ),
            (
                r#"Routes = [{ Match { HTTP { PathExact = "/" } } Destination { PrefixRewrite = "/x" } }]"#
                    .to_owned(),
                "",
            ),
            ("Routes = [{}]".to_owned(), ""),
        ];
        let table: Vec<(&str, &str)> = table.iter().map(|(text, words)| (text.as_str(), *words)).collect();
        for version in ["1.8.7", "1.21.4"] {
            cases::check("Kind = \"service-router\"\nName = \"web\"", version, &table);
        }
        let retry = "Routes = [{ Destination { RetryOn = [\"reset\", \"never\"] } }]";
        cases::check(
            "Kind = \"service-router\"\nName = \"web\"",
            "1.21.4",
            &[
                (retry, r#"Route[0] contains an invalid retry condition: "never""#),
                (&with(r#"Methods = ["foo"]"#), r#"Route[0] Methods contains an invalid method "FOO""#),
            ],
        );
    }
}
