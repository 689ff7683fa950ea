//! `termgate snapshot | render | run --snapshot`: a recorded mesh is rendered, validated by the real Envoy, and served.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::envoy::Envoy;
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::world::World;

/// A registered gateway with one service at `origin`; the service's name.
fn registered_gateway(origin: &Origin) -> Result<(World, String)> {
    let (world, service) = World::with_one(origin)?;
    world.consul.register_gateway(&world.gateway, free_address()?.port())?;
    Ok((world, service))
}

#[test]
fn a_snapshot_of_consul_serves_the_same_traffic_without_it() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = registered_gateway(&origin)?;
    let (consul, name) = (world.consul, &world.gateway);
    let snapshot =
        Termgate::new(["snapshot", "--service", name, "--with-secrets"])?.consul(consul).succeeds()?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("snapshot.json");
    fs::write(&file, &snapshot.stdout)?;
    let mut gateway = Gateway::from_snapshot(&file, [""; 0])?;
    let (frontend, stranger) = (world.frontend()?, world.stranger()?);
    let at = gateway.address;
    let answer = gateway.eventually("an answer", || frontend.get(at, &service, "/")?.answer())?;
    assert_eq!(answer["instance"], "one");
    stranger.get(at, &service, "/")?.refused()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_snapshot_has_private_keys_only_when_asked_for() -> Result<()> {
    needs!(Consul);
    let (world, service) = registered_gateway(&Origin::plain("one")?)?;
    let (consul, name) = (world.consul, &world.gateway);
    let plain = Termgate::new(["snapshot", "--service", name])?.consul(consul).succeeds()?;
    ensure!(!plain.stdout.contains("PRIVATE KEY"), "a private key is in it");
    assert_eq!(plain.json()?["Links"][0]["Service"]["Name"], json!(service));
    let secret =
        Termgate::new(["snapshot", "--service", name, "--with-secrets"])?.consul(consul).succeeds()?;
    ensure!(secret.stdout.contains("PRIVATE KEY"), "no private key is in it");
    Ok(())
}

#[test]
fn rendering_from_consul_or_from_a_snapshot_is_the_same_and_envoy_accepts_it() -> Result<()> {
    needs!(Consul, Envoy);
    let (world, service) = registered_gateway(&Origin::plain("one")?)?;
    let (consul, name) = (world.consul, &world.gateway);
    let live = Termgate::new(["render", "--service", name, "--format", "envoy", "--with-secrets"])?
        .consul(consul)
        .succeeds()?;
    Envoy::validate(&live.stdout)?;
    let snapshot =
        Termgate::new(["snapshot", "--service", name, "--with-secrets"])?.consul(consul).succeeds()?;
    let offline =
        Termgate::new(["render", "--snapshot", "snapshot.json", "--format", "envoy", "--with-secrets"])?;
    let offline = offline.file("snapshot.json", &snapshot.stdout)?.succeeds()?;
    assert_eq!(offline.json()?, live.json()?);

    let resources = Termgate::new(["render", "--snapshot", "snapshot.json", "--format", "resources"])?;
    let resources = resources.file("snapshot.json", &snapshot.stdout)?.succeeds()?.json()?;
    let clusters = resources["clusters"].as_array().context("no clusters")?;
    ensure!(clusters.iter().any(|cluster| cluster.to_string().contains(&service)), "{clusters:?}");
    for kind in ["listeners", "endpoints", "routes", "secrets"] {
        ensure!(resources[kind].is_array(), "no {kind}");
    }
    Ok(())
}

#[test]
fn tracing_finds_its_collector_among_the_extra_clusters_whether_they_are_run_or_rendered() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = registered_gateway(&origin)?;
    let (consul, name) = (world.consul, &world.gateway);
    let taken = Termgate::new(["snapshot", "--service", name, "--with-secrets"])?.consul(consul);
    let mut snapshot = taken.succeeds()?.json()?;
    let zipkin = json!({
        "@type": "type.googleapis.com/envoy.config.trace.v3.ZipkinConfig", "collector_cluster": "zipkin",
        "collector_endpoint": "/api/v2/spans", "collector_endpoint_version": "HTTP_JSON",
    });
    let tracing = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing",
        "provider": {"name": "envoy.tracers.zipkin", "typed_config": zipkin},
    });
    snapshot["ServiceDefaults"] = json!({&service: {"Name": &service, "Protocol": "http"}});
    snapshot["Gateway"]["Proxy"]["Config"] = json!({
        "envoy_listener_tracing_json": tracing.to_string(),
        "envoy_extra_static_clusters_json": r#"{"name": "zipkin", "type": "STATIC", "connect_timeout": "1s"}"#,
        "envoy_extra_static_listeners_json": r#"{"name": "mine", "filter_chains": [{}], "bind_to_port": false,
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": 9}}}"#,
    });
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("snapshot.json");
    fs::write(&file, snapshot.to_string())?;
    let mut gateway = Gateway::from_snapshot(&file, [""; 0])?;
    let (frontend, at) = (world.frontend()?, gateway.address);
    let answer = gateway.eventually("an answer", || frontend.get(at, &service, "/")?.answer())?;
    ensure!(answer["headers"]["x-b3-traceid"].is_string(), "no trace in {answer}");
    ensure!(gateway.stop()?.success(), "it did not end well");

    let render =
        Termgate::new(["render", "--snapshot", "snapshot.json", "--format", "envoy", "--with-secrets"])?;
    let rendered = render.file("snapshot.json", snapshot.to_string())?.succeeds()?;
    for part in ["ZipkinConfig", "\"mine\""] {
        ensure!(rendered.stdout.contains(part), "no {part} in {}", rendered.stdout);
    }
    Envoy::validate(&rendered.stdout)
}

