//! What direct mode asks the agent for: only what a change concerns, and of many services the nodes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use termgate::testing::collect::live;
use termgate::testing::settings::consul::{ConsulSettings, HTTP_ADDR, TOKEN};
use termgate::testing::settings::flag::Grammar;
use termgate::testing::settings::options::{Options, Typed};
use termgate::testing::snapshot::Snapshot;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::pki::Authority;
use crate::support::process::Process;
use crate::support::wait::PATIENCE;

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";
const SUMMARY: &str = "/v1/internal/ui/gateway-services-nodes/gateway";
const SERVICES: [&str; 3] = ["a", "b", "c"];

/// What the agent says of a service.
pub fn instance(service: &str, port: u16, index: u64) -> Value {
    json!([{
        "Node": {"Node": "ext", "Address": "127.0.0.1", "Datacenter": "dc1", "ModifyIndex": 5},
        "Service": {"ID": service, "Service": service, "Address": "127.0.0.1", "Port": port, "ModifyIndex": index},
        "Checks": []}])
}

/// A node `ext` with these services, of which `b` has this port.
fn on_node(services: &[&str], port_of_b: u16) -> Value {
    let service = |name: &&str| {
        let port = if *name == "b" { port_of_b } else { 8000 };
        json!({"ID": name, "Service": name, "Address": "127.0.0.1", "Port": port})
    };
    let services: Vec<Value> = services.iter().map(service).collect();
    json!({"ID": "", "Node": "ext", "Address": "127.0.0.1", "Services": services, "Checks": []})
}

fn leaf(authority: &Authority, service: &str) -> Result<Answer> {
    let spiffe_id = format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{service}");
    let leaf = authority.leaf(&spiffe_id)?;
    let leaf = json!({"CertPEM": leaf.certificate, "PrivateKeyPEM": leaf.key, "ServiceURI": spiffe_id});
    Ok(Answer::json(200, &leaf))
}

/// A leaf of some mesh.
pub fn any_leaf(service: &str) -> Result<Answer> {
    leaf(&Authority::of_mesh(TRUST_DOMAIN)?, service)
}

/// An agent with linked services on one node.
pub fn agent(services: &[&str]) -> Result<FakeConsul> {
    agent_of(&Authority::of_mesh(TRUST_DOMAIN)?, services)
}

fn agent_of(authority: &Authority, services: &[&str]) -> Result<FakeConsul> {
    let agent = FakeConsul::start()?;
    let root = json!({"ID": "root", "RootCert": authority.certificate, "Active": true});
    let links: Vec<Value> = services.iter().map(|name| json!({"Service": {"Name": name}})).collect();
    let steady = [
        ("/v1/agent/self", json!({"Config": {"Version": "1.8.7", "Datacenter": "dc1"}, "DebugConfig": {}})),
        (
            "/v1/agent/connect/ca/roots",
            json!({"TrustDomain": TRUST_DOMAIN, "ActiveRootID": "root", "Roots": [root]}),
        ),
        ("/v1/config/terminating-gateway/gateway", json!({"Name": "gateway", "Services": []})),
        ("/v1/catalog/gateway-services/gateway", json!(links)),
        ("/v1/config/service-defaults", json!([])),
        ("/v1/config/service-resolver", json!([])),
        ("/v1/connect/intentions", json!([])),
    ];
    for (path, body) in steady {
        agent.on("GET", path, Answer::json(200, &body).header("X-Consul-Index", "10"));
        agent.on("GET", &format!("{path}?index=10&wait=60s"), Answer::hang());
    }
    for service in services {
        agent.on("GET", &format!("/v1/agent/connect/ca/leaf/{service}"), leaf(authority, service)?);
        agent.on(
            "GET",
            &format!("/v1/health/service/{service}"),
            Answer::json(200, &instance(service, 8000, 10)),
        );
    }
    for kind in ["proxy-defaults", "terminating-gateway"] {
        agent.on("GET", &format!("/v1/config/{kind}"), Answer::json(200, &json!([])));
    }
    agent.on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    let registered =
        json!({"Kind": "terminating-gateway", "ID": "gateway", "Service": "gateway", "Address": "127.0.0.1"});
    agent.on("GET", "/v1/agent/service/gateway", Answer::json(200, &registered));
    Ok(agent)
}

