//! How `termgate run` starts with few flags: the source of the configuration, the address, the rights.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, free_address, free_ports};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::gateway::Gateway;
use crate::support::monitor::{count, get};
use crate::support::origin::Origin;
use crate::support::process::Process;
use crate::support::wait;
use crate::world::{World, answered_by};

/// An executable that says it is Envoy 1.40.0, and ends at once where that starts.
const BRIEF_ENVOY: &str =
    "#!/bin/sh\n[ \"$1\" = --version ] && echo 'envoy  version: 0/1.40.0/Clean/RELEASE/BoringSSL'\nexit 0\n";

/// `termgate run` of the gateway `name` with an Envoy that ends at once.
fn brief_run(name: &str, flags: &[&str]) -> Result<Termgate> {
    let run = Termgate::new(["run", "--service", name, "--envoy-binary", "./envoy", "--wait", "5s"])?
        .args(["--admin-bind", &free_address()?.to_string()])
        .args(flags)
        .script("envoy", BRIEF_ENVOY)?;
    Ok(run)
}

fn extension(name: &str) -> Answer {
    Answer::json(
        200,
        &json!([{"Kind": "service-defaults", "Name": "web", "EnvoyExtensions": [{"Name": name}]}]),
    )
}

fn agent_self(version: &str, ports: &Value) -> Answer {
    Answer::json(
        200,
        &json!({
            "Config": {"Version": version, "Datacenter": "dc1"},
            "xDS": {"SupportedProxies": {"envoy": ["1.40.0", "1.39.2"]}, "Ports": ports},
            "DebugConfig": {},
        }),
    )
}

/// What `run` says at an agent that answers so; and what it asked.
fn at_agent(about: Answer, defaults: Answer, intentions: Answer) -> Result<(Output, Vec<String>)> {
    let agent = FakeConsul::start()?;
    agent
        .on("GET", "/v1/agent/self", about)
        .on("GET", "/v1/config/service-defaults", defaults)
        .on("GET", "/v1/connect/intentions", intentions)
        .on("GET", "/v1/config/proxy-defaults", Answer::json(200, &json!([])))
        .on(
            "GET",
            "/v1/catalog/gateway-services/gw",
            Answer::json(200, &json!([{"Service": {"Name": "web"}}])),
        )
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    let [port] = free_ports()?;
    let output = brief_run("gw", &["--address", &format!("127.0.0.1:{port}")])?.fake_consul(&agent).run()?;
    Ok((output, agent.received().iter().map(super::support::fake_consul::Received::line).collect()))
}

