//! Recorded runs of `consul connect envoy`, played back to the termgate binary: a scripted agent gives the recorded
//! answers, and exit status, bootstrap, writes to the agent and Envoy's start must be the recorded ones.
//!
//! Cases that need another host than this one (`needs` in the recordings) are ignored where it does not fit.

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, ToSocketAddrs as _, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use super::differences::{self, Seen};
use super::recorded_runs::{self, difference};
use super::support::command::{Output, Termgate};
use super::support::fake_consul::FakeConsul;
use super::support::http::Request;
use super::support::pki::Identity;

/// The address of the recorded host's eth0.
const EXTERNAL: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 2);

/// One trial a recorded case. Where Consul hung until it was stopped from outside, termgate has to end with an error.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for release in recorded_runs::RELEASES {
        for case in recorded_runs::cases(release) {
            let name = format!("connect_envoy::{release}::{}", case["name"].as_str().unwrap_or("?"));
            let fits = case["needs"].as_array().into_iter().flatten().all(host_has)
                && (!hidden_need(&case) || host_has(&json!("eth0")));
            trials.push(Trial::test(name, move || compare(release, &case)).with_ignored_flag(!fits));
        }
    }
    trials
}

/// A need that the recording does not state: the template gives an address of its host.
fn hidden_need(case: &Value) -> bool {
    case["name"] == "address-template-plain-braces"
}

/// Whether this host has what a recording depends on.
fn host_has(need: &Value) -> bool {
    match need.as_str().unwrap_or_default() {
        "agent-on-eth0" => UdpSocket::bind((EXTERNAL, 0)).is_ok(),
        "agent-on-v6-loopback" => UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok(),
        "eth0" => host_has(&json!("agent-on-eth0")) && UdpSocket::bind("[2001:db8:9::2]:0").is_ok(),
        "hosts" => {
            ("gateway.internal", 0).to_socket_addrs().is_ok_and(|mut found| found.any(|a| a.ip() == EXTERNAL))
        }
        // Only a warning, or the wording of an error, depends on these.
        "grpc-listener" | "dns-refused" => true,
        _ => false,
    }
}

fn compare(release: &str, case: &Value) -> Result<(), Failed> {
    let name = case["name"].as_str().unwrap_or_default();
    let different = differences::reason(release, name, Seen::Command);
    match (play(release, case), different) {
        (Ok(()), None) | (Err(_), Some(_)) => Ok(()),
        (Ok(()), Some(reason)) => {
            Err(format!("agrees with the recording, though listed as: {reason}").into())
        }
        (Err(difference), None) => Err(format!("{difference:#}").into()),
    }
}

/// Whether Consul hung in this case.
fn hangs(case: &Value) -> bool {
    case.get("timed_out").is_some()
}

/// One case being played back.
struct Stage<'a> {
    case: &'a Value,
    directory: String,
    agent: String,
    port: String,
    tls_port: String,
}

impl Stage<'_> {
    fn fill(&self, text: &str) -> String {
        text.replace("{{DIR}}", &self.directory)
            .replace("{{AGENT}}", &self.agent)
            .replace("{{TLS_PORT}}", &self.tls_port)
            .replace("{{PORT}}", &self.port)
    }

    fn unfill(&self, text: &str) -> String {
        text.replace(&self.directory, "{{DIR}}").replace(&self.agent, "{{AGENT}}")
    }
}

