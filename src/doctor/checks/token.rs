//! The token: there, known, lasting, with every right that the gateway needs.

use super::agent::unsaid;
use super::{Check, Need, Outcome, at, found};
use crate::consul::api::acl::Authorization;
use crate::consul::facts::{Fact, Reason};
use crate::doctor::evidence::Evidence;
use crate::doctor::facts::{Asked, Facts, Trouble};
use crate::doctor::word;
use crate::finding::{Code, Finding, Severity};
use crate::rights::AGENT_READ;
use crate::snapshot::assemble::Answer;
use crate::system::clock;

pub(super) const CHECKS: &[Check] = &[
    at(Code::NoToken, "a token is given where ACLs are on", is_given),
    at(Code::TokenUnknown, "Consul knows the token", is_known),
    at(Code::TokenExpires, "the token does not expire soon", lasts),
    at(Code::AgentReadMissing, "the token may read the agent", reads_agent),
    at(Code::GatewayWriteMissing, "the token may register the gateway", writes_gateway),
    at(Code::ServiceWriteMissing, "the token may speak for every linked service", writes_services),
    at(Code::NodeReadMissing, "the token may read the nodes of instances", reads_nodes),
    found(Need::State, Code::LinkHidden, "the token sees every linked service", &[]),
    at(Code::NotAnswered, "the agent gives everything that the gateway needs", is_answered),
];

/// A token that lives shorter is reported.
const SOON: i64 = 24 * 60 * 60;

fn is_given(evidence: &Evidence<'_>) -> Outcome {
    let agent = match evidence.agent() {
        Ok(agent) => agent,
        Err(why) => return Outcome::Skipped(why),
    };
    match (&agent.acls, &evidence.facts.token.origin) {
        (Fact::Known(false), _) => Outcome::ok("ACLs are off"),
        (_, Some(origin)) => Outcome::ok(format!("{origin}, for requests and registration")),
        // A refusal says as much.
        (Fact::Known(true) | Fact::Unknown(Reason::Lacks(_)), None) => {
            let message = "ACLs are on and no token is given: requests are those of the anonymous token";
            Outcome::found(Finding::new(Code::NoToken, "token", message).severity(Severity::Failure))
        }
        (fact, None) => Outcome::skipped(format!("whether ACLs are on is not known: {}", unsaid(fact))),
    }
}

fn is_known(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let unknown = |trouble: &Trouble| {
        Outcome::found(
            Finding::new(Code::TokenUnknown, "token", "Consul does not know the token (ACL not found)")
                .help(&trouble.help),
        )
    };
    match (&facts.token.own, &facts.agent) {
        (_, Asked::Failed(trouble)) | (Asked::Failed(trouble), _) if trouble.is_unknown_token => {
            unknown(trouble)
        }
        (Asked::Is(own), _) => {
            let description =
                if own.description.is_empty() { String::new() } else { format!(" ({})", own.description) };
            Outcome::ok(format!("accessor {}{description}", own.accessor))
        }
        (Asked::Failed(trouble), _) => Outcome::skipped(&*trouble.message),
        (Asked::No(why), _) => Outcome::skipped(*why),
    }
}

fn lasts(evidence: &Evidence<'_>) -> Outcome {
    let own = match &evidence.facts.token.own {
        Asked::Is(own) => own,
        Asked::No(why) => return Outcome::skipped(*why),
        Asked::Failed(_) => return Outcome::skipped("Consul does not describe the token"),
    };
    let Some(text) = own.expiration_time.as_deref().filter(|text| !text.starts_with("0001-")) else {
        return Outcome::ok("it never expires");
    };
    match clock::parse(text) {
        Some(end) if end.unix_timestamp() - evidence.facts.now < SOON => {
            let hours = (end.unix_timestamp() - evidence.facts.now).max(0) / 3600;
            let left = if hours == 0 { "within an hour".to_owned() } else { format!("in {hours}h") };
            Outcome::found(Finding::new(Code::TokenExpires, "token", format!("the token expires {left}")))
        }
        Some(_) => Outcome::ok(format!("it expires at {text}")),
        None => Outcome::skipped(format!("`{text}` is not a time")),
    }
}

fn reads_agent(evidence: &Evidence<'_>) -> Outcome {
    let agent = match evidence.agent() {
        Ok(agent) => agent,
        Err(why) => return Outcome::Skipped(why),
    };
    if agent.lacked().is_none() {
        return Outcome::ok("");
    }
    let finding = Finding::new(
        Code::AgentReadMissing,
        "token",
        format!("the token lacks {}, so the agent's version and settings are not known", AGENT_READ.name),
    );
    let rules = "agent_prefix \"\" { policy = \"read\" }";
    Outcome::found(granting(finding.help(AGENT_READ.help), evidence.facts, "agent-read", rules))
}

/// Whether the token has a right; why that is not known.
fn has<'a>(
    facts: &'a Facts,
    is_meant: impl Fn(&Authorization) -> bool + 'a,
) -> Result<impl Iterator<Item = &'a Authorization>, String> {
    match &facts.token.rights {
        Asked::Is(rights) => Ok(rights.iter().filter(move |right| is_meant(right))),
        Asked::No(why) => Err((*why).to_owned()),
        Asked::Failed(_) if is_unknown(facts) => Err("Consul does not know the token".to_owned()),
        Asked::Failed(trouble) => {
            Err(format!("the agent does not say what the token may do: {}", trouble.message))
        }
    }
}

