//! `termgate connect envoy` beside the real Consul and with a real Envoy: the same command lines give the same
//! registration and bootstrap, and the Envoy that it becomes reaches the agent as it should.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::support::ads::{AdsServer, Greeting};
use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, free_address};
use crate::support::envoy::Admin;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::process::Process;
use crate::support::tools::Tool;

/// What a command left behind: its bootstrap, and the gateway as the agent has it.
#[derive(Debug, PartialEq)]
struct Trace {
    succeeded: bool,
    bootstrap: Option<Value>,
    services: Value,
    checks: Value,
}

/// A command line, and the gateway that is there before it.
struct Line {
    args: Vec<&'static str>,
    before: Option<Value>,
    env: Vec<(&'static str, &'static str)>,
}

fn line(text: &'static str) -> Line {
    Line { args: text.split_whitespace().collect(), before: None, env: Vec::new() }
}

impl Line {
    /// With an argument that has blanks.
    fn arg(mut self, arg: &'static str) -> Self {
        self.args.push(arg);
        self
    }

    fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// With a registered gateway `gw` with this Proxy.Config.
    fn on(mut self, config: &Value) -> Self {
        self.before = Some(json!({
            "Kind": "terminating-gateway", "ID": "gw", "Name": "edge", "Address": "127.0.0.1", "Port": 8443,
            "Meta": {"team": "x"}, "Proxy": {"Config": config},
        }));
        self
    }
}

/// Command lines as people write them.
fn lines() -> Vec<Line> {
    const REGISTER: &str = "-gateway=terminating -register -service edge -address 127.0.0.1:8443";
    let registering = |more: &str| -> Line {
        let text: &'static str = Box::leak(format!("{REGISTER} {more}").into_boxed_str());
        line(text)
    };
    let template = r#"{"node": {"id": "{{ .ProxyID }}", "cluster": "{{ .ProxyCluster }}"}, "token": "{{ .Token }}",
        "agent": "{{ .AgentAddress }}:{{ .AgentPort }}", "admin": {{ .AdminBindPort }}}"#;
    vec![
        registering(""),
        line("--gateway terminating --register=true --service=edge --address=127.0.0.1:8443"),
        line("-gateway=terminating -register"),
        line("-gateway=terminating -register -service edge -address 127.0.0.1"),
        registering("-wan-address 203.0.113.7:443"),
        registering("-wan-address 127.0.0.1:9443"),
        registering("-bind-address default=127.0.0.1:9443"),
        registering("-bind-address a=127.0.0.1:9443 -bind-address b=127.0.0.1:9444"),
        registering("-proxy-id edge-2"),
        registering("-deregister-after-critical 30m"),
        registering("-admin-bind 127.0.0.1:19001 -admin-access-log-path /tmp/admin.log"),
        registering("-grpc-addr 127.0.0.1:9502"),
        registering("-grpc-addr unix:///tmp/grpc.sock"),
        registering("-envoy-version 1.13.0 -no-central-config"),
        registering("-token ignored-since-this-one-is-unknown"),
        registering("").env("CONSUL_GRPC_ADDR", "http://127.0.0.1:9503"),
        registering("").env("CONNECT_PROXY_ID", "from-the-environment"),
        line("-gateway=terminating -register -service edge -address")
            .arg(r#"{{ GetAllInterfaces | include "name" "^lo$" | include "type" "ipv4" | limit 1 | attr "address" }}:8443"#),
        line("-gateway=terminating").on(&json!({})),
        line("-gateway=terminating -proxy-id gw").on(&json!({
            "envoy_statsd_url": "udp://127.0.0.1:8125", "envoy_dogstatsd_url": "udp://127.0.0.1:8126",
            "envoy_stats_tags": ["a=b"], "envoy_stats_flush_interval": "7s",
        })),
        line("-gateway=terminating -proxy-id gw").on(&json!({
            "envoy_prometheus_bind_addr": "0.0.0.0:9102", "envoy_stats_bind_addr": "127.0.0.1:9103",
        })),
        line("-proxy-id gw").on(&json!({
            "envoy_extra_static_clusters_json": r#"{"name": "extra", "type": "STATIC", "connect_timeout": "1s"}"#,
            "envoy_tracing_json": r#"{"http": {"name": "envoy.zipkin"}}"#,
        })),
        line("-gateway=terminating -proxy-id gw").on(&json!({"envoy_bootstrap_json_tpl": template})),
        line("-gateway=terminating -proxy-id gw").on(&json!({"envoy_bootstrap_json_tpl": "{{ .NoSuchField }}"})),
        line("-gateway=terminating -proxy-id nobody"),
        registering("-no-such-flag"),
        line("-gateway=terminating -register -address 192.0.2.1:8443"),
        registering("-bind-address 127.0.0.1:9443"),
    ]
}

