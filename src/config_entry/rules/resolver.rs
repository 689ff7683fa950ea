//! service-resolver. The rules of subsets, redirect, failover and timeout are those of the real 1.8.7. Filters are checked
//! since 1.11 (consul#11293), in the language of the real 1.8.7. Load balancers (since 1.9), peers and targets (since 1.14)
//! are from Consul's MPL-licensed sources up to 1.16, sameness groups from the checks of consul-k8s.

use super::{Rules, flag, given, is_blank, is_one_of, items, locality, member, members, present, span, text};
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::duration;
use crate::go::strconv::quote;
use crate::render::filter::Filter;

/// What a subset's name looks like.
const SUBSET_NAME: &str = "must be 63 characters or fewer, begin or end with lower case alphanumeric characters, and \
                           contain lower case alphanumeric characters or '-' in between";

pub(super) fn check(rules: &mut Rules<'_>) {
    let body = rules.body();
    let names: Vec<&str> = members(body, "Subsets").iter().map(|(name, _)| &**name).collect();
    subsets(rules);
    let default = text(body, "DefaultSubset");
    if !default.is_empty() && !names.contains(&&*default) {
        rules.says(
            Code::ResolverSubset,
            span(body, "DefaultSubset"),
            format!("DefaultSubset {} is not a valid subset", quote(&default)),
        );
    }
    if let Some(redirect) = present(body, "Redirect") {
        self::redirect(rules, redirect, &names);
    }
    for (subset, failover) in members(body, "Failover") {
        self::failover(rules, subset, failover, &names);
    }
    locality(rules, None, member(body, "PrioritizeByLocality"));
    for key in ["ConnectTimeout", "RequestTimeout"] {
        // Since 1.18 (consul#19992) a negative one turns the limit off.
        if key == "RequestTimeout" && rules.since(Release(1, 18, 0)) {
            continue;
        }
        let value = text(body, key);
        if duration::parse(&value).is_ok_and(|nanoseconds| nanoseconds < 0) {
            rules.says(Code::NegativeTimeout, span(body, key), format!("Bad {key} '{value}', must be >= 0"));
        }
    }
    if let Some(balancer) = present(body, "LoadBalancer") {
        load_balancer(rules, &balancer.json);
    }
}

fn subsets(rules: &mut Rules<'_>) {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    for (name, subset) in members(rules.body(), "Subsets") {
        let bytes = name.as_bytes();
        let quoted = quote(name);
        if name.is_empty() {
            rules.says(Code::ResolverSubset, subset.span, "Subset defined with empty name");
        } else if bytes.len() > 63 {
            rules.says(
                Code::ResolverSubset,
                subset.span,
                format!("Subset {quoted} is invalid: must be non-empty and 63 characters or fewer"),
            );
        } else if !(bytes.first().copied().is_some_and(inner)
            && bytes.last().copied().is_some_and(inner)
            && bytes.iter().all(|&byte| inner(byte) || byte == b'-'))
        {
            rules.says(
                Code::ResolverSubset,
                subset.span,
                format!("Subset {quoted} is invalid: {SUBSET_NAME}"),
            );
        }
        let Some(filter) = given(&subset.json, "Filter") else { continue };
        let Err(error) = Filter::parse(&filter.json.as_text().unwrap_or_default()) else { continue };
        let message = format!("Filter for subset {quoted} is not a valid expression");
        if rules.since(Release(1, 11, 0)) {
            rules.says(Code::SubsetFilter, filter.span, format!("{message}: {error}"));
            if let Some(last) = rules.findings.last_mut() {
                last.consul = Some(message);
            }
        } else {
            rules.warn(Code::SubsetFilter, filter.span, format!("{message}: {error}; no instance is found"));
        }
    }
}

