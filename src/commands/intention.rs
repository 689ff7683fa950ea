//! `intention create`, `delete`, `check`, `get`, `match` and `list`.
//!
//! Consul 1.9 moved intentions into configuration entries: since then each is addressed by its source and destination.
//! Before, each has an ID. Which of the two an agent has shows in its answer about one intention.

use std::fmt::Write as _;
use std::path::Path;

use reqwest::Method;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::companion::{Agent, Failure, Request, decoded, file_error};
use crate::consul::api;
use crate::system::{clock, read_file};

/// The right that reading needs, and the one that writing needs.
const READ: &str = "intentions = \"read\" on the destination";
const WRITE: &str = "intentions = \"write\" on the destination";

/// Both ends of an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends<'a> {
    pub source: &'a str,
    pub destination: &'a str,
}

impl Ends<'_> {
    fn query(self, request: Request) -> Request {
        request.query("source", self.source).query("destination", self.destination)
    }

    fn not_found(self) -> Failure {
        let Self { source, destination } = self;
        Failure::new(format!(
            "Error: Intention with source {source:?} and destination {destination:?} not found."
        ))
    }
}

/// An intention that is there, if it is, and how the agent addresses it.
enum Found {
    /// Consul 1.9 and newer.
    ByEnds(Option<Value>),
    /// Older.
    ById(Option<Value>),
}

fn find(agent: &Agent, ends: Ends<'_>) -> Result<Found, Failure> {
    const DOING: &str = "Error looking up intention";
    let exact = ends.query(Request::get(api::connect::exact(), DOING).needs(READ));
    match agent.find(exact) {
        Ok(answer) => {
            let intention = answer.map(|answer| decoded(&answer, DOING)).transpose()?;
            return Ok(Found::ByEnds(intention));
        }
        // It takes `exact` for an ID.
        Err(failure) if failure.message.contains("UUID must be") => {}
        Err(failure) => return Err(failure),
    }
    let all: Option<Vec<Value>> = agent.read(Request::get(api::connect::intentions(), DOING).needs(READ))?;
    let (source, destination) = (scoped(ends.source), scoped(ends.destination));
    let is_meant = |intention: &Value| {
        (name(intention, "Source"), name(intention, "Destination")) == (source.clone(), destination.clone())
    };
    Ok(Found::ById(all.unwrap_or_default().into_iter().find(is_meant)))
}

/// `NAME` or `NAMESPACE/NAME`, without the default namespace.
fn scoped(text: &str) -> String {
    text.strip_prefix("default/").unwrap_or(text).to_owned()
}

fn text<'a>(intention: &'a Value, key: &str) -> &'a str {
    intention.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// An end, `Source` or `Destination`, as it is printed.
fn name(intention: &Value, end: &str) -> String {
    let name = text(intention, &format!("{end}Name"));
    let mut shown = match text(intention, &format!("{end}NS")) {
        "" | "default" => name.to_owned(),
        namespace => format!("{namespace}/{name}"),
    };
    let partition = text(intention, &format!("{end}Partition"));
    if !partition.is_empty() && partition != "default" {
        shown = format!("{partition}/{shown}");
    }
    match text(intention, &format!("{end}Peer")) {
        "" => shown,
        peer => format!("peer:{peer}/{shown}"),
    }
}

/// `SOURCE => DESTINATION (ACTION)`
fn line(intention: &Value) -> String {
    let permissions = intention.get("Permissions").and_then(Value::as_array).map_or(0, Vec::len);
    let action = match permissions {
        0 => text(intention, "Action").to_owned(),
        1 => "1 permission".to_owned(),
        count => format!("{count} permissions"),
    };
    format!("{} => {} ({action})", name(intention, "Source"), name(intention, "Destination"))
}

/// An intention of two words.
pub fn of_words(ends: Ends<'_>, denies: bool, meta: &[(String, String)]) -> Value {
    let action = if denies { "deny" } else { "allow" };
    let mut intention = json!({"SourceType": "consul", "Action": action});
    for (end, word) in [("Source", ends.source), ("Destination", ends.destination)] {
        let (namespace, name) = word.split_once('/').unwrap_or(("", word));
        intention[format!("{end}Name")] = json!(name);
        if !namespace.is_empty() {
            intention[format!("{end}NS")] = json!(namespace);
        }
    }
    if !meta.is_empty() {
        let meta: Map<String, Value> = meta.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        intention["Meta"] = Value::Object(meta);
    }
    intention
}

