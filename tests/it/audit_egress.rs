//! `termgate audit egress`: every finding has a set-up with it and one without, on the real Consul; the printed commands work;
//! and everything that judges an address says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::{Value, json};

use crate::doctor::{Setup, http};
use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, MANAGEMENT_TOKEN};
use crate::support::envoy::Envoy;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::tools;
use crate::support::wait::eventually;

const FORMATS: [&str; 5] = ["human", "json", "short", "junit", "sarif"];

/// What is said of an address by all that judge addresses.
const OF_ADDRESS: [&str; 4] =
    ["forbidden-address", "link-local-address", "loopback-upstream", "bad-instance"];

fn command(setup: &Setup, flags: &[&str]) -> Result<Termgate> {
    Ok(setup.termgate(&["audit", "egress"])?.args(flags).args(&setup.flags))
}

fn audit(setup: &Setup, flags: &[&str]) -> Result<(Value, Output)> {
    let output = command(setup, &["--output", "json"])?.args(flags).run()?;
    Ok((output.json()?, output))
}

/// Every finding, those of ways first.
fn all(report: &Value) -> impl Iterator<Item = &Value> {
    let ways = report["ways"].as_array().into_iter().flatten();
    let of_ways = ways.flat_map(|way| way["findings"].as_array().into_iter().flatten());
    of_ways.chain(report["findings"].as_array().into_iter().flatten())
}

fn with_code<'a>(report: &'a Value, code: &str) -> Vec<&'a Value> {
    all(report).filter(|finding| finding["code"] == code).collect()
}

fn place_at(setup: &Setup, address: &str, port: u16) -> Result<()> {
    setup.instance(&json!({"Service": {"Address": address, "Port": port}}))
}

