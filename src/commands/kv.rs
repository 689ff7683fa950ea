//! `kv get`, `kv put` and `kv delete`: the key-value store, with Consul's output.

use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::companion::{Agent, Failure, Request, decoded, file_error};
use crate::consul::api;
use crate::go::tabwriter;
use crate::system::read_file;

/// What reading a key needs.
const READ: &str = "key:read on the key, or key:list on a prefix";
/// What writing a key needs.
const WRITE: &str = "key:write on the key";

/// A key with its value.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Pair {
    key: String,
    /// In base64; null if it is empty.
    value: Option<String>,
    flags: u64,
    session: String,
    create_index: u64,
    modify_index: u64,
    lock_index: u64,
}

/// How values are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// With everything that Consul knows of the key.
    pub detailed: bool,
    /// In base64.
    pub base64: bool,
}

/// Fails for a key that the agent's HTTP server takes for another one.
///
/// Consul: its own command is redirected to that one, and reads or deletes nothing.
fn addressable(key: &str) -> Result<(), Failure> {
    let is_changed = |part: &str| matches!(part, "." | "..");
    let inner_is_empty = key.trim_end_matches('/').split('/').any(str::is_empty) && !key.is_empty();
    if key.split('/').any(is_changed) || inner_is_empty || key.ends_with("//") {
        let hint = "a key with `..`, `.` or empty parts between slashes would reach another key";
        return Err(Failure::new(format!("Error! The HTTP API cannot address the key {key:?}")).hint(hint));
    }
    Ok(())
}

/// The value of a key, as it is printed.
pub fn get(agent: &Agent, key: &str, shown: Shown) -> Result<Vec<u8>, Failure> {
    let none = || Failure::new(format!("Error! No key exists at: {key}"));
    if addressable(key).is_err() {
        return Err(none());
    }
    let pairs = pairs(agent, Request::get(api::kv::key(key), DOING))?;
    let pair = pairs.into_iter().next().ok_or_else(none)?;
    let mut text = if shown.detailed { detailed(&pair, shown)? } else { value(&pair, shown)? };
    text.push(b'\n');
    Ok(text)
}

/// All keys that begin with a prefix, with their values, as they are printed.
pub fn list(agent: &Agent, prefix: &str, shown: Shown) -> Result<Vec<u8>, Failure> {
    if addressable(prefix).is_err() {
        return Ok(Vec::new());
    }
    let request = Request::get(api::kv::key(prefix), DOING).query("recurse", "");
    let mut text = Vec::new();
    for (number, pair) in pairs(agent, request)?.iter().enumerate() {
        if shown.detailed {
            if number > 0 {
                text.push(b'\n');
            }
            text.extend(detailed(pair, shown)?);
        } else {
            text.extend([pair.key.as_bytes(), b":"].concat());
            text.extend(value(pair, shown)?);
        }
        text.push(b'\n');
    }
    Ok(text)
}

/// The keys that begin with a prefix, up to the next separator, as they are printed.
pub fn keys(agent: &Agent, prefix: &str, separator: &str) -> Result<String, Failure> {
    if addressable(prefix).is_err() {
        return Ok(String::new());
    }
    let mut request = Request::get(api::kv::key(prefix), DOING).query("keys", "").needs(READ);
    if !separator.is_empty() {
        request = request.query("separator", separator);
    }
    let Some(answer) = agent.find(request)? else { return Ok(String::new()) };
    let keys: Option<Vec<String>> = decoded(&answer, DOING)?;
    Ok(keys.unwrap_or_default().into_iter().map(|key| key + "\n").collect())
}

const DOING: &str = "Error querying Consul agent";

fn pairs(agent: &Agent, request: Request) -> Result<Vec<Pair>, Failure> {
    let Some(answer) = agent.find(request.needs(READ))? else { return Ok(Vec::new()) };
    Ok(decoded::<Option<_>>(&answer, DOING)?.unwrap_or_default())
}

fn value(pair: &Pair, shown: Shown) -> Result<Vec<u8>, Failure> {
    let encoded = pair.value.as_deref().unwrap_or_default();
    let decoded = STANDARD.decode(encoded);
    let value = decoded.map_err(|error| Failure::new(format!("{DOING}: {}: {error}", pair.key)))?;
    Ok(if shown.base64 { STANDARD.encode(value).into_bytes() } else { value })
}

fn detailed(pair: &Pair, shown: Shown) -> Result<Vec<u8>, Failure> {
    let Pair { key, flags, session, create_index, modify_index, lock_index, .. } = pair;
    let session = if session.is_empty() { "-" } else { session };
    let mut text = format!(
        "CreateIndex\t{create_index}\nFlags\t{flags}\nKey\t{key}\nLockIndex\t{lock_index}\nModifyIndex\t\
         {modify_index}\nSession\t{session}\nValue\t"
    )
    .into_bytes();
    text.extend(value(pair, shown)?);
    Ok(tabwriter::aligned(&text, 6))
}

