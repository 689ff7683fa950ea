//! `members`, `info` and `catalog …`: what the agent and its cluster look like, with Consul's output.

use std::collections::BTreeMap;
use std::net::IpAddr;

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::companion::{Agent, Failure, Request};
use crate::consul::api;
use crate::consul_version::{ConsulVersion, Release};
use crate::go::regexp;
use crate::go::tabwriter;

/// An agent as the others see it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Member {
    name: String,
    addr: String,
    port: u16,
    status: u8,
    tags: BTreeMap<String, String>,
}

/// Which members are listed, and how.
#[derive(Debug, Clone, Default)]
pub struct Members {
    /// With all tags.
    pub detailed: bool,
    /// The servers of all datacenters.
    pub wan: bool,
    /// A regular expression for their status.
    pub status: Option<String>,
    /// Enterprise segment.
    pub segment: Option<String>,
    /// A filter for the agent.
    pub filter: Option<String>,
}

/// The members as they are printed; `None` if there are none.
pub fn members(agent: &Agent, wanted: &Members) -> Result<Option<String>, Failure> {
    let status = regexp::compile(wanted.status.as_deref().unwrap_or(".*"))
        .map_err(|error| Failure::new(format!("Failed to compile status regexp: {error}")))?;
    let mut request = Request::get(api::agent::members(), "Error retrieving members").needs("node:read");
    match &wanted.segment {
        Some(segment) => request = request.query("segment", segment),
        None if !wanted.wan => request = request.query("segment", "_all"),
        None => {}
    }
    if wanted.wan {
        request = request.query("wan", "1");
    }
    if let Some(filter) = &wanted.filter {
        request = request.query("filter", filter);
    }
    let mut members = agent.read::<Option<Vec<Member>>>(request)?.unwrap_or_default();
    for member in &mut members {
        let is_server = member.tags.get("role").is_some_and(|role| role == "consul");
        let segment = member.tags.entry("segment".to_owned()).or_default();
        if segment.is_empty() {
            segment.push_str(if is_server { "<all>" } else { "<default>" });
        }
    }
    members.retain(|member| status.is_match(member.status()));
    members
        .sort_by(|left, right| (&left.name, left.tag("segment")).cmp(&(&right.name, right.tag("segment"))));
    if members.is_empty() {
        return Ok(None);
    }
    Ok(Some(if wanted.detailed { detailed(&members) } else { standard(&members) }))
}

impl Member {
    fn status(&self) -> &'static str {
        match self.status {
            0 => "none",
            1 => "alive",
            2 => "leaving",
            3 => "left",
            4 => "failed",
            _ => "unknown",
        }
    }

    fn tag(&self, name: &str) -> &str {
        self.tags.get(name).map_or("", String::as_str)
    }

    fn build(&self) -> &str {
        self.tag("build").split(':').next().unwrap_or_default()
    }

    fn address(&self) -> String {
        match self.addr.parse::<IpAddr>() {
            Ok(address) => std::net::SocketAddr::new(address, self.port).to_string(),
            Err(_) => format!("{}:{}", self.addr, self.port),
        }
    }
}

/// Consul: a column for the admin partition since 1.11. It follows the agents, so that a script sees what it saw before.
fn standard(members: &[Member]) -> String {
    let is_new = |member: &Member| {
        let version = member.build().parse::<ConsulVersion>();
        version.is_ok_and(|version| version.at_least(Release(1, 11, 0)))
    };
    let with_partition = members.iter().any(is_new);
    let mut rows = vec![vec!["Node", "Address", "Status", "Type", "Build", "Protocol", "DC"]];
    let addresses: Vec<String> = members.iter().map(Member::address).collect();
    for (member, address) in members.iter().zip(&addresses) {
        let own = [member.name.as_str(), address, member.status()];
        let rest = match member.tag("role") {
            "node" => ["client", member.build(), member.tag("vsn"), member.tag("dc")],
            "consul" => ["server", member.build(), member.tag("vsn"), member.tag("dc")],
            _ => ["unknown", "", "", ""],
        };
        rows.push([&own[..], &rest].concat());
    }
    for (row, member) in rows.iter_mut().zip([None].into_iter().chain(members.iter().map(Some))) {
        if with_partition {
            row.push(member.map_or("Partition", |member| match member.tag("ap") {
                "" => "default",
                partition => partition,
            }));
        }
        row.push(member.map_or("Segment", |member| member.tag("segment")));
    }
    columns(&rows)
}

fn detailed(members: &[Member]) -> String {
    let tags = |member: &Member| joined(&member.tags, ",");
    let shown: Vec<[String; 4]> = members
        .iter()
        .map(|member| [member.name.clone(), member.address(), member.status().to_owned(), tags(member)])
        .collect();
    let head = vec!["Node", "Address", "Status", "Tags"];
    let rows = shown.iter().map(|row| row.iter().map(String::as_str).collect());
    columns(&[head].into_iter().chain(rows).collect::<Vec<_>>())
}

fn joined(pairs: &BTreeMap<String, String>, separator: &str) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(separator)
}

