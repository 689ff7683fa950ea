//! `termgate config diff | apply`: what is written, what stays unchanged, and what is reported.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul, Received};

const GATEWAY: &str = "terminating-gateway";

fn apply(arguments: &[&str]) -> Result<Termgate> {
    Termgate::new([&["config", "apply"], arguments].concat())
}

fn diff(arguments: &[&str]) -> Result<Termgate> {
    Termgate::new([&["config", "diff"], arguments].concat())
}

fn gateway(name: &str, services: &Value) -> String {
    json!({"Kind": GATEWAY, "Name": name, "Services": services}).to_string()
}

/// The lines of `--output json`.
fn lines(output: &Output) -> Result<Vec<Value>> {
    let lines = output.stdout.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().with_context(|| output.to_string())
}

/// `action status` of each line, by kind.
fn reported(output: &Output) -> Result<Vec<String>> {
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let of =
        |line: &Value| format!("{} {} {}", word(line, "kind"), word(line, "action"), word(line, "status"));
    Ok(lines(output)?.iter().map(of).collect())
}

/// A scripted agent without ACLs that has these entries and no others.
fn fake(entries: &[Value]) -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let agent = json!({"Config": {"Version": "1.8.7"}, "DebugConfig": {"ACLsEnabled": false}});
    fake.on("GET", "/v1/agent/self", Answer::json(200, &agent));
    for kind in [
        "proxy-defaults",
        "service-defaults",
        "service-resolver",
        "service-router",
        "service-splitter",
        "ingress-gateway",
        GATEWAY,
    ] {
        let of_kind: Vec<&Value> = entries.iter().filter(|entry| entry["Kind"] == kind).collect();
        fake.on("GET", &format!("/v1/config/{kind}"), Answer::json(200, &json!(of_kind)));
    }
    Ok(fake)
}

fn stored(name: &str, services: &Value, index: u64) -> Value {
    json!({"Kind": GATEWAY, "Name": name, "Services": services, "CreateIndex": 3, "ModifyIndex": index})
}

/// Method and target of everything but reads.
fn writes(fake: &FakeConsul) -> Vec<String> {
    let received = fake.received();
    received.iter().filter(|one| one.request.method != "GET").map(Received::line).collect()
}

#[test]
fn a_folder_is_applied_once_and_then_nothing_differs() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (gw, web) = (consul.unique("gateway"), consul.unique("web"));
    let several = format!(
        r#"config_entries {{
             bootstrap {{ kind = "service-router" name = "{web}" routes {{ match {{ http {{ path_prefix = "/" }} }} }} }}
             bootstrap {{ kind = "service-splitter" name = "{web}" splits = [{{ weight = 33.33 service_subset = "v1" }}, {{ weight = 66.67 }}] }}
             bootstrap {{ kind = "service-resolver" name = "{web}" connect_timeout = "60s" subsets = {{ v1 = {{ filter = "Service.Meta.v == 1" }} }} }}
             bootstrap {{ kind = "service-defaults" name = "{web}" protocol = "http" meta {{ team = "a" }} }}
           }}"#
    );
    let list = json!([
        {"Kind": GATEWAY, "Name": gw, "Services": [{"Name": "z", "CAFile": "/ca", "SNI": "z"}, {"Name": "a"}]},
        {"kind": "ingress-gateway", "name": format!("{gw}-in"), "listeners": [{"port": 8080, "services": [{"name": web}]}]},
    ]);
    let in_folder = |command: Termgate| {
        command
            .file("entries/a/list.json", list.to_string())?
            .file("entries/b.hcl", &several)?
            .file("entries/notes.txt", "no")
    };
    // The ingress listener is tcp, the service http.
    let first = in_folder(apply(&["entries", "--output", "json"])?)?.consul(consul).exits(3)?;
    first.says(&["does not match defined listener protocol", "nothing was sent"])?;
    assert_eq!(consul.config_entry(GATEWAY, &gw)?, None, "nothing was sent");

    let list = list.to_string().replace("8080,", "8080,\"protocol\":\"http\",");
    let in_folder =
        |command: Termgate| command.file("entries/a/list.json", &list)?.file("entries/b.hcl", &several);
    let before = in_folder(diff(&["entries"])?)?.consul(consul).exits(10)?;
    ensure!(before.stdout.contains("6 to create, 0 to update"), "{before}");
    assert_eq!(consul.config_entry(GATEWAY, &gw)?, None, "diff writes nothing");
    let completed = in_folder(apply(&["entries"])?)?.consul(consul).succeeds()?;
    ensure!(completed.stdout.contains("created ingress-gateway"), "{completed}");
    let index = consul.config_entry(GATEWAY, &gw)?.context("no entry")?["ModifyIndex"].clone();

    let second = in_folder(apply(&["entries"])?)?.consul(consul).succeeds()?;
    assert_eq!(second.stdout, "0 created, 0 updated, 0 deleted, 6 unchanged\n");
    assert_eq!(consul.config_entry(GATEWAY, &gw)?.context("no entry")?["ModifyIndex"], index);
    in_folder(diff(&["entries"])?)?.consul(consul).succeeds()?;
    Ok(())
}