#[test]
fn a_file_that_is_not_a_snapshot_is_invalid_input() -> Result<()> {
    for content in ["", "{", "[]", "{\"Format\": 1, \"Unheard\": true}", "{\"Format\": 999}"] {
        let command =
            Termgate::new(["render", "--snapshot", "snapshot.json"])?.file("snapshot.json", content)?;
        command.exits(3)?.says(&["snapshot.json"])?;
    }
    Ok(())
}

/// The checks of a report about Envoy, each with its status and its findings' messages.
fn of_envoy(report: &Value) -> Vec<(String, String, Vec<String>)> {
    const CODES: [&str; 7] = [
        "envoy-admin-unreachable",
        "envoy-of-another",
        "envoy-disconnected",
        "envoy-update-rejected",
        "listener-lost",
        "envoy-no-host",
        "upstream-failing",
    ];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = |check: &Value| {
        check["findings"].as_array().into_iter().flatten().map(|finding| text(&finding["message"])).collect()
    };
    let checks = report["checks"].as_array().into_iter().flatten();
    let checks = checks.filter(|check| CODES.contains(&&*text(&check["code"])));
    checks.map(|check| (text(&check["code"]), text(&check["status"]), messages(check))).collect()
}

#[test]
fn a_bundle_shows_offline_what_envoy_shows_online() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (mut world, service) = World::with_one(&origin)?;
    let closed = world.allowed_at("closed", "127.0.0.1", free_address()?.port())?;
    world.write_entry()?;
    let mut gateway = world.start()?;
    let (consul, name) = (world.consul, world.gateway.clone());
    let frontend = world.frontend()?;
    let at = gateway.address;
    gateway.eventually("an answer", || frontend.get(at, &service, "/")?.answer())?;
    // Connections to the other service fail, which Envoy counts.
    for _ in 0..3 {
        let _ = frontend.get(at, &closed, "/");
    }
    let folder = tempfile::tempdir()?;
    let (bundle, of_doctor) = (folder.path().join("b.json"), folder.path().join("d.json"));
    let admin = gateway.admin.address.to_string();
    let of_gateway = ["--service", &name, "--admin-bind", &admin];
    Termgate::new(["snapshot", "--with-envoy", "-o"])?
        .arg(&bundle)
        .args(of_gateway)
        .consul(consul)
        .succeeds()?;
    let online = Termgate::new(["doctor", "--output", "json", "--bundle"])?
        .arg(&of_doctor)
        .args(of_gateway)
        .consul(consul)
        .run()?
        .json()?;
    ensure!(of_envoy(&online).len() == 7, "{online}");
    let failing = of_envoy(&online)
        .into_iter()
        .any(|(code, status, _)| code == "upstream-failing" && status == "warning");
    ensure!(failing, "{online}");
    for path in [&bundle, &of_doctor] {
        let text = fs::read_to_string(path)?;
        for secret in ["PRIVATE KEY-----", crate::support::consul::MANAGEMENT_TOKEN] {
            ensure!(!text.contains(secret), "{secret} is in {}", path.display());
        }
        let document: Value = serde_json::from_str(&text)?;
        assert_eq!(document["versions"]["termgate"], json!(env!("CARGO_PKG_VERSION")));
        ensure!(
            document["versions"]["envoy"].is_string() && document["versions"]["consul"].is_string(),
            "{text}"
        );
        for part in ["server_info", "config_dump", "clusters", "stats", "certs"] {
            ensure!(!document["envoy"][part].is_null(), "{part} is missing");
        }
        let from = |command: &[&str]| Termgate::new(command).map(|run| run.arg("--snapshot").arg(path));
        let offline = from(&["doctor", "--output", "json"])?.run()?.json()?;
        assert_eq!(of_envoy(&offline), of_envoy(&online));
        assert_eq!(offline["envoy"], online["envoy"]);
        let way =
            from(&["explain", &service, "--from", &world.frontend, "--output", "json"])?.run()?.json()?;
        let what = |hop: usize| way["hops"][hop]["what"].as_str().unwrap_or_default().to_owned();
        ensure!(what(2).starts_with("Envoy listens on "), "{way}");
        ensure!(what(6).ends_with("1 of 1 hosts healthy"), "{way}");
        let way = from(&["explain", &closed, "--output", "json"])?.run()?.json()?;
        assert_eq!(way["hops"][8]["findings"][0]["code"], "upstream-failing", "{way}");
        for command in [
            &["graph", "--format", "svg"][..],
            &["render"],
            &["acl", "policy"],
            &["intentions", "list"],
            &["intentions", "check", &world.frontend, &service],
        ] {
            from(command)?.succeeds()?;
        }
        let audit = from(&["audit", "egress", "--output", "json"])?.run()?;
        ensure!(audit.json()?["ways"].is_array(), "{audit}");
    }
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_bundle_says_why_envoy_did_not_answer() -> Result<()> {
    needs!(Consul);
    let (world, _) = registered_gateway(&Origin::plain("one")?)?;
    let admin = free_address()?.to_string();
    let command = ["snapshot", "--with-envoy", "--service", &world.gateway, "--admin-bind", &admin];
    let output = Termgate::new(command)?.consul(world.consul).succeeds()?;
    ensure!(output.stderr.contains("Envoy's part is missing"), "{output}");
    let error = output.json()?["envoy"]["error"].as_str().unwrap_or_default().to_owned();
    ensure!(error.contains(&admin), "{output}");
    Ok(())
}