/// A finding, the set-up that has it, and the one that has not.
type Case = (&'static str, fn(&mut Setup) -> Result<()>, fn(&mut Setup) -> Result<()>);

#[expect(clippy::unnecessary_wraps, reason = "it stands among set-ups that can fail")]
fn as_it_is(_: &mut Setup) -> Result<()> {
    Ok(())
}

fn allow_file(setup: &mut Setup, text: &str) -> Result<()> {
    let path = setup.world.file("allow.hcl", text)?;
    setup.flags = vec!["--allow".to_owned(), path];
    Ok(())
}

fn sidecar_of_the_service(setup: &mut Setup) -> Result<()> {
    let name = format!("{}-sidecar", setup.service);
    let sidecar = json!({
        "Kind": "connect-proxy", "ID": name, "Name": name, "Port": 21_998,
        "Proxy": {"DestinationServiceName": setup.service},
    });
    setup.consul().put("/v1/agent/service/register", &sidecar).map(drop)
}

const CASES: &[Case] = &[
    ("forbidden-address", |setup| place_at(setup, "169.254.169.254", 80), as_it_is),
    ("forbidden-address", |setup| place_at(setup, "http://169.254.169.254/", 80), as_it_is),
    ("link-local-address", |setup| place_at(setup, "169.254.3.4", 80), as_it_is),
    ("loopback-upstream", as_it_is, |setup| place_at(setup, "10.0.0.9", 80)),
    ("bad-instance", |setup| place_at(setup, "http://ext.example/", 80), as_it_is),
    (
        "plaintext-to-https",
        |setup| {
            http(setup)?;
            place_at(setup, "10.0.0.9", 443)
        },
        |setup| {
            http(setup)?;
            place_at(setup, "10.0.0.9", 8443)
        },
    ),
    (
        "plaintext-to-https",
        |setup| {
            http(setup)?;
            place_at(setup, "10.0.0.9", 443)
        },
        |setup| {
            http(setup)?;
            place_at(setup, "10.0.0.9", 443)?;
            setup.link(json!({"CAFile": "/ca.pem", "SNI": "ext.example"}))
        },
    ),
    ("client-tls-expected", |setup| place_at(setup, "10.0.0.9", 443), as_it_is),
    (
        "tls-without-sni",
        |setup| setup.link(json!({"CAFile": "/ca.pem"})),
        |setup| setup.link(json!({"CAFile": "/ca.pem", "SNI": "ext.example"})),
    ),
    ("tls-ignored", |setup| setup.link(json!({"SNI": "ext.example"})), as_it_is),
    (
        "way-not-allowed",
        |setup| allow_file(setup, "allow \"a\" { names = [\"ext.example\"] }"),
        |setup| allow_file(setup, "allow \"a\" { networks = [\"127.0.0.0/8\"] }"),
    ),
    (
        "way-not-allowed",
        |setup| allow_file(setup, "allow \"a\" { networks = [\"127.0.0.0/8\"] ports = [1] }"),
        |setup| allow_file(setup, "allow \"a\" { networks = [\"127.0.0.0/8\"] ports = [\"1-65535\"] }"),
    ),
    (
        "way-not-allowed",
        |setup| allow_file(setup, "allow \"a\" { networks = [\"127.0.0.0/8\"] services = [\"other\"] }"),
        as_it_is,
    ),
    ("way-not-allowed", |setup| allow_file(setup, ""), as_it_is),
    (
        "unused-rule",
        |setup| allow_file(setup, "allow \"a\" { names = [\"ext.example\"] }"),
        |setup| allow_file(setup, "allow \"a\" { networks = [\"127.0.0.0/8\"] }"),
    ),
    ("also-in-mesh", sidecar_of_the_service, as_it_is),
    ("no-upstream", as_it_is, |setup| setup.upstream_of("app")),
    (
        "unlinked-upstream",
        |setup| {
            setup.upstream_of("app")?;
            setup.world.links.clear();
            setup.world.write_entry()
        },
        |setup| setup.upstream_of("app"),
    ),
    // Another gateway may be the one that leads there.
    (
        "unlinked-upstream",
        |setup| {
            setup.upstream_of("app")?;
            setup.world.links.clear();
            setup.world.write_entry()
        },
        |setup| {
            setup.upstream_of("app")?;
            setup.world.links.clear();
            setup.world.write_entry()?;
            let other = setup.consul().unique("gateway");
            setup.consul().put(
                "/v1/agent/service/register",
                &json!({"Kind": "terminating-gateway", "ID": other, "Name": other, "Port": 9, "Address": "127.0.0.1"}),
            )?;
            setup.consul().link(&other, [(setup.service.as_str(), json!({}))])
        },
    ),
    ("no-instance", |setup| setup.consul().deregister_external(&setup.service), as_it_is),
    (
        "no-entry",
        |setup| {
            let path = format!("/v1/config/terminating-gateway/{}", setup.gateway());
            setup.consul().request("DELETE", &path, None).map(drop)
        },
        as_it_is,
    ),
    ("node-read-missing", |setup| setup.token("node", ""), |setup| setup.token("", "")),
    ("link-hidden", |setup| setup.token("service", ""), |setup| setup.token("", "")),
];

#[test]
fn each_finding_has_a_set_up_with_it_and_one_without_and_its_command_works() -> Result<()> {
    needs!(Consul, Envoy);
    let failed: Vec<String> = CASES
        .iter()
        .enumerate()
        .filter_map(|(at, case)| tried(case).err().map(|error| format!("case {at}, {}: {error:#}", case.0)))
        .collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n\n"));
    Ok(())
}

fn tried((code, with, without): &Case) -> Result<()> {
    let mut setup = Setup::new()?;
    without(&mut setup)?;
    let (report, output) = audit(&setup, &[])?;
    ensure!(about(&setup.service, &report, code).is_empty(), "it is found without cause: {output}");

    let mut setup = Setup::new()?;
    with(&mut setup)?;
    let (report, output) = audit(&setup, &[])?;
    let found = about(&setup.service, &report, code);
    let finding = found.first().with_context(|| format!("it is not found: {output}"))?;
    let fails = all(&report).any(|finding| finding["severity"] == "failure");
    ensure!(output.code == Some(if fails { 10 } else { 0 }), "{output}");
    ensure!(report["ok"] == !fails, "{output}");
    let Some(command) = finding["command"].as_str() else { return Ok(()) };
    if setup.token.as_deref() != Some(MANAGEMENT_TOKEN) {
        return Ok(());
    }
    setup.paste(command)?;
    eventually(&format!("`{command}` to help"), || {
        let (report, output) = audit(&setup, &[])?;
        ensure!(about(&setup.service, &report, code).is_empty(), "{output}");
        Ok(())
    })
}

/// The findings of a code, without those that are about services of other tests.
fn about(service: &str, report: &Value, code: &str) -> Vec<Value> {
    let found = with_code(report, code).into_iter();
    found.filter(|finding| code != "unlinked-upstream" || finding["subject"] == service).cloned().collect()
}

#[test]
fn every_format_has_the_same_exit_code_and_the_document_has_its_form() -> Result<()> {
    needs!(Consul, Envoy);
    let setup = Setup::new()?;
    for (address, code) in [("127.0.0.1", 0), ("169.254.169.254", 10)] {
        place_at(&setup, address, 8080)?;
        for format in FORMATS {
            let output =
                command(&setup, &["--output", format, "--suppress", "unlinked-upstream"])?.exits(code)?;
            ensure!(output.stdout.contains(&setup.service) || code == 0, "{output}");
            ensure!(format != "short" || output.stdout.lines().count() <= 15, "{output}");
        }
    }
    let (report, output) = audit(&setup, &[])?;
    let way = &report["ways"][0];
    ensure!(
        json!([
            report["gateway"],
            report["ok"],
            way["service"],
            way["address"],
            way["port"],
            way["tls"],
            way["allowed_by"]
        ]) == json!([setup.gateway(), false, setup.service, "169.254.169.254", 8080, "none", null]),
        "{output}"
    );
    let finding = &way["findings"][0];
    ensure!(
        finding["code"] == "forbidden-address" && finding["subject"] == setup.service.as_str(),
        "{output}"
    );
    for suppressed in ["forbidden-address".to_owned(), format!("forbidden-address={}", setup.service)] {
        command(&setup, &["--suppress", &suppressed])?.exits(0)?;
    }
    command(&setup, &["--suppress", "forbidden-address=other"])?.exits(10)?;
    command(&setup, &["--allow-address", "169.254.169.254"])?.exits(0)?;
    place_at(&setup, "169.254.3.4", 8080)?;
    command(&setup, &[])?.exits(0)?;
    command(&setup, &["--strict"])?.exits(10)?;
    Ok(())
}

#[test]
fn the_rule_that_allows_a_way_is_named_and_a_rule_without_use_is_located_in_its_file() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    place_at(&setup, "ext.example", 443)?;
    allow_file(
        &mut setup,
        "allow \"other\" { names = [\"other.example\"] }\n\n  allow \"ext\" { names = [\"*.example\"] ports = [443] }\n",
    )?;
    let (report, output) = audit(&setup, &["--suppress", "unlinked-upstream"])?;
    ensure!(report["ways"][0]["allowed_by"] == "ext" && output.code == Some(0), "{output}");
    let sarif = command(&setup, &["--output", "sarif"])?.exits(0)?.json()?;
    let results = sarif["runs"][0]["results"].as_array().context("no results")?;
    let of = |code: &str| results.iter().find(|result| result["ruleId"] == code).context(code.to_owned());
    let place = &of("unused-rule")?["locations"][0]["physicalLocation"];
    ensure!(place["region"]["startLine"] == 1, "{place}");
    ensure!(
        place["artifactLocation"]["uri"].as_str().is_some_and(|uri| uri.ends_with("allow.hcl")),
        "{place}"
    );
    let place = &of("client-tls-expected")?["locations"][0]["logicalLocations"][0];
    ensure!(place["name"] == setup.service.as_str(), "{place}");
    Ok(())
}

