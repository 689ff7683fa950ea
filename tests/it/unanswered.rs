//! Questions about single services that the agent refuses or never answers: each costs its own service alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::collect::{Following, agent, instance, once_of, ports};
use crate::support::command::Termgate;
use crate::support::consul::Consul;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::origin::Origin;
use crate::support::wait;
use crate::world::{World, answered_by};

fn health(service: &str) -> String {
    format!("/v1/health/service/{service}")
}

fn leaf(service: &str) -> String {
    format!("/v1/agent/connect/ca/leaf/{service}")
}

/// Linked services, of which those in the middle are refused in one way or another.
const SERVICES: [&str; 8] =
    ["a", "bad-request", "broken", "later", "missing", "no-json", "unsigned-400", "unsigned-500"];

fn refusals() -> [(String, Answer); 6] {
    [
        (health("bad-request"), Answer::text(400, "Request has invalid characters")),
        (health("broken"), Answer::text(500, "rpc error making call: bad index")),
        (health("missing"), Answer::text(404, "404 page not found")),
        (health("no-json"), Answer::text(200, "<html>")),
        (leaf("unsigned-400"), Answer::text(400, "URI must have either a service or agent")),
        (leaf("unsigned-500"), Answer::text(500, "cannot sign this")),
    ]
}

#[test]
fn services_that_the_agent_refuses_to_answer_about_are_left_out_alone() -> Result<()> {
    let agent = agent(&SERVICES)?;
    for (path, refusal) in refusals() {
        agent.replace("GET", &path, refusal);
    }
    let expected: Vec<&str> = SERVICES[1..3].iter().chain(&SERVICES[4..]).copied().collect();
    let collected = once_of(&agent)?;
    assert_eq!(collected.unanswered.keys().collect::<Vec<_>>(), expected);
    assert_eq!((ports(&collected, "a"), ports(&collected, "unsigned-400")), (vec![8000], vec![8000]));
    assert_eq!(collected.leaves.len(), 6);

    let mut following = Following::fake(&agent)?;
    following.until("the others", |snapshot| {
        snapshot.unanswered == collected.unanswered && ports(snapshot, "a") == [8000]
    })?;
    // What is served is followed, and keeps its last good state where it fails later.
    agent.replace("GET", &health("a"), Answer::json(200, &instance("a", 9000, 11)));
    agent.replace("GET", &health("later"), Answer::text(404, ""));
    following.follower.reload();
    let snapshot = following.until("the other port", |snapshot| ports(snapshot, "a") == [9000])?;
    assert_eq!((ports(&snapshot, "later"), snapshot.unanswered.len()), (vec![8000], 6));
    // Each comes back once it is answered.
    for service in SERVICES {
        agent.replace("GET", &health(service), Answer::json(200, &instance(service, 9000, 12)));
        agent.replace("GET", &leaf(service), crate::collect::any_leaf(service)?);
    }
    let refused = ["bad-request", "broken", "later", "missing", "no-json"];
    following.until("all", |snapshot| {
        snapshot.unanswered.is_empty() && refused.iter().all(|service| ports(snapshot, service) == [9000])
    })?;
    Ok(())
}

#[test]
fn an_agent_that_refuses_every_question_is_at_fault_itself() -> Result<()> {
    for refusal in
        [Answer::text(500, "broken"), Answer::text(404, ""), Answer::text(403, "Permission denied")]
    {
        let agent = agent(&["a", "b", "c"])?;
        for service in ["a", "b", "c"] {
            agent.replace("GET", &health(service), refusal.clone());
        }
        ensure!(once_of(&agent).is_err(), "{refusal:?}");
        let mut following = Following::fake(&agent)?;
        following.until_asked(&agent, &health("c"))?;
        following.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(300)).await });
        assert!(!following.is_complete(), "{refusal:?}");
        for service in ["a", "b", "c"] {
            agent.replace("GET", &health(service), Answer::json(200, &instance(service, 8000, 10)));
        }
        following.until("all", |snapshot| snapshot.instances.len() == 3)?;
    }
    // One refusal of the agent's own among good answers is not the service's.
    for (status, text) in [(429, "Rate limit reached"), (500, "No cluster leader")] {
        let agent = agent(&["a", "b"])?;
        agent.replace("GET", &health("b"), Answer::text(status, text));
        let mut following = Following::fake(&agent)?;
        following.until_asked(&agent, &health("b"))?;
        following.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(300)).await });
        assert!(!following.is_complete(), "{text}");
        agent.replace("GET", &health("b"), Answer::json(200, &instance("b", 8000, 10)));
        following
            .until("both", |snapshot| snapshot.instances.len() == 2 && snapshot.unanswered.is_empty())?;
    }
    Ok(())
}

