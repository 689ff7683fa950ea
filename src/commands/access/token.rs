//! `acl token create`, `read`, `update`, `delete`, `list` and `clone`, and `acl bootstrap`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::shape::{self, Absent, Field, LINK, NODE, SERVICE, field, list as listed_field};
use super::{Shown, Thing, doing, id, list, text};
use crate::commands::companion::{Agent, Failure, Request};
use crate::consul::api;

const EMPTY: Absent = Absent::Json("\"\"");
const ZERO: Absent = Absent::Json("0");
const TEMPLATED: &[Field] = &[
    field("TemplateName", Absent::Omitted),
    field("TemplateVariables", Absent::Omitted),
    field("Datacenters", Absent::Omitted),
];

const FIELDS: &[Field] = &[
    field("CreateIndex", ZERO),
    field("ModifyIndex", ZERO),
    field("AccessorID", EMPTY),
    field("SecretID", EMPTY),
    field("Description", EMPTY),
    listed_field("Policies", LINK),
    listed_field("Roles", LINK),
    listed_field("ServiceIdentities", SERVICE),
    listed_field("NodeIdentities", NODE),
    listed_field("TemplatedPolicies", TEMPLATED),
    field("Local", Absent::Json("false")),
    field("AuthMethod", Absent::Omitted),
    field("ExpirationTTL", Absent::Omitted),
    field("ExpirationTime", Absent::Omitted),
    field("CreateTime", EMPTY),
    field("Hash", Absent::Omitted),
    field("Namespace", Absent::Omitted),
    field("Partition", Absent::Omitted),
    field("AuthMethodNamespace", Absent::Omitted),
];

const LISTED: &[Field] = &[
    field("CreateIndex", ZERO),
    field("ModifyIndex", ZERO),
    field("AccessorID", EMPTY),
    field("SecretID", Absent::Kept),
    field("Description", EMPTY),
    listed_field("Policies", LINK),
    listed_field("Roles", LINK),
    listed_field("ServiceIdentities", SERVICE),
    listed_field("NodeIdentities", NODE),
    listed_field("TemplatedPolicies", TEMPLATED),
    field("Local", Absent::Json("false")),
    field("AuthMethod", Absent::Omitted),
    field("ExpirationTime", Absent::Omitted),
    field("CreateTime", EMPTY),
    field("Hash", Absent::Json("null")),
    field("Legacy", Absent::Kept),
    field("Namespace", Absent::Omitted),
    field("Partition", Absent::Omitted),
    field("AuthMethodNamespace", Absent::Omitted),
];

/// What a token is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    pub policy_ids: Vec<String>,
    pub policy_names: Vec<String>,
    pub role_ids: Vec<String>,
    pub role_names: Vec<String>,
    pub services: Vec<String>,
    pub nodes: Vec<String>,
}

impl Parts {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn policies(&self, agent: &Agent) -> Result<Vec<Value>, Failure> {
        links(agent, Thing::Policy, &self.policy_ids, &self.policy_names)
    }

    fn roles(&self, agent: &Agent) -> Result<Vec<Value>, Failure> {
        links(agent, Thing::Role, &self.role_ids, &self.role_names)
    }

    fn services(&self) -> Result<Vec<Value>, Failure> {
        let read = |text: &String| {
            let mut parts = text.split(':');
            match (parts.next(), parts.next(), parts.next()) {
                (Some(name), None, _) => Ok(json!({"ServiceName": name})),
                (Some(name), Some(datacenters), None) => {
                    let datacenters: Vec<&str> = datacenters.split(',').collect();
                    Ok(json!({"ServiceName": name, "Datacenters": datacenters}))
                }
                _ => Err(Failure::new(format!("Malformed -service-identity argument: {text:?}"))
                    .hint("its form is NAME or NAME:DATACENTER,…")),
            }
        };
        self.services.iter().map(read).collect()
    }

    fn nodes(&self) -> Result<Vec<Value>, Failure> {
        let read = |text: &String| match text.split(':').collect::<Vec<_>>()[..] {
            [name, datacenter] => Ok(json!({"NodeName": name, "Datacenter": datacenter})),
            _ => Err(Failure::new(format!("Malformed -node-identity argument: {text:?}"))
                .hint("its form is NODE:DATACENTER")),
        };
        self.nodes.iter().map(read).collect()
    }
}

fn links(agent: &Agent, thing: Thing, ids: &[String], names: &[String]) -> Result<Vec<Value>, Failure> {
    let what = if thing == Thing::Role { "Error resolving role ID" } else { "Error resolving policy ID" };
    let by_name = names.iter().map(|name| Ok(json!({"Name": name})));
    let by_id = ids.iter().map(|part| {
        let id = id(agent, thing, part).map_err(|failure| doing(what, failure))?;
        Ok(json!({"ID": id}))
    });
    by_name.chain(by_id).collect()
}

