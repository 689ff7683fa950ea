//! What `doctor` and `explain` look at, and what that costs the agent: the Envoy of a real Consul's xDS, whose names
//! differ from direct mode's, and a hundred linked services.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use termgate::testing::consul::api::of_answer;
use termgate::testing::snapshot::Snapshot;
use termgate::testing::snapshot::assemble::Answer;

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::faulty_agent::FaultyAgent;
use crate::support::origin::Origin;
use crate::support::tools::project;
use crate::world::World;

/// Consul's state of a recording.
fn snapshot(answers: &Value) -> Result<Snapshot> {
    const COMMON: [Answer<'static>; 10] = [
        Answer::AgentSelf,
        Answer::AgentService,
        Answer::Roots,
        Answer::Entry,
        Answer::Links,
        Answer::ServiceDefaults,
        Answer::ServiceResolvers,
        Answer::Intentions,
        Answer::ProxyDefaults,
        Answer::Mesh,
    ];
    let mut snapshot = Snapshot::collecting();
    let paths = answers.as_object().context("no answers")?.keys();
    let of_service = paths.filter_map(|path| {
        let instances = path.strip_prefix("/v1/health/service/").map(Answer::Instances);
        instances.or_else(|| path.strip_prefix("/v1/agent/connect/ca/leaf/").map(Answer::Leaf))
    });
    for answer in COMMON.into_iter().chain(of_service) {
        let recorded = &answers[of_answer(answer, "gw", "gw").as_str()];
        let status = u16::try_from(recorded["status"].as_u64().unwrap_or(404))?;
        snapshot.apply(answer, status, recorded["body"].to_string().as_bytes())?;
    }
    Ok(snapshot)
}

/// What the admin server of an Envoy says that has taken these resources.
fn envoy(xds: &Value) -> Value {
    let names = |kind: &str| xds[kind].as_object().into_iter().flat_map(|found| found.keys().cloned());
    let host = json!({"health_status": {"eds_health_status": "HEALTHY"}, "stats": []});
    let clusters = names("clusters").chain(["local_agent".to_owned()]);
    let clusters: Vec<Value> =
        clusters.map(|name| json!({"name": name, "host_statuses": [host.clone()]})).collect();
    let listeners: Vec<String> = xds["listeners"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, listener)| {
            let address = &listener["address"]["socket_address"];
            let ip = address["address"].as_str().unwrap_or_default();
            let ip = if ip.contains(':') { format!("[{ip}]") } else { ip.to_owned() };
            format!("{name}::{ip}:{}", address["port_value"])
        })
        .collect();
    json!({
        "server_info": {"version": "0/1.34.1/Clean/RELEASE/BoringSSL", "state": "LIVE", "node": {"id": "gw"}},
        "clusters": {"cluster_statuses": clusters},
        "listeners": listeners.join("\n"),
        "stats": "control_plane.connected_state: 1\n",
        "certs": {},
        "config_dump": {},
    })
}

#[test]
fn the_hops_of_a_gateway_that_consul_configures_are_found() -> Result<()> {
    let (mut looked, mut files) = (0, 0);
    for release in ["1.21.4", "2.1.0-dev"] {
        for entry in fs::read_dir(project().join("tests/fixtures/xds").join(release))? {
            let path = entry?.path();
            let file: Value = serde_json::from_slice(&fs::read(&path)?)?;
            let mut bundle = serde_json::to_value(snapshot(&file["answers"])?)?;
            bundle["envoy"] = envoy(&file["xds"]);
            let has_listener = file["xds"]["listeners"].as_object().is_some_and(|found| !found.is_empty());
            let chains = file["xds"]["listeners"].to_string();
            let all: Vec<String> = bundle["Links"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|link| link["Service"]["Name"].as_str().map(str::to_owned))
                .collect();
            // Fifty alike show no more than three.
            for service in
                all.iter().filter(|service| chains.contains(&format!("\"{service}.default."))).take(3)
            {
                let command = ["explain", service, "--output", "json", "--snapshot", "bundle.json"];
                let command = Termgate::new(command)?.file("bundle.json", bundle.to_string())?;
                let way = command.run()?.json()?;
                let hop = |name: &str| {
                    let hops = way["hops"].as_array().into_iter().flatten();
                    let found = hops.into_iter().find(|hop| hop["hop"] == name);
                    found.map(|hop| hop["what"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
                };
                let place = format!("{}: {service}: {way}", path.display());
                ensure!(
                    hop("chain").to_lowercase().contains(&format!("{}.", service.to_lowercase())),
                    "{place}"
                );
                ensure!(hop("cluster").ends_with("hosts healthy"), "{place}");
                ensure!(!has_listener || hop("listener").starts_with("Envoy listens on "), "{place}");
                looked += 1;
            }
            if files < 5 && !all.is_empty() {
                let command = ["doctor", "--output", "json", "--snapshot", "bundle.json"];
                let report =
                    Termgate::new(command)?.file("bundle.json", bundle.to_string())?.run()?.json()?;
                let checks = report["checks"].as_array().context("no checks")?;
                for code in ["envoy-of-another", "envoy-disconnected", "listener-lost", "envoy-no-host"] {
                    let check = checks.iter().find(|check| check["code"] == code);
                    ensure!(
                        check.is_some_and(|check| check["status"] == "ok"),
                        "{}: {check:?}",
                        path.display()
                    );
                }
                files += 1;
            }
        }
    }
    ensure!(looked > 60 && files == 5, "{looked} services, {files} files");
    Ok(())
}

#[test]
fn a_hundred_linked_services_take_no_more_than_eight_connections() -> Result<()> {
    needs!(Consul);
    let origin = Origin::plain("one")?;
    let mut world = World::alone()?;
    let services: Vec<String> =
        (0..100).map(|_| world.register("one", &origin, json!({}))).collect::<Result<_>>()?;
    world.write_entry()?;
    world.consul.register_gateway(&world.gateway, free_address()?.port())?;
    for command in [&["doctor", "--output", "json"][..], &["explain", &services[7], "--output", "json"]] {
        let agent = FaultyAgent::before(&world.consul)?;
        let output =
            Termgate::new(command)?.args(["--service", &world.gateway]).faulty_agent(&agent)?.run()?;
        ensure!(output.json()?.is_object(), "{output}");
        let asked = agent.count("/v1/health/service/");
        ensure!(asked == 100, "{asked} services were asked for");
        let (all, most) = agent.connections();
        ensure!(all <= 8, "{}: {all} connections, {most} at once", command[0]);
    }
    Ok(())
}
