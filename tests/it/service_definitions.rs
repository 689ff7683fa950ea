//! Service definition files: `register --config` leaves the agent as the agent's own command and its own files do.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::{Consul, MANAGEMENT_TOKEN};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::tools::Tool;

/// Forms of a definition; `NAME` is the gateway's name.
const FORMS: &[(&str, &str)] = &[
    ("port.hcl", r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 }"#),
    (
        "services.hcl",
        r#"services { name = "NAME" kind = "terminating-gateway" port = 8443 meta { version = "v1" } }"#,
    ),
    (
        "services.json",
        r#"{"services": [{"name": "NAME", "kind": "terminating-gateway", "port": 8443, "proxy": {"config": {
            "envoy_gateway_bind_addresses": {"all": {"address": "0.0.0.0", "port": 8443}},
            "envoy_gateway_no_default_bind": true}}}]}"#,
    ),
    ("list.hcl", r#"service = [{ name = "NAME" kind = "terminating-gateway" port = 8443 }]"#),
    (
        "camel.json",
        r#"{"Service": {"Name": "NAME", "Kind": "terminating-gateway", "Port": 8443, "ID": "NAME", "Tags": ["a", "b"]}}"#,
    ),
    (
        "beside.json",
        r#"{"services": [{"name": "web-of-NAME", "port": 80}, {"name": "NAME", "kind": "terminating-gateway", "port": 8443}]}"#,
    ),
    (
        "agent.hcl",
        r#"
        node_name = "elsewhere"
        data_dir = "/tmp"
        acl { enabled = true }
        check { id = "of-the-node" ttl = "30s" }
        service { name = "NAME" kind = "terminating-gateway" port = 8443 }
        "#,
    ),
    (
        "weights.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 weights { passing = 3 } enable_tag_override = true }"#,
    ),
    (
        "token.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 token = "s3cret-of-the-file" }"#,
    ),
    (
        "addresses.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 address = "127.0.0.1"
             tagged_addresses {
               lan { address = "127.0.0.2" port = 1 }
               wan { address = "gw.example.com" port = 443 }
               virtual { address = "240.0.0.1" port = 9 }
             } }"#,
    ),
    (
        "two-addresses.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 address = "127.0.0.1"
             tagged_addresses { wan { address = "127.0.0.1" port = 443 } } }"#,
    ),
    (
        "elsewhere.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 address = "10.9.0.2" }"#,
    ),
    (
        "ipv6.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 address = "2001:db8::1" }"#,
    ),
    (
        "host.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 address = "gw.example.com" }"#,
    ),
    (
        "check.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443
             check { tcp = "127.0.0.1:9" interval = "10s" timeout = "2s" deregister_critical_service_after = "1h" } }"#,
    ),
    (
        "checks.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443
             check { ttl = "30s" }
             checks = [
               { id = "NAME-x" name = "n" http = "http://127.0.0.1:9/" header { a = ["b"] } method = "POST" interval = "50s"
                 tls_skip_verify = true success_before_passing = 2 failures_before_critical = 3 notes = "no" status = "passing" },
               { alias_service = "web" },
               { grpc = "127.0.0.1:9/x" grpc_use_tls = true interval = "60s" },
             ] }"#,
    ),
    (
        "check-blocks.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443
             checks { tcp = "127.0.0.1:9" interval = "10m" } checks { id = "NAME-2" ttl = "20s" token = "of-the-check" } }"#,
    ),
    (
        "proxy.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443
             proxy {
               config { Foo_Bar = "x" fooBar { X_y = 1 } fooBar { Z = 2 } l = [1, 2] bind { default { address = "0.0.0.0" port = 3 } } }
               mesh_gateway { mode = "local" }
               expose { checks = true paths = [{ path = "/x" local_path_port = 3 listener_port = 21500 protocol = "http" }] }
             } }"#,
    ),
    (
        "config-list.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 meta = { a = "b" } proxy = { config = [{ a = "b" }] } }"#,
    ),
    (
        "native.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 connect { native = false } }"#,
    ),
    (
        "empty.hcl",
        r#"service { name = "NAME" kind = "terminating-gateway" port = 8443 checks = [] meta {} tags = [] proxy {} connect {} weights {} tagged_addresses {} }"#,
    ),
    (
        "null.json",
        r#"{"service": {"name": "old", "name": "NAME", "kind": "terminating-gateway", "port": 8443, "meta": {"a": null},
            "address": null, "tags": null, "proxy": {"config": null}}}"#,
    ),
];

