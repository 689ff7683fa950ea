//! `termgate services …`: links of a gateway's entry, and services outside the mesh in the catalog.

use std::collections::BTreeSet;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::{Consul, EXTERNAL_NODE};
use crate::support::fake_consul::{Answer, FakeConsul};

const GATEWAY: &str = "terminating-gateway";

fn services(arguments: &[&str]) -> Result<Termgate> {
    Termgate::new([&["services"], arguments].concat())
}

fn names(entry: &Value) -> BTreeSet<String> {
    let services = entry["Services"].as_array().into_iter().flatten();
    services.filter_map(|service| service["Name"].as_str()).map(str::to_owned).collect()
}

#[test]
fn links_are_created_edited_listed_and_removed() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    let gateway_flag = format!("--service={gateway}");
    let run =
        |arguments: &[&str]| Ok::<_, anyhow::Error>(services(arguments)?.arg(&gateway_flag).consul(consul));
    let entry = || consul.config_entry(GATEWAY, &gateway)?.context("no entry");

    let none = run(&["list"])?.exits(1)?;
    none.says(&["there is no terminating-gateway entry", "services link"])?;
    let made = run(&[
        "link",
        "billing",
        "--service-ca-file",
        "/ca.pem",
        "--sni",
        "billing.example",
        "--output=json",
    ])?
    .succeeds()?;
    let mut document = made.json()?;
    // Neither is registered yet.
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(2), "{document}");
    document.as_object_mut().context("no object")?.remove("findings");
    assert_eq!(
        document,
        json!({"gateway": gateway, "service": "billing", "action": "linked", "created": true})
    );
    assert_eq!(
        entry()?["Services"],
        json!([{"Name": "billing", "CAFile": "/ca.pem", "SNI": "billing.example"}])
    );

    let index = entry()?["ModifyIndex"].clone();
    let again = run(&["link", "billing", "--sni=billing.example"])?.succeeds()?;
    ensure!(again.stdout.contains("is already linked to"), "{again}");
    assert_eq!(entry()?["ModifyIndex"], index, "nothing was written");

    run(&["link", "billing", "--service-cert-file", "/c.pem", "--service-key-file", "/k.pem"])?.succeeds()?;
    let doubtful = run(&["link", "web", "--service-ca-file=/ca.pem"])?;
    doubtful.succeeds()?.says(&["\"web\" has no SNI"])?;
    let expected = json!([
        {"Name": "billing", "CAFile": "/ca.pem", "CertFile": "/c.pem", "KeyFile": "/k.pem", "SNI": "billing.example"},
        {"Name": "web", "CAFile": "/ca.pem"},
    ]);
    assert_eq!(entry()?["Services"], expected);
    let listed = run(&["list", "--output", "json"])?.succeeds()?.json()?;
    assert_eq!(listed["services"][0]["KeyFile"], "/k.pem");
    let table = run(&["list"])?.succeeds()?;
    ensure!(
        table.stdout.lines().any(|line| line.split_whitespace().eq([
            "billing",
            "0",
            "missing",
            "mutual",
            "billing.example",
            "/ca.pem",
            "name"
        ])),
        "{table}"
    );

    run(&["unlink", "billing"])?.succeeds()?;
    assert_eq!(entry()?["Services"], json!([{"Name": "web", "CAFile": "/ca.pem"}]));
    let gone = run(&["unlink", "billing"])?.succeeds()?;
    ensure!(gone.stdout.contains("is not linked"), "{gone}");
    Ok(())
}

#[test]
fn earlier_flag_names_work_and_report_the_new_names() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    let line = ["link", "web", "--gateway", &gateway, "--ca-file=/ca.pem", "--sni=web.example"];
    let output = services(&line)?.consul(consul).succeeds()?;
    output.says(&["--gateway is now called --service", "--ca-file is now called --service-ca-file"])?;
    let entry = consul.config_entry(GATEWAY, &gateway)?.context("no entry")?;
    assert_eq!(entry["Services"], json!([{"Name": "web", "CAFile": "/ca.pem", "SNI": "web.example"}]));
    let both = services(&["list", "--gateway", "a", "--service", "b"])?.consul(consul).exits(2)?;
    both.says(&["cannot be used with"])
}