fn count(agent: &FakeConsul, path: &str) -> usize {
    agent.received().iter().filter(|received| received.request.target == path).count()
}

/// A snapshot that follows an agent.
pub struct Following {
    pub runtime: Runtime,
    pub follower: live::Follower,
    pub client: Arc<termgate::testing::consul::Consul>,
}

impl Following {
    fn new(typed: &Typed, gateway: &str) -> Result<Self> {
        let client = Arc::new(client(typed)?);
        let gateway = termgate::testing::collect::Gateway::new(gateway, gateway);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let follower = runtime.block_on(async { live::follow(&client, &gateway, live::FIRST_LEAVES) });
        Ok(Self { runtime, follower, client })
    }

    pub fn fake(agent: &FakeConsul) -> Result<Self> {
        Self::new(&at(agent.address()), "gateway")
    }

    pub fn real(consul: &Consul, gateway: &str) -> Result<Self> {
        Self::new(&at(consul.http()).given(&TOKEN, MANAGEMENT_TOKEN), gateway)
    }

    /// Waits for a complete snapshot like this.
    pub fn until(&mut self, what: &str, is_there: impl Fn(&Snapshot) -> bool) -> Result<Arc<Snapshot>> {
        let complete = |state: &Option<live::Collected>| {
            state
                .as_ref()
                .is_some_and(|state| state.stage == live::Stage::Complete && is_there(&state.snapshot))
        };
        self.runtime.block_on(async {
            let waited = timeout(PATIENCE, self.follower.snapshots.wait_for(complete));
            let collected = waited.await.with_context(|| format!("no snapshot has {what}"))??;
            Ok(Arc::clone(&collected.as_ref().context("there is none")?.snapshot))
        })
    }

    /// Whether there is a complete snapshot.
    pub fn is_complete(&self) -> bool {
        let state = self.follower.snapshots.borrow();
        state.as_ref().is_some_and(|state| state.stage == live::Stage::Complete)
    }