#[test]
fn pruning_deletes_only_entries_with_the_owners_mark() -> Result<()> {
    needs!(Consul);
    // Pruning looks at all entries of the agent: an agent of its own.
    let consul = Consul::start()?;
    for (name, owner) in
        [("mine", Some("me")), ("yours", Some("you")), ("nobodys", None), ("kept", Some("me"))]
    {
        let meta = owner.map(|owner| json!({"termgate-owner": owner}));
        consul.write_config_entry(&json!({"Kind": GATEWAY, "Name": name, "Meta": meta}))?;
    }
    consul.write_config_entry(
        &json!({"Kind": "service-defaults", "Name": "old", "Meta": {"termgate-owner": "me"}}),
    )?;
    let kept = |command: Termgate| command.file("kept.json", gateway("kept", &json!([{"Name": "a"}])));

    let usage = kept(apply(&["kept.json", "--prune"])?)?.consul(&consul).exits(2)?;
    usage.says(&["--owner"])?;
    let dry =
        kept(apply(&["kept.json", "--prune", "--owner", "me", "--dry-run"])?)?.consul(&consul).succeeds()?;
    ensure!(dry.stdout.contains("0 to create, 1 to update, 2 to delete, 0 unchanged"), "{dry}");
    assert!(consul.config_entry(GATEWAY, "mine")?.is_some(), "a dry run writes nothing");

    let applied = kept(apply(&["kept.json", "--prune", "--owner", "me", "--output", "json"])?)?
        .consul(&consul)
        .succeeds()?;
    assert_eq!(
        reported(&applied)?,
        [
            "terminating-gateway update applied",
            "terminating-gateway delete applied",
            "service-defaults delete applied"
        ]
    );
    for (name, there) in [("mine", false), ("yours", true), ("nobodys", true), ("kept", true)] {
        assert_eq!(consul.config_entry(GATEWAY, name)?.is_some(), there, "{name}");
    }
    assert_eq!(consul.config_entry("service-defaults", "old")?, None);
    // Without an owner the mark stays as it is, and is not a difference.
    kept(diff(&["kept.json"])?)?.consul(&consul).succeeds()?;

    let other = kept(apply(&["kept.json", "--owner", "you"])?)?.consul(&consul).exits(1)?;
    other.says(&["belongs to the owner `me`", "nothing was sent"])?;
    let taken = json!({"Kind": GATEWAY, "Name": "kept", "Services": [{"Name": "a"}], "Meta": {"termgate-owner": "you"}});
    apply(&["kept.json", "--owner", "you"])?
        .file("kept.json", taken.to_string())?
        .consul(&consul)
        .succeeds()?;
    assert_eq!(consul.config_entry(GATEWAY, "kept")?.context("gone")?["Meta"]["termgate-owner"], "you");
    Ok(())
}

