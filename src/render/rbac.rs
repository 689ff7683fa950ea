//! Intentions as Envoy's RBAC: the difference to the default action.
//!
//! Envoy knows no precedence, so each rule excludes the sources that a stronger intention decides.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::alphabet::escaped;
use super::names::Names;
use crate::envoy_api::{
    Action, Authenticated, HeaderMatcher, Permission, PermissionSet, Policy, Principal, PrincipalSet,
    Rules as RbacRules, StringMatcher, StringPattern, UrlPath,
};
use crate::intentions::{Effect, Rules, or_default};
use crate::snapshot::{Intention, IntentionAction, IntentionPermission, PermissionHeader, PermissionHttp};

/// Envoy's rules for `intentions`.
///
/// A service with an intention that cannot be enforced gets rules that admit no one. Sources in cluster peers are left out:
/// their certificates are of another CA, so that they cannot connect.
pub fn rules(intentions: &Rules<'_>, names: &Names<'_>) -> RbacRules {
    if intentions.closed().is_some() {
        return RbacRules { action: Action::Allow, policies: Vec::new() };
    }
    let default = intentions.default_action();
    let rules = effective_rules(intentions);
    let mut connections = Vec::with_capacity(rules.len());
    let mut policies = Vec::new();
    let mut kept = 0_usize;
    for rule in rules {
        match rule.effect {
            Effect::Action(action) if action == default => {}
            Effect::Action(_) => {
                kept += 1;
                connections.push(principal(&rule, names));
            }
            Effect::Requests(permissions) => {
                let permissions = request_permissions(permissions, default);
                if !permissions.is_empty() {
                    let policy = Policy { permissions, principals: vec![principal(&rule, names)] };
                    policies.push((Cow::Owned(format!("consul-intentions-layer7-{kept}")), policy));
                    kept += 1;
                }
            }
        }
    }
    if !connections.is_empty() {
        let policy = Policy { permissions: vec![Permission::Any(true)], principals: connections };
        policies.push((Cow::Borrowed("consul-intentions-layer4"), policy));
    }
    let action = match default {
        IntentionAction::Allow => Action::Deny,
        IntentionAction::Deny => Action::Allow,
    };
    RbacRules { action, policies }
}

/// An intention with the stronger ones that take sources away from it.
struct Rule<'a> {
    source: &'a Intention,
    effect: Effect<'a>,
    /// Weakest first.
    excluded: Vec<&'a Intention>,
}

/// The intentions that decide anything, strongest first.
fn effective_rules<'a>(intentions: &Rules<'a>) -> Vec<Rule<'a>> {
    let all = intentions.intentions();
    let mut rules: Vec<Rule<'a>> = Vec::with_capacity(all.len());
    let mut seen = BTreeSet::new();
    let mut wide: Vec<(&Intention, Effect<'_>)> = Vec::new();
    for source in all.iter().copied().filter(|intention| intention.source_peer.is_empty()) {
        let key = (&source.source_name, or_default(&source.source_ns), or_default(&source.source_partition));
        if !seen.insert(key) {
            continue;
        }
        let effect = intentions.effect(source);
        // Where a stronger intention already decides all of these sources, this one decides nothing. Consul
        // keeps it, and so lets in what the stronger one denies; harmless only where both say the same.
        if let Some((_, stronger)) = wide.iter().find(|(stronger, _)| covers(stronger, source)) {
            let same_action = matches!((stronger, effect), (Effect::Action(a), Effect::Action(b)) if *a == b);
            if !same_action {
                continue;
            }
        }
        let mut excluded = Vec::new();
        if source.source_name == "*" {
            let stronger = rules.iter().rev().map(|stronger| stronger.source);
            excluded.extend(stronger.filter(|stronger| covers(source, stronger)));
            without_covered(&mut excluded);
            wide.push((source, effect));
        }
        rules.push(Rule { source, effect, excluded });
    }
    rules
}

/// Takes out those whose sources another one has, too; only namespaces (Enterprise) make that so.
///
/// Consul: those with the fewest wildcards come first.
fn without_covered(excluded: &mut Vec<&Intention>) {
    if excluded.iter().all(|intention| intention.source_name != "*") {
        return;
    }
    excluded.sort_by_key(|intention| (intention.source_ns == "*", intention.source_name == "*"));
    let all = excluded.clone();
    let mut index = 0_usize;
    excluded.retain(|intention| {
        index += 1;
        !all.iter().skip(index).any(|wider| covers(wider, intention))
    });
}