/// What the agent has of a gateway: the service and its checks, without indexes and results of checks.
fn on_agent(consul: &Consul, id: &str) -> Result<Value> {
    let mut service = consul.agent_service(id)?.context("not registered")?;
    // The hash is of all the others.
    for key in ["ContentHash", "CreateIndex", "ModifyIndex"] {
        service.as_object_mut().context("not an object")?.remove(key);
    }
    let checks = consul.get("/v1/agent/checks")?;
    let mut of_gateway = Vec::new();
    for check in checks.as_object().into_iter().flat_map(|checks| checks.values()) {
        if check["ServiceID"] == json!(id) {
            let mut check = check.clone();
            for key in ["Output", "Status", "CreateIndex", "ModifyIndex"] {
                check.as_object_mut().context("not an object")?.remove(key);
            }
            of_gateway.push(check);
        }
    }
    Ok(json!({"service": service, "checks": of_gateway}))
}

fn deregister(consul: &Consul, id: &str) -> Result<()> {
    consul.put(&format!("/v1/agent/service/deregister/{id}"), &Value::Null).map(drop)
}

fn without_own_check(mut state: Value) -> Value {
    if let Some(checks) = state["checks"].as_array_mut() {
        checks.retain(|check| check["Name"] != "terminating-gateway listening");
    }
    state
}

#[test]
fn every_form_leaves_the_agent_as_consuls_own_command_does() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let binary = Tool::Consul.path()?;
    for (file, form) in FORMS {
        let name = consul.unique("defined");
        let text = form.replace("NAME", &name);
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(file);
        std::fs::write(&path, &text)?;
        let mut command = Command::new(&binary);
        command.args(["services", "register"]).arg(&path).env_clear();
        command.env("CONSUL_HTTP_ADDR", consul.http().to_string()).env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN);
        let output = command.output()?;
        ensure!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        let theirs = on_agent(consul, &name)?;
        deregister(consul, &name)?;
        if text.contains("web-of-") {
            deregister(consul, &format!("web-of-{name}"))?;
        }
        let ours = Termgate::new(["register", "--config", file])?.file(file, &text)?;
        let output = ours.consul(consul).succeeds()?;
        let ours = on_agent(consul, &name)?;
        let has_check = text.contains("check {") && !file.starts_with("agent") || text.contains("checks");
        ensure!(has_check || ours != theirs, "{file}: no check of its own");
        assert_eq!(without_own_check(ours), theirs, "{file}: {output}");
        ensure!(!output.to_string().contains("s3cret-of-the-file"), "{output}");
        deregister(consul, &name)?;
    }
    Ok(())
}

#[test]
fn an_agents_own_file_gives_the_gateway_that_the_agent_has_of_it() -> Result<()> {
    needs!(Consul);
    let gateway = json!({
        "name": "of-the-file", "id": "of-the-file-1", "kind": "terminating-gateway", "port": 8443, "address": "127.0.0.1",
        "tags": ["edge"], "meta": {"team": "x"}, "enable_tag_override": true, "weights": {"passing": 7},
        "token": MANAGEMENT_TOKEN, "tagged_addresses": {"wan": {"address": "gw.example.com", "port": 443}},
        "checks": [{"id": "listens", "tcp": "127.0.0.1:9", "interval": "30s"}, {"name": "beats", "ttl": "40s"}],
        "proxy": {"config": {"envoy_statsd_url": "udp://127.0.0.1:8125"}},
    });
    let settings = json!({"services": [{"name": "web", "port": 80, "token": MANAGEMENT_TOKEN}, gateway]});
    let consul = Consul::start_with(&settings)?;
    let theirs = on_agent(&consul, "of-the-file-1")?;
    deregister(&consul, "of-the-file-1")?;
    let ours =
        Termgate::new(["register", "--config", "agent.json"])?.file("agent.json", settings.to_string())?;
    // The token of the definition is the only one.
    ours.env("CONSUL_HTTP_ADDR", consul.http().to_string()).succeeds()?;
    assert_eq!(on_agent(&consul, "of-the-file-1")?, theirs);
    Ok(())
}

