//! `termgate graph`: pictures of a real gateway, and of one whose names are hostile, read by programs that draw them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::origin::Origin;
use crate::world::World;

const HOSTILE: [&str; 9] = [
    "</text><script>alert(1)</script>",
    "\"]}|> end --> x",
    "a\nb\r\tc",
    "\\N\\\" & &lt; #quot; #35; %%{init}%%",
    "\u{202e}\u{1}\u{1b}[31m\u{fffe}",
    "世界 🦀 עברית",
    "`md` **b** $$x$$",
    "]]>--><!-- <![CDATA[",
    "style a:b#35;",
];

/// A snapshot with so many services, named by `name`; some are denied, some have no healthy instance.
fn snapshot(count: usize, name: impl Fn(usize) -> String) -> Value {
    let link = |at: usize| json!({"Service": {"Name": name(at)}});
    let instances = (0..count).map(|at| {
        let instance = |id: usize| {
            json!({
                "Node": {"Node": "outside", "Address": "10.1.0.1", "Datacenter": "dc1"},
                "Service": {"ID": format!("{at}-{id}"), "Service": name(at), "Address": format!("10.{id}.{}.{}", at / 200, at % 200 + 1), "Port": 443},
                "Checks": [{"CheckID": "up", "Status": if at % 7 == 3 { "critical" } else { "passing" }}],
            })
        };
        (name(at), json!((0..=at % 3).map(instance).collect::<Vec<_>>()))
    });
    let intentions = (0..count).filter(|at| at % 5 != 4).map(|at| {
        json!({
            "SourceName": format!("client {}", name(at * 3 % count)), "DestinationName": name(at),
            "Action": if at % 6 == 5 { "deny" } else { "allow" },
        })
    });
    let links: Vec<Value> = (0..count).map(link).collect();
    json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "DefaultIntention": "deny", "DefaultIntentionSource": "acl-policy",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": name(0), "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": name(0), "Services": links.iter().map(|link| link["Service"].clone()).collect::<Vec<_>>()},
        "Links": links,
        "Instances": instances.collect::<serde_json::Map<_, _>>(),
        "Intentions": intentions.collect::<Vec<_>>(),
    })
}

fn drawn(snapshot: &Value, format: &str) -> Result<String> {
    let command = Termgate::new(["graph", "--snapshot", "s.json", "--format", format])?;
    Ok(command.file("s.json", snapshot.to_string())?.succeeds()?.stdout)
}

/// What a program says that reads a file; `None` if it is not installed.
fn read_by(program: &str, arguments: &[&str], file: &Path) -> Result<Option<String>> {
    if Command::new(program).arg("-V").stdin(Stdio::null()).output().is_err() {
        eprintln!("NOT TESTED: {program} is not installed");
        return Ok(None);
    }
    let output = Command::new(program).args(arguments).arg(file).stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success() && said.is_empty(), "{program} refuses {}: {said}", file.display());
    Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// Prints the texts of an SVG document's elements `text`, one a line.
const TEXTS: &str = "\
import sys, xml.etree.ElementTree as tree
for one in tree.parse(sys.argv[1]).iter('{http://www.w3.org/2000/svg}text'): print(one.text)";

#[test]
fn hostile_names_give_pictures_that_programs_can_draw() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let long = |at: usize| format!("{}-{at}", "long name ".repeat(20));
    let named: [Box<dyn Fn(usize) -> String>; 2] =
        [Box::new(|at| format!("{} {at}", HOSTILE[at % HOSTILE.len()])), Box::new(long)];
    for (at, name) in named.iter().enumerate() {
        let snapshot = snapshot(12, name);
        let (svg, dot) = (folder.path().join("g.svg"), folder.path().join("g.dot"));
        fs::write(&svg, drawn(&snapshot, "svg")?)?;
        fs::write(&dot, drawn(&snapshot, "dot")?)?;
        if let Some(texts) = read_by("python3", &["-c", TEXTS], &svg)? {
            let expected = if at == 0 { "\\u{202e}" } else { "…" };
            ensure!(texts.contains(expected) && texts.contains("LINKED SERVICES"), "{texts}");
            ensure!(at == 1 || texts.contains("</text><script>"), "{texts}");
        }
        if let Some(drawing) = read_by("dot", &["-Tsvg"], &dot)? {
            fs::write(&svg, drawing)?;
            read_by("python3", &["-c", TEXTS], &svg)?;
        }
        let mermaid = drawn(&snapshot, "mermaid")?;
        ensure!(mermaid.starts_with("flowchart LR\n") && !mermaid.contains("<script>"), "{mermaid}");
    }
    Ok(())
}

#[test]
fn many_services_become_groups() -> Result<()> {
    let snapshot = snapshot(300, |at| format!("service-{at}"));
    for format in ["svg", "dot", "mermaid"] {
        let text = drawn(&snapshot, format)?;
        ensure!(
            text.contains("43 services") && text.len() < 100_000,
            "{format}: {} bytes\n{text}",
            text.len()
        );
    }
    let all: Value = serde_json::from_str(&drawn(&snapshot, "json")?)?;
    ensure!(all["services"].as_array().is_some_and(|services| services.len() == 300), "{all}");
    Ok(())
}

#[test]
fn the_name_of_the_file_decides_the_format() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, start) in [("g.svg", "<svg "), ("g.dot", "digraph "), ("g.json", "{"), ("g.txt", "flowchart ")]
    {
        let path = folder.path().join(name);
        let command = Termgate::new(["graph", "--snapshot", "s.json", "-o"])?.arg(&path);
        let output = command.file("s.json", snapshot(3, |at| format!("s{at}")).to_string())?.succeeds()?;
        ensure!(output.stdout.is_empty(), "{output}");
        let text = fs::read_to_string(&path)?;
        ensure!(text.starts_with(start), "{name}: {text}");
    }
    Ok(())
}

#[test]
fn a_gateway_of_an_agent_is_drawn_with_its_sources() -> Result<()> {
    needs!(Consul);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let (consul, gateway) = (world.consul, &world.gateway);
    consul.register_gateway(gateway, origin.address().port())?;
    let denied = consul.unique("denied");
    consul.deny(&denied, &service)?;
    let command = Termgate::new(["graph", "--service", gateway, "--format", "json"])?.consul(consul);
    let graph = command.succeeds()?.json()?;
    let states: Vec<(&str, &str)> = graph["sources"]
        .as_array()
        .context("no sources")?
        .iter()
        .filter_map(|source| Some((source["name"].as_str()?, source["services"][0]["state"].as_str()?)))
        .collect();
    ensure!(states.contains(&(&*world.frontend, "allowed")), "{graph}");
    ensure!(states.contains(&(&*denied, "denied")), "{graph}");
    ensure!(graph["services"][0]["name"] == json!(service), "{graph}");
    ensure!(graph["services"][0]["endpoints"][0]["port"] == json!(origin.address().port()), "{graph}");
    Ok(())
}

#[test]
fn an_agent_that_cannot_be_reached_is_an_error() -> Result<()> {
    let address = crate::support::consul::free_address()?;
    let command = Termgate::new(["graph"])?.env("CONSUL_HTTP_ADDR", address.to_string());
    let output = command.run()?;
    ensure!(output.code == Some(4) && output.stdout.is_empty(), "{output}");
    Ok(())
}