#[test]
fn an_agent_that_does_not_answer_is_an_error_and_not_a_clean_audit() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    for format in FORMATS {
        let nobody = "127.0.0.1:1";
        let gone = Termgate::new(["audit", "egress", "--output", format])?.env("CONSUL_HTTP_ADDR", nobody);
        gone.exits(4)?;
    }
    setup.token = Some("00000000-0000-4000-8000-000000000000".to_owned());
    command(&setup, &[])?.exits(5)?;
    setup.token("gateway", "")?;
    command(&setup, &[])?.exits(5)?;
    Ok(())
}

#[test]
fn a_snapshot_is_audited_without_an_agent_and_what_it_does_not_say_is_skipped() -> Result<()> {
    let snapshot = json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [{"Name": "billing", "CAFile": "system", "SNI": "billing.example"}, {"Name": "meta"}]},
        "Links": [{"Service": {"Name": "billing"}, "CAFile": "system", "SNI": "billing.example"}, {"Service": {"Name": "meta"}}],
        "Instances": {
            "billing": [{"Node": {"Node": "n", "Address": "10.0.0.9"}, "Service": {"ID": "b", "Service": "billing", "Port": 443}}],
            "meta": [{"Node": {"Node": "n", "Address": "10.0.0.9"}, "Service": {"ID": "m", "Service": "meta", "Address": "0xa9fea9fe", "Port": 80}}],
        },
    });
    let allow = "allow \"billing\" { networks = [\"10.0.0.0/24\"] }";
    for (columns, colour) in [("80", "never"), ("80", "always"), ("120", "never"), ("120", "always")] {
        let output = Termgate::new([
            "audit",
            "egress",
            "--color",
            colour,
            "--snapshot",
            "gw.json",
            "--allow",
            "allow.hcl",
        ])?
        .file("gw.json", snapshot.to_string())?
        .file("allow.hcl", allow)?
        .env("COLUMNS", columns)
        .exits(10)?;
        let name = format!("{columns}-{colour}.txt");
        let path = tools::project().join("tests/it/audit_egress").join(&name);
        if tools::variable("TERMGATE_BLESS").is_some() {
            fs::create_dir_all(path.parent().context("no folder")?)?;
            fs::write(&path, &output.stdout)?;
        }
        let golden = fs::read_to_string(&path).with_context(|| name.clone())?;
        ensure!(output.stdout == golden, "{name} differs; TERMGATE_BLESS=1 rewrites it\n{output}");
    }
    let output = Termgate::new(["audit", "egress", "--snapshot", "gw.json", "--output", "json"])?
        .file("gw.json", snapshot.to_string())?
        .exits(10)?;
    let report = output.json()?;
    ensure!(report["ways"][0]["tls"] == "system", "{output}");
    ensure!(report["skipped"].as_array().is_some_and(|skipped| skipped.len() == 4), "{output}");
    Ok(())
}