#[test]
fn an_entry_that_changed_meanwhile_is_compared_again() -> Result<()> {
    let services = json!([{"Name": "a"}]);
    let fake = fake(&[stored("gw", &services, 5)])?;
    fake.on("PUT", "/v1/config?cas=5", Answer::text(200, "false"))
        .on("PUT", "/v1/config?cas=9", Answer::text(200, "true"))
        // Somebody added what is wanted as well.
        .on(
            "GET",
            "/v1/config/terminating-gateway/gw",
            Answer::json(200, &stored("gw", &json!([{"Name": "b"}, {"Name": "a"}]), 9)),
        );
    let wanted = gateway("gw", &json!([{"Name": "a", "SNI": "x", "CAFile": "/ca"}, {"Name": "b"}]));
    let output = apply(&["gw.json"])?.file("gw.json", wanted)?.fake_consul(&fake).succeeds()?;
    ensure!(output.stdout.contains("it changed meanwhile (index 9), and was compared again"), "{output}");
    assert_eq!(writes(&fake), ["PUT /v1/config?cas=5", "PUT /v1/config?cas=9"]);
    Ok(())
}

#[test]
fn a_change_made_meanwhile_is_not_overwritten() -> Result<()> {
    let fake = fake(&[stored("gw", &json!([{"Name": "a"}]), 5)])?;
    let theirs = stored("gw", &json!([{"Name": "a"}, {"Name": "urgent"}]), 9);
    fake.on("PUT", "/v1/config?cas=5", Answer::text(200, "false"))
        .on("PUT", "/v1/config?cas=9", Answer::text(200, "true"))
        .on("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &theirs));
    let wanted = gateway("gw", &json!([{"Name": "a"}, {"Name": "b"}]));
    let output = apply(&["gw.json"])?.file("gw.json", wanted)?.fake_consul(&fake).exits(1)?;
    output
        .says(&["another writer changed Services[urgent] meanwhile; it is not overwritten", "config diff"])?;
    assert_eq!(writes(&fake), ["PUT /v1/config?cas=5"]);
    Ok(())
}

#[test]
fn an_entry_that_keeps_changing_is_given_up() -> Result<()> {
    let fake = fake(&[stored("gw", &json!([]), 5)])?;
    fake.on("PUT", "/v1/config?cas=5", Answer::text(200, "false")).on(
        "GET",
        "/v1/config/terminating-gateway/gw",
        Answer::json(200, &stored("gw", &json!([]), 5)),
    );
    let wanted = gateway("gw", &json!([{"Name": "a"}]));
    let output = apply(&["gw.json"])?.file("gw.json", wanted)?.fake_consul(&fake).exits(1)?;
    output.says(&["changed between reading and writing 10 times"])
}

#[test]
fn after_a_failure_the_rest_is_left_alone_and_everything_is_reported() -> Result<()> {
    let fake = fake(&[])?;
    let router = json!({"Kind": "service-router", "Name": "w"});
    let files = |command: Termgate| {
        command
            .file("e/gw.json", gateway("gw", &json!([{"Name": "a"}])))?
            .file("e/w.json", router.to_string())?
            .file("e/d.hcl", "Kind = \"service-defaults\"\nName = \"w\"\nProtocol = \"http\"\n")
    };
    fake.on("PUT", "/v1/config?cas=0", Answer::text(200, "true"))
        .on(
            "PUT",
            "/v1/config?cas=0",
            Answer::text(500, "discovery chain \"w\" uses a protocol \"tcp\" that does not permit it"),
        )
        .on("PUT", "/v1/config?cas=0", Answer::text(200, "true"));
    let output = files(apply(&["e", "--output", "json"])?)?.fake_consul(&fake).exits(1)?;
    assert_eq!(
        reported(&output)?,
        [
            "service-defaults create applied",
            "service-router create failed",
            "terminating-gateway create skipped"
        ]
    );
    output.says(&[
        "service-router/w could not be applied; of 3 changes 1 was applied, 1 failed, 1 was not tried",
        "discovery chain",
        "once the cause is gone, the same command compares again and does the rest",
    ])?;
    assert_eq!(writes(&fake).len(), 2);
    let failed = &lines(&output)?[1];
    ensure!(failed["error"].as_str().is_some_and(|error| error.contains("500")), "{failed}");
    Ok(())
}

#[test]
fn nothing_is_sent_if_anything_is_invalid() -> Result<()> {
    let fake = fake(&[])?;
    let good = gateway("gw", &json!([{"Name": "a"}]));
    for (name, text, complaint) in [
        ("e/b.hcl", "Kind = \"terminating-gateway\"\nName = \"x\"\nServces = []\n", "b.hcl:3:1"),
        ("e/b.hcl", "Kind = \"mesh\"\nKind = \"mesh\"\n", "this HCL file holds several entries"),
        ("e/b.json", r#"[{"Kind": "terminating-gateway", "Name": "GW"}]"#, "is defined twice"),
        (
            "e/b.hcl",
            "Kind = \"terminating-gateway\"\nName = \"x\"\nServices { Name = \"a\" KeyFile = \"/k\" }",
            "incomplete-tls",
        ),
        ("e/b.hcl", "Kind = \"mesh\"\n", "came with Consul 1.10"),
    ] {
        let command = apply(&["e", "--output", "json"])?.file("e/a.json", &good)?.file(name, text)?;
        let output = command.fake_consul(&fake).exits(3)?;
        output.says(&[complaint, "1 of 2 files is not valid: nothing was sent"])?;
        assert_eq!(lines(&output)?[0]["status"], "invalid");
    }
    let doubtful = gateway("gw", &json!([{"Name": "a", "CAFile": "/ca"}]));
    let strict = apply(&["gw.json", "--strict"])?.file("gw.json", doubtful)?.fake_consul(&fake).exits(3)?;
    strict.says(&["tls-without-sni"])?;
    apply(&["nowhere.hcl"])?.fake_consul(&fake).exits(3)?.says(&["nowhere.hcl"])?;
    assert_eq!(writes(&fake), Vec::<String>::new());
    Ok(())
}

#[test]
fn an_old_server_gets_only_keys_from_the_file() -> Result<()> {
    let fake = fake(&[])?;
    fake.on("PUT", "/v1/config?cas=0", Answer::text(200, "true"));
    let entry = "Kind = \"terminating-gateway\"\nName = \"gw\"\nservices { name = \"a\" ca_file = \"/ca\" sni = \"a\" }\n";
    apply(&["-"])?.stdin(entry).fake_consul(&fake).succeeds()?;
    let sent = fake.request("PUT", "/v1/config?cas=0")?.json()?;
    let expected = json!({
        "Kind": GATEWAY, "Name": "gw", "Services": [{"Name": "a", "CAFile": "/ca", "SNI": "a"}],
        "CreateIndex": 0, "ModifyIndex": 0,
    });
    assert_eq!(sent, expected);
    Ok(())
}

#[test]
fn failures_of_the_agent_have_their_own_exit_codes() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let entry = gateway(&name, &json!([{"Name": "a"}]));
    let nowhere = free_address()?.to_string();
    let command = || apply(&["gw.json"])?.file("gw.json", &entry);
    command()?.env("CONSUL_HTTP_ADDR", &nowhere).exits(4)?.says(&[&nowhere])?;

    let token = consul.token("service_prefix \"\" { policy = \"write\" }")?;
    let denied = command()?.consul(consul).env("CONSUL_HTTP_TOKEN", &token).exits(5)?;
    denied.says(&["Permission denied", "operator:write"])?;
    ensure!(!denied.stderr.contains(&token), "{denied}");

    // What this token may not read is not taken for missing.
    consul.write_config_entry(&json!({"Kind": GATEWAY, "Name": name}))?;
    let blind = consul.token("operator = \"write\"")?;
    let denied = command()?.consul(consul).env("CONSUL_HTTP_TOKEN", &blind).exits(5)?;
    denied.says(&["service:read"])?;

    let html = FakeConsul::start()?;
    html.on("GET", "/v1/agent/self", Answer::text(200, "<html>It works!</html>"));
    command()?.fake_consul(&html).exits(4)?;
    Ok(())
}

#[test]
fn a_plan_shows_the_changes_in_envoy() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for (name, port) in [("billing", 9001), ("ledger", 9002), ("web", 9003)] {
        consul.register_external(name, format!("127.0.0.1:{port}").parse()?)?;
    }
    Termgate::new(["register", "--service", "gw", "--address", "127.0.0.1:8443"])?
        .consul(&consul)
        .succeeds()?;
    consul.write_config_entry(
        &json!({"Kind": GATEWAY, "Name": "gw", "Services": [{"Name": "billing"}, {"Name": "ledger"}]}),
    )?;
    let wanted = json!([
        {"Kind": GATEWAY, "Name": "gw", "Services": [{"Name": "billing", "CAFile": "/ca.pem", "SNI": "b"}, {"Name": "web"}]},
        {"Kind": "service-defaults", "Name": "web", "Protocol": "http"},
    ]);
    let command = |arguments: &[&str]| apply(arguments)?.file("wanted.json", wanted.to_string());
    let planned =
        command(&["wanted.json", "--plan", "--dry-run", "--output=json"])?.consul(&consul).succeeds()?;
    let plan = lines(&planned)?.pop().context("no plan")?;
    assert_eq!(plan["gateway"], "gw");
    let change = |resource: &str, service: &str| {
        let found = plan["envoy"].as_array().into_iter().flatten().find(|change| {
            let is_of = |name: &str| name.starts_with(&format!("{service}.default."));
            change["resource"] == resource && change["name"].as_str().is_some_and(is_of)
        });
        found.cloned().with_context(|| format!("no {resource} of {service} in {plan}"))
    };
    assert_eq!(change("cluster", "billing")?["fields"], json!(["transport_socket"]));
    for resource in ["chain", "cluster", "endpoints"] {
        assert_eq!(change(resource, "web")?["op"], "add");
        assert_eq!(change(resource, "ledger")?["op"], "remove");
    }
    assert!(change("chain", "billing").is_err(), "this chain stays as it is");
    assert_eq!(change("route", "web")?["op"], "add");

    let shown = command(&["wanted.json", "--plan"])?.consul(&consul).succeeds()?;
    ensure!(shown.stdout.contains("Envoy of gw:\n") && shown.stdout.contains(" (TLS)\n"), "{shown}");
    let after = diff(&["wanted.json", "--plan"])?.file("wanted.json", wanted.to_string())?;
    after.consul(&consul).succeeds()?;
    let other = apply(&["other.json", "--plan", "--dry-run"])?
        .file("other.json", gateway("other", &json!([{"Name": "a"}])))?;
    other.consul(&consul).succeeds()?.says(&["no gateway `other` is registered"])
}

