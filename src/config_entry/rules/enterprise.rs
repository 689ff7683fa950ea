//! What only Consul Enterprise has. Sources: recorded answers (keys of the entry and of linked services), the real 1.8.7
//! (services of listeners), Consul's MPL-licensed sources up to 1.16 (resolvers, exports, sameness groups), and
//! HashiCorp's documentation, which marks the other kinds and keys as Enterprise's.

use super::{Rules, items, member, members, text};
use crate::config_entry::TERMINATING_GATEWAY;
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;
use crate::hcl::Span;

const SCOPE: [&str; 2] = ["Namespace", "Partition"];

pub(super) fn check(rules: &mut Rules<'_>) {
    if rules.entry.version().is_enterprise() {
        return;
    }
    let body = rules.body();
    scope(rules, body, "");
    match rules.entry.kind() {
        TERMINATING_GATEWAY => each(rules, body, "Services", ""),
        "service-intentions" => {
            each(rules, body, "Sources", "");
            for (index, source) in items(body, "Sources").iter().enumerate() {
                needs(rules, &source.json, "SamenessGroup", &format!("Sources[{index}].SamenessGroup"));
            }
        }
        "ingress-gateway" => {
            for (index, listener) in items(body, "Listeners").iter().enumerate() {
                each(rules, &listener.json, "Services", &format!("Listeners[{index}]."));
            }
        }
        "service-defaults" => {
            let upstreams = member(body, "UpstreamConfig").map(|field| &field.json);
            if let Some(upstreams) = upstreams {
                each(rules, upstreams, "Overrides", "UpstreamConfig.");
                if let Some(defaults) = member(upstreams, "Defaults") {
                    scope(rules, &defaults.json, "UpstreamConfig.Defaults.");
                }
            }
            needs(rules, body, "RateLimits", "RateLimits");
        }
        "service-resolver" if rules.since(Release(1, 14, 0)) => resolver(rules),
        "exported-services" => exports(rules),
        "api-gateway" => api_gateway(rules),
        "http-route" => http_route(rules),
        "tcp-route" => {
            each(rules, body, "Parents", "");
            each(rules, body, "Services", "");
        }
        kind @ ("sameness-group" | "control-plane-request-limit") => {
            let message = format!("the kind `{kind}` needs Consul Enterprise");
            let place = member(body, "Kind").and_then(|field| field.span);
            let words = if kind == "sameness-group" { "enterprise-only feature" } else { kind };
            rules.refuse_as(Code::EnterpriseOnly, place, &message, words);
        }
        _ => {}
    }
}

/// The namespace and the partition of an object, which the servers take for unknown keys, even if they are `default`.
fn scope(rules: &mut Rules<'_>, json: &Json, place: &str) {
    for key in SCOPE {
        if let Some(field) = member(json, key).filter(|field| !field.json.is_empty()) {
            let suffix = if key == "Namespace" { ", namespaces are a consul enterprise feature" } else { "" };
            let path = format!("{place}{key}");
            let words = format!("invalid config key {}{suffix}", quote(&path));
            refuse(rules, field.span, &path, words);
        }
    }
}

fn each(rules: &mut Rules<'_>, json: &Json, key: &str, place: &str) {
    for (index, item) in items(json, key).iter().enumerate() {
        scope(rules, &item.json, &format!("{place}{key}[{index}]."));
    }
}

fn refuse(rules: &mut Rules<'_>, span: Option<Span>, path: &str, words: impl Into<String>) {
    let message = format!("`{path}` needs Consul Enterprise");
    rules.refuse_as(Code::EnterpriseOnly, span, &message, words);
}

/// A key that says something only to Enterprise.
fn needs(rules: &mut Rules<'_>, json: &Json, key: &str, path: &str) {
    if let Some(field) = member(json, key).filter(|field| !field.json.is_empty()) {
        refuse(rules, field.span, path, path);
    }
}

fn resolver(rules: &mut Rules<'_>) {
    let mut places: Vec<(String, &Field)> = Vec::new();
    places.extend(member(rules.body(), "Redirect").map(|field| ("Redirect".to_owned(), field)));
    for (subset, failover) in members(rules.body(), "Failover") {
        let place = format!("Failover[{}]", quote(subset));
        for (index, target) in items(&failover.json, "Targets").iter().enumerate() {
            places.push((format!("{place}.Targets[{index}]"), target));
        }
        places.push((place, failover));
    }
    for (place, field) in places {
        for key in ["Partition", "Namespace", "SamenessGroup"] {
            if let Some(found) = member(&field.json, key).filter(|found| !found.json.is_empty()) {
                let words = format!("Setting {key} requires Consul Enterprise");
                refuse(rules, found.span, &format!("{place}.{key}"), words);
            }
        }
    }
}