/// Rows in columns with two blanks between them; the last one is not filled up.
fn columns(rows: &[Vec<&str>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        cells.map(|cell| cell.trim().chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (place, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = cell.trim();
            text.push_str(cell);
            if place + 1 < row.len() {
                text.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
            }
        }
        text.push('\n');
    }
    text
}

/// The agent's figures, as they are printed.
pub fn info(agent: &Agent) -> Result<String, Failure> {
    let doing = "Error querying agent";
    let answer: Value = agent.read(Request::get(api::agent::itself(), doing).needs("agent:read"))?;
    let Some(figures) = answer.get("Stats").and_then(Value::as_object) else {
        return Err(Failure::new("Agent response did not contain 'Stats' key"));
    };
    let sorted = |members: &serde_json::Map<String, Value>| {
        members.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut text = String::new();
    for (group, figures) in sorted(figures) {
        text.extend([&group, ":\n"]);
        for (name, value) in figures.as_object().map(sorted).unwrap_or_default() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.extend(["\t", &name, " = ", &value, "\n"]);
        }
    }
    Ok(text)
}

/// The names of all datacenters, as they are printed.
pub fn datacenters(agent: &Agent) -> Result<String, Failure> {
    let request = Request::get(api::catalog::datacenters(), "Error listing datacenters");
    let names: Vec<String> = agent.read::<Option<_>>(request)?.unwrap_or_default();
    Ok(names.into_iter().map(|name| name + "\n").collect())
}

/// A node of the catalog, or the node of a service's instance.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Node {
    #[serde(rename = "ID")]
    id: String,
    node: String,
    address: String,
    datacenter: String,
    tagged_addresses: Option<BTreeMap<String, String>>,
    meta: Option<BTreeMap<String, String>>,
    /// What an instance has instead of `meta`.
    node_meta: Option<BTreeMap<String, String>>,
}

/// Which nodes are listed, and how.
#[derive(Debug, Clone, Default)]
pub struct Nodes<'a> {
    pub detailed: bool,
    pub filter: Option<String>,
    /// The node that they are sorted by.
    pub near: Option<String>,
    /// Metadata that they have: `key=value`.
    pub meta: &'a [(String, String)],
    /// A service that they have.
    pub service: Option<String>,
}

/// The nodes as they are printed; `None` if there are none.
pub fn nodes(agent: &Agent, wanted: &Nodes<'_>) -> Result<Option<String>, Failure> {
    let (path, doing) = match &wanted.service {
        Some(service) => (api::catalog::service(service), "Error listing nodes"),
        None => (api::catalog::nodes(), "Error listing nodes"),
    };
    let mut request = Request::new(Method::GET, path, doing).needs("node:read");
    for (key, value) in [("near", &wanted.near), ("filter", &wanted.filter)] {
        if let Some(value) = value {
            request = request.query(key, value);
        }
    }
    request = with_meta(request, wanted.meta);
    let nodes = agent.read::<Option<Vec<Node>>>(request)?.unwrap_or_default();
    if nodes.is_empty() {
        return Ok(None);
    }
    let none = BTreeMap::new();
    let mut head = vec!["Node", "ID", "Address", "DC"];
    if wanted.detailed {
        head.extend(["TaggedAddresses", "Meta"]);
    }
    let cells: Vec<[String; 2]> = nodes
        .iter()
        .map(|node| {
            let meta = if wanted.service.is_some() { &node.node_meta } else { &node.meta };
            [&node.tagged_addresses, meta].map(|pairs| joined(pairs.as_ref().unwrap_or(&none), ", "))
        })
        .collect();
    let rows = nodes.iter().zip(&cells).map(|(node, [addresses, meta])| {
        let id = if wanted.detailed { &*node.id } else { node.id.get(..8).unwrap_or(&node.id) };
        let mut row = vec![node.node.as_str(), id, &node.address, &node.datacenter];
        if wanted.detailed {
            row.extend([addresses.as_str(), meta]);
        }
        row
    });
    Ok(Some(columns(&[head].into_iter().chain(rows).collect::<Vec<_>>())))
}

fn with_meta(request: Request, meta: &[(String, String)]) -> Request {
    meta.iter().fold(request, |request, (key, value)| request.query("node-meta", format!("{key}:{value}")))
}

/// What reading services needs.
const SERVICE_READ: &str = "service:read on the services";

/// The services of a node with their tags.
fn services_of_node(
    agent: &Agent,
    node: &str,
    meta: &[(String, String)],
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct OfNode {
        services: Option<BTreeMap<String, Instance>>,
    }

    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct Instance {
        service: String,
        tags: Option<Vec<String>>,
    }

    let request = Request::get(api::catalog::node(node), "Error listing services for node");
    let found: Option<OfNode> = agent.read(with_meta(request.needs(SERVICE_READ), meta))?;
    let mut services: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for instance in found.unwrap_or_default().services.unwrap_or_default().into_values() {
        services.entry(instance.service).or_default().extend(instance.tags.unwrap_or_default());
    }
    Ok(services)
}

/// The services of the catalog, or of a node, as they are printed; `None` if there are none.
pub fn services(
    agent: &Agent,
    node: Option<&str>,
    meta: &[(String, String)],
    with_tags: bool,
) -> Result<Option<String>, Failure> {
    let services = if let Some(node) = node {
        services_of_node(agent, node, meta)?
    } else {
        let request = Request::get(api::catalog::services(), "Error listing services");
        let found: Option<BTreeMap<String, Option<Vec<String>>>> =
            agent.read(with_meta(request.needs(SERVICE_READ), meta))?;
        found.unwrap_or_default().into_iter().map(|(name, tags)| (name, tags.unwrap_or_default())).collect()
    };
    if services.is_empty() {
        return Ok(None);
    }
    if !with_tags {
        return Ok(Some(services.into_keys().map(|name| name + "\n").collect()));
    }
    let lines = services.into_iter().map(|(name, mut tags)| {
        tags.sort();
        format!("{name}\t{}\n", tags.join(","))
    });
    let aligned = tabwriter::aligned(lines.collect::<String>().as_bytes(), 6);
    Ok(Some(String::from_utf8_lossy(&aligned).trim().to_owned() + "\n"))
}