    /// Goes on until a request was received.
    pub fn until_asked(&self, agent: &FakeConsul, path: &str) -> Result<()> {
        let asked = async {
            while count(agent, path) == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = self.runtime.block_on(async { timeout(PATIENCE, asked).await });
        waited.with_context(|| format!("{path} was not asked for"))
    }
}

/// The ports of a service's instances.
pub fn ports(snapshot: &Snapshot, service: &str) -> Vec<i64> {
    let instances = snapshot.instances.get(service).into_iter().flat_map(|instances| instances.iter());
    instances.map(|instance| instance.service.port).collect()
}

/// How often services were asked about one by one.
fn one_by_one(agent: &FakeConsul) -> usize {
    let received = agent.received();
    received.iter().filter(|one| one.request.target.starts_with("/v1/health/service/")).count()
}

/// The agent says where instances of these services are, and that nothing changes.
fn summary(agent: &FakeConsul, services: &[&str], node: impl Fn(usize) -> String) {
    let entries = services.iter().enumerate();
    let entries: Vec<Value> = entries
        .map(|(place, name)| json!({"Name": name, "Nodes": [node(place)], "InstanceCount": 1}))
        .collect();
    for index in ["10", "11"] {
        // Until the test replaces it, it is held back for ever.
        agent.on("GET", &format!("{SUMMARY}?index={index}&wait=60s"), Answer::hang());
    }
    agent.on("GET", SUMMARY, Answer::json(200, &Value::from(entries)).header("X-Consul-Index", "10"));
}

fn at_index(index: u64, body: &Value) -> Answer {
    Answer::json(200, body).header("X-Consul-Index", &index.to_string())
}

/// The agent gives this summary again and again; its index moves once [`tell_of_change`] says so.
fn restless_summary(agent: &FakeConsul, entries: &Value) {
    agent.on("GET", SUMMARY, at_index(10, entries));
    let answer = at_index(10, entries).after(Duration::from_millis(50));
    agent.on("GET", &format!("{SUMMARY}?index=10&wait=60s"), answer);
    agent.on("GET", &format!("{SUMMARY}?index=11&wait=60s"), Answer::hang());
}

fn tell_of_change(agent: &FakeConsul, entries: &Value) {
    agent.replace("GET", &format!("{SUMMARY}?index=10&wait=60s"), at_index(11, entries));
}

const NODE: &str = "/v1/internal/ui/node/ext";
const ALL_NODES: &str = "/v1/internal/ui/nodes";

#[test]
fn another_port_is_found_on_the_node_of_the_service() -> Result<()> {
    let agent = agent(&["b"])?;
    // The summary never shows a port: when its index moves, it only shows that something changed.
    let entries = json!([{"Name": "b", "Nodes": ["ext"], "InstanceCount": 1}]);
    restless_summary(&agent, &entries);
    // The node may be watched already; until the change it says what the service says.
    agent.on("GET", NODE, at_index(10, &on_node(&["b"], 8000)));
    let watched = format!("{NODE}?index=10&wait=60s");
    agent.on("GET", &watched, at_index(10, &on_node(&["b"], 8000)).after(Duration::from_millis(50)));
    agent.on("GET", &format!("{NODE}?index=11&wait=60s"), Answer::hang());
    let mut following = Following::fake(&agent)?;
    following.until("the first port", |snapshot| ports(snapshot, "b") == [8000])?;
    let asked = one_by_one(&agent);
    // The service itself keeps saying the first one.
    for path in [NODE, &watched] {
        agent.replace("GET", path, at_index(11, &on_node(&["b"], 9000)));
    }
    tell_of_change(&agent, &entries);
    following.until("the other port", |snapshot| ports(snapshot, "b") == [9000])?;
    assert_eq!(one_by_one(&agent), asked);
    Ok(())
}

#[test]
fn a_change_on_the_node_with_most_services_is_known_before_the_summary_reports_it() -> Result<()> {
    let agent = agent(&SERVICES)?;
    summary(&agent, &SERVICES, |_| "ext".to_owned());
    let watched = format!("{NODE}?index=10&wait=60s");
    agent.on("GET", NODE, at_index(10, &on_node(&SERVICES, 8000)));
    agent.on("GET", &watched, at_index(10, &on_node(&SERVICES, 8000)).after(Duration::from_millis(50)));
    agent.on("GET", &format!("{NODE}?index=11&wait=60s"), Answer::hang());
    let mut following = Following::fake(&agent)?;
    following.until("three services", |snapshot| snapshot.instances.len() == 3)?;
    following.until_asked(&agent, &watched)?;
    let asked = one_by_one(&agent);
    agent.replace("GET", &watched, at_index(11, &on_node(&SERVICES, 9000)));
    let snapshot = following.until("the other port", |snapshot| ports(snapshot, "b") == [9000])?;
    assert_eq!((ports(&snapshot, "a"), ports(&snapshot, "c")), (vec![8000], vec![8000]));
    assert_eq!(one_by_one(&agent), asked);
    Ok(())
}

#[test]
fn a_node_that_is_gone_has_its_services_asked_about_one_by_one() -> Result<()> {
    let agent = agent(&["b"])?;
    let entries = json!([{"Name": "b", "Nodes": ["ext"], "InstanceCount": 1}]);
    restless_summary(&agent, &entries);
    agent.on("GET", NODE, Answer::text(404, ""));
    let mut following = Following::fake(&agent)?;
    following.until("the first port", |snapshot| ports(snapshot, "b") == [8000])?;
    agent.replace("GET", "/v1/health/service/b", Answer::json(200, &instance("b", 9000, 11)));
    tell_of_change(&agent, &entries);
    following.until("the other port", |snapshot| ports(snapshot, "b") == [9000])?;
    Ok(())
}

#[test]
fn a_reload_reads_state_that_no_blocking_query_reports() -> Result<()> {
    let agent = agent(&["b"])?;
    summary(&agent, &["b"], |_| "ext".to_owned());
    let mut following = Following::fake(&agent)?;
    following.until("the first port", |snapshot| ports(snapshot, "b") == [8000])?;
    let queries = || agent.received().iter().filter(|one| one.request.target.contains("index=")).count();
    for watched in ["agent/connect/ca/roots", "catalog/gateway-services/gateway", "config/service-defaults"] {
        following.until_asked(&agent, &format!("/v1/{watched}?index=10&wait=60s"))?;
    }
    following.until_asked(&agent, "/v1/connect/intentions?index=10&wait=60s")?;
    following.until_asked(&agent, &format!("{SUMMARY}?index=10&wait=60s"))?;
    let before = queries();
    agent.replace("GET", "/v1/health/service/b", Answer::json(200, &instance("b", 9000, 11)));
    following.follower.reload();
    following.until("the other port", |snapshot| ports(snapshot, "b") == [9000])?;
    assert_eq!(queries(), before, "the blocking queries go on as they are");
    Ok(())
}

#[test]
fn a_mesh_entry_that_is_written_changed_or_deleted_is_followed() -> Result<()> {
    let agent = agent(&["a"])?;
    let release = json!({"Config": {"Version": "1.21.4", "Datacenter": "dc1"}, "DebugConfig": {}});
    agent.replace("GET", "/v1/agent/self", Answer::json(200, &release));
    let entries = |entries: &Value| agent.replace("GET", "/v1/config/mesh", Answer::json(200, entries));
    entries(&json!([]));
    let mut following = Following::fake(&agent)?;
    following.until("no mesh entry", |snapshot| snapshot.mesh.is_none())?;
    for merges in [true, false] {
        let entry =
            json!({"Kind": "mesh", "HTTP": {"Incoming": {"RequestNormalization": {"MergeSlashes": merges}}}});
        entries(&json!([&entry]));
        following.until("this mesh entry", |snapshot| snapshot.mesh.as_ref() == Some(&entry))?;
    }
    entries(&json!([]));
    following.until("no mesh entry any more", |snapshot| snapshot.mesh.is_none())?;
    Ok(())
}

#[test]
fn many_services_on_one_node_are_asked_about_by_the_node() -> Result<()> {
    let names: Vec<String> = (0..200).map(|number| format!("s{number}")).collect();
    let services: Vec<&str> = names.iter().map(String::as_str).collect();
    let agent = agent(&services)?;
    summary(&agent, &services, |_| "ext".to_owned());
    agent.on("GET", NODE, at_index(10, &on_node(&services, 8000)));
    let snapshot = Following::fake(&agent)?.until("all", |snapshot| snapshot.instances.len() == 200)?;
    assert!(services.iter().all(|service| ports(&snapshot, service) == [8000]));
    let asked = one_by_one(&agent);
    ensure!(asked < services.len() / 2, "{asked} services were asked about one by one");
    Ok(())
}

#[test]
fn many_services_on_many_nodes_are_asked_about_by_all_nodes() -> Result<()> {
    let names: Vec<String> = (0..200).map(|number| format!("s{number}")).collect();
    let services: Vec<&str> = names.iter().map(String::as_str).collect();
    let agent = agent(&services)?;
    let node = |place: usize| format!("ext-{place}");
    let entries = services.iter().enumerate();
    let entries: Value = entries
        .map(|(place, name)| json!({"Name": name, "Nodes": [node(place)], "InstanceCount": 1}))
        .collect();
    restless_summary(&agent, &entries);
    let nodes = |port: u16| -> Value {
        let on = |place: usize| {
            let port = if place == 77 { port } else { 8000 };
            let here = json!([{"ID": "1", "Service": services[place], "Port": port}]);
            json!({"Node": node(place), "Address": "127.0.0.1", "Services": here, "Checks": null})
        };
        // What a peer has under the same name is nothing that the gateway serves.
        let peer = json!({"Node": node(0), "PeerName": "east", "Address": "10.0.0.9", "Services": []});
        (0..services.len()).map(on).chain([peer]).collect()
    };
    agent.on("GET", ALL_NODES, at_index(10, &nodes(8000)));
    let mut following = Following::fake(&agent)?;
    let snapshot = following.until("all", |snapshot| snapshot.instances.len() == services.len())?;
    assert!(services.iter().all(|service| ports(&snapshot, service) == [8000]));
    let asked = one_by_one(&agent);
    ensure!(asked < services.len() / 2, "{asked} services were asked about one by one");
    agent.replace("GET", ALL_NODES, at_index(11, &nodes(9000)));
    tell_of_change(&agent, &entries);
    following.until("the other port", |snapshot| ports(snapshot, "s77") == [9000])?;
    assert_eq!(count(&agent, "/v1/health/service/s77"), 0);
    Ok(())
}

#[test]
fn without_the_right_to_read_a_node_services_are_asked_about_one_by_one() -> Result<()> {
    let names: Vec<String> = (0..40).map(|number| format!("s{number}")).collect();
    let services: Vec<&str> = names.iter().map(String::as_str).collect();
    // An agent that denies it, one that hides the node, and one that knows no such request.
    for refusal in [
        Answer::text(403, "Permission denied"),
        Answer::text(404, ""),
        Answer::text(200, "null"),
        Answer::text(200, "<html>"),
    ] {
        let agent = agent(&services)?;
        summary(&agent, &services, |_| "ext".to_owned());
        agent.on("GET", NODE, refusal);
        let snapshot = Following::fake(&agent)?.until("all", |snapshot| snapshot.instances.len() == 40)?;
        assert!(services.iter().all(|service| ports(&snapshot, service) == [8000]));
    }
    Ok(())
}

/// A running gateway, and its folders.
fn run(agent: &FakeConsul) -> Result<(Process, Termgate)> {
    let words = ["run", "--service", "gateway", "--config-source", "direct"];
    let run = Termgate::new(words)?.fake_consul(agent).at_free_addresses()?.real_envoy()?;
    Ok((Process::spawn("termgate run", &mut run.to_command()?)?, run))
}

#[test]
fn a_service_with_a_late_certificate_is_reported_as_waiting_and_one_without_as_closed() -> Result<()> {
    needs!(Envoy);
    let authority = Authority::of_mesh(TRUST_DOMAIN)?;
    let agent = agent_of(&authority, &SERVICES)?;
    let path = |service: &str| format!("/v1/agent/connect/ca/leaf/{service}");
    agent.replace("GET", &path("b"), Answer::text(429, "Rate limit reached, try again later"));
    agent.replace("GET", &path("c"), Answer::text(403, "Permission denied"));
    let (mut process, _folders) = run(&agent)?;
    let output = process.shared_output();
    let said = |what: &str| output.text().contains(what);
    process.wait_until("both to be told", || {
        ensure!(said(
            "waiting for certificates of 1 service; each is served as soon as its certificate arrives: b"
        ));
        ensure!(said("service `c`: the agent issues no certificate for it"));
        Ok(())
    })?;
    assert!(!said("service `b`: the agent issues no certificate"), "{}", output.text());
    agent.replace("GET", &path("b"), leaf(&authority, "b")?);
    process.wait_until("`b` to be served", || {
        ensure!(said("2 services; new: b"), "not yet");
        Ok(())
    })
}

/// Registers an instance with its checks on a node.
fn register(consul: &Consul, node: &str, service: &str, id: &str, checks: &Value) -> Result<()> {
    consul
        .put(
            "/v1/catalog/register",
            &json!({
                "Node": node, "Address": "10.1.2.3", "NodeMeta": {"external-node": "true"},
                "Service": {
                    "ID": id, "Service": service, "Port": 8000, "Tags": ["v1"], "Meta": {"a": "b"},
                    "Weights": {"Passing": 3, "Warning": 1},
                },
                "Checks": checks,
            }),
        )
        .map(drop)
}

#[test]
fn instances_by_node_are_the_same_as_by_service() -> Result<()> {
    needs!(Consul);
    // So many certificates at once are more than the shared agent's CA signs beside other tests.
    let consul = &Consul::start()?;
    let gateway = consul.unique("gateway");
    let services: Vec<String> = (0..40).map(|number| consul.unique(&format!("s{number}"))).collect();
    for (number, service) in services.iter().enumerate() {
        let status = ["passing", "warning", "critical"][number % 3];
        let own = json!([{"Name": "own", "CheckID": format!("{service}:own"), "ServiceID": format!("{service}-1"), "Status": status}]);
        register(consul, "Zone-B", service, &format!("{service}-1"), &own)?;
        let of_node = json!([{"Name": "node", "CheckID": "node-alive", "Status": "passing"}]);
        register(consul, "zone-a", service, &format!("{service}-B"), &of_node)?;
        register(consul, "zone-a", service, &format!("{service}-a"), &json!([]))?;
    }
    consul.link(&gateway, services.iter().map(|name| (name.as_str(), json!({}))))?;
    consul.register_gateway(&gateway, 8443)?;

    let expected = once(consul, &gateway)?;
    let followed = Following::real(consul, &gateway)?.until("all", |_| true)?;
    assert_eq!(expected.instances.len(), services.len());
    assert_eq!(followed.instances, expected.instances);
    Ok(())
}

/// The state of a real agent at this moment.
fn once(consul: &Consul, gateway: &str) -> Result<Snapshot> {
    once_with(&at(consul.http()).given(&TOKEN, MANAGEMENT_TOKEN), gateway)
}

/// The state of a scripted agent at this moment.
pub fn once_of(agent: &FakeConsul) -> Result<Snapshot> {
    once_with(&at(agent.address()), "gateway")
}

/// The flags that name an agent.
fn at(agent: std::net::SocketAddr) -> Typed {
    Typed::default().given(&HTTP_ADDR, agent.to_string())
}

fn client(typed: &Typed) -> Result<termgate::testing::consul::Consul> {
    let env = BTreeMap::new();
    let settings = ConsulSettings::resolve(&Options::new(Grammar::Modern, typed, &env))?;
    Ok(termgate::testing::consul::Consul::new(&settings)?)
}

fn once_with(typed: &Typed, gateway: &str) -> Result<Snapshot> {
    let client = Arc::new(client(typed)?);
    let gateway = termgate::testing::collect::Gateway::new(gateway, gateway);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(termgate::testing::collect::once(&client, &gateway))?)
}

