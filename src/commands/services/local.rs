//! Services of the local agent, with the output of `consul services register` and `deregister`.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::commands::companion::{Agent, Failure, Request, file_error};
use crate::consul::api;
use crate::gateway::agent_file::{self, AgentFile};
use crate::system::read_file;

/// A service as flags describe it.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    pub name: &'a str,
    pub address: &'a str,
    pub port: i64,
    pub tags: &'a [String],
    pub meta: &'a [(String, String)],
    /// Addresses with a port, by tag.
    pub tagged: &'a [(String, String)],
}

/// What the agent's API takes for a service that flags describe.
pub fn of_flags(service: &Registration<'_>) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    let texts =
        [("Kind", service.kind), ("ID", service.id), ("Name", service.name), ("Address", service.address)];
    for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        body.insert(key.to_owned(), json!(text));
    }
    if service.port != 0 {
        body.insert("Port".to_owned(), json!(service.port));
    }
    if !service.tags.is_empty() {
        body.insert("Tags".to_owned(), json!(service.tags));
    }
    let mut tagged = Map::new();
    for (tag, address) in service.tagged {
        let invalid = |reason: &str| format!("Invalid Tagged Address: address {address}: {reason}");
        let (host, port) = address.rsplit_once(':').ok_or_else(|| invalid("missing port in address"))?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if host.contains(':') && !address.starts_with('[') {
            return Err(invalid("too many colons in address"));
        }
        let port = port.parse::<u16>().map_err(|_| invalid("the port is not a number up to 65535"))?;
        tagged.insert(tag.clone(), json!({"Address": host, "Port": port}));
    }
    let meta = service.meta.iter().map(|(key, value)| (key.clone(), json!(value)));
    for (key, members) in [("Meta", meta.collect()), ("TaggedAddresses", tagged)] {
        if !members.is_empty() {
            body.insert(key.to_owned(), Value::Object(members));
        }
    }
    Ok(body)
}

/// The services of files and folders, in the order in which an agent reads them.
///
/// Consul: a file of another type than `.hcl` and `.json` is passed over.
pub fn read(paths: &[String], note: &dyn Fn(String)) -> Result<Vec<Map<String, Value>>, Failure> {
    let failed = |reason: String| Failure::new(format!("Error: {reason}"));
    let files = read_files(paths, "", note).map_err(failed)?;
    Ok(files.into_iter().flat_map(|(_, file)| file.services).collect())
}

/// The files of an agent's configuration at these paths, each with its name. With a `format`, which is `hcl`, `json` or
/// empty, a file's name does not matter.
pub fn read_files(
    paths: &[String],
    format: &str,
    note: &dyn Fn(String),
) -> Result<Vec<(String, AgentFile)>, String> {
    let is_read = |path: &Path| !format.is_empty() || has_type(path);
    let mut files = Vec::new();
    for path in paths {
        let found = std::fs::metadata(path)
            .map_err(|error| format!("config: Open failed on {path}. {}", file_error(path, &error)))?;
        if found.is_dir() {
            let entries = std::fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let entries = entries.map_err(|error| format!("config: Readdir failed on {path}. {error}"))?;
            let mut names: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
            names.sort();
            for name in names.into_iter().filter(|name| name.is_file()) {
                if is_read(&name) {
                    files.push(name);
                } else {
                    note(skipped(&name.display().to_string()));
                }
            }
        } else if is_read(Path::new(path)) {
            files.push(path.into());
        } else {
            note(skipped(path));
        }
    }
    let read = |path: std::path::PathBuf| {
        let name = path.display().to_string();
        let text = read_file::named(&path, read_file::ENTRY)
            .map_err(|error| format!("config: Read failed on {name}. {}", file_error(&name, &error)))?;
        let is_json = match format {
            "" => path.extension().is_some_and(|extension| extension == "json"),
            format => format == "json",
        };
        let file = agent_file::read(&text, is_json);
        Ok((name.clone(), file.map_err(|error| format!("failed to parse {name}: {error}"))?))
    };
    files.into_iter().map(read).collect()
}

fn skipped(path: &str) -> String {
    format!("skipping file {path}, extension must be .hcl or .json, or config format must be set")
}

fn has_type(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "hcl" || extension == "json")
}

/// The ID that the agent gives a service.
pub fn id_of(body: &Map<String, Value>) -> String {
    let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("ID").or_else(|| text("Name")).unwrap_or_default().to_owned()
}

/// Registers a service; `print` takes what goes to stdout.
pub fn register(agent: &Agent, body: &Map<String, Value>, print: &dyn Fn(String)) -> Result<(), Failure> {
    let name = body.get("Name").and_then(Value::as_str).unwrap_or_default();
    let doing = format!("Error registering service {name:?}");
    let bytes = serde_json::to_vec(body).map_err(|error| Failure::new(format!("{doing}: {error}")))?;
    agent.ask(Request::put(api::agent::register(), bytes, doing).needs("service:write on the service"))?;
    print(format!("Registered service: {name}\n"));
    Ok(())
}

/// Deregisters a service; gives what is printed.
pub fn deregister(agent: &Agent, id: &str) -> Result<String, Failure> {
    let doing = format!("Error deregistering service {id:?}");
    if matches!(id, "." | "..") {
        return Err(Failure::new(format!("{doing}: the HTTP API cannot address a service with this ID")));
    }
    let request = Request::put(api::agent::deregister(id), Vec::new(), doing);
    agent.ask(request.needs("service:write on the service"))?;
    Ok(format!("Deregistered service: {id}\n"))
}