/// Whether every source of `narrow` is one of `wide`, too.
fn covers(wide: &Intention, narrow: &Intention) -> bool {
    let covers_name = |wide: &str, narrow: &str| wide == "*" || wide == narrow;
    covers_name(&wide.source_name, &narrow.source_name)
        && covers_name(or_default(&wide.source_ns), or_default(&narrow.source_ns))
        && or_default(&wide.source_partition) == or_default(&narrow.source_partition)
}

fn principal(rule: &Rule<'_>, names: &Names<'_>) -> Principal {
    let source = |intention: &Intention| {
        let principal_name = StringMatcher::regex(names.source_pattern(intention));
        Principal::Authenticated(Authenticated { principal_name })
    };
    if rule.excluded.is_empty() {
        return source(rule.source);
    }
    let excluded = rule.excluded.iter().map(|stronger| Principal::NotId(Box::new(source(stronger))));
    Principal::AndIds(PrincipalSet { ids: std::iter::once(source(rule.source)).chain(excluded).collect() })
}

/// The permissions that differ from the default, each without what an earlier one decides.
fn request_permissions(permissions: &[IntentionPermission], default: IntentionAction) -> Vec<Permission> {
    let requests: Vec<Permission> = permissions.iter().map(|permission| request(&permission.http)).collect();
    let mut different = Vec::new();
    for (index, permission) in permissions.iter().enumerate() {
        if permission.action == default {
            continue;
        }
        let earlier =
            requests.iter().take(index).rev().map(|earlier| Permission::NotRule(Box::new(earlier.clone())));
        different.push(all_of(requests.iter().skip(index).take(1).cloned().chain(earlier).collect()));
    }
    different
}

fn request(http: &PermissionHttp) -> Permission {
    let path = |path: StringMatcher| Permission::UrlPath(UrlPath { path });
    let mut rules = Vec::new();
    if !http.path_exact.is_empty() {
        rules.push(path(StringMatcher::exact(&http.path_exact)));
    }
    if !http.path_prefix.is_empty() {
        rules.push(path(StringMatcher::prefix(&http.path_prefix)));
    }
    if !http.path_regex.is_empty() {
        rules.push(path(StringMatcher::regex(&http.path_regex)));
    }
    rules.extend(http.header.iter().map(|matcher| Permission::Header(header(matcher))));
    if !http.methods.is_empty() {
        let string_match = Some(StringMatcher::regex(
            http.methods.iter().map(|method| escaped(method)).collect::<Vec<_>>().join("|"),
        ));
        rules.push(Permission::Header(HeaderMatcher {
            name: ":method".to_owned(),
            string_match,
            ..HeaderMatcher::default()
        }));
    }
    all_of(rules)
}

fn header(matcher: &PermissionHeader) -> HeaderMatcher {
    let mut value = if !matcher.exact.is_empty() {
        StringMatcher::exact(&matcher.exact)
    } else if !matcher.prefix.is_empty() {
        StringMatcher::prefix(&matcher.prefix)
    } else if !matcher.suffix.is_empty() {
        StringMatcher::suffix(&matcher.suffix)
    } else if !matcher.contains.is_empty() {
        StringMatcher::contains(&matcher.contains)
    } else if !matcher.regex.is_empty() {
        StringMatcher::regex(&matcher.regex)
    } else {
        let present_match = Some(true);
        return HeaderMatcher {
            name: matcher.name.clone(),
            present_match,
            invert_match: matcher.invert,
            ..HeaderMatcher::default()
        };
    };
    // Envoy refuses this option beside a regular expression.
    value.ignore_case = matcher.ignore_case && !matches!(value.pattern, StringPattern::SafeRegex(_));
    HeaderMatcher {
        name: matcher.name.clone(),
        string_match: Some(value),
        invert_match: matcher.invert,
        ..HeaderMatcher::default()
    }
}

fn all_of(mut rules: Vec<Permission>) -> Permission {
    match rules.len() {
        0 => Permission::Any(true),
        1 => rules.remove(0),
        _ => Permission::AndRules(PermissionSet { rules }),
    }
}