/// An intention in a JSON file.
pub fn of_file(path: &str) -> Result<Value, Failure> {
    let text = read_file::named(Path::new(path), read_file::ENTRY)
        .map_err(|error| Failure::new(format!("Error: {}", file_error(path, &error))))?;
    let read: Value =
        serde_json::from_slice(&text).map_err(|error| Failure::new(format!("Error: {path}: {error}")))?;
    if !read.is_object() {
        return Err(Failure::new(format!("Error: {path}: an intention is a JSON object")));
    }
    Ok(read)
}

/// Creates an intention, or replaces the one that is there; gives what is printed.
pub fn create(agent: &Agent, intention: &Value, replaces: bool) -> Result<String, Failure> {
    let (source, destination) = (name(intention, "Source"), name(intention, "Destination"));
    let ends = Ends { source: &source, destination: &destination };
    let what = format!("Error creating intention {:?}", line(intention));
    let body = intention.to_string().into_bytes();
    let found = find(agent, ends).map_err(|failure| Failure {
        message: format!("{what}: {}", failure.message.trim_start_matches("Error looking up intention: ")),
        ..failure
    })?;
    match found {
        Found::ByEnds(Some(_)) if !replaces => {
            let reason = "an intention with this source and destination already exists";
            return Err(Failure::new(format!("{what}: {reason}")).hint("-replace replaces it"));
        }
        Found::ByEnds(found) => {
            let request = Request::put(api::connect::exact(), body, what).needs(WRITE);
            agent.ask(ends.query(request))?;
            if found.is_some() {
                return Ok(String::new());
            }
        }
        Found::ById(Some(found)) if replaces => {
            let id = text(&found, "ID");
            let what =
                format!("Error replacing intention with source {source:?} and destination {destination:?}");
            agent.ask(Request::put(api::connect::intention(id), body, what).needs(WRITE))?;
            return Ok(String::new());
        }
        Found::ById(_) => {
            let request = Request::new(Method::POST, api::connect::intentions(), what).needs(WRITE);
            agent.ask(Request { body: Some(body), ..request })?;
        }
    }
    Ok(format!("Created: {}\n", line(intention)))
}

/// The intention with this ID.
fn by_id(agent: &Agent, id: &str) -> Result<Value, Failure> {
    const DOING: &str = "Error reading the intention";
    let found = agent.find(Request::get(api::connect::intention(id), DOING).needs(READ))?;
    let none = || Failure::new(format!("Error: Intention with ID {id:?} not found."));
    decoded(&found.ok_or_else(none)?, DOING)
}

/// Shows an intention, by its ID or its ends; gives what is printed.
pub fn get(agent: &Agent, words: &[String]) -> Result<String, Failure> {
    let intention = match words {
        [source, destination] => {
            let ends = Ends { source, destination };
            match find(agent, ends)? {
                Found::ByEnds(found) | Found::ById(found) => found.ok_or_else(|| ends.not_found())?,
            }
        }
        [id] => by_id(agent, id)?,
        _ => return Err(Failure::new("Error: command requires exactly 1 or 2 arguments")),
    };
    let mut rows = vec![
        ("Source:".to_owned(), name(&intention, "Source")),
        ("Destination:".to_owned(), name(&intention, "Destination")),
        ("Action:".to_owned(), text(&intention, "Action").to_owned()),
        ("ID:".to_owned(), text(&intention, "ID").to_owned()),
    ];
    rows.retain(|(key, value)| !value.is_empty() || !matches!(key.as_str(), "ID:" | "Action:"));
    if !text(&intention, "Description").is_empty() {
        rows.push(("Description:".to_owned(), text(&intention, "Description").to_owned()));
    }
    for (key, value) in intention.get("Meta").and_then(Value::as_object).into_iter().flatten() {
        rows.push((format!("Meta[{key}]:"), value.as_str().unwrap_or_default().to_owned()));
    }
    if let Some(created) = clock::parse(text(&intention, "CreatedAt")) {
        rows.push(("Created At:".to_owned(), rfc850(created)));
    }
    let width = rows.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for (key, value) in rows {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(out, "{key:width$}  {value}");
    }
    if let Some(permissions) =
        intention.get("Permissions").and_then(Value::as_array).filter(|list| !list.is_empty())
    {
        let text = serde_json::to_string_pretty(permissions).unwrap_or_default();
        let _ = writeln!(out, "Permissions:\n{text}");
    }
    Ok(out)
}