#[test]
fn every_kind_of_change_of_instances_is_followed() -> Result<()> {
    needs!(Consul);
    let consul = &Consul::start()?;
    // One node, few, and more than are asked one after the other.
    for nodes in [1, 3, 9] {
        let gateway = consul.unique("gateway");
        let services: Vec<String> = (0..9).map(|number| consul.unique(&format!("s{number}"))).collect();
        let node = |place: usize| format!("{gateway}-node-{}", place % nodes);
        for (place, service) in services.iter().enumerate() {
            register(consul, &node(place), service, service, &json!([]))?;
        }
        // A link finds its service whatever the case.
        let links: Vec<String> = services.iter().map(|name| name.to_uppercase()).collect();
        consul.link(&gateway, links.iter().map(|name| (name.as_str(), json!({}))))?;
        consul.register_gateway(&gateway, 8443)?;
        let mut following = Following::real(consul, &gateway)?;
        following.until("all", |snapshot| snapshot.instances.len() == 9)?;
        let change = |place: usize, service: Value| {
            let body = json!({"Node": node(place), "Address": "10.1.2.3", "Service": service});
            consul.put("/v1/catalog/register", &body).map(drop)
        };
        let of = |place: usize, with: Value| {
            let mut service = json!({"ID": services[place], "Service": services[place], "Port": 8000});
            for (key, value) in with.as_object().into_iter().flatten() {
                service[key] = value.clone();
            }
            service
        };
        let check = |status: &str| {
            let check = json!({"Node": node(3), "CheckID": "own", "Name": "own", "ServiceID": services[3], "Status": status});
            let body = json!({"Node": node(3), "Address": "10.1.2.3", "Check": check});
            consul.put("/v1/catalog/register", &body).map(drop)
        };
        let steps: [(&str, &dyn Fn() -> Result<()>); 9] = [
            ("another port", &|| change(0, of(0, json!({"Port": 9000})))),
            ("another address", &|| change(1, of(1, json!({"Address": "10.9.9.9"})))),
            ("other weights", &|| change(2, of(2, json!({"Weights": {"Passing": 7, "Warning": 2}})))),
            ("a check", &|| check("passing")),
            ("a failing check", &|| check("critical")),
            ("one more instance", &|| change(4, of(4, json!({"ID": "more", "Port": 9001})))),
            ("an instance on another node", &|| {
                let body = json!({"Node": format!("{gateway}-new"), "Address": "10.1.2.4", "Service": of(5, json!({}))});
                consul.put("/v1/catalog/register", &body).map(drop)
            }),
            ("an instance less", &|| {
                let gone = json!({"Node": node(6), "ServiceID": services[6]});
                consul.put("/v1/catalog/deregister", &gone).map(drop)
            }),
            ("a node less", &|| consul.put("/v1/catalog/deregister", &json!({"Node": node(8)})).map(drop)),
        ];
        for (what, step) in steps {
            step()?;
            let expected = once(consul, &gateway)?.instances;
            following.until(what, |snapshot| snapshot.instances == expected)?;
        }
    }
    Ok(())
}