#[test]
fn the_same_command_lines_do_the_same_as_consul() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for line in lines() {
        let args = line.args.join(" ");
        let theirs = trace(&consul, &line, |line| {
            let home = tempfile::tempdir()?;
            let mut command = Command::new(Tool::Consul.path()?);
            command.env_clear().env("HOME", home.path()).current_dir(home.path());
            command.env("CONSUL_HTTP_ADDR", consul.http().to_string());
            command.env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN).envs(line.env.iter().copied());
            let output = command.args(["connect", "envoy", "-bootstrap"]).args(&line.args).output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            // This release writes a line before the JSON.
            let json = text.find('{').and_then(|start| serde_json::from_str(&text[start..]).ok());
            Ok((output.status.success(), json))
        })?;
        let ours = trace(&consul, &line, |line| {
            let mut command = Termgate::new(["connect", "envoy", "-bootstrap"])?.consul(&consul);
            for (name, value) in &line.env {
                command = command.env(name, value);
            }
            for arg in &line.args {
                command = command.arg(arg);
            }
            let output = command.run()?;
            let succeeded = output.code == Some(0);
            let json = if succeeded { Some(output.json()?) } else { None };
            Ok((succeeded, json))
        })?;
        if theirs.succeeded {
            ensure!(ours == theirs, "`{args}`\n  Consul: {theirs:?}\n  termgate: {ours:?}");
        } else {
            // Consul registers first and fails then; termgate leaves nothing behind.
            ensure!(!ours.succeeded && ours.bootstrap.is_none(), "`{args}` succeeds, though Consul fails");
            let before = line.before.iter().count();
            ensure!(
                ours.services.as_object().map(serde_json::Map::len) == Some(before),
                "`{args}`: {ours:?}"
            );
        }
    }
    Ok(())
}

/// Runs a command on an agent with the line's gateway alone, and takes away what it registered.
fn trace(
    consul: &Consul,
    line: &Line,
    run: impl Fn(&Line) -> Result<(bool, Option<Value>)>,
) -> Result<Trace> {
    if let Some(before) = &line.before {
        consul.put("/v1/agent/service/register", before)?;
    }
    let (succeeded, bootstrap) = run(line)?;
    let mut services = consul.get("/v1/agent/services")?;
    let mut checks = consul.get("/v1/agent/checks")?;
    for id in services.as_object().into_iter().flat_map(|services| services.keys()) {
        consul.put(&format!("/v1/agent/service/deregister/{id}"), &Value::Null)?;
    }
    // How the check goes so far is a matter of time.
    for check in checks.as_object_mut().into_iter().flat_map(|checks| checks.values_mut()) {
        for key in ["Status", "Output"] {
            check[key].take();
        }
    }
    if let Some(services) = services.as_object_mut() {
        services.values_mut().for_each(|service| drop(service["ContentHash"].take()));
    }
    Ok(Trace { succeeded, bootstrap, services, checks })
}

/// A fake agent of a Consul that supports this Envoy, with a registered gateway `edge-1`.
pub fn agent(config: &Value) -> Result<FakeConsul> {
    let output = Command::new(Tool::Envoy.path()?).arg("--version").output()?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = output.split('/').find(|part| part.starts_with("1.")).context("no version")?;
    agent_of(version, config)
}

fn agent_of(envoy: &str, config: &Value) -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let own = json!({
        "Config": {"Version": "1.21.4", "Datacenter": "dc-east"},
        "DebugConfig": {"GRPCPort": 1, "ACLsEnabled": true},
        "xDS": {"SupportedProxies": {"envoy": [envoy]}, "Port": 1, "Ports": {"Plaintext": 1, "TLS": -1}},
    });
    let service = json!({
        "Kind": "terminating-gateway", "ID": "edge-1", "Service": "edge", "Port": 8443, "Datacenter": "dc-east",
        "Address": "", "Meta": {}, "TaggedAddresses": {}, "Proxy": {"Config": config},
    });
    fake.on("GET", "/v1/agent/self", Answer::json(200, &own))
        .on("GET", "/v1/agent/service/edge-1", Answer::json(200, &service))
        .on("GET", "/v1/config/proxy-defaults/global", Answer::text(404, "Config entry not found"));
    Ok(fake)
}

const TOKEN: &str = "5ec4e7ed-0000-4000-8000-0123456789ab";