#[test]
fn consuls_spelling_of_a_flag_applies_and_is_never_taken_for_help() -> Result<()> {
    let fake = fake(&[])?;
    let content = gateway("gw", &json!([{"Name": "db"}]));
    let address = format!("-http-addr={}", fake.address());
    fake.on("PUT", "/v1/config?cas=0", Answer::json(200, &json!(true)));
    let output = apply(&[&address, "gw.json"])?.file("gw.json", &content)?.exits(0)?;
    ensure!(!output.stdout.contains("Usage"), "{output}");
    ensure!(writes(&fake).len() == 1, "{output}");
    diff(&[&address, "gw.json"])?.file("gw.json", &content)?.exits(10)?;
    let output = apply(&["-http-adr=x", "gw.json"])?.file("gw.json", content)?.exits(2)?;
    ensure!(output.stderr.contains("did you mean `--http-addr`?"), "{output}");
    Ok(())
}

#[test]
fn a_boolean_variable_that_says_neither_yes_nor_no_is_an_error_that_names_it() -> Result<()> {
    for (command, name) in [
        (&["run", "--service", "gw"][..], "TERMGATE_DEREGISTER_ON_EXIT"),
        (&["run", "--service", "gw"], "TERMGATE_SYSTEM_CA"),
        (&["services", "list"], "CONSUL_HTTP_SSL"),
        (&["run", "--service", "gw"], "CONSUL_HTTP_SSL_VERIFY"),
    ] {
        let output = Termgate::new(command)?.env(name, "maybe").run()?;
        ensure!(matches!(output.code, Some(2 | 3)), "{name}: {output}");
        ensure!(output.stderr.contains(name) && output.stderr.contains("maybe"), "{name}: {output}");
    }
    Ok(())
}

