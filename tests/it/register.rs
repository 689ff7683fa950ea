//! `termgate register | deregister`: what reaches the agent, and what happens when it cannot.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};

fn register(name: &str, address: &str) -> Result<Termgate> {
    Termgate::new(["register", "--service", name, "--address", address])
}

#[test]
fn a_gateway_is_registered_with_its_check_and_deregistered_again() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    register(&name, "127.0.0.1:8443")?
        .arg("--wan-address")
        .arg("203.0.113.7:443")
        .consul(consul)
        .succeeds()?;
    let service = consul.agent_service(&name)?.context("not registered")?;
    assert_eq!(service["Kind"], "terminating-gateway");
    assert_eq!((&service["Address"], &service["Port"]), (&json!("127.0.0.1"), &json!(8443)));
    assert_eq!(service["TaggedAddresses"]["lan"], json!({"Address": "127.0.0.1", "Port": 8443}));
    assert_eq!(service["TaggedAddresses"]["wan"], json!({"Address": "203.0.113.7", "Port": 443}));
    let checks = consul.get("/v1/agent/checks")?;
    let of_gateway = |check: &&serde_json::Value| check["ServiceID"] == json!(name);
    let check = checks.as_object().into_iter().flat_map(|checks| checks.values()).find(of_gateway);
    assert_eq!(check.context("no check")?["Type"], "tcp");

    Termgate::new(["deregister", "--service", &name])?.consul(consul).succeeds()?;
    assert_eq!(consul.agent_service(&name)?, None);
    Ok(())
}

#[test]
fn the_payload_is_consuls_own_and_a_dry_run_sends_nothing() -> Result<()> {
    let fake = FakeConsul::start()?;
    fake.on("PUT", "/v1/agent/service/register", Answer::text(200, ""))
        .on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})))
        .on(
            "GET",
            "/v1/agent/service/us-west-gateway",
            Answer::text(404, "unknown service ID: us-west-gateway"),
        );
    let expected = json!({
        "Kind": "terminating-gateway",
        "ID": "us-west-gateway",
        "Name": "us-west-gateway",
        "Port": 8443,
        "Address": "127.0.0.1",
        "TaggedAddresses": {"lan": {"Address": "127.0.0.1", "Port": 8443}},
        "Check": {
            "Name": "terminating-gateway listening", "Interval": "10s", "TCP": "127.0.0.1:8443",
            "DeregisterCriticalServiceAfter": "6h",
        },
        "Checks": null,
    });
    let dry =
        register("us-west-gateway", "127.0.0.1:8443")?.arg("--dry-run").fake_consul(&fake).succeeds()?;
    assert_eq!(dry.json()?, expected);
    ensure!(fake.received().iter().all(|one| one.request.method == "GET"), "{:?}", fake.received());

    let sent = register("us-west-gateway", "127.0.0.1:8443")?.env("CONSUL_HTTP_TOKEN", "secret-of-the-test");
    sent.fake_consul(&fake).succeeds()?;
    let request = fake.request("PUT", "/v1/agent/service/register")?;
    assert_eq!(request.json()?, expected);
    assert_eq!(request.header("X-Consul-Token"), Some("secret-of-the-test"));
    Ok(())
}

#[test]
fn each_kind_of_failure_has_its_own_exit_code_and_a_hint() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");

    let nowhere = free_address()?.to_string();
    let away = register(&name, "127.0.0.1:8443")?.env("CONSUL_HTTP_ADDR", &nowhere).exits(4)?;
    away.says(&[&nowhere])?;

    let token = consul.token("node_prefix \"\" { policy = \"read\" }")?;
    let denied =
        register(&name, "127.0.0.1:8443")?.consul(consul).env("CONSUL_HTTP_TOKEN", &token).exits(5)?;
    ensure!(!denied.stderr.contains(&token), "the token is in the message: {denied}");

    for (address, complaint) in
        [("127.0.0.1:99999", "99999"), ("{{ GetInterfaceIP \"no-such-interface\" }}:8443", "GetInterfaceIP")]
    {
        register(&name, address)?.consul(consul).exits(3)?.says(&[complaint])?;
    }
    register(&name, "127.0.0.1:8443")?.arg("--no-such-flag").consul(consul).exits(2)?;
    assert_eq!(consul.agent_service(&name)?, None);

    let html = FakeConsul::start()?;
    html.on("PUT", "/v1/agent/service/register", Answer::text(200, "<html>It works!</html>"));
    register(&name, "127.0.0.1:8443")?.fake_consul(&html).exits(4)?;
    Ok(())
}