/// Starts `termgate connect envoy` against an ADS server; gives Envoy's process, its greeting and the admin API.
fn connect(config: &Value, ads: &AdsServer) -> Result<(Process, Termgate, Greeting, Admin)> {
    let fake = agent(config)?;
    let admin = Admin { address: free_address()? };
    let command =
        Termgate::new(["connect", "envoy", "-gateway=terminating", "-service=edge", "-proxy-id=edge-1"])?
            .arg(format!("-admin-bind={}", admin.address))
            .arg(format!("-grpc-addr={}", ads.address()))
            .arg(format!("-envoy-binary={}", Tool::Envoy.path()?.display()))
            .args(["--", "--use-dynamic-base-id", "--concurrency", "1", "-l", "warning"])
            .fake_consul(&fake)
            .env("CONSUL_HTTP_TOKEN", TOKEN);
    let mut process = Process::spawn("termgate", &mut command.to_command()?)?;
    let greeting = process.wait_until("Envoy's first request", || ads.greeting())?;
    process.wait_until("Envoy to serve", || admin.ready())?;
    Ok((process, command, greeting, admin))
}

#[test]
fn envoy_reaches_the_agent_as_the_gateway_with_its_token_and_keeps_it_secret() -> Result<()> {
    needs!(Envoy);
    let ads = AdsServer::start()?;
    let (process, _directory, greeting, admin) = connect(&json!({}), &ads)?;
    assert_eq!(greeting.method, "DeltaAggregatedResources");
    assert_eq!((greeting.node_id.as_str(), greeting.cluster.as_str()), ("edge-1", "edge"));
    assert_eq!(greeting.metadata["namespace"], "default");
    assert_eq!(greeting.token.as_deref(), Some(TOKEN));
    assert!(admin.stat("control_plane.connected_state")? == 1, "Envoy has no control plane");

    // The same process is Envoy now.
    let folder = Path::new("/proc").join(process.id().to_string());
    if !folder.exists() {
        return Ok(());
    }
    assert_eq!(fs::read_link(folder.join("exe"))?, Tool::Envoy.path()?.canonicalize()?);
    for file in ["environ", "cmdline"] {
        let text = String::from_utf8_lossy(&fs::read(folder.join(file))?).into_owned();
        ensure!(!text.contains(TOKEN), "the token is in {file}");
    }
    let arguments = fs::read(folder.join("cmdline"))?;
    let arguments: Vec<&str> =
        arguments.split(|byte| *byte == 0).filter_map(|arg| str::from_utf8(arg).ok()).collect();
    assert_eq!(arguments[1], "--config-path");
    let number = arguments[2].strip_prefix("/dev/fd/").context("not a descriptor")?;
    assert_eq!(arguments[3], "--disable-hot-restart");
    memory_file_is_sealed(&folder.join("fd").join(number))
}

#[cfg(target_os = "linux")]
fn memory_file_is_sealed(path: &Path) -> Result<()> {
    use nix::fcntl::{FcntlArg, SealFlag, fcntl};

    let target = fs::read_link(path)?;
    ensure!(target.to_string_lossy().starts_with("/memfd:"), "{} is not a memory file", target.display());
    let file = fs::File::open(path)?;
    let seals = SealFlag::from_bits_truncate(fcntl(&file, FcntlArg::F_GET_SEALS)?);
    let wanted =
        [SealFlag::F_SEAL_WRITE, SealFlag::F_SEAL_GROW, SealFlag::F_SEAL_SHRINK, SealFlag::F_SEAL_SEAL];
    ensure!(wanted.iter().all(|seal| seals.contains(*seal)), "sealed by {seals:?} only");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn memory_file_is_sealed(_: &Path) -> Result<()> {
    Ok(())
}

#[test]
fn a_template_of_the_users_own_reaches_a_state_of_the_world_server_too() -> Result<()> {
    needs!(Envoy);
    let template = json!({
        "node": {"id": "{{ .ProxyID }}", "cluster": "{{ .ProxyCluster }}", "metadata": {"dc": "{{ .Datacenter }}"}},
        "admin": {"address": {"socket_address": {"address": "{{ .AdminBindAddress }}", "port_value": "{{ .AdminBindPort }}"}}},
        "static_resources": {"clusters": [{
            "name": "{{ .LocalAgentClusterName }}", "type": "STATIC", "connect_timeout": "1s",
            "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": {"http2_protocol_options": {}},
            }},
            "load_assignment": {"cluster_name": "x", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {
                "socket_address": {"address": "{{ .AgentAddress }}", "port_value": "{{ .AgentPort }}"},
            }}}]}]},
        }]},
        "dynamic_resources": {
            "lds_config": {"ads": {}, "resource_api_version": "V3"},
            "cds_config": {"ads": {}, "resource_api_version": "V3"},
            "ads_config": {"api_type": "GRPC", "transport_api_version": "V3", "grpc_services": {
                "initial_metadata": [{"key": "x-consul-token", "value": "{{ .Token }}"}],
                "envoy_grpc": {"cluster_name": "{{ .LocalAgentClusterName }}"},
            }},
        },
    });
    // Numbers, where the template engine has put them in place of texts.
    let template = ["AdminBindPort", "AgentPort"].iter().fold(template.to_string(), |text, field| {
        text.replace(&format!("\"{{{{ .{field} }}}}\""), &format!("{{{{ .{field} }}}}"))
    });
    let ads = AdsServer::start()?;
    let (_process, _directory, greeting, _) = connect(&json!({"envoy_bootstrap_json_tpl": template}), &ads)?;
    assert_eq!(greeting.method, "StreamAggregatedResources");
    assert_eq!((greeting.node_id.as_str(), greeting.cluster.as_str()), ("edge-1", "edge"));
    assert_eq!(greeting.metadata["dc"], "dc-east");
    assert_eq!(greeting.token.as_deref(), Some(TOKEN));
    Ok(())
}

