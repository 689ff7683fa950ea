//! The command lines of `members`, `info`, `version` and `catalog …`.

use super::companion::{Call, Companion};
use crate::commands::cluster::{self, Members, Nodes};
use crate::commands::companion::Failure;
use crate::consul_version::ConsulVersion;
use crate::settings::flag::Flag;

const DETAILED: Flag = Flag::switch("detailed", "Print more about each");
const WAN: Flag = Flag::switch("wan", "List the servers of all datacenters");
const STATUS: Flag = Flag::text("status", "REGEX", "List members whose status matches only");
const SEGMENT: Flag = Flag::text("segment", "NAME", "Enterprise network segment");
const FILTER: Flag = Flag::text("filter", "EXPRESSION", "Filter for the agent");
const NEAR: Flag = Flag::text("near", "NODE", "Sort by the round-trip time from this node, or from _agent");
const NODE_META: Flag = Flag::repeated("node-meta", "KEY=VALUE", "Metadata of the nodes; repeatable");
const SERVICE: Flag = Flag::text("service", "NAME", "List nodes that have this service");
const NODE: Flag = Flag::text("node", "NAME", "List services of this node");
const TAGS: Flag = Flag::switch("tags", "Print each service's tags");
const FORMAT: Flag = Flag::text("format", "FORMAT", "pretty or json").default("pretty");

/// The commands.
pub const COMMANDS: &[Companion] = &[
    Companion {
        path: &["catalog", "datacenters"],
        about: "List the datacenters, as `consul catalog datacenters`",
        usage: "termgate catalog datacenters [flags]",
        summary: "Prints the names of all datacenters.",
        flags: &[],
        examples: &["termgate catalog datacenters"],
        run: datacenters,
    },
    Companion {
        path: &["catalog", "nodes"],
        about: "List nodes, as `consul catalog nodes`",
        usage: "termgate catalog nodes [flags]",
        summary: "Prints the nodes of the catalog.",
        flags: &[DETAILED, FILTER, NEAR, NODE_META, SERVICE],
        examples: &["termgate catalog nodes -service billing"],
        run: nodes,
    },
    Companion {
        path: &["catalog", "services"],
        about: "List services, as `consul catalog services`",
        usage: "termgate catalog services [flags]",
        summary: "Prints the names of the services in the catalog.",
        flags: &[NODE, NODE_META, TAGS],
        examples: &["termgate catalog services -tags"],
        run: services,
    },
    Companion {
        path: &["info"],
        about: "Print the agent's figures, as `consul info`",
        usage: "termgate info [flags]",
        summary: "Prints what the agent says about its state.",
        flags: &[],
        examples: &["termgate info"],
        run: info,
    },
    Companion {
        path: &["members"],
        about: "List the agents of the cluster, as `consul members`",
        usage: "termgate members [flags]",
        summary: "Prints the agents that the local one knows. The exit status is 2 if none matches.",
        flags: &[DETAILED, WAN, STATUS, SEGMENT, FILTER],
        examples: &["termgate members", "termgate members -status=alive"],
        run: members,
    },
    Companion {
        path: &["version"],
        about: "Print the imitated version of Consul, as `consul version`",
        usage: "termgate version [flags]",
        summary: "Prints the newest version of Consul that termgate imitates, and its own.",
        flags: &[FORMAT],
        examples: &["termgate version"],
        run: version,
    },
];

/// Fails for words after the flags.
fn no_words(call: &Call<'_>) -> Result<(), Failure> {
    match call.words().len() {
        0 => Ok(()),
        given => Err(call.wrong_usage(format!("Too many arguments (expected 0, got {given})"))),
    }
}

fn meta(call: &Call<'_>) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| {
        let pair = text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        pair.ok_or_else(|| {
            let reason = format!("Missing \"=\" value in argument: {text}");
            call.wrong_usage(format!("invalid value {text:?} for flag -node-meta: {reason}"))
        })
    };
    call.all(&NODE_META).iter().map(pair).collect()
}

fn datacenters(call: &Call<'_>) -> Result<u8, Failure> {
    no_words(call)?;
    call.print(cluster::datacenters(&call.agent()?)?);
    Ok(0)
}

fn nodes(call: &Call<'_>) -> Result<u8, Failure> {
    no_words(call)?;
    let wanted = Nodes {
        detailed: call.is_on(&DETAILED),
        filter: call.text(&FILTER),
        near: call.text(&NEAR),
        meta: &meta(call)?,
        service: call.text(&SERVICE),
    };
    match cluster::nodes(&call.agent()?, &wanted)? {
        Some(text) => call.print(text),
        None => nothing(call, "nodes"),
    }
    Ok(0)
}

fn services(call: &Call<'_>) -> Result<u8, Failure> {
    no_words(call)?;
    let (node, meta) = (call.text(&NODE), meta(call)?);
    match cluster::services(&call.agent()?, node.as_deref(), &meta, call.is_on(&TAGS))? {
        Some(text) => call.print(text),
        None => nothing(call, "services"),
    }
    Ok(0)
}

fn nothing(call: &Call<'_>, what: &str) {
    let text = format!("No {what} match the given query - try expanding your search.");
    call.report().printer().stderr(text);
}

fn info(call: &Call<'_>) -> Result<u8, Failure> {
    call.print(cluster::info(&call.agent()?)?);
    Ok(0)
}

fn members(call: &Call<'_>) -> Result<u8, Failure> {
    let wanted = Members {
        detailed: call.is_on(&DETAILED),
        wan: call.is_on(&WAN),
        status: call.text(&STATUS),
        segment: call.text(&SEGMENT),
        filter: call.text(&FILTER),
    };
    let Some(text) = cluster::members(&call.agent()?, &wanted)? else { return Ok(2) };
    call.print(text);
    Ok(0)
}

fn version(call: &Call<'_>) -> Result<u8, Failure> {
    let (consul, own) = (ConsulVersion::NEWEST_KNOWN, env!("CARGO_PKG_VERSION"));
    match call.typed(&FORMAT).unwrap_or("pretty") {
        "pretty" => call.print(format!(
            "Consul v{consul} (termgate {own})\n\
             The commands of Consul that termgate has; `termgate doctor` names the agent's own version\n"
        )),
        "json" => call.print(format!(
            "{{\n    \"Version\": \"{consul}\",\n    \"Revision\": \"\",\n    \"Prerelease\": \"\",\n    \"Termgate\": \"{own}\"\n}}\n"
        )),
        other => return Err(call.wrong_usage(format!("Invalid format: {other}: it is pretty or json"))),
    }
    Ok(0)
}