fn play(release: &str, case: &Value) -> Result<()> {
    // First, so that it is dropped last: its directory holds the agent's socket.
    let mut termgate = Termgate::new(["connect", "envoy"])?;
    let directory = termgate.directory().to_path_buf();
    let mut agent = FakeConsul::start()?;
    let mut tls_port = String::new();
    if let Some(https) = case.get("https") {
        let pem = |name: &str| recorded_runs::read(&format!("connect-envoy/tls/{name}.pem"));
        let identity = Identity { certificate: pem("server"), key: pem("server-key") };
        let clients = (https == "verify").then(|| pem("ca"));
        tls_port = agent.tls_with(identity.server_config_with(clients.as_deref())?)?.port().to_string();
    }
    if case.get("unix_http").is_some() {
        agent.unix(&directory.join("consul.sock"))?;
    }
    for need in case["needs"].as_array().into_iter().flatten() {
        match need.as_str() {
            Some("agent-on-eth0") => agent.also_at(EXTERNAL.into())?,
            Some("agent-on-v6-loopback") => agent.also_at(Ipv6Addr::LOCALHOST.into())?,
            _ => {}
        }
    }
    let is_down = case["agent"] == "down";
    // Nothing listens on port 1.
    let address = if is_down { "127.0.0.1:1".to_owned() } else { agent.address().to_string() };
    let port = address.rsplit(':').next().unwrap_or_default().to_owned();
    let stage = Stage { case, directory: directory.display().to_string(), agent: address, port, tls_port };
    let exchanges = case["exchanges"].as_array().context("no exchanges")?;
    agent.replay(exchanges, &|text| stage.fill(text))?;

    recorded_runs::put_files(case, &directory);
    if let Some(exec) = case.get("exec") {
        put_stand_in(release, &directory, exec)?;
    }
    if hangs(case) {
        // Ours alone, and first: a stray word may end the flags.
        termgate = termgate.arg("-timeout=300ms");
    }
    for arg in case["args"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        termgate = termgate.arg(stage.fill(arg));
    }
    let names_agent = case["env"].get("CONSUL_HTTP_ADDR").is_some()
        || case["args"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .any(|arg| arg.contains("http-addr"));
    if !names_agent {
        termgate = termgate.env("CONSUL_HTTP_ADDR", &stage.agent);
    }
    // Consul did not ask the agent about itself in these cases, or the agent is made up and names no release.
    let tells = exchanges.iter().any(|exchange| exchange["path"] == "/v1/agent/self");
    if release == "1.8.7" && (!tells || case["agent"] == "fake") {
        termgate = termgate.env("TERMGATE_CONSUL_VERSION", release);
    }
    for (name, value) in case["env"].as_object().into_iter().flatten() {
        termgate = termgate.env(name, stage.fill(value.as_str().unwrap_or_default()));
    }
    let output = termgate.run()?;
    judge(&stage, &agent, &output).with_context(|| output.to_string())
}

fn judge(stage: &Stage<'_>, agent: &FakeConsul, output: &Output) -> Result<()> {
    let case = stage.case;
    let (ours, recorded) = (output.code == Some(0), case["exit"] == 0);
    judge_writes(stage, agent, ours && recorded)?;
    if hangs(case) {
        ensure!(output.code.is_some_and(|code| code != 0), "exit status {:?}", output.code);
        ensure!(output.stdout.is_empty(), "something on stdout");
        output.says(&["error: "])?;
        // termgate does not ask all that Consul asks, and stops at answers that were not recorded.
        let silent = case["exchanges"].as_array().into_iter().flatten();
        let mut silent = silent.filter(|exchange| exchange["behaviour"] == "hang");
        let received = agent.received();
        let was_asked = |exchange: &Value| {
            received.iter().any(|one| one.request.target.split('?').next() == exchange["path"].as_str())
        };
        return if silent.any(was_asked) {
            output.says(&["timed out after ", "(set `-timeout`)"])
        } else {
            Ok(())
        };
    }
    if !ours && case.get("envoy_refuses").is_some() {
        // Consul hands such a bootstrap over.
        ensure!(
            output.stderr.starts_with("error: ") || output.stderr.contains("\nerror: "),
            "no reason is given"
        );
        ensure!(output.stdout.is_empty(), "something on stdout");
        return Ok(());
    }
    if let Some(envoy) = case.get("envoy") {
        judge_envoy(stage, envoy, output)?;
    }
    ensure!(ours == recorded, "exit status {:?}, recorded {}", output.code, case["exit"]);
    if let (true, Some(bootstrap)) = (ours, case.get("bootstrap")) {
        let found: Value =
            serde_json::from_str(&stage.unfill(&output.stdout)).context("stdout is not JSON alone")?;
        ensure!(found == *bootstrap, "{}", difference("", bootstrap, &found));
    }
    Ok(())
}

/// Nothing may be written that Consul would not have written; where both succeed, it must be the same.
fn judge_writes(stage: &Stage<'_>, agent: &FakeConsul, succeeded: bool) -> Result<()> {
    let write = |method: &str, target: String, body: Value, token: Option<&str>| json!({ "request": format!("{method} {target}"), "body": body, "token": token });
    let received = agent.received();
    let is_write = |request: &&Request| request.method != "GET";
    let ours: Vec<Value> = received
        .iter()
        .map(|received| &received.request)
        .filter(is_write)
        .map(|request| {
            Ok(write(
                &request.method,
                request.target.clone(),
                request.json()?,
                request.header("X-Consul-Token"),
            ))
        })
        .collect::<Result<_>>()?;
    let recorded: Vec<Value> = stage.case["exchanges"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|exchange| exchange["method"] == "PUT")
        .map(|exchange| {
            let text = |key: &str| exchange[key].as_str().map(|text| stage.fill(text)).unwrap_or_default();
            let query =
                Some(text("query")).filter(|query| !query.is_empty()).map(|query| format!("?{query}"));
            let target = text("path") + &query.unwrap_or_default();
            let token = exchange["request_headers"]["X-Consul-Token"].as_str();
            write("PUT", target, exchange["request_body"].clone(), token)
        })
        .collect();
    if succeeded {
        ensure!(ours == recorded, "writes differ: {}", difference("", &json!(recorded), &json!(ours)));
    } else {
        ensure!(ours.len() <= recorded.len(), "wrote more than Consul: {ours:?}");
    }
    Ok(())
}

fn judge_envoy(stage: &Stage<'_>, recorded: &Value, output: &Output) -> Result<()> {
    let read = |name: &str| fs::read_to_string(Path::new(&stage.directory).join(name)).ok();
    let argv = read(".argv");
    ensure!(
        argv.is_some() == (recorded["started"] == true),
        "Envoy {} started",
        if argv.is_some() { "was" } else { "was not" }
    );
    let Some(argv) = argv else { return Ok(()) };
    // Without its own name, the path of the configuration, and an argument that no current Envoy takes.
    let wanted = recorded["argv"].as_array().into_iter().flatten().filter_map(Value::as_str).enumerate();
    let wanted: Vec<&str> = wanted
        .filter(|(index, arg)| ![0, 2].contains(index) && !["--max-obj-name-len", "256"].contains(arg))
        .map(|(_, arg)| arg)
        .collect();
    let found: Vec<&str> =
        argv.lines().enumerate().filter(|(index, _)| *index != 1).map(|(_, arg)| arg).collect();
    ensure!(found == wanted, "Envoy's arguments are {found:?}, recorded {wanted:?}");
    let config: Value = serde_json::from_str(&stage.unfill(&read(".config").unwrap_or_default()))?;
    let wanted = &stage.case["envoy_config"];
    ensure!(config == *wanted, "Envoy's configuration: {}", difference("", wanted, &config));
    let names = read(".names").unwrap_or_default();
    ensure!(
        !names.lines().any(|name| name.starts_with("CONSUL_HTTP_TOKEN")),
        "a token in Envoy's environment"
    );
    ensure!(
        output.code.map(Value::from) == Some(stage.case["exit"].clone()),
        "exit status {:?}",
        output.code
    );
    ensure!(output.stderr.contains("fake envoy err"), "Envoy's own output is lost");
    let left: Vec<_> = fs::read_dir(Path::new(&stage.directory).join("tmp"))?.collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    Ok(())
}

/// Puts the recordings' stand-in for Envoy: it notes how it was started.
///
/// For Consul 1.8 it is an Envoy of those days unless the case says which, since termgate refuses later ones.
fn put_stand_in(release: &str, directory: &Path, exec: &Value) -> Result<()> {
    let default = if release == "1.8.7" { "1.14.5" } else { "1.34.1" };
    let version = exec["version"].as_str().unwrap_or(default);
    let line = format!("echo; echo \"$0  version: 0123abc/{version}/Clean/RELEASE/BoringSSL\"; echo");
    let say_version = exec["version_cmd"].as_str().unwrap_or(&line);
    let exit = exec["exit"].as_i64().unwrap_or(0);
    let here = directory.display();
    let script = format!(
        "#!/bin/sh\n\
         for argument; do [ \"$argument\" = --version ] && {{ {say_version}; exit 0; }}; done\n\
         printf '%s\\n' \"$@\" > '{here}/.argv'\n\
         env | sed 's/=.*//' > '{here}/.names'\n\
         for argument; do [ \"$last\" = --config-path ] && cat \"$argument\" > '{here}/.config'; last=$argument; done\n\
         echo fake envoy out; echo fake envoy err >&2; exit {exit}\n"
    );
    let path = directory.join(exec["at"].as_str().unwrap_or("envoy"));
    fs::create_dir_all(path.parent().context("a file has a folder")?)?;
    fs::write(&path, script)?;
    let mode = u32::try_from(exec["mode"].as_u64().unwrap_or(0o755))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
    Ok(())
}