fn redirect(rules: &mut Rules<'_>, redirect: &Field, names: &[&str]) {
    let (json, code) = (&redirect.json, Code::ResolverRedirect);
    if !members(rules.body(), "Failover").is_empty() {
        rules.says(code, redirect.span, "Redirect and Failover cannot both be set");
    }
    if is_blank(json) {
        return rules.says(code, redirect.span, "Redirect is empty");
    }
    for (one, other) in [("Peer", "ServiceSubset"), ("Partition", "Peer"), ("Peer", "Datacenter")] {
        if let (Some(_), Some(field)) = (given(json, one), given(json, other)) {
            let words = format!("Redirect.{one} cannot be set with Redirect.{other}");
            rules.says(code, field.span, words);
        }
    }
    let (service, subset) = (text(json, "Service"), text(json, "ServiceSubset"));
    if service.is_empty() {
        for key in ["ServiceSubset", "Namespace", "Partition", "Peer"] {
            if let Some(field) = given(json, key) {
                rules.says(code, field.span, format!("Redirect.{key} defined without Redirect.Service"));
            }
        }
    } else if !subset.is_empty() && service == rules.entry.name() && !names.contains(&&*subset) {
        let (subset, own) = (quote(&subset), quote(&service));
        let words = format!("Redirect.ServiceSubset {subset} is not a valid subset of {own}");
        rules.says(code, span(json, "ServiceSubset"), words);
    }
}

fn failover(rules: &mut Rules<'_>, subset: &str, failover: &Field, names: &[&str]) {
    let (json, place) = (&failover.json, format!("Bad Failover[{}]", quote(subset)));
    let code = Code::ResolverFailover;
    if subset != "*" && !names.contains(&subset) {
        rules.says(code, failover.span, format!("{place}: not a valid subset"));
    }
    if is_blank(json) {
        let one_of = "one of Service, ServiceSubset, Namespace, or Datacenters is required";
        rules.says(code, failover.span, format!("{place} {one_of}"));
        if let Some(last) = rules.findings.last_mut() {
            last.consul = Some(place);
        }
        return;
    }
    let (service, wanted) = (text(json, "Service"), text(json, "ServiceSubset"));
    let own = service.is_empty() || service == rules.entry.name();
    if own && !wanted.is_empty() && !names.contains(&&*wanted) {
        // Servers since 1.14 put a colon where earlier ones put a dot.
        let dot = if rules.since(Release(1, 14, 0)) { ": " } else { "." };
        let (wanted, service) = (quote(&wanted), quote(&service));
        rules.says(
            code,
            span(json, "ServiceSubset"),
            format!("{place}{dot}ServiceSubset {wanted} is not a valid subset of {service}"),
        );
    }
    for datacenter in items(json, "Datacenters") {
        if datacenter.json.is_empty() {
            rules.says(code, datacenter.span, format!("{place}.Datacenters: found empty datacenter"));
        }
    }
    for (one, others) in [
        ("Targets", &["Datacenters", "ServiceSubset", "Service"][..]),
        ("SamenessGroup", &["Datacenters", "ServiceSubset", "Targets"]),
    ] {
        let Some(field) = given(json, one) else { continue };
        for other in others.iter().filter(|key| given(json, key).is_some()) {
            rules.says(code, field.span, format!("{place}: {one} cannot be set with {other}"));
        }
    }
    locality(rules, member(json, "Policy"), None);
    for (index, target) in items(json, "Targets").iter().enumerate() {
        self::target(rules, target, &format!("{place}.Targets[{index}]"), names);
    }
}

/// One of several targets of a failover.
fn target(rules: &mut Rules<'_>, target: &Field, place: &str, names: &[&str]) {
    let (json, code) = (&target.json, Code::ResolverFailover);
    for (one, other) in [
        ("Peer", "ServiceSubset"),
        ("Partition", "Peer"),
        ("Peer", "Datacenter"),
        ("Partition", "Datacenter"),
    ] {
        if let (Some(_), Some(field)) = (given(json, one), given(json, other)) {
            rules.says(code, field.span, format!("{place}: {one} cannot be set with {other}"));
        }
    }
    let (service, subset) = (text(json, "Service"), text(json, "ServiceSubset"));
    let own = service.is_empty() || service == rules.entry.name();
    if own && given(json, "Peer").is_none() && !subset.is_empty() && !names.contains(&&*subset) {
        let (subset, own) = (quote(&subset), quote(rules.entry.name()));
        let words = format!("{place}: ServiceSubset {subset} is not a valid subset of {own}");
        rules.says(code, span(json, "ServiceSubset"), words);
    }
}

