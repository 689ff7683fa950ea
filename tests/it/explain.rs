//! `termgate explain`: the first broken hop of set-ups that are broken on purpose, with the real Consul and Envoy.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::doctor::{Setup, behind_tls, http};
use crate::support::command::{Output, Termgate};
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::tools::Tool;
use crate::world::World;

/// How a set-up is broken, the hop that is named first, and what is found there.
type Broken = (&'static str, fn(&mut Setup) -> Result<()>, &'static str, &'static str);

const BROKEN: &[Broken] = &[
    (
        "a proxy without the upstream",
        |setup| {
            let service = setup.service.clone();
            let proxied = setup.world.frontend.clone();
            "something-else".clone_into(&mut setup.service);
            setup.upstream_of(&proxied)?;
            setup.service = service;
            Ok(())
        },
        "source",
        "no-upstream",
    ),
    (
        "a gateway that is not registered",
        |setup| {
            let path = format!("/v1/agent/service/deregister/{}", setup.gateway());
            setup.consul().put(&path, &json!({})).map(drop)
        },
        "gateway",
        "gateway-not-registered",
    ),
    (
        "nothing that listens",
        |setup| {
            setup.listeners.clear();
            Ok(())
        },
        "gateway",
        "gateway-not-listening",
    ),
    (
        "an address of another host",
        |setup| setup.register(&json!({"Address": "203.0.113.7"})),
        "listener",
        "address-of-another-host",
    ),
    (
        "a service that is not linked",
        |setup| {
            setup.world.links.clear();
            setup.world.links.insert("another".to_owned(), json!({}));
            setup.world.write_entry()
        },
        "chain",
        "not-linked",
    ),
    (
        "a token without service:write",
        |setup| {
            let rules = format!("service {:?} {{ policy = \"read\" }}", setup.service);
            setup.token("service", &rules)
        },
        "chain",
        "service-write-missing",
    ),
    (
        "a source that is denied",
        |setup| {
            let source = setup.world.frontend.clone();
            setup.world.frontend = setup.consul().unique("stranger");
            ensure!(source != setup.world.frontend, "{source}");
            Ok(())
        },
        "intention",
        "source-denied",
    ),
    (
        "a service without an instance",
        |setup| setup.consul().deregister_external(&setup.service),
        "endpoint",
        "no-instance",
    ),
    (
        "a service without a healthy instance",
        |setup| {
            setup.instance(&json!({"Check": {
                "CheckID": setup.service, "Name": "up", "ServiceID": setup.service, "Status": "critical",
            }}))
        },
        "endpoint",
        "no-healthy-instance",
    ),
    (
        "a server that is not there",
        |setup| {
            let address = crate::support::consul::free_address()?;
            setup.flags.push("--probe".to_owned());
            setup.instance(&json!({"Service": {"Port": address.port()}}))
        },
        "endpoint",
        "upstream-refused",
    ),
    (
        "a name that does not resolve",
        |setup| {
            setup.flags.push("--resolve".to_owned());
            setup.instance(&json!({"Service": {"Address": "nowhere.invalid"}}))
        },
        "dns",
        "upstream-unresolved",
    ),
    (
        "a CA file that does not exist",
        |setup| setup.link(json!({"CAFile": setup.world.path("none.pem"), "SNI": "billing.example"})),
        "tls",
        "file-missing",
    ),
    (
        "a server with another name",
        |setup| {
            let ca = behind_tls(setup, "real.example")?;
            setup.link(json!({"CAFile": ca, "SNI": "wrong.example"}))
        },
        "tls",
        "upstream-tls-name",
    ),
    (
        "a server with TLS without a CA",
        |setup| {
            behind_tls(setup, "real.example")?;
            http(setup)
        },
        "tls",
        "upstream-speaks-tls",
    ),
];

fn explain(setup: &Setup, arguments: &[&str]) -> Result<(Value, Output)> {
    let command = setup
        .termgate(&["explain", &setup.service, "--from", &setup.world.frontend])?
        .args(&setup.flags)
        .args(arguments)
        .args(["--output", "json"]);
    let output = command.run()?;
    Ok((output.json()?, output))
}

/// The first broken hop, if there is one.
fn broken(way: &Value) -> Option<&Value> {
    way["hops"].get(usize::try_from(way["broken_hop"].as_u64()?).ok()?)
}

#[test]
fn the_first_broken_hop_is_named_and_its_fix_works() -> Result<()> {
    needs!(Consul, Envoy);
    for (name, breaks, hop, code) in BROKEN {
        let mut setup = Setup::new()?;
        breaks(&mut setup)?;
        let (way, output) = explain(&setup, &[])?;
        let found = broken(&way).with_context(|| format!("{name}: no hop is broken\n{output}"))?;
        ensure!(found["hop"] == *hop, "{name}: broken at {}\n{output}", found["hop"]);
        let finding = &found["findings"][0];
        ensure!(finding["code"] == *code, "{name}: {finding}");
        ensure!(output.code == Some(10) && way["ok"] == false, "{name}: {output}");
        // The gateway itself would have to stay.
        let Some(command) = finding["command"].as_str().filter(|command| !command.contains("termgate run"))
        else {
            continue;
        };
        setup.paste(command)?;
        crate::support::wait::eventually(&format!("{name}: `{command}` to help"), || {
            let (way, output) = explain(&setup, &[])?;
            let still = broken(&way).is_some_and(|found| found["findings"][0]["code"] == *code);
            ensure!(!still, "{output}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn every_hop_of_a_working_gateway_is_ok() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let service = world.allowed("plain", &origin)?;
    let mut gateway: Gateway = world.start()?;
    let frontend = world.frontend.clone();
    let sidecar = json!({
        "Kind": "connect-proxy", "ID": format!("{frontend}-proxy"), "Name": format!("{frontend}-proxy"), "Port": 21_997,
        "Proxy": {"DestinationServiceName": frontend, "Upstreams": [
            {"DestinationName": service, "LocalBindPort": 9_192},
        ]},
    });
    world.consul.put("/v1/agent/service/register", &sidecar)?;
    let admin = gateway.admin.address.to_string();
    // The agent's first check of the gateway may be ten seconds away.
    let way = gateway.eventually("every hop to be ok", || {
        let output = Termgate::new(["explain", &service, "--from", &frontend, "--service", &world.gateway])?
            .args(["--probe", "--output", "json"])
            .consul(world.consul)
            .env("TERMGATE_ADMIN_BIND", &admin)
            .env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?)
            .exits(0)?;
        let way = output.json()?;
        let other = way["hops"].as_array().into_iter().flatten().find(|hop| hop["status"] != "ok");
        ensure!(other.is_none(), "{other:?}");
        Ok(way)
    })?;
    let hops: Vec<&Value> = way["hops"].as_array().into_iter().flatten().map(|hop| &hop["hop"]).collect();
    let expected =
        ["source", "gateway", "listener", "chain", "intention", "route", "cluster", "dns", "endpoint", "tls"];
    ensure!(hops == expected, "{hops:?}");
    ensure!(way["broken_hop"].is_null() && way["ok"] == true, "{way}");
    Ok(())
}

/// A recorded world with rules about requests, which Consul 1.8.7 does not have.
fn snapshot() -> Value {
    json!({
        "Format": 1, "ConsulVersion": "1.21.4", "Datacenter": "dc1",
        "DefaultIntention": "deny", "DefaultIntentionSource": "acl-policy",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [{"Name": "billing"}]},
        "Links": [{"Service": {"Name": "billing"}}],
        "Instances": {"billing": [
            {"Node": {"Node": "n", "Address": "10.0.0.9"}, "Service": {"ID": "b", "Service": "billing", "Port": 80}},
        ]},
        "ServiceDefaults": {"billing": {"Name": "billing", "Protocol": "http"}},
        "Intentions": [{"SourceName": "web", "DestinationName": "billing", "Permissions": [
            {"Action": "deny", "HTTP": {"PathPrefix": "/admin"}},
            {"Action": "allow", "HTTP": {"PathPrefix": "/", "Methods": ["GET"]}},
        ]}],
    })
}

#[test]
fn a_request_is_judged_offline_after_its_path_is_normalised() -> Result<()> {
    for (arguments, code, text) in [
        (&["--from", "web", "--path", "/v1"][..], 0, "no hop is known to be broken"),
        (
            &["--from", "web", "--path", "/x/../admin"],
            10,
            "broken at intention: `web` may not reach `billing`",
        ),
        (&["--from", "web", "--path", "/v1", "--method", "PUT"], 10, "broken at intention:"),
        (&["--from", "other"], 10, "broken at intention:"),
        (&["--from", "web"], 0, "no hop is known to be broken"),
        (&[], 0, "no hop is known to be broken"),
    ] {
        let output = Termgate::new(["explain", "billing", "--snapshot", "gw.json"])?
            .file("gw.json", snapshot().to_string())?
            .args(arguments)
            .exits(code)?;
        let first = output.stdout.lines().next().unwrap_or_default();
        ensure!(first.starts_with(text), "{arguments:?}: {output}");
    }
    Ok(())
}

#[test]
fn the_way_is_laid_out_for_people() -> Result<()> {
    for (columns, colour) in [("80", "never"), ("80", "always"), ("120", "never"), ("120", "always")] {
        let output = Termgate::new(["explain", "billing", "--from", "other", "--snapshot", "gw.json"])?
            .args(["--color", colour])
            .file("gw.json", snapshot().to_string())?
            .env("COLUMNS", columns)
            .exits(10)?;
        let name = format!("{columns}-{colour}.txt");
        let path = crate::support::tools::project().join("tests/it/explain").join(&name);
        if crate::support::tools::variable("TERMGATE_BLESS").is_some() {
            fs::create_dir_all(path.parent().context("no folder")?)?;
            fs::write(&path, &output.stdout)?;
        }
        let golden = fs::read_to_string(&path).with_context(|| name.clone())?;
        ensure!(output.stdout == golden, "{name} differs; TERMGATE_BLESS=1 rewrites it\n{output}");
    }
    Ok(())
}
