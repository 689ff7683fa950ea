//! What the drop-in commands of `acl …`, `login` and `logout` do.

pub mod policy;
pub mod session;
pub mod shape;
pub mod token;

use std::io;
use std::path::Path;

use serde_json::Value;

use super::companion::{Agent, Failure, Request, file_error};
use crate::consul::api;
use crate::system::read_file;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// As JSON; else for people.
    pub json: bool,
    /// For people: with hash and indexes.
    pub meta: bool,
}

/// The text of `-format`.
pub fn is_json(format: &str) -> Result<bool, Failure> {
    match format {
        "json" => Ok(true),
        "" | "pretty" => Ok(false),
        other => {
            Err(Failure::new(format!("Unknown format: {other}")).hint("the formats are pretty and json"))
        }
    }
}

/// A text that may be in a file (`@FILE`) or on standard input (`-`).
pub fn given(word: &str) -> Result<String, Failure> {
    let bytes = match (word, word.strip_prefix('@')) {
        ("-", _) => read_file::stream(io::stdin().lock(), read_file::ENTRY)
            .map_err(|error| Failure::new(format!("Failed to read stdin: {error}")))?,
        (_, Some(path)) => read_file::named(Path::new(path), read_file::ENTRY)
            .map_err(|error| Failure::new(format!("Failed to read file: {}", file_error(path, &error))))?,
        _ => return Ok(word.to_owned()),
    };
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("{word} is not UTF-8")))
}

/// The kinds of things that have an ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Policy,
    Role,
    Token,
}

impl Thing {
    fn list(self) -> api::Path {
        match self {
            Self::Policy => api::acl::policies(),
            Self::Role => api::acl::roles(),
            Self::Token => api::acl::tokens(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Role => "role",
            Self::Token => "token",
        }
    }

    fn key(self) -> &'static str {
        if self == Self::Token { "AccessorID" } else { "ID" }
    }
}

/// Length of a whole ID.
const WHOLE: usize = 36;

/// The ID that begins with `part`. A whole one is not looked up.
pub fn id(agent: &Agent, thing: Thing, part: &str) -> Result<String, Failure> {
    if part.len() == WHOLE {
        return Ok(part.to_owned());
    }
    let ids = all(agent, thing)?.into_iter().map(|item| text(&item, thing.key()).to_owned());
    let mut found: Vec<String> = ids.filter(|id| id.starts_with(part)).collect();
    match (found.pop(), found.is_empty()) {
        (Some(id), true) => Ok(id),
        (Some(_), false) => Err(Failure::new(format!("{} ID prefix is not unique: {part}", thing.name()))),
        (None, _) => Err(Failure::new(format!("No such {} ID with prefix: {part}", thing.name()))),
    }
}

/// The ID of the thing with this name.
pub fn id_of(agent: &Agent, thing: Thing, name: &str) -> Result<String, Failure> {
    let items = all(agent, thing)?;
    let found = items.iter().find(|item| text(item, "Name") == name);
    let none = || Failure::new(format!("No such {} with name {name}", thing.name()));
    found.map(|item| text(item, "ID").to_owned()).ok_or_else(none)
}

fn all(agent: &Agent, thing: Thing) -> Result<Vec<Value>, Failure> {
    let doing = format!("Failed to list the {} IDs", thing.name());
    let listed: Option<Vec<Value>> = agent.read(Request::get(thing.list(), doing).needs("acl:read"))?;
    Ok(listed.unwrap_or_default())
}

/// A failure with what was being done in front.
pub fn doing(what: &str, failure: Failure) -> Failure {
    Failure { message: format!("{what}: {}", failure.message), ..failure }
}

/// A text in an object; empty if there is none.
pub fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A list in an object; empty if there is none.
pub fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