#[test]
fn explain_config_shows_where_each_value_comes_from() -> Result<()> {
    let fake = agent_with_defaults()?;
    let modern = Termgate::new(["bootstrap", "--service", "edge-1", "--explain-config"])?
        .fake_consul(&fake)
        .succeeds()?;
    let lines: BTreeMap<&str, &str> = modern
        .stdout
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(origin, rest)| (rest.trim(), origin))
        .collect();
    assert_eq!(lines["envoy_statsd_url = \"udp://127.0.0.1:1\""], "proxy-defaults", "{modern}");
    assert_eq!(lines["own = 2"], "the service's Proxy.Config", "{modern}");
    assert!(modern.stdout.contains("(in place of \"http\" from proxy-defaults)"), "{modern}");

    let dropin = ["connect", "envoy", "-proxy-id=edge-1", "-bootstrap", "-explain-config"];
    let dropin = Termgate::new(dropin)?.fake_consul(&fake).succeeds()?;
    assert_eq!(dropin.json()?["node"]["id"], "edge-1");
    dropin.says(&["proxy-defaults", "envoy_statsd_url = ", "own = 2"])
}

fn agent_with_defaults() -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let own = json!({"Config": {"Version": "1.21.4"}, "xDS": {"Ports": {"Plaintext": 8502, "TLS": -1}}});
    let config = json!({"envoy_statsd_url": "udp://127.0.0.1:1", "protocol": "tcp", "own": 2});
    let service = json!({"Kind": "terminating-gateway", "ID": "edge-1", "Service": "edge", "Proxy": {"Config": config}});
    let defaults = json!({"Config": {"envoy_statsd_url": "udp://127.0.0.1:1", "protocol": "http"}});
    fake.on("GET", "/v1/agent/self", Answer::json(200, &own))
        .on("GET", "/v1/agent/service/edge-1", Answer::json(200, &service))
        .on("GET", "/v1/config/proxy-defaults/global", Answer::json(200, &defaults));
    Ok(fake)
}

/// An agent of a release, at an address of its own.
fn agent_at(version: &str, bind: &str) -> Result<FakeConsul> {
    let fake = agent_of("1.37.2", &json!({"envoy_prometheus_bind_addr": "0.0.0.0:9102"}))?;
    let own = json!({
        "Config": {"Version": version, "BindAddr": bind},
        "xDS": {"SupportedProxies": {"envoy": ["1.37.2"]}, "Ports": {"Plaintext": 8502, "TLS": -1}},
    });
    fake.replace("GET", "/v1/agent/self", Answer::json(200, &own));
    Ok(fake)
}