fn defaults(name: &str, protocol: &str) -> Value {
    json!({"Kind": "service-defaults", "Name": name, "Protocol": protocol})
}

fn subsets(name: &str, of: &[&str]) -> Value {
    let subsets: Value = of.iter().map(|subset| ((*subset).to_owned(), json!({}))).collect();
    json!({"Kind": "service-resolver", "Name": name, "Subsets": subsets})
}

fn split(name: &str, of: &[&str]) -> Value {
    let splits: Vec<Value> =
        of.iter().map(|subset| json!({"Weight": 100 / of.len(), "ServiceSubset": subset})).collect();
    json!({"Kind": "service-splitter", "Name": name, "Splits": splits})
}

/// Applies a set as the owner `me`, in the place of what was there.
fn replace(consul: &Consul, set: &Value, arguments: &[&str]) -> Result<Termgate> {
    let all = [&["set.json", "--owner", "me", "--prune"], arguments].concat();
    Ok(apply(&all)?.file("set.json", set.to_string())?.consul(consul))
}

#[test]
fn dependents_are_deleted_before_what_they_need_is_taken_away() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let before = json!([defaults("w", "http"), subsets("w", &["v1", "v2"]), split("w", &["v1", "v2"])]);
    replace(&consul, &before, &[])?.succeeds()?;
    let after = json!([
        defaults("w", "tcp"),
        {"Kind": "service-resolver", "Name": "w", "ConnectTimeout": "3s"},
    ]);
    let applied = replace(&consul, &after, &["--output", "json"])?.succeeds()?;
    assert_eq!(
        reported(&applied)?,
        [
            "service-splitter delete applied",
            "service-defaults update applied",
            "service-resolver update applied"
        ]
    );
    let again = replace(&consul, &after, &[])?.succeeds()?;
    assert_eq!(again.stdout, "0 created, 0 updated, 0 deleted, 2 unchanged\n");
    Ok(())
}