/// A value to write: the word, or what `-` (stdin) or `@FILE` stands for.
pub fn given(word: &str) -> Result<Vec<u8>, Failure> {
    match (word, word.strip_prefix('@')) {
        ("-", _) => read_file::stream(io::stdin().lock(), read_file::ENTRY)
            .map_err(|error| Failure::new(format!("Error! Failed to read stdin: {error}"))),
        (_, Some(path)) => read_file::named(Path::new(path), read_file::ENTRY).map_err(|error| {
            Failure::new(format!("Error! Failed to read file: {}", file_error(path, &error)))
        }),
        _ => Ok(word.as_bytes().to_owned()),
    }
}

/// How a value is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Whatever is there.
    Plain,
    /// If this is still its index.
    Cas(u64),
    /// As the holder of its lock.
    Acquire,
    /// As the one who gives its lock back.
    Release,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put<'a> {
    pub key: &'a str,
    pub value: Vec<u8>,
    pub flags: u64,
    pub session: &'a str,
    pub how: Write,
}

/// Writes a value; gives what is printed.
pub fn put(agent: &Agent, put: Put<'_>) -> Result<String, Failure> {
    let Put { key, value, flags, session, how } = put;
    let doing = if how == Write::Plain { "Error! Failed writing data" } else { "Error! Did not write" };
    if key.starts_with('/') {
        return Err(Failure::new(format!("{doing}: Invalid key. Key must not begin with a '/': {key}")));
    }
    addressable(key)?;
    let mut request = Request::put(api::kv::key(key), value, doing).needs(WRITE);
    if flags != 0 {
        request = request.query("flags", flags.to_string());
    }
    request = match how {
        Write::Plain => request,
        Write::Cas(index) => request.query("cas", index.to_string()),
        Write::Acquire => request.query("acquire", session),
        Write::Release => request.query("release", session),
    };
    let answer = agent.ask(request)?;
    let is_done = answer.body.trim_ascii() == b"true";
    match (how, is_done) {
        (Write::Plain, _) | (Write::Cas(_), true) => Ok(format!("Success! Data written to: {key}\n")),
        (Write::Acquire, true) => Ok(format!("Success! Lock acquired on: {key}\n")),
        (Write::Release, true) => Ok(format!("Success! Lock released on: {key}\n")),
        (Write::Cas(_), false) => Err(Failure::new(format!("Error! Did not write to {key}: CAS failed"))
            .hint("the key has another ModifyIndex by now, or does not exist: read it and try again")),
        (Write::Acquire, false) => Err(Failure::new("Error! Did not acquire lock")),
        (Write::Release, false) => Err(Failure::new("Error! Did not release lock")),
    }
}

/// Which keys are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// One.
    One,
    /// One, if this is still its index.
    Cas(u64),
    /// All that begin with it.
    Prefix,
}

/// Deletes keys; gives what is printed.
pub fn delete(agent: &Agent, key: &str, how: Delete) -> Result<String, Failure> {
    addressable(key)?;
    let doing = match how {
        Delete::One => format!("Error deleting key {key}"),
        Delete::Cas(_) => format!("Error! Did not delete key {key}"),
        Delete::Prefix => format!("Error! Did not delete prefix {key}"),
    };
    let request = Request::delete(api::kv::key(key), doing).needs(WRITE);
    let answer = agent.ask(match how {
        Delete::One => request,
        Delete::Cas(index) => request.query("cas", index.to_string()),
        Delete::Prefix => request.query("recurse", ""),
    })?;
    match how {
        Delete::Cas(_) if answer.body.trim_ascii() != b"true" => {
            Err(Failure::new(format!("Error! Did not delete key {key}: CAS failed"))
                .hint("the key has another ModifyIndex by now: read it and try again"))
        }
        Delete::Prefix => Ok(format!("Success! Deleted keys with prefix: {key}\n")),
        _ => Ok(format!("Success! Deleted key: {key}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_a_path_would_change_are_refused() {
        for key in ["a", "a/b", "a/", "a b?c", "%2e%2e", "", "a/.hidden", "..."] {
            assert!(addressable(key).is_ok(), "{key}");
        }
        for key in ["..", ".", "a/../b", "a//b", "a/./b", "a//", "//"] {
            assert!(addressable(key).is_err(), "{key}");
        }
    }

    #[test]
    fn a_detailed_value_keeps_its_bytes() {
        let pair = Pair { key: "é".to_owned(), value: Some("/w==".to_owned()), ..Pair::default() };
        let text = detailed(&pair, Shown::default()).unwrap();
        assert!(text.ends_with(b"Session          -\nValue            \xFF"), "{text:?}");
        assert!(text.windows(2).any(|bytes| bytes == "é".as_bytes()));
    }
}