fn exports(rules: &mut Rules<'_>) {
    if !rules.since(Release(1, 13, 0)) {
        let place = member(rules.body(), "Kind").and_then(|field| field.span);
        let message = "before Consul 1.13 the kind `exported-services` needs Consul Enterprise";
        return rules.refuse_as(Code::EnterpriseOnly, place, message, "exported-services");
    }
    for (index, service) in items(rules.body(), "Services").iter().enumerate() {
        for (number, consumer) in items(&service.json, "Consumers").iter().enumerate() {
            let place = format!("Services[{index}].Consumers[{number}]");
            if !matches!(&*text(&consumer.json, "Partition"), "" | "default") {
                needs(rules, &consumer.json, "Partition", &format!("{place}.Partition"));
            }
            if let Some(group) =
                member(&consumer.json, "SamenessGroup").filter(|group| !group.json.is_empty())
            {
                let words = format!("{place}: sameness-groups are an enterprise-only feature");
                refuse(rules, group.span, &format!("{place}.SamenessGroup"), words);
            }
        }
    }
}

/// A member `JWT`, which the servers of the community edition take for an unknown key.
fn tokens(rules: &mut Rules<'_>, json: &Json, place: &str) {
    if let Some(field) = member(json, "JWT").filter(|field| field.json != Json::Null) {
        let path = format!("{place}.JWT");
        let words = format!(
            "invalid config key {}, api-gateway jwt validation is a consul enterprise feature",
            quote(&path)
        );
        refuse(rules, field.span, &path, words);
    }
}

fn api_gateway(rules: &mut Rules<'_>) {
    for (index, listener) in items(rules.body(), "Listeners").iter().enumerate() {
        if let Some(tls) = member(&listener.json, "TLS") {
            each(rules, &tls.json, "Certificates", &format!("Listeners[{index}].TLS."));
        }
        for key in ["Override", "Default"] {
            if let Some(policy) = member(&listener.json, key) {
                tokens(rules, &policy.json, &format!("Listeners[{index}].{key}"));
            }
        }
    }
}

fn http_route(rules: &mut Rules<'_>) {
    each(rules, rules.body(), "Parents", "");
    for (index, rule) in items(rules.body(), "Rules").iter().enumerate() {
        each(rules, &rule.json, "Services", &format!("Rules[{index}]."));
        if let Some(filters) = member(&rule.json, "Filters") {
            tokens(rules, &filters.json, &format!("Rules[{index}].Filters"));
        }
        for (number, service) in items(&rule.json, "Services").iter().enumerate() {
            if let Some(filters) = member(&service.json, "Filters") {
                tokens(rules, &filters.json, &format!("Rules[{index}].Services[{number}].Filters"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn the_community_edition_refuses_what_only_enterprise_has() {
        let table = [
            ("ingress-gateway", "Listeners = [{ Port = 1 Services = [{ Name = \"a\" Namespace = \"n\" }] }]"),
            ("service-intentions", "Sources = [{ Name = \"a\" Action = \"deny\" Partition = \"p\" }]"),
            ("service-defaults", "UpstreamConfig { Overrides = [{ Name = \"a\" Namespace = \"n\" }] }"),
            ("service-defaults", "RateLimits { InstanceLevel { RequestsPerSecond = 1 } }"),
            ("service-resolver", "Redirect { Service = \"a\" Partition = \"p\" }"),
            ("service-resolver", "Failover { \"*\" { Targets = [{ Namespace = \"n\" }] } }"),
            ("tcp-route", "Services = [{ Name = \"a\" Namespace = \"n\" }]"),
            ("http-route", "Rules = [{ Filters { JWT { Providers = [{ Name = \"o\" }] } } }]"),
            ("sameness-group", "Members = [{ Peer = \"p\" }]\nIncludeLocal = true"),
            ("control-plane-request-limit", "Mode = \"permissive\""),
        ];
        for (kind, text) in table {
            let head = format!("Kind = \"{kind}\"\nName = \"x\"");
            cases::check(&head, "1.21.4", &[(text, "needs Consul Enterprise")]);
            cases::check(&head, "1.21.4+ent", &[(text, "")]);
        }
    }
}