/// Changes instances at random: one of `services` on one of `nodes` comes, moves, fails or goes.
fn change_at_random(consul: &Consul, seed: u64, services: &[String], nodes: &[String]) -> Result<()> {
    let mut state = seed;
    let mut below = |limit: usize| {
        // Numbers that look random are enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % limit
    };
    for _ in 0..60 {
        let (service, node) = (&services[below(services.len())], &nodes[below(nodes.len())]);
        let id = format!("{service}-{}", below(2));
        let at = |key: &str, value: Value| json!({"Node": node, "Address": "10.1.2.3", key: value});
        match below(5) {
            0 => {
                // What is not there cannot be taken away; then it is as it should be.
                let gone = json!({"Node": node, "ServiceID": id});
                consul.put("/v1/catalog/deregister", &gone)?;
            }
            1 => {
                let status = ["passing", "warning", "critical"][below(3)];
                let check =
                    json!({"Node": node, "CheckID": id, "Name": "own", "ServiceID": id, "Status": status});
                // There may be no such instance.
                consul.request("PUT", "/v1/catalog/register", Some(&at("Check", check)))?;
            }
            _ => {
                let port = 8000 + below(100);
                let service = json!({"ID": id, "Service": service, "Port": port});
                consul.put("/v1/catalog/register", &at("Service", service))?;
            }
        }
    }
    Ok(())
}