/// A new token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    pub accessor: String,
    pub secret: String,
    pub description: String,
    pub is_local: bool,
    /// As Go writes durations; empty: it does not expire.
    pub life: String,
    pub parts: Parts,
}

/// Creates a token; gives what is printed.
pub fn create(agent: &Agent, new: &New, how: Shown) -> Result<String, Failure> {
    let mut body = json!({"Description": new.description, "Local": new.is_local});
    for (key, value) in
        [("AccessorID", &new.accessor), ("SecretID", &new.secret), ("ExpirationTTL", &new.life)]
    {
        if !value.is_empty() {
            body[key] = json!(value);
        }
    }
    body["ServiceIdentities"] = Value::Array(new.parts.services()?);
    body["NodeIdentities"] = Value::Array(new.parts.nodes()?);
    body["Policies"] = Value::Array(new.parts.policies(agent)?);
    body["Roles"] = Value::Array(new.parts.roles(agent)?);
    if let Some(body) = body.as_object_mut() {
        body.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    }
    let path = api::acl::new_token();
    let request = Request::put(path, body.to_string().into_bytes(), "Failed to create new token");
    let token: Value = agent.read(request.needs("acl:write"))?;
    Ok(shown(&token, how))
}

/// Which token is meant, by its accessor ID or the beginning of it.
pub fn named(agent: &Agent, part: &str) -> Result<String, Failure> {
    id(agent, Thing::Token, part).map_err(|failure| doing("Error determining token ID", failure))
}

/// Reads a token; gives what is printed.
pub fn read(agent: &Agent, id: &str, how: Shown) -> Result<String, Failure> {
    let request = Request::get(api::acl::token(id), format!("Error reading token {id:?}"));
    Ok(shown(&agent.read::<Value>(request.needs("acl:read"))?, how))
}

/// Reads the token of the request; gives what is printed.
pub fn read_own(agent: &Agent, how: Shown) -> Result<String, Failure> {
    let request = Request::get(api::acl::token_self(), "Error reading token");
    Ok(shown(&agent.read::<Value>(request)?, how))
}

/// Which parts of a token stay when others are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Merge {
    pub policies: bool,
    pub roles: bool,
    pub services: bool,
    pub nodes: bool,
}

/// Changes a token; gives what is printed. Parts that are not merged are replaced, by nothing if none are given.
pub fn update(
    agent: &Agent,
    id: &str,
    description: &str,
    parts: &Parts,
    merge: Merge,
    how: Shown,
) -> Result<String, Failure> {
    let request = Request::get(api::acl::token(id), "Error when retrieving current token");
    let mut token: Value = agent.read(request.needs("acl:read"))?;
    if !description.is_empty() {
        token["Description"] = json!(description);
    }
    for (key, new, merges) in [
        ("Policies", parts.policies(agent)?, merge.policies),
        ("Roles", parts.roles(agent)?, merge.roles),
        ("ServiceIdentities", parts.services()?, merge.services),
        ("NodeIdentities", parts.nodes()?, merge.nodes),
    ] {
        let mut items = if merges { list(&token, key).to_vec() } else { Vec::new() };
        for item in new {
            if !items.iter().any(|known| is_same(known, &item)) {
                items.push(item);
            }
        }
        token[key] = Value::Array(items);
    }
    let what = format!("Failed to update token {id}");
    let request = Request::put(api::acl::token(id), token.to_string().into_bytes(), what);
    let token: Value = agent.read(request.needs("acl:write"))?;
    Ok(shown(&token, how))
}

/// Whether two links or identities are of the same thing.
fn is_same(known: &Value, new: &Value) -> bool {
    ["ID", "Name", "ServiceName", "NodeName"]
        .iter()
        .any(|key| !text(new, key).is_empty() && text(known, key) == text(new, key))
}

/// Clones a token; gives what is printed.
pub fn clone(agent: &Agent, id: &str, description: &str, how: Shown) -> Result<String, Failure> {
    let body = json!({"Description": description}).to_string().into_bytes();
    let request = Request::put(api::acl::clone_token(id), body, "Error cloning token");
    Ok(shown(&agent.read::<Value>(request.needs("acl:write"))?, how))
}

/// Deletes a token; gives what is printed.
pub fn delete(agent: &Agent, id: &str) -> Result<String, Failure> {
    let request = Request::delete(api::acl::token(id), format!("Error deleting token {id:?}"));
    agent.ask(request.needs("acl:write"))?;
    Ok(format!("Token {id:?} deleted successfully\n"))
}

/// Lists all tokens; gives what is printed.
pub fn listed(agent: &Agent, how: Shown) -> Result<String, Failure> {
    let request = Request::get(api::acl::tokens(), "Failed to retrieve the token list").needs("acl:read");
    let mut tokens: Value = agent.read(request)?;
    if how.json {
        for token in tokens.as_array_mut().into_iter().flatten().filter(|token| has_legacy(token)) {
            token["Legacy"] = json!(token["Legacy"] == true);
        }
        return Ok(shape::json(&tokens, LISTED));
    }
    let mut out = String::new();
    for token in tokens.as_array().into_iter().flatten() {
        described(token, how, true, &mut out);
        out.push('\n');
    }
    Ok(out)
}