#[test]
fn a_service_definition_file_sets_keys_that_have_no_flag() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (name, id) = (consul.unique("gateway"), consul.unique("gateway-id"));
    let file = format!(
        r#"service {{
             name = "{name}"
             id = "{id}"
             address = "127.0.0.1"
             port = 8443
             tags = ["edge"]
             meta {{ team = "x" }}
             proxy {{ config {{ envoy_statsd_url = "udp://127.0.0.1:8125" }} }}
           }}"#
    );
    let command = Termgate::new(["register", "--config", "gw.hcl", "--address", "127.0.0.1:9443"])?;
    command.file("gw.hcl", file)?.consul(consul).succeeds()?;
    let service = consul.agent_service(&id)?.context("not registered")?;
    assert_eq!((&service["Service"], &service["Port"]), (&json!(name), &json!(9443)), "flags win");
    assert_eq!((&service["Tags"], &service["Meta"]), (&json!(["edge"]), &json!({"team": "x"})));
    assert_eq!(service["Proxy"]["Config"]["envoy_statsd_url"], "udp://127.0.0.1:8125");

    let without =
        register(&name, "127.0.0.1:9443")?.arg("--service-id").arg(&id).consul(consul).succeeds()?;
    without.says(&["loses its Meta (team), Tags (edge), Proxy.Config (envoy_statsd_url)"])?;

    let wrong = Termgate::new(["register", "--config", "gw.hcl"])?;
    let wrong = wrong.file("gw.hcl", "service {\n  chekc { tcp = \"x\" }\n}")?.consul(consul).exits(3)?;
    wrong.says(&["has the unknown key `chekc` (line 2, column 3)"])
}

/// A host whose first address of `eth0` is an IPv6 one.
const DUAL_STACK: &str = r#"{"default_interface": "eth0", "interfaces": [
    {"name": "lo", "index": 1, "flags": ["up", "loopback"], "addrs": ["127.0.0.1/8", "::1/128"]},
    {"name": "eth0", "index": 2, "flags": ["up", "broadcast"], "addrs": ["192.0.2.2/24", "fd00::2/64"]}]}"#;

#[test]
fn a_template_that_gives_no_address_is_evaluated_with_a_warning() -> Result<()> {
    let ipv4 =
        r#"{{ GetAllInterfaces | include "name" "eth0" | include "type" "IPv4" | attr "address" }}:8443"#;
    for (template, stdout, warnings) in [
        (r#"{{ GetInterfaceIP "eth0" }}:8443"#, "fd00::2:8443", &["needs brackets", ipv4][..]),
        (r#"{{ GetInterfaceIPs "eth0" }}:8443"#, "192.0.2.2 fd00::2:8443", &["several addresses", ipv4]),
        ("gw.example:8443", "gw.example:8443", &["host name"]),
        ("10.0.0.1:70000", "10.0.0.1:70000", &["`70000` is not a valid port"]),
        ("0.0.0.0:8443", "0.0.0.0:8443", &["wildcard"]),
        (ipv4, "192.0.2.2:8443", &[]),
        (r#"[{{ GetInterfaceIP "eth0" }}]:8443"#, "[fd00::2]:8443", &[]),
        (r#"{{ GetInterfaceIP "eth0" }}"#, "fd00::2", &[]),
    ] {
        let command = Termgate::new(["address", "eval", "--interfaces", "host.json", template])?;
        let output = command.file("host.json", DUAL_STACK)?.succeeds()?;
        assert_eq!(output.stdout, format!("{stdout}\n"), "{output}");
        output.says(warnings)?;
        assert_eq!(output.stderr.contains("warning: not an address: "), !warnings.is_empty(), "{output}");
    }
    let nothing =
        Termgate::new(["address", "eval", "--interfaces", "host.json", r#"{{ GetInterfaceIP "lo" }}"#])?;
    nothing.file("host.json", DUAL_STACK)?.exits(3)?.says(&["renders to nothing", "hint: this host has lo: "])
}

#[test]
fn an_error_names_the_setting_as_it_was_given() -> Result<()> {
    let template = r#"{{ GetInterfaceIP "no-such" }}:8443"#;
    let consul = FakeConsul::start()?;
    consul.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.21.4"}})));
    let flag = format!("-address={template}");
    let consuls = ["connect", "envoy", "-gateway=terminating", "-register", "-bootstrap", &flag];
    for (words, variable, code, name) in [
        (&["register", "--address", template][..], "", 3, "error: --address: "),
        (&["register"], template, 3, "error: TERMGATE_ADDRESS: "),
        (&["register", "--address", template], "10.0.0.1:1", 3, "error: --address: "),
        (&consuls, "10.0.0.1:1", 3, "error: -address: "),
        (&["bootstrap", "--admin-bind", "no-such.invalid:1"], "", 2, "error: --admin-bind: "),
    ] {
        let mut command = Termgate::new(words)?;
        if !variable.is_empty() {
            command = command.env("TERMGATE_ADDRESS", variable);
        }
        let output = command.fake_consul(&consul).exits(code)?;
        ensure!(output.stderr.contains(name), "{name}\n{output}");
    }
    Ok(())
}