/// A transparent proxy, which Consul 1.8 does not have, in recorded answers.
#[test]
fn a_way_around_the_gateway_is_reported_where_proxies_are_transparent() -> Result<()> {
    needs!(Envoy);
    for (mode, mesh, found) in [
        ("transparent", json!([]), true),
        ("transparent", json!([{"Kind": "mesh", "TransparentProxy": {"MeshDestinationsOnly": true}}]), false),
        ("direct", json!([]), false),
    ] {
        let fake = FakeConsul::start()?;
        let agent = json!({"Config": {"Version": "1.12.0", "Datacenter": "dc1", "NodeName": "n"},
                           "DebugConfig": {"ACLsEnabled": false, "ConnectEnabled": true}});
        fake.on("GET", "/v1/agent/self", Answer::json(200, &agent));
        let nodes = json!([{"Node": "n", "Address": "10.0.0.5", "Services": [
            {"Kind": "connect-proxy", "ID": "app-proxy", "Service": "app-proxy", "Port": 21_000,
             "Proxy": {"DestinationServiceName": "app", "Mode": mode, "Upstreams": []}},
        ]}]);
        fake.on("GET", "/v1/internal/ui/nodes", Answer::json(200, &nodes));
        let entries = json!([{"Kind": "terminating-gateway", "Name": "gw", "Services": [{"Name": "web"}]}]);
        fake.on("GET", "/v1/config/terminating-gateway", Answer::json(200, &entries));
        fake.on("GET", "/v1/config/mesh", Answer::json(200, &mesh));
        fake.on("GET", "/v1/catalog/gateway-services/gw", Answer::json(200, &json!([])));
        fake.on("GET", "/v1/agent/services", Answer::json(200, &json!({})));
        fake.on("GET", "/v1/agent/checks", Answer::json(200, &json!({})));
        let output = Termgate::new(["audit", "egress", "--service", "gw", "--output", "json"])?
            .fake_consul(&fake)
            .run()?;
        let report = output.json()?;
        let around = with_code(&report, "way-around");
        ensure!(around.len() == usize::from(found), "{mode}: {output}");
        ensure!(around.iter().all(|finding| finding["command"].is_string()), "{output}");
    }
    Ok(())
}