/// Makes the first token of a cluster; gives what is printed.
pub fn bootstrap(agent: &Agent, secret: Option<&str>, how: Shown) -> Result<String, Failure> {
    let body = secret.map(|secret| json!({"BootstrapSecret": secret.trim()}).to_string());
    let request = Request::put(
        api::acl::bootstrap(),
        body.unwrap_or_default().into_bytes(),
        "Failed ACL bootstrapping",
    );
    Ok(shown(&agent.read::<Value>(request)?, how))
}

/// Gives the agent a token; gives what is printed.
pub fn set_for_agent(agent: &Agent, kind: &str, token: &str) -> Result<String, Failure> {
    let path = match kind {
        "default" | "agent" | "replication" | "config_file_service_registration" | "dns" => kind,
        "master" => "agent_master",
        "recovery" => "agent_recovery",
        _ => {
            return Err(Failure::new("Unknown token type")
                .hint("the types are default, agent, recovery (before Consul 1.11: master), replication, dns and config_file_service_registration"));
        }
    };
    let what = format!("Failed to set ACL token {kind:?}");
    let body = json!({"Token": token}).to_string().into_bytes();
    agent.ask(Request::put(api::agent::token(path), body, what).needs("agent:write on the agent's node"))?;
    Ok(format!("ACL token {kind:?} set successfully\n"))
}

fn shown(token: &Value, how: Shown) -> String {
    if how.json {
        return shape::json(token, FIELDS);
    }
    let mut out = String::new();
    described(token, how, false, &mut out);
    out.push('\n');
    out
}

/// Whether a listed token is of a Consul that had legacy tokens, up to 1.10: later ones list the secrets, too, hidden or not.
fn has_legacy(token: &Value) -> bool {
    token.get("SecretID").is_none()
}

/// Writing to a String cannot fail.
fn described(token: &Value, how: Shown, is_listed: bool, out: &mut String) {
    let of = |key: &str| text(token, key);
    let _ = writeln!(out, "AccessorID:       {}", of("AccessorID"));
    if !is_listed || !of("SecretID").is_empty() {
        let _ = writeln!(out, "SecretID:         {}", of("SecretID"));
    }
    for (key, label) in [("Partition", "Partition:        "), ("Namespace", "Namespace:        ")] {
        if !of(key).is_empty() {
            let _ = writeln!(out, "{label}{}", of(key));
        }
    }
    let _ = writeln!(out, "Description:      {}", of("Description"));
    let _ = writeln!(out, "Local:            {}", token["Local"] == true);
    if !of("AuthMethod").is_empty() {
        let namespace = match of("AuthMethodNamespace") {
            "" => String::new(),
            namespace => format!(" (Namespace: {namespace})"),
        };
        let _ = writeln!(out, "Auth Method:      {}{namespace}", of("AuthMethod"));
    }
    let _ = writeln!(out, "Create Time:      {}", shape::moment(of("CreateTime")));
    if !of("ExpirationTime").is_empty() {
        let _ = writeln!(out, "Expiration Time:  {}", shape::moment(of("ExpirationTime")));
    }
    if is_listed && has_legacy(token) {
        let _ = writeln!(out, "Legacy:           {}", token["Legacy"] == true);
    }
    if how.meta {
        let _ = writeln!(out, "Hash:             {}", shape::hash(of("Hash")));
        let _ = writeln!(out, "Create Index:     {}", token["CreateIndex"]);
        let _ = writeln!(out, "Modify Index:     {}", token["ModifyIndex"]);
    }
    for (key, label) in [("Policies", "Policies"), ("Roles", "Roles")] {
        lines(token, key, label, out, |link| format!("{} - {}", text(link, "ID"), text(link, "Name")));
    }
    lines(token, "ServiceIdentities", "Service Identities", out, |identity| {
        let datacenters: Vec<&str> = list(identity, "Datacenters").iter().filter_map(Value::as_str).collect();
        let datacenters = if datacenters.is_empty() { "all".to_owned() } else { datacenters.join(", ") };
        format!("{} (Datacenters: {datacenters})", text(identity, "ServiceName"))
    });
    lines(token, "NodeIdentities", "Node Identities", out, |identity| {
        format!("{} (Datacenter: {})", text(identity, "NodeName"), text(identity, "Datacenter"))
    });
    lines(token, "TemplatedPolicies", "Templated Policies", out, |policy| {
        text(policy, "TemplateName").to_owned()
    });
}

fn lines(token: &Value, key: &str, label: &str, out: &mut String, show: impl Fn(&Value) -> String) {
    let items = list(token, key);
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "{label}:");
    for item in items {
        let _ = writeln!(out, "   {}", show(item));
    }
}