#[test]
fn a_link_that_the_servers_would_refuse_is_not_sent() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    for (arguments, code, complaint) in [
        (&["link", "a", "--service-key-file=/k"][..], 3, "has KeyFile, but not CAFile and CertFile"),
        (&["link", "a", "--service-ca-file=/ca", "--strict"], 3, "has no SNI"),
        (&["link", "a", "--service-namespace=team"], 3, "needs Consul Enterprise"),
        (&["link", "a", "--disable-auto-host-rewrite"], 2, "came with Consul 1.18; this agent runs 1.8.7"),
        (&["link", ""], 2, "<SERVICE>"),
    ] {
        let output = services(arguments)?.arg("--service").arg(&gateway).consul(consul).exits(code)?;
        output.says(&[complaint])?;
    }
    assert_eq!(consul.config_entry(GATEWAY, &gateway)?, None);
    Ok(())
}

#[test]
fn links_made_at_the_same_time_are_all_kept() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    let start = |name: String| {
        let command = services(&["link", &name, "--service", &gateway])?.consul(consul);
        Ok::<_, anyhow::Error>(thread::spawn(move || command.succeeds()))
    };
    let wanted: BTreeSet<String> = (0..32).map(|number| format!("service-{number}")).collect();
    let running: Vec<_> = wanted.iter().cloned().map(start).collect::<Result<_>>()?;
    for command in running {
        command.join().map_err(|_| anyhow!("a command panicked"))??;
    }
    let entry = consul.config_entry(GATEWAY, &gateway)?.context("no entry")?;
    assert_eq!(names(&entry), wanted);
    Ok(())
}

#[test]
fn the_rest_of_the_entry_is_sent_back_unchanged() -> Result<()> {
    let fake = FakeConsul::start()?;
    let target = "/v1/config/terminating-gateway/gw";
    let rest = r#""Future":{"b": 1.50, "a":[1e2]},"Meta":{"z":"1"}"#;
    let stored = |services: &str, index: u32| {
        Answer::text(
            200,
            &format!(
                r#"{{"Kind":"terminating-gateway","Name":"gw","Services":[{services}],{rest},"Hash":9,"ModifyIndex":{index}}}"#
            ),
        )
    };
    let (a, b, c) = (r#"{"Name":"a","Later":1.0}"#, r#"{"Name":"b"}"#, r#"{"Name":"c"}"#);
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.21.4"}})))
        .on("GET", target, stored(&format!("{a},{b}"), 5))
        .on("GET", target, stored(&format!("{a},{b},{c}"), 6))
        .on("PUT", "/v1/config?cas=5", Answer::text(200, "false"))
        .on("PUT", "/v1/config?cas=6", Answer::text(200, "true"));
    services(&["unlink", "b", "--service=gw"])?.fake_consul(&fake).succeeds()?;
    let sent = fake.request("PUT", "/v1/config?cas=6")?;
    let expected = format!(r#"{{"Kind":"terminating-gateway","Name":"gw","Services":[{a},{c}],{rest}}}"#);
    assert_eq!(String::from_utf8_lossy(&sent.body), expected);
    Ok(())
}

#[test]
fn a_token_without_rights_changes_nothing_and_the_error_says_so() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    // A new node: on one that is there, the right to the service is enough.
    let (gateway, node) = (consul.unique("gateway"), consul.unique("outside"));
    let token = consul.token("service_prefix \"\" { policy = \"write\" }")?;
    for (arguments, right) in [
        (&["link", "a", "--service", gateway.as_str()][..], "operator:write"),
        (&["register", "a", "--address=127.0.0.1", "--port=1", "--node", &node], "node:write"),
    ] {
        let denied = services(arguments)?.consul(consul).env("CONSUL_HTTP_TOKEN", &token).exits(5)?;
        denied.says(&[right])?;
        ensure!(!denied.stderr.contains(&token), "{denied}");
    }
    Ok(())
}

#[test]
fn external_services_are_registered_on_a_node_of_their_own() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (name, node) = (consul.unique("external"), consul.unique("outside"));
    let run = |arguments: &[&str]| {
        Ok::<_, anyhow::Error>(services(arguments)?.arg(&name).arg("--node").arg(&node).consul(consul))
    };
    let instances = || consul.get(&format!("/v1/catalog/service/{name}"));
    let first = ["register", "--address=billing.example", "--port=443", "--tag=v1", "--meta=team=x"];
    let dry = run(&[&first[..], &["--dry-run"]].concat())?.succeeds()?;
    assert_eq!(dry.json()?["Service"]["Port"], 443);
    assert_eq!(instances()?, json!([]));

    run(&first)?.succeeds()?;
    run(&["register", "--address=10.0.0.2", "--port=8443", "--id", "second"])?.succeeds()?;
    let found = instances()?;
    let mut addresses: Vec<_> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["ServiceAddress"].clone(), one["Address"].clone()))
        .collect();
    addresses.sort_by_key(|(address, _)| address.to_string());
    // The second one leaves the node's address alone.
    assert_eq!(
        addresses,
        [(json!("10.0.0.2"), json!("billing.example")), (json!("billing.example"), json!("billing.example"))]
    );

    run(&["deregister", "--id", "second"])?.succeeds()?;
    assert_eq!(instances()?[0]["ServiceTags"], json!(["v1"]));
    let last = run(&["deregister", "--output=json"])?.succeeds()?.json()?;
    assert_eq!(last, json!({"service": name, "ids": [name], "node": node, "action": "deregistered"}));
    assert_eq!(
        consul.get(&format!("/v1/catalog/node/{node}"))?,
        Value::Null,
        "the node went with its last service"
    );
    let gone = run(&["deregister"])?.succeeds()?;
    ensure!(gone.stdout.contains("is not registered on the node"), "{gone}");
    Ok(())
}