#[test]
fn tokens_and_credentials_of_a_definition_are_not_shown() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})))
        .on("GET", "/v1/agent/service/gw", Answer::text(404, ""))
        .on("PUT", "/v1/agent/service/register", Answer::text(403, "Permission denied"));
    let file = r#"service { name = "gw" kind = "terminating-gateway" port = 8443 token = "SECRET-1"
        check { http = "http://user:SECRET-2@x/" interval = "1s" header { Authorization = ["Bearer SECRET-3"] } token = "SECRET-4" } }"#;
    for (flag, code) in [("--dry-run", 0), ("--no-such-flag", 2), ("--service-id=gw", 5)] {
        let command = Termgate::new(["register", "--config", "gw.hcl", flag])?.file("gw.hcl", file)?;
        let output = command.fake_consul(&fake).exits(code)?;
        ensure!(!output.to_string().contains("SECRET"), "{output}");
    }
    let sent = fake.request("PUT", "/v1/agent/service/register")?;
    assert_eq!(sent.header("X-Consul-Token"), Some("SECRET-1"));
    let body = sent.json()?.to_string();
    ensure!(body.contains("Bearer SECRET-3") && !body.contains("SECRET-4"), "{body}");

    let other = Termgate::new(["register", "--config", "gw.hcl"])?.file("gw.hcl", file)?;
    other.env("CONSUL_HTTP_TOKEN", "of-the-environment").fake_consul(&fake).exits(5)?;
    let all = fake.received();
    let last = all.iter().rev().find(|one| one.request.method == "PUT").context("nothing was sent")?;
    assert_eq!(
        last.request.header("X-Consul-Token"),
        Some("of-the-environment"),
        "a variable wins over the file"
    );
    Ok(())
}

#[test]
fn the_agents_version_decides_about_unknown_keys() -> Result<()> {
    let file = "service {\n  name = \"gw\"\n  port = 8443\n  shiny = { a = 1 }\n  check { udp = \"x:1\" interval = \"1s\" }\n}";
    for (version, code, says) in [
        ("1.8.7", 3, "error: the service definition has the unknown key `shiny` (line 4, column 3)"),
        ("1.21.4", 3, "error: the service definition has the unknown key `shiny`"),
        (
            "2.2.0",
            0,
            "warning: the service definition has the unknown key `shiny` (line 4, column 3): it is sent as it is",
        ),
        ("1.21.4+ent", 0, "the agent decides"),
    ] {
        let fake = FakeConsul::start()?;
        fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": version}})));
        let command = Termgate::new(["register", "--config", "gw.hcl", "--dry-run"])?.file("gw.hcl", file)?;
        let output = command.fake_consul(&fake).exits(code)?;
        output.says(&[says])?;
        if code == 0 {
            let body = output.json()?;
            assert_eq!((&body["shiny"], &body["Checks"][0]["UDP"]), (&json!({"a": 1}), &json!("x:1")));
        }
    }
    let newer = file.replace("  shiny = { a = 1 }\n", "");
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})));
    let command = Termgate::new(["register", "--config", "gw.hcl", "--dry-run"])?.file("gw.hcl", newer)?;
    let needs = "`check.udp` (line 4, column 11), which needs Consul 1.12: the agent is 1.8.7";
    command.fake_consul(&fake).exits(3)?.says(&[needs])
}

#[test]
fn the_gateway_is_chosen_by_name_among_several() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})));
    let file = r#"
        service { name = "web" port = 80 }
        service { name = "gw-a" kind = "terminating-gateway" port = 1111 }
        service { name = "gw-b" kind = "terminating-gateway" port = 2222 }
    "#;
    let dry_run = |words: &[&str]| -> Result<Termgate> {
        let command = Termgate::new(["register", "--dry-run", "--config", "gw.hcl"])?.args(words);
        Ok(command.file("gw.hcl", file)?.fake_consul(&fake))
    };
    let chosen = dry_run(&["--service", "gw-b"])?.succeeds()?.json()?;
    assert_eq!((&chosen["Name"], &chosen["Port"]), (&json!("gw-b"), &json!(2222)));
    dry_run(&[])?.exits(3)?.says(&["choose one of `gw-a`, `gw-b` with --service or --service-id"])?;
    dry_run(&["--service", "web"])?.exits(3)?.says(&["has the name `web`; it defines `gw-a`, `gw-b`"])
}