/// Addresses as they stand in catalogs, one a service.
const ADDRESSES: &[&str] = &[
    "10.0.0.9",
    "ext.example",
    "2001:db8::9",
    "169.254.169.254",
    "169.254.169.0254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.169.254.",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0x0",
    "224.0.0.1",
    "255.255.255.255",
    "169.254.3.4",
    "fe80::1",
    "fe80::1%eth0",
    "127.0.0.1",
    "127.000.000.001",
    "127.1",
    "2130706433",
    "0x7f000001",
    "::1",
    "localhost",
    "http://169.254.169.254/latest",
    "169.254.169.254:80",
    "[fd00:ec2::254]:80",
    "%31%36%39.254.169.254",
    "\u{ff11}\u{ff16}\u{ff19}.254.169.254",
    "http://ext.example/",
    "ext.example:8080",
    "two words",
    "169.254.169.254.nip.io",
];

/// Code and severity of what is said about addresses, by service.
type Said = BTreeMap<String, BTreeSet<(String, String)>>;

fn said<'a>(findings: impl Iterator<Item = &'a Value>) -> Said {
    let mut said = Said::new();
    for finding in findings {
        let [code, severity, subject] =
            ["code", "severity", "subject"].map(|key| finding[key].as_str().unwrap_or_default().to_owned());
        if OF_ADDRESS.contains(&code.as_str()) {
            said.entry(subject).or_default().insert((code, severity));
        }
    }
    said
}

#[test]
fn audit_doctor_plan_and_register_say_the_same_about_an_address() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::start()?;
    let names: Vec<String> = (0..ADDRESSES.len()).map(|number| format!("ext-{number}")).collect();
    for (name, address) in names.iter().zip(ADDRESSES) {
        consul.register_at(name, name, address, 8080)?;
    }
    consul.register_gateway("gw", 9)?;
    let entry = json!({
        "Kind": "terminating-gateway", "Name": "gw",
        "Services": names.iter().map(|name| json!({"Name": name})).collect::<Vec<_>>(),
    });
    let run = |words: &[&str]| -> Result<Output> {
        Termgate::new(words)?.consul(&consul).file("gw.json", entry.to_string())?.run()
    };
    let plan = run(&["config", "apply", "--plan", "--dry-run", "--output", "json", "gw.json"])?;
    let lines: Vec<Value> = plan.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of_plan = said(lines.iter().flat_map(|line| line["findings"].as_array().into_iter().flatten()));

    consul.write_config_entry(&entry)?;
    let report = run(&["audit", "egress", "--service", "gw", "--output", "json"])?;
    let of_audit = said(all(&report.json()?));
    let doctor = run(&["doctor", "--service", "gw", "--output", "json"])?;
    let checks = doctor.json()?;
    let checks = checks["checks"].as_array().into_iter().flatten();
    let of_doctor = said(checks.flat_map(|check| check["findings"].as_array().into_iter().flatten()));
    assert_eq!(of_audit, of_doctor);
    assert_eq!(of_audit, of_plan, "{plan}");
    ensure!(of_audit.len() == ADDRESSES.len() - 4, "{of_audit:#?}");

    for (name, address) in names.iter().zip(ADDRESSES) {
        let output = run(&[
            "services",
            "register",
            name,
            "--address",
            address,
            "--port",
            "8080",
            "--output",
            "json",
            "--node",
            "outside",
        ])?;
        let expected = of_audit.get(name).cloned().unwrap_or_default();
        // What is not an address is refused at once.
        if output.code == Some(2) {
            ensure!(!expected.is_empty(), "{address} is refused: {output}");
            continue;
        }
        ensure!(output.code == Some(0), "{address}: {output}");
        let document = output.json()?;
        let found = said(document["findings"].as_array().into_iter().flatten());
        let found = found.get(name).cloned().unwrap_or_default();
        // To the catalog it is not a failure: it is the gateway that closes the service.
        let expected: BTreeSet<_> = expected
            .into_iter()
            .map(|(code, severity)| {
                (code, if severity == "failure" { "warning".to_owned() } else { severity })
            })
            .collect();
        assert_eq!(found, expected, "{address}");
    }
    Ok(())
}