#[test]
fn auto_takes_xds_only_where_direct_mode_cannot_render_something_and_both_sides_speak_it() -> Result<()> {
    let plain = json!({"Plaintext": 8502, "TLS": -1});
    let tls = json!({"Plaintext": 8502, "TLS": 8503});
    let none = || Answer::json(200, &json!([]));
    let denied = || Answer::text(403, "Permission denied");
    let new = || extension("builtin/new");
    let peer = Answer::json(
        200,
        &json!([{"SourceName": "a", "SourcePeer": "east", "DestinationName": "web", "Action": "allow"}]),
    );
    let beyond = "cannot render Envoy extension `builtin/new` of service `web`";
    let table: [(&str, Answer, Answer, Answer, &[&str]); 9] = [
        ("plain", agent_self("1.21.4", &plain), none(), none(), &["by direct mode: it renders everything"]),
        ("dev", agent_self("2.1.0-dev", &tls), none(), none(), &["by direct mode: it renders everything"]),
        (
            "sidecar",
            agent_self("1.21.4", &plain),
            extension("builtin/lua"),
            none(),
            &["it renders everything"],
        ),
        (
            "unknown",
            agent_self("1.21.4", &plain),
            new(),
            none(),
            &["by Consul's xDS: direct mode", beyond, "and Consul 1.21.4 supports Envoy 1.40.0"],
        ),
        (
            "peer",
            agent_self("1.21.4", &plain),
            none(),
            peer,
            &["by Consul's xDS", "of cluster peer `east` on `web`"],
        ),
        (
            "no CA",
            agent_self("2.1.0-dev", &tls),
            new(),
            none(),
            &["by direct mode: it", beyond, "port 8503 speaks TLS, and no CA is given"],
        ),
        (
            "no right",
            denied(),
            new(),
            none(),
            &[
                "by direct mode: whether the gateway uses what it cannot render is not known: the token lacks agent:read",
            ],
        ),
        (
            "no right to intentions",
            agent_self("1.21.4", &plain),
            none(),
            denied(),
            &["by direct mode", "is not known: GET /v1/connect/intentions: permission denied"],
        ),
        (
            "old",
            agent_self("1.8.7", &json!(null)),
            new(),
            denied(),
            &["by direct mode: it renders everything"],
        ),
    ];
    for (case, about, defaults, intentions, texts) in table {
        let (output, asked) = at_agent(about, defaults, intentions)?;
        output.says(texts).with_context(|| case.to_owned())?;
        ensure!(output.code != Some(3), "{case}: {output}");
        let first = asked.iter().position(|line| line.starts_with("PUT")).context("it is not registered")?;
        let before = asked.get(..first).unwrap_or_default();
        let is_asked = |path: &str| before.iter().any(|line| line.ends_with(path));
        let about_itself = before.iter().filter(|line| line.ends_with("/v1/agent/self")).count();
        assert_eq!(about_itself, 1, "{case}: {before:?}");
        if case == "old" {
            let mut before = before.to_vec();
            before.sort();
            let least = ["GET /v1/agent/self", "GET /v1/agent/service/gw", "GET /v1/config/proxy-defaults"];
            assert_eq!(before, least);
        }
        // An old agent has nothing of the kind, and is asked for nothing more than with `--config-source direct`.
        ensure!(
            is_asked("/v1/config/service-defaults") == !matches!(case, "old" | "no right"),
            "{case}: {before:?}"
        );
    }
    Ok(())
}

#[test]
fn run_without_an_address_says_where_envoy_listens() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let run = brief_run(&name, &["--deregister-on-exit"])?.consul(consul).run()?;
    run.says(&["Envoy listens on port 443 of every address of this host (change it with --address IP:PORT)"])
}

#[test]
fn the_address_of_a_present_registration_is_kept_unless_a_flag_says_otherwise() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let (address, bound) = (free_address()?, free_address()?);
    let binds = json!({"other": {"Address": "127.0.0.1", "Port": bound.port()}});
    let registration = json!({
        "Kind": "terminating-gateway", "ID": world.gateway, "Name": world.gateway,
        "Address": "127.0.0.1", "Port": address.port(),
        "TaggedAddresses": {"wan": {"Address": "203.0.113.7", "Port": 443}, "edge": {"Address": "10.0.0.7", "Port": 1}},
        "Meta": {"team": "x"},
        "Proxy": {"Config": {"envoy_gateway_bind_addresses": binds, "connect_timeout_ms": 700}},
    });
    world.consul.put("/v1/agent/service/register", &registration)?;
    let run = Termgate::new(["run", "--service", &world.gateway])?.consul(world.consul);
    let mut gateway = Gateway::launch_at(&world.gateway, address, run)?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    let listens =
        format!("Envoy listens on {address}, {bound}, as in the agent's registration of `{}`", world.gateway);
    gateway.says(&listens)?;
    gateway.says("loses its Meta (team), Proxy.Config (connect_timeout_ms):")?;
    let kept = world.consul.agent_service(&world.gateway)?.context("not registered")?;
    assert_eq!((&kept["Address"], &kept["Port"]), (&json!("127.0.0.1"), &json!(address.port())));
    assert_eq!(kept["TaggedAddresses"]["wan"], json!({"Address": "203.0.113.7", "Port": 443}));
    assert_eq!(kept["TaggedAddresses"]["edge"], json!({"Address": "10.0.0.7", "Port": 1}));
    assert_eq!(kept["Proxy"]["Config"], json!({"envoy_gateway_bind_addresses": binds}));

    // After a crash the same command finds its own registration, and its own Envoy.
    gateway.kill_termgate()?;
    gateway.run_again()?;
    gateway.says("adopted the running Envoy")?;
    gateway.says(&listens)?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    gateway.stop()?;

    let elsewhere = free_address()?;
    let run =
        brief_run(&world.gateway, &["--address", &elsewhere.to_string()])?.consul(world.consul).run()?;
    run.says(&["loses its Proxy.Config (envoy_gateway_bind_addresses):"])?;
    let moved = world.consul.agent_service(&world.gateway)?.context("not registered")?;
    assert_eq!(moved["Port"], elsewhere.port());
    Ok(())
}