#[test]
fn a_node_created_elsewhere_stays_when_its_services_are_removed() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (name, node) = (consul.unique("external"), consul.unique("outside"));
    consul.put("/v1/catalog/register", &json!({"Node": node, "Address": "10.1.1.1"}))?;
    let run = |arguments: &[&str]| {
        services(arguments)?.arg(&name).arg("--node").arg(&node).consul(consul).succeeds()
    };
    run(&["register", "--address=10.0.0.1", "--port=1"])?;
    run(&["deregister"])?;
    assert_eq!(consul.get(&format!("/v1/catalog/node/{node}"))?["Node"]["Address"], "10.1.1.1");
    Ok(())
}

#[test]
fn a_node_with_an_agent_is_refused() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("external");
    for arguments in [&["register", "--address=10.0.0.1", "--port=1"][..], &["deregister"]] {
        let refused =
            services(arguments)?.arg(&name).args(["--node", "AGENT-one"]).consul(consul).exits(1)?;
        refused.says(&["belongs to a Consul agent", "--node termgate-external"])?;
    }
    assert_eq!(consul.get(&format!("/v1/catalog/service/{name}"))?, json!([]));
    Ok(())
}

#[test]
fn the_list_shows_instances_health_and_tls() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("gateway");
    let [well, ill, ending, absent] = ["well", "ill", "ending", "absent"].map(|stem| consul.unique(stem));
    for (service, id, status) in [
        (&well, "1", "passing"),
        (&well, "2", "warning"),
        (&ill, "1", "passing"),
        (&ill, "2", "critical"),
        (&ending, "1", "critical"),
    ] {
        let id = format!("{service}-{id}");
        let check = json!({"CheckID": format!("check-{id}"), "Name": "c", "ServiceID": id, "Status": status});
        let registration = json!({
            "Node": EXTERNAL_NODE, "Address": "127.0.0.1", "NodeMeta": {"external-node": "true"},
            "Service": {"ID": id, "Service": service, "Address": "127.0.0.1", "Port": 1}, "Check": check});
        consul.put("/v1/catalog/register", &registration)?;
    }
    consul.write_config_entry(&json!({"Kind": GATEWAY, "Name": gateway, "Services": [
        {"Name": well, "CAFile": "/ca.pem", "SNI": "x"},
        {"Name": ill, "CAFile": "system", "SNI": "x"},
        {"Name": ending},
        {"Name": absent, "CAFile": "/ca.pem", "CertFile": "/c.pem", "KeyFile": "/k.pem", "SNI": "x"},
    ]}))?;
    let list = || services(&["list", "--service", &gateway]).map(|list| list.consul(consul));
    let table = list()?.succeeds()?;
    let lines: Vec<Vec<&str>> = table.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..4], ["SERVICE", "INSTANCES", "STATUS", "TLS"]);
    for (service, columns) in [
        (&well, ["2", "warning", "one-way"]),
        (&ill, ["1/2", "degraded", "system"]),
        (&ending, ["0/1", "critical", "none"]),
        (&absent, ["0", "missing", "mutual"]),
    ] {
        let line = lines.iter().find(|line| line[0] == service).context("no line")?;
        assert_eq!(line[1..4], columns, "{table}");
    }
    let json = list()?.args(["--output", "json"]).succeeds()?.json()?;
    let row = json["services"].as_array().context("no list")?.iter().find(|row| row["Name"] == json!(ill));
    let row = row.context("no row")?;
    let health = (&row["Instances"], &row["Healthy"], &row["Status"], &row["TLS"]);
    assert_eq!(health, (&json!(2), &json!(1), &json!("degraded"), &json!("system")));
    Ok(())
}