/// Spellings of which it was found out what Envoy makes of them.
#[test]
fn envoy_connects_to_what_is_said_to_be_read_by_it() -> Result<()> {
    use termgate::testing::address_guard::{Form, readings};
    needs!(Envoy);
    let texts: Vec<&str> = ADDRESSES
        .iter()
        .copied()
        .chain([
            "0169.0254.0169.0254",
            "100.100.100.0200",
            "168.063.129.016",
            "::ffff:169.254.169.0254",
            "0177.0.0.1",
            "0000.0.0.0",
            "169.254.169.00000000000254",
            "017700000001",
            "0x7f.1",
            "[169.254.169.254]",
            " 169.254.169.254",
            "fd00:ec2::254%eth0",
            "169.254.43518",
            "0300.0250.0.1",
            "1.2.3",
            "0",
        ])
        .filter(|text| !text.contains("example"))
        .collect();
    let cluster = |(number, text): (usize, &&str)| {
        let address = json!({"socket_address": {"address": text, "port_value": 80}});
        json!({
            "name": format!("c{number}"), "type": "STRICT_DNS", "dns_lookup_family": "ALL", "connect_timeout": "1s",
            "load_assignment": {
                "cluster_name": format!("c{number}"),
                "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
            },
        })
    };
    let clusters: Vec<Value> = texts.iter().enumerate().map(cluster).collect();
    let envoy = Envoy::start(&json!({"static_resources": {"clusters": clusters}}))?;
    let hosts = |status: &Value| -> BTreeSet<String> {
        let hosts = status["host_statuses"].as_array().into_iter().flatten();
        hosts
            .filter_map(|host| host["address"]["socket_address"]["address"].as_str().map(str::to_owned))
            .collect()
    };
    let found: Value = envoy.admin.get("/clusters?format=json")?.json()?;
    let statuses = found["cluster_statuses"].as_array().context("no clusters")?;
    for (number, text) in texts.iter().enumerate() {
        let status = statuses.iter().find(|status| status["name"] == format!("c{number}").as_str());
        let connects: BTreeSet<std::net::IpAddr> =
            hosts(status.context("no cluster")?).iter().filter_map(|ip| ip.parse().ok()).collect();
        let by_envoy: Vec<_> = readings(text)
            .into_iter()
            .filter(|reading| reading.form == Form::Envoy)
            .map(|reading| reading.ip)
            .collect();
        ensure!(
            by_envoy.iter().all(|ip| connects.contains(ip)) && connects.is_empty() == by_envoy.is_empty(),
            "{text:?}: Envoy has {connects:?}, and it is said to be {by_envoy:?}"
        );
    }
    Ok(())
}