#[test]
fn an_agent_on_ipv6_is_reached_by_its_own_loopback_address() -> Result<()> {
    let addresses = |fake: &FakeConsul, flags: &[&str]| -> Result<Vec<String>> {
        let command =
            Termgate::new(["connect", "envoy", "-gateway=terminating", "-proxy-id=edge-1", "-bootstrap"])?;
        let output = command.args(flags).fake_consul(fake).succeeds()?;
        let bootstrap: Value = serde_json::from_str(&output.stdout)?;
        let cluster = |index| {
            format!(
                "/static_resources/clusters/{index}/loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address"
            )
        };
        let places = ["/admin/address".to_owned(), cluster(0), cluster(1)];
        let address = |place: &String| {
            let address = bootstrap.pointer(&format!("{place}/socket_address")).context(place.clone())?;
            Ok(format!("{} {}", address["address"].as_str().unwrap_or_default(), address["port_value"]))
        };
        places.iter().map(address).collect()
    };
    let fake = agent_at("2.1.0", "2001:db8:9::2")?;
    ensure!(addresses(&fake, &[])? == ["::1 19000", "::1 8502", "::1 19000"], "defaults");
    let backend = ["-prometheus-backend-port=20100"];
    ensure!(addresses(&fake, &backend)? == ["::1 19000", "::1 8502", "::1 20100"], "backend");
    let given = ["-admin-bind=127.0.0.1:19001", "-grpc-addr=127.0.0.1:9502"];
    ensure!(addresses(&fake, &given)? == ["127.0.0.1 19001", "127.0.0.1 9502", "127.0.0.1 19001"], "flags");
    ensure!(addresses(&fake, &["-admin-bind="])? == ["::1 19000", "::1 8502", "::1 19000"], "an empty flag");
    let fake = agent_at("2.1.0", "127.0.0.1")?;
    ensure!(addresses(&fake, &backend)? == ["127.0.0.1 19000", "127.0.0.1 8502", "127.0.0.1 20100"], "IPv4");
    let output = Termgate::new(["bootstrap", "--proxy-id=edge-1"])?
        .fake_consul(&agent_at("2.1.0", "::")?)
        .succeeds()?;
    ensure!(output.stdout.contains("\"::1\""), "{output}");
    ensure!(!output.stdout.contains("127.0.0.1"), "{output}");
    Ok(())
}

#[test]
fn one_way_tls_services_are_named_where_consul_sends_them_no_secret() -> Result<()> {
    const LINKED: &str = "/v1/catalog/gateway-services/edge";
    let run = |fake: &FakeConsul, id: &str| {
        let command = Termgate::new(["connect", "envoy", "-gateway=terminating", "-bootstrap"])?;
        command.arg(id).fake_consul(fake).succeeds()
    };
    let row = |name: &str, ca: &str, certificate: &str| json!({"Service": {"Name": name}, "CAFile": ca, "CertFile": certificate, "KeyFile": certificate});
    let rows =
        json!([row("legacy", "/ca.pem", ""), row("billing", "/ca.pem", "/cert.pem"), row("plain", "", "")]);
    let fake = agent_at("2.1.0", "127.0.0.1")?;
    let silent = run(&fake, "-proxy-id=edge-1")?;
    ensure!(!silent.stderr.contains("503"), "a token that may not read it: {silent}");
    fake.on("GET", LINKED, Answer::json(200, &rows));
    let output = run(&fake, "-proxy-id=edge-1")?;
    output.says(&["503: legacy (", "--config-source direct", "CertFile"])?;
    ensure!(output.stdout == silent.stdout, "stdout differs");
    // The look-up names the gateway before the agent is asked about it.
    let only = json!({"edge-1": {"Kind": "terminating-gateway", "ID": "edge-1", "Service": "edge"}});
    fake.on(
        "GET",
        "/v1/agent/services?filter=Kind+%3D%3D+%60terminating-gateway%60",
        Answer::json(200, &only),
    );
    run(&fake, "-admin-bind=127.0.0.1:19000")?.says(&["503: legacy ("])?;
    fake.replace("GET", LINKED, Answer::json(200, &json!([row("billing", "/ca.pem", "/cert.pem")])));
    ensure!(!run(&fake, "-proxy-id=edge-1")?.stderr.contains("503"), "mutual TLS alone");
    // Releases before read the files in Envoy: nothing is asked.
    let fake = agent_at("1.21.4", "127.0.0.1")?;
    fake.on("GET", LINKED, Answer::json(200, &rows));
    let output = run(&fake, "-proxy-id=edge-1")?;
    ensure!(!output.stderr.contains("503"), "{output}");
    ensure!(
        fake.received().iter().all(|one| !one.request.target.contains("gateway-services")),
        "it was asked"
    );
    Ok(())
}

#[test]
fn an_unknown_token_registers_nothing() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::text(403, "ACL not found"));
    let command = Termgate::new(["connect", "envoy", "-gateway=terminating", "-register", "-bootstrap"])?;
    let output = command.arg("-grpc-addr=127.0.0.1:8502").fake_consul(&fake).exits(5)?;
    output.says(&["ACL not found"])?;
    fake.expect_requests(&["GET /v1/agent/self"])
}