#[test]
fn a_kept_address_that_is_not_of_this_host_is_reported_with_its_source() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let registration = json!({"Kind": "terminating-gateway", "ID": name, "Name": name, "Address": "203.0.113.7", "Port": 8443});
    consul.put("/v1/agent/service/register", &registration)?;
    let run = brief_run(&name, &[])?.consul(consul).exits(1)?;
    run.says(&[
        &format!("cannot keep the agent's registration of `{name}`"),
        "replace it with --address IP:PORT",
    ])
}

#[test]
fn each_right_that_a_token_lacks_is_named_with_its_rule() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let rights = [
        format!("service \"{}\" {{ policy = \"write\" }}", world.gateway),
        format!("service \"{service}\" {{ policy = \"write\" }}"),
        "node_prefix \"\" { policy = \"read\" }".to_owned(),
        "agent_prefix \"\" { policy = \"read\" }".to_owned(),
    ];
    let token = |missing: Option<usize>| {
        let kept = rights.iter().enumerate().filter(|(place, _)| Some(*place) != missing);
        world.consul.token(&kept.map(|(_, rule)| rule.as_str()).collect::<Vec<_>>().join("\n"))
    };
    let without_gateway = token(Some(0))?;
    let refused =
        brief_run(&world.gateway, &["--address", &free_address()?.to_string()])?.consul(world.consul);
    refused
        .env("CONSUL_HTTP_TOKEN", &without_gateway)
        .exits(5)?
        .says(&["a gateway needs service:write on itself"])?;

    let frontend = world.frontend()?;
    for missing in [None, Some(1), Some(2), Some(3)] {
        let ready = free_address()?;
        let run = Termgate::new(["run", "--service", &world.gateway, "--deregister-on-exit"])?
            .args(["--ready-bind", &ready.to_string()])
            .consul(world.consul)
            .env("CONSUL_HTTP_TOKEN", token(missing)?);
        let mut gateway = world.launch(run)?;
        if missing.is_none() || missing == Some(3) {
            answered_by(&mut gateway, &frontend, &service, "one")?;
        }
        let output = gateway.process.shared_output();
        gateway.eventually("the named right", || {
            let said = output.text();
            for (place, rule) in rights.iter().enumerate().skip(1) {
                ensure!(said.contains(rule) == (missing == Some(place)), "{missing:?}, {rule}:\n{said}");
            }
            let answer = get(ready, "/ready")?.text();
            let is_told = answer
                .contains("the token lacks agent:read: connections that no intention decides are denied");
            ensure!(is_told == (missing == Some(3)) && answer.starts_with("ready"), "{missing:?}: {answer}");
            Ok(())
        })?;
        gateway.stop()?;
    }
    Ok(())
}

#[test]
fn without_agent_read_each_command_names_the_rule() -> Result<()> {
    let agent = FakeConsul::start()?;
    agent
        .on("GET", "/v1/agent/self", Answer::text(403, "Permission denied"))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    let mut commands = 0;
    for words in [
        vec!["register", "--service", "gw", "--address", "127.0.0.1:8443"],
        vec!["connect", "envoy", "-gateway=terminating", "-proxy-id=gw", "-bootstrap"],
        vec!["bootstrap", "--service", "gw"],
    ] {
        let output = Termgate::new(&words)?.fake_consul(&agent).run()?;
        output.says(&["the token lacks agent:read", "agent_prefix \"\" { policy = \"read\" }"])?;
        commands += 1;
        let received = agent.received();
        let asked = received.iter().filter(|one| one.line() == "GET /v1/agent/self").count();
        assert_eq!(asked, commands, "{words:?} asks more than once");
    }
    Ok(())
}