/// Never answers a question the first time.
fn unanswered_once(agent: &FakeConsul, path: &str, then: Answer) {
    agent.replace("GET", path, Answer::hang()).on("GET", path, then);
}

#[test]
fn a_request_without_an_answer_is_sent_again_on_another_connection() -> Result<()> {
    let agent = agent(&["a", "b", "c"])?;
    unanswered_once(&agent, &leaf("a"), crate::collect::any_leaf("a")?);
    unanswered_once(&agent, &health("b"), Answer::json(200, &instance("b", 8000, 10)));
    unanswered_once(&agent, "/v1/config/service-resolver", Answer::json(200, &json!([])));
    let started = Instant::now();
    let mut following = Following::fake(&agent)?;
    following.until("all", |snapshot| snapshot.instances.len() == 3 && snapshot.leaves.len() == 3)?;
    ensure!(started.elapsed() < Duration::from_secs(6), "it took {:?}", started.elapsed());
    assert_eq!(following.client.reasked(), 3);
    Ok(())
}

#[test]
fn a_request_that_is_never_answered_delays_only_its_service() -> Result<()> {
    let agent = agent(&["a", "b", "c"])?;
    for path in [health("b"), leaf("c")] {
        agent.replace("GET", &path, Answer::hang());
    }
    let started = Instant::now();
    let mut following = Following::fake(&agent)?;
    let snapshot = following.until("the others", |snapshot| ports(snapshot, "a") == [8000])?;
    ensure!(started.elapsed() < Duration::from_secs(13), "it took {:?}", started.elapsed());
    ensure!(snapshot.unanswered.contains_key("b") && snapshot.leaves.contains_key("a"), "{snapshot:?}");
    agent.replace("GET", &health("a"), Answer::json(200, &instance("a", 9000, 11)));
    following.follower.reload();
    following.until("the other port", |snapshot| ports(snapshot, "a") == [9000])?;
    agent.replace("GET", &health("b"), Answer::json(200, &instance("b", 9000, 11)));
    agent.replace("GET", &leaf("c"), crate::collect::any_leaf("c")?);
    following.until("all", |snapshot| snapshot.leaves.len() == 3 && ports(snapshot, "b") == [9000])?;
    let asked = agent.received().iter().filter(|one| one.request.target == health("b")).count();
    ensure!(asked < 12, "it was asked for {asked} times");
    Ok(())
}

/// How many connections this machine has open to a port of its own, as seen by whoever opened them.
fn connections_to(port: u16) -> Result<usize> {
    const ESTABLISHED: &str = "01";
    let wanted = format!(":{port:04X}");
    let table = std::fs::read_to_string("/proc/net/tcp")?;
    let is_one = |line: &&str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.len() > 3 && fields[2].ends_with(&wanted) && fields[3] == ESTABLISHED
    };
    Ok(table.lines().filter(is_one).count())
}

