//! Limits for requests to the servers, and sameness groups. Sources: HashiCorp's documentation of the kinds and the checks
//! of consul-k8s (MPL-licensed) for its resources of the same names; none was tried on a server.

use super::{Rules, is_one_of, items, member, not_negative, span, text};
use crate::config_entry::request::Json;
use crate::finding::Code;
use crate::go::strconv::quote;

const CODE: Code = Code::RequestLimit;

/// A control-plane-request-limit.
pub(super) fn requests(rules: &mut Rules<'_>) {
    let body = rules.body();
    let mode = text(body, "Mode");
    if !is_one_of(&mode, &["permissive", "enforcing", "disabled"]) {
        let message = format!("the mode must be permissive, enforcing or disabled, not {}", quote(&mode));
        rules.refuse(CODE, span(body, "Mode").or_else(|| span(body, "Kind")), message);
    }
    rates_of(rules, body, "");
    let Json::Object(all) = body else { return };
    for (name, field) in all {
        if matches!(field.json, Json::Object(_)) && **name != *"Meta" {
            rates_of(rules, &field.json, &format!("{name}."));
        }
    }
}

fn rates_of(rules: &mut Rules<'_>, json: &Json, place: &str) {
    for key in ["ReadRate", "WriteRate"] {
        not_negative(rules, CODE, json, key, format!("{place}{key} cannot be negative"));
    }
}

/// The only rate-limit entry.
pub(super) fn rates(rules: &mut Rules<'_>) {
    let body = rules.body();
    let name = text(body, "Name");
    if name != "global" {
        let message = format!("rate-limit has only one name, `global`, not {}", quote(&name));
        rules.refuse(CODE, span(body, "Name").or_else(|| span(body, "Kind")), message);
    }
    let Some(config) = member(body, "config") else { return };
    rates_of(rules, &config.json, "Config.");
    for endpoint in items(&config.json, "exclude_endpoints") {
        if endpoint.json.is_empty() {
            rules.refuse(CODE, endpoint.span, "an excluded endpoint has no name");
        }
    }
}

/// A sameness-group.
pub(super) fn sameness_group(rules: &mut Rules<'_>) {
    let (body, code) = (rules.body(), Code::SamenessGroup);
    let all = items(body, "Members");
    if all.is_empty() {
        let place = span(body, "Members").or_else(|| span(body, "Kind"));
        rules.refuse(code, place, "a sameness group must have at least one member");
    }
    let own = text(body, "Partition");
    let own = if own.is_empty() { "default".into() } else { own };
    let mut seen = Vec::new();
    let mut is_local = member(body, "IncludeLocal").is_some_and(|field| field.json == Json::Bool(true));
    for item in all {
        let (partition, peer) = (text(&item.json, "Partition"), text(&item.json, "Peer"));
        match (partition.is_empty(), peer.is_empty()) {
            (true, true) => rules.refuse(code, item.span, "a member must have a partition or a peer"),
            (false, false) => {
                rules.refuse(code, item.span, "a member cannot have both a partition and a peer");
            }
            _ => {}
        }
        is_local |= partition == own;
        let id = (partition, peer);
        if seen.contains(&id) {
            rules.refuse(code, item.span, "a member is given twice");
        }
        seen.push(id);
    }
    let is_default = member(body, "DefaultForFailover").is_some_and(|field| field.json == Json::Bool(true));
    if is_default && !is_local && !all.is_empty() {
        let message = "the group is the default for failover, but has no member in its own partition";
        rules.refuse(code, span(body, "DefaultForFailover"), message);
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn limits_have_a_known_mode_and_rates_from_zero() {
        let head = "Kind = \"control-plane-request-limit\"\nName = \"l\"";
        let table = [
            ("Mode = \"permissive\"\nReadRate = 0\nKV { WriteRate = 1.5 }", ""),
            ("Mode = \"strict\"", "not \"strict\""),
            ("", "the mode must be"),
            ("Mode = \"enforcing\"\nReadRate = -1", "ReadRate cannot be negative"),
            ("Mode = \"enforcing\"\nacl { write_rate = -1 }", "ACL.WriteRate cannot be negative"),
        ];
        cases::check(head, "1.21.4+ent", &table);
        let table = [
            ("Name = \"global\"\nconfig { ReadRate = 5 exclude_endpoints = [\"Health.Check\"] }", ""),
            ("Name = \"other\"", "only one name, `global`"),
            ("Name = \"global\"\nconfig { WriteRate = -5 }", "Config.WriteRate cannot be negative"),
            ("Name = \"global\"\nconfig { exclude_endpoints = [\"\"] }", "has no name"),
        ];
        cases::check("Kind = \"rate-limit\"", "2.1.0", &table);
    }

    #[test]
    fn a_sameness_group_has_members_of_one_sort_each() {
        let head = "Kind = \"sameness-group\"\nName = \"g\"";
        let table = [
            ("Members = [{ Partition = \"a\" }, { Peer = \"b\" }]", ""),
            ("Members = []", "at least one member"),
            ("Members = [{}]", "must have a partition or a peer"),
            ("Members = [{ Partition = \"a\" Peer = \"b\" }]", "cannot have both"),
            ("Members = [{ Peer = \"b\" }, { Peer = \"b\" }]", "given twice"),
            ("DefaultForFailover = true\nMembers = [{ Peer = \"b\" }]", "no member in its own partition"),
            ("DefaultForFailover = true\nIncludeLocal = true\nMembers = [{ Peer = \"b\" }]", ""),
        ];
        cases::check(head, "1.21.4+ent", &table);
    }
}