/// `Monday, 30-Nov-26 18:17:09 UTC`
fn rfc850(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    let month = moment.month().to_string();
    let (hour, minute, second) = moment.to_hms();
    format!(
        "{}, {:02}-{}-{:02} {hour:02}:{minute:02}:{second:02} UTC",
        moment.weekday(),
        moment.day(),
        month.get(..3).unwrap_or(&month),
        moment.year().rem_euclid(100)
    )
}

/// Deletes an intention, by its ID or its ends; gives what is printed.
pub fn delete(agent: &Agent, words: &[String]) -> Result<String, Failure> {
    const DOING: &str = "Error reading the intention";
    let request = match words {
        [source, destination] => {
            let ends = Ends { source, destination };
            match find(agent, ends)? {
                Found::ByEnds(None) | Found::ById(None) => return Err(ends.not_found()),
                Found::ByEnds(Some(_)) => ends.query(Request::delete(api::connect::exact(), DOING)),
                Found::ById(Some(found)) => {
                    Request::delete(api::connect::intention(text(&found, "ID")), DOING)
                }
            }
        }
        [id] => Request::delete(api::connect::intention(id), DOING),
        _ => return Err(Failure::new("Error: command requires exactly 1 or 2 arguments")),
    };
    agent.ask(request.needs(WRITE))?;
    Ok("Intention deleted.\n".to_owned())
}

/// Whether a connection is allowed.
pub fn check(agent: &Agent, ends: Ends<'_>) -> Result<bool, Failure> {
    let request = Request::get(api::connect::check(), "Error checking the connection").needs(READ);
    let answer: Value = agent.read(ends.query(request).query("source-type", "consul"))?;
    Ok(answer["Allowed"] == true)
}

/// The intentions that match a source or a destination; gives what is printed.
pub fn matching(agent: &Agent, name: &str, is_source: bool) -> Result<String, Failure> {
    let by = if is_source { "source" } else { "destination" };
    let request = Request::get(api::connect::matching(), "Error matching the connection").needs(READ);
    let answer: Value = agent.read(request.query("by", by).query("name", name))?;
    let found = answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(found.iter().map(|intention| line(intention) + "\n").collect())
}

/// All intentions; gives what is printed.
pub fn listed(agent: &Agent) -> Result<String, Failure> {
    let request =
        Request::get(api::connect::intentions(), "Failed to retrieve the intentions list").needs(READ);
    let all: Option<Vec<Value>> = agent.read(request)?;
    let all = all.unwrap_or_default();
    if all.is_empty() {
        return Err(Failure::new("There are no intentions.").code(0));
    }
    let mut rows = vec![["ID", "Source", "Action", "Destination", "Precedence"].map(str::to_owned)];
    for intention in &all {
        let action = match intention.get("Permissions").and_then(Value::as_array).map_or(0, Vec::len) {
            0 => text(intention, "Action").to_owned(),
            _ => String::new(),
        };
        let precedence = intention["Precedence"].to_string();
        let (source, destination) = (name(intention, "Source"), name(intention, "Destination"));
        rows.push([text(intention, "ID").to_owned(), source, action, destination, precedence]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..4).map(width).collect();
    let mut out = String::new();
    for [id, source, action, destination, precedence] in &rows {
        let [a, b, c, d] = widths[..] else { continue };
        let _ = writeln!(out, "{id:a$}  {source:b$}  {action:c$}  {destination:d$}  {precedence}");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intention_is_one_line() {
        let ends = Ends { source: "web", destination: "team/db" };
        let intention = of_words(ends, true, &[("k".to_owned(), "v".to_owned())]);
        assert_eq!(line(&intention), "web => team/db (deny)");
        assert_eq!(intention["Meta"]["k"], "v");
        let of_server = json!({
            "SourceName": "a", "SourceNS": "default", "SourcePeer": "west", "DestinationName": "b",
            "Permissions": [{}, {}],
        });
        assert_eq!(line(&of_server), "peer:west/a => b (2 permissions)");
    }

    #[test]
    fn a_moment_is_printed_with_its_weekday() {
        let moment = clock::parse("2026-11-30T18:17:09.123Z").unwrap();
        assert_eq!(rfc850(moment), "Monday, 30-Nov-26 18:17:09 UTC");
    }
}