#[test]
fn what_waits_for_each_other_is_written_twice_and_the_plan_shows_it() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let set = |subset: &str| {
        json!([defaults("w", "http"), subsets("w", &["v1", subset]), split("w", &["v1", subset])])
    };
    replace(&consul, &set("v2"), &[])?.succeeds()?;
    let planned = replace(&consul, &set("v3"), &["--dry-run", "--output", "json"])?.succeeds()?;
    let part = |line: &Value| {
        let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", word("kind"), word("action"), word("part")).trim_end().to_owned()
    };
    let parts: Vec<String> = lines(&planned)?.iter().map(part).collect();
    let expected = [
        "service-defaults unchanged",
        "service-resolver update interim",
        "service-splitter update",
        "service-resolver update final",
    ];
    assert_eq!(parts, expected);
    let shown = replace(&consul, &set("v3"), &["--dry-run"])?.succeeds()?;
    ensure!(shown.stdout.contains("service-resolver/w (set.json), interim of two writes"), "{shown}");
    ensure!(
        shown.stdout.contains("0 to create, 2 to update, 0 to delete, 1 unchanged; 1 in two writes"),
        "{shown}"
    );
    let applied = replace(&consul, &set("v3"), &["--output", "json"])?.succeeds()?;
    assert_eq!(lines(&applied)?.iter().map(part).collect::<Vec<_>>(), expected);
    let resolver = consul.config_entry("service-resolver", "w")?.context("gone")?;
    assert_eq!(resolver["Subsets"], json!({"v1": {}, "v3": {}}));

    // Two services that lead to each other change their protocol.
    let both = |protocol: &str| {
        json!([
            defaults("a", protocol),
            defaults("b", protocol),
            {"Kind": "service-resolver", "Name": "a", "Redirect": {"Service": "b"}},
            {"Kind": "service-resolver", "Name": "b", "Failover": {"*": {"Service": "a", "Datacenters": ["dc2"]}}},
        ])
    };
    replace(&consul, &both("tcp"), &[])?.succeeds()?;
    let applied = replace(&consul, &both("http"), &[])?.succeeds()?;
    ensure!(applied.stdout.contains("for the moment, its final form follows"), "{applied}");
    let again = replace(&consul, &both("http"), &[])?.succeeds()?;
    ensure!(again.stdout.ends_with("0 deleted, 4 unchanged\n"), "{again}");
    Ok(())
}

