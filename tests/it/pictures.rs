//! What the pictures of the documentation are made of (`.ci/pictures`): the commands at a real gateway with traffic.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::status::Screen;
use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::support::steady::Steady;
use crate::support::tools::{Tool, variable};
use crate::world::OUTSIDE;

const GATEWAY: &str = "us-west-gateway";

/// Writes what each command shows into the folder that `TERMGATE_PICTURES` names.
#[test]
fn pictures_show_a_real_gateway() -> Result<()> {
    let Some(folder) = variable("TERMGATE_PICTURES") else { return Ok(()) };
    needs!(Consul, Envoy);
    let folder = PathBuf::from(folder);
    let consul = Consul::start()?;
    let files = tempfile::tempdir()?;
    let (own, other) = (Authority::new("Private CA")?, Authority::new("Another CA")?);
    let write = |name: &str, text: &str| -> Result<String> {
        let path = files.path().join(name);
        fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let (ca, wrong) = (write("ca.pem", &own.certificate)?, write("other.pem", &other.certificate)?);
    let plain = Origin::plain("one")?;
    let encrypted = Origin::tls("two", &own.server(&[OUTSIDE])?)?;
    for (name, address, protocol) in [
        ("billing", plain.address(), "http"),
        ("catalogue", plain.address(), "http"),
        ("ledger", encrypted.address(), "tcp"),
        ("mail-relay", free_address()?, "http"),
        ("partner-api", encrypted.address(), "http"),
        ("search", plain.address(), "http"),
    ] {
        consul.register_external(name, address)?;
        consul.set_protocol(name, protocol)?;
    }
    consul.put(
        "/v1/catalog/register",
        &json!({
            "Node": "outside-the-mesh", "Address": "127.0.0.1", "NodeMeta": {"external-node": "true"},
            "Service": {"ID": "search", "Service": "search", "Address": "127.0.0.1", "Port": plain.address().port()},
            "Check": {"CheckID": "search", "Name": "up", "ServiceID": "search", "Status": "critical"},
        }),
    )?;
    consul.register_instance("billing", "billing-2", plain.address())?;
    consul.allow("frontend", "*")?;
    let links = [
        ("billing", json!({})),
        ("catalogue", json!({})),
        ("ledger", json!({"CAFile": ca, "SNI": OUTSIDE})),
        ("mail-relay", json!({})),
        ("partner-api", json!({"CAFile": wrong, "SNI": OUTSIDE})),
        ("search", json!({})),
        ("warehouse", json!({})),
    ];
    consul.link(GATEWAY, links)?;
    let run = Termgate::new(["run", "--service", GATEWAY, "--config-source", "direct"])?;
    let mut gateway = Gateway::launch(GATEWAY, run.consul(&consul))?;
    let (frontend, stranger) = (consul.mesh_client("frontend")?, consul.mesh_client("stranger")?);
    let at = gateway.address;
    gateway.eventually("an answer", || frontend.get(at, "billing", "/")?.answer())?;
    gateway.eventually("an answer", || frontend.get(at, "catalogue", "/")?.answer())?;
    gateway.eventually("an answer", || frontend.get(at, "ledger", "/")?.answer())?;
    let busy = ["billing", "catalogue", "mail-relay", "partner-api", "ledger"].into_iter();
    let _clients: Vec<Steady> = busy
        .map(|service| Ok(Steady::start(consul.mesh_client("frontend")?, at, service)))
        .collect::<Result<_>>()?;
    for _ in 0..5 {
        drop(stranger.get(at, "ledger", "/"));
    }
    // The agent looks every ten seconds.
    gateway.eventually("the health check to pass", || {
        let found = consul.get(&format!("/v1/health/service/{GATEWAY}?passing"))?;
        ensure!(found.as_array().is_some_and(|found| !found.is_empty()), "{found}");
        Ok(())
    })?;
    let command = |words: &[&str]| -> Result<Termgate> {
        Ok(Termgate::new(words)?
            .args(["--service", GATEWAY])
            .consul(&consul)
            .env("XDG_RUNTIME_DIR", gateway.temporary_folder())
            .env("TERMGATE_ADMIN_BIND", gateway.admin.address.to_string())
            .env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?)
            .env("COLUMNS", "96"))
    };
    let keep = |name: &str, text: &str| fs::write(folder.join(name), text).context(name.to_owned());
    for (name, words) in [
        ("status", &["status", "--color", "always"][..]),
        ("explain", &["explain", "partner-api", "--from", "frontend", "--probe", "--color", "always"]),
        ("doctor", &["doctor", "--probe", "--color", "always"]),
    ] {
        keep(&format!("{name}.ansi"), &command(words)?.run()?.stdout)?;
    }
    command(&["graph"])?.arg("-o").arg(folder.join("graph.svg")).succeeds()?;
    let page = folder.join("status.html");
    command(&["status"])?.arg("--html").arg(&page).succeeds()?;
    ensure!(Path::new(&page).exists(), "there is no page");
    let view = command(&["status", "--watch", "--interval", "1s"])?;
    let Some(mut screen) = Screen::start(&view, (104, 26))? else { return Ok(()) };
    screen.shows("partner-api")?;
    screen.press("s")?;
    screen.press("\u{1b}[H")?;
    screen.press("\r")?;
    screen.shows("explain warehouse")?;
    // Rates need two looks.
    screen.shows("/s)")?;
    keep("status-watch.screen", &screen.output())
}