#[test]
fn a_hostile_allow_file_ends_the_command_with_its_place_and_without_harm() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let snapshot = json!({"Format": 1, "Datacenter": "dc1", "Gateway": {"ID": "gw", "Service": "gw"}});
    fs::write(path("gw.json"), snapshot.to_string())?;
    fs::write(path("binary"), [0, 159, 146, 150, 255])?;
    fs::write(path("deep"), "allow \"a\" {".to_owned() + &"a { ".repeat(100_000))?;
    fs::write(path("escape"), "\u{1b}[31mallow \"a\" { names = [\"a\"] }")?;
    fs::write(path("key"), "\"\u{1b}]0;title\u{7}\" \"a\" { names = [\"a\"] }")?;
    fs::write(path("long"), format!("{} \"a\" {{}}", "k".repeat(1 << 20)))?;
    fs::write(path("list"), "[]")?;
    fs::write(path("cut"), "allow \"a\" { names = [\"a")?;
    fs::write(path("typo"), "alow \"a\" { names = [\"a\"] }")?;
    fs::write(path("any"), "allow \"a\" { names = [\"*\"] }")?;
    fs::write(path("none"), "allow \"a\" { names = [] services = [] }")?;
    fs::File::create(path("sparse"))?.set_len(8 << 30)?;
    symlink("/dev/zero", path("zero"))?;
    let run = |name: &str| -> Result<Output> {
        let allow = if name.starts_with('/') { name.to_owned() } else { path(name) };
        Termgate::new(["audit", "egress", "--snapshot", &path("gw.json"), "--allow", &allow])?.run()
    };
    for name in [
        "missing", "/", "binary", "deep", "escape", "key", "long", "list", "cut", "typo", "any", "none",
        "sparse", "zero",
    ] {
        let output = run(name)?;
        ensure!(output.code == Some(3), "{name}: {output}");
        ensure!(output.stderr.len() < 2000, "{name}: {} bytes", output.stderr.len());
        ensure!(!output.stderr.contains('\u{1b}') && !output.stderr.contains('\u{7}'), "{name}: {output}");
        output.says(&["cannot read the allow list"])?;
    }
    // A file that is written to may be a pipe.
    mkfifo(path("pipe").as_str(), Mode::from_bits_truncate(0o600))?;
    let mut writer = Command::new("sh");
    writer.args(["-c", "echo 'allow \"a\" { networks = [\"10.0.0.0/8\"] }' > \"$0\"", &path("pipe")]);
    let mut writer = writer.spawn()?;
    let output = run("pipe")?;
    writer.wait()?;
    ensure!(output.stdout.contains("the rule `a`"), "{output}");
    Ok(())
}

#[test]
fn texts_of_the_catalog_and_the_allow_file_are_shown_escaped() -> Result<()> {
    let evil = "a\u{1b}]0;x\u{7}\u{202e}b";
    let snapshot = json!({
        "Format": 1, "Datacenter": "dc1", "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [{"Name": "web"}]},
        "Links": [{"Service": {"Name": "web"}}],
        "Instances": {"web": [{"Node": {"Node": "n", "Address": evil}, "Service": {"ID": evil, "Service": "web", "Port": 80}}]},
    });
    let allow = format!("allow \"{evil}\" {{ names = [\"ext.example\"] }}");
    for format in FORMATS {
        let output = Termgate::new([
            "audit",
            "egress",
            "--snapshot",
            "gw.json",
            "--allow",
            "allow.hcl",
            "--output",
            format,
        ])?
        .file("gw.json", snapshot.to_string())?
        .file("allow.hcl", &allow)?
        .exits(10)?;
        for character in ['\u{1b}', '\u{7}', '\u{202e}'] {
            let is_exact = ["json", "sarif"].contains(&format) && character == '\u{202e}';
            ensure!(is_exact || !output.stdout.contains(character), "{format}: {output}");
        }
    }
    Ok(())
}

#[test]
fn the_allow_list_of_the_documentation_is_read() -> Result<()> {
    let page = fs::read_to_string(tools::project().join("docs/egress.md"))?;
    let list = page.split("```hcl\n").nth(1).and_then(|rest| rest.split("```").next()).context("no list")?;
    let snapshot = json!({"Format": 1, "Datacenter": "dc1", "Gateway": {"ID": "gw", "Service": "gw"}});
    let output = Termgate::new([
        "audit",
        "egress",
        "--snapshot",
        "gw.json",
        "--allow",
        "allow.hcl",
        "--output",
        "json",
    ])?
    .file("gw.json", snapshot.to_string())?
    .file("allow.hcl", list)?
    .run()?;
    let rules: Vec<Value> =
        with_code(&output.json()?, "unused-rule").iter().map(|rule| rule["subject"].clone()).collect();
    ensure!(rules == ["billing", "databases"], "{output}");
    Ok(())
}