#[test]
fn an_entry_that_no_file_has_is_not_changed_to_make_room() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let both = |protocol: &str| vec![defaults("a", protocol), defaults("b", protocol)];
    let redirect = json!({"Kind": "service-resolver", "Name": "a", "Redirect": {"Service": "b"}});
    for entry in both("tcp").iter().chain([&redirect]) {
        consul.write_config_entry(entry)?;
    }
    let command = |set: &[Value]| {
        anyhow::Ok(apply(&["set.json"])?.file("set.json", json!(set).to_string())?.consul(&consul))
    };
    let refused = command(&both("http"))?.exits(3)?;
    refused.says(&[
        "no order is known in which Consul accepts all writes",
        "nothing was sent",
        "Consul has service-resolver/a and no file has",
    ])?;
    assert_eq!(consul.config_entry("service-defaults", "a")?.context("gone")?["Protocol"], "tcp");
    // The hint helps.
    command(&[both("http"), vec![redirect.clone()]].concat())?.succeeds()?;
    assert_eq!(consul.config_entry("service-defaults", "b")?.context("gone")?["Protocol"], "http");
    Ok(())
}

#[test]
fn what_consul_has_counts_before_anything_is_written() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    for entry in [defaults("w", "http"), subsets("w", &["v1"]), split("w", &["v1"])] {
        consul.write_config_entry(&entry)?;
    }
    let refused = |set: &Value, words: &[&str]| -> Result<()> {
        for command in ["apply", "diff"] {
            let output = Termgate::new(["config", command, "set.json"])?
                .file("set.json", set.to_string())?
                .consul(&consul)
                .exits(3)?;
            output.says(words)?;
            output.says(&["nothing was sent"])?;
        }
        Ok(())
    };
    refused(
        &json!([defaults("w", "tcp"), defaults("other", "http")]),
        &["does not permit advanced routing", "Consul has service-splitter/w, which needs this"],
    )?;
    assert_eq!(consul.config_entry("service-defaults", "other")?, None);
    refused(&json!([subsets("w", &["v2"])]), &["does not have a subset named \"v1\""])?;
    refused(&json!([split("x", &[""])]), &["uses a protocol \"tcp\""])?;
    refused(
        &json!([{"Kind": "service-resolver", "Name": "y", "Redirect": {"Service": "w", "ServiceSubset": "v9"}},
                defaults("y", "http")]),
        &["service \"w\" does not have a subset named \"v9\""],
    )?;
    // What Consul has makes it right.
    let router = json!({"Kind": "service-router", "Name": "w", "Routes": [{
        "Match": {"HTTP": {"PathPrefix": "/x"}}, "Destination": {"ServiceSubset": "v1"}}]});
    apply(&["r.json"])?.file("r.json", router.to_string())?.consul(&consul).succeeds()?;

    // A token that cannot see what decides leaves it to the servers.
    let token = consul.token(
        "service \"z\" { policy = \"write\" } service \"w\" { policy = \"read\" } operator = \"write\"",
    )?;
    let blind = |set: &Value| {
        anyhow::Ok(apply(&["set.json"])?.file("set.json", set.to_string())?.consul(&consul))
            .map(|command| command.env("CONSUL_HTTP_TOKEN", &token))
    };
    let to_w = json!([defaults("z", "http"), {"Kind": "service-resolver", "Name": "z", "Redirect": {"Service": "w"}}]);
    blind(&to_w)?.succeeds()?;
    consul.write_config_entry(&defaults("secret", "http"))?;
    let to_secret = json!([defaults("z", "http"), {"Kind": "service-resolver", "Name": "z", "Redirect": {"Service": "secret"}}]);
    let output = blind(&to_secret)?.run()?;
    ensure!(output.code != Some(3), "{output}");
    Ok(())
}