#[test]
fn the_wildcards_host_setting_applies_to_the_services_it_links() -> Result<()> {
    let agent = FakeConsul::start()?;
    let entry = json!({
        "Kind": "terminating-gateway", "Name": "gateway",
        "Services": [{"Name": "*", "DisableAutoHostRewrite": true}, {"Name": "named"}]});
    agent.on("GET", "/v1/config/terminating-gateway/gateway", Answer::json(200, &entry));
    // The agent leaves AutoHostRewrite out where it is false.
    let links = json!([
        {"Service": {"Name": "found"}, "FromWildcard": true},
        {"Service": {"Name": "named"}, "AutoHostRewrite": true}]);
    agent.on("GET", "/v1/catalog/gateway-services/gateway", Answer::json(200, &links));
    let listed = Termgate::new(["services", "list", "--service", "gateway", "--output", "json"])?
        .fake_consul(&agent)
        .succeeds()?
        .json()?;
    let rows = listed["services"].as_array().context("no services")?;
    let keeps_host = |name: &str| {
        let row = rows.iter().find(|row| row["Name"] == name);
        row.map(|row| row["DisableAutoHostRewrite"] == true)
    };
    assert_eq!((keeps_host("found"), keeps_host("named")), (Some(true), Some(false)), "{listed}");
    Ok(())
}

#[test]
fn a_link_to_an_unknown_service_is_written_with_a_warning() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (gateway, service) = (consul.unique("gateway"), consul.unique("linked"));
    let link = |words: &[&str]| Ok::<_, anyhow::Error>(services(&["link"])?.args(words).consul(consul));
    let near = format!("{service}x");
    let strict = link(&[&service, "--service", &gateway, "--strict"])?.exits(3)?;
    strict.says(&[&format!("the gateway `{gateway}` is unknown")])?;
    assert_eq!(consul.config_entry(GATEWAY, &gateway)?, None, "a strict link was written");
    link(&[&service, "--service", &gateway])?.succeeds()?.says(&[
        &format!("the gateway `{gateway}` is unknown"),
        &format!("termgate register --service {gateway}"),
        &format!("serves nothing for `{service}` yet"),
        &format!("termgate services register {service} --address HOST --port PORT"),
    ])?;
    assert!(consul.config_entry(GATEWAY, &gateway)?.is_some());

    // A gateway with an entry is known, and so is what is registered.
    consul.register_external(&service, "127.0.0.1:9".parse()?)?;
    let known = link(&[
        &service,
        "--service",
        &gateway,
        "--sni",
        "a.example",
        "--service-ca-file",
        "/ca",
        "--strict",
    ])?;
    assert_eq!(known.succeeds()?.stderr, "");
    let again = link(&[&near, "--service", &gateway])?.succeeds()?;
    again.says(&[&format!("did you mean `{service}`?")])?;
    let unchanged = link(&[&near, "--service", &gateway])?.succeeds()?;
    unchanged.says(&[&format!("serves nothing for `{near}` yet")])?;
    assert_eq!(link(&["*", "--service", &gateway])?.succeeds()?.stderr, "");
    Ok(())
}