#[test]
fn a_silent_agent_does_not_block_a_command() -> Result<()> {
    let fake = FakeConsul::start()?;
    for path in ["/v1/agent/self", "/v1/agent/service/edge", "/v1/config/proxy-defaults/global"] {
        fake.on("GET", path, Answer::hang());
    }
    let commands: [&[&str]; 5] = [
        &[
            "connect",
            "envoy",
            "-timeout=200ms",
            "-gateway=terminating",
            "-register",
            "-service=edge",
            "-bootstrap",
        ],
        &["register", "--service=edge", "--address=127.0.0.1:8443", "--timeout=200ms"],
        &["deregister", "--service=edge", "--timeout=200ms"],
        &["bootstrap", "--service=edge", "--timeout=200ms"],
        &["bootstrap", "--service=edge", "--timeout=200ms", "--explain-config"],
    ];
    for command in commands {
        let start = Instant::now();
        let output = Termgate::new(command)?.fake_consul(&fake).exits(4)?;
        output.says(&["200ms", "GET /v1/agent/"])?;
        ensure!(start.elapsed() < Duration::from_secs(10), "{command:?} took {:?}", start.elapsed());
    }
    ensure!(fake.received().iter().all(|one| one.request.method == "GET"), "something was written");
    Ok(())
}