#[test]
fn files_that_hold_no_entries_are_skipped_and_keep_prune_from_deleting() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let in_folder = |command: Termgate| {
        command
            .file(
                "d/server.hcl",
                "data_dir = \"data\"\nserver = true\nconfig_entries { bootstrap = [ { Kind = \"terminating-gateway\" Name = \
                 \"gw\" Services = [ { Name = \"web\" } ] } ] }\n",
            )?
            .file(
                "d/web.json",
                json!({"service": {"name": "web", "port": 9090, "connect": {"sidecar_service": {}}}}).to_string(),
            )?
            .file("d/client.hcl", "data_dir = \"data\"\nretry_join = [\"127.0.0.1\"]\n")?
            .file("d/e.hcl", "Kind = \"service-defaults\"\nName = \"web\"\nProtocol = \"http\"\n")
    };
    let applied = in_folder(apply(&["d"])?)?.consul(&consul).succeeds()?;
    applied
        .says(&["2 files are skipped: 1 with agent settings, 1 with service definitions (-v lists them)"])?;
    ensure!(applied.stdout.contains("2 created"), "{applied}");
    let verbose = in_folder(diff(&["d", "-v"])?)?.consul(&consul).succeeds()?;
    verbose.says(&[
        "d/client.hcl is skipped: it is the configuration of an agent",
        "d/web.json is skipped: it is a service definition",
    ])?;
    let owned = ["d", "--owner", "me", "--prune"];
    let refused = in_folder(apply(&owned)?)?.consul(&consul).exits(3)?;
    refused.says(&["not every file was read as entries: nothing was sent", "--allow-skipped"])?;
    in_folder(apply(&[&owned[..], &["--allow-skipped"]].concat())?)?.consul(&consul).succeeds()?;
    let only = apply(&["c.hcl"])?.file("c.hcl", "data_dir = \"data\"\n")?.consul(&consul).exits(3)?;
    only.says(&["no file holds an entry"])?;

    // What may be meant as an entry is not passed over.
    for (text, words) in [
        ("Knid = \"terminating-gateway\"\nName = \"gw2\"\n", "did you mean `Kind` by `Knid`?"),
        ("data_dir = \"data\"\nKnid = \"mesh\"\n", "the entry has no `Kind`"),
        ("data_dir = \"data\n", "e2.hcl:1"),
        ("Kind = \"service-defaults\"\nName = \"web\"\n", "is defined twice"),
    ] {
        let output = in_folder(apply(&["d"])?)?.file("d/e2.hcl", text)?.consul(&consul).exits(3)?;
        output.says(&[words, "nothing was sent"])?;
    }
    Ok(())
}