#[test]
fn a_signal_counts_while_the_agent_is_waited_for_and_while_the_gateway_is_registered() -> Result<()> {
    let nowhere = free_address()?;
    let run = brief_run("gw", &["--address", "127.0.0.1:8443"])?;
    let run = run.env("CONSUL_HTTP_ADDR", nowhere.to_string());
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.says("waiting up to")?;
    ensure!(process.terminate()?.success(), "{}", process.output());

    let agent = FakeConsul::start()?;
    let registered = json!({"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"});
    agent
        .on("GET", "/v1/agent/self", agent_self("1.8.7", &json!(null)))
        .on("GET", "/v1/config/proxy-defaults", Answer::json(200, &json!([])))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("GET", "/v1/agent/service/gw", Answer::json(200, &registered))
        .on("PUT", "/v1/agent/service/register", Answer::hang())
        .on("PUT", "/v1/agent/service/deregister/gw", Answer::text(200, ""));
    let address = free_address()?.to_string();
    let run = brief_run("gw", &["--address", &address])?.fake_consul(&agent);
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process
        .wait_until("the registration", || agent.request("PUT", "/v1/agent/service/register").map(drop))?;
    ensure!(process.terminate()?.success(), "{}", process.output());
    agent.request("PUT", "/v1/agent/service/deregister/gw").map(drop)
}

#[test]
fn a_registration_that_fails_temporarily_is_retried() -> Result<()> {
    let agent = FakeConsul::start()?;
    agent
        .on("GET", "/v1/agent/self", agent_self("1.8.7", &json!(null)))
        .on("GET", "/v1/config/proxy-defaults", Answer::json(200, &json!([])))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, "unknown service ID: gw"))
        .on("PUT", "/v1/agent/service/register", Answer::text(500, "No cluster leader"))
        .on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
    let run = brief_run("gw", &["--address", &free_address()?.to_string()])?.fake_consul(&agent).run()?;
    run.says(&["registered gateway `gw`"])
}

#[test]
fn requests_cause_no_errors_in_the_agents_log() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::start()?;
    let origin = Origin::plain("one")?;
    let before = consul.log().len();
    let metrics = free_address()?;
    let run = Termgate::new(["run", "--service", "gateway", "--metrics-bind", &metrics.to_string()])?
        .arg("--deregister-on-exit")
        .consul(&consul);
    // Neither the gateway's entry, nor proxy-defaults, nor anything of the kind `mesh` is there.
    let mut gateway = Gateway::launch("gateway", run)?;
    let rounds = |gateway: &mut Gateway| -> Result<()> {
        let asked = count(metrics, "termgate_agent_requests_total")?;
        // A round has four questions.
        gateway.eventually("two rounds of questions", || {
            let now = count(metrics, "termgate_agent_requests_total")?;
            ensure!(now >= asked + 9, "{now} requests, {asked} before");
            Ok(())
        })
    };
    rounds(&mut gateway)?;
    consul.register_external("one", origin.address())?;
    consul.allow("frontend", "one")?;
    consul.link("gateway", [("one", json!({}))])?;
    answered_by(&mut gateway, &consul.mesh_client("frontend")?, "one", "one")?;
    rounds(&mut gateway)?;
    for words in [vec!["snapshot", "--service", "gateway"], vec!["render", "--service", "gateway"]] {
        Termgate::new(&words)?.consul(&consul).succeeds()?;
    }
    let other = free_address()?.to_string();
    let register = Termgate::new(["register", "--service", "other", "--address", &other])?.consul(&consul);
    register.succeeds()?;
    register.succeeds()?;
    // Queries that the end cuts short are errors to this agent.
    let log = consul.log();
    gateway.stop()?;
    let log = log.get(before..).unwrap_or_default();
    let is_ours = |line: &&str| {
        let is_trouble = line.contains("[ERROR]") || line.contains("[WARN]");
        // The agent says so for as long as a gateway has no entry; its health checks are its own.
        let is_expected = line.contains("associated with this gateway") || line.contains("agent: Check ");
        is_trouble && !is_expected
    };
    let ours: Vec<&str> = log.lines().filter(is_ours).collect();
    ensure!(ours.is_empty(), "{ours:#?}");
    ensure!(!log.contains(MANAGEMENT_TOKEN), "the token is in the log");
    wait::eventually("the gateway to be gone", || {
        ensure!(consul.agent_service("gateway")?.is_none(), "it is still registered");
        Ok(())
    })
}
