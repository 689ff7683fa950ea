//! `acl policy create`, `read`, `update`, `delete` and `list`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::shape::{self, Absent, Field, field};
use super::{Shown, Thing, doing, id, id_of, list, text};
use crate::commands::companion::{Agent, Failure, Request};
use crate::consul::api;

const EMPTY: Absent = Absent::Json("\"\"");
const ZERO: Absent = Absent::Json("0");

const FIELDS: &[Field] = &[
    field("ID", EMPTY),
    field("Name", EMPTY),
    field("Description", EMPTY),
    field("Rules", EMPTY),
    field("Datacenters", Absent::Json("null")),
    field("Hash", Absent::Json("null")),
    field("CreateIndex", ZERO),
    field("ModifyIndex", ZERO),
    field("Namespace", Absent::Omitted),
    field("Partition", Absent::Omitted),
];

const LISTED: &[Field] = &[
    field("ID", EMPTY),
    field("Name", EMPTY),
    field("Description", EMPTY),
    field("Datacenters", Absent::Json("null")),
    field("Hash", Absent::Json("null")),
    field("CreateIndex", ZERO),
    field("ModifyIndex", ZERO),
    field("Namespace", Absent::Omitted),
    field("Partition", Absent::Omitted),
];

/// What is to be in a policy; what is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub rules: Option<String>,
    pub datacenters: Vec<String>,
    /// What is not given becomes empty.
    pub replaces: bool,
}

fn shown(policy: &Value, how: Shown) -> String {
    if how.json {
        return shape::json(policy, FIELDS);
    }
    let mut out = format!("ID:           {}\nName:         {}\n", text(policy, "ID"), text(policy, "Name"));
    body(policy, how, "", &mut out);
    let _ = write!(out, "Rules:\n{}\n", text(policy, "Rules"));
    out
}

/// The lines that the list has, too. Writing to a String cannot fail, here and below.
fn body(policy: &Value, how: Shown, indent: &str, out: &mut String) {
    let datacenters: Vec<&str> = list(policy, "Datacenters").iter().filter_map(Value::as_str).collect();
    for (key, label) in [("Partition", "Partition:    "), ("Namespace", "Namespace:    ")] {
        if !text(policy, key).is_empty() {
            let _ = writeln!(out, "{indent}{label}{}", text(policy, key));
        }
    }
    let _ = writeln!(out, "{indent}Description:  {}", text(policy, "Description"));
    let _ = writeln!(out, "{indent}Datacenters:  {}", datacenters.join(", "));
    if how.meta {
        let _ = writeln!(out, "{indent}Hash:         {}", shape::hash(text(policy, "Hash")));
        let _ = writeln!(out, "{indent}Create Index: {}", policy["CreateIndex"]);
        let _ = writeln!(out, "{indent}Modify Index: {}", policy["ModifyIndex"]);
    }
}

/// Creates a policy; gives what is printed.
pub fn create(agent: &Agent, changes: Changes, how: Shown) -> Result<String, Failure> {
    let mut body = json!({"Name": changes.name, "Description": changes.description.unwrap_or_default()});
    body["Rules"] = json!(changes.rules.unwrap_or_default());
    if !changes.datacenters.is_empty() {
        body["Datacenters"] = json!(changes.datacenters);
    }
    let path = api::acl::new_policy();
    let request = Request::put(path, body.to_string().into_bytes(), "Failed to create new policy");
    let policy: Value = agent.read(request.needs("acl:write"))?;
    Ok(shown(&policy, how))
}

/// Which policy is meant: by its ID or the beginning of it, or by its name.
pub fn named(agent: &Agent, part: &str, name: &str) -> Result<String, Failure> {
    let found =
        if part.is_empty() { id_of(agent, Thing::Policy, name) } else { id(agent, Thing::Policy, part) };
    found.map_err(|failure| doing("Error determining policy ID", failure))
}

fn found(agent: &Agent, id: &str, what: String) -> Result<Value, Failure> {
    agent.read(Request::get(api::acl::policy(id), what).needs("acl:read"))
}

/// Reads a policy; gives what is printed.
pub fn read(agent: &Agent, id: &str, how: Shown) -> Result<String, Failure> {
    Ok(shown(&found(agent, id, format!("Error reading policy {id:?}"))?, how))
}

/// Changes a policy; gives what is printed.
pub fn update(agent: &Agent, id: &str, changes: Changes, how: Shown) -> Result<String, Failure> {
    let mut policy = if changes.replaces {
        json!({"ID": id})
    } else {
        found(agent, id, "Error when retrieving current policy".to_owned())?
    };
    if changes.replaces && changes.name.is_none() {
        // A policy without a name would be refused.
        policy["Name"] = found(agent, id, "Error when retrieving current policy".to_owned())?["Name"].clone();
    }
    for (key, value) in
        [("Name", changes.name), ("Description", changes.description), ("Rules", changes.rules)]
    {
        if let Some(value) = value {
            policy[key] = json!(value);
        }
    }
    if !changes.datacenters.is_empty() {
        policy["Datacenters"] = json!(changes.datacenters);
    }
    let what = format!("Error updating policy {id:?}");
    let request = Request::put(api::acl::policy(id), policy.to_string().into_bytes(), what);
    let policy: Value = agent.read(request.needs("acl:write"))?;
    Ok(shown(&policy, how))
}

/// Deletes a policy; gives what is printed.
pub fn delete(agent: &Agent, id: &str) -> Result<String, Failure> {
    let request = Request::delete(api::acl::policy(id), format!("Error deleting policy {id:?}"));
    agent.ask(request.needs("acl:write"))?;
    Ok(format!("Policy {id:?} deleted successfully\n"))
}

/// Lists all policies; gives what is printed.
pub fn listed(agent: &Agent, how: Shown) -> Result<String, Failure> {
    let request = Request::get(api::acl::policies(), "Failed to retrieve the policy list").needs("acl:read");
    let policies: Value = agent.read(request)?;
    if how.json {
        return Ok(shape::json(&policies, LISTED));
    }
    let mut out = String::new();
    for policy in policies.as_array().into_iter().flatten() {
        let _ = writeln!(out, "{}:\n   ID:           {}", text(policy, "Name"), text(policy, "ID"));
        body(policy, how, "   ", &mut out);
    }
    Ok(out + "\n")
}