#[test]
fn questions_that_are_asked_again_keep_to_eight_connections() -> Result<()> {
    let services = ["a", "b", "c", "d", "e", "f"];
    let agent = agent(&services)?;
    // Blocking queries are held, as an agent at rest does.
    for index in ["10", "11"] {
        let held = format!("/v1/internal/ui/gateway-services-nodes/gateway?index={index}&wait=60s");
        agent.on("GET", &held, Answer::hang());
    }
    let summary = Answer::json(200, &json!([])).header("X-Consul-Index", "10");
    agent.on("GET", "/v1/internal/ui/gateway-services-nodes/gateway", summary);
    for service in services {
        agent.replace("GET", &health(service), Answer::hang());
        agent.replace("GET", &leaf(service), Answer::hang());
    }
    let following = Following::fake(&agent)?;
    let (mut most, started) = (0, Instant::now());
    // On a busy machine it takes longer until enough were asked again.
    let is_enough =
        |following: &Following| started.elapsed() > Duration::from_secs(8) && following.client.reasked() > 3;
    while !is_enough(&following) && started.elapsed() < wait::PATIENCE {
        following.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(10)).await });
        most = most.max(connections_to(agent.address().port())?);
    }
    ensure!(most <= 8, "{most} connections were open at once");
    ensure!(most == 8 && following.client.reasked() > 3, "{most}, {}", following.client.reasked());
    Ok(())
}

/// Names that Consul registers. About some of them it cannot be asked.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "tab\tby",
        "new\nline",
        "esc\u{1b}[2J",
        "..",
        ".",
        "../a",
        "a//b",
        "a/b",
        "a%2Fb",
        "a?b=c",
        "a#b",
        "ü",
    ]
    .map(str::to_owned)
    .into();
    names.push("long".repeat(100));
    names
}

#[test]
fn names_that_consul_cannot_be_asked_about_are_left_out_alone() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for (number, name) in names().iter().enumerate() {
        let service = json!({"ID": format!("t{number}"), "Name": name, "Port": 1});
        consul.put("/v1/agent/service/register", &service)?;
    }
    let healthy = Origin::plain("first")?;
    consul.register_external("healthy", healthy.address())?;
    let by_name: Vec<Value> =
        names().iter().map(String::as_str).chain(["healthy"]).map(|name| json!({"Name": name})).collect();
    for (gateway, links) in [("by-wildcard", json!([{"Name": "*"}])), ("by-name", json!(by_name))] {
        consul.write_config_entry(
            &json!({"Kind": "terminating-gateway", "Name": gateway, "Services": links}),
        )?;
        let registration = json!({"Kind": "terminating-gateway", "Name": gateway, "Port": 8443});
        consul.put("/v1/agent/service/register", &registration)?;
        let run = |command: &str| Termgate::new([command, "--service", gateway])?.consul(&consul).succeeds();
        let rendered = run("render")?;
        rendered.says(&[
            "service `tab\\tby`: cannot read its instances from the agent (status 400",
            "service `..`: cannot read its instances from the agent (the path of a request cannot hold its name)",
        ])?;
        let collected: Value = serde_json::from_str(&run("snapshot")?.stdout)?;
        ensure!(collected["Unanswered"]["tab\tby"]["instance"].is_string(), "{collected}");
        ensure!(collected["Leaves"]["healthy"].is_object(), "{collected}");
        let mut following = Following::real(&consul, gateway)?;
        following.until("the healthy one", |snapshot| {
            snapshot.leaves.contains_key("healthy") && !ports(snapshot, "healthy").is_empty()
        })?;
    }
    Ok(())
}

#[test]
fn a_gateway_serves_and_follows_the_others_beside_a_name_that_consul_cannot_be_asked_about() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::alone()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let service = world.allowed("one", &first)?;
    world.links = BTreeMap::from([("*".to_owned(), json!({}))]);
    let consul = &world.consul;
    consul.put("/v1/agent/service/register", &json!({"ID": "t", "Name": "tab\tby", "Port": 1}))?;
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    answered_by(&mut gateway, &frontend, &service, "first")?;
    consul.put("/v1/agent/service/register", &json!({"ID": "u", "Name": "..", "Port": 1}))?;
    consul.register_external(&service, second.address())?;
    answered_by(&mut gateway, &frontend, &service, "second")?;
    for name in ["tab\\tby", ".."] {
        gateway.says(&format!("service `{name}`: cannot read its "))?;
    }
    // A name that is gone is not a problem any longer.
    consul.put("/v1/agent/service/deregister/t", &json!({}))?;
    gateway.says("resolved: service `tab\\tby`")?;
    gateway.process.check_running()
}