fn load_balancer(rules: &mut Rules<'_>, json: &Json) {
    let code = Code::LoadBalancer;
    let policy = text(json, "Policy");
    let quoted = quote(&policy);
    if !is_one_of(&policy, &["", "random", "round_robin", "least_request", "ring_hash", "maglev"]) {
        let words = format!("Bad LoadBalancer policy: {quoted} is not supported");
        rules.says(code, span(json, "Policy"), words);
    }
    for (key, owner) in [("RingHashConfig", "ring_hash"), ("LeastRequestConfig", "least_request")] {
        if let Some(config) = present(json, key).filter(|_| policy != owner) {
            let words = format!(
                "Bad LoadBalancer configuration. {key} specified for incompatible load balancing policy {quoted}"
            );
            rules.says(code, config.span, words);
        }
    }
    let Some(policies) = member(json, "HashPolicies").filter(|field| !field.json.items().is_empty()) else {
        return;
    };
    if !is_one_of(&policy, &["ring_hash", "maglev"]) {
        let words = format!(
            "Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: {quoted}"
        );
        rules.says(code, policies.span, words);
    }
    for (index, hash) in policies.json.items().iter().enumerate() {
        hash_policy(rules, hash, index);
    }
}

fn hash_policy(rules: &mut Rules<'_>, hash: &Field, index: usize) {
    let json = &hash.json;
    let (field, value) = (text(json, "Field"), text(json, "FieldValue"));
    let quoted = quote(&field);
    let mut says = |words: String| {
        let words = format!("Bad LoadBalancer HashPolicy[{index}]: {words}");
        rules.says(Code::LoadBalancer, hash.span, words);
    };
    if !is_one_of(&field, &["", "header", "cookie", "query_parameter"]) {
        says(format!("{quoted} is not a supported field"));
    }
    let is_address = flag(json, "SourceIP");
    if is_address && !field.is_empty() {
        says(format!("A single hash policy cannot hash both a source address and a {quoted}"));
    }
    if is_address && !value.is_empty() {
        says("A FieldValue cannot be specified when hashing SourceIP".to_owned());
    }
    if !field.is_empty() && value.is_empty() {
        says(format!("Field {quoted} was specified without a FieldValue"));
    }
    if field.is_empty() && !value.is_empty() {
        says("FieldValue requires a Field to apply to".to_owned());
    }
    let Some(cookie) = present(json, "CookieConfig") else { return };
    if field != "cookie" {
        says(format!("cookie_config provided for {quoted}"));
    }
    if flag(&cookie.json, "Session") && given(&cookie.json, "TTL").is_some() {
        says("a session cookie cannot have an associated TTL".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    const HEAD: &str = "Kind = \"service-resolver\"\nName = \"web\"";

    #[test]
    fn subsets_redirects_and_failovers_are_as_servers_allow() {
        let table = [
            (r#"DefaultSubset = "x""#, r#"DefaultSubset "x" is not a valid subset"#),
            (r#"DefaultSubset = "x" Subsets { x {} }"#, ""),
            (r#"Subsets { "" {} }"#, "Subset defined with empty name"),
            (r#"Subsets { "-x" {} }"#, r#"Subset "-x" is invalid: must be 63 characters or fewer"#),
            (r#"Subsets { "a.b" {} }"#, "is invalid"),
            (r#"Subsets { "a-1" {} }"#, ""),
            ("Redirect {}", "Redirect is empty"),
            (
                r#"Redirect { ServiceSubset = "q" }"#,
                "Redirect.ServiceSubset defined without Redirect.Service",
            ),
            (r#"Redirect { Datacenter = "dc2" }"#, ""),
            (
                r#"Redirect { Service = "web" ServiceSubset = "q" }"#,
                r#"Redirect.ServiceSubset "q" is not a valid subset of "web""#,
            ),
            (
                r#"Redirect { Service = "b" } Failover { "*" { Service = "c" } }"#,
                "Redirect and Failover cannot both be set",
            ),
            (r#"Failover { "*" {} }"#, r#"Bad Failover["*"] one of"#),
            (r#"Failover { "x" { Service = "b" } }"#, r#"Bad Failover["x"]: not a valid subset"#),
            (
                r#"Failover { "*" { ServiceSubset = "nope" } }"#,
                r#"ServiceSubset "nope" is not a valid subset of """#,
            ),
            (r#"Failover { "*" { Service = "b" ServiceSubset = "nope" } }"#, ""),
            (r#"Failover { "*" { Datacenters = [""] } }"#, "found empty datacenter"),
            (r#"ConnectTimeout = "-1s""#, "Bad ConnectTimeout '-1s', must be >= 0"),
            (r#"ConnectTimeout = "0s""#, ""),
        ];
        for version in ["1.8.7", "1.21.4"] {
            cases::check(HEAD, version, &table);
        }
    }

    #[test]
    fn a_negative_request_timeout_turns_the_limit_off_since_1_18() {
        let negative = r#"RequestTimeout = "-1s""#;
        cases::check(HEAD, "1.17.3", &[(negative, "Bad RequestTimeout '-1s', must be >= 0")]);
        cases::check(HEAD, "1.18.0", &[(negative, "")]);
    }

    #[test]
    fn a_filter_is_refused_since_the_release_that_reads_it() {
        let bad = r#"Subsets { v1 { Filter = "Service.Meta.version = v1" } }"#;
        cases::check(HEAD, "1.8.7", &[(bad, "")]);
        cases::check(
            HEAD,
            "1.11.0",
            &[
                (bad, "Filter for subset \"v1\" is not a valid expression"),
                (r#"Subsets { v1 { Filter = "Service.Meta.version == v1" } }"#, ""),
                (r#"Subsets { v1 { Filter = "\"a\" in Service.Tags and not Node.Meta.b is empty" } }"#, ""),
            ],
        );
    }

    #[test]
    fn load_balancers_and_peers_have_what_goes_with_them() {
        let hashed = |policy: &str, inside: &str| {
            format!("LoadBalancer {{ Policy = \"{policy}\" HashPolicies = [{{ {inside} }}] }}")
        };
        let table = [
            (
                r#"LoadBalancer { Policy = "best" }"#.to_owned(),
                "Bad LoadBalancer policy: \"best\" is not supported",
            ),
            (r#"LoadBalancer { Policy = "maglev" }"#.to_owned(), ""),
            (
                r#"LoadBalancer { Policy = "maglev" RingHashConfig { MinimumRingSize = 1 } }"#.to_owned(),
                "RingHashConfig specified for incompatible load balancing policy \"maglev\"",
            ),
            (hashed("random", "SourceIP = true"), "HashPolicies specified for non-hash-based Policy"),
            (hashed("maglev", "SourceIP = true"), ""),
            (
                hashed("maglev", "Field = \"body\" FieldValue = \"x\""),
                "HashPolicy[0]: \"body\" is not a supported field",
            ),
            (hashed("maglev", "Field = \"header\""), "without a FieldValue"),
            (hashed("maglev", "FieldValue = \"x\""), "FieldValue requires a Field"),
            (hashed("maglev", "Field = \"header\" FieldValue = \"x\" SourceIP = true"), "cannot hash both"),
            (
                r#"Redirect { Service = "b" Peer = "p" Datacenter = "dc2" }"#.to_owned(),
                "Redirect.Peer cannot be set with Redirect.Datacenter",
            ),
            (r#"Redirect { Peer = "p" }"#.to_owned(), "Redirect.Peer defined without Redirect.Service"),
            (
                r#"Failover { "*" { Targets = [{ ServiceSubset = "x" }] } }"#.to_owned(),
                r#"Targets[0]: ServiceSubset "x" is not a valid subset of "web""#,
            ),
            (
                r#"LoadBalancer { Policy = "random" LeastRequestConfig {} }"#.to_owned(),
                "LeastRequestConfig specified for incompatible",
            ),
            (
                hashed("maglev", "Field = \"header\" FieldValue = \"x\" CookieConfig {}"),
                "cookie_config provided for \"header\"",
            ),
            (
                hashed(
                    "maglev",
                    "Field = \"cookie\" FieldValue = \"x\" CookieConfig { Session = true TTL = \"1s\" }",
                ),
                "a session cookie cannot have",
            ),
            (hashed("maglev", "FieldValue = \"x\" SourceIP = true"), "when hashing SourceIP"),
            (
                r#"Failover { "*" { Service = "a" Targets = [{ Peer = "p" }] } }"#.to_owned(),
                "Targets cannot be set",
            ),
            (r#"Failover { "*" { Targets = [{ Peer = "p" }, { Datacenter = "dc2" }] } }"#.to_owned(), ""),
        ];
        for (text, words) in &table {
            cases::check(HEAD, "1.21.4", &[(text, words)]);
        }
    }
}