#[test]
fn a_link_is_written_even_if_the_catalog_does_not_answer() -> Result<()> {
    let entry = json!({"Kind": GATEWAY, "Name": "gw", "Services": [], "CreateIndex": 1, "ModifyIndex": 2});
    let fake = FakeConsul::start()?;
    fake.on("GET", "/v1/agent/self", Answer::json(200, &json!({"Config": {"Version": "1.8.7"}})))
        .on("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &entry))
        .on("GET", "/v1/catalog/services", Answer::text(500, "no leader"))
        .on("PUT", "/v1/config?cas=2", Answer::json(200, &json!(true)));
    let linked = services(&["link", "a", "--service", "gw"])?.fake_consul(&fake).succeeds()?;
    linked.says(&["cannot check whether the service and the gateway are registered"])?;
    let strict = services(&["link", "a", "--service", "gw", "--strict"])?.fake_consul(&fake).exits(3)?;
    strict.says(&["cannot check"])
}

#[test]
fn names_that_requests_cannot_carry_are_refused_before_anything_is_asked() -> Result<()> {
    let refused = |words: &[&str], variables: &[(&str, &str)], complaint: &str| {
        // Nothing listens there: a request would give another exit code.
        let command = Termgate::new(words)?.env("CONSUL_HTTP_ADDR", "127.0.0.1:1");
        let command = variables.iter().fold(command, |all, (name, value)| all.env(name, value));
        command.exits(2)?.says(&[complaint])
    };
    for name in ["../x", "..", "a\nb", "/a", "a//b", "\u{200b}", ""] {
        refused(&["services", "register", name, "--address", "h", "--port", "1"], &[], "")?;
        let node = ["services", "register", "a", "--address", "h", "--port", "1", "--node", name];
        refused(&node, &[], "--node")?;
        refused(&["services", "deregister", "a", "--node", name], &[], "--node")?;
        // Empty is as not given.
        if !name.is_empty() {
            for command in ["register", "deregister", "bootstrap", "render", "snapshot"] {
                refused(&[command, "--service", name], &[], "--service: ")?;
                refused(&[command, "--service-id", name], &[], "--service-id: ")?;
            }
            refused(&["run", "--envoy-binary", "/bin/true", "--service", name], &[], "--service: ")?;
            for command in
                [&["services", "list"][..], &["services", "unlink", "a"], &["services", "link", "a"]]
            {
                refused(&[command, &["--service", name]].concat(), &[], "--service: ")?;
            }
            refused(&["deregister"], &[("TERMGATE_SERVICE", name)], "TERMGATE_SERVICE: ")?;
            refused(&["snapshot"], &[("TERMGATE_SERVICE_ID", name)], "TERMGATE_SERVICE_ID: ")?;
            refused(&["services", "list"], &[("TERMGATE_SERVICE", name)], "TERMGATE_SERVICE: ")?;
            refused(&["connect", "envoy", "-gateway=terminating", "-service", name], &[], "-service: ")?;
        }
    }
    Ok(())
}

#[test]
fn the_name_of_consuls_own_servers_is_not_registered() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let long = "x".repeat(256);
    for name in ["consul", "Consul", "*", &long] {
        let external = ["services", "register", name, "--address", "127.0.0.1", "--port", "1"];
        Termgate::new(external)?.consul(consul).exits(2)?.says(&["cannot register"])?;
    }
    for words in [
        &["register", "--service", "consul"][..],
        &["register", "--service", "gw", "--service-id", "Consul"],
        &["connect", "envoy", "-gateway=terminating", "-register", "-service", "consul", "-bootstrap"],
    ] {
        let command = Termgate::new(words)?.consul(consul);
        command.exits(2)?.says(&["cannot register the gateway", "Consul's own servers"])?;
    }
    // What is there by mistake can be taken away.
    let gone = Termgate::new(["services", "deregister", "consul"])?.consul(consul).succeeds()?;
    ensure!(gone.stdout.contains("consul is not registered on the node"), "{gone}");
    Ok(())
}