fn is_unknown(facts: &Facts) -> bool {
    matches!(&facts.token.own, Asked::Failed(trouble) if trouble.is_unknown_token)
}

fn writes_gateway(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let name = &facts.name;
    let is_own = move |right: &Authorization| {
        right.resource == "service" && right.segment == *name && right.access == "write"
    };
    let mut rights = match has(facts, is_own) {
        Ok(rights) => rights,
        Err(why) => return Outcome::skipped(why),
    };
    if rights.all(|right| right.allow) {
        return Outcome::ok(format!("service:write on `{name}`"));
    }
    let finding = Finding::new(
        Code::GatewayWriteMissing,
        name,
        format!("the token lacks service:write on the gateway `{name}`"),
    );
    let rules = format!("service {name:?} {{ policy = \"write\" }}");
    let finding = finding.help(format!("add `{rules}` to the token's policy"));
    Outcome::found(granting(finding, facts, name, &rules))
}

fn writes_services(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let name = &facts.name;
    let is_linked = move |right: &Authorization| {
        right.resource == "service" && right.segment != *name && right.access == "write"
    };
    let rights: Vec<_> = match has(facts, is_linked) {
        Ok(rights) => rights.collect(),
        Err(why) => return Outcome::skipped(why),
    };
    let found = rights.iter().filter(|right| !right.allow).map(|right| {
        let service = &right.segment;
        let rules = format!("service {service:?} {{ policy = \"write\" }}");
        let finding = Finding::new(
            Code::ServiceWriteMissing,
            service,
            format!(
                "service `{service}`: the token lacks service:write on it, so the agent issues no certificate"
            ),
        );
        let finding = finding.help(format!("add `{rules}` to the token's policy"));
        granting(finding, facts, service, &rules)
    });
    Outcome::of(found.collect(), format!("service:write on {} services", rights.len()))
}

fn reads_nodes(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    let rights: Vec<_> = match has(facts, |right| right.resource == "node") {
        Ok(rights) => rights.collect(),
        Err(why) => return Outcome::skipped(why),
    };
    if rights.iter().all(|right| right.allow) {
        return Outcome::ok("node:read on every node");
    }
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return Outcome::skipped(why),
    };
    // A rule for the nodes in question alone is enough: where it is missing, instances are.
    let is_hidden = |name: &String| snapshot.instances.get(name).is_none_or(|instances| instances.is_empty());
    let names = snapshot.links.iter().map(|link| &link.service.name);
    let hidden: Vec<&String> = names.filter(|name| is_hidden(name)).collect();
    let Some(first) = hidden.first() else { return Outcome::ok("every linked service has instances") };
    let finding = Finding::new(
        Code::NodeReadMissing,
        "token",
        format!("the token lacks node:read, and the agent shows no instance of `{first}`"),
    );
    Outcome::found(granting(finding, facts, "node-read", "node_prefix \"\" { policy = \"read\" }"))
}

fn is_answered(evidence: &Evidence<'_>) -> Outcome {
    let facts = evidence.facts;
    if facts.snapshot.is_none() {
        return Outcome::skipped("the agent does not answer");
    }
    if is_unknown(facts) {
        return Outcome::skipped("Consul does not know the token");
    }
    let what = |part: &Answer<'_>| match part {
        Answer::Links => Some(("the linked services", Severity::Warning)),
        Answer::Intentions => Some(("intentions", Severity::Warning)),
        Answer::Entry => Some(("the gateway's entry", Severity::Info)),
        Answer::ServiceDefaults => Some(("service-defaults entries", Severity::Info)),
        Answer::ServiceResolvers => Some(("service-resolver entries", Severity::Info)),
        Answer::ProxyDefaults => Some(("the proxy-defaults entry", Severity::Info)),
        Answer::Mesh => Some(("the mesh entry", Severity::Info)),
        // Other checks are about these.
        Answer::AgentSelf | Answer::AgentService | Answer::Roots | Answer::Instances(_) | Answer::Leaf(_) => {
            None
        }
    };
    let troubles = facts.lacking.iter().filter(|(_, trouble)| !trouble.lacks_servers);
    let found = troubles.filter_map(|(part, trouble)| {
        let (what, severity) = what(part)?;
        let message = format!("cannot read {what}: {}", trouble.message);
        Some(Finding::new(Code::NotAnswered, what, message).severity(severity).help(&trouble.help))
    });
    Outcome::of(found.collect(), "")
}

/// With the command that gives the token these rules, where it is known which token it is.
fn granting(finding: Finding, facts: &Facts, name: &str, rules: &str) -> Finding {
    let Some(own) = facts.token.own.is().filter(|own| !own.accessor.is_empty()) else { return finding };
    let policy: String = format!("{}-{name}", facts.name)
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .collect();
    let (accessor, rules) = (word(&own.accessor), word(rules));
    finding.command(format!(
        "termgate acl policy create -name {policy} -rules {rules} && \
         termgate acl token update -id {accessor} -merge-policies -merge-roles -policy-name {policy}"
    ))
}