#[test]
fn after_many_changes_at_once_the_state_is_that_of_the_catalog() -> Result<()> {
    needs!(Consul);
    let consul = &Consul::start()?;
    for (round, count) in [1, 3, 12, 30].into_iter().enumerate() {
        let gateway = consul.unique("gateway");
        let services: Vec<String> = (0..20).map(|number| consul.unique(&format!("s{number}"))).collect();
        let nodes: Vec<String> = (0..count).map(|number| format!("{gateway}-{number}")).collect();
        for (place, service) in services.iter().enumerate() {
            register(consul, &nodes[place % count], service, &format!("{service}-0"), &json!([]))?;
        }
        consul.link(&gateway, services.iter().map(|name| (name.as_str(), json!({}))))?;
        consul.register_gateway(&gateway, 8443)?;
        let mut following = Following::real(consul, &gateway)?;
        following.until("all", |snapshot| snapshot.instances.len() == services.len())?;
        for burst in 0..3 {
            std::thread::scope(|scope| {
                let changing: Vec<_> = (0..3)
                    .map(|thread| {
                        let seed = (round * 100 + burst * 10 + thread) as u64;
                        let (services, nodes) = (&services, &nodes);
                        scope.spawn(move || change_at_random(consul, seed, services, nodes))
                    })
                    .collect();
                // The gateway follows meanwhile.
                while !changing.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                    following.runtime.block_on(async { sleep(Duration::from_millis(5)).await });
                }
                changing.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
            })?;
            let expected = once(consul, &gateway)?.instances;
            following.until("the state of the catalog", |snapshot| snapshot.instances == expected)?;
        }
    }
    Ok(())
}
