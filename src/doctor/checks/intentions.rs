//! Intentions: somebody may reach each linked service, and every rule means what it says.

use std::collections::BTreeSet;

use super::{Check, Need, Outcome, at, found};
use crate::doctor::evidence::Evidence;
use crate::doctor::word;
use crate::finding::{Code, Finding};
use crate::intentions::{Effect, Rules};
use crate::snapshot::assemble::Answer;
use crate::snapshot::{DefaultIntentionSource, IntentionAction, Snapshot};

pub(super) const CHECKS: &[Check] = &[
    found(Need::State, Code::DefaultIntentionAssumed, "the default action is known", &[]),
    found(Need::State, Code::IntentionOnGateway, "no intention has the gateway as its destination", &[]),
    at(Code::NobodyAllowed, "a source may reach every linked service", somebody_may),
    found(Need::State, Code::PermissionsOnTcp, "no tcp service has rules about requests", &[]),
    found(Need::State, Code::PathRuleBypass, "no rule about paths can be bypassed", &[]),
    found(Need::State, Code::PathRuleUnmatched, "every rule about paths can match", &[]),
    found(
        Need::State,
        Code::IntentionRefused,
        "the gateway can enforce every intention",
        &[Code::JwtUnsupported, Code::TooManySources],
    ),
    found(Need::State, Code::PeerIgnored, "no intention is for a cluster peer", &[]),
];

fn somebody_may(evidence: &Evidence<'_>) -> Outcome {
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return Outcome::skipped(why),
    };
    if evidence.facts.lacks(Answer::Intentions).is_some() {
        return Outcome::skipped("the agent does not give the intentions");
    }
    if snapshot.default_intention_source == DefaultIntentionSource::Assumed {
        return Outcome::skipped("what happens without an intention is not known");
    }
    let mut found = Vec::new();
    for link in snapshot.links.iter() {
        let rules = Rules::of(snapshot, &link.service);
        if lets_somebody_in(snapshot, &rules, &link.service.name) {
            continue;
        }
        let name = &link.service.name;
        let sources = users(evidence, name);
        let finding = Finding::new(
            Code::NobodyAllowed,
            name,
            format!("service `{name}`: no intention allows a source, and the default is to deny"),
        );
        found.push(match sources.first() {
            None => {
                finding.help(format!("allow a source: `termgate intention create SOURCE {}`", word(name)))
            }
            Some(source) => finding.help(format!("`{source}` has it as an upstream: allow it")).command(
                format!("termgate intention create -allow -replace {} {}", word(source), word(name)),
            ),
        });
    }
    let default = match snapshot.default_intention {
        IntentionAction::Allow => "allow",
        IntentionAction::Deny => "deny",
    };
    Outcome::of(found, format!("the default is to {default}"))
}

fn lets_somebody_in(snapshot: &Snapshot, rules: &Rules<'_>, name: &str) -> bool {
    // What cannot be enforced is another check's.
    if rules.closed().is_some() {
        return true;
    }
    if !snapshot.protocol(name).has_requests() {
        return rules.sources().uniform() != Some(false);
    }
    let allows = |action| action == IntentionAction::Allow;
    let is_open = |effect: Effect<'_>| match effect {
        Effect::Action(action) => allows(action),
        Effect::Requests(permissions) => {
            allows(rules.default_action()) || permissions.iter().any(|permission| allows(permission.action))
        }
    };
    let has_wildcard = rules.intentions().iter().any(|intention| intention.source_name == "*");
    rules.intentions().iter().any(|intention| is_open(rules.effect(intention)))
        || (allows(rules.default_action()) && !has_wildcard)
}

/// The services whose proxies have `name` as an upstream.
pub(super) fn users<'a>(evidence: &Evidence<'a>, name: &str) -> BTreeSet<&'a str> {
    let nodes = evidence.facts.nodes.is().map(Vec::as_slice).unwrap_or_default();
    let proxies =
        nodes.iter().flat_map(|node| &node.services).filter(|service| service.kind == "connect-proxy");
    proxies
        .filter(|proxy| proxy.proxy.reached().any(|reached| reached == name))
        .map(|proxy| proxy.proxy.destination_service_name.as_str())
        .collect()
}