#[test]
fn an_envoy_that_does_not_print_its_version_does_not_block() -> Result<()> {
    let fake = agent_with_defaults()?;
    let command = Termgate::new(["connect", "envoy", "-proxy-id=edge-1", "-envoy-binary=./envoy"])?
        .file("envoy", "#!/bin/sh\nexec sleep 1000\n")?
        .fake_consul(&fake);
    let envoy = command.directory().join("envoy");
    fs::set_permissions(&envoy, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    command.exits(6)?.says(&["envoy --version` does not end within 10s"])
}

/// What Consul passes over in silence: a command line on the gateway `edge-1` with a Proxy.Config, and what is said.
#[test]
fn settings_that_consul_silently_ignores_are_reported() -> Result<()> {
    let tags = json!({"envoy_stats_config_json": "{}", "envoy_stats_tags": ["a=b"]});
    let prometheus = json!({"envoy_prometheus_bind_addr": "0.0.0.0:9102"});
    let tls = "-prometheus-ca-file=x -prometheus-cert-file=x -prometheus-key-file=x";
    let statsd = |url: &str| json!({ "envoy_statsd_url": url });
    let clusters = |text: &str| json!({ "envoy_extra_static_clusters_json": text });
    let lan = "-register -service=edge -address=127.0.0.1:8443";
    let register = |more: &str| format!("{lan} {more}");
    let none = json!({});
    let cases: Vec<(String, Value, &str)> = vec![
        (String::new(), json!({"envoy_stats_bind_adr": "x"}), "did you mean `envoy_stats_bind_addr`?"),
        (String::new(), tags, "those tags are lost"),
        (String::new(), statsd("unix://var/run/x"), "write unix:///var/run/x"),
        (String::new(), statsd("udp://:8125"), "error: Proxy.Config key `envoy_statsd_url`"),
        (String::new(), statsd("$NOT_SET"), "error: "),
        (String::new(), json!({"envoy_stats_flush_interval": "soon"}), "error: Envoy would refuse"),
        (String::new(), json!({"envoy_stats_bind_addr": ":1"}), "has no host"),
        (String::new(), clusters(r#"{"name":"local_agent"}"#), "are called `local_agent`"),
        (String::new(), clusters(r#"{"name":"a"}],"x":[{"name":"b"}"#), "error: "),
        (tls.to_owned(), none.clone(), "has no effect: Proxy.Config has no envoy_prometheus_bind_addr"),
        (tls.to_owned(), prometheus, "asks no client for a certificate"),
        ("-no-central-config".to_owned(), statsd("udp://127.0.0.1:1"), "own Proxy.Config, too"),
        ("-envoy-version=1.2.3".to_owned(), none.clone(), "-envoy-version has no effect"),
        ("-grpc-addr=HTTPS://127.0.0.1:1".to_owned(), none.clone(), "error: -grpc-addr: address `HTTPS"),
        ("-grpc-addr=https://127.0.0.1:1".to_owned(), none.clone(), "error: Envoy would refuse"),
        ("-grpc-addr=127.0.0.1:grpc".to_owned(), none.clone(), "error: -grpc-addr"),
        ("-admin-bind=127.0.0.1".to_owned(), none.clone(), "error: -admin-bind"),
        ("-admin-bind=0.0.0.0:19000".to_owned(), none.clone(), "has full control of this Envoy"),
        ("-token=x -token-file=token".to_owned(), none.clone(), "-token has no effect beside -token-file"),
        ("-token= -token-file=/dev/null".to_owned(), none.clone(), "/dev/null is empty"),
        ("-address=127.0.0.1:1".to_owned(), none.clone(), "-address has no effect without -register"),
        ("false -register".to_owned(), none.clone(), "`false` ends the flags"),
        (
            register("-deregister-after-critical=soon"),
            none.clone(),
            "error: -deregister-after-critical: `soon`",
        ),
        (register("-deregister-after-critical=-1h"), none.clone(), "will never drop the service"),
        (register("-deregister-after-critical=1s"), none.clone(), "waits for a minute at least"),
        (register("-bind-address=a=127.0.0.1:9443"), none.clone(), "none of the bind addresses listens"),
        (register("-bind-address=a=localhost:1"), none.clone(), "error: -bind-address"),
        (register("-bind-address=a=127.0.0.1:1 -bind-address=b=127.0.0.1:1"), none.clone(), "both listen on"),
        (register("-address=127.0.0.1:65536"), none.clone(), "`65536` is not a valid port"),
        (register("-address=0.0.0.0:1"), none.clone(), "error: -address"),
        (register(""), json!({"mine": 1}), "loses its Proxy.Config (mine)"),
        (register(""), none.clone(), "only processes on this host"),
        (register(""), none, "the service `other` is registered at 127.0.0.1 port 8443 as well"),
    ];
    for (args, config, message) in cases {
        let fake = agent_of("1.34.1", &config)?;
        let other =
            json!({"other": {"ID": "other", "Service": "other", "Address": "127.0.0.1", "Port": 8443}});
        fake.on("GET", "/v1/agent/services", Answer::json(200, &other));
        fake.on("PUT", "/v1/agent/service/register", Answer::text(200, ""));
        let output =
            Termgate::new(["connect", "envoy", "-bootstrap", "-gateway=terminating", "-proxy-id=edge-1"])?
                .args(args.split_whitespace())
                .file("token", "t")?
                .fake_consul(&fake)
                .run()?;
        output.says(&[message]).with_context(|| format!("`{args}` on {config}"))?;
        let failed = message.starts_with("error: ");
        ensure!(!failed || output.code != Some(0), "`{args}` on {config} succeeds\n{output}");
        let wrote = fake.received().iter().any(|one| one.request.method == "PUT");
        ensure!(output.code == Some(0) || !wrote, "`{args}` on {config} registers and fails\n{output}");
    }
    Ok(())
}

mod anything {
    //! No argument vector, environment or agent makes it panic or hang.

    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestCaseError, TestRunner};

    use super::*;

    fn word() -> impl Strategy<Value = String> {
        const FLAGS: &[&str] = &[
            "-gateway=terminating",
            "-register",
            "-bootstrap",
            "-proxy-id",
            "-service",
            "-address",
            "-wan-address",
            "-bind-address",
            "-admin-bind",
            "-grpc-addr",
            "-grpc-ca-file",
            "-ca-file",
            "-token",
            "-token-file",
            "-node-name",
            "-envoy-version",
            "-envoy-binary",
            "-prometheus-backend-port",
            "-prometheus-cert-file",
            "-envoy-ready-bind-port",
            "-envoy-ready-bind-address",
            "-deregister-after-critical",
            "-omit-deprecated-tags",
            "-no-central-config",
            "-explain-config",
            "-timeout",
            "-http-addr",
            "-namespace",
            "--",
            "-h",
            "-mesh-gateway",
        ];
        const VALUES: &[&str] = &[
            "gw",
            "",
            "127.0.0.1:8443",
            "[::1]:8443",
            ":",
            "{{ GetPrivateIP }}:1",
            "{{ . | sort \"size\" }}",
            "a=127.0.0.1:1",
            "unix:///x",
            "https://127.0.0.1:1",
            "../..",
            "\u{7f}\"\\",
            "-1",
            "99999999999999999999",
            "1h",
            "é/ü",
            "$HOME",
            "{{ range . }}{{ end }}",
            "{{",
            "/dev/null",
            "default",
            "../../etc/passwd",
        ];
        prop_oneof![
            4 => prop::sample::select(FLAGS).prop_map(str::to_owned),
            4 => prop::sample::select(VALUES).prop_map(str::to_owned),
            2 => (prop::sample::select(FLAGS), prop::sample::select(VALUES))
                .prop_map(|(flag, value)| format!("{flag}={value}")),
            1 => "[^\\x00]{0,12}",
        ]
    }

    fn environment() -> impl Strategy<Value = (String, String)> {
        const NAMES: &[&str] = &[
            "CONSUL_HTTP_TOKEN",
            "CONSUL_HTTP_TOKEN_FILE",
            "CONSUL_GRPC_ADDR",
            "CONSUL_HTTP_SSL",
            "CONSUL_CACERT",
            "CONSUL_NAMESPACE",
            "CONNECT_PROXY_ID",
            "CONNECT_SIDECAR_FOR",
            "TERMGATE_CONSUL_VERSION",
            "HOST_IP",
            "CONSUL_TLS_SERVER_NAME",
            "CONSUL_HTTP_AUTH",
            "CONSUL_CLIENT_CERT",
        ];
        const VALUES: &[&str] = &[
            "1.8.7",
            "true",
            "x",
            "/dev/null",
            "unix:///x",
            "127.0.0.1:1",
            "99.99.99.99.99",
            "a:b",
            "\u{7f}",
        ];
        (
            prop::sample::select(NAMES),
            prop_oneof![prop::sample::select(VALUES).prop_map(str::to_owned), "[^\\x00]{0,12}",],
        )
            .prop_map(|(name, value)| (name.to_owned(), value))
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~é{}\"]{0,16}".prop_map(Value::from),
            prop::sample::select(
                &[
                    "udp://1",
                    "$HOST_IP",
                    "udp://${HOST_IP}:1",
                    "{\"a\":1}",
                    "{{ .ProxyID }}",
                    "[",
                    "1.2.3.4:5",
                    "10s"
                ][..]
            )
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            let keys = prop::sample::select(
                &[
                    "Kind",
                    "ID",
                    "Service",
                    "Proxy",
                    "Config",
                    "Version",
                    "xDS",
                    "Ports",
                    "Plaintext",
                    "TLS",
                    "envoy_statsd_url",
                    "envoy_extra_static_clusters_json",
                    "envoy_bootstrap_json_tpl",
                    "envoy_stats_tags",
                    "envoy_prometheus_bind_addr",
                    "envoy_stats_config_json",
                    "DebugConfig",
                    "GRPCPort",
                    "AccessLogs",
                    "envoy_stats_flush_interval",
                    "envoy_tracing_json",
                    "SupportedProxies",
                    "envoy",
                    "Type",
                ][..],
            );
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map(keys.prop_map(str::to_owned), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            3 => json_value().prop_map(|body| Answer::json(200, &body)),
            // A gateway with any Proxy.Config.
            4 => json_value().prop_map(|config| Answer::json(200, &json!({
                "Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Proxy": {"Config": config},
                "Config": {"Version": "1.21.4"}, "xDS": {"Ports": {"Plaintext": 8502}},
            }))),
            1 => (100_u16..600, "[ -~]{0,20}").prop_map(|(status, body)| Answer::text(status, &body)),
            1 => Just(Answer::close()),
            1 => Just(Answer::hang()),
            1 => Just(Answer::text(200, "{\"ID\":").truncated()),
        ]
    }

    #[test]
    fn ends_with_a_status_and_without_a_panic() -> Result<()> {
        let config = Config { cases: 120, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let strategy = (
            prop::collection::vec(word(), 0..9),
            prop::collection::vec(environment(), 0..4),
            prop::collection::vec(answer(), 5),
        );
        let outcome = runner.run(&strategy, |(words, environment, answers)| {
            one(&words, &environment, &answers).map_err(|error| TestCaseError::fail(format!("{error:#}")))
        });
        outcome.map_err(|failure| anyhow::anyhow!("{failure}"))
    }

    fn one(words: &[String], environment: &[(String, String)], answers: &[Answer]) -> Result<()> {
        let fake = FakeConsul::start()?;
        let requests = [
            ("GET", "/v1/agent/self"),
            ("GET", "/v1/agent/services?filter=Kind+%3D%3D+%60terminating-gateway%60"),
            ("GET", "/v1/agent/service/gw"),
            ("GET", "/v1/config/proxy-defaults/global"),
            ("PUT", "/v1/agent/service/register"),
        ];
        for ((method, target), answer) in requests.into_iter().zip(answers) {
            fake.on(method, target, answer.clone());
        }
        let mut command = Termgate::new(["connect", "envoy", "-timeout=300ms"])?
            .args(words)
            .fake_consul(&fake)
            .limit(Duration::from_secs(40));
        for (name, value) in environment {
            command = command.env(name, value);
        }
        let output = command.run()?;
        let Some(code) = output.code else { bail!("a signal ended it\n{output}") };
        ensure!((0..=6).contains(&code), "exit status {code}\n{output}");
        ensure!(!output.stderr.contains("panicked"), "{output}");
        ensure!(code == 0 || output.stderr.contains("error: "), "no reason is given\n{output}");
        Ok(())
    }
}
