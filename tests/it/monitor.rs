//! What `termgate run` reports about itself: `--ready-bind`, `--metrics-bind`, `--log-format json`.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::{call, free_address};
use crate::support::monitor::{count, get, metric};
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::support::process::Process;
use crate::world::{World, answered_by};

#[test]
fn probes_and_metrics_report_the_state_of_the_gateway() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let service = world.allowed("open", &first)?;
    let missing = json!({"CAFile": "/nowhere/ca.pem", "SNI": "outside.example"});
    let closed = world.register("closed", &first, missing)?;
    let ca_file = world.file("ca.pem", &Authority::new("outside")?.certificate)?;
    world.register("trusted", &first, json!({"CAFile": ca_file}))?;
    let (ready, metrics) = (free_address()?, free_address()?);
    let flags = ["--ready-bind", &ready.to_string(), "--metrics-bind", &metrics.to_string()];
    let run = world.run()?.args(["--log-format", "json"]).args(flags);
    let mut gateway = world.launch(run)?;
    gateway.eventually("readiness", || crate::support::monitor::ready(ready))?;
    let frontend = world.frontend()?;
    answered_by(&mut gateway, &frontend, &service, "first")?;

    for path in ["/live", "/healthz"] {
        assert_eq!(get(ready, path)?.status, 200);
    }
    // Each address answers for what it is there for.
    assert_eq!((get(ready, "/metrics")?.status, get(metrics, "/ready")?.status), (404, 404));
    assert_eq!(call(ready, None, "POST", "/ready", None)?.status, 405);
    for (name, expected) in [
        ("termgate_ready", 1),
        ("termgate_envoy_connected", 1),
        ("termgate_linked_services", 3),
        ("termgate_served_services", 2),
        ("termgate_refused_resources", 0),
        ("termgate_resources{kind=\"endpoint\"}", 2),
    ] {
        assert_eq!(count(metrics, name)?, expected, "{name}");
    }
    let days = format!("termgate_leaf_certificate_days_left{{service=\"{service}\"}}");
    let days: f64 = metric(metrics, &days)?.parse()?;
    ensure!((1.0..=3.1).contains(&days), "Consul's leaves are good for three days, this one for {days}");
    let days: f64 =
        metric(metrics, &format!("termgate_tls_file_days_left{{file=\"{ca_file}\"}}"))?.parse()?;
    ensure!((0.5..=1.0).contains(&days), "this CA is good for a day, not for {days}");
    ensure!(count(metrics, "termgate_agent_requests_total")? > 10);
    let text = get(metrics, "/metrics")?.text();
    ensure!(text.matches("termgate_watch_age_seconds{").count() >= 5, "{text}");

    // One endpoint moves: one endpoint is pushed, and nothing else.
    let pushed = |kind: &str| count(metrics, &format!("termgate_pushed_resources_total{{kind=\"{kind}\"}}"));
    let before = (pushed("endpoint")?, pushed("cluster")?, pushed("listener")?);
    world.consul.register_external(&service, second.address())?;
    answered_by(&mut gateway, &frontend, &service, "second")?;
    let after = (pushed("endpoint")?, pushed("cluster")?, pushed("listener")?);
    assert_eq!(after, (before.0 + 1, before.1, before.2));

    // Clients that send nothing, or never finish, do not block others.
    let mut idle = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(ready)?;
        if number % 2 == 0 {
            stream.write_all(b"GET /ready HTTP/1.1\r\nHost: x\r\nX-")?;
        }
        idle.push(stream);
    }
    let start = Instant::now();
    assert_eq!(get(ready, "/ready")?.status, 200);
    ensure!(start.elapsed() < Duration::from_secs(2), "it took {:?}", start.elapsed());

    ensure!(gateway.stop()?.success(), "it did not end well");
    let said = gateway.process.output();
    let mut about_closed = 0;
    for line in said.lines() {
        let line: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let text = |key: &str| line[key].as_str().with_context(|| format!("no {key} in {line}"));
        let time = text("time")?;
        ensure!(time.len() >= 20 && time.as_bytes()[10] == b'T', "{time}");
        ensure!(
            ["info", "warning", "error"].contains(&text("level")?) && !text("message")?.is_empty(),
            "{line}"
        );
        about_closed += usize::from(line["service"] == json!(closed) && line["level"] == "error");
    }
    ensure!(about_closed > 0, "the closed service has no line of its own:\n{said}");
    Ok(())
}

#[test]
fn a_gateway_that_waits_for_its_agent_is_live_but_not_ready_and_says_why() -> Result<()> {
    needs!(Envoy);
    let (ready, agent) = (free_address()?, free_address()?);
    let run = Termgate::new(["run", "--config-source", "direct", "--wait", "1m"])?
        .env("CONSUL_HTTP_ADDR", agent.to_string())
        .env("TERMGATE_READY_BIND", ready.to_string())
        .env("TERMGATE_METRICS_BIND", ready.to_string())
        .env("TERMGATE_LOG_FORMAT", "json")
        .at_free_addresses()?
        .real_envoy()?;
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    process.wait_until("an answer", || {
        let answer = get(ready, "/ready")?;
        ensure!(
            answer.status == 503 && answer.text().contains("Consul"),
            "{} {}",
            answer.status,
            answer.text()
        );
        ensure!(get(ready, "/live")?.status == 200 && count(ready, "termgate_ready")? == 0, "not live");
        Ok(())
    })
}

#[test]
fn an_address_in_use_is_an_error_before_anything_is_registered() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::new()?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    for flag in ["--ready-bind", "--metrics-bind"] {
        let run = world.run()?.at_free_addresses()?.real_envoy()?;
        let output = run.args(["--log-format", "json", flag, &taken.local_addr()?.to_string()]).exits(1)?;
        let line: Value = serde_json::from_str(output.stderr.lines().last().context("it says nothing")?)?;
        ensure!(line["message"].as_str().is_some_and(|text| text.contains(flag)), "{line}");
        ensure!(line["causes"][0].is_string() && line["hints"][0].is_string(), "{line}");
        assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    }
    Ok(())
}
